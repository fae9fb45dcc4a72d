//! Collections by direct debit: which invoices are in which, and what was cancelled. An invoice is collected once, unless
//! that was cancelled. What a file of one looks like is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, Row, params};
use serde_json::json;

use crate::domain::money::{Currency, Money};
use crate::domain::time::Date;

use super::columns::{count, date, money, named};
use super::{Ledger, LedgerError, LedgerWriter};

/// A collection on its way into the ledger.
#[derive(Clone, Debug)]
pub struct NewCollection<'a> {
    /// Under whose rules: `sepa`, `bacs` …
    pub scheme: &'a str,
    /// The code of the organisation that collects.
    pub organisation: &'a str,
    /// When accounts are debited.
    pub collect_on: Date,
    /// Of all amounts.
    pub currency: Currency,
    /// What its file is made of, as JSON.
    pub contents: &'a str,
    /// What is collected.
    pub invoices: Vec<CollectedInvoice>,
}

/// An invoice in a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectedInvoice {
    /// Its number.
    pub invoice: String,
    /// Whose.
    pub account: String,
    /// By which mandate.
    pub mandate: String,
    /// How much.
    pub amount: Money,
}

/// A collection that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionRow {
    /// Its number.
    pub id: i64,
    /// Under whose rules.
    pub scheme: String,
    /// The code of the organisation that collects.
    pub organisation: String,
    /// When accounts are debited.
    pub collect_on: Date,
    /// Of the amount.
    pub currency: Currency,
    /// When it was made (UTC).
    pub created_at: String,
    /// How many invoices are in it.
    pub invoices: u64,
    /// How many of them were cancelled.
    pub cancelled: u64,
    /// What was to be collected, without what was cancelled.
    pub amount: Money,
}

/// What was collected, or was to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Invoices by the collection that they are in.
    pub invoices: BTreeMap<String, i64>,
    /// Invoices whose collection was cancelled.
    pub cancelled: BTreeSet<String>,
    /// Mandates, with their accounts, by which something was collected.
    pub mandates: BTreeSet<(String, String)>,
}

const ROWS: &str = "SELECT c.id, c.scheme, c.organisation, c.collect_on, c.currency, c.created_at,
      count(*) AS invoices, count(i.cancelled_at) AS cancelled,
      coalesce(sum(CASE WHEN i.cancelled_at IS NULL THEN i.amount_minor END), 0) AS amount_minor
    FROM collections c JOIN collected_invoices i ON i.collection = c.id";

