//! Posting: an approved run becomes invoices, entries and marks in one transaction, once (B11, B12, P6). Everything is
//! checked before anything is written; what is posted must be what was approved, on the ledger as it was then.

use rusqlite::{Row, params};
use serde_json::json;

use crate::domain::allowance::{AllowanceDraw, Measure};
use crate::domain::bill::Bill;
use crate::domain::charge::BilledPeriod;
use crate::domain::money::CallCharge;
use crate::domain::numbering::Series;
use crate::domain::time::Date;

use super::bills::{bill_difference, read_bill, write_bill};
use super::columns::{count, stored};
use super::deletions::{billed_rows, deleted_rows};
use super::drafts::{DraftOutcome, RunStatus};
use super::imports::{ImportKind, find_import};
use super::numbers::{Numbered, Place, plan};
use super::periods::On;
use super::runs::{RunRow, check_digest, find_run, refuse_status};
use super::{Change, LedgerError, LedgerWriter};

/// What was charged to a line in the period of its spending cap that starts on a day: (CLI, period start, total).
pub type CapTotal = (String, Date, CallCharge);

/// A bill on its way to being an invoice.
#[derive(Clone, Copy, Debug)]
pub struct PostedBill<'a> {
    /// The drafted bill with its number set, as [`Ledger::plan_numbers`](super::Ledger::plan_numbers) gave it.
    pub bill: &'a Bill,
    /// The series of its number (B11).
    pub series: &'a Series,
    /// Periods of charges on it (P6).
    pub periods: &'a [BilledPeriod],
    /// Service lines on it: (import, row).
    pub services: &'a [(i64, u32)],
    /// The new totals of the cap periods that its usage touched (S1, S3).
    pub cap_use: &'a [CapTotal],
    /// What its usage drew from allowances (A1).
    pub allowance_use: &'a [AllowanceDraw],
    /// Usage records on it.
    pub usage_records: u64,
    /// The one-time message printed on it, if one was.
    pub next_message: Option<&'a str>,
}

impl LedgerWriter {
    /// Posts an approved run: its invoices, their entries, billed periods, service lines, cap totals and messages, the
    /// usage billed by import, and the run itself — all or nothing.
    ///
    /// # Errors
    /// `Refused`: the run is not approved, or not the one with `digest`; the bills are not those of the draft; a number
    /// is not the next one; an account was invoiced or its balance changed since the draft; a bill does not add up; a
    /// period or a service line is billed already; the usage on the bills is not that of `run_imports`, or more than
    /// an import has. Then a new draft is needed, and nothing has been changed.
    pub fn post(
        &mut self,
        run: i64,
        digest: &str,
        bills: &[PostedBill<'_>],
        billed_file: &str,
        run_imports: &[(i64, u64)],
    ) -> Result<(), LedgerError> {
        let change = self.begin()?;
        let before = find_run(&change, run)?;
        if before.status != RunStatus::Approved {
            return Err(refuse_status("post", &before, "only approved runs are posted, and only once"));
        }
        check_digest("post", &before, digest)?;
        let posting = Posting { change: &change, run: &before };
        let places = plan(&change, Numbered::Invoices, bills.iter().map(|posted| posted.series))?;
        posting.check_bills(bills, &places)?;
        posting.check_usage(bills, billed_file, run_imports)?;
        for (posted, place) in bills.iter().zip(&places) {
            posting.write_invoice(posted, place)?;
        }
        posting.write_run(billed_file, run_imports)?;
        change.audit_run(run, Some(&before), Some(RunStatus::Posted), digest)?;
        change.commit()
    }
}

/// A row of the draft holds the same bill but for its number, on as much usage.
fn is_drafted(row: &Row<'_>, posted: &PostedBill<'_>) -> Result<bool, LedgerError> {
    let without_number = Bill { number: None, ..posted.bill.clone() };
    // Nearly always the same text; a draft of an earlier version may be written another way.
    let is_same = row.get_ref("bill_json")?.as_str_or_null().ok().flatten() == Some(&write_bill(&without_number)?);
    Ok(count(row, "usage_records")? == posted.usage_records && (is_same || read_bill(row)? == without_number))
}

struct Posting<'a> {
    change: &'a Change<'a>,
    run: &'a RunRow,
}

