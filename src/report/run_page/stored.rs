//! The report that a run was kept with, read back: as much of it as the page shows. What reports of older versions lack
//! is empty.

use serde::Deserialize;

use crate::domain::disposition::Disposition;
use crate::domain::money::{Currency, Sum};
use crate::domain::time::Date;
use crate::report::changes::RunChanges;
use crate::report::run::{CustomerReport, RunSums};
use crate::report::suspense::SuspenseReport;

/// A run's report.
#[derive(Deserialize)]
pub struct StoredReport {
    /// The day on the invoices.
    pub invoice_date: Date,
    /// Usage before this day.
    pub usage_cutoff: Date,
    /// Charges in advance before this day.
    pub charge_cutoff: Date,
    /// The currency of the sums.
    pub currency: Currency,
    /// What was drafted, as one number (B12).
    pub digest: String,
    /// Sums over the bills in that currency.
    pub sums: RunSums,
    /// What changes against the customers' last invoices.
    pub changes: RunChanges,
    /// In the order of the accounts.
    pub customers: Vec<CustomerReport>,
    /// Every usage record that earlier runs did not bill.
    pub usage: StoredTotals,
    /// Every service line that earlier runs did not bill.
    pub services: StoredTotals,
    /// What cannot be billed; of old runs only the control totals tell.
    #[serde(default)]
    pub suspense: Option<SuspenseReport>,
    /// Records that earlier runs billed.
    pub billed_before: u64,
}

/// Control totals.
#[derive(Default, Deserialize)]
pub struct StoredTotals {
    /// What came in, by kind.
    #[serde(rename = "in")]
    pub came_in: Vec<StoredTally>,
    /// Where it ended, by disposition, reason and kind.
    pub out: Vec<StoredTally>,
}

/// Records of one kind that came in, or that ended alike.
#[derive(Deserialize)]
pub struct StoredTally {
    /// Where they ended; empty of what came in.
    #[serde(default)]
    pub disposition: String,
    /// Why, where there is a reason.
    #[serde(default)]
    pub reason: Option<String>,
    /// What they measure.
    #[serde(default)]
    pub kind: Option<String>,
    /// How many.
    pub records: u64,
    /// Seconds, bytes or count.
    pub units: Sum<0>,
    /// What the suppliers charge.
    pub cost: Sum<8>,
    /// What the customers are charged.
    pub sell: Sum<6>,
}

impl StoredTotals {
    /// How many records came in.
    pub fn records_in(&self) -> u64 {
        self.came_in.iter().map(|tally| tally.records).sum()
    }

    /// How many ended in a disposition.
    pub fn records_of(&self, disposition: Disposition) -> u64 {
        let ended = self.out.iter().filter(|tally| tally.disposition == disposition.name());
        ended.map(|tally| tally.records).sum()
    }
}
