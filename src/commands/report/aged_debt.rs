//! `report aged-debt`: what is open, by customer and by how long it is overdue (L4).

use clap::Args;

use super::options::{Files, Opened};
use crate::commands::Global;
use crate::commands::bill::parse_date;
use crate::commands::selection::Customers;
use crate::domain::book::Book;
use crate::domain::money::Money;
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::ledger::AccountEntry;
use crate::report::aged_debt::{AgedDebt, OpenAccount};
use crate::report::answer::Cover;

/// On which day.
#[derive(Args)]
pub struct AgedDebtReport {
    /// As it stood on this day: entries dated later are left out. Today, with all entries, unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    files: Files,
}

impl AgedDebtReport {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let on = self.on.unwrap_or_else(|| opened.today());
        let mut accounts = open_accounts(&opened.book, &opened.ledger.all_entries(self.on)?)?;
        accounts.retain(|open| opened.is_meant(&open.account));
        let report = AgedDebt::new(on, &accounts).map_err(|error| Error::refused(format!("aged debt: {error}"), ""))?;
        let cover = Cover {
            name: "aged-debt",
            title: "What customers owe, by days overdue".to_owned(),
            about: opened.about(None).into_iter().chain([("on", on.to_string())]).collect(),
            ..Cover::default()
        };
        self.files.write(global, &cover, &report.sheet())?;
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
