//! One row of a rate sheet: its texts, and, where it comes from a workbook, what the spreadsheet took each of them for. Says
//! which of that a column can take; reads no values.

use crate::book::CellRefusal;

use super::numbers::refuse;

/// One row of cells.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The physical line on which it begins, or its row in the workbook, from 1.
    pub line: u64,
    pub(super) cells: csv::StringRecord,
    /// By column; empty if all are texts.
    natures: Vec<CellNature>,
}

/// What a spreadsheet took a cell for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellNature {
    /// Words, or nothing.
    Text,
    /// A number, exactly, with a decimal point.
    Number,
    /// A number shown as a percentage: 20 for 20 %.
    Percent,
    /// A day, as `2026-06-01`.
    Day,
    /// A day with a time.
    Time,
    /// True or false.
    Flag,
    /// No value at all: `#REF!`.
    Fault,
}

/// What a column takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Words or whole numbers.
    Words,
    Number,
    Percentage,
    Date,
}

/// Digits of a number that a spreadsheet keeps.
const KEPT_DIGITS: usize = 15;

impl Record {
    /// A row of a workbook without cells.
    pub fn of_row(number: u64) -> Self {
        Self { line: number, ..Self::default() }
    }

    /// A row of a text.
    pub(super) fn of_line(line: u64, cells: csv::StringRecord) -> Self {
        Self { line, cells, natures: Vec::new() }
    }

    /// Adds the next cell, from column A on: its text without blanks around it, other blanks as plain ones, and without
    /// letters that nobody sees.
    pub fn push(&mut self, nature: CellNature, text: &str) {
        let is_odd = |letter: char| !letter.is_ascii() && (letter.is_whitespace() || is_invisible(letter));
        if text.contains(is_odd) {
            let seen = text.chars().filter(|letter| !is_invisible(*letter));
            let plain: String = seen.map(|letter| if letter.is_whitespace() { ' ' } else { letter }).collect();
            self.cells.push_field(plain.trim());
        } else {
            self.cells.push_field(text.trim());
        }
        self.natures.push(nature);
    }

    /// The same with a comma in its numbers, as the texts of its sheet have it.
    pub(super) fn with_decimal_comma(self) -> Self {
        if self.natures.iter().all(|nature| !matches!(nature, CellNature::Number | CellNature::Percent)) {
            return self;
        }
        let mut changed = Self::of_row(self.line);
        for (text, nature) in self.cells.iter().zip(&self.natures) {
            match nature {
                CellNature::Number | CellNature::Percent => changed.push(*nature, &text.replacen('.', ",", 1)),
                _ => changed.push(*nature, text),
            }
        }
        changed
    }

    /// The text of a column; blank beyond the last one.
    pub(super) fn text(&self, place: usize) -> &str {
        self.cells.get(place).map_or("", str::trim)
    }

    pub(super) fn nature(&self, place: usize) -> CellNature {
        self.natures.get(place).copied().unwrap_or(CellNature::Text)
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// Why a cell is nothing for a column, whatever its text.
    pub(super) fn refusal(&self, place: usize, wanted: Wanted) -> Option<CellRefusal> {
        let text = self.text(place);
        let as_text = "format the cell as text and type it again";
        match (self.nature(place), wanted) {
            (CellNature::Text, _) | (CellNature::Day, Wanted::Date) | (CellNature::Percent, Wanted::Percentage) => None,
            (CellNature::Number, Wanted::Date) => {
                Some(refuse("is a number, not a date", "format the cell as a date, or write 2026-06-01"))
            }
            (CellNature::Number, Wanted::Words) => {
                let is_cut = text.trim_start_matches('-').len() > KEPT_DIGITS && !text.contains(['.', ',']);
                is_cut.then(|| refuse("has more digits than a spreadsheet keeps of a number", as_text))
            }
            (CellNature::Number, _) => None,
            (CellNature::Percent, _) => Some(refuse("is formatted as a percentage", "format the cell as a number")),
            (CellNature::Time, Wanted::Date) => Some(refuse("is a date with a time of day", "the date only")),
            (CellNature::Day | CellNature::Time, _) => {
                Some(refuse(&format!("is the date {text} to the spreadsheet, not what was typed"), as_text))
            }
            (CellNature::Flag, _) => Some(refuse("is a truth value, not a text", as_text)),
            (CellNature::Fault, _) => Some(refuse("is no value", "type the value itself")),
        }
    }
}

/// Zero-width characters and marks of direction, which come along when text is copied from pages and mails.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_of_all_kinds_are_plain_ones() {
        let mut record = Record::of_row(3);
        record.push(CellNature::Text, "\u{a0}United\u{a0}Kingdom \u{200b}");
        record.push(CellNature::Number, "44");
        assert_eq!((record.text(0), record.text(1), record.text(2)), ("United Kingdom", "44", ""));
        assert!(!record.is_blank());
    }

    #[test]
    fn what_a_spreadsheet_made_of_a_cell_is_told() {
        use CellNature::{Day, Fault, Flag, Number, Percent, Text, Time};
        use Wanted::{Date, Percentage, Words};
        for (nature, text, wanted, expected) in [
            (Text, "30/6", Words, None),
            (Number, "4420", Words, None),
            (Number, "44207946001800000", Words, Some("has more digits than a spreadsheet keeps of a number")),
            (Number, "0.0061", Wanted::Number, None),
            (Number, "46174", Date, Some("is a number, not a date")),
            (Day, "2026-06-01", Date, None),
            (Time, "2026-06-01", Date, Some("is a date with a time of day")),
            // 30/6 is the thirtieth of June to a spreadsheet.
            (Day, "2026-06-30", Words, Some("is the date 2026-06-30 to the spreadsheet, not what was typed")),
            (Day, "2026-06-30", Wanted::Number, Some("is the date 2026-06-30 to the spreadsheet, not what was typed")),
            (Percent, "20", Percentage, None),
            (Percent, "20", Wanted::Number, Some("is formatted as a percentage")),
            (Flag, "TRUE", Words, Some("is a truth value, not a text")),
            (Fault, "#REF!", Wanted::Number, Some("is no value")),
        ] {
            let mut record = Record::of_row(1);
            record.push(nature, text);
            let found = record.refusal(0, wanted).map(|refusal| refusal.reason);
            assert_eq!(found.as_deref(), expected, "{nature:?} {text} {wanted:?}");
        }
    }
}
