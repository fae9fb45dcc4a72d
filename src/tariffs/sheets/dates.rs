//! The dates of a rate sheet: ISO, day first, month first, `01-Jun-26`. The order of day and month is declared, or told
//! by a date of the column that can only be read one way; never guessed.

use crate::book::CellRefusal;
use crate::domain::time::Date;

use super::numbers::refuse;

/// The order of day, month and year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// `2026-06-01`.
    YearFirst,
    /// `01/06/2026`.
    DayFirst,
    /// `06/01/2026`.
    MonthFirst,
}

/// How the dates of a sheet are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct DateReading {
    /// Declared by who imports the sheet.
    declared: Option<DateOrder>,
    /// Told by the dates themselves.
    found: Option<DateOrder>,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl DateReading {
    /// Looks at all dates of a sheet.
    pub(super) fn of<'c>(declared: Option<DateOrder>, cells: impl Iterator<Item = &'c str>) -> Self {
        let (mut day_first, mut month_first) = (false, false);
        for (first, second, _) in cells.filter_map(|cell| numbers(without_midnight(cell))) {
            day_first |= first > 12 && second <= 12;
            month_first |= second > 12 && first <= 12;
        }
        let found = match (day_first, month_first) {
            (true, false) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            _ => None,
        };
        Self { declared, found }
    }

    /// Reads one date.
    pub(super) fn read(&self, text: &str) -> Result<Date, CellRefusal> {
        let text = without_midnight(text);
        let not_a_date = || refuse("is not a date", "2026-06-01, or another order that --date-format declares");
        if let Some(date) = Date::parse(text) {
            return match self.declared {
                None | Some(DateOrder::YearFirst) => Ok(date),
                Some(_) => Err(refuse("is not in the declared order", "the order of --date-format")),
            };
        }
        if self.declared == Some(DateOrder::YearFirst) {
            return Err(not_a_date());
        }
        if let Some((day, month, year)) = with_month_name(text) {
            return Date::new(year, month, day).ok_or_else(not_a_date);
        }
        let (first, second, year) = numbers(text).ok_or_else(not_a_date)?;
        let date = |day, month| year_of(year, self.declared.is_some()).and_then(|year| Date::new(year, month, day));
        match self.declared.or(self.found) {
            Some(DateOrder::DayFirst) => date(first, second).ok_or_else(not_a_date),
            Some(DateOrder::MonthFirst) => date(second, first).ok_or_else(not_a_date),
            _ if first == second => date(first, second).ok_or_else(not_a_date),
            _ => match (date(first, second), date(second, first)) {
                (Some(day_first), Some(month_first)) => {
                    let reason = format!("may be {} or {}", day_first.in_words(), month_first.in_words());
                    Err(refuse(&reason, "declare --date-format dmy or mdy"))
                }
                (Some(only), None) | (None, Some(only)) => Ok(only),
                (None, None) => Err(not_a_date()),
            },
        }
    }
}

/// A spreadsheet writes midnight behind dates: `2026-06-01 00:00:00`.
fn without_midnight(text: &str) -> &str {
    [" 00:00:00", "T00:00:00", " 00:00", " 0:00"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text)
}

/// `01/06/2026`, also with `-` or `.`: three numbers and the year's text.
fn numbers(text: &str) -> Option<(u32, u32, &str)> {
    let separator = text.chars().find(|letter| matches!(letter, '/' | '-' | '.'))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, second, year] = parts[..] else { return None };
    Some((short_number(first)?, short_number(second)?, year))
}

fn short_number(text: &str) -> Option<u32> {
    let fits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// Four digits; two only beside a declared order or the name of a month.
fn year_of(text: &str, two_digits: bool) -> Option<i32> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        4 => text.parse().ok(),
        2 if two_digits => text.parse::<i32>().ok().map(|year| 2000 + year),
        _ => None,
    }
}

/// `01-Jun-26`, `1 Jun 2026`, `01/June/2026` → day, month, year.
fn with_month_name(text: &str) -> Option<(u32, u32, i32)> {
    let parts: Vec<&str> = text.split(['-', ' ', '/']).collect();
    let [day, month, year] = parts[..] else { return None };
    let name: String = month.to_lowercase().chars().take(3).collect();
    let all_letters = month.len() >= 3 && month.bytes().all(|byte| byte.is_ascii_alphabetic());
    let month = MONTHS.iter().position(|known| *known == name).filter(|_| all_letters)?;
    Some((short_number(day)?, u32::try_from(month).ok()? + 1, year_of(year, true)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_one_way_or_refused() {
        let check = |declared: Option<DateOrder>, column: &[&str], expected: Result<&str, &str>| {
            let reading = DateReading::of(declared, column.iter().copied());
            let read = reading.read(column[0]).map(|date| date.to_string());
            assert_eq!(read.as_deref().map_err(|refusal| refusal.reason.as_str()), expected, "{column:?}");
        };
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        check(None, &["2026-06-01"], Ok("2026-06-01"));
        check(None, &["2026-06-01 00:00:00"], Ok("2026-06-01"));
        check(None, &["2026-06-01 08:00:00"], Err("is not a date"));
        check(None, &["13/06/2026"], Ok("2026-06-13"));
        check(None, &["06/13/2026"], Ok("2026-06-13"));
        check(None, &["05/05/2026"], Ok("2026-05-05"));
        check(None, &["01/06/2026"], Err("may be 1 June 2026 or 6 January 2026"));
        check(None, &["01/06/2026", "15/06/2026"], Ok("2026-06-01"));
        check(None, &["01/06/2026", "06/15/2026"], Ok("2026-01-06"));
        check(None, &["01/06/2026", "06/15/2026", "15/06/2026"], Err("may be 1 June 2026 or 6 January 2026"));
        check(Some(DayFirst), &["01.06.2026"], Ok("2026-06-01"));
        check(Some(DayFirst), &["01/06/26"], Ok("2026-06-01"));
        check(None, &["13/06/26"], Err("is not a date"));
        check(Some(MonthFirst), &["01/06/2026"], Ok("2026-01-06"));
        check(Some(YearFirst), &["01/06/2026"], Err("is not a date"));
        check(Some(DayFirst), &["2026-06-01"], Err("is not in the declared order"));
        check(None, &["01-Jun-26"], Ok("2026-06-01"));
        check(None, &["1 June 2026"], Ok("2026-06-01"));
        check(None, &["31-Jun-26"], Err("is not a date"));
        check(None, &["immediate"], Err("is not a date"));
        check(None, &["46174"], Err("is not a date"));
        check(None, &["2026-02-29"], Err("is not a date"));
    }
}
