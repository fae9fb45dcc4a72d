//! Who asks which tariff for usage of which class (R1, R14), and what usage nobody has a price for (R4).

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashMap;

use super::numbering::ClassSet;
use super::rows::RateIndex;
use crate::domain::book::{Book, CustomerId, SupplierId, TariffId};
use crate::domain::customer::{ClassPrices, Cli, Customer};
use crate::domain::money::Currency;
use crate::domain::price_book::CallClass;
use crate::domain::time::Date;

/// The classes that a tariff itself is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    /// By lines and customers: for usage of any supplier.
    pub(super) of_customers: ClassSet,
    /// As the default of suppliers.
    pub(super) of_suppliers: ClassSet,
    /// As what suppliers charge us.
    pub(super) wholesale: ClassSet,
    /// By somebody for whom no markup follows where the tariff has no row (R4).
    pub(super) without_markup: ClassSet,
}

impl Asked {
    /// Whoever asks.
    pub(super) fn all(self) -> ClassSet {
        self.retail().or(self.wholesale)
    }

    /// For what we charge.
    pub(super) fn retail(self) -> ClassSet {
        self.of_customers.or(self.of_suppliers)
    }
}

/// Classes of a customer for whose usage there is neither a tariff nor a markup.
pub(super) struct Unpriced {
    pub(super) customer: CustomerId,
    pub(super) classes: ClassSet,
    /// How many of its lines that is so for, and how many it has.
    pub(super) lines: (usize, usize),
}

/// What is asked of the tariffs of a book.
pub(super) struct Asks {
    asked: Vec<Asked>,
    /// The suppliers that have a tariff as a default or as their own, by tariff and class.
    by_suppliers: BTreeMap<(TariffId, CallClass), BTreeSet<SupplierId>>,
    /// For each tariff those in use that take rows from it, itself among them.
    pub(super) askers: Vec<Vec<TariffId>>,
    pub(super) unpriced: Vec<Unpriced>,
    all_suppliers: Vec<SupplierId>,
}

impl Asks {
    /// `wanted` are the classes that usage can be of; lines that ended before `on` are out of account.
    pub(super) fn new(book: &Book, rates: &RateIndex, wanted: ClassSet, on: Date) -> Self {
        let mut asked = vec![Asked::default(); book.tariffs.len()];
        let mut by_suppliers: BTreeMap<_, BTreeSet<SupplierId>> = BTreeMap::new();
        for row in &book.supplier_tariffs {
            let of = &mut asked[row.tariff.index()];
            if row.wholesale {
                of.wholesale.insert(row.class)
            } else {
                of.of_suppliers.insert(row.class)
            }
            by_suppliers.entry((row.tariff, row.class)).or_default().insert(row.supplier);
        }
        for customer in book.customers.iter().filter(|customer| !customer.status.is_gone()) {
            take_assigned(&customer.prices, &mut asked);
        }
        let in_use = |line: &&Cli| is_in_use(book, line, on);
        for line in book.clis.iter().filter(in_use) {
            take_assigned(&line.prices, &mut asked);
        }
        let unpriced = sweep(book, wanted, on, &mut asked);
        let mut askers = vec![Vec::new(); book.tariffs.len()];
        for (index, levels) in rates.levels.iter().enumerate().filter(|(index, _)| !asked[*index].all().is_empty()) {
            levels.iter().for_each(|level| askers[level.index()].push(TariffId::from_index(index)));
        }
        let all_suppliers = (0..book.suppliers.len()).map(SupplierId::from_index).collect();
        Self { asked, by_suppliers, askers, unpriced, all_suppliers }
    }

    /// What a tariff itself is asked for.
    pub(super) fn of(&self, tariff: TariffId) -> Asked {
        self.asked[tariff.index()]
    }

    /// The classes for which rows of a tariff are asked, be it by way of those that it is a parent of.
    pub(super) fn through(&self, tariff: TariffId) -> ClassSet {
        let askers = self.askers[tariff.index()].iter();
        askers.fold(ClassSet::default(), |classes, asker| classes.or(self.of(*asker).all()))
    }

    /// The suppliers whose usage of a class may be priced by a tariff itself.
    pub(super) fn suppliers(&self, tariff: TariffId, class: CallClass) -> Vec<SupplierId> {
        if self.of(tariff).of_customers.has(class) {
            return self.all_suppliers.clone();
        }
        self.by_suppliers.get(&(tariff, class)).into_iter().flatten().copied().collect()
    }

