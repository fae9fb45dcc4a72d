//! What stands in a file or in the book for a line or a number → the one form in which both are compared (M1).

use super::usage::Text;

/// How bare digits are read (M1); declared by a layout, the defaults for the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberRules {
    /// The workspace's country calling code: `44`.
    pub country_code: String,
    /// Bare digits are international: `33…` is `+33…`.
    pub bare_is_international: bool,
    /// Bare digits are national: `7700900123` is `+447700900123`.
    pub bare_is_national: bool,
}

impl NumberRules {
    /// The rules for the book and for layouts that declare nothing.
    pub fn of_country(country_code: &str) -> Self {
        Self { country_code: country_code.to_owned(), bare_is_international: false, bare_is_national: false }
    }
}

/// The shortest run of bare digits that `bare_is_international` takes for a full number; shorter ones are short codes.
const SHORTEST_INTERNATIONAL: usize = 7;
/// How many digits follow the country code in a full national number.
const NATIONAL_LENGTHS: std::ops::RangeInclusive<usize> = 9..=10;

/// Brings an identifier to the form in which it is compared (M1): `+` and digits for a full number, bare digits for a
/// short code, capitals without outer spaces for what is not a number.
///
/// ```
/// use tollbook::domain::telephone::{NumberRules, normalise};
/// let rules = NumberRules::of_country("44");
/// assert_eq!(normalise("+44 (0)20 7946-0018", &rules), "+442079460018");
/// assert_eq!(normalise("sip-trunk 7 ", &rules), "SIP-TRUNK 7");
/// ```
pub fn normalise(raw: &str, rules: &NumberRules) -> String {
    let raw = raw.trim();
    match number_form(raw, rules) {
        Some(number) => number.into(),
        None => raw.to_uppercase(),
    }
}

/// The same as [`normalise`] of what needs no thought: digits, perhaps after a `+`. None for everything else.
pub fn plain_number(raw: &str, rules: &NumberRules) -> Option<Text> {
    let (plus, digits) = match raw.strip_prefix('+') {
        Some(digits) => (true, digits),
        None => (false, raw),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let country = rules.country_code.as_str();
    let with = |start: &str, rest: &str| {
        let mut number = Text::with_capacity(1 + start.len() + rest.len());
        number.push('+');
        number.push_str(start);
        number.push_str(rest);
        Some(number)
    };
    if plus {
        return Some(Text::from(raw));
    }
    match digits.as_bytes() {
        [b'0', b'0', _, ..] => with("", &digits[2..]),
        [b'0', _, ..] => with(country, &digits[1..]),
        _ if digits.strip_prefix(country).is_some_and(|rest| NATIONAL_LENGTHS.contains(&rest.len())) => {
            with("", digits)
        }
        _ if rules.bare_is_international && digits.len() >= SHORTEST_INTERNATIONAL => with("", digits),
        _ if rules.bare_is_national && NATIONAL_LENGTHS.contains(&digits.len()) => with(country, digits),
        _ => Some(Text::from(digits)),
    }
}

/// The number that `raw` stands for, or `None` if it is not a number.
fn number_form(raw: &str, rules: &NumberRules) -> Option<Text> {
    let is_separator = |c: char| matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}');
    let with_trunk_zero = raw.starts_with('+') || raw.starts_with("00");
    // `(0)` is the trunk zero that people write inside an international number; elsewhere the brackets mean nothing.
    let text = if with_trunk_zero { raw.replacen("(0)", "", 1) } else { raw.to_owned() };
    let bare: String = text.chars().filter(|c| !is_separator(*c)).collect();
    plain_number(&bare, rules)
}
