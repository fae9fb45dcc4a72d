//! E-invoices by command: those of the sample reseller, who wants them, and what is said where there cannot be one.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use super::{check_valid, python};
use crate::program::tollbook;
use crate::runs::Office;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

/// Every invoice of the sample, and credit notes on the first two, on a credit, on fees, and on each category of VAT.
#[test]
fn all_of_the_sample_reseller_keep_the_official_rules() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("demo");
    tollbook(folder.path(), &["demo", "--quiet", "demo"]).done();
    let run = |arguments: &str| tollbook(&workspace, &arguments.split(' ').collect::<Vec<_>>());
    for number in ["BV-000001", "BV-000008", "BV-000011", "HV-000014", "HV-000021", "HV-000023", "HV-000028"] {
        run(&format!("invoice void {number} --reason test --quiet")).done();
    }
    run("invoice credit HV-000003 --amount 25 --reason goodwill --quiet").done();
    run("invoice credit HV-000006 --line 1 --reason fault --quiet").done();
    for format in ["ubl", "cii"] {
        run(&format!("invoice export --run 1 --format {format} --out {format}")).done().says("wrote 43 e-invoices");
        run(&format!("invoice export --run 1 --credit-notes --format {format} --out {format}"))
            .done()
            .says("wrote 9 e-invoices");
        check_valid(&workspace.join(format), 52);
    }
    // Those who have it attached have it beside their invoice, and beside their credit note.
    let is_e_invoice = |name: &String| name.ends_with(".xml");
    let written = |folder: &str| {
        let mut names = names(&workspace.join("invoices").join(folder));
        names.retain(is_e_invoice);
        names
    };
    assert_eq!(written("run-000001"), ["BV-000008.xml", "HV-000014.xml", "HV-000022.xml", "HV-000023.xml"]);
    assert_eq!(written("credit-notes"), ["BVC-000002.xml", "HVC-000001.xml", "HVC-000003.xml"]);
    let same = |name: &str, a: &str, b: &str| {
        fs::read(workspace.join(a).join(name)).unwrap() == fs::read(workspace.join(b).join(name)).unwrap()
    };
    assert!(same("HV-000022.xml", "ubl", "invoices/run-000001"));
    // Again, and on one thread: the same bytes (O4).
    run("--threads 1 invoice export --run 1 --format ubl --out again").done();
    assert!(names(&workspace.join("again")).iter().all(|name| same(name, "ubl", "again")));
    run("invoice export BVC-000001 --format cii --out one").done();
    assert_eq!(names(&workspace.join("one")), ["BVC-000001.cii.xml"]);
    check_hybrids(&workspace);
}

/// Every PDF of the sample carries what `--format cii` writes, as other programs find it there.
fn check_hybrids(workspace: &Path) {
    let (invoices, out) = (workspace.join("invoices"), workspace.join("carried"));
    let Some(report) = python("validate_hybrids.py", &[&invoices, &out]) else { return };
    let lines: Vec<_> = report.lines().collect();
    assert_eq!(lines.len(), 52, "{report}");
    for line in lines {
        let (name, facts) = line.split_once('\t').unwrap();
        assert_eq!(facts, "en16931\tfactur-x.xml\tEN 16931\t3", "{name}");
        let stem = name.strip_suffix(".pdf").unwrap();
        let written = fs::read(workspace.join("cii").join(format!("{stem}.cii.xml"))).unwrap();
        assert!(fs::read(out.join(format!("{stem}.xml"))).unwrap() == written, "{name}");
    }
    let qpdf = |file: &str| Command::new("qpdf").arg("--check").arg(workspace.join("invoices").join(file)).output();
    for file in ["run-000001/HV-000022.pdf", "run-000001/HV-000003.pdf", "credit-notes/BVC-000001.pdf"] {
        match qpdf(file) {
            Ok(output) => assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stdout)),
            Err(_) => std::io::stderr().write_all(b"NOT CHECKED FROM OUTSIDE: there is no qpdf\n").unwrap(),
        }
    }
}

const MONTHLY: &str = "monthly,automatic,standard,monthly,1,0\n";
const RENTAL: &str = "A1,line,recurring,monthly,advance,calendar:1,10,2026-06-01,,Lines\n";

/// A book that was not made for e-invoices: the run goes through and says what is missing; filled in, it is there.
#[test]
fn what_is_missing_is_named_with_the_column_to_fill() {
    let office = Office::new("", MONTHLY, "A1,monthly,\nA2,monthly,,fee,3,,,,\n", "02079460011,A1\n", RENTAL);
    let customers = "account,name,organisation,group,vat_code,tariff_national,country,attachments,endpoint\n";
    let load = |cells: &str| {
        office.write("book/customers.csv", &format!("{customers}A1,One Ltd,ACORN,monthly,S,standard,{cells}\n"));
        office.run("book import book --mode upsert").done();
    };
    load("Atlantis,pdf;e_invoice,");
    let run = office.run("bill run --invoice-date 2026-06-01").done().says("there is no e-invoice of AC-000001");
    for said in [
        "BT-31, the seller's VAT number: organisation ACORN has none",
        "fill vat_number in organisations.csv",
        "BT-34, the seller's electronic address: organisation ACORN has none",
        "BT-49, the buyer's electronic address: customer A1 has none",
        "fill endpoint in customers.csv",
        "BT-55, the buyer's country: customer A1: \"Atlantis\" is no country",
    ] {
        assert!(run.err.contains(said), "{said:?} is not in:\n{}", run.err);
    }
    // Nobody asked for one of A2.
    assert!(!run.err.contains("AC-000002"), "{}", run.err);
    assert!(!office.path("w/invoices/run-000001/AC-000001.xml").exists());
    let refused = office.run("invoice export AC-000001 --format ubl --out out").ended(1);
    refused.says("BT-31, the seller's VAT number").says("what is filled in now is on the next one");
    office.run("invoice export --run 1 --format cii --out out").ended(1).says("AC-000002");
    let organisations = "organisation,name,invoice_prefix,vat_number\nACORN,Acorn Telecom Ltd,AC-,123 4567 89\n";
    office.write("book/organisations.csv", organisations);
    load("Wales,pdf;e_invoice,0088:9520000000004");
    let run = office.run("bill run --invoice-date 2026-07-01").done();
    assert!(!run.err.contains("no e-invoice of AC-000003"), "{}", run.err);
    assert!(office.path("w/invoices/run-000002/AC-000003.xml").is_file());
    // One of two: A2 has no electronic address.
    office.run("invoice export --run 2 --format ubl --out out").ended(3).says("AC-000004");
    assert_eq!(names(&office.path("out")), ["AC-000003.xml"]);
    office.run("invoice export --run 2 --format cii --out cii").done();
    check_valid(&office.path("out"), 1);
    check_valid(&office.path("cii"), 2);
}
