//! Everything of one customer (charged usage, charges, service lines) → its bill, or the reason why it gets none.
//! Does not number or post bills, does not apply allowances or caps, and does not choose the usage: the caller hands in
//! what began before the cutoff. The bill does not depend on the
//! order of usage and services.

mod assembly;
pub mod calendar;
mod charges;
mod context;
mod cost_centres;
mod credit_notes;
mod credits;
mod days;
pub mod guard;
mod history;
mod leaving;
pub mod monthly;
mod prices;
mod proration;
pub mod reconciliation;
mod schedule;
mod services;
mod thresholds;
mod usage;
mod vat;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod scenarios;

use std::fmt;

use crate::domain::bill::{Bill, BillAllowance};
use crate::domain::book::{Book, CustomerId};
use crate::domain::charge::{BilledPeriod, MatchedService};
use crate::domain::customer::Status;
use crate::domain::money::{Money, Overflow, Sum};
use crate::domain::time::Date;
use context::Context;
use cost_centres::Part;
use thresholds::Decision;

pub use credit_notes::{Crediting, WhatToCredit};
pub use leaving::{Leaving, settle_charges};
pub use prices::{charge_price, product_price};
pub use usage::UsageSums;

/// What a run settles for all its customers (B2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunTerms {
    /// The day on the invoices; also the tax point (V4).
    pub invoice_date: Date,
    /// Usage that began before this day is billed, and periods in arrears that ended before it. Exclusive (X6).
    pub usage_cutoff: Date,
    /// Periods in advance and one-off charges that begin before this day are billed. Exclusive (X6).
    pub charge_cutoff: Date,
    /// When payment is due; by the terms of the customer, else of its brand, if `None`.
    pub due_date: Option<Date>,
    /// Printed on all invoices; may be empty.
    pub message: String,
    /// Usage that began before this day stays unbilled (B2), if it is set.
    pub usage_from: Option<Date>,
    /// Charges and services of these categories stay unbilled (B2).
    pub excluded_categories: Vec<String>,
}

/// What there is to bill for one customer.
#[derive(Clone, Debug)]
pub struct CustomerInput<'a> {
    /// Who.
    pub customer: CustomerId,
    /// Its usage that began before the usage cutoff, and not after its final bill date (B10), summed up. Nothing
    /// excluded.
    pub usage: UsageSums,
    /// What that usage drew from its allowances; shown, and nothing else.
    pub allowances: Vec<BillAllowance>,
    /// Its service lines that no bill has consumed yet.
    pub services: Vec<MatchedService>,
    /// What was billed for its charges on posted bills, without voided ones, in the order of posting. The order only
    /// tells which price a day was last charged at, if it was charged, given back and charged again.
    pub billed_periods: &'a [BilledPeriod],
    /// What it owes before this bill.
    pub previous_balance: Money,
    /// The message for the next invoice was not printed yet.
    pub has_next_message: bool,
    /// It has an invoice for the same window: what came late gets one of its own, but no fee or padding, and nothing at all
    /// gets none.
    pub is_billed_in_window: bool,
}

/// Bills, or why there are none.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// To be posted: one, or one for each cost centre where the customer wants that (O1). Never empty.
    Bills(Vec<CustomerBill>),
    /// Nothing is posted and nothing consumed; all input waits for a later run.
    NoBill(NoBill),
}

/// A bill and all that posting it consumes.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerBill {
    /// Complete but for its number.
    pub bill: Bill,
    /// How many usage records are on it: all that were summed up, or those of its cost centre.
    pub usage_records: u64,
    /// What the suppliers charge for them, in the workspace's currency.
    pub usage_cost: Sum<8>,
    /// The periods of charges on it: one for each line of a recurring or one-off charge or of a credit (P6).
    pub periods: Vec<BilledPeriod>,
    /// The service lines that it consumes, also those that a product's rule leaves out (P7): (import, row), ascending.
    pub services: Vec<(i64, u32)>,
}

