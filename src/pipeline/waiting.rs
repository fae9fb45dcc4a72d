//! Usage that is not billed → what waits, by customer, at today's prices; and what cannot be billed, by what has to be
//! mended. Counts and sums; changes nothing.

use std::collections::BTreeMap;

use super::unbilled::OpenImport;
use super::{BATCH_RECORDS, Engine};
use crate::domain::book::{CustomerId, SupplierId};
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::{Currency, Sum};
use crate::domain::time::Date;
use crate::domain::usage::{Kind, UsageMatch, UsagePrice, UsageRecord, WhyAside};
use crate::error::Result;
use crate::facts::UsageStore;
use crate::workers::Workers;

/// Usage that is not billed.
#[derive(Debug, Default)]
pub struct Waiting {
    /// What can be billed, by customer.
    pub unbilled: BTreeMap<CustomerId, Unbilled>,
    /// What cannot, by what fails alike.
    pub failing: BTreeMap<Failure, Failing>,
}

/// A customer's usage that waits.
#[derive(Clone, Copy, Debug)]
pub struct Unbilled {
    /// How many records.
    pub records: u64,
    /// Seconds of voice.
    pub seconds: u64,
    /// What suppliers charge, in the workspace's currency.
    pub cost: Sum<8>,
    /// At today's prices, before allowances and caps, in the customer's currency.
    pub sell: Sum<6>,
    /// The day of the oldest.
    pub oldest: Date,
    /// The day of the latest.
    pub latest: Date,
}

/// What records that fail alike share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// Whose file.
    pub supplier: SupplierId,
    /// Why.
    pub reason: Reason,
    /// What to mend: the identifier, the number, the call type, the currency; of conflicting records the id.
    pub subject: String,
    /// Whose it is, where that is known.
    pub customer: Option<CustomerId>,
    /// Of what is at stake.
    pub currency: Currency,
}

/// Records that fail alike.
#[derive(Clone, Debug)]
pub struct Failing {
    /// The id of the first.
    pub example: String,
    /// How many.
    pub records: u64,
    /// What is lost if they are never billed: the price that the supplier would ask for them, at least what they cost.
    pub at_stake: Sum<8>,
    /// What they cost.
    pub cost: Sum<8>,
    /// The day of the oldest.
    pub oldest: Date,
    /// The day of the latest.
    pub latest: Date,
}

impl Waiting {
    /// Looks through all usage that is not billed and began within some days, if they are named.
    pub fn of(
        engine: &Engine,
        store: &UsageStore,
        workers: &Workers,
        imports: &[OpenImport],
        days: Option<(Date, Date)>,
    ) -> Result<Self> {
        let mut waiting = Self::default();
        for import in imports {
            let work = |records: Vec<UsageRecord>| Self::of_batch(engine, import, days, &records);
            import.each_batch(&import.open_rows(), store, workers, work, |part| {
                waiting.merge(part);
                Ok(())
            })?;
        }
        Ok(waiting)
    }

    fn of_batch(engine: &Engine, import: &OpenImport, days: Option<(Date, Date)>, records: &[UsageRecord]) -> Self {
        let mut part = Self::default();
        for records in records.chunks(BATCH_RECORDS) {
            engine.price_each(import.supplier, records, |record, priced| {
                let day = record.started.civil.date;
                if days.is_none_or(|(from, to)| from <= day && day <= to) {
                    part.add(engine, import, record, priced);
                }
            });
        }
        part
    }

    fn add(
        &mut self,
        engine: &Engine,
        import: &OpenImport,
        record: &UsageRecord,
        priced: std::result::Result<(UsageMatch, UsagePrice), WhyAside>,
    ) {
        match (import.mark_of(record.row), priced) {
            (Some((Disposition::Suspense, Some(reason))), _) => {
                let id = record.record_id.as_deref().unwrap_or_default();
                self.add_failing(engine, import, record, (reason, id.to_owned(), None));
            }
            (Some(_), _) => {}
            (None, Err(why)) if why.disposition == Disposition::Suspense => {
                let subject = subject_of(engine, record, &why);
                self.add_failing(engine, import, record, (why.reason, subject, why.customer));
            }
            (None, Err(_)) => {}
            (None, Ok((found, price))) => self.add_unbilled(found.customer, record, &price),
        }
    }

    fn add_unbilled(&mut self, customer: CustomerId, record: &UsageRecord, price: &UsagePrice) {
        let one = Unbilled {
            records: 1,
            seconds: if record.kind == Kind::Voice { record.units } else { 0 },
            cost: [price.cost].into_iter().sum(),
            sell: [price.sell].into_iter().sum(),
            oldest: record.started.civil.date,
            latest: record.started.civil.date,
        };
        self.unbilled.entry(customer).and_modify(|sum| sum.merge(one)).or_insert(one);
    }

    fn add_failing(
        &mut self,
        engine: &Engine,
        import: &OpenImport,
        record: &UsageRecord,
        (reason, subject, customer): (Reason, String, Option<CustomerId>),
    ) {
        let currency = record.currency.unwrap_or(engine.book.settings.currency);
        let day = record.started.civil.date;
        let of = Failure { supplier: import.supplier, reason, subject, customer, currency };
        let failing = self.failing.entry(of).or_insert_with(|| Failing {
            example: record.id(&import.file_name),
            records: 0,
            at_stake: Sum::default(),
            cost: Sum::default(),
            oldest: day,
            latest: day,
        });
        failing.records += 1;
        failing.at_stake.add(record.suggested_retail.or(record.cost).unwrap_or_default());
        failing.cost.add(record.cost.unwrap_or_default());
        failing.oldest = failing.oldest.min(day);
        failing.latest = failing.latest.max(day);
    }

    fn merge(&mut self, later: Self) {
        for (customer, sum) in later.unbilled {
            self.unbilled.entry(customer).and_modify(|known| known.merge(sum)).or_insert(sum);
        }
        for (of, sum) in later.failing {
            match self.failing.get_mut(&of) {
                Some(known) => known.merge(&sum),
                None => {
                    self.failing.insert(of, sum);
                }
            }
        }
    }
}

impl Unbilled {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.seconds += other.seconds;
        self.cost.merge(other.cost);
        self.sell.merge(other.sell);
        self.oldest = self.oldest.min(other.oldest);
        self.latest = self.latest.max(other.latest);
    }
}

impl Failing {
    /// Adds records that came later: the example stays the first.
    pub fn merge(&mut self, later: &Self) {
        self.records += later.records;
        self.at_stake.merge(later.at_stake);
        self.cost.merge(later.cost);
        self.oldest = self.oldest.min(later.oldest);
        self.latest = self.latest.max(later.latest);
    }
}

/// What a person has to mend.
pub(super) fn subject_of(engine: &Engine, record: &UsageRecord, why: &WhyAside) -> String {
    use Reason::{NoExchangeRate, NoRate, UnknownCallType};
    let call_type = || why.call_type.map(|id| engine.book.call_type(id).code.clone()).unwrap_or_default();
    let account = || why.customer.map(|id| engine.book.customer(id).account.clone()).unwrap_or_default();
    match why.reason {
        NoRate => format!("{} for {}", call_type(), account()),
        NoExchangeRate => record.currency.map(|currency| currency.to_string()).unwrap_or_default(),
        UnknownCallType if !record.charge_band.is_empty() => format!("charge band {}", record.charge_band),
        UnknownCallType => format!("number {}", record.looked_up_number()),
        _ => record.cli.to_string(),
    }
}
