//! Sums, shares and texts from files → words for the page: complete, so that a template only places them. No markup.

use crate::domain::money::{Currency, Rounding, Sum, divide, power_of_ten};
use crate::report::screen::{amount, count};
use crate::report::volume::percent_of;

/// How amounts of one currency are written.
#[derive(Clone)]
pub(super) struct Words {
    sign: String,
    digits: u32,
}

/// An amount as a count of minor units, wide enough for sums over any run.
pub(super) type Minor = i128;

impl Words {
    pub(super) fn of(currency: Currency) -> Self {
        Self { sign: currency.sign(), digits: currency.digits }
    }

    /// `£1,234.50`, `−£3.00`.
    pub(super) fn money(&self, minor: Minor) -> String {
        format!("{}{}", if minor < 0 { "−" } else { "" }, self.magnitude(minor))
    }

    /// The same with a plus before what is more than nothing.
    pub(super) fn signed(&self, minor: Minor) -> String {
        let sign = match minor {
            0 => "",
            ..0 => "−",
            _ => "+",
        };
        format!("{sign}{}", self.magnitude(minor))
    }

    /// A difference in a sentence: `£3.00 more`, `£3.00 less`.
    pub(super) fn more_or_less(&self, difference: Minor) -> String {
        match difference {
            0 => "no more and no less".into(),
            ..0 => format!("{} less", self.magnitude(difference)),
            _ => format!("{} more", self.magnitude(difference)),
        }
    }

    /// An exact sum in the minor unit, rounded half up.
    pub(super) fn minor<const SCALE: u32>(&self, sum: Sum<SCALE>) -> Minor {
        match SCALE.checked_sub(self.digits) {
            Some(lost) => divide(sum.wide(), power_of_ten(lost), Rounding::HalfUp),
            None => sum.wide() * power_of_ten(self.digits - SCALE),
        }
    }

    /// An exact sum, rounded for reading.
    pub(super) fn exact<const SCALE: u32>(&self, sum: Sum<SCALE>) -> String {
        self.money(self.minor(sum))
    }

    fn magnitude(&self, minor: Minor) -> String {
        let (minor, unit) = (minor.unsigned_abs(), power_of_ten(self.digits).unsigned_abs());
        let whole = count(minor / unit);
        match self.digits {
            0 => format!("{}{whole}", self.sign),
            digits => format!("{}{whole}.{:0width$}", self.sign, minor % unit, width = digits as usize),
        }
    }
}

/// `1,234`.
pub(super) fn number(of: u64) -> String {
    count(u128::from(of))
}

/// `1 invoice`, `1,234 invoices`.
pub(super) fn counted(of: u64, what: &str) -> String {
    format!("{} {what}{}", number(of), if of == 1 { "" } else { "s" })
}

/// `+12.5%`: a difference as a share of what it is a difference from; empty where that is nothing.
pub(super) fn change_in_percent(difference: Minor, from: Minor) -> String {
    let Some(percent) = percent_of(Sum::<0>::from_wide(difference), Sum::from_wide(from)) else { return String::new() };
    let sign = if percent.wide() > 0 { "+" } else { "" };
    format!("{sign}{}%", with_minus(&amount(&percent.to_places(1))))
}

/// `43.2%`: a part of a whole; empty where that is nothing.
pub(super) fn share(part: Minor, whole: Minor) -> String {
    if whole <= 0 {
        return String::new();
    }
    let percent = percent_of(Sum::<0>::from_wide(part), Sum::from_wide(whole));
    percent.map(|percent| with_minus(&amount(&percent.to_places(1))) + "%").unwrap_or_default()
}

fn with_minus(number: &str) -> String {
    number.replace('-', "−")
}

/// The longest text of a file that is shown in full, in characters.
const LONGEST: usize = 160;

/// Text of a file as the page may show it: controls become spaces, what turns the direction of writing or has no width
/// goes, and what is too long ends in `…` (O3).
pub(super) fn shown(text: &str) -> String {
    cut(&printable(text), LONGEST)
}

/// At most so many characters.
pub(super) fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest - 1).collect();
    kept.trim_end().to_owned() + "…"
}

fn printable(text: &str) -> String {
    let is_deceiving = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    let spaced = text.chars().filter(|c| !is_deceiving(*c)).map(|c| if c.is_control() { ' ' } else { c });
    spaced.collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_their_signs() {
        let words = Words::of(Currency::GBP);
        for (minor, plain, signed) in [
            (0, "£0.00", "£0.00"),
            (5, "£0.05", "+£0.05"),
            (-123_456_789, "−£1,234,567.89", "−£1,234,567.89"),
            (100_000, "£1,000.00", "+£1,000.00"),
        ] {
            assert_eq!((words.money(minor).as_str(), words.signed(minor).as_str()), (plain, signed));
        }
        let yen = Words::of(Currency::parse("JPY").unwrap());
        assert!(yen.money(1_234).ends_with("1,234"), "{}", yen.money(1_234));
        // 0.005 half up, away from zero.
        assert_eq!(words.exact(Sum::<8>::from_wide(500_000)), "£0.01");
        assert_eq!(words.exact(Sum::<8>::from_wide(-500_000)), "−£0.01");
        assert_eq!(words.exact(Sum::<0>::from_wide(7)), "£7.00");
    }

    #[test]
    fn shares_and_changes() {
        for (difference, from, expected) in
            [(125, 1_000, "+12.5%"), (-1, 3, "−33.3%"), (5, 0, ""), (0, 5, "0.0%"), (50, -100, "+50.0%")]
        {
            assert_eq!(change_in_percent(difference, from), expected, "{difference} of {from}");
        }
        assert_eq!([share(432, 1_000), share(-10, 100), share(1, 0)], ["43.2%", "−10.0%", ""]);
    }

    #[test]
    fn text_of_files_shows_what_was_entered_o3() {
        for (text, expected) in [
            ("Caffè & Söhne", "Caffè & Söhne"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("two\r\nlines\0", "two  lines"),
            ("\u{feff}mark", "mark"),
            ("<script>", "<script>"), // the template escapes
        ] {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(shown(&"x".repeat(1_000)).chars().count(), LONGEST);
        assert_eq!([cut("abcdef", 6), cut("abc defg", 5)], ["abcdef", "abc…"]);
    }
}
