//! Credit notes (B11, B12): in series of their own, each of one invoice, or of none where it gives back charges of a
//! customer that was dropped (B10). Keeps and reads them; what they say is computed elsewhere.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::domain::bill::{Bill, DocumentKind};
use crate::domain::charge::BilledPeriod;
use crate::domain::credit::{beyond_left, left_of};
use crate::domain::money::{Currency, Money};
use crate::domain::numbering::Series;
use crate::domain::time::Date;

use super::account_entries::account_entries;
use super::bills::{bill_difference, read_bill, write_bill};
use super::columns::{date, money, named};
use super::numbers::{Numbered, Place, plan};
use super::periods::On;
use super::{Change, Ledger, LedgerError, LedgerWriter};

/// A credit note on its way into the ledger.
#[derive(Clone, Copy, Debug)]
pub struct NewCreditNote<'a> {
    /// The document: a [`DocumentKind::CreditNote`] with its number, as [`Ledger::plan_credit_numbers`] gave it, its reason,
    /// and the invoice it is of, if it is of one. Its amounts are negative; its date is that of the entry.
    pub bill: &'a Bill,
    /// The series of its number.
    pub series: &'a Series,
    /// Periods of charges that it gives back (P5); of a void none: what a voided invoice charged counts as not charged.
    pub periods: &'a [BilledPeriod],
}

/// A posted credit note without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditNoteRow {
    /// Its number (B11).
    pub number: String,
    /// The customer's account.
    pub account: String,
    /// The code of the organisation.
    pub organisation: String,
    /// The invoice that it is of.
    pub invoice: Option<String>,
    /// Its date.
    pub date: Date,
    /// Ex VAT; negative.
    pub net: Money,
    /// VAT; negative.
    pub vat: Money,
    /// In all; negative.
    pub gross: Money,
    /// Of the amounts.
    pub currency: Currency,
    /// Why.
    pub reason: String,
    /// Does it void the invoice?
    pub is_void: bool,
    /// When it was posted (UTC).
    pub posted_at: String,
}

const ROW_COLUMNS: &str = "number, account, organisation, invoice, date, net_minor, vat_minor, gross_minor, currency,
    reason, EXISTS (SELECT 1 FROM voids v WHERE v.credit_note = number) AS is_void, posted_at";

impl LedgerWriter {
    /// Posts a credit note: the document, its entry, what it gives back, and what it pays of its invoice, as far as that is
    /// open. A dry run does it all and undoes it.
    ///
    /// # Errors
    /// `Refused`: the number is not the next one; there is no reason; it does not add up; the invoice is not there, somebody
    /// else's or void, or less is left of it; the balance changed; a period is not charged.
    pub fn post_credit_note(&mut self, note: &NewCreditNote<'_>, dry_run: bool) -> Result<(), LedgerError> {
        let change = self.begin()?;
        change.write_credit_note(note)?;
        change.end(dry_run)
    }
}

