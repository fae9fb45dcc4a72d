//! Files on disk: mapped for reading so that a file that shrinks cannot kill the process (F5), written so that a crash
//! or a full disk leaves either the whole new file or none.

pub mod map;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

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
        std::fs::create_dir_all(folder)?;
        let temporary = tempfile::Builder::new().prefix(".partial-").tempfile_in(folder)?;
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

/// Makes renames inside a folder survive a power cut.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
