//! What is sold for less than the supplier's own tariff charges us: made-up usage of every kind that a pair of tariffs
//! can price, priced by both with the rater, as bills are. Imported usage is the business of [`super::usage_losses`].

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashSet;

use super::Engine;
use crate::domain::book::{BandId, Book, CallTypeId, RateId, SupplierId, TariffId};
use crate::domain::money::{CallCharge, Currency, Price, Rounding};
use crate::domain::price_book::{CallClass, Rate, RateMatch, RateMode};
use crate::domain::time::{CivilDateTime, Date, TimeFlag};
use crate::domain::usage::{ClassifiedBy, Direction, Kind, MatchedUsage, UsageFlags, UsageRecord};
use crate::rating::{TariffQuote, TariffVersion};
use crate::workers::Workers;

/// Two tariffs that price the same usage: what we charge, and what the supplier charges us.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TariffPair {
    /// Whose usage.
    pub supplier: SupplierId,
    /// Of which classes.
    pub classes: Vec<CallClass>,
    /// What we charge.
    pub retail: TariffId,
    /// What it charges us.
    pub wholesale: TariffId,
}

/// Usage that a row of ours sells for less than the supplier's tariff charges: the worst that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoldBelow {
    /// Whose usage.
    pub supplier: SupplierId,
    /// Our row.
    pub row: RateId,
    /// The supplier's.
    pub wholesale_row: RateId,
    /// On which day: the first of those tried on which the row sells below cost.
    pub on: Date,
    /// What kind of usage.
    pub call_type: CallTypeId,
    /// In which band.
    pub band: BandId,
    /// Seconds, bytes, messages or events.
    pub units: u64,
    /// What we would charge, in the currency of our tariff.
    pub sell: CallCharge,
    /// What the supplier would, in the same currency.
    pub cost: Price,
}

/// What was tried, and what it found.
#[derive(Debug, Default)]
pub struct Comparison {
    /// By our row.
    pub below: Vec<SoldBelow>,
    /// Kinds of usage that both tariffs priced.
    pub compared: usize,
    /// Pairs whose currencies have no exchange rate.
    pub without_exchange_rate: Vec<TariffPair>,
}

/// Seconds of the calls that are tried: a shorter one shows connection charges, a longer one rates.
const SECONDS: [u64; 3] = [60, 180, 600];
/// Megabytes of the data sessions that are tried.
const MEGABYTES: [u64; 2] = [1, 100];

/// Days after today on which prices change that are tried as well.
const MOST_CHANGES: usize = 6;

/// Prices usage of every call type, band and prefix of both tariffs of each pair, on a day and on the next ones on
/// which a row of the pair begins. Needs a line in the book to price for; without one nothing is compared. `bands` are
/// those of each supplier's week.
pub fn below_wholesale(
    engine: &Engine,
    workers: &Workers,
    pairs: &[TariffPair],
    bands: &[Vec<BandId>],
    on: Date,
) -> Comparison {
    if engine.book.clis.is_empty() {
        return Comparison::default();
    }
    let changes = changes_after(engine.book, on);
    let work: Vec<(TariffPair, Date)> = pairs
        .iter()
        .flat_map(|pair| {
            let of_pair: BTreeSet<TariffId> =
                [pair.retail, pair.wholesale].into_iter().flat_map(|tariff| chain(engine.book, tariff)).collect();
            let changing = changes.iter().filter(move |(_, tariffs)| !tariffs.is_disjoint(&of_pair));
            [on].into_iter().chain(changing.map(|(day, _)| *day)).map(|day| (pair.clone(), day))
        })
        .collect();
    let rows_of_tariffs = rows_of_tariffs(engine.book);
    let compared = workers.map(work, |(pair, day)| {
        let bands = &bands[pair.supplier.index()];
        let compared = Pricing::new(engine, &pair, day).map(|pricing| pricing.compare(bands, &rows_of_tariffs));
        (pair, compared)
    });
    let mut all = Comparison::default();
    let mut worst: BTreeMap<RateId, SoldBelow> = BTreeMap::new();
    for (pair, compared) in compared {
        let Some((compared, below)) = compared else {
            all.without_exchange_rate.push(pair);
            continue;
        };
        all.compared += compared;
        for found in below {
            let known = worst.entry(found.row).or_insert(found);
            if (found.on, std::cmp::Reverse(found.loss())) < (known.on, std::cmp::Reverse(known.loss())) {
                *known = found;
            }
        }
    }
    all.without_exchange_rate.dedup();
    all.below = worst.into_values().collect();
    all
}

