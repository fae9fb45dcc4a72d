//! Amounts, quantities and dates → the texts that people read on a document, as their language writes them. Nothing here
//! is charged: what does not fit a text is shown rounded only where it is a volume of data or a bar of a picture; money
//! is shown exactly.

use std::ops::RangeInclusive;

use super::Language;
use crate::domain::bill::Amount;
use crate::domain::money::{Currency, Decimal, Percent, Rounding, Sum, divide};

/// The sign before a negative amount: as wide as a digit, unlike a hyphen.
const MINUS: char = '−';

/// Writes in one language, amounts in one currency.
#[derive(Clone, Copy)]
pub(in crate::invoicing) struct Style<'a> {
    /// Whose words these are.
    pub(in crate::invoicing) language: &'a Language,
    currency: Currency,
}

impl<'a> Style<'a> {
    /// Amounts of this currency in this language.
    pub(in crate::invoicing) fn new(language: &'a Language, currency: Currency) -> Self {
        Self { language, currency }
    }

    /// A string without anything put in.
    pub(in crate::invoicing) fn word(self, key: &str) -> String {
        self.language.word(key).to_owned()
    }

    /// `£1,234.50`, `−£3.00`; `1.234,50 £` in German.
    pub(in crate::invoicing) fn amount(self, amount: Amount) -> String {
        self.signed(&amount.to_string())
    }

    /// An exact amount with at least `places` decimals: `£0.0450`.
    pub(in crate::invoicing) fn exact<const SCALE: u32>(self, amount: Decimal<SCALE>, places: u32) -> String {
        self.signed(&amount.to_places(places))
    }

    /// A price with the currency's digits, and more only where it has them: `£7.50`, `£0.015`.
    pub(in crate::invoicing) fn price<const SCALE: u32>(self, price: Decimal<SCALE>) -> String {
        self.exact(price, self.currency.digits)
    }

    /// The exact sum of amounts with at least `places` decimals.
    pub(in crate::invoicing) fn sum<const SCALE: u32>(self, sum: Sum<SCALE>, places: u32) -> String {
        self.signed(&sum.to_places(places))
    }

    /// The sum of amounts rounded half up to the currency's digits, for a picture.
    pub(in crate::invoicing) fn rounded<const SCALE: u32>(self, sum: Sum<SCALE>) -> String {
        self.signed(&self.rounded_decimal(sum))
    }

    /// The same without the currency's sign.
    pub(in crate::invoicing) fn rounded_plain<const SCALE: u32>(self, sum: Sum<SCALE>) -> String {
        self.number(&self.rounded_decimal(sum))
    }

    fn rounded_decimal<const SCALE: u32>(self, sum: Sum<SCALE>) -> String {
        let unit = 10_i128.pow(SCALE.saturating_sub(self.currency.digits));
        let minor = divide(sum.wide(), unit, Rounding::HalfUp);
        Sum::<SCALE>::from_wide(minor * unit).to_places(self.currency.digits)
    }

    /// How many decimals it takes to write each of the amounts exactly, and at least the currency's: the places of a
    /// column, so that its decimal points stand below each other.
    pub(in crate::invoicing) fn places<const SCALE: u32>(self, amounts: impl Iterator<Item = Decimal<SCALE>>) -> u32 {
        amounts.map(exact_decimals).max().unwrap_or(0).max(self.currency.digits)
    }

    /// The currency's sign without its blank, for column heads.
    pub(in crate::invoicing) fn sign(self) -> String {
        self.currency.sign().trim().to_owned()
    }

    fn signed(self, decimal: &str) -> String {
        let (minus, magnitude) = split_sign(decimal);
        let pattern = self.language.word("typography.money");
        let sign = self.currency.sign();
        // A code and its amount stay on one line, with one blank between them.
        let sign = match pattern.starts_with("{sign}") {
            true => sign.replace(' ', "\u{a0}"),
            false => sign.trim().to_owned(),
        };
        let amount = self.grouped(magnitude);
        format!("{minus}{}", self.language.fill("typography.money", &[("sign", &sign), ("amount", &amount)]))
    }

