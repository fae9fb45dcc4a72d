//! Tariff, what is known of a record, band and day → the rate row (R2). Does not compute a price.
//!
//! Rows are found by hash of (tariff, key), so that a look-up is a few probes however long the rate sheet is.

use ahash::AHashMap;

use super::explanation::Trace;
use crate::domain::book::{BandId, Book, CallTypeId, RateId, TariffId};
use crate::domain::price_book::{CallClass, Rate, RateMatch};
use crate::domain::time::Date;
use crate::domain::usage::RatePath;

/// How many tariffs are asked for a key: the tariff, its parent, the parent's parent (R2).
const TARIFF_LEVELS: usize = 3;
/// How many *fallback rate as* are followed (R2).
const FALLBACK_STEPS: usize = 8;

/// The rate rows of the book by tariff and key.
#[derive(Debug)]
pub(super) struct Rates<'b> {
    book: &'b Book,
    /// The rows of a key: by band, those for all bands first, then by their first day.
    rows: AHashMap<(TariffId, RateKey<'b>), Vec<RateId>>,
    /// For each tariff those that are asked for it.
    levels: Vec<Levels>,
}

/// What is asked when a tariff is.
#[derive(Debug)]
struct Levels {
    /// The tariff, its parent, the parent's parent.
    tariffs: Vec<TariffId>,
    /// How long their prefixes are, in bytes, longest first.
    prefix_lengths: Vec<usize>,
}

/// [`RateMatch`] without its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum RateKey<'a> {
    Band(&'a str),
    Prefix(&'a str),
    Type(CallTypeId),
    Class(CallClass),
}

impl<'a> From<&'a RateMatch> for RateKey<'a> {
    fn from(matches: &'a RateMatch) -> Self {
        match matches {
            RateMatch::Band(band) => Self::Band(band),
            RateMatch::Prefix(prefix) => Self::Prefix(prefix),
            RateMatch::Type(call_type) => Self::Type(*call_type),
            RateMatch::Class(class) => Self::Class(*class),
        }
    }
}

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

impl<'b> Rates<'b> {
    pub(super) fn new(book: &'b Book) -> Self {
        let mut rows: AHashMap<_, Vec<RateId>> = AHashMap::with_capacity(book.rates.len());
        for (index, rate) in book.rates.iter().enumerate() {
            rows.entry((rate.tariff, RateKey::from(&rate.matches))).or_default().push(RateId::from_index(index));
        }
        for ids in rows.values_mut() {
            ids.sort_by_key(|id| (book.rates[id.index()].band, book.rates[id.index()].valid.from));
        }
        let mut own_lengths: Vec<Vec<usize>> = vec![Vec::new(); book.tariffs.len()];
        for (tariff, key) in rows.keys() {
            if let RateKey::Prefix(prefix) = key {
                own_lengths[tariff.index()].push(prefix.len());
            }
        }
        let levels = (0..book.tariffs.len()).map(|index| {
            // A parent in another currency would price wrongly (X7): the book refuses it, and it is not asked.
            let currency = book.tariffs[index].currency;
            let parents = std::iter::successors(Some(TariffId::from_index(index)), |id| book.tariff(*id).parent);
            let tariffs: Vec<TariffId> =
                parents.take(TARIFF_LEVELS).take_while(|id| book.tariff(*id).currency == currency).collect();
            let mut prefix_lengths: Vec<usize> =
                tariffs.iter().flat_map(|id| own_lengths[id.index()].iter().copied()).collect();
            prefix_lengths.sort_unstable_by(|a, b| b.cmp(a));
            prefix_lengths.dedup();
            Levels { tariffs, prefix_lengths }
        });
        Self { book, levels: levels.collect(), rows }
    }

