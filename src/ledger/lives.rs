//! Steps in customers' lives (B3, B10): final bill, drop, reinstatement, and the drop of who has paid its final bill. Each
//! is one transaction: the customer's row, what ends or comes back with it, the audit (K7). Whether the book as it becomes
//! is sound, and what usage stands against a step, is for the caller to say.

use rusqlite::{OptionalExtension, params};

use crate::domain::bill::Bill;
use crate::domain::charge::BilledPeriod;
use crate::domain::customer::Status;
use crate::domain::numbering::Series;
use crate::domain::time::Date;

use super::book::{ApplyError, ApplyMode, StoredTable, load_book};
use super::columns::{date, named, optional};
use super::ended_rows::{BringBack, LifeRow, Touched, bring_back, end_rows};
use super::{Change, Ledger, LedgerError, LedgerWriter, NewCreditNote, book_rows};

/// Where a customer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Its account.
    pub account: String,
    /// Its status (B3).
    pub status: Status,
    /// The last day of its service, if it leaves by a final bill.
    pub final_bill_date: Option<Date>,
    /// The last day before it was dropped.
    pub dropped_date: Option<Date>,
    /// Since when it has a contract, if the book says so.
    pub contract_start: Option<Date>,
    /// When it was marked for deletion: UTC.
    pub marked_at: Option<String>,
}

/// What happens to a customer.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// It leaves: service ends with this day, and a final bill settles it.
    FinalBill(Date),
    /// It is gone: service ends with this day, and nothing more is billed.
    Drop(Date),
    /// It comes back.
    Reinstate {
        /// Service goes on from this day; none: as if it had never ended.
        from: Option<Date>,
        /// What ended on these days comes back as well.
        also: &'a [Date],
        /// Lines that stay ended, with their charges.
        leave: &'a [String],
    },
}

/// What a customer that is dropped gets back: a credit note of no invoice (B10).
#[derive(Clone, Debug)]
pub struct GivenBack {
    /// The document, with its number and reason.
    pub bill: Box<Bill>,
    /// The series of its number.
    pub series: Series,
    /// The periods of charges that it gives back.
    pub periods: Vec<BilledPeriod>,
}

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stepped {
    /// The status before.
    pub before: Status,
    /// The status now.
    pub after: Status,
    /// Rows of the book that ended or came back, as they are now.
    pub rows: Vec<LifeRow>,
    /// Rows that were left as they are, with the reason.
    pub left: Vec<LifeRow>,
    /// The number of the credit note, if something was given back.
    pub credit_note: Option<String>,
}

impl Ledger {
    /// Where a customer stands; refuses an account that the book does not have.
    pub fn life(&self, account: &str) -> Result<Life, LedgerError> {
        find_life(&self.connection, account)
    }

    /// Whether a customer stands so that a step can be taken.
    ///
    /// # Errors
    /// `Refused` where it does not, with the reason.
    pub fn check_step(&self, account: &str, step: Step<'_>) -> Result<(), LedgerError> {
        refuse_step(&self.life(account)?, step)
    }

