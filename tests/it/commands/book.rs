//! The book out and in again, what an import may change, and the trail that it leaves.

use std::path::Path;

use tollbook::book::schemas;

use super::Place;
use crate::program::{files_below, fixture, tollbook};

/// Exports a book, loads it into a new workspace, exports it again; both exports.
fn round_trip(book: &Path) -> [Vec<(String, Vec<u8>)>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let exports = [(book.to_str().unwrap(), "first"), ("first-book", "second")].map(|(source, workspace)| {
        tollbook(here, &["init", workspace]).done();
        tollbook(here, &["--workspace", workspace, "book", "import", source]).done();
        let exported = format!("{workspace}-book");
        tollbook(here, &["--workspace", workspace, "book", "export", &exported]).done();
        tollbook(here, &["--workspace", workspace, "book", "export", &exported]).ended(1).says("is not empty");
        files_below(&here.join(exported), &[])
    });
    // Loading what is there already changes nothing.
    let again = tollbook(here, &["--workspace", "second", "book", "import", "first-book", "--json"]).done();
    let loaded: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    for file in loaded["files"].as_array().unwrap() {
        assert_eq!((&file["inserted"], &file["updated"]), (&0.into(), &0.into()), "{file}");
    }
    exports
}

#[test]
fn the_book_goes_out_and_in_again_unchanged() {
    let [first, second] = round_trip(&fixture("book"));
    assert!(first.len() == schemas().len() && first == second);
}

#[test]
fn no_column_of_the_book_is_lost() {
    let folder = fixture("full_book");
    let [first, second] = round_trip(&folder);
    assert!(first == second);
    // The fixture is in the form of an export, so that a lost or altered cell would show.
    let fixed = files_below(&folder, &[]);
    for ((name, found), (fixed_name, expected)) in first.iter().zip(&fixed) {
        assert_eq!(name, fixed_name);
        assert!(found == expected, "{name}:\n{}", String::from_utf8_lossy(found));
    }
    assert_eq!(first.len(), schemas().len());
    // And it does fill every column that there is.
    for schema in schemas() {
        let mut reader = csv::Reader::from_path(folder.join(schema.file_name())).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
        for column in schema.columns {
            let place = header.iter().position(|name| name == column.name);
            let filled = place.is_some_and(|place| rows.iter().any(|row| !row[place].is_empty()));
            assert!(filled, "{}: no row fills {}", schema.file_name(), column.name);
        }
    }
}

#[test]
fn insert_only_adds_and_upsert_changes() {
    let place = Place::new();
    let export = || {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("book");
        place.run(&format!("book export {}", out.display())).done();
        files_below(&out, &[])
    };
    let before = export();
    std::fs::create_dir(place.path("change")).unwrap();
    place.write(
        "change/customers.csv",
        "account,name,organisation,group,vat_code\nA2,New Customer,MAIN,all,S\nA1,Renamed,MAIN,all,S\n",
    );
    // A1 is there: nothing of the folder is taken, not even A2.
    place.run("book import change --mode insert").ended(1).says("A1");
    assert!(export() == before);
    let run = place.run("book import change --mode upsert --json").done();
    let loaded: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let customers = loaded["files"].as_array().unwrap().iter().find(|file| file["file"] == "customers").unwrap();
    assert_eq!((&customers["inserted"], &customers["updated"]), (&1.into(), &1.into()));
    let after = export();
    let names: Vec<_> =
        after.iter().zip(&before).filter(|(now, was)| now != was).map(|(now, _)| now.0.as_str()).collect();
    assert_eq!(names, ["customers.csv"]);
    let text = String::from_utf8(after.into_iter().find(|(name, _)| name == "customers.csv").unwrap().1).unwrap();
    // A row replaces the one with its key as a whole: the column that the change leaves out is blank now.
    assert!(text.contains("A1,Renamed,") && text.contains("A2,New Customer,"), "{text}");
    assert!(!text.contains("tariff_national"), "{text}");
    // An error in one file keeps all files out.
    place.write("change/customers.csv", "account,name,organisation,group,vat_code\nA3,Third,MAIN,all,S\n");
    place.write("change/clis.csv", "cli,account\n01632960001,A3\n01632960002,A9\n");
    place.run("book import change").ended(1).says("clis.csv, line 3").says("A9");
    assert!(!place.run("customer list").done().out.contains("Third"));
}

#[test]
fn a_change_is_kept_with_who_when_why_and_what_k7() {
    let place = Place::new();
    let rename = |name: &str, town: &str| {
        let header = "account,name,organisation,group,vat_code,tariff_national,town";
        place.write("change/customers.csv", &format!("{header}\nA1,{name},MAIN,all,S,retail,{town}\n"));
    };
    std::fs::create_dir(place.path("change")).unwrap();
    rename("Harbour Bakery Ltd", "Whitby");
    place.run("book import change --by Ann --reason incorporated").done();
    let run = place.run("customer history A1 --json").done();
    let mut changes: Vec<serde_json::Value> = serde_json::from_str(&run.out).unwrap();
    changes.retain(|change| change["of"] == "customers");
    assert_eq!(changes.len(), 2);
    let [made, changed] = &changes[..] else { panic!("{changes:?}") };
    assert!(made["before"].is_null() && made["after"]["name"] == "Harbour Bakery" && made["by"] == "tester");
    assert_eq!(changed["by"], "Ann");
    assert_eq!(changed["reason"], "incorporated");
    assert_eq!(changed["command"], "book import");
    assert_eq!(
        (&changed["before"]["name"], &changed["after"]["name"]),
        (&"Harbour Bakery".into(), &"Harbour Bakery Ltd".into())
    );
    assert!(changed["before"]["town"].is_null() && changed["after"]["town"] == "Whitby");
    assert_eq!(changed["at"].as_str().unwrap().len(), "2026-11-01T08:00:00Z".len());
    // As a person reads it: only what changed.
    let words = place.run("customer history A1").done().out;
    let last = words.split("\n\n").last().unwrap();
    assert!(last.contains("Ann  book import: incorporated\n"), "{words}");
    assert!(
        last.ends_with("  name: \"Harbour Bakery\" → \"Harbour Bakery Ltd\"\n  town: (blank) → \"Whitby\"\n"),
        "{words}"
    );
    // The command is named whatever stands before it.
    rename("Harbour Bakery Ltd", "York");
    place.run("--quiet --by Bob book import change").done();
    assert!(place.run("customer history A1").done().out.contains("Bob  book import\n  town: \"Whitby\" → \"York\"\n"));
    place.run("customer history A9").ended(1).says("there is no customer \"A9\"");
}
