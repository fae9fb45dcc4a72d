//! Sums by class and category, now and before → what was billed, and what it leaves over what it costs us.

use std::collections::BTreeMap;

use super::Sources;
use super::billed::{BilledInvoice, BilledWhat, What};
use super::chart::{Shown, chart};
use super::section::{Cell, Section, Table};
use super::words::{Minor, Words, change_in_percent, counted, cut, share, shown};

/// Classes, and categories, that are listed; a book may have any number of categories.
const MOST_LISTED: usize = 40;
/// Rows of a picture.
const MOST_DRAWN: usize = 12;
/// Customers with the lowest margins.
const MOST_CUSTOMERS: usize = 10;

/// One class or category.
struct Line {
    name: String,
    group: &'static str,
    now: BilledWhat,
    before: Option<BilledWhat>,
}

/// What was billed by class and category, against before.
pub(super) fn billed(sources: &Sources, words: &Words) -> Section {
    let mut section = Section::new("billed", "What was billed");
    let lines = lines(sources);
    if lines.is_empty() {
        section.say("Nothing was billed.");
        return section;
    }
    let before_words = sources.before.as_ref().map(|before| before.words.as_str());
    section.say(match before_words {
        Some(before) => format!("By class of usage and category of charges, ex VAT, against {before}."),
        None => "By class of usage and category of charges, ex VAT. There is nothing before to compare it with.".into(),
    });
    let mut largest: Vec<&Line> = lines.iter().collect();
    largest.sort_by_key(|line| std::cmp::Reverse(line.now.net.max(line.net_before())));
    let drawn = largest.iter().take(MOST_DRAWN).map(|line| {
        let value = words.money(line.now.net);
        let before = line.before.map(|before| before.net);
        let told = before.map_or(value.clone(), |before| format!("{value}, before {}", words.money(before)));
        Shown { label: line.name.clone(), value, told, amounts: vec![Some(line.now.net), before] }
    });
    let mut kinds = vec![("main", "this run".to_owned())];
    kinds.extend(before_words.map(|before| ("other", cut(before, 60))));
    let title = titled("Billed by class and category", lines.len());
    section.charts.extend(chart("chart-billed", &title, &kinds, &drawn.collect::<Vec<_>>()));
    section.tables.push(billed_table(sources, words, &lines, before_words.is_some()));
    section
}

/// A picture does not show all rows.
fn titled(title: &str, rows: usize) -> String {
    if rows > MOST_DRAWN { format!("{title}: the {MOST_DRAWN} largest") } else { title.to_owned() }
}

fn billed_table(sources: &Sources, words: &Words, lines: &[Line], compared: bool) -> Table {
    let columns = ["what", ">billed", ">before", ">change", ">in percent", ">calls or lines"];
    let columns = if compared { &columns[..] } else { &["what", ">billed", ">calls or lines"] };
    let mut table = Table::new("Billed by class and category", columns).open();
    let cells = |name: String, lines: &[Line]| {
        let net: Minor = lines.iter().map(|line| line.now.net).sum();
        let mut cells: Vec<Cell> = vec![name.into(), words.money(net).into()];
        if compared {
            let before: Minor = lines.iter().map(Line::net_before).sum();
            cells.extend([words.money(before).into(), Cell::change(words, net - before)]);
            cells.push(change_in_percent(net - before, before).into());
        }
        let count: i128 = lines.iter().map(|line| line.now.count).sum();
        cells.push(Cell::number(u64::try_from(count).unwrap_or_default()));
        cells
    };
    for alike in lines.chunk_by(|a, b| a.group == b.group) {
        let listed = if alike.len() > MOST_LISTED { MOST_LISTED - 1 } else { alike.len() };
        alike[..listed].iter().for_each(|line| table.push(cells(line.name.clone(), std::slice::from_ref(line))));
        if listed < alike.len() {
            table.push(cells(format!("{} more", alike.len() - listed), &alike[listed..]));
        }
        if alike.len() > 1 {
            table.push_total(cells(format!("all {}", alike[0].group), alike));
        }
    }
    table.push_total(cells("in all".to_owned(), lines));
    table.note = other_currencies(sources);
    table
}

impl Line {
    fn net_before(&self) -> Minor {
        self.before.map_or(0, |before| before.net)
    }
}

/// Bills in other currencies are in no sum.
fn other_currencies(sources: &Sources) -> String {
    let others = sources.billed.others.iter().map(|(code, other)| {
        let words = crate::domain::money::Currency::parse(code).map(Words::of);
        let net = words.map(|words| words.money(other.net)).unwrap_or_default();
        format!("{} in {code}: {net} ex VAT", counted(other.bills, "bill"))
    });
    let others: Vec<String> = others.collect();
    if others.is_empty() { String::new() } else { format!("Not in these sums: {}.", others.join("; ")) }
}

