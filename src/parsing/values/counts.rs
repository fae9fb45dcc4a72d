//! Text → whole counts: seconds (a begun second counts, R6), bytes, messages.

use super::super::layout::DurationUnit;
use super::{Wrong, digits};

/// The longest duration that is accepted, in seconds.
pub(in super::super) const LONGEST_DURATION: u64 = 1 << 32;

/// Reads a duration in whole seconds; fractions of a second are rounded up (R6).
pub(in super::super) fn read_duration(text: &str, unit: DurationUnit, decimal_comma: bool) -> Result<u64, Wrong> {
    if unit == DurationUnit::Seconds
        && let Some(seconds) = digits(text.as_bytes()).filter(|seconds| *seconds <= LONGEST_DURATION)
    {
        return Ok(seconds);
    }
    let (whole, fraction) = split_fraction(text, decimal_comma);
    let seconds = match unit {
        DurationUnit::Seconds => digits(whole.as_bytes()),
        DurationUnit::Clock => clock_seconds(whole),
    };
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let begun = match fraction {
        None => 0,
        Some(fraction) if is_number(fraction) => u64::from(fraction.bytes().any(|digit| digit != b'0')),
        Some(_) => return Err(not_a_duration(text, unit)),
    };
    match seconds {
        Some(seconds) if seconds <= LONGEST_DURATION - begun => Ok(seconds + begun),
        Some(_) => Err(TOO_LONG.into()),
        None if unit == DurationUnit::Seconds && is_number(whole) => Err(TOO_LONG.into()),
        None => Err(not_a_duration(text, unit)),
    }
}

const TOO_LONG: &str = "is more than 2^32 seconds";

fn not_a_duration(text: &str, unit: DurationUnit) -> Wrong {
    if text.is_empty() {
        return "is missing".into();
    }
    if text.starts_with('-') {
        return "is negative".into();
    }
    match unit {
        DurationUnit::Seconds => "is not a number of seconds (digits, perhaps with decimals)".into(),
        DurationUnit::Clock => "is not a duration as HH:MM:SS".into(),
    }
}

fn split_fraction(text: &str, decimal_comma: bool) -> (&str, Option<&str>) {
    let mark = if decimal_comma { ',' } else { '.' };
    text.split_once(mark).map_or((text, None), |(whole, fraction)| (whole, Some(fraction)))
}

/// Seconds of `H…H:MM:SS`.
fn clock_seconds(text: &str) -> Option<u64> {
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || hours.len() > 7 || minutes.len() != 2 || seconds.len() != 2 {
        return None;
    }
    let (minutes, seconds) = (digits(minutes.as_bytes())?, digits(seconds.as_bytes())?);
    (minutes < 60 && seconds < 60).then_some(())?;
    Some(digits(hours.as_bytes())? * 3600 + minutes * 60 + seconds)
}

/// Reads a whole number up to `most`.
pub(in super::super) fn read_count(text: &str, most: u64) -> Result<u64, Wrong> {
    match digits(text.as_bytes()) {
        Some(count) if count <= most => Ok(count),
        _ if text.is_empty() => Err("is missing".into()),
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) => Err(format!("is more than {most}").into()),
        _ => Err("is not a whole number (digits only)".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::layout::DurationUnit::{self, Clock, Seconds};
    use super::{LONGEST_DURATION, read_count, read_duration};

    #[test]
    fn a_duration_is_whole_seconds_rounded_up() {
        let check = |text: &str, unit: DurationUnit, expected: Result<u64, &str>| {
            let read = read_duration(text, unit, false);
            assert_eq!(read.as_ref().map_err(AsRef::as_ref), expected.as_ref().map_err(|wrong| *wrong), "{text:?}");
        };
        const NOT_SECONDS: &str = "is not a number of seconds (digits, perhaps with decimals)";
        const NOT_CLOCK: &str = "is not a duration as HH:MM:SS";
        check("0", Seconds, Ok(0));
        check("0000024", Seconds, Ok(24));
        // R6: fractions of a second are rounded up
        check("1.5", Seconds, Ok(2));
        check("1.0001", Seconds, Ok(2));
        check("1.00", Seconds, Ok(1));
        check("0.1", Seconds, Ok(1));
        check("4294967296", Seconds, Ok(LONGEST_DURATION));
        check("4294967296.5", Seconds, Err("is more than 2^32 seconds"));
        check("4294967297", Seconds, Err("is more than 2^32 seconds"));
        check("9223372036854775808", Seconds, Err("is more than 2^32 seconds"));
        check("99999999999999999999999", Seconds, Err("is more than 2^32 seconds"));
        check("", Seconds, Err("is missing"));
        check("-1", Seconds, Err("is negative"));
        check("1:02:03", Seconds, Err(NOT_SECONDS));
        check("1e5", Seconds, Err(NOT_SECONDS));
        check("1.", Seconds, Err(NOT_SECONDS));
        check(".5", Seconds, Err(NOT_SECONDS));
        check("+5", Seconds, Err(NOT_SECONDS));
        check("1,234", Seconds, Err(NOT_SECONDS));
        check("\u{ff11}", Seconds, Err(NOT_SECONDS));
        check("00:01:05", Clock, Ok(65));
        check("1:02:03", Clock, Ok(3723));
        check("100:00:00", Clock, Ok(360_000));
        check("0:00:00.2", Clock, Ok(1));
        check("65", Clock, Err(NOT_CLOCK));
        check("00:60:00", Clock, Err(NOT_CLOCK));
        check("00:00:60", Clock, Err(NOT_CLOCK));
        check("0:1:5", Clock, Err(NOT_CLOCK));
        check("-0:00:01", Clock, Err("is negative"));
        check("9999999:00:00", Clock, Err("is more than 2^32 seconds"));
    }

    #[test]
    fn a_decimal_comma_counts_only_where_declared() {
        assert_eq!(read_duration("12,5", Seconds, true), Ok(13));
        assert!(read_duration("12.5", Seconds, true).is_err());
        assert!(read_duration("12,5", Seconds, false).is_err());
    }

    #[test]
    fn a_count_is_digits_within_its_bound() {
        let check = |text: &str, expected: Result<u64, &str>| {
            let read = read_count(text, 1000);
            assert_eq!(read.as_ref().map_err(AsRef::as_ref), expected.as_ref().map_err(|wrong| *wrong), "{text:?}");
        };
        check("1000", Ok(1000));
        check("1001", Err("is more than 1000"));
        check("18446744073709551616", Err("is more than 1000"));
        check("", Err("is missing"));
        check("-1", Err("is not a whole number (digits only)"));
        check("1.0", Err("is not a whole number (digits only)"));
    }
}
