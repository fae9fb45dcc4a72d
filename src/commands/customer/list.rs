//! `customer list` and `customer show`: the book's customers with their lines, charges and balance. Changes nothing.

use serde::Serialize;

use super::missing;
use crate::commands::Global;
use crate::domain::time::Date;
use crate::error::Result;
use crate::ledger::Life;
use crate::report::screen::{amount, table};
use crate::workspace::Workspace;

#[derive(Serialize)]
struct Listed {
    account: String,
    name: String,
    status: &'static str,
    organisation: String,
    group: String,
    clis: usize,
    balance: String,
}

fn listed(workspace: &Workspace) -> Result<Vec<Listed>> {
    let ledger = workspace.ledger()?;
    let book = workspace.book(&ledger)?;
    let mut clis = vec![0; book.customers.len()];
    book.clis.iter().for_each(|cli| clis[cli.customer.index()] += 1);
    let rows = book.customers.iter().zip(clis).map(|(customer, clis)| {
        Ok(Listed {
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

pub(super) fn list(global: &Global, workspace: &Workspace) -> Result<()> {
    let customers = listed(workspace)?;
    global.show(&customers, || {
        let rows = customers.iter().map(|row| {
            let words = [&row.account, &row.name, row.status, &row.organisation, &row.group].map(str::to_owned);
            words.into_iter().chain([row.clis.to_string(), amount(&row.balance)]).collect()
        });
        table(&["account", "name", "status", "organisation", "group", "CLIs", "balance"], &[5, 6], rows)
    })
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
    let customer = listed(workspace)?.into_iter().find(|row| row.account == account).ok_or_else(|| missing(account))?;
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
        let Listed { account, name, status, organisation, group, balance, .. } = &shown.customer;
        let lines =
            table(&["CLI", "description", "cost centre", "dates"], &[], shown.lines.iter().map(|row| row.to_vec()));
        let charges = shown.charges.iter().map(|row| row.to_vec());
        let charges = table(&["charge", "description", "product", "from", "to"], &[], charges);
        let dated = |what, date: Option<Date>| date.map_or(String::new(), |date| format!("{what} {date}\n"));
        let dates = dated("final bill date", shown.final_bill_date) + &dated("dropped date", shown.dropped_date);
        let mark = shown.marked_at.as_ref().map_or(String::new(), |at| format!("marked for deletion at {at}\n"));
        format!(
            "{account}: {name}\n{status}, {organisation}, group {group}, balance {balance}\n{dates}{mark}\n{lines}\n{charges}"
        )
    })
}
