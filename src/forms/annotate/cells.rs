//! A cell of a filled form → the same cell in its annotated copy: its value, its type, how it looks.

use rust_xlsxwriter::{Color, Format, Formula, Worksheet, XlsxError};

use crate::domain::spreadsheet::{LONGEST_CELL, fitting};
use crate::files::workbook::Cell;
use crate::forms::form::Field;
use crate::forms::template::cells::Typed;
use crate::forms::template::looks::{self, Mark};

/// The days from the end of 1899, where spreadsheets begin to count, to 1970.
const DAYS_BEFORE_1970: i32 = 25_569;
/// The 29 February 1900, which never was: spreadsheets count it.
const NEVER_WAS: i32 = 60;

/// Where a cell is written, and as what.
pub(super) struct Written<'w> {
    /// From 0.
    pub row: u32,
    /// From 0.
    pub column: u16,
    /// Its column in the form; none if the form has no such column.
    pub field: Option<&'w Field>,
    /// What was found in it.
    pub mark: Option<Mark>,
}

impl Written<'_> {
    /// Writes it. A blank cell is written only if something was found in it.
    pub fn write(&self, sheet: &mut Worksheet, cell: &Cell<'_>) -> Result<(), XlsxError> {
        let (row, column) = (self.row, self.column);
        match cell {
            Cell::Blank => {
                if self.mark.is_some() {
                    sheet.write_blank(row, column, &self.dressed(self.own_format()))?;
                }
            }
            Cell::Text(text) if self.mark.is_none() => {
                sheet.write_string(row, column, fitting(text, LONGEST_CELL))?;
            }
            Cell::Text(text) => {
                let format = self.dressed(self.own_format());
                sheet.write_string_with_format(row, column, fitting(text, LONGEST_CELL), &format)?;
            }
            Cell::Number(number) => {
                let typed = Typed::number(number).unwrap_or(Typed::Text(number));
                typed.write(sheet, row, column, &self.dressed(self.text_format().unwrap_or_else(|| typed.format())))?;
            }
            Cell::Percent(shown) => {
                let number: f64 = hundredth(shown).parse().unwrap_or_default();
                let format = Format::new().set_num_format("0.####%");
                sheet.write_number_with_format(row, column, number, &self.dressed(format))?;
            }
            Cell::Moment { day, seconds } => {
                let format = if *seconds == 0 { looks::date() } else { looks::moment() };
                sheet.write_number_with_format(row, column, serial(*day, *seconds), &self.dressed(format))?;
            }
            Cell::Flag(flag) => {
                sheet.write_boolean_with_format(row, column, *flag, &self.dressed(Format::new()))?;
            }
            Cell::Fault(_) => {
                let formula = Formula::new("NA()").set_result("#N/A");
                sheet.write_formula_with_format(row, column, formula, &self.dressed(Format::new()))?;
            }
        }
        Ok(())
    }

    /// How cells of its column look.
    fn own_format(&self) -> Format {
        self.field.map_or_else(Format::new, looks::blank_cell)
    }

    /// A number in a column of texts was none for who typed it: what is typed over it is to be a text.
    fn text_format(&self) -> Option<Format> {
        self.field.filter(|field| field.is_text()).map(|_| looks::text())
    }

    fn dressed(&self, format: Format) -> Format {
        match self.mark {
            Some(mark) => looks::marked(format, mark).set_border_color(Color::Gray),
            None => format,
        }
    }
}

/// A day as spreadsheets count it, with the part of it that is over.
fn serial(day: i32, seconds: u32) -> f64 {
    const BILLIONTHS: u64 = 1_000_000_000;
    let day = day.saturating_add(DAYS_BEFORE_1970);
    let day = if day <= NEVER_WAS { day.saturating_sub(1) } else { day };
    let fraction = u64::from(seconds).saturating_mul(BILLIONTHS) / 86_400;
    format!("{day}.{fraction:09}").parse().unwrap_or_default()
}

/// A plain decimal number with its point moved to the left by two places.
fn hundredth(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = format!("{whole:0>3}");
    let (above, below) = whole.split_at(whole.len() - 2);
    format!("{sign}{above}.{below}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_parts_of_one() {
        for (shown, expected) in [("20", "0.20"), ("-0.5", "-0.005"), ("17.5", "0.175"), ("1234", "12.34")] {
            assert_eq!(hundredth(shown), expected);
        }
    }

    #[test]
    fn moments_are_what_spreadsheets_count() {
        let serials = [(20_517, 0), (20_517, 43_200), (-25_567, 0), (-25_509, 0), (-25_508, 0)];
        let written = serials.map(|(day, seconds)| serial(day, seconds).to_string());
        assert_eq!(written, ["46086", "46086.5", "1", "59", "61"]);
    }
}
