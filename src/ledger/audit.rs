//! Who changed what, when and why (K7): an entry per change, written in the transaction of the change.

use rusqlite::{Row, params};

use super::{Change, Ledger, LedgerError};

/// In whose name a ledger is changed. The ledger reads no clock and knows no user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person (`--by`).
    pub by: String,
    /// Why (`--reason`).
    pub reason: Option<String>,
    /// When: UTC, `YYYY-MM-DDTHH:MM:SSZ`.
    pub at: String,
    /// The command that makes the change.
    pub command: String,
}

impl Actor {
    pub(super) fn check(&self) -> Result<(), LedgerError> {
        let refuse = |why: String, hint| Err(LedgerError::refused("open the ledger for writing", why, hint));
        if self.by.trim().is_empty() {
            return refuse("nobody is named who makes the change".into(), "name a person with --by");
        }
        if self.command.trim().is_empty() {
            return refuse("the command that makes the change is not named".into(), "name it");
        }
        let shape = self.at.len() == 20
            && self.at.bytes().zip(b"0000-00-00T00:00:00Z").all(|(byte, &pattern)| match pattern {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            });
        if !shape {
            return refuse(format!("the time {:?} is not UTC in whole seconds", self.at), "write YYYY-MM-DDTHH:MM:SSZ");
        }
        Ok(())
    }

    /// The date of the change.
    pub(super) fn date(&self) -> &str {
        &self.at[..10]
    }
}

/// One entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Grows with every entry.
    pub id: i64,
    /// Who, when, why, by which command.
    pub actor: Actor,
    /// What kind of thing was changed: a book file's name, `import`, `run`, `invoice`.
    pub subject: String,
    /// Which one.
    pub key: String,
    /// What it was, as JSON; none if it is new.
    pub before_json: Option<String>,
    /// What it became, as JSON; none if it is gone.
    pub after_json: Option<String>,
}

impl Ledger {
    /// All that happened to one thing, oldest first.
    pub fn history(&self, subject: &str, key: &str) -> Result<Vec<AuditEntry>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT id, at, by, command, reason, subject, key, before_json, after_json FROM audit
             WHERE subject = ?1 AND key = ?2 ORDER BY id",
        )?;
        let entries = query.query_map([subject, key], read_entry)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// All that happened to a customer and to its rows of the book, oldest first: cost centres, charges and their prices,
    /// allowances, tariffs, its own prices of products, lines while they were its own.
    pub fn history_of_customer(&self, account: &str) -> Result<Vec<AuditEntry>, LedgerError> {
        let (from, until) = keys_that_begin_with(account);
        // Lines and prices of products are not named by an account; a JSON text of theirs holds it. A quote within a text is
        // escaped, so nothing but the column looks so.
        let held = format!("\"account\":{}", serde_json::Value::from(account));
        let mut query = self.connection.prepare_cached(
            "SELECT id, at, by, command, reason, subject, key, before_json, after_json FROM audit
             WHERE subject = 'customers' AND key = ?1
             UNION ALL
             SELECT id, at, by, command, reason, subject, key, before_json, after_json FROM audit
             WHERE subject IN ('cost_centres', 'customer_allowances', 'customer_tariffs', 'charges', 'charge_prices')
               AND key >= ?2 AND key < ?3
             UNION ALL
             SELECT id, at, by, command, reason, subject, key, before_json, after_json FROM audit
             WHERE subject IN ('clis', 'product_prices')
               AND (instr(after_json, ?4) > 0 OR instr(before_json, ?4) > 0)
             ORDER BY id",
        )?;
        let entries = query.query_map([account, &from, &until, &held], read_entry)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// All that happened to a line, whosever it was, oldest first.
    pub fn history_of_line(&self, cli: &str) -> Result<Vec<AuditEntry>, LedgerError> {
        let (from, until) = keys_that_begin_with(cli);
        let mut query = self.connection.prepare_cached(
            "SELECT id, at, by, command, reason, subject, key, before_json, after_json FROM audit
             WHERE subject = 'clis' AND key >= ?1 AND key < ?2 ORDER BY id",
        )?;
        let entries = query.query_map([from, until], read_entry)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }
}

/// Keys of several columns are JSON arrays: those whose first column is this lie from the one text up to the other.
fn keys_that_begin_with(first: &str) -> (String, String) {
    let first = serde_json::Value::from(first);
    // What follows a comma in the order of bytes is a hyphen.
    (format!("[{first},"), format!("[{first}-"))
}

impl Change<'_> {
    /// Writes down one change.
    pub(super) fn audit(
        &self,
        subject: &str,
        key: &str,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<(), LedgerError> {
        let actor = self.actor;
        self.prepare_cached(
            "INSERT INTO audit (at, by, command, reason, subject, key, before_json, after_json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![actor.at, actor.by, actor.command, actor.reason, subject, key, before, after])?;
        Ok(())
    }
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.get("id")?,
        actor: Actor {
            by: row.get("by")?,
            reason: row.get("reason")?,
            at: row.get("at")?,
            command: row.get("command")?,
        },
        subject: row.get("subject")?,
        key: row.get("key")?,
        before_json: row.get("before_json")?,
        after_json: row.get("after_json")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_complete() {
        let check = |by: &str, at: &str, command: &str, expected: bool| {
            let actor = Actor { by: by.into(), reason: None, at: at.into(), command: command.into() };
            assert_eq!(actor.check().is_ok(), expected, "{actor:?}");
        };
        check("ann", "2026-11-01T08:00:00Z", "book import", true);
        check(" ", "2026-11-01T08:00:00Z", "book import", false);
        check("ann", "2026-11-01T08:00:00Z", "", false);
        check("ann", "2026-11-01 08:00:00", "book import", false);
        check("ann", "2026-11-01T08:00:00.5Z", "book import", false);
        check("ann", "2026-11-01T08:00:00+01:00", "book import", false);
    }
}
