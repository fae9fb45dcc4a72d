//! The schedule of groups (B17): up to which day each is settled, and which run billed which due day. A due day is settled
//! in the transaction that posts its run. Which days are due is computed elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, params};
use serde_json::json;

use crate::domain::time::Date;

use super::columns::date;
use super::runs::RunRow;
use super::{Change, Ledger, LedgerError, LedgerWriter};

/// A group and a day on which it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueDay<'a> {
    /// The group's code.
    pub group: &'a str,
    /// The day.
    pub day: Date,
}

impl Ledger {
    /// Up to which day each group is settled, of those that the schedule knows.
    pub fn due_groups(&self) -> Result<BTreeMap<String, Date>, LedgerError> {
        let mut query = self.connection.prepare("SELECT \"group\", done_through FROM due_groups")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, date(row, "done_through")?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The due days of a group that are settled, after a day.
    pub fn settled_days(&self, group: &str, after: Date) -> Result<BTreeSet<Date>, LedgerError> {
        let mut query = self.connection.prepare_cached("SELECT day FROM due_days WHERE \"group\" = ?1 AND day > ?2")?;
        let rows = query.query_map(params![group, after.to_string()], |row| date(row, "day"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl LedgerWriter {
    /// Takes groups into the schedule, each settled up to a day. One that is in it already stays as it is.
    pub fn schedule_groups(&mut self, groups: &[(String, Date)]) -> Result<(), LedgerError> {
        let change = self.begin()?;
        for (group, done_through) in groups {
            let added = change.execute(
                "INSERT INTO due_groups (\"group\", done_through) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![group, done_through.to_string()],
            )?;
            if added > 0 {
                let after = json!({"done_through": done_through}).to_string();
                change.audit("due_group", group, None, Some(&after))?;
            }
        }
        change.commit()
    }

    /// Moves groups on to the day up to which they are settled. No entry in the audit: it only saves looking again at days
    /// that have entries of their own, or on which nothing was due.
    pub fn move_on_groups(&mut self, groups: &[(String, Date)]) -> Result<(), LedgerError> {
        let change = self.begin()?;
        for (group, done_through) in groups {
            change.execute(
                "UPDATE due_groups SET done_through = ?2 WHERE \"group\" = ?1 AND done_through < ?2",
                params![group, done_through.to_string()],
            )?;
        }
        change.commit()
    }

    /// Settles a due day without posting: there is nobody to bill, or `run`, posted by hand, has billed it.
    pub fn settle_due_day(&mut self, due: DueDay<'_>, run: Option<i64>) -> Result<(), LedgerError> {
        let change = self.begin()?;
        change.settle(due, run)?;
        change.commit()
    }
}

impl Change<'_> {
    /// Settles the due day of a run that is being posted, if it has one.
    pub(super) fn settle_due_day(&self, run: &RunRow) -> Result<(), LedgerError> {
        match &run.terms.due_group {
            None => Ok(()),
            Some(group) => self.settle(DueDay { group, day: run.terms.invoice_date }, Some(run.id)),
        }
    }

    fn settle(&self, DueDay { group, day }: DueDay<'_>, run: Option<i64>) -> Result<(), LedgerError> {
        let day = day.to_string();
        let mut query = self.prepare_cached("SELECT run FROM due_days WHERE \"group\" = ?1 AND day = ?2")?;
        let before: Option<Option<i64>> = query.query_row([group, &*day], |row| row.get(0)).optional()?;
        if let Some(before) = before {
            let by = before.map(|run| format!("by run {run}")).unwrap_or_else(|| "with nobody to bill".into());
            let why = format!("its due day {day} is settled {by}");
            return Err(LedgerError::refused(
                format!("bill group {group} by schedule"),
                why,
                "see `tollbook bill list`",
            ));
        }
        self.execute(
            "INSERT INTO due_days (\"group\", day, run, at) VALUES (?1, ?2, ?3, ?4)",
            params![group, day, run, self.actor.at],
        )?;
        self.audit("due_day", &format!("{group} {day}"), None, Some(&json!({"run": run}).to_string()))
    }
}
