//! The book's rows as the ledger keeps them: one table per book file, every cell the canonical text of the file, so
//! that export gives back what import took. Knows columns and keys, not meanings: those are checked by who calls.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use crate::domain::cells::Cells;
use crate::domain::money::Currency;

use super::book_rows;
use super::{Ledger, LedgerError, LedgerWriter};

/// The book's files in the order in which they are loaded.
pub const BOOK_FILES: [&str; 24] = [
    "organisations",
    "groups",
    "vat_codes",
    "customers",
    "cost_centres",
    "clis",
    "suppliers",
    "supplier_tariffs",
    "call_types",
    "charge_bands",
    "prefixes",
    "ignored",
    "exchange_rates",
    "tariffs",
    "rates",
    "time_bands",
    "holidays",
    "allowances",
    "customer_allowances",
    "products",
    "product_prices",
    "customer_tariffs",
    "charges",
    "charge_prices",
];

/// The rows of one book file. A blank cell is `None`; an empty text counts as blank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredTable {
    /// The file without its ending: `customers`.
    pub name: String,
    /// The columns, in order; `x_…` columns may follow (K9).
    pub columns: Vec<String>,
    /// Those whose values together name a row.
    pub key_columns: Vec<String>,
    /// One cell per column.
    pub rows: Vec<Cells>,
}

/// What happens to a row whose key is there already (K3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyMode {
    /// The whole change is refused.
    Insert,
    /// The row takes the values of the columns that are given; columns that are not given stay as they are.
    Upsert,
}

/// What a change did to the book, by file, in the order of the files given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookChanges {
    /// One per file given.
    pub files: Vec<FileChanges>,
}

/// What a change did to one book file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileChanges {
    /// The file without its ending.
    pub file: String,
    /// Rows that are new.
    pub inserted: u64,
    /// Rows that are different now.
    pub updated: u64,
    /// Rows that were so already.
    pub unchanged: u64,
}

/// Why a change of the book was not made; the book is as it was.
#[derive(Debug)]
pub enum ApplyError<E> {
    /// The ledger refused it.
    Ledger(LedgerError),
    /// The caller's check refused the book as it would have become.
    Check(E),
}

impl<E> From<LedgerError> for ApplyError<E> {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl LedgerWriter {
    /// Changes the book: all rows of all tables or none (K2). What rows mean together is checked by who calls. Every changed
    /// row is audited with what it was and what it became (K7). Opening balances of customers become entries, in
    /// `currency` where the customer names none (L1). A dry run does it all and undoes it.
    ///
    /// # Errors
    /// `Refused`: unknown file or column, a key twice in a table, in insert mode rows that are there already (all are
    /// listed), an opening balance that is no amount.
    pub fn apply_book(
        &mut self,
        tables: &[StoredTable],
        mode: ApplyMode,
        currency: Currency,
        dry_run: bool,
    ) -> Result<BookChanges, LedgerError> {
        self.edit_book(tables, &[], mode, currency, dry_run)
    }

    /// The same, and rows that go: of these only the keys are looked at.
    ///
    /// # Errors
    /// As [`Self::apply_book`]; and a row that is to go and is not there.
    pub fn edit_book(
        &mut self,
        tables: &[StoredTable],
        removed: &[StoredTable],
        mode: ApplyMode,
        currency: Currency,
        dry_run: bool,
    ) -> Result<BookChanges, LedgerError> {
        let change = self.begin()?;
        let mut changes = BookChanges::default();
        let mut there_already = Vec::new();
        for table in removed {
            book_rows::remove(&change, table)?;
        }
        for table in tables {
            let (counts, clashes) = book_rows::write(&change, table, mode)?;
            changes.files.push(counts);
            there_already.extend(clashes);
        }
        if !there_already.is_empty() {
            return Err(book_rows::refuse_existing(&there_already));
        }
        if tables.iter().any(|table| table.name == "customers") {
            change.settle_opening_balances(currency)?;
        }
        if !dry_run {
            change.commit()?;
        }
        Ok(changes)
    }
}

impl Ledger {
    /// The whole book, files in load order, rows in the order of their keys. Every file is there, if only with its
    /// columns.
    pub fn load_book(&self) -> Result<Vec<StoredTable>, LedgerError> {
        // One transaction, so that a writer's commit in between cannot mix two books.
        let snapshot = self.connection.unchecked_transaction()?;
        load_book(&snapshot)
    }

