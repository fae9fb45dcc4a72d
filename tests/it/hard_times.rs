//! Hard times: the two days of the year on which the clocks change, hour by hour, in two zones; bank holidays, ends of
//! months and years, 29 February. Each row of `fixtures/hard_times/` has its sum beside it (R2, R8, R9, X5).

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::program::fixture;
use crate::rated::{Call, Row, rated, rounded, rows_of};

/// Every call of the days on which the clocks change lasts so long.
const NINETY_MINUTES: &str = "5400";
const PLACES: usize = 4;

fn here(name: &str) -> PathBuf {
    fixture("hard_times").join(name)
}

/// A call at each hour of the day, as a file in UTC has it and as one in civil time has it: the civil time it is shown
/// with, its band and civil day, what it costs by the band at the start and minute by minute.
#[test]
fn days_of_23_and_25_hours() {
    let rows = rows_of(&here("hours.csv"));
    assert_eq!(hours_of_day(&rows), [23, 25, 23, 25]);
    for ((zone, supplier), rows) in by_columns(&rows, "zone", "supplier") {
        // The line is named as its tariff, the column as what it shows.
        for (cli, column) in [("at_start", "at_start"), ("by_minute", "split"), ("dated", "dated")] {
            let calls: Vec<_> =
                rows.iter().map(|row| Call { cli, started: &row["written"], seconds: NINETY_MINUTES }).collect();
            for (row, rated) in rows.iter().zip(priced(supplier, zone, &calls)) {
                let about = format!("{supplier}, {}, {column}: {}", row["written"], row["sum"]);
                assert_eq!(rated["started_at"], row["started_at"], "X5: {about}");
                assert_eq!(rated["time_band"], row["time_band"], "R8: {about}");
                assert_eq!(rated["units"], NINETY_MINUTES, "{about}");
                assert_eq!(rounded(&rated["sell"], PLACES), rounded(&row[column], PLACES), "{about}");
            }
        }
    }
}

/// How many hours each of the days has that are told in UTC, between the second before and the second after it.
fn hours_of_day(rows: &[Row]) -> Vec<usize> {
    let mut days: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["supplier"].ends_with("_utc")) {
        *days.entry((&row["zone"], &row["started_at"][..10])).or_default() += 1;
    }
    // One row of the days before and after; of the others one for each hour.
    days.into_values().filter(|rows| *rows > 1).collect()
}

/// A call each on both sides of midnight where a month or a year ends, on bank holidays that count as a Sunday and as a
/// day of their own, on 29 February, in the first and last second of the calendar.
#[test]
fn holidays_and_ends() {
    let rows = rows_of(&here("calls.csv"));
    for ((supplier, _), rows) in by_columns(&rows, "supplier", "supplier") {
        let calls: Vec<_> = rows.iter().map(|row| call_of(row)).collect();
        for (row, rated) in rows.iter().zip(priced(supplier, "Europe/London", &calls)) {
            let about = format!("{}, {}, {} s: {}", row["line"], row["written"], row["duration"], row["sum"]);
            assert_eq!(rated["time_band"], row["time_band"], "R8: {about}");
            assert_eq!(rounded(&rated["sell"], PLACES), rounded(&row["charge"], PLACES), "{about}");
        }
    }
}

/// 29 February of other years is no day: such a record is refused by name, and nothing of its file is rated wrongly.
#[test]
fn a_day_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let line = |at: &str| format!("voice,bands,01134960000,{at} 12:00:00,60\n");
    let days = ["2027-02-28", "2027-02-29", "2100-02-29", "2028-02-29", "2027-04-31"];
    let calls = format!("kind,cli,other_party,started_at,duration\n{}", days.map(line).concat());
    std::fs::write(folder.path().join("calls.csv"), calls).unwrap();
    let book = here("book");
    let arguments = ["--json", "rate", "calls.csv", "--book", book.to_str().unwrap(), "--supplier", "carrier"];
    let run = crate::program::tollbook(folder.path(), &arguments).ended(3);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let rejected = report["files"][0]["rejected"].as_array().unwrap();
    let found: Vec<_> = rejected.iter().map(|reject| (&reject["line"], &reject["column"], &reject["value"])).collect();
    let value = |day: &str| serde_json::Value::from(format!("{day} 12:00:00"));
    let column = serde_json::Value::from("started_at");
    let refused = [(3, days[1]), (4, days[2]), (6, days[4])];
    let expected = refused.map(|(line, day)| (serde_json::Value::from(line), value(day)));
    assert_eq!(found, expected.iter().map(|(line, day)| (line, &column, day)).collect::<Vec<_>>());
}

fn call_of(row: &Row) -> Call<'_> {
    Call { cli: &row["line"], started: &row["written"], seconds: &row["duration"] }
}

fn priced(supplier: &str, zone: &str, calls: &[Call]) -> Vec<Row> {
    rated(&here("book"), supplier, Some(zone), calls)
}

/// The rows that have the same in two columns.
fn by_columns<'r>(rows: &'r [Row], one: &str, other: &str) -> BTreeMap<(&'r str, &'r str), Vec<&'r Row>> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        groups.entry((&row[one], &row[other])).or_default().push(row);
    }
    groups
}
