//! The lock of the only writer: a file beside the ledger, locked by the operating system, which frees it when the
//! holder dies. What is written in it only tells who holds it. Readers need no lock.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::LedgerError;

/// Held as long as it lives.
pub(super) struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Takes the lock or says who has it; never waits.
    pub(super) fn take(path: &Path, since: Option<&str>) -> Result<Self, LedgerError> {
        let io = |error| LedgerError::io(path, error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held_by(&mut file)),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        file.set_len(0).map_err(io)?;
        let since = since.unwrap_or_default();
        writeln!(file, "pid {}\nsince {since}", std::process::id()).map_err(io)?;
        Ok(Self { file })
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // The words are worthless once the lock is free; that they stay after a crash does no harm.
        let _ = self.file.set_len(0);
    }
}

/// The holder's words; it may just be writing them, so none of them is certain to be there.
fn held_by(file: &mut File) -> LedgerError {
    let mut text = String::new();
    let _ = file.rewind().and_then(|()| file.take(1_000).read_to_string(&mut text));
    let word = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
        (!line.is_empty()).then_some(line)
    };
    LedgerError::Locked { pid: word("pid ").and_then(|pid| pid.parse().ok()), since: word("since ").map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_and_the_second_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.lock");
        let held = WriterLock::take(&path, Some("2026-11-01T08:00:00Z")).unwrap();
        match WriterLock::take(&path, None).err().unwrap() {
            LedgerError::Locked { pid, since } => {
                assert_eq!(pid, Some(std::process::id()));
                assert_eq!(since.as_deref(), Some("2026-11-01T08:00:00Z"));
            }
            other => panic!("{other}"),
        }
        drop(held);
        assert!(WriterLock::take(&path, None).is_ok(), "free after the holder is gone");
    }

    #[test]
    fn words_left_by_a_holder_that_died_do_not_matter() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.lock");
        std::fs::write(&path, "pid 1\nsince 2020-01-01T00:00:00Z and a very long tail of an older holder\n").unwrap();
        let held = WriterLock::take(&path, Some("2026-11-01T08:00:00Z")).unwrap();
        let words = std::fs::read_to_string(&path).unwrap();
        assert_eq!(words, format!("pid {}\nsince 2026-11-01T08:00:00Z\n", std::process::id()));
        drop(held);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
    }
}
