//! A table for a spreadsheet, before it is written: which cells are words and which are figures. Writes no file.

/// Columns and rows.
pub struct Sheet {
    /// The header.
    pub columns: Vec<&'static str>,
    /// As many cells each.
    pub rows: Vec<Vec<SheetCell>>,
}

/// One cell.
pub enum SheetCell {
    /// Words, which may have come from anywhere: never to become a formula (O3).
    Text(String),
    /// Written by us: an amount, a count, a date.
    Figure(String),
}

impl SheetCell {
    /// Words.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// A figure; empty if it is not known.
    pub fn figure(figure: Option<impl ToString>) -> Self {
        Self::Figure(figure.map(|figure| figure.to_string()).unwrap_or_default())
    }
}
