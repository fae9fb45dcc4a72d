//! The canonical text of a cell → the cell of a sheet: days as days, numbers as numbers where a spreadsheet keeps them
//! exactly, all else as text, whatever it looks like.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::looks;
use crate::book::CellKind;
use crate::domain::spreadsheet::{LONGEST_CELL, exact_number, fitting};
use crate::domain::time::Date;

/// The days from the end of 1899, where spreadsheets begin to count, to 1970.
const DAYS_BEFORE_1970: i32 = 25_569;

/// What a cell is written as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::forms) enum Typed<'t> {
    /// As it is.
    Text(&'t str),
    /// With so many decimal places.
    Number(f64, usize),
    /// As spreadsheets count days.
    Day(i32),
}

impl<'t> Typed<'t> {
    /// The canonical text of a kind of cell, as a sheet is to have it. What is not of the kind is text.
    pub fn of(kind: CellKind, text: &'t str) -> Self {
        match kind {
            CellKind::Date => Date::parse(text).map(Self::day),
            CellKind::Decimal(..) | CellKind::Integer(..) | CellKind::Markup => Self::number(text),
            _ => None,
        }
        .unwrap_or(Self::Text(text))
    }

    /// A day.
    pub fn day(date: Date) -> Self {
        Self::Day(date.days().saturating_add(DAYS_BEFORE_1970))
    }

    /// A plain decimal number, if a spreadsheet keeps all its digits.
    pub fn number(text: &str) -> Option<Self> {
        let places = text.split_once('.').map_or(0, |(_, places)| places.len());
        exact_number(text).map(|number| Self::Number(number, places))
    }

    /// How it looks when nothing else is asked.
    pub fn format(self) -> Format {
        match self {
            Self::Text(_) => looks::text(),
            Self::Number(_, places) => looks::number(places),
            Self::Day(_) => looks::date(),
        }
    }

    /// Writes it. Texts longer than a cell of a sheet can be are cut off.
    pub fn write(self, sheet: &mut Worksheet, row: u32, column: u16, format: &Format) -> Result<(), XlsxError> {
        match self {
            Self::Text(text) => sheet.write_string_with_format(row, column, fitting(text, LONGEST_CELL), format)?,
            Self::Number(number, _) => sheet.write_number_with_format(row, column, number, format)?,
            Self::Day(day) => sheet.write_number_with_format(row, column, day, format)?,
        };
        Ok(())
    }

    /// Writes it as the column has it: only numbers need to be told apart, by formats of so many places.
    pub fn write_plain(
        self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        numbers: &[Format],
    ) -> Result<(), XlsxError> {
        match self {
            Self::Text(text) => sheet.write_string(row, column, text)?,
            Self::Number(number, places) => match numbers.get(places) {
                Some(format) => sheet.write_number_with_format(row, column, number, format)?,
                None => sheet.write_number(row, column, number)?,
            },
            Self::Day(day) => sheet.write_number(row, column, day)?,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::schema::Range;

    #[test]
    fn cells_are_numbers_and_days_where_a_sheet_keeps_them() {
        let (price, text) = (CellKind::Decimal(8, Range::Any), Typed::Text);
        for (kind, canonical, expected) in [
            (price, "-0.015", Typed::Number(-0.015, 3)),
            (price, "0.00000001", Typed::Number(1e-8, 8)),
            (price, "1234567.12345678", Typed::Number(1_234_567.123_456_78, 8)),
            (price, "12345678.12345678", text("12345678.12345678")),
            (CellKind::Integer(0, 31), "7", Typed::Number(7.0, 0)),
            (CellKind::Markup, "17.5", Typed::Number(17.5, 1)),
            (CellKind::Date, "1900-01-01", text("1900-01-01")),
            (CellKind::Date, "2026-03-05", Typed::Day(46_086)),
            (CellKind::Code, "0017", text("0017")),
            (CellKind::Text, "=1+1", text("=1+1")),
            (price, "(clear)", text("(clear)")),
        ] {
            assert_eq!(Typed::of(kind, canonical), expected, "{canonical}");
        }
    }
}
