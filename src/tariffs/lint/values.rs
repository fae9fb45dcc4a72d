//! Prices and terms that load and are hardly meant: slips of units, signs and digits (R3–R7, R10, R11, R15).

use std::collections::BTreeMap;

use super::findings::{Finding, Findings, Place};
use super::kinds::FindingKind;
use super::rows::Group;
use super::{KeyUse, Subject, counted};
use crate::book::schema::MARKUP_COLUMNS;
use crate::domain::book::TariffId;
use crate::domain::money::{Percent, Price, power_of_ten};
use crate::domain::price_book::{CallClass, Rate, RateMode};
use crate::domain::usage::Kind;

/// How many times the usual rate of its class a rate may be.
const MOST_TIMES: i64 = 50;
/// How many times the usual rate of its class may be a rate.
const LEAST_TIMES: i64 = 100;
/// Rates of a class from which a usual one can be told.
const FEWEST_RATES: usize = 3;

type Told<'t> = &'t mut dyn FnMut(FindingKind, &str, String);

/// Odd values of rate rows, of tariffs and of markups.
pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let usual = usual_rates(subject);
    let mut rounded_away: BTreeMap<TariffId, (usize, usize)> = BTreeMap::new();
    for (group, key_use) in subject.groups() {
        for (position, row) in group.numbered().filter(|(_, row)| !subject.is_history(row)) {
            let mut tell = |kind, column: &str, what: String| {
                findings.add(subject.about_rate(kind, position, column, what));
            };
            check_bounds(row, &mut tell);
            check_units(row, &mut tell);
            check_steps(row, key_use, &mut tell);
            check_mode(subject, row, &mut tell);
            check_prices(subject, group, row, key_use, &mut tell);
            let of_class = key_use.only.and_then(|only| usual.get(&(group.tariff, only.0, only.1 as u8)));
            check_usual(row, of_class.copied(), &mut tell);
            if is_rounded_away(row, subject.book.tariff(group.tariff).decimals) {
                rounded_away.entry(group.tariff).or_insert((position, 0)).1 += 1;
            }
        }
    }
    for (tariff, (first, rows)) in rounded_away {
        let (row, decimals) = (&subject.book.rates[first], subject.book.tariff(tariff).decimals);
        let what = format!(
            "charges have {}, and {} costs {} a unit{}",
            counted(decimals as usize, "decimal"),
            row.name,
            row.rate,
            if rows > 1 { format!(", and {} more such", counted(rows - 1, "row")) } else { String::new() }
        );
        findings.add(subject.about_tariff(FindingKind::DecimalsTooFew, tariff, "decimals", what));
    }
    check_markups(subject, findings);
}

/// Is it a price that units are multiplied with?
fn is_plain(row: &Rate) -> bool {
    row.mode == RateMode::Calculated && row.steps.is_empty()
}

fn check_bounds(row: &Rate, tell: Told) {
    match (row.minimum, row.maximum) {
        (Some(least), Some(most)) if least == most => {
            tell(FindingKind::MinimumIsMaximum, "minimum", format!("minimum and maximum are both {least}"));
        }
        (_, Some(most)) if is_plain(row) && most < row.connection => {
            let what = format!("the maximum {most} is below the connection charge {}", row.connection);
            tell(FindingKind::MaximumBelowConnection, "maximum", what);
        }
        (Some(least), _) if is_plain(row) && row.connection >= least && !row.rate.is_negative() => {
            let what = format!("the connection charge {} is not below the minimum {least}", row.connection);
            tell(FindingKind::MinimumNeverBites, "minimum", what);
        }
        _ => {}
    }
}