    /// The row of an id.
    pub(super) fn row(&self, id: RateId) -> &'b Rate {
        &self.book.rates[id.index()]
    }

    /// The first row that R2 hits: for each key, from the most specific, the tariff and its parents in turn.
    pub(super) fn find(&self, tariff: TariffId, wanted: &Wanted, trace: &mut Trace) -> Option<Found> {
        let levels = &self.levels[tariff.index()];
        for (path, key) in self.keys(levels, wanted) {
            let mut asked = levels.tariffs.iter().enumerate();
            let hit = asked.find_map(|(level, id)| Some((level, self.row_of(*id, key, wanted)?)));
            match hit {
                Some((level, rate)) => {
                    let is_parents = level > 0 && path == RatePath::Rate;
                    let path = if is_parents { RatePath::Parent } else { path };
                    trace.line(|| self.hit_in_words(rate));
                    return Some(Found { rate, path });
                }
                None => trace.line(|| self.miss_in_words(levels, key, wanted)),
            }
        }
        None
    }

    /// The keys of R2 in their order, each with the path that a hit means.
    fn keys<'k>(&'k self, levels: &'k Levels, wanted: &'k Wanted<'k>) -> impl Iterator<Item = (RatePath, RateKey<'k>)> {
        let band = (!wanted.charge_band.is_empty()).then_some(RateKey::Band(wanted.charge_band));
        let starts = levels.prefix_lengths.iter().filter_map(|length| wanted.number.get(..*length));
        let own = band.into_iter().chain(starts.map(RateKey::Prefix)).chain([RateKey::Type(wanted.call_type)]);

        let rate_as = |id: &CallTypeId| self.book.call_type(*id).fallback_rate_as;
        let fallbacks = std::iter::successors(rate_as(&wanted.call_type), rate_as).take(FALLBACK_STEPS);

        own.map(|key| (RatePath::Rate, key))
            .chain(fallbacks.map(|id| (RatePath::FallbackType, RateKey::Type(id))))
            .chain([(RatePath::ClassDefault, RateKey::Class(wanted.class))])
    }

    /// In one tariff, for one key: the row for the band, else the row for all bands, valid on the day.
    fn row_of(&self, tariff: TariffId, key: RateKey, wanted: &Wanted) -> Option<RateId> {
        let rows = self.rows.get(&(tariff, key))?;
        let in_force = |band: Option<BandId>| {
            // Rows of one key and band never overlap, so only the last that has begun can be in force.
            let begun = rows.partition_point(|id| {
                let row = self.row(*id);
                (row.band, row.valid.from) <= (band, Some(wanted.date))
            });
            let latest = rows[begun.checked_sub(1)?];
            (self.row(latest).band == band && self.row(latest).valid.contains(wanted.date)).then_some(latest)
        };
        in_force(Some(wanted.band)).or_else(|| in_force(None))
    }

    fn hit_in_words(&self, rate: RateId) -> String {
        let row = self.row(rate);
        format!("{}: row {}", self.book.tariff(row.tariff).code, row.name)
    }

    /// `type:uk_mobile: retail has no row; base has none for evening on 2026-03-02`.
    fn miss_in_words(&self, levels: &Levels, key: RateKey, wanted: &Wanted) -> String {
        let key_words = match key {
            RateKey::Band(band) => format!("band:{band}"),
            RateKey::Prefix(prefix) => format!("prefix:{prefix}"),
            RateKey::Type(id) => format!("type:{}", self.book.call_type(id).code),
            RateKey::Class(class) => format!("class:{}", class.name()),
        };
        let whys = levels.tariffs.iter().map(|id| {
            let code = &self.book.tariff(*id).code;
            match self.rows.get(&(*id, key)) {
                None => format!("{code} has no row"),
                Some(_) => {
                    let band = self.book.band_names.get(wanted.band.index()).map_or("all bands", String::as_str);
                    format!("{code} has none for {band} on {}", wanted.date)
                }
            }
        });
        format!("{key_words}: {}", whys.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
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
        let found = Rates::new(book).find(RETAIL, &wanted, &mut Trace::silent());
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
