//! The periods of a recurring charge (P3) and the share of its price that a part of one costs (P4): by walking days.

use jiff::civil::Date;

use crate::oracle::amounts::{Amount, whole, zero};
use crate::simulation::calendar::{count, is_on, later, next, period_end, period_start, previous};
use crate::simulation::world::Charge;

/// How long a period is.
#[derive(Clone, Copy)]
pub enum Interval {
    Days(i32),
    Months(usize),
}

pub fn interval(charge: &Charge) -> Interval {
    match charge.interval {
        "daily" => Interval::Days(1),
        "weekly" => Interval::Days(7),
        "fortnightly" => Interval::Days(14),
        "monthly" => Interval::Months(1),
        "quarterly" => Interval::Months(3),
        "yearly" => Interval::Months(12),
        months => Interval::Months(months.parse().unwrap()),
    }
}

/// The day of the month on which periods begin.
pub fn aligned_day(charge: &Charge) -> i8 {
    match charge.align.split_once(':') {
        Some((_, day)) => day.parse().unwrap(),
        None => charge.from.day(),
    }
}

/// P3: every period that begins up to a day, the part period before the first aligned day among them.
pub fn periods(charge: &Charge, until: Date) -> Vec<(Date, Date)> {
    let of_month = aligned_day(charge);
    let mut first_aligned = charge.from;
    while !is_on(first_aligned, of_month) {
        first_aligned = next(first_aligned);
    }
    let mut starts = Vec::new();
    let (mut day, mut aligned_days) = (charge.from, 0);
    while starts.last().is_none_or(|last| *last <= until) {
        let is_aligned = is_on(day, of_month);
        let begins = match interval(charge) {
            Interval::Months(months) => is_aligned && aligned_days % months == 0,
            Interval::Days(days) => (first_aligned.until(day).unwrap().get_days()) % days == 0,
        };
        if begins || day == charge.from {
            starts.push(day);
        }
        aligned_days += usize::from(is_aligned);
        day = next(day);
    }
    starts.windows(2).map(|pair| (pair[0], previous(pair[1]))).collect()
}

/// P4: days ÷ days in that calendar month (or 30), whole months whole, over the months of the interval; for intervals
/// of days, days ÷ days in the interval.
pub fn share(charge: &Charge, (from, to): (Date, Date), thirty: bool) -> Amount {
    let months = match interval(charge) {
        Interval::Days(days) => return whole(days_of(from, to)) / whole(u64::try_from(days).unwrap()),
        Interval::Months(months) => months,
    };
    let of_month = aligned_day(charge);
    let mut sum = zero();
    let mut start = period_start(from, of_month);
    while start <= to {
        let end = period_end(start, of_month);
        sum += share_of_month((start.max(from), end.min(to)), (start, end), thirty);
        start = later(end, 1);
    }
    sum / whole(months as u64)
}

/// One day after the other, each a share of its calendar month; together never more than the month.
fn share_of_month(days: (Date, Date), month: (Date, Date), thirty: bool) -> Amount {
    if days == month {
        return whole(1);
    }
    let mut sum = zero();
    let mut day = days.0;
    while day <= days.1 {
        let length = if thirty { 30 } else { u64::try_from(day.days_in_month()).unwrap() };
        sum += whole(1) / whole(length);
        day = next(day);
    }
    sum.min(whole(1))
}

fn days_of(from: Date, to: Date) -> u64 {
    u64::try_from(count(from, to)).unwrap()
}
