//! Rows of cells → a sealed Parquet file beside its target, not visible until it is published.
//! Knows nothing of what the columns mean.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::Type as PhysicalType;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::ColumnDescriptor;
use tempfile::NamedTempFile;

use super::error::FactsError;
use super::schema::Schema;
use super::seal;
use crate::domain::money::Decimal;
use crate::files::{PARTIAL_PREFIX, folder_of, make_folder, sync_folder};

/// The first integer that a decimal of 18 digits does not hold.
const DECIMAL_LIMIT: u64 = 1_000_000_000_000_000_000;

/// A file being written. Dropped, it leaves nothing behind.
pub(super) struct TableWriter {
    target: PathBuf,
    file: SerializedFileWriter<BufWriter<NamedTempFile>>,
    columns: Vec<Column>,
    rows_in_group: usize,
    buffered: usize,
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

impl TableWriter {
    /// Begins a file that will become `target`, with these entries in its metadata.
    pub fn create(target: &Path, schema: &Schema, metadata: &[(&str, &str)]) -> Result<Self, FactsError> {
        let folder = folder_of(target);
        let temporary = make_folder(folder)
            .and_then(|()| tempfile::Builder::new().prefix(PARTIAL_PREFIX).tempfile_in(folder))
            .map_err(|error| FactsError::Io { file: folder.to_owned(), source: error })?;
        let buffered = BufWriter::with_capacity(1 << 18, temporary);
        let mut file = SerializedFileWriter::new(buffered, schema.columns(), Arc::new(schema.properties()))
            .map_err(|error| FactsError::writing(target, error))?;
        for (name, value) in metadata {
            file.append_key_value_metadata(KeyValue::new((*name).to_owned(), (*value).to_owned()));
        }
        let columns = file.schema_descr().columns().iter().map(|column| Column::new(column)).collect();
        Ok(Self { target: target.to_owned(), file, columns, rows_in_group: schema.rows_in_group, buffered: 0, rows: 0 })
    }

    /// Adds one row; `put` gives its cells in the order of the columns.
    pub fn row(&mut self, put: impl FnOnce(&mut RowWriter)) -> Result<(), FactsError> {
        let mut row = RowWriter { columns: self.columns.iter_mut(), unstorable: None };
        put(&mut row);
        assert!(row.columns.len() == 0, "a row has a cell for each column");
        if let Some((column, value)) = row.unstorable {
            return Err(FactsError::Unstorable { row: self.rows, column, value });
        }
        self.buffered += 1;
        self.rows += 1;
        if self.buffered == self.rows_in_group { self.flush_group() } else { Ok(()) }
    }

    /// How many rows were added.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes what is left, seals the file and syncs it.
    pub fn finish(mut self) -> Result<SealedTable, FactsError> {
        if self.buffered > 0 {
            self.flush_group()?;
        }
        self.file.append_key_value_metadata(seal::empty_seal());
        let Self { target, file, rows, .. } = self;
        let buffered = file.into_inner().map_err(|error| FactsError::writing(&target, error))?;
        let sealed = buffered.into_inner().map_err(std::io::IntoInnerError::into_error).and_then(|mut file| {
            let sha256 = seal::seal(file.as_file_mut())?;
            file.as_file().sync_all()?;
            Ok((file, sha256))
        });
        let (file, sha256) = sealed.map_err(|source| FactsError::Io { file: target.clone(), source })?;
        Ok(SealedTable { target, file, rows, sha256 })
    }

    fn flush_group(&mut self) -> Result<(), FactsError> {
        write_group(&mut self.file, &mut self.columns).map_err(|error| FactsError::writing(&self.target, error))?;
        self.buffered = 0;
        Ok(())
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

/// Takes the cells of one row, column by column. A cell of another type than its column's is a mistake of the caller.
pub(super) struct RowWriter<'t> {
    columns: std::slice::IterMut<'t, Column>,
    unstorable: Option<(String, String)>,
}

impl RowWriter<'_> {
    /// A yes or no.
    pub fn boolean(&mut self, value: bool) {
        match &mut self.next().values {
            Values::Boolean(values) => values.push(value),
            _ => panic!("the column is not boolean"),
        }
    }

    /// A row number; at most 2^31 - 1 fit.
    pub fn row_number(&mut self, value: u32) {
        let storable = i32::try_from(value);
        if storable.is_err() {
            self.refuse_next(value.to_string());
        }
        match &mut self.next().values {
            Values::Int32(values) => values.push(storable.unwrap_or_default()),
            _ => panic!("the column is not int32"),
        }
    }

    /// An integer.
    pub fn integer(&mut self, value: i64) {
        self.optional_integer(Some(value));
    }

    /// A count; at most 2^63 - 1 fit.
    pub fn count(&mut self, value: u64) {
        self.optional_count(Some(value));
    }

    /// A count, or null.
    pub fn optional_count(&mut self, value: Option<u64>) {
        if let Some(count) = value.filter(|count| i64::try_from(*count).is_err()) {
            self.refuse_next(count.to_string());
        }
        self.optional_integer(value.map(|count| i64::try_from(count).unwrap_or_default()));
    }

    /// Seconds since 1970 as the milliseconds of a timestamp.
    pub fn seconds(&mut self, value: i64) {
        let millis = value.checked_mul(1000);
        if millis.is_none() {
            self.refuse_next(value.to_string());
        }
        self.integer(millis.unwrap_or_default());
    }

