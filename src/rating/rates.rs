//! Tariff, what is known of a record, band and day → the rate row (R2), by look-ups that were resolved when the book was
//! compiled: what a record finds costs a few loads, however long the rate sheet is and however long its history.
//! [`super::search`] is the same rule in plain words; the two must agree. Does not compute a price.

use std::sync::Arc;

use ahash::AHashMap;

use super::answers::{Answering, Answers};
use super::rows_by_key::{CallTypes, RowsByKey, TariffRows};
use super::timelines::Answer;
use crate::domain::book::{BandId, Book, CallTypeId, RateId, TariffId};
use crate::domain::prefix_table::{PackedNumber, PrefixTable};
use crate::domain::price_book::{CallClass, PerClass, Rate};
use crate::domain::time::Date;
use crate::domain::usage::RatePath;

/// How many tariffs are asked for a key: the tariff, its parent, the parent's parent (R2).
pub(super) const TARIFF_LEVELS: usize = 3;
/// How many *fallback rate as* are followed (R2).
pub(super) const FALLBACK_STEPS: usize = 8;

/// What a rate is looked up by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// Empty if there is none.
    pub(super) charge_band: &'a str,
    /// The number looked up (C1); empty if there is none.
    pub(super) number: &'a str,
    pub(super) call_type: CallTypeId,
    pub(super) class: CallClass,
    pub(super) band: BandId,
    /// The civil day of the call.
    pub(super) date: Date,
}

/// A row and the way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) rate: RateId,
    pub(super) path: RatePath,
}

/// The rate rows of the book.
#[derive(Debug)]
pub(super) struct Rates<'b> {
    book: &'b Book,
    answers: Answers,
    /// The charge bands that rate rows name.
    charge_bands: AHashMap<&'b str, u32>,
    /// For each tariff, what is asked of it and of its parents.
    chains: Vec<Chain>,
    /// For each tariff, its own rows for charge bands and prefixes.
    own: Vec<OwnRows>,
}

/// A tariff with its parents.
#[derive(Debug)]
struct Chain {
    /// The tariff, its parent, the parent's parent, as far as they have rows for charge bands.
    with_charge_bands: Vec<TariffId>,
    /// The same of those that have rows for prefixes.
    with_prefixes: Vec<TariffId>,
    /// By call type: its rows, then those of its fallbacks, through all levels.
    call_types: Arc<[Answering]>,
    classes: PerClass<Answering>,
}

/// Rows that only the tariff itself has.
#[derive(Debug)]
struct OwnRows {
    charge_bands: AHashMap<u32, Answering>,
    prefixes: PrefixTable<Answering>,
}

impl<'b> Rates<'b> {
    pub(super) fn new(book: &'b Book) -> Self {
        let rows = RowsByKey::new(book);
        let mut answers = Answers::new(book);
        let mut charge_bands = AHashMap::new();
        let own: Vec<_> = rows.tariffs.iter().map(|rows| OwnRows::new(rows, &mut charge_bands, &mut answers)).collect();
        let mut call_types = CallTypes::new(book, &rows);
        let chain = |index| {
            let levels = levels(book, TariffId::from_index(index));
            let with = |has: fn(&OwnRows) -> bool| levels.iter().copied().filter(|id| has(&own[id.index()])).collect();
            Chain {
                with_charge_bands: with(|own| !own.charge_bands.is_empty()),
                with_prefixes: with(|own| !own.prefixes.is_empty()),
                call_types: call_types.of(&levels, &mut answers),
                classes: CallClass::ALL.map(|class| rows.of_class(&levels, class, &mut answers)),
            }
        };
        let chains = (0..book.tariffs.len()).map(chain).collect();
        Self { book, answers, charge_bands, chains, own }
    }

