//! A workbook in which people and spreadsheets have made every kind of mistake: all are reported at once, in the order of the
//! sheet, each at its cell, in every way in which they are told; and nothing changes.
//!
//! The mistakes are planted by `tests/python/write_wrong_customers.py`; what must be said of them is worked by hand in
//! `fixtures/forms/wrong-customers.txt`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::shop::{Shop, openpyxl};
use crate::program::fixture;

/// A workspace with the small book that the workbook is for, and the workbook beside it.
fn shop() -> Shop {
    let shop = Shop::with_book(&fixture("forms/book"));
    std::fs::copy(fixture("forms/wrong-customers.xlsx"), shop.path("wrong.xlsx")).unwrap();
    shop
}

/// A mistake as the list has it: cell, header, value, reason, hint.
type Planted = [String; 5];

fn planted() -> Vec<Planted> {
    let text = std::fs::read_to_string(fixture("forms/wrong-customers.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let planted = |line: &str| {
        let parts: Vec<String> = line.split('|').map(|part| part.trim().to_owned()).collect();
        parts.try_into().unwrap_or_else(|_| panic!("not five parts: {line}"))
    };
    lines.map(planted).collect()
}

/// What was found, as the list would have it. Of a value of which the list has only the beginning, only that is kept.
fn found(finding: &Value, planted: Option<&Planted>) -> Planted {
    let text = |name: &str| finding[name].as_str().unwrap().to_owned();
    let beginning = planted.and_then(|planted| planted[2].strip_suffix('…'));
    let value = match beginning {
        Some(start) if text("value").starts_with(start) && text("value").len() > start.len() => format!("{start}…"),
        _ => text("value"),
    };
    [text("cell"), text("header"), value, text("reason"), text("hint")]
}

#[test]
fn every_planted_mistake_is_reported_in_order_and_nothing_changes() {
    let (shop, planted) = (shop(), planted());
    assert!(planted.len() >= 60, "{} mistakes are planted", planted.len());
    let before = shop.files();
    let refused = shop.run(&["import", "customers", "wrong.xlsx", "--json"]).ended(1);
    let counted = format!("wrong.xlsx has {} errors; nothing was changed", planted.len());
    let report: Value = serde_json::from_str(&refused.out).unwrap();
    let errors = report["errors"].as_array().unwrap();
    let mut different = Vec::new();
    for place in 0..planted.len().max(errors.len()) {
        let expected = planted.get(place);
        let found = errors.get(place).map(|error| found(error, expected));
        if found.as_ref() != expected {
            let line = |part: Option<&Planted>| part.map_or("nothing".into(), |parts| parts.join(" | "));
            different.push(format!("planted: {}\n  found: {}", line(expected), line(found.as_ref())));
        }
    }
    assert!(different.is_empty(), "{} of {} are different:\n{}", different.len(), planted.len(), different.join("\n"));
    refused.says(&counted);
    assert!(errors.iter().all(|error| error["sheet"] == "Customers" && error["severity"] == "error"));
    assert!(report["differences"].as_array().unwrap().is_empty(), "of a refused file nothing changes");
    assert!(shop.files() == before, "a refused file has changed the workspace");
}

#[test]
fn the_screen_shows_every_cell_and_reason() {
    let shop = shop();
    let shown = shop.run(&["import", "customers", "wrong.xlsx", "--all"]).ended(1).out;
    let mut lines = shown.lines();
    for [cell, header, _, reason, _] in planted() {
        // In the order of the list: each is looked for below the one before.
        let wanted = |line: &&str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.contains(&cell.trim_start_matches("row ")) && line.contains(&header) && line.contains(reason.as_str())
        };
        assert!(lines.any(|line| wanted(&line)), "{cell} {reason:?} is not shown in its place:\n{shown}");
    }
}

