//! Rows of cells → the bytes of a CSV file of the book (RFC 4180). Knows nothing of what the cells mean.

use std::io;
use std::path::Path;

use crate::files::write_atomically;

/// A table with named columns.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    columns: Vec<&'static str>,
    text: String,
}

impl Sheet {
    /// An empty table; `columns` separated by commas.
    pub fn new(columns: &'static str) -> Self {
        Self { columns: columns.split(',').collect(), text: format!("{columns}\n") }
    }

    /// A table that begins with the rows of a text, the first of which names the columns.
    pub fn with_rows(text: &'static str) -> Self {
        let columns = text.lines().next().unwrap_or("");
        Self { columns: columns.split(',').collect(), text: text.to_owned() }
    }

    /// Adds a row of which only some cells are set, by column.
    ///
    /// # Panics
    /// If a column is unknown or set twice: a mistake in the sample.
    pub fn add(&mut self, cells: &[(&str, &str)]) {
        let mut row = vec![""; self.columns.len()];
        for (column, value) in cells {
            let position = self.columns.iter().position(|known| known == column);
            let cell = &mut row[position.unwrap_or_else(|| panic!("no column {column}"))];
            assert!(cell.is_empty() || value.is_empty(), "column {column} is set twice");
            if !value.is_empty() {
                *cell = value;
            }
        }
        self.text.push_str(&row.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(","));
        self.text.push('\n');
    }

    pub fn write(&self, file: &Path) -> io::Result<()> {
        write_atomically(file, self.text.as_bytes())
    }
}

/// A cell as CSV has it: in quotes only where it must be.
pub(crate) fn escaped(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { quoted(cell) } else { cell.to_owned() }
}

/// A cell in quotes.
pub(crate) fn quoted(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len() + 2);
    push_quoted(&mut text, cell);
    text
}

/// Adds a cell in quotes.
pub(crate) fn push_quoted(text: &mut String, cell: &str) {
    text.push('"');
    for (number, part) in cell.split('"').enumerate() {
        if number > 0 {
            text.push_str("\"\"");
        }
        text.push_str(part);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_under_their_columns() {
        let mut sheet = Sheet::new("a,b,c");
        sheet.add(&[("c", "Smith, Ltd"), ("a", "1")]);
        sheet.add(&[("b", "the \"Anchor\"")]);
        assert_eq!(sheet.text, "a,b,c\n1,,\"Smith, Ltd\"\n,\"the \"\"Anchor\"\"\",\n");
    }
}
