//! A run → the head of its page: what it is, how far it is, and the figures that are read first.

use super::section::{Fact, Tile};
use super::words::{Minor, Words, change_in_percent, counted, number, share, shown};
use super::{Sources, Standing};
use crate::domain::disposition::Disposition;

/// What the run is of.
pub(super) fn facts(sources: &Sources) -> Vec<Fact> {
    let report = &sources.report;
    let mut facts = vec![
        Fact::new("invoice date", report.invoice_date.in_words()),
        Fact::new("usage before", report.usage_cutoff.in_words()),
        Fact::new("charges before", report.charge_cutoff.in_words()),
        Fact::new("for", shown(&sources.scope)),
    ];
    if let Some(before) = &sources.before {
        facts.push(Fact::new("compared with", before.words.clone()));
    }
    facts
}

/// The figures at the top.
pub(super) fn tiles(sources: &Sources, words: &Words) -> Vec<Tile> {
    let sums = &sources.billed.sums;
    let before = sources.before.as_ref().map(|before| &before.billed.sums);
    let against = |now: Minor, was: Minor| {
        let percent = change_in_percent(now - was, was);
        let percent = if percent.is_empty() { String::new() } else { format!(" ({percent})") };
        format!("{}{percent}", words.signed(now - was))
    };
    let margin = |net: Minor, cost: Minor| share(net - cost, net);
    let cost = words.minor(sums.cost);
    let tile = |label: &str, value: String, note: String| Tile { label: label.to_owned(), value, note };
    let customers = &sources.report.customers;
    let not_billed = customers.iter().filter(|customer| customer.outcome != "billed").count();
    let usage = &sources.report.usage;
    let billed = [Disposition::Billed, Disposition::Allowance, Disposition::Capped];
    let records: u64 = billed.into_iter().map(|disposition| usage.records_of(disposition)).sum();
    let margin_note = match before.map(|before| margin(before.net, words.minor(before.cost))) {
        Some(was) if !was.is_empty() => format!("{} of what is billed; {was} before", margin(sums.net, cost)),
        _ => format!("{} of what is billed", margin(sums.net, cost)),
    };
    vec![
        tile(
            "billed, ex VAT",
            words.money(sums.net),
            before.map_or_else(|| "nothing to compare with".into(), |before| against(sums.net, before.net)),
        ),
        tile("to pay, with VAT", words.money(sums.gross), format!("{} of it VAT", words.money(sums.vat))),
        tile("margin", words.money(sums.net - cost), if sums.net > 0 { margin_note } else { String::new() }),
        tile(
            "invoices",
            number(sources.billed.bills.len() as u64),
            match before {
                Some(before) => {
                    format!("{} before; {} not billed", number(before.bills), counted(not_billed as u64, "customer"))
                }
                None => format!("{} not billed", counted(not_billed as u64, "customer")),
            },
        ),
        tile(
            "usage records billed",
            number(records),
            match usage.records_of(Disposition::Suspense) {
                0 => "none in suspense".into(),
                suspense => format!("{} in suspense", number(suspense)),
            },
        ),
        tile(
            "owed by those billed",
            words.money(sums.owed_now),
            format!("{} before these invoices", words.money(sums.owed_before)),
        ),
    ]
}

/// How far the run is, and what comes next.
pub(super) fn notice(sources: &Sources) -> String {
    let run = sources.run;
    match sources.standing {
        Standing::Draft => format!(
            "This is a draft. Nothing is billed: no invoice has a number. Next: tollbook bill approve {run}, then tollbook bill post {run}."
        ),
        Standing::Approved => {
            format!("This run is approved and not posted: no invoice has a number. Next: tollbook bill post {run}.")
        }
        Standing::Posted => String::new(),
        Standing::Undone => "This run was undone: all its invoices are void. The page shows what it had billed.".into(),
    }
}
