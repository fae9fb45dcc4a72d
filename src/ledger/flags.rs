//! What drafts ask to be looked at (B15), and who looked. What is unusual is computed elsewhere. An acknowledgement stays
//! with its run, and outlives making the draft again where the same is still said.

use rusqlite::params;
use serde_json::json;

use super::drafts::{DraftFlag, RunStatus};
use super::runs::{find_run, refuse_status};
use super::{Change, Ledger, LedgerError, LedgerWriter};

/// A flag of a run, acknowledged or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFlag {
    /// What was found.
    pub flag: DraftFlag,
    /// Who looked at it, when (UTC), and what was said; none while it stands.
    pub acknowledged: Option<Acknowledged>,
}

/// Who looked at a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// When (UTC).
    pub at: String,
    /// Why it may stand.
    pub reason: String,
}

impl Ledger {
    /// The flags of a run, by account and flag; those of the run itself first.
    pub fn run_flags(&self, run: i64) -> Result<Vec<RunFlag>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT account, flag, detail, acknowledged_at, acknowledged_by, reason FROM run_flags WHERE run = ?1
             ORDER BY account, flag",
        )?;
        let rows = query.query_map([run], |row| {
            let acknowledged = match row.get("acknowledged_at")? {
                None => None,
                Some(at) => Some(Acknowledged { at, by: row.get("acknowledged_by")?, reason: row.get("reason")? }),
            };
            let flag = DraftFlag { account: row.get("account")?, flag: row.get("flag")?, detail: row.get("detail")? };
            Ok(RunFlag { flag, acknowledged })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl LedgerWriter {
    /// Acknowledges the flags of a run that is not posted: all that stand, or those of an account (empty: of the run
    /// itself) or of a name. Returns how many.
    ///
    /// # Errors
    /// `Refused` without a reason, for a posted run, and if no such flag stands.
    pub fn acknowledge(&mut self, id: i64, account: Option<&str>, flag: Option<&str>) -> Result<u64, LedgerError> {
        let change = self.begin()?;
        let run = find_run(&change, id)?;
        let refuse =
            |why: &str, hint: &str| Err(LedgerError::refused(format!("acknowledge flags of run {id}"), why, hint));
        let Some(reason) = change.actor.reason.as_deref().filter(|reason| !reason.trim().is_empty()) else {
            return refuse("no reason is given", "say with --reason why they may stand");
        };
        if run.status == RunStatus::Posted {
            return Err(refuse_status("acknowledge flags of", &run, "what is posted is changed by voiding it"));
        }
        let mut query = change.prepare(
            "SELECT account, flag FROM run_flags WHERE run = ?1 AND acknowledged_at IS NULL
               AND (?2 IS NULL OR account = ?2) AND (?3 IS NULL OR flag = ?3) ORDER BY account, flag",
        )?;
        let found = query.query_map(params![id, account, flag], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let found = found.collect::<Result<Vec<(String, String)>, _>>()?;
        drop(query);
        if found.is_empty() {
            return refuse("no such flag stands unacknowledged", "`tollbook bill show` lists them");
        }
        for (account, flag) in &found {
            change.execute(
                "UPDATE run_flags SET acknowledged_at = ?4, acknowledged_by = ?5, reason = ?6
                 WHERE run = ?1 AND account = ?2 AND flag = ?3",
                params![id, account, flag, change.actor.at, change.actor.by, reason],
            )?;
            let after = json!({"account": account, "flag": flag}).to_string();
            change.audit("run_flag", &id.to_string(), None, Some(&after))?;
        }
        change.commit()?;
        Ok(found.len() as u64)
    }
}

impl Change<'_> {
    pub(super) fn insert_flags(&self, run: i64, flags: &[DraftFlag]) -> Result<(), LedgerError> {
        let mut insert =
            self.prepare_cached("INSERT INTO run_flags (run, account, flag, detail) VALUES (?1, ?2, ?3, ?4)")?;
        for flag in flags {
            insert.execute(params![run, flag.account, flag.flag, flag.detail])?;
        }
        Ok(())
    }

    /// Removes the flags of a run; returns those that were acknowledged.
    pub(super) fn take_flags(&self, run: i64) -> Result<Vec<(DraftFlag, Acknowledged)>, LedgerError> {
        let mut query = self.prepare_cached(
            "DELETE FROM run_flags WHERE run = ?1
             RETURNING account, flag, detail, acknowledged_at, acknowledged_by, reason",
        )?;
        let rows = query.query_map([run], |row| {
            let flag = DraftFlag { account: row.get(0)?, flag: row.get(1)?, detail: row.get(2)? };
            let at: Option<String> = row.get(3)?;
            let acknowledged = match at {
                None => None,
                Some(at) => Some(Acknowledged { at, by: row.get(4)?, reason: row.get(5)? }),
            };
            Ok(acknowledged.map(|acknowledged| (flag, acknowledged)))
        })?;
        Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
    }

    /// Puts acknowledgements back on flags that say the same as before.
    pub(super) fn acknowledge_again(
        &self,
        run: i64,
        acknowledged: &[(DraftFlag, Acknowledged)],
    ) -> Result<(), LedgerError> {
        let mut update = self.prepare_cached(
            "UPDATE run_flags SET acknowledged_at = ?5, acknowledged_by = ?6, reason = ?7
             WHERE run = ?1 AND account = ?2 AND flag = ?3 AND detail = ?4",
        )?;
        for (flag, Acknowledged { by, at, reason }) in acknowledged {
            update.execute(params![run, flag.account, flag.flag, flag.detail, at, by, reason])?;
        }
        Ok(())
    }
}
