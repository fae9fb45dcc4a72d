//! Usage that is not billed → what it comes to at today's prices, by customer, and by line within the customer's current
//! billing period (L4). Before allowances and caps; changes nothing.

use std::collections::BTreeMap;

use super::unbilled::OpenImport;
use super::{BATCH_RECORDS, Engine};
use crate::allowances::billing_period_start;
use crate::domain::book::CustomerId;
use crate::domain::money::Sum;
use crate::domain::time::Date;
use crate::domain::usage::UsageRecord;
use crate::error::Result;
use crate::facts::UsageStore;
use crate::workers::Workers;

/// What waits to be billed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// By customer.
    pub customers: BTreeMap<CustomerId, Sum<6>>,
    /// By customer and identifier, of lines with a limit: what began in the billing period that holds the day asked for.
    pub lines: BTreeMap<(CustomerId, String), Sum<6>>,
}

impl Exposure {
    /// Prices all usage that waits.
    pub fn of(
        engine: &Engine,
        store: &UsageStore,
        workers: &Workers,
        imports: &[OpenImport],
        on: Date,
    ) -> Result<Self> {
        let mut exposure = Self::default();
        for import in imports {
            let work = |records: Vec<UsageRecord>| Self::of_batch(engine, import, on, &records);
            import.each_batch(&import.open_rows(), store, workers, work, |part| {
                exposure.merge(part);
                Ok(())
            })?;
        }
        Ok(exposure)
    }

    fn of_batch(engine: &Engine, import: &OpenImport, on: Date, records: &[UsageRecord]) -> Self {
        let mut part = Self::default();
        for records in records.chunks(BATCH_RECORDS) {
            engine.price_each(import.supplier, records, |record, priced| {
                let Ok((of, price)) = priced else { return };
                if import.mark_of(record.row).is_some() {
                    return;
                }
                part.customers.entry(of.customer).or_default().add(price.sell);
                let cli = engine.book.cli(of.cli);
                let start = || billing_period_start(engine.book, of.customer, on);
                let day = record.started.civil.date;
                if cli.usage_limit.is_some()
                    && day <= on
                    && billing_period_start(engine.book, of.customer, day) == start()
                {
                    part.lines.entry((of.customer, cli.cli.clone())).or_default().add(price.sell);
                }
            });
        }
        part
    }

    fn merge(&mut self, other: Self) {
        for (customer, sum) in other.customers {
            self.customers.entry(customer).or_default().merge(sum);
        }
        for (line, sum) in other.lines {
            self.lines.entry(line).or_default().merge(sum);
        }
    }
}
