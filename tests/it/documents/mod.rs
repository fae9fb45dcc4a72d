//! PDFs as others read them: what `pdftotext` finds on their pages is what the model says, in every format and language
//! (O1); `qpdf` and `pdffonts` find nothing wrong; a document that is made again has the same bytes, whatever was voided
//! since (O4).
//!
//! Without poppler and qpdf only our own side is looked at, and the test says so.

mod preview;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::program::tollbook;

const BOOK: [(&str, &str); 8] = [
    (
        "organisations",
        "organisation,name,invoice_prefix,colour,vat_number,telephone,email,footer,bank_name,bank_account_name,\
         bank_sort_code,bank_account_number\n\
         ACORN,Acorn Voice,AC-,#ffd400,GB123456789,020 7946 0100,bills@acorn.example,Registered in England.,\
         Harbour Bank,Acorn Voice Ltd,000000,12345678\n",
    ),
    ("groups", "group,billing\nmonthly,manual\n"),
    ("vat_codes", "vat_code,rate,kind,label\nS,20,standard,Standard rate\nRC,20,reverse_charge,Reverse\n"),
    ("suppliers", "supplier,layout\ncarrier,generic\n"),
    ("tariffs", "tariff,unit\nstandard,major\n"),
    ("rates", "tariff,match,rate,increment\nstandard,class:national,0.0123,1\nstandard,class:mobile,1.31,1\n"),
    ("call_types", "call_type,description,class,kind\nUK,UK landline,national,voice\nMOB,UK mobile,mobile,voice\n"),
    ("prefixes", "prefix,call_type\n+44,UK\n+447,MOB\n"),
];

/// Account, language, format, VAT code.
const CUSTOMERS: [(&str, &str, &str, &str); 8] = [
    ("E1", "", "full", "S"),
    ("E2", "en", "short", "S"),
    ("E3", "en", "long", "RC"),
    ("C1", "cy", "full", "S"),
    ("D1", "de", "full", "RC"),
    ("D2", "de", "short", "S"),
    ("F1", "fr", "full", "S"),
    ("F2", "fr-CA", "long", "S"),
];

/// A workspace with two posted months.
fn posted(folder: &Path) -> PathBuf {
    let (workspace, book) = (folder.join("w"), folder.join("book"));
    tollbook(folder, &["init", "w"]).done();
    std::fs::create_dir_all(&book).unwrap();
    let mut customers =
        "account,name,organisation,group,vat_code,tariff_national,tariff_mobile,language,invoice_format,\
                         payment_method,mandate,bank_account_number\n"
            .to_owned();
    let mut charges = "account,charge,type,interval,description,price,quantity,from,category\n".to_owned();
    let mut clis = "cli,account,description\n".to_owned();
    let mut usage = "record_id,kind,cli,other_party,started_at,duration\n".to_owned();
    for (place, (account, language, format, vat)) in CUSTOMERS.iter().enumerate() {
        let debit = if place % 2 == 0 { "direct debit,M-000042,87654321" } else { "bank transfer,," };
        customers += &format!(
            "{account},Customer {place} & Söhne,ACORN,monthly,{vat},standard,standard,{language},{format},{debit}\n"
        );
        for charge in 0..5 + place {
            let price = format!("{}.{:02}", charge * 777 + place, charge * 13 % 100);
            let category = ["Line rental", "Connectivity", "Hire"][charge % 3];
            charges +=
                &format!("{account},C{charge},recurring,monthly,Thing {charge},{price},1,2026-08-01,{category}\n");
        }
        clis += &format!("0207946001{place},{account},Desk\n");
        for call in 0..30 + place {
            let other = if call % 3 == 0 { "07700900123" } else { "01134960001" };
            let (month, day) = (8 + call % 2, 1 + call % 28);
            let at = format!("2026-{month:02}-{day:02} {:02}:{:02}:59", call % 24, call % 60);
            usage += &format!("R{place}-{call},voice,0207946001{place},{other},{at},{}\n", 60 + call * 97 % 900);
        }
    }
    for (name, text) in BOOK.iter().copied().chain([("customers", &*customers), ("charges", &charges), ("clis", &clis)])
    {
        std::fs::write(book.join(format!("{name}.csv")), text).unwrap();
    }
    std::fs::write(folder.join("usage.csv"), usage).unwrap();
    tollbook(&workspace, &["book", "import", "../book"]).done();
    tollbook(&workspace, &["import", "usage", "../usage.csv", "--supplier", "carrier", "--quiet"]).done();
    for date in ["2026-09-01", "2026-10-01"] {
        tollbook(&workspace, &["bill", "run", "--invoice-date", date, "--quiet"]).done();
    }
    workspace
}