impl SoldBelow {
    fn loss(&self) -> i128 {
        i128::from(self.cost.scaled()) - i128::from(self.sell.scaled()) * 100
    }
}

/// A tariff, its parent, the parent's parent (R2).
fn chain(book: &Book, tariff: TariffId) -> impl Iterator<Item = TariffId> {
    std::iter::successors(Some(tariff), |id: &TariffId| book.tariff(*id).parent).take(3)
}

/// The next days after one on which rows begin, and of which tariffs.
fn changes_after(book: &Book, on: Date) -> BTreeMap<Date, BTreeSet<TariffId>> {
    let mut changes: BTreeMap<Date, BTreeSet<TariffId>> = BTreeMap::new();
    for rate in &book.rates {
        if let Some(from) = rate.valid.from.filter(|from| *from > on) {
            changes.entry(from).or_default().insert(rate.tariff);
        }
    }
    changes.into_iter().take(MOST_CHANGES).collect()
}

/// What a tariff's own rows are for.
#[derive(Clone, Default)]
struct Rows<'b> {
    prefixes: BTreeSet<&'b str>,
    /// Has any of them a time band?
    has_bands: bool,
}

fn rows_of_tariffs(book: &Book) -> Vec<Rows<'_>> {
    let mut rows = vec![Rows::default(); book.tariffs.len()];
    for rate in &book.rates {
        let of_tariff = &mut rows[rate.tariff.index()];
        of_tariff.has_bands |= rate.band.is_some();
        if let RateMatch::Prefix(prefix) = &rate.matches {
            of_tariff.prefixes.insert(prefix.as_str());
        }
    }
    rows
}

/// Do two rows charge by the minute in the same blocks, ours no less in any part? Then there is nothing to compare.
fn is_never_below(ours: &Rate, theirs: &Rate) -> bool {
    let is_plain = |row: &Rate| {
        let bounds = row.minimum.is_none() && row.maximum.is_none() && row.access.is_none();
        row.mode == RateMode::Calculated && row.steps.is_empty() && bounds
    };
    let blocks = |row: &Rate| (row.initial_increment, row.increment, row.included_seconds, row.min_seconds);
    let is_dearer = ours.connection >= theirs.connection && ours.rate >= theirs.rate;
    is_plain(ours) && is_plain(theirs) && blocks(ours) == blocks(theirs) && is_dearer
}

/// A pair of tariffs on a day.
struct Pricing<'e, 'b> {
    engine: &'e Engine<'b>,
    pair: &'e TariffPair,
    on: Date,
    /// The record that every kind of usage is made of.
    blank: UsageRecord,
    /// Of the wholesale, the retail tariff and the workspace.
    currencies: [Currency; 3],
}

/// A kind of usage to be tried.
#[derive(Clone, Copy)]
struct Kindred<'b> {
    call_type: CallTypeId,
    charge_band: &'b str,
    number: &'b str,
    direction: Direction,
}