    /// A quantity with no more decimals than it has: `1,200`, `0.5`.
    pub(in crate::invoicing) fn quantity<const SCALE: u32>(self, quantity: Decimal<SCALE>) -> String {
        self.number(&quantity.to_string())
    }

    /// A count: `12,345`.
    pub(in crate::invoicing) fn count(self, count: u64) -> String {
        self.grouped(&count.to_string())
    }

    /// A count of something in words: `12,345 records`.
    pub(in crate::invoicing) fn counted(self, key: &str, count: u64) -> String {
        self.language.counted(key, count, &self.count(count))
    }

    /// A decimal text as the language writes it: `0.5`, `0,5`.
    pub(in crate::invoicing) fn number(self, decimal: &str) -> String {
        let (minus, magnitude) = split_sign(decimal);
        format!("{minus}{}", self.grouped(magnitude))
    }

    /// `20%`, `12.5%`.
    pub(in crate::invoicing) fn percent(self, percent: Percent) -> String {
        self.language.fill("typography.percent", &[("number", &self.number(&percent.to_string()))])
    }

    /// Hours, minutes and seconds: `0:03:05`, `1,204:00:09`.
    pub(in crate::invoicing) fn duration(self, seconds: u64) -> String {
        format!("{}:{:02}:{:02}", self.count(seconds / 3600), seconds / 60 % 60, seconds % 60)
    }

    /// A volume of data in the largest decimal unit that it fills, rounded half up: `1.25 GB`, `640 B`.
    pub(in crate::invoicing) fn data(self, bytes: u64) -> String {
        let Some((unit, size, places)) = DATA_UNITS.into_iter().find(|(_, size, _)| bytes >= *size) else {
            return format!("{bytes} B");
        };
        let steps = 10_i128.pow(places);
        let scaled = divide(i128::from(bytes) * steps, i128::from(size), Rounding::HalfUp);
        let decimal = format!("{}.{:0width$}", scaled / steps, scaled % steps, width = places as usize);
        format!("{} {unit}", self.number(&decimal))
    }

    /// The language's decimal sign, and its signs between groups of three digits before it.
    fn grouped(self, magnitude: &str) -> String {
        let (whole, fraction) = magnitude.split_at(magnitude.find('.').unwrap_or(magnitude.len()));
        let group = self.language.word("typography.group");
        let mut text = String::with_capacity(magnitude.len() + whole.len());
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                text.push_str(group);
            }
            text.push(digit);
        }
        if let Some(fraction) = fraction.strip_prefix('.') {
            text.push_str(self.language.word("typography.decimal"));
            text.push_str(fraction);
        }
        text
    }
}

/// Units of data, each with its size in bytes and the decimals it is shown with; the largest first.
const DATA_UNITS: [(&str, u64, u32); 3] = [("GB", 1_000_000_000, 2), ("MB", 1_000_000, 2), ("kB", 1_000, 1)];

/// How many decimals an amount has, trailing zeros left out.
fn exact_decimals<const SCALE: u32>(amount: Decimal<SCALE>) -> u32 {
    let mut scaled = amount.scaled();
    let mut decimals = SCALE;
    while decimals > 0 && scaled % 10 == 0 {
        scaled /= 10;
        decimals -= 1;
    }
    decimals
}

