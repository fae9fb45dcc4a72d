//! The workbook as a package: which sheets there are, what is in no cell, the same bytes twice. What is in the cells is
//! read by other programs in `tests/it/itemised.rs`.

use std::io::{BufRead, Read};

use super::*;
use crate::invoicing::samples;

const WORKSHEETS: &str = "xl/worksheets/";

fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut package = zip::ZipArchive::new(io::Cursor::new(bytes)).expect("a package");
    let mut parts = BTreeMap::new();
    for place in 0..package.len() {
        let mut part = package.by_index(place).expect("a part");
        let mut text = String::new();
        part.read_to_string(&mut text).expect("XML");
        parts.insert(part.name().expect("a name").into_owned(), text);
    }
    parts
}

/// The names of the sheets, and how many rows each has.
fn sheets(bill: &Bill, calls: &[ItemisedCall], above: Option<&str>, rows: u32) -> Vec<(String, usize)> {
    let folder = tempfile::tempdir().expect("a folder");
    let above = above.map(|amount| CallCharge::parse(amount).expect(amount));
    let bytes = workbook_of(bill, calls, above, folder.path(), rows).expect("written");
    assert_eq!(folder.path().read_dir().expect("there").count(), 0, "nothing is left beside it");
    let mut package = zip::ZipArchive::new(io::Cursor::new(&bytes)).expect("a package");
    let mut list = String::new();
    package.by_name("xl/workbook.xml").expect("there").read_to_string(&mut list).expect("XML");
    let names = list.split("<sheet name=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned());
    let mut rows_of = |place: usize| {
        let sheet = package.by_name(&format!("{WORKSHEETS}sheet{place}.xml")).expect("there");
        // Cut at its tags, since a large sheet is larger than memory should be.
        io::BufReader::new(sheet).split(b'<').filter(|tag| tag.as_ref().expect("read").starts_with(b"row ")).count()
    };
    names.zip(1..).map(|(name, place)| (name, rows_of(place))).collect()
}

#[test]
fn calls_go_on_to_the_next_sheet_where_one_is_full() {
    let calls = samples::calls(9);
    let named = |found: Vec<(String, usize)>| -> Vec<String> {
        found
            .into_iter()
            .filter(|(name, _)| name.starts_with("Calls"))
            .map(|(name, rows)| format!("{name}: {rows}"))
            .collect()
    };
    for (rows, expected) in [
        (ROWS_OF_A_SHEET, vec!["Calls: 10"]),
        (10, vec!["Calls: 10"]),
        (9, vec!["Calls: 9", "Calls 2: 2"]),
        (4, vec!["Calls: 4", "Calls 2: 4", "Calls 3: 4"]),
        (5, vec!["Calls: 5", "Calls 2: 5", "Calls 3: 2"]),
    ] {
        assert_eq!(named(sheets(&samples::long(), &calls, None, rows)), expected);
    }
    // 0, 0.0113, 0.0226, 0.0339, 0.0452 and the capped one, by line and disposition: 3 lines, one of them twice.
    assert_eq!(named(sheets(&samples::long(), &calls, Some("0.0452"), 4)), ["Calls: 4", "Calls 2: 4"]);
}

#[test]
fn without_calls_there_are_no_sheets_of_them() {
    let names = |bill| sheets(&bill, &[], None, 9).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(samples::empty()), ["Summary", "Charges"]);
    assert_eq!(names(samples::credit_note()), ["Summary", "Charges"]);
}

#[test]
fn the_same_bill_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (bill, calls) = (samples::long(), samples::calls(300));
    let once = || workbook(&bill, &calls, None, folder.path()).expect("written");
    assert!(once() == once());
}

#[test]
fn no_cell_is_a_formula_or_a_link_o3() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bill = samples::long();
    let mut calls = samples::calls(12);
    let attacks = [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "http://x.example",
        "{=1}",
        "]]><f>1</f>",
        "a\u{0}b\u{b}c",
        "_x0041_",
    ];
    for (call, attack) in calls.iter_mut().zip(attacks) {
        (call.description, call.other_party, call.cli) = (attack.into(), attack.into(), attack.into());
        (call.cost_centre, call.started_at) = (attack.into(), attack.into());
    }
    for (line, attack) in bill.lines.iter_mut().zip(attacks) {
        (line.description, line.category, line.details) = (attack.into(), attack.into(), attack.into());
    }
    bill.number = Some("&A&[Path]=1/../..".into());
    bill.organisation.name = "=HYPERLINK(\"http://x.example\")".into();
    let parts = parts(&workbook(&bill, &calls, None, folder.path()).expect("written"));
    for (name, text) in &parts {
        assert!(!text.contains("<f>") && !text.contains("<f "), "{name}");
        assert!(!text.contains("<hyperlink"), "{name}");
        assert!(!text.contains("Target=\"http://x"), "{name}");
    }
    let footer = parts[&format!("{WORKSHEETS}sheet1.xml")].split("<oddFooter>").nth(1).unwrap_or_default();
    assert!(footer.starts_with("&amp;LInvoice &amp;&amp;A&amp;&amp;Path=1/../.. · &amp;A&amp;R"), "{footer:.80}");
}

/// With `TOLLBOOK_LARGE_WORKBOOK` set it is a sheet of real size and the beginning of the next, which takes minutes:
/// `TOLLBOOK_LARGE_WORKBOOK=1 cargo test --locked --release --lib more_calls_than_a_sheet`
#[test]
fn more_calls_than_a_sheet_has_rows_are_all_there() {
    let is_large = std::env::var_os("TOLLBOOK_LARGE_WORKBOOK").is_some();
    let (count, rows) = if is_large { (ROWS_OF_A_SHEET + 5_000, ROWS_OF_A_SHEET) } else { (3_000, 2_000) };
    let found = sheets(&samples::long(), &samples::calls(count), None, rows);
    let calls: Vec<(String, usize)> = found.into_iter().filter(|(name, _)| name.starts_with("Calls")).collect();
    let second = (count - (rows - 1) + 1) as usize;
    assert_eq!(calls, [("Calls".to_owned(), rows as usize), ("Calls 2".to_owned(), second)]);
}
