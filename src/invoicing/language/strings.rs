//! A strings file (TOML) → its strings by dotted key (`totals.gross`), checked against the English ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Strings by key; a list has a key for each place (`date.months.00`).
#[derive(Clone)]
pub(super) struct Strings(BTreeMap<String, String>);

/// Dates are arranged by each language as it wants: any of the parts, in any order.
const DATE_PARTS: [&str; 7] = ["day", "dd", "mm", "month", "mon", "year", "yy"];

impl Strings {
    /// The strings of a file; else why it is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| error.message().trim_end().replace('\n', "; "))?;
        let mut strings = BTreeMap::new();
        flatten("", &toml::Value::Table(table), &mut strings)?;
        Ok(Self(strings))
    }

    /// Whether each string is known and takes what the known one takes; else all that are wrong.
    pub(super) fn check_against(&self, known: &Self) -> Result<(), String> {
        let mut wrong = Vec::new();
        for (key, text) in &self.0 {
            let Some(expected) = known.0.get(key) else {
                wrong.push(format!("there is no string {key}"));
                continue;
            };
            let (own, expected) = (placeholders(text), placeholders(expected));
            let is_date = key.starts_with("date.") && own.iter().all(|part| DATE_PARTS.contains(&part.as_str()));
            if own != expected && !is_date {
                wrong.push(format!("{key} takes {}, not {}", listed(&expected), listed(&own)));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }

    /// These, but for those that others say otherwise.
    pub(super) fn overridden(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The string of a key; the key itself if there is none.
    pub(super) fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.get(key).map_or(key, String::as_str)
    }

    /// The strings of a list.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        let prefix = format!("{key}.");
        self.0
            .range(prefix.clone()..)
            .take_while(|(key, _)| key.starts_with(&prefix))
            .map(|(_, text)| text.clone())
            .collect()
    }

    /// By section and name, without lists and counted strings.
    pub(super) fn by_section(&self) -> Value {
        let mut sections = Map::new();
        for (key, text) in &self.0 {
            let mut parts = key.split('.');
            if let (Some(section), Some(name), None) = (parts.next(), parts.next(), parts.next()) {
                let section = sections.entry(section).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(names) = section {
                    names.insert(name.into(), Value::String(text.clone()));
                }
            }
        }
        Value::Object(sections)
    }
}

fn flatten(key: &str, value: &toml::Value, strings: &mut BTreeMap<String, String>) -> Result<(), String> {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        toml::Value::String(text) => {
            strings.insert(key.to_owned(), text.clone());
        }
        toml::Value::Table(table) => {
            for (name, value) in table {
                flatten(&below(name), value, strings)?;
            }
        }
        toml::Value::Array(list) if list.len() == 12 => {
            for (place, value) in list.iter().enumerate() {
                flatten(&below(&format!("{place:02}")), value, strings)?;
            }
        }
        toml::Value::Array(_) => return Err(format!("{key} has not twelve texts")),
        _ => return Err(format!("{key} is not a text")),
    }
    Ok(())
}

fn placeholders(text: &str) -> BTreeSet<String> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
}

fn listed(names: &BTreeSet<String>) -> String {
    match names.is_empty() {
        true => "nothing".into(),
        false => names.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", "),
    }
}
