//! New cells of some customers → one change of the book, all of it or nothing (K7), and what is said about it. The one way in
//! which columns of customers change by hand; who is meant and what is to change comes from the commands beside.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::book::{Table, TableRow, Tables};
use crate::commands::book::apply_rows;
use crate::commands::selection::{cell_of, status_of};
use crate::commands::{Global, say};
use crate::domain::customer::Status;
use crate::error::{Error, Result, counted};
use crate::ledger::LedgerWriter;
use crate::report::screen::table;
use crate::workspace::Workspace;

/// Canonical cells by column; none for a blank one.
pub(super) type Cells = BTreeMap<String, Option<String>>;

/// What a customer is to become: its place in the table of customers, and the new cells.
pub(super) type Wanted = (usize, Cells);

/// A customer that is different now.
#[derive(Serialize)]
pub(super) struct ChangedCustomer {
    pub account: String,
    pub changes: Vec<Changed>,
    /// What follows from it.
    pub follows: Vec<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Changed {
    pub column: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Changes customers, all or none; gives those that are different then. The whole book is checked as it would become.
///
/// # Errors
/// Everything that stands against it, of all customers at once.
pub(super) fn change_customers(
    global: &Global,
    workspace: &Workspace,
    ledger: &mut LedgerWriter,
    tables: Tables,
    wanted: &[Wanted],
) -> Result<Vec<ChangedCustomer>> {
    let customers = tables.get("customers");
    refuse_statuses(ledger, customers, wanted)?;
    let (mut changed, mut rows) = (Vec::new(), Vec::new());
    for (place, cells) in wanted {
        let row = &customers.rows[*place];
        let changes = differences(customers, row, cells);
        if changes.is_empty() {
            continue;
        }
        let account = cell_of(customers, row, "account").unwrap_or("").to_owned();
        let before = status_of(cell_of(customers, row, "status").unwrap_or(""));
        changed.push(ChangedCustomer { account, follows: consequences(before, &changes), changes });
        rows.push((*place, cells));
    }
    if !rows.is_empty() {
        let mut new = Tables::new();
        *new.get_mut("customers") = changed_rows(customers, &rows);
        apply_rows(workspace, ledger, tables, &new, global.dry_run)?;
    }
    Ok(changed)
}

fn differences(customers: &Table, row: &TableRow, cells: &Cells) -> Vec<Changed> {
    let changes = cells.iter().map(|(column, after)| Changed {
        column: column.clone(),
        before: cell_of(customers, row, column).map(str::to_owned),
        after: after.clone(),
    });
    changes.filter(|changed| changed.before != changed.after).map(Changed::without_secret).collect()
}

impl Changed {
    /// Of a secret only that there is one.
    fn without_secret(self) -> Self {
        if self.column != "pdf_password" {
            return self;
        }
        let masked = |cell: Option<String>| cell.map(|_| "•••".to_owned());
        Self { before: masked(self.before), after: masked(self.after), ..self }
    }
}

/// The rows as they become. A column of the reseller's own may be new (K9).
fn changed_rows(customers: &Table, rows: &[(usize, &Cells)]) -> Table {
    let is_own = |name: &&String| name.starts_with("x_");
    let own = rows.iter().flat_map(|(_, cells)| cells.keys().filter(is_own));
    let own: BTreeSet<String> = own.chain(&customers.extra_columns).cloned().collect();
    let mut changed = Table::new(customers.schema);
    changed.extra_columns = own.into_iter().collect();
    let columns: Vec<(String, Option<usize>)> = changed
        .column_names()
        .map(|name| (name.to_owned(), customers.column_names().position(|known| known == name)))
        .collect();
    for (place, cells) in rows {
        let before = &customers.rows[*place];
        let cell = |(name, place): &(String, Option<usize>)| match cells.get(name) {
            Some(cell) => cell.as_deref(),
            None => place.and_then(|place| before.cells.get(place)),
        };
        changed.rows.push(TableRow { line: 0, cells: columns.iter().map(cell).collect() });
    }
    changed
}

/// B3: what is set by hand is whether invoices are made; leaving and coming back are commands of their own.
fn refuse_statuses(ledger: &LedgerWriter, customers: &Table, wanted: &[Wanted]) -> Result<()> {
    let mut refused = Vec::new();
    for (place, cells) in wanted {
        let Some(word) = cells.get("status") else { continue };
        let to = status_of(word.as_deref().unwrap_or(""));
        let row = &customers.rows[*place];
        let account = cell_of(customers, row, "account").unwrap_or("");
        let from = status_of(cell_of(customers, row, "status").unwrap_or(""));
        let was_billed = to == Status::Cancelled && !ledger.account_states(account, account)?.is_empty();
        if let Some((why, hint)) = status_refusal(from, to, was_billed) {
            refused.push((format!("{account} cannot become {} by hand: {why}", to.name()), hint));
        }
    }
    match refused.as_slice() {
        [] => Ok(()),
        [(message, hint)] => Err(Error::refused(message.clone(), *hint)),
        several => {
            let count = counted(several.len() as u64, "customer");
            let lines: Vec<String> = several.iter().map(|(message, hint)| format!("{message} — {hint}")).collect();
            let message = format!("{count} cannot change so; nothing was changed\n  {}", lines.join("\n  "));
            Err(Error::refused(message, "leave them out: `tollbook customer list --status …` shows who stands how"))
        }
    }
}

/// Why a status cannot become another one by hand, and what to do; none if it can.
fn status_refusal(from: Status, to: Status, was_billed: bool) -> Option<(String, &'static str)> {
    match (from, to) {
        (from, to) if from == to => None,
        (Status::FinalBill | Status::Dropped | Status::Cancelled, _) => {
            Some((format!("it is {}", from.name()), "bring it back with `tollbook customer reinstate`"))
        }
        (_, Status::FinalBill) => Some(("a date and ends go with it".into(), "use `tollbook customer final-bill`")),
        (_, Status::Dropped) => Some(("a date and ends go with it".into(), "use `tollbook customer drop`")),
        (_, Status::Cancelled) if was_billed => Some((
            "it was billed, and cancelled is who never began".into(),
            "use `tollbook customer final-bill`, or drop",
        )),
        _ => None,
    }
}

/// What a person may not expect of a change.
fn consequences(before: Status, changes: &[Changed]) -> Vec<&'static str> {
    let changes = |column: &str| changes.iter().find(|change| change.column == column);
    let mut follows = Vec::new();
    if let Some(change) = changes("status") {
        let after = status_of(change.after.as_deref().unwrap_or(""));
        follows.push(match (before, after) {
            (_, Status::Active) => "the next run bills it again, with all that waited",
            (_, Status::ActiveDoNotBill) => "charges and usage go on, no invoice is made; all of it waits",
            (_, Status::Suspended) => "no invoice is made; usage and charges wait until it is active again",
            (_, Status::Cancelled) => "nothing of it is billed any more; its lines stay in the book",
            _ => "its lines, charges and allowances stay as they are",
        });
    }
    if changes("vat_code").or(changes("vat_code_calls")).or(changes("vat_exempt")).is_some() {
        follows.push("the VAT of what is unbilled changes, that of posted invoices does not (V4)");
    }
    if changes("group").or(changes("billing_day")).is_some() {
        follows.push("the periods of its caps and allowances may change");
    }
    follows
}

/// What was done to several customers, for people and machines.
#[derive(Serialize)]
struct Report<'r> {
    dry_run: bool,
    /// Who is different now.
    customers: &'r [ChangedCustomer],
    /// How many of those chosen were so already.
    unchanged: usize,
}