fn check_units(row: &Rate, tell: Told) {
    if !is_plain(row) {
        return;
    }
    let (initial, increment) = (row.initial_increment, row.increment);
    if initial % increment != 0 {
        tell(
            FindingKind::OddIncrements,
            "initial_increment",
            format!("units are counted in blocks of {initial}/{increment}"),
        );
    }
    let included = u64::from(row.included_seconds);
    if included % increment != 0 {
        let what = format!("{included} seconds are included, the increment is {increment}");
        tell(FindingKind::IncludedOdd, "included_seconds", what);
    }
    if u64::from(row.min_seconds) > initial {
        let what = format!("calls below {} seconds are free, the first block is {initial}", row.min_seconds);
        tell(FindingKind::MinSecondsLong, "min_seconds", what);
    }
}

fn check_steps(row: &Rate, key_use: KeyUse, tell: Told) {
    if row.steps.is_empty() {
        return;
    }
    if let Some((_, kind)) = key_use.only.filter(|(_, kind)| *kind != Kind::Voice) {
        tell(FindingKind::StepsWithoutDuration, "steps", format!("the usage is of kind {}", kind.name()));
    }
    let mut dearest: Option<Price> = None;
    for step in row.steps.iter().filter(|step| step.rate > Price::ZERO) {
        if let Some(earlier) = dearest.filter(|earlier| step.rate > *earlier) {
            let what = format!(
                "the step at {} seconds has the rate {}, one before it {earlier}",
                step.from_seconds, step.rate
            );
            return tell(FindingKind::StepsDearer, "steps", what);
        }
        dearest = Some(dearest.map_or(step.rate, |known| known.max(step.rate)));
    }
}

fn check_mode(subject: &Subject, row: &Rate, tell: Told) {
    let is_marked_up = matches!(row.mode, RateMode::Markup | RateMode::Suggested);
    if is_marked_up && row.percent == to_zero() {
        tell(FindingKind::MarkupToZero, "percent", "the price is lowered by 100 %".to_owned());
    } else if row.mode == RateMode::Markup && row.percent.is_negative() && sells(subject, row.tariff) {
        tell(FindingKind::MarkupBelowCost, "percent", format!("{} % on cost", row.percent));
    }
}

fn to_zero() -> Percent {
    Percent::from_whole(-100).unwrap_or_default()
}

/// Is a tariff one of ours, and not only what a supplier charges us?
fn sells(subject: &Subject, tariff: TariffId) -> bool {
    let askers = &subject.asks.askers[tariff.index()];
    askers.is_empty() || askers.iter().any(|asker| !subject.asks.of(*asker).retail().is_empty())
}

fn check_prices(subject: &Subject, group: Group, row: &Rate, key_use: KeyUse, tell: Told) {
    use CallClass::{Bespoke1, Bespoke2, ExtendedInternational, International, Mobile, National, NonGeographic};
    use CallClass::{Inbound, ServiceNumbers};
    let (class, kind) = key_use.only.unzip();
    let price = if row.rate.is_negative() { row.rate } else { row.connection };
    if price.is_negative() && class != Some(Inbound) && is_plain(row) {
        tell(FindingKind::NegativeRate, "rate", format!("the price {price} pays the customer"));
    }
    if let (Some(class), Some(kind)) = (class, kind)
        && row.access.is_some()
        && !(matches!(class, NonGeographic | ServiceNumbers | Bespoke1 | Bespoke2) && kind == Kind::Voice)
    {
        let what = format!("an access charge for {} of class {}", kind.name(), class.name());
        tell(FindingKind::MeaninglessAccess, "access_rate", what);
    }
    let is_costly = matches!(class, Some(ServiceNumbers | International | ExtendedInternational));
    if is_costly && is_free(row) && sells(subject, group.tariff) {
        let words = format!("{} is free", group.key.in_words(subject.book));
        tell(FindingKind::ZeroRate, "rate", words);
    }
    let in_pounds = || unit_of(subject, group.tariff) == Some("major");
    let is_cheap = matches!(class, Some(National | Mobile)) && kind == Some(Kind::Voice);
    if is_cheap && is_plain(row) && row.rate >= Price::ONE && in_pounds() {
        tell(FindingKind::RateInPounds, "rate", format!("{} a minute, in the major unit", row.rate));
    }
}

