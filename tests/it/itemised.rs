//! Itemised workbooks and CSV files as others read them: by openpyxl, duckdb and LibreOffice their sums are those of the
//! model, whatever lines, cost centres and charges are called (O1, O3), and on every run and thread count their bytes are
//! the same (O4).
//!
//! `TOLLBOOK_PYTHON` names a Python with openpyxl and duckdb. Without it only our own side is looked at, and the test says so.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::program::{files_below, tollbook};

const BOOK: [(&str, &str); 10] = [
    (
        "organisations",
        "organisation,name,invoice_prefix,colour\nACORN,\"=HYPERLINK(\"\"http://x.example\"\")\",AC-,#336699\n",
    ),
    ("groups", "group,billing\nmonthly,manual\n"),
    ("vat_codes", "vat_code,rate,kind,label\nS,20,standard,@VAT 20%\nZ,0,zero,\n"),
    ("suppliers", "supplier,layout\ncarrier,generic\n"),
    ("tariffs", "tariff,unit\nstandard,major\n"),
    (
        "rates",
        "tariff,match,rate,increment\nstandard,class:national,0.0123,1\nstandard,class:mobile,0.31,1\n\
         standard,type:DATA,0.001234,1\nstandard,type:SMS,0.04,1\n",
    ),
    (
        "call_types",
        "call_type,description,class,kind\nUK,\"=1+cmd|' /C calc'!A0\",national,voice\nMOB,UK mobile,mobile,voice\n\
         DATA,<b>data</b>]]>,bespoke_1,data\nSMS,@SUM(A1),mobile,sms\n",
    ),
    ("prefixes", "prefix,call_type\n+44,UK\n+447,MOB\n"),
    ("charge_bands", "supplier,band,call_type\ncarrier,D,DATA\ncarrier,S,SMS\n"),
    (
        "charges",
        "account,charge,type,description,details,price,quantity,from,category,vat_code,cost_centre,cli\n\
         A1,C1,one_off,=SUM(1),{=1},12.345678,3,2026-09-03,@rent,S,,\n\
         A1,C2,one_off,A credit,,-3,1,2026-09-03,Credits,Z,x1,02079460001\n\
         A2,C3,one_off,Setup,,0.01,1,2026-09-03,Setup,S,,\n",
    ),
];

const CUSTOMERS: &str = "account,name,organisation,group,vat_code,tariff_national,tariff_mobile,tariff_bespoke_1,itemisation,\
    itemise_above,attachments\n\
    A1,\"-2+3 \u{202e}& Sons <i>\",ACORN,monthly,S,standard,standard,standard,xlsx,0.05,csv\n\
    A2,Plain Ltd,ACORN,monthly,S,standard,standard,standard,csv,,\n\
    A3,All Ltd,ACORN,monthly,S,standard,standard,standard,pdf,,xlsx\n";
const COST_CENTRES: &str = "account,cost_centre,name\nA1,x1,=1+1\nA1,x2,+cmd|' /C calc'!A0\n";
const CLIS: &str = "cli,account,cost_centre,description\n02079460001,A1,x1,@first\n02079460002,A1,x2,=second\n\
    02079460003,A1,,\n02079460004,A2,,Only one\n02079460005,A3,,\"http://x.example/?a=1&b=2\"\n";

/// A workspace with a posted run of invoices with hostile names.
fn posted(folder: &Path) -> PathBuf {
    let (workspace, book) = (folder.join("w"), folder.join("book"));
    tollbook(folder, &["init", "w"]).done();
    std::fs::create_dir_all(&book).unwrap();
    for (name, text) in BOOK.iter().chain(&[("customers", CUSTOMERS), ("cost_centres", COST_CENTRES), ("clis", CLIS)]) {
        std::fs::write(book.join(format!("{name}.csv")), text).unwrap();
    }
    let mut usage = "record_id,kind,cli,other_party,started_at,duration,bytes,quantity,charge_band\n".to_owned();
    for place in 0..300 {
        let cli = 1 + place * 5 / 300;
        let day = 1 + place % 28;
        let at = format!("2026-09-{day:02} {:02}:{:02}:59", place % 24, place % 60);
        let (id, other) = (format!("=R{place}"), if place % 3 == 0 { "07700900123" } else { "01134960001" });
        usage += &match place % 10 {
            8 => format!("{id},data,0207946000{cli},,{at},,{},,D\n", 1_234_567 * (place + 1)),
            9 => format!("{id},sms,0207946000{cli},{other},{at},,,2,S\n"),
            _ => format!("{id},voice,0207946000{cli},{other},{at},{},,,\n", place * 7 % 900),
        };
    }
    std::fs::write(folder.join("usage.csv"), usage).unwrap();
    tollbook(&workspace, &["book", "import", "../book"]).done();
    tollbook(&workspace, &["import", "usage", "../usage.csv", "--supplier", "carrier", "--quiet"]).done();
    tollbook(&workspace, &["bill", "run", "--invoice-date", "2026-10-01", "--quiet"]).done();
    workspace
}

#[test]
fn other_programs_find_the_sums_of_the_model_in_workbook_and_csv() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = posted(folder.path());
    let names: Vec<String> =
        files_below(&workspace.join("invoices"), &["json", "pdf"]).into_iter().map(|(name, _)| name).collect();
    let expected = ["AC-000001.csv", "AC-000001.xlsx", "AC-000002.csv", "AC-000003.csv", "AC-000003.xlsx"];
    assert_eq!(names, expected.map(|name| format!("run-000001/{name}")), "what each customer wants");
    let mut first = None;
    for threads in ["1", "4", "1"] {
        let out = format!("out-{threads}");
        let arguments = ["invoice", "export", "--run", "1", "--format", "xlsx,csv", "--format", "json", "--out", &out];
        tollbook(&workspace, &[&arguments[..], &["--threads", threads, "--quiet"]].concat()).done();
        let files = files_below(&workspace.join(&out), &[]);
        assert_eq!(files.len(), 9);
        for (name, _) in &files {
            let mode = std::fs::metadata(workspace.join(&out).join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert!(*first.get_or_insert_with(|| files.clone()) == files, "{threads} threads");
    }
    read_from_outside(&workspace.join("out-1"), 3);
}

/// The sums and the kinds of cells, by `tests/python/read_itemised.py`.
fn read_from_outside(folder: &Path, workbooks: usize) {
    let not_checked = |why: &str| {
        let _ = writeln!(std::io::stderr(), "NOT CHECKED FROM OUTSIDE: itemised workbooks: {why}");
    };
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else {
        return not_checked("TOLLBOOK_PYTHON names no Python with openpyxl and duckdb");
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/read_itemised.py");
    let run = Command::new(python).arg(script).arg(folder).args([&workbooks.to_string(), "--office"]).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}");
    if said.contains("NOT CHECKED") {
        not_checked(&said);
    }
}
