//! Voids and undone runs: what they release, what stands against them, all or nothing (B12, B13, P6, S3).

use super::*;
use crate::domain::bill::{CreditedInvoice, DocumentKind};
use crate::domain::money::CallCharge;

/// A ledger with a posted run: AC-000001 of A1 with 3 of 10 records, November's rental, a cap and a message; AC-000002 of A2
/// with 2 records and a service line.
fn with_run() -> (tempfile::TempDir, LedgerWriter) {
    let (dir, mut ledger) = new_ledger();
    let customers = table("customers", "account", "account", &[&["A1"], &["A2"]]);
    ledger.apply_book(&[customers], ApplyMode::Insert, Currency::GBP, false).unwrap();
    let (usage, totals) = usage_import(1, 'a', 10);
    ledger.record_import(&usage, &totals, &[]).unwrap();
    let (services, totals, lines) = services_import(2, 'b', 2);
    ledger.record_import(&services, &totals, &lines).unwrap();
    post_run(&mut ledger, ["AC-000001", "AC-000002"], ["0.00", "0.00"]);
    (dir, ledger)
}

fn caps() -> [CapTotal; 1] {
    [("+447700900123".to_owned(), date("2026-10-01"), CallCharge::parse("9.99").unwrap())]
}

fn post_run(ledger: &mut LedgerWriter, numbers: [&str; 2], previous: [&str; 2]) -> i64 {
    let drafted = [bill("A1", "20.00", previous[0]), bill("A2", "5.00", previous[1])];
    let run = approved(ledger, &draft(&[(drafted[0].clone(), 3), (drafted[1].clone(), 2)]));
    let bills = [numbered(&drafted[0], numbers[0]), numbered(&drafted[1], numbers[1])];
    let (periods, caps) = ([period(11, false)], caps());
    let postings = [
        PostedBill {
            periods: &periods,
            cap_use: &caps,
            usage_records: 3,
            next_message: Some("hello"),
            ..posted(&bills[0])
        },
        PostedBill { services: &[(2, 0)], usage_records: 2, ..posted(&bills[1]) },
    ];
    ledger.post(run, "d1", &postings, &format!("runs/{run}.parquet"), &[(1, 5)]).unwrap();
    run
}

/// A credit note of so much ex VAT on an invoice.
fn credit(number: &str, invoice: &str, account: &str, net: &str, previous: &str) -> Bill {
    Bill {
        document: DocumentKind::CreditNote,
        number: Some(number.into()),
        credits: Some(CreditedInvoice { number: invoice.into(), date: date("2026-11-01") }),
        reason: "mistake".into(),
        ..bill(account, net, previous)
    }
}

fn series() -> Series {
    Series::of_prefix("AC-CN-")
}

fn rows(first: u32, last: u32) -> (i64, RowRange) {
    (1, RowRange { first, last })
}

fn void(ledger: &mut LedgerWriter, bill: &Bill, released: &[(i64, RowRange)]) -> Result<(), LedgerError> {
    let series = series();
    let note = NewCreditNote { bill, series: &series, periods: &[] };
    let invoice = &bill.credits.as_ref().unwrap().number;
    ledger.void_invoice(&Voiding { invoice, note, released }, false)
}

fn undo(ledger: &mut LedgerWriter, run: i64, notes: &[Bill]) -> Result<(), LedgerError> {
    let series = series();
    let notes: Vec<_> = notes.iter().map(|bill| NewCreditNote { bill, series: &series, periods: &[] }).collect();
    ledger.undo_run(run, &notes, false)
}

fn pay(ledger: &mut LedgerWriter, account: &str, amount: &str, invoice: &str) -> i64 {
    let payment = Movement {
        account: account.into(),
        amount: pounds(amount),
        currency: Currency::GBP,
        date: date("2026-11-02"),
        reference: format!("{account} {amount}"),
        method: None,
        invoice: Some(invoice.into()),
        note: None,
    };
    ledger.record_payments(&[payment], false).unwrap()[0].entry.id
}

