//! The tables of a book and the book compiled from them → findings: what is wrong with its tariffs, or looks so, before
//! it bills. Prices nothing: what sells below cost is found by the pipeline, which can rate.
//!
//! One file for each question; `kinds` has the list of all that can be found. Every check goes through the rows once
//! or looks them up by key, so that a rate sheet of hundreds of thousands of rows takes seconds.

mod asks;
mod bands;
mod classes;
mod findings;
mod kinds;
mod numbering;
mod prefixes;
mod reach;
mod rows;
mod spans;
mod validity;
mod values;
mod weeks;

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashMap;

pub use findings::{Finding, Findings, Place, counts, refusal};
pub use kinds::{FindingKind, Severity};

use crate::book::Tables;
use crate::domain::book::{BandId, Book, CallTypeId, RateId, SupplierId, TariffId};
use crate::domain::price_book::{CallClass, Rate};
use crate::domain::time::Date;
use crate::domain::usage::Kind;
use asks::Asks;
use numbering::{ClassSet, Numbering};
use rows::{Group, Key, RateIndex, Usage};
use spans::Span;
use weeks::Weeks;

/// Days for which the past matters: usage older than this is billed, or will never be.
const DAYS_OF_INTEREST: i32 = 366;

/// Everything that is found without pricing usage. `tables` must be in the order of their keys, and `book` be compiled
/// from them; `on` is the day on which rows are new, in force or ended.
pub fn lint(tables: &Tables, book: &Book, on: Date) -> Findings {
    let subject = Subject::new(tables, book, on);
    let mut findings = Findings::default();
    validity::check(&subject, &mut findings);
    prefixes::check(&subject, &mut findings);
    weeks::check(&subject, &mut findings);
    bands::check(&subject, &mut findings);
    reach::check(&subject, &mut findings);
    classes::check(&subject, &mut findings);
    values::check(&subject, &mut findings);
    findings
}

/// Where a rate row stands.
pub fn place_of_rate(tables: &Tables, rate: RateId, column: &str) -> Place {
    let table = tables.get("rates");
    Place::of(table, &table.rows[rate.index()], column)
}

/// For each supplier the time bands that its week comes to (R8).
pub fn bands_of_suppliers(book: &Book) -> Vec<Vec<BandId>> {
    let weeks = Weeks::new(book);
    let suppliers = (0..book.suppliers.len()).map(SupplierId::from_index);
    suppliers.map(|supplier| weeks.bands(supplier).iter().copied().collect()).collect()
}

/// A supplier, a tariff by which we may charge usage of it, its own tariff for the same usage.
pub type PricedTwice = (SupplierId, TariffId, TariffId);

/// For every supplier with a tariff of its own (R14): each tariff by which we may charge its usage (R1), and the classes
/// for which both are asked.
pub fn priced_twice(book: &Book, on: Date) -> BTreeMap<PricedTwice, Vec<CallClass>> {
    let asks = Asks::new(book, &RateIndex::new(book), ClassSet::default(), on);
    let mut pairs: BTreeMap<PricedTwice, Vec<CallClass>> = BTreeMap::new();
    for row in book.supplier_tariffs.iter().filter(|row| row.wholesale) {
        for retail in (0..book.tariffs.len()).map(TariffId::from_index) {
            let is_asked = asks.of(retail).retail().has(row.class);
            if is_asked && asks.suppliers(retail, row.class).contains(&row.supplier) && retail != row.tariff {
                pairs.entry((row.supplier, retail, row.tariff)).or_default().push(row.class);
            }
        }
    }
    pairs
}

/// The book with what all checks ask of it.
struct Subject<'b> {
    tables: &'b Tables,
    book: &'b Book,
    on: Date,
    rates: RateIndex<'b>,
    numbering: Numbering<'b>,
    asks: Asks,
    weeks: Weeks,
    /// For each tariff the suppliers whose usage it may price, itself or as a parent; all if nobody asks it.
    suppliers: Vec<Vec<SupplierId>>,
    /// For each tariff the bands of these.
    bands: Vec<Vec<BandId>>,
    /// For each group of rows what usage it is for.
    uses: Vec<KeyUse>,
}

/// What usage a key is for.
#[derive(Clone, Copy, Debug, Default)]
struct KeyUse {
    classes: ClassSet,
    /// If it is for one class and kind.
    only: Option<(CallClass, Kind)>,
}

