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
        Self { rows, charged }
    }

    /// Was it ever charged, even if it was given back since?
    pub fn was_charged(&self) -> bool {
        self.rows.iter().any(|row| !row.is_credit)
    }

    /// The days of a period that are not charged.
    pub fn gaps_in(&self, period: Days) -> Vec<Days> {
        period.without(&self.charged)
    }

    /// The billed periods with days after `last` that are still charged, ascending. Where days were charged, given back
    /// and charged again, they stand under the latest.
    pub fn standing_after(&self, last: Option<Date>) -> Result<Vec<Standing<'a>>, Overflow> {
        let mut open: Vec<Days> = self.charged.iter().filter_map(|days| days.after(last)).collect();
        let mut found = Vec::new();
        for row in self.rows.iter().rev().filter(|row| !row.is_credit) {
            if open.is_empty() {
                break;
            }
            let Some(all) = days_of(row) else { continue };
            let days = all.within(&open);
            if !days.is_empty() {
                open = open.iter().flat_map(|run| run.without(&[all])).collect();
                found.push(self.standing(row, all, days)?);
            }
        }
        found.sort_by_key(|standing| standing.days[0]);
        Ok(found)
    }

    fn standing(&self, row: &'a BilledPeriod, all: Days, days: Vec<Days>) -> Result<Standing<'a>, Overflow> {
        let others = || self.rows.iter().filter(|other| days_of(other).and_then(|days| days.overlap(all)).is_some());
        // With two charges over the same days it is not known which of them a credit belongs to.
        if others().filter(|other| !other.is_credit).count() > 1 {
            return Ok(Standing { row, days, is_rest: false, amount: row.amount });
        }
        let amount = Money::total(others().map(|other| other.amount))?;
        Ok(Standing { row, is_rest: all.within(&self.charged) == days, days, amount })
    }
}

fn days_of(row: &BilledPeriod) -> Option<Days> {
    Days::new(row.from, row.to)
}
