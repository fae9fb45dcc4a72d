//! Amounts, quantities and dates → the texts that people read on a document. Nothing here is charged: what does not
//! fit a text is shown rounded only where it is a volume of data; money is shown exactly.

use std::ops::RangeInclusive;

use crate::domain::bill::Amount;
use crate::domain::money::{Currency, Decimal, Percent, Rounding, Sum, divide};
use crate::domain::time::Date;

/// The sign before a negative amount: as wide as a digit, unlike a hyphen.
const MINUS: char = '−';

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Writes amounts of one currency.
#[derive(Clone, Copy)]
pub(super) struct MoneyStyle {
    currency: Currency,
}

impl MoneyStyle {
    /// Amounts of this currency.
    pub(super) fn new(currency: Currency) -> Self {
        Self { currency }
    }

    /// `£1,234.50`, `−£3.00`.
    pub(super) fn amount(self, amount: Amount) -> String {
        self.signed(&amount.to_string())
    }

    /// An exact amount with at least `places` decimals: `£0.0450`.
    pub(super) fn exact<const SCALE: u32>(self, amount: Decimal<SCALE>, places: u32) -> String {
        self.signed(&amount.to_places(places))
    }

    /// A price with the currency's digits, and more only where it has them: `£7.50`, `£0.015`.
    pub(super) fn price<const SCALE: u32>(self, price: Decimal<SCALE>) -> String {
        self.exact(price, self.currency.digits)
    }

    /// The exact sum of amounts with at least `places` decimals.
    pub(super) fn sum<const SCALE: u32>(self, sum: Sum<SCALE>, places: u32) -> String {
        self.signed(&sum.to_places(places))
    }

    /// How many decimals it takes to write each of the amounts exactly, and at least the currency's: the places of a
    /// column, so that its decimal points stand below each other.
    pub(super) fn places<const SCALE: u32>(self, amounts: impl Iterator<Item = Decimal<SCALE>>) -> u32 {
        amounts.map(decimals_of).max().unwrap_or(0).max(self.currency.digits)
    }

    fn signed(self, decimal: &str) -> String {
        let (minus, magnitude) = split_sign(decimal);
        // A code and its amount stay on one line.
        let sign = self.currency.sign().replace(' ', "\u{a0}");
        format!("{minus}{sign}{}", grouped(magnitude))
    }
}

/// How many decimals an amount has, trailing zeros left out.
fn decimals_of<const SCALE: u32>(amount: Decimal<SCALE>) -> u32 {
    let mut scaled = amount.scaled();
    let mut decimals = SCALE;
    while decimals > 0 && scaled % 10 == 0 {
        scaled /= 10;
        decimals -= 1;
    }
    decimals
}

/// An amount without the currency's sign, for a column whose head names it: `1,234.5000`.
pub(super) fn plain<const SCALE: u32>(amount: Decimal<SCALE>, places: u32) -> String {
    number(&amount.to_places(places))
}

/// A quantity with no more decimals than it has: `1,200`, `0.5`.
pub(super) fn quantity<const SCALE: u32>(quantity: Decimal<SCALE>) -> String {
    number(&quantity.to_string())
}

/// A count: `12,345`.
pub(super) fn count(count: u64) -> String {
    grouped(&count.to_string())
}

/// `20%`, `12.5%`.
pub(super) fn percent(percent: Percent) -> String {
    format!("{}%", number(&percent.to_string()))
}

/// Hours, minutes and seconds: `0:03:05`, `1,204:00:09`.
pub(super) fn duration(seconds: u64) -> String {
    format!("{}:{:02}:{:02}", count(seconds / 3600), seconds / 60 % 60, seconds % 60)
}

/// Units of data, each with its size in bytes and the decimals it is shown with; the largest first.
const DATA_UNITS: [(&str, u64, u32); 3] = [("GB", 1_000_000_000, 2), ("MB", 1_000_000, 2), ("kB", 1_000, 1)];

