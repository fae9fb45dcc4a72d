//! The last invoices of many customers at once, and who has one for a window: what drafts are compared with (B12, B15).
//! Voided invoices count as never made. Reads only.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;

use crate::domain::bill::Amount;
use crate::domain::money::{Currency, Money};
use crate::domain::time::Date;

use super::columns::{date, money, named};
use super::{Ledger, LedgerError};

/// One of the last invoices of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentInvoice {
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// Of its amounts.
    pub currency: Currency,
    /// Ex VAT.
    pub net: Money,
    /// Its usage, ex VAT; of the last one only.
    pub usage: Option<Money>,
}

impl Ledger {
    /// The last invoices of each account, at most so many, the latest first. An account without any is not there.
    pub fn recent_invoices(&self, most: u32) -> Result<BTreeMap<String, Vec<RecentInvoice>>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "WITH standing AS (
               SELECT id, account, row_number() OVER (PARTITION BY account ORDER BY id DESC) AS place FROM invoices i
               WHERE NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number))
             SELECT i.account, i.number, i.date, i.currency, i.net_minor,
               CASE s.place WHEN 1 THEN json_extract(i.bill_json, '$.totals.usage') END AS usage
             FROM standing s JOIN invoices i USING (id) WHERE s.place <= ?1 ORDER BY i.account, s.place",
        )?;
        let mut recent = BTreeMap::<String, Vec<RecentInvoice>>::new();
        let mut rows = query.query([most])?;
        while let Some(row) = rows.next()? {
            let invoice = RecentInvoice {
                number: row.get("number")?,
                date: date(row, "date")?,
                currency: named(row, "currency", Currency::parse)?,
                net: money(row, "net_minor")?,
                usage: super::columns::optional(row, "usage", read_amount)?,
            };
            recent.entry(row.get("account")?).or_default().push(invoice);
        }
        Ok(recent)
    }

    /// The accounts that have an invoice of a run with these cutoffs.
    pub fn accounts_billed_in_window(
        &self,
        usage_cutoff: Date,
        charge_cutoff: Date,
    ) -> Result<BTreeSet<String>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT DISTINCT i.account FROM runs r JOIN invoices i ON i.run = r.id
             WHERE r.status = 'posted' AND r.usage_cutoff = ?1 AND r.charge_cutoff = ?2
               AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number)",
        )?;
        let rows = query.query_map(params![usage_cutoff.to_string(), charge_cutoff.to_string()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read_amount(text: &str) -> Option<Money> {
    serde_json::from_value::<Amount>(text.into()).ok().map(|amount| amount.money)
}