impl<'b> Subject<'b> {
    fn new(tables: &'b Tables, book: &'b Book, on: Date) -> Self {
        let rates = RateIndex::new(book);
        let numbering = Numbering::new(book, &rates);
        let mut classes = ClassSet::default();
        let mut billed = ClassSet::default();
        for (_, call_type) in numbering.classified() {
            classes.insert(call_type.class);
            if call_type.class != CallClass::Surcharges {
                billed.insert(call_type.class);
            }
        }
        let asks = Asks::new(book, &rates, billed, on);
        let weeks = Weeks::new(book);
        let suppliers: Vec<Vec<SupplierId>> = (0..book.tariffs.len())
            .map(TariffId::from_index)
            .map(|tariff| asks.suppliers_through(tariff, classes).into_iter().collect())
            .collect();
        let bands_of = |suppliers: &Vec<SupplierId>| -> Vec<BandId> {
            let of_suppliers: BTreeSet<BandId> = suppliers.iter().flat_map(|id| weeks.bands(*id)).copied().collect();
            if suppliers.is_empty() {
                weeks.all_bands().into_iter().collect()
            } else {
                of_suppliers.into_iter().collect()
            }
        };
        let bands = suppliers.iter().map(bands_of).collect();
        let mut known: AHashMap<Key, KeyUse> = AHashMap::new();
        let use_of = |group: &Group<'b>| {
            *known.entry(group.key).or_insert_with_key(|key| KeyUse {
                classes: numbering.classes(*key),
                only: numbering.class_and_kind(*key),
            })
        };
        let uses = rates.groups.iter().map(use_of).collect();
        Self { tables, book, on, rates, numbering, asks, weeks, suppliers, bands, uses }
    }

    /// The groups of rows, each with what usage it is for.
    fn groups(&self) -> impl Iterator<Item = (Group<'b>, KeyUse)> {
        self.rates.groups.iter().copied().zip(self.uses.iter().copied())
    }

    /// Did a row end so long ago that it prices nothing any more?
    fn is_history(&self, rate: &Rate) -> bool {
        rate.valid.to.is_some_and(|last| last < self.on.plus_days(-DAYS_OF_INTEREST))
    }

    /// The days that matter.
    fn days_of_interest(&self) -> Span {
        Span::since(self.on.plus_days(-DAYS_OF_INTEREST))
    }

    /// The kinds of usage that a key is looked up for.
    fn usages<'k>(&self, key: Key<'k>) -> Vec<Usage<'k>> {
        let (charge_band, number) = match key {
            Key::Band(band) => (band, ""),
            Key::Prefix(prefix) => ("", prefix),
            Key::Type(_) | Key::Class(_) => ("", ""),
        };
        let usage = |call_type: CallTypeId| Usage { charge_band, number, call_type };
        self.numbering.call_types(key).into_iter().map(usage).collect()
    }

    /// A finding about a rate row, by its position.
    fn about_rate(&self, kind: FindingKind, position: usize, column: &str, what: impl Into<String>) -> Finding {
        let place = place_of_rate(self.tables, RateId::from_index(position), column);
        Finding::new(kind, place, what).about(&self.book.tariff(self.book.rates[position].tariff).code)
    }

    /// A finding about a tariff itself.
    fn about_tariff(&self, kind: FindingKind, tariff: TariffId, column: &str, what: impl Into<String>) -> Finding {
        let table = self.tables.get("tariffs");
        let place = Place::of(table, &table.rows[tariff.index()], column);
        Finding::new(kind, place, what).about(&self.book.tariff(tariff).code)
    }

    /// The names of bands.
    fn band_names(&self, bands: impl IntoIterator<Item = BandId>) -> String {
        let names: Vec<&str> = bands.into_iter().map(|band| self.book.band_names[band.index()].as_str()).collect();
        numbering::listed(&names)
    }
}

/// The keys that are tried after one of them.
fn keys_after<'k>(keys: &'k [Key<'k>], key: Key<'_>) -> &'k [Key<'k>] {
    let position = keys.iter().position(|tried| *tried == key);
    position.map_or(&[], |position| &keys[position + 1..])
}

/// `1 row`, `12 rows`.
fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// The first few of some names: `a, b and c`, `a, b, c and 12 more`.
fn first_few(names: &[String]) -> String {
    const FEW: usize = 4;
    let shown: Vec<&str> = names.iter().map(String::as_str).take(FEW).collect();
    match names.len().saturating_sub(FEW) {
        0 => numbering::listed(&shown),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