    /// The row of an id.
    pub(super) fn row(&self, id: RateId) -> &'b Rate {
        &self.book.rates[id.index()]
    }

    /// The first row that R2 hits: for each key, from the most specific, the tariff and its parents in turn.
    pub(super) fn find(&self, tariff: TariffId, wanted: &Wanted) -> Option<Found> {
        let chain = &self.chains[tariff.index()];
        let (rate, path) = self
            .by_charge_band(chain, wanted)
            .or_else(|| self.by_prefix(chain, wanted))
            .or_else(|| self.answer(chain.call_types[wanted.call_type.index()], wanted))
            .or_else(|| self.answer(chain.classes[wanted.class.index()], wanted))?;
        let is_parents = path == RatePath::Rate && self.row(rate).tariff != tariff;
        Some(Found { rate, path: if is_parents { RatePath::Parent } else { path } })
    }

    fn by_charge_band(&self, chain: &Chain, wanted: &Wanted) -> Option<Answer> {
        if chain.with_charge_bands.is_empty() || wanted.charge_band.is_empty() {
            return None;
        }
        let band = self.charge_bands.get(wanted.charge_band)?;
        let own = |id: &TariffId| self.own[id.index()].charge_bands.get(band).copied();
        chain.with_charge_bands.iter().filter_map(own).find_map(|answering| self.answer(answering, wanted))
    }

    /// The longest prefix goes first, whichever level has it; of equal ones that of the lower level.
    fn by_prefix(&self, chain: &Chain, wanted: &Wanted) -> Option<Answer> {
        if chain.with_prefixes.is_empty() || wanted.number.is_empty() {
            return None;
        }
        let number = PackedNumber::of(wanted.number);
        let matches = |id: TariffId| self.own[id.index()].prefixes.matches(number);
        if let [only] = *chain.with_prefixes {
            return matches(only).find_map(|(_, answering)| self.answer(answering, wanted));
        }
        let mut levels: [_; TARIFF_LEVELS] =
            std::array::from_fn(|level| chain.with_prefixes.get(level).map(|id| matches(*id).peekable()));
        loop {
            let mut lengths = levels.iter_mut().flatten().filter_map(|level| Some(level.peek()?.0));
            let longest = lengths.by_ref().max()?;
            for level in levels.iter_mut().flatten() {
                let of_level = level.next_if(|(length, _)| *length == longest);
                if let Some(answer) = of_level.and_then(|(_, answering)| self.answer(answering, wanted)) {
                    return Some(answer);
                }
            }
        }
    }

    fn answer(&self, answering: Answering, wanted: &Wanted) -> Option<Answer> {
        self.answers.answer(answering, wanted.band, wanted.date)
    }
}

/// The tariffs that are asked for one: itself, its parent, the parent's parent (R2). A parent in another currency would
/// price wrongly (X7): the book refuses it, and it is not asked.
pub(super) fn levels(book: &Book, tariff: TariffId) -> Vec<TariffId> {
    let currency = book.tariff(tariff).currency;
    let parents = std::iter::successors(Some(tariff), |id| book.tariff(*id).parent);
    parents.take(TARIFF_LEVELS).take_while(|id| book.tariff(*id).currency == currency).collect()
}

