//! Billing runs on their way to posting (B12): drafted, drafted again or discarded, approved. Posting is in
//! [`super::posting`]. What a run contains is computed elsewhere; here it is kept, with a digest
//! that says it is the same.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use serde_json::json;

use crate::domain::time::Date;

use super::bills::write_bill;
use super::columns::{count, date, money, named, optional, stored};
use super::drafts::{DraftBill, DraftOutcome, DraftRun, ParkedCustomer, RunStatus, RunTermsRow};
use super::{Change, Ledger, LedgerError, LedgerWriter};

/// A run as the ledger holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its number; those of discarded runs do not come back.
    pub id: i64,
    /// How far it is.
    pub status: RunStatus,
    /// Its dates and words.
    pub terms: RunTermsRow,
    /// Of everything in it.
    pub digest: String,
    /// The control totals, as JSON.
    pub totals_json: String,
    /// When it was drafted, or drafted again.
    pub created_at: String,
    /// When it was approved.
    pub approved_at: Option<String>,
    /// When it was posted.
    pub posted_at: Option<String>,
    /// The file that says which usage it billed, relative to the workspace; once posted.
    pub billed_file: Option<String>,
    /// When it was undone.
    pub undone_at: Option<String>,
}

/// A run without what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOutline {
    /// Its number.
    pub id: i64,
    /// How far it is.
    pub status: RunStatus,
    /// Its dates and words.
    pub terms: RunTermsRow,
    /// All of its invoices were voided as a unit (B13).
    pub is_undone: bool,
}

impl RunOutline {
    /// Posted, and not undone.
    pub fn stands(&self) -> bool {
        self.status == RunStatus::Posted && !self.is_undone
    }
}

impl LedgerWriter {
    /// Keeps a new draft; returns the number of the run.
    ///
    /// # Errors
    /// `Refused` if a customer is in it twice, or a bill does not add up.
    pub fn create_draft(&mut self, draft: &DraftRun) -> Result<i64, LedgerError> {
        let change = self.begin()?;
        change.execute(
            "INSERT INTO runs (status, invoice_date, usage_cutoff, charge_cutoff, due_date, message, scope_json, digest,
               totals_json, created_at, due_group, drafted_after)
             VALUES ('draft', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, (SELECT coalesce(max(id), 0) FROM invoices))",
            params_from_iter(change.run_values(draft)),
        )?;
        let id = change.last_insert_rowid();
        change.insert_draft_contents(id, draft)?;
        change.audit_run(id, None, Some(RunStatus::Draft), &draft.digest)?;
        change.commit()?;
        Ok(id)
    }

    /// Puts a newly computed draft in the place of a run's contents. An approval is withdrawn.
    ///
    /// # Errors
    /// `Refused` if the run is posted or not there.
    pub fn replace_draft(&mut self, id: i64, draft: &DraftRun) -> Result<(), LedgerError> {
        let change = self.begin()?;
        let before = find_run(&change, id)?;
        if matches!(before.status, RunStatus::Posted | RunStatus::Undone) {
            return Err(refuse_status("draft", &before, "make a new run"));
        }
        let acknowledged = change.take_flags(id)?;
        change.execute("DELETE FROM draft_bills WHERE run = ?1", [id])?;
        change.execute("DELETE FROM run_parked WHERE run = ?1", [id])?;
        change.execute(
            "UPDATE runs SET status = 'draft', approved_at = NULL, invoice_date = ?1, usage_cutoff = ?2,
               charge_cutoff = ?3, due_date = ?4, message = ?5, scope_json = ?6, digest = ?7, totals_json = ?8,
               created_at = ?9, due_group = ?10,
               drafted_after = (SELECT coalesce(max(id), 0) FROM invoices) WHERE id = ?11",
            params_from_iter(change.run_values(draft).into_iter().chain([Value::Integer(id)])),
        )?;
        change.insert_draft_contents(id, draft)?;
        change.acknowledge_again(id, &acknowledged)?;
        change.audit_run(id, Some(&before), Some(RunStatus::Draft), &draft.digest)?;
        change.commit()
    }

    /// Approves a draft; `digest` is that of the draft that was looked at.
    ///
    /// # Errors
    /// `Refused` if the run is no draft, or not the one that was looked at.
    pub fn approve(&mut self, id: i64, digest: &str) -> Result<(), LedgerError> {
        let change = self.begin()?;
        let before = find_run(&change, id)?;
        if before.status != RunStatus::Draft {
            return Err(refuse_status("approve", &before, "only drafts are approved"));
        }
        check_digest("approve", &before, digest)?;
        change.execute(
            "UPDATE runs SET status = 'approved', approved_at = ?2 WHERE id = ?1",
            params![id, change.actor.at],
        )?;
        change.audit_run(id, Some(&before), Some(RunStatus::Approved), digest)?;
        change.commit()
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// `Refused` if the run is no draft.
    pub fn discard(&mut self, id: i64) -> Result<(), LedgerError> {
        let change = self.begin()?;
        let before = find_run(&change, id)?;
        if before.status != RunStatus::Draft {
            return Err(refuse_status(
                "discard",
                &before,
                "only drafts are discarded; drafting it again withdraws an approval",
            ));
        }
        change.execute("DELETE FROM runs WHERE id = ?1", [id])?;
        change.audit_run(id, Some(&before), None, "")?;
        change.commit()
    }
}

