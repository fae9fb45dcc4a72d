//! The last invoices of many customers at once, and who has one for a window: what drafts are compared with (B12, B15).
//! Voided invoices count as never made. Reads only.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;

use crate::domain::bill::Amount;
use crate::domain::money::{Currency, Money};
use crate::domain::time::Date;

use super::columns::{date, money, named, optional};
use super::{Ledger, LedgerError};

/// What one of the last runs billed a customer: its invoice, or its invoices by cost centre as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentInvoice {
    /// The number of the last of them.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// Of its amounts.
    pub currency: Currency,
    /// Ex VAT.
    pub net: Money,
    /// Its usage, ex VAT; of the last run only.
    pub usage: Option<Money>,
}

impl Ledger {
    /// What the last runs billed each of these accounts, at most so many, the latest first. An account without any is not there.
    pub fn recent_invoices<'a>(
        &self,
        accounts: impl Iterator<Item = &'a str>,
        most: u32,
    ) -> Result<BTreeMap<String, Vec<RecentInvoice>>, LedgerError> {
        let mut last = self.connection.prepare_cached(
            "SELECT max(id), run, number, date, currency, sum(net_minor) AS net_minor FROM invoices i WHERE account = ?1
               AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number)
             GROUP BY run ORDER BY max(id) DESC LIMIT ?2",
        )?;
        let mut recent = BTreeMap::new();
        for account in accounts {
            let rows = last.query_map(params![account, most], |row| {
                let invoice = RecentInvoice {
                    number: row.get("number")?,
                    date: date(row, "date")?,
                    currency: named(row, "currency", Currency::parse)?,
                    net: money(row, "net_minor")?,
                    usage: None,
                };
                Ok((row.get::<_, i64>("run")?, invoice))
            })?;
            let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
            if let Some((run, invoice)) = rows.first_mut() {
                invoice.usage = self.usage_billed(account, *run)?;
                recent.insert(account.to_owned(), rows.into_iter().map(|(_, invoice)| invoice).collect());
            }
        }
        Ok(recent)
    }

    /// The usage on the invoices of an account in a run, ex VAT.
    fn usage_billed(&self, account: &str, run: i64) -> Result<Option<Money>, LedgerError> {
        let mut usage = self.connection.prepare_cached(
            "SELECT bill_json ->> '$.totals.usage' AS usage FROM invoices i WHERE account = ?1 AND run = ?2
               AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number)",
        )?;
        let amounts = usage.query_map(params![account, run], |row| optional(row, "usage", read_amount))?;
        let amounts: Option<Vec<Money>> = amounts.collect::<Result<_, _>>()?;
        Ok(amounts.and_then(|amounts| Money::total(amounts).ok()))
    }

    /// A part of the report that a run was kept with, as JSON; none if the report has no such part.
    pub fn report_part(&self, run: i64, path: &str) -> Result<Option<String>, LedgerError> {
        let mut query = self.connection.prepare_cached("SELECT totals_json -> ?2 FROM runs WHERE id = ?1")?;
        Ok(query.query_row(params![run, path], |row| row.get(0))?)
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
