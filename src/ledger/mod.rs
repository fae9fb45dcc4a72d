//! The ledger: one SQLite file that holds what was decided and what was billed — the book's rows, imports, runs, posted
//! invoices, balances, the audit trail. Each change is one transaction with its audit entry, or nothing.
//! Computes no prices, reads no clock: who acts and when is handed in as an [`Actor`]. Usage facts are not here.
//!
//! [`Ledger`] reads; [`LedgerWriter`] also changes, holds the lock of the only writer, and reads as a [`Ledger`] does.

mod account_entries;
mod accounts;
mod allocations;
mod audit;
mod bills;
mod book;
mod book_rows;
mod collections;
mod columns;
mod credit_notes;
mod deleted_customers;
mod deletions;
mod documents;
mod drafts;
mod due;
mod ended_rows;
mod entries;
mod error;
mod flags;
mod imports;
mod invoices;
mod lives;
mod lock;
mod migrations;
mod numbers;
mod outbox;
mod payments;
mod periods;
mod posting;
mod recent;
mod runs;
mod services;
mod settlement_checks;
mod standings;
mod usage_alerts;
mod verify;
mod void_checks;
mod voids;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, config::DbConfig};

pub use account_entries::{AccountEntry, EntryKind, StoredAllocation};
pub use accounts::AccountState;
pub use allocations::Settled;
pub use audit::{Actor, AuditEntry};
pub use book::{ApplyError, ApplyMode, BOOK_FILES, BookChanges, FileChanges, StoredTable};
pub use collections::{Collected, CollectedInvoice, CollectionRow, NewCollection};
pub use credit_notes::{CreditNoteRow, NewCreditNote};
pub use deleted_customers::MarkedCustomer;
pub use deletions::RowRange;
pub use documents::PostedDocument;
pub use drafts::{DraftBill, DraftFlag, DraftOutcome, DraftRun, ParkedCustomer, RunStatus, RunTermsRow};
pub use due::DueDay;
pub use ended_rows::LifeRow;
pub use error::LedgerError;
pub use flags::{Acknowledged, RunFlag};
pub use imports::{ImportKind, ImportRow, ImportTotal};
pub use invoices::{InvoiceFilter, InvoiceRow, PostedInvoice, StoredBill};
pub use lives::{GivenBack, Life, Step, Stepped};
pub use outbox::{
    BY_POST, MOST_ATTEMPTS, MailEnd, MailFilter, MailRow, MailState, NewMail, OUTBOX_LOCK_FILE, OutboxLock,
};
pub use payments::{Movement, NamedInvoice};
pub use posting::{CapTotal, PostedBill};
pub use recent::RecentInvoice;
pub use runs::{RunOutline, RunRow};
pub use services::UnbilledService;
pub use standings::{InvoiceStanding, InvoiceState, ReleasedRows};
pub use usage_alerts::{CheckedUsage, UsageAlert, UsageHistory};
pub use voids::Voiding;

use lock::WriterLock;

/// The name of the file inside a workspace.
pub const LEDGER_FILE: &str = "ledger.db";
/// The name of the lock file beside it.
pub const LOCK_FILE: &str = "ledger.lock";
/// How long a statement waits for a reader or for a tool that has the file open.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// At most so much of the file in a writer's memory (negative: KiB). With SQLite's 2 MiB, loading a large book would
/// write each page many times over.
const WRITER_CACHE_KIB: i64 = -131_072;

/// A ledger open for reading. Any number of them may be open while one writer works; each query sees committed state.
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
}

/// A ledger open for changing. There is at most one in the world; dropping it frees the lock, and so does its death.
pub struct LedgerWriter {
    ledger: Ledger,
    actor: Actor,
    _lock: WriterLock,
}

