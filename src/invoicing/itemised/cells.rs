//! What a bill says → cells: texts as texts, figures as numbers where a spreadsheet keeps all their digits and as texts
//! where it does not, seconds as parts of days.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use crate::domain::money::{Rounding, Sum, divide, power_of_ten};
use crate::domain::spreadsheet::{LONGEST_CELL, exact_number, fitting};
use crate::domain::time::{CivilDateTime, Date};
use crate::invoicing::language::printable;

/// The days from the end of 1899, where spreadsheets begin to count, to 1970.
const DAYS_BEFORE_1970: i64 = 25_569;
const SECONDS_OF_A_DAY: i128 = 86_400;
/// Decimals of a part of a day: a second has more than a thousand of the last one.
const PLACES_OF_A_DAY: u32 = 11;

/// A text as a cell shows it: without what cannot be seen, cut off with an ellipsis where it is too long.
pub(super) fn shown(text: &str) -> String {
    fitting(&printable(text), LONGEST_CELL)
}

/// Writes a text, whatever it looks like; an empty cell if it is empty.
pub(super) fn text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let text = shown(text);
    match text.as_str() {
        "" => sheet.write_blank(row, column, format)?,
        text => sheet.write_string_with_format(row, column, text, format)?,
    };
    Ok(())
}

/// Writes a figure, given as the decimal text that it is.
pub(super) fn figure(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    figure: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    match exact_number(figure) {
        Some(number) => sheet.write_number_with_format(row, column, number, format)?,
        None => sheet.write_string_with_format(row, column, figure, format)?,
    };
    Ok(())
}

/// Writes seconds as a part of days.
pub(super) fn duration(
    sheet: &mut Worksheet,
    place: (u32, u16),
    seconds: u64,
    format: &Format,
) -> Result<(), XlsxError> {
    days(sheet, place, i128::from(seconds), format)
}

/// Writes a day.
pub(super) fn date(sheet: &mut Worksheet, place: (u32, u16), date: Date, format: &Format) -> Result<(), XlsxError> {
    let day = i64::from(date.days()).saturating_add(DAYS_BEFORE_1970);
    figure(sheet, place, &day.to_string(), format)
}

/// Writes a time of a day; as it is, if it is none.
pub(super) fn moment(sheet: &mut Worksheet, place: (u32, u16), at: &str, format: &Format) -> Result<(), XlsxError> {
    let Some(moment) = CivilDateTime::parse(at) else { return text(sheet, place, at, format) };
    let before = i128::from(DAYS_BEFORE_1970) * SECONDS_OF_A_DAY;
    days(sheet, place, i128::from(moment.as_utc_seconds()) + before, format)
}

fn days(sheet: &mut Worksheet, (row, column): (u32, u16), seconds: i128, format: &Format) -> Result<(), XlsxError> {
    let text = in_days(seconds);
    match text.parse::<f64>() {
        Ok(days) => sheet.write_number_with_format(row, column, days, format)?,
        Err(_) => sheet.write_string_with_format(row, column, text, format)?,
    };
    Ok(())
}

fn in_days(seconds: i128) -> String {
    let parts = seconds.saturating_mul(power_of_ten(PLACES_OF_A_DAY));
    let scaled = divide(parts, SECONDS_OF_A_DAY, Rounding::HalfUp);
    Sum::<PLACES_OF_A_DAY>::from_wide(scaled).to_string()
}

/// Bytes as megabytes, exact.
pub(super) fn megabytes(bytes: u64) -> String {
    Sum::<6>::from_wide(i128::from(bytes)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_parts_of_days_to_a_thousandth() {
        for (seconds, expected) in [
            (0, "0"),
            (1, "0.00001157407"),
            (43_200, "0.5"),
            (185, "0.0021412037"),
            (90_000, "1.04166666667"),
            (86_399, "0.99998842593"),
        ] {
            assert_eq!(in_days(seconds), expected);
        }
        for seconds in (0..86_400).step_by(7) {
            let scaled = Sum::<PLACES_OF_A_DAY>::from_wide(divide(
                i128::from(seconds) * power_of_ten(PLACES_OF_A_DAY),
                SECONDS_OF_A_DAY,
                Rounding::HalfUp,
            ));
            let back = divide(scaled.wide() * SECONDS_OF_A_DAY, power_of_ten(PLACES_OF_A_DAY), Rounding::HalfUp);
            assert_eq!(back, i128::from(seconds));
        }
    }

    #[test]
    fn texts_show_what_they_are() {
        assert_eq!(shown("a\u{0}b\nc\u{202e}d"), "a b cd");
        assert_eq!(shown(&"x".repeat(40_000)).chars().count(), LONGEST_CELL);
        assert!(shown(&"x".repeat(40_000)).ends_with('…'));
        assert_eq!(megabytes(1_250_001), "1.250001");
    }
}
