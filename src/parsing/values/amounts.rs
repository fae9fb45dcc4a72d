//! Text → an exact amount of money in the major unit (X2, X4). Rounds nothing: what does not fit 8 decimals is refused.

use std::borrow::Cow;

use super::super::layout::{AmountFormat, PriceUnit};
use super::Wrong;
use crate::domain::money::{Currency, NumberError, Price};

/// Reads an amount as the layout writes it; prices stated in the minor unit become the major one, exactly.
pub(in super::super) fn read_amount(text: &str, format: &AmountFormat, currency: Currency) -> Result<Price, Wrong> {
    let plain = if format.is_plain() { Cow::Borrowed(text) } else { Cow::Owned(as_plain(text, format)?) };
    let stated = Price::parse(&plain).map_err(|error| match error {
        NumberError::Empty => Wrong::Borrowed("is missing"),
        NumberError::OutOfRange => Wrong::Borrowed("is beyond 92,233,720,368, the largest amount"),
        error => Wrong::Owned(error.to_string()),
    })?;
    match format.unit {
        PriceUnit::Major => Ok(stated),
        PriceUnit::Minor => {
            let hundred = 10_i64.pow(currency.digits);
            if stated.scaled() % hundred != 0 {
                let places = 8 - currency.digits;
                return Err(format!("has more than {places} decimal places of the minor unit").into());
            }
            Ok(Price::from_scaled(stated.scaled() / hundred))
        }
    }
}

/// Rewrites what the layout declares (sign of currency, separators, decimal comma) to the strict form.
fn as_plain(text: &str, format: &AmountFormat) -> Result<String, Wrong> {
    let (minus, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let rest = match &format.currency_sign {
        Some(sign) => rest.strip_prefix(sign.as_str()).map_or(rest, |rest| rest.trim_start_matches(' ')),
        None => rest,
    };
    let mark = if format.decimal_comma { ',' } else { '.' };
    let (whole, fraction) = rest.split_once(mark).map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let whole = without_thousands(whole, format.thousands)?;
    Ok(match fraction {
        // A point that is not the declared mark must not become one.
        Some(fraction) if fraction.contains('.') => return Err(NumberError::NotANumber.to_string().into()),
        Some(fraction) => format!("{minus}{whole}.{fraction}"),
        None if whole.contains('.') => return Err(NumberError::NotANumber.to_string().into()),
        None => format!("{minus}{whole}"),
    })
}

/// Drops separators, but only where they cut groups of three digits.
fn without_thousands(whole: &str, separator: Option<char>) -> Result<Cow<'_, str>, Wrong> {
    let Some(separator) = separator.filter(|separator| whole.contains(*separator)) else {
        return Ok(Cow::Borrowed(whole));
    };
    let mut groups = whole.split(separator);
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    if first && groups.all(|group| group.len() == 3) {
        Ok(Cow::Owned(whole.replace(separator, "")))
    } else {
        Err("has separators that do not cut groups of three digits".into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::layout::{AmountFormat, PriceUnit};
    use super::read_amount;
    use crate::domain::money::Currency;

    const PLAIN: AmountFormat =
        AmountFormat { unit: PriceUnit::Major, decimal_comma: false, thousands: None, currency_sign: None };

    fn check(text: &str, format: &AmountFormat, expected: Option<&str>) {
        let read = read_amount(text, format, Currency::GBP);
        assert_eq!(read.as_ref().ok().map(ToString::to_string).as_deref(), expected, "{text:?}: {read:?}");
    }

    #[test]
    fn an_amount_is_strict_where_nothing_is_declared() {
        check("0.015", &PLAIN, Some("0.015"));
        check("-5.00", &PLAIN, Some("-5"));
        check("-0", &PLAIN, Some("0"));
        check("0.12345678", &PLAIN, Some("0.12345678"));
        for text in [
            "",
            "1e5",
            "1e-7",
            "1,234.50",
            "£3",
            "NaN",
            "inf",
            "(5.00)",
            "5-",
            "+5",
            ".5",
            "5.",
            "1_000",
            "0x10",
            "0.123456789",
            "99999999999999999999",
            "\u{ff15}",
            "1 000",
        ] {
            check(text, &PLAIN, None);
        }
    }

    #[test]
    fn separators_and_signs_count_where_declared() {
        let english = AmountFormat { thousands: Some(','), currency_sign: Some("£".to_owned()), ..PLAIN };
        check("£1,234.50", &english, Some("1234.5"));
        check("-£3", &english, Some("-3"));
        check("12,34.50", &english, None);
        check("1234,567", &english, None);
        check("1,234.5,0", &english, None);
        check("€3", &english, None);
        let continental = AmountFormat { decimal_comma: true, thousands: Some('.'), ..PLAIN };
        check("1.234,50", &continental, Some("1234.5"));
        check("0,003483", &continental, Some("0.003483"));
        check("1.5", &continental, None);
        check("1,5.0", &continental, None);
        let comma_only = AmountFormat { decimal_comma: true, ..PLAIN };
        check("1.5", &comma_only, None);
        check("1,5", &comma_only, Some("1.5"));
        check("1,5,0", &comma_only, None);
    }

    #[test]
    fn pence_become_pounds_exactly() {
        let pence = AmountFormat { unit: PriceUnit::Minor, ..PLAIN };
        check("1.5", &pence, Some("0.015"));
        check("0.000001", &pence, Some("0.00000001"));
        check("0.0000001", &pence, None);
        let yen = Currency::parse("JPY").expect("a currency");
        assert_eq!(read_amount("12", &pence, yen).expect("no minor digits").to_string(), "12");
    }
}
