//! Customers that are marked for deletion, and what a purge removes of them (K8): their rows of the book, what else knows
//! their lines, and their texts in the audit trail. Posted invoices, credit notes, entries and billed periods stay. Their
//! usage is not here.

use rusqlite::params;
use serde::Serialize;
use serde_json::json;

use crate::domain::customer::Status;
use crate::domain::money::{Currency, Money};
use crate::domain::time::Date;

use super::book::{ApplyError, StoredTable, load_book};
use super::columns::named;
use super::lives::find_life;
use super::{Ledger, LedgerError, LedgerWriter};

/// The book files whose rows are some customer's, those that refer to others of them first.
const FILES: [&str; 8] = [
    "charges",
    "charge_prices",
    "customer_allowances",
    "customer_tariffs",
    "product_prices",
    "clis",
    "cost_centres",
    "customers",
];

/// A customer that is marked for deletion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MarkedCustomer {
    /// Its account.
    pub account: String,
    /// The day on which it was marked.
    pub marked_on: Date,
}

impl Ledger {
    /// Customers that are marked for deletion and not purged yet, by account.
    pub fn marked_customers(&self) -> Result<Vec<MarkedCustomer>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT account, substr(marked_at, 1, 10) AS marked_on FROM deleted_customers
             WHERE taken_back_at IS NULL AND purged_at IS NULL ORDER BY account",
        )?;
        let marked = query.query_map([], |row| {
            Ok(MarkedCustomer { account: row.get("account")?, marked_on: named(row, "marked_on", Date::parse)? })
        })?;
        Ok(marked.collect::<Result<_, _>>()?)
    }
}

impl LedgerWriter {
    /// Marks a customer for deletion.
    ///
    /// # Errors
    /// `Refused` unless it is dropped or cancelled, owes nothing and is owed nothing, is in no draft, and has no mark yet.
    pub fn mark_deleted(&mut self, account: &str, dry_run: bool) -> Result<(), LedgerError> {
        let change = self.begin()?;
        let life = find_life(&change, account)?;
        let refuse = |why: String, hint: &str| Err(LedgerError::refused(format!("delete {account}"), why, hint));
        if let Some(at) = life.marked_at {
            return refuse(format!("it was marked for deletion at {at}"), "nothing is left to do");
        }
        if !matches!(life.status, Status::Dropped | Status::Cancelled) {
            let why = format!("it is {}, and only who is dropped or cancelled is deleted", life.status.name());
            return refuse(why, "drop it first with `tollbook customer drop`");
        }
        let (balance, currency, draft): (i64, Option<String>, Option<i64>) = change.query_row(
            "SELECT coalesce(sum(amount_minor), 0), max(currency),
               (SELECT max(b.run) FROM draft_bills b JOIN runs r ON r.id = b.run
                 WHERE b.account = ?1 AND b.outcome = 'bill' AND r.status <> 'posted')
             FROM entries WHERE account = ?1",
            [account],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        if let (true, Some(currency)) = (balance != 0, currency.as_deref().and_then(Currency::parse)) {
            let why = format!("its balance is {} {currency}, not zero", Money::from_minor(balance).format(currency));
            return refuse(why, "see that it is paid, refunded or written off first");
        }
        if let Some(run) = draft {
            return refuse(format!("the draft of run {run} bills it"), "discard the draft, or post it, first");
        }
        change.execute(
            "INSERT INTO deleted_customers (account, marked_at) VALUES (?1, ?2)",
            params![account, change.actor.at],
        )?;
        change.audit("customers", account, None, Some(&json!({"deleted": "marked"}).to_string()))?;
        change.end(dry_run)
    }

    /// Takes a mark back.
    ///
    /// # Errors
    /// `Refused` if there is none, or if the customer is purged.
    pub fn unmark_deleted(&mut self, account: &str, dry_run: bool) -> Result<(), LedgerError> {
        let change = self.begin()?;
        let taken_back = change.execute(
            "UPDATE deleted_customers SET taken_back_at = ?2
             WHERE account = ?1 AND taken_back_at IS NULL AND purged_at IS NULL",
            params![account, change.actor.at],
        )?;
        if taken_back == 0 {
            let what = format!("take the deletion of {account} back");
            return Err(LedgerError::refused(what, "it is not marked for deletion", "nothing is left to do"));
        }
        change.audit("customers", account, None, Some(&json!({"deleted": "taken back"}).to_string()))?;
        change.end(dry_run)
    }

    /// Removes what is known of marked customers, and remembers that they are purged. `check` sees the book as it becomes.
    pub fn purge_customers<E>(
        &mut self,
        accounts: &[String],
        check: impl FnOnce(&[StoredTable]) -> Result<(), E>,
        dry_run: bool,
    ) -> Result<(), ApplyError<E>> {
        let change = self.begin()?;
        for account in accounts {
            blank_audit(&change, account).map_err(LedgerError::from)?;
            remove_rows(&change, account).map_err(LedgerError::from)?;
            let purged = change
                .execute(
                    "UPDATE deleted_customers SET purged_at = ?2
                     WHERE account = ?1 AND taken_back_at IS NULL AND purged_at IS NULL",
                    params![account, change.actor.at],
                )
                .map_err(LedgerError::from)?;
            if purged == 0 {
                let why = "it is not marked for deletion";
                return Err(LedgerError::refused(format!("purge {account}"), why, "mark it first").into());
            }
            change.audit("customers", account, None, Some(&json!({"deleted": "purged"}).to_string()))?;
        }
        check(&load_book(&change)?).map_err(ApplyError::Check)?;
        Ok(change.end(dry_run)?)
    }
}

fn remove_rows(connection: &rusqlite::Connection, account: &str) -> rusqlite::Result<()> {
    for file in FILES {
        connection.execute(&format!("DELETE FROM book_{file} WHERE account = ?1"), [account])?;
    }
    connection.execute("DELETE FROM book_extra WHERE file = 'customers' AND key = ?1", [account])?;
    for table in ["ended_rows", "usage_alerts", "usage_days", "usage_call_types", "next_message_used"] {
        connection.execute(&format!("DELETE FROM {table} WHERE account = ?1"), [account])?;
    }
    // That a document was sent stays; to which address, and what the server said of it, goes.
    connection.execute("UPDATE outbox SET recipients = '', answer = NULL WHERE account = ?1", [account])?;
    Ok(())
}

/// What was written down of its rows, before and after each change, goes; when, who, why and which row stay (K7). The
/// schema lets nothing else of the audit trail be changed.
fn blank_audit(connection: &rusqlite::Connection, account: &str) -> rusqlite::Result<()> {
    for side in ["before_json", "after_json"] {
        connection.execute(
            &format!(
                "UPDATE audit SET {side} = '{{\"purged\":true}}'
                 WHERE subject IN ('{}') AND json_extract({side}, '$.account') = ?1",
                FILES.join("', '")
            ),
            [account],
        )?;
    }
    Ok(())
}
