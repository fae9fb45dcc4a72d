//! Decimal numbers as whole numbers of their smallest part ↔ text (X4). Knows no unit and no currency.

use std::fmt;

use super::money::power_of_ten;

/// Why a text is not a number as X4 wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Nothing there.
    Empty,
    /// Something else than digits, one point and a leading minus.
    NotANumber,
    /// More decimal places than the field holds.
    TooManyDecimals {
        /// How many it holds.
        allowed: u32,
    },
    /// Larger than the field holds.
    OutOfRange,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::NotANumber => {
                f.write_str("is not a plain number (digits, one decimal point, an optional leading minus)")
            }
            Self::TooManyDecimals { allowed } => write!(f, "has more than {allowed} decimal places"),
            Self::OutOfRange => f.write_str("is out of range"),
        }
    }
}

impl std::error::Error for NumberError {}

/// Reads a number as a count of 10^-`scale` (X4).
pub(super) fn parse_scaled(text: &str, scale: u32) -> Result<i64, NumberError> {
    short_amount(text.as_bytes(), scale).map_or_else(|| parse_any(text, scale), Ok)
}

/// What nearly all amounts are: digits, few enough to fit, perhaps with a point between them. None for everything else.
fn short_amount(text: &[u8], scale: u32) -> Option<i64> {
    let ends_are_digits = text.first()?.is_ascii_digit() && text.last()?.is_ascii_digit();
    if !ends_are_digits || text.len() > 18 {
        return None;
    }
    let (mut digits, mut point) = (0_i64, None);
    for (position, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits = digits * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(position),
            _ => return None,
        }
    }
    let decimals = point.map_or(0, |point| text.len() - 1 - point);
    let missing = scale.checked_sub(u32::try_from(decimals).ok()?)?;
    digits.checked_mul(i64::try_from(power_of_ten(missing)).ok()?)
}

fn parse_any(text: &str, scale: u32) -> Result<i64, NumberError> {
    if text.is_empty() {
        return Err(NumberError::Empty);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return Err(NumberError::NotANumber),
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(NumberError::NotANumber);
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = scale
        .checked_sub(u32::try_from(fraction.len()).map_err(|_| NumberError::OutOfRange)?)
        .ok_or(NumberError::TooManyDecimals { allowed: scale })?;
    let mut digits = whole.bytes().chain(fraction.bytes());
    let magnitude = digits
        .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(i64::from(digit - b'0')))
        .and_then(|sum| sum.checked_mul(i64::try_from(power_of_ten(missing)).ok()?))
        .ok_or(NumberError::OutOfRange)?;
    Ok(if negative { -magnitude } else { magnitude })
}

/// Writes a count of 10^-`scale` with at least `places` decimals, more only where they are not zero.
pub(super) fn format_scaled(scaled: i128, scale: u32, places: u32) -> String {
    let unit = power_of_ten(scale).unsigned_abs();
    let magnitude = scaled.unsigned_abs();
    let mut text = String::with_capacity(24);
    if scaled < 0 {
        text.push('-');
    }
    text.push_str(&(magnitude / unit).to_string());
    let fraction = format!("{:0width$}", magnitude % unit, width = scale as usize);
    let fraction = if scale == 0 { "" } else { fraction.as_str() };
    let kept = fraction.trim_end_matches('0').len().max((places as usize).min(fraction.len()));
    if kept > 0 {
        text.push('.');
        text.push_str(&fraction[..kept]);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn short_amounts_are_read_as_any_are(
            text in "-?[0-9]{0,20}[.]?[0-9]{0,10}|[0-9.x ]{0,6}",
            scale in 0_u32..=8,
        ) {
            if let Some(short) = short_amount(text.as_bytes(), scale) {
                prop_assert_eq!(Ok(short), parse_any(&text, scale), "{}", text);
            }
        }
    }
}
