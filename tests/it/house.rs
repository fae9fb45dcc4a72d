//! The house rules that a machine can check: which room may know which, what a file opens with, how long it may be.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, and the rooms of ours that each may import. `*` means all.
const MAY_IMPORT: [(&str, &[&str]); 26] = [
    ("domain", &[]),
    ("parsing", &["domain"]),
    ("matching", &["domain"]),
    ("rating", &["domain"]),
    ("allowances", &["domain"]),
    ("billing", &["domain"]),
    ("invoicing", &["domain"]),
    ("alerts", &["domain"]),
    ("accounting", &["domain"]),
    ("delivery", &["domain", "files"]),
    ("book", &["domain", "files", "threads"]),
    ("tariffs", &["domain", "book"]),
    ("forms", &["domain", "book", "files"]),
    ("demo", &["domain", "files"]),
    ("bench", &["domain", "book", "files", "demo", "forms"]),
    ("files", &[]),
    ("workers", &[]),
    ("threads", &[]),
    ("progress", &[]),
    ("facts", &["domain", "files", "threads"]),
    ("ledger", &["domain", "files"]),
    ("error", &["ledger", "facts"]),
    ("workspace", &["domain", "error", "book", "facts", "files", "ledger", "parsing"]),
    ("pipeline", PIPELINE_JOINS),
    ("report", &["domain", "billing", "pipeline"]),
    ("commands", &["*"]),
];

/// All stages and edges, and none of what stands above it.
const PIPELINE_JOINS: &[&str] = &[
    "domain",
    "parsing",
    "matching",
    "rating",
    "allowances",
    "billing",
    "invoicing",
    "alerts",
    "files",
    "workers",
    "threads",
    "progress",
    "facts",
    "ledger",
    "error",
    "workspace",
];

const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 70;

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    assert!(found.len() > 5, "the sources are not where the test looks: {}", folder.display());
    found
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The first folder or file name below `src`.
fn room_of(path: &Path) -> String {
    let inside = path.strip_prefix(source_folder()).unwrap();
    let room = inside.components().next().unwrap().as_os_str().to_string_lossy();
    room.trim_end_matches(".rs").to_owned()
}

/// The rooms that a line names by `crate::ROOM`.
fn rooms_named(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap())
}

/// The part of a file before its unit tests, which may know more than the code does.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

#[test]
fn a_room_imports_only_what_it_may() {
    let mut wrong = Vec::new();
    for (path, text) in sources(&source_folder()) {
        let room = room_of(&path);
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{}: room {room:?} is not in the table of this test", path.display()));
            continue;
        };
        for (number, line) in (1..).zip(without_tests(&text).lines()) {
            let code = line.split("//").next().unwrap();
            for named in rooms_named(code) {
                if named != room && !allowed.contains(&"*") && !allowed.contains(&named) {
                    wrong.push(format!("{}:{number}: {room} may not know {named}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_layering_test_can_fail() {
    let named: Vec<_> = rooms_named("use crate::ledger::Ledger; let x = crate::facts::RowSet::new();").collect();
    assert_eq!(named, ["ledger", "facts"]);
}

#[test]
fn every_file_says_what_it_is_for() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mute: Vec<_> = sources(&source_folder())
        .into_iter()
        .chain(sources(&tests))
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    assert!(mute.is_empty(), "files that do not open with //!: {mute:?}");
}

#[test]
fn files_are_one_room() {
    let long: Vec<_> = sources(&source_folder())
        .into_iter()
        .map(|(path, text)| (text.lines().count(), path))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "files of over {LONGEST_FILE} lines: {long:?}");
}

/// Counts from a line that begins a function to the brace that closes it in the same column.
#[test]
fn functions_fit_on_a_screen() {
    let mut long = Vec::new();
    for (path, text) in sources(&source_folder()) {
        let lines: Vec<&str> = without_tests(&text).lines().collect();
        for (first, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let indent = line.len() - code.len();
            let starts = ["fn ", "pub fn ", "pub(super) fn ", "pub(crate) fn ", "pub const fn ", "const fn "];
            if !starts.iter().any(|start| code.starts_with(start)) {
                continue;
            }
            let closing = format!("{}}}", " ".repeat(indent));
            let length = lines[first..].iter().position(|line| **line == closing).unwrap_or(0) + 1;
            if length > LONGEST_FUNCTION {
                long.push(format!("{}:{}: {length} lines", path.display(), first + 1));
            }
        }
    }
    assert!(long.is_empty(), "functions of over {LONGEST_FUNCTION} lines:\n{}", long.join("\n"));
}

#[test]
fn unsafe_code_is_in_two_files_and_explained() {
    for (path, text) in sources(&source_folder()) {
        let place = path.strip_prefix(source_folder()).unwrap().display().to_string();
        let uses = without_tests(&text).lines().filter(|line| {
            let code = line.split("//").next().unwrap();
            code.contains("unsafe ") || code.contains("unsafe{")
        });
        let uses = uses.count();
        let explained = text.matches("// SAFETY:").count();
        match place.as_str() {
            "files/map.rs" | "main.rs" | "parsing/marks.rs" => {
                assert!(uses <= explained, "{place}: {uses} unsafe, {explained} explained")
            }
            _ => assert_eq!(uses, 0, "{place}: unsafe code outside the map and the marks"),
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    let words = ["todo!(", "unimplemented!(", "#[ignore", "FIXME", "XXX"];
    for (path, text) in sources(&source_folder()) {
        for word in words {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}
