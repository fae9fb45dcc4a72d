//! Posted invoices and credit notes of a span of days, in windows, as the ledger keeps them: reading them is left to
//! whoever wants them, on any thread. Reads only.

use rusqlite::{Row, params};

use crate::domain::bill::{Bill, DocumentKind};
use crate::domain::money::{Currency, Money};
use crate::domain::time::Date;

use super::bills::parse_bill;
use super::columns::{count, date, money, named, optional};
use super::{Ledger, LedgerError};

/// A posted invoice or credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedDocument {
    /// The place of its posting: ascends among documents of its kind.
    pub place: i64,
    /// Its number (B11).
    pub number: String,
    /// The customer's account.
    pub account: String,
    /// Its date.
    pub date: Date,
    /// Ex VAT; of a credit note negative.
    pub net: Money,
    /// Of the amounts.
    pub currency: Currency,
    json: String,
}

impl PostedDocument {
    /// The bill with its number; damaged if it is not of the sum that the ledger has beside it.
    pub fn read(&self) -> Result<Bill, LedgerError> {
        let damaged = |why: &str| LedgerError::Damaged { why: format!("the document {} {why}", self.number) };
        let bill = parse_bill(&self.json).ok_or_else(|| damaged("does not read"))?;
        match bill.totals.net.money == self.net && bill.currency == self.currency {
            true => Ok(bill),
            false => Err(damaged("is not of the sum that the ledger has for it")),
        }
    }
}

impl Ledger {
    /// At most so many documents of a kind with a date from one day to another, in the order of posting, of those after a
    /// place.
    pub fn documents_between(
        &self,
        kind: DocumentKind,
        (from, to): (Date, Date),
        after: i64,
        most: u32,
    ) -> Result<Vec<PostedDocument>, LedgerError> {
        let table = match kind {
            DocumentKind::Invoice => "invoices",
            DocumentKind::CreditNote => "credit_notes",
        };
        let sql = format!(
            "SELECT id, number, account, date, net_minor, currency, bill_json FROM {table}
             WHERE id > ?3 AND date BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?4"
        );
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query.query_map(params![from.to_string(), to.to_string(), after, most], read_document)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many documents have a date from one day to another.
    pub fn documents_in(&self, (from, to): (Date, Date)) -> Result<u64, LedgerError> {
        let sql = "SELECT (SELECT count(*) FROM invoices WHERE date BETWEEN ?1 AND ?2)
             + (SELECT count(*) FROM credit_notes WHERE date BETWEEN ?1 AND ?2) AS documents";
        let mut query = self.connection.prepare_cached(sql)?;
        Ok(query.query_row(params![from.to_string(), to.to_string()], |row| count(row, "documents"))?)
    }

    /// The invoices that credit notes of these days voided (B12).
    pub fn voided_between(&self, (from, to): (Date, Date)) -> Result<Vec<String>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT v.invoice FROM voids v JOIN credit_notes c ON c.number = v.credit_note
             WHERE c.date BETWEEN ?1 AND ?2 ORDER BY v.invoice",
        )?;
        let numbers = query.query_map(params![from.to_string(), to.to_string()], |row| row.get(0))?;
        Ok(numbers.collect::<Result<_, _>>()?)
    }

    /// The latest date of an invoice.
    pub fn last_invoice_date(&self) -> Result<Option<Date>, LedgerError> {
        let found = self
            .connection
            .query_row("SELECT max(date) AS date FROM invoices", [], |row| optional(row, "date", Date::parse))?;
        Ok(found)
    }

    /// When the last invoice or credit note was posted: UTC.
    pub fn posted_until(&self) -> Result<Option<String>, LedgerError> {
        let sql = "SELECT max(at) FROM (SELECT max(posted_at) AS at FROM invoices
             UNION ALL SELECT max(posted_at) FROM credit_notes)";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// When the last file was imported: UTC.
    pub fn imported_until(&self) -> Result<Option<String>, LedgerError> {
        Ok(self.connection.query_row("SELECT max(imported_at) FROM imports", [], |row| row.get(0))?)
    }
}

fn read_document(row: &Row<'_>) -> rusqlite::Result<PostedDocument> {
    Ok(PostedDocument {
        place: row.get("id")?,
        number: row.get("number")?,
        account: row.get("account")?,
        date: date(row, "date")?,
        net: money(row, "net_minor")?,
        currency: named(row, "currency", Currency::parse)?,
        json: row.get("bill_json")?,
    })
}
