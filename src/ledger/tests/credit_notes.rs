//! Credit notes: their own series, what they leave of an invoice, what they pay, what is refused (B11, B12).

use super::*;
use crate::domain::bill::{CreditedInvoice, DocumentKind};

fn credits() -> Series {
    Series::of_prefix("AC-CN-")
}

/// A ledger with the invoice AC-000001 of A1: £20.00 and £4.00 VAT, for November's rental.
fn with_invoice() -> (tempfile::TempDir, LedgerWriter) {
    let (dir, mut ledger) = new_ledger();
    let drafted = bill("A1", "20.00", "0.00");
    let run = approved(&mut ledger, &draft(&[(drafted.clone(), 0)]));
    let bill = numbered(&drafted, "AC-000001");
    let posting = PostedBill { periods: &[period(11, false)], ..posted(&bill) };
    ledger.post(run, "d1", &[posting], "f", &[]).unwrap();
    (dir, ledger)
}

/// A credit note of so much (negative) ex VAT on the invoice.
fn credit(number: &str, net: &str, previous: &str) -> Bill {
    Bill {
        document: DocumentKind::CreditNote,
        number: Some(number.into()),
        credits: Some(CreditedInvoice { number: "AC-000001".into(), date: date("2026-11-01") }),
        reason: "line was down".into(),
        ..bill("A1", net, previous)
    }
}

fn post(ledger: &mut LedgerWriter, bill: &Bill) -> Result<(), LedgerError> {
    ledger.post_credit_note(&NewCreditNote { bill, series: &credits(), periods: &[] }, false)
}

#[test]
fn a_credit_note_lowers_the_balance_and_pays_its_invoice() {
    let (_dir, mut ledger) = with_invoice();
    assert_eq!(ledger.plan_credit_numbers(&[credits(), credits()]).unwrap(), ["AC-CN-000001", "AC-CN-000002"]);
    let first = credit("AC-CN-000001", "-5.00", "24.00");
    post(&mut ledger, &first).unwrap();
    // 20.00 − 5.00 = 15.00 ex VAT, 24.00 − 6.00 = 18.00 with it.
    assert_eq!(ledger.balance("A1").unwrap(), pounds("18.00"));
    assert_eq!(ledger.credit_note("AC-CN-000001").unwrap().unwrap().1, first);
    assert_eq!(ledger.credits_of("AC-000001").unwrap(), [first]);
    let row = &ledger.credit_notes(Some("A1")).unwrap()[0];
    assert_eq!((row.gross, row.reason.as_str(), row.is_void), (pounds("-6.00"), "line was down", false));
    let open: Vec<_> = ledger.entries("A1").unwrap().into_iter().map(|entry| entry.open).collect();
    assert_eq!(open, [pounds("18.00"), pounds("0.00")]);
    post(&mut ledger, &credit("AC-CN-000002", "-15.00", "18.00")).unwrap();
    assert_eq!(ledger.balance("A1").unwrap(), Money::ZERO);
    assert_refused(
        post(&mut ledger, &credit("AC-CN-000003", "-0.01", "0.00")),
        "of VAT code S 0.00 and VAT 0.00 are left",
    );
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_credit_note_without_an_invoice_gives_periods_back() {
    let (_dir, mut ledger) = with_invoice();
    let bill = Bill { credits: None, ..credit("AC-CN-000001", "-20.00", "24.00") };
    let series = credits();
    let given_back = [period(11, true)];
    let note = NewCreditNote { bill: &bill, series: &series, periods: &given_back };
    ledger.post_credit_note(&note, false).unwrap();
    assert_eq!(state(&ledger, "A1").billed_periods, [period(11, false), period(11, true)]);
    let again = Bill { credits: None, ..credit("AC-CN-000002", "-20.00", "0.00") };
    assert_refused(
        ledger.post_credit_note(&NewCreditNote { bill: &again, ..note }, false),
        "is not billed for all days",
    );
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_is_wrong_with_a_credit_note_is_refused_and_nothing_changes() {
    let good = || credit("AC-CN-000001", "-5.00", "24.00");
    let of = |number: &str| Some(CreditedInvoice { number: number.into(), date: date("2026-11-01") });
    let rows = [
        (Bill { reason: " ".into(), ..good() }, "there is no reason"),
        (Bill { document: DocumentKind::Invoice, ..good() }, "the next one is AC-CN-000001"),
        (credit("AC-CN-000002", "-5.00", "24.00"), "the next one is AC-CN-000001"),
        (credit("AC-CN-000001", "-5.00", "20.00"), "the balance of A1 has changed"),
        (credit("AC-CN-000001", "-20.01", "24.00"), "a credit above the invoice: of VAT code S 20.00 and VAT 4.00"),
        (credit("AC-CN-000001", "5.00", "24.00"), "a credit above the invoice"),
        (Bill { credits: of("AC-000009"), ..good() }, "A1 has no such invoice"),
        (
            Bill { customer: bill("A2", "1.00", "0.00").customer, ..credit("AC-CN-000001", "-5.00", "0.00") },
            "A2 has no",
        ),
        (Bill { invoice_date: date("2026-10-31"), ..good() }, "its date is 2026-11-01"),
        (Bill { totals: bill("A1", "-4.00", "24.00").totals, ..good() }, "does not add up"),
    ];
    for (bill, why) in rows {
        let (_dir, mut ledger) = with_invoice();
        assert_refused(post(&mut ledger, &bill), why);
        assert_eq!((count(&ledger, "credit_notes"), count(&ledger, "entries")), (0, 1), "{why}");
    }
}
