//! Days and months in the plainest way: by walking them.

use jiff::civil::Date;

/// The next day.
pub fn next(day: Date) -> Date {
    day.tomorrow().unwrap()
}

/// The day before.
pub fn previous(day: Date) -> Date {
    day.yesterday().unwrap()
}

/// So many days later, or earlier.
pub fn later(day: Date, days: i32) -> Date {
    day.checked_add(jiff::Span::new().days(days)).unwrap()
}

/// The first day of the month so many months later.
pub fn first_of_month(day: Date, months: i32) -> Date {
    day.first_of_month().checked_add(jiff::Span::new().months(months)).unwrap()
}

/// Is it this day of the month, or the last one of a month that lacks it?
pub fn is_on(day: Date, of_month: i8) -> bool {
    day.day() == of_month.min(day.days_in_month())
}

/// The first day of the month-long period that a day is in, where periods begin on a day of the month.
pub fn period_start(mut day: Date, of_month: i8) -> Date {
    while !is_on(day, of_month) {
        day = previous(day);
    }
    day
}

/// The last day of the period that starts on a day.
pub fn period_end(start: Date, of_month: i8) -> Date {
    let mut day = next(start);
    while !is_on(day, of_month) {
        day = next(day);
    }
    previous(day)
}

/// How many days from one to another, both counted.
pub fn count(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).unwrap().get_days()) + 1
}