    /// An amount; those of more than 18 digits do not fit.
    pub fn amount<const SCALE: u32>(&mut self, value: Decimal<SCALE>) {
        self.optional_amount(Some(value));
    }

    /// An amount, or null.
    pub fn optional_amount<const SCALE: u32>(&mut self, value: Option<Decimal<SCALE>>) {
        if let Some(amount) = value.filter(|amount| amount.scaled().unsigned_abs() >= DECIMAL_LIMIT) {
            self.refuse_next(amount.to_string());
        }
        self.optional_integer(value.map(Decimal::scaled));
    }

    /// A text that is always there.
    pub fn text(&mut self, value: &str) {
        self.optional_text(Some(value));
    }

    /// A text, null if it is empty.
    pub fn text_or_null(&mut self, value: &str) {
        self.optional_text((!value.is_empty()).then_some(value));
    }

    /// A text, or null.
    pub fn optional_text(&mut self, value: Option<&str>) {
        let column = self.next();
        column.mark(value.is_some());
        match (&mut column.values, value) {
            (Values::Text { bytes, ends }, Some(text)) => {
                bytes.extend_from_slice(text.as_bytes());
                ends.push(bytes.len());
            }
            (Values::Text { .. }, None) => (),
            _ => panic!("the column is not text"),
        }
    }

    /// Bytes of the column's fixed length.
    pub fn fixed(&mut self, value: &[u8]) {
        match &mut self.next().values {
            Values::Fixed { bytes, width } if *width == value.len() => bytes.extend_from_slice(value),
            _ => panic!("the column is not bytes of this length"),
        }
    }

    fn optional_integer(&mut self, value: Option<i64>) {
        let column = self.next();
        column.mark(value.is_some());
        match &mut column.values {
            Values::Int64(values) => values.extend(value),
            _ => panic!("the column is not int64"),
        }
    }

    fn next(&mut self) -> &mut Column {
        self.columns.next().expect("a row has no more cells than columns")
    }

    fn refuse_next(&mut self, value: String) {
        let column = self.columns.as_slice().first().map(|column| column.name.clone()).unwrap_or_default();
        self.unstorable.get_or_insert((column, value));
    }
}

/// The cells of one column that wait for their group to be full.
struct Column {
    name: String,
    values: Values,
    /// For each row, 1 if it has a value and 0 if it is null; only for columns that may be null.
    present: Option<Vec<i16>>,
}

enum Values {
    Boolean(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Text { bytes: Vec<u8>, ends: Vec<usize> },
    Fixed { bytes: Vec<u8>, width: usize },
}

impl Column {
    fn new(column: &ColumnDescriptor) -> Self {
        let values = match column.physical_type() {
            PhysicalType::BOOLEAN => Values::Boolean(Vec::new()),
            PhysicalType::INT32 => Values::Int32(Vec::new()),
            PhysicalType::INT64 => Values::Int64(Vec::new()),
            PhysicalType::BYTE_ARRAY => Values::Text { bytes: Vec::new(), ends: Vec::new() },
            PhysicalType::FIXED_LEN_BYTE_ARRAY => Values::Fixed {
                bytes: Vec::new(),
                width: usize::try_from(column.type_length()).expect("a fixed length is positive"),
            },
            other => panic!("no kind of file has columns of type {other}"),
        };
        let present = (column.max_def_level() > 0).then(Vec::new);
        Self { name: column.name().to_owned(), values, present }
    }

    fn mark(&mut self, is_present: bool) {
        match &mut self.present {
            Some(present) => present.push(i16::from(is_present)),
            None => assert!(is_present, "{} is required", self.name),
        }
    }

    /// Writes the cells and forgets them.
    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let present = self.present.as_deref();
        match &mut self.values {
            Values::Boolean(values) => {
                writer.typed::<BoolType>().write_batch(values, present, None)?;
                values.clear();
            }
            Values::Int32(values) => {
                writer.typed::<Int32Type>().write_batch(values, present, None)?;
                values.clear();
            }
            Values::Int64(values) => {
                writer.typed::<Int64Type>().write_batch(values, present, None)?;
                values.clear();
            }
            Values::Text { bytes, ends } => {
                let whole = ByteArray::from(std::mem::take(bytes));
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let texts: Vec<ByteArray> =
                    starts.zip(ends.iter()).map(|(start, end)| whole.slice(start, end - start)).collect();
                writer.typed::<ByteArrayType>().write_batch(&texts, present, None)?;
                ends.clear();
            }
            Values::Fixed { bytes, width } => {
                let whole = ByteArray::from(std::mem::take(bytes));
                let values: Vec<FixedLenByteArray> =
                    (0..whole.len() / *width).map(|index| whole.slice(index * *width, *width).into()).collect();
                writer.typed::<FixedLenByteArrayType>().write_batch(&values, present, None)?;
            }
        }
        if let Some(present) = &mut self.present {
            present.clear();
        }
        Ok(())
    }
}

fn write_group<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    columns: &mut [Column],
) -> Result<(), ParquetError> {
    let mut group = file.next_row_group()?;
    for column in columns {
        let mut writer = group.next_column()?.expect("the columns come from the file's own schema");
        column.write(&mut writer)?;
        writer.close()?;
    }
    group.close().map(|_| ())
}
