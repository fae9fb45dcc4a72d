//! This run beside the one before → where the difference comes from, and which customers moved most.

use std::collections::BTreeMap;

use super::Sources;
use super::billed::{Billed, What};
use super::chart::{Shown, chart};
use super::section::{Cell, Section, Table};
use super::words::{Minor, Words, change_in_percent, counted, number, shown};
use crate::report::run::CustomerReport;

/// Customers that moved up, and as many that moved down.
const MOST_MOVERS: usize = 10;
/// Of those in the picture.
const MOST_DRAWN: usize = 6;

/// Where the difference to before comes from; none if there is nothing before.
pub(super) fn changes(sources: &Sources, words: &Words) -> Option<Section> {
    let before = sources.before.as_ref()?;
    let mut section = Section::new("changes", "What changed");
    let bridge = Bridge::new(&sources.billed, &before.billed);
    let difference = sources.billed.sums.net - before.billed.sums.net;
    section.say(format!(
        "{} ex VAT than {}: usage {}, charges and fees {}.",
        words.more_or_less(difference),
        before.words,
        words.more_or_less(bridge.usage),
        words.more_or_less(difference - bridge.usage)
    ));
    section.tables.push(bridge.table(words, difference, before.billed.sums.net));
    let movers = Movers::new(sources);
    section.charts.extend(movers.chart(words));
    section.tables.extend(movers.table(words));
    section.tables.extend(missing(&bridge.gone, &before.billed, words));
    Some(section)
}

/// The difference, cut up.
struct Bridge<'a> {
    stayed: (u64, Minor),
    new: (u64, Minor),
    gone: BTreeMap<&'a str, Minor>,
    usage: Minor,
}

impl<'a> Bridge<'a> {
    fn new(now: &'a Billed, before: &'a Billed) -> Self {
        let (nets, mut gone) = (now.net_by_account(), before.net_by_account());
        let (mut stayed, mut new) = ((0, 0), (0, 0));
        for (account, net) in nets {
            let (place, difference) = match gone.remove(account) {
                Some(was) => (&mut stayed, net - was),
                None => (&mut new, net),
            };
            place.0 += 1;
            place.1 += difference;
        }
        let usage = |billed: &Billed| -> Minor {
            billed.of.iter().filter(|(what, _)| matches!(what, What::Usage(_))).map(|(_, sums)| sums.net).sum()
        };
        Self { stayed, new, gone, usage: usage(now) - usage(before) }
    }

    fn table(&self, words: &Words, difference: Minor, before: Minor) -> Table {
        let mut table =
            Table::new("Where the change comes from", &["customers", ">how many", ">change", ">in percent"]).open();
        let gone: Minor = self.gone.values().sum();
        let rows = [
            ("billed then and now", self.stayed.0, self.stayed.1),
            ("billed now, not then", self.new.0, self.new.1),
            ("billed then, not now", self.gone.len() as u64, -gone),
        ];
        for (name, customers, change) in rows {
            let percent = change_in_percent(change, before);
            table.push(vec![name.into(), Cell::number(customers), Cell::change(words, change), percent.into()]);
        }
        let percent = change_in_percent(difference, before);
        let customers = rows.iter().map(|row| row.1).sum();
        table.push_total(vec![
            "in all".into(),
            Cell::number(customers),
            Cell::change(words, difference),
            percent.into(),
        ]);
        table
    }
}

/// Customers with an invoice before, by how their bill differs from it.
struct Movers<'a> {
    up: Vec<Mover<'a>>,
    down: Vec<Mover<'a>>,
    moved: usize,
}

struct Mover<'a> {
    customer: &'a CustomerReport,
    change: Minor,
}

impl<'a> Movers<'a> {
    fn new(sources: &'a Sources) -> Self {
        let foreign = sources.billed.bills.iter().filter(|bill| bill.currency != sources.report.currency);
        let foreign: std::collections::BTreeSet<&str> = foreign.map(|bill| bill.account.as_str()).collect();
        let moved = sources.report.customers.iter().filter_map(|customer| {
            let change = Minor::from(customer.change?.net.money.minor());
            let is_ours = change != 0 && !foreign.contains(customer.account.as_str());
            is_ours.then_some(Mover { customer, change })
        });
        let (mut up, mut down): (Vec<_>, Vec<_>) = moved.partition(|mover| mover.change > 0);
        let moved = up.len() + down.len();
        up.sort_by_key(|mover| std::cmp::Reverse(mover.change));
        down.sort_by_key(|mover| mover.change);
        up.truncate(MOST_MOVERS);
        down.truncate(MOST_MOVERS);
        Self { up, down, moved }
    }

    fn chart(&self, words: &Words) -> Option<super::chart::Chart> {
        let movers = self.up.iter().take(MOST_DRAWN).chain(self.down.iter().take(MOST_DRAWN).rev());
        let rows = movers.map(|Mover { customer, change }| {
            let value = words.signed(*change);
            Shown { label: shown(&customer.name), told: value.clone(), value, amounts: vec![Some(*change)] }
        });
        chart("chart-movers", "Who moved most", &[("both", String::new())], &rows.collect::<Vec<_>>())
    }

    fn table(&self, words: &Words) -> Option<Table> {
        if self.moved == 0 {
            return None;
        }
        let columns =
            ["account", "name", "last invoice", ">then", ">now", ">change", ">in percent", ">of usage", ">of charges"];
        let mut table = Table::new("Customers that moved most", &columns);
        for Mover { customer, change } in self.up.iter().chain(self.down.iter().rev()) {
            let (Some(last), Some(parts)) = (&customer.last, customer.change) else { continue };
            let minor = |amount: crate::domain::bill::Amount| Minor::from(amount.money.minor());
            let then = minor(last.parts.net);
            table.push(vec![
                shown(&customer.account).into(),
                shown(&customer.name).into(),
                format!("{} of {}", shown(&last.number), last.date).into(),
                words.money(then).into(),
                words.money(then + change).into(),
                Cell::change(words, *change),
                change_in_percent(*change, then).into(),
                Cell::change(words, minor(parts.usage)),
                Cell::change(words, minor(parts.charges)),
            ]);
        }
        let listed = table.rows.len();
        if self.moved > listed {
            table.note = format!(
                "{} of {} whose bill differs from their last invoice; tollbook bill show lists all.",
                number(listed as u64),
                counted(self.moved as u64, "customer")
            );
        }
        Some(table)
    }
}

/// Who was billed before and is not now.
fn missing(gone: &BTreeMap<&str, Minor>, before: &Billed, words: &Words) -> Option<Table> {
    if gone.is_empty() {
        return None;
    }
    let names: BTreeMap<&str, &str> =
        before.bills.iter().map(|bill| (bill.account.as_str(), bill.name.as_str())).collect();
    let mut gone: Vec<(&str, Minor)> = gone.iter().map(|(account, net)| (*account, *net)).collect();
    gone.sort_by_key(|(_, net)| std::cmp::Reverse(*net));
    let mut table = Table::new("Billed then, not now", &["account", "name", ">billed then"]);
    for (account, net) in gone.iter().take(MOST_MOVERS) {
        let name = names.get(account).copied().unwrap_or_default();
        table.push(vec![shown(account).into(), shown(name).into(), words.money(*net).into()]);
    }
    if let Some(rest) = gone.get(MOST_MOVERS..).filter(|rest| !rest.is_empty()) {
        let sum = rest.iter().map(|(_, net)| net).sum();
        table.push(vec![format!("{} more", rest.len()).into(), "".into(), words.money(sum).into()]);
    }
    Some(table)
}
