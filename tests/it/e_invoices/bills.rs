//! Bills made by hand, one for each way in which an e-invoice can be difficult. Amounts are worked out in the rows; that they
//! add up is checked.

use serde_json::{Value, json};
use tollbook::domain::bill::Bill;

/// Kind, description, quantity, price (empty for usage), proration, amount, VAT code.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

/// Code, label, kind, rate, net, VAT.
type Vat = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const S: Vat = ("S", "VAT 20%", "standard", "20", "", "");
const R: Vat = ("R", "Reduced VAT 5%", "reduced", "5", "", "");
const Z: Vat = ("Z", "Zero rated", "zero", "0", "", "");
const E: Vat = ("E", "Exempt: charity, certificate 7", "exempt", "0", "", "");
const RC: Vat = ("RC", "Reverse charge: customer to account for VAT", "reverse_charge", "20", "", "");

fn of(vat: Vat, net: &'static str, tax: &'static str) -> Vat {
    (vat.0, vat.1, vat.2, vat.3, net, tax)
}

/// A decimal text in minor units.
fn minor(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

/// Minor units as a decimal text with two digits.
fn text(minor: i64) -> String {
    let (sign, magnitude) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    format!("{sign}{}.{:02}", magnitude / 100, magnitude % 100)
}

fn lines(rows: &[Row]) -> Vec<Value> {
    let line = |(kind, description, quantity, price, proration, amount, code): &Row| {
        let is_periodic = matches!(*kind, "recurring" | "credit");
        json!({
            "kind": kind, "category": if *kind == "usage" { "Calls" } else { "Line rental" },
            "cost_centre": if *kind == "usage" { "" } else { "Head office" },
            "description": description, "details": "", "cli": if is_periodic { "+442079460123" } else { "" },
            "from": is_periodic.then_some("2026-11-01"), "to": is_periodic.then_some("2026-11-30"),
            "quantity": quantity, "price": (!price.is_empty()).then_some(price), "proration": proration,
            "amount": amount, "vat_code": code, "source": "", "period": null,
        })
    };
    rows.iter().map(line).collect()
}

/// An invoice over rows, with VAT by code.
fn bill(rows: &[Row], vat: &[Vat]) -> Value {
    let sum = |amounts: &mut dyn Iterator<Item = &'static str>| amounts.map(minor).sum::<i64>();
    let net = sum(&mut rows.iter().map(|row| row.5));
    let usage = sum(&mut rows.iter().filter(|row| row.0 == "usage").map(|row| row.5));
    let tax = sum(&mut vat.iter().map(|vat| vat.5));
    assert_eq!(sum(&mut vat.iter().map(|vat| vat.4)), net, "VAT is on the lines");
    let vat: Vec<Value> = vat
        .iter()
        .map(|(code, label, kind, rate, net, vat)| {
            json!({"code": code, "label": label, "kind": kind, "rate": rate, "net": net, "vat": vat})
        })
        .collect();
    json!({
        "model": 1, "number": "NT-000001", "is_final": false, "currency": "GBP",
        "organisation": {
            "code": "northwind", "name": "Northwind Telecom Ltd",
            "address": {"lines": ["Unit 4", "Harbour Court"], "town": "Bristol", "county": "", "postcode": "ZZ1 6XN",
                "country": "United Kingdom"},
            "vat_number": "GB 000 0000 03", "company_number": "00000003", "colour": "", "logo": "",
            "contact": {"email": "billing@northwind.example", "telephone": "020 7946 0100", "website": ""},
            "bank": {"bank": "Quayside Bank", "name": "Northwind Telecom Ltd", "sort_code": "000000",
                "account_number": "00000003", "iban": "GB82WEST12345698765432", "bic": "WESTGB22"},
        },
        "customer": {
            "account": "A1001", "name": "Fern & Sons Joinery Ltd", "reference": "",
            "address": {"lines": ["17 Mill Lane"], "town": "Ludlow", "county": "Shropshire", "postcode": "ZZ8 1AB",
                "country": "England"},
            "vat_number": "", "purchase_order": "", "payment_method": "", "payment_terms": "30 days",
            "endpoint": "0088:9520000000004",
        },
        "invoice_date": "2026-11-01", "due_date": "2026-12-01", "usage_until": "2026-11-01",
        "lines": lines(rows), "usage_by_class": [], "usage_by_cli": [], "vat": vat,
        "totals": {"usage": text(usage), "charges": text(net - usage), "net": text(net), "vat": text(tax),
            "gross": text(net + tax)},
        // What was owed before is no part of an e-invoice.
        "balance": {"previous": "77.00", "this_bill": text(net + tax), "now": text(net + tax + 7_700)},
        "messages": [],
    })
}

/// The same with other values at these paths.
fn with(mut bill: Value, changes: &[(&str, Value)]) -> Value {
    for (path, value) in changes {
        let (parent, name) = path.rsplit_once('/').unwrap();
        bill.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    bill
}

/// As a credit note on the invoice: all amounts the other way round.
fn credit_note(rows: &[Row], vat: &[Vat]) -> Value {
    let credits = json!({"number": "NT-000001", "date": "2026-11-01"});
    let mut note = with(
        bill(rows, vat),
        &[
            ("/document", json!("credit_note")),
            ("/number", json!("NTC-000001")),
            ("/credits", credits),
            ("/reason", json!("Charged twice <b>, see ]]> & call")),
        ],
    );
    fn turn(value: &mut Value) {
        if let Value::String(text) = value {
            let turned = text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned);
            *text = turned;
        }
    }
    note["lines"].as_array_mut().unwrap().iter_mut().for_each(|line| turn(&mut line["amount"]));
    note["vat"].as_array_mut().unwrap().iter_mut().for_each(|row| {
        turn(&mut row["net"]);
        turn(&mut row["vat"]);
    });
    note["totals"].as_object_mut().unwrap().values_mut().for_each(turn);
    note
}

const STANDARD: [Row; 3] = [
    ("recurring", "SIP channel", "8", "4.25", "", "34.00", "S"),
    ("one_off", "Engineer, hours", "2.5", "9.99", "", "24.98", "S"),
    ("usage", "National calls", "1326", "", "", "41.02", "S"),
];

/// Names and bills.
pub fn all() -> Vec<(&'static str, Bill)> {
    let bills = [kinds_of_vat(), amounts(), fees_and_credits(), parties_and_payment(), hostile()].concat();
    let read = |(name, bill): (&'static str, Value)| {
        (name, serde_json::from_value(bill).unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    bills.into_iter().map(read).collect()
}

fn kinds_of_vat() -> Vec<(&'static str, Value)> {
    let one = |code: &'static str| [("recurring", "Broadband", "1", "30", "", "30.00", code)];
    let buyer_vat = [("/customer/vat_number", json!("GB 000 0000 25"))];
    let mixed: [Row; 6] = [
        ("recurring", "Broadband", "1", "30", "", "30.00", "S"),
        ("recurring", "Care line", "1", "20", "", "20.00", "R"),
        ("recurring", "Books", "1", "15", "", "15.00", "Z"),
        ("recurring", "Training", "1", "40", "", "40.00", "E"),
        ("recurring", "Insurance", "1", "20", "", "20.00", "E2"),
        ("usage", "National calls", "12", "", "", "4.00", "S2"),
    ];
    let mixed_vat = [
        of(S, "30.00", "6.00"),
        of(R, "20.00", "1.00"),
        of(Z, "15.00", "0.00"),
        of(E, "40.00", "0.00"),
        // Another exempt code, and another with the standard rate: each category and rate stands once.
        ("E2", "Exempt: insurance", "exempt", "0", "20.00", "0.00"),
        ("S2", "VAT 20% on calls", "standard", "20", "4.00", "0.80"),
    ];
    vec![
        ("standard", bill(&STANDARD, &[of(S, "100.00", "20.00")])),
        ("reduced", bill(&one("R"), &[of(R, "30.00", "1.50")])),
        ("zero", bill(&one("Z"), &[of(Z, "30.00", "0.00")])),
        ("exempt", bill(&one("E"), &[of(E, "30.00", "0.00")])),
        ("exempt-unlabelled", bill(&one("E"), &[("E", "", "exempt", "0", "30.00", "0.00")])),
        ("standard-of-nothing", bill(&one("S"), &[("S", "VAT 0%", "standard", "0", "30.00", "0.00")])),
        ("reverse-charge", with(bill(&one("RC"), &[of(RC, "30.00", "0.00")]), &buyer_vat)),
        ("reverse-charge-abroad", {
            let changes =
                [("/customer/vat_number", json!("IE1234567FA")), ("/customer/address/country", json!("Éire"))];
            with(bill(&one("RC"), &[("RC", "", "reverse_charge", "20", "30.00", "0.00")]), &changes)
        }),
        ("mixed", bill(&mixed, &mixed_vat)),
    ]
}

fn amounts() -> Vec<(&'static str, Value)> {
    let per_line: [Row; 4] = [
        ("recurring", "Line 1", "1", "0.12", "", "0.12", "S"),
        ("recurring", "Line 2", "1", "0.12", "", "0.12", "S"),
        ("recurring", "Line 3", "1", "0.12", "", "0.12", "S"),
        ("recurring", "Line 4", "1", "0.12", "", "0.12", "S"),
    ];
    let many: Vec<Row> = (0..400).map(|_| ("recurring", "Extension", "1", "0.12", "", "0.12", "S")).collect();
    vec![
        // 0.024 each rounds to 0.02: 0.08, where 0.096 on the sum is 0.10.
        ("rounded-per-line", bill(&per_line, &[of(S, "0.48", "0.08")])),
        ("rounded-down", bill(&STANDARD[1..2], &[of(S, "24.98", "4.99")])),
        ("many-lines", bill(&many, &[of(S, "48.00", "9.60")])),
        ("prorated", {
            let rows = [
                ("recurring", "Broadband", "1", "20", "17/31 days", "10.97", "S"),
                ("recurring", "Seats", "8", "4.25", "17/31 days", "18.65", "S"),
                ("recurring", "Quarter", "1", "90", "1 month + 21/31 days of 3 months", "50.32", "S"),
            ];
            bill(&rows, &[of(S, "79.94", "15.99")])
        }),
        ("negative-lines", {
            let rows = [
                ("recurring", "Broadband", "1", "20", "", "20.00", "S"),
                ("credit", "Broadband", "1", "20", "20/30 days", "-13.33", "S"),
                ("recurring", "Discount", "1", "-3", "", "-3.00", "S"),
                ("usage", "Inbound calls", "1326", "", "", "-1.58", "S"),
                ("recurring", "Less than a penny", "1", "-0.001", "", "0.00", "S"),
            ];
            bill(&rows, &[of(S, "2.09", "0.42")])
        }),
        ("odd-quantities", {
            let rows = [
                ("one_off", "Three for a penny", "3", "0.00333333", "", "0.01", "S"),
                ("one_off", "None", "0", "5", "", "0.00", "S"),
                ("usage", "Nothing used", "0", "", "", "0.00", "S"),
                ("usage", "Free calls", "81", "", "", "0.00", "S"),
                ("service", "A third", "0.3333", "10", "", "3.33", "S"),
                ("one_off", "Dear", "1", "12345678.90", "", "12345678.90", "S"),
            ];
            bill(&rows, &[of(S, "12345682.24", "2469136.45")])
        }),
        ("zero-amount", {
            let rows = [
                ("recurring", "Broadband", "1", "20", "", "20.00", "S"),
                ("one_off", "Goodwill", "1", "-20", "", "-20.00", "S"),
            ];
            bill(&rows, &[of(S, "0.00", "0.00")])
        }),
        ("empty", bill(&[], &[])),
        ("credit-invoice", {
            let rows = [
                ("recurring", "Mailbox", "1", "3", "", "3.00", "S"),
                ("one_off", "Lost service", "1", "-240", "", "-240.00", "S"),
            ];
            bill(&rows, &[of(S, "-237.00", "-47.40")])
        }),
    ]
}

fn fees_and_credits() -> Vec<(&'static str, Value)> {
    let low: [Row; 2] = [
        ("usage", "National calls", "4", "", "", "1.50", "S"),
        ("low_invoice_fee", "Low invoice fee", "1", "2", "", "2.00", "S"),
    ];
    let padded: [Row; 3] = [
        ("usage", "National calls", "4", "", "", "1.50", "S"),
        ("recurring", "Care line", "1", "2", "", "2.00", "R"),
        ("padding", "Minimum invoice charge", "1", "6.50", "", "6.50", "S"),
    ];
    let alone: [Row; 1] = [("empty_invoice_fee", "Empty invoice fee", "1", "3", "", "3.00", "S")];
    let several = with(credit_note(&STANDARD, &[of(S, "100.00", "20.00")]), &[("/credits", Value::Null)]);
    let part: [Row; 1] = [("credit", "Part of invoice NT-000001", "1", "", "", "25.00", "S")];
    let turned: [Row; 2] = [
        ("recurring", "Mailbox", "1", "3", "", "3.00", "S"),
        ("one_off", "Lost service", "1", "-240", "", "-240.00", "S"),
    ];
    vec![
        ("low-fee", bill(&low, &[of(S, "3.50", "0.70")])),
        ("padding", bill(&padded, &[of(S, "8.00", "1.60"), of(R, "2.00", "0.10")])),
        ("fee-alone", bill(&alone, &[of(S, "3.00", "0.60")])),
        ("credit-note", credit_note(&STANDARD, &[of(S, "100.00", "20.00")])),
        ("credit-note-of-a-part", credit_note(&part, &[of(S, "25.00", "5.00")])),
        ("credit-note-of-several", several),
        ("credit-note-of-a-fee", credit_note(&padded, &[of(S, "8.00", "1.60"), of(R, "2.00", "0.10")])),
        ("credit-note-of-a-fee-alone", credit_note(&alone, &[of(S, "3.00", "0.60")])),
        ("credit-note-of-a-credit", credit_note(&turned, &[of(S, "-237.00", "-47.40")])),
        (
            "credit-note-exempt",
            credit_note(&[("recurring", "Line", "1", "9", "", "9.00", "E")], &[of(E, "9.00", "0.00")]),
        ),
    ]
}

fn parties_and_payment() -> Vec<(&'static str, Value)> {
    let standard = || bill(&STANDARD, &[of(S, "100.00", "20.00")]);
    let mandate = ("/customer/mandate", json!({"reference": "NT-1001", "account_ending": "4321"}));
    let euro = ("/currency", json!("EUR"));
    let german = [
        euro.clone(),
        (
            "/customer/address",
            json!({"lines": ["Hafenstraße 1"], "town": "Köln", "county": "", "postcode": "50667",
            "country": "Deutschland"}),
        ),
        ("/customer/vat_number", json!("DE 123 456 789")),
    ];
    vec![
        ("direct-debit", with(standard(), &[("/customer/payment_method", json!("direct debit")), mandate.clone()])),
        ("direct-debit-unsigned", with(standard(), &[("/customer/payment_method", json!("direct debit"))])),
        ("euro-direct-debit", with(standard(), &[euro, mandate])),
        ("euro", with(standard(), &german)),
        ("card", with(standard(), &[("/customer/payment_method", json!("card"))])),
        ("no-bank", with(standard(), &[("/organisation/bank", json!({}))])),
        ("yen", {
            let rows = [("one_off", "Set-up", "1", "1000", "", "1000", "S")];
            let whole = json!({"usage": "0", "charges": "1000", "net": "1000", "vat": "200", "gross": "1200"});
            let mut yen = bill(&[], &[]);
            yen["lines"] = json!(lines(&rows));
            yen["vat"] =
                json!([{"code": "S", "label": "", "kind": "standard", "rate": "20", "net": "1000", "vat": "200"}]);
            with(yen, &[("/currency", json!("JPY")), ("/totals", whole)])
        }),
        ("orders-and-references", {
            let all = [
                ("/customer/purchase_order", json!("PO-7741")),
                ("/customer/buyer_reference", json!("04011000-12345-34")),
                ("/customer/reference", json!("TC-01")),
                ("/is_final", json!(true)),
                ("/messages", json!(["We are closed on 25 December.", "Prices change on 1 January."])),
            ];
            with(standard(), &all)
        }),
        ("order-only", with(standard(), &[("/customer/purchase_order", json!("PO-7741"))])),
        ("bare", {
            let bare = json!({"lines": [], "town": "", "county": "", "postcode": "", "country": ""});
            let all = [
                ("/customer/address", bare.clone()),
                ("/organisation/address", bare),
                ("/organisation/company_number", json!("")),
                ("/organisation/contact", json!({})),
                ("/organisation/bank", json!({})),
                ("/customer/payment_terms", json!("")),
            ];
            with(standard(), &all)
        }),
    ]
}

/// Attacks in every text.
fn hostile() -> Vec<(&'static str, Value)> {
    const ATTACK: &str =
        "]]><!ENTITY x SYSTEM \"file:///etc/passwd\">&x;&amp;</cbc:Name>\u{202e}gnp\u{0}\u{b}\r\n'\"🦀=1+1";
    let long = "A very long name ".repeat(600);
    let mut attacked = bill(&STANDARD, &[of(S, "100.00", "20.00")]);
    fn fill(value: &mut Value, text: &str) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    let is_text = [
                        "name",
                        "town",
                        "county",
                        "postcode",
                        "reference",
                        "purchase_order",
                        "account",
                        "buyer_reference",
                        "company_number",
                        "telephone",
                        "email",
                        "payment_method",
                        "payment_terms",
                        "description",
                        "details",
                        "cli",
                        "cost_centre",
                        "category",
                        "number",
                        "label",
                    ];
                    match field {
                        Value::String(old) if is_text.contains(&name.as_str()) => *old = text.to_owned(),
                        Value::Array(texts)
                            if ["lines", "messages"].contains(&name.as_str()) && texts.iter().all(Value::is_string) =>
                        {
                            *texts = vec![json!(text); 4];
                        }
                        _ => fill(field, text),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| fill(item, text)),
            _ => {}
        }
    }
    let mut stretched = attacked.clone();
    fill(&mut attacked, ATTACK);
    fill(&mut stretched, &long);
    let mut note = credit_note(&STANDARD, &[of(S, "100.00", "20.00")]);
    fill(&mut note, ATTACK);
    vec![("hostile", attacked), ("long-texts", stretched), ("hostile-credit-note", note)]
}
