//! Loaded columns → the cells of one row after the other, each of the type that the caller asks for.
//! Knows nothing of what the columns mean, and reads no file by itself.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescriptor;

use crate::domain::money::Decimal;

/// A cell that is not what its column holds.
#[derive(Debug)]
pub(super) struct BadCell {
    column: String,
    found: String,
}

impl std::fmt::Display for BadCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} has {}", self.column, self.found)
    }
}

/// Gives the cells of one row, column by column. Asking for another type than the column's is a mistake of the caller.
pub(super) struct RowReader<'t> {
    columns: &'t mut [Column],
    next: usize,
}

impl<'t> RowReader<'t> {
    /// The next row of these columns.
    pub fn new(columns: &'t mut [Column]) -> Self {
        Self { columns, next: 0 }
    }

    /// Leaves the row untaken.
    pub fn step_over(self) {
        for column in self.columns {
            column.step();
        }
    }

    /// A yes or no.
    pub fn boolean(&mut self) -> Result<bool, BadCell> {
        let (column, value) = self.required()?;
        match &column.cells {
            Cells::Boolean(_, values) => Ok(values[value]),
            _ => panic!("the column is not boolean"),
        }
    }

    /// A row number.
    pub fn row_number(&mut self) -> Result<u32, BadCell> {
        let (column, value) = self.required()?;
        match &column.cells {
            Cells::Int32(_, values) => u32::try_from(values[value]).map_err(|_| column.bad(values[value])),
            _ => panic!("the column is not int32"),
        }
    }

    /// An integer.
    pub fn integer(&mut self) -> Result<i64, BadCell> {
        let (column, value) = self.required()?;
        Ok(column.integer(value))
    }

    /// A count.
    pub fn count(&mut self) -> Result<u64, BadCell> {
        let (column, value) = self.required()?;
        column.count(value)
    }

    /// A count, or null.
    pub fn optional_count(&mut self) -> Result<Option<u64>, BadCell> {
        let (column, value) = self.step();
        value.map(|value| column.count(value)).transpose()
    }

    /// Seconds since 1970, from the milliseconds of a timestamp, as what they stand for.
    pub fn seconds_as<T>(&mut self, of_seconds: impl Fn(i64) -> Option<T>) -> Result<T, BadCell> {
        let (column, value) = self.required()?;
        let millis = column.integer(value);
        let seconds = (millis % 1000 == 0).then_some(millis / 1000);
        seconds.and_then(of_seconds).ok_or_else(|| column.bad(millis))
    }

    /// An amount.
    pub fn amount<const SCALE: u32>(&mut self) -> Result<Decimal<SCALE>, BadCell> {
        self.integer().map(Decimal::from_scaled)
    }

    /// An amount, or null.
    pub fn optional_amount<const SCALE: u32>(&mut self) -> Result<Option<Decimal<SCALE>>, BadCell> {
        let (column, value) = self.step();
        Ok(value.map(|value| Decimal::from_scaled(column.integer(value))))
    }

    /// A text that is always there.
    pub fn text(&mut self) -> Result<&str, BadCell> {
        let (column, value) = self.required()?;
        column.text(value)
    }

    /// A text, empty if it is null.
    pub fn text_or_null(&mut self) -> Result<&str, BadCell> {
        self.optional_text().map(Option::unwrap_or_default)
    }

    /// A text, or null.
    pub fn optional_text(&mut self) -> Result<Option<&str>, BadCell> {
        let (column, value) = self.step();
        value.map(|value| column.text(value)).transpose()
    }

    /// A text of a fixed list of words.
    pub fn word<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Result<T, BadCell> {
        let (column, value) = self.required()?;
        let text = column.text(value)?;
        parse(text).ok_or_else(|| column.bad(text))
    }

    /// A text of a fixed list of words, or null.
    pub fn optional_word<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, BadCell> {
        let (column, value) = self.step();
        let Some(value) = value else { return Ok(None) };
        let text = column.text(value)?;
        parse(text).map(Some).ok_or_else(|| column.bad(text))
    }

    fn step(&mut self) -> (&Column, Option<usize>) {
        let column = &mut self.columns[self.next];
        self.next += 1;
        let value = column.step();
        (column, value)
    }

    fn required(&mut self) -> Result<(&Column, usize), BadCell> {
        match self.step() {
            (column, Some(value)) => Ok((column, value)),
            (column, None) => Err(column.bad("nothing")),
        }
    }
}