/// What a program of the system says; none, and said so, if it is not there.
fn outside(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).arg(file);
    if program == "pdftotext" {
        command.arg("-");
    }
    let Ok(output) = command.output() else {
        // Not `eprint!`, whose output a test that passes swallows.
        let line = format!("NOT CHECKED FROM OUTSIDE: {program} is not installed\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        return None;
    };
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The text of the pages, with plain blanks.
fn text_of(pdf: &Path) -> Option<String> {
    Some(outside("pdftotext", &["-layout"], pdf)?.replace(['\u{a0}', '\u{202f}'], " "))
}

/// A decimal as a language writes it, worked out a second way: from the right.
fn written(decimal: &str, language: &str) -> String {
    let (group, point) = match language {
        "de" => (".", ","),
        "fr" => (" ", ","),
        _ => (",", "."),
    };
    let (minus, magnitude) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("−", rest));
    let (whole, fraction) = magnitude.split_once('.').unwrap();
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    format!("{minus}{}{point}{fraction}", groups.join(group))
}

/// An amount in pounds.
fn pounds(decimal: &str, language: &str) -> String {
    let number = written(decimal, language);
    match (language, number.strip_prefix('−')) {
        ("de" | "fr", _) => format!("{number} £"),
        (_, Some(rest)) => format!("−£{rest}"),
        (_, None) => format!("£{number}"),
    }
}

struct Invoice {
    number: String,
    language: String,
    format: &'static str,
    model: Value,
    folder: PathBuf,
}

impl Invoice {
    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.number))
    }

    fn amount(&self, value: &Value) -> String {
        pounds(value.as_str().unwrap(), &self.language)
    }
}

/// All invoices of a run.
fn invoices(workspace: &Path, run: u32) -> Vec<Invoice> {
    let folder = workspace.join(format!("invoices/run-{run:06}"));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let model: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let account = model["customer"]["account"].as_str().unwrap();
            let (_, language, format, _) = CUSTOMERS.iter().find(|customer| customer.0 == account).unwrap();
            found.push(Invoice {
                number: model["number"].as_str().unwrap().to_owned(),
                language: language.get(..2).unwrap_or("en").to_owned(),
                format,
                folder: folder.clone(),
                model,
            });
        }
    }
    assert_eq!(found.len(), CUSTOMERS.len());
    found
}

#[test]
fn pages_say_what_the_model_says_in_every_format_and_language_o1() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = posted(folder.path());
    for invoice in invoices(&workspace, 2) {
        let Some(text) = text_of(&invoice.file("pdf")) else { return };
        let (model, name) = (&invoice.model, format!("{} {}", invoice.number, invoice.format));
        let has = |what: &str| assert!(text.contains(what), "{name}: {what:?} is not in\n{text}");
        for sum in ["net", "vat", "gross"] {
            has(&invoice.amount(&model["totals"][sum]));
        }
        has(&invoice.amount(&model["balance"]["now"]));
        has(&invoice.number);
        let lines = model["lines"].as_array().unwrap();
        assert!(lines.len() >= 6, "{name}: {} lines", lines.len());
        if invoice.format == "short" {
            assert_eq!(text.matches('\u{c}').count(), 1, "{name}: one page");
            continue;
        }
        for line in lines {
            let amount = invoice.amount(&line["amount"]);
            let count = lines.iter().filter(|other| other["amount"] == line["amount"]).count();
            let on_pages = text.match_indices(&amount).count();
            assert!(on_pages >= count, "{name}: {amount} stands {on_pages} times on the pages, not {count}");
        }
        if invoice.format == "full" {
            check_calls(&workspace, &invoice, &text);
        }
    }
}

