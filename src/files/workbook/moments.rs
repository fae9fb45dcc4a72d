//! Days as spreadsheets keep them, counted from 1900 or from 1904, and as ISO 8601 → days since 1970-01-01 and seconds of the
//! day. Knows no time zones.

/// A moment: days since 1970-01-01, seconds since its midnight.
pub(super) type Moment = (i32, u32);

const SECONDS_OF_A_DAY: u32 = 86_400;
/// 9999-12-31, the last day that spreadsheets know.
const LAST_DAY: i32 = 2_932_896;
/// The days from the end of 1899, or the beginning of 1904, to 1970.
const FROM_1900: i32 = 25_569;
const FROM_1904: i32 = 24_107;
/// The 29 February 1900, which never was: spreadsheets count it.
const NEVER_WAS: i32 = 60;

/// A serial number in its shortest decimal form → its moment, to the nearest second.
///
/// # Errors
/// Why it is none.
pub(super) fn moment_of(serial: &str, from_1904: bool) -> Result<Moment, &'static str> {
    let (whole, fraction) = serial.split_once('.').unwrap_or((serial, ""));
    let days: i32 = whole.parse().map_err(|_| "no day of the calendar")?;
    if serial.starts_with('-') || (days == 0 && !from_1904) {
        return Err("before the first day of the calendar");
    }
    let seconds = seconds_of(fraction).ok_or("no day of the calendar")?;
    let days = days.checked_add(i32::from(seconds == SECONDS_OF_A_DAY)).ok_or("no day of the calendar")?;
    let day = match days {
        days if from_1904 => days.checked_sub(FROM_1904),
        NEVER_WAS => return Err("the 29 February 1900, which never was"),
        days if days < NEVER_WAS => days.checked_sub(FROM_1900 - 1),
        days => days.checked_sub(FROM_1900),
    };
    match day {
        Some(day) if day <= LAST_DAY => Ok((day, seconds % SECONDS_OF_A_DAY)),
        _ => Err("no day of the calendar"),
    }
}

/// The digits of a fraction of a day → seconds, rounded; a whole day's if it is that near.
fn seconds_of(fraction: &str) -> Option<u32> {
    if fraction.is_empty() {
        return Some(0);
    }
    let digits = &fraction[..fraction.len().min(18)];
    let scale = 10_u128.checked_pow(u32::try_from(digits.len()).ok()?)?;
    let seconds = digits.parse::<u128>().ok()?.checked_mul(u128::from(SECONDS_OF_A_DAY))?;
    u32::try_from((seconds.checked_mul(2)?.checked_add(scale)?).checked_div(scale.checked_mul(2)?)?).ok()
}

/// `2026-03-05`, `2026-03-05T10:30:00`, with a fraction of a second or without, with or without `Z` → its moment.
pub(super) fn moment_of_text(text: &str) -> Option<Moment> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (day, time) = text.split_once('T').map_or((text, None), |(day, time)| (day, Some(time)));
    let seconds = match time {
        None => 0,
        Some(time) => {
            let [hour, minute, second] =
                numbers(time.split_once('.').map_or(time, |(whole, _)| whole), ':', [2, 2, 2])?;
            (hour < 24 && minute < 60 && second < 60).then_some(hour * 3_600 + minute * 60 + second)?
        }
    };
    let [year, month, of_month] = numbers(day, '-', [4, 2, 2])?;
    Some((day_number(year, month, of_month)?, seconds))
}

/// Exactly three numbers of so many digits.
fn numbers(text: &str, between: char, lengths: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(between);
    let mut found = [0; 3];
    for (number, length) in found.iter_mut().zip(lengths) {
        let part = parts.next().filter(|part| part.len() == length)?;
        *number = part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(found)
}

/// Days since 1970-01-01 in the Gregorian calendar, of a day from 1900 on.
fn day_number(year: u32, month: u32, of_month: u32) -> Option<i32> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    if year < 1900 || of_month == 0 || of_month > length {
        return None;
    }
    let before = year - 1;
    let leap_days = before / 4 - before / 100 + before / 400;
    let of_year: u32 = lengths.iter().take(usize::try_from(month - 1).ok()?).sum();
    // 719,162 days passed before 1970.
    i32::try_from(i64::from(before * 365 + leap_days + of_year + of_month - 1) - 719_162).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_days_of_the_calendar() {
        let never = Err("the 29 February 1900, which never was");
        let (early, none) = (Err("before the first day of the calendar"), Err("no day of the calendar"));
        let day = |text| moment_of_text(text).ok_or("no ISO");
        for (serial, from_1904, expected) in [
            ("46086", false, day("2026-03-05")),
            ("44624", true, day("2026-03-05")),
            ("46086.5", false, day("2026-03-05T12:00:00")),
            ("46086.4375115741", false, day("2026-03-05T10:30:01")),
            ("46086.999999", false, day("2026-03-06")),
            ("1", false, day("1900-01-01")),
            ("59", false, day("1900-02-28")),
            ("59.999999999", false, never),
            ("60", false, never),
            ("60.5", false, never),
            ("61", false, day("1900-03-01")),
            ("0", true, day("1904-01-01")),
            ("0", false, early),
            ("0.5", false, early),
            ("-1", false, early),
            ("-0.5", true, early),
            ("2958465", false, day("9999-12-31")),
            ("2958466", false, none),
            ("2147483647.9999999", false, none),
            ("99999999999", false, none),
        ] {
            assert_eq!(moment_of(serial, from_1904), expected, "{serial} {from_1904}");
        }
    }

    #[test]
    fn iso_days_are_days_of_the_calendar() {
        for (text, expected) in [
            ("1970-01-01", Some((0, 0))),
            ("2000-02-29T00:00:01", Some((11_016, 1))),
            ("2026-03-05T23:59:59.999Z", Some((20_517, 86_399))),
            ("2100-02-29", None),
            ("2026-13-01", None),
            ("2026-00-01", None),
            ("2026-3-05", None),
            ("+026-03-05", None),
            ("2026-03-05T24:00:00", None),
            ("2026-03-05T10:30", None),
            ("05/03/2026", None),
            ("10:30:00", None),
            ("", None),
        ] {
            assert_eq!(moment_of_text(text), expected, "{text}");
        }
    }
}