impl<'e, 'b> Pricing<'e, 'b> {
    /// None if what the supplier charges cannot be brought to our currency.
    fn new(engine: &'e Engine<'b>, pair: &'e TariffPair, on: Date) -> Option<Self> {
        let book = engine.book;
        let noon = CivilDateTime::new(on, 12, 0, 0)?;
        let (started, _) = book.settings.zone.moment(noon, &book.settings.zone)?;
        let blank = UsageRecord {
            row: 0,
            line: 1,
            record_id: None,
            kind: Kind::Voice,
            direction: Direction::Out,
            cli: "".into(),
            other_party: "".into(),
            started,
            time_flag: TimeFlag::default(),
            units: 0,
            cost: None,
            file_sell: None,
            suggested_retail: None,
            currency: None,
            charge_band: "".into(),
            time_band: "".into(),
            description: "".into(),
            extension: "".into(),
            call_id: "".into(),
            flags: UsageFlags::default(),
        };
        let currency = |tariff: TariffId| book.tariff(tariff).currency;
        let currencies = [currency(pair.wholesale), currency(pair.retail), book.settings.currency];
        let pricing = Self { engine, pair, on, blank, currencies };
        currencies.into_iter().all(|to| pricing.exchanged(Price::ONE, to).is_some()).then_some(pricing)
    }

    /// What the supplier charges, in another currency.
    fn exchanged(&self, amount: Price, to: Currency) -> Option<Price> {
        self.engine.rater.exchanged(amount, (self.currencies[0], to), self.on)
    }

