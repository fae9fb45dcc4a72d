//! What is used most → lying bars with the numbers beside them, the longest first; what does not fit is summed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bars::{alternative, thousandths};
use crate::domain::bill::{Bill, ItemisedCall};
use crate::domain::money::{CallCharge, Sum};
use crate::domain::price_book::CallClass;
use crate::invoicing::language::{Style, wrapped};
use crate::invoicing::view::charge_sections::class_title;
use crate::invoicing::view::widths::{GAP, column};

/// A table with a bar in each row.
#[derive(Serialize)]
pub(super) struct Ranking {
    title: String,
    note: String,
    /// The head of the names.
    name: String,
    alternative: String,
    has_duration: bool,
    /// The widths of name, records, duration and amount, in points.
    columns: [u32; 4],
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    records: String,
    /// Or the volume of data.
    duration: String,
    amount: String,
    /// Of the bar, in thousandths of the longest.
    length: u32,
    /// Sums what did not fit.
    is_rest: bool,
}

/// How many rows there are at most, without the sum of the rest.
const MOST_ROWS: usize = 8;

#[derive(Default)]
struct Tally {
    name: String,
    records: u64,
    seconds: u64,
    bytes: u64,
    amount: Sum<6>,
}

impl Tally {
    fn add(&mut self, records: u64, seconds: u64, bytes: u64, amount: CallCharge) {
        self.records = self.records.saturating_add(records);
        self.seconds = self.seconds.saturating_add(seconds);
        self.bytes = self.bytes.saturating_add(bytes);
        self.amount.add(amount);
    }
}

/// Usage by class.
pub(super) fn by_class(bill: &Bill, style: Style) -> Option<Ranking> {
    let of_class = bill.usage_by_class.iter().map(|usage| {
        let class = CallClass::parse(&usage.class).filter(|class| class.title() == usage.title);
        let mut tally = Tally { name: class_title(class, &usage.title, style), ..Tally::default() };
        tally.add(usage.records, usage.seconds, usage.bytes, usage.amount);
        tally
    });
    ranking("pictures.class", "usage.type", of_class.collect(), style)
}

/// Outgoing usage by what the call type is called.
pub(super) fn by_destination(calls: &[ItemisedCall], style: Style) -> Option<Ranking> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.direction == "out") {
        let tally = tallies.entry(&call.description).or_default();
        let units = |kind: &str| if call.kind == kind { call.units } else { 0 };
        tally.add(1, units("voice"), units("data"), call.charge);
    }
    let named = tallies.into_iter().map(|(name, tally)| Tally { name: wrapped(name), ..tally });
    ranking("pictures.destinations", "pictures.destination", named.collect(), style)
}

/// Usage by line (CLI).
pub(super) fn by_cli(bill: &Bill, style: Style) -> Option<Ranking> {
    let of_cli = bill.usage_by_cli.iter().map(|usage| {
        let (cli, description) = (wrapped(&usage.cli), wrapped(&usage.description));
        let name = if description.is_empty() { cli } else { format!("{cli} · {description}") };
        let mut tally = Tally { name, ..Tally::default() };
        tally.add(usage.records, usage.seconds, usage.bytes, usage.amount);
        tally
    });
    ranking("pictures.clis", "pictures.line", of_cli.collect(), style)
}

