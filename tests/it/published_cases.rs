//! Published cases of another rating engine: those whose rule ours can express come to the published figure, priced by
//! the program from a book folder; the others are listed with the reason. `fixtures/published_cases/README.md` tells
//! where they are from and how each rule is put in our notation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::program::{fixture, tollbook};
use crate::rated::{Call, Row, copy, rated, rounded, rows_of};

const CASES: usize = 97;
/// Decimals in which charges are compared: all that ours have.
const CHARGE_PLACES: usize = 6;
/// Decimals in which the published shares of a month are given.
const SHARE_PLACES: usize = 4;
/// The monthly price of the charges: shares show with six decimals.
const PRICE: &str = "10000.00";

fn here(name: &str) -> PathBuf {
    fixture("published_cases").join(name)
}

#[test]
fn calls_come_to_the_published_charges() {
    let rows = rows_of(&here("openrate.csv"));
    let priced = rated(&here("book"), "openrate", None, &rows.iter().map(call_of).collect::<Vec<_>>());
    // A case of several records is their sum; one with several figures has a row for each.
    let mut sums: BTreeMap<(&str, &str), (i128, &str)> = BTreeMap::new();
    for (row, priced) in rows.iter().zip(&priced) {
        assert_eq!(priced["disposition"], "rated", "{row:?}");
        let sum = sums.entry((&row["case"], &row["of"])).or_insert((0, &row["published"]));
        assert_eq!(sum.1, row["published"], "{row:?}");
        sum.0 += rounded(&priced["sell"], CHARGE_PLACES);
    }
    for ((case, of), (sum, published)) in sums {
        assert_eq!(sum, rounded(published, CHARGE_PLACES), "{case} {of}: published {published}");
    }
}

fn call_of(row: &Row) -> Call<'_> {
    Call { cli: &row["tariff"], started: &row["started_at"], seconds: &row["duration"] }
}

#[test]
fn parts_of_months_come_to_the_published_shares() {
    let rows = rows_of(&here("proration.csv"));
    for basis in ["calendar", "thirty"] {
        let rows: Vec<&Row> = rows.iter().filter(|row| row["basis"] == basis).collect();
        let lines = billed_lines(basis, &rows);
        for row in rows {
            let (case, event) = (&row["case"], row["event"].get(..7));
            // Of the month in which the event is; of all months where there is none.
            let of_case = lines.iter().filter(|line| line["description"] == **case);
            let fits = |line: &&Value| {
                event.is_none_or(|event| {
                    (&line["from"].as_str().unwrap()[..7]..=&line["to"].as_str().unwrap()[..7]).contains(&event)
                })
            };
            let pence = of_case.filter(fits).map(|line| rounded(line["amount"].as_str().unwrap(), 2)).sum::<i128>();
            // Pence of 10,000 pounds are millionths; those are rounded to the published ten-thousandths.
            let share = (pence + 50) / 100;
            assert_eq!(share, rounded(&row["published"], SHARE_PLACES), "{case}: {pence} millionths");
        }
    }
}

/// The lines of an invoice for a monthly charge of each case, with the days of a month counted so.
fn billed_lines(basis: &str, rows: &[&Row]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("book");
    copy(&here("book"), &book);
    let mut charges = "account,charge,description,type,interval,timing,align,price,from,to\n".to_owned();
    for row in rows {
        let [case, align, from, to] = ["case", "align", "from", "to"].map(|column| &row[column]);
        charges.push_str(&format!("A1,{case},{case},recurring,monthly,arrears,{align},{PRICE},{from},{to}\n"));
    }
    fs::write(book.join("charges.csv"), charges).unwrap();
    tollbook(folder.path(), &["init", "w"]).done();
    fs::write(folder.path().join("w/tollbook.toml"), format!("proration_basis = \"{basis}\"\n")).unwrap();
    tollbook(folder.path(), &["--workspace", "w", "book", "import", "book"]).done();
    tollbook(folder.path(), &["--workspace", "w", "--quiet", "bill", "run", "--invoice-date", "2012-05-01"]).done();
    let invoice = fs::read(folder.path().join("w/invoices/run-000001/AC-000001.json")).unwrap();
    let invoice: Value = serde_json::from_slice(&invoice).unwrap();
    invoice["lines"].as_array().unwrap().clone()
}

/// No published case is left out: each is priced above, or listed in the README with the reason.
#[test]
fn every_case_is_priced_or_listed() {
    let priced: BTreeSet<String> = ["openrate.csv", "proration.csv"]
        .iter()
        .flat_map(|name| rows_of(&here(name)).into_iter().map(|mut row| row.remove("case").unwrap()))
        .collect();
    let readme = fs::read_to_string(here("README.md")).unwrap();
    let (_, others) = readme.split_once("\n## Not expressed").unwrap();
    let row_of = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let case = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?;
        assert!(!cells[2].is_empty(), "{case}: no reason");
        Some(case.to_owned())
    };
    let listed: BTreeSet<String> = others.lines().filter_map(row_of).collect();
    assert!(priced.is_disjoint(&listed), "{listed:?}");
    assert_eq!(priced.len() + listed.len(), CASES, "listed: {listed:?}");
}
