//! Entries of the audit trail → what a person reads: who changed what, when and why (K7); and JSON. Changes nothing.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::Global;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::AuditEntry;

/// A change, as it is shown.
#[derive(Serialize)]
struct Changed {
    at: String,
    by: String,
    command: String,
    reason: String,
    /// The file of the book whose row changed.
    of: String,
    /// What names the row there, column by column.
    key: Vec<String>,
    /// By column; null where the row is new.
    before: Value,
    /// By column; null where it is gone.
    after: Value,
}

/// Prints entries, oldest first.
pub(super) fn show_trail(global: &Global, entries: Vec<AuditEntry>) -> Result<()> {
    let changes = entries.into_iter().map(Changed::of).collect::<Result<Vec<_>>>()?;
    global.show(&changes, || in_words(&changes))
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
            key: serde_json::from_str(&entry.key).unwrap_or_else(|_| vec![entry.key.clone()]),
            of: entry.subject,
            at: entry.actor.at,
            by: entry.actor.by,
            command: entry.actor.command,
            reason: entry.actor.reason.unwrap_or_default(),
        })
    }

    /// When, who, by what and why: the same for all that one command changed.
    fn heading(&self) -> String {
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        format!("{}  {}  {}{reason}\n", self.at, self.by, self.command)
    }

    /// A line for each column that changed; below the row's name, if it is not the customer's own.
    fn in_words(&self) -> String {
        let what = row_words(&self.of);
        let (mut text, indent) = match what {
            "" => (String::new(), "  "),
            what => {
                let names: Vec<&str> = self.key.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
                let new = if self.before.is_null() { " (new)" } else { "" };
                (format!("  {what} {}{new}\n", names.join(" ")), "    ")
            }
        };
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
            text.push_str(&format!("{indent}{name}: {change}\n"));
        }
        text
    }
}

/// What a row of a file is; nothing for a customer itself.
fn row_words(file: &str) -> &'static str {
    match file {
        "customers" => "",
        "cost_centres" => "cost centre",
        "clis" => "CLI",
        "customer_allowances" => "allowance",
        "customer_tariffs" => "tariff",
        "charges" => "charge",
        "charge_prices" => "price of charge",
        "product_prices" => "price of product",
        _ => "row",
    }
}

fn in_words(changes: &[Changed]) -> String {
    let groups = changes.chunk_by(|one, next| one.heading() == next.heading());
    let groups = groups.map(|group| group[0].heading() + &group.iter().map(Changed::in_words).collect::<String>());
    groups.collect::<Vec<_>>().join("\n")
}
