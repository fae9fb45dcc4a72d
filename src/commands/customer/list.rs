//! `customer list` and `customer show`: the book's customers with their lines, charges and balance. Changes nothing.

use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;

use super::missing;
use crate::book::{Tables, compile};
use crate::commands::Global;
use crate::commands::selection::{Selection, cell_of, cells_of, split_tags};
use crate::domain::time::Date;
use crate::error::Result;
use crate::ledger::Life;
use crate::report::screen::{amount, table};
use crate::workspace::{Workspace, refuse_book};

/// Whom to list.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    selection: Selection,
}

#[derive(Serialize)]
struct Listed {
    account: String,
    name: String,
    status: &'static str,
    organisation: String,
    group: String,
    clis: usize,
    balance: String,
    tags: Vec<String>,
}

/// The customers chosen by their places in their table, which are also their ids.
fn listed(workspace: &Workspace, choose: impl FnOnce(&Tables) -> Result<BTreeSet<usize>>) -> Result<Vec<Listed>> {
    let ledger = workspace.ledger()?;
    let tables = workspace.tables(&ledger)?;
    let chosen = choose(&tables)?;
    let book = compile(&tables, &workspace.settings).map_err(|errors| refuse_book(&errors))?;
    let table = tables.get("customers");
    let tags = |place: usize| table.rows.get(place).and_then(|row| cell_of(table, row, "tags")).unwrap_or("");
    let mut clis = vec![0; book.customers.len()];
    book.clis.iter().for_each(|cli| clis[cli.customer.index()] += 1);
    let rows = book.customers.iter().zip(clis).enumerate().filter(|(place, _)| chosen.contains(place));
    let rows = rows.map(|(place, (customer, clis))| {
        Ok(Listed {
            tags: split_tags(tags(place)).map(str::to_owned).collect(),
            account: customer.account.clone(),
            name: customer.name.clone(),
            status: customer.status.name(),
            organisation: book.organisations[customer.organisation.index()].code.clone(),
            group: book.groups[customer.group.index()].code.clone(),
            clis,
            balance: ledger.balance(&customer.account)?.format(customer.currency),
        })
    });
    rows.collect()
}

impl List {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let choose = |tables: &Tables| Ok(self.selection.for_look(workspace, tables)?.into_iter().collect());
        let customers = listed(workspace, choose)?;
        global.show(&customers, || {
            let rows = customers.iter().map(|row| {
                let words = [&row.account, &row.name, row.status, &row.organisation, &row.group].map(str::to_owned);
                words.into_iter().chain([row.clis.to_string(), amount(&row.balance), row.tags.join(", ")]).collect()
            });
            table(&["account", "name", "status", "organisation", "group", "CLIs", "balance", "tags"], &[5, 6], rows)
        })
    }
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    customer: Listed,
    final_bill_date: Option<Date>,
    dropped_date: Option<Date>,
    /// When it was marked for deletion (UTC).
    marked_at: Option<String>,
    lines: Vec<[String; 4]>,
    charges: Vec<[String; 5]>,
}

pub(super) fn show(global: &Global, workspace: &Workspace, account: &str) -> Result<()> {
    let only = |tables: &Tables| {
        let accounts = cells_of(tables.get("customers"), "account").enumerate();
        Ok(accounts.filter(|(_, known)| *known == account).map(|(place, _)| place).collect())
    };
    let customer = listed(workspace, only)?.pop().ok_or_else(|| missing(account))?;
    let ledger = workspace.ledger()?;
    let Life { final_bill_date, dropped_date, marked_at, .. } = ledger.life(account)?;
    let book = workspace.book(&ledger)?;
    let id = book.find_customer(account).ok_or_else(|| missing(account))?;
    let lines = book.clis.iter().filter(|cli| cli.customer == id).map(|cli| {
        let cost_centre = cli.cost_centre.map(|id| book.cost_centres[id.index()].name.clone()).unwrap_or_default();
        [cli.cli.clone(), cli.description.clone(), cost_centre, cli.valid.to_string()]
    });
    let charges = book.charges.iter().filter(|charge| charge.customer == id).map(|charge| {
        let product = charge.product.map(|id| book.products[id.index()].code.clone()).unwrap_or_default();
        let until = charge.to.map(|date| date.to_string()).unwrap_or_default();
        [charge.id.clone(), charge.description.clone(), product, charge.from.to_string(), until]
    });
    let (lines, charges) = (lines.collect(), charges.collect());
    let shown = Shown { customer, final_bill_date, dropped_date, marked_at, lines, charges };
    global.show(&shown, || {
        let Listed { account, name, status, organisation, group, balance, tags, .. } = &shown.customer;
        let lines =
            table(&["CLI", "description", "cost centre", "dates"], &[], shown.lines.iter().map(|row| row.to_vec()));
        let charges = shown.charges.iter().map(|row| row.to_vec());
        let charges = table(&["charge", "description", "product", "from", "to"], &[], charges);
        let dated = |what, date: Option<Date>| date.map_or(String::new(), |date| format!("{what} {date}\n"));
        let dates = dated("final bill date", shown.final_bill_date) + &dated("dropped date", shown.dropped_date);
        let tags = if tags.is_empty() { String::new() } else { format!("tags: {}\n", tags.join(", ")) };
        let mark = shown.marked_at.as_ref().map_or(String::new(), |at| format!("marked for deletion at {at}\n"));
        format!(
            "{account}: {name}\n{status}, {organisation}, group {group}, balance {balance}\n{tags}{dates}{mark}\n{lines}\n{charges}"
        )
    })
}
