//! A book folder → everything that keeps it from loading, at once: what is wrong with cells, and what is wrong with the
//! book that the other cells make. Loading itself stops after the cells.

use std::path::Path;

use ahash::AHashSet;

use super::compile;
use super::errors::{BookError, Errors};
use super::read::read_all;
use crate::domain::book::Settings;
use crate::domain::telephone::NumberRules;

/// All errors of a folder, by file, line and column; none if it loads. What only follows from a refused cell is left
/// out: rows with one take part with that cell blank, so that what they are called is known.
pub fn check_folder(dir: &Path, rules: &NumberRules, settings: &Settings) -> Vec<BookError> {
    let read = read_all(dir, rules);
    let mut tables = read.tables;
    let mut unsound: AHashSet<(String, u64)> = AHashSet::new();
    for (name, rows) in read.unsound {
        let table = tables.get_mut(name);
        unsound.extend(rows.iter().map(|row| (table.schema.file_name(), row.line)));
        let columns = table.schema.columns.len() + table.extra_columns.len();
        table.rows.extend(rows.into_iter().map(|mut row| {
            row.cells.resize(columns, None);
            row
        }));
        table.sort();
    }
    let of_cells = read.errors.into_result(()).err().unwrap_or_default();
    let whole_files: AHashSet<String> = of_cells
        .iter()
        .filter(|error| error.column.is_empty() || error.line <= 1)
        .map(|error| error.file.clone())
        .collect();
    let follows = |error: &BookError| {
        let is_of = |line: u64| unsound.contains(&(error.file.clone(), line));
        is_of(error.line) || line_named(&error.reason).is_some_and(is_of) || names_file(&error.reason, &whole_files)
    };
    let all = Errors::default();
    let of_book = compile(&tables, settings).err().unwrap_or_default();
    let of_book = of_book.into_iter().filter(|error| !of_cells.contains(error) && !follows(error)).collect::<Vec<_>>();
    of_cells.into_iter().chain(of_book).for_each(|error| all.add(error));
    all.into_result(()).err().unwrap_or_default()
}

/// The other line that a reason names: `… on overlapping dates: line 12`.
fn line_named(reason: &str) -> Option<u64> {
    let after = reason.split("line ").nth(1)?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Does a reason look for something in a file that could not be read as a whole?
fn names_file(reason: &str, files: &AHashSet<String>) -> bool {
    files.iter().any(|file| reason.contains(file.as_str()))
}
