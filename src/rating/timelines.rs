//! Rows with dates → which of them answers on a day, resolved once when the book is compiled. A timeline covers all
//! days. Does not know tariffs or keys.

use crate::domain::book::RateId;
use crate::domain::time::{Date, DateRange};
use crate::domain::usage::RatePath;

/// The row that answers, and the kind of key that it was found by.
pub(super) type Answer = (RateId, RatePath);

/// From a day on, until the next stretch begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stretch {
    /// `None` in the first one: it has no beginning.
    pub(super) from: Option<Date>,
    pub(super) answer: Option<Answer>,
}

/// All days, in stretches that each have another answer than the one before.
pub(super) type Timeline = Vec<Stretch>;

/// A timeline without any answer.
pub(super) fn nothing() -> Timeline {
    vec![Stretch { from: None, answer: None }]
}

/// Of rows that never overlap, as the book guarantees (R2); of rows that do, the one that begins later counts.
pub(super) fn of_rows(mut rows: Vec<(DateRange, Answer)>) -> Timeline {
    rows.sort_by_key(|(valid, _)| valid.from);
    let mut timeline = nothing();
    for (valid, answer) in rows {
        let is_later = |stretch: &Stretch| stretch.from >= valid.from;
        while timeline.last().is_some_and(is_later) {
            timeline.pop();
        }
        timeline.push(Stretch { from: valid.from, answer: Some(answer) });
        // The calendar's last day is followed by none.
        let after = valid.to.map(|last| (last, last.next())).filter(|(last, next)| next > last);
        timeline.extend(after.map(|(_, next)| Stretch { from: Some(next), answer: None }));
    }
    timeline
}

/// The first timeline, and on days on which it has no answer the second.
pub(super) fn filled(first: &[Stretch], second: &[Stretch]) -> Timeline {
    if first.iter().all(|stretch| stretch.answer.is_some()) {
        return first.to_vec();
    }
    let mut starts: Vec<Option<Date>> = first.iter().chain(second).map(|stretch| stretch.from).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut timeline = Timeline::with_capacity(starts.len());
    for from in starts {
        let answer = on(first, from).or_else(|| on(second, from));
        if timeline.last().is_none_or(|last: &Stretch| last.answer != answer) {
            timeline.push(Stretch { from, answer });
        }
    }
    timeline
}

fn on(timeline: &[Stretch], from: Option<Date>) -> Option<Answer> {
    let begun = timeline.partition_point(|stretch| stretch.from <= from);
    timeline[..begun].last().and_then(|stretch| stretch.answer)
}

/// One of the timelines kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TimelineId(u32);

/// All timelines of the book, end to end.
#[derive(Debug, Default)]
pub(super) struct Timelines {
    stretches: Vec<Stretch>,
    /// Where each begins in `stretches`; its end is where the next begins.
    starts: Vec<u32>,
}

impl Timelines {
    /// Keeps one more.
    ///
    /// # Panics
    /// Beyond 2^32 stretches.
    pub(super) fn add(&mut self, timeline: &[Stretch]) -> TimelineId {
        let position = |length: usize| u32::try_from(length).expect("no book has 2^32 stretches of validity");
        let id = TimelineId(position(self.starts.len()));
        self.starts.push(position(self.stretches.len()));
        self.stretches.extend_from_slice(timeline);
        id
    }

    /// The answer of a timeline on a day.
    pub(super) fn answer(&self, TimelineId(id): TimelineId, day: Date) -> Option<Answer> {
        let start = self.starts[id as usize] as usize;
        let end = self.starts.get(id as usize + 1).map_or(self.stretches.len(), |next| *next as usize);
        match &self.stretches[start..end] {
            [always] => always.answer,
            several => on(several, Some(day)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).expect("a date")
    }

    /// Rows as `first day..last day`, either open; row n is answer n.
    fn timeline(rows: &[&str]) -> Timeline {
        let row = |(position, text): (usize, &&str)| {
            let (from, to) = text.split_once("..").expect("a range");
            let valid = DateRange { from: Date::parse(from), to: Date::parse(to) };
            (valid, (RateId::from_index(position), RatePath::Rate))
        };
        of_rows(rows.iter().enumerate().map(row).collect())
    }

    fn check(timeline: Timeline, expected: &[(&str, Option<u32>)]) {
        let mut kept = Timelines::default();
        kept.add(&nothing());
        let id = kept.add(&timeline);
        kept.add(&nothing());
        for (day, row) in expected {
            let answer = kept.answer(id, date(day)).map(|(id, _)| id.0);
            assert_eq!(answer, *row, "X6: {day} of {timeline:?}");
        }
    }

    #[test]
    fn both_ends_are_in_a_range() {
        check(timeline(&[]), &[("2026-01-01", None)]);
        check(timeline(&[".."]), &[("2000-01-01", Some(0)), ("2100-12-31", Some(0))]);
        let gapped = [("2026-01-31", Some(0)), ("2026-02-01", None), ("2026-02-28", None), ("2026-03-01", Some(1))];
        check(timeline(&["..2026-01-31", "2026-03-01.."]), &gapped);
        check(timeline(&["2026-03-01..", "..2026-02-28"]), &[("2026-02-28", Some(1)), ("2026-03-01", Some(0))]);
        check(timeline(&["2026-03-01..2100-12-31"]), &[("2026-02-28", None), ("2100-12-31", Some(0))]);
        check(timeline(&["2026-03-01..2026-03-01"]), &[("2026-03-01", Some(0)), ("2026-03-02", None)]);
    }

    #[test]
    fn the_second_answers_where_the_first_does_not() {
        let relabelled = |rows: &[&str]| -> Timeline {
            let other = |(RateId(id), path)| (RateId(id + 10), path);
            let shifted = |stretch: &Stretch| Stretch { answer: stretch.answer.map(other), ..*stretch };
            timeline(rows).iter().map(shifted).collect()
        };
        let first = timeline(&["2026-02-01..2026-02-28"]);
        let second = relabelled(&["..2026-02-10", "2026-03-05.."]);
        let expected = [
            ("2026-01-31", Some(10)),
            ("2026-02-01", Some(0)),
            ("2026-02-28", Some(0)),
            ("2026-03-01", None),
            ("2026-03-05", Some(11)),
        ];
        check(filled(&first, &second), &expected);
        assert_eq!(filled(&timeline(&[".."]), &second), timeline(&[".."]));
        assert_eq!(filled(&nothing(), &second), second);
        assert_eq!(filled(&first, &nothing()), first);
    }
}
