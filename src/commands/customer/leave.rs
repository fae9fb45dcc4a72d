//! `customer final-bill`, `customer drop`, `customer reinstate`, `customer settle`: who leaves, who is gone, who comes back
//! (B10). Asks the ledger for the step, the stages for what stands against it; computes no price.

use clap::Args;
use serde::Serialize;

use crate::billing::{CustomerBill, Leaving, settle_charges};
use crate::commands::bill::parse_date;
use crate::commands::invoice::write_documents;
use crate::commands::{Global, say, today};
use crate::domain::book::Book;
use crate::domain::money::Money;
use crate::domain::numbering::Series;
use crate::domain::time::Date;
use crate::error::{Error, Result, counted};
use crate::ledger::{ApplyError, GivenBack, LedgerWriter, LifeRow, Step, Stepped, StoredTable};
use crate::pipeline::Engine;
use crate::pipeline::leavings::{Waiting, usage_billed_after, waiting_for};
use crate::report::screen::table;
use crate::workspace::{Workspace, book_of, refuse_book};

/// Who gets a final bill.
#[derive(Args)]
pub struct FinalBill {
    /// Its account
    account: String,
    /// The last day of its service
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    date: Date,
}

/// Who is dropped.
#[derive(Args)]
pub struct DropCustomer {
    /// Its account
    account: String,
    /// The last day of its service
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    date: Date,
    /// The date of the credit note for what was charged beyond that day; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    credit_date: Option<Date>,
    /// Drop it though usage or charges wait that will never be billed then
    #[arg(long)]
    abandon_unbilled: bool,
}

/// Who comes back.
#[derive(Args)]
pub struct Reinstate {
    /// Its account
    account: String,
    /// Its service goes on from this day, and the days between are not charged; without it there is no gap
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    date: Option<Date>,
    /// Bring back what ended on this day as well; may be given again
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    also_ended_on: Vec<Date>,
    /// Leave this line ended, with its charges; may be given again
    #[arg(long, value_name = "CLI")]
    leave: Vec<String>,
}

/// Who is dropped once its final bill is paid.
#[derive(Args)]
pub struct Settle {
    /// Its account; all customers unless given
    account: Option<String>,
}

/// What a step did, for people and machines.
#[derive(Serialize)]
struct Report<'r> {
    account: &'r str,
    dry_run: bool,
    before: &'static str,
    after: &'static str,
    /// What ended or came back.
    rows: &'r [LifeRow],
    /// What was left as it is.
    left: &'r [LifeRow],
    /// The number of the credit note for what was charged beyond the last day.
    credit_note: Option<&'r str>,
}

impl FinalBill {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let step = Step::FinalBill(self.date);
        ledger.check_step(&self.account, step)?;
        refuse_billed_after(workspace, &ledger, &self.account, self.date)?;
        let check = |stored: &[StoredTable]| compiled(workspace, stored).map(|_| None);
        let done = ledger.take_step(&self.account, step, check, global.dry_run).map_err(error_of)?;
        say_step(global, &self.account, &done)?;
        say("the next run bills what is left, with credits for days after its last; paid in full, it is dropped");
        Ok(())
    }
}

