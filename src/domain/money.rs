//! Exact money and quantities: integers with a fixed scale, one rounding function, strict reading of decimals (X1–X4).
//! No binary floating point, no wrap on overflow, no conversion that loses digits.

use std::fmt;

pub use super::decimal_text::NumberError;
use super::decimal_text::{format_scaled, parse_scaled};

/// How a result that does not fit its last decimal place is brought to it (X3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the nearest; a half goes away from zero.
    #[default]
    HalfUp,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// To the nearest; a half goes to the even neighbour.
    HalfEven,
}

impl Rounding {
    /// Reads `half_up`, `up`, `down` or `half_even`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "half_up" => Self::HalfUp,
            "up" => Self::Up,
            "down" => Self::Down,
            "half_even" => Self::HalfEven,
            _ => return None,
        })
    }

    /// The name used in the book's files.
    pub fn name(self) -> &'static str {
        match self {
            Self::HalfUp => "half_up",
            Self::Up => "up",
            Self::Down => "down",
            Self::HalfEven => "half_even",
        }
    }
}

/// An amount does not fit the range of its type; never a wrap (X1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("amount out of range")
    }
}

impl std::error::Error for Overflow {}

/// Divides and rounds once. `denominator` must be positive.
///
/// # Panics
/// If `denominator` is not positive: a caller's mistake, never a matter of input.
pub fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> i128 {
    assert!(denominator > 0, "divide by {denominator}");
    // Nearly all of them fit 64 bits, which the processor divides by itself.
    let (quotient, remainder) = match (i64::try_from(numerator), i64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) => (i128::from(numerator / denominator), i128::from(numerator % denominator)),
        _ => (numerator / denominator, numerator % denominator),
    };
    if remainder == 0 {
        return quotient;
    }
    let away = if numerator < 0 { -1 } else { 1 };
    // Compared as remainder against what is missing to the denominator, so that doubling cannot overflow.
    let past_half = remainder.abs().cmp(&(denominator - remainder.abs()));
    let goes_away = match rounding {
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::HalfUp => past_half.is_ge(),
        Rounding::HalfEven => past_half.is_gt() || (past_half.is_eq() && quotient % 2 != 0),
    };
    if goes_away { quotient + away } else { quotient }
}

/// 10 to the power of `exponent`, for exponents up to 38.
pub const fn power_of_ten(exponent: u32) -> i128 {
    POWERS_OF_TEN[exponent as usize]
}

const POWERS_OF_TEN: [i128; 39] = {
    let mut powers = [1; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = 10 * powers[exponent - 1];
        exponent += 1;
    }
    powers
};

/// An exact decimal: an integer count of 10^-`SCALE`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal<const SCALE: u32>(i64);

/// A price, rate or cost in the major unit, 8 decimal places.
pub type Price = Decimal<8>;
/// The charge of one call in the major unit, 6 decimal places.
pub type CallCharge = Decimal<6>;
/// A quantity of something charged for, 4 decimal places (P1).
pub type Quantity = Decimal<4>;
/// A percentage, 4 decimal places: `12.5` means 12.5 %.
pub type Percent = Decimal<4>;

impl<const SCALE: u32> Decimal<SCALE> {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One whole unit.
    pub const ONE: Self = Self(10_i64.pow(SCALE));

    /// From a count of 10^-`SCALE`.
    pub const fn from_scaled(scaled: i64) -> Self {
        Self(scaled)
    }

    /// From whole units.
    pub fn from_whole(whole: i64) -> Result<Self, Overflow> {
        whole.checked_mul(Self::ONE.0).map(Self).ok_or(Overflow)
    }

    /// The count of 10^-`SCALE`.
    pub const fn scaled(self) -> i64 {
        self.0
    }

    /// From a wide count of 10^-`SCALE`, if it fits.
    pub fn from_wide(scaled: i128) -> Result<Self, Overflow> {
        i64::try_from(scaled).map(Self).map_err(|_| Overflow)
    }

    /// Sum, or [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// Difference, or [`Overflow`].
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow)
    }

    /// The same amount with the other sign, or [`Overflow`].
    pub fn negated(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow)
    }

    /// Nothing?
    pub fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// Below zero?
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The same amount with another scale, rounded if places are lost.
    pub fn rescaled<const OTHER: u32>(self, rounding: Rounding) -> Result<Decimal<OTHER>, Overflow> {
        let wide = i128::from(self.0);
        Decimal::from_wide(if OTHER >= SCALE {
            wide * power_of_ten(OTHER - SCALE)
        } else {
            divide(wide, power_of_ten(SCALE - OTHER), rounding)
        })
    }

    /// Reads digits, at most one decimal point with digits on both sides, an optional leading minus (X4).
    /// Refuses everything else, among it exponents, separators, signs of currency, and more than `SCALE` decimals
    /// unless the surplus ones are zeros.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        parse_scaled(text, SCALE).map(Self)
    }

    /// Writes all `SCALE` decimals: `0.015000`.
    pub fn to_fixed(self) -> String {
        format_scaled(i128::from(self.0), SCALE, SCALE)
    }

    /// Writes at least `places` decimals, and more only where they are not zero: `12.50`, `0.015`.
    pub fn to_places(self, places: u32) -> String {
        format_scaled(i128::from(self.0), SCALE, places)
    }
}

