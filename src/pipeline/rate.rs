//! Usage files and a book → rated records: the pure way, without a workspace. Parsed, matched and rated side by side,
//! written in file order.

use std::io::Write;
use std::path::Path;

use super::import::{ImportOptions, check_rejects, file_name, refuse_changed, refuse_file};
use super::rejects::Rejected;
use super::rows::{Origin, rated_row, set_aside_row};
use super::source::open_mapped;
use super::{BATCH_RECORDS, Engine};
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::{CallCharge, Sum};
use crate::domain::totals::{ControlTotals, Tally};
use crate::domain::usage::{RatedUsage, SetAside, UsageRecord};
use crate::error::{Error, Result};
use crate::facts::{RatedFile, RatedRow, csv_header};
use crate::files::AtomicFile;
use crate::files::map::MappedFile;
use crate::parsing::{Chunk, ParsedLines, SourceFile, each_usage};
use crate::progress::Progress;
use crate::workers::Workers;

/// Where rated records go.
pub enum RatedOutput {
    /// Nowhere: only the totals are wanted.
    Nothing,
    /// A Parquet file.
    Parquet(Box<RatedFile>),
    /// A CSV file.
    Csv(AtomicFile),
    /// A file of one JSON object per line.
    Json(AtomicFile),
}

impl RatedOutput {
    /// By the ending of the path: `.parquet`, `.csv`, `.json` or `.jsonl`.
    pub fn create(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::Nothing) };
        let io = |error| Error::io(path, &error);
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("parquet") => Ok(Self::Parquet(Box::new(RatedFile::create(path)?))),
            Some("csv") => {
                let mut file = AtomicFile::create(path).map_err(io)?;
                file.write_all(csv_header().as_bytes()).map_err(io)?;
                Ok(Self::Csv(file))
            }
            Some("json" | "jsonl") => Ok(Self::Json(AtomicFile::create(path).map_err(io)?)),
            _ => Err(Error::refused(
                format!("{}: its ending names no format", path.display()),
                "end it in .parquet, .csv, .json or .jsonl",
            )),
        }
    }

    fn write(&mut self, rows: &[RatedRow]) -> Result<()> {
        let written = match self {
            Self::Nothing => Ok(()),
            Self::Parquet(file) => return Ok(file.write(rows)?),
            Self::Csv(file) => rows.iter().try_for_each(|row| file.write_all(row.csv_line().as_bytes())),
            Self::Json(file) => rows.iter().try_for_each(|row| file.write_all(row.json_line().as_bytes())),
        };
        written.map_err(|error| Error::io(Path::new("the rated records"), &error))
    }

    /// Puts the file in its place.
    pub fn commit(self) -> Result<()> {
        let committed = match self {
            Self::Nothing => Ok(()),
            Self::Parquet(file) => return Ok(file.commit().map(drop)?),
            Self::Csv(file) | Self::Json(file) => file.commit(),
        };
        committed.map_err(|error| Error::io(Path::new("the rated records"), &error))
    }
}

/// What became of one file.
pub struct RatedUsageFile {
    /// Where its records ended.
    pub totals: ControlTotals,
    /// Its refused lines.
    pub rejected: Vec<Rejected>,
}

type Priced = std::result::Result<RatedUsage, Box<SetAside>>;

