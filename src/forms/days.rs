//! A date as people write it → a day, if there is only one that it can be.

use crate::domain::month_names::month_named;
use crate::domain::time::Date;

/// What a text says of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayText {
    /// It is in the form that the book has, or nearly: read it as it is.
    Iso,
    /// A day, in another form.
    Day(Date),
    /// One of two days: day before month, or month before day.
    Ambiguous(Date, Date),
    /// Nothing that is known.
    Unknown,
}

/// Reads `31/01/2026`, `31.1.2026`, `31 Jan 2026`, `January 31, 2026`, `2026/01/31`. Years have four digits.
pub fn read_day(text: &str) -> DayText {
    if Date::parse(text).is_some() {
        return DayText::Iso;
    }
    let parts: Vec<&str> = text.split(['/', '.', '-', ' ', ',']).filter(|part| !part.is_empty()).collect();
    let [first, second, third] = parts[..] else { return DayText::Unknown };
    let day = |year: &str, month: u32, day: &str| {
        let (year, day) = (four_digits(year)?, small(day)?);
        Date::parse(&format!("{year:04}-{month:02}-{day:02}"))
    };
    let of_month =
        |month: &str, number: &str, year: &str| month_named(month).and_then(|month| day(year, month, number));
    let found = of_month(second, first, third)
        .or_else(|| of_month(first, second, third))
        .or_else(|| small(second).and_then(|month| day(first, month, third)));
    if let Some(date) = found {
        return DayText::Day(date);
    }
    let day_first = small(second).and_then(|month| day(third, month, first));
    let month_first = small(first).and_then(|month| day(third, month, second)).filter(|_| !text.contains('.'));
    match (day_first, month_first) {
        (Some(one), Some(other)) if one != other => DayText::Ambiguous(one, other),
        (Some(one), _) => DayText::Day(one),
        // 01/31/2026 has only one meaning too.
        (None, Some(other)) => DayText::Day(other),
        (None, None) => DayText::Unknown,
    }
}

fn four_digits(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn small(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_if_there_is_only_one() {
        let shown = |text: &str| match read_day(text) {
            DayText::Iso => "iso".to_owned(),
            DayText::Day(date) => date.to_string(),
            DayText::Ambiguous(one, other) => format!("{one} or {other}"),
            DayText::Unknown => "-".to_owned(),
        };
        for (text, expected) in [
            ("2026-01-31", "iso"),
            ("31/01/2026", "2026-01-31"),
            ("01/31/2026", "2026-01-31"),
            ("3/4/2026", "2026-04-03 or 2026-03-04"),
            ("4/4/2026", "2026-04-04"),
            ("3.4.2026", "2026-04-03"),
            ("31 Jan 2026", "2026-01-31"),
            ("31-January-2026", "2026-01-31"),
            ("Jan 31, 2026", "2026-01-31"),
            ("2026/01/31", "2026-01-31"),
            ("2026-1-31", "2026-01-31"),
            ("31/01/26", "-"),
            ("30/02/2026", "-"),
            ("32 Jan 2026", "-"),
            ("Q1 2026", "-"),
            ("", "-"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
