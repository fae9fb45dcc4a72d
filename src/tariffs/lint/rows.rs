//! The rate rows of a book by tariff and key, and which of them answer: R2 over days and bands instead of for one call.

use ahash::AHashMap;

use super::spans::{Span, without};
use crate::domain::book::{BandId, Book, CallTypeId, TariffId};
use crate::domain::price_book::{CallClass, Rate, RateMatch};
use crate::domain::time::Date;

/// How many tariffs are asked for a key (R2).
pub(super) const TARIFF_LEVELS: usize = 3;
/// How many *fallback rate as* are followed (R2).
const FALLBACK_STEPS: usize = 8;

/// [`RateMatch`] without its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key<'a> {
    Band(&'a str),
    Prefix(&'a str),
    Type(CallTypeId),
    Class(CallClass),
}

impl<'a> From<&'a RateMatch> for Key<'a> {
    fn from(matches: &'a RateMatch) -> Self {
        match matches {
            RateMatch::Band(band) => Self::Band(band),
            RateMatch::Prefix(prefix) => Self::Prefix(prefix),
            RateMatch::Type(call_type) => Self::Type(*call_type),
            RateMatch::Class(class) => Self::Class(*class),
        }
    }
}

impl Key<'_> {
    /// As a rate row writes it: `type:uk_mobile`.
    pub(super) fn in_words(self, book: &Book) -> String {
        match self {
            Self::Band(band) => format!("band:{band}"),
            Self::Prefix(prefix) => format!("prefix:{prefix}"),
            Self::Type(id) => format!("type:{}", book.call_type(id).code),
            Self::Class(class) => format!("class:{}", class.name()),
        }
    }
}

/// The rows of one tariff with one key: by band, those for all bands first, then by date.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group<'b> {
    pub(super) tariff: TariffId,
    pub(super) key: Key<'b>,
    /// The position of its first row among the rates of the book.
    pub(super) first: usize,
    pub(super) rows: &'b [Rate],
}

impl<'b> Group<'b> {
    /// Its rows with their positions in the book.
    pub(super) fn numbered(self) -> impl Iterator<Item = (usize, &'b Rate)> {
        (self.first..).zip(self.rows)
    }
}

/// What is known of a kind of usage: its charge band if it has one, how its number begins, its call type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage<'a> {
    pub(super) charge_band: &'a str,
    pub(super) number: &'a str,
    pub(super) call_type: CallTypeId,
}

/// The rate rows of a book.
pub(super) struct RateIndex<'b> {
    book: &'b Book,
    pub(super) groups: Vec<Group<'b>>,
    by_key: AHashMap<(TariffId, Key<'b>), usize>,
    /// For each tariff those that are asked: itself, its parent, the parent's parent.
    pub(super) levels: Vec<Vec<TariffId>>,
    /// For each tariff how long the prefixes of these are, longest first.
    prefix_lengths: Vec<Vec<usize>>,
}

impl<'b> RateIndex<'b> {
    pub(super) fn new(book: &'b Book) -> Self {
        let mut groups = Vec::new();
        let mut first = 0;
        for rows in book.rates.chunk_by(|a, b| (a.tariff, &a.matches) == (b.tariff, &b.matches)) {
            groups.push(Group { tariff: rows[0].tariff, key: Key::from(&rows[0].matches), first, rows });
            first += rows.len();
        }
        let mut by_key = AHashMap::with_capacity(groups.len());
        let mut own_lengths: Vec<Vec<usize>> = vec![Vec::new(); book.tariffs.len()];
        for (position, group) in groups.iter().enumerate() {
            by_key.insert((group.tariff, group.key), position);
            if let Key::Prefix(prefix) = group.key {
                own_lengths[group.tariff.index()].push(prefix.len());
            }
        }
        for lengths in &mut own_lengths {
            lengths.sort_unstable_by(|a, b| b.cmp(a));
            lengths.dedup();
        }
        let chain = |index| std::iter::successors(Some(TariffId::from_index(index)), |id| book.tariff(*id).parent);
        let levels: Vec<Vec<TariffId>> =
            (0..book.tariffs.len()).map(|index| chain(index).take(TARIFF_LEVELS).collect()).collect();
        let lengths_of = |tariffs: &Vec<TariffId>| {
            let mut lengths: Vec<usize> = tariffs.iter().flat_map(|id| own_lengths[id.index()].clone()).collect();
            lengths.sort_unstable_by(|a, b| b.cmp(a));
            lengths.dedup();
            lengths
        };
        let prefix_lengths = levels.iter().map(lengths_of).collect();
        Self { book, groups, by_key, levels, prefix_lengths }
    }