impl LedgerWriter {
    /// Keeps a collection; gives its number and the time of its making, both of which its file holds.
    ///
    /// # Errors
    /// `Refused`: nothing is in it; an invoice is void, or in a collection already.
    pub fn make_collection(&mut self, new: &NewCollection<'_>, dry_run: bool) -> Result<(i64, String), LedgerError> {
        let refuse = |why: String, hint: &str| Err(LedgerError::refused("make the collection", why, hint));
        if new.invoices.is_empty() {
            return refuse("nothing is to be collected".to_owned(), "see `tollbook collection list`");
        }
        let change = self.begin()?;
        let at = change.actor.at.clone();
        change
            .prepare_cached(
                "INSERT INTO collections (scheme, organisation, collect_on, currency, contents, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                new.scheme,
                new.organisation,
                new.collect_on.to_string(),
                new.currency.code(),
                new.contents,
                at,
            ])?;
        let id = change.last_insert_rowid();
        for one in &new.invoices {
            let stands = change
                .prepare_cached(
                    "SELECT (SELECT collection FROM collected_invoices WHERE invoice = ?1 AND cancelled_at IS NULL),
                       EXISTS (SELECT 1 FROM voids WHERE invoice = ?1)",
                )?
                .query_row([&one.invoice], |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, bool>(1)?)))?;
            match stands {
                (Some(other), _) => return refuse(format!("{} is in collection {other}", one.invoice), ""),
                (None, true) => return refuse(format!("{} is void", one.invoice), ""),
                (None, false) => {}
            }
            change
                .prepare_cached(
                    "INSERT INTO collected_invoices (collection, invoice, account, mandate, amount_minor)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![id, one.invoice, one.account, one.mandate, one.amount.minor()])?;
        }
        let numbers: Vec<&str> = new.invoices.iter().map(|one| one.invoice.as_str()).collect();
        let after = json!({"scheme": new.scheme, "organisation": new.organisation, "invoices": numbers});
        change.audit("collection", &id.to_string(), None, Some(&after.to_string()))?;
        change.end(dry_run)?;
        Ok((id, at))
    }

    /// Cancels a collection, or one invoice of it: what was in it can be collected again. Gives how many invoices that are.
    ///
    /// # Errors
    /// `Refused`: there is no such collection, or nothing of it is left to be cancelled.
    pub fn cancel_collection(&mut self, id: i64, invoice: Option<&str>, dry_run: bool) -> Result<u64, LedgerError> {
        let change = self.begin()?;
        let cancelled = change
            .prepare_cached(
                "UPDATE collected_invoices SET cancelled_at = ?3
                 WHERE collection = ?1 AND cancelled_at IS NULL AND (?2 IS NULL OR invoice = ?2)",
            )?
            .execute(params![id, invoice, change.actor.at])?;
        if cancelled == 0 {
            let why = match invoice {
                Some(invoice) => format!("{invoice} is not in it, or was cancelled before"),
                None => "it is not there, or was cancelled before".to_owned(),
            };
            let hint = "see `tollbook collection history`";
            return Err(LedgerError::refused(format!("cancel collection {id}"), why, hint));
        }
        let after = json!({"cancelled": invoice.unwrap_or("all")});
        change.audit("collection", &id.to_string(), None, Some(&after.to_string()))?;
        change.end(dry_run)?;
        Ok(cancelled as u64)
    }
}

impl Ledger {
    /// What was collected.
    pub fn collected(&self) -> Result<Collected, LedgerError> {
        let mut query = self.connection.prepare(
            "SELECT collection, invoice, account, mandate, cancelled_at IS NULL AS stands FROM collected_invoices",
        )?;
        let mut rows = query.query([])?;
        let mut collected = Collected::default();
        while let Some(row) = rows.next()? {
            let invoice: String = row.get("invoice")?;
            if row.get("stands")? {
                collected.invoices.insert(invoice, row.get("collection")?);
                collected.mandates.insert((row.get("account")?, row.get("mandate")?));
            } else {
                collected.cancelled.insert(invoice);
            }
        }
        Ok(collected)
    }

    /// All collections, the oldest first.
    pub fn collections(&self) -> Result<Vec<CollectionRow>, LedgerError> {
        let mut query = self.connection.prepare(&format!("{ROWS} GROUP BY c.id ORDER BY c.id"))?;
        let rows = query.query_map([], read_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The collection of a number, with what its file is made of.
    pub fn collection(&self, id: i64) -> Result<Option<(CollectionRow, String)>, LedgerError> {
        let mut query = self.connection.prepare(&format!("{ROWS} WHERE c.id = ?1 GROUP BY c.id"))?;
        let Some(row) = query.query_row([id], read_row).optional()? else { return Ok(None) };
        let mut contents = self.connection.prepare("SELECT contents FROM collections WHERE id = ?1")?;
        Ok(Some((row, contents.query_row([id], |row| row.get(0))?)))
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<CollectionRow> {
    Ok(CollectionRow {
        id: row.get("id")?,
        scheme: row.get("scheme")?,
        organisation: row.get("organisation")?,
        collect_on: date(row, "collect_on")?,
        currency: named(row, "currency", Currency::parse)?,
        created_at: row.get("created_at")?,
        invoices: count(row, "invoices")?,
        cancelled: count(row, "cancelled")?,
        amount: money(row, "amount_minor")?,
    })
}
