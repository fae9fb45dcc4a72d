//! Tables before and after a version, row by row.

use super::*;
use crate::book::find_schema;

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

/// `MATCH BAND FROM TO RATE`, `-` for what is blank.
fn row(line: u64, text: &str) -> TableRow {
    let parts: Vec<&str> = text.split(' ').collect();
    let names = ["match", "time_band", "from", "to", "rate"];
    let value = |name: &str| match name {
        "tariff" => Some("t".to_owned()),
        _ => names.iter().position(|known| *known == name).map(|place| parts[place].to_owned()),
    };
    let table = Table::new(find_schema("rates").expect("listed"));
    TableRow { line, cells: table.column_names().map(|name| value(name).filter(|text| text != "-")).collect() }
}

fn words(columns: &RateColumns, row: &TableRow) -> String {
    let cell = |place: usize| row.cells.get(place).unwrap_or("-").to_owned();
    let places = [columns.matches, columns.band, columns.from, columns.to];
    format!("{} {}", places.map(cell).join(" "), row.cells.get(7).unwrap_or("-"))
}

/// The whole table after a version, and the counts that are not 0.
fn check(before: &[&str], version: &[&str], options: (bool, bool), after: &[&str], counts: &str) {
    let mut table = Table::new(find_schema("rates").expect("listed"));
    let columns = RateColumns::of(&table);
    table.rows = before.iter().map(|text| row(0, text)).collect();
    let rows: Vec<TableRow> = (2..).zip(version).map(|(line, text)| row(line, text)).collect();
    let (whole_destinations, full) = options;
    let new = NewVersion { rows: &rows, whole_destinations, day: date("2026-06-01"), full };
    let found = compare(&table, "t", &new);
    let counted = serde_json::to_value(found.counts).expect("JSON");
    let counted = counted.as_object().expect("an object").iter().filter(|(_, count)| **count != 0);
    let mut counted: Vec<String> = counted.map(|(name, count)| format!("{name} {count}")).collect();
    counted.sort();
    assert_eq!(counted.join(" "), counts, "{before:?} {version:?}");
    let changes = Table { rows: found.rows, ..Table::new(table.schema) };
    table.merge(changes);
    let shown: Vec<String> = table.rows.iter().map(|row| words(&columns, row)).collect();
    assert_eq!(shown, after, "{before:?} {version:?}");
    // The same version again changes nothing.
    let again = compare(&table, "t", &new);
    assert!(again.rows.is_empty(), "{before:?} {version:?}: again {:?}", again.changes);
}

const PART: (bool, bool) = (true, false);
const FULL: (bool, bool) = (true, true);
const ROWS: (bool, bool) = (false, false);

#[test]
fn a_row_in_force_ends_when_its_terms_differ() {
    check(&[], &["+44 - 2026-06-01 - 1"], PART, &["+44 - 2026-06-01 - 1"], "added 1");
    check(
        &["+44 - - - 1"],
        &["+44 - 2026-06-01 - 2"],
        PART,
        &["+44 - - 2026-05-31 1", "+44 - 2026-06-01 - 2"],
        "dearer 1",
    );
    check(&["+44 - - - 1"], &["+44 - 2026-06-01 - 1"], PART, &["+44 - - - 1"], "unchanged 1");
    check(&["+44 - 2026-06-01 - 1"], &["+44 - 2026-06-01 - 0.5"], PART, &["+44 - 2026-06-01 - 0.5"], "cheaper 1");
    // A gap before, a row that stays behind.
    check(
        &["+44 - - 2026-03-31 1", "+44 - 2026-08-01 - 3"],
        &["+44 - 2026-06-01 - 2"],
        PART,
        &["+44 - - 2026-03-31 1", "+44 - 2026-06-01 2026-07-31 2", "+44 - 2026-08-01 - 3"],
        "added 1 cut_by_later 1",
    );
    // The sheet states a last day.
    check(&["+44 - - - 1"], &["+44 - 2026-06-01 2026-06-30 1"], PART, &["+44 - - 2026-06-30 1"], "otherwise 1");
    // Two days of one sheet.
    check(
        &["+44 - - - 1"],
        &["+44 - 2026-06-01 - 2", "+44 - 2026-07-01 - 3"],
        PART,
        &["+44 - - 2026-05-31 1", "+44 - 2026-06-01 2026-06-30 2", "+44 - 2026-07-01 - 3"],
        "dearer 2",
    );
}

