//! A usage record → the two digests by which repeats are found (F2): which record it is, and what it says.
//! Equal digests are taken for equal records here; nothing compares the records themselves.

use sha2::{Digest, Sha256};

use crate::domain::money::{Currency, Decimal};
use crate::domain::time::TimeFlag;
use crate::domain::usage::UsageRecord;

/// Which record it is: the first 16 bytes of a SHA-256.
pub type RecordKey = [u8; 16];

/// The key and the content of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordDigests {
    /// Which record it is.
    pub key: RecordKey,
    /// What it says: the first 8 bytes of a SHA-256, little-endian, as the signed integer that the column holds.
    pub content: i64,
}

/// Takes the digests of one record of a supplier (F2).
///
/// The key covers the supplier and the record id, or without an id all fields that identify a record. The content
/// covers all that the file says, but not its place in the file, and not the civil time, which is the instant again
/// in a zone that the workspace may change.
pub fn digests(supplier: &str, record: &UsageRecord) -> RecordDigests {
    RecordDigests { key: record_key(supplier, record), content: content(record) }
}

fn record_key(supplier: &str, record: &UsageRecord) -> RecordKey {
    let mut fields = Fields::new();
    match &record.record_id {
        Some(id) => {
            fields.text("record id");
            fields.text(supplier);
            fields.text(id);
        }
        None => {
            fields.text("identifying fields");
            fields.text(supplier);
            fields.text(record.kind.name());
            fields.text(record.direction.name());
            fields.text(&record.cli);
            fields.text(&record.other_party);
            fields.number(record.started.instant.to_le_bytes());
            fields.number(record.units.to_le_bytes());
            fields.text(&record.extension);
            fields.text(&record.call_id);
            fields.text(&record.charge_band);
            fields.amount(record.cost);
        }
    }
    fields.digest()
}

fn content(record: &UsageRecord) -> i64 {
    let mut fields = Fields::new();
    fields.optional(record.record_id.as_deref());
    fields.text(record.kind.name());
    fields.text(record.direction.name());
    fields.text(&record.cli);
    fields.text(&record.other_party);
    fields.number(record.started.instant.to_le_bytes());
    fields.byte(match record.time_flag {
        TimeFlag::Plain => 0,
        TimeFlag::InGap => 1,
        TimeFlag::Ambiguous => 2,
    });
    fields.number(record.units.to_le_bytes());
    fields.amount(record.cost);
    fields.amount(record.file_sell);
    fields.amount(record.suggested_retail);
    fields.optional(record.currency.as_ref().map(Currency::code));
    fields.text(&record.charge_band);
    fields.text(&record.time_band);
    fields.text(&record.description);
    fields.text(&record.extension);
    fields.text(&record.call_id);
    fields.byte(record.flags.bits());
    i64::from_le_bytes(fields.digest())
}

/// Fields one after the other, each with its length or of a fixed one, so that no two lists give the same bytes.
struct Fields(Vec<u8>);

impl Fields {
    fn new() -> Self {
        // Room for nearly every record, so that it need not grow.
        Self(Vec::with_capacity(384))
    }

    fn text(&mut self, text: &str) {
        self.number((text.len() as u64).to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.byte(u8::from(text.is_some()));
        self.text(text.unwrap_or_default());
    }

    fn amount<const SCALE: u32>(&mut self, amount: Option<Decimal<SCALE>>) {
        self.byte(u8::from(amount.is_some()));
        self.number(amount.unwrap_or_default().scaled().to_le_bytes());
    }

    fn number(&mut self, bytes: [u8; 8]) {
        self.0.extend_from_slice(&bytes);
    }

    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// The first bytes of the SHA-256.
    fn digest<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        *Sha256::digest(&self.0).first_chunk().expect("a SHA-256 has 32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::record;
    use super::*;
    use crate::domain::money::Price;

    #[test]
    fn the_key_is_the_id_where_there_is_one_and_the_identifying_fields_elsewhere() {
        let with_id = UsageRecord { record_id: Some("r1".into()), ..record(0) };
        let without = UsageRecord { record_id: None, ..record(0) };
        type Change = fn(&mut UsageRecord);
        let check = |change: Change, id_key: bool, field_key: bool, content_changes: bool| {
            for (original, key_changes) in [(&with_id, id_key), (&without, field_key)] {
                let mut changed = original.clone();
                change(&mut changed);
                let (old, new) = (digests("acme", original), digests("acme", &changed));
                assert_eq!(old.key != new.key, key_changes, "key of {changed:?}");
                assert_eq!(old.content != new.content, content_changes, "content of {changed:?}");
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
        check(|r| r.description = "other words".into(), false, false, true);
        check(|r| r.flags.recorded = true, false, false, true);
        assert_ne!(digests("acme", &with_id).key, digests("other", &with_id).key);
    }

    #[test]
    fn text_cannot_move_from_one_field_to_the_next() {
        let one = UsageRecord { record_id: None, cli: "12".into(), other_party: "3".into(), ..record(0) };
        let two = UsageRecord { record_id: None, cli: "1".into(), other_party: "23".into(), ..record(0) };
        assert_ne!(digests("acme", &one), digests("acme", &two));
        assert_ne!(digests("acme", &one).content, digests("acme", &two).content);
    }
}
