//! Bills that lack something, and bills full of any text.

use std::path::PathBuf;

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

use super::xml::holdable;
use super::*;
use crate::domain::bill::{Amount, DocumentKind};
use crate::domain::contact::Contact;
use crate::domain::customer::Address;
use crate::domain::money::{Currency, Money};
use crate::domain::price_book::VatKind;
use crate::invoicing::samples;

/// A sample with an electronic address that Peppol knows.
fn reachable(mut bill: Bill) -> Bill {
    bill.customer.endpoint = "0088:9520000000004".into();
    bill
}

/// Set to a folder, `TOLLBOOK_SAMPLE_INVOICES` keeps the samples there for looking at.
#[test]
fn every_kind_of_bill_becomes_an_e_invoice() {
    let keep = std::env::var_os("TOLLBOOK_SAMPLE_INVOICES").map(PathBuf::from);
    for (name, bill) in [
        ("short", samples::short()),
        ("long", samples::long()),
        ("credit", samples::credit()),
        ("credit-note", samples::credit_note()),
        ("empty", samples::empty()),
        ("wordy", samples::wordy()),
    ] {
        let bill = reachable(bill);
        for syntax in [Syntax::Ubl, Syntax::Cii] {
            let bytes = syntax.render(&bill).unwrap_or_else(|findings| panic!("{name}: {findings:#?}"));
            assert_eq!(Ok(&bytes), syntax.render(&bill).as_ref(), "{name}: the same bytes");
            if let Some(folder) = &keep {
                let file = format!("{name}.{}", syntax.ending());
                std::fs::write(folder.join(file), bytes).expect("the folder can be written");
            }
        }
    }
}