impl DropCustomer {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let Self { account, date, .. } = &self;
        if global.given_reason().is_none() {
            return Err(Error::refused(format!("no reason is given for dropping {account}"), "give one with --reason"));
        }
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        ledger.check_step(account, Step::Drop(*date))?;
        refuse_billed_after(workspace, &ledger, account, *date)?;
        let book = workspace.book(&ledger)?;
        let waiting = waiting(global, workspace, &ledger, &book, account)?;
        let state = ledger.account_states(account, account)?.remove(account).unwrap_or_default();
        let today = today(&workspace.settings.zone);
        let on = self.credit_date.unwrap_or(today);
        let (series, number) = credit_number(&ledger, &book, account)?;
        let check = |stored: &[StoredTable]| {
            let book = compiled(workspace, stored)?;
            let id = book.find_customer(account).ok_or_else(|| super::missing(account))?;
            let leaving = settle_charges(&book, id, on, &state.billed_periods, state.balance)
                .map_err(|error| Error::refused(format!("{account}: {error}"), "correct the book"))?;
            if !self.abandon_unbilled {
                refuse_unbilled(account, *date, &waiting, &leaving, &book)?;
            }
            Ok(leaving.credit.map(|credit| {
                let CustomerBill { mut bill, periods, .. } = *credit;
                (bill.number, bill.reason) = (Some(number), global.reason.clone().unwrap_or_default());
                GivenBack { bill: Box::new(bill), series, periods }
            }))
        };
        let done = ledger.take_step(account, Step::Drop(*date), check, global.dry_run).map_err(error_of)?;
        say_step(global, account, &done)?;
        if let Some(number) = done.credit_note.as_deref().filter(|_| !global.dry_run) {
            let notes: Vec<_> = ledger.credit_note(number)?.into_iter().map(|(_, note)| note).collect();
            write_documents(global, workspace, (&book, &workspace.usage()), &notes)?;
        }
        if *date > today {
            say(&format!("note: {date} has not come yet; no usage of {account} is billed from now on"));
        }
        Ok(())
    }
}

impl Reinstate {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let Self { account, date, also_ended_on, leave } = &self;
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let rules = workspace.number_rules();
        let leave: Vec<String> = leave.iter().map(|cli| line_of(cli, &rules)).collect();
        let step = Step::Reinstate { from: *date, also: also_ended_on, leave: &leave };
        let check = |stored: &[StoredTable]| {
            compiled(workspace, stored).map(|_| None).map_err(|error| Error {
                hint: format!(
                    "a line that another customer has by now can stay ended: --leave CLI ({account} as a whole \
                               stays as it was)"
                ),
                ..error
            })
        };
        let done = ledger.take_step(account, step, check, global.dry_run).map_err(error_of)?;
        say_step(global, account, &done)?;
        say(match date {
            None => "days since then that were given back or never charged are charged by the next run",
            Some(_) => "the next run charges from that day; the days between stay uncharged",
        });
        Ok(())
    }
}

/// Drops who is settled by now (B10), after a change of balances, and says who.
pub(in crate::commands) fn drop_settled(global: &Global, ledger: &mut LedgerWriter) -> Result<()> {
    if global.dry_run {
        return Ok(());
    }
    for account in ledger.drop_settled(None, false)? {
        say(&format!("{account}: its final bill is settled, it is dropped"));
    }
    Ok(())
}

impl Settle {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        if let Some(account) = &self.account {
            ledger.life(account)?;
        }
        let dropped = ledger.drop_settled(self.account.as_deref(), global.dry_run)?;
        let verb = if global.dry_run { "would drop" } else { "dropped" };
        global.show(&dropped, || dropped.iter().map(|account| format!("{account}\n")).collect())?;
        let customers = counted(dropped.len() as u64, "customer");
        say(&format!("{verb} {customers} whose final bill is posted and whose balance is zero"));
        Ok(())
    }
}

/// A line as the book writes it (M1).
fn line_of(text: &str, rules: &crate::domain::telephone::NumberRules) -> String {
    let cell = crate::book::canonical_cell(crate::book::CellKind::Identifier, text, rules);
    cell.ok().flatten().unwrap_or_else(|| text.to_owned())
}

fn compiled(workspace: &Workspace, stored: &[StoredTable]) -> Result<Book> {
    book_of(stored, &workspace.settings).map_err(|errors| refuse_book(&errors))
}

pub(super) fn error_of(error: ApplyError<Error>) -> Error {
    match error {
        ApplyError::Ledger(error) => error.into(),
        ApplyError::Check(error) => error,
    }
}

