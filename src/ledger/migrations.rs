//! Numbered steps from an empty file to the schema of this version. A ledger of an older version takes the missing
//! steps in one transaction; one of a newer version is refused. Steps that have been released are never edited.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::LedgerError;

/// The step at position n makes version n + 1.
pub(super) const ALL: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_billing_in_full.sql"),
    include_str!("migrations/0003_documents.sql"),
];

/// Tells the file from other SQLite files: `Toll` in ASCII.
const APPLICATION_ID: i64 = 0x546F_6C6C;

/// Does the ledger lack steps?
///
/// # Errors
/// `Newer`; `Damaged` if the file is no ledger.
pub(super) fn is_older(connection: &Connection, path: &Path) -> Result<bool, LedgerError> {
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION_ID {
        let why = format!("{} is an SQLite file, but not a ledger of tollbook", path.display());
        return Err(LedgerError::Damaged { why });
    }
    let (found, known) = (version(connection)?, newest(ALL));
    if found > known {
        return Err(LedgerError::Newer { found, known });
    }
    Ok(found < known)
}

/// Takes the missing steps, all or none.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<(), LedgerError> {
    // A step may rebuild a table that others refer to; what it leaves is checked as a whole before the commit.
    connection.pragma_update(None, "foreign_keys", false)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = usize::try_from(version(&transaction)?).map_err(|_| negative_version())?;
    for step in steps.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    let orphans = transaction.prepare("PRAGMA foreign_key_check")?.exists([])?;
    if orphans {
        return Err(LedgerError::Damaged { why: "rows refer to rows that are not there; found when migrating".into() });
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", newest(steps))?;
    transaction.commit()?;
    Ok(connection.pragma_update(None, "foreign_keys", true)?)
}

fn version(connection: &Connection) -> Result<i64, LedgerError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn newest(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).expect("no list of steps is that long")
}

fn negative_version() -> LedgerError {
    LedgerError::Damaged { why: "its version is negative".into() }
}
