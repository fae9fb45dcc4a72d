//! Templates as others see them: openpyxl finds headers, notes, lists, formats and the example where a person would; the
//! same workspace gives the same bytes; what is there comes out with `--with-data`.
//!
//! `TOLLBOOK_PYTHON` names a Python with openpyxl. Without it only our own side is looked at, and the test says so.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::{Run, fixture, tollbook};

const KINDS: [&str; 6] = ["customers", "clis", "products", "charges", "tariff", "payments"];

struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        tollbook(folder.path(), &["init", "."]).done();
        let book = fixture("full_book");
        tollbook(folder.path(), &["book", "import", book.to_str().unwrap()]).done();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        tollbook(self.folder.path(), arguments)
    }

    fn template(&self, arguments: &[&str]) -> Run {
        self.run(&[&["template"], arguments].concat())
    }
}

/// What openpyxl finds; none without it.
fn shown(form: &Path) -> Option<Value> {
    python("show_form.py", &[form.to_str().unwrap()]).map(|out| serde_json::from_slice(&out).unwrap())
}

/// What a script of `tests/python` prints; none without a Python.
fn python(script: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else {
        super::not_checked(script, "TOLLBOOK_PYTHON names no Python with openpyxl");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(script);
    let run = Command::new(python).arg(script).args(arguments).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(run.stdout)
}

fn names(sheets: &Value) -> Vec<&str> {
    sheets.as_array().unwrap().iter().map(|sheet| sheet["name"].as_str().unwrap()).collect()
}

fn texts(row: &Value) -> Vec<&str> {
    row.as_array().unwrap().iter().map(|cell| cell["value"].as_str().unwrap_or("")).collect()
}

#[test]
fn every_kind_is_the_same_bytes_twice_and_has_its_sheets() {
    let shop = Shop::new();
    let expected: [&[&str]; 6] =
        [&["Customers"], &["CLIs"], &["Products", "Prices"], &["Charges", "Prices"], &["Rates"], &["Payments"]];
    for (kind, sheets) in KINDS.into_iter().zip(expected) {
        let files = ["one.xlsx", "two.xlsx"];
        for file in files {
            shop.template(&[kind, file, "--force"]).done().says("the form of");
        }
        let [one, two] = files.map(|file| std::fs::read(shop.path(file)).unwrap());
        assert!(one == two, "{kind} is not the same bytes twice");
        let Some(found) = shown(&shop.path("one.xlsx")) else { continue };
        let names = names(&found["sheets"]);
        assert_eq!(names[..sheets.len()], *sheets);
        assert_eq!(names[sheets.len()], "Read me", "{kind}");
        for sheet in &found["sheets"].as_array().unwrap()[..sheets.len()] {
            let first = sheet["rows"][1][0]["value"].as_str().unwrap();
            assert!(first.ends_with("(example, ignored)"), "{kind}: {first:?}");
            assert_eq!(sheet["freeze"], "B2", "{kind}");
            let headers = sheet["rows"][0].as_array().unwrap();
            let has_note = |cell: &&Value| {
                cell["note"].as_str().is_some_and(|note| note.contains("eeded") || note.contains("blank"))
            };
            assert_eq!(headers.iter().filter(has_note).count(), headers.len(), "{kind}");
            assert!(headers.iter().all(|cell| !cell["value"].as_str().unwrap().contains('*')), "{kind}");
        }
        let state = |name: &str| found["sheets"].as_array().unwrap().iter().find(|sheet| sheet["name"] == name);
        assert!(state("Lists").is_none_or(|sheet| sheet["state"] == "hidden"));
    }
}

#[test]
fn customers_have_lists_formats_and_an_example() {
    let shop = Shop::new();
    shop.template(&["customers", "customers.xlsx"]).done();
    let Some(found) = shown(&shop.path("customers.xlsx")) else { return };
    let sheet = &found["sheets"][0];
    let headers = texts(&sheet["rows"][0]);
    assert_eq!(headers[..4], ["Customer Name", "Reference", "Address Line 1", "Address Line 2"]);
    let tariffs: Vec<&&str> = headers.iter().filter(|header| header.starts_with("Tariff:[")).collect();
    assert!(!tariffs.is_empty(), "the full book has categories");
    let format = |header: &str| sheet["formats"][header].as_str().unwrap_or("none").to_owned();
    let formats = ["Telephone", "Reference", "Postcode", "Account Number", "VAT Number"].map(format);
    assert_eq!(formats, ["@"; 5]);
    assert_eq!(format("Contract Start"), "yyyy-mm-dd");
    let validation = |header: &str| &sheet["validations"][header];
    assert_eq!(validation("Status")["style"], "stop");
    assert_eq!(validation("Status")["choices"][0], "active");
    assert_eq!(validation("Organisation")["style"], "warning");
    assert_eq!(validation(tariffs[0])["type"], "list");
    assert_eq!(validation(tariffs[0])["choices"], validation("Call Tariff Inbound")["choices"]);
    assert_eq!(validation("Anniversary Billing Day")["between"], serde_json::json!(["1", "31"]));
    assert_eq!(validation("Contract Start")["type"], "date");
    for rule in sheet["validations"].as_object().unwrap().values() {
        assert_eq!(rule["rows"], serde_json::json!([2, 1_048_576]));
        assert!(!rule["message"].as_str().unwrap().is_empty() && !rule["input"].as_str().unwrap().is_empty());
    }
    let name = &sheet["rows"][1][0];
    assert_eq!((&name["value"], &name["italic"]), (&"Harbour Bakery Ltd (example, ignored)".into(), &true.into()));
    let telephone = headers.iter().position(|header| *header == "Telephone").unwrap();
    assert_eq!(sheet["rows"][1][telephone]["value"], "01632 960018");
}

#[test]
fn what_is_there_comes_out_typed_and_in_order() {
    let shop = Shop::new();
    shop.template(&["customers", "with.xlsx", "--with-data"]).done().says("of Customers");
    shop.template(&["customers", "with.csv", "--with-data"]).done();
    let text = std::fs::read_to_string(shop.path("with.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let place = headers.iter().position(|header| header == "Account Number").unwrap();
    let accounts: Vec<&str> = rows.iter().map(|row| &row[place]).collect();
    assert!(accounts.is_sorted() && !accounts.is_empty(), "{accounts:?}");
    let Some(found) = shown(&shop.path("with.xlsx")) else { return };
    let sheet = &found["sheets"][0];
    assert_eq!(texts(&sheet["rows"][0]), headers);
    assert_eq!(sheet["rows"].as_array().unwrap().len(), rows.len() + 1, "no example row");
    for (row, expected) in sheet["rows"].as_array().unwrap()[1..].iter().zip(&rows) {
        for ((cell, expected), header) in row.as_array().unwrap().iter().zip(expected).zip(&headers) {
            let value = match &cell["value"] {
                Value::Null => String::new(),
                Value::Number(number) => number.to_string(),
                other => other.as_str().unwrap().to_owned(),
            };
            assert_eq!(value, expected, "{header}");
        }
    }
    let choices = sheet["validations"]["Status"]["choices"].as_array().unwrap();
    assert_eq!(choices.last().unwrap(), "(clear)");
}

#[test]
fn a_file_that_is_there_stays_and_names_must_be_known() {
    let shop = Shop::new();
    std::fs::write(shop.path("mine.xlsx"), "mine").unwrap();
    shop.template(&["clis", "mine.xlsx"]).ended(1).says("is there already");
    assert_eq!(std::fs::read(shop.path("mine.xlsx")).unwrap(), b"mine");
    shop.template(&["clis", "mine.xlsx", "--force", "--dry-run"]).done().says("would write");
    assert_eq!(std::fs::read(shop.path("mine.xlsx")).unwrap(), b"mine");
    shop.template(&["clis", "mine.ods"]).ended(2).says(".xlsx or .csv");
    shop.template(&["rates", "r.xlsx"]).ended(2);
    shop.template(&["tariff", "r.xlsx", "--with-data"]).ended(2).says("--tariff");
    shop.template(&["tariff", "r.xlsx", "--with-data", "--tariff", "no such"]).ended(1).says("there is no tariff");
    shop.template(&["clis", "c.xlsx", "--with-data", "--tag", "vip"]).ended(2).says("customers only");
    shop.template(&["clis", "c.xlsx"]).done();
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(shop.path("c.xlsx")).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Two rows with mistakes and one without, as a person would type them.
const FILLED: &str = "\
Customer Name,Address Line 1,Town,Postcode,Country,Organisation,Customer Group,Credit Limit,VAT Code
Alpha Ltd,1 Road,Whitby,YO21 1DN,United Kingdom,FULL,all,12.5,S
,2 Road,Leeds,LS1 4AP,United Kingdom,FULLL,all,ten,S
Gamma Ltd,3 Road,York,YO1 7HH,United Kingdom,FULL,al,1,S
";

#[test]
fn an_annotated_copy_is_corrected_and_imported() {
    let shop = Shop::new();
    std::fs::write(shop.path("filled.csv"), FILLED).unwrap();
    let import = |file: &str, options: &[&str]| shop.run(&[&["import", "customers", file], options].concat());
    import("filled.csv", &["--annotate", "filled.csv"]).ended(2).says("ends in .xlsx");
    import("filled.csv", &["--annotate", "copy.xlsx"]).ended(1).says("marked");
    let Some(found) = shown(&shop.path("copy.xlsx")) else { return };
    assert_eq!(names(&found["sheets"]), ["Customers", "Errors"]);
    let sheet = &found["sheets"][0]["rows"];
    let marked = |row: usize, column: usize| {
        let cell = &sheet[row][column];
        (cell["fill"].as_str().unwrap_or("none").to_owned(), cell["note"].as_str().unwrap_or("").to_owned())
    };
    for (row, column, reason) in [(2, 0, "required"), (2, 5, "FULL"), (2, 7, "number"), (3, 6, "all")] {
        let (fill, note) = marked(row, column);
        assert_eq!(fill, "FFFFC7CE", "{row} {column}");
        assert!(note.contains(reason), "{note:?} does not say {reason:?}");
    }
    assert_eq!(marked(1, 0), ("none".into(), String::new()));
    let links: Vec<&str> =
        found["sheets"][1]["rows"].as_array().unwrap().iter().filter_map(|row| row[2]["link"].as_str()).collect();
    assert_eq!(links[..4], ["'Customers'!A3", "'Customers'!F3", "'Customers'!H3", "'Customers'!G4"]);
    let copy = shop.path("copy.xlsx");
    let corrected = shop.path("corrected.xlsx");
    let typed = ["A3=Beta Ltd", "F3=LINE", "H3=10", "G4=all"];
    python("type_into.py", &[&[copy.to_str().unwrap(), corrected.to_str().unwrap(), "Customers"], &typed[..]].concat());
    import("corrected.xlsx", &[]).done().says("3 rows added");
}
