//! Calls and a book folder → what the program charges for them: `rate` run on a file of the shipped layout `generic`.
//! The columns of tables by name, for tests that read them from fixtures.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::program::{fixture, tollbook};

/// One row of a table, by its columns.
pub type Row = BTreeMap<String, String>;

/// The rows of a CSV file.
pub fn rows_of(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let owned = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let names = owned(&header);
    let row = |record: csv::StringRecord| names.iter().cloned().zip(owned(&record)).collect();
    let rows: Vec<Row> = reader.records().map(|record| row(record.unwrap())).collect();
    assert!(!rows.is_empty(), "{}: no rows", path.display());
    rows
}

/// A call to Leeds.
pub struct Call<'a> {
    pub cli: &'a str,
    pub started: &'a str,
    pub seconds: &'a str,
}

/// Rates calls as a supplier's, by the program; one rated record for each, in their order. With a zone, days and bands
/// are those of that zone.
pub fn rated(book: &Path, supplier: &str, zone: Option<&str>, calls: &[Call]) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("book");
    copy(book, &own);
    if let Some(zone) = zone {
        fs::write(own.join("tollbook.toml"), format!("zone = \"{zone}\"\n")).unwrap();
    }
    let mut text = "record_id,kind,cli,other_party,started_at,duration\n".to_owned();
    for (number, Call { cli, started, seconds }) in calls.iter().enumerate() {
        text.push_str(&format!("{number},voice,{cli},0113 496 0000,{started},{seconds}\n"));
    }
    fs::write(folder.path().join("calls.csv"), text).unwrap();
    let arguments = ["rate", "calls.csv", "--quiet", "--book", "book", "--out", "rated.csv", "--supplier", supplier];
    tollbook(folder.path(), &arguments).done();
    let rated = rows_of(&folder.path().join("rated.csv"));
    let numbers: Vec<String> = rated.iter().map(|row| row["record"].clone()).collect();
    assert_eq!(numbers, (0..calls.len()).map(|number| number.to_string()).collect::<Vec<_>>());
    rated
}

/// Copies a folder with all below it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// A decimal in units of its `places`th place, rounded half away from zero. Exact, of as many places as it has.
pub fn rounded(text: &str, places: usize) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let kept: String = fraction.chars().chain(std::iter::repeat('0')).take(places).collect();
    let begun = i128::from(fraction.as_bytes().get(places).is_some_and(|digit| *digit >= b'5'));
    sign * (format!("{whole}{kept}").parse::<i128>().unwrap() + begun)
}

/// C4: each leg is a record of its own, in whichever form the records are written, and has the id of its call.
#[test]
fn legs_of_a_forwarded_call_share_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = fixture("scenarios/forwarded_call");
    let (book, calls) = (scenario.join("book"), scenario.join("usage/carrier/2026-05.csv"));
    let rate = |out: &str| {
        let paths = ["--book", book.to_str().unwrap(), "--out", out, calls.to_str().unwrap()];
        tollbook(folder.path(), &[&["rate", "--quiet", "--supplier", "carrier"][..], &paths].concat()).done();
        folder.path().join(out)
    };
    let rows = rows_of(&rate("rated.csv"));
    let legs = |call: &str| -> Vec<(String, String, String)> {
        let of_call = rows.iter().filter(|row| row["call_id"] == call);
        of_call.map(|row| (row["record"].clone(), row["direction"].clone(), row["disposition"].clone())).collect()
    };
    let leg = |record: &str, direction: &str, end: &str| (record.to_owned(), direction.to_owned(), end.to_owned());
    assert_eq!(legs("c7"), [leg("f1a", "in", "rated"), leg("f1b", "out", "rated")]);
    assert_eq!(legs("c9"), [leg("f3a", "in", "rated")]);
    // A leg that waits keeps the id too.
    assert_eq!(legs("c11"), [leg("f5a", "in", "suspense"), leg("f5b", "out", "rated")]);
    let ids: Vec<&str> = rows.iter().map(|row| row["call_id"].as_str()).collect();

    let lines = fs::read_to_string(rate("rated.json")).unwrap();
    let of_json = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    assert_eq!(of_json.map(|row| row["call_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), ids);
    let of_parquet = tollbook::facts::scan_rated(&rate("rated.parquet"), 4).rows();
    assert_eq!(of_parquet.map(|row| row.unwrap().call_id.into_owned()).collect::<Vec<_>>(), ids);
}

#[test]
fn decimals_are_rounded_half_away_from_zero() {
    // (text, places, expected)
    let rows = [
        ("1.1", 6, 1_100_000),
        ("0.016666666666666666", 6, 16_667),
        ("9.9833333", 6, 9_983_333),
        ("-0.5", 0, -1),
        ("0.49", 0, 0),
        ("25000", 2, 2_500_000),
    ];
    for (text, places, expected) in rows {
        assert_eq!(rounded(text, places), expected, "{text}");
    }
}
