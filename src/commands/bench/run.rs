//! `bench run`: which file, which book, which stages → their figures.

use std::path::{Path, PathBuf};

use clap::Args;

use super::super::bill::parse_date;
use super::super::rate::layout_of;
use super::super::{Global, say, today};
use super::meter::Meter;
use super::stages::{Bench, Found, Stage};
use crate::bench::Workload;
use crate::book;
use crate::domain::book::Book;
use crate::domain::telephone::NumberRules;
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::parsing::ParseContext;
use crate::pipeline::Engine;
use crate::pipeline::find_supplier;
use crate::pipeline::import::{CHUNK_BYTES, ImportOptions, check_layout_kind, file_name};
use crate::report::figures::{Figures, StageFigures};
use crate::threads::Threads;
use crate::workspace::{make_private_folder, read_settings, refuse_book};

/// On what, and what of it.
#[derive(Args)]
pub struct Run {
    /// A workload that `bench generate` made
    #[arg(required_unless_present = "usage")]
    workload: Option<PathBuf>,
    /// Another usage file, with its book
    #[arg(long, value_name = "FILE", requires = "book", conflicts_with = "workload")]
    usage: Option<PathBuf>,
    /// The book folder of that file
    #[arg(long, value_name = "DIR", requires = "usage")]
    book: Option<PathBuf>,
    /// The supplier of that file
    #[arg(long, value_name = "CODE", default_value = crate::bench::SUPPLIER)]
    supplier: String,
    /// The day to bill that file on; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "usage")]
    invoice_date: Option<Date>,
    /// Only these stages and what they stand on; all unless given
    #[arg(long, value_enum, value_delimiter = ',', value_name = "STAGES")]
    stages: Vec<Stage>,
    /// Where stages write, and remove it afterwards; `run` in the workload's folder unless given
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// The files of a run.
struct Subject {
    usage: PathBuf,
    book: PathBuf,
    supplier: String,
    invoice_date: Option<Date>,
    note: Option<Workload>,
}

impl Run {
    pub fn run(self, global: &Global) -> Result<()> {
        let subject = self.subject()?;
        let stages = self.stages();
        if global.dry_run {
            let names: Vec<String> = stages.iter().map(|stage| name(*stage)).collect();
            say(&format!("would measure {} on {}", names.join(", "), subject.usage.display()));
            return Ok(());
        }
        let (compiled, _) = read_book(&subject.book, None)?;
        let settings = &compiled.settings;
        let supplier = find_supplier(&compiled, &subject.supplier)?;
        let layout = layout_of(&subject.book, &compiled.supplier(supplier).layout)?;
        check_layout_kind(&layout, false)?;
        let options = ImportOptions {
            supplier_code: &subject.supplier,
            context: ParseContext {
                layout: &layout,
                workspace_zone: &settings.zone,
                numbers: NumberRules::of_country(&settings.country_code),
                currency: settings.currency,
            },
            strict: false,
            max_rejects: (settings.max_reject_share, settings.max_reject_count),
            only_compare: false,
            dry_run: false,
            quiet: global.quiet,
            chunk_bytes: CHUNK_BYTES,
        };
        let scratch = Scratch::create(&self.dir(&subject))?;
        let mut bench = Bench {
            global,
            engine: &Engine::new(&compiled),
            workers: &global.workers()?,
            options: &options,
            usage: &subject.usage,
            book: &subject.book,
            note: subject.note.as_ref(),
            invoice_date: subject.invoice_date.unwrap_or_else(|| today(&settings.zone)),
            scratch: scratch.folder.path(),
            found: Found::default(),
        };
        let figures = measure(&mut bench, &stages)?;
        global.show(&figures, || figures.in_words())
    }

