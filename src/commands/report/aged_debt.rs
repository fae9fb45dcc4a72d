//! `report aged-debt`: what is open, by customer and by how long it is overdue (L4).

use std::path::PathBuf;

use clap::Args;

use crate::commands::bill::parse_date;
use crate::commands::selection::Tagged;
use crate::commands::sheets::write_sheet;
use crate::commands::{Global, today};
use crate::domain::book::Book;
use crate::domain::money::Money;
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::ledger::AccountEntry;
use crate::report::aged_debt::{AgedDebt, OpenAccount};
use crate::workspace::Workspace;

/// On which day.
#[derive(Args)]
pub struct AgedDebtReport {
    /// As it stood on this day: entries dated later are left out. Today, with all entries, unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    /// Write all rows to this file as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    tagged: Tagged,
}

impl AgedDebtReport {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let ledger = workspace.ledger()?;
        let book = workspace.book(&ledger)?;
        let on = self.on.unwrap_or_else(|| today(&workspace.settings.zone));
        let mut accounts = open_accounts(&book, &ledger.all_entries(self.on)?)?;
        if let Some(meant) = self.tagged.accounts(&workspace, &ledger)? {
            accounts.retain(|open| meant.contains(&open.account));
        }
        let report = AgedDebt::new(on, &accounts).map_err(|error| Error::refused(format!("aged debt: {error}"), ""))?;
        if let Some(path) = &self.csv {
            write_sheet(global, path, &report.sheet())?;
        }
        global.show(&report, || report.in_words())
    }
}

/// What is open in each account, of entries by account.
pub(super) fn open_accounts(book: &Book, entries: &[AccountEntry]) -> Result<Vec<OpenAccount>> {
    let mut accounts = Vec::new();
    for of_account in entries.chunk_by(|a, b| a.account == b.account) {
        let first = &of_account[0];
        let customer = book.find_customer(&first.account).map(|id| book.customer(id));
        let credits = of_account.iter().filter(|entry| !entry.is_debt()).map(|entry| entry.open);
        let unallocated = Money::total(credits)
            .map_err(|error| Error::refused(format!("the credits of {}: {error}", first.account), ""))?;
        accounts.push(OpenAccount {
            account: first.account.clone(),
            name: customer.map_or(String::new(), |customer| customer.name.clone()),
            currency: first.currency,
            grace_days: customer.map_or(0, |customer| book.grace_days(customer)),
            debts: of_account.iter().filter(|entry| entry.is_debt()).map(|entry| (entry.due, entry.open)).collect(),
            unallocated,
        });
    }
    Ok(accounts)
}
