//! Rows of cells → columns of a kind of file in memory: what one thread makes of one piece of the rows.
//! Knows nothing of what the columns mean, and nothing of files.

use std::ops::Range;
use std::sync::Arc;

use parquet::basic::Type as PhysicalType;
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};

use super::error::FactsError;
use super::schema::Schema;
use super::texts::{Names, Texts};
use crate::domain::money::Decimal;

/// The first integer that a decimal of 18 digits does not hold.
const DECIMAL_LIMIT: u64 = 1_000_000_000_000_000_000;

/// Some neighbouring rows of a file that is to be written, column by column.
pub(super) struct RowBatch {
    columns: Vec<Column>,
    rows: usize,
    refused: Option<Refused>,
}

/// The first value of a batch that its column cannot hold.
struct Refused {
    /// Its row in the batch.
    row: usize,
    column: String,
    value: String,
}

impl RowBatch {
    /// No rows of a kind of file.
    pub fn new(schema: &Schema) -> Self {
        let descriptor = SchemaDescriptor::new(schema.columns());
        let new = |column: &Arc<ColumnDescriptor>| Column::new(column, Schema::has_dictionary(column.name()));
        let mut columns: Vec<_> = descriptor.columns().iter().map(new).collect();
        if schema.is_numbered {
            columns[0].values = Values::Position;
        }
        Self { columns, rows: 0, refused: None }
    }

    /// Adds one row; `put` gives its cells in the order of the columns.
    pub fn row(&mut self, put: impl FnOnce(&mut RowWriter)) {
        let mut row = RowWriter { columns: self.columns.iter_mut(), unstorable: None };
        put(&mut row);
        assert!(row.columns.len() == 0, "a row has a cell for each column");
        if let (Some((column, value)), None) = (row.unstorable, &self.refused) {
            self.refused = Some(Refused { row: self.rows, column, value });
        }
        self.rows += 1;
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Refuses values that the columns cannot hold; `before` is the number of rows that come before the batch.
    pub fn check(&self, before: u64) -> Result<(), FactsError> {
        let Some(Refused { row, column, value }) = &self.refused else { return Ok(()) };
        Err(FactsError::Unstorable { row: before + *row as u64, column: column.clone(), value: value.clone() })
    }

    /// One of its columns.
    pub fn column(&self, position: usize) -> &Column {
        &self.columns[position]
    }
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

    /// The row's own number in the file.
    pub fn position(&mut self) {
        match &self.next().values {
            Values::Position => (),
            _ => panic!("the column is not the row's number"),
        }
    }

    /// A number of a row of another file; at most 2^31 - 1 fit.
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

    /// A word of a fixed list.
    pub fn word(&mut self, value: &'static str) {
        self.optional_word(Some(value));
    }

    /// A word of a fixed list, or null.
    pub fn optional_word(&mut self, value: Option<&'static str>) {
        self.optional_text(value);
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
            (Values::Names(names, codes), Some(text)) => codes.push(names.code_of(text.as_bytes())),
            (Values::Texts(texts), Some(text)) => texts.push(text),
            (Values::Names(..) | Values::Texts(_), None) => (),
            _ => panic!("the column is not text"),
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

/// The cells of one column.
pub(super) struct Column {
    name: String,
    /// The cells that are not null.
    pub values: Values,
    /// For each row, 1 if it has a value and 0 if it is null; only for columns that may be null.
    pub present: Option<Vec<i16>>,
}

/// The cells of a column that are not null.
pub(super) enum Values {
    /// Each row's own number: known when its place in the file is.
    Position,
    /// Yes or no.
    Boolean(Vec<bool>),
    /// Row numbers.
    Int32(Vec<i32>),
    /// Numbers, amounts and times.
    Int64(Vec<i64>),
    /// Texts that hardly repeat.
    Texts(Texts),
    /// Texts that repeat: the different ones, and the code of each cell's.
    Names(Names, Vec<u32>),
}

impl Column {
    fn new(column: &ColumnDescriptor, has_names: bool) -> Self {
        let values = match column.physical_type() {
            PhysicalType::BOOLEAN => Values::Boolean(Vec::new()),
            PhysicalType::INT32 => Values::Int32(Vec::new()),
            PhysicalType::INT64 => Values::Int64(Vec::new()),
            PhysicalType::BYTE_ARRAY if has_names => Values::Names(Names::default(), Vec::new()),
            PhysicalType::BYTE_ARRAY => Values::Texts(Texts::default()),
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

    /// No cells, with the name and the type of another column.
    pub fn emptied(&self) -> Self {
        let values = match &self.values {
            Values::Position => Values::Position,
            Values::Boolean(_) => Values::Boolean(Vec::new()),
            Values::Int32(_) => Values::Int32(Vec::new()),
            Values::Int64(_) => Values::Int64(Vec::new()),
            Values::Texts(_) => Values::Texts(Texts::default()),
            Values::Names(..) => Values::Names(Names::default(), Vec::new()),
        };
        Self { name: self.name.clone(), values, present: self.present.as_ref().map(|_| Vec::new()) }
    }

    /// Adds the cells of some rows of a column of the same type.
    pub fn append(&mut self, other: &Self, rows: Range<usize>) {
        let mut from = rows.clone();
        if let (Some(mine), Some(theirs)) = (&mut self.present, &other.present) {
            let count = |rows: Range<usize>| theirs[rows].iter().filter(|present| **present == 1).count();
            let before = count(0..rows.start);
            from = before..before + count(rows.clone());
            mine.extend_from_slice(&theirs[rows]);
        }
        match (&mut self.values, &other.values) {
            (Values::Position, Values::Position) => (),
            (Values::Boolean(mine), Values::Boolean(theirs)) => mine.extend_from_slice(&theirs[from]),
            (Values::Int32(mine), Values::Int32(theirs)) => mine.extend_from_slice(&theirs[from]),
            (Values::Int64(mine), Values::Int64(theirs)) => mine.extend_from_slice(&theirs[from]),
            (Values::Texts(mine), Values::Texts(theirs)) => mine.append(theirs, from),
            (Values::Names(names, mine), Values::Names(their_names, theirs)) => {
                // Their codes as ours, found as they come: codes count from the first cell of all.
                let mut ours = vec![u32::MAX; their_names.texts().len()];
                mine.extend(theirs[from].iter().map(|code| {
                    let our = &mut ours[*code as usize];
                    if *our == u32::MAX {
                        *our = names.code_of(their_names.texts().get(*code as usize));
                    }
                    *our
                }));
            }
            _ => panic!("{} and {} are columns of different types", self.name, other.name),
        }
    }
}
