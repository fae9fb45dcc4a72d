//! Payments from files (L2): workbooks as openpyxl writes them, what is refused and in which words, nothing changed by it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Place;
use crate::program::fixture;

fn listed(out: &str) -> Value {
    serde_json::from_str(out).unwrap()
}

/// A workbook that openpyxl writes now, if `TOLLBOOK_PYTHON` has it; the one that it wrote for the fixtures in any case.
fn workbooks(place: &Place, kind: &str) -> Vec<String> {
    let mut names = vec![format!("{kind}.xlsx")];
    std::fs::copy(fixture("payments").join(&names[0]), place.path(&names[0])).unwrap();
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else { return names };
    let has_openpyxl = Command::new(&python).args(["-c", "import openpyxl"]).output().unwrap().status.success();
    if has_openpyxl {
        let name = format!("{kind}-now.xlsx");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/write_payments.py");
        let run = Command::new(python).arg(script).arg(place.path(&name)).arg(kind).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        names.push(name);
    }
    names
}

#[test]
fn a_workbook_is_read_as_its_writer_meant_it() {
    let place = Place::new();
    for name in workbooks(&place, "payments") {
        let before = place.files();
        let shown = listed(&place.run(&format!("import payments {name} --json --dry-run")).done().out);
        assert_eq!(place.files(), before, "a dry run changed something");
        assert_eq!(shown["sheets"][0]["added"], 3, "{shown}");
        let rows: Vec<_> = shown["payments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                ["account", "date", "amount", "reference", "method", "note"]
                    .map(|name| row[name].as_str().unwrap_or("").to_owned())
            })
            .collect();
        let expected = [
            ["A1", "2026-03-05", "12.50", "BACS-1", "bank transfer", "first"],
            ["A1", "2026-03-06", "0.30", "20260306", "card", ""],
            ["A1", "2026-03-07", "1000.00", "BACS-3", "", "café & more"],
        ];
        assert_eq!(rows, expected, "{name}");
    }
    place.run("import payments payments.xlsx").done();
    let entered = place.files();
    let again = place.run("import payments payments.xlsx").ended(1);
    assert!(again.err.contains("payments.xlsx has 3 errors; nothing was changed"), "{}", again.err);
    assert_eq!(again.out.matches("was entered before for A1").count(), 3, "{}", again.out);
    assert_eq!(place.files(), entered);
    // What is posted already is no error to an update, and nothing is entered twice.
    for mode in ["update", "upsert"] {
        let run = place.run(&format!("import payments payments.xlsx --mode {mode} --json")).done();
        assert_eq!(listed(&run.out)["sheets"][0]["as_before"], 3, "{}", run.out);
        assert!(run.err.contains("nothing is different: nothing changed"), "{}", run.err);
        assert_eq!(place.files(), entered, "{mode}");
    }
    place.run("verify").done();
}

#[test]
fn all_errors_of_a_workbook_are_said_at_once_with_their_cells() {
    let place = Place::new();
    for name in workbooks(&place, "wrong") {
        let before = place.files();
        let run = place.run(&format!("import payments {name} --json")).ended(1);
        assert_eq!(place.files(), before, "something was kept");
        let found = listed(&run.out);
        let said: Vec<String> = found["errors"].as_array().unwrap().iter().map(in_words).collect();
        let expected = [
            "A2 Account \"A9\": is no customer of the book",
            "B3 Date \"5 March\": is not a date",
            "C3 Amount \"a formula without a saved value\": is no value",
            "B4 Date \"2026-03-05 with a time\": is a date with a time of day",
            "C4 Amount \"-4\": is out of range",
            "D4 Reference \"\": is blank",
            "B5 Date \"2999-01-01\": is a date out of range",
            "C5 Amount \"ten\": is not a plain number (digits, one decimal point, an optional leading minus)",
            "F5 Invoice \"AC-1\": is no posted invoice",
        ];
        assert_eq!(said, expected, "{name}");
        assert!(run.err.contains(&format!("{name} has 9 errors; nothing was changed")), "{}", run.err);
    }
}