    fn subject(&self) -> Result<Subject> {
        if let (Some(usage), Some(book)) = (&self.usage, &self.book) {
            return Ok(Subject {
                usage: usage.clone(),
                book: book.clone(),
                supplier: self.supplier.clone(),
                invoice_date: self.invoice_date,
                note: None,
            });
        }
        let dir = self.workload.as_deref().unwrap_or(Path::new("."));
        let note = Workload::read(dir).map_err(|error| {
            let message = format!("{}: holds no workload: {error}", dir.display());
            Error::refused(message, "make one with `tollbook bench generate`, or name --usage and --book")
        })?;
        Ok(Subject {
            usage: dir.join(&note.usage),
            book: dir.join(&note.book),
            supplier: note.supplier.clone(),
            invoice_date: note.invoice_day(),
            note: Some(note),
        })
    }

    /// Those asked for and those that they need, in the order of the pipeline.
    fn stages(&self) -> Vec<Stage> {
        let asked = if self.stages.is_empty() { <Stage as clap::ValueEnum>::value_variants() } else { &self.stages };
        let mut stages: Vec<Stage> = asked.iter().flat_map(|stage| [stage.needs(), &[*stage]].concat()).collect();
        stages.sort_unstable();
        stages.dedup();
        stages
    }

    fn dir(&self, subject: &Subject) -> PathBuf {
        let beside = subject.usage.parent().unwrap_or(Path::new("."));
        self.dir.clone().unwrap_or_else(|| beside.join("run"))
    }
}

/// A folder for what stages write. Dropped, it is gone.
struct Scratch {
    folder: tempfile::TempDir,
    /// The folder that it is in, if it was made for it.
    made: Option<PathBuf>,
}

impl Scratch {
    fn create(dir: &Path) -> Result<Self> {
        let made = (!dir.exists()).then(|| dir.to_owned());
        make_private_folder(dir)?;
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(dir);
        Ok(Self { folder: folder.map_err(|error| Error::io(dir, &error))?, made })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.folder.path());
        if let Some(made) = &self.made {
            let _ = std::fs::remove_dir(made);
        }
    }
}

/// A book folder, compiled, and how many rows it has.
pub(super) fn read_book(dir: &Path, threads: Option<&dyn Threads>) -> Result<(Book, u64)> {
    let settings = match read_settings(dir)? {
        Some(settings) => settings,
        None => book::parse_settings(book::DEFAULT_SETTINGS).map_err(|error| Error::refused(error, ""))?,
    };
    let numbers = NumberRules::of_country(&settings.country_code);
    let tables = book::read_folder_with(dir, &numbers, threads).map_err(|errors| refuse_book(&errors))?;
    let compiled = book::compile(&tables, &settings).map_err(|errors| refuse_book(&errors))?;
    Ok((compiled, tables.iter().map(|table| table.rows.len() as u64).sum()))
}

fn name(stage: Stage) -> String {
    clap::ValueEnum::to_possible_value(&stage).map_or_else(String::new, |value| value.get_name().to_owned())
}

fn measure(bench: &mut Bench, stages: &[Stage]) -> Result<Figures> {
    let bytes = std::fs::metadata(bench.usage).map_err(|error| Error::unreadable(bench.usage, &error))?.len();
    let mut figures = Figures {
        version: env!("CARGO_PKG_VERSION"),
        threads: bench.workers.threads(),
        usage: file_name(bench.usage),
        bytes,
        peak_is_of_stage: Meter::forgets(),
        stages: Vec::new(),
    };
    for stage in stages {
        bench.prepare(*stage)?;
        let meter = Meter::start();
        let counted = bench.run(*stage)?;
        let taken = meter.stop();
        bench.check_written(*stage)?;
        if !bench.global.quiet {
            let (seconds, hundredths) = (taken.microseconds / 1_000_000, taken.microseconds / 10_000 % 100);
            say(&format!("{}: {seconds}.{hundredths:02} s", name(*stage)));
        }
        let of_file = if matches!(stage, Stage::Book | Stage::Draft | Stage::Post) { 0 } else { bytes };
        figures.stages.push(StageFigures::new(&name(*stage), stage.does(), counted, of_file, taken));
    }
    Ok(figures)
}
