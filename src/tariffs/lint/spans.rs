//! Runs of days, and what is left of one when others are taken away. Days, not calendars: open ends are far away.

use crate::domain::time::{Date, DateRange};

/// A run of days, both ends in it, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) from: i32,
    pub(super) to: i32,
}

impl Span {
    /// A range of the book; an open end is beyond all dates.
    pub(super) fn of(range: DateRange) -> Self {
        Self { from: range.from.map_or(i32::MIN, Date::days), to: range.to.map_or(i32::MAX, Date::days) }
    }

    /// From a day on.
    pub(super) fn since(date: Date) -> Self {
        Self { from: date.days(), to: i32::MAX }
    }

    /// What both have in common.
    pub(super) fn common(self, other: Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), to: self.to.min(other.to) };
        (both.from <= both.to).then_some(both)
    }

    /// The days between this one and one that begins after it has ended; none if they touch or overlap.
    pub(super) fn gap_before(self, later: Self) -> Option<Self> {
        let gap = Self { from: self.to.checked_add(1)?, to: later.from.checked_sub(1)? };
        (gap.from <= gap.to).then_some(gap)
    }

    /// `2026-04-01 to 2026-04-30`; days beyond the calendar are left open.
    pub(super) fn in_words(self) -> String {
        let [from, to] = [self.from, self.to].map(Date::from_days);
        match (from, to) {
            (Some(from), Some(to)) if from == to => from.to_string(),
            (Some(from), Some(to)) => format!("{from} to {to}"),
            (Some(from), None) => format!("{from} on"),
            (None, Some(to)) => format!("up to {to}"),
            (None, None) => "any day".to_owned(),
        }
    }
}

/// What is left of some spans without another.
pub(super) fn without(spans: Vec<Span>, taken: Span) -> Vec<Span> {
    if !spans.iter().any(|span| span.common(taken).is_some()) {
        return spans;
    }
    let rest = spans.into_iter().flat_map(|span| {
        let Some(both) = span.common(taken) else { return [Some(span), None] };
        let before = (both.from > span.from).then(|| Span { from: span.from, to: both.from - 1 });
        let after = (both.to < span.to).then(|| Span { from: both.to + 1, to: span.to });
        [before, after]
    });
    rest.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_leaves_the_rest() {
        let span = |(from, to)| Span { from, to };
        let check = |taken: &[(i32, i32)], expected: &[(i32, i32)]| {
            let rest = taken.iter().fold(vec![span((10, 20))], |rest, taken| without(rest, span(*taken)));
            assert_eq!(rest, expected.iter().copied().map(span).collect::<Vec<_>>(), "{taken:?}");
        };
        check(&[], &[(10, 20)]);
        check(&[(0, 9), (21, 30)], &[(10, 20)]);
        check(&[(12, 14)], &[(10, 11), (15, 20)]);
        check(&[(12, 14), (15, 30)], &[(10, 11)]);
        check(&[(i32::MIN, i32::MAX)], &[]);
    }

    #[test]
    fn a_gap_is_between_two_runs() {
        let span = |from, to| Span { from, to };
        assert_eq!(span(1, 5).gap_before(span(8, 9)), Some(span(6, 7)));
        assert_eq!(span(1, 5).gap_before(span(6, 9)), None);
        assert_eq!(span(1, i32::MAX).gap_before(span(6, 9)), None);
    }
}
