//! A telephone number as people write it → the full number, and whether it can be one. Knows how long the numbers of a
//! country are, not which numbers there are; numbers kept for drama are numbers.

use super::Doubt;
use crate::domain::telephone::{NumberRules, normalise};

/// Country codes, and how many digits follow them. Of others only the limits of E.164 are known.
const LENGTHS: [(&str, usize, usize); 34] = [
    ("1", 10, 10),
    ("27", 9, 9),
    ("30", 10, 10),
    ("31", 9, 11),
    ("32", 8, 9),
    ("33", 9, 9),
    ("34", 9, 9),
    ("350", 8, 8),
    ("351", 9, 9),
    ("352", 5, 11),
    ("353", 7, 9),
    ("354", 7, 9),
    ("356", 8, 8),
    ("357", 8, 8),
    ("358", 5, 12),
    ("359", 7, 9),
    ("36", 8, 9),
    ("370", 8, 8),
    ("371", 8, 8),
    ("372", 7, 10),
    ("385", 8, 9),
    ("386", 8, 8),
    ("39", 6, 12),
    ("40", 9, 9),
    ("41", 9, 12),
    ("420", 9, 9),
    ("421", 9, 9),
    ("43", 4, 13),
    ("44", 9, 10),
    ("45", 8, 8),
    ("46", 7, 13),
    ("47", 8, 12),
    ("48", 9, 9),
    ("49", 5, 13),
];

/// E.164: the digits of a full number, with its country code.
const FULL_LENGTHS: std::ops::RangeInclusive<usize> = 7..=15;

/// The full number that a telephone number stands for: `+` and digits; `None` if it stands for none. An extension at the end
/// is left out.
pub fn full_number(telephone: &str, rules: &NumberRules) -> Option<String> {
    let number = normalise(without_extension(telephone), rules);
    let digits = number.strip_prefix('+')?;
    let fits = FULL_LENGTHS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(number)
}

/// The doubt about a telephone number.
pub fn doubt_of_telephone(telephone: &str, rules: &NumberRules) -> Option<Doubt> {
    let text = telephone.trim();
    if text.is_empty() {
        return None;
    }
    let normal = normalise(without_extension(text), rules);
    let digits = normal.strip_prefix('+').unwrap_or(&normal);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(not_a_number(text, rules));
    }
    if digits.bytes().all(|byte| byte == digits.as_bytes()[0]) {
        return Some(Doubt::new("has one digit only, over and over", "a real number, or blank"));
    }
    if !normal.starts_with('+') {
        let reason = "is not a full number";
        return Some(Doubt::new(
            reason,
            format!("with its area code, or from + and the country code on: {}", example(rules)),
        ));
    }
    let known = LENGTHS.iter().find(|(code, _, _)| digits.starts_with(code));
    let (code, least, most) = known.copied().unwrap_or(("", *FULL_LENGTHS.start(), *FULL_LENGTHS.end()));
    if let Some(doubt) = national_fault(code, &digits[code.len()..]) {
        return Some(doubt);
    }
    let length = digits.len() - code.len();
    let of = if code.is_empty() { "a full number".to_owned() } else { format!("a number after +{code}") };
    let lengths = if least == most { format!("{least}") } else { format!("{least} to {most}") };
    if length < least {
        return Some(Doubt::new(format!("is too short: {of} has {lengths} digits, this one {length}"), ""));
    }
    if length > most || digits.len() > *FULL_LENGTHS.end() {
        return Some(Doubt::new(
            format!("is too long: {of} has {lengths} digits, this one {length}"),
            "one number only",
        ));
    }
    None
}

/// Numbers of which national ones can begin with what.
fn national_fault(code: &str, national: &str) -> Option<Doubt> {
    let first = national.chars().next()?;
    let fault = |reason: &str, hint: &str| Some(Doubt::new(reason, hint));
    match (code, first) {
        ("44", '0') => fault("has a zero between the country code and the number", "leave out the zero after +44"),
        ("44", '4' | '6') => fault("begins like no number of the United Kingdom", "01, 02, 03, 05, 07, 08 or 09"),
        ("1", '0' | '1') => fault("begins like no number of North America", "an area code from 2 on"),
        _ => None,
    }
}

