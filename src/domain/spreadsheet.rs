//! What a cell of a spreadsheet holds: how long a text, how many digits of a number, which texts it would run. Knows no
//! file format.

use std::borrow::Cow;

/// The most of a text that a cell holds, in UTF-16 units, which is what spreadsheets count.
pub const LONGEST_CELL: usize = 32_767;
/// The digits of a number that spreadsheets keep.
pub const EXACT_DIGITS: usize = 15;

/// A plain decimal number as a spreadsheet holds it, if it keeps all of its digits.
pub fn exact_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let significant = digits.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if is_plain && significant <= EXACT_DIGITS { text.parse().ok() } else { None }
}

/// The text, cut off behind so many UTF-16 units, with an ellipsis where it was cut.
pub fn fitting(text: &str, most: usize) -> String {
    if text.len() <= most || text.encode_utf16().count() <= most {
        return text.to_owned();
    }
    let mut length = 1;
    let fits = |letter: &char| {
        length += letter.len_utf16();
        length <= most
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// The cell, with an apostrophe before it where a spreadsheet would take it for a formula.
pub fn as_text(cell: &str) -> Cow<'_, str> {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']);
    if runs && !is_telephone_number(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// `+` and digits: an international number, which no spreadsheet can run.
fn is_telephone_number(cell: &str) -> bool {
    cell.strip_prefix('+').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_where_spreadsheets_count() {
        for (text, most, expected) in [
            ("abcdef", 6, "abcdef"),
            ("abcdefg", 6, "abcde…"),
            ("ab😀cd", 6, "ab😀cd"),
            ("ab😀cde", 6, "ab😀c…"),
            ("😀😀😀", 5, "😀😀…"),
            ("äöü", 3, "äöü"),
        ] {
            assert_eq!(fitting(text, most), expected, "{text}");
        }
    }

    #[test]
    fn text_never_becomes_a_formula_o3() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("+442079460000", "+442079460000"),
            ("+", "'+"),
            ("+44 20", "'+44 20"),
            ("*123#", "*123#"),
            ("plain = text", "plain = text"),
            ("", ""),
        ] {
            assert_eq!(as_text(cell), expected);
        }
    }

    #[test]
    fn numbers_of_more_digits_than_a_sheet_keeps_are_none() {
        for (text, expected) in [
            ("-0.015", Some(-0.015)),
            ("0.00000001", Some(1e-8)),
            ("123456789012345", Some(123_456_789_012_345.0)),
            ("1234567890123456", None),
            ("0.1234567890123456", None),
            ("1e5", None),
            ("", None),
            ("=1", None),
        ] {
            assert_eq!(exact_number(text), expected, "{text}");
        }
    }
}
