//! What earlier bills charged and gave back for one charge → the days that are paid for, and what each billed period
//! still holds (P5, P6). A day that was charged and given back counts as never charged.

use super::days::{Days, days_above_zero};
use crate::domain::charge::BilledPeriod;
use crate::domain::money::{Money, Overflow};
use crate::domain::time::Date;

/// The billed periods of one charge.
pub(super) struct History<'a> {
    /// In the order of posting.
    rows: Vec<&'a BilledPeriod>,
    /// What was given back, each with the position of the row that charged it.
    credits: Vec<(usize, &'a BilledPeriod)>,
    /// The days that are charged and not given back, ascending.
    charged: Vec<Days>,
}

/// Days of a billed period that are still charged.
pub(super) struct Standing<'a> {
    pub row: &'a BilledPeriod,
    /// Those asked for, ascending.
    pub days: Vec<Days>,
    /// These are all that is left of it.
    pub is_rest: bool,
    /// What all that is left of it came to, less what was given back.
    pub amount: Money,
}

impl<'a> History<'a> {
    pub fn new(rows: Vec<&'a BilledPeriod>) -> Self {
        let counts = rows.iter().filter_map(|row| Some((days_of(row)?, if row.is_credit { -1 } else { 1 })));
        let charged = days_above_zero(counts);
        Self { credits: credits_of(&rows), rows, charged }
    }

    /// Was it ever charged, even if it was given back since?
    pub fn was_charged(&self) -> bool {
        self.rows.iter().any(|row| !row.is_credit)
    }

    /// The days of a period that are not charged.
    pub fn gaps_in(&self, period: Days) -> Vec<Days> {
        period.without(&self.charged)
    }

    /// The billed periods with days before `first` or after `last` that are still charged, ascending. Days that were
    /// charged, given back and charged again stand under the latest.
    pub fn standing_outside(&self, first: Date, last: Option<Date>) -> Result<Vec<Standing<'a>>, Overflow> {
        let mut found = Vec::new();
        for (position, row) in self.rows.iter().enumerate().filter(|(_, row)| !row.is_credit) {
            let Some(all) = days_of(row) else { continue };
            let given_back = || self.credits.iter().filter(|(of, _)| *of == position).map(|(_, credit)| credit);
            let gone: Vec<Days> = given_back().filter_map(|credit| days_of(credit)).collect();
            let left = all.without(&sorted(gone));
            let days: Vec<Days> = left.iter().flat_map(|days| outside(*days, first, last)).collect();
            if !days.is_empty() {
                let amount = Money::total(given_back().map(|credit| credit.amount))?.plus(row.amount)?;
                found.push(Standing { row, is_rest: days == left, days, amount });
            }
        }
        found.sort_by_key(|standing| standing.days[0]);
        Ok(found)
    }
}

/// Its days before `first`, and those after `last`, which may be earlier.
fn outside(days: Days, first: Date, last: Option<Date>) -> Vec<Days> {
    let before = Days::new(days.from, days.to.min(first.previous()));
    let from_first = Days::new(days.from.max(first), days.to);
    before.into_iter().chain(from_first.and_then(|days| days.after(last))).collect()
}

/// Which charge each credit gives back, by position: the last one before it that has its days. A day is charged again only
/// after it was given back, so that it is no other.
fn credits_of<'a>(rows: &[&'a BilledPeriod]) -> Vec<(usize, &'a BilledPeriod)> {
    let has = |row: &BilledPeriod, days: Days| days_of(row).is_some_and(|all| all.overlap(days).is_some());
    let owner = |(position, credit): (usize, &&'a BilledPeriod)| {
        let days = days_of(credit)?;
        let charge = rows[..position].iter().rposition(|row| !row.is_credit && has(row, days))?;
        Some((charge, *credit))
    };
    rows.iter().enumerate().filter(|(_, row)| row.is_credit).filter_map(owner).collect()
}

fn sorted(mut days: Vec<Days>) -> Vec<Days> {
    days.sort_unstable();
    days
}

fn days_of(row: &BilledPeriod) -> Option<Days> {
    Days::new(row.from, row.to)
}
