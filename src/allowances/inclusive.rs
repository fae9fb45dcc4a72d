//! Priced usage of one customer, in any order → the same in time order with what its allowances took off (A1–A5), what it
//! drew from them, and what a bill shows of it. Prices are never changed: an allowance lowers the charge beside it.

use super::buckets::Bucket;
use super::coverage::Coverage;
use super::time_order::sort_by_time;
use crate::domain::allowance::{AllowanceDraw, Measure, PerMeasure, Units};
use crate::domain::bill::{BillAllowance, BillAllowanceLimit};
use crate::domain::book::{Book, CustomerId};
use crate::domain::money::{CallCharge, Overflow};
use crate::domain::usage::ChargedUsage;

/// What usage drew from allowances: one entry for each bucket that covers some of it, in the order in which usage draws
/// on them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AllowanceUse {
    /// For the ledger: later bills start from it.
    pub draws: Vec<AllowanceDraw>,
    /// For the bill.
    pub shown: Vec<BillAllowance>,
}

/// Takes off the usage of one customer what its allowances do, in time order (A1).
///
/// - A *bucket* is what one allowance of the customer grants for one billing period in which the customer has it. The
///   period is the one in which the usage began, whatever bill it ends up on; `drawn_before` is what earlier bills drew.
/// - A bucket is ended by the first of its limits that is used up (A2). What does not fit goes to the next one in the
///   order of A4: lines, cost centre, customer; lowest priority; name. Of one allowance the oldest units go first.
/// - Credits draw nothing.
///
/// Leaves the usage in time order. Neither it nor what is returned depends on the order in which it came.
///
/// # Errors
/// [`Overflow`] if an amount leaves its range (X1).
///
/// # Panics
/// If a record belongs to another customer: a caller's mistake, never a matter of input.
pub fn apply_allowances(
    book: &Book,
    customer: CustomerId,
    usage: &mut [ChargedUsage],
    drawn_before: &[AllowanceDraw],
) -> Result<AllowanceUse, Overflow> {
    if book.allowances_of(customer).is_empty() {
        return Ok(AllowanceUse::default());
    }
    sort_by_time(usage);
    let mut coverage = Coverage::new(book, customer, drawn_before)?;
    for one in usage {
        assert!(one.customer == customer, "usage of customer {:?} given as {customer:?}'s", one.customer);
        coverage.cover(one)?;
    }
    into_use(book, coverage)
}

fn into_use(book: &Book, mut coverage: Coverage<'_>) -> Result<AllowanceUse, Overflow> {
    let mut list = std::mem::take(&mut coverage.buckets.list);
    list.retain(|bucket| bucket.records > 0);
    list.sort_by_key(|bucket| (bucket.row, bucket.granted_for));
    let mut used = AllowanceUse::default();
    for bucket in &list {
        let from = coverage.buckets.key(bucket.row, bucket.granted_for);
        used.draws.push(AllowanceDraw { from, drawn: PerMeasure(bucket.drawn.0.map(Units::from_wide)) });
        let row = &coverage.rows[bucket.row];
        used.shown.push(BillAllowance {
            name: book.allowance(row.allowance).name.clone(),
            scope: row.scope_text.clone(),
            from: bucket.days.0,
            to: bucket.days.1,
            limits: limits_of(bucket),
            records: bucket.records,
            amount: CallCharge::from_wide(-bucket.taken_off.wide())?,
        });
    }
    Ok(used)
}

/// The limits of a bucket; of one without any, what was drawn.
fn limits_of(bucket: &Bucket) -> Vec<BillAllowanceLimit> {
    let is_unlimited = bucket.granted.0.iter().all(Option::is_none);
    let is_shown = |measure: &Measure| match is_unlimited {
        true => *measure != Measure::Money && bucket.before[*measure] + bucket.drawn[*measure] > 0,
        false => bucket.granted[*measure].is_some(),
    };
    let limit = |measure| BillAllowanceLimit {
        measure,
        granted: bucket.granted[measure].map(Units::from_wide),
        used_before: Units::from_wide(bucket.before[measure]),
        used: Units::from_wide(bucket.drawn[measure]),
        left: bucket.left(measure).map(Units::from_wide),
    };
    Measure::ALL.into_iter().filter(is_shown).map(limit).collect()
}