/// The findings of a changed bill: term and reason, without the hints.
fn check(change: impl FnOnce(&mut Bill), expected: &[&str]) {
    let mut bill = reachable(samples::short());
    change(&mut bill);
    let found = ubl(&bill).err().unwrap_or_default();
    assert!(found.iter().all(|finding| !finding.hint.is_empty()));
    let found: Vec<_> = found.iter().map(|finding| format!("{}: {}", finding.term, finding.reason)).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_the_standard_asks_for_and_the_bill_lacks_is_listed() {
    const SELLER_VAT: &str = "BT-31, the seller's VAT number: organisation northwind";
    const BUYER_VAT: &str = "BT-48, the buyer's VAT number: customer 1001";
    const BUYER: &str = "BT-49, the buyer's electronic address: customer 1001";
    check(|_| {}, &[]);
    check(|bill| bill.number = None, &["BT-1, the invoice number: the bill of customer 1001 has none yet"]);
    check(
        |bill| bill.organisation.vat_number.clear(),
        &[&format!("{SELLER_VAT} has none, and no category of VAT goes without")],
    );
    check(
        |bill| bill.organisation.vat_number = "pending".into(),
        &[&format!("{SELLER_VAT}: \"pending\" is no country's code and a number")],
    );
    check(
        |bill| bill.customer.vat_number = "QQ123".into(),
        &[&format!("{BUYER_VAT}: \"QQ123\" is no country's code and a number")],
    );
    check(
        |bill| {
            bill.customer.vat_number.clear();
            bill.vat[0].kind = VatKind::ReverseCharge;
        },
        &[&format!("{BUYER_VAT} has none, and accounts for the VAT itself (reverse charge)")],
    );
    check(
        |bill| bill.organisation.address.country = "Albion".into(),
        &["BT-40, the seller's country: organisation northwind: \"Albion\" is no country that is known by name"],
    );
    check(
        |bill| bill.customer.address.country = "Lyonesse".into(),
        &["BT-55, the buyer's country: customer 1001: \"Lyonesse\" is no country that is known by name"],
    );
    check(
        |bill| {
            bill.customer.endpoint.clear();
            bill.customer.vat_number.clear();
        },
        &[&format!("{BUYER} has none")],
    );
    check(
        |bill| bill.customer.endpoint = "EM:a@example.com".into(),
        &[&format!("{BUYER} has a mail address only, which Peppol does not deliver to")],
    );
    check(
        |bill| bill.customer.endpoint = "0088:9520000000005".into(),
        &[&format!("{BUYER} has 0088:9520000000005, which its check digit or form refuses")],
    );
    check(
        |bill| bill.lines[0].vat_code = "X".into(),
        &[
            "BT-151, the VAT category of a line: line 1 has the VAT code \"X\", of which the bill has no VAT",
            "BG-23, the VAT breakdown: VAT of 5.99 is on no line",
        ],
    );
}

#[test]
fn amounts_that_the_standard_cannot_hold_are_findings() {
    let dinars = Currency::parse("KWD").expect("a code");
    let mut bill = reachable(samples::short());
    bill.currency = dinars;
    let found = cii(&bill).expect_err("three decimals");
    assert!(found[0].reason.contains("KWD has 3 decimals"), "{found:?}");
    // 0.99 apart is near enough (BR-CO-17), 1.00 is not.
    let mut bill = reachable(samples::short());
    let stated = bill.vat[0].vat;
    for (apart, expected) in [(99, 0), (-99, 0), (100, 1), (-100, 1)] {
        bill.vat[0].vat = Amount { money: Money::from_minor(stated.money.minor() + apart), ..stated };
        let found = cii(&bill).err().unwrap_or_default();
        assert_eq!(found.len(), expected, "{apart}: {found:?}");
        assert!(found.iter().all(|finding| finding.hint.contains("vat_rounding")));
    }
    // What cannot be turned around is no panic.
    let mut bill = samples::credit_note();
    bill.lines[0].amount.money = Money::from_minor(i64::MIN);
    assert!(cii(&bill).expect_err("out of range")[0].reason.contains("out of range"));
}

/// All texts of a document, if it is well formed.
fn texts(document: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(document).expect("UTF-8");
    let mut reader = Reader::from_str(text);
    let (mut found, mut open) = (vec![String::new()], 0);
    loop {
        match reader.read_event().expect("well formed") {
            Event::Start(_) => {
                open += 1;
                found.push(String::new());
            }
            Event::End(_) => {
                open -= 1;
                found.push(String::new());
            }
            Event::Text(part) => found.last_mut().expect("one").push_str(&part),
            Event::GeneralRef(entity) => {
                let entity = format!("&{};", &*entity);
                found.last_mut().expect("one").push_str(&unescape(&entity).expect("a known entity"));
            }
            Event::Eof => {
                assert_eq!(open, 0, "all is closed");
                return found;
            }
            Event::Empty(_) | Event::Decl(_) => {}
            other => panic!("{other:?} is nothing that an e-invoice has"),
        }
    }
}

/// A bill with other texts in all of its fields that may hold any.
fn filled_with(texts: &[String]) -> Bill {
    let mut next = texts.iter().cycle().cloned();
    let mut text = || next.next().expect("there are texts");
    let mut bill = reachable(samples::credit_note());
    bill.document = DocumentKind::CreditNote;
    bill.number = Some(format!("N{}", text()));
    bill.reason = text();
    bill.messages = vec![text(), text()];
    for address in [&mut bill.organisation.address, &mut bill.customer.address] {
        *address = Address {
            lines: vec![text(), text(), text(), text()],
            town: text(),
            county: text(),
            postcode: text(),
            country: "GB".into(),
        };
    }
    bill.organisation.name = format!("O{}", text());
    bill.organisation.company_number = text();
    bill.organisation.contact = Contact { email: text(), telephone: text(), website: text() };
    bill.customer.name = format!("C{}", text());
    bill.customer.account = format!("A{}", text());
    bill.customer.reference = text();
    bill.customer.purchase_order = text();
    bill.customer.buyer_reference = text();
    bill.vat.iter_mut().for_each(|vat| vat.label = text());
    for line in &mut bill.lines {
        (line.description, line.details, line.cli) = (text(), text(), text());
        (line.category, line.cost_centre, line.proration) = (text(), text(), text());
    }
    bill
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_stays_text_in_both_syntaxes_o3(
        texts_in in proptest::collection::vec(any::<String>(), 1..8),
        wide in proptest::collection::vec(proptest::collection::vec(any::<char>(), 1..20), 1..4),
    ) {
        let all: Vec<String> = texts_in.into_iter().chain(wide.into_iter().map(|text| text.into_iter().collect())).collect();
        let bill = filled_with(&all);
        for syntax in [Syntax::Ubl, Syntax::Cii] {
            let found = texts(&syntax.render(&bill).expect("it lacks nothing"));
            for said in [&bill.organisation.name, &bill.customer.name, bill.number.as_ref().expect("a number")] {
                prop_assert!(found.iter().any(|text| *text == holdable(said)), "{said:?} is not in {found:?}");
            }
            for line in &bill.lines {
                let is_there = line.details.trim().is_empty() || found.iter().any(|text| *text == holdable(&line.details));
                prop_assert!(is_there, "{:?} is not in {found:?}", line.details);
            }
        }
    }
}