impl Ledger {
    /// All runs, in the order of their numbers.
    pub fn runs(&self) -> Result<Vec<RunRow>, LedgerError> {
        let mut query = self.connection.prepare(&format!("{RUNS} ORDER BY r.id"))?;
        let rows = query.query_map([], read_run)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The outlines of all runs, in the order of their numbers.
    pub fn run_outlines(&self) -> Result<Vec<RunOutline>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT id, status, invoice_date, usage_cutoff, charge_cutoff, due_date, message, scope_json, due_group,
               EXISTS (SELECT 1 FROM undone_runs u WHERE u.run = r.id) AS is_undone FROM runs r ORDER BY id",
        )?;
        let rows = query.query_map([], |row| {
            Ok(RunOutline {
                id: row.get("id")?,
                status: named(row, "status", RunStatus::parse)?,
                terms: read_terms(row)?,
                is_undone: row.get("is_undone")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One run; `Refused` if it is not there.
    pub fn run(&self, id: i64) -> Result<RunRow, LedgerError> {
        find_run(&self.connection, id)
    }

    /// What a run makes of each customer, in its order; bills without their numbers.
    pub fn draft_bills(&self, run: i64) -> Result<Vec<DraftBill>, LedgerError> {
        read_draft_bills(&self.connection, run)
    }

    /// The customers that errors took out of a run, by account.
    pub fn parked_customers(&self, run: i64) -> Result<Vec<ParkedCustomer>, LedgerError> {
        let mut query =
            self.connection.prepare("SELECT account, reason FROM run_parked WHERE run = ?1 ORDER BY account")?;
        let rows = query.query_map([run], |row| Ok(ParkedCustomer { account: row.get(0)?, reason: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many usage records of each import a posted run billed: (import, rows), by import.
    pub fn run_imports(&self, run: i64) -> Result<Vec<(i64, u64)>, LedgerError> {
        let mut query =
            self.connection.prepare("SELECT import, rows FROM run_imports WHERE run = ?1 ORDER BY import")?;
        let rows = query.query_map([run], |row| Ok((row.get("import")?, count(row, "rows")?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A run, and when it was undone.
const RUNS: &str = "SELECT r.*, u.at AS undone_at FROM runs r LEFT JOIN undone_runs u ON u.run = r.id";

pub(super) fn find_run(connection: &Connection, id: i64) -> Result<RunRow, LedgerError> {
    let mut query = connection.prepare_cached(&format!("{RUNS} WHERE r.id = ?1"))?;
    query.query_row([id], read_run).optional()?.ok_or_else(|| {
        LedgerError::refused(format!("use run {id}"), "there is no such run", "look at the list of runs")
    })
}

pub(super) fn refuse_status(verb: &str, run: &RunRow, hint: &str) -> LedgerError {
    LedgerError::refused(format!("{verb} run {}", run.id), format!("it is {}", run.status.name()), hint)
}

pub(super) fn check_digest(verb: &str, run: &RunRow, digest: &str) -> Result<(), LedgerError> {
    if run.digest == digest {
        return Ok(());
    }
    Err(LedgerError::refused(
        format!("{verb} run {}", run.id),
        format!("it is {}, not {digest}: something changed since", run.digest),
        "make the draft again and look at it",
    ))
}

impl Change<'_> {
    /// What a draft sets in the row of its run.
    fn run_values(&self, draft: &DraftRun) -> [Value; 10] {
        let terms = &draft.terms;
        [
            terms.invoice_date.to_string().into(),
            terms.usage_cutoff.to_string().into(),
            terms.charge_cutoff.to_string().into(),
            terms.due_date.map(|date| date.to_string()).into(),
            terms.message.clone().into(),
            terms.scope_json.clone().into(),
            draft.digest.clone().into(),
            draft.totals_json.clone().into(),
            self.actor.at.clone().into(),
            terms.due_group.clone().into(),
        ]
    }

    fn insert_draft_contents(&self, run: i64, draft: &DraftRun) -> Result<(), LedgerError> {
        let mut insert = self.prepare_cached(
            "INSERT INTO draft_bills (run, position, account, outcome, bill_json, usage_records, net_minor, gross_minor)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for (position, bill) in draft.bills.iter().enumerate() {
            bill.check()?;
            insert.execute(params![
                run,
                stored(position as u64)?,
                bill.account,
                bill.outcome.name(),
                bill.bill.as_ref().map(write_bill).transpose()?,
                stored(bill.usage_records)?,
                bill.net.minor(),
                bill.gross.minor(),
            ])?;
        }
        let mut insert = self.prepare_cached("INSERT INTO run_parked (run, account, reason) VALUES (?1, ?2, ?3)")?;
        for parked in &draft.parked {
            insert.execute(params![run, parked.account, parked.reason])?;
        }
        self.insert_flags(run, &draft.flags)
    }

    pub(super) fn audit_run(
        &self,
        id: i64,
        before: Option<&RunRow>,
        after: Option<RunStatus>,
        digest: &str,
    ) -> Result<(), LedgerError> {
        let words = |status: RunStatus, digest: &str| json!({"status": status.name(), "digest": digest}).to_string();
        let before = before.map(|run| words(run.status, &run.digest));
        let after = after.map(|status| words(status, digest));
        self.audit("run", &id.to_string(), before.as_deref(), after.as_deref())
    }
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    let undone_at: Option<String> = row.get("undone_at")?;
    Ok(RunRow {
        id: row.get("id")?,
        status: if undone_at.is_some() { RunStatus::Undone } else { named(row, "status", RunStatus::parse)? },
        terms: read_terms(row)?,
        digest: row.get("digest")?,
        totals_json: row.get("totals_json")?,
        created_at: row.get("created_at")?,
        approved_at: row.get("approved_at")?,
        posted_at: row.get("posted_at")?,
        billed_file: row.get("billed_file")?,
        undone_at,
    })
}

fn read_terms(row: &Row<'_>) -> rusqlite::Result<RunTermsRow> {
    Ok(RunTermsRow {
        invoice_date: date(row, "invoice_date")?,
        usage_cutoff: date(row, "usage_cutoff")?,
        charge_cutoff: date(row, "charge_cutoff")?,
        due_date: optional(row, "due_date", Date::parse)?,
        message: row.get("message")?,
        scope_json: row.get("scope_json")?,
        due_group: row.get("due_group")?,
    })
}

pub(super) fn read_draft_bills(connection: &Connection, run: i64) -> Result<Vec<DraftBill>, LedgerError> {
    let mut query = connection.prepare("SELECT * FROM draft_bills WHERE run = ?1 ORDER BY position")?;
    let rows = query.query_map([run], read_draft_bill)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read_draft_bill(row: &Row<'_>) -> rusqlite::Result<DraftBill> {
    Ok(DraftBill {
        account: row.get("account")?,
        outcome: named(row, "outcome", DraftOutcome::parse)?,
        bill: optional(row, "bill_json", |text| serde_json::from_str(text).ok())?,
        usage_records: count(row, "usage_records")?,
        net: money(row, "net_minor")?,
        gross: money(row, "gross_minor")?,
    })
}
