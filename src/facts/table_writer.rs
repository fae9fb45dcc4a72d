//! Rows of cells → a sealed Parquet file beside its target, not visible until it is published.
//! The rows are packed in groups of a fixed number, so that the bytes depend on nothing but the rows.
//! Knows nothing of what the columns mean.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::file::metadata::KeyValue;
use parquet::file::writer::SerializedFileWriter;
use tempfile::NamedTempFile;

use super::cells::{CellWriter, RowBatch};
use super::error::FactsError;
use super::row_groups::{PackedGroup, Waiting};
use super::schema::Schema;
use super::seal::{self, HashedFile};
use crate::files::{PARTIAL_PREFIX, folder_of, make_folder, sync_folder};
use crate::threads::Threads;

/// A file being written. Dropped, it leaves nothing behind.
pub(super) struct TableWriter {
    target: PathBuf,
    file: SerializedFileWriter<HashedFile>,
    schema: &'static Schema,
    /// Rows added by [`Self::write`] that make no batch yet.
    batch: RowBatch,
    waiting: Waiting,
    packed: Vec<PackedGroup>,
    rows: u64,
}

/// A complete file, safe on the disk, that does not have its name yet. Dropped, it leaves nothing behind.
pub(super) struct SealedTable {
    target: PathBuf,
    file: NamedTempFile,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// Rows that are handed on at once.
const BATCH: usize = 8_192;

impl TableWriter {
    /// Begins a file that will become `target`, with these entries in its metadata.
    pub fn create(target: &Path, schema: &'static Schema, metadata: &[(&str, &str)]) -> Result<Self, FactsError> {
        let folder = folder_of(target);
        let temporary = make_folder(folder)
            .and_then(|()| tempfile::Builder::new().prefix(PARTIAL_PREFIX).tempfile_in(folder))
            .map_err(|error| FactsError::Io { file: folder.to_owned(), source: error })?;
        let properties = Arc::new(schema.properties());
        let mut file = SerializedFileWriter::new(HashedFile::new(temporary), schema.columns(), properties)
            .map_err(|error| FactsError::writing(target, error))?;
        for (name, value) in metadata {
            file.append_key_value_metadata(KeyValue::new((*name).to_owned(), (*value).to_owned()));
        }
        let waiting = Waiting::new(file.schema_descr().columns(), file.properties(), schema.rows_in_group);
        let (batch, packed) = (RowBatch::new(schema), Vec::new());
        Ok(Self { target: target.to_owned(), file, schema, batch, waiting, packed, rows: 0 })
    }

    /// Adds rows and writes the groups that are then full; `put` gives their cells in the order of the columns.
    pub fn write<'r, T>(
        &mut self,
        rows: &'r [T],
        put: impl Fn(&mut CellWriter<'_, 'r, T>) + Copy,
    ) -> Result<(), FactsError> {
        for rows in rows.chunks(BATCH) {
            self.batch.add(rows, put);
            if self.batch.rows() >= BATCH {
                self.hand_on()?;
            }
        }
        Ok(())
    }

    /// Adds the rows of a batch. They wait until [`Self::pack`] finds that their group is full.
    pub fn add(&mut self, batch: RowBatch) -> Result<(), FactsError> {
        batch.check(self.rows)?;
        let rows = self.rows + batch.rows() as u64;
        if self.schema.is_numbered && i32::try_from(rows).is_err() {
            return Err(FactsError::Unstorable { row: rows, column: "row".to_owned(), value: rows.to_string() });
        }
        self.rows = rows;
        self.waiting.add(batch);
        Ok(())
    }

    /// Packs the groups that are full, their columns side by side.
    pub fn pack(&mut self, threads: Option<&dyn Threads>) -> Result<(), FactsError> {
        let packed = self.waiting.pack_full(threads).map_err(|error| FactsError::writing(&self.target, error))?;
        self.packed.extend(packed);
        Ok(())
    }

    /// Writes the groups that are packed.
    pub fn write_packed(&mut self) -> Result<(), FactsError> {
        let mut groups = std::mem::take(&mut self.packed).into_iter();
        groups
            .try_for_each(|group| group.write(&mut self.file))
            .map_err(|error| FactsError::writing(&self.target, error))
    }

    /// Adds an entry to the metadata.
    pub fn add_entry(&mut self, name: &str, value: String) {
        self.file.append_key_value_metadata(KeyValue::new(name.to_owned(), value));
    }

    /// How many rows were added.
    pub fn rows(&self) -> u64 {
        self.rows + self.batch.rows() as u64
    }

    /// Writes what is left, seals the file and syncs it.
    pub fn finish(mut self, threads: Option<&dyn Threads>) -> Result<SealedTable, FactsError> {
        self.hand_on()?;
        let rest = self.waiting.pack_all(threads).map_err(|error| FactsError::writing(&self.target, error))?;
        self.packed.extend(rest);
        self.write_packed()?;
        self.file.append_key_value_metadata(seal::empty_seal());
        let Self { target, mut file, rows, .. } = self;
        let io = |source| FactsError::Io { file: target.clone(), source };
        file.flush().map_err(io)?;
        file.inner().begin_footer();
        let hashed = file.into_inner().map_err(|error| FactsError::writing(&target, error))?;
        let (file, sha256) = hashed.seal().map_err(io)?;
        file.as_file().sync_all().map_err(io)?;
        Ok(SealedTable { target, file, rows, sha256 })
    }

    fn hand_on(&mut self) -> Result<(), FactsError> {
        if self.batch.rows() == 0 {
            return Ok(());
        }
        let batch = std::mem::replace(&mut self.batch, RowBatch::new(self.schema));
        self.add(batch)?;
        self.pack(None)?;
        self.write_packed()
    }
}

impl SealedTable {
    /// Where the file is until it is published.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Gives the file its name, which nothing has yet. After it returns, the file survives a power cut.
    pub fn publish_new(self) -> Result<(), FactsError> {
        self.file.persist_noclobber(&self.target).map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => FactsError::Exists { file: self.target.clone() },
            _ => FactsError::Io { file: self.target.clone(), source: error.error },
        })?;
        sync_folder_of(&self.target)
    }

    /// Gives the file its name, in place of what had it. After it returns, the file survives a power cut.
    pub fn publish_over(self) -> Result<(), FactsError> {
        self.file
            .persist(&self.target)
            .map_err(|error| FactsError::Io { file: self.target.clone(), source: error.error })?;
        sync_folder_of(&self.target)
    }
}

fn sync_folder_of(file: &Path) -> Result<(), FactsError> {
    let folder = folder_of(file);
    sync_folder(folder).map_err(|source| FactsError::Io { file: folder.to_owned(), source })
}
