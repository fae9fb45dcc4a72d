//! What was done to a row, in its note: `+5 % from 2026-08-01 on rate`. A row that was changed where it is does not
//! show otherwise what it was; with the mark, an increase made twice is recognised. A mark is plain text at the end of
//! the note, after `; `, and goes out and in with the book.

use crate::domain::money::Percent;
use crate::domain::time::Date;

use super::{Increase, PriceField};

/// An increase that a row has had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    percent: Percent,
    from: Date,
    fields: Vec<PriceField>,
}

const BETWEEN: &str = "; ";

impl Mark {
    /// The mark that an increase leaves.
    pub(super) fn of(increase: &Increase) -> Self {
        Self { percent: increase.percent, from: increase.from, fields: increase.fields.clone() }
    }

    /// Had the row this increase already?
    pub(super) fn covers(&self, increase: &Increase) -> bool {
        let same = self.percent == increase.percent && self.from == increase.from;
        same && increase.fields.iter().all(|field| self.fields.contains(field))
    }

    /// Had the row another one of the same prices from the same date?
    pub(super) fn clashes_with(&self, increase: &Increase) -> bool {
        self.from == increase.from && increase.fields.iter().any(|field| self.fields.contains(field))
    }

    fn read(text: &str) -> Option<Self> {
        let (percent, rest) = text.split_once(" % from ")?;
        let (from, fields) = match rest.split_once(" on ") {
            None => (rest, PriceField::ALL.to_vec()),
            Some((from, names)) => (from, names.split(", ").map(PriceField::parse).collect::<Option<_>>()?),
        };
        let percent = percent.strip_prefix('+').or(Some(percent).filter(|text| text.starts_with('-')))?;
        Some(Self { percent: Percent::parse(percent).ok()?, from: Date::parse(from)?, fields })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.percent.is_negative() { "" } else { "+" };
        write!(f, "{sign}{} % from {}", self.percent, self.from)?;
        if self.fields == PriceField::ALL {
            return Ok(());
        }
        let names: Vec<_> = self.fields.iter().map(|field| field.name()).collect();
        write!(f, " on {}", names.join(", "))
    }
}

/// The marks in a note.
pub(super) fn marks_in(note: &str) -> Vec<Mark> {
    note.split(BETWEEN).filter_map(Mark::read).collect()
}

/// A note with one more mark.
pub(super) fn marked(note: &str, mark: &Mark) -> String {
    if note.is_empty() { mark.to_string() } else { format!("{note}{BETWEEN}{mark}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let check = |note: &str, expected: &[&str]| {
            let found: Vec<_> = marks_in(note).iter().map(Mark::to_string).collect();
            assert_eq!(found, expected, "{note}");
        };
        check("+5 % from 2026-08-01", &["+5 % from 2026-08-01"]);
        check("Ours; -2.5 % from 2026-08-01 on rate, steps", &["-2.5 % from 2026-08-01 on rate, steps"]);
        check("+5 % from 2026-08-01; +3 % from 2027-01-01", &["+5 % from 2026-08-01", "+3 % from 2027-01-01"]);
        check("5 % from 2026-08-01", &[]);
        check("+5 % from August", &[]);
        check("+5 % from 2026-08-01 on Sundays", &[]);
        check("", &[]);
        let mark = &marks_in("+5 % from 2026-08-01 on rate")[0];
        assert_eq!(marked("Ours", mark), "Ours; +5 % from 2026-08-01 on rate");
        assert_eq!(marked("", mark), "+5 % from 2026-08-01 on rate");
    }

    #[test]
    fn the_same_prices_are_raised_once_from_a_date() {
        let increase = |percent: &str, from: &str, fields: &[PriceField]| Increase {
            fields: fields.to_vec(),
            ..Increase::new(Percent::parse(percent).unwrap(), Date::parse(from).unwrap())
        };
        let mark = &marks_in("+5 % from 2026-08-01 on rate, minimum")[0];
        let check = |asked: Increase, covers: bool, clashes: bool| {
            assert_eq!((mark.covers(&asked), mark.clashes_with(&asked)), (covers, clashes), "{asked:?}");
        };
        use PriceField::{Connection, Minimum, Rate};
        check(increase("5", "2026-08-01", &[Rate, Minimum]), true, true);
        check(increase("5.0000", "2026-08-01", &[Rate]), true, true);
        check(increase("5", "2026-08-01", &[Connection, Rate]), false, true);
        check(increase("4", "2026-08-01", &[Rate]), false, true);
        check(increase("5", "2026-08-01", &[Connection]), false, false);
        check(increase("5", "2026-09-01", &[Rate]), false, false);
    }
}
