//! One customer's usage and service lines that no invoice holds, and the usage on its invoices that began after a day: what
//! stands against ending its service, or giving a line to somebody else. Changes nothing.

use std::collections::BTreeMap;

use super::unbilled::OpenImport;
use super::{BATCH_RECORDS, Engine};
use crate::domain::book::CustomerId;
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::Sum;
use crate::domain::time::Date;
use crate::domain::usage::{UsageMatch, UsageRecord, WhyAside};
use crate::error::Result;
use crate::facts::UsageStore;
use crate::ledger::{Ledger, UnbilledService};
use crate::workers::Workers;

/// What waits for a customer's next invoice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// Usage records that can be billed as the book stands.
    pub records: u64,
    /// What they would be charged before allowances and caps.
    pub sell: Sum<6>,
    /// Usage records that are its own, and in suspense.
    pub suspense: u64,
    /// Service lines.
    pub services: u64,
}

impl Waiting {
    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.records == 0 && self.suspense == 0 && self.services == 0
    }

    fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.sell.merge(other.sell);
        self.suspense += other.suspense;
    }
}

/// What waits for one customer.
pub fn waiting_for(
    engine: &Engine,
    ledger: &Ledger,
    store: &UsageStore,
    workers: &Workers,
    customer: CustomerId,
) -> Result<Waiting> {
    let mut waiting = Waiting::default();
    for import in OpenImport::all(ledger, store, engine)? {
        let work = |records: Vec<UsageRecord>| count_records(engine, &import, customer, &records);
        import.each_batch(&import.open_rows(), store, workers, work, |found| {
            waiting.merge(&found);
            Ok(())
        })?;
    }
    for UnbilledService { import, supplier, line } in ledger.unbilled_services()? {
        let supplier = engine.supplier_of(import, &supplier)?;
        waiting.services += match engine.matcher.match_service(supplier, import, line) {
            Ok(service) => u64::from(service.customer == customer),
            Err(aside) => u64::from(is_suspense(aside.disposition, aside.customer, customer)),
        };
    }
    Ok(waiting)
}

fn is_suspense(disposition: Disposition, of: Option<CustomerId>, customer: CustomerId) -> bool {
    disposition == Disposition::Suspense && of == Some(customer)
}

fn count_records(engine: &Engine, import: &OpenImport, customer: CustomerId, records: &[UsageRecord]) -> Waiting {
    let mut waiting = Waiting::default();
    for records in records.chunks(BATCH_RECORDS) {
        let mut matches = engine.matcher.find_each(import.supplier, records);
        for (record, found) in records.iter().zip(&mut matches) {
            let is_own = |of: &UsageMatch| of.customer == customer;
            if import.mark_of(record.row).is_some() || found.as_ref().is_ok_and(|of| !is_own(of)) {
                *found = Err(NOT_ITS_OWN);
            }
        }
        engine.rater.price_each(import.supplier, records, &matches, |_, priced| match priced {
            Ok((_, price)) => {
                waiting.records += 1;
                waiting.sell.add(price.sell);
            }
            Err(aside) => waiting.suspense += u64::from(is_suspense(aside.disposition, aside.customer, customer)),
        });
    }
    waiting
}

const NOT_ITS_OWN: WhyAside =
    WhyAside { disposition: Disposition::Held, reason: Reason::NotInRun, cli: None, customer: None, call_type: None };

/// A billed record of a line, the latest of those that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledUsage {
    /// The invoice it is on.
    pub invoice: String,
    /// The record.
    pub record: String,
    /// When it began: `YYYY-MM-DD HH:MM:SS`.
    pub began: String,
}

/// The lines of a customer that have billed usage which began on a day or later, by identifier.
pub fn lines_billed_from(
    ledger: &Ledger,
    store: &UsageStore,
    account: &str,
    day: Date,
) -> Result<BTreeMap<String, BilledUsage>> {
    let first = day.to_string();
    let mut latest = BTreeMap::<String, BilledUsage>::new();
    for (number, file) in ledger.invoices_with_usage_after(account, day.previous())? {
        for call in store.calls_of_invoice(&file, &number)? {
            let is_late = call.started_at.get(..10).is_some_and(|began| began >= first.as_str());
            if is_late && latest.get(call.cli.as_str()).is_none_or(|known| known.began < call.started_at) {
                let record = call.record.to_string();
                let usage = BilledUsage { invoice: number.clone(), record, began: call.started_at };
                latest.insert(call.cli.to_string(), usage);
            }
        }
    }
    Ok(latest)
}

/// The latest invoice of a customer with usage that began after a day: its number, and the usage's record and start.
pub fn usage_billed_after(
    ledger: &Ledger,
    store: &UsageStore,
    account: &str,
    day: Date,
) -> Result<Option<(String, String, String)>> {
    let last = day.to_string();
    for (number, file) in ledger.invoices_with_usage_after(account, day)? {
        let calls = store.calls_of_invoice(&file, &number)?;
        let after =
            calls.into_iter().filter(|call| call.started_at.get(..10).is_some_and(|began| began > last.as_str()));
        if let Some(call) = after.max_by(|a, b| a.started_at.cmp(&b.started_at)) {
            return Ok(Some((number, call.record.to_string(), call.started_at)));
        }
    }
    Ok(None)
}
