//! Control totals and suspense of a run → where every record ended, and what cannot be billed by the money at stake (B14).

use std::collections::BTreeMap;

use super::Sources;
use super::chart::{Shown, chart};
use super::section::{Cell, Section, Table};
use super::stored::{StoredTally, StoredTotals};
use super::words::{Minor, Words, counted, number, share, shown};
use crate::domain::disposition::Disposition;
use crate::domain::money::{Currency, Sum};
use crate::report::suspense::SuspenseRow;

/// Groups in the table, and of those in the picture.
const MOST_LISTED: usize = 25;
const MOST_DRAWN: usize = 8;

/// What cannot be billed until the book or the record is mended.
pub(super) fn suspense(sources: &Sources, words: &Words) -> Section {
    let mut section = Section::new("suspense", "Usage that cannot be billed yet");
    let rows = groups(sources);
    let records = sources.report.usage.records_of(Disposition::Suspense);
    if records == 0 {
        section.say("Every usage record could be billed, or waits for a reason that is listed below.");
        return section;
    }
    let mut at_stake = Sum::<8>::default();
    match &sources.report.suspense {
        Some(report) => at_stake.merge(report.at_stake),
        None => rows.iter().for_each(|row| at_stake.merge(row.at_stake)),
    }
    section.say(format!(
        "{} could not be billed; {} is at stake, as suppliers' files state it in {}. What waits now: tollbook report billing-errors.",
        counted(records, "record"),
        words.exact(at_stake),
        sources.report.currency
    ));
    let own = sources.report.currency.to_string();
    let drawn = rows.iter().filter(|row| row.currency == own && words.minor(row.at_stake) != 0);
    let drawn = drawn.take(MOST_DRAWN).map(|row| {
        let label = match row.subject.as_str() {
            "" => shown(&row.reason),
            subject => format!("{}, {}", shown(subject), row.reason),
        };
        let value = words.exact(row.at_stake);
        let told = format!("{}, {}, {value}", row.reason, counted(row.records, "record"));
        Shown { label, value, told, amounts: vec![Some(words.minor(row.at_stake))] }
    });
    let kinds = [("main", String::new())];
    section.charts.extend(chart("chart-suspense", "Money at stake", &kinds, &drawn.collect::<Vec<_>>()));
    let columns = [">at stake", ">records", "reason", "what", "supplier", "for example"];
    let mut table = Table::new("What cannot be billed, by the money at stake", &columns);
    for row in rows.iter().take(MOST_LISTED) {
        table.push(vec![
            Currency::parse(&row.currency).map_or_else(|| words.clone(), Words::of).exact(row.at_stake).into(),
            Cell::number(row.records),
            shown(&row.reason).into(),
            shown(&row.subject).into(),
            shown(&row.supplier).into(),
            shown(&row.example).into(),
        ]);
    }
    let in_all = sources.report.suspense.as_ref().map_or(rows.len() as u64, |report| report.groups);
    if in_all > table.rows.len() as u64 {
        let listed = table.rows.len() as u64;
        table.note = format!("{} of {}.", number(listed), counted(in_all, "group"));
    }
    section.tables.push(table);
    section
}

/// As the run was kept with them; of old runs by reason alone.
fn groups(sources: &Sources) -> Vec<SuspenseRow> {
    if let Some(report) = &sources.report.suspense {
        return report.largest.clone();
    }
    let mut by_reason = BTreeMap::<&str, SuspenseRow>::new();
    for tally in sources.report.usage.out.iter().filter(|tally| tally.disposition == Disposition::Suspense.name()) {
        let reason = tally.reason.as_deref().unwrap_or_default();
        let row = by_reason.entry(reason).or_insert_with(|| SuspenseRow {
            reason: reason.to_owned(),
            subject: String::new(),
            supplier: String::new(),
            example: String::new(),
            currency: sources.report.currency.to_string(),
            records: 0,
            at_stake: Sum::default(),
        });
        row.records += tally.records;
        row.at_stake.merge(tally.cost);
    }
    let mut rows: Vec<_> = by_reason.into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.at_stake));
    rows
}