#[test]
fn bands_that_a_whole_destination_no_longer_has_end() {
    check(
        &["+44 day - - 2", "+44 night - - 1"],
        &["+44 - 2026-06-01 - 2"],
        PART,
        &["+44 - 2026-06-01 - 2", "+44 day - 2026-05-31 2", "+44 night - 2026-05-31 1"],
        "ended 2 otherwise 1",
    );
    check(
        &["+44 day - - 2", "+44 night - - 1"],
        &["+44 - 2026-06-01 - 3"],
        ROWS,
        &["+44 - 2026-06-01 - 3", "+44 day - - 2", "+44 night - - 1"],
        "added 1 kept 2",
    );
    // A correction on the very day: what cannot end takes the price that it would hide.
    check(
        &["+44 day 2026-06-01 - 2"],
        &["+44 - 2026-06-01 - 3"],
        PART,
        &["+44 - 2026-06-01 - 3", "+44 day 2026-06-01 - 3"],
        "dearer 2",
    );
    check(
        &["+44 - - - 2"],
        &["+44 day 2026-06-01 - 3", "+44 night 2026-06-01 - 1"],
        PART,
        &["+44 - - 2026-05-31 2", "+44 day 2026-06-01 - 3", "+44 night 2026-06-01 - 1"],
        "cheaper 1 dearer 1 ended 1",
    );
}

#[test]
fn what_is_not_named_stays_unless_the_version_is_full() {
    let before = ["+33 - - - 1", "+34 - 2026-06-01 - 1", "+35 - 2026-07-01 - 1", "+36 - - 2026-01-31 1", "+44 - - - 1"];
    let named = ["+44 - 2026-06-01 - 1"];
    check(&before, &named, PART, &before, "kept 2 unchanged 1");
    let after =
        ["+33 - - 2026-05-31 1", "+34 - 2026-06-01 - 1", "+35 - 2026-07-01 - 1", "+36 - - 2026-01-31 1", "+44 - - - 1"];
    check(&before, &named, FULL, &after, "cannot_end 2 ended 1 unchanged 1");
}

#[test]
fn a_row_without_a_first_day_holds_since_ever() {
    let both = ["+44 - - 2026-05-31 1", "+44 - 2026-06-01 - 2"];
    check(&both, &both, ROWS, &both, "unchanged 2");
    check(&[], &["+44 - - - 1"], ROWS, &["+44 - - - 1"], "added 1");
    check(&["+44 - - - 1"], &["+44 - - - 2"], ROWS, &["+44 - - - 2"], "dearer 1");
    check(&["+44 - - - 1"], &["+44 - - 2026-12-31 1"], ROWS, &["+44 - - 2026-12-31 1"], "otherwise 1");
    check(&["+44 - 2000-01-01 - 1"], &["+44 - - - 2"], ROWS, &["+44 - 2000-01-01 - 2"], "dearer 1");
}

/// The note of our own columns is data; that of a sheet of others is the name of a destination.
#[test]
fn a_note_alone_changes_rows_of_our_own_columns_only() {
    let table = |note: &str| {
        let mut table = Table::new(find_schema("rates").expect("listed"));
        let columns = RateColumns::of(&table);
        table.rows = vec![row(2, "+44 - 2026-06-01 - 1")];
        table.rows[0].cells.set(columns.note, Some(note).filter(|note| !note.is_empty()));
        table
    };
    for (before, after, whole_destinations, expected) in [
        ("a", "b", false, vec!["note a → b"]),
        ("", "b", false, vec!["note none → b"]),
        ("a", "", false, vec![]),
        ("a", "a", false, vec![]),
        ("a", "b", true, vec![]),
    ] {
        let rows = table(after).rows;
        let version = NewVersion { rows: &rows, whole_destinations, day: date("2026-06-01"), full: false };
        let found = compare(&table(before), "t", &version);
        let details: Vec<&str> = found.changes.iter().flat_map(|change| &change.details).map(String::as_str).collect();
        assert_eq!((details.clone(), found.rows.len()), (expected, details.len()), "{before:?} {after:?}");
    }
}
