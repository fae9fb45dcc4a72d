//! Entries with what they pay → a table and JSON.

use serde::Serialize;

use super::Global;
use crate::commands::form::FormReport;
use crate::domain::money::Money;
use crate::domain::time::Date;
use crate::error::Result;
use crate::ledger::{AccountEntry, EntryKind, Ledger, Settled, StoredAllocation};
use crate::report::screen::{amount, table};

/// An entry, as it is shown.
#[derive(Serialize)]
struct Shown {
    entry: i64,
    account: String,
    kind: &'static str,
    date: Date,
    /// Without a sign: the kind says which way it went.
    amount: String,
    currency: String,
    reference: Option<String>,
    method: Option<String>,
    note: Option<String>,
    reverses: Option<i64>,
    reversed_by: Option<i64>,
    against: Vec<Against>,
    /// What is not used of it, or not paid.
    left: String,
}

/// An entry on the other side.
#[derive(Serialize)]
struct Against {
    entry: i64,
    of: String,
    invoice: Option<String>,
    amount: String,
}

impl Shown {
    fn of(settled: &Settled) -> Self {
        let Settled { entry, against } = settled;
        let currency = entry.currency;
        let magnitude = if entry.is_debt() { entry.amount } else { entry.amount.negated().unwrap_or_default() };
        let against = against.iter().map(|(other, amount)| Against {
            entry: other.id,
            of: other.title(),
            invoice: other.invoice.clone().filter(|_| other.kind == EntryKind::Invoice),
            amount: amount.format(currency),
        });
        Self {
            entry: entry.id,
            account: entry.account.clone(),
            kind: entry.kind.name(),
            date: entry.date,
            amount: magnitude.format(currency),
            currency: currency.to_string(),
            reference: entry.reference.clone(),
            method: entry.method.clone(),
            note: entry.note.clone(),
            reverses: entry.reverses,
            reversed_by: entry.reversed_by,
            against: against.collect(),
            left: entry.open.format(currency),
        }
    }

    fn cells(&self) -> Vec<String> {
        let against = self.against.iter().map(|one| format!("{} {}", one.of, amount(&one.amount)));
        let kind = self.kind.replace('_', "-");
        vec![
            self.entry.to_string(),
            self.account.clone(),
            self.date.to_string(),
            if self.reversed_by.is_some() { format!("{kind}, reversed") } else { kind },
            self.reference.clone().unwrap_or_default(),
            amount(&self.amount),
            amount(&self.left),
            against.collect::<Vec<_>>().join("; "),
        ]
    }
}

/// Shows entries that a command made or would make.
pub(in crate::commands) fn show_settled(global: &Global, settled: &[Settled]) -> Result<()> {
    let shown: Vec<Shown> = settled.iter().map(Shown::of).collect();
    global.show(&shown, || in_words(&shown))?;
    if global.dry_run {
        super::say("dry run: nothing was changed");
    }
    Ok(())
}

/// What a form of payments did or would do.
#[derive(Serialize)]
struct Entered<'e> {
    #[serde(flatten)]
    form: &'e FormReport<'e>,
    payments: Vec<Shown>,
}

/// Shows a form of payments with the entries that it made or would make.
pub(super) fn show_entered(global: &Global, form: &FormReport<'_>, settled: &[Settled], all: bool) -> Result<()> {
    let entered = Entered { form, payments: settled.iter().map(Shown::of).collect() };
    global.show(&entered, || format!("{}{}", form.in_words(all), in_words(&entered.payments)))?;
    if global.dry_run {
        super::say("dry run: nothing was changed");
    }
    Ok(())
}

fn in_words(shown: &[Shown]) -> String {
    if shown.is_empty() {
        return String::new();
    }
    let header = ["entry", "account", "date", "kind", "reference", "amount", "left", "pays, or is paid by"];
    table(&header, &[0, 5, 6], shown.iter().map(Shown::cells))
}

/// Lists the entries that are no invoices, credit notes or opening balances.
pub(super) fn list(global: &Global, ledger: &Ledger, account: Option<&str>) -> Result<()> {
    let entries = match account {
        Some(account) => ledger.entries(account)?,
        None => ledger.all_entries(None)?,
    };
    let mut shown = Vec::new();
    for of_account in entries.chunk_by(|a, b| a.account == b.account) {
        let allocations = ledger.allocations(&of_account[0].account)?;
        let moved = of_account.iter().filter(|entry| is_movement(entry.kind));
        shown.extend(moved.map(|entry| Shown::of(&settled(entry, of_account, &allocations))));
    }
    global.show(&shown, || in_words(&shown))
}

fn is_movement(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Payment | EntryKind::Refund | EntryKind::WriteOff | EntryKind::Reversal)
}

fn settled(entry: &AccountEntry, entries: &[AccountEntry], allocations: &[StoredAllocation]) -> Settled {
    let other = |made: &StoredAllocation| match entry.id {
        id if made.credit == id => Some((made.debt, made.amount)),
        id if made.debt == id => Some((made.credit, made.amount)),
        _ => None,
    };
    let find = |(id, amount): (i64, Money)| Some((entries.iter().find(|entry| entry.id == id)?.clone(), amount));
    Settled { entry: entry.clone(), against: allocations.iter().filter_map(other).filter_map(find).collect() }
}
