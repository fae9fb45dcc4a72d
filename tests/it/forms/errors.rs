//! Workbooks in which people and spreadsheets have made every kind of mistake: all are reported at once, in the order of the
//! sheet, each at its cell, in every way in which they are told; and nothing changes.
//!
//! The mistakes are planted by `tests/python/write_wrong_forms.py`; what must be said of them is worked by hand in
//! `fixtures/forms/wrong-KIND.txt`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::shop::{Shop, openpyxl};
use crate::program::fixture;

/// The kinds of forms of which there is a workbook with mistakes, `wrong-KIND.xlsx`, and the fewest that are planted in it.
const KINDS: [(&str, usize); 4] = [("customers", 60), ("clis", 12), ("products", 12), ("charges", 12)];

/// A workspace with the small book that the workbooks are for, and the workbook of a kind beside it.
fn shop(kind: &str) -> Shop {
    let shop = Shop::with_book(&fixture("forms/book"));
    std::fs::copy(fixture(&format!("forms/wrong-{kind}.xlsx")), shop.path("wrong.xlsx")).unwrap();
    shop
}

/// A mistake as the list has it: cell, header, value, reason, hint.
type Planted = [String; 5];

fn planted(kind: &str) -> Vec<Planted> {
    let text = std::fs::read_to_string(fixture(&format!("forms/wrong-{kind}.txt"))).unwrap();
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

/// Where the report differs from the list; nothing where it does not.
fn differences(planted: &[Planted], errors: &[Value]) -> Vec<String> {
    let line = |part: Option<&Planted>| part.map_or("nothing".into(), |parts| parts.join(" | "));
    let different = |place: usize| {
        let expected = planted.get(place);
        let found = errors.get(place).map(|error| found(error, expected));
        (found.as_ref() != expected).then(|| format!("planted: {}\n  found: {}", line(expected), line(found.as_ref())))
    };
    (0..planted.len().max(errors.len())).filter_map(different).collect()
}

#[test]
fn every_planted_mistake_is_reported_in_order_and_nothing_changes() {
    for (kind, fewest) in KINDS {
        let (shop, planted) = (shop(kind), planted(kind));
        assert!(planted.len() >= fewest, "{kind}: {} mistakes are planted", planted.len());
        let before = shop.files();
        let refused = shop.run(&["import", kind, "wrong.xlsx", "--json"]).ended(1);
        let report: Value = serde_json::from_str(&refused.out).unwrap();
        let errors = report["errors"].as_array().unwrap();
        let different = differences(&planted, errors);
        let words = format!("{kind}: {} of {} are different", different.len(), planted.len());
        assert!(different.is_empty(), "{words}:\n{}", different.join("\n"));
        refused.says(&format!("wrong.xlsx has {} errors; nothing was changed", planted.len()));
        assert!(errors.iter().all(|error| error["severity"] == "error"));
        assert_eq!(report["differences"], Value::Array(Vec::new()), "{kind}: of a refused file nothing changes");
        assert!(shop.files() == before, "{kind}: a refused file has changed the workspace");
    }
}

#[test]
fn the_screen_shows_every_cell_and_reason() {
    for (kind, _) in KINDS {
        let shown = shop(kind).run(&["import", kind, "wrong.xlsx", "--all"]).ended(1).out;
        let mut lines = shown.lines();
        for [cell, header, _, reason, _] in planted(kind) {
            // In the order of the list: each is looked for below the one before.
            let wanted = |line: &str| {
                let mut words = line.split_whitespace();
                words.any(|word| word == cell.trim_start_matches("row "))
                    && line.contains(&header)
                    && line.contains(&reason)
            };
            assert!(lines.any(wanted), "{kind}: {cell} {reason:?} is not shown in its place:\n{shown}");
        }
    }
}

#[test]
fn sound_rows_alone_are_imported() {
    let Some(python) = openpyxl("wrong forms") else { return };
    let shop = shop("customers");
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
    for (kind, _) in KINDS {
        let (shop, before) = (shop(kind), std::fs::read(fixture(&format!("forms/wrong-{kind}.xlsx"))).unwrap());
        shop.run(&["import", kind, "wrong.xlsx", "--annotate", "copy.xlsx"]).ended(1);
        assert!(std::fs::read(shop.path("wrong.xlsx")).unwrap() == before, "{kind}: the file itself was written to");
        let script = "import json, openpyxl\n\
            def told(cell):\n\
            \u{20}   colour = cell.fill.fgColor.rgb if cell.fill.fill_type == 'solid' else None\n\
            \u{20}   return [colour, cell.comment.text if cell.comment else None]\n\
            def cells(sheet):\n\
            \u{20}   return {cell.coordinate: told(cell) for row in sheet.iter_rows() for cell in row}\n\
            print(json.dumps({sheet.title: cells(sheet) for sheet in openpyxl.load_workbook('copy.xlsx')}))";
        let seen = Command::new(&python).args(["-c", script]).current_dir(shop.path("")).output().unwrap();
        assert!(seen.status.success(), "{}", String::from_utf8_lossy(&seen.stderr));
        let seen: Value = serde_json::from_slice(&seen.stdout).unwrap();
        let report = shop.run(&["import", kind, "wrong.xlsx", "--json"]).ended(1).out;
        let report: Value = serde_json::from_str(&report).unwrap();
        for ([cell, _, _, reason, _], error) in planted(kind).into_iter().zip(report["errors"].as_array().unwrap()) {
            let sheet = &seen[error["sheet"].as_str().unwrap()];
            // What a row as a whole lacks is told at its first cell.
            let cell = cell.strip_prefix("row ").map_or(cell.clone(), |row| format!("A{row}"));
            let [colour, note] = [0, 1].map(|part| sheet[&cell][part].as_str());
            assert!(colour.is_some() && colour != sheet["A4"][0].as_str(), "{kind}: {cell} is not coloured");
            let note = note.unwrap_or_else(|| panic!("{kind}: {cell} has no note"));
            assert!(note.contains(&reason), "{kind} {cell}: {reason:?} is not in its note: {note}");
        }
    }
}

/// The lists and the workbooks are made for each other: the script writes the workbooks that are stored.
#[test]
fn the_workbooks_are_what_the_script_writes() {
    let Some(python) = openpyxl("wrong forms") else { return };
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/write_wrong_forms.py");
    let made = Command::new(&python).args([script.as_path(), folder.path()]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let cells = |path: &Path| {
        let script = "import openpyxl, sys\n\
            for sheet in openpyxl.load_workbook(sys.argv[1]):\n\
            \u{20}   for row in sheet.iter_rows():\n\
            \u{20}       for cell in row:\n\
            \u{20}           print(sheet.title, cell.coordinate, repr(cell.value), cell.number_format)";
        Command::new(&python).args(["-c", script]).arg(path).output().unwrap().stdout
    };
    for (kind, _) in KINDS {
        let name = format!("wrong-{kind}.xlsx");
        let stored = cells(&fixture("forms").join(&name));
        assert!(stored.len() > 1_000 && stored == cells(&folder.path().join(&name)), "{name} is not the script's");
    }
}
