//! What alerts need and leave behind (L5): usage by day as imports brought it, call types that were used, alerts, each
//! raised once. Decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, Row, params};

use crate::domain::money::Sum;
use crate::domain::time::Date;
use crate::domain::usage_days::{DayUse, UsageDays};

use super::columns::date;
use super::{Change, Ledger, LedgerError, LedgerWriter};

/// What is known of a customer's usage from earlier imports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageHistory {
    /// By line and day; under the empty name that of the customer.
    pub days: BTreeMap<String, UsageDays>,
    /// Call types that it used.
    pub call_types: BTreeSet<String>,
    /// Usage before this day is billed, as far as the last posted invoice went.
    pub billed_until: Option<Date>,
}

/// What an import brought of one customer's usage, and what is worth a look in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckedUsage {
    /// The account.
    pub account: String,
    /// As in [`UsageHistory`].
    pub days: BTreeMap<String, UsageDays>,
    /// Call types in it.
    pub call_types: Vec<String>,
    /// Line, kind, key and words of each alert.
    pub alerts: Vec<[String; 4]>,
}

/// An alert that was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageAlert {
    /// Its number.
    pub id: i64,
    /// Whose usage.
    pub account: String,
    /// The line; empty for the customer as a whole.
    pub cli: String,
    /// The kind.
    pub alert: String,
    /// In words.
    pub detail: String,
    /// The import that raised it.
    pub import: Option<i64>,
    /// When (UTC).
    pub at: String,
    /// When somebody looked at it.
    pub acknowledged_at: Option<String>,
    /// Who did.
    pub acknowledged_by: Option<String>,
}

impl Ledger {
    /// Live usage imports that were not looked at yet, in order.
    pub fn unchecked_imports(&self) -> Result<Vec<i64>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT id FROM imports i WHERE kind = 'usage' AND deleted_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM alert_checks c WHERE c.import = i.id) ORDER BY id",
        )?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What live imports brought of a customer's usage.
    pub fn usage_history(&self, account: &str) -> Result<UsageHistory, LedgerError> {
        let mut history = UsageHistory::default();
        let mut query = self.connection.prepare_cached(
            "SELECT cli, days FROM usage_days d
             WHERE account = ?1 AND EXISTS (SELECT 1 FROM imports i WHERE i.id = d.import AND i.deleted_at IS NULL)",
        )?;
        let mut rows = query.query([account])?;
        while let Some(row) = rows.next()? {
            let days = history.days.entry(row.get("cli")?).or_default();
            let text: String = row.get("days")?;
            let of_import = read_days(&text).ok_or_else(|| LedgerError::Damaged {
                why: format!("the days of usage of {account} do not read: {text:?}"),
            })?;
            of_import.into_iter().for_each(|(day, one)| days.entry(day).or_default().merge(one));
        }
        let mut query = self.connection.prepare_cached("SELECT call_type FROM usage_call_types WHERE account = ?1")?;
        history.call_types = query.query_map([account], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut query = self.connection.prepare_cached(
            "SELECT r.usage_cutoff FROM invoices i JOIN runs r ON r.id = i.run
             WHERE i.account = ?1 AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number)
             ORDER BY r.usage_cutoff DESC LIMIT 1",
        )?;
        history.billed_until = query.query_row([account], |row| date(row, "usage_cutoff")).optional()?;
        Ok(history)
    }

    /// Alerts in the order in which they were raised; those that somebody looked at only if they are asked for.
    pub fn usage_alerts(&self, acknowledged_too: bool) -> Result<Vec<UsageAlert>, LedgerError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT * FROM usage_alerts WHERE ?1 OR acknowledged_at IS NULL ORDER BY id")?;
        let rows = query.query_map([acknowledged_too], read_alert)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl LedgerWriter {
    /// Keeps what was seen of an import, and the alerts that were not raised before; returns these.
    ///
    /// # Errors
    /// `Refused` if the import was looked at before.
    pub fn record_alert_check(
        &mut self,
        import: i64,
        checked: &[CheckedUsage],
    ) -> Result<Vec<UsageAlert>, LedgerError> {
        let change = self.begin()?;
        change.execute("INSERT INTO alert_checks (import) VALUES (?1)", [import])?;
        let mut raised = Vec::new();
        for one in checked {
            change.insert_days(import, one)?;
            for call_type in &one.call_types {
                change
                    .prepare_cached(
                        "INSERT INTO usage_call_types (account, call_type, import) VALUES (?1, ?2, ?3)
                         ON CONFLICT (account, call_type) DO NOTHING",
                    )?
                    .execute(params![one.account, call_type, import])?;
            }
            for alert in &one.alerts {
                let Some(new) = change.insert_alert(import, &one.account, alert)? else { continue };
                let after =
                    serde_json::json!({"account": new.account, "cli": new.cli, "alert": new.alert, "import": import});
                change.audit("usage_alert", &new.id.to_string(), None, Some(&after.to_string()))?;
                raised.push(new);
            }
        }
        change.commit()?;
        Ok(raised)
    }

    /// Says that somebody looked at an alert.
    ///
    /// # Errors
    /// `Refused` if there is no such alert, or if somebody did before.
    pub fn acknowledge_alert(&mut self, id: i64, dry_run: bool) -> Result<UsageAlert, LedgerError> {
        let refuse =
            |why: String| LedgerError::refused(format!("acknowledge alert {id}"), why, "see `tollbook usage alerts`");
        let change = self.begin()?;
        let find = |change: &Change<'_>| -> Result<Option<UsageAlert>, LedgerError> {
            let mut query = change.prepare_cached("SELECT * FROM usage_alerts WHERE id = ?1")?;
            Ok(query.query_row([id], read_alert).optional()?)
        };
        let before = find(&change)?.ok_or_else(|| refuse("there is no such alert".into()))?;
        if let Some(by) = before.acknowledged_by {
            return Err(refuse(format!("{by} did before")));
        }
        let actor = change.actor;
        change.execute(
            "UPDATE usage_alerts SET acknowledged_at = ?2, acknowledged_by = ?3 WHERE id = ?1",
            params![id, actor.at, actor.by],
        )?;
        let after = serde_json::json!({"alert": before.alert, "acknowledged": true});
        change.audit("usage_alert", &id.to_string(), None, Some(&after.to_string()))?;
        let acknowledged = find(&change)?.ok_or_else(|| refuse("it is gone".into()))?;
        change.end(dry_run)?;
        Ok(acknowledged)
    }
}

