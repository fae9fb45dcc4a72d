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

/// X3: the count of 10^-`decimals` that is nearest by the named mode, alike for negative amounts (half-up is half away
/// from zero).
fn rounded_units(amount: &Amount, decimals: u32, mode: &str) -> BigInt {
    let is_negative = *amount < zero();
    let scaled = amount.numer() * BigInt::from(10).pow(decimals);
    let scaled = if is_negative { -scaled } else { scaled };
    let (below, twice_rest) = (&scaled / amount.denom(), (&scaled % amount.denom()) * 2);
    let is_odd = &below % 2 == BigInt::from(1);
    let goes_up = match mode {
        "up" => twice_rest > BigInt::ZERO,
        "down" => false,
        "half_up" => twice_rest >= *amount.denom(),
        "half_even" => twice_rest > *amount.denom() || (twice_rest == *amount.denom() && is_odd),
        _ => panic!("{mode:?} is no rounding"),
    };
    let rounded = if goes_up { below + 1 } else { below };
    if is_negative { -rounded } else { rounded }
}

/// X3: rounded once.
pub fn round(amount: &Amount, decimals: u32, mode: &str) -> Amount {
    Amount::new(rounded_units(amount, decimals, mode), BigInt::from(10).pow(decimals))
}

/// The component of a charge as it is kept (R5): the count of 10^-`decimals`; `None` if it is beyond 64 bits (X1).
pub fn kept(amount: &Amount, decimals: u32) -> Option<i64> {
    i64::try_from(rounded_units(amount, decimals, "half_up")).ok()
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
