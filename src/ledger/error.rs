//! What can go wrong with the ledger, in kinds that callers tell apart: each has its own exit code.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the ledger did not do what was asked. Nothing was changed.
#[derive(Debug)]
pub enum LedgerError {
    /// Another writer is at work.
    Locked {
        /// Its process, if it said so.
        pid: Option<u32>,
        /// Since when, as its actor said (UTC), if it said so.
        since: Option<String>,
    },
    /// The file is not, or no longer, a sound ledger.
    Damaged {
        /// What was found.
        why: String,
    },
    /// The file was written by a newer version of the program.
    Newer {
        /// The version of the file.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The rules or the state of the ledger do not allow it.
    Refused {
        /// What was asked.
        what: String,
        /// Why not.
        why: String,
        /// What to do.
        hint: String,
    },
    /// The disk or the file system said no.
    Io {
        /// The file or folder; empty where SQLite does not say.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// SQLite said something that none of the other kinds covers: a fault of the program.
    Sql(rusqlite::Error),
}

impl LedgerError {
    pub(super) fn refused(what: impl Into<String>, why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), why: why.into(), hint: hint.into() }
    }

    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked { pid, since } => {
                f.write_str("the ledger is locked by ")?;
                match pid {
                    Some(pid) => write!(f, "process {pid}")?,
                    None => f.write_str("another process")?,
                }
                if let Some(since) = since {
                    write!(f, " since {since}")?;
                }
                f.write_str("; wait until it is done")
            }
            Self::Damaged { why } => {
                write!(f, "the ledger is damaged: {why}; restore a backup, and keep this file for inspection")
            }
            Self::Newer { found, known } => {
                write!(f, "the ledger has version {found}, this program knows up to {known}; use a newer tollbook")
            }
            Self::Refused { what, why, hint } => write!(f, "cannot {what}: {why}; {hint}"),
            Self::Io { path, source } if path.as_os_str().is_empty() => write!(f, "ledger: {source}"),
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Sql(error) => write!(f, "ledger: {error}"),
        }
    }
}

impl std::error::Error for LedgerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Sql(error) => Some(error),
            _ => None,
        }
    }
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        let unreadable = matches!(
            error,
            Sql::FromSqlConversionFailure(..)
                | Sql::IntegralValueOutOfRange(..)
                | Sql::Utf8Error(..)
                | Sql::InvalidColumnType(..)
        );
        if unreadable {
            return Self::Damaged { why: error.to_string() };
        }
        let Sql::SqliteFailure(failure, message) = &error else { return Self::Sql(error) };
        let words = message.clone().unwrap_or_else(|| failure.to_string());
        let io = |kind| Self::Io { path: PathBuf::new(), source: io::Error::new(kind, words.clone()) };
        match failure.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged { why: words },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Locked { pid: None, since: None },
            ErrorCode::DiskFull => io(io::ErrorKind::StorageFull),
            ErrorCode::ReadOnly => io(io::ErrorKind::ReadOnlyFilesystem),
            ErrorCode::PermissionDenied => io(io::ErrorKind::PermissionDenied),
            ErrorCode::CannotOpen | ErrorCode::SystemIoFailure => io(io::ErrorKind::Other),
            ErrorCode::ConstraintViolation => {
                Self::refused("change the ledger", words, "nothing was changed; look at what is there already")
            }
            _ => Self::Sql(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_speak_in_one_line() {
        let check = |error: LedgerError, expected: &str| assert_eq!(error.to_string(), expected);
        check(
            LedgerError::Locked { pid: Some(7), since: Some("2026-11-01T00:00:00Z".into()) },
            "the ledger is locked by process 7 since 2026-11-01T00:00:00Z; wait until it is done",
        );
        check(
            LedgerError::Locked { pid: None, since: None },
            "the ledger is locked by another process; wait until it is done",
        );
        check(
            LedgerError::Newer { found: 9, known: 1 },
            "the ledger has version 9, this program knows up to 1; use a newer tollbook",
        );
        check(
            LedgerError::refused("post run 3", "it is a draft", "approve it first"),
            "cannot post run 3: it is a draft; approve it first",
        );
    }
}
