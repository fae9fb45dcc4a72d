//! Bytes → text that may stand in a record: decoded, trimmed, of bounded length, without characters that act instead
//! of showing (O3). Changes no letter.

use std::borrow::Cow;

use super::super::layout::Encoding;
use super::Wrong;

/// Decodes a field. Bytes that are no text in the declared encoding are an error, never replaced.
pub(in super::super) fn decode(bytes: Cow<'_, [u8]>, encoding: Encoding) -> Result<Cow<'_, str>, Wrong> {
    const NOT_UTF8: Wrong =
        Cow::Borrowed("is not UTF-8; if the file is ISO 8859-1, say encoding = \"latin-1\" in the layout");
    match (bytes, encoding) {
        (Cow::Borrowed(bytes), Encoding::Utf8) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| NOT_UTF8),
        (Cow::Owned(bytes), Encoding::Utf8) => String::from_utf8(bytes).map(Cow::Owned).map_err(|_| NOT_UTF8),
        (Cow::Borrowed(bytes), Encoding::Latin1) if bytes.is_ascii() => {
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| NOT_UTF8)
        }
        (bytes, Encoding::Latin1) => Ok(Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect())),
    }
}

/// Without spaces around it.
pub(in super::super) fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    fn inner(text: &str) -> &str {
        // Most fields neither begin nor end with a byte of a space or of U+00A0.
        match text.as_bytes() {
            [b' ' | 0xc2, ..] | [.., b' ' | 0xa0] => text.trim_matches([' ', '\u{a0}']),
            _ => text,
        }
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(inner(text)),
        Cow::Owned(text) if inner(&text).len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(inner(&text).to_owned()),
    }
}

/// Refuses text that is too long, or holds control characters or marks that turn the direction of writing.
pub(in super::super) fn check_text(text: &str, longest: usize) -> Result<(), Wrong> {
    if text.len() <= longest && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(());
    }
    if text.len() > longest && text.chars().count() > longest {
        return Err(format!("is longer than {longest} characters").into());
    }
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    match text.chars().find(|c| acts(*c)) {
        Some(c) => Err(format!("holds the control character U+{:04X}", u32::from(c)).into()),
        None => Ok(()),
    }
}

/// Refuses what can never be a number or a name of a line: digits of other scripts, and numbers that a spreadsheet
/// has rewritten (`4.42E+11`), whose last digits are gone.
pub(in super::super) fn check_identifier(text: &str) -> Result<(), Wrong> {
    if text.chars().any(|c| !c.is_ascii() && c.is_numeric()) {
        return Err("holds digits that are not 0 to 9".into());
    }
    let exponent = text.split_once("E+").or_else(|| text.split_once("e+"));
    let numeric = |part: &str, point: bool| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || (point && byte == b'.'))
    };
    if exponent.is_some_and(|(number, power)| numeric(number, true) && numeric(power, false)) {
        return Err("is a number that a spreadsheet has cut short; ask for the file as it was".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::super::layout::Encoding;
    use super::{check_identifier, check_text, decode, trimmed};

    #[test]
    fn text_is_decoded_as_declared() {
        let check = |bytes: &[u8], encoding, expected: Option<&str>| {
            assert_eq!(decode(Cow::Borrowed(bytes), encoding).ok().as_deref(), expected, "{bytes:?}");
            assert_eq!(decode(Cow::Owned(bytes.to_vec()), encoding).ok().as_deref(), expected, "{bytes:?}");
        };
        check("Café".as_bytes(), Encoding::Utf8, Some("Café"));
        check(b"Caf\xe9", Encoding::Utf8, None);
        check(b"Caf\xe9", Encoding::Latin1, Some("Café"));
        check(b"plain", Encoding::Latin1, Some("plain"));
    }

    #[test]
    fn spaces_around_a_field_mean_nothing() {
        let check = |text: &str, expected: &str| {
            assert_eq!(trimmed(Cow::Borrowed(text)), expected);
            assert_eq!(trimmed(Cow::Owned(text.to_owned())), expected);
        };
        check("  a b ", "a b");
        check("\u{a0}a", "a");
        check("a", "a");
    }

    #[test]
    fn text_shows_and_does_not_act() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(check_text(text, 5).err().as_deref(), expected, "{text:?}");
        };
        check("é5678", None);
        check("123456", Some("is longer than 5 characters"));
        check("a\u{1}", Some("holds the control character U+0001"));
        check("a\tb", Some("holds the control character U+0009"));
        check("a\u{202e}b", Some("holds the control character U+202E"));
        check("a\u{9b}b", Some("holds the control character U+009B"));
    }

    #[test]
    fn an_identifier_keeps_all_its_digits() {
        let check = |text: &str, is_good: bool| assert_eq!(check_identifier(text).is_ok(), is_good, "{text:?}");
        check("+44 20 7946 0018", true);
        check("SITE E+1", true);
        check("4.42079E+11", false);
        check("4e+11", false);
        check("\u{ff10}\u{ff12}\u{ff10}", false);
    }
}