    /// The rows of a tariff, without its parents, for a key.
    pub(super) fn group(&self, tariff: TariffId, key: Key<'_>) -> Option<Group<'b>> {
        self.by_key.get(&(tariff, key)).map(|position| self.groups[*position])
    }

    /// The call type and those whose rates serve for it, in order (R2).
    pub(super) fn chain(&self, call_type: CallTypeId) -> impl Iterator<Item = CallTypeId> + use<'_, 'b> {
        let next = |id: &CallTypeId| self.book.call_type(*id).fallback_rate_as;
        std::iter::successors(Some(call_type), next).take(FALLBACK_STEPS + 1)
    }

    /// The prefixes of a tariff and its parents that a number which begins so has for certain, longest first.
    pub(super) fn prefixes<'n>(&self, tariff: TariffId, number: &'n str) -> impl Iterator<Item = Key<'n>> {
        let lengths = self.prefix_lengths[tariff.index()].iter();
        lengths.filter_map(move |length| number.get(..*length)).map(Key::Prefix)
    }

    /// The keys that a kind of usage is looked up by in a tariff, in the order of R2.
    pub(super) fn keys<'u>(&self, tariff: TariffId, usage: &Usage<'u>) -> Vec<Key<'u>> {
        let band = (!usage.charge_band.is_empty()).then_some(Key::Band(usage.charge_band));
        let prefixes = self.prefixes(tariff, usage.number);
        let types = self.chain(usage.call_type).map(Key::Type);
        let class = Key::Class(self.book.call_type(usage.call_type).class);
        band.into_iter().chain(prefixes).chain(types).chain([class]).collect()
    }

    /// What is left of some days in a band when those are taken away for which a tariff or its parents have a row
    /// with one of the keys.
    pub(super) fn unanswered(&self, tariff: TariffId, keys: &[Key<'_>], band: BandId, days: Vec<Span>) -> Vec<Span> {
        let mut left = days;
        for key in keys {
            for level in &self.levels[tariff.index()] {
                if left.is_empty() {
                    return left;
                }
                if let Some(group) = self.group(*level, *key) {
                    left = uncovered(group.rows, band, left);
                }
            }
        }
        left
    }

    /// The first row that R2 hits on a day in a band.
    pub(super) fn answer(&self, tariff: TariffId, keys: &[Key<'_>], band: BandId, on: Date) -> Option<&'b Rate> {
        let levels = &self.levels[tariff.index()];
        let groups = keys.iter().flat_map(|key| levels.iter().filter_map(|level| self.group(*level, *key)));
        groups.into_iter().find_map(|group| {
            let of_band = |wanted| group.rows.iter().find(|row| row.band == wanted && row.valid.contains(on));
            of_band(Some(band)).or_else(|| of_band(None))
        })
    }
}

/// What is left of some days in a band without those of rows for that band or for all.
pub(super) fn uncovered(rows: &[Rate], band: BandId, days: Vec<Span>) -> Vec<Span> {
    let fitting = rows.iter().filter(|row| row.band.is_none_or(|of_row| of_row == band));
    fitting.fold(days, |left, row| without(left, Span::of(row.valid)))
}
