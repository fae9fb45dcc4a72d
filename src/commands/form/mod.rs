//! `import customers|clis|products|charges`: a filled form → the book, all or nothing (K2), with every mistake at its cell.

mod copy;
mod report;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

pub(super) use copy::write_copy;
pub(super) use report::FormFacts;
pub use report::FormReport;

use super::{Global, say};
use crate::book::Tables;
use crate::error::{Error, Result, counted};
use crate::forms::kinds::Kind;
use crate::forms::{Asked, FormImport, Mode, Severity, Source, Unreadable};
use crate::ledger::{ApplyMode, LedgerWriter};
use crate::workspace::{Workspace, into_stored};

/// Which file, and what its rows may do.
#[derive(Args)]
#[command(
    after_help = "A form is a workbook (.xlsx) or a CSV file (UTF-8) whose first row names its columns: `tollbook template` \
    writes it for this workspace. In an update a blank cell leaves what is there; the word (clear) empties it. Any mistake \
    stops the whole import, and all of them are listed. See docs/forms.md."
)]
pub struct FormFile {
    /// The filled form
    file: PathBuf,
    #[command(flatten)]
    options: FormOptions,
}

/// How a filled form is imported.
#[derive(Args)]
pub struct FormOptions {
    /// What its rows may do
    #[arg(long, value_enum, default_value_t = RowMode::Insert)]
    pub mode: RowMode,
    /// Warnings refuse the file too
    #[arg(long)]
    pub strict: bool,
    /// Write a copy of the file in which every mistake is marked, as .xlsx
    #[arg(long, value_name = "COPY.xlsx")]
    pub annotate: Option<PathBuf>,
    /// The sheet, where it has another name and is not the first
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// List everything on the screen, however long
    #[arg(long)]
    pub all: bool,
}

/// What rows may do (K3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowMode {
    /// Only add
    Insert,
    /// Only change what is there: customers are found by account number or reference
    Update,
    /// Add, or change what is there
    Upsert,
}

impl RowMode {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Upsert => "upsert",
        }
    }
}

impl From<RowMode> for Mode {
    fn from(mode: RowMode) -> Self {
        match mode {
            RowMode::Insert => Self::Insert,
            RowMode::Update => Self::Update,
            RowMode::Upsert => Self::Upsert,
        }
    }
}

impl FormFile {
    /// Imports the file as a form of this kind.
    pub fn run(self, global: &Global, kind: Kind) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let bytes = read_bytes(&self.file)?;
        let file = self.file.display().to_string();
        let source = open_source(&self.file, &bytes)?;
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let asked = Asked {
            kind,
            mode: self.options.mode.into(),
            sheet: self.options.sheet.as_deref(),
            numbers: workspace.number_rules(),
            settings: &workspace.settings,
        };
        let tables = workspace.tables(&ledger)?;
        let import = FormImport::read(&source, &asked, tables).map_err(|bad| refuse_file(&file, &bad))?;
        let report = FormReport::of(&file, kind, &self.options, global, &import, &source);
        report.show(global, self.options.all)?;
        if let Some(copy) = &self.options.annotate {
            let sheets: Vec<_> = import.sheets.iter().map(|sheet| (&sheet.form, &sheet.filled)).collect();
            write_copy(&self.file, copy, &source, &sheets, &import.findings)?;
        }
        report.refuse(self.options.strict)?;
        let count = report.changes();
        let (rows, gone) = import.into_rows();
        apply(&mut ledger, &workspace, rows, gone, global.dry_run)?;
        say(&match (count, global.dry_run) {
            (0, _) => "nothing is different: nothing changed".to_owned(),
            (_, true) => "dry run: nothing changed".to_owned(),
            (count, false) => format!("imported: {} added or changed", counted(count, "row")),
        });
        Ok(())
    }
}

/// Writes rows that were checked before, and removes others.
fn apply(ledger: &mut LedgerWriter, workspace: &Workspace, rows: Tables, gone: Tables, dry_run: bool) -> Result<()> {
    if rows.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let (rows, gone) = (into_stored(rows), into_stored(gone));
    ledger.edit_book(&rows, &gone, ApplyMode::Upsert, workspace.settings.currency, dry_run)?;
    Ok(())
}

/// The bytes of a file that a person filled in.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    let metadata = std::fs::metadata(path).map_err(|error| Error::unreadable(path, &error))?;
    if !metadata.is_file() {
        let message = format!("{}: is not a file", path.display());
        return Err(Error::refused(message, "name a file; what comes through a pipe must be saved first"));
    }
    if metadata.len() > LARGEST {
        let message = format!("{}: is larger than {} MiB", path.display(), LARGEST >> 20);
        return Err(Error::refused(message, "import it in parts"));
    }
    std::fs::read(path).map_err(|error| Error::unreadable(path, &error))
}

/// A form is no larger: 100,000 customers with all their columns are a tenth of it.
const LARGEST: u64 = 256 << 20;

/// Opens a file as a workbook or as CSV, by its content.
pub fn open_source<'b>(path: &Path, bytes: &'b [u8]) -> Result<Source<'b>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Source::open(&name, bytes).map_err(|bad| refuse_file(&path.display().to_string(), &bad))
}

/// Why a file cannot be read at all.
pub fn refuse_file(file: &str, bad: &Unreadable) -> Error {
    let line = if bad.line == 0 { String::new() } else { format!(", line {}", bad.line) };
    Error::refused(format!("{file}{line}: {}; nothing was changed", bad.reason), bad.hint.clone())
}

/// What a refusal says after the findings were listed.
fn refusal(file: &str, errors: usize, warnings: usize, strict: bool) -> Option<Error> {
    let hint = "correct the cells and import it again; --annotate COPY.xlsx writes a copy with the cells marked";
    match (errors, warnings) {
        (0, 0) => None,
        (0, warnings) if strict => {
            let warnings = counted(warnings as u64, "warning");
            Some(Error::refused(format!("{file} has {warnings}, and --strict refuses them; nothing was changed"), hint))
        }
        (0, _) => None,
        (errors, _) => {
            let errors = counted(errors as u64, "error");
            Some(Error::refused(format!("{file} has {errors}; nothing was changed"), hint))
        }
    }
}

impl FormReport<'_> {
    /// Refuses the file if it has errors, or, strictly, warnings.
    pub(super) fn refuse(&self, strict: bool) -> Result<()> {
        let counts = [Severity::Error, Severity::Warning].map(|severity| self.count(severity));
        refusal(self.file, counts[0], counts[1], strict).map_or(Ok(()), Err)
    }
}
