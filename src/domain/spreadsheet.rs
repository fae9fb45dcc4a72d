//! What a cell of a spreadsheet holds: how long a text, how many digits of a number. Knows no file format.

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
