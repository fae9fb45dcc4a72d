//! `report credit-limits`: who is above a percentage of a limit (L4).

use std::collections::BTreeMap;

use clap::Args;

use super::aged_debt::open_accounts;
use super::options::{Files, Opened};
use crate::allowances::billing_period_start;
use crate::commands::Global;
use crate::commands::selection::Customers;
use crate::domain::book::{Book, CustomerId};
use crate::domain::money::{Currency, Money, Percent, Rounding, Sum};
use crate::domain::open_items::Age;
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::pipeline::Engine;
use crate::pipeline::exposure::Exposure;
use crate::pipeline::unbilled::OpenImport;
use crate::report::aged_debt::OpenAccount;
use crate::report::answer::Cover;
use crate::report::credit_limits::{CreditLimits, LimitUse, Limited};

/// Above what.
#[derive(Args)]
pub struct CreditLimitsReport {
    /// Show who is above this percentage of a limit
    #[arg(long, value_name = "PERCENT", default_value = "80", value_parser = parse_percent)]
    above: Percent,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    files: Files,
}

impl CreditLimitsReport {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let Opened { workspace, ledger, book, workers, .. } = &opened;
        let on = opened.today();
        let engine = Engine::new(book);
        let store = workspace.usage();
        let imports = OpenImport::all(ledger, &store, &engine)?;
        let exposure = Exposure::of(&engine, &store, workers, &imports, on)?;
        let mut uses = limits_in_use(book, ledger, &exposure, on)?;
        uses.retain(|used| opened.is_meant(&used.account));
        let report = CreditLimits::new(self.above, uses);
        let mut about = opened.about_imported(None)?;
        about.extend([("on", on.to_string()), ("above", format!("{} % of a limit", self.above))]);
        let title = "Amounts above a percentage of their limits".to_owned();
        let cover = Cover { name: "credit-limits", title, about, ..Cover::default() };
        self.files.write(global, &cover, &report.sheet())?;
        global.show(&report, || report.in_words())
    }
}

/// Every limit of the book with what it is a limit of.
fn limits_in_use(book: &Book, ledger: &Ledger, exposure: &Exposure, on: Date) -> Result<Vec<LimitUse>> {
    let accounts = open_accounts(book, &ledger.all_entries(None)?)?;
    let accounts: BTreeMap<&str, &OpenAccount> =
        accounts.iter().map(|account| (account.account.as_str(), account)).collect();
    let mut uses = Vec::new();
    for (place, customer) in book.customers.iter().enumerate() {
        let id = CustomerId::from_index(place);
        let open = accounts.get(customer.account.as_str());
        let unbilled = exposure.customers.get(&id).copied().unwrap_or_default();
        let amounts = [
            (Limited::Balance, customer.limits.balance, total(open, |_| true)?),
            (Limited::Unbilled, customer.limits.unbilled, to_money(unbilled, customer.currency)?),
            (Limited::Overdue, customer.limits.overdue, overdue(open, on)?),
        ];
        for (of, limit, amount) in amounts {
            uses.extend(limit.map(|limit| LimitUse {
                account: customer.account.clone(),
                name: customer.name.clone(),
                cli: String::new(),
                of,
                currency: customer.currency,
                amount,
                limit,
            }));
        }
    }
    uses.extend(lines_in_use(book, ledger, exposure, on)?);
    Ok(uses)
}

/// Lines with a limit: what waits of their current billing period, and what posted invoices charged for it.
fn lines_in_use(book: &Book, ledger: &Ledger, exposure: &Exposure, on: Date) -> Result<Vec<LimitUse>> {
    let mut uses = Vec::new();
    for cli in book.clis.iter().filter(|cli| cli.valid.contains(on)) {
        let Some(limit) = cli.usage_limit else { continue };
        let customer = book.customer(cli.customer);
        let start = billing_period_start(book, cli.customer, on);
        let mut used = exposure.lines.get(&(cli.customer, cli.cli.clone())).copied().unwrap_or_default();
        for (of, period, charged) in ledger.cap_use(&customer.account)? {
            if of == cli.cli && period == start {
                used.add(charged);
            }
        }
        uses.push(LimitUse {
            account: customer.account.clone(),
            name: customer.name.clone(),
            cli: cli.cli.clone(),
            of: Limited::Usage,
            currency: customer.currency,
            amount: to_money(used, customer.currency)?,
            limit,
        });
    }
    Ok(uses)
}

/// What is overdue, less credit that pays nothing yet.
fn overdue(open: Option<&&OpenAccount>, on: Date) -> Result<Money> {
    let grace = open.map_or(0, |open| open.grace_days);
    Ok(total(open, |due| Age::on(on, due, grace) != Age::NotDue)?.max(Money::ZERO))
}

/// Debts that count, less unused credit.
fn total(open: Option<&&OpenAccount>, counts: impl Fn(Date) -> bool) -> Result<Money> {
    let Some(open) = open else { return Ok(Money::ZERO) };
    let debts = open.debts.iter().filter(|(due, _)| counts(*due)).map(|(_, open)| *open);
    let sum = Money::total(debts).and_then(|debts| debts.minus(open.unallocated));
    sum.map_err(|error| Error::refused(format!("what {} owes: {error}", open.account), ""))
}

fn to_money(sum: Sum<6>, currency: Currency) -> Result<Money> {
    let money = sum.to_money(currency.digits, Rounding::HalfUp);
    money.map_err(|error| Error::refused(format!("unbilled usage: {error}"), ""))
}

fn parse_percent(text: &str) -> std::result::Result<Percent, String> {
    match Percent::parse(text) {
        Err(error) => Err(error.to_string()),
        Ok(percent) if percent.is_negative() => Err("is negative: write a percentage from 0".to_owned()),
        Ok(percent) => Ok(percent),
    }
}
