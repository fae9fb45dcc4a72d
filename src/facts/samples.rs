//! Records, rated records and stores for the tests of this folder.

use proptest::prelude::*;

use super::rated::RatedRow;
use super::{FactsHeader, KnownFile, PendingFacts, Published, Repeats, RowSet, UsageStore};
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::{CallCharge, Currency, Price};
use crate::domain::price_book::CallClass;
use crate::domain::time::{CivilDateTime, Moment, TimeFlag};
use crate::domain::usage::{ChargeComponents, Direction, Kind, RatePath, Text, UsageFlags, UsageRecord};

/// 18 digits, the most that a decimal column holds.
pub(super) const MOST_SCALED: i64 = 999_999_999_999_999_999;

/// A store in a folder that goes away with the test.
pub(super) struct TestStore {
    pub folder: tempfile::TempDir,
    pub store: UsageStore,
}

impl TestStore {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = UsageStore::open(&folder.path().join("usage"));
        Self { folder, store }
    }

    /// The same folder, opened anew: nothing in it is trusted yet.
    pub fn reopened(&self) -> UsageStore {
        UsageStore::open(&self.folder.path().join("usage"))
    }

    pub fn pending(&self, import: i64, records: &[UsageRecord]) -> PendingFacts {
        let mut writer = self.store.create(import, &header()).unwrap();
        writer.write(records).unwrap();
        writer.finish(None).unwrap()
    }

    pub fn publish(&self, import: i64, records: &[UsageRecord]) -> Published {
        self.pending(import, records).publish(&self.store, &Repeats::default()).unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        super::names_in(&self.folder.path().join("usage")).unwrap()
    }
}

pub(super) fn header() -> FactsHeader {
    FactsHeader {
        supplier: "acme".into(),
        source_file: "calls, may.csv".into(),
        source_sha256: "ab".repeat(32),
        zone: "Europe/London".into(),
        currency: "GBP".into(),
    }
}

pub(super) fn known(published: &Published, ignore: RowSet) -> KnownFile {
    KnownFile { facts_file: published.facts_file.clone(), ignore }
}

fn moment() -> Moment {
    let civil = CivilDateTime::parse("2026-06-01 09:30:00").unwrap();
    Moment { instant: civil.as_utc_seconds() - 3600, civil }
}

/// A call of 61 seconds with the id `r…`, on the line after the header's.
pub(super) fn record(row: u32) -> UsageRecord {
    UsageRecord {
        row,
        line: u64::from(row) + 2,
        record_id: Some(format!("r{row}").into()),
        kind: Kind::Voice,
        direction: Direction::Out,
        cli: "+442079460018".into(),
        other_party: "+447700900123".into(),
        started: moment(),
        time_flag: TimeFlag::Plain,
        units: 61,
        cost: Some(Price::parse("0.0102").unwrap()),
        file_sell: None,
        suggested_retail: None,
        currency: None,
        charge_band: "MOB".into(),
        time_band: "".into(),
        description: "".into(),
        extension: "".into(),
        call_id: "".into(),
        flags: UsageFlags::default(),
    }
}

/// The call of [`record`] with a price.
pub(super) fn rated(row: u32) -> RatedRow<'static> {
    RatedRow {
        record: format!("r{row}").into(),
        file: "calls, may.csv".into(),
        line: u64::from(row) + 2,
        supplier: "acme".into(),
        account: "A1".into(),
        cli: "+442079460018".into(),
        cost_centre: "".into(),
        direction: Direction::Out,
        other_party: "+447700900123".into(),
        started: moment(),
        kind: Kind::Voice,
        units: 61,
        billable_units: Some(120),
        call_type: "uk_mobile".into(),
        class: Some(CallClass::Mobile),
        time_band: "daytime".into(),
        tariff: "national".into(),
        rate_row: "type:uk_mobile".into(),
        path: RatePath::Rate,
        cost: Some(Price::parse("0.0102").unwrap()),
        expected_cost: None,
        // 0.05 + 2 minutes at 0.01 = 0.07
        components: Some(ChargeComponents {
            connection: Price::parse("0.05").unwrap(),
            usage: Price::parse("0.02").unwrap(),
            ..ChargeComponents::default()
        }),
        sell: Some(CallCharge::parse("0.07").unwrap()),
        disposition: Disposition::Rated,
        reason: None,
        call_id: "leg-7".into(),
    }
}

