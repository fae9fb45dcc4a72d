//! A copy has every cell where it was, says what was found, and is read as the file was.

use std::ops::ControlFlow;

use super::*;
use crate::book::{DEFAULT_SETTINGS, TableRow, Tables, parse_settings};
use crate::domain::telephone::NumberRules;
use crate::files::workbook::Workbook;
use crate::forms::kinds::Kind;
use crate::forms::{Asked, FormImport, Mode};

const FILLED: &str = "\
Customer Name,Address Line 1,Town,Postcode,Country,Telephone,Organisation,Customer Group,Credit Limit,Color,x_dealer
Alpha,1 Road,Whitby,YO21 1DN,United Kingdom,01632 960018,north,all,12.5,,D1

,2 Road,Leeds,LS1 4AP,United Kingdom,,nort,all,ten,red,D2
Gamma,\"3 Road
Upstairs\",York,YO1 7HH,United Kingdom,,north,al,-1,,
";

fn tables() -> Tables {
    let mut tables = Tables::new();
    let mut add = |name: &str, cells: &[(&str, &str)]| {
        let table = tables.get_mut(name);
        let value = |column: &str| cells.iter().find(|(known, _)| *known == column).map(|(_, value)| *value);
        let cells = table.column_names().map(value).collect();
        table.rows.push(TableRow { line: 0, cells });
    };
    add("organisations", &[("organisation", "north"), ("name", "North")]);
    add("groups", &[("group", "all")]);
    tables
}

fn import(source: &Source<'_>, settings: &crate::domain::book::Settings) -> FormImport {
    let numbers = NumberRules::of_country("44");
    let asked = Asked { kind: Kind::Customers, mode: Mode::Insert, sheet: None, numbers, settings };
    FormImport::read(source, &asked, tables()).expect("readable")
}

fn copy(source: &Source<'_>, import: &FormImport) -> Vec<u8> {
    let scratch = tempfile::tempdir().expect("a folder");
    let sheets: Vec<_> = import.sheets.iter().map(|sheet| (&sheet.form, &sheet.filled)).collect();
    annotated(source, &sheets, &import.findings, scratch.path()).expect("a copy")
}

fn rows_of(bytes: &[u8], sheet: usize) -> Vec<(u32, Vec<Cell<'static>>)> {
    let workbook = Workbook::open(bytes).expect("a workbook");
    let mut rows = Vec::new();
    let each = &mut |row: SheetRow<'_>| {
        rows.push((row.number, row.cells.iter().cloned().map(Cell::into_owned).collect()));
        ControlFlow::Continue(())
    };
    workbook.read_rows(sheet, each).expect("readable");
    rows
}

/// Severity, row, column, reason.
fn found(import: &FormImport) -> Vec<(Severity, u64, Option<u32>, String)> {
    let of = |finding: &Finding| (finding.severity, finding.row, finding.column, finding.reason.clone());
    import.findings.all().iter().map(of).collect()
}

#[test]
fn a_copy_is_read_as_the_file_was_and_lists_what_was_found() {
    let settings = parse_settings(DEFAULT_SETTINGS).expect("sound");
    let source = Source::open("customers.csv", FILLED.as_bytes()).expect("text");
    let first = import(&source, &settings);
    assert!(found(&first).len() >= 5, "{:?}", first.findings.all());
    let bytes = copy(&source, &first);
    let workbook = Workbook::open(&bytes).expect("a workbook");
    let names: Vec<&str> = workbook.sheets().iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["Customers", "Errors"]);
    let rows = rows_of(&bytes, 0);
    let numbers: Vec<u32> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [1, 2, 4, 5], "lines of the file");
    assert_eq!(rows[3].1[1], Cell::Text("3 Road\nUpstairs".into()));
    assert_eq!(rows[2].1[8], Cell::Text("ten".into()));
    let listed = rows_of(&bytes, 1);
    assert_eq!(listed.len(), 3 + found(&first).len(), "a headline, advice, headers");
    let has_cell = |cell: &str| listed.iter().any(|(_, cells)| cells.contains(&Cell::Text(cell.to_owned().into())));
    assert!(has_cell("G4") && has_cell("I4") && has_cell("I5") && !has_cell("I2"));
    let again = Source::open("copy.xlsx", &bytes).expect("a workbook");
    let second = import(&again, &settings);
    assert_eq!(found(&second), found(&first));
    assert!(copy(&again, &second) == copy(&again, &second), "the same bytes twice");
    assert_eq!(rows_of(&copy(&again, &second), 0), rows, "a copy of a copy has the same cells");
}
