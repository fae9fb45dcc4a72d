//! Exact fractions: what a charge is until it is rounded once (X3 a). Never rounds by itself; a result that its
//! integers cannot hold is an error, never a wrap.

use std::cmp::Ordering;
use std::fmt;

use super::money::{Decimal, Overflow, Percent, Price, Rounding, divide, power_of_ten};

/// An amount in the major unit as a fraction.
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    numerator: i128,
    /// Always positive.
    denominator: i128,
}

impl Exact {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// A whole number.
    pub fn from_whole(whole: i128) -> Self {
        Self { numerator: whole, denominator: 1 }
    }

    /// Sum.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        // Most parts of most charges are nothing.
        match (self.is_zero(), other.is_zero()) {
            (true, _) => return Ok(other),
            (_, true) => return Ok(self),
            (false, false) => {}
        }
        if self.denominator == other.denominator
            && let Some(numerator) = self.numerator.checked_add(other.numerator)
        {
            return Ok(Self { numerator, ..self });
        }
        let sum = |a: Self, b: Self| {
            let shared = greatest_common_divisor(a.denominator, b.denominator);
            let (for_a, for_b) = (quotient(b.denominator, shared), quotient(a.denominator, shared));
            let numerator = product(a.numerator, for_a)?.checked_add(product(b.numerator, for_b)?)?;
            Some(Self { numerator, denominator: product(a.denominator, for_a)? })
        };
        sum(self, other).or_else(|| sum(self.in_lowest_terms(), other.in_lowest_terms())).ok_or(Overflow)
    }

    /// Difference.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.plus(other.negated()?)
    }

    /// The same amount with the other sign.
    pub fn negated(self) -> Result<Self, Overflow> {
        Ok(Self { numerator: self.numerator.checked_neg().ok_or(Overflow)?, ..self })
    }

    /// Without its sign.
    pub fn magnitude(self) -> Result<Self, Overflow> {
        if self.is_negative() { self.negated() } else { Ok(self) }
    }

    /// So many times.
    pub fn times(self, factor: i128) -> Result<Self, Overflow> {
        match product(self.numerator, factor) {
            Some(numerator) => Ok(Self { numerator, ..self }),
            None => {
                let lowest = self.in_lowest_terms();
                let shared = greatest_common_divisor(factor, lowest.denominator);
                let numerator = lowest.numerator.checked_mul(factor / shared).ok_or(Overflow)?;
                Ok(Self { numerator, denominator: lowest.denominator / shared })
            }
        }
    }

    /// Divided by a positive number.
    ///
    /// # Panics
    /// If `divisor` is not positive: a caller's mistake, never a matter of input.
    pub fn over(self, divisor: i128) -> Result<Self, Overflow> {
        assert!(divisor > 0, "over {divisor}");
        match product(self.denominator, divisor) {
            Some(denominator) => Ok(Self { denominator, ..self }),
            None => {
                let lowest = self.in_lowest_terms();
                let denominator = lowest.denominator.checked_mul(divisor).ok_or(Overflow)?;
                Ok(Self { denominator, ..lowest })
            }
        }
    }

    /// Times a price or a rate of exchange.
    pub fn times_price(self, factor: Price) -> Result<Self, Overflow> {
        self.times(i128::from(factor.scaled()))?.over(i128::from(Price::ONE.scaled()))
    }

    /// Times another.
    pub fn times_exact(self, other: Self) -> Result<Self, Overflow> {
        self.times(other.numerator)?.over(other.denominator)
    }

    /// Divided by another that is positive.
    ///
    /// # Panics
    /// If it is not: a caller's mistake, never a matter of input.
    pub fn over_exact(self, other: Self) -> Result<Self, Overflow> {
        self.times(other.denominator)?.over(other.numerator)
    }

    /// × (1 + pct/100).
    pub fn marked_up(self, percent: Percent) -> Result<Self, Overflow> {
        let hundred = 100 * i128::from(Percent::ONE.scaled());
        self.times(hundred + i128::from(percent.scaled()))?.over(hundred)
    }

    /// Which is larger.
    pub fn compare(self, other: Self) -> Result<Ordering, Overflow> {
        Ok(self.minus(other)?.numerator.cmp(&0))
    }

    /// Below zero?
    pub fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// Nothing?
    pub fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// Rounded to `places` decimals and written with `SCALE`; at most `SCALE` places are kept.
    pub fn rounded<const SCALE: u32>(self, places: u32, rounding: Rounding) -> Result<Decimal<SCALE>, Overflow> {
        if self.is_zero() {
            return Ok(Decimal::ZERO);
        }
        let places = places.min(SCALE);
        if self.denominator == power_of_ten(places) {
            return Decimal::from_wide(product(self.numerator, power_of_ten(SCALE - places)).ok_or(Overflow)?);
        }
        let shifted = self.times(power_of_ten(places))?;
        let rounded = divide(shifted.numerator, shifted.denominator, rounding);
        Decimal::from_wide(product(rounded, power_of_ten(SCALE - places)).ok_or(Overflow)?)
    }

    /// Rounded to `places` decimals, as a count of 10^-`places`.
    pub fn scaled(self, places: u32, rounding: Rounding) -> Result<i128, Overflow> {
        let shifted = self.times(power_of_ten(places))?;
        Ok(divide(shifted.numerator, shifted.denominator, rounding))
    }

    fn in_lowest_terms(self) -> Self {
        let shared = greatest_common_divisor(self.numerator, self.denominator);
        Self { numerator: self.numerator / shared, denominator: self.denominator / shared }
    }
}

