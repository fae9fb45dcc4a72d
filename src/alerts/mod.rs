//! A customer's usage by day, before and with a new import → what is worth a look (L5): limits passed, days unlike the
//! customer's own history, many short calls, new expensive destinations, bursts at night and at the weekend.
//!
//! Pure, in whole numbers: the same usage gives the same alerts. An alert's key keeps it from being raised twice. Nothing is
//! stopped or changed by one.

mod unusual;

use std::collections::{BTreeMap, BTreeSet};

use unusual::{Comparison, compare};

use crate::domain::book::AlertSettings;
use crate::domain::money::{Currency, Money, Rounding, Sum};
use crate::domain::time::{CivilDateTime, Date, Weekday};
use crate::domain::usage_days::UsageDays;

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertKind {
    /// Unbilled usage is above the customer's limit (L4).
    UnbilledLimit,
    /// The usage of a line is above its limit (L4).
    UsageLimit,
    /// A day's spend is unlike the days before.
    DailySpend,
    /// Too many short calls on a day.
    ShortCalls,
    /// A call type that was never used before, and is expensive.
    NewDestination,
    /// A day's spend at night or at the weekend is unlike the days before.
    NightAndWeekend,
}

impl AlertKind {
    /// The name used in the ledger and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnbilledLimit => "unbilled_limit",
            Self::UsageLimit => "usage_limit",
            Self::DailySpend => "daily_spend",
            Self::ShortCalls => "short_calls",
            Self::NewDestination => "new_destination",
            Self::NightAndWeekend => "night_and_weekend",
        }
    }
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alert {
    /// What it is about.
    pub kind: AlertKind,
    /// The line; empty for the customer as a whole.
    pub cli: String,
    /// The day, the billing period or the call type: of one, an alert is raised once.
    pub key: String,
    /// In words.
    pub detail: String,
}

/// A sum beside its limit, within a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitedUse {
    /// The line; empty for the customer as a whole.
    pub cli: String,
    /// First day of the period.
    pub since: Date,
    /// The sum, with the new usage.
    pub used: Sum<6>,
    /// The limit.
    pub limit: Money,
}

/// The usage of one customer.
#[derive(Clone, Debug)]
pub struct CustomerUse {
    /// Of the sums.
    pub currency: Currency,
    /// By day, as earlier imports brought it.
    pub before: UsageDays,
    /// By day, as the new import brings it.
    pub new: UsageDays,
    /// Call types that earlier imports brought.
    pub call_types_before: BTreeSet<String>,
    /// Spend by call type, as the new import brings it.
    pub call_types: BTreeMap<String, Sum<6>>,
    /// Limits on unbilled usage and on lines.
    pub limits: Vec<LimitedUse>,
}