fn in_words(finding: &Value) -> String {
    let text = |name: &str| finding[name].as_str().unwrap().to_owned();
    format!("{} {} {:?}: {}", text("cell"), text("header"), text("value"), text("reason"))
}

#[test]
fn a_file_that_is_no_table_of_payments_is_refused() {
    let place = Place::new();
    for (bytes, part) in [
        (&b""[..], "payments.csv: is empty"),
        (b"account,date,amount,reference\n", "has a header and no rows"),
        (b"account,date,amount\nA1,2026-03-05,1\n", "is required but missing"),
        (
            b"account,date,amount,refernce\nA1,2026-03-05,1,x\n",
            "is no column of this form \u{2014} did you mean \"Reference\"?",
        ),
        (b"account,date,amount,reference,date\nA1,2026-03-05,1,x,2026-03-05\n", "comes twice"),
        (b"account,date,amount,reference\nA1,2026-03-05,1\n", "has 3 fields, the header has 4"),
        (b"account,date,amount,reference\nA1,2026-03-05,\"1,x\n", "payments.csv, line 2"),
        (b"account,date,amount,reference\nA1,2026-03-05,1,caf\xe9\n", "line 2: is not UTF-8"),
        (
            b"account,date,amount,reference\nA1,2026-03-05,1.001,x\n",
            "has more than 2 decimal places, as an amount in GBP",
        ),
        (b"account,date,amount,reference,currency\nA1,2026-03-05,1,x,EUR\n", "is not that of the account, GBP"),
        (b"account,date,amount,reference\nA1,2999-03-05,1,x\n", "is not a date"),
        (b"account,date,amount,reference\nA1,2099-03-05,1,x\n", "is in the future"),
        (
            b"account,date,amount,reference\nA1,2026-03-05,1,x\nA1,2026-03-06,2,x\n",
            "is the reference of line 2 too, of the same account",
        ),
        (
            b"Customer Name,Reference,Address Line 1,Town\nA,B,C,D\n",
            "this looks like a form of customers: tollbook import customers FILE",
        ),
        (
            b"Prefix,Destination,Rate\n44,x,1\n",
            "this looks like a rate sheet: tollbook import tariff FILE --tariff CODE",
        ),
        (b"PK\x03\x04 and more", "is a damaged or cut archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "is an old .xls workbook"),
    ] {
        std::fs::write(place.path("payments.csv"), bytes).unwrap();
        let before = place.files();
        let run = place.run("import payments payments.csv").ended(1);
        let said = format!("{}{}", run.out, run.err);
        assert!(said.contains(part), "{part}: not in\n{said}");
        assert_eq!(place.files(), before, "{part}: something was kept");
    }
    place.run("import payments nothing.csv").ended(1).says("does not exist");
}

/// People name columns as the template does, customers by their references; and what is posted stays as it is.
#[test]
fn a_posted_payment_is_never_changed_by_a_form() {
    let place = Place::with_invoice();
    let write = |rows: &str| {
        let text = format!("ACCOUNT*,Date,Amount,Reference,Method,Invoice,Note\n{rows}");
        std::fs::write(place.path("payments.csv"), text).unwrap();
    };
    write("A1,05/03/2026,10,P-1,card,,first\nA1,2026-03-06,20.50,P-2,,,\n");
    // 5 March or 3 May: never guessed.
    let run = place.run("import payments payments.csv").ended(1);
    assert!(run.out.contains("could be two dates"), "{}", run.out);
    write("A1,5 Mar 2026,10,P-1,card,,first\nA1,2026-03-06,20.50,P-2,,,\n");
    place.run("import payments payments.csv").done();
    // The forms stand beside the workspace.
    let kept = || -> Vec<_> { place.files().into_iter().filter(|(name, _)| name.starts_with("workspace")).collect() };
    let entered = kept();
    let refused = |rows: &str, mode: &str, expected: &[&str]| {
        write(rows);
        let run = place.run(&format!("import payments payments.csv --mode {mode} --json")).ended(1);
        let found = listed(&run.out);
        let said: Vec<String> = found["errors"].as_array().unwrap().iter().map(in_words).collect();
        assert_eq!(said, expected, "{}", run.out);
        assert!(kept() == entered, "{mode}: something was kept");
        found["errors"][0]["hint"].as_str().unwrap().to_owned()
    };
    let hint = refused(
        "A1,2026-03-05,11,P-1,cash,,first\nA1,2026-03-07,20.50,P-2,,,word\n",
        "upsert",
        &[
            "line 2 Amount \"11\": differs from the payment that is posted: 10.00",
            "line 2 Method \"cash\": differs from the payment that is posted: card",
            "line 3 Date \"2026-03-07\": differs from the payment that is posted: 2026-03-06",
            "line 3 Note \"word\": differs from the payment that is posted: nothing",
        ],
    );
    assert!(hint.contains("tollbook payment reverse"), "{hint}");
    refused("A1,2026-03-05,10,P-9,,,\n", "update", &["line 2 Reference \"P-9\": is no payment of A1"]);
    refused("A9,2026-03-05,10,P-1,,,\n", "update", &["line 2 Account \"A9\": is no customer of the book"]);
    // One that is as it was and one that is new.
    write("A1,2026-03-05,10.00,P-1,,,\nA1,2026-03-08,5,P-3,,,\n");
    let run = place.run("import payments payments.csv --mode upsert --json").done();
    let shown = listed(&run.out);
    assert_eq!((&shown["sheets"][0]["as_before"], &shown["sheets"][0]["added"]), (&1.into(), &1.into()), "{shown}");
    assert_eq!(shown["payments"][0]["reference"], "P-3", "{shown}");
    // What is written with the data comes back as it is, also what a spreadsheet would change.
    place.run("payment add A1 --amount 0.30 --reference 0042 --date 2026-03-09 --note =1+1").done();
    let entered = kept();
    for name in ["all.xlsx", "all.csv"] {
        place.run(&format!("template payments {name} --with-data")).done();
        let run = place.run(&format!("import payments {name} --mode update --json")).done();
        assert_eq!(listed(&run.out)["sheets"][0]["as_before"], 4, "{name}: {}", run.out);
        assert!(kept() == entered, "{name}");
    }
    place.run("verify").done();
}

#[test]
fn single_payments_are_checked_as_files_are() {
    let place = Place::with_invoice();
    for (line, part) in [
        ("payment add A2 --amount 1 --reference x", "there is no customer \"A2\""),
        ("payment add A1 --amount 0 --reference x", "--amount 0 is not more than 0"),
        ("payment add A1 --amount 1.001 --reference x", "has more than 2 decimal places"),
        ("payment add A1 --amount 1 --reference x --date 2099-01-01", "--date 2099-01-01 is in the future"),
        ("payment add A1 --amount 1 --reference x --invoice NO-1", "--invoice \"NO-1\" is no posted invoice"),
        ("payment refund A1 --amount 1 --reference x", "the credit on the account is 0.00"),
        ("payment list A2", "there is no customer \"A2\""),
        ("payment allocate A2", "there is no customer \"A2\""),
        ("customer statement A2", "there is no customer \"A2\""),
    ] {
        let before = place.files();
        place.run(line).ended(1).says(part);
        assert_eq!(place.files(), before, "{line}: something was kept");
    }
    let paid = listed(&place.run("payment add A1 --amount 100 --reference x --json --note word").done().out);
    assert_eq!(paid[0]["against"].as_array().unwrap().len(), 1, "{paid}");
    place.run("payment add A1 --amount 1 --reference x").ended(1).says("has a payment with the reference \"x\"");
    let history = place.run("payment list A1 --json").done();
    assert_eq!(listed(&history.out).as_array().unwrap().len(), 1);
    place.run("verify").done();
}
