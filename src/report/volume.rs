//! How much usage, a period and a percentage as a person reads them.

use crate::domain::money::{Rounding, Sum, divide, power_of_ten};
use crate::pipeline::reprice::{Period, Volume};

use super::screen::{amount, count};

/// `3,661 s`, `1,200,000 B`, `15`, or several of them.
pub fn units(volume: &Volume) -> String {
    let parts = [(volume.seconds, " s"), (volume.bytes, " B"), (volume.items, "")];
    let held = parts.into_iter().filter(|(sum, _)| sum.wide() != 0);
    let words: Vec<String> = held.map(|(sum, unit)| amount(&sum.to_string()) + unit).collect();
    if words.is_empty() { "0".to_owned() } else { words.join(", ") }
}

/// The cells of a volume in a spreadsheet: calls, seconds, bytes, items.
pub fn cells(volume: &Volume) -> [String; 4] {
    [volume.calls.to_string(), volume.seconds.to_string(), volume.bytes.to_string(), volume.items.to_string()]
}

/// `usage from 2026-10-01 to 2026-10-31`.
pub fn period_in_words(period: Period) -> String {
    format!("usage from {} to {}", period.from, period.to)
}

/// A difference in percent of what it is a difference from, to one decimal; none of nothing.
pub fn percent_of<const SCALE: u32>(difference: Sum<SCALE>, of: Sum<SCALE>) -> Option<Sum<1>> {
    let whole = of.wide().checked_abs().filter(|whole| *whole != 0)?;
    let thousandths = difference.wide().checked_mul(1_000)?;
    Some(Sum::from_wide(divide(thousandths, whole, Rounding::HalfUp)))
}

/// The same for the screen.
pub fn percent_in_words(percent: Option<Sum<1>>) -> String {
    percent.map_or_else(String::new, |percent| amount(&percent.to_places(1)))
}

/// An amount for the screen, with a sign also if it is more: `+1.5000`.
pub fn signed<const SCALE: u32>(sum: Sum<SCALE>) -> String {
    let plus = if sum.wide() > 0 { "+" } else { "" };
    plus.to_owned() + &amount(&sum.to_places(4))
}

/// An amount for the screen, rounded to four places; what can be read in full is in the JSON.
pub fn about<const SCALE: u32>(sum: Sum<SCALE>) -> String {
    let lost = SCALE.saturating_sub(4);
    let rounded = divide(sum.wide(), power_of_ten(lost), Rounding::HalfUp);
    amount(&match lost {
        0 => sum.to_places(4),
        _ => Sum::<4>::from_wide(rounded).to_places(4),
    })
}

/// `12 calls`, `1 call`.
pub fn calls(number: u64) -> String {
    format!("{} call{}", count(u128::from(number)), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_of_the_size_of_what_changed() {
        let rows = [
            (50, 100, Some("50.0")),
            (-1, 3, Some("-33.3")),
            (1, -2, Some("50.0")), // revenue share that pays less: up
            (1, 0, None),
            (0, 5, Some("0.0")),
            (15, 10_000, Some("0.2")), // 0.15, a half goes away from zero
        ];
        for (difference, of, expected) in rows {
            let percent = percent_of(Sum::<6>::from_wide(difference), Sum::from_wide(of));
            assert_eq!(percent.map(|percent| percent.to_places(1)).as_deref(), expected, "{difference} of {of}");
        }
    }

    #[test]
    fn units_name_what_they_count() {
        let volume = |seconds, bytes, items| Volume {
            calls: 1,
            seconds: Sum::from_wide(seconds),
            bytes: Sum::from_wide(bytes),
            items: Sum::from_wide(items),
        };
        assert_eq!(units(&volume(3661, 0, 0)), "3,661 s");
        assert_eq!(units(&volume(60, 1_000, 2)), "60 s, 1,000 B, 2");
        assert_eq!(units(&volume(0, 0, 0)), "0");
    }
}