impl Ledger {
    /// Makes an empty ledger in a folder, which is made as well if need be. Only the owner may read the file.
    ///
    /// # Errors
    /// `Refused` if there is one already; `Io`.
    pub fn create(dir: &Path) -> Result<(), LedgerError> {
        let path = dir.join(LEDGER_FILE);
        if path.exists() {
            return Err(already_there(&path));
        }
        std::fs::create_dir_all(dir).map_err(|error| LedgerError::io(dir, error))?;
        let io = |error| LedgerError::io(&path, error);
        // Built beside its place and renamed, so that a crash never leaves half a schema under the name.
        let file = tempfile::Builder::new().prefix(".partial-").suffix(".db").tempfile_in(dir).map_err(io)?;
        let mut connection = connect(file.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        use_write_ahead_log(&connection)?;
        migrations::migrate(&mut connection, migrations::ALL)?;
        connection.close().map_err(|(_, error)| LedgerError::from(error))?;
        file.as_file().sync_all().map_err(io)?;
        file.persist_noclobber(&path).map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => already_there(&path),
            _ => io(error.error),
        })?;
        crate::files::sync_folder(dir).map_err(io)
    }

    /// Opens the ledger of a folder for reading. One of an older version is first brought to this one, which takes the
    /// writer's lock for a moment.
    ///
    /// # Errors
    /// `Newer`, `Damaged`, `Io`; `Locked` only where an older version has to be migrated.
    pub fn open(dir: &Path) -> Result<Self, LedgerError> {
        let path = existing(dir)?;
        let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        if migrations::is_older(&connection, &path)? {
            drop(connection);
            let _lock = WriterLock::take(&dir.join(LOCK_FILE), None)?;
            connect_for_writing(&path)?;
            return Ok(Self { connection: connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?, path });
        }
        Ok(Self { connection, path })
    }

    /// Opens the ledger of a folder for changing, as its only writer; one of an older version is migrated.
    ///
    /// # Errors
    /// `Locked` while another writer lives; `Refused` if the actor is incomplete; `Newer`, `Damaged`, `Io`.
    pub fn open_for_writing(dir: &Path, actor: Actor) -> Result<LedgerWriter, LedgerError> {
        actor.check()?;
        let path = existing(dir)?;
        let lock = WriterLock::take(&dir.join(LOCK_FILE), Some(&actor.at))?;
        let connection = connect_for_writing(&path)?;
        Ok(LedgerWriter { ledger: Self { connection, path }, actor, _lock: lock })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Deref for LedgerWriter {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        &self.ledger
    }
}

impl LedgerWriter {
    /// In whose name changes are made.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Begins a change: one transaction that nobody else writes beside.
    fn begin(&mut self) -> Result<Change<'_>, LedgerError> {
        let transaction = self.ledger.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok(Change { transaction, actor: &self.actor })
    }
}

/// A change under way. Dropped without [`Change::commit`], it has never been.
struct Change<'a> {
    transaction: Transaction<'a>,
    actor: &'a Actor,
}

impl Change<'_> {
    fn commit(self) -> Result<(), LedgerError> {
        Ok(self.transaction.commit()?)
    }

    /// Keeps what was done, or nothing of it on a dry run.
    fn end(self, dry_run: bool) -> Result<(), LedgerError> {
        if dry_run { Ok(()) } else { self.commit() }
    }
}

impl Deref for Change<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.transaction
    }
}

fn already_there(path: &Path) -> LedgerError {
    LedgerError::refused(
        format!("make a ledger at {}", path.display()),
        "there is one already",
        "choose another folder, or work with the one that is there",
    )
}

/// The path of a ledger that is there and not empty. A file cut to nothing must not pass as a new ledger.
fn existing(dir: &Path) -> Result<PathBuf, LedgerError> {
    let path = dir.join(LEDGER_FILE);
    let metadata = std::fs::metadata(&path).map_err(|error| LedgerError::io(&path, error))?;
    if metadata.len() == 0 {
        return Err(LedgerError::Damaged { why: format!("{} is empty", path.display()) });
    }
    Ok(path)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, LedgerError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn connect_for_writing(path: &Path) -> Result<Connection, LedgerError> {
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let is_older = migrations::is_older(&connection, path)?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE_KIB)?;
    use_write_ahead_log(&connection)?;
    if is_older {
        migrations::migrate(&mut connection, migrations::ALL)?;
    }
    Ok(connection)
}

fn use_write_ahead_log(connection: &Connection) -> Result<(), LedgerError> {
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    Err(LedgerError::refused(
        "open the ledger for writing",
        format!("the file system offers no write-ahead log (journal mode is {mode})"),
        "keep the workspace on a local disk",
    ))
}

#[cfg(test)]
mod tests;
