//! The rate rows of a book by tariff and key, each key with a timeline for every time band; and what answers for a call
//! type through its fallbacks and the levels of a tariff. Made while a book is compiled, thrown away after.

use std::sync::Arc;

use ahash::AHashMap;

use super::answers::{Answering, Answers, band_count};
use super::rates::FALLBACK_STEPS;
use super::timelines::{self, Stretch, Timeline};
use crate::domain::book::{BandId, Book, CallTypeId, RateId, TariffId};
use crate::domain::price_book::{CallClass, PerClass, Rate, RateMatch};
use crate::domain::usage::RatePath;

/// One timeline for each time band.
type ByBand = Vec<Timeline>;

/// The rows of each tariff.
pub(super) struct RowsByKey<'b> {
    pub(super) tariffs: Vec<TariffRows<'b>>,
}

/// The rows of one tariff.
#[derive(Default)]
pub(super) struct TariffRows<'b> {
    pub(super) charge_bands: Vec<(&'b str, ByBand)>,
    pub(super) prefixes: Vec<(&'b str, ByBand)>,
    call_types: AHashMap<CallTypeId, ByBand>,
    classes: PerClass<Option<ByBand>>,
}

impl<'b> RowsByKey<'b> {
    pub(super) fn new(book: &'b Book) -> Self {
        let mut of_tariff: Vec<Vec<RateId>> = vec![Vec::new(); book.tariffs.len()];
        for (index, rate) in book.rates.iter().enumerate() {
            of_tariff[rate.tariff.index()].push(RateId::from_index(index));
        }
        Self { tariffs: of_tariff.into_iter().map(|rows| TariffRows::new(book, rows)).collect() }
    }

    /// What answers for a class through the levels of a tariff.
    pub(super) fn of_class(&self, levels: &[TariffId], class: CallClass, answers: &mut Answers) -> Answering {
        let rows = levels.iter().filter_map(|id| self.tariffs[id.index()].classes[class.index()].as_ref());
        rows.cloned().reduce(|nearer, farther| filled(&nearer, &farther)).and_then(|by_band| answers.add(&by_band))
    }
}

impl<'b> TariffRows<'b> {
    fn new(book: &'b Book, mut ids: Vec<RateId>) -> Self {
        let row = |id: &RateId| &book.rates[id.index()];
        ids.sort_by(|a, b| row(a).matches.cmp(&row(b).matches));
        let mut rows = Self::default();
        for same in ids.chunk_by(|a, b| row(a).matches == row(b).matches) {
            let rates: Vec<(RateId, &Rate)> = same.iter().map(|id| (*id, row(id))).collect();
            match &rates[0].1.matches {
                RateMatch::Band(band) => rows.charge_bands.push((band, by_band(book, &rates, RatePath::Rate))),
                RateMatch::Prefix(prefix) => rows.prefixes.push((prefix, by_band(book, &rates, RatePath::Rate))),
                RateMatch::Type(id) => {
                    rows.call_types.insert(*id, by_band(book, &rates, RatePath::Rate));
                }
                RateMatch::Class(class) => {
                    rows.classes[class.index()] = Some(by_band(book, &rates, RatePath::ClassDefault));
                }
            }
        }
        rows
    }
}

/// In each band its own rows, and on days that they leave those for all bands (R2).
fn by_band(book: &Book, rates: &[(RateId, &Rate)], path: RatePath) -> ByBand {
    let of_band = |band: Option<BandId>| {
        let of_band = rates.iter().filter(|(_, rate)| rate.band == band);
        timelines::of_rows(of_band.map(|(id, rate)| (rate.valid, (*id, path))).collect())
    };
    let for_all = of_band(None);
    (0..band_count(book)).map(|band| timelines::filled(&of_band(Some(BandId::from_index(band))), &for_all)).collect()
}

fn filled(first: &[Timeline], second: &[Timeline]) -> ByBand {
    first.iter().zip(second).map(|(first, second)| timelines::filled(first, second)).collect()
}

/// What answers for each call type through a tariff's levels. A tariff with few rows of its own shares the rest with
/// its parent, so that thousands of tariffs upon one cost little more than that one.
pub(super) struct CallTypes<'b, 'r> {
    rows: &'r RowsByKey<'b>,
    /// For each call type: itself, then its fallbacks in their order.
    keys: Vec<Vec<CallTypeId>>,
    /// For each call type: those that come to it, itself among them.
    comes_to: Vec<Vec<CallTypeId>>,
    known: AHashMap<Vec<TariffId>, Arc<[Answering]>>,
}

impl<'b, 'r> CallTypes<'b, 'r> {
    pub(super) fn new(book: &Book, rows: &'r RowsByKey<'b>) -> Self {
        let rate_as = |id: &CallTypeId| book.call_type(*id).fallback_rate_as;
        let ids = (0..book.call_types.len()).map(CallTypeId::from_index);
        let keys: Vec<Vec<CallTypeId>> =
            ids.map(|id| std::iter::successors(Some(id), rate_as).take(1 + FALLBACK_STEPS).collect()).collect();
        let mut comes_to = vec![Vec::new(); keys.len()];
        for (index, keys) in keys.iter().enumerate() {
            keys.iter().for_each(|key| comes_to[key.index()].push(CallTypeId::from_index(index)));
        }
        Self { rows, keys, comes_to, known: AHashMap::new() }
    }

    /// By call type, for a tariff and its parents.
    pub(super) fn of(&mut self, levels: &[TariffId], answers: &mut Answers) -> Arc<[Answering]> {
        if let Some(known) = self.known.get(levels) {
            return known.clone();
        }
        let resolved = match levels.split_first() {
            None => vec![None; self.keys.len()].into(),
            Some((own, parents)) => {
                let of_parents = self.of(parents, answers);
                self.with_own(*own, levels, of_parents, answers)
            }
        };
        self.known.insert(levels.to_vec(), resolved.clone());
        resolved
    }

    fn with_own(
        &self,
        own: TariffId,
        levels: &[TariffId],
        of_parents: Arc<[Answering]>,
        answers: &mut Answers,
    ) -> Arc<[Answering]> {
        let with_rows = self.rows.tariffs[own.index()].call_types.keys();
        let mut touched: Vec<CallTypeId> = with_rows.flat_map(|key| &self.comes_to[key.index()]).copied().collect();
        if touched.is_empty() {
            return of_parents;
        }
        touched.sort_unstable();
        touched.dedup();
        let mut resolved = of_parents.to_vec();
        for id in touched {
            resolved[id.index()] = self.resolved(id, levels).and_then(|by_band| answers.add(&by_band));
        }
        resolved.into()
    }

    /// Key by key, and for each key level by level (R2).
    fn resolved(&self, id: CallTypeId, levels: &[TariffId]) -> Option<ByBand> {
        let rows = self.keys[id.index()].iter().enumerate().flat_map(|(step, key)| {
            let of_levels = levels.iter().filter_map(|level| self.rows.tariffs[level.index()].call_types.get(key));
            of_levels.map(move |rows| if step == 0 { rows.clone() } else { as_fallback(rows) })
        });
        rows.reduce(|first, second| filled(&first, &second))
    }
}

/// The same rows, found by way of *fallback rate as*.
fn as_fallback(by_band: &[Timeline]) -> ByBand {
    let found =
        |stretch: &Stretch| Stretch { answer: stretch.answer.map(|(id, _)| (id, RatePath::FallbackType)), ..*stretch };
    by_band.iter().map(|timeline| timeline.iter().map(found).collect()).collect()
}