fn not_a_number(text: &str, rules: &NumberRules) -> Doubt {
    let reason =
        if text.contains('@') { "is an e-mail address, not a telephone number" } else { "is not a telephone number" };
    if text.contains(['e', 'E']) && text.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) && text.contains('+')
    {
        return Doubt::new(
            "is a number that a spreadsheet rounded; its last digits are lost",
            "format the cell as text and enter it anew",
        );
    }
    Doubt::new(reason, format!("digits, as {}", example(rules)))
}

fn example(rules: &NumberRules) -> String {
    if rules.country_code == "44" { "020 7946 0000".into() } else { format!("+{} …", rules.country_code) }
}

/// The text before `x`, `ext` and the like with up to six digits after it.
fn without_extension(telephone: &str) -> &str {
    let text = telephone.trim();
    let before_digits = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - before_digits.len();
    if digits == 0 || digits > 6 {
        return text;
    }
    let words = before_digits.trim_end_matches([' ', '.', ':', '\u{a0}']);
    let small = words.to_ascii_lowercase();
    for word in ["extension", "extn", "ext", "x", "#"] {
        if let Some(start) = small.strip_suffix(word) {
            return text[..start.len()].trim_end_matches([' ', ',', ';', '(']);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_doubted_for_their_length_and_form() {
        let uk = "a number after +44 has 9 to 10 digits, this one";
        for (telephone, expected) in [
            ("", ""),
            ("020 7946 0018", ""),
            ("+44 (0)20 7946-0018", ""),
            ("0044 161 496 0018", ""),
            ("07700 900123", ""),
            ("447700900123", ""),
            ("0800 496 018", ""),
            ("020 7946 0018 ext. 12", ""),
            ("020 7946 0018 x1234", ""),
            ("+33 1 99 00 12 34", ""),
            ("+353 1 500 1234", ""),
            ("+1 202 555 0143", ""),
            ("+999 1234567", ""),
            ("020 7946 001", ""),
            ("020 7946 00", &format!("is too short: {uk} 8")),
            ("020 7946 00181", &format!("is too long: {uk} 11")),
            ("020 7946 0018 / 07700 900123", &format!("is too long: {uk} 21")),
            ("+33 1 99 00 12", "is too short: a number after +33 has 9 digits, this one 7"),
            ("+1 20 2555 014", "is too short: a number after +1 has 10 digits, this one 9"),
            ("+999 12", "is too short: a full number has 7 to 15 digits, this one 5"),
            ("+44 020 7946 001", "has a zero between the country code and the number"),
            ("0620 7946 001", "begins like no number of the United Kingdom"),
            ("+1 102 555 0143", "begins like no number of North America"),
            ("7946 0018", "is not a full number"),
            ("7700900123", "is not a full number"),
            ("00000000000", "has one digit only, over and over"),
            ("n/a", "is not a telephone number"),
            ("ask Ann", "is not a telephone number"),
            ("ann@acme.example", "is an e-mail address, not a telephone number"),
            ("4.47911E+11", "is a number that a spreadsheet rounded; its last digits are lost"),
        ] {
            let said = doubt_of_telephone(telephone, &NumberRules::of_country("44")).map(|doubt| doubt.reason);
            assert_eq!(said.unwrap_or_default(), expected, "{telephone:?}");
        }
    }

    #[test]
    fn spellings_of_a_number_are_one_number() {
        let rules = NumberRules::of_country("44");
        for telephone in
            ["020 7946 0018", "+44 (0)20 7946 0018", "0044 20 79460018", "02079460018 extn 4", "020-7946.0018 x 7"]
        {
            assert_eq!(full_number(telephone, &rules).as_deref(), Some("+442079460018"), "{telephone:?}");
        }
        for telephone in ["", "118118", "n/a", "+44", "ext 12"] {
            assert_eq!(full_number(telephone, &rules), None, "{telephone:?}");
        }
    }

    #[test]
    fn no_country_code_of_the_table_begins_another() {
        for (place, (code, least, most)) in LENGTHS.iter().enumerate() {
            assert!(least <= most && code.len() + most <= *FULL_LENGTHS.end(), "{code}");
            let beginning =
                LENGTHS.iter().enumerate().any(|(other, (start, _, _))| other != place && code.starts_with(start));
            assert!(!beginning, "{code} begins like another");
        }
    }
}
