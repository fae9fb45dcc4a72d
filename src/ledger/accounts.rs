//! What posted runs left behind for the next bills of many accounts at once: what one query of the whole store would give
//! account by account. Reads only.

use std::collections::BTreeMap;

use rusqlite::{Row, params};

use crate::domain::allowance::{AllowanceDraw, BucketKey, Measure, PerMeasure};
use crate::domain::charge::BilledPeriod;
use crate::domain::money::Money;

use super::columns::{date, decimal, money, sum};
use super::invoices::read_period;
use super::posting::CapTotal;
use super::{Ledger, LedgerError};

/// What the next bill of an account starts from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountState {
    /// The periods of charges that were billed to it and credited (P6), by charge, in the order of posting.
    pub billed_periods: Vec<BilledPeriod>,
    /// As [`Ledger::cap_use`].
    pub cap_use: Vec<CapTotal>,
    /// What posted invoices drew from its allowances, one entry for each of them, without those that were voided.
    pub allowance_use: Vec<AllowanceDraw>,
    /// As [`Ledger::balance`].
    pub balance: Money,
    /// The last one-time message (`next_invoice_message`) that was printed for it: a customer whose message is this one
    /// has had it.
    pub next_message_used: Option<String>,
}

impl Ledger {
    /// What the next bills start from, of all accounts from one to another, in the order of their bytes. An account that
    /// is not there has nothing.
    pub fn account_states(&self, first: &str, last: &str) -> Result<BTreeMap<String, AccountState>, LedgerError> {
        let mut states = BTreeMap::<String, AccountState>::new();
        let mut each = |sql: &str, take: &mut dyn FnMut(&mut AccountState, &Row<'_>) -> rusqlite::Result<()>| {
            let mut query = self.connection.prepare_cached(sql)?;
            let mut rows = query.query(params![first, last])?;
            while let Some(row) = rows.next()? {
                take(states.entry(row.get("account")?).or_default(), row)?;
            }
            Ok::<(), rusqlite::Error>(())
        };
        each(
            "SELECT * FROM charge_periods p WHERE account BETWEEN ?1 AND ?2
               AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = p.invoice)
             ORDER BY account, charge, id",
            &mut |state, row| {
                state.billed_periods.push(read_period(row)?);
                Ok(())
            },
        )?;
        each(
            "SELECT account, cli, period_start, sum(charged_e6) AS charged_e6 FROM cap_use u
             WHERE account BETWEEN ?1 AND ?2 AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = u.invoice)
             GROUP BY account, cli, period_start ORDER BY account, cli, period_start",
            &mut |state, row| {
                state.cap_use.push((row.get("cli")?, date(row, "period_start")?, decimal(row, "charged_e6")?));
                Ok(())
            },
        )?;
        each(
            "SELECT * FROM allowance_use u WHERE account BETWEEN ?1 AND ?2
               AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = u.invoice)
             ORDER BY account, id",
            &mut |state, row| {
                state.allowance_use.push(read_draw(row)?);
                Ok(())
            },
        )?;
        each(
            "SELECT account, sum(amount_minor) AS balance FROM entries WHERE account BETWEEN ?1 AND ?2 GROUP BY account",
            &mut |state, row| {
                state.balance = money(row, "balance")?;
                Ok(())
            },
        )?;
        each("SELECT account, message FROM next_message_used WHERE account BETWEEN ?1 AND ?2", &mut |state, row| {
            state.next_message_used = row.get("message")?;
            Ok(())
        })?;
        Ok(states)
    }
}

fn read_draw(row: &Row<'_>) -> rusqlite::Result<AllowanceDraw> {
    let from = BucketKey {
        allowance: row.get("allowance")?,
        scope: row.get("scope")?,
        held_from: date(row, "held_from")?,
        granted_for: date(row, "granted_for")?,
    };
    let mut drawn = PerMeasure::default();
    for measure in Measure::ALL {
        drawn[measure] = sum(row, &format!("{}_e12", measure.name()))?;
    }
    Ok(AllowanceDraw { from, drawn })
}
