//! `customer statement`: the entries of an account with the balance after each, and what is open (L1).

use clap::Args;
use serde::Serialize;

use crate::commands::Global;
use crate::commands::bill::parse_date;
use crate::commands::payment::find_currency;
use crate::domain::money::{Currency, Money};
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::ledger::AccountEntry;
use crate::report::screen::{amount, table};
use crate::workspace::Workspace;

/// Of whom and when.
#[derive(Args)]
pub struct StatementOptions {
    /// The account
    account: String,
    /// Entries dated from this day; those before are summed up
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    from: Option<Date>,
    /// Entries dated up to this day, and what was open then
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    to: Option<Date>,
}

#[derive(Serialize)]
struct Statement {
    account: String,
    currency: String,
    from: Option<Date>,
    to: Option<Date>,
    /// Of all entries before the first day.
    opening_balance: String,
    entries: Vec<Line>,
    closing_balance: String,
    open_items: Vec<OpenItem>,
}

#[derive(Serialize)]
struct Line {
    entry: i64,
    date: Date,
    kind: &'static str,
    of: String,
    note: Option<String>,
    /// Positive raises what is owed.
    amount: String,
    balance: String,
}

#[derive(Serialize)]
struct OpenItem {
    entry: i64,
    of: String,
    due: Date,
    amount: String,
    /// Negative: credit that pays nothing yet.
    open: String,
}

impl StatementOptions {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let ledger = workspace.ledger()?;
        let mut entries = ledger.entries_up_to(&self.account, self.to)?;
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to < from
        {
            return Err(Error::refused(format!("--from {from} is after --to {to}"), "give the earlier day as --from"));
        }
        let currency = match entries.first() {
            Some(entry) => entry.currency,
            None => find_currency(workspace, &ledger, &self.account)?,
        };
        entries.sort_by_key(|entry| (entry.date, entry.id));
        let statement = self.statement(currency, &entries)?;
        global.show(&statement, || statement.in_words())
    }

    fn statement(self, currency: Currency, entries: &[AccountEntry]) -> Result<Statement> {
        let shown = |money: Money| money.format(currency);
        let (mut balance, mut lines) = (Money::ZERO, Vec::new());
        let mut opening = Money::ZERO;
        for entry in entries {
            balance = balance
                .plus(entry.amount)
                .map_err(|error| Error::refused(format!("the balance of {}: {error}", self.account), ""))?;
            if self.from.is_some_and(|from| entry.date < from) {
                opening = balance;
                continue;
            }
            lines.push(Line {
                entry: entry.id,
                date: entry.date,
                kind: entry.kind.name(),
                of: entry.title(),
                note: entry.note.clone(),
                amount: shown(entry.amount),
                balance: shown(balance),
            });
        }
        let open = entries.iter().filter(|entry| entry.open > Money::ZERO);
        let open = open.map(|entry| OpenItem {
            entry: entry.id,
            of: entry.title(),
            due: entry.due,
            amount: shown(entry.amount),
            open: shown(if entry.is_debt() { entry.open } else { entry.open.negated().unwrap_or_default() }),
        });
        Ok(Statement {
            currency: currency.to_string(),
            opening_balance: shown(opening),
            entries: lines,
            closing_balance: shown(balance),
            open_items: open.collect(),
            account: self.account,
            from: self.from,
            to: self.to,
        })
    }
}

impl Statement {
    fn in_words(&self) -> String {
        let lines = self.entries.iter().map(|line| {
            let note = line.note.as_ref().map_or(String::new(), |note| format!(" ({note})"));
            vec![
                line.entry.to_string(),
                line.date.to_string(),
                format!("{}{note}", line.of),
                amount(&line.amount),
                amount(&line.balance),
            ]
        });
        let lines = table(&["entry", "date", "", "amount", "balance"], &[0, 3, 4], lines);
        let open = self.open_items.iter().map(|item| {
            vec![
                item.entry.to_string(),
                item.of.clone(),
                item.due.to_string(),
                amount(&item.amount),
                amount(&item.open),
            ]
        });
        let open = match self.open_items.is_empty() {
            true => "nothing is open\n".to_owned(),
            false => format!("open\n{}", table(&["entry", "", "due", "amount", "open"], &[0, 3, 4], open)),
        };
        let (opening, closing) = (amount(&self.opening_balance), amount(&self.closing_balance));
        let before = self.from.map_or(String::new(), |from| format!("balance before {from}: {opening}\n"));
        format!("{}, {}\n{before}{lines}balance: {closing}\n\n{open}", self.account, self.currency)
    }
}
