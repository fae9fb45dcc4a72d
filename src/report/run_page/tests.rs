//! Pages of runs made by hand: what they say, how large they get, and what becomes of names that are code.

use serde_json::{Value, json};

use super::*;
use crate::domain::bill::Bill;
use crate::domain::money::Currency;

/// A bill in pounds: lines as (kind, category or class, amount, cost), all of one VAT code of 20 %.
fn bill(number: Option<&str>, account: &str, name: &str, lines: &[(&str, &str, &str, &str)]) -> Bill {
    let minor = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    let pounds =
        |minor: i64| format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100);
    let of = |is: &dyn Fn(&str) -> bool| lines.iter().filter(|line| is(line.0)).map(|line| minor(line.2)).sum::<i64>();
    let (usage, net) = (of(&|kind| kind == "usage"), of(&|_| true));
    let (vat, gross) = (net / 5, net + net / 5);
    let address = json!({"lines": [], "town": "", "county": "", "postcode": "", "country": ""});
    let line = |(kind, what, amount, cost): &(&str, &str, &str, &str)| {
        let category = if *kind == "usage" { "Calls" } else { what };
        json!({"kind": kind, "category": category, "cost_centre": "", "description": what, "details": "", "cli": "",
            "from": null, "to": null, "quantity": "2", "price": null, "proration": "", "amount": amount, "cost": cost,
            "vat_code": "S", "source": "", "period": null})
    };
    let model = json!({
        "model": 1, "number": number, "is_final": false, "currency": "GBP",
        "organisation": {"code": "AC", "name": "Acorn & Sons", "address": address, "vat_number": "",
            "company_number": "", "colour": "", "logo": ""},
        "customer": {"account": account, "name": name, "reference": "", "address": address, "vat_number": "",
            "purchase_order": "", "payment_method": "", "payment_terms": "30 days"},
        "invoice_date": "2026-06-01", "due_date": "2026-07-01", "usage_until": "2026-06-01",
        "lines": lines.iter().map(line).collect::<Vec<_>>(),
        "usage_by_class": [], "usage_by_cli": [],
        "vat": [{"code": "S", "label": "VAT 20%", "kind": "standard", "rate": "20", "net": pounds(net), "vat": pounds(vat)}],
        "totals": {"usage": pounds(usage), "charges": pounds(net - usage), "net": pounds(net), "vat": pounds(vat),
            "gross": pounds(gross)},
        "balance": {"previous": "5.00", "this_bill": pounds(gross), "now": pounds(gross + 500)},
        "messages": [],
    });
    serde_json::from_value(model).unwrap()
}

fn report(customers: Value, usage: Value) -> StoredReport {
    let zero = json!({"net": "0.00", "usage": "0.00", "charges": "0.00"});
    let none = json!({"in": [], "out": []});
    let report = json!({
        "invoice_date": "2026-06-01", "usage_cutoff": "2026-06-01", "charge_cutoff": "2026-07-01", "currency": "GBP",
        "digest": "d1", "sums": {"bills": 0, "usage": "0.00", "charges": "0.00", "net": "0.00", "vat": "0.00", "gross": "0.00"},
        "changes": {"compared": 0, "first": 0, "change": zero}, "customers": customers, "usage": usage, "services": none,
        "billed_before": 0,
    });
    serde_json::from_value(report).unwrap()
}

fn sources(bills: &[Bill]) -> Sources {
    Sources {
        run: 7,
        standing: Standing::Posted,
        scope: "all customers".into(),
        report: report(json!([]), json!({"in": [], "out": []})),
        flags: Vec::new(),
        billed: billed(bills),
        before: None,
        documents: DocumentFolder::default(),
        times: Vec::new(),
    }
}

fn billed(bills: &[Bill]) -> Billed {
    let mut billed = Billed::new(Currency::GBP);
    bills.iter().for_each(|bill| billed.add(bill));
    billed
}

/// The rows of a table, a line each.
fn rows(page: &Page, caption: &str) -> Vec<String> {
    let tables = page.sections.iter().flat_map(|section| &section.tables);
    let table = tables.into_iter().find(|table| table.caption == caption).unwrap_or_else(|| panic!("no {caption}"));
    let row = |row: &Row| row.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" | ");
    table.rows.iter().map(row).collect()
}

