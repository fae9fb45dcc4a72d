//! The table of rules, `docs/rules.md`, held against the repository: every rule of rating, classifying, matching, billing
//! and importing has a row that says where it is built and tested, and every file and test that the table names is there.

use std::fs;
use std::path::{Path, PathBuf};

/// The rules that each need a row of their own: letter and how many.
const RULES: [(&str, u32); 11] =
    [("R", 17), ("C", 4), ("M", 9), ("A", 5), ("S", 3), ("P", 8), ("B", 17), ("V", 4), ("L", 5), ("K", 9), ("O", 4)];
/// Where paths of the table may begin; all others are below `src`.
const ROOTS: [&str; 4] = ["tests/", "fixtures/", "config/", "docs/"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rows of the table as cells: rule, what, built in, tested in.
fn table() -> Vec<[String; 4]> {
    let text = fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = |row: &str| -> [String; 4] {
        let cells: Vec<_> = row.split(" | ").map(str::to_owned).collect();
        cells.try_into().unwrap_or_else(|cells| panic!("a row without four cells: {cells:?}"))
    };
    rows.map(cells).filter(|[rule, ..]| rule != "rule").collect()
}

/// What stands in backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn is_path(word: &str) -> bool {
    word.contains('/') || word.ends_with(".rs")
}

fn place(path: &str) -> PathBuf {
    if ROOTS.iter().any(|start| path.starts_with(start)) { root().join(path) } else { root().join("src").join(path) }
}

/// The paths that a cell names, each with the tests that follow it.
fn named(cell: &str) -> Vec<(&str, Vec<&str>)> {
    let mut named: Vec<(&str, Vec<&str>)> = Vec::new();
    for word in quoted(cell) {
        match named.last_mut() {
            _ if is_path(word) => named.push((word, Vec::new())),
            Some((_, tests)) => tests.push(word),
            None => panic!("{word} follows no file: {cell}"),
        }
    }
    named
}

#[test]
fn every_rule_has_a_row_of_its_own() {
    let table = table();
    for (letter, last) in RULES {
        for number in 1..=last {
            let rule = format!("{letter}{number}");
            let rows: Vec<_> = table.iter().filter(|[of, ..]| *of == rule).collect();
            let [[_, what, built, tested]] = rows[..] else { panic!("{rule} has {} rows", rows.len()) };
            assert!(!what.is_empty(), "{rule}: what is it?");
            assert!(!named(built).is_empty(), "{rule}: built nowhere");
            assert!(!named(tested).is_empty(), "{rule}: tested nowhere");
        }
    }
}

#[test]
fn every_file_that_is_named_is_there() {
    let mut missing = Vec::new();
    for [rule, _, built, tested] in table() {
        for (path, _) in named(&built).into_iter().chain(named(&tested)) {
            if !place(path).exists() {
                missing.push(format!("{rule}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_test_that_is_named_is_there() {
    let (mut missing, mut found) = (Vec::new(), 0);
    for [rule, _, _, tested] in table() {
        for (path, tests) in named(&tested) {
            let text = if tests.is_empty() { String::new() } else { fs::read_to_string(place(path)).unwrap() };
            for test in tests {
                found += 1;
                if !text.contains(&format!("fn {test}(")) {
                    missing.push(format!("{rule}: {path} has no test {test}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(found > 50, "the tests are not where this test looks: {found} found");
}

/// A scenario that is named is a folder with its sums.
#[test]
fn every_scenario_that_is_named_has_its_sums() {
    for [rule, _, _, tested] in table() {
        for (path, _) in named(&tested).into_iter().filter(|(path, _)| path.starts_with("fixtures/scenarios/")) {
            let about = place(path).join("about.md");
            let says = fs::read_to_string(&about).unwrap_or_default();
            let is_named = rule.contains(['–', ',']) || says.contains(&rule);
            assert!(is_named, "{}: does not name {rule}", about.display());
        }
    }
}

#[test]
fn cells_are_read_as_files_with_their_tests() {
    let cell = "`a/b.rs`: `one`, `two`; `c.rs`; `fixtures/x/`";
    assert_eq!(named(cell), [("a/b.rs", vec!["one", "two"]), ("c.rs", vec![]), ("fixtures/x/", vec![])]);
}
