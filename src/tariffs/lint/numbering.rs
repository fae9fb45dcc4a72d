//! What usage there can be: the ways by which each call type is found (C1), the call types of the numbers that begin
//! so. Also which texts can begin a number at all.

use std::collections::BTreeMap;

use ahash::AHashMap;

use super::rows::{Key, RateIndex};
use crate::domain::book::{Book, CallTypeId, SupplierId};
use crate::domain::price_book::{CallClass, CallType};
use crate::domain::usage::{Direction, Kind, UsageFlags};

/// How usage of a call type comes to it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way<'b> {
    /// By a supplier's charge band.
    Band(SupplierId, &'b str),
    /// By a prefix of a supplier's, or of the general plan.
    Prefix(Option<SupplierId>, &'b str),
    /// By a supplier's fallback.
    Fallback(SupplierId),
    /// By a flag of any record (R12).
    Flag,
}

/// A set of call classes, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ClassSet(u16);

impl ClassSet {
    pub(super) fn insert(&mut self, class: CallClass) {
        self.0 |= 1 << class.index();
    }

    pub(super) fn has(self, class: CallClass) -> bool {
        self.0 & 1 << class.index() != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = CallClass> {
        CallClass::ALL.into_iter().filter(move |class| self.has(*class))
    }
}

/// The names of classes: `mobile and international`.
pub(super) fn class_names(classes: ClassSet) -> String {
    let names: Vec<&str> = classes.iter().map(CallClass::name).collect();
    listed(&names)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// A prefix of the numbering plan.
#[derive(Clone, Copy, Debug)]
struct Known<'b> {
    prefix: &'b str,
    supplier: Option<SupplierId>,
    direction: Direction,
    call_type: CallTypeId,
}

/// The numbering of a book.
pub(super) struct Numbering<'b> {
    book: &'b Book,
    /// For each call type the ways to it; none for those that are excluded from billing.
    pub(super) ways: Vec<Vec<Way<'b>>>,
    /// For each call type those that it serves: those that are classified and come to it by *fallback rate as*.
    serves: Vec<Vec<CallTypeId>>,
    /// By prefix.
    known: Vec<Known<'b>>,
    by_prefix: AHashMap<&'b str, std::ops::Range<usize>>,
    /// The call types of each charge band.
    bands: AHashMap<&'b str, Vec<CallTypeId>>,
}

impl<'b> Numbering<'b> {
    pub(super) fn new(book: &'b Book, rates: &RateIndex) -> Self {
        let mut ways: Vec<Vec<Way>> = vec![Vec::new(); book.call_types.len()];
        let mut bands: AHashMap<&str, Vec<CallTypeId>> = AHashMap::new();
        for row in &book.charge_bands {
            ways[row.call_type.index()].push(Way::Band(row.supplier, &row.band));
            bands.entry(&row.band).or_default().push(row.call_type);
        }
        for (index, supplier) in book.suppliers.iter().enumerate() {
            let fallbacks = [supplier.fallback_voice, supplier.fallback_data, supplier.fallback_sms];
            for call_type in fallbacks.into_iter().flatten() {
                ways[call_type.index()].push(Way::Fallback(SupplierId::from_index(index)));
            }
        }
        for row in &book.prefixes {
            ways[row.call_type.index()].push(Way::Prefix(row.supplier, &row.prefix));
        }
        for (call_type, ways) in book.call_types.iter().zip(&mut ways) {
            if UsageFlags::NAMES.contains(&call_type.code.as_str()) {
                ways.push(Way::Flag);
            }
            if call_type.exclude {
                ways.clear();
            }
        }
        let mut serves: Vec<Vec<CallTypeId>> = vec![Vec::new(); book.call_types.len()];
        for (index, _) in ways.iter().enumerate().filter(|(_, ways)| !ways.is_empty()) {
            let id = CallTypeId::from_index(index);
            rates.chain(id).for_each(|serving| serves[serving.index()].push(id));
        }
        let mut known: Vec<Known> = book
            .prefixes
            .iter()
            .map(|row| Known {
                prefix: &row.prefix,
                supplier: row.supplier,
                direction: row.direction,
                call_type: row.call_type,
            })
            .collect();
        known.sort_by_key(|known| (known.prefix, known.supplier, known.direction));
        let mut by_prefix: AHashMap<&str, std::ops::Range<usize>> = AHashMap::with_capacity(known.len());
        for (position, known) in known.iter().enumerate() {
            by_prefix.entry(known.prefix).or_insert(position..position).end = position + 1;
        }
        Self { book, ways, serves, known, by_prefix, bands }
    }

    /// Does usage come to a call type, and is it billed?
    pub(super) fn is_classified(&self, call_type: CallTypeId) -> bool {
        !self.ways[call_type.index()].is_empty()
    }

    /// The call types that are classified, with their ids.
    pub(super) fn classified(&self) -> impl Iterator<Item = (CallTypeId, &'b CallType)> {
        let all = self.book.call_types.iter().enumerate();
        all.map(|(index, row)| (CallTypeId::from_index(index), row)).filter(|(id, _)| self.is_classified(*id))
    }

    /// Does any charge band have this name?
    pub(super) fn knows_band(&self, band: &str) -> bool {
        self.bands.contains_key(band)
    }

    /// The call types whose usage may be looked up by a key.
    pub(super) fn call_types(&self, key: Key<'_>) -> Vec<CallTypeId> {
        match key {
            Key::Band(band) => self.bands.get(band).cloned().unwrap_or_default(),
            Key::Prefix(prefix) => self.of_prefix(prefix).into_iter().map(|(_, id)| id).collect(),
            Key::Type(id) => self.serves[id.index()].clone(),
            Key::Class(class) => self.classified().filter(|(_, row)| row.class == class).map(|(id, _)| id).collect(),
        }
    }

    /// The classes of these.
    pub(super) fn classes(&self, key: Key<'_>) -> ClassSet {
        let mut classes = ClassSet::default();
        if let Key::Class(class) = key {
            classes.insert(class);
            return classes;
        }
        for id in self.call_types(key) {
            classes.insert(self.book.call_type(id).class);
        }
        classes
    }

    /// The class and the kind of usage that a key is for, if it is for one.
    pub(super) fn class_and_kind(&self, key: Key<'_>) -> Option<(CallClass, Kind)> {
        let only = |types: Vec<CallTypeId>| {
            let mut found = types.into_iter().map(|id| self.book.call_type(id)).map(|row| (row.class, row.kind));
            let first = found.next()?;
            found.all(|other| other == first).then_some(first)
        };
        match key {
            Key::Class(class) => Some((class, Kind::Voice)),
            Key::Type(id) => Some((self.book.call_type(id).class, self.book.call_type(id).kind)),
            Key::Band(band) => only(self.bands.get(band).cloned().unwrap_or_default()),
            Key::Prefix(prefix) => {
                let types = self.of_prefix(prefix);
                only(
                    types.into_iter().filter(|(direction, _)| *direction == Direction::Out).map(|(_, id)| id).collect(),
                )
            }
        }
    }

    /// The call types of numbers that begin so: those of all longer prefixes, and of the longest that is not longer,
    /// for each supplier, direction and kind.
    pub(super) fn of_prefix(&self, start: &str) -> Vec<(Direction, CallTypeId)> {
        let mut found = BTreeMap::new();
        for length in 1..=start.len() {
            let Some(range) = start.get(..length).and_then(|shorter| self.by_prefix.get(shorter)) else { continue };
            for known in &self.known[range.clone()] {
                let kind = self.book.call_type(known.call_type).kind;
                found.insert((known.supplier, known.direction, kind), (known.direction, known.call_type));
            }
        }
        let mut types: Vec<_> = found.into_values().collect();
        types.extend(self.longer(start).map(|known| (known.direction, known.call_type)));
        types.retain(|(_, id)| self.is_classified(*id));
        types.sort_by_key(|(direction, id)| (*id, *direction));
        types.dedup();
        types
    }

    fn longer(&self, start: &str) -> impl Iterator<Item = &Known<'b>> {
        let first = self.known.partition_point(|known| known.prefix < start);
        self.known[first..].iter().take_while(move |known| known.prefix.starts_with(start))
    }

    /// Can a number begin so? A full number does with a country code; another one with a short code of the plan.
    pub(super) fn begins_a_number(&self, start: &str) -> bool {
        match start.strip_prefix('+') {
            None => self.begins_a_short_code(start),
            Some(digits) => {
                let code = country_code(digits);
                let is_known = || {
                    let of_country = format!("+{}", code.unwrap_or(digits));
                    let mut outgoing = self.longer(&of_country).filter(|known| known.direction == Direction::Out);
                    let shorter = (2..=of_country.len()).filter_map(|length| self.by_prefix.get(&of_country[..length]));
                    let mut shorter = shorter.flat_map(|range| &self.known[range.clone()]);
                    outgoing.next().is_some() || shorter.any(|known| known.direction == Direction::Out)
                };
                digits.len() <= LONGEST_NUMBER && !digits.starts_with('0') && is_known()
            }
        }
    }

    fn begins_a_short_code(&self, start: &str) -> bool {
        let shorter = (1..=start.len()).any(|length| self.by_prefix.contains_key(&start[..length]));
        start.len() <= LONGEST_SHORT_CODE && (shorter || self.longer(start).next().is_some())
    }
}

/// Digits of a full number (E.164).
const LONGEST_NUMBER: usize = 15;
/// Digits of a short code.
const LONGEST_SHORT_CODE: usize = 8;
/// The country codes of two digits (E.164); 1 and 7 have one, all others three.
const TWO_DIGITS: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51",
    "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90",
    "91", "92", "93", "94", "95", "98",
];

/// The country code that the digits of a number begin with; none if there are too few of them.
pub(super) fn country_code(digits: &str) -> Option<&str> {
    let length = match digits.get(..2) {
        _ if digits.starts_with(['1', '7']) => 1,
        Some(two) if TWO_DIGITS.contains(&two) => 2,
        _ => 3,
    };
    digits.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_codes_have_their_lengths() {
        let rows = [("1212", Some("1")), ("44", Some("44")), ("4", None), ("35", None), ("353", Some("353"))];
        for (digits, expected) in rows {
            assert_eq!(country_code(digits), expected, "{digits}");
        }
    }
}
