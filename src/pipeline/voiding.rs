//! Posted invoices → credit notes, and what they release: a void, the undoing of a run, a credit of a part (B12, B13).
//! Either all of it is posted or nothing is.

use std::collections::BTreeMap;

use crate::billing::{Crediting, WhatToCredit};
use crate::domain::bill::Bill;
use crate::domain::book::{Book, VatRounding};
use crate::domain::money::Money;
use crate::domain::numbering::Series;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result};
use crate::facts::{RowSet, UsageStore};
use crate::ledger::{InvoiceFilter, Ledger, LedgerWriter, NewCreditNote, PostedInvoice, RowRange, Voiding};

/// What credit notes are made with.
#[derive(Clone, Copy)]
pub struct CreditNotes<'a> {
    /// Whose series and rounding hold.
    pub book: &'a Book,
    /// Where billed usage is.
    pub store: &'a UsageStore,
    /// The day on them; of one whose invoice is dated later, that day.
    pub date: Date,
    /// Why.
    pub reason: &'a str,
    /// Do it all and undo it.
    pub dry_run: bool,
}

impl CreditNotes<'_> {
    /// Voids an invoice; gives its credit note.
    pub fn void(&self, ledger: &mut LedgerWriter, number: &str) -> Result<Bill> {
        let invoice = find(ledger, number)?;
        let run = ledger.run(invoice.row.run)?;
        let mut note = self.note(ledger, &invoice.bill, &WhatToCredit::Whole, ledger.balance(&invoice.row.account)?)?;
        let series = self.series(&note);
        note.number = ledger.plan_credit_numbers(std::slice::from_ref(&series))?.pop();
        let released = match (&run.billed_file, run.undone_at) {
            (Some(file), None) if invoice.row.usage_records > 0 => self.store.rows_of_invoice(file, number)?,
            _ => BTreeMap::new(),
        };
        let released: Vec<_> =
            released.iter().flat_map(|(import, rows)| ranges(rows).map(|rows| (*import, rows))).collect();
        let new = NewCreditNote { bill: &note, series: &series, periods: &[] };
        let voiding = Voiding { invoice: number, note: new, released: &released };
        ledger.void_invoice(&voiding, self.dry_run)?;
        Ok(note)
    }

    /// Undoes a run; gives the credit notes of its invoices, in the order of posting.
    pub fn undo(&self, ledger: &mut LedgerWriter, run: i64) -> Result<Vec<Bill>> {
        // For what it refuses: an unknown run.
        ledger.run(run)?;
        let filter = InvoiceFilter { run: Some(run), account: None };
        let (mut notes, mut balances) = (Vec::new(), BTreeMap::<String, Money>::new());
        let standings = ledger.standings(filter)?;
        for row in ledger.invoices(filter)? {
            if standings.get(&row.number).is_some_and(|standing| standing.voided_by.is_some()) {
                continue;
            }
            let invoice = find(ledger, &row.number)?;
            let balance = match balances.get(&row.account) {
                Some(balance) => *balance,
                None => ledger.balance(&row.account)?,
            };
            let note = self.note(ledger, &invoice.bill, &WhatToCredit::Whole, balance)?;
            balances.insert(row.account, note.balance.now.money);
            notes.push(note);
        }
        let series: Vec<Series> = notes.iter().map(|note| self.series(note)).collect();
        for (note, number) in notes.iter_mut().zip(ledger.plan_credit_numbers(&series)?) {
            note.number = Some(number);
        }
        let new = notes.iter().zip(&series).map(|(bill, series)| NewCreditNote { bill, series, periods: &[] });
        ledger.undo_run(run, &new.collect::<Vec<_>>(), self.dry_run)?;
        Ok(notes)
    }

    /// Credits a part of an invoice; gives the credit note.
    pub fn credit(&self, ledger: &mut LedgerWriter, number: &str, what: &WhatToCredit) -> Result<Bill> {
        let invoice = find(ledger, number)?;
        let mut note = self.note(ledger, &invoice.bill, what, ledger.balance(&invoice.row.account)?)?;
        let series = self.series(&note);
        note.number = ledger.plan_credit_numbers(std::slice::from_ref(&series))?.pop();
        ledger.post_credit_note(&NewCreditNote { bill: &note, series: &series, periods: &[] }, self.dry_run)?;
        Ok(note)
    }

    fn note(&self, ledger: &Ledger, original: &Bill, what: &WhatToCredit, previous_balance: Money) -> Result<Bill> {
        let number = original.number.as_deref().unwrap_or_default();
        let organisation = self.book.organisations.iter().find(|known| known.code == original.organisation.code);
        let crediting = Crediting {
            original,
            earlier: &ledger.credits_of(number)?,
            date: self.date.max(original.invoice_date),
            reason: self.reason,
            previous_balance,
            rounding: organisation.map_or(VatRounding::HalfUp, |organisation| organisation.vat_rounding),
        };
        crediting.credit(what).map_err(|error| {
            Error::refused(format!("cannot credit the invoice {number}: {error}"), "see `tollbook invoice show`")
        })
    }

    fn series(&self, note: &Bill) -> Series {
        self.book.credit_series(&note.organisation.code, &note.customer.account)
    }
}

/// What voids released is what their runs billed; else, in words, what is wrong.
pub fn check_released(ledger: &Ledger, store: &UsageStore) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for (run, released) in ledger.released_rows()? {
        let Some(file) = ledger.run(run)?.billed_file else { continue };
        let billed = match store.billed_sets(&file) {
            Ok(billed) => billed,
            // The check of its seal says so.
            Err(_) => continue,
        };
        for (import, rows) in released {
            let of_import = billed.get(&import);
            let within = |row: u32| of_import.is_some_and(|billed| billed.contains(row));
            if !(rows.first..=rows.last).all(within) {
                findings
                    .push(format!("run {run}: a void released rows {rows} of import {import}, which it did not bill"));
            }
        }
    }
    Ok(findings)
}

fn ranges(rows: &RowSet) -> impl Iterator<Item = RowRange> + '_ {
    rows.ranges().map(|range| RowRange { first: range.start, last: range.end - 1 })
}

fn find(ledger: &Ledger, number: &str) -> Result<PostedInvoice> {
    let missing = || {
        let message = format!("there is no invoice {number:?}; nothing was changed");
        Error::new(ErrorKind::Refused, message, "see `tollbook invoice list`")
    };
    ledger.invoice(number)?.ok_or_else(missing)
}
