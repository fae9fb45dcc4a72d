//! The usage that one tariff prices today → what it costs on that tariff and on another, by customer and call type.
//! Like with like: both prices are the tariff's own, before allowances and caps.

use std::collections::BTreeMap;

use super::{PeriodUsage, Priced, Totals, Volume};
use crate::domain::book::{CallTypeId, CustomerId, TariffId};
use crate::domain::disposition::Reason;
use crate::domain::money::{CallCharge, Sum};
use crate::error::Result;
use crate::rating::TariffVersion;

/// The two prices of some usage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// How much usage.
    pub volume: Volume,
    /// What it costs on the first tariff.
    pub old: Sum<6>,
    /// What it costs on the second.
    pub new: Sum<6>,
    /// Summed from the records, not from the sums, so that the one checks the other.
    pub difference: Sum<6>,
}

/// Usage that one of the two has no price for; what the other says is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unpriced {
    /// How much usage.
    pub volume: Volume,
    /// What it costs on the first tariff, if that prices it.
    pub old: Option<Sum<6>>,
    /// What it costs on the second, if that prices it.
    pub new: Option<Sum<6>>,
}

/// Usage that is priced by rows of the first tariff, which another tariff stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inherited {
    /// Records.
    pub calls: u64,
    /// What they cost today.
    pub sell: Sum<6>,
}

/// Why usage has no price: on the first tariff and on the second, where they have none.
pub type Missing = (Option<Reason>, Option<Reason>);

/// All usage of the period, by what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Priced by both.
    pub compared: BTreeMap<(CustomerId, CallTypeId), Change>,
    /// Not priced by one of them, or by neither.
    pub unpriced: BTreeMap<(Missing, CustomerId, CallTypeId), Unpriced>,
    /// Of other tariffs, but priced by rows of the first: by the tariff that was asked.
    pub inherited: BTreeMap<TariffId, Inherited>,
    /// Priced by the rows of other tariffs, by the tariff that was asked.
    pub by_others: BTreeMap<TariffId, u64>,
    /// Priced without a row: by markups.
    pub by_markup: u64,
    /// Not billable now, by reason.
    pub set_aside: BTreeMap<Reason, u64>,
}

/// Compares two tariffs, or two days of one.
pub fn compare(usage: &PeriodUsage, old: TariffVersion, new: TariffVersion) -> Result<Differences> {
    let (book, rater) = (usage.engine.book, &usage.engine.rater);
    usage.total(|sums: &mut Differences, import, priced: Priced| {
        let rated = match priced {
            Ok(rated) => rated,
            Err(aside) => {
                *sums.set_aside.entry(aside.reason).or_default() += 1;
                return;
            }
        };
        let (Some(asked), Some(row)) = (rated.tariff, rated.rate_row) else {
            sums.by_markup += 1;
            return;
        };
        if asked != old.tariff {
            if book.rates[row.index()].tariff == old.tariff {
                sums.inherited.entry(asked).or_default().add(rated.sell);
            } else {
                *sums.by_others.entry(asked).or_default() += 1;
            }
            return;
        }
        let price = |version| match rater.rate_on(version, import.supplier, &rated.matched) {
            Ok(Some(quote)) => Ok(quote.sell),
            Ok(None) => Err(Reason::NoRate),
            Err(reason) => Err(reason),
        };
        let place = (rated.matched.customer, rated.matched.call_type);
        let record = &rated.matched.record;
        match (price(old), price(new)) {
            (Ok(old), Ok(new)) => sums.compared.entry(place).or_default().add(record, old, new),
            (old, new) => {
                let key = ((old.err(), new.err()), place.0, place.1);
                let unpriced = sums.unpriced.entry(key).or_default();
                unpriced.volume.add(record);
                add_known(&mut unpriced.old, old.ok());
                add_known(&mut unpriced.new, new.ok());
            }
        }
    })
}

fn add_known(sum: &mut Option<Sum<6>>, amount: Option<CallCharge>) {
    if let Some(amount) = amount {
        sum.get_or_insert_default().add(amount);
    }
}

fn merge_known(sum: &mut Option<Sum<6>>, other: Option<Sum<6>>) {
    if let Some(other) = other {
        sum.get_or_insert_default().merge(other);
    }
}

impl Change {
    fn add(&mut self, record: &crate::domain::usage::UsageRecord, old: CallCharge, new: CallCharge) {
        self.volume.add(record);
        self.old.add(old);
        self.new.add(new);
        self.difference.merge(Sum::from_wide(i128::from(new.scaled()) - i128::from(old.scaled())));
    }

    /// Adds another.
    pub fn merge(&mut self, other: Self) {
        self.volume.merge(other.volume);
        self.old.merge(other.old);
        self.new.merge(other.new);
        self.difference.merge(other.difference);
    }

    /// Old and difference are new.
    fn adds_up(&self) -> bool {
        self.old.wide() + self.difference.wide() == self.new.wide()
    }
}

impl Inherited {
    fn add(&mut self, sell: CallCharge) {
        self.calls += 1;
        self.sell.add(sell);
    }
}

impl Differences {
    /// All that both price.
    pub fn total(&self) -> Change {
        self.grouped(|_, _| ()).remove(&()).unwrap_or_default()
    }

    /// What both price, summed by any key.
    pub fn grouped<K: Ord>(&self, key: impl Fn(CustomerId, CallTypeId) -> K) -> BTreeMap<K, Change> {
        let mut groups = BTreeMap::<K, Change>::new();
        for ((customer, call_type), change) in &self.compared {
            groups.entry(key(*customer, *call_type)).or_default().merge(*change);
        }
        groups
    }

    /// How many records the first tariff prices today.
    pub fn asked_for(&self) -> u64 {
        let unpriced: u64 = self.unpriced.values().map(|unpriced| unpriced.volume.calls).sum();
        self.total().volume.calls + unpriced
    }
}

impl Totals for Differences {
    fn merge(&mut self, other: Self) {
        for (place, change) in other.compared {
            self.compared.entry(place).or_default().merge(change);
        }
        for (place, unpriced) in other.unpriced {
            let mine = self.unpriced.entry(place).or_default();
            mine.volume.merge(unpriced.volume);
            merge_known(&mut mine.old, unpriced.old);
            merge_known(&mut mine.new, unpriced.new);
        }
        for (tariff, inherited) in other.inherited {
            let mine = self.inherited.entry(tariff).or_default();
            mine.calls += inherited.calls;
            mine.sell.merge(inherited.sell);
        }
        for (tariff, calls) in other.by_others {
            *self.by_others.entry(tariff).or_default() += calls;
        }
        self.by_markup += other.by_markup;
        for (reason, calls) in other.set_aside {
            *self.set_aside.entry(reason).or_default() += calls;
        }
    }

    fn counted(&self) -> u64 {
        let inherited: u64 = self.inherited.values().map(|inherited| inherited.calls).sum();
        let others: u64 = self.by_others.values().chain(self.set_aside.values()).sum();
        self.asked_for() + inherited + others + self.by_markup
    }

    fn check(&self) -> std::result::Result<(), String> {
        let total = self.total();
        match self.compared.values().chain([&total]).find(|change| !change.adds_up()) {
            None => Ok(()),
            Some(Change { old, new, difference, .. }) => {
                Err(format!("the difference does not add up: old {old}, difference {difference}, new {new}"))
            }
        }
    }
}
