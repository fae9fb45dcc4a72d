//! Calls → the pages that list them, grouped by line (CLI) with a subtotal each. Every text is ready to print.

use std::collections::HashMap;

use serde::Serialize;

use super::display::{self, MoneyStyle, printable};
use crate::domain::bill::{Bill, ItemisedCall};
use crate::domain::money::Sum;
use crate::domain::time::CivilDateTime;

/// All calls of a bill.
#[derive(Serialize)]
pub(super) struct Itemisation {
    clis: Vec<CliCalls>,
    /// How many calls.
    calls: String,
    total: String,
    /// Whether a spending cap reduced a call, so that the marks need a legend.
    has_capped: bool,
    /// Whether an allowance covered a call.
    has_allowance: bool,
}

/// The calls of one line (CLI).
#[derive(Serialize)]
struct CliCalls {
    cli: String,
    /// Its description and cost centre.
    small: String,
    /// How many calls.
    calls: String,
    subtotal: String,
    /// Date, time, number, description, units, charge.
    rows: Vec<[String; 6]>,
}

/// The calls by CLI, in the order in which the list first names each; none if there are no calls.
pub(super) fn itemisation_of(bill: &Bill, calls: &[ItemisedCall], style: MoneyStyle) -> Option<Itemisation> {
    if calls.is_empty() {
        return None;
    }
    let places = style.places(calls.iter().map(|call| call.charge));
    let sum_of = |calls: &[&ItemisedCall]| style.sum(calls.iter().map(|call| call.charge).sum::<Sum<6>>(), places);
    let of_cli = |calls: Vec<&ItemisedCall>| {
        let described = bill.usage_by_cli.iter().find(|usage| usage.cli == calls[0].cli);
        let small = [described.map_or("", |usage| &usage.description), calls[0].cost_centre.as_str()];
        CliCalls {
            cli: printable(&calls[0].cli),
            small: small.map(printable).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            calls: count_of(calls.len()),
            subtotal: sum_of(&calls),
            rows: calls.iter().map(|call| row_of(call, places)).collect(),
        }
    };
    let is = |disposition: &str| calls.iter().any(|call| call.disposition == disposition);
    Some(Itemisation {
        clis: grouped_by_cli(calls).into_iter().map(of_cli).collect(),
        calls: count_of(calls.len()),
        total: sum_of(&calls.iter().collect::<Vec<_>>()),
        has_capped: is(CAPPED),
        has_allowance: is(ALLOWANCE),
    })
}

const CAPPED: &str = "capped";
const ALLOWANCE: &str = "allowance";

/// What a disposition adds to a charge: the marks that the legend explains.
const MARKS: [(&str, &str); 2] = [(CAPPED, "† "), (ALLOWANCE, "* ")];

fn grouped_by_cli(calls: &[ItemisedCall]) -> Vec<Vec<&ItemisedCall>> {
    let mut groups: Vec<Vec<&ItemisedCall>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for call in calls {
        let place = *places.entry(&call.cli).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(call);
    }
    groups
}

fn row_of(call: &ItemisedCall, places: u32) -> [String; 6] {
    let (date, time) = match CivilDateTime::parse(&call.started_at) {
        Some(started) => {
            let (hour, minute, second) = started.clock();
            (display::short_date(started.date), format!("{hour:02}:{minute:02}:{second:02}"))
        }
        None => (printable(&call.started_at), String::new()),
    };
    let number = match (call.direction.as_str(), printable(&call.other_party)) {
        (_, number) if number.is_empty() => "—".into(),
        ("in", number) => format!("from {number}"),
        (_, number) => number,
    };
    let units = match call.kind.as_str() {
        "voice" => display::duration(call.units),
        "data" => display::data(call.units),
        _ => display::count(call.units),
    };
    let mark = MARKS.iter().find(|(disposition, _)| *disposition == call.disposition).map_or("", |(_, mark)| mark);
    // Before the amount, so that the decimal points stay below each other.
    let charge = format!("{mark}{}", display::plain(call.charge, places));
    [date, time, number, printable(&call.description), units, charge]
}

fn count_of(calls: usize) -> String {
    let count = display::count(calls as u64);
    if calls == 1 { format!("{count} record") } else { format!("{count} records") }
}