fn standing(ledger: &Ledger, number: &str) -> (InvoiceState, String) {
    let standing = ledger.standing(number).unwrap().unwrap();
    (standing.state, standing.open.format(Currency::GBP))
}

#[test]
fn what_a_voided_invoice_wrote_counts_as_never_billed() {
    let (_dir, mut ledger) = with_run();
    let first = credit("AC-CN-000001", "AC-000001", "A1", "-20.00", "24.00");
    void(&mut ledger, &first, &[rows(0, 1), rows(7, 7)]).unwrap();
    assert_eq!(ledger.balance("A1").unwrap(), Money::ZERO);
    assert_eq!(standing(&ledger, "AC-000001"), (InvoiceState::Void, "0.00".into()));
    let left = state(&ledger, "A1");
    assert_eq!((left.billed_periods, left.cap_use, left.next_message_used), (vec![], vec![], None));
    assert_eq!(ledger.cap_use("A1").unwrap(), []);
    assert_eq!(ledger.last_bills("A1", 3).unwrap(), []);
    assert_eq!(ledger.released_rows().unwrap(), [(1, vec![rows(0, 1), rows(7, 7)])].into());
    assert_eq!(ledger.unbilled_services().unwrap().len(), 1, "that of A2 is still billed");
    let second = credit("AC-CN-000002", "AC-000002", "A2", "-5.00", "6.00");
    void(&mut ledger, &second, &[rows(8, 9)]).unwrap();
    assert_eq!(ledger.unbilled_services().unwrap().len(), 2);
    assert_eq!(ledger.run(1).unwrap().status, RunStatus::Posted, "a run of void invoices is not an undone one");
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());

    // All of it is billed again, under new numbers; the next message is printed again, the import has no more than it had.
    post_run(&mut ledger, ["AC-000003", "AC-000004"], ["0.00", "0.00"]);
    assert_eq!(state(&ledger, "A1").billed_periods, [period(11, false)]);
    assert_eq!(ledger.cap_use("A1").unwrap(), caps());
    assert_eq!(ledger.balance("A1").unwrap(), pounds("24.00"));
    assert_refused(ledger.delete_import(1), "5 of its rows are billed");
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn an_import_whose_invoices_are_void_can_be_deleted() {
    let (_dir, mut ledger) = with_run();
    assert_refused(ledger.delete_import(1), "5 of its rows are billed");
    void(&mut ledger, &credit("AC-CN-000001", "AC-000001", "A1", "-20.00", "24.00"), &[rows(0, 2)]).unwrap();
    assert_refused(ledger.delete_import(1), "2 of its rows are billed");
    void(&mut ledger, &credit("AC-CN-000002", "AC-000002", "A2", "-5.00", "6.00"), &[rows(8, 9)]).unwrap();
    ledger.delete_import(1).unwrap();
    ledger.delete_import(2).unwrap();
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_void_takes_what_credit_notes_left() {
    let (_dir, mut ledger) = with_run();
    let part = credit("AC-CN-000001", "AC-000001", "A1", "-5.00", "24.00");
    let series = series();
    ledger.post_credit_note(&NewCreditNote { bill: &part, series: &series, periods: &[] }, false).unwrap();
    assert_eq!(standing(&ledger, "AC-000001"), (InvoiceState::Open, "18.00".into()));
    let too_little = credit("AC-CN-000002", "AC-000001", "A1", "-10.00", "18.00");
    assert_refused(void(&mut ledger, &too_little, &[rows(0, 2)]), "the credit note leaves something of AC-000001");
    let rest = credit("AC-CN-000002", "AC-000001", "A1", "-15.00", "18.00");
    void(&mut ledger, &rest, &[rows(0, 2)]).unwrap();
    assert_eq!(ledger.balance("A1").unwrap(), Money::ZERO);
    assert_refused(void(&mut ledger, &rest, &[rows(0, 2)]), "is void already, by credit note AC-CN-000002");
    let more = credit("AC-CN-000003", "AC-000001", "A1", "-1.00", "0.00");
    assert_refused(
        ledger.post_credit_note(&NewCreditNote { bill: &more, series: &series, periods: &[] }, false),
        "it is void",
    );
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn paid_invoices_are_not_voided_until_the_payment_is_reversed() {
    let (_dir, mut ledger) = with_run();
    let payment = pay(&mut ledger, "A1", "1.00", "AC-000001");
    assert_eq!(standing(&ledger, "AC-000001"), (InvoiceState::PartPaid, "23.00".into()));
    let note = credit("AC-CN-000001", "AC-000001", "A1", "-20.00", "23.00");
    assert_refused(void(&mut ledger, &note, &[rows(0, 2)]), "it is paid in whole or in part");
    assert_eq!(count(&ledger, "credit_notes"), 0);
    ledger.reverse_entry(payment, date("2026-11-03"), false).unwrap();
    void(&mut ledger, &credit("AC-CN-000001", "AC-000001", "A1", "-20.00", "24.00"), &[rows(0, 2)]).unwrap();
    assert_eq!(ledger.balance("A1").unwrap(), Money::ZERO);
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn an_invoice_that_a_later_one_settles_is_voided_after_it() {
    let (_dir, mut ledger) = with_run();
    let drafted = bill("A1", "-20.00", "24.00");
    let run = approved(&mut ledger, &draft(&[(drafted.clone(), 0)]));
    let bill = numbered(&drafted, "AC-000003");
    ledger.post(run, "d1", &[PostedBill { periods: &[period(11, true)], ..posted(&bill) }], "f", &[]).unwrap();
    let note = credit("AC-CN-000001", "AC-000001", "A1", "-20.00", "0.00");
    assert_refused(
        void(&mut ledger, &note, &[rows(0, 2)]),
        "the later invoice AC-000003 settles days of charge rental",
    );
    void(&mut ledger, &credit("AC-CN-000001", "AC-000003", "A1", "20.00", "0.00"), &[]).unwrap();
    assert_eq!(state(&ledger, "A1").billed_periods, [period(11, false)]);
    void(&mut ledger, &credit("AC-CN-000002", "AC-000001", "A1", "-20.00", "24.00"), &[rows(0, 2)]).unwrap();
    assert_eq!(ledger.balance("A1").unwrap(), Money::ZERO);
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_run_is_undone_as_a_unit() {
    let notes = || {
        [
            credit("AC-CN-000001", "AC-000001", "A1", "-20.00", "24.00"),
            credit("AC-CN-000002", "AC-000002", "A2", "-5.00", "6.00"),
        ]
    };
    let (_dir, mut ledger) = with_run();
    assert_refused(undo(&mut ledger, 1, &notes()[..1]), "2 invoices are not void, 1 credit notes were made");
    undo(&mut ledger, 1, &notes()).unwrap();
    assert_eq!(ledger.run(1).unwrap().status, RunStatus::Undone);
    assert_eq!(ledger.runs().unwrap()[0].undone_at.as_deref(), Some("2026-11-01T08:00:00Z"));
    assert_eq!(count(&ledger, "released_rows"), 0, "all of the run is released, row by row is not needed");
    assert_eq!(ledger.unbilled_services().unwrap().len(), 2);
    assert_eq!((ledger.balance("A1").unwrap(), ledger.balance("A2").unwrap()), (Money::ZERO, Money::ZERO));
    assert_refused(undo(&mut ledger, 1, &[]), "it is undone");
    assert_refused(ledger.replace_draft(1, &draft(&[])), "it is undone");
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
    post_run(&mut ledger, ["AC-000003", "AC-000004"], ["0.00", "0.00"]);
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());

    // One that was voided before keeps its credit note.
    let (_dir, mut ledger) = with_run();
    void(&mut ledger, &notes()[0], &[rows(0, 2)]).unwrap();
    undo(&mut ledger, 1, &notes()[1..]).unwrap();
    assert_eq!(ledger.released_rows().unwrap(), ReleasedRows::new());
    ledger.delete_import(1).unwrap();
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn a_run_with_invoices_sent_or_paid_is_not_undone_and_they_are_named() {
    let (_dir, mut ledger) = with_run();
    pay(&mut ledger, "A2", "6.00", "AC-000002");
    ledger.mark_sent(&["AC-000001"], "by hand", false).unwrap();
    let before = count(&ledger, "audit");
    assert_refused(
        undo(&mut ledger, 1, &[]),
        "AC-000001 was sent (by hand)\n  AC-000002: it is paid in whole or in part",
    );
    assert_eq!((count(&ledger, "credit_notes"), count(&ledger, "voids"), count(&ledger, "audit")), (0, 0, before));
    assert!(ledger.standing("AC-000001").unwrap().unwrap().sent_at.is_some());
    assert_refused(ledger.mark_sent(&["AC-000001", "AC-000009"], "by hand", false), "there is no such invoice");
    // What was sent can be voided by itself.
    void(&mut ledger, &credit("AC-CN-000001", "AC-000001", "A1", "-20.00", "24.00"), &[rows(0, 2)]).unwrap();
    assert_refused(ledger.mark_sent(&["AC-000001"], "by hand", false), "is void already");
}

#[test]
fn what_is_wrong_with_a_void_is_refused_and_nothing_changes() {
    let good = || credit("AC-CN-000001", "AC-000001", "A1", "-20.00", "24.00");
    type Case<'a> = (Bill, &'a [(i64, RowRange)], &'a str);
    let cases: [Case<'_>; 5] = [
        (good(), &[rows(0, 1)], "3 records are on it, 2 would be released"),
        (Bill { reason: String::new(), ..good() }, &[rows(0, 2)], "there is no reason"),
        (credit("AC-CN-000001", "AC-000009", "A1", "-20.00", "24.00"), &[], "there is no such invoice"),
        (credit("AC-CN-000001", "AC-000001", "A2", "-20.00", "6.00"), &[rows(0, 2)], "A2 has no such invoice"),
        (credit("AC-CN-000001", "AC-000001", "A1", "-21.00", "24.00"), &[rows(0, 2)], "a credit above the invoice"),
    ];
    for (bill, released, why) in cases {
        let (_dir, mut ledger) = with_run();
        let before = count(&ledger, "audit");
        assert_refused(void(&mut ledger, &bill, released), why);
        for table in ["credit_notes", "voids", "released_rows"] {
            assert_eq!(count(&ledger, table), 0, "{why}: {table}");
        }
        assert_eq!((count(&ledger, "entries"), count(&ledger, "audit")), (2, before), "{why}");
    }
}

#[test]
fn verify_sees_what_a_void_may_not_be() {
    let breaks = [
        (
            "INSERT INTO released_rows VALUES (1, 1, 4, 6, 'AC-000001')",
            "the usage that a void released is not that of its",
        ),
        ("INSERT INTO released_rows VALUES (1, 1, 1, 1, 'AC-000001')", "usage was released twice"),
        (
            "INSERT INTO undone_runs VALUES (1, '2026-11-01T08:00:00Z')",
            "AC-000002: an undone run has an invoice that is",
        ),
        (
            "PRAGMA foreign_keys = OFF; DROP TRIGGER entries_keep_delete; DELETE FROM entries WHERE kind = 'credit_note'",
            "has no entry of its amount",
        ),
        (
            "DROP TRIGGER credit_notes_keep_update; UPDATE credit_notes SET reason = 'other'",
            "does not say what its columns say",
        ),
        (
            "INSERT INTO voids VALUES ('AC-000002', 'AC-CN-000001', '2026-11-01T08:00:00Z')",
            "is voided by the credit note of another",
        ),
    ];
    for (sql, finding) in breaks {
        let (dir, mut ledger) = with_run();
        void(&mut ledger, &credit("AC-CN-000001", "AC-000001", "A1", "-20.00", "24.00"), &[rows(0, 2)]).unwrap();
        drop(ledger);
        plain(dir.path()).execute_batch(sql).unwrap();
        let found = Ledger::open(dir.path()).unwrap().verify().unwrap();
        assert!(found.iter().any(|found| found.contains(finding)), "{sql}: {found:?}");
    }
}