    /// The suppliers whose usage may be priced by rows of a tariff, through whichever asks.
    pub(super) fn suppliers_through(&self, tariff: TariffId, classes: ClassSet) -> BTreeSet<SupplierId> {
        let askers = self.askers[tariff.index()].iter();
        let pairs = askers.flat_map(|asker| classes.iter().map(move |class| (*asker, class)));
        pairs.flat_map(|(asker, class)| self.suppliers(asker, class)).collect()
    }
}

fn take_assigned(prices: &ClassPrices, asked: &mut [Asked]) {
    for class in CallClass::ALL {
        if let Some(tariff) = prices.tariffs[class.index()] {
            asked[tariff.index()].of_customers.insert(class);
        }
    }
}

/// A line whose usage is billed on or after a day.
fn is_in_use(book: &Book, line: &Cli, on: Date) -> bool {
    let is_over = line.valid.to.is_some_and(|last| last < on);
    !is_over && !line.exclude_usage && !book.customer(line.customer).status.is_gone()
}

/// The default tariffs of suppliers for a type of line and a currency.
type Defaults = AHashMap<(String, Currency), [Vec<TariffId>; 10]>;

/// Goes through the lines: notes who asks without a markup behind, and returns what nobody has a price for.
fn sweep(book: &Book, wanted: ClassSet, on: Date, asked: &mut [Asked]) -> Vec<Unpriced> {
    let mut defaults = Defaults::new();
    let mut unpriced: BTreeMap<CustomerId, Unpriced> = BTreeMap::new();
    let mut reached = false;
    let mut lines_of: AHashMap<CustomerId, usize> = AHashMap::new();
    for line in book.clis.iter().filter(|line| is_in_use(book, line, on)) {
        reached = true;
        *lines_of.entry(line.customer).or_default() += 1;
        let customer = book.customer(line.customer);
        let key = (line.cli_type.clone(), customer.currency);
        let defaults = &*defaults.entry(key).or_insert_with_key(|(cli_type, currency)| {
            CallClass::ALL.map(|class| defaults_of(book, cli_type, *currency, class))
        });
        let mut missing = ClassSet::default();
        for class in wanted.iter().filter(|class| !has_markup(line, customer, *class)) {
            let own = line.prices.tariffs[class.index()].or(customer.prices.tariffs[class.index()]);
            let tariffs = own.as_ref().map_or(&defaults[class.index()][..], std::slice::from_ref);
            tariffs.iter().for_each(|tariff| asked[tariff.index()].without_markup.insert(class));
            if tariffs.is_empty() {
                missing.insert(class);
            }
        }
        if !missing.is_empty() {
            let empty = Unpriced { customer: line.customer, classes: ClassSet::default(), lines: (0, 0) };
            let of_customer = unpriced.entry(line.customer).or_insert(empty);
            of_customer.classes = of_customer.classes.or(missing);
            of_customer.lines.0 += 1;
        }
    }
    if !reached {
        // A book of price lists only: everything that is asked stands for somebody to come.
        asked.iter_mut().for_each(|of| of.without_markup = of.retail());
    }
    let mut unpriced: Vec<_> = unpriced.into_values().collect();
    unpriced.iter_mut().for_each(|of| of.lines.1 = lines_of.get(&of.customer).copied().unwrap_or(0));
    unpriced
}

/// Is there a price by R4 where no row is found?
fn has_markup(line: &Cli, customer: &Customer, class: CallClass) -> bool {
    let of_class = line.prices.markups[class.index()].or(customer.prices.markups[class.index()]);
    of_class.or(customer.fallback_suggested_markup).or(customer.fallback_markup).is_some()
}

/// The default tariffs of all suppliers for a type of line: each supplier's for the type, else for any (R1).
fn defaults_of(book: &Book, cli_type: &str, currency: Currency, class: CallClass) -> Vec<TariffId> {
    let of_class = || book.supplier_tariffs.iter().filter(|row| !row.wholesale && row.class == class);
    let mut found: BTreeMap<SupplierId, TariffId> = BTreeMap::new();
    for wanted in [cli_type, ""] {
        for row in of_class().filter(|row| row.cli_type == wanted) {
            if book.tariff(row.tariff).currency == currency {
                found.entry(row.supplier).or_insert(row.tariff);
            }
        }
    }
    found.into_values().collect()
}
