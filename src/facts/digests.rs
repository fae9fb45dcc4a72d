//! A usage record → its bytes, and the two digests by which repeats are looked for (F2): which record it is, and what it
//! says. Equal digests only make two records worth comparing: whether they are equal, their bytes decide.

use twox_hash::XxHash3_64;

use crate::domain::money::{Currency, Decimal};
use crate::domain::time::TimeFlag;
use crate::domain::usage::UsageRecord;

/// The key and the content of one record: XXH3 of 64 bits each, as the signed integers that the columns hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordDigests {
    /// Which record it is.
    pub key: i64,
    /// What it says.
    pub content: i64,
}

/// What tells one record from another, as bytes; the room is used again for the next record.
///
/// The identity comes first: the supplier and the record id, or without an id all fields that identify a record (F2).
/// The rest follows: all that the file says, but not its place in the file, and not the civil time, which is the instant
/// again in a zone that the workspace may change. Two records have the same bytes just if they say the same.
#[derive(Debug, Default)]
pub struct RecordBytes {
    bytes: Vec<u8>,
    identity: usize,
}

impl RecordBytes {
    /// Takes a record of a supplier in place of the one before.
    pub fn take(&mut self, supplier: &str, record: &UsageRecord) {
        self.bytes.clear();
        self.byte(u8::from(record.record_id.is_some()));
        self.text(supplier);
        if let Some(id) = &record.record_id {
            self.text(id);
            self.identity = self.bytes.len();
            self.identifying_fields(record);
        } else {
            self.identifying_fields(record);
            self.identity = self.bytes.len();
        }
        self.amount(record.file_sell);
        self.amount(record.suggested_retail);
        self.text(record.currency.as_ref().map_or("", Currency::code));
        self.text(&record.time_band);
        self.text(&record.description);
        self.byte(record.flags.bits());
        self.byte(match record.time_flag {
            TimeFlag::Plain => 0,
            TimeFlag::InGap => 1,
            TimeFlag::Ambiguous => 2,
        });
    }

    /// Which record it is, alone.
    pub fn identity(&self) -> &[u8] {
        &self.bytes[..self.identity]
    }

    /// Which record it is, and all that it says.
    pub fn all(&self) -> &[u8] {
        &self.bytes
    }

    /// The digests of both.
    pub fn digests(&self) -> RecordDigests {
        let digest = |bytes| XxHash3_64::oneshot(bytes).cast_signed();
        RecordDigests { key: digest(self.identity()), content: digest(self.all()) }
    }

    fn identifying_fields(&mut self, record: &UsageRecord) {
        self.text(record.kind.name());
        self.text(record.direction.name());
        self.text(&record.cli);
        self.text(&record.other_party);
        self.number(record.started.instant.to_le_bytes());
        self.number(record.units.to_le_bytes());
        self.text(&record.extension);
        self.text(&record.call_id);
        self.text(&record.charge_band);
        self.amount(record.cost);
    }

    /// Each text has its length before it, so that no two lists of fields give the same bytes.
    fn text(&mut self, text: &str) {
        match u8::try_from(text.len()) {
            Ok(short) if short < u8::MAX => self.byte(short),
            _ => {
                self.byte(u8::MAX);
                self.number((text.len() as u64).to_le_bytes());
            }
        }
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn amount<const SCALE: u32>(&mut self, amount: Option<Decimal<SCALE>>) {
        self.byte(u8::from(amount.is_some()));
        if let Some(amount) = amount {
            self.number(amount.scaled().to_le_bytes());
        }
    }

    fn number(&mut self, bytes: [u8; 8]) {
        self.bytes.extend_from_slice(&bytes);
    }

    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::record;
    use super::*;
    use crate::domain::money::Price;

    fn bytes(supplier: &str, record: &UsageRecord) -> RecordBytes {
        let mut bytes = RecordBytes::default();
        bytes.take(supplier, record);
        bytes
    }

    fn digests(supplier: &str, record: &UsageRecord) -> RecordDigests {
        bytes(supplier, record).digests()
    }

    #[test]
    fn the_key_is_the_id_where_there_is_one_and_the_identifying_fields_elsewhere() {
        let with_id = UsageRecord { record_id: Some("r1".into()), ..record(0) };
        let without = UsageRecord { record_id: None, ..record(0) };
        type Change = fn(&mut UsageRecord);
        let check = |change: Change, id_key: bool, field_key: bool, content_changes: bool| {
            for (original, key_changes) in [(&with_id, id_key), (&without, field_key)] {
                let mut changed = original.clone();
                change(&mut changed);
                let (old, new) = (bytes("acme", original), bytes("acme", &changed));
                assert_eq!(old.identity() != new.identity(), key_changes, "identity of {changed:?}");
                assert_eq!(old.all() != new.all(), content_changes, "content of {changed:?}");
                assert_eq!(old.digests().key != new.digests().key, key_changes, "key of {changed:?}");
                assert_eq!(old.digests().content != new.digests().content, content_changes, "content of {changed:?}");
            }
        };
        check(|_| (), false, false, false);
        check(|r| r.row += 1, false, false, false);
        check(|r| r.line += 1, false, false, false);
        check(|r| r.started.civil.second_of_day += 1, false, false, false);
        check(|r| r.record_id = Some("r2".into()), true, true, true);
        check(|r| r.cli = "+441".into(), false, true, true);
        check(|r| r.started.instant += 1, false, true, true);
        check(|r| r.units += 1, false, true, true);
        check(|r| r.cost = None, false, true, true);
        check(|r| r.cost = Some(Price::ONE), false, true, true);
        check(|r| r.file_sell = Some(Price::ZERO), false, false, true);
        check(|r| r.currency = Some(Currency::GBP), false, false, true);
        check(|r| r.time_flag = TimeFlag::Ambiguous, false, false, true);
        check(|r| r.description = "other words".into(), false, false, true);
        check(|r| r.description = "w".repeat(255).into(), false, false, true);
        check(|r| r.flags.recorded = true, false, false, true);
        assert_ne!(digests("acme", &with_id).key, digests("other", &with_id).key);
    }

    #[test]
    fn text_cannot_move_from_one_field_to_the_next() {
        let one = UsageRecord { record_id: None, cli: "12".into(), other_party: "3".into(), ..record(0) };
        let two = UsageRecord { record_id: None, cli: "1".into(), other_party: "23".into(), ..record(0) };
        assert_ne!(digests("acme", &one).key, digests("acme", &two).key);
        assert_ne!(digests("acme", &one).content, digests("acme", &two).content);
    }

    #[test]
    fn the_digests_on_disk_are_the_published_xxh3() {
        // The first value of XXH3-64 for an empty input, as its specification gives it.
        assert_eq!(XxHash3_64::oneshot(&[]), 0x2D06_8005_38D3_94C2);
    }
}
