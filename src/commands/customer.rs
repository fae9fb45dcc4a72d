//! `customer`: who is billed.

use std::collections::BTreeSet;

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use super::Global;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::AuditEntry;
use crate::report::screen::{amount, table};
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum CustomerCommand {
    /// List the customers
    List,
    /// Show one customer: its lines, its charges, its balance
    Show {
        /// Its account
        account: String,
    },
    /// Show what was changed of a customer: when, by whom, why
    History {
        /// Its account
        account: String,
    },
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
}

impl CustomerCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::List => list(global, &workspace),
            Self::Show { account } => show(global, &workspace, &account),
            Self::History { account } => history(global, &workspace, &account),
        }
    }
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

fn list(global: &Global, workspace: &Workspace) -> Result<()> {
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
    lines: Vec<[String; 4]>,
    charges: Vec<[String; 5]>,
}

fn show(global: &Global, workspace: &Workspace, account: &str) -> Result<()> {
    let customer = listed(workspace)?.into_iter().find(|row| row.account == account).ok_or_else(|| missing(account))?;
    let book = workspace.book(&workspace.ledger()?)?;
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
    let shown = Shown { customer, lines: lines.collect(), charges: charges.collect() };
    global.show(&shown, || {
        let Listed { account, name, status, organisation, group, balance, .. } = &shown.customer;
        let lines =
            table(&["CLI", "description", "cost centre", "dates"], &[], shown.lines.iter().map(|row| row.to_vec()));
        let charges = shown.charges.iter().map(|row| row.to_vec());
        let charges = table(&["charge", "description", "product", "from", "to"], &[], charges);
        format!("{account}: {name}\n{status}, {organisation}, group {group}, balance {balance}\n\n{lines}\n{charges}")
    })
}

/// A change of a customer, as it is shown.
#[derive(Serialize)]
struct Changed {
    at: String,
    by: String,
    command: String,
    reason: String,
    /// By column; null where the customer is new.
    before: Value,
    /// By column; null where it is gone.
    after: Value,
}

impl Changed {
    fn of(entry: AuditEntry) -> Result<Self> {
        let read = |json: Option<String>| match json {
            None => Ok(Value::Null),
            Some(json) => serde_json::from_str(&json).map_err(|error| {
                let message = format!("entry {} of the audit trail: {error}", entry.id);
                Error::new(ErrorKind::Damaged, message, "run `tollbook verify`")
            }),
        };
        Ok(Self {
            before: read(entry.before_json)?,
            after: read(entry.after_json)?,
            at: entry.actor.at,
            by: entry.actor.by,
            command: entry.actor.command,
            reason: entry.actor.reason.unwrap_or_default(),
        })
    }

    /// Who, when and why on one line, then a line for each column that changed.
    fn in_words(&self) -> String {
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        let mut text = format!("{}  {}  {}{reason}\n", self.at, self.by, self.command);
        let columns = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let (before, after) = (columns(&self.before), columns(&self.after));
        let cell = |value: Option<&Value>| match value {
            None | Some(Value::Null) => "(blank)".to_owned(),
            Some(Value::String(text)) => format!("{text:?}"),
            Some(other) => other.to_string(),
        };
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names.into_iter().filter(|name| before.get(*name) != after.get(*name)) {
            let new = cell(after.get(name));
            let change = if self.before.is_null() { new } else { format!("{} → {new}", cell(before.get(name))) };
            text.push_str(&format!("  {name}: {change}\n"));
        }
        text
    }
}

fn history(global: &Global, workspace: &Workspace, account: &str) -> Result<()> {
    let changes = workspace.ledger()?.history("customers", account)?;
    if changes.is_empty() {
        return Err(missing(account));
    }
    let changes = changes.into_iter().map(Changed::of).collect::<Result<Vec<_>>>()?;
    global.show(&changes, || changes.iter().map(Changed::in_words).collect::<Vec<_>>().join("\n"))
}

fn missing(account: &str) -> Error {
    Error::refused(format!("there is no customer {account:?}"), "see `tollbook customer list`")
}
