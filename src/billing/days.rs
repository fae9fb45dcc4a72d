//! Runs of days and their set arithmetic, from which follows what was billed, what is due and what is given back.

use crate::domain::time::Date;

/// Days from and to, both included; never reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Days {
    pub from: Date,
    pub to: Date,
}

impl Days {
    /// `None` if it ends before it begins.
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// How many.
    pub fn count(self) -> u32 {
        u32::try_from(self.to.days_since(self.from) + 1).expect("never reversed")
    }

    /// The days of both.
    pub fn overlap(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }

    /// Its days up to and including `last`, if there is one.
    pub fn until(self, last: Option<Date>) -> Option<Self> {
        Self::new(self.from, last.map_or(self.to, |last| self.to.min(last)))
    }

    /// Its days after `last`; none if there is no last day.
    pub fn after(self, last: Option<Date>) -> Option<Self> {
        let last = last?;
        if last < self.from { Some(self) } else { Self::new(last.next(), self.to).filter(|_| last < self.to) }
    }

    /// Its days that are in none of `taken`, which are ascending and apart from each other.
    pub fn without(self, taken: &[Self]) -> Vec<Self> {
        let mut rest = Vec::new();
        let mut from = self.from;
        let first = taken.partition_point(|days| days.to < self.from);
        for days in taken[first..].iter().take_while(|days| days.from <= self.to) {
            if from < days.from {
                rest.extend(Self::new(from, days.from.previous()));
            }
            if days.to >= self.to {
                return rest;
            }
            from = days.to.next();
        }
        rest.extend(Self::new(from, self.to));
        rest
    }
}

/// Ascending runs of the days on which the sum of all `(days, count)` is above zero.
pub(super) fn days_above_zero(counts: impl IntoIterator<Item = (Days, i32)>) -> Vec<Days> {
    let mut changes: Vec<(i32, i32)> = Vec::new();
    for (days, count) in counts {
        changes.push((days.from.days(), count));
        changes.push((days.to.days() + 1, -count));
    }
    changes.sort_unstable();
    let mut runs: Vec<Days> = Vec::new();
    let mut began = None;
    let mut sum = 0;
    for same_day in changes.chunk_by(|a, b| a.0 == b.0) {
        let day = same_day[0].0;
        sum += same_day.iter().map(|(_, count)| count).sum::<i32>();
        match (began, sum > 0) {
            (None, true) => began = Date::from_days(day),
            (Some(from), false) => {
                runs.extend(Date::from_days(day - 1).and_then(|to| Days::new(from, to)));
                began = None;
            }
            _ => {}
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of June 2026, written `3-9`.
    fn june(text: &str) -> Days {
        let (from, to) = text.split_once('-').expect("from-to");
        let day = |text: &str| Date::new(2026, 6, text.parse().expect("a day")).expect("a day of June");
        Days::new(day(from), day(to)).expect("not reversed")
    }

    fn all(text: &str) -> Vec<Days> {
        text.split_whitespace().map(june).collect()
    }

    #[test]
    fn takes_days_away() {
        let cases = [
            ("1-30", "", "1-30"),
            ("1-30", "1-30", ""),
            ("1-30", "1-10", "11-30"),
            ("1-30", "20-30", "1-19"),
            ("1-30", "5-6 8-8 29-30", "1-4 7-7 9-28"),
            ("10-20", "1-9 21-30", "10-20"),
            ("10-20", "1-10 20-30", "11-19"),
            ("10-10", "10-10", ""),
        ];
        for (days, taken, expected) in cases {
            assert_eq!(june(days).without(&all(taken)), all(expected), "{days} without {taken}");
        }
    }

    #[test]
    fn cuts_at_a_last_day() {
        let last = |day| Date::new(2026, 6, day);
        assert_eq!(june("5-20").until(None), Some(june("5-20")));
        assert_eq!(june("5-20").until(last(9)), Some(june("5-9")));
        assert_eq!(june("5-20").until(last(4)), None);
        assert_eq!(june("5-20").after(None), None);
        assert_eq!(june("5-20").after(last(9)), Some(june("10-20")));
        assert_eq!(june("5-20").after(last(4)), Some(june("5-20")));
        assert_eq!(june("5-20").after(last(20)), None);
    }

    #[test]
    fn sums_up_what_covers_each_day() {
        let cases = [
            // Charged, in part given back, charged again in part.
            (vec![("1-30", 1), ("11-30", -1), ("15-20", 1)], "1-10 15-20"),
            (vec![("1-10", 1), ("11-20", 1)], "1-20"),
            (vec![("1-10", 1), ("1-10", -1)], ""),
            (vec![], ""),
        ];
        for (counts, expected) in cases {
            let runs = days_above_zero(counts.iter().map(|(days, count)| (june(days), *count)));
            assert_eq!(runs, all(expected), "{counts:?}");
        }
    }
}
