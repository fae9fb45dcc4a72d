//! Which allowances cover how much of one record, and why the others do not (A1–A5). Computes nothing itself: reads off
//! what covering it did.

use serde::Serialize;

use super::coverage::{Coverage, can_be_covered, why_not};
use super::draws::Record;
use super::time_order::sort_by_time;
use crate::domain::allowance::{AllowanceDraw, CustomerAllowance, Measure, Units};
use crate::domain::book::{Book, CustomerId};
use crate::domain::money::{CallCharge, Overflow};
use crate::domain::time::Date;
use crate::domain::usage::ChargedUsage;

/// What the allowances of its customer do to one record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AllowanceStory {
    /// Each allowance of the customer, in the order of A4: what it covers, or why it covers nothing.
    pub allowances: Vec<(AllowanceName, Told)>,
    /// The price of the record.
    pub sell: CallCharge,
    /// What is left to pay, before a spending cap.
    pub due: CallCharge,
}

/// How an allowance of a customer is told from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AllowanceName {
    /// Its name.
    pub name: String,
    /// Its scope as the book writes it.
    pub scope: String,
}

/// What an allowance does to a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Told {
    /// It covers nothing: the reason.
    Nothing(&'static str),
    /// What its buckets cover, in the order in which they drew.
    Covers(Vec<ToldPart>),
}

/// What a bucket covers of a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToldPart {
    /// The days for which the units were granted.
    pub granted_for: (Date, Date),
    /// How many units of the record: a decimal, cut with `…` where it has no end.
    pub units: String,
    /// What they drew: weighted.
    pub drawn: Vec<(Measure, Units)>,
    /// What it took off the charge.
    pub taken_off: CallCharge,
    /// What was granted and what is left after the record, of each limit.
    pub left: Vec<(Measure, Units, Units)>,
}

/// The story of one record among all usage of its customer that waits, found by its import and row. Takes off the usage
/// what the allowances do, as [`super::apply_allowances`]. None if the record is not there or its customer has no
/// allowance.
///
/// # Errors
/// [`Overflow`] if an amount leaves its range (X1).
pub fn allowance_story(
    book: &Book,
    customer: CustomerId,
    usage: &mut [ChargedUsage],
    drawn_before: &[AllowanceDraw],
    (import, row): (u32, u32),
) -> Result<Option<AllowanceStory>, Overflow> {
    if book.allowances_of(customer).is_empty() {
        return Ok(None);
    }
    sort_by_time(usage);
    let mut coverage = Coverage::new(book, customer, drawn_before)?;
    let mut story = None;
    for one in usage {
        coverage.cover(one)?;
        if (one.import, one.row) == (import, row) {
            story = Some(tell(book, &coverage, one)?);
        }
    }
    Ok(story)
}

fn tell(book: &Book, coverage: &Coverage<'_>, one: &ChargedUsage) -> Result<AllowanceStory, Overflow> {
    let mut allowances = Vec::new();
    for (index, row) in coverage.rows.iter().enumerate() {
        let parts = parts_of(coverage, index)?;
        let told = if parts.is_empty() { Told::Nothing(reason(book, row, one)) } else { Told::Covers(parts) };
        let name = book.allowance(row.allowance).name.clone();
        allowances.push((AllowanceName { name, scope: row.scope_text.clone() }, told));
    }
    Ok(AllowanceStory { allowances, sell: one.sell, due: one.due()? })
}

fn parts_of(coverage: &Coverage<'_>, row: usize) -> Result<Vec<ToldPart>, Overflow> {
    let mut told = Vec::new();
    for part in &coverage.parts {
        let bucket = &coverage.buckets.list[part.bucket];
        if bucket.row != row {
            continue;
        }
        let left = Measure::ALL.into_iter().filter_map(|measure| {
            let granted = Units::from_wide(bucket.granted[measure]?);
            Some((measure, granted, Units::from_wide(bucket.left(measure)?)))
        });
        let is_unlimited = bucket.granted.0.iter().all(Option::is_none);
        let is_told = |measure: &Measure| {
            part.drawn[*measure] > 0
                && (bucket.granted[*measure].is_some() || is_unlimited && *measure != Measure::Money)
        };
        let drawn = Measure::ALL.into_iter().filter(is_told);
        told.push(ToldPart {
            granted_for: bucket.days,
            units: part.to.minus(part.from)?.to_string(),
            drawn: drawn.map(|measure| (measure, Units::from_wide(part.drawn[measure]))).collect(),
            taken_off: part.taken_off,
            left: left.collect(),
        });
    }
    Ok(told)
}

fn reason(book: &Book, row: &CustomerAllowance, one: &ChargedUsage) -> &'static str {
    if one.sell.is_negative() {
        return "a credit draws on no allowance";
    }
    if !can_be_covered(one) {
        return "nothing is measured and nothing to pay";
    }
    let allowance = book.allowance(row.allowance);
    if let Some(reason) = why_not(book, row, allowance, one) {
        return reason;
    }
    match Record::new(book, one).reach(allowance.longest) {
        None => "the call is longer than it is for",
        Some(_) if one.covered => "nothing is left of the record, or of it",
        Some(_) => "nothing is left of it",
    }
}