#[test]
fn sound_rows_alone_are_imported() {
    let Some(python) = openpyxl("wrong forms") else { return };
    let shop = shop();
    let script = "import openpyxl, sys\n\
        book = openpyxl.load_workbook('wrong.xlsx')\n\
        sheet = book['Customers']\n\
        sheet.unmerge_cells('J59:K59')\n\
        sheet.delete_rows(5, 100)\n\
        sheet.delete_cols(47, 10)\n\
        book.save('sound.xlsx')";
    let made = Command::new(&python).args(["-c", script]).current_dir(shop.path("")).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let report = shop.run(&["import", "customers", "sound.xlsx", "--json"]).done();
    let report: Value = serde_json::from_str(&report.out).unwrap();
    let sheet = &report["sheets"][0];
    assert_eq!([&sheet["rows"], &sheet["added"], &sheet["examples"]], [1, 1, 1], "the example row is none");
    assert_eq!(report["warnings"], Value::Array(Vec::new()));
}

/// Seen by openpyxl: every planted cell is coloured and has a note with the reason.
#[test]
fn the_annotated_copy_shows_every_mistake() {
    let Some(python) = openpyxl("wrong forms") else { return };
    let (shop, before) = (shop(), std::fs::read(fixture("forms/wrong-customers.xlsx")).unwrap());
    shop.run(&["import", "customers", "wrong.xlsx", "--annotate", "copy.xlsx"]).ended(1);
    assert!(std::fs::read(shop.path("wrong.xlsx")).unwrap() == before, "the file itself was written to");
    let script = "import json, openpyxl\n\
        def told(cell):\n\
        \u{20}   colour = cell.fill.fgColor.rgb if cell.fill.fill_type == 'solid' else None\n\
        \u{20}   return [colour, cell.comment.text if cell.comment else None]\n\
        def cells(name):\n\
        \u{20}   rows = openpyxl.load_workbook(name)['Customers'].iter_rows()\n\
        \u{20}   return {cell.coordinate: told(cell) for row in rows for cell in row}\n\
        print(json.dumps(cells('copy.xlsx')))";
    let seen = Command::new(&python).args(["-c", script]).current_dir(shop.path("")).output().unwrap();
    assert!(seen.status.success(), "{}", String::from_utf8_lossy(&seen.stderr));
    let seen: Value = serde_json::from_slice(&seen.stdout).unwrap();
    let sound_colour = &seen["A4"][0];
    for [cell, _, _, reason, _] in planted() {
        // What a row as a whole lacks is told at its first cell.
        let cell = cell.strip_prefix("row ").map_or(cell.clone(), |row| format!("A{row}"));
        let [colour, note] = [0, 1].map(|part| seen[&cell][part].as_str());
        assert!(colour.is_some() && colour != sound_colour.as_str(), "{cell} is not coloured");
        let note = note.unwrap_or_else(|| panic!("{cell} has no note"));
        assert!(note.contains(&reason), "{cell}: {reason:?} is not in its note: {note}");
    }
    assert!(seen["A4"][1].is_null(), "a sound cell has a note");
}

/// The list and the workbook are made for each other: the script writes the workbook that is stored.
#[test]
fn the_workbook_is_what_the_script_writes() {
    let Some(python) = openpyxl("wrong forms") else { return };
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/write_wrong_customers.py");
    let again = folder.path().join("again.xlsx");
    let made = Command::new(&python).args([script.as_path(), &again]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let cells = |path: &Path| {
        let script = "import openpyxl, sys\n\
            for row in openpyxl.load_workbook(sys.argv[1])['Customers'].iter_rows():\n\
            \u{20}   for cell in row:\n\
            \u{20}       print(cell.coordinate, repr(cell.value), cell.number_format)";
        Command::new(&python).args(["-c", script]).arg(path).output().unwrap().stdout
    };
    let stored = cells(&fixture("forms/wrong-customers.xlsx"));
    assert!(
        stored.len() > 10_000 && stored == cells(&again),
        "fixtures/forms/wrong-customers.xlsx is not the script's"
    );
}
