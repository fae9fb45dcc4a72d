//! `customer history`: the audit trail of a customer (K7) → who changed what, when and why. Changes nothing.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::missing;
use crate::commands::Global;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::AuditEntry;
use crate::workspace::Workspace;

/// A change of a customer, as it is shown.
#[derive(Serialize)]
struct Changed {
    at: String,
    by: String,
    command: String,
    reason: String,
    /// By column; null where the customer is new.
    before: Value,
    /// By column; null where it is gone.
    after: Value,
}

impl Changed {
    fn of(entry: AuditEntry) -> Result<Self> {
        let read = |json: Option<String>| match json {
            None => Ok(Value::Null),
            Some(json) => serde_json::from_str(&json).map_err(|error| {
                let message = format!("entry {} of the audit trail: {error}", entry.id);
                Error::new(ErrorKind::Damaged, message, "run `tollbook verify`")
            }),
        };
        Ok(Self {
            before: read(entry.before_json)?,
            after: read(entry.after_json)?,
            at: entry.actor.at,
            by: entry.actor.by,
            command: entry.actor.command,
            reason: entry.actor.reason.unwrap_or_default(),
        })
    }

    /// Who, when and why on one line, then a line for each column that changed.
    fn in_words(&self) -> String {
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        let mut text = format!("{}  {}  {}{reason}\n", self.at, self.by, self.command);
        let columns = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let (before, after) = (columns(&self.before), columns(&self.after));
        let cell = |value: Option<&Value>| match value {
            None | Some(Value::Null) => "(blank)".to_owned(),
            Some(Value::String(text)) => format!("{text:?}"),
            Some(other) => other.to_string(),
        };
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names.into_iter().filter(|name| before.get(*name) != after.get(*name)) {
            let new = cell(after.get(name));
            let change = if self.before.is_null() { new } else { format!("{} → {new}", cell(before.get(name))) };
            text.push_str(&format!("  {name}: {change}\n"));
        }
        text
    }
}

pub(super) fn show(global: &Global, workspace: &Workspace, account: &str) -> Result<()> {
    let changes = workspace.ledger()?.history("customers", account)?;
    if changes.is_empty() {
        return Err(missing(account));
    }
    let changes = changes.into_iter().map(Changed::of).collect::<Result<Vec<_>>>()?;
    global.show(&changes, || changes.iter().map(Changed::in_words).collect::<Vec<_>>().join("\n"))
}