/// The word for the unit in which a tariff states its prices (X2).
fn unit_of<'s>(subject: &'s Subject, tariff: TariffId) -> Option<&'s str> {
    let table = subject.tables.get("tariffs");
    let position = table.schema.position("unit")?;
    table.rows[tariff.index()].cells.get(position)
}

fn is_free(row: &Rate) -> bool {
    let is_zero = |price: Option<Price>| price.unwrap_or_default().is_zero();
    let steps = row.steps.iter().all(|step| step.connection.is_zero() && step.rate.is_zero());
    let access = row.access.is_none_or(|access| access.connection.is_zero() && access.rate.is_zero());
    row.mode == RateMode::Calculated
        && row.connection.is_zero()
        && row.rate.is_zero()
        && is_zero(row.minimum)
        && steps
        && access
}

/// The middle rate of each tariff, class and kind of usage that has enough of them.
fn usual_rates(subject: &Subject) -> BTreeMap<(TariffId, CallClass, u8), Price> {
    let mut rates: BTreeMap<_, Vec<Price>> = BTreeMap::new();
    for (group, key_use) in subject.groups() {
        let Some((class, kind)) = key_use.only else { continue };
        let current = group.rows.iter().filter(|row| is_plain(row) && !subject.is_history(row));
        let positive = current.map(|row| row.rate).filter(|rate| *rate > Price::ZERO);
        rates.entry((group.tariff, class, kind as u8)).or_default().extend(positive);
    }
    rates.retain(|_, rates| rates.len() >= FEWEST_RATES);
    let middle = |mut rates: Vec<Price>| {
        rates.sort_unstable();
        rates[rates.len() / 2]
    };
    rates.into_iter().map(|(key, rates)| (key, middle(rates))).collect()
}

fn check_usual(row: &Rate, usual: Option<Price>, tell: Told) {
    let Some(usual) = usual.filter(|_| is_plain(row) && row.rate > Price::ZERO) else { return };
    let times = |price: Price, factor: i64| i128::from(price.scaled()) * i128::from(factor);
    let (own, other) = (row.rate, usual);
    let is_high = times(own, 1) > times(other, MOST_TIMES);
    let is_low = times(own, LEAST_TIMES) < times(other, 1);
    if is_high || is_low {
        tell(FindingKind::RateFarOff, "rate", format!("the rate is {own} a unit, the middle one of its class {usual}"));
    }
}

/// Does a whole unit cost less than the last decimal of a charge, with nothing beside it?
fn is_rounded_away(row: &Rate, decimals: u32) -> bool {
    let last_decimal = power_of_ten(8 - decimals.min(8));
    let alone = row.connection.is_zero() && row.minimum.is_none() && row.access.is_none();
    is_plain(row) && alone && row.rate > Price::ZERO && i128::from(row.rate.scaled()) < last_decimal
}

/// Markups of customers and lines that sell below cost.
fn check_markups(subject: &Subject, findings: &mut Findings) {
    for name in ["customers", "clis"] {
        let table = subject.tables.get(name);
        let on_cost = MARKUP_COLUMNS.into_iter().chain(["fallback_markup"]);
        let columns = on_cost.map(|column| (column, true)).chain([("fallback_suggested_markup", false)]);
        let columns: Vec<_> =
            columns.filter_map(|(column, on_cost)| Some((column, on_cost, table.schema.position(column)?))).collect();
        for row in &table.rows {
            for (column, on_cost, position) in &columns {
                let percent = row.cells.get(*position).and_then(|text| Percent::parse(text).ok());
                let Some(percent) = percent.filter(|percent| percent.is_negative()) else { continue };
                let place = Place::of(table, row, column);
                if percent == to_zero() {
                    let what = "the price is lowered by 100 %";
                    findings.add(Finding::new(FindingKind::MarkupToZero, place, what));
                } else if *on_cost {
                    findings.add(Finding::new(FindingKind::MarkupBelowCost, place, format!("{percent} % on cost")));
                }
            }
        }
    }
}