/// Rates one file.
pub fn rate_file(
    engine: &Engine,
    workers: &Workers,
    options: &ImportOptions,
    path: &Path,
    output: &mut RatedOutput,
) -> Result<RatedUsageFile> {
    let mapped = MappedFile::open(path).map_err(|error| Error::unreadable(path, &error))?;
    let name = file_name(path);
    let source = open_mapped(&name, mapped.bytes(), options.context.layout, workers)?;
    let origin = Origin { supplier: options.supplier, file: &name };
    let mut done = RatedUsageFile { totals: ControlTotals::default(), rejected: Vec::new() };
    let (mut blank_lines, mut cost) = (0, Sum::default());
    let progress = Progress::new(&name, mapped.bytes().len() as u64, options.quiet);
    let is_written = !matches!(output, RatedOutput::Nothing);
    workers.in_order(
        &source.chunks(options.chunk_bytes),
        |chunk| match is_written {
            true => RatedChunk::kept(engine, options, &source, chunk),
            false => RatedChunk::counted(engine, options, &source, chunk),
        },
        |chunk| {
            progress.advance(chunk.bytes);
            blank_lines += chunk.lines.blank_lines;
            cost.merge(chunk.counts.cost);
            done.totals.merge(&chunk.counts.totals);
            done.rejected.extend(chunk.lines.rejects.into_iter().map(Rejected::from));
            check_rejects(options, &name, done.totals.records_in(), &done.rejected, true)?;
            let rows: Vec<RatedRow> = chunk.priced.iter().map(|priced| row_of(engine, origin, priced)).collect();
            output.write(&rows)
        },
    )?;
    progress.finish();
    let (records, rejects) = (done.totals.records_in(), done.rejected.len() as u64);
    check_rejects(options, &name, records, &done.rejected, false)?;
    source.check_totals(records, rejects, blank_lines, cost).map_err(refuse_file)?;
    mapped.check_same().map_err(|reason| refuse_changed(path, &reason))?;
    let rejected = Tally::of_lines(rejects);
    done.totals.take_in(&rejected);
    done.totals.end(Disposition::Rejected, None, &rejected);
    Ok(done)
}

/// What became of one piece of a file.
struct RatedChunk {
    bytes: u64,
    counts: Counts,
    lines: ParsedLines,
    /// In the order of the file; nothing if nothing is written.
    priced: Vec<Priced>,
}

impl RatedChunk {
    /// Every record is priced where it lies, counted and forgotten.
    fn counted(engine: &Engine, options: &ImportOptions, source: &SourceFile, chunk: &Chunk) -> Self {
        let mut counts = Counts::default();
        let mut price = |batch: &mut Vec<UsageRecord>| {
            engine.price_each(options.supplier, batch, |record, priced| {
                let end = priced.map(|(_, price)| price.sell).map_err(|why| (why.disposition, why.reason));
                counts.add(record, end);
            });
            batch.clear();
        };
        let mut batch = Vec::with_capacity(BATCH_RECORDS);
        let lines = each_usage(source, chunk, &options.context, |record| {
            batch.push(record);
            if batch.len() == BATCH_RECORDS {
                price(&mut batch);
            }
        });
        price(&mut batch);
        Self { bytes: chunk.bytes(), counts, lines, priced: Vec::new() }
    }

    /// Every record is kept with its price.
    fn kept(engine: &Engine, options: &ImportOptions, source: &SourceFile, chunk: &Chunk) -> Self {
        let (mut counts, mut priced) = (Counts::default(), Vec::new());
        let lines = each_usage(source, chunk, &options.context, |record| {
            let one = engine.price(options.supplier, record);
            match &one {
                Ok(rated) => counts.add(&rated.matched.record, Ok(rated.sell)),
                Err(aside) => counts.add(&aside.record, Err((aside.disposition, aside.reason))),
            }
            priced.push(one);
        });
        Self { bytes: chunk.bytes(), counts, lines, priced }
    }
}

/// Records counted in and out.
#[derive(Default)]
struct Counts {
    totals: ControlTotals,
    cost: Sum<8>,
}

impl Counts {
    fn add(&mut self, record: &UsageRecord, end: std::result::Result<CallCharge, (Disposition, Reason)>) {
        let tally = Tally::of_record(record);
        self.cost.merge(tally.cost);
        self.totals.take_in(&tally);
        match end {
            Ok(sell) => {
                let mut rated = tally;
                rated.sell.add(sell);
                self.totals.end(Disposition::Rated, None, &rated);
            }
            Err((disposition, reason)) => self.totals.end(disposition, Some(reason), &tally),
        }
    }
}

fn row_of<'a>(engine: &'a Engine, origin: Origin<'a>, priced: &'a Priced) -> RatedRow<'a> {
    match priced {
        Ok(rated) => rated_row(engine.book, origin, rated),
        Err(aside) => set_aside_row(engine.book, origin, aside),
    }
}
