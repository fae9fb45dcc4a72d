//! `book`: the master data as CSV files, in and out.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::{Global, say};
use crate::book::{self, Tables};
use crate::error::{Error, Result};
use crate::ledger::{ApplyMode, BookChanges, LedgerWriter, StoredTable};
use crate::report::screen::table;
use crate::workspace::{Workspace, refuse_book, stored_tables};

/// What to do.
#[derive(Subcommand)]
pub enum BookCommand {
    /// Load a folder of CSV files, all or nothing
    Import(BookImport),
    /// Write the book as a folder of CSV files
    Export {
        /// A new or an empty folder
        dir: PathBuf,
    },
}

/// Which folder, and what to do with rows that are there already.
#[derive(Args)]
pub struct BookImport {
    /// The folder
    dir: PathBuf,
    /// What rows may do
    #[arg(long, value_enum, default_value_t = Mode::Upsert)]
    mode: Mode,
}

/// What rows may do.
#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    /// Only add
    Insert,
    /// Add, or change what has the same key
    Upsert,
}

impl BookCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::Import(import) => {
                let mode = match import.mode {
                    Mode::Insert => ApplyMode::Insert,
                    Mode::Upsert => ApplyMode::Upsert,
                };
                let changes = import_book(global, &workspace, &import.dir, mode)?;
                global.show(&Loaded::from(&changes), || in_words(&changes, global.dry_run))
            }
            Self::Export { dir } => export(global, &workspace, &dir),
        }
    }
}

/// Loads a book folder into the ledger; every error of every file at once, or all of it.
pub fn import_book(
    global: &Global,
    workspace: &Workspace,
    dir: &std::path::Path,
    mode: ApplyMode,
) -> Result<BookChanges> {
    if !dir.is_dir() {
        return Err(Error::refused(format!("{}: is not a folder", dir.display()), "name a folder of book files"));
    }
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let tables = book::read_folder_with(dir, &workspace.number_rules(), None).map_err(|errors| refuse_book(&errors))?;
    // Checked as it will be, while the rows still know their lines. The lock is held: nothing changes in between.
    let mut merged = workspace.tables(&ledger)?;
    merged.merge(tables.clone());
    book::compile(&merged, &workspace.settings).map_err(|errors| refuse_book(&errors))?;
    write_rows(&mut ledger, workspace, &stored_tables(&tables), mode, global.dry_run)
}

/// Writes rows into the book, in place of those with their keys; the whole of it must be sound with them.
pub(super) fn apply_rows(
    workspace: &Workspace,
    ledger: &mut LedgerWriter,
    mut book: Tables,
    rows: &Tables,
    dry_run: bool,
) -> Result<BookChanges> {
    book.merge(rows.clone());
    book::compile(&book, &workspace.settings).map_err(|errors| refuse_book(&errors))?;
    write_rows(ledger, workspace, &stored_tables(rows), ApplyMode::Upsert, dry_run)
}

/// Writes rows into the ledger's book, which was compiled with them before.
pub fn write_rows(
    ledger: &mut LedgerWriter,
    workspace: &Workspace,
    rows: &[StoredTable],
    mode: ApplyMode,
    dry_run: bool,
) -> Result<BookChanges> {
    Ok(ledger.apply_book(rows, mode, workspace.settings.currency, dry_run)?)
}

/// What a book import did, file by file.
#[derive(Serialize)]
struct Loaded {
    files: Vec<LoadedFile>,
}

#[derive(Serialize)]
struct LoadedFile {
    file: String,
    inserted: u64,
    updated: u64,
    unchanged: u64,
}

impl From<&BookChanges> for Loaded {
    fn from(changes: &BookChanges) -> Self {
        let files = changes.files.iter().map(|change| LoadedFile {
            file: change.file.clone(),
            inserted: change.inserted,
            updated: change.updated,
            unchanged: change.unchanged,
        });
        Self { files: files.collect() }
    }
}

fn in_words(changes: &BookChanges, dry_run: bool) -> String {
    let rows = changes.files.iter().filter(|change| change.inserted + change.updated + change.unchanged > 0);
    let rows = rows.map(|change| {
        let counts = [change.inserted, change.updated, change.unchanged].map(|count| count.to_string());
        std::iter::once(change.file.clone()).chain(counts).collect()
    });
    let head = if dry_run { "would load" } else { "loaded" };
    format!("{head}\n{}", table(&["file", "added", "changed", "as before"], &[1, 2, 3], rows))
}

fn export(global: &Global, workspace: &Workspace, dir: &std::path::Path) -> Result<()> {
    if dir.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::refused(format!("{}: is not empty", dir.display()), "name a new or an empty folder"));
    }
    let tables = workspace.tables(&workspace.ledger()?)?;
    if global.dry_run {
        say(&format!("would write the book to {}", dir.display()));
        return Ok(());
    }
    book::write_folder(&tables, dir).map_err(|error| Error::io(dir, &error))?;
    say(&format!("wrote the book to {}", dir.display()));
    Ok(())
}
