//! What can be wrong with the usage store, in words that name the file and say what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

/// Why the usage store could not do what it was asked to.
#[derive(Debug)]
pub enum FactsError {
    /// A file that the ledger knows is not there.
    Missing {
        /// Which one.
        file: PathBuf,
    },
    /// A file is not what was written once: a bit flipped, it was cut short or written over.
    Damaged {
        /// Which one.
        file: PathBuf,
        /// What was found.
        found: String,
    },
    /// A file of this name is there already; published files are never written over.
    Exists {
        /// Which one.
        file: PathBuf,
    },
    /// A value that the columns cannot hold exactly.
    Unstorable {
        /// The row that holds it, from 0.
        row: u64,
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// The file has fewer rows than the one asked for.
    NoSuchRow {
        /// Which file.
        file: PathBuf,
        /// The row asked for, from 0.
        row: u32,
    },
    /// The disk would not.
    Io {
        /// Which file or folder.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl FactsError {
    /// A failed read or write; a file that is not there is [`Self::Missing`].
    pub(super) fn io(file: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { file: file.to_owned() },
            _ => Self::Io { file: file.to_owned(), source },
        }
    }

    /// Contents that contradict what was written.
    pub(super) fn damaged(file: &Path, found: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), found: found.into() }
    }

    /// An error met while reading contents.
    pub(super) fn reading(file: &Path, error: &ParquetError) -> Self {
        Self::damaged(file, error.to_string())
    }

    /// An error met while writing: only the disk can be its cause.
    pub(super) fn writing(file: &Path, error: ParquetError) -> Self {
        let source = match error {
            ParquetError::External(cause) => match cause.downcast::<io::Error>() {
                Ok(cause) => *cause,
                Err(cause) => io::Error::other(cause),
            },
            other => io::Error::other(other),
        };
        Self::Io { file: file.to_owned(), source }
    }
}

impl fmt::Display for FactsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { file } => write!(
                f,
                "{} is missing: put it back from a backup, or delete its import and import the source file again",
                file.display()
            ),
            Self::Damaged { file, found } => write!(
                f,
                "{} is damaged ({found}): put it back from a backup, or delete its import and import the source file \
                 again",
                file.display()
            ),
            Self::Exists { file } => write!(
                f,
                "{} exists already and is not written over: run `tollbook verify` to find out whether the ledger \
                 knows it",
                file.display()
            ),
            Self::Unstorable { row, column, value } => write!(
                f,
                "record {row} (from 0) has {column} {value}, which is beyond what the usage store holds: correct the \
                 source file"
            ),
            Self::NoSuchRow { file, row } => {
                write!(f, "{} has no row {row} (from 0): check the number", file.display())
            }
            Self::Io { file, source } => {
                write!(f, "{}: {source}: check the disk's space and the permissions", file.display())
            }
        }
    }
}

impl std::error::Error for FactsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_as_one() {
        let error = ParquetError::from(io::Error::from(io::ErrorKind::StorageFull));
        let FactsError::Io { source, .. } = FactsError::writing(Path::new("usage/import-000001.parquet"), error) else {
            panic!("a failed write is an error of the disk");
        };
        assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn every_error_names_the_file_and_says_what_to_do() {
        let file = || PathBuf::from("usage/import-000001.parquet");
        let check = |error: FactsError, what_to_do: &str| {
            let text = error.to_string();
            assert!(text.starts_with("usage/import-000001.parquet") && text.contains(what_to_do), "{text}");
        };
        check(FactsError::Missing { file: file() }, "put it back from a backup");
        check(FactsError::damaged(&file(), "it was cut short"), "put it back from a backup");
        check(FactsError::Exists { file: file() }, "run `tollbook verify`");
        check(FactsError::NoSuchRow { file: file(), row: 7 }, "check the number");
        check(FactsError::io(&file(), io::Error::from(io::ErrorKind::NotFound)), "put it back from a backup");
        check(FactsError::io(&file(), io::Error::from(io::ErrorKind::PermissionDenied)), "check the disk's space");
    }
}