/// A decimal is a fraction of a power of ten.
impl<const SCALE: u32> From<Decimal<SCALE>> for Exact {
    fn from(amount: Decimal<SCALE>) -> Self {
        Self { numerator: i128::from(amount.scaled()), denominator: power_of_ten(SCALE) }
    }
}

/// The same amount, whatever the fraction.
impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.in_lowest_terms(), other.in_lowest_terms());
        (a.numerator, a.denominator) == (b.numerator, b.denominator)
    }
}

/// Most decimals that an exact amount is written with.
const LONGEST_EXACT: u32 = 18;
/// Decimals of what has no end, before `…`.
const CUT_AFTER: u32 = 10;

/// Writes the decimal form (`0.03125`), cut with `…` where it has no end (`0.0133333333…`).
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lowest = self.in_lowest_terms();
        let ends_after = (0..=LONGEST_EXACT).find(|places| power_of_ten(*places) % lowest.denominator == 0);
        let places = ends_after.unwrap_or(CUT_AFTER);
        match lowest.numerator.checked_mul(power_of_ten(places)) {
            None => write!(f, "{}/{}", lowest.numerator, lowest.denominator),
            Some(shifted) => {
                let digits = shifted / lowest.denominator;
                let unit = power_of_ten(places);
                let sign = if lowest.numerator < 0 { "-" } else { "" };
                write!(f, "{sign}{}", (digits / unit).abs())?;
                if places > 0 {
                    write!(f, ".{:0width$}", (digits % unit).abs(), width = places as usize)?;
                }
                f.write_str(if ends_after.is_some() { "" } else { "…" })
            }
        }
    }
}

/// At least 1; the sign of neither counts.
fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
            return i128::from(narrow_common_divisor(a, b));
        }
        (a, b) = (b, a % b);
    }
    // Only of two times 2^127 does it not fit, and denominators are smaller.
    i128::try_from(a.max(1)).unwrap_or(1)
}

// Nearly all numbers of nearly all charges fit 64 bits, where the processor multiplies and divides by itself.

