//! What customers owe: entries that are added and never changed; a balance is their sum (L1).

use rusqlite::params;

use crate::domain::money::{Currency, Money};

use super::columns::{money, optional};
use super::{Change, Ledger, LedgerError};

impl Ledger {
    /// What an account owes, in minor units of its currency; negative if we owe it. Zero for an unknown account.
    pub fn balance(&self, account: &str) -> Result<Money, LedgerError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT coalesce(sum(amount_minor), 0) AS balance FROM entries WHERE account = ?1")?;
        Ok(query.query_row([account], |row| money(row, "balance"))?)
    }
}

impl Change<'_> {
    /// Makes the opening entries of each customer come to the opening balance that the book states: the whole when a
    /// customer first appears, later only what was corrected.
    pub(super) fn settle_opening_balances(&self, default_currency: Currency) -> Result<(), LedgerError> {
        let mut query = self.prepare(
            "SELECT c.account, c.currency, c.opening_balance,
               (SELECT coalesce(sum(amount_minor), 0) FROM entries e
                 WHERE e.account = c.account AND e.kind = 'opening_balance') AS entered_minor,
               (SELECT max(e.currency) FROM entries e WHERE e.account = c.account) AS entered_currency
             FROM book_customers c
             WHERE c.opening_balance IS NOT NULL OR EXISTS (SELECT 1 FROM entries e WHERE e.account = c.account)
             ORDER BY c.account",
        )?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let account: String = row.get("account")?;
            let currency: Option<String> = row.get("currency")?;
            let stated: Option<String> = row.get("opening_balance")?;
            let refuse = |why: String, hint| {
                Err(LedgerError::refused(format!("load the opening balance of customer {account}"), why, hint))
            };
            let Some(currency) = currency.map_or(Some(default_currency), |code| Currency::parse(&code)) else {
                return refuse("its currency is none".into(), "write a three-letter code");
            };
            let entered_currency = optional(row, "entered_currency", Currency::parse)?;
            if let Some(entered) = entered_currency.filter(|entered| *entered != currency) {
                return refuse(format!("its entries are in {entered}, not {currency}"), "keep the customer's currency");
            }
            let stated = stated.unwrap_or_else(|| "0".into());
            let amount = match Money::parse(&stated, currency) {
                Ok(amount) => amount,
                Err(error) => return refuse(format!("{stated:?} {error}"), "write an amount of its currency"),
            };
            let Ok(missing) = amount.minus(money(row, "entered_minor")?) else {
                return refuse(format!("{stated} is out of range"), "check the amount");
            };
            if missing != Money::ZERO {
                self.add_opening_balance(&account, missing, currency)?;
            }
        }
        Ok(())
    }

    fn add_opening_balance(&self, account: &str, amount: Money, currency: Currency) -> Result<(), LedgerError> {
        self.prepare_cached(
            "INSERT INTO entries (account, kind, amount_minor, currency, date, at)
             VALUES (?1, 'opening_balance', ?2, ?3, ?4, ?5)",
        )?
        .execute(params![account, amount.minor(), currency.code(), self.actor.date(), self.actor.at])?;
        let after = serde_json::json!({
            "kind": "opening_balance", "amount": amount.format(currency), "currency": currency.code(),
        });
        self.audit("entry", account, None, Some(&after.to_string()))
    }
}