/// Writes the shortest exact form: `0.015`, `12`.
impl<const SCALE: u32> fmt::Display for Decimal<SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_scaled(i128::from(self.0), SCALE, 0))
    }
}

impl<const SCALE: u32> fmt::Debug for Decimal<SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const SCALE: u32> serde::Serialize for Decimal<SCALE> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const SCALE: u32> serde::Deserialize<'de> for Decimal<SCALE> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A sum over many amounts of one scale; wide enough that 10^18 of them cannot overflow it.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sum<const SCALE: u32>(i128);

impl<const SCALE: u32> Sum<SCALE> {
    /// From a wide count of 10^-`SCALE`.
    pub const fn from_wide(scaled: i128) -> Self {
        Self(scaled)
    }

    /// The count of 10^-`SCALE`.
    pub const fn wide(self) -> i128 {
        self.0
    }

    /// Adds one amount.
    pub fn add(&mut self, amount: Decimal<SCALE>) {
        self.0 += i128::from(amount.0);
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }

    /// Rounds to the minor unit of a currency with `digits` decimals: the rounding of an invoice line (X3 b).
    pub fn to_money(self, digits: u32, rounding: Rounding) -> Result<Money, Overflow> {
        let minor = if digits >= SCALE {
            self.0.checked_mul(power_of_ten(digits - SCALE)).ok_or(Overflow)?
        } else {
            divide(self.0, power_of_ten(SCALE - digits), rounding)
        };
        i64::try_from(minor).map(Money).map_err(|_| Overflow)
    }

    /// Writes at least `places` decimals.
    pub fn to_places(self, places: u32) -> String {
        format_scaled(self.0, SCALE, places)
    }
}

impl<const SCALE: u32> std::iter::Sum<Decimal<SCALE>> for Sum<SCALE> {
    fn sum<I: Iterator<Item = Decimal<SCALE>>>(amounts: I) -> Self {
        let mut sum = Self::default();
        amounts.for_each(|amount| sum.add(amount));
        sum
    }
}

impl<const SCALE: u32> fmt::Display for Sum<SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_scaled(self.0, SCALE, 0))
    }
}

impl<const SCALE: u32> fmt::Debug for Sum<SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const SCALE: u32> serde::Serialize for Sum<SCALE> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const SCALE: u32> serde::Deserialize<'de> for Sum<SCALE> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let missing = (SCALE as usize).checked_sub(fraction.len());
        let missing =
            missing.ok_or_else(|| serde::de::Error::custom(NumberError::TooManyDecimals { allowed: SCALE }))?;
        let scaled = format!("{whole}{fraction}{}", "0".repeat(missing)).parse();
        scaled.map(Self).map_err(serde::de::Error::custom)
    }
}

/// An amount on an invoice: a count of the currency's minor unit (pence, cents).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From a count of minor units.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// The count of minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Sum, or [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// Difference, or [`Overflow`].
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow)
    }

    /// The same amount with the other sign, or [`Overflow`].
    pub fn negated(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow)
    }

    /// Sum of many, or [`Overflow`].
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Result<Self, Overflow> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// Reads a strict decimal (X4) with at most the currency's digits.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, NumberError> {
        parse_scaled(text, currency.digits).map(Self)
    }

    /// Writes the currency's digits without its sign: `-12.50`.
    pub fn format(self, currency: Currency) -> String {
        format_scaled(i128::from(self.0), currency.digits, currency.digits)
    }

    /// The exact amount with 8 decimals, if it fits.
    pub fn to_price(self, currency: Currency) -> Result<Price, Overflow> {
        Price::from_wide(i128::from(self.0) * power_of_ten(8 - currency.digits))
    }
}

/// A currency: its ISO 4217 code and the number of its minor digits (X7).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    /// Minor digits: 2 for most, 0 for JPY, 3 for KWD.
    pub digits: u32,
}

/// ISO 4217 codes whose minor unit is not a hundredth.
const UNUSUAL_MINOR_DIGITS: [(&str, u32); 16] = [
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("OMR", 3),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("XAF", 0),
];

impl Currency {
    /// Pounds sterling.
    pub const GBP: Self = Self { code: *b"GBP", digits: 2 };

    /// Reads a three-letter code in capitals.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        if !bytes.iter().all(u8::is_ascii_uppercase) {
            return None;
        }
        let digits = UNUSUAL_MINOR_DIGITS.iter().find(|(name, _)| *name == code).map_or(2, |(_, digits)| *digits);
        Some(Self { code: bytes, digits })
    }

    /// The three-letter code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).expect("only capitals are accepted")
    }

    /// The sign to print before an amount, the code and a space where there is none of one letter.
    pub fn sign(&self) -> String {
        match &self.code {
            b"GBP" => "£".into(),
            b"EUR" => "€".into(),
            b"USD" => "$".into(),
            _ => format!("{} ", self.code()),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom(format!("no such currency: {code}")))
    }
}
