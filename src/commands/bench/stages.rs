//! The stages that `bench run` measures, each by the functions that the commands use, and what must be the same from
//! one to the next: a stage that did nothing cannot look fast.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::super::bill::{DraftArguments, PostingWishes, make_draft, post_run_with};
use super::super::book::import_book;
use super::super::import::{FileUse, Files, import_files};
use super::super::{Global, say};
use crate::bench::Workload;
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::time::Date;
use crate::domain::totals::{ControlTotals, Tally};
use crate::error::{Error, ErrorKind, Result};
use crate::facts::scan_rated;
use crate::files::map::MappedFile;
use crate::ledger::ApplyMode;
use crate::parsing::{ParsedUsage, parse_usage};
use crate::pipeline::import::{ImportOptions, ImportedFile, file_name};
use crate::pipeline::rate::rate_file;
use crate::pipeline::rated_output::RatedOutput;
use crate::pipeline::source::open_mapped;
use crate::pipeline::{Engine, find_supplier};
use crate::report::run::RunReport;
use crate::workers::Workers;
use crate::workspace::Workspace;

/// A part of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Stage {
    /// Read the file's bytes: nothing can be faster
    Copy,
    /// Map the file and take its SHA-256
    Fingerprint,
    /// Read and compile the book folder
    Book,
    /// Split and parse into records
    Read,
    /// Read, and find whose each record is and what kind of usage
    Match,
    /// The whole of `rate`: read, match, rate, totals
    Rate,
    /// The same, with the rated records written to a Parquet file
    RateParquet,
    /// `import usage` into a new workspace, durable, with duplicate control
    Import,
    /// `bill draft` of everybody
    Draft,
    /// Approve and `bill post`, with JSON and CSV documents
    Post,
    /// `import usage` of the same records in another file: each is a duplicate
    Reimport,
}

impl Stage {
    /// The stages without which one has nothing to work on.
    pub fn needs(self) -> &'static [Self] {
        match self {
            Self::Draft | Self::Reimport => &[Self::Import],
            Self::Post => &[Self::Import, Self::Draft],
            _ => &[],
        }
    }

    /// What it does, in a few words.
    pub fn does(self) -> &'static str {
        match self {
            Self::Copy => "reads the bytes",
            Self::Fingerprint => "maps them, SHA-256",
            Self::Book => "reads and compiles the book",
            Self::Read => "splits and parses",
            Self::Match => "reads and matches",
            Self::Rate => "reads, matches, rates",
            Self::RateParquet => "the same, to Parquet",
            Self::Import => "the command",
            Self::Draft => "the command, its book included",
            Self::Post => "approves, drafts again, posts, JSON and CSV",
            Self::Reimport => "the command: every record a duplicate",
        }
    }
}

/// What stages work on, and what they found.
pub(super) struct Bench<'a> {
    pub global: &'a Global,
    pub engine: &'a Engine<'a>,
    pub workers: &'a Workers,
    pub options: &'a ImportOptions<'a>,
    pub usage: &'a Path,
    pub book: &'a Path,
    /// What was planted, if it is a workload made here.
    pub note: Option<&'a Workload>,
    pub invoice_date: Date,
    /// An empty folder for what stages write.
    pub scratch: &'a Path,
    pub found: Found,
}

/// What stages found, for those after them.
#[derive(Default)]
pub(super) struct Found {
    /// Records and refused lines.
    read: Option<(u64, u64)>,
    /// Records that matching set aside, by reason.
    aside: Option<BTreeMap<Reason, u64>>,
    totals: Option<ControlTotals>,
    workspace: Option<Workspace>,
    imported: Option<ImportedFile>,
    report: Option<RunReport>,
}

