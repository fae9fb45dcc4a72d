//! What is asked for → the documents that are to be sent: by number, of a run, all that nobody has yet. Sends nothing.

use std::collections::BTreeSet;

use super::say_left_out;
use crate::commands::{Global, today};
use crate::domain::book::Book;
use crate::domain::time::{Date, Zone};
use crate::error::{Error, Result};
use crate::ledger::{InvoiceFilter, InvoiceState, Ledger, MailFilter, MailState};

/// So far back goes `--all-unsent` by itself.
const DAYS_BACK: i32 = 31;

/// A document to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub number: String,
    pub is_credit_note: bool,
    pub account: String,
}

/// Named documents, but for those of which a message waits already: that one is sent.
pub(super) fn of_numbers(ledger: &Ledger, numbers: &[String], is_trial: bool) -> Result<Vec<Chosen>> {
    let waiting = ledger.mails(MailFilter { state: Some(MailState::Waiting), ..MailFilter::default() })?;
    let waits = |number: &String| !is_trial && waiting.iter().any(|mail| !mail.is_trial && mail.document == *number);
    numbers.iter().filter(|number| !waits(number)).map(|number| of_number(ledger, number)).collect()
}

/// The document of a number, an invoice or a credit note.
fn of_number(ledger: &Ledger, number: &str) -> Result<Chosen> {
    if let Some(invoice) = ledger.invoice(number)? {
        return Ok(Chosen { number: number.to_owned(), is_credit_note: false, account: invoice.row.account });
    }
    match ledger.credit_note(number)? {
        Some((row, _)) => Ok(Chosen { number: number.to_owned(), is_credit_note: true, account: row.account }),
        None => {
            Err(Error::refused(format!("there is no invoice or credit note {number}"), "see `tollbook invoice list`"))
        }
    }
}

/// The invoices of a run that are to go by mail and did not go yet. For a look, all that are to go by mail.
pub(super) fn of_run(ledger: &Ledger, book: &Book, run: i64, is_trial: bool) -> Result<Vec<Chosen>> {
    if ledger.run(run)?.billed_file.is_none() {
        return Err(Error::refused(format!("run {run} is not posted"), "see `tollbook bill list`"));
    }
    let filter = InvoiceFilter { run: Some(run), account: None };
    let invoices = live_invoices(ledger, filter, None)?.into_iter().filter(|chosen| is_by_mail(book, chosen));
    if is_trial {
        return Ok(invoices.collect());
    }
    only_unsent(ledger, invoices.collect())
}

/// All documents that are to go by mail, are dated on a day or later, and did not go yet.
pub(super) fn unsent(ledger: &Ledger, book: &Book, since: Date, global: &Global) -> Result<Vec<Chosen>> {
    let everything = InvoiceFilter { run: None, account: None };
    let mut documents = live_invoices(ledger, everything, None)?;
    let recent = live_invoices(ledger, everything, Some(since))?;
    let notes = ledger.credit_notes(None)?;
    let note = |number: &str, account: &str| Chosen {
        number: number.to_owned(),
        is_credit_note: true,
        account: account.to_owned(),
    };
    documents.extend(notes.iter().map(|row| note(&row.number, &row.account)));
    let recent: BTreeSet<String> = recent
        .into_iter()
        .map(|chosen| chosen.number)
        .chain(notes.iter().filter(|row| row.date >= since).map(|row| row.number.clone()))
        .collect();
    let unsent = only_unsent(ledger, documents.into_iter().filter(|chosen| is_by_mail(book, chosen)).collect())?;
    let (recent, older): (Vec<_>, Vec<_>) = unsent.into_iter().partition(|chosen| recent.contains(&chosen.number));
    if !global.quiet {
        say_left_out(older.len(), &format!("not sent yet dated before {since} left out; --since takes them in"));
    }
    Ok(recent)
}

/// Documents whose last message was refused: all, or those named.
pub(super) fn refused(ledger: &Ledger, numbers: &[String]) -> Result<Vec<Chosen>> {
    for number in numbers {
        of_number(ledger, number)?;
    }
    let refused = ledger.mails(MailFilter { state: Some(MailState::Refused), ..MailFilter::default() })?;
    let is_meant = |number: &String| numbers.is_empty() || numbers.contains(number);
    let open = refused.into_iter().filter(|mail| !mail.is_trial && !mail.is_settled && is_meant(&mail.document));
    let mut chosen: Vec<Chosen> = open
        .map(|mail| Chosen { number: mail.document, is_credit_note: mail.is_credit_note, account: mail.account })
        .collect();
    chosen.dedup();
    let voided = live_invoices(ledger, InvoiceFilter { run: None, account: None }, None)?;
    let live: BTreeSet<&String> = voided.iter().map(|chosen| &chosen.number).collect();
    chosen.retain(|chosen| chosen.is_credit_note || live.contains(&chosen.number));
    Ok(chosen)
}

/// The first day that `--all-unsent` looks at.
pub(super) fn first_day(since: Option<Date>, zone: &Zone) -> Date {
    since.unwrap_or_else(|| today(zone).plus_days(-DAYS_BACK))
}

fn live_invoices(ledger: &Ledger, filter: InvoiceFilter<'_>, since: Option<Date>) -> Result<Vec<Chosen>> {
    let standings = ledger.standings(filter)?;
    let is_live = |number: &String| standings.get(number).is_none_or(|standing| standing.state != InvoiceState::Void);
    let invoices = ledger.invoices(filter)?.into_iter();
    let meant = invoices.filter(|row| since.is_none_or(|since| row.date >= since) && is_live(&row.number));
    Ok(meant.map(|row| Chosen { number: row.number, is_credit_note: false, account: row.account }).collect())
}

fn is_by_mail(book: &Book, chosen: &Chosen) -> bool {
    book.find_customer(&chosen.account).is_some_and(|id| book.customer(id).delivery.by_email)
}

/// Those of which there is no message yet, and that are not noted as sent by hand.
fn only_unsent(ledger: &Ledger, documents: Vec<Chosen>) -> Result<Vec<Chosen>> {
    let mails = ledger.mails(MailFilter::default())?;
    let known: BTreeSet<&String> = mails.iter().filter(|mail| !mail.is_trial).map(|mail| &mail.document).collect();
    let mut unsent = Vec::new();
    for chosen in documents {
        if !known.contains(&chosen.number) && (chosen.is_credit_note || !ledger.is_sent_otherwise(&chosen.number)?) {
            unsent.push(chosen);
        }
    }
    Ok(unsent)
}
