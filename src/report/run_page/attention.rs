//! Flags, parked customers and those that got no bill → what a person should look at, with the reasons (B3, B5, B15, B16).

use std::collections::BTreeMap;

use super::section::{Cell, Section, Table};
use super::words::{Minor, Words, counted, number, shown};
use super::{Sources, Standing};
use crate::report::flags::FlagReport;
use crate::report::run::CustomerReport;

/// Rows of each list; the others are counted.
const MOST_LISTED: usize = 50;

/// What was flagged and who was parked.
pub(super) fn attention(sources: &Sources) -> Section {
    let mut section = Section::new("attention", "To be looked at");
    let standing = sources.flags.iter().filter(|flag| flag.acknowledged.is_none()).count();
    let parked: Vec<&CustomerReport> = sources.report.customers.iter().filter(|customer| is_parked(customer)).collect();
    if sources.flags.is_empty() && parked.is_empty() {
        section.say("Nothing about this run is unusual, and no customer was parked.");
        return section;
    }
    section.is_warning = standing > 0 || !parked.is_empty();
    let mut found = Vec::new();
    if !sources.flags.is_empty() {
        let seen = sources.flags.len() - standing;
        let flags = counted(sources.flags.len() as u64, "flag");
        found.push(match seen {
            0 => flags,
            _ => format!("{flags}, {} of them acknowledged", number(seen as u64)),
        });
    }
    if !parked.is_empty() {
        found.push(format!("{} parked by an error", counted(parked.len() as u64, "customer")));
    }
    section.say(format!("{}.", found.join("; ")));
    section.tables.extend(flag_table(sources));
    section.tables.extend(parked_table(&parked));
    if sources.standing == Standing::Draft && standing > 0 {
        let run = sources.run;
        section.say(format!("Whoever has looked says so: tollbook bill acknowledge {run} --reason TEXT."));
    }
    section
}

pub(super) fn is_parked(customer: &CustomerReport) -> bool {
    customer.outcome.starts_with("parked")
}

fn flag_table(sources: &Sources) -> Option<Table> {
    if sources.flags.is_empty() {
        return None;
    }
    let names: BTreeMap<&str, &str> =
        sources.report.customers.iter().map(|customer| (customer.account.as_str(), customer.name.as_str())).collect();
    let mut table = Table::new("Flagged", &["account", "name", "flag", "why", "acknowledged"]).open();
    // What nobody has looked at stands first.
    let (standing, seen): (Vec<&FlagReport>, Vec<_>) =
        sources.flags.iter().partition(|flag| flag.acknowledged.is_none());
    let all: Vec<&FlagReport> = standing.into_iter().chain(seen).collect();
    for flag in all.iter().take(MOST_LISTED) {
        let account = if flag.account.is_empty() { "the run".into() } else { shown(&flag.account) };
        let name = names.get(flag.account.as_str()).copied().unwrap_or_default();
        table.push(vec![
            account.into(),
            shown(name).into(),
            shown(&flag.flag.replace('_', " ")).into(),
            shown(&flag.detail).into(),
            flag.acknowledged.as_deref().map(shown).unwrap_or_else(|| "no".into()).into(),
        ]);
    }
    table.note = more(all.len());
    Some(table)
}

fn parked_table(parked: &[&CustomerReport]) -> Option<Table> {
    if parked.is_empty() {
        return None;
    }
    let mut table = Table::new("Parked: an error took them out of the run", &["account", "name", "why"]).open();
    for customer in parked.iter().take(MOST_LISTED) {
        let why = customer.outcome.trim_start_matches("parked: ");
        table.push(vec![shown(&customer.account).into(), shown(&customer.name).into(), shown(why).into()]);
    }
    table.note = more(parked.len());
    Some(table)
}

fn more(all: usize) -> String {
    if all <= MOST_LISTED {
        return String::new();
    }
    format!("{} of {}; tollbook bill show lists all.", MOST_LISTED, number(all as u64))
}

/// Who got no bill, by why.
pub(super) fn not_billed(sources: &Sources, words: &Words) -> Section {
    let mut section = Section::new("not-billed", "Not billed");
    let others =
        sources.report.customers.iter().filter(|customer| customer.outcome != "billed" && !is_parked(customer));
    let others: Vec<&CustomerReport> = others.collect();
    if others.is_empty() {
        section.say("Every customer of the run got a bill, but for those parked.");
        return section;
    }
    let mut by_outcome = BTreeMap::<&str, (u64, Minor)>::new();
    for customer in &others {
        let (count, waits) = by_outcome.entry(customer.outcome.as_str()).or_default();
        *count += 1;
        *waits += waiting(customer).unwrap_or_default();
    }
    let all = counted(others.len() as u64, "customer");
    section.say(format!("{all} got no bill. What they used and what they are charged waits, unless they are gone."));
    let mut table =
        Table::new("Not billed, by reason", &["reason", ">customers", ">waits for the next invoice"]).open();
    for (outcome, (count, waits)) in &by_outcome {
        let waits = if *waits == 0 { String::new() } else { words.money(*waits) };
        table.push(vec![shown(outcome).into(), Cell::number(*count), waits.into()]);
    }
    section.tables.push(table);
    let mut table = Table::new("Who was not billed", &["account", "name", "reason", ">would have been"]);
    for customer in others.iter().take(MOST_LISTED) {
        let would = waiting(customer).map(|net| words.money(net)).unwrap_or_default();
        table.push(vec![
            shown(&customer.account).into(),
            shown(&customer.name).into(),
            shown(&customer.outcome).into(),
            would.into(),
        ]);
    }
    table.note = more(others.len());
    section.tables.push(table);
    section
}

/// What a rolled-over bill would have been (B8).
fn waiting(customer: &CustomerReport) -> Option<Minor> {
    customer.net.map(|net| Minor::from(net.money.minor()))
}
