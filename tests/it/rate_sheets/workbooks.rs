//! Rate sheets as workbooks: the same rows as their twins in CSV, every mistake at its cell, templates filled in.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Place, listed};
use crate::program::fixture;
use crate::snapshot::Snapshot;

/// A workbook of the fixtures; and the same written by openpyxl now, if `TOLLBOOK_PYTHON` has it.
fn workbooks(place: &Place, kept: &Path, source: &str) -> Vec<PathBuf> {
    let mut found = vec![kept.to_owned()];
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else { return found };
    let has_openpyxl = Command::new(&python).args(["-c", "import openpyxl"]).output().unwrap().status.success();
    if has_openpyxl {
        let written = place.folder.path().join("written.xlsx");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/write_rate_sheet.py");
        let run = Command::new(python).arg(script).arg(source).arg(&written).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        found.push(written);
    }
    found
}

#[test]
fn a_workbook_becomes_the_rows_of_its_twin_in_csv() {
    for (name, options) in listed("rate_sheets/commands.txt") {
        let source = fixture(&format!("rate_sheets/{name}.csv"));
        let twin = Place::new();
        twin.run(&format!("import tariff {} {options}", source.display())).done();
        let expected = twin.exported("rates.csv");
        let kept = fixture(&format!("rate_sheets/workbooks/{name}.xlsx"));
        for workbook in workbooks(&twin, &kept, source.to_str().unwrap()) {
            let place = Place::new();
            let run = place.run(&format!("import tariff {} {options}", workbook.display())).done();
            assert!(place.exported("rates.csv") == expected, "{name}: {}\n{}", workbook.display(), run.out);
            for words in [
                "sheet \"Prices\", header in row 3, 2 rows before it skipped",
                "warning: read \"Prices\", not \"Notes\"; --sheet names another",
                ": is a total, and is not read",
            ] {
                assert!(run.out.contains(words), "{name}: {words:?} is not in\n{}", run.out);
            }
            let once = place.files();
            place.run(&format!("import tariff {} {options}", workbook.display())).done();
            assert!(place.files() == once, "{name}: the same workbook again writes to the ledger");
        }
    }
}

#[test]
fn every_spoilt_cell_of_a_workbook_is_named() {
    let place = Place::new();
    for workbook in workbooks(&place, &fixture("malformed/rate_sheets/wrong.xlsx"), "wrong") {
        let before = Snapshot::of(&place.workspace());
        let run = place.run(&format!("import tariff {} --tariff pounds", workbook.display())).ended(1);
        assert_eq!(Snapshot::of(&place.workspace()).difference_from(&before), None, "something was kept");
        let places: Vec<String> = run
            .err
            .lines()
            .filter_map(|line| line.split_once(", sheet \"A-Z\", "))
            .map(|(_, rest)| rest.split(" — ").next().unwrap().to_owned())
            .collect();
        let expected = [
            "row 3, cell D3, column Interval, \"2026-06-30\": is the date 2026-06-30 to the spreadsheet, not what was typed",
            "row 4, cell A4, column Prefix, \"44.5\": \"44.5\" is not a code",
            "row 4, cell C4, column Rate, \"a formula without a saved value\": is no value",
            "row 4, cell E4, column Effective Date, \"46174\": is a number, not a date",
            "row 5, cell A5, column Prefix, \"4.42E+11\": \"4.42E+11\" is not a code",
            "row 5, cell C5, column Rate, \"20\": is formatted as a percentage",
            "row 5, cell E5, column Effective Date, \"2026-06-01\": is a date with a time of day",
            "row 6, cell A6, column Prefix, \"TRUE\": is a truth value, not a text",
            "row 7, cell F7, \"who wrote this?\": stands in a column without a name",
            "row 9, cell A9, column Prefix: is blank",
            "row 9, cell C9, column Rate: is blank",
            "row 9, cell E9, column Effective Date: states no first day",
        ];
        assert_eq!(places, expected, "{}", run.err);
    }
}