fn words(page: &Page, id: &str) -> String {
    page.sections.iter().find(|section| section.id == id).unwrap().words.join(" ")
}

fn html(sources: &Sources) -> String {
    PageTemplate::new(None).unwrap().render(&Page::new(sources)).unwrap()
}

#[test]
fn what_was_billed_stands_beside_what_was_billed_before() {
    let mut sources = sources(&[
        bill(
            Some("AC-3"),
            "A1",
            "One",
            &[("usage", "Mobile calls", "6.00", "1.5"), ("recurring", "Lines", "10.00", "4")],
        ),
        bill(Some("AC-4"), "A3", "New", &[("one_off", "Work", "100.00", "0"), ("low_invoice_fee", "", "2.00", "0")]),
    ]);
    let before = [
        bill(
            Some("AC-1"),
            "A1",
            "One",
            &[("usage", "Mobile calls", "8.00", "2"), ("recurring", "Lines", "10.00", "4")],
        ),
        bill(Some("AC-2"), "A2", "Gone", &[("recurring", "Lines", "30.00", "12")]),
    ];
    sources.before = Some(Earlier { words: "run 6 of 1 May 2026".into(), billed: billed(&before) });
    let page = Page::new(&sources);
    let expected = [
        "Mobile calls | £6.00 | £8.00 | −£2.00 | −25.0% | 2",
        "Work | £100.00 | £0.00 | +£100.00 |  | 1",
        "Lines | £10.00 | £40.00 | −£30.00 | −75.0% | 1",
        "all charges | £110.00 | £40.00 | +£70.00 | +175.0% | 2",
        "Fees for low invoices | £2.00 | £0.00 | +£2.00 |  | 1",
        "in all | £118.00 | £48.00 | +£70.00 | +145.8% | 5", // 70 of 48
    ];
    assert_eq!(rows(&page, "Billed by class and category"), expected);
    let expected = [
        "billed then and now | 1 | −£2.00 | −4.2%",
        "billed now, not then | 1 | +£102.00 | +212.5%",
        "billed then, not now | 1 | −£30.00 | −62.5%",
        "in all | 3 | +£70.00 | +145.8%",
    ];
    assert_eq!(rows(&page, "Where the change comes from"), expected);
    assert_eq!(rows(&page, "Billed then, not now"), ["A2 | Gone | £30.00"]);
    assert!(
        words(&page, "changes").starts_with(
            "£70.00 more ex VAT than run 6 of 1 May 2026: usage £2.00 less, charges and fees £72.00 more."
        )
    );
    let expected = [
        "Mobile calls | £6.00 | £1.50 | £4.50 | 75.0% | 75.0%",
        "Work | £100.00 | £0.00 | £100.00 | 100.0% | ",
        "Lines | £10.00 | £4.00 | £6.00 | 60.0% | 60.0%",
        "Fees for low invoices | £2.00 | £0.00 | £2.00 | 100.0% | ",
        "in all | £118.00 | £5.50 | £112.50 | 95.3% | 62.5%", // before: 48 less 18
    ];
    assert_eq!(rows(&page, "Margin by class and category"), expected);
    assert!(words(&page, "margin").contains("£102.00 of it was billed on lines that no cost is known of"));
    let tiles: Vec<String> =
        page.tiles.iter().map(|tile| format!("{} {}: {}", tile.label, tile.value, tile.note)).collect();
    assert_eq!(tiles[0], "billed, ex VAT £118.00: +£70.00 (+145.8%)");
    assert_eq!(tiles[1], "to pay, with VAT £141.60: £23.60 of it VAT");
    assert_eq!(tiles[2], "margin £112.50: 95.3% of what is billed; 62.5% before");
    assert_eq!(tiles[5], "owed by those billed £151.60: £10.00 before these invoices");
    assert_eq!(rows(&page, "VAT by code").last().unwrap(), "in all |  |  |  | £118.00 | £23.60");
}

