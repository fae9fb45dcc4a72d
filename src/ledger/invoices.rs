//! Posted invoices and what posting left behind for later runs: billed periods, cap totals, messages. Reads only;
//! [`super::posting`] writes.

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::bill::{Bill, MonthlySpend};
use crate::domain::charge::BilledPeriod;
use crate::domain::money::{Currency, Money};
use crate::domain::time::Date;

use super::bills::{parse_bill, read_bill};
use super::columns::{count, date, decimal, money, named};
use super::posting::CapTotal;
use super::{Ledger, LedgerError};

/// Which invoices are wanted; a filter that is not set lets all pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvoiceFilter<'a> {
    /// Those that a run posted.
    pub run: Option<i64>,
    /// Those of an account.
    pub account: Option<&'a str>,
}

/// A posted invoice without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceRow {
    /// Its number (B11).
    pub number: String,
    /// The customer's account.
    pub account: String,
    /// The code of the organisation that bills.
    pub organisation: String,
    /// The run that posted it.
    pub run: i64,
    /// The invoice date.
    pub date: Date,
    /// When it is due.
    pub due_date: Date,
    /// Ex VAT.
    pub net: Money,
    /// VAT.
    pub vat: Money,
    /// To pay.
    pub gross: Money,
    /// Of the amounts.
    pub currency: Currency,
    /// The last one of a customer that leaves.
    pub is_final: bool,
    /// Usage records on it.
    pub usage_records: u64,
    /// When it was posted (UTC).
    pub posted_at: String,
}

/// A posted invoice.
#[derive(Clone, Debug, PartialEq)]
pub struct PostedInvoice {
    /// Its row.
    pub row: InvoiceRow,
    /// The bill with its number.
    pub bill: Bill,
}

/// A posted bill as the ledger keeps it: reading it is left to whoever wants it, on any thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBill {
    /// The place of its posting: ascends within a run.
    pub place: i64,
    /// Its number (B11).
    pub number: String,
    /// The customer's account.
    pub account: String,
    /// Usage records on it.
    pub usage_records: u64,
    json: String,
}

impl StoredBill {
    /// The bill with its number.
    pub fn read(&self) -> Result<Bill, LedgerError> {
        let why = || format!("the bill of invoice {} does not read", self.number);
        parse_bill(&self.json).ok_or_else(|| LedgerError::Damaged { why: why() })
    }
}

const ROW_COLUMNS: &str = "number, account, organisation, run, date, due_date, net_minor, vat_minor, gross_minor,
    currency, is_final, usage_records, posted_at";

