//! Calls → how much of them fell on each day and each hour, by the clock of the workspace's zone, in which their start is
//! given. Many days are drawn by week or by month.

use std::collections::BTreeMap;

use super::bars::{Bars, Value};
use crate::domain::bill::ItemisedCall;
use crate::domain::money::Sum;
use crate::domain::time::{CivilDateTime, Date};
use crate::invoicing::language::Style;

#[derive(Clone, Copy, Default)]
struct Tally {
    amount: Sum<6>,
    records: u64,
}

impl Tally {
    fn add(&mut self, call: &ItemisedCall) {
        self.amount.add(call.charge);
        self.records += 1;
    }
}

/// How many bars by day, and by week, there are at most.
const MOST_DAYS: i32 = 35;
const MOST_WEEKS: i32 = 30;
/// How many months there are at most: the last ones.
const MOST_MONTHS: usize = 24;

/// Usage by day, from the first day with any to the last.
pub(super) fn by_day(calls: &[ItemisedCall], style: Style) -> Option<Bars> {
    let mut days: BTreeMap<Date, Tally> = BTreeMap::new();
    for call in calls {
        if let Some(started) = CivilDateTime::parse(&call.started_at) {
            days.entry(started.date).or_default().add(call);
        }
    }
    let (first, last) = (*days.first_key_value()?.0, *days.last_key_value()?.0);
    let length = last.days_since(first) + 1;
    let (title, start_of): (&str, fn(Date) -> Date) = match length {
        ..=MOST_DAYS => ("pictures.day", |day| day),
        _ if length <= MOST_WEEKS * 7 => ("pictures.week", start_of_week),
        _ => ("pictures.month", Date::first_of_month),
    };
    let mut spans: BTreeMap<Date, Tally> = BTreeMap::new();
    let mut day = first;
    while day <= last {
        let span = spans.entry(start_of(day)).or_default();
        if let Some(tally) = days.get(&day) {
            span.amount.merge(tally.amount);
            span.records += tally.records;
        }
        day = day.next();
    }
    let shown: Vec<_> = spans.into_iter().collect();
    let shown = &shown[shown.len().saturating_sub(MOST_MONTHS.max(MOST_DAYS.unsigned_abs() as usize))..];
    let language = style.language;
    let label = |day: Date| match title {
        "pictures.day" => day.day().to_string(),
        "pictures.week" => language.day_month(day),
        _ => language.month_year(day),
    };
    let name = |day: Date| match title {
        "pictures.month" => language.month_year(day),
        _ => language.day_month(day),
    };
    let spans = shown.iter().map(|(day, tally)| (label(*day), name(*day), *tally)).collect();
    Some(bars(title, Some(language.period(first, last)), spans, style))
}

fn start_of_week(day: Date) -> Date {
    day.plus_days(-(day.weekday() as i32))
}

/// Usage by hour of the day, all days together.
pub(super) fn by_hour(calls: &[ItemisedCall], style: Style) -> Option<Bars> {
    let mut hours = [Tally::default(); 24];
    let mut is_empty = true;
    for call in calls {
        if let Some(started) = CivilDateTime::parse(&call.started_at) {
            hours[started.clock().0 as usize].add(call);
            is_empty = false;
        }
    }
    let spans = (0..).zip(hours).map(|(hour, tally): (u32, _)| (format!("{hour:02}"), format!("{hour:02}:00"), tally));
    if is_empty { None } else { Some(bars("pictures.hour", None, spans.collect(), style)) }
}

/// Labels, names and tallies → bars by charge; by records where nothing is charged.
fn bars(title: &str, period: Option<String>, spans: Vec<(String, String, Tally)>, style: Style) -> Bars {
    let is_charged = spans.iter().any(|(_, _, tally)| tally.amount.wide() != 0);
    let text = |tally: &Tally| match (tally.records, is_charged) {
        (0, _) => String::new(),
        (_, true) => style.rounded_plain(tally.amount),
        (records, false) => style.count(records),
    };
    let values = |(label, name, tally): (String, String, Tally)| Value {
        text: text(&tally),
        length: if is_charged { tally.amount.wide() } else { i128::from(tally.records) },
        label,
        name,
    };
    let unit = match is_charged {
        true => style.language.fill("pictures.by_charge", &[("currency", &style.sign())]),
        false => style.word("pictures.by_records"),
    };
    let note = [Some(unit), period].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    Bars::new(style.word(title), note, spans.into_iter().map(values).collect(), None, style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::{CallCharge, Currency};
    use crate::invoicing::samples;

    fn at(started: &str, charge: &str) -> ItemisedCall {
        let charge = CallCharge::parse(charge).expect(charge);
        ItemisedCall { started_at: started.into(), charge, ..samples::call() }
    }

    /// Label, value and height of each bar that has a value, as the template reads them.
    fn told(bars: Option<Bars>) -> (String, usize, Vec<String>) {
        let bars = serde_json::to_value(bars.expect("there are calls")).expect("JSON");
        let list = bars["bars"].as_array().expect("a list").clone();
        let words =
            |bar: &serde_json::Value| format!("{} {} {}", bar["label"], bar["value"], bar["up"]).replace('"', "");
        let told = list.iter().filter(|bar| bar["value"] != "").map(words).collect();
        (bars["title"].as_str().unwrap_or_default().to_owned(), list.len(), told)
    }

    #[test]
    fn calls_fall_on_days_and_hours() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let calls =
            [at("2026-10-30 23:59:59", "0.50"), at("2026-11-02 00:00:00", "1"), at("2026-11-02 23:10:00", "0.005")];
        let (title, bars, told_days) = told(by_day(&calls, style));
        assert_eq!((&*title, bars), ("By day", 4), "days without calls are there");
        assert_eq!(told_days, ["30 0.50 497", "2 1.01 1000"]); // 1.005, half up
        let (_, bars, told_hours) = told(by_hour(&calls, style));
        assert_eq!((bars, told_hours), (24, vec!["00 1.00 1000".into(), "23 0.51 505".into()]));
    }

    #[test]
    fn many_days_become_weeks_and_months() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let from_to = |to: &str| told(by_day(&[at("2026-06-01 10:00:00", "1"), at(to, "1")], style));
        assert_eq!(from_to("2026-07-05 10:00:00").0, "By day"); // 35 days
        let (title, bars, _) = from_to("2026-07-06 10:00:00");
        assert_eq!((&*title, bars), ("By week", 6)); // 1 June 2026 is a Monday
        let (title, bars, _) = from_to("2027-06-01 10:00:00");
        assert_eq!((&*title, bars), ("By month", 13));
    }

    #[test]
    fn what_costs_nothing_is_counted() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let (_, _, told) = told(by_hour(&[at("2026-10-30 09:00:00", "0")], style));
        assert_eq!(told, ["09 1 1000"]);
        assert!(by_day(&[], style).is_none() && by_hour(&[], style).is_none());
    }
}