#[test]
fn what_came_in_and_did_not_go_out_is_said_aloud() {
    let tally = |end: &str, records: u64, cost: &str| {
        json!({"disposition": end, "reason": if end == "suspense" { Some("unknown CLI") } else { None }, "kind": "voice",
            "records": records, "units": (records * 60).to_string(), "cost": cost, "sell": "0.5"})
    };
    let usage = |out: Value| json!({"in": [tally("", 10, "3")], "out": out});
    let mut sources = sources(&[]);
    sources.report = report(json!([]), usage(json!([tally("billed", 8, "2"), tally("suspense", 2, "1")])));
    let page = Page::new(&sources);
    assert!(words(&page, "control").starts_with("In = out: 10 usage records came in and 10 ended"));
    let expected = [
        "in |  | 10 | 600 |  |  | £3.00 | ",
        "billed |  | 8 | 480 |  |  | £2.00 | £0.50",
        "suspense | unknown CLI | 2 | 120 |  |  | £1.00 | £0.50",
        "out |  | 10 | 600 |  |  | £3.00 | £1.00",
    ];
    assert_eq!(rows(&page, "Usage records"), expected);
    // Kept by a version that kept no groups: by reason alone.
    assert_eq!(rows(&page, "What cannot be billed, by the money at stake"), ["£1.00 | 2 | unknown CLI |  |  | "]);
    for out in [json!([tally("billed", 9, "3")]), json!([tally("billed", 10, "2.99")])] {
        sources.report = report(json!([]), usage(out));
        let page = Page::new(&sources);
        assert!(words(&page, "control").contains("This run must not be posted"), "{}", words(&page, "control"));
        assert!(page.sections.iter().any(|section| section.id == "control" && section.is_warning));
    }
}

#[test]
fn flags_parked_and_unbilled_customers_are_named() {
    let customer = |account: &str, outcome: &str, net: Value| {
        json!({"account": account, "name": format!("Firm {account}"), "outcome": outcome, "usage_records": 0, "net": net,
            "gross": null, "usage_cost": "0"})
    };
    let customers = json!([
        customer("A1", "parked: amount out of range", Value::Null),
        customer("A2", "rolled over: too low", json!("3.50")),
        customer("A3", "nothing to bill", Value::Null),
    ]);
    let mut sources = sources(&[]);
    sources.report = report(customers, json!({"in": [], "out": []}));
    let flag = |flag: &str, acknowledged: Option<&str>| FlagReport {
        account: "A2".into(),
        flag: flag.into(),
        detail: "-2.00 ex VAT".into(),
        acknowledged: acknowledged.map(str::to_owned),
    };
    sources.flags = vec![flag("negative_margin", Some("by Jo: agreed")), flag("unusual_total", None)];
    sources.standing = Standing::Draft;
    let page = Page::new(&sources);
    assert!(words(&page, "attention").starts_with("2 flags, 1 of them acknowledged; 1 customer parked by an error."));
    let expected = [
        "A2 | Firm A2 | unusual total | -2.00 ex VAT | no",
        "A2 | Firm A2 | negative margin | -2.00 ex VAT | by Jo: agreed",
    ];
    assert_eq!(rows(&page, "Flagged"), expected);
    assert_eq!(rows(&page, "Parked: an error took them out of the run"), ["A1 | Firm A1 | amount out of range"]);
    assert_eq!(rows(&page, "Not billed, by reason"), ["nothing to bill | 1 | ", "rolled over: too low | 1 | £3.50"]);
    assert!(page.notice.contains("This is a draft. Nothing is billed"));
}

#[test]
fn very_many_invoices_make_no_huge_page() {
    let one = |number: u64| {
        let amount = format!("{}.00", 1 + number % 900);
        bill(
            Some(&format!("AC-{number:06}")),
            &format!("A{number}"),
            &"n".repeat(300),
            &[("recurring", "Lines", &amount, "0")],
        )
    };
    let bills: Vec<Bill> = (0..3_000).map(one).collect();
    let sources = sources(&bills);
    let page = Page::new(&sources);
    let listed = rows(&page, "Invoices of the run");
    assert_eq!(listed.len(), 502);
    assert!(listed[500].starts_with("2,500 more invoices"), "{}", listed[500]);
    // 1 + … + 900 three times, and 1 + … + 300.
    assert!(listed[501].contains("£1,261,500.00"), "{}", listed[501]);
    assert!(words(&page, "invoices").contains("The 500 largest of 3,000"));
    assert!(html(&sources).len() < 400_000, "{}", html(&sources).len());
}

