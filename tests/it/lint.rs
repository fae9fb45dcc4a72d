//! `tariff lint` finds every mistake planted in `fixtures/lint/`, at its place and no other, and none in a clean book.
//! What it says of the sample reseller and of the complete book was looked at, one by one, and is true.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use tollbook::tariffs::lint::FindingKind;

use crate::program::{Run, fixture, tollbook};

/// The day on which rows of the fixtures are new, in force or ended.
const ON: &str = "2026-11-01";

/// A planted fault, or a finding: kind, file, line or nothing, column, words.
type Fault = [String; 5];

fn lint(folder: &Path, more: &[&str]) -> Run {
    tollbook(folder, &[&["tariff", "lint", "--on", ON], more].concat())
}

fn findings(run: &Run) -> Vec<Fault> {
    let data: Value = serde_json::from_str(&run.out).unwrap();
    let fault = |finding: &Value| {
        let place = &finding["place"];
        let line = place["line"].as_u64().filter(|line| *line > 0).map_or(String::new(), |line| line.to_string());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        [text(&finding["kind"]), text(&place["file"]), line, text(&place["column"]), text(&finding["what"])]
    };
    data["findings"].as_array().unwrap().iter().map(fault).collect()
}

fn found_in(book: &str, more: &[&str]) -> (Vec<Fault>, Run) {
    let book = fixture(book);
    let run = lint(Path::new("."), &[&["--json", "--book", book.to_str().unwrap()], more].concat());
    (findings(&run), run)
}

/// The faults of `planted.csv`, by the folder that they are in.
fn planted() -> BTreeMap<String, Vec<Fault>> {
    let mut reader = csv::Reader::from_path(fixture("lint/planted.csv")).unwrap();
    let mut planted: BTreeMap<String, Vec<Fault>> = BTreeMap::new();
    for (number, row) in (1..).zip(reader.records()) {
        let row = row.unwrap();
        assert_eq!(row[0], format!("{number}"), "numbered in order");
        let fault = [2, 3, 4, 5, 6].map(|column| row[column].to_owned());
        planted.entry(row[1].to_owned()).or_default().push(fault);
    }
    planted
}

#[test]
fn every_planted_fault_is_found_at_its_place_and_nothing_else() {
    for (folder, faults) in planted() {
        let (found, run) = found_in(&format!("lint/{folder}"), &[]);
        let (expected, seen): (BTreeSet<&Fault>, BTreeSet<&Fault>) = (faults.iter().collect(), found.iter().collect());
        let missed: Vec<_> = expected.difference(&seen).collect();
        let other: Vec<_> = seen.difference(&expected).collect();
        assert!(missed.is_empty() && other.is_empty(), "{folder}: missed {missed:#?}, found beside {other:#?}");
        assert_eq!(found.len(), faults.len(), "{folder}: each once");
        run.ended(if folder == "refused" { 1 } else { 0 });
    }
}

