//! Filled forms, as CSV, against a small book: what is found and what would change, as tables of rows.

use super::kinds::Kind;
use super::*;
use crate::book::{DEFAULT_SETTINGS, TableRow, Tables, canonical_cell, compile, parse_settings};
use crate::domain::book::Settings;
use crate::domain::telephone::NumberRules;

/// A book of two groups, two tariffs, two products, and the customers A1 (reference R1) and A2 (R2), with a line each.
fn book() -> Tables {
    let mut tables = Tables::new();
    let mut add = |name: &str, cells: &[(&str, &str)]| {
        let table = tables.get_mut(name);
        let rules = NumberRules::of_country("44");
        let cell = |column: &str| {
            let schema = table.schema;
            let (_, value) = cells.iter().find(|(known, _)| *known == column)?;
            canonical_cell(schema.columns[schema.position(column)?].kind, value, &rules).expect("sound")
        };
        let cells = table.schema.columns.iter().map(|column| cell(column.name)).collect();
        table.rows.push(TableRow { line: 0, cells });
    };
    add("organisations", &[("organisation", "north"), ("name", "North Ltd")]);
    add("groups", &[("group", "Monthly")]);
    add("groups", &[("group", "Own days"), ("method", "anniversary")]);
    add("vat_codes", &[("vat_code", "S"), ("rate", "20"), ("kind", "standard")]);
    add("tariffs", &[("tariff", "Gold"), ("unit", "minor")]);
    add("tariffs", &[("tariff", "Euro"), ("unit", "minor"), ("currency", "EUR")]);
    add("products", &[("product", "LINE"), ("name", "Line"), ("category", "Lines"), ("price", "20")]);
    for (account, reference) in [("A1", "R1"), ("A2", "R2")] {
        let names = [("name", "Old name"), ("notes", "two\u{a0}words")];
        let fixed = [("organisation", "north"), ("group", "Monthly"), ("town", "Leeds"), names[0], names[1]];
        add("customers", &[&fixed[..], &[("account", account), ("reference", reference)]].concat());
    }
    add("customer_tariffs", &[("account", "A1"), ("category", "Lines"), ("tariff", "Gold")]);
    add("clis", &[("cli", "02079460018"), ("account", "A1"), ("from", "2026-01-01")]);
    add("charges", &[("account", "A1"), ("charge", "1"), ("product", "LINE"), ("from", "2026-01-01")]);
    tables
}

fn settings() -> Settings {
    parse_settings(&format!("default_vat_code = \"S\"\n{DEFAULT_SETTINGS}")).expect("sound")
}

/// What is found and what would change, line by line.
fn read(kind: Kind, mode: Mode, text: &str) -> Vec<String> {
    let settings = settings();
    let numbers = NumberRules::of_country("44");
    assert_eq!(compile(&book(), &settings).err(), None);
    let source = match Source::open("f.csv", text.as_bytes()) {
        Ok(source) => source,
        Err(bad) => return vec![format!("unreadable: {}", bad.reason)],
    };
    let import = FormImport::read(&source, &Asked { kind, mode, sheet: None, numbers, settings: &settings }, book());
    let import = match import {
        Ok(import) => import,
        Err(bad) => return vec![format!("unreadable: {}", bad.reason)],
    };
    let mut lines: Vec<String> = import.findings.all().iter().map(finding).collect();
    if import.is_sound() {
        lines.extend(import.differences().map(difference));
    }
    lines
}

fn finding(finding: &Finding) -> String {
    let mark = if finding.severity == Severity::Error { "!" } else { "?" };
    format!("{mark} {} {} {:?}: {}", finding.row, finding.header, finding.value, finding.reason)
}

fn difference(difference: Difference<'_>) -> String {
    let Difference { row, key, header, before, after, .. } = difference;
    match header.as_str() {
        "" => format!("{row} new {key}"),
        _ => format!("{row} {key} {header}: {} → {}", before.unwrap_or("-"), after.unwrap_or("-")),
    }
}

