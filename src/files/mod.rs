//! Files on disk: mapped for reading so that a file that shrinks cannot kill the process (F5), written so that a crash
//! or a full disk leaves either the whole new file or none; workbooks, read row by row.

pub mod map;
pub mod workbook;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What the names of files that are still being written begin with.
pub const PARTIAL_PREFIX: &str = ".partial-";

/// A file that appears under its name only when it is complete: written beside it, flushed, synced, renamed.
/// Dropped without [`Self::commit`], it leaves nothing behind.
pub struct AtomicFile {
    target: PathBuf,
    file: BufWriter<tempfile::NamedTempFile>,
}

impl AtomicFile {
    /// Begins a file that will replace `target`, readable by its owner only.
    pub fn create(target: &Path) -> io::Result<Self> {
        let folder = folder_of(target);
        make_folder(folder)?;
        let temporary = tempfile::Builder::new().prefix(PARTIAL_PREFIX).tempfile_in(folder)?;
        Ok(Self { target: target.to_owned(), file: BufWriter::with_capacity(1 << 16, temporary) })
    }

    /// Puts the file in its place. After it returns, the file survives a power cut.
    pub fn commit(mut self) -> io::Result<()> {
        self.file.flush()?;
        let temporary = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        temporary.as_file().sync_all()?;
        temporary.persist(&self.target).map_err(|error| error.error)?;
        sync_folder(folder_of(&self.target))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a whole file atomically.
pub fn write_atomically(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = AtomicFile::create(target)?;
    file.write_all(bytes)?;
    file.commit()
}

/// A file under a name of its own beside its target, written but not synced: one of many that are made safe together.
/// Dropped without [`Self::rename`], it leaves nothing behind.
pub struct PartialFile {
    target: PathBuf,
    path: tempfile::TempPath,
}

impl PartialFile {
    /// Writes the whole content of what will replace `target`, readable by its owner only. The folder is there.
    pub fn write(target: PathBuf, bytes: &[u8]) -> io::Result<Self> {
        let mut temporary = tempfile::Builder::new().prefix(PARTIAL_PREFIX).tempfile_in(folder_of(&target))?;
        temporary.write_all(bytes)?;
        Ok(Self { target, path: temporary.into_temp_path() })
    }

    /// After it returns, the content survives a power cut. Most of it is waiting: many at once take hardly longer than
    /// one, because the file system writes its journal for all of them.
    pub fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// Puts the synced file in its place; whoever has renamed them all syncs the folder.
    pub fn rename(self) -> io::Result<()> {
        self.path.persist(&self.target).map_err(|error| error.error)
    }

    /// Where it will be.
    pub fn target(&self) -> &Path {
        &self.target
    }
}

/// Removes what writers that were killed left in a folder; a folder that is not there has nothing. The caller makes sure
/// that nobody else is writing into it.
pub fn remove_partials(folder: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PARTIAL_PREFIX) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Makes a folder, and those above it, if they are not there. After it returns, they survive a power cut.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder_of(folder);
    make_folder(above)?;
    match std::fs::create_dir(folder) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => made?,
    }
    sync_folder(above)
}

/// Makes renames inside a folder survive a power cut.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The folder that a file is in: this one for a bare name.
pub fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_on_the_way_are_made() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a/b/c.json");
        for bytes in ["one", "two"] {
            write_atomically(&target, bytes.as_bytes()).unwrap();
            assert_eq!(std::fs::read(&target).unwrap(), bytes.as_bytes());
        }
        assert!(make_folder(&target).is_err(), "a file is in the way");
    }

    #[test]
    fn many_files_get_their_names_when_all_are_safe() {
        let folder = tempfile::tempdir().unwrap();
        let target = |name: &str| folder.path().join(name);
        std::fs::write(target("a"), "before").unwrap();
        let files = ["a", "b", "c"].map(|name| PartialFile::write(target(name), name.as_bytes()).unwrap());
        assert_eq!(std::fs::read(target("a")).unwrap(), b"before");
        let [a, b, dropped] = files;
        for file in [a, b] {
            file.sync().unwrap();
            file.rename().unwrap();
        }
        drop(dropped);
        assert_eq!(std::fs::read(target("a")).unwrap(), b"a");
        assert_eq!(folder.path().read_dir().unwrap().count(), 2, "a and b");
    }

    #[test]
    fn what_killed_writers_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".partial-abc", "partial-report.csv", "a.partial-b", "a.json"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        remove_partials(folder.path()).unwrap();
        remove_partials(&folder.path().join("not there")).unwrap();
        let mut left: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["a.json", "a.partial-b", "partial-report.csv"]);
    }
}
