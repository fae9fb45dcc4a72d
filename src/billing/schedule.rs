//! The periods of a recurring charge (P3), and what share of its price a part of one costs (P4).

use super::days::Days;
use super::proration::{DaysOfMonth, Share};
use crate::domain::book::ProrationBasis;
use crate::domain::charge::{Alignment, Interval};
use crate::domain::time::Date;

/// When the periods of one recurring charge begin and end. Has no end of its own.
///
/// - In months, aligned to a day of the month: from that day to the day before it, so many months later; what comes
///   before the first such day is a part period. A day that a month lacks is its last day.
/// - In days, aligned to a day of the month: the run of intervals that begins on the first such day, carried back to
///   the charge's start, so that the part period is shorter than an interval.
/// - Aligned to the charge's own start: from the start on, without a part period.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    interval: Interval,
    /// The first day of the charge.
    start: Date,
    /// The first day of the first full period.
    first_full: Date,
    /// The day of the month on which periods of months begin.
    day: u32,
    basis: ProrationBasis,
}

impl Schedule {
    pub fn new(start: Date, interval: Interval, alignment: Alignment, basis: ProrationBasis) -> Self {
        let (first_full, day) = match alignment {
            Alignment::Anniversary => (start, start.day()),
            Alignment::Calendar(day) => (first_on_day(start, day), day),
        };
        let first_full = match interval {
            Interval::Months(_) => first_full,
            Interval::Days(days) => start.plus_days(first_full.days_since(start) % step(days)),
        };
        Self { interval, start, first_full, day, basis }
    }

    /// All periods to the end of the calendar, ascending and without gaps, the part period first if there is one.
    pub fn periods(&self) -> impl Iterator<Item = Days> {
        let part = (self.start < self.first_full).then(|| Days { from: self.start, to: self.first_full.previous() });
        let schedule = *self;
        let full = (0..).map_while(move |number| {
            let (from, next) = (schedule.nth_full(number), schedule.nth_full(number + 1));
            (from < next).then(|| Days { from, to: next.previous() })
        });
        part.into_iter().chain(full)
    }

    /// The share of the price of a full period that `part`, which lies within one period, costs.
    pub fn share(&self, part: Days) -> Share {
        match self.interval {
            Interval::Days(of) => Share::of_days(part.count(), of.max(1)),
            Interval::Months(of) => self.share_of_months(part, of.max(1)),
        }
    }

    fn nth_full(&self, number: i32) -> Date {
        match self.interval {
            Interval::Days(days) => self.first_full.plus_days(number.saturating_mul(step(days))),
            Interval::Months(months) => {
                self.first_full.plus_months_on(number.saturating_mul(step(months)).min(BEYOND_THE_CALENDAR), self.day)
            }
        }
    }

    /// Walks the months of the period: full ones whole, others by their days.
    fn share_of_months(&self, part: Days, of: u32) -> Share {
        let mut full = 0;
        let mut parts = Vec::new();
        let mut from = part.from.latest_on_day(self.day);
        while from <= part.to {
            let next = from.plus_months_on(1, self.day);
            let month = Days { from, to: next.previous() };
            match month.overlap(part) {
                Some(days) if days == month => full += 1,
                Some(days) => parts.push(self.days_by_calendar_month(days)),
                None => {}
            }
            if next <= from {
                break;
            }
            from = next;
        }
        Share::of_months(full, &parts, of)
    }

    fn days_by_calendar_month(&self, days: Days) -> Vec<DaysOfMonth> {
        let mut counts = Vec::new();
        let mut rest = Some(days);
        while let Some(days) = rest {
            let month_end = days.from.last_of_month();
            let basis = match self.basis {
                ProrationBasis::Calendar => days.from.days_in_month(),
                ProrationBasis::Thirty => 30,
            };
            counts.extend(days.until(Some(month_end)).map(|days| (days.count(), basis)));
            rest = days.after(Some(month_end));
        }
        counts
    }
}

/// More months than there are between 2000 and 2100.
const BEYOND_THE_CALENDAR: i32 = 1_300;

/// An interval's length as a step of at least 1.
fn step(length: u32) -> i32 {
    i32::try_from(length.max(1)).unwrap_or(i32::MAX)
}