/// Why a customer gets no bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBill {
    /// There is nothing to bill, and its policy is to make no empty invoices (B5).
    Empty,
    /// The total is too low and waits for the next invoice (B6, B8): what it would have been, ex VAT.
    RolledOver(Money),
    /// It accrues without invoices (B3).
    DoNotBill,
    /// It is suspended (B3).
    Suspended,
    /// It is dropped or cancelled (B3).
    Gone,
}

/// Why a customer cannot be billed in this run: parks the customer, the others go on (B16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingError {
    /// What is wrong, where, and what to do, in words.
    pub reason: String,
}

impl BillingError {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl From<Overflow> for BillingError {
    fn from(overflow: Overflow) -> Self {
        Self::new(format!("{overflow}: look for a price or quantity that is far too large"))
    }
}

impl fmt::Display for BillingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for BillingError {}

/// Makes the bill of one customer, or its bills by cost centre (O1): its usage, charges and services become lines; then
/// comes what is done if all of it is nothing or low (B5, B6, B7, B9); then VAT and the sums.
///
/// # Errors
/// [`BillingError`] if a price or VAT code is missing, an amount is out of range, or usage was handed in that this bill
/// may not hold.
///
/// # Panics
/// If a record belongs to another customer, or the finished bill does not add up: mistakes of the program.
pub fn bill_customer(book: &Book, terms: &RunTerms, input: CustomerInput<'_>) -> Result<Outcome, BillingError> {
    let context = Context::new(book, terms, input.customer);
    if let Some(no_bill) = no_bill_by_status(context.customer.status) {
        return Ok(Outcome::NoBill(no_bill));
    }
    usage::refuse_foreign(&context, &input.usage)?;

    let charges = charges::bill_charges(&context, input.billed_periods)?;
    let services = services::bill_services(&context, &input.services)?;
    let CustomerInput { usage, services: handed_in, previous_balance, has_next_message, is_billed_in_window, .. } =
        input;
    let mut parts = cost_centres::parts(&context, charges, (&handed_in, services), usage)?;
    let mut summaries = Vec::with_capacity(parts.len());
    for part in &mut parts {
        let usage = usage::summarise(&context, &part.usage)?;
        part.lines.extend(usage.lines);
        summaries.push(assembly::UsageSummaries { by_class: usage.by_class, by_cli: usage.by_cli });
    }
    let lines = || parts.iter().flat_map(|part| &part.lines);
    let decision = match is_billed_in_window {
        false => thresholds::decide(context.customer, lines())?,
        true => thresholds::decide_again(context.customer, lines())?,
    };
    match decision {
        Decision::Skip => return Ok(Outcome::NoBill(NoBill::Empty)),
        Decision::RollOver(net) => return Ok(Outcome::NoBill(NoBill::RolledOver(net))),
        Decision::Make => {}
        Decision::MakeWith(fee) => parts[0].lines.push(fee.line(&context)),
    }
    let (mut bills, mut balance, mut allowances) =
        (Vec::with_capacity(parts.len()), previous_balance, input.allowances);
    for (part, usage) in parts.into_iter().zip(summaries) {
        let Part { cost_centre, lines, periods, services, usage: sums } = part;
        // Allowances are the customer's: the first bill shows them.
        let allowances = std::mem::take(&mut allowances);
        let content = assembly::Content { cost_centre, lines, usage, allowances, balance, has_next_message };
        let bill = assembly::assemble(&context, content)?;
        balance = bill.balance.now.money;
        bills.push(CustomerBill { bill, usage_records: sums.records(), usage_cost: sums.cost(), periods, services });
    }
    Ok(Outcome::Bills(bills))
}

/// B3.
fn no_bill_by_status(status: Status) -> Option<NoBill> {
    match status {
        Status::Active | Status::FinalBill => None,
        Status::ActiveDoNotBill => Some(NoBill::DoNotBill),
        Status::Suspended => Some(NoBill::Suspended),
        Status::Dropped | Status::Cancelled => Some(NoBill::Gone),
    }
}
