//! One record and one bucket → how much of the record is covered, and what it draws (A2, A3, A5). Changes neither.

use std::cmp::Ordering;

use super::buckets::Bucket;
use crate::domain::allowance::{Discount, LongestCall, Measure, PerMeasure};
use crate::domain::book::Book;
use crate::domain::exact::Exact;
use crate::domain::money::{Overflow, Percent, Rounding, power_of_ten};
use crate::domain::usage::{ChargedUsage, Kind};

/// Decimals of what is drawn.
const PLACES: u32 = 12;
/// A weight of 100 %.
const WHOLE_WEIGHT: i128 = 100 * 10_000;

/// A record as its units lie one after the other, all at the same price (A3).
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    kind: Kind,
    /// 0 if nothing was measured: then all of it is one part that draws no units.
    units: u64,
    /// What all of it costs.
    price: Exact,
    /// In ten thousandths of a percent (A5).
    weight: i128,
}

/// A part of a record that a bucket covers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw {
    /// Up to which unit: whole, unless money ends it.
    pub end: Exact,
    /// What it draws, weighted, with 12 decimals.
    pub drawn: PerMeasure<i128>,
}

impl Record {
    pub fn new(book: &Book, one: &ChargedUsage) -> Self {
        let weight = i128::from(book.call_type(one.call_type).allowance_weight.scaled());
        Self { kind: one.kind, units: one.units, price: one.sell.into(), weight }
    }

    /// How many parts it has.
    pub fn length(&self) -> Exact {
        Exact::from_whole(i128::from(self.units.max(1)))
    }

    /// Up to which unit an allowance may cover it; none if the call is too long for it.
    pub fn reach(&self, longest: Option<LongestCall>) -> Option<Exact> {
        match longest.filter(|_| self.kind == Kind::Voice) {
            Some(LongestCall::OnlyUpTo(seconds)) if self.units > seconds => None,
            Some(LongestCall::UpTo(seconds)) if self.units > seconds => Some(Exact::from_whole(seconds.into())),
            _ => Some(self.length()),
        }
    }

    /// The price of a part of it.
    pub fn price_of(&self, length: Exact) -> Result<Exact, Overflow> {
        // Whole parts are most of them.
        match length.compare(self.length())? {
            Ordering::Equal => Ok(self.price),
            _ => length.times_exact(self.price)?.over(i128::from(self.units.max(1))),
        }
    }

    /// What a discount takes off a part of it; never more than the part costs.
    pub fn taken_off(&self, discount: Discount, length: Exact) -> Result<Exact, Overflow> {
        let price = self.price_of(length)?;
        let amount = match discount {
            Discount::FREE => return Ok(price),
            Discount::Percent(percent) => {
                return price.times(i128::from(percent.scaled()))?.over(100 * i128::from(Percent::ONE.scaled()));
            }
            Discount::PerCall(amount) => Exact::from(amount),
            Discount::PerMinute(_) if self.units == 0 => Exact::ZERO,
            Discount::PerMinute(amount) => length.times_price(amount)?.over(60)?,
        };
        Ok(if amount.compare(price)?.is_lt() { amount } else { price })
    }
}

/// What a bucket covers of a record from one unit on and up to another; none if nothing.
///
/// - Units are whole: as many as fit what is left. A unit of which a money limit covered a part counts in full for the
///   bucket that ends in it and for the one that goes on.
/// - A voice call is one call for each bucket that covers some of it.
/// - A money limit covers the part whose price, weighted, is what is left, exactly.
/// - What is drawn of money is rounded up to 12 decimals: a bucket is never overdrawn.
pub(super) fn draw(bucket: &Bucket, record: &Record, from: Exact, to: Exact) -> Result<Option<Draw>, Overflow> {
    if bucket.is_ended() {
        return Ok(None);
    }
    let mut drawn = PerMeasure::default();
    if record.weight == 0 {
        return Ok(Some(Draw { end: to, drawn }));
    }
    let each = record.weight * power_of_ten(PLACES) / WHOLE_WEIGHT;
    let first = from.scaled(0, Rounding::Down)?;
    let mut end = to;
    let of_units = Measure::of_units(record.kind);
    if let Some(left) = bucket.left(of_units).filter(|_| record.units > 0) {
        let fitting = Exact::from_whole(first.checked_add(left / each).ok_or(Overflow)?);
        if fitting.compare(end)?.is_lt() {
            end = fitting;
        }
    }
    let is_call = record.kind == Kind::Voice;
    let no_call_left = is_call && bucket.left(Measure::Calls).is_some_and(|left| left < each);
    if no_call_left || end.compare(from)?.is_le() {
        return Ok(None);
    }
    (end, drawn[Measure::Money]) = draw_money(bucket, record, from, end)?;
    if is_call {
        drawn[Measure::Calls] = each;
    }
    if record.units > 0 {
        let begun = end.scaled(0, Rounding::Up)? - first;
        drawn[of_units] = begun.checked_mul(each).ok_or(Overflow)?;
    }
    Ok(Some(Draw { end, drawn }))
}

/// Up to which unit the money that is left lasts, and how much of it that draws.
fn draw_money(bucket: &Bucket, record: &Record, from: Exact, to: Exact) -> Result<(Exact, i128), Overflow> {
    let weighted = |price: Exact| price.times(record.weight)?.over(WHOLE_WEIGHT);
    let whole = weighted(record.price_of(to.minus(from)?)?)?.scaled(PLACES, Rounding::Up)?;
    match bucket.left(Measure::Money) {
        Some(left) if left < whole => {
            // left = price × length / units × weight; the price is not 0, since all of it draws more than is left.
            let length = Exact::from_whole(left)
                .times(i128::from(record.units.max(1)))?
                .over(power_of_ten(PLACES))?
                .over_exact(weighted(record.price)?)?;
            Ok((from.plus(length)?, left))
        }
        _ => Ok((to, whole)),
    }
}
