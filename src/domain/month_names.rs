//! The names of months, in English, as files and people write them.

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The number of a month, from 1, by its name or the first three letters of it, whatever the capitals.
pub fn month_named(text: &str) -> Option<u32> {
    let name = text.to_ascii_lowercase();
    let is_called = |month: &str| month == name || (name.len() == 3 && month.starts_with(&name));
    (1..).zip(MONTHS).find(|(_, month)| is_called(month)).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::month_named;

    #[test]
    fn months_have_names_and_short_names() {
        for (text, expected) in [
            ("January", Some(1)),
            ("SEP", Some(9)),
            ("may", Some(5)),
            ("december", Some(12)),
            ("sept", None),
            ("ja", None),
            ("", None),
        ] {
            assert_eq!(month_named(text), expected, "{text}");
        }
    }
}
