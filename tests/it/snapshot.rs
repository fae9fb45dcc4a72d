//! All there is in a workspace, in a form that two workspaces can be compared in: the rows of every table of the ledger
//! but for the times of the clock, and the bytes of every other file.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::program::files_below;

/// What a workspace holds.
#[derive(PartialEq, Eq)]
pub struct Snapshot {
    /// `table|value|value|…`, sorted.
    pub ledger: Vec<String>,
    /// By path.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Snapshot {
    pub fn of(workspace: &Path) -> Self {
        Self { ledger: ledger_rows(workspace), files: files_below(workspace, &["ledger."]) }
    }

    pub fn rows_of(&self, table: &str) -> usize {
        self.ledger.iter().filter(|row| row.split('|').next() == Some(table)).count()
    }

    pub fn file(&self, name: &str) -> Option<&[u8]> {
        let place = self.files.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        Some(&self.files[place].1)
    }

    /// The first things that are here and not there, or there and not here, in words.
    pub fn difference_from(&self, other: &Self) -> Option<String> {
        if self == other {
            return None;
        }
        let mut found = Vec::new();
        let only = |rows: &[String], others: &[String]| -> Vec<String> {
            let missing = rows.iter().filter(|row| others.binary_search(row).is_err());
            missing.take(5).map(|row| row.chars().take(300).collect()).collect()
        };
        found.extend(only(&self.ledger, &other.ledger).into_iter().map(|row| format!("too much in the ledger: {row}")));
        found.extend(only(&other.ledger, &self.ledger).into_iter().map(|row| format!("missing in the ledger: {row}")));
        if self.ledger.len() != other.ledger.len() {
            found.push(format!("{} ledger rows instead of {}", self.ledger.len(), other.ledger.len()));
        }
        for (name, bytes) in &self.files {
            match other.file(name) {
                None => found.push(format!("a file too many: {name}")),
                Some(expected) if expected != bytes => found.push(format!("other bytes: {name}")),
                Some(_) => {}
            }
        }
        let missing = other.files.iter().filter(|(name, _)| self.file(name).is_none());
        found.extend(missing.map(|(name, _)| format!("a missing file: {name}")));
        Some(found.join("\n"))
    }
}

/// Every row of every table of a workspace's ledger, without the columns that hold a time of the clock.
pub fn ledger_rows(workspace: &Path) -> Vec<String> {
    let path = workspace.join("ledger.db");
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let texts = |query: &str| -> Vec<String> {
        let mut query = connection.prepare(query).unwrap();
        let rows = query.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let mut found = Vec::new();
    for table in texts("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
        let columns = texts(&format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"));
        // The date of an entry is the invoice's, or the day on which a balance was opened.
        let is_clock = |name: &str| name == "at" || name.ends_with("_at") || (&*table, name) == ("entries", "date");
        let columns = columns.iter().filter(|name| !is_clock(name));
        let columns: Vec<_> = columns.map(|name| format!("\"{name}\"")).collect();
        let mut query = connection.prepare(&format!("SELECT {} FROM \"{table}\"", columns.join(", "))).unwrap();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let mut text = table.clone();
            for column in 0..columns.len() {
                text.push('|');
                match row.get_ref(column).unwrap() {
                    ValueRef::Null => text.push('∅'),
                    ValueRef::Integer(value) => text.push_str(&value.to_string()),
                    ValueRef::Text(value) => text.push_str(std::str::from_utf8(value).unwrap()),
                    other => panic!("{table} holds {other:?}"),
                }
            }
            found.push(text);
        }
    }
    found.sort();
    found
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