#[test]
fn what_customers_account_for_stands_in_brackets_v2() {
    let mut reverse = bill(Some("AC-1"), "A1", "One", &[("recurring", "Lines", "10.03", "0")]);
    let vat = &mut reverse.vat[0];
    (vat.kind, vat.vat, vat.code) =
        (crate::domain::price_book::VatKind::ReverseCharge, Default::default(), "RC".into());
    (reverse.totals.vat, reverse.totals.gross) = (Default::default(), reverse.totals.net);
    let page = Page::new(&sources(&[reverse, bill(Some("AC-2"), "A2", "Two", &[("recurring", "Lines", "5.00", "0")])]));
    let expected = [
        "RC | VAT 20% | reverse charge | 20% | £10.03 | (£2.01)", // 2.006
        "S | VAT 20% | standard | 20% | £5.00 | £1.00",
        "in all |  |  |  | £15.03 | £1.00",
    ];
    assert_eq!(rows(&page, "VAT by code"), expected);
}

#[test]
fn other_currencies_are_in_no_sum() {
    let mut euro = bill(Some("AC-2"), "A2", "Two", &[("recurring", "Lines", "50.00", "0")]);
    euro.currency = Currency::parse("EUR").unwrap();
    let page = Page::new(&sources(&[bill(Some("AC-1"), "A1", "One", &[("recurring", "Lines", "10.00", "0")]), euro]));
    let listed = rows(&page, "Invoices of the run");
    assert!(
        listed[1].contains("€50.00") && listed[2].starts_with("in all |  |  | £10.00 | £2.00 | £12.00"),
        "{listed:?}"
    );
    let notes: Vec<&str> =
        page.sections.iter().flat_map(|section| &section.tables).map(|table| table.note.as_str()).collect();
    assert!(notes.contains(&"Not in these sums: 1 bill in EUR: €50.00 ex VAT."), "{notes:?}");
}

#[test]
fn names_are_text_everywhere_o3() {
    let names = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{ 1234567 * 9 }}{% raw %}",
        "' onmouseover='x",
        "</title></svg><a href=javascript:alert(1)>",
        "]]>&lt;&#60;",
        "a\u{202e}b\u{0}c\u{200b}",
    ];
    let named = |name: &str| {
        let lines = [("recurring", name, "9.00", "1"), ("usage", name, "1.00", "2")];
        let mut sources = sources(&[bill(Some(name), name, name, &lines)]);
        sources.scope = name.into();
        let (account, flag, detail) = (name.to_owned(), name.to_owned(), name.to_owned());
        sources.flags = vec![FlagReport { account, flag, detail, acknowledged: Some(name.into()) }];
        sources.before = Some(Earlier { words: "run 6".into(), billed: billed(&[]) });
        html(&sources)
    };
    let harmless = named("Firm");
    for name in names {
        let html = named(name);
        for sign in ["<", ">", "\"", "'"] {
            assert_eq!(html.matches(sign).count(), harmless.matches(sign).count(), "{name} brings {sign} of its own");
        }
        assert!(!html.contains("11111103"), "{name} was run");
        assert!(!html.contains(['\u{202e}', '\u{0}', '\u{200b}']), "{name}");
    }
}

#[test]
fn a_wrong_template_is_told_with_its_line() {
    let page = Page::new(&sources(&[]));
    let render = |text: &str| PageTemplate::new(Some(text.into())).and_then(|template| template.render(&page));
    assert_eq!(render("<p>{{ title }}</p>\n").unwrap(), "<p>Billing run 7</p>\n");
    assert_eq!(render("a\nb {% if %}").unwrap_err().to_string().split(": ").next(), Some("templates/run.html:2"));
    let missing = render("a\n\n{{ titel }}").unwrap_err().to_string();
    assert!(missing.starts_with("templates/run.html:3: undefined value"), "{missing}");
    // It sees no file but itself.
    assert!(render("{% include '/etc/passwd' %}").unwrap_err().to_string().starts_with("templates/run.html:1: "));
}
