//! The rows of a book as text: one table per file of the interface, cells in canonical form. What the ledger stores,
//! what a folder holds and what [`super::compile`] reads. Knows nothing of what cells mean.

use std::cmp::Ordering;

use ahash::AHashMap;

use crate::domain::cells::Cells;

use super::schema::{FileSchema, schemas};

/// One file's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Which file.
    pub schema: &'static FileSchema,
    /// Names of the columns beyond those of the schema (`x_…`, K9), sorted.
    pub extra_columns: Vec<String>,
    /// The rows; those that [`super::read_folder`] returns are in the order of their keys.
    pub rows: Vec<TableRow>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Physical line of the file on which it begins, from 1; 0 if it does not come from a file.
    pub line: u64,
    /// The columns of the schema, then the extra columns; canonical text, `None` where nothing is set.
    pub cells: Cells,
}

impl Table {
    /// A table without rows.
    pub fn new(schema: &'static FileSchema) -> Self {
        Self { schema, extra_columns: Vec::new(), rows: Vec::new() }
    }

    /// Names of all columns, in the order of a row's cells.
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        self.schema.columns.iter().map(|column| column.name).chain(self.extra_columns.iter().map(String::as_str))
    }

    /// What identifies a row: its key columns, with what blank ones mean (an empty text where that is nothing).
    pub fn key_of(&self, row: &TableRow) -> Vec<String> {
        Key::of(self.schema).parts(row).map(str::to_owned).collect()
    }

    /// Are the rows in the order of their keys?
    pub fn is_sorted(&self) -> bool {
        let key = Key::of(self.schema);
        self.rows.is_sorted_by(|a, b| key.compare_rows(a, b) != Ordering::Greater)
    }

    /// Puts the rows in the order of their keys.
    pub fn sort(&mut self) {
        if !self.is_sorted() {
            let key = Key::of(self.schema);
            self.rows.sort_by(|a, b| key.compare_rows(a, b));
        }
    }

    /// Takes over the rows of another table of the same file: one with a known key replaces the row that has it.
    /// Leaves the rows sorted.
    ///
    /// # Panics
    /// If the tables are of different files.
    pub fn merge(&mut self, mut other: Self) {
        assert_eq!(self.schema.name, other.schema.name, "tables of one file");
        let mut extra_columns = [self.extra_columns.clone(), other.extra_columns.clone()].concat();
        extra_columns.sort();
        extra_columns.dedup();
        self.widen(&extra_columns);
        other.widen(&extra_columns);
        let key = Key::of(self.schema);
        let parts_of = |row: &TableRow| key.parts(row).map(str::to_owned).collect::<Vec<_>>();
        let mut known: AHashMap<_, _> =
            self.rows.iter().enumerate().map(|(position, row)| (parts_of(row), position)).collect();
        for row in other.rows {
            let end = self.rows.len();
            match *known.entry(parts_of(&row)).or_insert(end) {
                position if position < end => self.rows[position] = row,
                _ => self.rows.push(row),
            }
        }
        self.sort();
    }

    /// Adds columns beyond those of the schema, if the rows do not have them yet.
    pub fn add_extra_columns<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        let mut extra_columns: Vec<String> =
            self.extra_columns.iter().cloned().chain(names.map(str::to_owned)).collect();
        extra_columns.sort();
        extra_columns.dedup();
        self.widen(&extra_columns);
    }

    /// Gives the rows these extra columns, a superset of those they have.
    fn widen(&mut self, extra_columns: &[String]) {
        if self.extra_columns == extra_columns {
            return;
        }
        let fixed = self.schema.columns.len();
        let sources: Vec<_> =
            extra_columns.iter().map(|name| self.extra_columns.iter().position(|known| known == name)).collect();
        for row in &mut self.rows {
            let extra = sources.iter().map(|source| source.and_then(|source| row.cells.get(fixed + source)));
            row.cells = row.cells.iter().take(fixed).chain(extra).collect();
        }
        self.extra_columns = extra_columns.to_vec();
    }
}

/// The key of a file's rows, with the positions of its columns looked up once.
pub(super) struct Key {
    columns: Vec<(usize, &'static str)>,
}

impl Key {
    pub(super) fn of(schema: &'static FileSchema) -> Self {
        let positions = schema.key_positions();
        Self {
            columns: positions.into_iter().map(|position| (position, schema.columns[position].blank_means)).collect(),
        }
    }