/// In = out.
pub(super) fn control(sources: &Sources, words: &Words) -> Section {
    let mut section = Section::new("control", "Where every record ended");
    let usage = &sources.report.usage;
    let (usage_agrees, said) = in_is_out(usage, "usage record", words);
    section.say(said);
    section.is_warning = !usage_agrees;
    if sources.report.billed_before > 0 {
        section.say(format!("{} were billed by earlier runs.", counted(sources.report.billed_before, "record")));
    }
    section.charts.extend(ends_chart(usage));
    section.tables.push(totals_table("Usage records", usage, words));
    let services = &sources.report.services;
    if services.records_in() > 0 {
        let (services_agree, said) = in_is_out(services, "service line", words);
        section.is_warning |= !services_agree;
        section.say(said);
        section.tables.push(totals_table("Service lines", services, words));
    }
    section
}

/// Whether what came in went out, in records, units and cost of every kind.
fn in_is_out(totals: &StoredTotals, what: &str, words: &Words) -> (bool, String) {
    let by_kind = |tallies: &[StoredTally]| {
        let mut sums = BTreeMap::<String, (u64, Sum<0>, Sum<8>)>::new();
        for tally in tallies {
            let sum = sums.entry(tally.kind.clone().unwrap_or_default()).or_default();
            sum.0 += tally.records;
            sum.1.merge(tally.units);
            sum.2.merge(tally.cost);
        }
        sums
    };
    let agrees = by_kind(&totals.came_in) == by_kind(&totals.out);
    let out: u64 = totals.out.iter().map(|tally| tally.records).sum();
    let mut cost = Sum::<8>::default();
    totals.came_in.iter().for_each(|tally| cost.merge(tally.cost));
    let came_in = counted(totals.records_in(), what);
    let said = match agrees {
        true => format!(
            "In = out: {came_in} came in and {} ended; units and what suppliers charge ({}) are the same on both sides.",
            number(out),
            words.exact(cost)
        ),
        false => format!("In is not out: {came_in} came in, {} ended. This run must not be posted.", number(out)),
    };
    (agrees, said)
}

fn ends_chart(totals: &StoredTotals) -> Option<super::chart::Chart> {
    let all = Minor::from(totals.records_in());
    let ends = Disposition::ALL.into_iter().map(|disposition| (disposition, totals.records_of(disposition)));
    let rows = ends.filter(|(_, records)| *records > 0).map(|(disposition, records)| {
        let (value, part) = (number(records), share(Minor::from(records), all));
        let told = format!("{}, {part}", counted(records, "record"));
        Shown { label: end_in_words(disposition.name()), value, told, amounts: vec![Some(Minor::from(records))] }
    });
    let rows: Vec<Shown> = rows.collect();
    chart("chart-control", "Usage records by where they ended", &[("main", String::new())], &rows)
}

/// `billed`, `rolled over`.
fn end_in_words(disposition: &str) -> String {
    shown(&disposition.replace('_', " "))
}

fn totals_table(caption: &str, totals: &StoredTotals, words: &Words) -> Table {
    let columns = ["where", "why", ">records", ">seconds", ">bytes", ">messages", ">they charge", ">we charge"];
    let mut table = Table::new(caption, &columns);
    let cells = |name: String, why: String, tallies: &[&StoredTally], is_priced: bool| {
        let mut units = [Sum::<0>::default(); 3];
        let (mut records, mut cost, mut sell) = (0, Sum::<8>::default(), Sum::<6>::default());
        for tally in tallies {
            records += tally.records;
            cost.merge(tally.cost);
            sell.merge(tally.sell);
            let place = match tally.kind.as_deref() {
                Some("voice") => 0,
                Some("data") => 1,
                Some(_) => 2,
                None => continue,
            };
            units[place].merge(tally.units);
        }
        let mut cells = vec![Cell::from(name), why.into(), Cell::number(records)];
        cells.extend(units.map(|units| match units.wide() {
            0 => Cell::default(),
            units => Cell::number(u64::try_from(units).unwrap_or(u64::MAX)),
        }));
        cells.push(words.exact(cost).into());
        cells.push(if is_priced { words.exact(sell).into() } else { Cell::default() });
        cells
    };
    let all_in: Vec<&StoredTally> = totals.came_in.iter().collect();
    table.push_total(cells("in".into(), String::new(), &all_in, false));
    for alike in totals.out.chunk_by(|a, b| (&a.disposition, &a.reason) == (&b.disposition, &b.reason)) {
        let why = alike[0].reason.as_deref().map(shown).unwrap_or_default();
        let alike_rows: Vec<&StoredTally> = alike.iter().collect();
        table.push(cells(end_in_words(&alike[0].disposition), why, &alike_rows, true));
    }
    let all_out: Vec<&StoredTally> = totals.out.iter().collect();
    table.push_total(cells("out".into(), String::new(), &all_out, true));
    table
}