fn check(kind: Kind, mode: Mode, text: &str, expected: &[&str]) {
    assert_eq!(read(kind, mode, text), expected, "{mode:?} of\n{text}");
}

const NEW: &str = "Customer Name,Reference,Address Line 1,Town,Postcode,Country,Organisation,Customer Group";

#[test]
fn a_mode_says_what_rows_may_do_k3() {
    let one = format!("{NEW}\nNew name,R1,1 High Street,Leeds,LS1 4AP,United Kingdom,north,Monthly\n");
    let there = "! 2 Reference \"R1\": is the reference of A1, which is there already";
    check(Kind::Customers, Mode::Insert, &one, &[there]);
    let changed = [
        "2 A1 Customer Name: Old name → New name",
        "2 A1 Address Line 1: - → 1 High Street",
        "2 A1 Postcode: - → LS1 4AP",
        "2 A1 Country: - → United Kingdom",
    ];
    check(Kind::Customers, Mode::Update, &one, &changed);
    check(Kind::Customers, Mode::Upsert, &one, &changed);
    let other = one.replace("R1", "R3");
    check(Kind::Customers, Mode::Insert, &other, &["2 new A3"]);
    check(Kind::Customers, Mode::Upsert, &other, &["2 new A3"]);
    check(Kind::Customers, Mode::Update, &other, &["! 2 Reference \"R3\": is the reference of no customer"]);
}

#[test]
fn a_blank_cell_leaves_what_is_there_and_a_word_empties_it() {
    let header = "account,name,town,Tariff:[Lines],x_dealer\n";
    check(Kind::Customers, Mode::Update, &format!("{header}A1,,,,\n"), &[]);
    check(
        Kind::Customers,
        Mode::Update,
        &format!("{header}A1,New,(clear),(clear),Dave\n"),
        &["! 2 Town \"(clear)\": cannot be emptied"],
    );
    // The same but for blanks that nobody sees is the same.
    check(Kind::Customers, Mode::Update, "account,notes\nA1,two words\n", &[]);
    check(
        Kind::Customers,
        Mode::Update,
        "account,reference,Tariff:[Lines],x_dealer\nA1,(clear),(clear),Dave\n",
        &["2 A1 Reference: R1 → -", "2 A1 x_dealer: - → Dave", "2 A1 Tariff:[Lines]: Gold → -"],
    );
}

#[test]
fn all_mistakes_are_found_at_once_k2() {
    let text = format!(
        "{NEW},Anniversary Billing Day,Tariff:[Lines],VAT Exempt,Colour\n\
         ,R3,,Leeds,LS1 4AP,United Kingdom,noth,Monthy,32,Gould,maybe,red\n\
         Ada,R1,1 High Street,Leeds,LS1 4AP,United Kingdom,north,Own days,,Euro,y,\n"
    );
    let expected = [
        "! 1 Colour \"\": is no column of this form",
        "! 2 Customer Name \"\": is required but blank",
        "! 2 Address Line 1 \"\": is required but blank",
        "! 2 Organisation \"noth\": no such organisation",
        "! 2 Customer Group \"Monthy\": no such group",
        "! 2 Anniversary Billing Day \"32\": is out of range",
        "! 2 Tariff:[Lines] \"Gould\": no such tariff",
        "! 2 VAT Exempt \"maybe\": is not one of the words",
        "! 3 Reference \"R1\": is the reference of A1, which is there already",
        "! 3 Anniversary Billing Day \"\": is needed: group Own days bills each customer on its own day",
        "! 3 Tariff:[Lines] \"Euro\": is a tariff in EUR, the customer is billed in GBP (X7)",
    ];
    check(Kind::Customers, Mode::Insert, &text, &expected);
}

