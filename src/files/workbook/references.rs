//! The names of cells and ranges (`B7`, `A1:C2`) ↔ rows from 1 and columns from 0, within the bounds of a sheet.

/// The bounds of a sheet of today.
pub const MOST_ROWS: u32 = 1_048_576;
/// A to XFD.
pub const MOST_COLUMNS: u32 = 16_384;

/// A rectangle of cells: rows from 1, columns from 0, the last ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// From 1.
    pub first_row: u32,
    /// From 0.
    pub first_column: u32,
    /// From 1.
    pub last_row: u32,
    /// From 0.
    pub last_column: u32,
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cell = |column, row| format!("{}{row}", letters(column));
        write!(f, "{}:{}", cell(self.first_column, self.first_row), cell(self.last_column, self.last_row))
    }
}

/// 0 → `A`, 25 → `Z`, 26 → `AA`.
pub fn letters(mut column: u32) -> String {
    let mut text = Vec::new();
    loop {
        text.push(char::from(b'A' + u8::try_from(column % 26).expect("below 26")));
        if column < 26 {
            return text.iter().rev().collect();
        }
        column = column / 26 - 1;
    }
}

/// `B7` → column 1, row 7.
pub(super) fn place_of(cell: &str) -> Option<(u32, u32)> {
    let split = cell.bytes().position(|byte| byte.is_ascii_digit())?;
    let (letters, digits) = cell.split_at(split);
    let is_place = (1..=3).contains(&letters.len()) && digits.len() <= 7 && !digits.starts_with('0');
    if !is_place || !letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let column = letters.bytes().fold(0, |column, letter| column * 26 + u32::from(letter - b'A') + 1) - 1;
    let row = digits.parse().ok()?;
    (column < MOST_COLUMNS && row <= MOST_ROWS).then_some((column, row))
}

/// `A1:C2` → its corners; `A1` is a range of one cell.
pub(super) fn range_of(range: &str) -> Option<Range> {
    let (first, last) = range.split_once(':').unwrap_or((range, range));
    let ((first_column, first_row), (last_column, last_row)) = (place_of(first)?, place_of(last)?);
    (first_column <= last_column && first_row <= last_row).then_some(Range {
        first_row,
        first_column,
        last_row,
        last_column,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!(
            [0, 25, 26, 51, 52, 701, 702, 16_383].map(letters),
            ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]
        );
    }

    #[test]
    fn cells_have_places_within_the_bounds() {
        for (cell, expected) in [
            ("A1", Some((0, 1))),
            ("AZ12", Some((51, 12))),
            ("XFD1048576", Some((16_383, 1_048_576))),
            ("XFE1", None),
            ("A1048577", None),
            ("A16777217", None),
            ("AAAA1", None),
            ("A0", None),
            ("A01", None),
            ("A", None),
            ("7", None),
            ("a1", None),
            ("A-1", None),
            ("$A$1", None),
            ("A1 ", None),
            ("A99999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(place_of(cell), expected, "{cell}");
        }
        let range = range_of("B2:XFD3").unwrap();
        assert_eq!(range.to_string(), "B2:XFD3");
    }
}