#[test]
fn every_kind_is_planted() {
    let planted: BTreeSet<String> = planted().into_values().flatten().map(|fault| fault[0].clone()).collect();
    // Usage below cost needs usage: it has a test of its own.
    let missing = FindingKind::ALL.iter().filter(|kind| **kind != FindingKind::BelowCost);
    let missing: Vec<&str> = missing.map(|kind| kind.name()).filter(|name| !planted.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(planted.len() >= 30);
}

#[test]
fn a_clean_book_has_no_findings() {
    let book = fixture("lint/clean");
    let run = lint(Path::new("."), &["--strict", "--book", book.to_str().unwrap()]).done();
    assert!(run.out.starts_with("nothing found\nchecked as of 2026-11-01: 9 tariffs, "), "{}", run.out);
    assert!(run.out.ends_with(" of rows compared with what the supplier charges\n"), "{}", run.out);
}

#[test]
fn severities_decide_the_exit_code() {
    let book = fixture("lint/faulty");
    let faulty = ["--book", book.to_str().unwrap()];
    lint(Path::new("."), &faulty).done();
    let strict = lint(Path::new("."), &[&faulty[..], &["--strict"]].concat()).ended(1);
    assert!(strict.err.contains("warnings, and --strict was asked"), "{}", strict.err);
    // Notes alone are no reason: this tariff has none but one.
    lint(Path::new("."), &[&faulty[..], &["--strict", "spare"]].concat()).done();
    let unknown = lint(Path::new("."), &[&faulty[..], &["gold"]].concat()).ended(1);
    assert!(unknown.err.contains("the book has no tariff \"gold\""), "{}", unknown.err);
    lint(Path::new("."), &[&faulty[..], &["--from", "2026-10-01"]].concat()).ended(2);
}

#[test]
fn named_tariffs_are_all_that_is_told() {
    let about = |tariffs: &[&str]| {
        let (found, _) = found_in("lint/faulty", tariffs);
        found.into_iter().map(|fault| fault[0].clone()).collect::<Vec<_>>()
    };
    assert_eq!(about(&["old"]), ["tariff-ended"]);
    assert_eq!(about(&["roof", "shed"]), ["hidden-in-children"]);
}

/// A new workspace with a book of the fixtures.
fn workspace(book: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    tollbook(folder.path(), &["init", "w"]).done();
    let book = fixture(book);
    tollbook(folder.path(), &["--workspace", "w", "book", "import", book.to_str().unwrap()]).done();
    folder
}

#[test]
fn the_book_of_a_workspace_has_the_findings_of_its_folder() {
    let folder = workspace("lint/faulty");
    let run = lint(folder.path(), &["--workspace", "w", "--json"]).done();
    let mut expected = planted().remove("faulty").unwrap();
    // Rows of a workspace have no line; their key stands in its place.
    expected.iter_mut().for_each(|fault| fault[2].clear());
    let found: BTreeSet<Fault> = findings(&run).into_iter().collect();
    assert_eq!(found, expected.into_iter().collect());
    let data: Value = serde_json::from_str(&run.out).unwrap();
    assert!(data["findings"].as_array().unwrap().iter().all(|finding| finding["place"]["key"] != ""));
}

#[test]
fn usage_of_a_period_below_its_cost_is_ranked_by_loss() {
    let folder = workspace("lint/clean");
    let usage = "\
record_id,kind,cli,other_party,started_at,duration,cost
p1,voice,02079460102,0033142000001,2026-10-05 10:00:00,60,0.05
p2,voice,02079460102,0033142000001,2026-10-06 10:00:00,60,0.10
p3,voice,02079460102,0033142000001,2026-10-07 10:00:00,60,0.01
p4,voice,02079460102,0033142000001,2026-11-01 10:00:00,60,9
p5,voice,02079460102,01614960000,2026-10-31 23:59:59,60,2.0085
";
    std::fs::write(folder.path().join("october.csv"), usage).unwrap();
    let here = ["--workspace", "w"];
    let import = ["import", "usage", "october.csv", "--supplier", "north"];
    tollbook(folder.path(), &[&here[..], &import].concat()).done();
    let period = ["--workspace", "w", "--json", "--from", "2026-10-01", "--to", "2026-10-31"];
    let told = || -> Vec<(String, String)> {
        let run = lint(folder.path(), &period).done();
        findings(&run).into_iter().map(|fault| (fault[0].clone(), fault[4].clone())).collect()
    };
    // 3.2p a minute to France by the parent of business; 0.85p a minute at home.
    let expected = [
        "priced by type:uk_geographic: 1 of 1 record below cost: cost 2.0085, sold for 0.0085, loss 2.0000 GBP",
        "priced by prefix:+33: 2 of 3 records below cost: cost 0.1500, sold for 0.0640, loss 0.0860 GBP",
    ];
    let expected: Vec<_> = expected.iter().map(|what| ("below-cost".to_owned(), (*what).to_owned())).collect();
    assert_eq!(told(), expected);
    // What is billed is still told. Customers with allowances may be parked.
    let bill = tollbook(folder.path(), &[&here[..], &["bill", "run", "--invoice-date", ON]].concat());
    assert!(matches!(bill.code, 0 | 3), "{}", bill.err);
    assert_eq!(told(), expected);
    let strict = [&period[..], &["--strict"]].concat();
    lint(folder.path(), &strict).ended(1);
}

#[test]
fn a_folder_that_is_not_imported_prices_the_usage_of_the_workspace() {
    let folder = workspace("lint/clean");
    let usage = "record_id,kind,cli,other_party,started_at,duration,cost\n\
                 q1,voice,02079460102,0033142000001,2026-10-05 10:00:00,60,0.02\n";
    std::fs::write(folder.path().join("october.csv"), usage).unwrap();
    let import = ["--workspace", "w", "import", "usage", "october.csv", "--supplier", "north"];
    tollbook(folder.path(), &import).done();
    let period = ["--workspace", "w", "--json", "--from", "2026-10-01", "--to", "2026-10-31"];
    assert_eq!(findings(&lint(folder.path(), &period).done()).len(), 0, "3.2p a minute for 2p");
    let faulty = fixture("lint/faulty");
    let of_folder = [&period[..], &["--book", faulty.to_str().unwrap(), "standard"]].concat();
    let found = findings(&lint(folder.path(), &of_folder).done());
    let below: Vec<&Fault> = found.iter().filter(|fault| fault[0] == "below-cost").collect();
    assert_eq!(below.len(), 1, "0.5p a minute for 2p");
    assert!(below[0][4].ends_with("cost 0.0200, sold for 0.0050, loss 0.0150 GBP"), "{below:?}");
}

/// Kind and place, as a line.
fn lines(found: &[Fault]) -> Vec<String> {
    found.iter().map(|[kind, file, line, column, _]| format!("{kind} {file}:{line} {column}")).collect()
}

#[test]
fn the_sample_reseller_has_notes_only() {
    let folder = tempfile::tempdir().unwrap();
    tollbook::demo::write_sample(folder.path(), 1).unwrap();
    let book = folder.path().join("book");
    let run = lint(folder.path(), &["--strict", "--json", "--book", book.to_str().unwrap()]).done();
    let found = findings(&run);
    // A weekend price above a general one, and two numbers of public services that nobody pays for: meant so.
    let kinds: Vec<&str> = found.iter().map(|fault| fault[0].as_str()).collect();
    assert_eq!(kinds, ["missing-band-covered", "zero-rate", "zero-rate"], "{found:#?}");
}

#[test]
fn the_complete_book_has_what_was_looked_at() {
    let (found, _) = found_in("book", &[]);
    let expected = [
        // Off-peak covers the whole week and sorts first.
        "week-overlap time_bands.csv:6 days",
        "band-never-used time_bands.csv:6 time_band",
        // Nobody has these tariffs for the class; the band is another supplier's.
        "never-asked rates.csv:8 match",
        "never-asked rates.csv:9 match",
        "never-asked rates.csv:11 match",
        "never-asked rates.csv:15 match",
        "type-never-classified rates.csv:10 match",
        "class-without-price customers.csv:4 ",
        "class-without-price customers.csv:5 ",
        "types-without-row tariffs.csv:2 tariff",
        "not-compared tariffs.csv:4 currency",
        "holiday-by-default holidays.csv:2 as",
        "min-seconds-long rates.csv:11 min_seconds",
    ];
    assert_eq!(lines(&found), expected);
}