impl Posting<'_> {
    fn refuse<T>(&self, why: String, hint: &str) -> Result<T, LedgerError> {
        Err(LedgerError::refused(format!("post run {}", self.run.id), why, hint))
    }

    /// The bills are those of the draft but for their numbers, and nothing that they stand on has changed.
    fn check_bills(&self, bills: &[PostedBill<'_>], places: &[Place]) -> Result<(), LedgerError> {
        let mut count =
            self.change.prepare_cached("SELECT count(*) FROM draft_bills WHERE run = ?1 AND outcome = ?2")?;
        let drafted: i64 = count.query_row(params![self.run.id, DraftOutcome::Bill.name()], |row| row.get(0))?;
        if drafted != stored(bills.len() as u64)? {
            let why = format!("it has {drafted} invoices, {} are to be posted", bills.len());
            return self.refuse(why, "post what was approved");
        }
        // One at a time: there may be as many as a run has customers.
        let mut query = self.change.prepare(
            "SELECT bill_json, usage_records FROM draft_bills WHERE run = ?1 AND outcome = ?2 ORDER BY position",
        )?;
        let mut drafted = query.query(params![self.run.id, DraftOutcome::Bill.name()])?;
        let mut before: Option<&Bill> = None;
        for (posted, place) in bills.iter().zip(places) {
            let bill = posted.bill;
            let account = &bill.customer.account;
            if bill.number.as_deref() != Some(&place.number) {
                let number = bill.number.as_deref().unwrap_or("none");
                let why = format!("the bill of {account} has number {number}, the next one is {}", place.number);
                return self.refuse(why, "plan the numbers again");
            }
            let is_drafted = match drafted.next()? {
                Some(row) => is_drafted(row, posted)?,
                None => false,
            };
            if !is_drafted {
                return self.refuse(format!("the bill of {account} is not the one in the draft"), DRAFT_AGAIN);
            }
            if let Some(difference) = bill_difference(bill) {
                return self.refuse(format!("the bill of {account} does not add up: {difference}"), DRAFT_AGAIN);
            }
            match before.filter(|before| before.customer.account == *account) {
                Some(before) if before.balance.now != bill.balance.previous => {
                    return self.refuse(format!("the bills of {account} do not follow each other"), DRAFT_AGAIN);
                }
                Some(_) => {}
                None => self.check_account(bill)?,
            }
            before = Some(bill);
        }
        Ok(())
    }

    fn check_account(&self, bill: &Bill) -> Result<(), LedgerError> {
        let account = &bill.customer.account;
        let (invoiced, balance): (Option<String>, i64) = self
            .change
            .prepare_cached(
                "SELECT (SELECT max(number) FROM invoices WHERE account = ?1
                          AND id > (SELECT drafted_after FROM runs WHERE id = ?2)),
                        (SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE account = ?1)",
            )?
            .query_row(params![account, self.run.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if let Some(number) = invoiced {
            return self.refuse(format!("{account} got the invoice {number} since the draft was made"), DRAFT_AGAIN);
        }
        if balance != bill.balance.previous.money.minor() {
            return self.refuse(format!("the balance of {account} changed since the draft was made"), DRAFT_AGAIN);
        }
        Ok(())
    }

    /// The usage on the bills is that of the imports, each record once.
    fn check_usage(
        &self,
        bills: &[PostedBill<'_>],
        billed_file: &str,
        run_imports: &[(i64, u64)],
    ) -> Result<(), LedgerError> {
        if billed_file.is_empty() {
            return self.refuse("no file says which usage it bills".into(), "write the file first");
        }
        let on_bills: u64 = bills.iter().map(|posted| posted.usage_records).sum();
        let of_imports: u64 = run_imports.iter().map(|(_, rows)| rows).sum();
        if on_bills != of_imports {
            let why = format!("{on_bills} usage records are on its bills, {of_imports} come from imports");
            return self.refuse(why, DRAFT_AGAIN);
        }
        for &(import, rows) in run_imports {
            let row = find_import(self.change, import)?;
            if row.deleted_at.is_some() || row.kind != ImportKind::Usage {
                return self.refuse(format!("import {import} is deleted, or holds no usage"), DRAFT_AGAIN);
            }
            let billed = rows + billed_rows(self.change, import)?;
            let deleted = deleted_rows(self.change, import)?;
            if billed > row.records - row.duplicates - row.conflicts || billed + deleted > row.records {
                let why = format!(
                    "{billed} records of import {import} would be billed, of {} with {} duplicates, {} conflicts, \
                     {deleted} deleted",
                    row.records, row.duplicates, row.conflicts
                );
                return self.refuse(why, DRAFT_AGAIN);
            }
        }
        Ok(())
    }

    fn write_invoice(&self, posted: &PostedBill<'_>, place: &Place) -> Result<(), LedgerError> {
        let bill = posted.bill;
        let (account, at) = (&bill.customer.account, &self.change.actor.at);
        self.change
            .prepare_cached(
                "INSERT INTO invoices (number, series, sequence, account, organisation, run, date, due_date, net_minor,
                   vat_minor, gross_minor, currency, is_final, usage_records, bill_json, posted_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?
            .execute(params![
                place.number,
                place.series,
                place.sequence,
                account,
                bill.organisation.code,
                self.run.id,
                bill.invoice_date.to_string(),
                bill.due_date.to_string(),
                bill.totals.net.money.minor(),
                bill.totals.vat.money.minor(),
                bill.totals.gross.money.minor(),
                bill.currency.code(),
                bill.is_final,
                stored(posted.usage_records)?,
                write_bill(bill)?,
                at,
            ])?;
        self.change
            .prepare_cached(
                "INSERT INTO entries (account, kind, amount_minor, currency, date, invoice, at)
                 VALUES (?1, 'invoice', ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                account,
                bill.totals.gross.money.minor(),
                bill.currency.code(),
                bill.invoice_date.to_string(),
                place.number,
                at,
            ])?;
        let what = || format!("post run {}", self.run.id);
        for period in posted.periods {
            self.change.write_period(&what, account, On::Invoice(&place.number), period)?;
        }
        for &(import, row) in posted.services {
            self.change.bill_service((self.run.id, &place.number), import, row)?;
        }
        self.write_state(posted, &place.number)?;
        let after = json!({"run": self.run.id, "account": account, "gross": bill.totals.gross});
        self.change.audit("invoice", &place.number, None, Some(&after.to_string()))
    }

    /// What later runs start from: cap totals, what allowances were drawn, the message that was printed.
    fn write_state(&self, posted: &PostedBill<'_>, number: &str) -> Result<(), LedgerError> {
        let account = &posted.bill.customer.account;
        for (cli, period_start, charged) in posted.cap_use {
            self.change
                .prepare_cached(
                    "INSERT INTO cap_use (account, cli, period_start, charged_e6, invoice)
                     SELECT ?1, ?2, ?3, ?4 - coalesce(sum(charged_e6), 0), ?5 FROM cap_use u
                     WHERE account = ?1 AND cli = ?2 AND period_start = ?3
                       AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = u.invoice)",
                )?
                .execute(params![account, cli, period_start.to_string(), charged.scaled(), number])?;
        }
        for AllowanceDraw { from, drawn } in posted.allowance_use {
            let [seconds, messages, bytes, calls, money] =
                Measure::ALL.map(|measure| drawn[measure].wide().to_string());
            self.change
                .prepare_cached(
                    "INSERT INTO allowance_use (account, allowance, scope, held_from, granted_for, seconds_e12,
                       messages_e12, bytes_e12, calls_e12, money_e12, invoice)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute(params![
                    account,
                    from.allowance,
                    from.scope,
                    from.held_from.to_string(),
                    from.granted_for.to_string(),
                    seconds,
                    messages,
                    bytes,
                    calls,
                    money,
                    number,
                ])?;
        }
        if let Some(message) = posted.next_message {
            self.change
                .prepare_cached(
                    "INSERT INTO next_message_used (account, message, invoice) VALUES (?1, ?2, ?3)
                     ON CONFLICT (account) DO UPDATE SET message = excluded.message, invoice = excluded.invoice",
                )?
                .execute(params![account, message, number])?;
        }
        Ok(())
    }

    fn write_run(&self, billed_file: &str, run_imports: &[(i64, u64)]) -> Result<(), LedgerError> {
        let id = self.run.id;
        for &(import, rows) in run_imports.iter().filter(|(_, rows)| *rows > 0) {
            self.change
                .prepare_cached("INSERT INTO run_imports (run, import, rows) VALUES (?1, ?2, ?3)")?
                .execute(params![id, import, stored(rows)?])?;
        }
        self.change.execute(
            "UPDATE runs SET status = 'posted', posted_at = ?2, billed_file = ?3 WHERE id = ?1",
            params![id, self.change.actor.at, billed_file],
        )?;
        self.change.settle_due_day(self.run)
    }
}

const DRAFT_AGAIN: &str = "make the draft again and look at it";
