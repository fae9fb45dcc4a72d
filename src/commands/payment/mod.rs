//! `payment`: money that came in, bounced or was given back; what it pays. Files of payments are in [`file`].

mod file;
mod rows;
mod shown;

use clap::{Args, Subcommand};

pub use file::PaymentsFile;
pub(super) use shown::show_settled;

use super::bill::parse_date;
use super::{Global, say, today};
use crate::book::nearest;
use crate::commands::customer::drop_settled;
use crate::domain::money::{Currency, Money};
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{EntryKind, Ledger, Movement};
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum PaymentCommand {
    /// Enter one payment and let it pay what is open
    Add(Add),
    /// List payments, refunds, write-offs and their reversals, with what they pay
    List {
        /// Of this account only
        account: Option<String>,
    },
    /// Take a payment, a refund or a write-off back; what it had paid is open again
    Reverse(Reverse),
    /// Give a customer's credit back
    Refund(Refund),
    /// Let the credit of accounts pay what is open, oldest first
    Allocate {
        /// Of this account only
        account: Option<String>,
    },
}

/// Money that moved.
#[derive(Args)]
pub struct MoneyMoved {
    /// The customer's account
    account: String,
    /// How much, in the account's currency
    #[arg(long)]
    amount: String,
    /// What the bank or you call it; an account has each once
    #[arg(long)]
    reference: String,
    /// When; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    date: Option<Date>,
    /// How: bank transfer, card, …
    #[arg(long)]
    method: Option<String>,
    /// A word on it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// A payment.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    money: MoneyMoved,
    /// The invoice to pay first; the rest pays the oldest
    #[arg(long, value_name = "NUMBER")]
    invoice: Option<String>,
}

/// A refund.
#[derive(Args)]
pub struct Refund {
    #[command(flatten)]
    money: MoneyMoved,
}

/// What to take back.
#[derive(Args)]
pub struct Reverse {
    /// The entry, as `payment list` numbers it
    entry: i64,
    /// When it was taken back; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    date: Option<Date>,
}

impl PaymentCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let today = today(&workspace.settings.zone);
        match self {
            Self::Add(Add { money, invoice }) => {
                let mut ledger = workspace.ledger_for_writing(global.actor())?;
                let payment = Movement { invoice, ..money.movement(&workspace, &ledger, EntryKind::Payment, today)? };
                check_invoice(&ledger, &payment)?;
                show_settled(global, &ledger.record_payments(&[payment], global.dry_run)?)?;
                drop_settled(global, &mut ledger)
            }
            Self::Refund(Refund { money }) => {
                let mut ledger = workspace.ledger_for_writing(global.actor())?;
                let refund = money.movement(&workspace, &ledger, EntryKind::Refund, today)?;
                show_settled(global, &[ledger.record_refund(&refund, global.dry_run)?])?;
                drop_settled(global, &mut ledger)
            }
            Self::Reverse(reverse) => {
                reason_is_given(global)?;
                let on = not_in_future(reverse.date, today)?;
                let mut ledger = workspace.ledger_for_writing(global.actor())?;
                show_settled(global, &[ledger.reverse_entry(reverse.entry, on, global.dry_run)?])?;
                drop_settled(global, &mut ledger)
            }
            Self::Allocate { account } => {
                let mut ledger = workspace.ledger_for_writing(global.actor())?;
                if let Some(account) = &account {
                    find_currency(&workspace, &ledger, account)?;
                }
                let made = ledger.allocate_credit(account.as_deref(), global.dry_run)?;
                if made.is_empty() {
                    say("no account has both credit and something open");
                }
                show_settled(global, &made)
            }
            Self::List { account } => {
                let ledger = workspace.ledger()?;
                if let Some(account) = &account {
                    find_currency(&workspace, &ledger, account)?;
                }
                shown::list(global, &ledger, account.as_deref())
            }
        }
    }
}

impl MoneyMoved {
    fn movement(&self, workspace: &Workspace, ledger: &Ledger, kind: EntryKind, today: Date) -> Result<Movement> {
        let account = &self.account;
        let currency = find_currency(workspace, ledger, account)?;
        let amount = Money::parse(&self.amount, currency)
            .map_err(|error| Error::refused(format!("--amount {:?} {error}", self.amount), "write 12.50"))?;
        if amount <= Money::ZERO {
            let hint = "a payment that bounced is taken back with `tollbook payment reverse`";
            return Err(Error::refused(format!("--amount {} is not more than 0", self.amount), hint));
        }
        let reference = self.reference.trim();
        if reference.is_empty() || reference.chars().any(char::is_control) {
            return Err(Error::refused(format!("--reference {reference:?} is none"), "write what the bank calls it"));
        }
        if ledger.has_reference(account, kind, reference)? {
            let message = format!("{account} has a {} with the reference {reference:?}", kind.name());
            return Err(Error::refused(message, "it was entered before; another one needs another reference"));
        }
        Ok(Movement {
            account: account.clone(),
            amount,
            currency,
            date: not_in_future(self.date, today)?,
            reference: reference.to_owned(),
            method: self.method.clone().filter(|method| !method.trim().is_empty()),
            invoice: None,
            note: self.note.clone().filter(|note| !note.trim().is_empty()),
        })
    }
}

/// A change that takes something back says why.
pub(super) fn reason_is_given(global: &Global) -> Result<()> {
    match global.given_reason() {
        Some(_) => Ok(()),
        None => Err(Error::new(ErrorKind::Usage, "no reason is given", "say why with --reason TEXT")),
    }
}

/// A day that is given, else today.
pub(super) fn not_in_future(date: Option<Date>, today: Date) -> Result<Date> {
    match date {
        Some(date) if date > today => {
            Err(Error::refused(format!("--date {date} is in the future: today is {today}"), "give the day it happened"))
        }
        given => Ok(given.unwrap_or(today)),
    }
}

/// The currency of an account of the book.
pub(super) fn find_currency(workspace: &Workspace, ledger: &Ledger, account: &str) -> Result<Currency> {
    let currencies = workspace.currencies_of_customers(ledger)?;
    currencies.get(account).copied().ok_or_else(|| {
        let near = nearest(account, currencies.keys().map(String::as_str));
        let near = near.map_or(String::new(), |near| format!("did you mean {near:?}? "));
        Error::refused(format!("there is no customer {account:?}"), format!("{near}see `tollbook customer list`"))
    })
}

fn check_invoice(ledger: &Ledger, payment: &Movement) -> Result<()> {
    let Some(number) = &payment.invoice else { return Ok(()) };
    match rows::refuse_invoice(ledger, &payment.account, number)? {
        None => Ok(()),
        Some((reason, hint)) => Err(Error::refused(format!("--invoice {number:?} {reason}"), hint)),
    }
}