    /// How many kinds of usage both priced, and what was sold below cost.
    fn compare(&self, bands: &[BandId], rows: &[Rows<'b>]) -> (usize, Vec<SoldBelow>) {
        let book = self.engine.book;
        let has_bands = self.tariffs().any(|tariff| rows[tariff.index()].has_bands);
        let bands = if has_bands { bands } else { &bands[..bands.len().min(1)] };
        let mut below = Vec::new();
        let mut seen = AHashSet::new();
        for kindred in self.kinds_of_usage(rows) {
            for band in bands {
                for (tried, units) in (0..).zip(self.units(kindred.call_type)) {
                    let Some((cost, sell)) = self.priced(kindred, *band, units) else { break };
                    // The same two rows price all usage of a kind alike.
                    let kind = book.call_type(kindred.call_type).kind;
                    if tried == 0 && !seen.insert((sell.rate_row, cost.1, kind)) {
                        break;
                    }
                    let [ours, theirs] = [sell.rate_row, cost.1].map(|row| &book.rates[row.index()]);
                    if self.currencies[0] == self.currencies[1] && is_never_below(ours, theirs) {
                        break;
                    }
                    let found = SoldBelow {
                        supplier: self.pair.supplier,
                        row: sell.rate_row,
                        wholesale_row: cost.1,
                        on: self.on,
                        call_type: kindred.call_type,
                        band: *band,
                        units,
                        sell: sell.sell,
                        cost: cost.0,
                    };
                    // A credit of ours beside none of the supplier's is a share of what its tariff does not show (R15).
                    let is_share = sell.sell.is_negative() && cost.0.is_zero();
                    if found.loss() > 0 && !is_share {
                        below.push(found);
                    }
                }
            }
        }
        (seen.len(), below)
    }

    /// Both tariffs and their parents.
    fn tariffs(&self) -> impl Iterator<Item = TariffId> {
        chain(self.engine.book, self.pair.retail).chain(chain(self.engine.book, self.pair.wholesale))
    }

    fn units(&self, call_type: CallTypeId) -> Vec<u64> {
        let bytes = u64::from(self.engine.book.supplier(self.pair.supplier).bytes_per_mb);
        match self.engine.book.call_type(call_type).kind {
            Kind::Voice => SECONDS.to_vec(),
            Kind::Data => MEGABYTES.iter().map(|megabytes| megabytes * bytes).collect(),
            Kind::Sms | Kind::Event => vec![1],
        }
    }

    /// What the supplier charges with its row, and what we charge; if both have a row.
    fn priced(&self, kindred: Kindred, band: BandId, units: u64) -> Option<((Price, RateId), TariffQuote)> {
        let book = self.engine.book;
        let mut record = self.blank.clone();
        record.kind = book.call_type(kindred.call_type).kind;
        record.direction = kindred.direction;
        let number = if kindred.direction == Direction::Out { &mut record.other_party } else { &mut record.cli };
        *number = kindred.number.into();
        record.charge_band = kindred.charge_band.into();
        record.time_band = book.band_names[band.index()].as_str().into();
        record.units = units;
        let line = &book.clis[0];
        let mut matched = MatchedUsage {
            record,
            cli: crate::domain::book::CliId(0),
            customer: line.customer,
            cost_centre: None,
            call_type: kindred.call_type,
            classified_by: ClassifiedBy::Fallback,
        };
        let quote = |tariff, matched: &MatchedUsage| {
            let version = TariffVersion { tariff, on: Some(self.on) };
            self.engine.rater.rate_on(version, self.pair.supplier, matched).ok().flatten()
        };
        let cost = quote(self.pair.wholesale, &matched)?;
        let amount = cost.sell.rescaled::<8>(Rounding::HalfUp).ok()?;
        // What a markup of ours stands on.
        matched.record.cost = Some(self.exchanged(amount, self.currencies[2])?);
        let sell = quote(self.pair.retail, &matched)?;
        Some(((self.exchanged(amount, self.currencies[1])?, cost.rate_row), sell))
    }

    /// Usage by each charge band, by each prefix of the numbering and of both tariffs, and by fallbacks.
    fn kinds_of_usage(&self, rows: &[Rows<'b>]) -> Vec<Kindred<'b>> {
        let book = self.engine.book;
        let supplier = book.supplier(self.pair.supplier);
        let mut kinds = Vec::new();
        let mut bands_of: BTreeMap<CallTypeId, Vec<&'b str>> = BTreeMap::new();
        for row in book.charge_bands.iter().filter(|row| row.supplier == self.pair.supplier) {
            bands_of.entry(row.call_type).or_default().push(&row.band);
        }
        let without_number = |call_type: CallTypeId, charge_band: &'b str| {
            let is_inbound = book.call_type(call_type).class == CallClass::Inbound;
            let direction = if is_inbound { Direction::In } else { Direction::Out };
            Kindred { call_type, charge_band, number: "", direction }
        };
        let banded = bands_of.iter().filter(|(id, _)| self.is_wanted(**id));
        kinds.extend(banded.flat_map(|(id, bands)| bands.iter().map(|band| without_number(*id, band))));
        let fallbacks = [supplier.fallback_voice, supplier.fallback_data, supplier.fallback_sms].into_iter().flatten();
        kinds.extend(fallbacks.filter(|id| self.is_wanted(*id)).map(|id| without_number(id, "")));

        let mut numbers: BTreeSet<&str> =
            self.tariffs().flat_map(|tariff| rows[tariff.index()].prefixes.iter().copied()).collect();
        let mut asked: BTreeSet<(Direction, Kind)> = BTreeSet::new();
        for row in &book.prefixes {
            if row.supplier.is_none_or(|supplier| supplier == self.pair.supplier) {
                asked.insert((row.direction, book.call_type(row.call_type).kind));
                if self.is_wanted(row.call_type) {
                    numbers.insert(&row.prefix);
                }
            }
        }
        let mut record = self.blank.clone();
        for number in numbers {
            for (direction, kind) in &asked {
                let Some(call_type) = self.classified(number, *direction, *kind, &mut record) else { continue };
                let bands = bands_of.get(&call_type).into_iter().flatten().copied();
                kinds.extend(bands.chain([""]).map(|charge_band| Kindred {
                    call_type,
                    charge_band,
                    number,
                    direction: *direction,
                }));
            }
        }
        kinds
    }

    fn is_wanted(&self, call_type: CallTypeId) -> bool {
        let call_type = self.engine.book.call_type(call_type);
        !call_type.exclude && self.pair.classes.contains(&call_type.class)
    }

    /// The call type of a number, if it is of one of the pair's classes (C1).
    fn classified(
        &self,
        number: &str,
        direction: Direction,
        kind: Kind,
        record: &mut UsageRecord,
    ) -> Option<CallTypeId> {
        (record.direction, record.kind) = (direction, kind);
        record.cli = if direction == Direction::In { number.into() } else { "".into() };
        record.other_party = if direction == Direction::Out { number.into() } else { "".into() };
        let (call_type, by) = self.engine.matcher.classify(self.pair.supplier, record)?;
        (by != ClassifiedBy::Fallback && self.is_wanted(call_type)).then_some(call_type)
    }
}