impl OwnRows {
    fn new<'b>(rows: &TariffRows<'b>, charge_bands: &mut AHashMap<&'b str, u32>, answers: &mut Answers) -> Self {
        let mut own_bands = AHashMap::with_capacity(rows.charge_bands.len());
        for (band, by_band) in &rows.charge_bands {
            let next = u32::try_from(charge_bands.len()).expect("no book has 2^32 charge bands");
            own_bands.insert(*charge_bands.entry(*band).or_insert(next), answers.add(by_band));
        }
        let prefixes = rows.prefixes.iter().map(|(prefix, by_band)| (*prefix, answers.add(by_band)));
        Self { charge_bands: own_bands, prefixes: PrefixTable::new(prefixes) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::explanation::Trace;
    use super::super::search;
    use super::super::test_book::*;
    use super::*;

    /// The name of the row that a call at noon finds in `retail`, and the path.
    fn check(book: &Book, change: impl FnOnce(&mut Wanted)) -> Option<(String, RatePath)> {
        let number = "+441619460000";
        let mut wanted = Wanted {
            charge_band: "UKG",
            number,
            call_type: GEO,
            class: CallClass::National,
            band: DAYTIME,
            date: date("2026-03-02"),
        };
        change(&mut wanted);
        let found = Rates::new(book).find(RETAIL, &wanted);
        assert_eq!(search::row(book, RETAIL, &wanted, &mut Trace::silent()), found, "both ways to the row");
        found.map(|found| (book.rates[found.rate.index()].name.clone(), found.path))
    }

    #[test]
    fn keys_are_tried_from_the_most_specific() {
        // R2: each row goes before all that follow.
        let order = [
            ("band:UKG", RatePath::Rate),
            ("band:UKG tariff=base", RatePath::Parent),
            ("prefix:+44161 band=daytime", RatePath::Rate),
            ("prefix:+44161", RatePath::Rate),
            ("prefix:+44161 tariff=base", RatePath::Parent),
            ("prefix:+44", RatePath::Rate),
            ("type:geo band=daytime", RatePath::Rate),
            ("type:geo", RatePath::Rate),
            ("type:geo tariff=base band=daytime", RatePath::Parent),
            ("type:geo_as", RatePath::FallbackType),
            ("type:geo_as tariff=base", RatePath::FallbackType),
            ("type:geo_as_as", RatePath::FallbackType),
            ("class:national", RatePath::ClassDefault),
            ("class:national tariff=base", RatePath::ClassDefault),
        ];
        for first in 0..order.len() {
            // Listed from the end, so that not the order of the rows decides.
            let rows: Vec<&str> = order[first..].iter().rev().map(|(row, _)| *row).collect();
            let mut book = book_with(&rows);
            book.call_types[0].fallback_rate_as = Some(CallTypeId(1));
            book.call_types[1].fallback_rate_as = Some(CallTypeId(2));
            let (row, path) = order[first];
            assert_eq!(check(&book, |_| ()), Some((row.to_owned(), path)), "R2");
        }
        let others = ["band:UK", "prefix:+44162", "prefix:161", "type:sms", "class:mobile", "type:geo band=evening"];
        assert_eq!(check(&book_with(&others), |_| ()), None, "R2: none of these");
        assert_eq!(check(&book_with(&["type:geo tariff=carrier"]), |_| ()), None, "R2: another tariff");
    }

    #[test]
    fn the_civil_day_decides() {
        let rows = ["type:geo to=2026-03-01", "type:geo from=2026-03-02 to=2026-03-31", "type:geo from=2026-05-01"];
        let on = |day: &str| check(&book_with(&rows), |wanted| wanted.date = date(day)).map(|(row, _)| row);
        let expected = [
            ("2026-03-01", Some(0)),
            ("2026-03-02", Some(1)),
            ("2026-03-31", Some(1)),
            ("2026-04-01", None),
            ("2026-05-01", Some(2)),
        ];
        for (day, row) in expected {
            assert_eq!(on(day).as_deref(), row.map(|row: usize| rows[row]), "X6, R2: {day}");
        }
        // A row for the band that has ended leaves the row for all bands.
        let ended = ["type:geo band=daytime to=2026-03-01", "type:geo"];
        assert_eq!(check(&book_with(&ended), |_| ()).unwrap().0, "type:geo", "R2");
    }

    #[test]
    fn only_three_tariffs_and_eight_fallbacks_are_asked() {
        // R2: the tariff, its parent, the parent's parent; here retail, base, carrier, and then retail again.
        let mut book = book_with(&["type:geo tariff=carrier"]);
        book.tariffs[BASE.index()].parent = Some(CARRIER);
        book.tariffs[CARRIER.index()].parent = Some(RETAIL);
        assert_eq!(check(&book, |_| ()), Some(("type:geo tariff=carrier".into(), RatePath::Parent)));
        book.tariffs[BASE.index()].currency = currency("EUR");
        assert_eq!(check(&book, |_| ()), None, "X7: a parent in another currency is not asked");
        // A loop, which the book refuses, ends all the same.
        let mut book = book_with(&["class:national"]);
        book.call_types[0].fallback_rate_as = Some(CallTypeId(1));
        book.call_types[1].fallback_rate_as = Some(CallTypeId(0));
        assert_eq!(check(&book, |_| ()), Some(("class:national".into(), RatePath::ClassDefault)));
    }

    #[test]
    fn numbers_and_charge_bands_may_be_missing_or_odd() {
        let book = book_with(&["prefix:118", "band:UKG"]);
        let number = |number: &'static str| {
            check(&book, |wanted| (wanted.charge_band, wanted.number) = ("", number)).map(|(row, _)| row)
        };
        assert_eq!(number("118118").as_deref(), Some("prefix:118"), "M1: short codes");
        assert_eq!([number(""), number("11"), number("éé")], [None, None, None]);
    }
}