/// What a stage counted: how many of what.
pub(super) type Counted = (&'static str, u64);

impl Bench<'_> {
    /// Prepares what a stage works on, outside of its time.
    pub fn prepare(&mut self, stage: Stage) -> Result<()> {
        match stage {
            Stage::Import => {
                let workspace = Workspace::create(&self.scratch.join("workspace"), None)?;
                import_book(self.global, &workspace, self.book, ApplyMode::Insert)?;
                self.found.workspace = Some(workspace);
            }
            Stage::Reimport => {
                // A blank line more: other bytes, the same records.
                let mut bytes = std::fs::read(self.usage).map_err(|error| Error::io(self.usage, &error))?;
                bytes.extend_from_slice(b"\n");
                let again = self.again();
                std::fs::write(&again, bytes).map_err(|error| Error::io(&again, &error))?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Does a stage's work.
    pub fn run(&mut self, stage: Stage) -> Result<Counted> {
        match stage {
            Stage::Copy => self.copy(),
            Stage::Fingerprint => {
                let mapped = self.map()?;
                std::hint::black_box(mapped.fingerprint());
                Ok(("bytes", mapped.bytes().len() as u64))
            }
            Stage::Book => self.read_book(),
            Stage::Read => self.read(),
            Stage::Match => self.match_records(),
            Stage::Rate => self.rate(None),
            Stage::RateParquet => self.rate(Some(&self.rated_file())),
            Stage::Import => self.import(self.usage),
            Stage::Draft => self.draft(),
            Stage::Post => self.post(),
            Stage::Reimport => self.import(&self.again()),
        }
    }

    fn again(&self) -> PathBuf {
        self.scratch.join("again.csv")
    }

    fn rated_file(&self) -> PathBuf {
        self.scratch.join("rated.parquet")
    }

    fn map(&self) -> Result<MappedFile> {
        MappedFile::open(self.usage).map_err(|error| Error::unreadable(self.usage, &error))
    }

    fn copy(&self) -> Result<Counted> {
        let failed = |error| Error::io(self.usage, &error);
        let (mut file, mut buffer, mut bytes) = (File::open(self.usage).map_err(failed)?, vec![0; 1 << 20], 0);
        loop {
            match file.read(&mut buffer).map_err(failed)? {
                0 => return Ok(("bytes", bytes)),
                read => bytes += std::hint::black_box(&buffer[..read]).len() as u64,
            }
        }
    }

    fn read_book(&self) -> Result<Counted> {
        let (book, rows) = super::run::read_book(self.book, Some(self.workers))?;
        must_be_same("CLIs of the book", book.clis.len(), self.engine.book.clis.len())?;
        std::hint::black_box(Engine::new(&book));
        Ok(("rows", rows))
    }

    /// Parses all chunks; `work` turns each into what `take` gets in file order.
    fn each_chunk<R: Send>(
        &self,
        work: impl Fn(ParsedUsage) -> R + Sync + Send,
        mut take: impl FnMut(R),
    ) -> Result<()> {
        let mapped = self.map()?;
        let layout = self.options.context.layout;
        let source = open_mapped(&file_name(self.usage), mapped.bytes(), layout, self.workers)?;
        self.workers.in_order(
            &source.chunks(self.options.chunk_bytes),
            |chunk| work(parse_usage(&source, chunk, &self.options.context)),
            |done| {
                take(done);
                Ok::<(), Error>(())
            },
        )
    }

    fn read(&mut self) -> Result<Counted> {
        let (mut records, mut rejects) = (0, 0);
        self.each_chunk(
            |parsed| {
                let parsed = std::hint::black_box(parsed);
                (parsed.records.len() as u64, parsed.rejects.len() as u64)
            },
            |(read, refused)| {
                records += read;
                rejects += refused;
            },
        )?;
        if let Some(note) = self.note {
            must_be_same("lines read and those of the workload", records + rejects, note.records)?;
        }
        self.found.read = Some((records, rejects));
        Ok(("records", records))
    }

    fn match_records(&mut self) -> Result<Counted> {
        let (mut matched, mut aside) = (0_u64, BTreeMap::<Reason, u64>::new());
        let (matcher, supplier) = (&self.engine.matcher, find_supplier(self.engine.book, self.options.supplier_code)?);
        self.each_chunk(
            |parsed| {
                let (mut matched, mut aside) = (0_u64, Vec::new());
                for record in parsed.records {
                    match matcher.match_usage(supplier, record) {
                        Ok(found) => {
                            std::hint::black_box(&found);
                            matched += 1;
                        }
                        Err(other) => aside.push(other.reason),
                    }
                }
                (matched, aside)
            },
            |(found, reasons)| {
                matched += found;
                reasons.into_iter().for_each(|reason| *aside.entry(reason).or_default() += 1);
            },
        )?;
        let records = matched + aside.values().sum::<u64>();
        if let Some((read, _)) = self.found.read {
            must_be_same("records matched and read", records, read)?;
        }
        self.found.aside = Some(aside);
        Ok(("records", records))
    }

    fn rate(&mut self, out: Option<&Path>) -> Result<Counted> {
        let mut output = RatedOutput::create(out)?;
        let done = rate_file(self.engine, self.workers, self.options, self.usage, &mut output)?;
        output.commit(self.workers)?;
        let totals = done.totals;
        totals.check().map_err(|reason| Error::new(ErrorKind::Damaged, reason, "please report this fault"))?;
        let rejects = done.rejected.len() as u64;
        let records = totals.records_in() - rejects;
        if let Some(read) = self.found.read {
            must_be_same("records rated and read", (records, rejects), read)?;
        }
        for (reason, number) in self.found.aside.iter().flatten() {
            let same = totals.ended().filter(|(_, because, _)| *because == Some(*reason));
            let ended: u64 = same.map(|(.., tally)| tally.records).sum();
            must_be_same(&format!("records rated and matched of {reason}"), ended, *number)?;
        }
        if let Some(note) = self.note {
            check_planted(&totals, note)?;
        }
        match &self.found.totals {
            Some(before) if *before != totals => return Err(differs("the totals with and without Parquet", "", "")),
            _ => self.found.totals = Some(totals),
        }
        Ok(("records", records))
    }

    /// What a stage wrote is complete: checked outside of its time.
    pub fn check_written(&self, stage: Stage) -> Result<()> {
        if stage != Stage::RateParquet {
            return Ok(());
        }
        let (mut rows, path) = (0, self.rated_file());
        for batch in scan_rated(&path, 8_192) {
            rows += batch?.len() as u64;
        }
        let totals = self.found.totals.as_ref().expect("rated before");
        must_be_same("rows written and records", rows, totals.records_in() - totals.records_of(Disposition::Rejected))?;
        std::fs::remove_file(&path).map_err(|error| Error::io(&path, &error))
    }

    fn workspace(&self) -> Result<&Workspace> {
        self.found.workspace.as_ref().ok_or_else(|| Error::refused("there is no workspace yet", "import first"))
    }

    fn import(&mut self, file: &Path) -> Result<Counted> {
        let files = Files::of(self.options.supplier_code, vec![file.to_owned()]);
        let mut imported = import_files(self.global, self.workspace()?, &files, FileUse::Usage)?;
        if let Some(error) = imported.refused.pop() {
            return Err(error);
        }
        let done = imported.done.pop().ok_or_else(|| Error::refused("nothing was imported", ""))?;
        let duplicates = done.totals.records_of(Disposition::Duplicate);
        let records = done.totals.records_in() - done.rejected.len() as u64;
        if let Some(totals) = &self.found.totals {
            let came_in = |totals: &ControlTotals| totals.came_in().copied().collect::<Vec<Tally>>();
            must_be_same("what came into an import and into rating", came_in(&done.totals), came_in(totals))?;
        }
        if self.found.imported.is_some() {
            must_be_same("duplicates and records", duplicates, records)?;
        } else {
            if let Some(note) = self.note {
                must_be_same("duplicates and lines repeated", duplicates, note.planted.repeated)?;
            }
            self.found.imported = Some(done);
        }
        Ok(("records", records))
    }

    fn draft(&mut self) -> Result<Counted> {
        let arguments = DraftArguments::for_everybody(self.invoice_date);
        let report = make_draft(self.global, self.workspace()?, &arguments)?;
        let parked = report.customers.iter().filter(|customer| customer.outcome.starts_with("parked")).count();
        if parked > 0 {
            say(&format!("{parked} customers are parked: the figures are without them"));
        }
        let imported = self.found.imported.as_ref().map_or(0, |imported| imported.totals.records_in());
        must_be_same("records drafted and imported", report.usage.records_in(), imported)?;
        let records = imported - report.usage.records_of(Disposition::Rejected);
        self.found.report = Some(report);
        Ok(("records", records))
    }

    fn post(&mut self) -> Result<Counted> {
        let workspace = self.workspace()?;
        let report =
            self.found.report.as_ref().ok_or_else(|| Error::refused("there is no draft yet", "draft first"))?;
        let run = report.run.ok_or_else(|| Error::refused("the draft was not kept", ""))?;
        workspace.ledger_for_writing(self.global.actor())?.approve(run, &report.digest)?;
        let posted = post_run_with(self.global, workspace, run, PostingWishes { pdf: false, is_strict: false })?;
        let invoices = posted.invoices.len() as u64;
        let billed = report.customers.iter().filter(|customer| customer.outcome == "billed").count() as u64;
        must_be_same("invoices posted and drafted", invoices, billed)?;
        if posted.files < posted.invoices.len() {
            return Err(differs("documents and invoices", posted.files, invoices));
        }
        Ok(("invoices", invoices))
    }
}

/// The lines ended as the workload's note says.
fn check_planted(totals: &ControlTotals, note: &Workload) -> Result<()> {
    let ended = |disposition, reason: Option<Reason>| {
        let same = totals.ended().filter(|(found, because, _)| (*found, *because) == (disposition, reason));
        same.map(|(.., tally)| tally.records).sum::<u64>()
    };
    let (planted, suspense) = (&note.dispositions, Disposition::Suspense);
    let rows = [
        (Disposition::Rated, None, planted.rated),
        (suspense, Some(Reason::UnknownCli), planted.unknown_cli),
        (suspense, Some(Reason::CliNotBillableOnDate), planted.cli_not_billable_on_date),
        (suspense, Some(Reason::UnknownCallType), planted.unknown_call_type),
        (Disposition::Excluded, Some(Reason::CallTypeExcluded), planted.call_type_excluded),
        (Disposition::Rejected, None, planted.rejected),
    ];
    for (disposition, reason, expected) in rows {
        let name = reason.map_or(disposition.name(), Reason::name);
        must_be_same(&format!("{name} lines and those planted"), ended(disposition, reason), expected)?;
    }
    Ok(())
}

fn must_be_same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(differs(what, format!("{found:?}"), format!("{expected:?}")))
}

fn differs(what: &str, found: impl std::fmt::Display, expected: impl std::fmt::Display) -> Error {
    let message = format!("{what} differ: {found}, not {expected}; the figures are void");
    Error::new(ErrorKind::Damaged, message, "was the workload changed? make it again with `tollbook bench generate`")
}
