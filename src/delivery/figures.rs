//! Amounts and dates → the texts that a mail shows, in the customer's language. Rounds nothing.

use crate::domain::bill::Amount;
use crate::domain::money::Currency;
use crate::domain::time::Date;

/// The languages that mail is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Welsh,
    German,
    French,
}

impl Language {
    /// That of a customer; English where it names none that is known.
    pub(super) fn of(code: &str) -> Self {
        match code.get(..2).unwrap_or_default() {
            "cy" => Self::Welsh,
            "de" => Self::German,
            "fr" => Self::French,
            _ => Self::English,
        }
    }

    /// `en`, `cy`, `de`, `fr`.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Welsh => "cy",
            Self::German => "de",
            Self::French => "fr",
        }
    }

    fn months(self) -> [&'static str; 12] {
        match self {
            Self::English => [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            Self::Welsh => [
                "Ionawr",
                "Chwefror",
                "Mawrth",
                "Ebrill",
                "Mai",
                "Mehefin",
                "Gorffennaf",
                "Awst",
                "Medi",
                "Hydref",
                "Tachwedd",
                "Rhagfyr",
            ],
            Self::German => [
                "Januar",
                "Februar",
                "März",
                "April",
                "Mai",
                "Juni",
                "Juli",
                "August",
                "September",
                "Oktober",
                "November",
                "Dezember",
            ],
            Self::French => [
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ],
        }
    }
}

/// `1 November 2026`, `1. November 2026`, `1er novembre 2026`.
pub(super) fn date(language: Language, date: Date) -> String {
    let month = language.months()[date.month() as usize - 1];
    let day = match (language, date.day()) {
        (Language::German, day) => format!("{day}."),
        (Language::French, 1) => "1er".to_owned(),
        (_, day) => day.to_string(),
    };
    format!("{day} {month} {}", date.year())
}

/// `£1,234.50`, `1.234,50 £`, `1 234,50 £`.
pub(super) fn amount(language: Language, amount: Amount, currency: Currency) -> String {
    let plain = amount.to_string();
    let (minus, magnitude) = plain.strip_prefix('-').map_or(("", plain.as_str()), |magnitude| ("−", magnitude));
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let (group, point) = match language {
        Language::English | Language::Welsh => (",", "."),
        Language::German => (".", ","),
        Language::French => ("\u{202f}", ","),
    };
    let mut digits = String::new();
    for (place, digit) in whole.char_indices() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            digits.push_str(group);
        }
        digits.push(digit);
    }
    if !fraction.is_empty() {
        digits.push_str(point);
        digits.push_str(fraction);
    }
    let sign = currency.sign();
    match language {
        Language::English | Language::Welsh => format!("{minus}{}{digits}", sign.replace(' ', "\u{a0}")),
        Language::German | Language::French => format!("{minus}{digits}\u{a0}{}", sign.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;

    #[test]
    fn amounts_and_dates_are_written_as_people_write_them() {
        for (code, minor, currency, expected) in [
            ("en", 123_450, Currency::GBP, "£1,234.50"),
            ("", -300, Currency::GBP, "−£3.00"),
            ("cy", 99, Currency::GBP, "£0.99"),
            ("de", 123_456_789, Currency::GBP, "1.234.567,89\u{a0}£"),
            ("fr", -123_450, Currency::GBP, "−1\u{202f}234,50\u{a0}£"),
        ] {
            let shown = amount(Language::of(code), Amount::new(Money::from_minor(minor), currency), currency);
            assert_eq!(shown, expected);
        }
        let day = |text: &str| Date::parse(text).expect("a date");
        for (code, expected) in
            [("en", "1 March 2026"), ("cy", "1 Mawrth 2026"), ("de", "1. März 2026"), ("fr-CA", "1er mars 2026")]
        {
            assert_eq!(date(Language::of(code), day("2026-03-01")), expected);
        }
    }
}