    /// The rows of one book file, in the order of their keys.
    pub fn load_table(&self, name: &str) -> Result<StoredTable, LedgerError> {
        load_table(&self.connection, &Shape::of(&self.connection, name)?)
    }
}

pub(super) fn load_book(connection: &Connection) -> Result<Vec<StoredTable>, LedgerError> {
    BOOK_FILES.iter().map(|name| load_table(connection, &Shape::of(connection, name)?)).collect()
}

fn load_table(connection: &Connection, shape: &Shape) -> Result<StoredTable, LedgerError> {
    let (extra_columns, extras) = load_extras(connection, &shape.name)?;
    let mut query = connection.prepare(&shape.select_all())?;
    let mut rows = query.query([])?;
    let mut table = shape.empty_table();
    while let Some(row) = rows.next()? {
        let mut cells = shape.read_cells(row)?;
        if !extra_columns.is_empty() {
            let held = extras.get(&shape.key_text(&cells)).map_or(&[][..], Vec::as_slice);
            let value = |position| held.iter().find(|(at, _)| *at == position).map(|(_, value)| value.as_str());
            cells = cells.iter().chain((0..extra_columns.len()).map(value)).collect();
        }
        table.rows.push(cells);
    }
    table.columns.extend(extra_columns);
    Ok(table)
}

/// The `x_…` columns of a file that hold anything, and by row key the position and value of each.
type Extras = (Vec<String>, HashMap<String, Vec<(usize, String)>>);

fn load_extras(connection: &Connection, file: &str) -> Result<Extras, LedgerError> {
    let mut query = connection.prepare("SELECT DISTINCT column FROM book_extra WHERE file = ?1 ORDER BY column")?;
    let columns = query.query_map([file], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    let mut query = connection.prepare("SELECT key, column, value FROM book_extra WHERE file = ?1")?;
    let mut rows = query.query([file])?;
    let mut by_key: HashMap<String, Vec<(usize, String)>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let column: String = row.get(1)?;
        if let Ok(position) = columns.binary_search(&column) {
            by_key.entry(row.get(0)?).or_default().push((position, row.get(2)?));
        }
    }
    Ok((columns, by_key))
}

/// The columns of a book file's table and which of them are its key.
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// Positions in `columns`, in the order of the key.
    pub(super) key: Vec<usize>,
}

impl Shape {
    /// As the schema has it. Refuses a name that is no book file.
    pub(super) fn of(connection: &Connection, name: &str) -> Result<Self, LedgerError> {
        if !BOOK_FILES.contains(&name) {
            let why = format!("the book has no file {name}");
            return Err(LedgerError::refused("read or change the book", why, BOOK_FILES.join(", ")));
        }
        let mut query = connection.prepare_cached("SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid")?;
        let mut rows = query.query([format!("book_{name}")])?;
        let (mut columns, mut places): (Vec<String>, Vec<i64>) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            columns.push(row.get(0)?);
            places.push(row.get(1)?);
        }
        let mut key: Vec<usize> = (0..columns.len()).filter(|&position| places[position] > 0).collect();
        key.sort_by_key(|&position| places[position]);
        Ok(Self { name: name.to_owned(), columns, key })
    }

    pub(super) fn key_columns(&self) -> Vec<String> {
        self.key.iter().map(|&position| self.columns[position].clone()).collect()
    }

    /// The row's name in the audit trail and among the `x_…` columns: the key's value; of several, a JSON array.
    pub(super) fn key_text(&self, cells: &Cells) -> String {
        let value = |&position: &usize| cells.get(position).unwrap_or_default();
        match self.key.as_slice() {
            [single] => value(single).to_owned(),
            several => serde_json::Value::from_iter(several.iter().map(value)).to_string(),
        }
    }

    pub(super) fn column_list(&self) -> String {
        self.columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
    }

    /// Cells of a row selected with [`Self::column_list`]; a key's '' is blank again.
    pub(super) fn read_cells(&self, row: &Row<'_>) -> rusqlite::Result<Cells> {
        let texts = (0..self.columns.len()).map(|position| Ok(row.get_ref(position)?.as_str_or_null()?));
        texts.collect::<rusqlite::Result<Vec<Option<&str>>>>().map(Cells::from_iter)
    }

    fn select_all(&self) -> String {
        let key = self.key_columns().iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ");
        format!("SELECT {} FROM book_{} ORDER BY {key}", self.column_list(), self.name)
    }

    fn empty_table(&self) -> StoredTable {
        StoredTable {
            name: self.name.clone(),
            columns: self.columns.clone(),
            key_columns: self.key_columns(),
            rows: Vec::new(),
        }
    }
}

/// A column's name in SQL; some are words of the language. Names come from the schema, never from input.
pub(super) fn quoted(column: &str) -> String {
    format!("\"{column}\"")
}
