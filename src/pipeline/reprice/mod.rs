//! A period's usage, billed or not → priced by the book as it stands, and summed as a comparison wants it.
//! Walks and counts: prices come from rating, sums are exact, and records are not held. Changes nothing.

pub mod carrier_costs;
pub mod difference;
pub mod offers;

use std::collections::BTreeSet;

use super::Engine;
use super::unbilled::OpenImport;
use crate::domain::book::CustomerId;
use crate::domain::money::Sum;
use crate::domain::time::Date;
use crate::domain::usage::{Kind, RatedUsage, SetAside, UsageRecord};
use crate::error::{Error, ErrorKind, Result};
use crate::facts::UsageStore;
use crate::progress::Progress;
use crate::workers::Workers;

/// Days from and to, both included (X6); the civil day on which usage began decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// The usage to be priced again.
pub struct PeriodUsage<'a> {
    /// By what it is priced.
    pub engine: &'a Engine<'a>,
    /// Where it is.
    pub store: &'a UsageStore,
    /// The imports that are looked through.
    pub imports: Vec<OpenImport>,
    /// When it began.
    pub period: Period,
    /// Whose it is; everybody's, and nobody's, if empty.
    pub customers: BTreeSet<CustomerId>,
    /// Who works.
    pub workers: &'a Workers,
    /// Show no progress.
    pub quiet: bool,
}

/// A record of the period: priced, or the reason why it is not.
pub type Priced = std::result::Result<RatedUsage, Box<SetAside>>;

/// Sums that a comparison collects. The order in which records come, and how they are grouped, must not matter (O4).
pub trait Totals: Default + Send {
    /// Adds the sums of other records.
    fn merge(&mut self, other: Self);

    /// How many records it holds, wherever it put them.
    fn counted(&self) -> u64;

    /// The parts add up, or what does not.
    fn check(&self) -> std::result::Result<(), String>;
}

impl PeriodUsage<'_> {
    /// Gives every live record of the period to `add`, and checks that none is lost on the way to the sums.
    pub fn total<T: Totals>(&self, add: impl Fn(&mut T, &OpenImport, Priced) + Sync + Send) -> Result<T> {
        let (mut total, mut came_in) = (T::default(), 0_u64);
        let rows = self.imports.iter().map(|import| u64::from(import.rows())).sum();
        let progress = Progress::new("pricing usage", rows, self.quiet);
        for import in &self.imports {
            let price = |batch: Vec<UsageRecord>| {
                let looked_through = batch.len() as u64;
                let (mut part, mut in_period) = (T::default(), 0_u64);
                for record in batch.into_iter().filter(|record| self.began_in(record)) {
                    let priced = self.engine.price(import.supplier, record);
                    if self.is_theirs(&priced) {
                        in_period += 1;
                        add(&mut part, import, priced);
                    }
                }
                (part, in_period, looked_through)
            };
            import.each_live_batch(self.store, self.workers, price, |(part, in_period, looked_through)| {
                progress.advance(looked_through);
                came_in += in_period;
                total.merge(part);
                Ok(())
            })?;
        }
        progress.finish();
        let counted = total.counted();
        let lost =
            (counted != came_in).then(|| format!("of {came_in} records of the period {counted} are in the sums"));
        lost.map_or_else(|| total.check(), Err).map_err(|reason| Error::new(ErrorKind::Damaged, reason, FAULT))?;
        Ok(total)
    }

    fn began_in(&self, record: &UsageRecord) -> bool {
        let day = record.started.civil.date;
        self.period.from <= day && day <= self.period.to
    }

    fn is_theirs(&self, priced: &Priced) -> bool {
        let customer = match priced {
            Ok(rated) => Some(rated.matched.customer),
            Err(aside) => aside.customer,
        };
        self.customers.is_empty() || customer.is_some_and(|id| self.customers.contains(&id))
    }
}

const FAULT: &str = "this is a fault of tollbook, not of the input; please report it";

/// How much usage there is, by what it is measured in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Volume {
    /// Records.
    pub calls: u64,
    /// Of voice.
    pub seconds: Sum<0>,
    /// Of data.
    pub bytes: Sum<0>,
    /// Messages and events.
    pub items: Sum<0>,
}

impl Volume {
    /// Adds one record.
    pub fn add(&mut self, record: &UsageRecord) {
        let units = Sum::from_wide(i128::from(record.units));
        self.calls += 1;
        match record.kind {
            Kind::Voice => self.seconds.merge(units),
            Kind::Data => self.bytes.merge(units),
            Kind::Sms | Kind::Event => self.items.merge(units),
        }
    }

    /// Adds another.
    pub fn merge(&mut self, other: Self) {
        self.calls += other.calls;
        self.seconds.merge(other.seconds);
        self.bytes.merge(other.bytes);
        self.items.merge(other.items);
    }
}