/// A volume of data in the largest decimal unit that it fills, rounded half up: `1.25 GB`, `640 B`.
pub(super) fn data(bytes: u64) -> String {
    let Some((unit, size, places)) = DATA_UNITS.into_iter().find(|(_, size, _)| bytes >= *size) else {
        return format!("{bytes} B");
    };
    let steps = 10_i128.pow(places);
    let scaled = divide(i128::from(bytes) * steps, i128::from(size), Rounding::HalfUp);
    let fraction = scaled % steps;
    format!("{}.{fraction:0width$} {unit}", grouped(&(scaled / steps).to_string()), width = places as usize)
}

/// `1 Nov 2026`.
pub(super) fn short_date(date: Date) -> String {
    format!("{} {}", day_month(date), date.year())
}

/// A period, both days included: `1–30 Nov 2026`, `15 Oct – 14 Nov 2026`, `15 Dec 2026 – 14 Jan 2027`.
pub(super) fn period(from: Date, to: Date) -> String {
    if from == to {
        short_date(from)
    } else if from.first_of_month() == to.first_of_month() {
        format!("{}–{}", from.day(), short_date(to))
    } else if from.year() == to.year() {
        format!("{} – {}", day_month(from), short_date(to))
    } else {
        format!("{} – {}", short_date(from), short_date(to))
    }
}

fn day_month(date: Date) -> String {
    format!("{} {}", date.day(), MONTHS[date.month() as usize - 1])
}

/// Text as it may be printed: controls become spaces; what turns the direction of writing or has no width goes, so that
/// nothing on a page reads otherwise than it was entered (O3).
pub(super) fn printable(text: &str) -> String {
    let spaced = |character: char| if character.is_control() { ' ' } else { character };
    let shown = text.chars().filter(|character| !DECEIVING.iter().any(|range| range.contains(character)));
    shown.map(spaced).collect::<String>().trim().to_owned()
}

/// Zero-width space, marks and embeddings of direction, word joiner and isolates, byte order mark.
const DECEIVING: [RangeInclusive<char>; 5] = [
    '\u{200b}'..='\u{200b}',
    '\u{200e}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{2069}',
    '\u{feff}'..='\u{feff}',
];

/// The longest word that fits the narrowest column.
const LONGEST_WORD: usize = 20;

/// Printable text in which a line may end inside a word that is too long for a column.
pub(super) fn wrapped(text: &str) -> String {
    let text = printable(text);
    let mut wrapped = String::with_capacity(text.len());
    let mut run = 0;
    for character in text.chars() {
        run = if character.is_whitespace() || character == '-' { 0 } else { run + 1 };
        if run > LONGEST_WORD {
            wrapped.push('\u{200b}');
            run = 1;
        }
        wrapped.push(character);
    }
    wrapped
}

fn number(decimal: &str) -> String {
    let (minus, magnitude) = split_sign(decimal);
    format!("{minus}{}", grouped(magnitude))
}

fn split_sign(decimal: &str) -> (String, &str) {
    match decimal.strip_prefix('-') {
        Some(magnitude) => (MINUS.into(), magnitude),
        None => (String::new(), decimal),
    }
}

