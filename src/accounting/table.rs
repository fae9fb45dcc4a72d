//! Rows → CSV that a package imports: UTF-8, every line ended by CR LF. Texts are one line, and none becomes a formula
//! (O3).

use crate::domain::bill::Amount;
use crate::domain::spreadsheet::as_text;
use crate::domain::time::Date;

/// A file of rows below a header.
pub struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Without rows.
    pub(super) fn new(header: &[&'static str]) -> Self {
        Self { header: header.to_vec(), rows: Vec::new() }
    }

    /// Adds a row: as many cells as the header.
    pub(super) fn push(&mut self, row: Vec<String>) {
        debug_assert_eq!(row.len(), self.header.len());
        self.rows.push(row);
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Has it none?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The file.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(&self.header).expect(IN_MEMORY);
        for row in &self.rows {
            writer.write_record(row).expect(IN_MEMORY);
        }
        writer.into_inner().expect(IN_MEMORY)
    }
}

const IN_MEMORY: &str = "rows of equal length are written to memory";

/// A text as a cell: one line, at most so many characters, never a formula.
pub(super) fn text(text: &str, most: usize) -> String {
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let line = as_text(line.trim()).into_owned();
    match line.char_indices().nth(most) {
        Some((end, _)) => line[..end].trim_end().to_owned(),
        None => line,
    }
}

/// An amount as a cell: never a text.
pub(super) fn figure(amount: Amount) -> String {
    amount.to_string()
}

/// `31/12/2026`.
pub(super) fn day(date: Date) -> String {
    let (year, month, day) = date.ymd();
    format!("{day:02}/{month:02}/{year:04}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_one_harmless_line_of_a_length() {
        for (given, most, expected) in [
            ("Fern & Sons", 60, "Fern & Sons"),
            ("=1+1", 60, "'=1+1"),
            ("\n\t=1", 60, "'=1"),
            ("a\r\nb\0c", 60, "a  b c"),
            ("0123456789", 8, "01234567"),
            ("été été", 4, "été"),
        ] {
            assert_eq!(text(given, most), expected, "{given}");
        }
    }
}
