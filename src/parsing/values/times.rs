//! Text → dates, months and moments by the declared form, digit by digit (X5). Guesses no form.

use super::super::layout::{ClockFormat, DateFormat, MonthFormat, TimeFormat};
use super::{Wrong, digits};
use crate::domain::month_names::month_named;
use crate::domain::time::{CivilDateTime, Date, FIRST_YEAR, LAST_YEAR, Moment, TimeFlag, Zone};

/// A date before 2000 or after 2100 (X5).
pub(in super::super) const OUTSIDE_YEARS: Wrong = Wrong::Borrowed("is outside the years 2000 to 2100");

/// Where the parts of a date stand in its text.
struct Shape {
    length: usize,
    year: usize,
    month: usize,
    day: usize,
    /// The mark between the parts, with its places.
    mark: Option<(u8, [usize; 2])>,
}

fn shape(format: DateFormat) -> Shape {
    match format {
        DateFormat::YearFirst => Shape { length: 10, year: 0, month: 5, day: 8, mark: Some((b'-', [4, 7])) },
        DateFormat::DayFirstSlashes => Shape { length: 10, year: 6, month: 3, day: 0, mark: Some((b'/', [2, 5])) },
        DateFormat::DayFirstDots => Shape { length: 10, year: 6, month: 3, day: 0, mark: Some((b'.', [2, 5])) },
        DateFormat::Compact => Shape { length: 8, year: 0, month: 4, day: 6, mark: None },
    }
}

/// Reads a date.
pub(in super::super) fn read_date(text: &str, format: DateFormat) -> Result<Date, Wrong> {
    date_of(text.as_bytes(), format).unwrap_or_else(|| Err(format!("is not a date as {}", format.name()).into()))
}

/// `None` if the text does not have the form; an error if it has, but stands for no day.
fn date_of(bytes: &[u8], format: DateFormat) -> Option<Result<Date, Wrong>> {
    let shape = shape(format);
    let has_marks = shape.mark.is_none_or(|(mark, places)| places.iter().all(|place| bytes.get(*place) == Some(&mark)));
    if bytes.len() != shape.length || !has_marks {
        return None;
    }
    let (century, year) = (two_digits(bytes, shape.year)?, two_digits(bytes, shape.year + 2)?);
    let (year, month, day) = (century * 100 + year, two_digits(bytes, shape.month)?, two_digits(bytes, shape.day)?);
    Some(real_date(year, month, day))
}

/// The number of two digits.
fn two_digits(bytes: &[u8], from: usize) -> Option<u32> {
    let [tens, ones] = *bytes.get(from..from + 2)?.as_array()?;
    let are_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    are_digits.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

fn real_date(year: u32, month: u32, day: u32) -> Result<Date, Wrong> {
    let year = i32::try_from(year).unwrap_or(i32::MAX);
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return Err(OUTSIDE_YEARS);
    }
    Date::new(year, month, day).ok_or(Wrong::Borrowed("is no day of the calendar"))
}

/// `None` if the text does not have the form; an error if it has, but is no time of day.
fn clock_of(bytes: &[u8], format: ClockFormat) -> Option<Result<(u32, u32, u32), Wrong>> {
    let number = |from: usize| two_digits(bytes, from);
    let (length, second) = match format {
        ClockFormat::Seconds => (8, number(6)),
        ClockFormat::Minutes => (5, Some(0)),
    };
    let has_marks = bytes.get(2) == Some(&b':') && (length == 5 || bytes.get(5) == Some(&b':'));
    if bytes.len() != length || !has_marks {
        return None;
    }
    let (hour, minute, second) = (number(0)?, number(3)?, second?);
    let is_real = hour < 24 && minute < 60 && second < 60;
    Some(if is_real { Ok((hour, minute, second)) } else { Err("is no time of day (00:00:00 to 23:59:59)".into()) })
}

fn civil(date: Date, (hour, minute, second): (u32, u32, u32)) -> Result<CivilDateTime, Wrong> {
    CivilDateTime::new(date, hour, minute, second).ok_or(Wrong::Borrowed("is no time of day"))
}

/// Reads a start that stands in one column; `zone` is the file's, `workspace` shows it (X5).
pub(in super::super) fn read_moment(
    text: &str,
    format: TimeFormat,
    zone: &Zone,
    workspace: &Zone,
) -> Result<(Moment, TimeFlag), Wrong> {
    let wrong = || Err(format!("is not a time as {}", format.name()).into());
    match format {
        TimeFormat::EpochSeconds => {
            let Some(instant) = digits(text.as_bytes()).and_then(|seconds| i64::try_from(seconds).ok()) else {
                return wrong();
            };
            // Far beyond 2100 already, and far from overflow when an offset is added.
            let civil = if instant < 1 << 40 { workspace.civil_at(instant) } else { None };
            civil.map(|civil| (Moment { instant, civil }, TimeFlag::Plain)).ok_or(OUTSIDE_YEARS)
        }
        TimeFormat::Civil { date, clock, separator } => {
            let Some((date_text, rest)) = text.as_bytes().split_at_checked(shape(date).length) else {
                return wrong();
            };
            let clock_text = rest.strip_prefix(&[separator]);
            let parts = (date_of(date_text, date), clock_text.and_then(|text| clock_of(text, clock)));
            let (Some(date), Some(clock)) = parts else {
                return wrong();
            };
            moment(civil(date?, clock?)?, zone, workspace)
        }
    }
}

