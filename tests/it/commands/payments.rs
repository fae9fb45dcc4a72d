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
        let rows: Vec<_> = shown
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
    assert_eq!(again.err.matches("was entered before for A1").count(), 3, "{}", again.err);
    assert_eq!(place.files(), entered);
    place.run("verify").done();
}

#[test]
fn all_errors_of_a_workbook_are_said_at_once_with_their_cells() {
    let place = Place::new();
    for name in workbooks(&place, "wrong") {
        let before = place.files();
        let said = place.run(&format!("import payments {name}")).ended(1).err;
        assert_eq!(place.files(), before, "something was kept");
        for part in [
            "line 2, column account (cell A2), \"A9\": is no customer of the book",
            "line 3, column date (cell B3), \"5 March\": is not a date",
            "line 3, column amount (cell C3), \"a formula without a saved value\": is not a plain number",
            "line 4, column date (cell B4), \"2026-03-05 with a time\": is not a date",
            "line 4, column amount (cell C4), \"-4\": is not more than 0",
            "line 4, column reference (cell D4): is blank",
            "line 5, column date (cell B5), \"day 375835\": is not a date",
            "line 5, column amount (cell C5), \"ten\": is not a plain number",
            "line 5, column invoice (cell F5), \"AC-1\": is no posted invoice",
        ] {
            assert!(said.contains(part), "{part}: not in\n{said}");
        }
        assert!(said.contains(&format!("{name} has 9 errors; nothing was changed")), "{said}");
    }
}

#[test]
fn a_file_that_is_no_table_of_payments_is_refused() {
    let place = Place::new();
    for (bytes, part) in [
        (&b""[..], "is empty"),
        (b"account,date,amount,reference\n", "line 1: has a header and no rows"),
        (b"account,date,amount\nA1,2026-03-05,1\n", "column reference: is missing in the header"),
        (
            b"account,date,amount,refernce\nA1,2026-03-05,1,x\n",
            "column refernce: is no column of this file — did you mean \"reference\"?",
        ),
        (b"account,date,amount,reference,date\nA1,2026-03-05,1,x,2026-03-05\n", "column date: comes twice"),
        (b"account,date,amount,reference\nA1,2026-03-05,1\n", "line 2: has 3 fields, the header has 4"),
        (b"account,date,amount,reference\nA1,2026-03-05,\"1,x\n", "payments.csv, line 2"),
        (b"account,date,amount,reference\nA1,2026-03-05,1,caf\xe9\n", "line 2: is not UTF-8"),
        (
            b"account,date,amount,reference\nA1,2026-03-05,1.001,x\n",
            "\"1.001\": has more than 2 decimal places, as an amount in GBP",
        ),
        (
            b"account,date,amount,reference,currency\nA1,2026-03-05,1,x,EUR\n",
            "column currency, \"EUR\": is not that of the account, GBP",
        ),
        (b"account,date,amount,reference\nA1,2999-03-05,1,x\n", "\"2999-03-05\": is not a date"),
        (b"account,date,amount,reference\nA1,2099-03-05,1,x\n", "\"2099-03-05\": is in the future"),
        (
            b"account,date,amount,reference\nA1,2026-03-05,1,x\nA1,2026-03-06,2,x\n",
            "line 3, column reference, \"x\": is the reference of line 2 too",
        ),
        (b"PK\x03\x04 and more", "is a damaged or cut archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "is an old .xls workbook"),
    ] {
        std::fs::write(place.path("payments.csv"), bytes).unwrap();
        let before = place.files();
        let said = place.run("import payments payments.csv").ended(1).err;
        assert!(said.contains(part), "{part}: not in\n{said}");
        assert_eq!(place.files(), before, "{part}: something was kept");
    }
    place.run("import payments nothing.csv").ended(1).says("does not exist");
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