fn texts() -> impl Strategy<Value = Text> {
    prop_oneof![Just(String::new()), "[A-Z+0-9 ]{1,12}", any::<String>()].prop_map(Text::from)
}

fn amounts() -> impl Strategy<Value = Option<Price>> {
    proptest::option::of((-MOST_SCALED..=MOST_SCALED).prop_map(Price::from_scaled))
}

fn moments() -> impl Strategy<Value = Moment> {
    // 2000-01-01 00:00:00 to 2100-12-31 23:59:59.
    (946_684_800_i64..=4_133_980_799, -50_400_i64..50_400).prop_map(|(wall, offset)| Moment {
        instant: wall - offset,
        civil: CivilDateTime::from_utc_seconds(wall).unwrap(),
    })
}

fn counts() -> impl Strategy<Value = u64> {
    prop_oneof![0..1000_u64, 0..=i64::MAX.unsigned_abs()]
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(values)
}

/// Records with all that their fields can hold, numbered from 0.
pub(super) fn records(most: usize) -> impl Strategy<Value = Vec<UsageRecord>> {
    let whose = (counts(), proptest::option::of(texts()), one_of(&Kind::ALL), any::<bool>(), texts(), texts());
    let what = (moments(), 0..3_u8, counts(), amounts(), amounts(), amounts());
    let more = (0..3_usize, texts(), texts(), texts(), texts(), texts(), 0..8_u8);
    let one = (whose, what, more).prop_map(|(whose, what, more)| UsageRecord {
        row: 0,
        line: whose.0,
        record_id: whose.1,
        kind: whose.2,
        direction: if whose.3 { Direction::In } else { Direction::Out },
        cli: whose.4,
        other_party: whose.5,
        started: what.0,
        time_flag: [TimeFlag::Plain, TimeFlag::InGap, TimeFlag::Ambiguous][usize::from(what.1)],
        units: what.2,
        cost: what.3,
        file_sell: what.4,
        suggested_retail: what.5,
        currency: [None, Some(Currency::GBP), Currency::parse("KWD")][more.0],
        charge_band: more.1,
        time_band: more.2,
        description: more.3,
        extension: more.4,
        call_id: more.5,
        flags: UsageFlags::from_bits(more.6),
    });
    proptest::collection::vec(one, 0..most).prop_map(|mut records| {
        for (row, record) in (0..).zip(&mut records) {
            record.row = row;
        }
        records
    })
}

/// Rated records with all that their fields can hold.
pub(super) fn rated_rows(most: usize) -> impl Strategy<Value = Vec<RatedRow<'static>>> {
    let cow = || texts().prop_map(|text| std::borrow::Cow::<'static, str>::Owned(text.into()));
    let names = (cow(), cow(), cow(), cow(), cow(), cow(), cow());
    let more_names = (cow(), cow(), cow(), cow(), cow());
    let counted = (counts(), counts(), proptest::option::of(counts()), moments());
    let words = (
        one_of(&Kind::ALL),
        proptest::option::of(one_of(&CallClass::ALL)),
        one_of(&Disposition::ALL),
        proptest::option::of(one_of(&Reason::ALL)),
        one_of(&[RatePath::Rate, RatePath::Parent, RatePath::FromFile, RatePath::FallbackSuggested, RatePath::None]),
    );
    let money = (amounts(), amounts(), amounts(), amounts(), any::<bool>());
    let one = (names, more_names, counted, words, money).prop_map(|(names, more, counted, words, money)| RatedRow {
        record: names.0,
        file: names.1,
        line: counted.0,
        supplier: names.2,
        account: names.3,
        cli: names.4,
        cost_centre: names.5,
        direction: if money.4 { Direction::In } else { Direction::Out },
        other_party: names.6,
        started: counted.3,
        kind: words.0,
        units: counted.1,
        billable_units: counted.2,
        call_type: more.0,
        class: words.1,
        time_band: more.1,
        tariff: more.2,
        rate_row: more.3,
        path: words.4,
        cost: money.0,
        expected_cost: money.1,
        components: money.2.map(|usage| ChargeComponents { usage, ..ChargeComponents::default() }),
        sell: money.3.map(|amount| CallCharge::from_scaled(amount.scaled())),
        disposition: words.2,
        reason: words.3,
        call_id: more.4,
    });
    proptest::collection::vec(one, 0..most)
}