/// What is left over what it costs.
pub(super) fn margin(sources: &Sources, words: &Words) -> Section {
    let mut section = Section::new("margin", "Margin");
    let sums = &sources.billed.sums;
    let cost = words.minor(sums.cost);
    let left = sums.net - cost;
    section.say(format!(
        "{} of {} billed ex VAT is left over what suppliers charge ({}).",
        words.money(left),
        words.money(sums.net),
        words.money(cost)
    ));
    if sums.without_cost != 0 {
        section.say(format!(
            "{} of it was billed on lines that no cost is known of: neither the book nor a supplier's file states one. \
             They count as margin.",
            words.money(sums.without_cost)
        ));
    }
    let mut lines = lines(sources);
    lines.retain(|line| line.now.net != 0 || line.now.cost.wide() != 0);
    let mut largest: Vec<&Line> = lines.iter().collect();
    largest.sort_by_key(|line| std::cmp::Reverse(line.now.net));
    let drawn = largest.iter().take(MOST_DRAWN).map(|line| {
        let cost = words.minor(line.now.cost);
        let left = share(line.now.net - cost, line.now.net);
        let told = format!("billed {}, cost {}, margin {left}", words.money(line.now.net), words.money(cost));
        let value = if cost == 0 { "no cost known".to_owned() } else { left };
        Shown { label: line.name.clone(), value, told, amounts: vec![Some(line.now.net), Some(cost)] }
    });
    let kinds = [("main", "billed".to_owned()), ("other", "cost".to_owned())];
    let (title, drawn) = (titled("Billed and what it costs", lines.len()), drawn.collect::<Vec<Shown>>());
    section.charts.extend(chart("chart-margin", &title, &kinds, &drawn));
    section.tables.push(margin_table(words, &lines));
    section.tables.extend(lowest_margins(sources, words));
    section
}

fn margin_table(words: &Words, lines: &[Line]) -> Table {
    let columns = ["what", ">billed", ">cost", ">margin", ">margin in percent", ">percent before"];
    let mut table = Table::new("Margin by class and category", &columns);
    let cells = |name: &str, now: BilledWhat, before: Option<BilledWhat>| {
        let percent = |of: BilledWhat| share(of.net - words.minor(of.cost), of.net);
        let cost = words.minor(now.cost);
        vec![
            name.into(),
            words.money(now.net).into(),
            words.money(cost).into(),
            Cell::margin(words, now.net - cost),
            percent(now).into(),
            before.map(percent).unwrap_or_default().into(),
        ]
    };
    lines.iter().take(MOST_LISTED).for_each(|line| table.push(cells(&line.name, line.now, line.before)));
    let sum = |of: &dyn Fn(&Line) -> Option<BilledWhat>| {
        lines.iter().filter_map(of).fold(BilledWhat::default(), |mut sum, part| {
            sum.net += part.net;
            sum.cost.merge(part.cost);
            sum
        })
    };
    let before = lines.iter().any(|line| line.before.is_some()).then(|| sum(&|line| line.before));
    table.push_total(cells("in all", sum(&|line| Some(line.now)), before));
    table
}

/// The customers that leave the least for what they are billed.
fn lowest_margins(sources: &Sources, words: &Words) -> Option<Table> {
    let of_currency = sources.billed.bills.iter().filter(|bill| bill.currency == sources.report.currency);
    let left = |bill: &BilledInvoice| bill.net - words.minor(bill.cost);
    let mut bills: Vec<&BilledInvoice> = of_currency.filter(|bill| bill.cost.wide() != 0).collect();
    // By share: a / b < c / d without dividing; what is billed at nothing or less comes first.
    bills.sort_by(|a, b| match (a.net > 0, b.net > 0) {
        (true, true) => (left(a) * b.net).cmp(&(left(b) * a.net)),
        (false, false) => left(a).cmp(&left(b)),
        (a, b) => a.cmp(&b),
    });
    if bills.is_empty() {
        return None;
    }
    let columns = ["account", "name", ">billed", ">cost", ">margin", ">in percent"];
    let mut table = Table::new("Customers with the lowest margins", &columns);
    for bill in bills.into_iter().take(MOST_CUSTOMERS) {
        table.push(vec![
            shown(&bill.account).into(),
            shown(&bill.name).into(),
            words.money(bill.net).into(),
            words.exact(bill.cost).into(),
            Cell::margin(words, left(bill)),
            share(left(bill), bill.net).into(),
        ]);
    }
    Some(table)
}

/// The largest first, within usage, charges and fees.
fn lines(sources: &Sources) -> Vec<Line> {
    let empty = BTreeMap::new();
    let before = sources.before.as_ref().map(|before| &before.billed.of);
    let all = sources.billed.of.keys().chain(before.unwrap_or(&empty).keys());
    let mut all: Vec<&What> = all.collect();
    all.sort();
    all.dedup();
    let of = |sums: &BTreeMap<What, BilledWhat>, what: &What| sums.get(what).copied().unwrap_or_default();
    let mut lines: Vec<Line> = all
        .into_iter()
        .map(|what| Line {
            name: shown(what.name()),
            group: what.group(),
            now: of(&sources.billed.of, what),
            before: before.map(|sums| of(sums, what)),
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.now.net));
    lines.sort_by_key(|line| ["usage", "charges", "fees"].iter().position(|group| *group == line.group));
    lines
}