fn ranking(title: &str, name: &str, mut tallies: Vec<Tally>, style: Style) -> Option<Ranking> {
    tallies.retain(|tally| tally.records > 0);
    if tallies.is_empty() {
        return None;
    }
    let is_charged = tallies.iter().any(|tally| tally.amount.wide() != 0);
    tallies.sort_by(|a, b| (b.amount.wide(), b.records, &a.name).cmp(&(a.amount.wide(), a.records, &b.name)));
    let length = |tally: &Tally| if is_charged { tally.amount.wide() } else { i128::from(tally.records) };
    let longest = tallies.iter().map(length).max().unwrap_or(0);
    // A rest of one is as good as its name.
    let rest = if tallies.len() > MOST_ROWS + 1 { tallies.split_off(MOST_ROWS) } else { Vec::new() };
    let row = |tally: &Tally, length: u32, is_rest| Row {
        name: tally.name.clone(),
        records: style.count(tally.records),
        duration: match (tally.seconds, tally.bytes) {
            (0, 0) => String::new(),
            (0, bytes) => style.data(bytes),
            (seconds, _) => style.duration(seconds),
        },
        amount: style.rounded(tally.amount),
        length,
        is_rest,
    };
    let mut rows: Vec<Row> =
        tallies.iter().map(|tally| row(tally, thousandths(length(tally), longest), false)).collect();
    if !rest.is_empty() {
        let mut sum = Tally { name: style.counted("pictures.others", rest.len() as u64), ..Tally::default() };
        for tally in &rest {
            sum.add(tally.records, tally.seconds, tally.bytes, CallCharge::ZERO);
            sum.amount.merge(tally.amount);
        }
        rows.push(row(&sum, 0, true));
    }
    let title = style.word(title);
    let note = match is_charged {
        true => String::new(),
        false => style.word("pictures.by_records"),
    };
    let texts = rows.iter().map(|row| (&*row.name, if is_charged { &*row.amount } else { &*row.records }));
    Some(Ranking {
        alternative: alternative(&title, texts, style),
        has_duration: rows.iter().any(|row| !row.duration.is_empty()),
        columns: columns_of(&rows, style),
        title,
        note,
        name: style.word(name),
        rows,
    })
}

/// Names have no more than this, in points; longer ones take two lines.
const WIDEST_NAME: u32 = 185;

fn columns_of(rows: &[Row], style: Style) -> [u32; 4] {
    let head = |key: &str| style.word(key);
    [
        column(rows.iter().map(|row| &*row.name), "", 110).min(WIDEST_NAME),
        column(rows.iter().map(|row| &*row.records), &head("pictures.records"), 30) + GAP,
        column(rows.iter().map(|row| &*row.duration), &head("pictures.duration"), 30) + GAP,
        column(rows.iter().map(|row| &*row.amount), &head("pictures.amount"), 40) + GAP,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    fn check(calls: &[ItemisedCall], expected: &[&str]) {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let ranking = by_destination(calls, style).expect("there is usage");
        let words = |row: &Row| {
            let Row { name, records, duration, amount, length, is_rest } = row;
            let rest = if *is_rest { "|rest" } else { "" };
            format!("{name}|{records}|{duration}|{amount}|{length}{rest}")
        };
        assert_eq!(ranking.rows.iter().map(words).collect::<Vec<_>>(), expected);
    }

    fn to(destination: &str, charge: &str) -> ItemisedCall {
        let charge = CallCharge::parse(charge).expect(charge);
        ItemisedCall { description: destination.into(), charge, ..samples::call() }
    }

    #[test]
    fn the_dearest_comes_first_and_what_does_not_fit_is_summed() {
        check(
            &[to("France", "0.10"), to("Spain", "0.30"), to("France", "0.05")],
            &["Spain|1|0:03:05|£0.30|1000", "France|2|0:06:10|£0.15|500"],
        );
        let many: Vec<_> = (1..=10).map(|place| to(&format!("D{place:02}"), &format!("0.{:02}", 20 - place))).collect();
        let languages = samples::languages();
        let ranking = by_destination(&many, Style::new(languages.default(), Currency::GBP)).expect("usage");
        assert_eq!(ranking.rows.len(), 9);
        let rest = &ranking.rows[8];
        assert_eq!((&*rest.name, &*rest.records, &*rest.amount, rest.is_rest), ("2 others", "2", "£0.21", true)); // 0.11 + 0.10
    }

    #[test]
    fn what_costs_nothing_is_ranked_by_records() {
        check(
            &[to("France", "0"), to("Spain", "0"), to("Spain", "0")],
            &["Spain|2|0:06:10|£0.00|1000", "France|1|0:03:05|£0.00|500"],
        );
    }

    #[test]
    fn without_usage_there_is_no_ranking() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        assert!(by_class(&samples::short(), style).is_none() && by_destination(&[], style).is_none());
    }
}
