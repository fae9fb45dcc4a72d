//! Exact amounts: a decimal text → a rational number of any size → rounded once, where a rule says so (X1, X3). No scale,
//! no limit, no float.

use num_bigint::BigInt;
use num_rational::Ratio;

/// A number without any rounding.
pub type Amount = Ratio<BigInt>;

/// A whole number.
pub fn whole(number: u64) -> Amount {
    Amount::from_integer(BigInt::from(number))
}

/// Nothing.
pub fn zero() -> Amount {
    whole(0)
}

/// So many units, each 10^-`decimals`.
pub fn of_units(units: i64, decimals: u32) -> Amount {
    Amount::new(BigInt::from(units), BigInt::from(10).pow(decimals))
}

/// X4: digits, one decimal point, a leading minus; a blank is nothing.
pub fn number(text: &str) -> Amount {
    if text.is_empty() {
        return zero();
    }
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let digits: BigInt = text.replace('.', "").parse().unwrap_or_else(|_| panic!("{text:?} is no number"));
    Amount::new(digits, BigInt::from(10).pow(u32::try_from(decimals).unwrap()))
}

/// X2: a price of a row is in its tariff's declared unit; here in the major unit. All currencies of the random books
/// have a hundred minor units.
pub fn price(text: &str, unit: &str) -> Amount {
    match unit {
        "major" => number(text),
        "minor" => number(text) / whole(100),
        _ => panic!("{unit:?} is no unit"),
    }
}

/// X3: to so many decimals, by the named mode, alike for negative amounts (half-up is half away from zero).
pub fn round(amount: &Amount, decimals: u32, mode: &str) -> Amount {
    let scale = Amount::from_integer(BigInt::from(10).pow(decimals));
    let is_negative = *amount < zero();
    let magnitude = if is_negative { -amount } else { amount.clone() } * &scale;
    let below = magnitude.trunc();
    let rest = &magnitude - &below;
    let half = Amount::new(BigInt::from(1), BigInt::from(2));
    let is_odd = below.to_integer() % 2 == BigInt::from(1);
    let goes_up = match mode {
        "up" => rest > zero(),
        "down" => false,
        "half_up" => rest >= half,
        "half_even" => rest > half || (rest == half && is_odd),
        _ => panic!("{mode:?} is no rounding"),
    };
    let rounded = if goes_up { below + whole(1) } else { below } / scale;
    if is_negative { -rounded } else { rounded }
}

/// The count of 10^-`decimals` that the amount is; `None` if it is beyond 64 bits (X1).
///
/// # Panics
/// If it has more decimals.
pub fn units(amount: &Amount, decimals: u32) -> Option<i64> {
    let scaled = amount * Amount::from_integer(BigInt::from(10).pow(decimals));
    assert!(scaled.is_integer(), "{amount} has more than {decimals} decimals");
    i64::try_from(scaled.to_integer()).ok()
}

/// R4: × (1 + percent / 100).
pub fn marked_up(amount: &Amount, percent: &str) -> Amount {
    amount * (whole(1) + number(percent) / whole(100))
}

/// The smallest multiple of `step` that is not below `number`.
pub fn rounded_up(number: u64, step: u64) -> u64 {
    number.div_ceil(step) * step
}

#[test]
fn rounding_is_as_x3_says() {
    let rows = [
        ("0.125", 2, "half_up", "0.13"),
        ("-0.125", 2, "half_up", "-0.13"),
        ("0.125", 2, "half_even", "0.12"),
        ("0.135", 2, "half_even", "0.14"),
        ("-0.125", 2, "half_even", "-0.12"),
        ("0.121", 2, "up", "0.13"),
        ("-0.121", 2, "up", "-0.13"),
        ("0.129", 2, "down", "0.12"),
        ("-0.129", 2, "down", "-0.12"),
    ];
    for (amount, decimals, mode, expected) in rows {
        assert_eq!(round(&number(amount), decimals, mode), number(expected), "{amount} {mode}");
    }
}
