//! A priced record with what is left of it to pay after allowances and caps: the small form in which a draft holds all
//! usage that waits. Takes nothing off by itself.

use super::book::{BandId, CallTypeId, CliId, CustomerId, SupplierId};
use super::disposition::Disposition;
use super::money::{CallCharge, Overflow, Price};
use super::time::Date;
use super::usage::{Kind, Text, UsageMatch, UsagePrice, UsageRecord};

/// What a bill needs of a priced record: its price with what is left of it to pay, whose it is, and what decides its
/// place in time (A1). Small, because a draft holds it of all usage that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargedUsage {
    /// [`UsageRecord::id`]: the supplier's, else `file:line`.
    pub record_id: Text,
    /// When it began: seconds since 1970-01-01 00:00:00 UTC.
    pub instant: i64,
    /// As in [`UsageRecord`].
    pub units: u64,
    /// The supplier's charge in the workspace's currency; zero if the file has none.
    pub cost: Price,
    /// The supplier's charge as the file states it; zero if it has none.
    pub stated_cost: Price,
    /// What the customer would pay before allowances and caps.
    pub sell: CallCharge,
    /// What allowances took off `sell` (A3): zero or more.
    pub allowed: CallCharge,
    /// What the customer pays: `sell`, less what allowances and caps took off once they were applied.
    pub charge: CallCharge,
    /// The day on which it began in the workspace's zone.
    pub day: Date,
    /// Which import it came with, as the ledger numbers them.
    pub import: u32,
    /// [`UsageRecord::row`].
    pub row: u32,
    /// Whose it is.
    pub customer: CustomerId,
    /// The line it was matched to.
    pub cli: CliId,
    /// What kind of usage it is.
    pub call_type: CallTypeId,
    /// Whose file it was in.
    pub supplier: SupplierId,
    /// See [`Self::band`].
    pub(super) band: u16,
    /// What is measured.
    pub kind: Kind,
    /// An allowance covers some of it, be it for nothing.
    pub covered: bool,
}

impl ChargedUsage {
    /// A priced record of an import before anything is taken off; `file_name` is that of the import.
    pub fn new(
        (supplier, import, file_name): (SupplierId, u32, &str),
        record: &UsageRecord,
        of: UsageMatch,
        price: &UsagePrice,
    ) -> Self {
        Self {
            record_id: match &record.record_id {
                Some(id) => id.clone(),
                None => record.id(file_name).into(),
            },
            instant: record.started.instant,
            units: record.units,
            cost: price.cost,
            stated_cost: record.cost.unwrap_or_default(),
            sell: price.sell,
            allowed: CallCharge::ZERO,
            charge: price.sell,
            day: record.started.civil.date,
            import,
            row: record.row,
            customer: of.customer,
            cli: of.cli,
            call_type: of.call_type,
            supplier,
            band: 0,
            kind: record.kind,
            covered: false,
        }
        .in_band(price.band)
    }

    /// The same in a time band. A book has fewer than 2^16 of them.
    pub fn in_band(self, band: BandId) -> Self {
        Self { band: u16::try_from(band.0).expect("a book has fewer time bands"), ..self }
    }

    /// The time band at the start (R8, R9).
    pub fn band(&self) -> BandId {
        BandId(u32::from(self.band))
    }

    /// What allowances leave of its price: what the caps count (S1).
    pub fn due(&self) -> Result<CallCharge, Overflow> {
        self.sell.minus(self.allowed)
    }

    /// What a cap took off: zero or negative.
    pub fn capped_by(&self) -> Result<CallCharge, Overflow> {
        self.charge.minus(self.due()?)
    }

    /// `Capped` if a cap took something off, else `Allowance` if one covers some of it, else `Billed`.
    pub fn disposition(&self) -> Disposition {
        match (self.due() == Ok(self.charge), self.covered) {
            (false, _) => Disposition::Capped,
            (true, true) => Disposition::Allowance,
            (true, false) => Disposition::Billed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::{call, charge_of};

    #[test]
    fn it_stays_small() {
        assert_eq!(size_of::<ChargedUsage>(), 104);
    }

    #[test]
    fn what_was_taken_off_last_says_where_it_ends() {
        for (allowed, covered, charge, expected) in [
            ("0", false, "3", Disposition::Billed),
            ("1", true, "2", Disposition::Allowance),
            ("0", true, "3", Disposition::Allowance),
            ("1", true, "1.5", Disposition::Capped),
            ("0", false, "0", Disposition::Capped),
        ] {
            let mut one = call("x", "2026-06-01 10:00:00", "3");
            (one.allowed, one.covered, one.charge) = (charge_of(allowed), covered, charge_of(charge));
            assert_eq!(one.disposition(), expected, "{allowed} {covered} {charge}");
        }
    }
}