/// Days of an account so much older than its newest are forgotten.
const KEPT_DAYS: &str = "-400 days";

impl Change<'_> {
    fn insert_days(&self, import: i64, checked: &CheckedUsage) -> Result<(), LedgerError> {
        for (cli, days) in &checked.days {
            let Some(last) = days.keys().last() else { continue };
            self.prepare_cached(
                "INSERT INTO usage_days (account, cli, import, last_day, days) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![checked.account, cli, import, last.to_string(), write_days(days)])?;
        }
        self.prepare_cached(
            "DELETE FROM usage_days WHERE account = ?1
               AND last_day < date((SELECT max(last_day) FROM usage_days WHERE account = ?1), ?2)",
        )?
        .execute(params![checked.account, KEPT_DAYS])?;
        Ok(())
    }

    fn insert_alert(
        &self,
        import: i64,
        account: &str,
        [cli, alert, key, detail]: &[String; 4],
    ) -> Result<Option<UsageAlert>, LedgerError> {
        let mut insert = self.prepare_cached(
            "INSERT INTO usage_alerts (account, cli, alert, key, detail, import, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (account, cli, alert, key) DO NOTHING RETURNING *",
        )?;
        let raised =
            insert.query_map(params![account, cli, alert, key, detail, import, self.actor.at], read_alert)?.next();
        Ok(raised.transpose()?)
    }
}

/// `day,calls,short calls,spend,night spend;` for each day; spends are scaled by 10^6.
fn write_days(days: &UsageDays) -> String {
    let mut text = String::with_capacity(days.len() * 32);
    for (day, DayUse { calls, short_calls, spend, night_spend }) in days {
        text.push_str(&format!("{day},{calls},{short_calls},{},{};", spend.wide(), night_spend.wide()));
    }
    text
}

/// The inverse of [`write_days`].
fn read_days(text: &str) -> Option<UsageDays> {
    let day = |text: &str| {
        let mut cells = text.split(',');
        let day = Date::parse(cells.next()?)?;
        let counts = [cells.next()?.parse().ok()?, cells.next()?.parse().ok()?];
        let spends = [cells.next()?.parse().ok()?, cells.next()?.parse().ok()?].map(Sum::from_wide);
        let (calls, short_calls, spend, night_spend) = (counts[0], counts[1], spends[0], spends[1]);
        cells.next().is_none().then_some((day, DayUse { calls, short_calls, spend, night_spend }))
    };
    text.split_terminator(';').map(day).collect()
}

fn read_alert(row: &Row<'_>) -> rusqlite::Result<UsageAlert> {
    Ok(UsageAlert {
        id: row.get("id")?,
        account: row.get("account")?,
        cli: row.get("cli")?,
        alert: row.get("alert")?,
        detail: row.get("detail")?,
        import: row.get("import")?,
        at: row.get("at")?,
        acknowledged_at: row.get("acknowledged_at")?,
        acknowledged_by: row.get("acknowledged_by")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_as_they_were_written() {
        let day = |text: &str| Date::parse(text).unwrap();
        let one = |calls, spend| DayUse {
            calls,
            short_calls: 1,
            spend: Sum::from_wide(spend),
            night_spend: Sum::from_wide(-spend),
        };
        let wide = i128::from(i64::MAX) * 1_000;
        let days = UsageDays::from([(day("2026-02-28"), one(1, 0)), (day("2026-03-01"), one(u64::MAX, wide))]);
        let text = write_days(&days);
        assert_eq!(text.split(';').next(), Some("2026-02-28,1,1,0,0"));
        assert_eq!(read_days(&text), Some(days));
        for damaged in ["2026-02-30,1,1,0,0;", "2026-02-28,1,1,0;", "2026-02-28,1,1,0,0,0;", "2026-02-28,-1,1,0,0;"] {
            assert_eq!(read_days(damaged), None, "{damaged}");
        }
    }
}
