//! `import`: usage files and service files of a supplier. Rate sheets are in [`super::rate_sheet`].

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Global;
use super::alerts::raise_alerts;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::remove_partials;
use crate::forms::kinds::Kind;
use crate::ledger::{Ledger, LedgerWriter};
use crate::parsing::{Layout, ParseContext};
use crate::pipeline::import::{CHUNK_BYTES, ImportOptions, ImportedFile, check_layout_kind, import_usage};
use crate::pipeline::rejects::rejects_in_words;
use crate::pipeline::services::import_services;
use crate::pipeline::{store_files, unknown_supplier};
use crate::report::screen::control_totals;
use crate::workspace::{Workspace, find_layout};

/// What to import.
#[derive(Subcommand)]
pub enum Import {
    /// Usage (CDR) files
    Usage(Files),
    /// Service files: rentals, connections, ceases
    Services(ServiceFiles),
    /// A rate sheet: rates.csv, the classic reseller's sheet, an A-Z deck
    Tariff(Box<super::rate_sheet::RateSheet>),
    /// Customers, by a form: .xlsx or CSV
    Customers(super::form::FormFile),
    /// CLIs and whose they are, by a form: .xlsx or CSV
    Clis(super::form::FormFile),
    /// Products and their prices, by a form: .xlsx or CSV
    Products(super::form::FormFile),
    /// Charges of customers and their prices, by a form: .xlsx or CSV
    Charges(super::form::FormFile),
    /// Payments of customers: CSV or xlsx with account, date, amount, reference
    Payments(super::payment::PaymentsFile),
}

/// Which files, and how.
#[derive(Args)]
pub struct Files {
    /// The files, in the order in which they are imported
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Whose files: a supplier of the book
    #[arg(long)]
    supplier: String,
    /// Read them by this layout instead of the supplier's
    #[arg(long)]
    layout: Option<String>,
    /// One line that cannot be read refuses its file
    #[arg(long)]
    strict: bool,
}

/// Which service files, and what for.
#[derive(Args)]
pub struct ServiceFiles {
    #[command(flatten)]
    files: Files,
    /// Never bill them: keep them to be compared with the charges (`report reconciliation`)
    #[arg(long)]
    reconcile: bool,
}

impl Import {
    pub fn run(self, global: &Global) -> Result<()> {
        let (files, file_use) = match self {
            Self::Usage(files) => (files, FileUse::Usage),
            Self::Services(ServiceFiles { files, reconcile: false }) => (files, FileUse::BilledServices),
            Self::Services(ServiceFiles { files, reconcile: true }) => (files, FileUse::ComparedServices),
            Self::Tariff(sheet) => return sheet.run(global),
            Self::Customers(form) => return form.run(global, Kind::Customers),
            Self::Clis(form) => return form.run(global, Kind::Clis),
            Self::Products(form) => return form.run(global, Kind::Products),
            Self::Charges(form) => return form.run(global, Kind::Charges),
            Self::Payments(file) => return file.run(global),
        };
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let imported = import_files(global, &workspace, &files, file_use)?;
        global.show(&imported.done, || imported.done.iter().map(in_words).collect())?;
        if file_use == FileUse::Usage {
            raise_alerts(global, &workspace);
        }
        imported.outcome(global.dry_run)
    }
}

/// What is in the files of one command, and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileUse {
    /// Usage, to be billed.
    Usage,
    /// Service lines, to be billed (P7).
    BilledServices,
    /// Service lines, to be compared (P8).
    ComparedServices,
}

/// What became of the files of one command.
pub struct Imported {
    /// Those imported.
    pub done: Vec<ImportedFile>,
    /// Why the others were not.
    pub refused: Vec<Error>,
}

impl Imported {
    /// Refused if no file was imported; done in part if some were not, or if lines were refused.
    fn outcome(self, dry_run: bool) -> Result<()> {
        let rejects: usize = self.done.iter().map(|file| file.rejected.len()).sum();
        let messages: Vec<String> = self.refused.iter().map(ToString::to_string).collect();
        let lines = counted(rejects as u64, "line");
        match (self.refused.last(), self.done.is_empty(), rejects) {
            (Some(last), true, _) => Err(Error::new(last.kind, messages.join("\n"), "")),
            (Some(last), false, _) => {
                let kind = if last.kind == ErrorKind::Refused { ErrorKind::Partial } else { last.kind };
                let imported = counted(self.done.len() as u64, "other file");
                let verb = if dry_run { "would be imported" } else { "imported all the same" };
                Err(Error::new(kind, format!("{}\n{imported} {verb}", messages.join("\n")), ""))
            }
            (None, _, 0) => Ok(()),
            (None, ..) if dry_run => {
                let hint = "correct them in the file first, or import them corrected afterwards";
                Err(Error::new(ErrorKind::Partial, format!("{lines} cannot be read and would be put aside"), hint))
            }
            (None, ..) => {
                let hint = "correct them there and import the corrected file";
                Err(Error::new(
                    ErrorKind::Partial,
                    format!("{lines} could not be read, kept in rejects/ with the reasons"),
                    hint,
                ))
            }
        }
    }
}

