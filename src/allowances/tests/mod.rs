//! Allowances rule by rule, as tables, and against a slow oracle. Here: the words in which the tables are written.

mod oracle;
mod properties;
mod rules;

use super::{AllowanceUse, apply_allowances};
use crate::domain::allowance::{
    Allowance, AllowanceDraw, AllowanceScope, CustomerAllowance, Discount, Measure, PerMeasure, Units,
};
use crate::domain::book::{AllowanceId, Book, CliId};
use crate::domain::disposition::Disposition;
use crate::domain::money::{Overflow, Percent, Price, Quantity};
use crate::domain::sample::{self, CUSTOMER, EXEMPT_CALLS, MOBILE, NATIONAL, call, date, quantity};
use crate::domain::time::DateRange;
use crate::domain::usage::{ChargedUsage, Kind};

/// Units of a measure.
fn units(text: &str) -> Units {
    serde_json::from_str(&format!("{text:?}")).expect("units in a test")
}

/// An allowance of `seconds 600 messages 5 …` for all usage, free.
fn allowance(name: &str, limits: &str) -> Allowance {
    let mut of_measures = PerMeasure::default();
    let words: Vec<&str> = limits.split_whitespace().collect();
    for pair in words.chunks(2) {
        let measure = Measure::ALL.into_iter().find(|measure| measure.name() == pair[0]).expect("a measure in a test");
        of_measures[measure] = Some(units(pair[1]));
    }
    Allowance {
        name: name.into(),
        limits: of_measures,
        qualifies: vec![NATIONAL, MOBILE, EXEMPT_CALLS],
        bands: vec![],
        discount: Discount::FREE,
        longest: None,
        rollover_periods: 0,
        prorate: false,
    }
}

/// Once, for all lines, from 2026.
fn held(allowance: usize) -> CustomerAllowance {
    CustomerAllowance {
        customer: CUSTOMER,
        allowance: AllowanceId::from_index(allowance),
        quantity: Quantity::ONE,
        scope: AllowanceScope::Customer,
        scope_text: "customer".into(),
        priority: None,
        valid: DateRange { from: Some(date("2026-01-01")), to: None },
    }
}

/// A book in which the customer has these allowances, in this order.
fn book_with(allowances: Vec<Allowance>) -> Book {
    let mut book = sample::book();
    book.customer_allowances = (0..allowances.len()).map(held).collect();
    book.allowances = allowances;
    book.clis.extend(["+442079460002", "+442079460003"].map(sample::cli));
    book
}

/// `06-03 10:00:00 voice 60 0.30`: when in 2026, what, how many units, the price; its record id says which of the list.
fn usage(rows: &[&str]) -> Vec<ChargedUsage> {
    let one = |(index, row): (usize, &&str)| {
        let words: Vec<&str> = row.split_whitespace().collect();
        let mut one = call(&format!("{index:03}"), &format!("2026-{} {}", words[0], words[1]), words[4]);
        one.kind = Kind::parse(words[2]).expect("a kind in a test");
        one.units = words[3].parse().expect("units in a test");
        one.row = u32::try_from(index).expect("few");
        one
    };
    rows.iter().enumerate().map(one).collect()
}

fn covered(
    book: &Book,
    mut usage: Vec<ChargedUsage>,
    before: &[AllowanceDraw],
) -> Result<(Vec<ChargedUsage>, AllowanceUse), Overflow> {
    let used = apply_allowances(book, CUSTOMER, &mut usage, before)?;
    Ok((usage, used))
}

/// `expected`: the charge of each record in time order, a tilde where an allowance covers some of it; then what each
/// bucket says of its limits: name, first day, used of granted.
fn check(book: &Book, rows: &[&str], expected: &str) {
    check_after(book, rows, &[], expected);
}

fn check_after(book: &Book, rows: &[&str], before: &[AllowanceDraw], expected: &str) {
    let (charged, used) = covered(book, usage(rows), before).expect("in range");
    assert_eq!(format!("{} | {}", charges(&charged), buckets(&used)), expected, "{rows:?}");
}

fn charges(charged: &[ChargedUsage]) -> String {
    let tilde = |one: &ChargedUsage| if one.disposition() == Disposition::Allowance { "~" } else { "" };
    charged.iter().map(|one| format!("{}{}", one.charge, tilde(one))).collect::<Vec<_>>().join(" ")
}

fn buckets(used: &AllowanceUse) -> String {
    let buckets = used.shown.iter().map(|bucket| {
        let limits = bucket.limits.iter().map(|limit| match limit.granted {
            Some(granted) => format!(" {}/{granted}", limit.used),
            None => format!(" {} {}", limit.used, limit.measure.name()),
        });
        format!("{} {}{}", bucket.name, bucket.from, limits.collect::<String>())
    });
    buckets.collect::<Vec<_>>().join(", ")
}

fn percent(text: &str) -> Discount {
    Discount::Percent(Percent::parse(text).expect("a percentage in a test"))
}

fn price(text: &str) -> Price {
    sample::price(text)
}

/// A line of its own for each row, by its place in the list.
fn on_lines(mut usage: Vec<ChargedUsage>, lines: &[u32]) -> Vec<ChargedUsage> {
    usage.iter_mut().zip(lines).for_each(|(one, line)| one.cli = CliId(*line));
    usage
}

fn times(text: &str) -> Quantity {
    quantity(text)
}