/// Reads a start whose date and time stand in two columns. The error says in which of both (0 or 1) it is.
pub(in super::super) fn read_moment_of_two(
    texts: [&str; 2],
    formats: (DateFormat, ClockFormat),
    zone: &Zone,
    workspace: &Zone,
) -> Result<(Moment, TimeFlag), (usize, Wrong)> {
    let date = read_date(texts[0], formats.0).map_err(|wrong| (0, wrong))?;
    let clock = clock_of(texts[1].as_bytes(), formats.1);
    let clock = clock.unwrap_or_else(|| Err(format!("is not a time as {}", formats.1.name()).into()));
    let civil = civil(date, clock.map_err(|wrong| (1, wrong))?).map_err(|wrong| (1, wrong))?;
    moment(civil, zone, workspace).map_err(|wrong| (0, wrong))
}

fn moment(civil: CivilDateTime, zone: &Zone, workspace: &Zone) -> Result<(Moment, TimeFlag), Wrong> {
    workspace.moment(civil, zone).ok_or(OUTSIDE_YEARS)
}

/// Reads a billing month as its first day.
pub(in super::super) fn read_month(text: &str, format: MonthFormat) -> Result<Date, Wrong> {
    let wrong = || format!("is not a month as {}", format.name()).into();
    let two = |month: &str, year: &str| {
        let sizes = month.len() == 2 && year.len() == 4;
        let (month, year) = (digits(month.as_bytes())?, digits(year.as_bytes())?);
        sizes.then_some((u32::try_from(month).ok()?, u32::try_from(year).ok()?))
    };
    let parts = match format {
        MonthFormat::NameYear => text.split_once(' ').and_then(|(name, year)| {
            let number = month_named(name)?;
            two(&format!("{number:02}"), year)
        }),
        MonthFormat::YearFirst => text.split_once('-').and_then(|(year, month)| two(month, year)),
        MonthFormat::MonthFirst => text.split_once('/').and_then(|(month, year)| two(month, year)),
        MonthFormat::Compact => text.split_at_checked(4).and_then(|(year, month)| two(month, year)),
    };
    let (month, year) = parts.ok_or_else(wrong)?;
    if (1..=12).contains(&month) { real_date(year, month, 1) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::super::super::layout::{ClockFormat, DateFormat, MonthFormat, TimeFormat};
    use super::{read_date, read_moment, read_moment_of_two, read_month};
    use crate::domain::time::{TimeFlag, Zone};

    fn london() -> Zone {
        Zone::load("Europe/London").expect("built in")
    }

    #[test]
    fn a_date_is_read_by_its_declared_form_only() {
        use DateFormat::{Compact, DayFirstDots, DayFirstSlashes, YearFirst};
        let check = |text: &str, format, expected: Result<&str, &str>| {
            let read = read_date(text, format).map(|date| date.to_string());
            assert_eq!(read.as_deref().map_err(AsRef::as_ref), expected, "{text:?} {format:?}");
        };
        check("2026-06-05", YearFirst, Ok("2026-06-05"));
        check("05/06/2026", DayFirstSlashes, Ok("2026-06-05"));
        check("05.06.2026", DayFirstDots, Ok("2026-06-05"));
        check("20260605", Compact, Ok("2026-06-05"));
        check("29/02/2028", DayFirstSlashes, Ok("2028-02-29"));
        check("29/02/2025", DayFirstSlashes, Err("is no day of the calendar"));
        check("31/02/2026", DayFirstSlashes, Err("is no day of the calendar"));
        check("00/01/2026", DayFirstSlashes, Err("is no day of the calendar"));
        check("01/13/2026", DayFirstSlashes, Err("is no day of the calendar"));
        check("05/06/26", DayFirstSlashes, Err("is not a date as DD/MM/YYYY"));
        check("5/6/2026", DayFirstSlashes, Err("is not a date as DD/MM/YYYY"));
        check("05-06-2026", DayFirstSlashes, Err("is not a date as DD/MM/YYYY"));
        check("", YearFirst, Err("is not a date as YYYY-MM-DD"));
        check("1999-12-31", YearFirst, Err("is outside the years 2000 to 2100"));
        check("2101-01-01", YearFirst, Err("is outside the years 2000 to 2100"));
        check("0026-01-01", YearFirst, Err("is outside the years 2000 to 2100"));
        check("+026-01-01", YearFirst, Err("is not a date as YYYY-MM-DD"));
        check("\u{ff12}026-01-0", YearFirst, Err("is not a date as YYYY-MM-DD"));
    }

    #[test]
    fn a_time_is_real_and_in_its_zone() {
        let format = TimeFormat::Civil { date: DateFormat::YearFirst, clock: ClockFormat::Seconds, separator: b' ' };
        let check = |text: &str, expected: Result<(&str, i64, TimeFlag), &str>| {
            let read = read_moment(text, format, &london(), &london())
                .map(|(moment, flag)| (moment.civil.to_string(), moment.instant, flag));
            let read = read.as_ref().map(|(civil, instant, flag)| (civil.as_str(), *instant, *flag));
            assert_eq!(read.map_err(AsRef::as_ref), expected, "{text:?}");
        };
        const NOT_A_TIME: &str = "is not a time as YYYY-MM-DD HH:MM:SS";
        const NO_TIME: &str = "is no time of day (00:00:00 to 23:59:59)";
        check("2026-01-15 09:30:00", Ok(("2026-01-15 09:30:00", 1_768_469_400, TimeFlag::Plain)));
        // X5: 01:30 does not exist on 29 March 2026 and is shifted by the hour; on 25 October it comes twice.
        check("2026-03-29 01:30:00", Ok(("2026-03-29 02:30:00", 1_774_747_800, TimeFlag::InGap)));
        check("2026-10-25 01:30:00", Ok(("2026-10-25 01:30:00", 1_792_888_200, TimeFlag::Ambiguous)));
        check("2026-01-15 24:00:00", Err(NO_TIME));
        check("2026-01-15 23:59:60", Err(NO_TIME));
        check("2026-01-15 12:60:00", Err(NO_TIME));
        check("2026-02-31 12:00:00", Err("is no day of the calendar"));
        check("2026-01-15T09:30:00", Err(NOT_A_TIME));
        check("2026-01-15 09:30", Err(NOT_A_TIME));
        check("2026-01-15 9:30:00", Err(NOT_A_TIME));
        check("2026-01-15 09:30:00+01:00", Err(NOT_A_TIME));
        check("2026-01-1é 09:30:00", Err(NOT_A_TIME));
        check("", Err(NOT_A_TIME));
    }

    #[test]
    fn another_zone_and_epoch_seconds_are_shown_in_the_workspaces() {
        let utc = Zone::load("UTC").expect("built in");
        let format = TimeFormat::Civil { date: DateFormat::Compact, clock: ClockFormat::Minutes, separator: b'T' };
        let (moment, _) = read_moment("20260601T23:30", format, &utc, &london()).expect("a time");
        assert_eq!(moment.civil.to_string(), "2026-06-02 00:30:00");
        let check = |text: &str, expected: Option<&str>| {
            let read = read_moment(text, TimeFormat::EpochSeconds, &utc, &london());
            assert_eq!(read.ok().map(|(moment, _)| moment.civil.to_string()).as_deref(), expected, "{text:?}");
        };
        check("1780356600", Some("2026-06-02 00:30:00"));
        for text in ["0", "1780356600000", "-1", "1.5", "", "18446744073709551615"] {
            check(text, None);
        }
    }

    #[test]
    fn two_columns_name_the_one_at_fault() {
        let check = |texts: [&str; 2], expected: Result<&str, usize>| {
            let formats = (DateFormat::DayFirstSlashes, ClockFormat::Seconds);
            let read = read_moment_of_two(texts, formats, &london(), &london());
            let read = read.map(|(moment, _)| moment.civil.to_string()).map_err(|(column, _)| column);
            assert_eq!(read.as_deref().map_err(|column| *column), expected, "{texts:?}");
        };
        check(["05/06/2026", "23:59:59"], Ok("2026-06-05 23:59:59"));
        check(["31/06/2026", "23:59:59"], Err(0));
        check(["05/06/2026", "24:00:00"], Err(1));
        check(["05/06/2026", ""], Err(1));
    }

    #[test]
    fn a_month_is_its_first_day() {
        use MonthFormat::{Compact, MonthFirst, NameYear, YearFirst};
        let check = |text: &str, format, expected: Option<&str>| {
            let read = read_month(text, format).ok().map(|date| date.to_string());
            assert_eq!(read.as_deref(), expected, "{text:?} {format:?}");
        };
        check("June 2026", NameYear, Some("2026-06-01"));
        check("JUN 2026", NameYear, Some("2026-06-01"));
        check("may 2026", NameYear, Some("2026-05-01"));
        check("Ju 2026", NameYear, None);
        check("Juny 2026", NameYear, None);
        check("June 26", NameYear, None);
        check("2026-06", YearFirst, Some("2026-06-01"));
        check("06/2026", MonthFirst, Some("2026-06-01"));
        check("13/2026", MonthFirst, None);
        check("202606", Compact, Some("2026-06-01"));
        check("199906", Compact, None);
    }
}