/// Does usage that began then count as night: in the hours of the night, or on a Saturday or Sunday?
pub fn is_night(settings: &AlertSettings, began: CivilDateTime) -> bool {
    let AlertSettings { night_from, night_to, .. } = *settings;
    let second = began.second_of_day;
    let at_night = match night_from <= night_to {
        true => night_from <= second && second < night_to,
        false => night_from <= second || second < night_to,
    };
    at_night || matches!(began.date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// What is worth a look, in a fixed order.
pub fn find_alerts(settings: &AlertSettings, customer: &CustomerUse) -> Vec<Alert> {
    let mut alerts = limit_alerts(customer);
    let mut days = customer.before.clone();
    for (day, new) in &customer.new {
        days.entry(*day).or_default().merge(*new);
    }
    for day in customer.new.keys() {
        alerts.extend(day_alerts(settings, customer.currency, &days, *day));
    }
    alerts.extend(destination_alerts(settings, customer));
    alerts.sort();
    alerts
}

fn limit_alerts(customer: &CustomerUse) -> Vec<Alert> {
    let above = customer.limits.iter().filter(|one| minor(one.used, customer.currency) > i128::from(one.limit.minor()));
    let alert = |one: &LimitedUse| {
        let (used, limit) = (shown(one.used, customer.currency), one.limit.format(customer.currency));
        let (kind, of) = match one.cli.is_empty() {
            true => (AlertKind::UnbilledLimit, "unbilled usage".to_owned()),
            false => (AlertKind::UsageLimit, format!("usage of {}", one.cli)),
        };
        let detail = format!("{of} since {} is {used} {}, the limit is {limit}", one.since, customer.currency);
        Alert { kind, cli: one.cli.clone(), key: one.since.to_string(), detail }
    };
    above.map(alert).collect()
}

/// A day beside the last days with usage before it.
fn day_alerts(settings: &AlertSettings, currency: Currency, days: &UsageDays, day: Date) -> Vec<Alert> {
    let today = days.get(&day).copied().unwrap_or_default();
    let most = usize::try_from(settings.history_days).unwrap_or(usize::MAX);
    let past: Vec<_> = days.range(..day).rev().take(most).map(|(_, day)| *day).collect();
    let money = |sum: Sum<6>| minor(sum, currency);
    let at_least = |sum: Sum<6>, least: i64| sum.wide() >= i128::from(least);
    let mut alerts = Vec::new();
    let mut alert = |kind, detail: String| {
        alerts.push(Alert { kind, cli: String::new(), key: day.to_string(), detail });
    };
    let spend: Vec<i128> = past.iter().map(|day| money(day.spend)).collect();
    if at_least(today.spend, settings.daily_spend.scaled())
        && let Comparison::Unusual { mean } = compare(settings, money(today.spend), &spend)
    {
        let s = if today.calls == 1 { "" } else { "s" };
        let detail = format!("{} {currency} on {day}, in {} record{s}", shown(today.spend, currency), today.calls);
        alert(AlertKind::DailySpend, format!("{detail}; {}", usual(mean, currency, past.len())));
    }
    let night: Vec<i128> = past.iter().map(|day| money(day.night_spend)).collect();
    if at_least(today.night_spend, settings.night_spend.scaled())
        && let Comparison::Unusual { mean } = compare(settings, money(today.night_spend), &night)
    {
        let detail = format!("{} {currency} at night or at the weekend on {day}", shown(today.night_spend, currency));
        alert(AlertKind::NightAndWeekend, format!("{detail}; {}", usual(mean, currency, past.len())));
    }
    let short: Vec<i128> = past.iter().map(|day| i128::from(day.short_calls)).collect();
    if today.short_calls >= settings.short_calls.max(1)
        && compare(settings, i128::from(today.short_calls), &short) != Comparison::Usual
    {
        let AlertSettings { short_call_seconds, .. } = settings;
        let of = format!("of {} records", today.calls);
        let detail = format!("{} calls of at most {short_call_seconds} s on {day}, {of}", today.short_calls);
        alert(AlertKind::ShortCalls, detail);
    }
    alerts
}

/// Call types that are new to a customer of whom others are known.
fn destination_alerts(settings: &AlertSettings, customer: &CustomerUse) -> Vec<Alert> {
    if customer.call_types_before.is_empty() {
        return Vec::new();
    }
    let new = customer.call_types.iter().filter(|(call_type, spend)| {
        !customer.call_types_before.contains(*call_type)
            && spend.wide() >= i128::from(settings.new_destination_spend.scaled().max(1))
    });
    let alert = |(call_type, spend): (&String, &Sum<6>)| Alert {
        kind: AlertKind::NewDestination,
        cli: String::new(),
        key: call_type.clone(),
        detail: format!(
            "{} {} on {call_type}, which was never used before",
            shown(*spend, customer.currency),
            customer.currency
        ),
    };
    new.map(alert).collect()
}

fn usual(mean: i128, currency: Currency, days: usize) -> String {
    let mean = i64::try_from(mean).map_or_else(|_| mean.to_string(), |mean| Money::from_minor(mean).format(currency));
    format!("the mean of the {days} days with usage before it is {mean}")
}

/// In the minor unit, for comparing.
fn minor(sum: Sum<6>, currency: Currency) -> i128 {
    sum.to_money(currency.digits, Rounding::HalfUp).map_or(i128::MAX, |money| i128::from(money.minor()))
}

fn shown(sum: Sum<6>, currency: Currency) -> String {
    sum.to_money(currency.digits, Rounding::HalfUp).map_or_else(|_| sum.to_places(2), |money| money.format(currency))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::{date, pounds};
    use crate::domain::usage_days::DayUse;

    fn pence(pence: i64) -> Sum<6> {
        Sum::from_wide(i128::from(pence) * 10_000)
    }

    /// Days from 1 June 2026 on: spend in pence, spend at night in pence, short calls.
    fn days(rows: &[(i64, i64, u64)]) -> UsageDays {
        let day = |(offset, (spend, night, short_calls)): (i32, &(i64, i64, u64))| {
            let one = DayUse { calls: 50, short_calls: *short_calls, spend: pence(*spend), night_spend: pence(*night) };
            (date("2026-06-01").plus_days(offset), one)
        };
        (0..).zip(rows).map(day).collect()
    }

    fn customer(before: UsageDays, new: (i64, i64, u64)) -> CustomerUse {
        let on = before.keys().last().map_or(date("2026-06-01"), |day| day.next());
        let new = days(&[new]).into_values().map(|day| (on, day)).collect();
        CustomerUse {
            currency: Currency::GBP,
            before,
            new,
            call_types_before: BTreeSet::new(),
            call_types: BTreeMap::new(),
            limits: Vec::new(),
        }
    }

    fn found(customer: &CustomerUse) -> Vec<(&'static str, String)> {
        let alerts = find_alerts(&AlertSettings::default(), customer);
        alerts.into_iter().map(|alert| (alert.kind.name(), alert.key)).collect()
    }

    #[test]
    fn a_day_is_compared_with_the_customers_own_days_l5() {
        // £10 and £12 in turn: mean £11, deviation £1; three deviations above are £14.
        let usual: Vec<_> = (0..20).map(|day| (1_000 + 200 * (day % 2), 0, 0)).collect();
        let busy: Vec<_> = (0..20).map(|day| (10_000 + 2_000 * (day % 2), 0, 200)).collect();
        for (past, new, expected) in [
            (&usual[..], (1_401, 0, 0), &[][..]), // unusual, but below £20
            (&usual, (2_500, 0, 0), &["daily_spend"]),
            (&usual[..7], (2_500, 0, 0), &["daily_spend"]),
            (&usual[..6], (2_500, 0, 0), &[]), // fewer days than say anything
            (&busy, (14_000, 0, 0), &[]),      // exactly three deviations
            (&busy, (14_001, 0, 0), &["daily_spend"]),
            (&usual, (2_500, 2_100, 0), &["daily_spend", "night_and_weekend"]),
            (&usual, (1_100, 1_100, 0), &[]), // at night, but below £20
            (&usual, (1_100, 0, 100), &["short_calls"]),
            (&usual, (1_100, 0, 99), &[]),
            (&busy, (10_000, 0, 200), &[]), // as many short calls as ever
            (&usual[..1], (1_100, 0, 100), &["short_calls"]), // a new customer too
        ] {
            let customer = customer(days(past), new);
            let kinds: Vec<_> = found(&customer).into_iter().map(|(kind, _)| kind).collect();
            assert_eq!(kinds, expected, "{new:?} after {} days", past.len());
        }
    }

    #[test]
    fn days_of_the_same_import_are_history_for_later_ones() {
        let all: Vec<_> = (0..12).map(|day| (if day == 10 { 5_000 } else { 1_000 }, 0, 0)).collect();
        let mut one = customer(UsageDays::new(), (0, 0, 0));
        one.new = days(&all);
        assert_eq!(found(&one), [("daily_spend", "2026-06-11".to_owned())]);
    }

    #[test]
    fn new_expensive_destinations_of_known_customers_l5() {
        let mut one = customer(UsageDays::new(), (0, 0, 0));
        one.call_types = [("cuba", 1_000), ("uk_mobile", 9_000), ("france", 999)]
            .map(|(name, spend)| (name.to_owned(), pence(spend)))
            .into();
        assert_eq!(found(&one), [], "nothing is known of it: everything is new");
        one.call_types_before = ["uk_mobile".to_owned()].into();
        assert_eq!(found(&one), [("new_destination", "cuba".to_owned())]);
    }

    #[test]
    fn limits_that_are_passed_l4() {
        let mut one = customer(UsageDays::new(), (0, 0, 0));
        let limited = |cli: &str, used: i64, limit: &str| LimitedUse {
            cli: cli.into(),
            since: date("2026-06-01"),
            used: pence(used),
            limit: pounds(limit),
        };
        one.limits = vec![limited("", 5_000, "50.00"), limited("+442079460018", 1_001, "10.00")];
        let alerts = find_alerts(&AlertSettings::default(), &one);
        assert_eq!(alerts.len(), 1);
        assert_eq!(alerts[0].detail, "usage of +442079460018 since 2026-06-01 is 10.01 GBP, the limit is 10.00");
        assert_eq!((alerts[0].cli.as_str(), alerts[0].key.as_str()), ("+442079460018", "2026-06-01"));
    }

    #[test]
    fn the_night_may_go_over_midnight_and_the_weekend_is_night() {
        let check = |from: u32, to: u32, began: &str, expected: bool| {
            let settings = AlertSettings { night_from: from * 3_600, night_to: to * 3_600, ..AlertSettings::default() };
            assert_eq!(is_night(&settings, CivilDateTime::parse(began).unwrap()), expected, "{from}–{to} {began}");
        };
        check(22, 6, "2026-06-05 22:00:00", true);
        check(22, 6, "2026-06-05 05:59:59", true);
        check(22, 6, "2026-06-05 06:00:00", false);
        check(22, 6, "2026-06-05 21:59:59", false);
        check(22, 6, "2026-06-06 12:00:00", true);
        check(0, 5, "2026-06-05 04:00:00", true);
        check(0, 5, "2026-06-05 23:00:00", false);
    }
}