/// The first date from `start` on that falls on day `day` of a month, or on the last day of one that is shorter.
fn first_on_day(start: Date, day: u32) -> Date {
    let same_month = start.plus_months_on(0, day);
    if same_month >= start { same_month } else { start.plus_months_on(1, day) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::date;

    const QUARTERLY: Interval = Interval::Months(3);
    const MONTHLY: Interval = Interval::Months(1);
    const WEEKLY: Interval = Interval::Days(7);

    fn schedule(start: &str, interval: Interval, alignment: Alignment) -> Schedule {
        Schedule::new(date(start), interval, alignment, ProrationBasis::Calendar)
    }

    /// `expected`: the first day of each of the first periods.
    fn check(start: &str, interval: Interval, alignment: Alignment, expected: &str) {
        let schedule = schedule(start, interval, alignment);
        let count = expected.split_whitespace().count();
        let periods: Vec<_> = schedule.periods().take(count).collect();
        let starts: Vec<_> = periods.iter().map(|days| days.from.to_string()).collect();
        assert_eq!(starts.join(" "), expected, "{start} {interval:?} {alignment:?}");
        assert!(periods.windows(2).all(|pair| pair[0].to.next() == pair[1].from), "no gaps");
    }

    #[test]
    fn begins_periods_where_the_alignment_says() {
        use Alignment::{Anniversary, Calendar};
        // P3: a part period to the day before the first aligned day.
        check("2026-05-15", MONTHLY, Calendar(1), "2026-05-15 2026-06-01 2026-07-01");
        check("2026-05-01", MONTHLY, Calendar(1), "2026-05-01 2026-06-01");
        check("2026-05-20", MONTHLY, Calendar(15), "2026-05-20 2026-06-15 2026-07-15");
        check("2026-05-15", QUARTERLY, Calendar(1), "2026-05-15 2026-06-01 2026-09-01");
        // P3: a start on the 29th to 31st falls on the last day of shorter months and returns afterwards.
        check("2026-01-31", MONTHLY, Anniversary, "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31");
        check("2028-01-30", MONTHLY, Anniversary, "2028-01-30 2028-02-29 2028-03-30");
        check("2027-11-30", QUARTERLY, Anniversary, "2027-11-30 2028-02-29 2028-05-30");
        check("2026-02-10", MONTHLY, Calendar(31), "2026-02-10 2026-02-28 2026-03-31 2026-04-30");
        check("2028-02-29", Interval::Months(12), Anniversary, "2028-02-29 2029-02-28 2030-02-28");
        check("2026-05-15", Interval::Months(5), Anniversary, "2026-05-15 2026-10-15 2027-03-15");
        // Weeks from the first of June, carried back: 25, 18 May; 15 to 17 May is the part period.
        check("2026-05-15", WEEKLY, Calendar(1), "2026-05-15 2026-05-18 2026-05-25 2026-06-01 2026-06-08");
        check("2026-05-15", WEEKLY, Anniversary, "2026-05-15 2026-05-22");
        check("2026-05-31", Interval::Days(1), Calendar(1), "2026-05-31 2026-06-01 2026-06-02");
        check("2100-11-15", MONTHLY, Calendar(1), "2100-11-15 2100-12-01");
    }

    #[test]
    fn ends_with_the_calendar() {
        assert_eq!(schedule("2100-11-15", MONTHLY, Alignment::Calendar(1)).periods().count(), 2);
        assert_eq!(schedule("2000-01-01", Interval::Days(1), Alignment::Anniversary).periods().count(), 36_889);
    }

    /// `expected`: the words of the share; empty for the whole.
    fn check_share(schedule: &Schedule, from: &str, to: &str, expected: &str) {
        let part = Days::new(date(from), date(to)).expect("not reversed");
        assert_eq!(schedule.share(part).words, expected, "{from} to {to}");
    }

    #[test]
    fn shares_by_days_of_the_calendar_month() {
        let first = schedule("2026-05-15", MONTHLY, Alignment::Calendar(1));
        check_share(&first, "2026-05-15", "2026-05-31", "17/31 days");
        check_share(&first, "2026-06-01", "2026-06-30", "");
        check_share(&first, "2026-06-30", "2026-06-30", "1/30 days");
        check_share(&first, "2027-02-01", "2027-02-14", "14/28 days");
        check_share(&first, "2028-02-01", "2028-02-14", "14/29 days");
        let fifteenth = schedule("2026-05-20", MONTHLY, Alignment::Calendar(15));
        check_share(&fifteenth, "2026-05-20", "2026-06-14", "12/31 + 14/30 days");
        check_share(&fifteenth, "2026-06-15", "2026-07-14", "");
        let clamped = schedule("2026-01-31", MONTHLY, Alignment::Anniversary);
        check_share(&clamped, "2026-01-31", "2026-02-27", "");
        check_share(&clamped, "2026-02-28", "2026-03-30", "");
        check_share(&clamped, "2026-02-01", "2026-02-27", "27/28 days");
    }

    #[test]
    fn shares_longer_periods_month_by_month() {
        let quarter = schedule("2026-05-15", QUARTERLY, Alignment::Calendar(1));
        check_share(&quarter, "2026-05-15", "2026-05-31", "17/31 days of 3 months");
        check_share(&quarter, "2026-06-01", "2026-08-31", "");
        check_share(&quarter, "2026-06-01", "2026-08-10", "2 months + 10/31 days of 3 months");
        check_share(&quarter, "2026-06-11", "2026-08-31", "2 months + 20/30 days of 3 months");
        check_share(&quarter, "2026-06-11", "2026-08-10", "1 month + 20/30 + 10/31 days of 3 months");
        check_share(&quarter, "2026-07-01", "2026-07-31", "1 month of 3 months");
        let year = schedule("2027-07-20", Interval::Months(12), Alignment::Anniversary);
        check_share(&year, "2027-07-20", "2028-02-29", "7 months + 10/29 days of 12 months");
    }

    #[test]
    fn shares_days_of_intervals_of_days_and_thirtieths() {
        let weeks = schedule("2026-05-15", WEEKLY, Alignment::Calendar(1));
        check_share(&weeks, "2026-05-15", "2026-05-17", "3/7 days");
        check_share(&weeks, "2026-05-18", "2026-05-24", "");
        let thirty = Schedule::new(date("2026-05-15"), MONTHLY, Alignment::Calendar(1), ProrationBasis::Thirty);
        check_share(&thirty, "2026-05-15", "2026-05-31", "17/30 days");
        check_share(&thirty, "2026-05-02", "2026-05-31", "30/30 days");
        check_share(&thirty, "2027-02-01", "2027-02-27", "27/30 days");
        check_share(&thirty, "2027-02-01", "2027-02-28", "");
    }
}
