//! One price × (1 + percent), rounded to 4 decimals of the unit that it is written in, a half away from zero (R17); and
//! the price fields of a rate row. Knows neither dates nor tariffs.

use crate::book::{read_steps, steps_text};
use crate::domain::money::{Overflow, Percent, Price, Rounding, divide, power_of_ten};
use crate::domain::price_book::RateStep;
use crate::tariffs::rows::Row;

use super::report::PriceChange;

/// Decimals of a raised price, of the unit of its tariff: pence or pounds (R17).
const DECIMALS: u32 = 4;

/// A column of `rates.csv` that holds a price, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PriceField {
    /// Once per call.
    Connection,
    /// Per minute, MB, message or event.
    Rate,
    /// Least of connection and usage together.
    Minimum,
    /// Most of connection and usage together.
    Maximum,
    /// Access, once per call.
    AccessConnection,
    /// Access, per minute.
    AccessRate,
    /// Connection and rate of every step.
    Steps,
}

impl PriceField {
    /// All, in the order of the columns.
    pub const ALL: [Self; 7] = [
        Self::Connection,
        Self::Rate,
        Self::Minimum,
        Self::Maximum,
        Self::AccessConnection,
        Self::AccessRate,
        Self::Steps,
    ];

    /// The column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Rate => "rate",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::AccessConnection => "access_connection",
            Self::AccessRate => "access_rate",
            Self::Steps => "steps",
        }
    }

    /// Reads the name of the column.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == text)
    }
}

/// A price times (1 + percent).
pub(super) fn raised(price: Price, percent: Percent) -> Result<Price, Overflow> {
    let hundred = power_of_ten(6);
    let factor = hundred + i128::from(percent.scaled());
    let lost = power_of_ten(8 - DECIMALS);
    let product = i128::from(price.scaled()).checked_mul(factor).ok_or(Overflow)?;
    Price::from_wide(divide(product, hundred * lost, Rounding::HalfUp).checked_mul(lost).ok_or(Overflow)?)
}

/// By how much a price changed; nothing for one that was 0.
pub(super) fn reached(old: Price, new: Price) -> Option<Percent> {
    let (old, new) = (i128::from(old.scaled()), i128::from(new.scaled()));
    let difference = (new - old).checked_mul(power_of_ten(6))? * old.signum();
    Percent::from_wide(divide(difference, old.checked_abs().filter(|old| *old > 0)?, Rounding::HalfUp)).ok()
}

/// The prices of a field of a row: one, those of the steps, or none.
pub(super) fn field_prices(row: Row, field: PriceField) -> Vec<Price> {
    match field {
        PriceField::Steps => steps(row).iter().flat_map(|step| [step.connection, step.rate]).collect(),
        _ => row.price(field.name()).into_iter().collect(),
    }
}

fn steps(row: Row) -> Vec<RateStep> {
    row.get("steps").and_then(|text| read_steps(text).ok()).unwrap_or_default()
}

/// What an increase makes of a field of a row; nothing if it holds no price.
pub(super) fn raise_field(row: Row, field: PriceField, percent: Percent) -> Result<Option<PriceChange>, Overflow> {
    let old = field_prices(row, field);
    if old.is_empty() {
        return Ok(None);
    }
    let new: Vec<Price> = old.iter().map(|price| raised(*price, percent)).collect::<Result<_, _>>()?;
    let (old_text, new_text) = match field {
        PriceField::Steps => {
            let before = steps(row);
            let pairs = before.iter().zip(new.chunks_exact(2));
            let after = pairs.map(|(step, pair)| RateStep { connection: pair[0], rate: pair[1], ..*step });
            (steps_text(&before), steps_text(&after.collect::<Vec<_>>()))
        }
        _ => (old[0].to_string(), new[0].to_string()),
    };
    let vanishes = |(old, new): (&Price, &Price)| !old.is_zero() && new.is_zero();
    Ok(Some(PriceChange {
        field: field.name(),
        vanishes: old.iter().zip(&new).any(vanishes),
        reached: old.iter().zip(&new).filter_map(|(old, new)| reached(*old, *new)).collect(),
        old: old_text,
        new: new_text,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_away_from_zero_at_the_fourth_decimal() {
        let check = |price: &str, percent: &str, expected: &str| {
            let new = raised(Price::parse(price).unwrap(), Percent::parse(percent).unwrap()).unwrap();
            assert_eq!(new.to_string(), expected, "{price} + {percent} %");
        };
        check("1.2345", "5", "1.2962"); // 1.296225
        check("0.012345", "5", "0.013"); // 0.01296225, as in a tariff in pounds
        check("1", "0.005", "1.0001"); // 1.00005
        check("-1", "0.005", "-1.0001");
        check("1", "0.0049", "1"); // 1.000049
        check("1", "-0.005", "1"); // 0.99995
        check("2.1", "10", "2.31");
        check("0", "5", "0");
        check("7.5", "-100", "0");
        check("0.01", "10000", "1.01");
        check("1.23456789", "0.0001", "1.2346"); // also what had more decimals has 4 now
        let most = Price::from_scaled(i64::MAX);
        assert_eq!(raised(most, Percent::parse("1").unwrap()), Err(Overflow));
    }

    #[test]
    fn what_is_reached_is_told_to_4_decimals() {
        let check = |old: &str, new: &str, expected: Option<&str>| {
            let found = reached(Price::parse(old).unwrap(), Price::parse(new).unwrap());
            assert_eq!(found.map(|percent| percent.to_string()).as_deref(), expected, "{old} → {new}");
        };
        check("1.2345", "1.2962", Some("4.998")); // 0.0617 ÷ 1.2345 = 4.99797 %
        check("0.012345", "0.013", Some("5.3058")); // 0.000655 ÷ 0.012345
        check("-2", "-2.1", Some("5"));
        check("0.0001", "0.0001", Some("0"));
        check("0", "0", None);
    }
}