/// B10: usage up to and including the last day; what began after it and is billed contradicts that.
fn refuse_billed_after(workspace: &Workspace, ledger: &LedgerWriter, account: &str, last: Date) -> Result<()> {
    match usage_billed_after(ledger, &workspace.usage(), account, last)? {
        None => Ok(()),
        Some((invoice, record, began)) => Err(Error::refused(
            format!(
                "the service of {account} cannot end on {last}: invoice {invoice} bills usage after it, {record} of {began}"
            ),
            "give that day or a later one, or void the invoice first",
        )),
    }
}

fn waiting(
    global: &Global,
    workspace: &Workspace,
    ledger: &LedgerWriter,
    book: &Book,
    account: &str,
) -> Result<Waiting> {
    let id = book.find_customer(account).ok_or_else(|| super::missing(account))?;
    waiting_for(&Engine::new(book), ledger, &workspace.usage(), &global.workers()?, id)
}

/// The number that the next credit note of a customer gets.
fn credit_number(ledger: &LedgerWriter, book: &Book, account: &str) -> Result<(Series, String)> {
    let id = book.find_customer(account).ok_or_else(|| super::missing(account))?;
    let organisation = &book.organisations[book.customer(id).organisation.index()];
    let series = book.credit_series(&organisation.code, account);
    let number = ledger.plan_credit_numbers(std::slice::from_ref(&series))?.swap_remove(0);
    Ok((series, number))
}

/// A drop bills nothing more: what waits would be lost.
fn refuse_unbilled(account: &str, last: Date, waiting: &Waiting, leaving: &Leaving, book: &Book) -> Result<()> {
    if waiting.is_empty() && leaving.unbilled.is_empty() {
        return Ok(());
    }
    let currency = book.find_customer(account).map_or(book.settings.currency, |id| book.customer(id).currency);
    let mut lost = Vec::new();
    if waiting.records > 0 {
        let sell = waiting.sell.to_places(2);
        lost.push(format!("usage: {}, {sell} {currency}", counted(waiting.records, "record")));
    }
    if waiting.suspense > 0 {
        lost.push(format!("usage in suspense: {}", counted(waiting.suspense, "record")));
    }
    if waiting.services > 0 {
        lost.push(format!("service lines: {}", waiting.services));
    }
    if !leaving.unbilled.is_empty() {
        let sum = Money::total(leaving.unbilled.iter().map(|line| line.amount.money));
        let sum = sum.map(|sum| sum.format(currency)).unwrap_or_default();
        lost.push(format!(
            "charges up to {last}: {}, {sum} {currency}",
            counted(leaving.unbilled.len() as u64, "line")
        ));
    }
    Err(Error::refused(
        format!("{account} is not dropped: what is unbilled would never be billed (ex VAT)\n  {}", lost.join("\n  ")),
        "bill it first with `tollbook customer final-bill` and a run, or give it up with --abandon-unbilled",
    ))
}

fn say_step(global: &Global, account: &str, done: &Stepped) -> Result<()> {
    let Stepped { before, after, rows, left, credit_note } = done;
    let credit_note = credit_note.as_deref();
    let (before, after) = (before.name(), after.name());
    let report = Report { account, dry_run: global.dry_run, before, after, rows, left, credit_note };
    global.show(&report, || in_words(&report))?;
    let is = if global.dry_run { "would be" } else { "is" };
    say(&format!("{account} was {before}, {is} {after}"));
    Ok(())
}

fn in_words(report: &Report) -> String {
    let line = |row: &LifeRow| {
        let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
        vec![row.file.replace('_', " "), row.name.clone(), text(&row.from), text(&row.to), row.why.to_owned()]
    };
    let rows = report.rows.iter().chain(report.left).map(line);
    let mut text = match report.rows.is_empty() && report.left.is_empty() {
        true => String::new(),
        false => table(&["what", "which", "from", "to", "left as it is"], &[], rows),
    };
    if let Some(number) = report.credit_note {
        text.push_str(&format!("credit note {number}\n"));
    }
    text
}
