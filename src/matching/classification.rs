//! Charge band or number looked up → call type (C1). Does not know whose usage it is.
//!
//! A call type of another kind than the record's never counts, and the search goes on: the numbering plan's types are
//! voice, and a message to a mobile number must not be priced by the minute. So prefixes are indexed by kind as well,
//! and one prefix may stand for voice and for messages with two rows.

use ahash::AHashMap;

use super::notes::Notes;
use crate::domain::book::{Book, CallTypeId, SupplierId};
use crate::domain::prefix_table::{PackedNumber, PrefixTable};
use crate::domain::usage::{ClassifiedBy, Direction, Kind, UsageRecord};

/// The charge bands and prefixes of the book.
#[derive(Debug)]
pub(super) struct Classification<'b> {
    book: &'b Book,
    bands: AHashMap<(SupplierId, &'b str), CallTypeId>,
    /// Of the general plan and of each supplier, for each direction and kind: at [`place_of`].
    prefixes: Vec<Option<PrefixTable<CallTypeId>>>,
}

/// The general plan goes first, then the suppliers.
fn place_of(owner: Option<SupplierId>, direction: Direction, kind: Kind) -> usize {
    let owner = owner.map_or(0, |supplier| supplier.index() + 1);
    (owner * 2 + direction as usize) * Kind::ALL.len() + kind as usize
}

impl<'b> Classification<'b> {
    pub(super) fn new(book: &'b Book) -> Self {
        let mut bands = AHashMap::with_capacity(book.charge_bands.len());
        for row in &book.charge_bands {
            bands.entry((row.supplier, row.band.as_str())).or_insert(row.call_type);
        }
        let mut lists: AHashMap<_, Vec<(&str, CallTypeId)>> = AHashMap::new();
        for row in &book.prefixes {
            let kind = book.call_type(row.call_type).kind;
            lists.entry((row.supplier, row.direction, kind)).or_default().push((&row.prefix, row.call_type));
        }
        let mut prefixes = vec![None; (book.suppliers.len() + 1) * 2 * Kind::ALL.len()];
        for ((owner, direction, kind), rows) in lists {
            prefixes[place_of(owner, direction, kind)] = Some(PrefixTable::new(rows));
        }
        Self { book, bands, prefixes }
    }

    /// The call type of a record and the step of C1 that found it. The steps in their order: the supplier's charge
    /// band, its own prefixes, the general plan, its fallback for the kind.
    pub(super) fn find(
        &self,
        supplier: SupplierId,
        record: &UsageRecord,
        notes: &mut Notes,
    ) -> Option<(CallTypeId, ClassifiedBy)> {
        self.by_band(supplier, record, notes)
            .or_else(|| self.by_prefix(Some(supplier), record, notes))
            .or_else(|| self.by_prefix(None, record, notes))
            .or_else(|| self.by_fallback(supplier, record, notes))
    }

    fn by_band(
        &self,
        supplier: SupplierId,
        record: &UsageRecord,
        notes: &mut Notes,
    ) -> Option<(CallTypeId, ClassifiedBy)> {
        let band = record.charge_band.trim();
        if band.is_empty() {
            notes.add(|| "charge band: the record has none".to_owned());
            return None;
        }
        let Some(call_type) = self.bands.get(&(supplier, band)) else {
            notes.add_all(|| self.unknown_band(supplier, band));
            return None;
        };
        let found = self.book.call_type(*call_type);
        if found.kind != record.kind {
            notes.add(|| {
                let (kind, asked) = (found.kind.name(), record.kind.name());
                format!("charge band: {band} means {}, which is {kind}, not {asked}: does not count", found.code)
            });
            return None;
        }
        notes.add(|| format!("charge band: {band} means call type {} (C1)", found.code));
        Some((*call_type, ClassifiedBy::ChargeBand))
    }

