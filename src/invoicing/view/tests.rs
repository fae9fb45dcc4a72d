//! What a template reads of bills of all kinds.

use super::*;
use crate::invoicing::samples;

/// What a template reads of a bill in the long format.
fn view(bill: &Bill) -> Value {
    view_in(bill, InvoiceFormat::Long)
}

fn view_in(bill: &Bill, format: InvoiceFormat) -> Value {
    let languages = samples::languages();
    let language = languages.find(&bill.customer.language).expect("a known language");
    let palette = Palette::from_accent("").expect("the default");
    let view = view_of(&InvoicePages::of(bill, format), palette, Style::new(language, bill.currency));
    serde_json::to_value(view.expect("no overflow")).expect("JSON")
}

fn pairs(facts: &Value) -> Vec<(&str, &str)> {
    let facts = facts.as_array().expect("a list");
    facts.iter().map(|fact| (text(&fact["label"]), text(&fact["value"]))).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[test]
fn the_title_says_what_it_is() {
    let with = |number: Option<&str>, is_final, pence| {
        let mut bill = samples::short();
        (bill.number, bill.is_final, bill.totals.gross) = (number.map(Into::into), is_final, samples::pounds(pence));
        bill
    };
    for (bill, expected) in [
        (with(Some("1"), false, 100), "Invoice"),
        (with(Some("1"), false, 0), "Invoice"),
        (with(Some("1"), false, -1), "Credit invoice"),
        (with(Some("1"), true, 100), "Final invoice"),
        (with(Some("1"), true, -100), "Final credit invoice"),
        (with(None, false, 100), "Draft — not an invoice"),
        (with(None, true, -100), "Draft — not an invoice"),
    ] {
        assert_eq!(view(&bill)["title"], expected);
    }
}

#[test]
fn facts_that_a_bill_lacks_are_left_out() {
    assert_eq!(
        pairs(&view(&samples::short())["facts"]),
        [
            ("Invoice number", "NT-10042"),
            ("Invoice date (tax point)", "1 November 2026"),
            ("Due date", "1 December 2026"),
            ("Account", "1001"),
            ("Buyer reference", "Joinery"),
            ("Service period", "1–30 Nov 2026"),
            ("Usage up to", "31 October 2026"), // the cutoff, 1 November, is exclusive (X6)
        ]
    );
    let long = view(&samples::long());
    let labels: Vec<&str> = pairs(&long["facts"]).into_iter().map(|(label, _)| label).collect();
    assert_eq!(labels[4..8], ["Your reference", "Buyer reference", "Purchase order", "Your VAT number"]);
}

#[test]
fn what_is_due_is_the_balance() {
    let with = |pence| {
        let mut bill = samples::short();
        bill.balance.now = samples::pounds(pence);
        bill
    };
    for (pence, label, amount, note) in [
        (123_456, "Amount due", "£1,234.56", "by Direct Debit, on or after 1 December 2026"),
        (0, "Nothing to pay", "£0.00", "your account is settled"),
        (-500, "Credit on your account", "£5.00", "nothing to pay: it is set against your next invoice"),
    ] {
        let due = view(&with(pence))["due"].take();
        assert_eq!((text(&due["label"]), text(&due["amount"]), text(&due["note"])), (label, amount, note));
    }
}

#[test]
fn sums_and_balance() {
    let view = view(&samples::credit());
    assert_eq!(
        pairs(&view["totals"]),
        [
            ("Total excluding VAT", "−£316.67"),
            ("VAT", "−£63.33"), // 316.67 × 20 % = 63.334
        ]
    );
    assert_eq!(pairs(&Value::from(vec![view["total"].clone()])), [("Total including VAT", "−£380.00")]);
    assert_eq!(
        pairs(&view["balance"]),
        [("Balance brought forward", "£120.00"), ("This bill", "−£380.00"), ("Balance now", "−£260.00")]
    );
}

#[test]
fn a_credit_note_says_what_it_is_of_and_gives_back_b12() {
    let view = view(&samples::credit_note());
    assert_eq!(view["title"], "Credit note");
    assert_eq!(
        pairs(&view["facts"])[..4],
        [
            ("Credit note number", "NT-CN-000007"),
            ("Credit note date", "20 November 2026"),
            ("For invoice", "NT-10042"),
            ("Invoice date (tax point)", "1 November 2026"),
        ]
    );
    // 7.00 + 1.40 VAT: what is given back has no sign, the balance has.
    assert_eq!((text(&view["due"]["label"]), text(&view["due"]["amount"])), ("Credited", "£8.40"));
    assert_eq!(pairs(&view["totals"]), [("Total excluding VAT", "£7.00"), ("VAT", "£1.40")]);
    assert_eq!(
        pairs(&view["balance"]),
        [("Balance brought forward", "£120.00"), ("This credit note", "−£8.40"), ("Balance now", "£111.60")]
    );
    assert_eq!(view["messages"], serde_json::json!([["Reason: fault reported on 3 November"]]));
    assert!(view["payment"].is_null());
}

#[test]
fn a_reverse_charge_names_what_the_customer_accounts_for_v2() {
    let view = view(&samples::wordy());
    // 11,999,880.01 × 20 % = 2,399,976.002
    assert_eq!(view["notes"][0], "Reverse charge: the customer accounts for VAT of £2,399,976.00 (20%).");
    assert_eq!((text(&view["vat"][0]["rate"]), text(&view["vat"][0]["vat"])), ("reverse", "£0.00"));
}