    /// Invoices that hold usage which may have begun after a day, latest first, without voided ones: the number and the
    /// file of usage that its run billed.
    pub fn invoices_with_usage_after(&self, account: &str, day: Date) -> Result<Vec<(String, String)>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT i.number, r.billed_file FROM invoices i JOIN runs r ON r.id = i.run
             WHERE i.account = ?1 AND i.usage_records > 0 AND json_extract(i.bill_json, '$.usage_until') > ?2
               AND r.billed_file IS NOT NULL AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number)
             ORDER BY i.id DESC",
        )?;
        let found = query.query_map(params![account, day.next().to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl LedgerWriter {
    /// Takes a step: all of it, or nothing. `check` sees the whole book as it would become and may refuse it; what it says
    /// is given back is credited in the same transaction. A dry run does it all and undoes it.
    ///
    /// # Errors
    /// `Refused` where the customer does not stand so that the step can be taken. `Check`: what `check` says.
    pub fn take_step<E>(
        &mut self,
        account: &str,
        step: Step<'_>,
        check: impl FnOnce(&[StoredTable]) -> Result<Option<GivenBack>, E>,
        dry_run: bool,
    ) -> Result<Stepped, ApplyError<E>> {
        let change = self.begin()?;
        let life = find_life(&change, account)?;
        refuse_step(&life, step)?;
        let (after, touched) = change.step(&life, step)?;
        let given_back = check(&load_book(&change)?).map_err(ApplyError::Check)?;
        if let Some(GivenBack { bill, series, periods }) = &given_back {
            change.write_credit_note(&NewCreditNote { bill, series, periods })?;
        }
        change.end(dry_run)?;
        let credit_note = given_back.and_then(|given_back| given_back.bill.number);
        Ok(Stepped { before: life.status, after, rows: touched.changed, left: touched.left, credit_note })
    }

    /// Drops every customer, or this one, whose final bill is posted and whose balance is zero (B10): the last invoice is
    /// the final one for its final bill date. To be called after everything that changes a balance; doing it again changes
    /// nothing. Gives the accounts.
    pub fn drop_settled(&mut self, account: Option<&str>, dry_run: bool) -> Result<Vec<String>, LedgerError> {
        let change = self.begin()?;
        let settled = settled(&change, account)?;
        for (account, last) in &settled {
            change.set_life(account, Status::Dropped, (Some(*last), Some(*last)))?;
            end_rows(&change, account, *last)?;
        }
        if !dry_run && !settled.is_empty() {
            change.commit()?;
        }
        Ok(settled.into_iter().map(|(account, _)| account).collect())
    }
}

fn settled(change: &Change<'_>, account: Option<&str>) -> Result<Vec<(String, Date)>, LedgerError> {
    let mut query = change.prepare(
        "SELECT c.account, c.final_bill_date FROM book_customers c
         WHERE c.status = 'final_bill' AND c.final_bill_date IS NOT NULL AND (?1 IS NULL OR c.account = ?1)
           AND (SELECT coalesce(sum(amount_minor), 0) FROM entries e WHERE e.account = c.account) = 0
           AND (SELECT i.is_final AND json_extract(i.bill_json, '$.usage_until') = date(c.final_bill_date, '+1 day')
                FROM invoices i WHERE i.account = c.account
                  AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number)
                ORDER BY i.id DESC LIMIT 1)
         ORDER BY c.account",
    )?;
    let found = query.query_map([account], |row| Ok((row.get("account")?, date(row, "final_bill_date")?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

impl Change<'_> {
    fn step(&self, life: &Life, step: Step<'_>) -> Result<(Status, Touched), LedgerError> {
        let account = &life.account;
        match step {
            Step::FinalBill(on) => {
                self.set_life(account, Status::FinalBill, (Some(on), None))?;
                Ok((Status::FinalBill, end_rows(self, account, on)?))
            }
            Step::Drop(on) => {
                self.set_life(account, Status::Dropped, (life.final_bill_date, Some(on)))?;
                Ok((Status::Dropped, end_rows(self, account, on)?))
            }
            Step::Reinstate { from, also, leave } => {
                let ended_on = life.dropped_date.or(life.final_bill_date);
                self.set_life(account, Status::Active, (None, None))?;
                // From the day after the last: nothing is between.
                let from = from.filter(|from| ended_on.is_none_or(|last| *from > last.next()));
                Ok((Status::Active, bring_back(self, account, BringBack { ended_on, also, from, leave })?))
            }
        }
    }

    fn set_life(
        &self,
        account: &str,
        status: Status,
        (final_bill, dropped): (Option<Date>, Option<Date>),
    ) -> Result<(), LedgerError> {
        let text = |date: Option<Date>| date.map(|date| date.to_string());
        let cells = vec![Some(account.to_owned()), Some(status.name().to_owned()), text(final_bill), text(dropped)];
        let table = StoredTable {
            name: "customers".to_owned(),
            columns: ["account", "status", "final_bill_date", "dropped_date"].map(str::to_owned).to_vec(),
            key_columns: vec!["account".to_owned()],
            rows: vec![cells.into()],
        };
        book_rows::write(self, &table, ApplyMode::Upsert).map(drop)
    }
}

pub(super) fn find_life(connection: &rusqlite::Connection, account: &str) -> Result<Life, LedgerError> {
    let mut query = connection.prepare_cached(
        "SELECT coalesce(c.status, 'active') AS status, c.final_bill_date, c.dropped_date, c.contract_start,
           (SELECT d.marked_at FROM deleted_customers d
             WHERE d.account = c.account AND d.taken_back_at IS NULL AND d.purged_at IS NULL) AS marked_at
         FROM book_customers c WHERE c.account = ?1",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Life {
            account: account.to_owned(),
            status: named(row, "status", Status::parse)?,
            final_bill_date: optional(row, "final_bill_date", Date::parse)?,
            dropped_date: optional(row, "dropped_date", Date::parse)?,
            contract_start: optional(row, "contract_start", Date::parse)?,
            marked_at: row.get("marked_at")?,
        })
    };
    query.query_row([account], read).optional()?.ok_or_else(|| {
        let why = "there is no such customer";
        LedgerError::refused(format!("find customer {account:?}"), why, "see `tollbook customer list`")
    })
}

/// What of a customer's state forbids a step.
fn refuse_step(life: &Life, step: Step<'_>) -> Result<(), LedgerError> {
    let Life { account, status, final_bill_date, dropped_date, contract_start, marked_at } = life;
    let what = match step {
        Step::FinalBill(on) => format!("end the service of {account} on {on}"),
        Step::Drop(on) => format!("drop {account} on {on}"),
        Step::Reinstate { .. } => format!("reinstate {account}"),
    };
    let refuse = |why: String, hint: &str| Err(LedgerError::refused(what.clone(), why, hint));
    let dated = |date: &Option<Date>| date.map_or(String::new(), |date| format!(" since {date}"));
    let reinstate_first = "bring it back with `tollbook customer reinstate` first";
    if let Some(at) = marked_at {
        return refuse(
            format!("it was marked for deletion at {at}"),
            "take that back with `tollbook customer undelete`",
        );
    }
    match (step, status) {
        (Step::Reinstate { .. }, Status::Active | Status::ActiveDoNotBill | Status::Suspended) => {
            return refuse(format!("it is {}", status.name()), "only who leaves or has left comes back");
        }
        (Step::Reinstate { .. }, _) => {}
        (_, Status::Dropped) => return refuse(format!("it is dropped{}", dated(dropped_date)), reinstate_first),
        (_, Status::Cancelled) => return refuse("it is cancelled".into(), reinstate_first),
        (Step::FinalBill(_), Status::FinalBill) => {
            return refuse(format!("it is final_bill{} already", dated(final_bill_date)), reinstate_first);
        }
        _ => {}
    }
    match step {
        Step::FinalBill(on) | Step::Drop(on) if contract_start.is_some_and(|start| on < start) => {
            let start = contract_start.map(|start| start.to_string()).unwrap_or_default();
            refuse(format!("its contract begins later, on {start}"), "give a later date, or correct contract_start")
        }
        Step::Drop(on) if *status == Status::FinalBill && final_bill_date.is_some_and(|last| on > last) => {
            let last = final_bill_date.map(|last| last.to_string()).unwrap_or_default();
            refuse(format!("its service ended before, on {last}"), "drop it on that day")
        }
        Step::Reinstate { from: Some(from), .. } => match dropped_date.or(*final_bill_date) {
            Some(last) if from <= last => {
                refuse(format!("it had service until {last}"), "give a later --date, or none for a gapless return")
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}