impl Ledger {
    /// Posted invoices in the order of posting.
    pub fn invoices(&self, filter: InvoiceFilter<'_>) -> Result<Vec<InvoiceRow>, LedgerError> {
        let sql = match (filter.account, filter.run) {
            (Some(_), _) => "account = ?2 AND (?1 IS NULL OR run = ?1)",
            (None, Some(_)) => "run = ?1 AND ?2 IS NULL",
            (None, None) => "?1 IS NULL AND ?2 IS NULL",
        };
        let sql = format!("SELECT {ROW_COLUMNS} FROM invoices WHERE {sql} ORDER BY id");
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query.query_map(params![filter.run, filter.account], read_invoice)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The invoice of a number.
    pub fn invoice(&self, number: &str) -> Result<Option<PostedInvoice>, LedgerError> {
        let sql = format!("SELECT {ROW_COLUMNS}, bill_json FROM invoices WHERE number = ?1");
        let mut query = self.connection.prepare_cached(&sql)?;
        let found =
            query.query_row([number], |row| Ok(PostedInvoice { row: read_invoice(row)?, bill: read_bill(row)? }));
        Ok(found.optional()?)
    }

    /// How many invoices a run posted.
    pub fn invoice_count(&self, run: i64) -> Result<u64, LedgerError> {
        let mut query = self.connection.prepare_cached("SELECT count(*) AS invoices FROM invoices WHERE run = ?1")?;
        Ok(query.query_row([run], |row| count(row, "invoices"))?)
    }

    /// At most so many bills of a run, in the order of posting, of those after a place.
    pub fn stored_bills(&self, run: i64, after: i64, most: u32) -> Result<Vec<StoredBill>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT id, number, account, usage_records, bill_json FROM invoices WHERE run = ?1 AND id > ?2
             ORDER BY id LIMIT ?3",
        )?;
        let bills = query.query_map(params![run, after, most], |row| {
            Ok(StoredBill {
                place: row.get("id")?,
                number: row.get("number")?,
                account: row.get("account")?,
                usage_records: count(row, "usage_records")?,
                json: row.get("bill_json")?,
            })
        })?;
        Ok(bills.collect::<Result<_, _>>()?)
    }

    /// What the last `count` invoices of an account before an invoice came to, the earliest first: posted before it, in its
    /// currency, not void when it was posted. Nothing that is posted or voided later changes the answer.
    pub fn spend_before(&self, account: &str, number: &str, count: u32) -> Result<Vec<MonthlySpend>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT date, number, net_minor FROM (
               SELECT i.id, i.date, i.number, i.net_minor FROM invoices i
               JOIN invoices this ON this.number = ?2
               WHERE i.account = ?1 AND i.id < this.id AND i.currency = this.currency
                 AND NOT EXISTS (SELECT 1 FROM audit v WHERE v.subject = 'invoice' AND v.key = i.number
                   AND v.after_json ->> '$.void'
                   AND v.id < (SELECT min(p.id) FROM audit p WHERE p.subject = 'invoice' AND p.key = this.number))
               ORDER BY i.id DESC LIMIT ?3
             ) ORDER BY id",
        )?;
        let rows = query.query_map(params![account, number, count], |row| {
            Ok(MonthlySpend { date: date(row, "date")?, number: row.get("number")?, net: money(row, "net_minor")? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The bills of the last `count` invoices of an account that are not void, the latest first (B15).
    pub fn last_bills(&self, account: &str, count: u32) -> Result<Vec<Bill>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT bill_json FROM invoices i WHERE account = ?1
                   AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number) ORDER BY id DESC LIMIT ?2",
        )?;
        let bills = query.query_map(params![account, count], read_bill)?;
        Ok(bills.collect::<Result<_, _>>()?)
    }

    /// What posted runs charged to an account's lines by period of their spending caps (S1, S3), by line and period.
    pub fn cap_use(&self, account: &str) -> Result<Vec<CapTotal>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT cli, period_start, sum(charged_e6) AS charged_e6 FROM cap_use u
             WHERE account = ?1 AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = u.invoice)
             GROUP BY cli, period_start ORDER BY cli, period_start",
        )?;
        let totals = query.query_map([account], |row| {
            Ok((row.get("cli")?, date(row, "period_start")?, decimal(row, "charged_e6")?))
        })?;
        Ok(totals.collect::<Result<_, _>>()?)
    }
}

pub(super) fn read_period(row: &Row<'_>) -> rusqlite::Result<BilledPeriod> {
    Ok(BilledPeriod {
        charge: row.get("charge")?,
        from: date(row, "period_from")?,
        to: date(row, "period_to")?,
        is_credit: row.get::<_, String>("kind")? == "credit",
        price: decimal(row, "price_e8")?,
        quantity: decimal(row, "quantity_e4")?,
        amount: money(row, "amount_minor")?,
    })
}

fn read_invoice(row: &Row<'_>) -> rusqlite::Result<InvoiceRow> {
    Ok(InvoiceRow {
        number: row.get("number")?,
        account: row.get("account")?,
        organisation: row.get("organisation")?,
        run: row.get("run")?,
        date: date(row, "date")?,
        due_date: date(row, "due_date")?,
        net: money(row, "net_minor")?,
        vat: money(row, "vat_minor")?,
        gross: money(row, "gross_minor")?,
        currency: named(row, "currency", Currency::parse)?,
        is_final: row.get("is_final")?,
        usage_records: count(row, "usage_records")?,
        posted_at: row.get("posted_at")?,
    })
}