/// Commas between groups of three digits before the decimal point.
fn grouped(magnitude: &str) -> String {
    let (whole, fraction) = magnitude.split_at(magnitude.find('.').unwrap_or(magnitude.len()));
    let mut text = String::with_capacity(magnitude.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(fraction);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::{CallCharge, Money, Price, Quantity};

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect(code)
    }

    #[test]
    fn amounts() {
        for (minor, code, expected) in [
            (0, "GBP", "£0.00"),
            (5, "GBP", "£0.05"),
            (99_999, "GBP", "£999.99"),
            (100_000, "GBP", "£1,000.00"),
            (-123_456_789, "EUR", "−€1,234,567.89"),
            (1_234, "JPY", "JPY\u{a0}1,234"),
            (-1_234_567, "KWD", "−KWD\u{a0}1,234.567"),
            (i64::MIN, "USD", "−$92,233,720,368,547,758.08"),
        ] {
            let currency = currency(code);
            assert_eq!(MoneyStyle::new(currency).amount(Amount::new(Money::from_minor(minor), currency)), expected);
        }
    }

    #[test]
    fn exact_amounts_share_the_places_of_their_column() {
        let style = MoneyStyle::new(Currency::GBP);
        let charges = ["0.045", "12", "1.2345"].map(|text| CallCharge::parse(text).expect(text));
        let places = style.places(charges.into_iter());
        assert_eq!(places, 4);
        assert_eq!(charges.map(|charge| style.exact(charge, places)), ["£0.0450", "£12.0000", "£1.2345"]);
        assert_eq!(charges.map(|charge| plain(charge, places)), ["0.0450", "12.0000", "1.2345"]);
        assert_eq!(style.sum(charges.into_iter().sum(), places), "£13.2795"); // 0.0450 + 12.0000 + 1.2345
        assert_eq!(style.places([CallCharge::ZERO].into_iter()), 2);
        for (price, expected) in [("7.5", "£7.50"), ("0.015", "£0.015"), ("-1200", "−£1,200.00")] {
            assert_eq!(style.price(Price::parse(price).expect(price)), expected);
        }
    }

    #[test]
    fn quantities_and_percentages() {
        for (text, expected) in [("1", "1"), ("1200", "1,200"), ("0.5", "0.5"), ("-1234567.25", "−1,234,567.25")] {
            assert_eq!(quantity(Quantity::parse(text).expect(text)), expected);
        }
        for (text, expected) in [("20", "20%"), ("12.5", "12.5%"), ("0", "0%")] {
            assert_eq!(percent(Percent::parse(text).expect(text)), expected);
        }
    }

    #[test]
    fn durations() {
        for (seconds, expected) in [
            (0, "0:00:00"),
            (59, "0:00:59"),
            (185, "0:03:05"),
            (86_399, "23:59:59"),
            (4_334_409, "1,204:00:09"), // 1,204 × 3,600 + 9
        ] {
            assert_eq!(duration(seconds), expected);
        }
    }

    #[test]
    fn volumes_of_data() {
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (340_550, "340.6 kB"), // 340.55, half up
            (999_999, "1,000.0 kB"),
            (12_400_000, "12.40 MB"),
            (1_254_999_999, "1.25 GB"), // 1.254999999
            (1_234_567_000_000, "1,234.57 GB"),
        ] {
            assert_eq!(data(bytes), expected);
        }
    }

    #[test]
    fn periods() {
        for (from, to, expected) in [
            ("2026-11-01", "2026-11-30", "1–30 Nov 2026"),
            ("2026-11-01", "2026-11-01", "1 Nov 2026"),
            ("2026-10-15", "2026-11-14", "15 Oct – 14 Nov 2026"),
            ("2026-12-15", "2027-01-14", "15 Dec 2026 – 14 Jan 2027"),
            ("2026-01-01", "2027-01-31", "1 Jan 2026 – 31 Jan 2027"),
        ] {
            let date = |text| Date::parse(text).expect(text);
            assert_eq!(period(date(from), date(to)), expected);
        }
    }

    #[test]
    fn printed_text_shows_what_was_entered_o3() {
        for (text, expected) in [
            ("Caffè Ŵŷnne & Söhne", "Caffè Ŵŷnne & Söhne"),
            ("  two\tparts\r\n", "two parts"),
            ("abc\u{202e}gpj.exe", "abcgpj.exe"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("#evil[$x$ *b*]", "#evil[$x$ *b*]"),
            ("nul\0", "nul"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }
    #[test]
    fn long_words_can_be_broken() {
        for (text, expected) in [
            ("twenty letters in one", "twenty letters in one"),
            ("12345678901234567890", "12345678901234567890"),
            ("123456789012345678901", "12345678901234567890\u{200b}1"),
            ("NORTHWIND-WHOLESALE-2026-0000010042", "NORTHWIND-WHOLESALE-2026-0000010042"),
        ] {
            assert_eq!(wrapped(text), expected);
        }
    }
}