    fn by_prefix(
        &self,
        owner: Option<SupplierId>,
        record: &UsageRecord,
        notes: &mut Notes,
    ) -> Option<(CallTypeId, ClassifiedBy)> {
        let number = record.looked_up_number();
        let list = self.prefixes[place_of(owner, record.direction, record.kind)].as_ref();
        let longest = list.and_then(|list| list.matches(PackedNumber::of(number)).next());
        let found = longest.map(|(length, id)| (&number[..length], id));
        notes.add(|| {
            let owner = owner.map_or("the general plan", |id| &self.book.supplier(id).code);
            let what = format!("{}bound {} prefixes of {owner}", record.direction.name(), record.kind.name());
            match found {
                Some((prefix, id)) => {
                    format!("{what}: {number} begins with {prefix}: call type {} (C1)", self.book.call_type(id).code)
                }
                None => format!("{what}: none begins {}", if number.is_empty() { "an empty number" } else { number }),
            }
        });
        let (prefix, call_type) = found?;
        let length = u8::try_from(prefix.len()).unwrap_or(u8::MAX);
        let by = if owner.is_some() { ClassifiedBy::SupplierPrefix(length) } else { ClassifiedBy::Prefix(length) };
        Some((call_type, by))
    }

    fn by_fallback(
        &self,
        supplier: SupplierId,
        record: &UsageRecord,
        notes: &mut Notes,
    ) -> Option<(CallTypeId, ClassifiedBy)> {
        let supplier = self.book.supplier(supplier);
        let declared = match record.kind {
            Kind::Voice => supplier.fallback_voice,
            Kind::Data => supplier.fallback_data,
            Kind::Sms => supplier.fallback_sms,
            Kind::Event => None,
        };
        let fallback = declared.filter(|id| self.book.call_type(*id).kind == record.kind);
        notes.add(|| match fallback {
            Some(id) => {
                format!("fallback of {} for {}: {}", supplier.code, record.kind.name(), self.book.call_type(id).code)
            }
            None => format!("fallback of {} for {}: none (C1)", supplier.code, record.kind.name()),
        });
        fallback.map(|id| (id, ClassifiedBy::Fallback))
    }

    /// Says that a band is unknown, and which bands of the supplier look much like it.
    fn unknown_band(&self, supplier: SupplierId, band: &str) -> Vec<String> {
        let code = &self.book.supplier(supplier).code;
        let mut notes = vec![format!("charge band: {code} has no band {band}")];
        let bands = self.book.charge_bands.iter().filter(|row| row.supplier == supplier);
        let near = bands.filter(|row| is_near_miss(&row.band, band));
        notes.extend(near.map(|row| format!("hint: did the file mean the charge band {}?", row.band)));
        notes
    }
}

/// Equal but for case and spaces, or by one character added, left out or replaced.
fn is_near_miss(known: &str, asked: &str) -> bool {
    let folded = |text: &str| text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let (known, asked): (Vec<char>, Vec<char>) = (folded(known), folded(asked));
    let (short, long) = if known.len() <= asked.len() { (&known, &asked) } else { (&asked, &known) };
    let start = short.iter().zip(long.iter()).take_while(|(a, b)| a == b).count();
    let is_one_off = match long.len() - short.len() {
        0 => start < short.len() && short[start + 1..] == long[start + 1..],
        1 => short[start..] == long[start + 1..],
        _ => false,
    };
    known == asked || is_one_off
}

#[cfg(test)]
mod tests {
    use super::super::test_book::*;
    use super::*;
    use crate::domain::book::Book;

    const GEO: u32 = 0;
    const MOBILE: u32 = 1;
    const TEXT: u32 = 2;
    const OURS: u32 = 3;
    const OTHER: u32 = 4;

    fn plan() -> Book {
        let mut book = book();
        let voice = |code| call_type(code, Kind::Voice);
        book.call_types =
            vec![voice("geo"), voice("mobile"), call_type("text", Kind::Sms), voice("ours"), voice("other")];
        book.charge_bands = vec![charge_band("UKM", MOBILE), charge_band("UKS", TEXT)];
        book.prefixes = vec![
            prefix(None, "+44", Direction::Out, GEO),
            prefix(None, "+447", Direction::Out, MOBILE),
            prefix(None, "+44800", Direction::In, OURS),
            prefix(None, "118", Direction::Out, OTHER),
            prefix(Some(GAMMA), "+4", Direction::Out, OTHER),
            prefix(Some(RANGES), "+44", Direction::Out, OTHER),
        ];
        book
    }