#[test]
fn a_sheet_is_chosen_by_its_name_or_refused() {
    let place = Place::new();
    let workbook = fixture("rate_sheets/workbooks/deck_plain.xlsx");
    let line =
        |options: &str| format!("import tariff {} --tariff pounds --from 2026-06-01 {options}", workbook.display());
    place.run(&line("--sheet prices --dry-run")).done();
    place.run(&line("--sheet Notes")).ended(1).says("no row of the first 60 is the header of a known format");
    let missing = place.run(&line("--sheet Preise")).ended(1);
    let words = "has no sheet \"Preise\"";
    assert!(missing.err.contains(words) && missing.err.contains("\"Prices\", \"Notes\""), "{}", missing.err);
    let text = fixture("rate_sheets/deck_plain.csv");
    let line = format!("import tariff {} --tariff pounds --sheet Prices", text.display());
    place.run(&line).ended(1).says("is a text, which has no sheets");
    std::fs::write(place.folder.path().join("old.xlsx"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more").unwrap();
    place.run("import tariff old.xlsx --tariff pounds").ended(1);
}

#[test]
fn a_form_of_another_kind_is_sent_to_its_command() {
    let place = Place::new();
    for (header, words) in [
        ("Account,Date,Amount,Reference", "this looks like a form of payments: tollbook import payments FILE"),
        ("Customer Name*,Reference,Address Line 1*,Town*", "a form of customers: tollbook import customers FILE"),
        ("CLI,Account,Description,From,To", "a form of clis: tollbook import clis FILE"),
    ] {
        place.write("other.csv", &format!("{header}\n1,2,3,4\n"));
        place.run("import tariff other.csv --tariff pounds --from 2026-06-01").ended(1).says(words);
    }
}

/// What is exported comes back as it is: rates since ever, that ended, with every term.
#[test]
fn rates_of_a_tariff_that_come_back_change_nothing() {
    let place = Place::new();
    place.run(&format!("import tariff {} --tariff pence", fixture("rate_sheets/rates.csv").display())).done();
    let exported = place.exported("rates.csv");
    let mut lines = exported.lines();
    let header = lines.next().unwrap().to_owned();
    for tariff in ["pence", "pounds", "euro"] {
        let rows: Vec<&str> = lines.clone().filter(|line| line.starts_with(&format!("{tariff},"))).collect();
        if rows.is_empty() {
            continue;
        }
        place.write("back.csv", &format!("{header}\n{}\n", rows.join("\n")));
        let before = Snapshot::of(&place.workspace());
        let run = place.run(&format!("import tariff back.csv --tariff {tariff}")).done();
        assert_eq!(Snapshot::of(&place.workspace()).difference_from(&before), None, "{tariff}:\n{}", run.out);
        let unchanged = ["unchanged".to_owned(), rows.len().to_string()];
        assert!(run.out.lines().any(|line| line.split_whitespace().eq(&unchanged)), "{tariff}:\n{}", run.out);
    }
}

/// The form of a tariff, with its rates, comes back as it is; an empty one has nothing to import.
#[test]
fn a_template_of_a_tariff_comes_back_unchanged() {
    let place = Place::new();
    place.run(&format!("import tariff {} --tariff pence", fixture("rate_sheets/rates.csv").display())).done();
    let before = Snapshot::of(&place.workspace());
    for name in ["pence.xlsx", "pence.csv"] {
        place.run(&format!("template tariff {name} --with-data --tariff pence")).done();
        let run = place.run(&format!("import tariff {name} --tariff pence")).done();
        assert_eq!(Snapshot::of(&place.workspace()).difference_from(&before), None, "{name}:\n{}", run.out);
        let unchanged = ["unchanged".to_owned(), place.rates("pence").len().to_string()];
        assert!(run.out.lines().any(|line| line.split_whitespace().eq(&unchanged)), "{name}:\n{}", run.out);
    }
    for name in ["empty.xlsx", "empty.csv"] {
        place.run(&format!("template tariff {name}")).done();
        place.run(&format!("import tariff {name} --tariff pence")).ended(1).says("has a header and no rows");
    }
}

/// Mistakes for machines, and marked in a copy that is refused for the same cells.
#[test]
fn mistakes_are_marked_in_a_copy() {
    let place = Place::new();
    for (file, options) in [("wrong.xlsx", ""), ("numbers.csv", "--from 2026-06-01")] {
        let path = fixture(&format!("malformed/rate_sheets/{file}"));
        let before = Snapshot::of(&place.workspace());
        let line = format!("import tariff {} --tariff pounds {options} --json --annotate copy.xlsx", path.display());
        let found: serde_json::Value = serde_json::from_str(&place.run(&line).ended(1).out).unwrap();
        let errors = found["errors"].as_array().unwrap().clone();
        assert!(!errors.is_empty() && errors.iter().all(|error| error["cell"] != ""), "{found}");
        let again = format!("import tariff copy.xlsx --tariff pounds {options} --json");
        let again: serde_json::Value = serde_json::from_str(&place.run(&again).ended(1).out).unwrap();
        let places = |errors: &[serde_json::Value]| -> Vec<_> {
            errors.iter().map(|error| (error["row"].clone(), error["column"].clone())).collect()
        };
        assert_eq!(places(again["errors"].as_array().unwrap()), places(&errors), "{file}");
        assert_eq!(Snapshot::of(&place.workspace()).difference_from(&before), None, "something was kept");
    }
}

#[test]
fn a_row_without_a_first_day_is_since_ever_where_that_is_certain() {
    let place = Place::new();
    place.write("first.csv", "match,from,rate\nprefix:+33,,1\nprefix:+4420,2026-06-01,2\n");
    place.run("import tariff first.csv --tariff pence").done();
    place.write("again.csv", "match,from,rate\nprefix:+33,,1.5\nprefix:+4420,,3\n");
    let run = place.run("import tariff again.csv --tariff pence").ended(1);
    let words = "line 3, column from: states no first day, and the tariff has a rate for it from 2026-06-01 on";
    assert!(run.err.contains(words), "{}", run.err);
    assert!(run.err.contains("has 1 error"), "{}", run.err);
    place.write("again.csv", "match,from,rate\nprefix:+33,,1.5\n");
    place.run("import tariff again.csv --tariff pence").done();
    assert!(place.rates("pence").contains(&"prefix:+33 - - - 1.5".to_owned()), "{:?}", place.rates("pence"));
}
