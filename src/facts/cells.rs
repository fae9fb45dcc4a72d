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

    /// Adds rows; `put` gives their cells, column by column in the order of the columns.
    pub fn add<'r, T>(&mut self, rows: &'r [T], put: impl Fn(&mut CellWriter<'_, 'r, T>)) {
        for rows in rows.chunks(ROWS_AT_ONCE) {
            let mut cells = CellWriter { columns: self.columns.iter_mut(), rows, refused: None };
            put(&mut cells);
            assert!(cells.columns.len() == 0, "a row has a cell for each column");
            if let (Some(refused), None) = (cells.refused, &self.refused) {
                self.refused = Some(Refused { row: self.rows + refused.row, ..refused });
            }
            self.rows += rows.len();
        }
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

/// Rows whose cells are taken together: so many that each column is gone over at once, so few that they stay near.
const ROWS_AT_ONCE: usize = 128;

/// Takes the cells of some rows, column by column. A cell of another type than its column's is a mistake of the caller.
pub(super) struct CellWriter<'t, 'r, T> {
    columns: std::slice::IterMut<'t, Column>,
    rows: &'r [T],
    /// Of the first row that has any, the first.
    refused: Option<Refused>,
}

impl<'t, 'r, T> CellWriter<'t, 'r, T> {
    /// A yes or no.
    pub fn boolean(&mut self, of: impl Fn(&'r T) -> bool) {
        match &mut self.next().values {
            Values::Boolean(values) => values.extend(self.rows.iter().map(of)),
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
    pub fn row_number(&mut self, of: impl Fn(&'r T) -> u32) {
        self.check_next(|row| Some(of(row)).filter(|number| i32::try_from(*number).is_err()));
        match &mut self.next().values {
            Values::Int32(values) => {
                values.extend(self.rows.iter().map(|row| i32::try_from(of(row)).unwrap_or_default()));
            }
            _ => panic!("the column is not int32"),
        }
    }

    /// An integer.
    pub fn integer(&mut self, of: impl Fn(&'r T) -> i64) {
        self.optional_integer(|row| Some(of(row)));
    }

    /// A count; at most 2^63 - 1 fit.
    pub fn count(&mut self, of: impl Fn(&'r T) -> u64) {
        self.optional_count(|row| Some(of(row)));
    }

    /// A count, or null.
    pub fn optional_count(&mut self, of: impl Fn(&'r T) -> Option<u64>) {
        self.check_next(|row| of(row).filter(|count| i64::try_from(*count).is_err()));
        self.optional_integer(|row| of(row).map(|count| i64::try_from(count).unwrap_or_default()));
    }

    /// Seconds since 1970 as the milliseconds of a timestamp.
    pub fn seconds(&mut self, of: impl Fn(&'r T) -> i64) {
        self.check_next(|row| Some(of(row)).filter(|seconds| seconds.checked_mul(1000).is_none()));
        self.integer(|row| of(row).checked_mul(1000).unwrap_or_default());
    }

    /// An amount; those of more than 18 digits do not fit.
    pub fn amount<const SCALE: u32>(&mut self, of: impl Fn(&'r T) -> Decimal<SCALE>) {
        self.optional_amount(|row| Some(of(row)));
    }

    /// An amount, or null.
    pub fn optional_amount<const SCALE: u32>(&mut self, of: impl Fn(&'r T) -> Option<Decimal<SCALE>>) {
        self.check_next(|row| of(row).filter(|amount| amount.scaled().unsigned_abs() >= DECIMAL_LIMIT));
        self.optional_integer(|row| of(row).map(Decimal::scaled));
    }

    /// A text that is always there.
    pub fn text(&mut self, of: impl Fn(&'r T) -> &'r str) {
        self.optional_text(|row| Some(of(row)));
    }

    /// A text, null if it is empty.
    pub fn text_or_null(&mut self, of: impl Fn(&'r T) -> &'r str) {
        self.optional_text(|row| Some(of(row)).filter(|text| !text.is_empty()));
    }

    /// A text, or null.
    pub fn optional_text(&mut self, of: impl Fn(&'r T) -> Option<&'r str>) {
        let column = self.next();
        let (present, values) = (&mut column.present, &mut column.values);
        let texts = self.rows.iter().map(of).filter(|text| mark(&column.name, present, text.is_some())).flatten();
        match values {
            Values::Names(names, codes) => {
                let mut seen = Seen::default();
                codes.extend(texts.map(|text| seen.code_of(text, names)));
            }
            Values::Texts(values) => texts.for_each(|text| values.push(text)),
            _ => panic!("the column is not text"),
        }
    }

    fn optional_integer(&mut self, of: impl Fn(&'r T) -> Option<i64>) {
        let column = self.next();
        let (present, values) = (&mut column.present, &mut column.values);
        let numbers = self.rows.iter().map(of).filter(|number| mark(&column.name, present, number.is_some())).flatten();
        match values {
            Values::Int64(values) => values.extend(numbers),
            _ => panic!("the column is not int64"),
        }
    }

    fn next(&mut self) -> &'t mut Column {
        self.columns.next().expect("a row has no more cells than columns")
    }

    /// Notes the first row whose cell in the next column cannot be stored.
    fn check_next<V: ToString>(&mut self, unstorable: impl Fn(&'r T) -> Option<V>) {
        let until = self.refused.as_ref().map_or(self.rows.len(), |refused| refused.row);
        let found = self.rows[..until].iter().enumerate().find_map(|(row, cells)| Some((row, unstorable(cells)?)));
        if let Some((row, value)) = found {
            let column = self.columns.as_slice().first().map(|column| column.name.clone()).unwrap_or_default();
            self.refused = Some(Refused { row, column, value: value.to_string() });
        }
    }
}

/// Texts of some rows by where they lie, with their codes: names of the book come again and again from one place, and
/// need not be compared. Holds for as long as the rows are borrowed.
#[derive(Default)]
struct Seen<'r>([Option<(&'r str, u32)>; 32]);

impl<'r> Seen<'r> {
    fn code_of(&mut self, text: &'r str, names: &mut Names) -> u32 {
        let slot = &mut self.0[text.as_ptr().addr() / 8 % 32];
        match slot {
            Some((same, code)) if std::ptr::eq(*same, text) => *code,
            _ => slot.insert((text, names.code_of(text.as_bytes()))).1,
        }
    }
}

/// Notes whether a row has a value, and says so.
fn mark(column: &str, present: &mut Option<Vec<i16>>, is_present: bool) -> bool {
    match present {
        Some(present) => present.push(i16::from(is_present)),
        None => assert!(is_present, "{column} is required"),
    }
    is_present
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
