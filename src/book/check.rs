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
    let read = read_all(dir, rules, None);
    let mut tables = read.tables;
    let mut unsound: AHashSet<(String, u64)> = AHashSet::new();
    for (name, rows) in read.unsound {
        let table = tables.get_mut(name);
        unsound.extend(rows.iter().map(|row| (table.schema.file_name(), row.line)));
        let columns = table.schema.columns.len() + table.extra_columns.len();
        table.rows.extend(rows.into_iter().map(|mut row| {
            row.cells = row.cells.resized(columns);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{DEFAULT_SETTINGS, parse_settings};

    /// The errors of a folder of files, in words.
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        let settings = parse_settings(DEFAULT_SETTINGS).expect("sound");
        let errors = check_folder(folder.path(), &NumberRules::of_country("44"), &settings);
        assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn errors_of_cells_and_of_the_book_come_together() {
        let tariffs = "tariff,unit,decimals\nsilver,minor,9\ngold,minor,2\n";
        // The row of silver is refused, and still it is known; that of copper is not.
        let rates = "tariff,match,rate\nsilver,class:national,1\ncopper,class:national,1\ngold,class:national,x\n";
        check(
            &[("tariffs.csv", tariffs), ("rates.csv", rates)],
            &[
                "tariffs.csv, line 2, column decimals, \"9\": is out of range — a whole number from 0 to 6",
                "rates.csv, line 3, column tariff, \"copper\": no such tariff in tariffs.csv",
                "rates.csv, line 4, column rate, \"x\": is not a plain number (digits, one decimal point, an optional \
                 leading minus) — 12.5, without separators or signs",
            ],
        );
        check(&[("tariffs.csv", "tariff,unit\ngold,minor\n")], &[]);
    }

    #[test]
    fn what_follows_from_a_refused_cell_or_file_is_left_out() {
        // Without its last day the first row would overlap the second.
        let rates = "tariff,match,from,to,rate\ngold,class:national,,2026-02-30,1\ngold,class:national,2026-03-01,,1\n";
        check(
            &[("tariffs.csv", "tariff,unit\ngold,minor\n"), ("rates.csv", rates)],
            &[
                "rates.csv, line 2, column to, \"2026-02-30\": is not a date — YYYY-MM-DD between 2000-01-01 and 2100-12-31",
            ],
        );
        // A file that cannot be read as one has no names to look for.
        let rates = "tariff,match,rate\ngold,class:national,1\n";
        check(
            &[("tariffs.csv", "tariff,unit\ngold,\"minor\n"), ("rates.csv", rates)],
            &[
                "tariffs.csv, line 2: a quote opened in this record is never closed — close it, or double it if it is meant",
            ],
        );
    }
}