/// Each call of the itemisation stands on the pages, with its time and its charge.
fn check_calls(workspace: &Path, invoice: &Invoice, text: &str) {
    let out = workspace.join("calls");
    let out_text = out.to_str().unwrap();
    tollbook(workspace, &["invoice", "export", &invoice.number, "--format", "csv", "--out", out_text]).done();
    let mut reader = csv::Reader::from_path(out.join(format!("{}.csv", invoice.number))).unwrap();
    let heads = reader.headers().unwrap().clone();
    let column = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let mut calls = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let clock = &row[column("started_at")][11..];
        let charge = written(&row[column("charge")], &invoice.language);
        let stands = text.lines().any(|line| {
            let last = line.split("  ").last().unwrap_or("").trim().trim_end_matches('0');
            line.contains(clock) && last == charge.trim_end_matches('0')
        });
        assert!(stands, "{}: no line with {clock} and {charge} in\n{text}", invoice.number);
        calls += 1;
    }
    assert!(calls >= 15, "{} has {calls} calls", invoice.number);
}

#[test]
fn documents_are_archives_that_others_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = posted(folder.path());
    for invoice in invoices(&workspace, 1) {
        let file = invoice.file("pdf");
        let document = lopdf::Document::load(&file).unwrap();
        let catalog = document.catalog().unwrap();
        assert!(document.trailer.get(b"Encrypt").is_err(), "PDF/A is not encrypted");
        assert!(catalog.get(b"OutputIntents").is_ok() && catalog.get(b"Metadata").is_ok());
        assert!(catalog.get(b"StructTreeRoot").is_ok(), "{}: no tags", invoice.number);
        let language = catalog.get(b"Lang").and_then(lopdf::Object::as_str).unwrap();
        assert!(language.starts_with(invoice.language.as_bytes()), "{language:?}");
        if let Some(said) = outside("qpdf", &["--check"], &file) {
            assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
        }
        if let Some(fonts) = outside("pdffonts", &[], &file) {
            let rows: Vec<_> = fonts.lines().skip(2).collect();
            assert!(!rows.is_empty() && rows.iter().all(|row| row.contains(" yes yes yes ")), "{fonts}");
        }
    }
}

#[test]
fn a_document_made_again_has_the_same_bytes_whatever_was_voided_since_o4() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = posted(folder.path());
    let of_account = |run: u32| {
        let all = invoices(&workspace, run);
        all.into_iter().find(|invoice| invoice.model["customer"]["account"] == "E1").unwrap()
    };
    let (first, second) = (of_account(1), of_account(2));
    let export = |out: &str, threads: &str| {
        let arguments = ["invoice", "export", &second.number, "--format", "pdf", "--threads", threads, "--out", out];
        tollbook(&workspace, &arguments).done();
        std::fs::read(workspace.join(out).join(format!("{}.pdf", second.number))).unwrap()
    };
    let before = export("before", "1");
    assert!(before == std::fs::read(second.file("pdf")).unwrap());
    if let Some(text) = text_of(&second.file("pdf")) {
        let spent = first.amount(&first.model["totals"]["net"]);
        assert!(text.contains(&spent), "the month before, {spent}, is drawn:\n{text}");
    }
    let reason = ["--reason", "wrong tariff", "--date", "2026-10-02"];
    tollbook(&workspace, &[&["invoice", "void", &first.number][..], &reason].concat()).done();
    assert!(export("after", "2") == before);
}