/// Text as it may be printed: controls become spaces; what turns the direction of writing or has no width goes, so that
/// nothing on a page reads otherwise than it was entered (O3).
pub(in crate::invoicing) fn printable(text: &str) -> String {
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
pub(in crate::invoicing) fn wrapped(text: &str) -> String {
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

fn split_sign(decimal: &str) -> (String, &str) {
    match decimal.strip_prefix('-') {
        Some(magnitude) => (MINUS.into(), magnitude),
        None => (String::new(), decimal),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Languages;
    use super::*;
    use crate::domain::money::{CallCharge, Money, Price, Quantity};

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect(code)
    }

    fn languages() -> Languages {
        Languages::load(&BTreeMap::new()).expect("what is built in is right")
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
            let (languages, currency) = (languages(), currency(code));
            let style = Style::new(languages.default(), currency);
            assert_eq!(style.amount(Amount::new(Money::from_minor(minor), currency)), expected);
        }
    }

    #[test]
    fn each_language_writes_numbers_its_way() {
        let languages = languages();
        for (code, amount, percent, data) in [
            ("cy", "−£1,234,567.89", "12.5%", "1,234.57 GB"),
            ("de", "−1.234.567,89\u{a0}£", "12,5\u{a0}%", "1.234,57 GB"),
            ("fr", "−1\u{202f}234\u{202f}567,89\u{a0}£", "12,5\u{202f}%", "1\u{202f}234,57 GB"),
        ] {
            let style = Style::new(languages.find(code).expect(code), Currency::GBP);
            assert_eq!(style.amount(Amount::new(Money::from_minor(-123_456_789), Currency::GBP)), amount);
            assert_eq!(style.percent(Percent::parse("12.5").expect("a percentage")), percent);
            assert_eq!(style.data(1_234_567_000_000), data);
        }
        let german = Style::new(languages.find("de").expect("German"), currency("JPY"));
        assert_eq!(german.amount(Amount::new(Money::from_minor(1_234), currency("JPY"))), "1.234\u{a0}JPY");
    }

    #[test]
    fn bars_of_pictures_are_rounded_to_the_minor_unit() {
        let languages = languages();
        let style = Style::new(languages.default(), Currency::GBP);
        for (scaled, expected) in [(1_234_500, "£1.23"), (1_235_000, "£1.24"), (-1_235_000, "−£1.24"), (0, "£0.00")]
        {
            assert_eq!(style.rounded(Sum::<6>::from_wide(scaled)), expected);
        }
    }

    #[test]
    fn exact_amounts_share_the_places_of_their_column() {
        let languages = languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let charges = ["0.045", "12", "1.2345"].map(|text| CallCharge::parse(text).expect(text));
        let places = style.places(charges.into_iter());
        assert_eq!(places, 4);
        assert_eq!(charges.map(|charge| style.exact(charge, places)), ["£0.0450", "£12.0000", "£1.2345"]);
        assert_eq!(charges.map(|charge| style.number(&charge.to_places(places))), ["0.0450", "12.0000", "1.2345"]);
        assert_eq!(style.sum(charges.into_iter().sum(), places), "£13.2795"); // 0.0450 + 12.0000 + 1.2345
        assert_eq!(style.places([CallCharge::ZERO].into_iter()), 2);
        for (price, expected) in [("7.5", "£7.50"), ("0.015", "£0.015"), ("-1200", "−£1,200.00")] {
            assert_eq!(style.price(Price::parse(price).expect(price)), expected);
        }
    }

    #[test]
    fn quantities_and_percentages() {
        let languages = languages();
        let style = Style::new(languages.default(), Currency::GBP);
        for (text, expected) in [("1", "1"), ("1200", "1,200"), ("0.5", "0.5"), ("-1234567.25", "−1,234,567.25")] {
            assert_eq!(style.quantity(Quantity::parse(text).expect(text)), expected);
        }
        for (text, expected) in [("20", "20%"), ("12.5", "12.5%"), ("0", "0%")] {
            assert_eq!(style.percent(Percent::parse(text).expect(text)), expected);
        }
    }

    #[test]
    fn durations() {
        let languages = languages();
        let style = Style::new(languages.default(), Currency::GBP);
        for (seconds, expected) in [
            (0, "0:00:00"),
            (59, "0:00:59"),
            (185, "0:03:05"),
            (86_399, "23:59:59"),
            (4_334_409, "1,204:00:09"), // 1,204 × 3,600 + 9
        ] {
            assert_eq!(style.duration(seconds), expected);
        }
    }

    #[test]
    fn volumes_of_data() {
        let languages = languages();
        let style = Style::new(languages.default(), Currency::GBP);
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
            assert_eq!(style.data(bytes), expected);
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
