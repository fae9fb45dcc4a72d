//! A number as XML has it → its exact decimal form, without a float in between.

const KEPT_DIGITS: usize = 15;
/// Zeros that are written out before the first digit, and digits before the point.
const MOST_PLACES: i64 = 20;

/// A number as XML has it (`1.5E-2`, `120.30000000000001`) → its shortest decimal form, rounded to the 15 digits that
/// spreadsheets keep. None for what is no number, or has more than 20 places before the point or zeros behind it.
pub(super) fn decimal(text: &str) -> Option<String> {
    shifted_decimal(text, 0)
}

/// The same with the point moved to the right.
pub(super) fn shifted_decimal(text: &str, places: i64) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
    let mut point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?.checked_add(places)?;
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..zeros);
    point = point.checked_sub(i64::try_from(zeros).ok()?)?;
    if digits.len() > KEPT_DIGITS {
        let round_up = digits[KEPT_DIGITS] >= 5;
        digits.truncate(KEPT_DIGITS);
        if round_up && add_one(&mut digits) {
            point += 1;
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    if digits.is_empty() {
        return Some("0".into());
    }
    if !(-MOST_PLACES..=MOST_PLACES).contains(&point) {
        return None;
    }
    let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let point = usize::try_from(point).map_err(|_| usize::try_from(-point).unwrap_or_default());
    Some(match point {
        Err(zeros) => format!("{sign}0.{}{text}", "0".repeat(zeros)),
        Ok(0) => format!("{sign}0.{text}"),
        Ok(point) if point >= text.len() => format!("{sign}{text}{}", "0".repeat(point - text.len())),
        Ok(point) => format!("{sign}{}.{}", &text[..point], &text[point..]),
    })
}

/// Adds one to the last digit; true if a digit was put before the first.
fn add_one(digits: &mut Vec<u8>) -> bool {
    for digit in digits.iter_mut().rev() {
        *digit += 1;
        if *digit < 10 {
            return false;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_to_fifteen_digits() {
        for (text, expected) in [
            ("120.5", Some("120.5")),
            ("120.30000000000001", Some("120.3")),
            ("0.30000000000000004", Some("0.3")),
            ("29.999999999999996", Some("30")),
            ("99999999999999.996", Some("100000000000000")),
            ("1001", Some("1001")),
            ("1001.0", Some("1001")),
            ("1.5E-2", Some("0.015")),
            ("1E3", Some("1000")),
            ("-0.005", Some("-0.005")),
            ("0", Some("0")),
            ("0.00", Some("0")),
            (".5", Some("0.5")),
            ("12345678901234567", Some("12345678901234600")),
            ("1E99", None),
            ("1E9223372036854775807", None),
            ("1E-9223372036854775808", None),
            ("10E9223372036854775807", None),
            ("1E99999999999999999999", None),
            ("NaN", None),
            ("INF", None),
            ("+5", None),
            ("--5", None),
            ("1E", None),
            (".", None),
            ("", None),
            ("1,5", None),
        ] {
            assert_eq!(decimal(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn percentages_are_moved_by_two_places() {
        for (text, expected) in [("0.2", "20"), ("0.175", "17.5"), ("1", "100"), ("-0.005", "-0.5"), ("1E-3", "0.1")] {
            assert_eq!(shifted_decimal(text, 2).as_deref(), Some(expected), "{text}");
        }
    }
}