fn narrow_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// `None` if it does not fit.
fn product(a: i128, b: i128) -> Option<i128> {
    match (i64::try_from(a), i64::try_from(b)) {
        (Ok(narrow_a), Ok(narrow_b)) => Some(i128::from(narrow_a) * i128::from(narrow_b)),
        _ => a.checked_mul(b),
    }
}

/// Of positive numbers, without rest or with it left out.
fn quotient(a: i128, b: i128) -> i128 {
    match (u64::try_from(a), u64::try_from(b)) {
        (Ok(narrow_a), Ok(narrow_b)) => i128::from(narrow_a / narrow_b),
        _ => a / b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from(Price::parse(text).unwrap())
    }

    #[test]
    fn it_is_exact_until_it_is_rounded() {
        // 0.01 / 3 has no end, yet three of them are 0.01.
        let third = exact("0.01").over(3).unwrap();
        let whole = third.plus(third).unwrap().plus(third).unwrap();
        assert_eq!(whole, exact("0.01"));
        assert_eq!(third.times(3).unwrap(), exact("0.01"));
        assert_eq!(exact("0.0123").marked_up(Percent::parse("10").unwrap()).unwrap(), exact("0.01353"));
        assert_eq!(exact("5").marked_up(Percent::parse("-100").unwrap()).unwrap(), Exact::ZERO);
        assert_eq!(exact("2.5").times_price(Price::parse("0.8").unwrap()).unwrap(), exact("2"));
        assert_eq!(third.compare(exact("0.00333333")).unwrap(), Ordering::Greater);
        assert_eq!(exact("-3").magnitude().unwrap(), exact("3"));
    }

    #[test]
    fn it_is_rounded_once_and_by_the_mode() {
        use Rounding::{Down, HalfEven, HalfUp, Up};
        // (amount, decimals, half_up, up, down, half_even)
        let rows = [
            ("0.00005", 4, "0.0001", "0.0001", "0", "0"),
            ("0.00015", 4, "0.0002", "0.0002", "0.0001", "0.0002"),
            ("-0.00005", 4, "-0.0001", "-0.0001", "0", "0"),
            ("0.00004999", 4, "0", "0.0001", "0", "0"),
            ("2.5", 0, "3", "3", "2", "2"),
            ("1.1234565", 6, "1.123457", "1.123457", "1.123456", "1.123456"),
        ];
        for (amount, places, half_up, up, down, half_even) in rows {
            for (mode, expected) in [(HalfUp, half_up), (Up, up), (Down, down), (HalfEven, half_even)] {
                let rounded: Decimal<6> = exact(amount).rounded(places, mode).unwrap();
                assert_eq!(rounded.to_string(), expected, "X3: {amount} {mode:?}");
            }
        }
    }

    #[test]
    fn it_is_written_as_a_decimal() {
        let rows = [
            (exact("0.015").times(125).unwrap().over(60).unwrap(), "0.03125"),
            (exact("0.025").times(32).unwrap().over(60).unwrap(), "0.0133333333…"),
            (exact("-0.5"), "-0.5"),
            (exact("-0.01").over(3).unwrap(), "-0.0033333333…"),
            (exact("12"), "12"),
            (Exact::ZERO, "0"),
        ];
        for (amount, expected) in rows {
            assert_eq!(amount.to_string(), expected);
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let largest = Exact::from(Price::from_scaled(i64::MAX));
        let huge = largest.times(i128::from(u64::MAX)).unwrap();
        assert_eq!(huge.times(7), Err(Overflow));
        assert_eq!(huge.plus(exact("1").over(1_000_003).unwrap()), Err(Overflow));
        assert_eq!(huge.rounded::<6>(4, Rounding::HalfUp), Err(Overflow));
        // Fits once the fraction is in its lowest terms.
        assert_eq!(huge.over(i128::from(u64::MAX)).unwrap(), largest);
        assert_eq!(
            huge.over(i128::from(u64::MAX)).unwrap().times(100_000_000).unwrap().to_string(),
            i64::MAX.to_string()
        );
    }
}