/// The cells of one column that were loaded and not yet taken.
pub(super) struct Column {
    name: String,
    cells: Cells,
    /// For each loaded row, 1 if it has a value and 0 if it is null; only for columns that may be null.
    present: Option<Vec<i16>>,
    next_row: usize,
    next_value: usize,
}

impl Column {
    /// A column of a group, before its first row.
    pub fn open(column: &ColumnDescriptor, reader: ColumnReader) -> Result<Self, ParquetError> {
        let present = (column.max_def_level() > 0).then(Vec::new);
        Ok(Self { name: column.name().to_owned(), cells: Cells::new(reader)?, present, next_row: 0, next_value: 0 })
    }

    /// Forgets the rows loaded before and loads the next ones.
    pub fn load(&mut self, rows: usize) -> Result<(), ParquetError> {
        (self.next_row, self.next_value) = (0, 0);
        if let Some(present) = &mut self.present {
            present.clear();
        }
        self.cells.load(rows, self.present.as_mut())
    }

    /// Steps over rows without loading them.
    pub fn skip(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.cells.skip(rows)
    }

    /// Goes to the next row: the position of its value, if it has one.
    fn step(&mut self) -> Option<usize> {
        let is_present = self.present.as_ref().is_none_or(|present| present[self.next_row] == 1);
        self.next_row += 1;
        let value = self.next_value;
        self.next_value += usize::from(is_present);
        is_present.then_some(value)
    }

    fn integer(&self, value: usize) -> i64 {
        match &self.cells {
            Cells::Int64(_, values) => values[value],
            _ => panic!("the column is not int64"),
        }
    }

    fn count(&self, value: usize) -> Result<u64, BadCell> {
        u64::try_from(self.integer(value)).map_err(|_| self.bad(self.integer(value)))
    }

    fn text(&self, value: usize) -> Result<&str, BadCell> {
        match &self.cells {
            Cells::Text(_, values) => {
                std::str::from_utf8(values[value].data()).map_err(|_| self.bad("bytes that are not text"))
            }
            _ => panic!("the column is not text"),
        }
    }

    fn bad(&self, found: impl ToString) -> BadCell {
        BadCell { column: self.name.clone(), found: found.to_string() }
    }
}

/// The reader of one column and the values it gave.
enum Cells {
    Boolean(ColumnReaderImpl<BoolType>, Vec<bool>),
    Int32(ColumnReaderImpl<Int32Type>, Vec<i32>),
    Int64(ColumnReaderImpl<Int64Type>, Vec<i64>),
    Text(ColumnReaderImpl<ByteArrayType>, Vec<ByteArray>),
}

impl Cells {
    fn new(reader: ColumnReader) -> Result<Self, ParquetError> {
        Ok(match reader {
            ColumnReader::BoolColumnReader(reader) => Self::Boolean(reader, Vec::new()),
            ColumnReader::Int32ColumnReader(reader) => Self::Int32(reader, Vec::new()),
            ColumnReader::Int64ColumnReader(reader) => Self::Int64(reader, Vec::new()),
            ColumnReader::ByteArrayColumnReader(reader) => Self::Text(reader, Vec::new()),
            _ => return Err(ParquetError::General("a column of a type that no kind of file has".to_owned())),
        })
    }

    fn load(&mut self, rows: usize, present: Option<&mut Vec<i16>>) -> Result<(), ParquetError> {
        match self {
            Self::Boolean(reader, values) => load(reader, values, rows, present),
            Self::Int32(reader, values) => load(reader, values, rows, present),
            Self::Int64(reader, values) => load(reader, values, rows, present),
            Self::Text(reader, values) => load(reader, values, rows, present),
        }
    }

    fn skip(&mut self, rows: usize) -> Result<(), ParquetError> {
        let skipped = match self {
            Self::Boolean(reader, _) => reader.skip_records(rows),
            Self::Int32(reader, _) => reader.skip_records(rows),
            Self::Int64(reader, _) => reader.skip_records(rows),
            Self::Text(reader, _) => reader.skip_records(rows),
        }?;
        if skipped == rows { Ok(()) } else { Err(ParquetError::EOF("a column ends before its group".to_owned())) }
    }
}

fn load<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    values: &mut Vec<T::T>,
    rows: usize,
    present: Option<&mut Vec<i16>>,
) -> Result<(), ParquetError> {
    values.clear();
    let (read, ..) = reader.read_records(rows, present, None, values)?;
    if read == rows { Ok(()) } else { Err(ParquetError::EOF("a column ends before its group".to_owned())) }
}
