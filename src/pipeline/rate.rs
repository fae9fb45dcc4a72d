//! Usage files and a book → rated records: the pure way, without a workspace. Parsed, matched and rated side by side,
//! written in file order.

use std::path::Path;

use super::import::{ImportOptions, check_rejects, file_name, refuse_changed, refuse_file};
use super::rated_output::{RatedOutput, RatedPiece};
use super::rejects::Rejected;
use super::rows::{Origin, RowNames, rated_row};
use super::source::open_mapped;
use super::{BATCH_RECORDS, Engine, find_supplier};
use crate::domain::book::SupplierId;
use crate::domain::disposition::Disposition;
use crate::domain::money::Sum;
use crate::domain::totals::{ControlTotals, Tally};
use crate::domain::usage::{UsageMatch, UsagePrice, UsageRecord, WhyAside};
use crate::error::{Error, Result};
use crate::files::map::MappedFile;
use crate::parsing::{Chunk, ParsedLines, SourceFile, each_usage};
use crate::progress::Progress;
use crate::workers::Workers;

/// What became of one file.
pub struct RatedUsageFile {
    /// Where its records ended.
    pub totals: ControlTotals,
    /// Its refused lines.
    pub rejected: Vec<Rejected>,
}

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
    let is_kept = !matches!(output, RatedOutput::Nothing);
    let supplier = find_supplier(engine.book, options.supplier_code)?;
    let rating = Rating { engine, supplier, options, names: is_kept.then(|| RowNames::new(engine.book)) };
    let mut reading = Reading::default();
    let progress = Progress::new(&name, mapped.bytes().len() as u64, options.quiet);
    for window in source.chunks(options.chunk_bytes).chunks(workers.window()) {
        let pieces = window.iter().map(|chunk| (chunk, output.new_piece())).collect();
        // While a window is rated, what was packed of the one before is written.
        let (rated, written) = workers.join(
            || workers.map(pieces, |(chunk, piece)| RatedChunk::of(&rating, &source, chunk, piece)),
            || output.write_packed(),
        );
        written?;
        for chunk in rated {
            progress.advance(chunk.bytes);
            output.add(reading.take(chunk))?;
            check_rejects(options, &name, reading.counts.totals.records_in(), &reading.rejected, true)?;
        }
        output.pack(workers)?;
    }
    progress.finish();
    let Reading { mut counts, rejected, blank_lines } = reading;
    let (records, rejects) = (counts.totals.records_in(), rejected.len() as u64);
    check_rejects(options, &name, records, &rejected, false)?;
    source.check_totals(records, rejects, blank_lines, counts.cost).map_err(refuse_file)?;
    mapped.check_same().map_err(|reason| refuse_changed(path, &reason))?;
    let tally = Tally::of_lines(rejects);
    counts.totals.take_in(&tally);
    counts.totals.end(Disposition::Rejected, None, &tally);
    Ok(RatedUsageFile { totals: counts.totals, rejected })
}

/// What all threads rate by.
struct Rating<'a> {
    engine: &'a Engine<'a>,
    supplier: SupplierId,
    options: &'a ImportOptions<'a>,
    /// Of the rows that are kept, if they are.
    names: Option<RowNames<'a>>,
}

/// What has been rated of a file so far.
#[derive(Default)]
struct Reading {
    counts: Counts,
    rejected: Vec<Rejected>,
    blank_lines: u64,
}

impl Reading {
    fn take(&mut self, chunk: RatedChunk) -> RatedPiece {
        self.blank_lines += chunk.lines.blank_lines;
        self.counts.cost.merge(chunk.counts.cost);
        self.counts.totals.merge(&chunk.counts.totals);
        self.rejected.extend(chunk.lines.rejects.into_iter().map(Rejected::from));
        chunk.piece
    }
}

/// What became of one piece of a file.
struct RatedChunk {
    bytes: u64,
    counts: Counts,
    lines: ParsedLines,
    piece: RatedPiece,
}

impl RatedChunk {
    /// Every record is priced where it lies, counted, added to the piece and forgotten.
    fn of(rating: &Rating, source: &SourceFile, chunk: &Chunk, mut piece: RatedPiece) -> Self {
        let origin = Origin { supplier: rating.supplier, file: source.file_name() };
        let mut counts = Counts::default();
        let mut price = |batch: &mut Vec<UsageRecord>| {
            let mut rows = Vec::with_capacity(rating.names.as_ref().map_or(0, |_| batch.len()));
            rating.engine.price_each(origin.supplier, batch, |record, priced| {
                counts.add(record, &priced);
                if let Some(names) = &rating.names {
                    rows.push(rated_row(names, origin, record, &priced));
                }
            });
            piece.add(&rows);
            batch.clear();
        };
        let mut batch = Vec::with_capacity(BATCH_RECORDS);
        let lines = each_usage(source, chunk, &rating.options.context, |record| {
            batch.push(record);
            if batch.len() == BATCH_RECORDS {
                price(&mut batch);
            }
        });
        price(&mut batch);
        Self { bytes: chunk.bytes(), counts, lines, piece }
    }
}

/// Records counted in and out.
#[derive(Default)]
struct Counts {
    totals: ControlTotals,
    cost: Sum<8>,
}

impl Counts {
    fn add(&mut self, record: &UsageRecord, end: &std::result::Result<(UsageMatch, UsagePrice), WhyAside>) {
        let tally = Tally::of_record(record);
        self.cost.merge(tally.cost);
        self.totals.take_in(&tally);
        match end {
            Ok((_, price)) => {
                let mut rated = tally;
                rated.sell.add(price.sell);
                self.totals.end(Disposition::Rated, None, &rated);
            }
            Err(why) => self.totals.end(why.disposition, Some(why.reason), &tally),
        }
    }
}