#[test]
fn what_only_follows_from_a_refused_cell_is_left_out() {
    // Without its first day the second row would overlap the first.
    let text = "cli,account,from,to\n02079460019,A1,,2026-06-30\n02079460019,A2,first of July,\n";
    let reason = "! 3 From \"first of July\": is not a date";
    check(Kind::Clis, Mode::Insert, text, &[reason]);
    // With it, it does.
    let text = "cli,account,from,to\n02079460019,A1,,2026-06-30\n02079460019,A2,2026-06-01,\n";
    let found = read(Kind::Clis, Mode::Insert, text);
    assert!(found.len() == 1 && found[0].contains("line 2"), "{found:?}");
}

#[test]
fn rows_are_found_by_their_keys_and_customers_by_reference() {
    check(
        Kind::Clis,
        Mode::Update,
        "CLI,Description\n020 7946 0018,Front desk\n",
        &["2 +442079460018 / 2026-01-01 Description: - → Front desk"],
    );
    check(
        Kind::Clis,
        Mode::Update,
        "CLI,Account\n020 7946 0018,R2\n",
        &["! 2 Account \"A2\": is not the customer that the line belongs to, A1"],
    );
    check(Kind::Clis, Mode::Insert, "CLI,Account\n020 7946 0019,R2\n", &["2 new +442079460019"]);
    check(Kind::Clis, Mode::Insert, "CLI,Account\n020 7946 0019,R9\n", &["! 2 Account \"R9\": no such account"]);
    check(Kind::Charges, Mode::Update, "Account,Charge,Price\nR1,1,12.50\n", &["2 A1 / 1 Price: - → 12.5"]);
    check(
        Kind::Charges,
        Mode::Update,
        "Account,Charge,Price\nR1,2,12.50\n",
        &["! 2 Account \"A1\": is not there: the book has no row with this Account, Charge"],
    );
    check(
        Kind::Products,
        Mode::Upsert,
        "Product,Name,Category\nLINE,Line rental,Lines\nFAX,Fax,Lines\n",
        &["2 LINE Name: Line → Line rental", "3 new FAX"],
    );
    check(
        Kind::Products,
        Mode::Upsert,
        "Product,Name,Category\nFAX,Fax,Lines\nFAX,Fax,Lines\n",
        &["! 3 Product \"FAX\": row 2 has the same Product"],
    );
}

#[test]
fn leaving_is_not_a_word_in_a_cell() {
    check(Kind::Customers, Mode::Update, "account,status\nA1,suspended\n", &["2 A1 Status: - → suspended"]);
    let found = read(Kind::Customers, Mode::Update, "account,status\nA1,dropped\n");
    assert!(
        found.iter().any(|line| line == "! 2 Status \"dropped\": cannot be changed from active by a form"),
        "{found:?}"
    );
}

#[test]
fn titles_examples_and_blank_rows_are_passed_over() {
    let text =
        "My lines,,\n,,\nCLI*,Account *,Type\n\"Show me (example, ignored)\",A9,sip\n , ,\n020 7946 0019;x,A1,sip\n";
    check(Kind::Clis, Mode::Insert, text, &["! 6 CLI \"020 7946 0019;x\": is more than one identifier"]);
    check(Kind::Clis, Mode::Insert, "CLI;Account\n020 7946 0019;A1\n", &["2 new +442079460019"]);
    check(Kind::Clis, Mode::Insert, "CLI,Account\n", &["! 1  \"\": has a header and no rows"]);
    check(Kind::Clis, Mode::Update, "CLI,Account\n", &["? 1  \"\": has a header and no rows"]);
    check(Kind::Clis, Mode::Insert, "CLI,Account\n1,A1,x\n", &["! 2  \"\": has 3 fields, the header has 2"]);
    // Said once, not for every row.
    check(Kind::Clis, Mode::Insert, "CLI\n020 7946 0019\n", &["! 1 Account \"\": is required but missing"]);
    check(Kind::Clis, Mode::Insert, "one,two\n1,2\n", &["! 0  \"\": has no header of a form of clis"]);
    check(Kind::Clis, Mode::Insert, "", &["unreadable: is empty"]);
}