impl Files {
    /// Files of a supplier, read by its layout.
    pub fn of(supplier: &str, files: Vec<PathBuf>) -> Self {
        Self { files, supplier: supplier.to_owned(), layout: None, strict: false }
    }
}

/// Imports the files one after the other; a refused one does not stop the others, a failing disk does.
pub fn import_files(global: &Global, workspace: &Workspace, files: &Files, file_use: FileUse) -> Result<Imported> {
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let named_by_book = layout_of_supplier(workspace, &ledger, &files.supplier)?;
    let layouts = workspace.layouts()?;
    let layout = match &files.layout {
        Some(named) => find_layout(&layouts, named)?,
        None => find_layout(&layouts, &named_by_book).map_err(|error| {
            let hint = format!("correct it in suppliers.csv, or name one with --layout; {}", error.hint);
            Error::refused(format!("supplier {:?}: {}", files.supplier, error.message), hint)
        })?,
    };
    check_layout_kind(layout, file_use != FileUse::Usage)?;
    let options = ImportOptions {
        supplier_code: &files.supplier,
        context: parse_context(workspace, layout),
        strict: files.strict,
        max_rejects: (workspace.settings.max_reject_share, workspace.settings.max_reject_count),
        only_compare: file_use == FileUse::ComparedServices,
        dry_run: global.dry_run,
        quiet: global.quiet,
        chunk_bytes: CHUNK_BYTES,
    };
    let rejects_dir = workspace.dir.join("rejects");
    // What an import that was killed left behind. The lock is held: nobody else writes there.
    remove_partials(&rejects_dir).map_err(|error| Error::io(&rejects_dir, &error))?;
    let mut imported = Imported { done: Vec::new(), refused: Vec::new() };
    for file in &files.files {
        match import_one(global, workspace, &mut ledger, &rejects_dir, &options, file_use, file) {
            Ok(done) => imported.done.push(done),
            Err(error) => {
                let go_on = error.kind == ErrorKind::Refused;
                imported.refused.push(error);
                if !go_on {
                    break;
                }
            }
        }
    }
    Ok(imported)
}

fn import_one(
    global: &Global,
    workspace: &Workspace,
    ledger: &mut LedgerWriter,
    rejects_dir: &Path,
    options: &ImportOptions,
    file_use: FileUse,
    file: &Path,
) -> Result<ImportedFile> {
    if file_use != FileUse::Usage {
        return import_services(ledger, rejects_dir, options, file);
    }
    let store = workspace.usage();
    store.remove_orphans(&store_files(ledger)?)?;
    import_usage(ledger, &store, &global.workers()?, rejects_dir, options, file)
}

/// How files of a layout are read in this workspace.
pub fn parse_context<'a>(workspace: &'a Workspace, layout: &'a Layout) -> ParseContext<'a> {
    ParseContext {
        layout,
        workspace_zone: &workspace.settings.zone,
        numbers: workspace.number_rules(),
        currency: workspace.settings.currency,
    }
}

/// The layout that the book names for a supplier.
fn layout_of_supplier(workspace: &Workspace, ledger: &Ledger, code: &str) -> Result<String> {
    let layouts = workspace.layouts_of_suppliers(ledger)?;
    match layouts.iter().find(|(supplier, _)| supplier == code) {
        Some((_, layout)) => Ok(layout.clone()),
        None => Err(unknown_supplier(code, layouts.iter().map(|(supplier, _)| supplier.as_str()))),
    }
}

fn in_words(file: &ImportedFile) -> String {
    let place = match file.import {
        Some(import) => format!("import {import}"),
        None => "not imported: dry run".to_owned(),
    };
    let mut text = format!("{}: {}, {place}\n", file.file, counted(file.lines, "line"));
    text.push_str(&control_totals(&file.totals));
    if file.flagged_times > 0 {
        let records = counted(file.flagged_times, "record");
        text.push_str(&format!("  {records} began in an hour that the change of clocks skipped or repeated\n"));
    }
    text.push_str(&rejects_in_words(&file.file, &file.rejected));
    if let Some(path) = &file.rejects_file {
        text.push_str(&format!("  rejected lines: {}\n", path.display()));
    }
    text
}
