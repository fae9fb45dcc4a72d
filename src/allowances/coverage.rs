//! One customer's priced usage in time order → how much of each record its allowances cover, in the order of A4, and what
//! that takes off its price. Does not know about caps.

use super::buckets::{Buckets, Periods};
use super::draws::{Record, draw};
use crate::domain::allowance::{Allowance, AllowanceDraw, AllowanceScope, CustomerAllowance, Discount, PerMeasure};
use crate::domain::book::{Book, CustomerId};
use crate::domain::exact::Exact;
use crate::domain::money::{CallCharge, Overflow, Rounding};
use crate::domain::usage::ChargedUsage;

/// Goes through the usage of a customer, record by record.
pub(super) struct Coverage<'b> {
    book: &'b Book,
    pub rows: &'b [CustomerAllowance],
    pub buckets: Buckets<'b>,
    periods: Periods<'b>,
    /// What covers the last record, in the order in which it drew.
    pub parts: Vec<Part>,
}

/// A part of a record and the bucket that covers it.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// The place of the bucket in the list.
    pub bucket: usize,
    /// From which unit of the record on.
    pub from: Exact,
    /// Up to which unit.
    pub to: Exact,
    /// What it drew, with 12 decimals.
    pub drawn: PerMeasure<i128>,
    /// What it took off the record's charge.
    pub taken_off: CallCharge,
}

impl<'b> Coverage<'b> {
    pub fn new(book: &'b Book, customer: CustomerId, before: &'b [AllowanceDraw]) -> Result<Self, Overflow> {
        Ok(Self {
            book,
            rows: book.allowances_of(customer),
            buckets: Buckets::new(book, customer, before)?,
            periods: Periods::new(book, customer),
            parts: Vec::new(),
        })
    }

    /// Takes off the price of a record what its allowances do (A3), and draws on them. The charge is rounded once, to 6
    /// decimals, half up.
    pub fn cover(&mut self, one: &mut ChargedUsage) -> Result<(), Overflow> {
        self.parts.clear();
        (one.allowed, one.charge, one.covered) = (CallCharge::ZERO, one.sell, false);
        if !can_be_covered(one) {
            return Ok(());
        }
        self.periods.turn_to(one.day);
        let record = Record::new(self.book, one);
        let price = Exact::from(one.sell);
        let (mut position, mut off) = (Exact::ZERO, Exact::ZERO);
        for (index, row) in self.rows.iter().enumerate() {
            let allowance = self.book.allowance(row.allowance);
            if why_not(self.book, row, allowance, one).is_some() {
                continue;
            }
            let Some(reach) = record.reach(allowance.longest) else { continue };
            let (start, off_before) = (position, off);
            for back in (0..=allowance.rollover_periods).rev() {
                if position.compare(reach)?.is_ge() {
                    break;
                }
                let Some(period) = self.periods.start(row, back) else { continue };
                let place = self.buckets.find(index, period)?;
                let Some(drawn) = draw(&self.buckets.list[place], &record, position, reach)? else { continue };
                let from = std::mem::replace(&mut position, drawn.end);
                off = off_before.plus(record.taken_off(allowance.discount, position.minus(start)?)?)?;
                let charge = price.minus(off)?.rounded(6, Rounding::HalfUp)?;
                let taken_off = one.charge.minus(charge)?;
                one.charge = charge;
                self.buckets.list[place].add(&drawn.drawn, taken_off)?;
                self.parts.push(Part { bucket: place, from, to: position, drawn: drawn.drawn, taken_off });
            }
        }
        one.covered = !self.parts.is_empty();
        one.allowed = one.sell.minus(one.charge)?;
        Ok(())
    }
}

/// A credit draws nothing, and neither does what has neither units nor a price.
pub(super) fn can_be_covered(one: &ChargedUsage) -> bool {
    !one.sell.is_negative() && !(one.sell.is_zero() && one.units == 0)
}

/// Why an allowance is not for a record, whatever is left of it (A2, A3); none if it is.
pub(super) fn why_not(
    book: &Book,
    row: &CustomerAllowance,
    allowance: &Allowance,
    one: &ChargedUsage,
) -> Option<&'static str> {
    if !row.valid.contains(one.day) {
        return Some("not valid on the day");
    }
    let in_scope = match &row.scope {
        AllowanceScope::Customer => true,
        AllowanceScope::CostCentre(centre) => book.cli(one.cli).cost_centre == Some(*centre),
        AllowanceScope::Clis(clis) => clis.binary_search(&one.cli).is_ok(),
    };
    if !in_scope {
        return Some("not for this line");
    }
    if allowance.qualifies.binary_search(&one.call_type).is_err() {
        return Some("not for this call type");
    }
    if !allowance.bands.is_empty() && allowance.bands.binary_search(&one.band()).is_err() {
        return Some("not for this time band");
    }
    if !allowance.is_for(one.kind) {
        return Some("has no limit that counts this kind of usage");
    }
    let by_minutes = matches!(allowance.discount, Discount::PerMinute(_));
    (by_minutes && one.units == 0).then_some("its discount is by the minute, and there is none")
}