impl Ledger {
    /// Credit notes in the order of posting: all, or those of an account.
    pub fn credit_notes(&self, account: Option<&str>) -> Result<Vec<CreditNoteRow>, LedgerError> {
        let sql = format!("SELECT {ROW_COLUMNS} FROM credit_notes WHERE ?1 IS NULL OR account = ?1 ORDER BY id");
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query.query_map([account], read_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The credit note of a number, with its document.
    pub fn credit_note(&self, number: &str) -> Result<Option<(CreditNoteRow, Bill)>, LedgerError> {
        let sql = format!("SELECT {ROW_COLUMNS}, bill_json FROM credit_notes WHERE number = ?1");
        let mut query = self.connection.prepare_cached(&sql)?;
        Ok(query.query_row([number], |row| Ok((read_row(row)?, read_bill(row)?))).optional()?)
    }

    /// The documents of the credit notes on an invoice, in the order of posting.
    pub fn credits_of(&self, invoice: &str) -> Result<Vec<Bill>, LedgerError> {
        credits_of(&self.connection, invoice)
    }
}

pub(super) fn credits_of(connection: &Connection, invoice: &str) -> Result<Vec<Bill>, LedgerError> {
    let mut query = connection.prepare_cached("SELECT bill_json FROM credit_notes WHERE invoice = ?1 ORDER BY id")?;
    let bills = query.query_map([invoice], read_bill)?;
    Ok(bills.collect::<Result<_, _>>()?)
}

impl Change<'_> {
    /// Writes a credit note within a change.
    pub(super) fn write_credit_note(&self, note: &NewCreditNote<'_>) -> Result<(), LedgerError> {
        let NewCreditNote { bill, series, periods } = *note;
        let place = plan(self, Numbered::CreditNotes, std::iter::once(series))?.swap_remove(0);
        self.check_credit_note(bill, &place)?;
        let invoice = bill.credits.as_ref().map(|credited| credited.number.as_str());
        let (account, date) = (&bill.customer.account, bill.invoice_date.to_string());
        self.insert_credit_note(bill, &place)?;
        let gross = bill.totals.gross.money.minor();
        self.prepare_cached(
            "INSERT INTO entries (account, kind, amount_minor, currency, date, invoice, credit_note, at)
             VALUES (?1, 'credit_note', ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![account, gross, bill.currency.code(), date, invoice, place.number, self.actor.at])?;
        self.allocate_credit_note(account, self.last_insert_rowid(), invoice)?;
        let what = || format!("post the credit note {}", place.number);
        for period in periods {
            self.write_period(&what, account, On::CreditNote(&place.number), period)?;
        }
        let after = json!({
            "account": account, "invoice": invoice, "gross": bill.totals.gross, "reason": bill.reason,
        });
        self.audit("credit_note", &place.number, None, Some(&after.to_string()))
    }

    fn check_credit_note(&self, bill: &Bill, place: &Place) -> Result<(), LedgerError> {
        let account = &bill.customer.account;
        let what = match &bill.credits {
            Some(credited) => format!("credit the invoice {}", credited.number),
            None => format!("credit {account}"),
        };
        let refuse = |why: String, hint: &str| Err(LedgerError::refused(what.clone(), why, hint));
        if bill.reason.trim().is_empty() {
            return refuse("there is no reason".into(), "say why with --reason");
        }
        if bill.document != DocumentKind::CreditNote || bill.number.as_deref() != Some(&place.number) {
            let why = format!("its number is {:?}, the next one is {}", bill.number, place.number);
            return refuse(why, "plan the numbers again");
        }
        if let Some(difference) = bill_difference(bill) {
            return refuse(format!("the credit note does not add up: {difference}"), "this is a fault of the program");
        }
        let balance: i64 = self
            .prepare_cached("SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE account = ?1")?
            .query_row([account], |row| row.get(0))?;
        if balance != bill.balance.previous.money.minor() {
            return refuse(format!("the balance of {account} has changed"), "do it again");
        }
        let Some(credited) = &bill.credits else { return Ok(()) };
        let original = self
            .prepare_cached("SELECT bill_json FROM invoices WHERE number = ?1 AND account = ?2 AND currency = ?3")?
            .query_row(params![credited.number, account, bill.currency.code()], read_bill)
            .optional()?;
        let Some(original) = original else {
            return refuse(format!("{account} has no such invoice"), "see `tollbook invoice list`");
        };
        if let Some(note) = self.void_of(&credited.number)? {
            return refuse(format!("it is void: credit note {note}"), "nothing is left of it");
        }
        if bill.invoice_date < original.invoice_date {
            let why = format!("its date is {}, after {}", original.invoice_date, bill.invoice_date);
            return refuse(why, "a credit note is not dated before its invoice");
        }
        let earlier = credits_of(self, &credited.number)?;
        let left = left_of(&original, earlier.iter())
            .map_err(|overflow| LedgerError::Damaged { why: format!("{}: {overflow}", credited.number) })?;
        let unknown = bill.vat.iter().find(|row| left.iter().all(|left| left.code != row.code));
        if let Some(row) = unknown {
            return refuse(format!("it has no VAT code {}", row.code), "see `tollbook invoice show`");
        }
        match beyond_left(&left, bill) {
            None => Ok(()),
            Some(left) => {
                let (net, vat) = (left.net.format(bill.currency), left.vat.format(bill.currency));
                let why = format!("a credit above the invoice: of VAT code {} {net} and VAT {vat} are left", left.code);
                refuse(why, "credit at most what is left")
            }
        }
    }

    fn insert_credit_note(&self, bill: &Bill, place: &Place) -> Result<(), LedgerError> {
        self.prepare_cached(
            "INSERT INTO credit_notes (number, series, sequence, account, organisation, invoice, date, net_minor,
               vat_minor, gross_minor, currency, reason, bill_json, posted_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            place.number,
            place.series,
            place.sequence,
            bill.customer.account,
            bill.organisation.code,
            bill.credits.as_ref().map(|credited| &credited.number),
            bill.invoice_date.to_string(),
            bill.totals.net.money.minor(),
            bill.totals.vat.money.minor(),
            bill.totals.gross.money.minor(),
            bill.currency.code(),
            bill.reason,
            write_bill(bill)?,
            self.actor.at,
        ])?;
        Ok(())
    }

    /// Lets the entry of a credit note pay its invoice first. One that raises the balance, of a bill that was a credit, is
    /// paid by that bill first.
    fn allocate_credit_note(&self, account: &str, entry: i64, invoice: Option<&str>) -> Result<(), LedgerError> {
        let entries = account_entries(self, account)?;
        let is_of_invoice = |kind: &str, of: Option<&str>| kind == "invoice" && invoice.is_some() && of == invoice;
        let original = entries.iter().find(|one| is_of_invoice(one.kind.name(), one.invoice.as_deref()));
        let named = match (original, entries.iter().find(|one| one.id == entry)) {
            (Some(original), Some(note)) if note.is_debt() => BTreeMap::from([(original.id, note.id)]),
            (Some(original), Some(note)) => BTreeMap::from([(note.id, original.id)]),
            _ => BTreeMap::new(),
        };
        self.allocate_account(account, &named).map(|_| ())
    }

    /// The credit note that voided an invoice, if one did.
    pub(super) fn void_of(&self, invoice: &str) -> Result<Option<String>, LedgerError> {
        let mut query = self.prepare_cached("SELECT credit_note FROM voids WHERE invoice = ?1")?;
        Ok(query.query_row([invoice], |row| row.get(0)).optional()?)
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<CreditNoteRow> {
    Ok(CreditNoteRow {
        number: row.get("number")?,
        account: row.get("account")?,
        organisation: row.get("organisation")?,
        invoice: row.get("invoice")?,
        date: date(row, "date")?,
        net: money(row, "net_minor")?,
        vat: money(row, "vat_minor")?,
        gross: money(row, "gross_minor")?,
        currency: named(row, "currency", Currency::parse)?,
        reason: row.get("reason")?,
        is_void: row.get("is_void")?,
        posted_at: row.get("posted_at")?,
    })
}