    pub(super) fn parts<'r>(&self, row: &'r TableRow) -> impl Iterator<Item = &'r str> {
        self.columns.iter().map(|(position, blank)| row.cells.get(*position).unwrap_or(blank))
    }

    pub(super) fn compare(&self, a: &TableRow, b: &TableRow) -> Ordering {
        self.parts(a).cmp(self.parts(b))
    }

    /// By key, then by everything else, so that equal keys have one order too.
    pub(super) fn compare_rows(&self, a: &TableRow, b: &TableRow) -> Ordering {
        self.compare(a, b).then_with(|| a.cells.cmp(&b.cells))
    }
}

/// All tables of a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    tables: Vec<Table>,
}

/// All tables, in load order, to be taken apart.
impl IntoIterator for Tables {
    type Item = Table;
    type IntoIter = std::vec::IntoIter<Table>;

    fn into_iter(self) -> Self::IntoIter {
        self.tables.into_iter()
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self::new()
    }
}

impl Tables {
    /// All empty.
    pub fn new() -> Self {
        Self { tables: schemas().iter().map(Table::new).collect() }
    }

    /// The table of a file by its name without ending: `customers`.
    ///
    /// # Panics
    /// If the interface has no such file.
    pub fn get(&self, name: &str) -> &Table {
        &self.tables[index_of(name)]
    }

    /// The same, to change it.
    ///
    /// # Panics
    /// If the interface has no such file.
    pub fn get_mut(&mut self, name: &str) -> &mut Table {
        &mut self.tables[index_of(name)]
    }

    /// All tables, in load order.
    pub fn iter(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter()
    }

    /// No row in any table?
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.rows.is_empty())
    }

    /// Takes over all rows of another book: those with a known key replace the rows that have it.
    pub fn merge(&mut self, other: Self) {
        for (table, newer) in self.tables.iter_mut().zip(other.tables) {
            table.merge(newer);
        }
    }
}

fn index_of(name: &str) -> usize {
    schemas().iter().position(|schema| schema.name == name).unwrap_or_else(|| panic!("the book has no file {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(table: &Table, cells: &[(&str, &str)]) -> TableRow {
        let names: Vec<&str> = table.column_names().collect();
        let value = |name: &&str| cells.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        TableRow { line: 0, cells: names.iter().map(value).collect() }
    }

    #[test]
    fn a_blank_direction_is_the_same_key_as_out() {
        let table = Table::new(super::super::schema::find_schema("prefixes").expect("listed"));
        let blank = row(&table, &[("prefix", "+44"), ("call_type", "uk")]);
        let out = row(&table, &[("prefix", "+44"), ("direction", "out"), ("call_type", "uk")]);
        assert_eq!(table.key_of(&blank), ["", "+44", "out"]);
        assert_eq!(table.key_of(&blank), table.key_of(&out));
    }

    #[test]
    fn merging_replaces_by_key_and_keeps_free_columns_apart() {
        let mut tables = Tables::new();
        let mut newer = Tables::new();
        let old = tables.get_mut("customers");
        old.extra_columns = vec!["x_dealer".into()];
        old.rows = vec![
            row(old, &[("account", "B"), ("name", "old"), ("x_dealer", "d")]),
            row(old, &[("account", "C"), ("name", "kept"), ("x_dealer", "e")]),
        ];
        let new = newer.get_mut("customers");
        new.extra_columns = vec!["x_crm".into()];
        new.rows = vec![
            row(new, &[("account", "B"), ("name", "new"), ("x_crm", "1")]),
            row(new, &[("account", "A"), ("name", "added")]),
        ];
        tables.merge(newer);
        let merged = tables.get("customers");
        assert_eq!(merged.extra_columns, ["x_crm", "x_dealer"]);
        let shown: Vec<_> = merged
            .rows
            .iter()
            .map(|row| {
                let last = row.cells.len() - 2;
                (row.cells.get(0), row.cells.get(1), row.cells.get(last), row.cells.get(last + 1))
            })
            .collect();
        assert_eq!(
            shown,
            [
                (Some("A"), Some("added"), None, None),
                (Some("B"), Some("new"), Some("1"), None),
                (Some("C"), Some("kept"), None, Some("e")),
            ]
        );
    }
}
