//! Rows of the book by the names of their columns: cells as texts, prices and dates. Knows no rule.

use crate::book::{Table, TableRow, Tables};
use crate::domain::money::Price;
use crate::domain::time::{Date, DateRange};

/// A row of a table.
#[derive(Clone, Copy)]
pub(crate) struct Row<'t> {
    table: &'t Table,
    cells: &'t TableRow,
}

/// The rows of a file of the book, in the order in which they stand.
pub(crate) fn rows<'t>(tables: &'t Tables, file: &str) -> impl Iterator<Item = Row<'t>> {
    rows_of(tables.get(file))
}

/// The rows of one table.
pub(crate) fn rows_of(table: &Table) -> impl Iterator<Item = Row<'_>> {
    table.rows.iter().map(move |cells| Row { table, cells })
}

impl<'t> Row<'t> {
    /// A cell, if it is set.
    pub(crate) fn get(&self, column: &str) -> Option<&'t str> {
        self.cells.cells.get(self.position(column))
    }

    /// A cell; empty if it is not set.
    pub(crate) fn text(&self, column: &str) -> &'t str {
        self.get(column).unwrap_or("")
    }

    /// A cell that holds a price, in the unit in which it is written.
    pub(crate) fn price(&self, column: &str) -> Option<Price> {
        self.get(column).and_then(|text| Price::parse(text).ok())
    }

    /// A cell that holds a date.
    pub(crate) fn date(&self, column: &str) -> Option<Date> {
        self.get(column).and_then(Date::parse)
    }

    /// The dates `from` and `to`.
    pub(crate) fn valid(&self) -> DateRange {
        DateRange { from: self.date("from"), to: self.date("to") }
    }

    /// The row with other texts in some columns.
    pub(crate) fn with(&self, changes: &[(&str, Option<String>)]) -> TableRow {
        let mut cells = self.cells.cells.clone();
        for (column, text) in changes {
            cells.set(self.position(column), text.as_deref());
        }
        TableRow { line: 0, cells }
    }

    /// The first column, of all but those named, in which two rows of one file differ.
    pub(crate) fn difference(&self, other: &Self, but: &[&str]) -> Option<&'static str> {
        let pairs = self.cells.cells.iter().zip(other.cells.cells.iter());
        let mut columns = self.table.schema.columns.iter().zip(pairs);
        let different = columns.find(|(column, (one, another))| one != another && !but.contains(&column.name));
        different.map(|(column, _)| column.name)
    }

    /// The columns that are set, with their texts.
    pub(crate) fn filled(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.table.column_names().zip(self.cells.cells.iter()).filter_map(|(name, cell)| Some((name, cell?)))
    }

    /// What identifies the row.
    pub(crate) fn key(&self) -> Vec<String> {
        self.table.key_of(self.cells)
    }

    fn position(&self, column: &str) -> usize {
        let schema = self.table.schema;
        schema.position(column).unwrap_or_else(|| panic!("{} has no column {column}", schema.name))
    }
}

/// Does a charge recur (P1)? What it says itself, else its product, else whether there is an interval.
pub(crate) fn recurs(charge: Row, product: Option<Row>) -> bool {
    let of_product = |column: &str| product.and_then(|product| product.get(column));
    match charge.get("type").or_else(|| of_product("type")) {
        Some(word) => word == "recurring",
        None => charge.get("interval").or_else(|| of_product("interval")).is_some(),
    }
}

/// The names that there are, the first 20 of them: what to do about an unknown one.
pub(crate) fn known_names<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const MOST: usize = 20;
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    match names.len() {
        0 => "there is none".to_owned(),
        count if count > MOST => format!("there are: {} and {} more", names[..MOST].join(", "), count - MOST),
        _ => format!("there are: {}", names.join(", ")),
    }
}

/// A table of a file as CSV has it, for tests; cells are to be in canonical form.
#[cfg(test)]
pub(crate) fn test_table(file: &str, csv: &str) -> Table {
    let mut table = Table::new(crate::book::schema::find_schema(file).expect(file));
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let cells = |line: Vec<&str>| -> crate::domain::cells::Cells {
        assert_eq!(line.len(), header.len(), "{line:?}");
        let value = |name| header.iter().zip(&line).find(|(known, _)| **known == name).map(|(_, text)| *text);
        let names = table.schema.columns.iter().map(|column| value(column.name));
        names.collect()
    };
    let rows = lines.map(|line| TableRow { line: 0, cells: cells(line) }).collect();
    table.rows = rows;
    table.sort();
    table
}
