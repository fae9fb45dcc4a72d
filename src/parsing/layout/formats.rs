//! The declared forms of dates, times, durations and amounts, by name. Reading values by them is `values`' part.

use super::LayoutError;

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFormat {
    /// `YYYY-MM-DD`
    YearFirst,
    /// `DD/MM/YYYY`
    DayFirstSlashes,
    /// `DD.MM.YYYY`
    DayFirstDots,
    /// `YYYYMMDD`
    Compact,
}

const DATE_FORMATS: [(&str, DateFormat); 4] = [
    ("YYYY-MM-DD", DateFormat::YearFirst),
    ("DD/MM/YYYY", DateFormat::DayFirstSlashes),
    ("DD.MM.YYYY", DateFormat::DayFirstDots),
    ("YYYYMMDD", DateFormat::Compact),
];

/// How a time of day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockFormat {
    /// `HH:MM:SS`
    Seconds,
    /// `HH:MM`
    Minutes,
}

const CLOCK_FORMATS: [(&str, ClockFormat); 2] = [("HH:MM:SS", ClockFormat::Seconds), ("HH:MM", ClockFormat::Minutes)];

/// How the start of usage is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// A civil date and time, in one column with a separator between or in two.
    Civil {
        /// Of the date.
        date: DateFormat,
        /// Of the time of day.
        clock: ClockFormat,
        /// Between both: a space or a `T`.
        separator: u8,
    },
    /// Seconds since 1970-01-01 00:00:00 UTC.
    EpochSeconds,
}

const EPOCH: &str = "epoch seconds";

/// How a billing month is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthFormat {
    /// `June 2026` or `Jun 2026`, whatever the case.
    NameYear,
    /// `YYYY-MM`
    YearFirst,
    /// `MM/YYYY`
    MonthFirst,
    /// `YYYYMM`
    Compact,
}

const MONTH_FORMATS: [(&str, MonthFormat); 4] = [
    ("Month YYYY", MonthFormat::NameYear),
    ("YYYY-MM", MonthFormat::YearFirst),
    ("MM/YYYY", MonthFormat::MonthFirst),
    ("YYYYMM", MonthFormat::Compact),
];

/// How a duration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationUnit {
    /// Seconds, with decimals or without.
    Seconds,
    /// `HH:MM:SS`; hours of any length.
    Clock,
}

const DURATION_UNITS: [(&str, DurationUnit); 2] =
    [("seconds", DurationUnit::Seconds), ("HH:MM:SS", DurationUnit::Clock)];

/// In which unit prices are stated (X2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceUnit {
    /// Pounds.
    Major,
    /// Pence.
    Minor,
}

const PRICE_UNITS: [(&str, PriceUnit); 2] = [("major", PriceUnit::Major), ("minor", PriceUnit::Minor)];

/// Picks the value named `text` from a table of names.
pub(super) fn choose<T: Copy>(key: &str, text: &str, names: &[(&str, T)]) -> Result<T, LayoutError> {
    names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        LayoutError::at(key, format!("{text:?} is not one of {}", names.join(", ")))
    })
}

impl DateFormat {
    /// Reads the name of a form.
    pub(super) fn parse(key: &str, text: &str) -> Result<Self, LayoutError> {
        choose(key, text, &DATE_FORMATS)
    }

    /// The form as the layout writes it.
    pub fn name(self) -> &'static str {
        DATE_FORMATS.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }
}

impl ClockFormat {
    /// The form as the layout writes it.
    pub fn name(self) -> &'static str {
        CLOCK_FORMATS.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }
}

impl TimeFormat {
    /// Reads a date form and a clock form with a space or a `T` between, or `epoch seconds`.
    pub(super) fn parse(key: &str, text: &str) -> Result<Self, LayoutError> {
        if text == EPOCH {
            return Ok(Self::EpochSeconds);
        }
        let mut separators = [' ', 'T'].into_iter();
        let parts = separators.find_map(|mark| text.split_once(mark).map(|(date, clock)| (date, clock, mark)));
        let (date, clock, mark) = parts.ok_or_else(|| {
            let example = "such as \"YYYY-MM-DD HH:MM:SS\"";
            LayoutError::at(key, format!("{text:?} is not {EPOCH:?} nor a date and a time form {example}"))
        })?;
        Ok(Self::Civil {
            date: DateFormat::parse(key, date)?,
            clock: choose(key, clock, &CLOCK_FORMATS)?,
            separator: if mark == 'T' { b'T' } else { b' ' },
        })
    }

    /// The form as the layout writes it.
    pub fn name(self) -> String {
        match self {
            Self::Civil { date, clock, separator } => {
                format!("{}{}{}", date.name(), char::from(separator), clock.name())
            }
            Self::EpochSeconds => EPOCH.to_owned(),
        }
    }
}

impl MonthFormat {
    /// Reads the name of a form.
    pub(super) fn parse(key: &str, text: &str) -> Result<Self, LayoutError> {
        choose(key, text, &MONTH_FORMATS)
    }

    /// The form as the layout writes it.
    pub fn name(self) -> &'static str {
        MONTH_FORMATS.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }
}

impl DurationUnit {
    /// Reads the name of a unit.
    pub(super) fn parse(key: &str, text: &str) -> Result<Self, LayoutError> {
        choose(key, text, &DURATION_UNITS)
    }
}

/// How amounts of money are written: strictly as X4 says, but for what is declared here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountFormat {
    /// Pounds or pence.
    pub unit: PriceUnit,
    /// A comma instead of a point before the decimals.
    pub decimal_comma: bool,
    /// What stands between groups of three digits, if anything.
    pub thousands: Option<char>,
    /// What stands before an amount, if anything.
    pub currency_sign: Option<String>,
}

impl AmountFormat {
    /// Compiles the `[price]` section's words.
    pub(super) fn compile(section: &super::declaration::PriceSection) -> Result<Self, LayoutError> {
        let unit = choose("price.unit", section.unit.as_deref().unwrap_or("major"), &PRICE_UNITS)?;
        let marks = [(".", false), (",", true)];
        let decimal_comma = choose("price.decimal", section.decimal.as_deref().unwrap_or("."), &marks)?;
        let separators = [(",", ','), (".", '.'), (" ", ' '), ("'", '\'')];
        let thousands = section.thousands.as_deref().filter(|mark| !mark.is_empty());
        let thousands = thousands.map(|mark| choose("price.thousands", mark, &separators)).transpose()?;
        if thousands == Some(if decimal_comma { ',' } else { '.' }) {
            return Err(LayoutError::at("price.thousands", "is the same as the decimal mark"));
        }
        let currency_sign = section.currency_sign.clone().filter(|sign| !sign.is_empty());
        if currency_sign.as_ref().is_some_and(|sign| sign.contains(|c: char| c.is_ascii_digit() || "-.,".contains(c))) {
            return Err(LayoutError::at("price.currency_sign", "holds a digit, a minus or a mark of numbers"));
        }
        Ok(Self { unit, decimal_comma, thousands, currency_sign })
    }

    /// Nothing declared: X4 to the letter, so that no text needs to be rewritten before it is read.
    pub fn is_plain(&self) -> bool {
        !self.decimal_comma && self.thousands.is_none() && self.currency_sign.is_none()
    }
}