    fn check(book: &Book, record: &UsageRecord) -> Option<(u32, ClassifiedBy)> {
        let found = Classification::new(book).find(GAMMA, record, &mut Notes::silent());
        found.map(|(id, by)| (id.0, by))
    }

    #[test]
    fn the_steps_have_their_order() {
        let mut book = plan();
        let mut record = call("+442079460018", "+447700900123");
        record.charge_band = " UKM ".into();
        assert_eq!(check(&book, &record), Some((MOBILE, ClassifiedBy::ChargeBand)), "C1: trimmed");
        record.charge_band = "ukm".into();
        // The supplier's own `+4` goes before the longer general `+447`.
        assert_eq!(check(&book, &record), Some((OTHER, ClassifiedBy::SupplierPrefix(2))), "C1: exact, own prefixes");
        book.prefixes.retain(|row| row.supplier != Some(GAMMA));
        assert_eq!(check(&book, &record), Some((MOBILE, ClassifiedBy::Prefix(4))), "C1: longest of the plan");
        book.suppliers[0].fallback_voice = Some(CallTypeId(GEO));
        record.other_party = "+33123".into();
        assert_eq!(check(&book, &record), Some((GEO, ClassifiedBy::Fallback)), "C1: fallback");
        book.suppliers[0].fallback_voice = None;
        assert_eq!(check(&book, &record), None, "C1: unknown call type");
        record.other_party = "".into();
        assert_eq!(check(&book, &record), None, "C1: no number");
        record.other_party = "118118".into();
        assert_eq!(check(&book, &record), Some((OTHER, ClassifiedBy::Prefix(3))), "M1: short codes");
    }

    #[test]
    fn inbound_usage_is_looked_up_by_our_number() {
        let mut record = call("+448001234567", "+447700900123");
        record.direction = Direction::In;
        assert_eq!(check(&plan(), &record), Some((OURS, ClassifiedBy::Prefix(6))), "C1: prefixes of direction in");
        record.cli = "+447700900999".into();
        assert_eq!(check(&plan(), &record), None, "C1: prefixes of direction out do not count");
    }

    #[test]
    fn a_call_type_of_another_kind_does_not_count() {
        let mut book = plan();
        let mut message = call("+447700900999", "+447700900123");
        message.kind = Kind::Sms;
        assert_eq!(check(&book, &message), None, "C1: the plan's types are voice");
        message.charge_band = "UKM".into();
        assert_eq!(check(&book, &message), None, "C1: nor does a charge band");
        book.suppliers[0].fallback_sms = Some(CallTypeId(MOBILE));
        assert_eq!(check(&book, &message), None, "C1: nor a fallback");
        book.suppliers[0].fallback_sms = Some(CallTypeId(TEXT));
        assert_eq!(check(&book, &message), Some((TEXT, ClassifiedBy::Fallback)));
        book.prefixes.push(prefix(None, "+4", Direction::Out, TEXT));
        assert_eq!(check(&book, &message), Some((TEXT, ClassifiedBy::Prefix(2))), "C1: a shorter one of the kind does");
    }

    #[test]
    fn near_misses_are_told_apart() {
        let rows = [
            ("UK Mobile", "ukmobile", true),
            ("UKM", "UKM1", true),
            ("UKM", "UK", true),
            ("UKM", "UXM", true),
            ("UKM", "KUM", false),
            ("UKM", "UKM12", false),
            ("A", "", true),
        ];
        for (known, asked, expected) in rows {
            assert_eq!(is_near_miss(known, asked), expected, "{known} {asked}");
            assert_eq!(is_near_miss(asked, known), expected, "{asked} {known}");
        }
    }
}
