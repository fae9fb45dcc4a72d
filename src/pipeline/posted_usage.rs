//! The usage on posted documents of a period → each record once, with the invoice it is on, side by side, and summed as a
//! report wants it. Usage of an invoice that was voided in the period counts against it, as its credit note does.
//! Computes no sum of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::posted::too_much;
use super::reprice::Period;
use crate::domain::money::{Currency, Overflow};
use crate::domain::time::Date;
use crate::error::Result;
pub use crate::facts::BilledFigures;
use crate::facts::UsageStore;
use crate::ledger::{InvoiceFilter, InvoiceRow, Ledger};
use crate::progress::Progress;
use crate::workers::Workers;

/// Whose usage, of when.
pub struct PostedUsage<'a> {
    /// Which invoices there are.
    pub ledger: &'a Ledger,
    /// Where their usage is.
    pub store: &'a UsageStore,
    /// Who reads it.
    pub workers: &'a Workers,
    /// The dates of the documents.
    pub period: Period,
    /// Whose; everybody's if none.
    pub accounts: Option<&'a BTreeSet<String>>,
    /// Show no progress.
    pub quiet: bool,
}

/// An invoice as its usage is summed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageOn {
    /// The customer's account.
    pub account: String,
    /// Of the charges.
    pub currency: Currency,
    /// The date of the document that counts here: the invoice's.
    pub date: Date,
    /// 1; −1 if the period holds only the credit note that voided it.
    pub sign: i8,
}

/// Sums over usage. The order in which records come, and how they are grouped, must not matter (O4).
pub trait OfUsage: Send {
    /// Adds one record.
    fn add(&mut self, on: &UsageOn, record: &BilledFigures) -> std::result::Result<(), Overflow>;
    /// Adds the sums of others.
    fn merge(&mut self, other: Self) -> std::result::Result<(), Overflow>;
}

impl PostedUsage<'_> {
    /// Sums it up, from nothing on; and says how many records the ledger has on the invoices, those of voided ones counted
    /// against the others.
    pub fn total<T: OfUsage>(&self, nothing: impl Fn() -> T + Sync + Send) -> Result<(T, i128)> {
        let (by_run, expected) = self.invoices_by_run()?;
        let progress = Progress::new("reading billed usage", by_run.len() as u64, self.quiet);
        let mut total = nothing();
        for run in self.ledger.runs()? {
            let Some((invoices, file)) = by_run.get(&run.id).zip(run.billed_file) else { continue };
            let mut stretches = self.store.billed_groups(&file)?.into_iter().peekable();
            let sum_up = |rows: Range<u32>| {
                let (mut part, mut went) = (nothing(), Ok(()));
                self.store.billed_figures(&file, rows, |record| {
                    if let (Some(on), true) = (invoices.get(record.invoice.as_str()), went.is_ok()) {
                        went = part.add(on, &record);
                    }
                })?;
                went.map(|()| part).map_err(too_much)
            };
            while stretches.peek().is_some() {
                let window = stretches.by_ref().take(self.workers.window()).collect();
                for part in self.workers.map(window, sum_up) {
                    total.merge(part?).map_err(too_much)?;
                }
            }
            progress.advance(1);
        }
        progress.finish();
        Ok((total, expected))
    }

    /// The invoices that count, by the run that posted them; and how many records are on them.
    fn invoices_by_run(&self) -> Result<(BTreeMap<i64, InvoicesOfRun>, i128)> {
        let Period { from, to } = self.period;
        let voided: BTreeSet<String> = self.ledger.voided_between((from, to))?.into_iter().collect();
        let (mut by_run, mut expected) = (BTreeMap::<i64, InvoicesOfRun>::new(), 0);
        for invoice in self.ledger.invoices(InvoiceFilter::default())? {
            let is_meant = self.accounts.is_none_or(|accounts| accounts.contains(&invoice.account));
            let is_of_period = (from..=to).contains(&invoice.date);
            // Charged and given back in one period: nothing of it is left.
            if !is_meant || invoice.usage_records == 0 || is_of_period == voided.contains(&invoice.number) {
                continue;
            }
            let InvoiceRow { number, account, currency, date, run, usage_records, .. } = invoice;
            let sign: i8 = if is_of_period { 1 } else { -1 };
            expected += i128::from(sign) * i128::from(usage_records);
            by_run.entry(run).or_default().insert(number, UsageOn { account, currency, date, sign });
        }
        Ok((by_run, expected))
    }
}

/// Invoices by their numbers.
type InvoicesOfRun = BTreeMap<String, UsageOn>;
