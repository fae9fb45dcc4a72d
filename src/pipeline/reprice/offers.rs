//! A period's usage by customer → what it costs now, and what it would cost with all of it on each tariff offered.
//! Before allowances and caps. Does not change what anybody has.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{PeriodUsage, Priced, Totals, Volume};
use crate::domain::book::{Book, CustomerId, TariffId};
use crate::domain::disposition::Reason;
use crate::domain::money::Sum;
use crate::error::Result;
use crate::rating::TariffVersion;

/// What the usage of one customer comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerOffers {
    /// What is priced now.
    pub volume: Volume,
    /// What it costs now.
    pub now: Sum<6>,
    /// The part of it whose cost the files state.
    pub costed: Costed,
    /// The tariffs that were asked for it (R1), and for how many records.
    pub used: BTreeMap<TariffId, u64>,
    /// What it would cost.
    pub offers: BTreeMap<TariffId, Offer>,
    /// Not billable now, so not compared; by reason.
    pub set_aside: BTreeMap<Reason, u64>,
}

/// Usage whose cost is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costed {
    /// Records.
    pub calls: u64,
    /// What the suppliers charge for them, in the workspace's currency.
    pub cost: Sum<8>,
    /// What they cost the customer now.
    pub now: Sum<6>,
}

/// The same usage on one tariff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Records that it prices.
    pub calls: u64,
    /// What they would cost.
    pub sell: Sum<6>,
    /// Those of them whose cost is known.
    pub costed_sell: Sum<6>,
    /// Records that it has no rate for.
    pub unpriced: u64,
    /// What those cost now.
    pub unpriced_now: Sum<6>,
}

/// All usage of the period by customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// Those who have usage.
    pub customers: BTreeMap<CustomerId, CustomerOffers>,
    /// Usage of nobody, by reason.
    pub nobodys: BTreeMap<Reason, u64>,
}

/// The tariffs that the usage of some customer or line is charged by: retail tariffs of customers, lines and suppliers'
/// defaults (R1), not those that only hold carriers' prices or prices of products.
pub fn retail_tariffs(book: &Book) -> BTreeSet<TariffId> {
    let of_customers = book.customers.iter().map(|customer| &customer.prices);
    let prices = of_customers.chain(book.clis.iter().map(|cli| &cli.prices));
    let of_suppliers = book.supplier_tariffs.iter().filter(|row| !row.wholesale).map(|row| row.tariff);
    prices.flat_map(|prices| prices.tariffs.into_iter().flatten()).chain(of_suppliers).collect()
}

/// Prices the usage on each of the tariffs that is in its customer's currency (X7).
pub fn offer(usage: &PeriodUsage, tariffs: &BTreeSet<TariffId>) -> Result<Offers> {
    let (book, rater) = (usage.engine.book, &usage.engine.rater);
    usage.total(|sums: &mut Offers, import, priced: Priced| {
        let rated = match priced {
            Ok(rated) => rated,
            Err(aside) => {
                let reasons = match aside.customer {
                    Some(customer) => &mut sums.customers.entry(customer).or_default().set_aside,
                    None => &mut sums.nobodys,
                };
                *reasons.entry(aside.reason).or_default() += 1;
                return;
            }
        };
        let record = &rated.matched.record;
        let is_costed = record.cost.is_some();
        let customer = sums.customers.entry(rated.matched.customer).or_default();
        customer.volume.add(record);
        customer.now.add(rated.sell);
        if is_costed {
            customer.costed.calls += 1;
            customer.costed.cost.add(rated.cost);
            customer.costed.now.add(rated.sell);
        }
        if let Some(tariff) = rated.tariff {
            *customer.used.entry(tariff).or_default() += 1;
        }
        let currency = book.customer(rated.matched.customer).currency;
        for tariff in tariffs.iter().copied().filter(|id| book.tariff(*id).currency == currency) {
            let offer = customer.offers.entry(tariff).or_default();
            // What cannot be priced for another reason than a missing rate has no price on this tariff either.
            match rater.rate_on(TariffVersion { tariff, on: None }, import.supplier, &rated.matched) {
                Ok(Some(quote)) => {
                    offer.calls += 1;
                    offer.sell.add(quote.sell);
                    if is_costed {
                        offer.costed_sell.add(quote.sell);
                    }
                }
                Ok(None) | Err(_) => {
                    offer.unpriced += 1;
                    offer.unpriced_now.add(rated.sell);
                }
            }
        }
    })
}

impl CustomerOffers {
    /// The cheapest tariff that prices everything; of those that cost the same the one that the customer has most of
    /// now, then the first by code.
    pub fn cheapest(&self) -> Option<(TariffId, &Offer)> {
        let complete = self.offers.iter().filter(|(_, offer)| offer.unpriced == 0 && offer.calls > 0);
        let order = |(tariff, offer): &(&TariffId, &Offer)| {
            (offer.sell, Reverse(self.used.get(tariff).copied().unwrap_or(0)), **tariff)
        };
        complete.min_by_key(order).map(|(tariff, offer)| (*tariff, offer))
    }

    /// The best tariff: the cheapest one, unless all that the customer has now is cheaper still.
    pub fn best(&self) -> Option<(TariffId, &Offer)> {
        self.cheapest().filter(|(_, offer)| offer.sell <= self.now)
    }

    fn merge(&mut self, other: Self) {
        self.volume.merge(other.volume);
        self.now.merge(other.now);
        self.costed.calls += other.costed.calls;
        self.costed.cost.merge(other.costed.cost);
        self.costed.now.merge(other.costed.now);
        for (tariff, calls) in other.used {
            *self.used.entry(tariff).or_default() += calls;
        }
        for (tariff, offer) in other.offers {
            self.offers.entry(tariff).or_default().merge(&offer);
        }
        for (reason, calls) in other.set_aside {
            *self.set_aside.entry(reason).or_default() += calls;
        }
    }
}

impl Offer {
    fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.sell.merge(other.sell);
        self.costed_sell.merge(other.costed_sell);
        self.unpriced += other.unpriced;
        self.unpriced_now.merge(other.unpriced_now);
    }
}

impl Totals for Offers {
    fn merge(&mut self, other: Self) {
        for (customer, offers) in other.customers {
            self.customers.entry(customer).or_default().merge(offers);
        }
        for (reason, calls) in other.nobodys {
            *self.nobodys.entry(reason).or_default() += calls;
        }
    }

    fn counted(&self) -> u64 {
        let nobodys: u64 = self.nobodys.values().sum();
        let of = |offers: &CustomerOffers| offers.volume.calls + offers.set_aside.values().sum::<u64>();
        nobodys + self.customers.values().map(of).sum::<u64>()
    }

    /// Each offer is of all the usage.
    fn check(&self) -> std::result::Result<(), String> {
        for offers in self.customers.values() {
            for offer in offers.offers.values() {
                let (offered, calls) = (offer.calls + offer.unpriced, offers.volume.calls);
                if offered != calls {
                    return Err(format!("a tariff was asked for {offered} records of {calls}"));
                }
            }
        }
        Ok(())
    }
}
