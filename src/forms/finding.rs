//! What is found in a filled form: what is refused and what is doubtful, each with its place, the reason and what would be
//! accepted.

use serde::Serialize;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is imported (K2).
    Error,
    /// To be looked at; refuses nothing, unless the import is strict (K4).
    Warning,
}

/// Something found in a filled form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// The sheet; of a CSV file its name.
    pub sheet: String,
    /// Its place: `C17`; `17` if the row as a whole is meant, empty if the sheet is. Of a CSV file with lines of their own
    /// `line 17`.
    pub cell: String,
    /// The row of the sheet, or the line of the file, from 1; 0 if the sheet as a whole is meant.
    pub row: u64,
    /// The column, from 0; none if the row as a whole is meant.
    pub column: Option<usize>,
    /// The header of the column; empty if the row as a whole is meant.
    pub header: String,
    /// What stands there; empty if nothing does.
    pub value: String,
    /// Why it is refused or doubtful.
    pub reason: String,
    /// What would be accepted; may be empty.
    pub hint: String,
}

impl Finding {
    /// By row, then by column, errors first: the order in which a person goes through a sheet.
    pub fn order(&self) -> (u64, usize, Severity) {
        (self.row, self.column.map_or(0, |column| column + 1), self.severity)
    }
}

/// The letters of a column: 0 → `A`, 25 → `Z`, 26 → `AA`.
pub(super) fn letters(column: usize) -> String {
    let mut rest = column;
    let mut text = Vec::new();
    loop {
        text.push(char::from(b'A' + u8::try_from(rest % 26).expect("below 26")));
        if rest < 26 {
            return text.iter().rev().collect();
        }
        rest = rest / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
