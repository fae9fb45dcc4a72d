//! What ends a command: one error with a kind that is its exit code, what happened, and what to do.
//! A bad record never comes here: it is counted data with a position.

use std::fmt;

use crate::facts::FactsError;
use crate::ledger::LedgerError;

/// Why a command did not do its work; the number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Input or state does not allow it; nothing changed.
    Refused = 1,
    /// The command was asked wrongly.
    Usage = 2,
    /// Done in part: parked customers, rejected lines.
    Partial = 3,
    /// The store is damaged.
    Damaged = 4,
    /// Another run holds the workspace.
    Locked = 5,
    /// Disk full, or input and output failed.
    Io = 6,
}

/// The end of a command that did not do all of its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Its kind.
    pub kind: ErrorKind,
    /// What, where and why.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl Error {
    /// An error with a hint.
    pub fn new(kind: ErrorKind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: hint.into() }
    }

    /// Input or state does not allow it; nothing changed.
    pub fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ErrorKind::Refused, message, hint)
    }

    /// Reading or writing a path failed.
    pub fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path",
            std::io::ErrorKind::PermissionDenied => "check who may read and write it",
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge => {
                "make room on the disk and run the command again"
            }
            _ => "",
        };
        // A path that is not there is a mistake in the command, not a failing disk.
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidInput => ErrorKind::Refused,
            _ => ErrorKind::Io,
        };
        let words = match error.kind() {
            std::io::ErrorKind::NotFound => "does not exist".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        Self::new(kind, format!("{}: {words}", path.display()), hint)
    }

    /// A file that was to be read cannot be opened: another one must be named, or this one made readable.
    pub fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Self {
        let io = Self::io(path, error);
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => {
                Self { kind: ErrorKind::Refused, hint: "make it readable for the user who imports it".into(), ..io }
            }
            std::io::ErrorKind::InvalidInput => {
                Self { hint: "name a file; what comes through a pipe must be saved first".into(), ..io }
            }
            _ => io,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "\n  hint: {}", self.hint) }
    }
}

impl std::error::Error for Error {}

/// A number of things, as messages say it: `1 line`, `12 lines`.
pub fn counted(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

impl From<FactsError> for Error {
    fn from(error: FactsError) -> Self {
        let kind = match &error {
            FactsError::Missing { .. } | FactsError::Damaged { .. } | FactsError::Exists { .. } => ErrorKind::Damaged,
            FactsError::Unstorable { .. } | FactsError::NoSuchRow { .. } => ErrorKind::Refused,
            FactsError::Io { .. } => ErrorKind::Io,
        };
        Self::new(kind, error.to_string(), "")
    }
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        let (kind, hint) = match &error {
            LedgerError::Locked { .. } => (ErrorKind::Locked, String::new()),
            LedgerError::Damaged { .. } => (ErrorKind::Damaged, String::new()),
            LedgerError::Newer { .. } => (ErrorKind::Refused, String::new()),
            LedgerError::Refused { what, why, hint } => {
                return Self::new(ErrorKind::Refused, format!("cannot {what}: {why}"), hint.clone());
            }
            LedgerError::Io { .. } => (ErrorKind::Io, String::new()),
            LedgerError::Sql(_) => (ErrorKind::Damaged, "run `tollbook verify`".to_owned()),
        };
        Self::new(kind, error.to_string(), hint)
    }
}

/// The result of a step of a command.
pub type Result<T> = std::result::Result<T, Error>;
