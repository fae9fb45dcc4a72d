//! Numbers of a rate sheet, strictly (X2, X4): prices in the declared unit, converted exactly into the unit of the
//! tariff; increments in seconds. Guesses no separator and no unit.

use crate::book::CellRefusal;
use crate::domain::money::{Currency, NumberError, Price, power_of_ten};

/// In what a sheet states prices, and in what the tariff does (X2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    pub sheet_minor: bool,
    pub tariff_minor: bool,
    pub currency: Currency,
    pub decimal_comma: bool,
}

/// The increments of a row, in seconds (R6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Increments {
    /// The first block.
    pub initial: u64,
    /// Every block after it.
    pub next: u64,
}

const LONGEST_INCREMENT: u64 = 86_400;

impl Units {
    /// A price of the sheet's unit, not negative, in the major unit.
    pub(super) fn price(&self, text: &str) -> Result<Price, CellRefusal> {
        self.price_in(text, self.sheet_minor)
    }

    /// A price stated in the minor unit, whatever the rest of the sheet is in.
    pub(super) fn minor_price(&self, text: &str) -> Result<Price, CellRefusal> {
        self.price_in(text, true)
    }

    fn price_in(&self, text: &str, minor: bool) -> Result<Price, CellRefusal> {
        let plain = self.plain_number(text)?;
        let number = Price::parse(&plain).map_err(|error| refusal(&plain, error))?;
        if number.is_negative() {
            let hint = "0 or more; a price that is paid out (R15) goes into a sheet of our own columns, --format rates";
            return Err(refuse("is negative", hint));
        }
        let per_major = if minor { power_of_ten(self.currency.digits) } else { 1 };
        let scaled = i128::from(number.scaled());
        if scaled % per_major != 0 {
            let reason = format!("has more than {} decimal places, in the minor unit", 8 - self.currency.digits);
            return Err(refuse(&reason, "fewer decimals: prices hold 8 of the major unit (X1)"));
        }
        let price = Price::from_wide(scaled / per_major).map_err(|_| refusal(&plain, NumberError::OutOfRange))?;
        match self.in_tariff_unit(price) {
            Some(_) => Ok(price),
            None => Err(refuse("is out of range", "")),
        }
    }

    /// The text of a price as the tariff states it.
    pub(super) fn text(&self, price: Price) -> String {
        self.in_tariff_unit(price).map_or_else(String::new, |price| price.to_string())
    }

    fn in_tariff_unit(&self, price: Price) -> Option<Price> {
        let per_major = if self.tariff_minor { power_of_ten(self.currency.digits) } else { 1 };
        Price::from_wide(i128::from(price.scaled()) * per_major).ok()
    }

    /// The number with a decimal point, where a comma is declared.
    pub(super) fn plain_number(&self, text: &str) -> Result<String, CellRefusal> {
        if self.decimal_comma {
            if text.contains('.') {
                return Err(refuse("has a point, but the decimal comma is declared", "0,0125, without separators"));
            }
            return Ok(text.replacen(',', ".", 1));
        }
        if is_decimal_comma(text) {
            return Err(refuse("has a comma", "0.0125; or declare the decimal comma with --decimal-comma"));
        }
        Ok(text.to_owned())
    }
}

/// Digits, one comma, digits: `0,0125`.
fn is_decimal_comma(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    unsigned.split_once(',').is_some_and(|(whole, fraction)| digits(whole) && digits(fraction))
}

fn refusal(text: &str, error: NumberError) -> CellRefusal {
    let hint = match error {
        NumberError::NotANumber if text.contains(['£', '€', '$']) => "0.0125, without a sign of currency",
        NumberError::NotANumber if text.contains(',') => "1234.5, without separators of thousands",
        NumberError::NotANumber => "0.0125, without separators or signs",
        _ => "",
    };
    refuse(&error.to_string(), hint)
}

impl Increments {
    /// Reads `30/6`, or one number for both.
    ///
    /// # Errors
    /// What is no number of seconds from 1 to 86,400.
    pub fn parse(text: &str) -> Result<Self, CellRefusal> {
        let (initial, next) = text.split_once('/').unwrap_or((text, text));
        Ok(Self { initial: increment(initial.trim())?, next: increment(next.trim())? })
    }
}

/// A number of seconds, at least 1.
pub(super) fn increment(text: &str) -> Result<u64, CellRefusal> {
    let hint = "whole seconds from 1 to 86400: 60, 1/1, 30/6";
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refuse("is not an increment", hint));
    }
    match text.parse() {
        Ok(0) => Err(refuse("is an increment of 0", hint)),
        Ok(seconds) if seconds <= LONGEST_INCREMENT => Ok(seconds),
        _ => Err(refuse("is out of range", hint)),
    }
}

/// Why a cell is refused, and what would be accepted.
pub(super) fn refuse(reason: &str, hint: &str) -> CellRefusal {
    CellRefusal { reason: reason.to_owned(), hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(sheet_minor: bool, tariff_minor: bool, decimal_comma: bool) -> Units {
        Units { sheet_minor, tariff_minor, currency: Currency::GBP, decimal_comma }
    }

    #[test]
    fn prices_are_converted_exactly_or_refused() {
        let check = |units: Units, text: &str, expected: Result<&str, &str>| {
            let read = units.price(text).map(|price| units.text(price));
            let shown = read.as_deref().map_err(|refusal| refusal.reason.as_str());
            assert_eq!(shown, expected, "{text} {units:?}");
        };
        let number = "is not a plain number (digits, one decimal point, an optional leading minus)";
        let (pence, pounds) = (units(true, true, false), units(false, false, false));
        check(pence, "1.50", Ok("1.5"));
        check(pounds, "0.0125", Ok("0.0125"));
        check(units(true, false, false), "1.25", Ok("0.0125"));
        check(units(false, true, false), "0.0125", Ok("1.25"));
        check(pence, "0.1234567", Err("has more than 6 decimal places, in the minor unit"));
        check(pounds, "0.123456789", Err("has more than 8 decimal places"));
        check(pounds, "-0.01", Err("is negative"));
        check(units(false, true, false), "90000000000", Err("is out of range"));
        for text in ["1e5", "NaN", "£1", "1,234.5", "1 234", "+1", ".5", "5.", "--1", "1%"] {
            check(pounds, text, Err(number));
        }
        check(pounds, "0,0125", Err("has a comma"));
        check(units(false, false, true), "0,0125", Ok("0.0125"));
        check(units(false, false, true), "1", Ok("1"));
        check(units(false, false, true), "0.0125", Err("has a point, but the decimal comma is declared"));
        check(units(false, false, true), "1,234,5", Err(number));
    }

    #[test]
    fn increments_are_whole_seconds() {
        let check = |text: &str, expected: Result<(u64, u64), &str>| {
            let read = Increments::parse(text).map(|found| (found.initial, found.next));
            assert_eq!(
                read.as_ref().map_err(|refusal| refusal.reason.as_str()),
                expected.as_ref().map_err(|e| *e),
                "{text}"
            );
        };
        check("30/6", Ok((30, 6)));
        check("1 / 1", Ok((1, 1)));
        check("60", Ok((60, 60)));
        check("0", Err("is an increment of 0"));
        check("60/0", Err("is an increment of 0"));
        check("60+60", Err("is not an increment"));
        check("1/1/1", Err("is not an increment"));
        check("0.5", Err("is not an increment"));
        check("100000", Err("is out of range"));
        check("", Err("is not an increment"));
    }
}