/// Shows what was done to the customers chosen.
pub(super) fn show_changes(global: &Global, customers: &[ChangedCustomer], chosen: usize) -> Result<()> {
    let report = Report { dry_run: global.dry_run, customers, unchanged: chosen - customers.len() };
    global.show(&report, || in_words(customers))?;
    let would = if global.dry_run { "would change" } else { "changed" };
    let already = match report.unchanged {
        0 => String::new(),
        1 => "; 1 was so already".to_owned(),
        several => format!("; {several} were so already"),
    };
    say(&match customers.len() {
        0 => format!("{} so already: nothing changed", if chosen == 1 { "1 customer is" } else { "all are" }),
        count => format!("{would} {}{already}", counted(count as u64, "customer")),
    });
    Ok(())
}

fn in_words(customers: &[ChangedCustomer]) -> String {
    if customers.is_empty() {
        return String::new();
    }
    let rows = customers.iter().flat_map(|customer| {
        customer.changes.iter().map(|change| {
            vec![customer.account.clone(), change.column.clone(), shown(&change.before), shown(&change.after)]
        })
    });
    let follows: BTreeSet<&str> = customers.iter().flat_map(|customer| customer.follows.iter().copied()).collect();
    let follows: String = follows.iter().map(|line| format!("{line}\n")).collect();
    table(&["account", "column", "before", "after"], &[], rows) + &follows
}

/// A cell as a person reads it.
pub(super) fn shown(cell: &Option<String>) -> String {
    cell.clone().unwrap_or_else(|| "(blank)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand_a_status_moves_among_those_who_are_there_b3() {
        use Status::{Active, ActiveDoNotBill, Cancelled, Dropped, FinalBill, Suspended};
        let check = |from: Status, to: Status, was_billed: bool, expected: Option<&str>| {
            let found = status_refusal(from, to, was_billed).map(|(why, _)| why);
            assert_eq!(found.as_deref(), expected, "{from:?} → {to:?}");
        };
        check(Active, Suspended, true, None);
        check(Suspended, Active, true, None);
        check(Active, ActiveDoNotBill, true, None);
        check(Dropped, Dropped, true, None);
        check(Active, Cancelled, false, None);
        check(Active, Cancelled, true, Some("it was billed, and cancelled is who never began"));
        check(Dropped, Active, true, Some("it is dropped"));
        check(FinalBill, Suspended, true, Some("it is final_bill"));
        check(Cancelled, Active, false, Some("it is cancelled"));
        check(Active, FinalBill, true, Some("a date and ends go with it"));
        check(Suspended, Dropped, true, Some("a date and ends go with it"));
    }
}
