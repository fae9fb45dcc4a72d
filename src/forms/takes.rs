//! What a cell may hold → words for a person who fills in a form: the notes of headers, the page "Read me", the messages
//! of lists. Decides nothing; [`crate::book::canonical_cell`] does.

use crate::book::CellKind;
use crate::book::schema::Range;

use super::form::Field;

/// What a cell of a kind takes, in a sentence: `A whole number from 1 to 31.`
pub fn what_it_takes(kind: CellKind) -> String {
    match kind {
        CellKind::Text => "Text.".into(),
        CellKind::Code => "A name or a code, on one line.".into(),
        CellKind::NameOf(table) => name_of(table).into(),
        CellKind::Band => "A charge band of a supplier, at most 50 characters.".into(),
        CellKind::Codes => "Names, separated by semicolons.".into(),
        CellKind::SmallLetters => "A word; capitals make no difference.".into(),
        CellKind::Word(words) | CellKind::WordRefusing(words, _) => format!("One of: {}.", words.join(", ")),
        CellKind::Flag => "y for yes, n for no.".into(),
        CellKind::Decimal(places, range) => format!("A number{}, {}.", bounds(range), decimals(places)),
        CellKind::Markup => format!("Percent: a number from -100 to 10000, {}.", decimals(4)),
        CellKind::Integer(0, most) if most >= UNBOUNDED => "A whole number, 0 or more.".into(),
        CellKind::Integer(1, most) if most >= UNBOUNDED => "A whole number, 1 or more.".into(),
        CellKind::Integer(least, most) => format!("A whole number from {least} to {most}."),
        CellKind::Date => "A date: a date cell or YYYY-MM-DD, from 2000 to 2100.".into(),
        CellKind::Clock => "A time of day, HH:MM, from 00:00 to 24:00.".into(),
        CellKind::Identifier => "A telephone number, or what else usage files call the line.".into(),
        CellKind::Identifiers => "Telephone numbers or other names of lines, separated by semicolons.".into(),
        CellKind::Prefix => "The start of a number, as +44207.".into(),
        CellKind::Currency => "A currency code of three capital letters, as GBP.".into(),
        CellKind::Colour => "A colour, as #1a5fb4.".into(),
        CellKind::Emails => "E-mail addresses, several separated by commas.".into(),
        _ => phrase(kind).into(),
    }
}

/// All that a person is told about a column, line by line: whether it is needed, what it takes, what else to know.
pub(super) fn about_field(field: &Field) -> Vec<String> {
    let needed = if field.required { "Needed in every new row." } else { "May be left blank." };
    let takes = Some(what_it_takes(field.kind)).filter(|_| !field.note_says_it_all());
    [Some(needed.to_owned()), takes, Some(field.note.clone())]
        .into_iter()
        .flatten()
        .filter(|line| !line.is_empty())
        .collect()
}

impl Field {
    /// Of a free text with a note, the note is enough.
    fn note_says_it_all(&self) -> bool {
        matches!(self.kind, CellKind::Text | CellKind::Code) && !self.note.is_empty()
    }

    /// What it takes and what else to know, in one line.
    pub(super) fn in_one_line(&self) -> String {
        about_field(self).split_off(1).join(" ")
    }
}

/// Bounds that nobody meets are not said.
const UNBOUNDED: i64 = 1_000_000_000;

fn name_of(table: &'static str) -> &'static str {
    match table {
        "organisations" => "One of your organisations.",
        "groups" => "One of your customer groups.",
        "vat_codes" => "One of your VAT codes.",
        "customers" => "One of your customers.",
        "tariffs" => "One of your tariffs.",
        "products" => "One of your products.",
        "call_types" => "One of your call types.",
        "suppliers" => "One of your suppliers.",
        "allowances" => "One of your allowances.",
        _ => "A name that the workspace knows.",
    }
}

fn bounds(range: Range) -> String {
    match range {
        Range::Any => String::new(),
        Range::NotNegative => " of 0 or more".into(),
        Range::Positive => " above 0".into(),
        Range::Between(least, most) => format!(" from {least} to {most}"),
    }
}

fn decimals(places: u32) -> String {
    format!("with at most {places} decimal places")
}

/// The kinds with a language of their own.
fn phrase(kind: CellKind) -> &'static str {
    match kind {
        CellKind::GroupMonths => "monthly, quarterly, or months as 1;4;7;10.",
        CellKind::Interval => {
            "daily, weekly, fortnightly, monthly, quarterly, yearly, or a number of months from 1 to 120."
        }
        CellKind::Alignment => "calendar:DAY with a day from 1 to 31, or anniversary.",
        CellKind::Days => "Days, as Mon-Fri or Sat,Sun,Hol.",
        CellKind::RateMatch => "band:CODE, prefix:+44…, type:CALL_TYPE or class:CLASS.",
        CellKind::Steps => "Steps from_seconds:connection:rate:increment, separated by semicolons.",
        CellKind::RoundingTo => "half_up, up, down or half_even, a colon and 0 to 8 decimals, as half_up:2.",
        CellKind::Qualifies => "class:CLASS, group:DISPLAY_GROUP or type:CALL_TYPE, separated by semicolons.",
        CellKind::Scope => "customer, cost_centre:NAME or clis:A;B.",
        _ => unreachable!("all other kinds are said above"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_said_in_words() {
        for (kind, expected) in [
            (CellKind::Integer(1, 31), "A whole number from 1 to 31."),
            (CellKind::Integer(0, 4_000_000_000), "A whole number, 0 or more."),
            (CellKind::Decimal(8, Range::Any), "A number, with at most 8 decimal places."),
            (CellKind::Decimal(3, Range::Positive), "A number above 0, with at most 3 decimal places."),
            (CellKind::Decimal(4, Range::Between(0, 100)), "A number from 0 to 100, with at most 4 decimal places."),
            (CellKind::Word(&["days", "months"]), "One of: days, months."),
            (CellKind::NameOf("tariffs"), "One of your tariffs."),
        ] {
            assert_eq!(what_it_takes(kind), expected);
        }
    }

    /// No kind that the book has is without words.
    #[test]
    fn every_column_of_the_book_is_said() {
        for column in crate::book::schemas().iter().flat_map(|file| file.columns) {
            assert!(what_it_takes(column.kind).ends_with('.'), "{}", column.name);
        }
    }
}
