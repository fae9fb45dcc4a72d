//! Posting: numbers, entries, marks; what is refused; all or nothing (B11, B12, P6, L1).

use super::*;
use crate::domain::allowance::{AllowanceDraw, BucketKey, PerMeasure, Units};
use crate::domain::money::CallCharge;

/// Two drafted and approved bills of A1 (£20.00 + VAT) and A2 (£5.00 + VAT), with the numbers they get.
fn two_approved(ledger: &mut LedgerWriter) -> (i64, Bill, Bill) {
    let (first, second) = (bill("A1", "20.00", "0.00"), bill("A2", "5.00", "0.00"));
    let run = approved(ledger, &draft(&[(first.clone(), 0), (second.clone(), 0)]));
    (run, numbered(&first, "AC-000001"), numbered(&second, "AC-000002"))
}

/// Nothing of a posting has stayed.
#[track_caller]
fn assert_nothing_posted(ledger: &Ledger, run: i64) {
    for table in
        ["invoices", "entries", "charge_periods", "cap_use", "allowance_use", "next_message_used", "run_imports"]
    {
        assert_eq!(count(ledger, table), 0, "{table}");
    }
    assert_eq!(ledger.run(run).unwrap().status, RunStatus::Approved);
    assert_eq!(ledger.history("run", &run.to_string()).unwrap().len(), 2, "drafted, approved");
}

#[test]
fn numbers_count_up_in_each_series() {
    let (_dir, mut ledger) = new_ledger();
    let wanted = ["AC-", "bell-", "AC-", "bell-", "AC-"].map(Series::of_prefix);
    let expected = ["AC-000001", "bell-000001", "AC-000002", "bell-000002", "AC-000003"];
    assert_eq!(ledger.plan_numbers(&wanted).unwrap(), expected);
    assert_eq!(ledger.plan_numbers(&wanted).unwrap(), expected, "planning uses no number up");
    let (run, first, second) = two_approved(&mut ledger);
    ledger.post(run, "d1", &[posted(&first), posted(&second)], "f", &[]).unwrap();
    assert_eq!(ledger.plan_numbers(&wanted[..2]).unwrap(), ["AC-000003", "bell-000001"]);
}

#[test]
fn posting_leaves_invoices_entries_and_marks() {
    let (_dir, mut ledger) = new_ledger();
    let (import, totals) = usage_import(1, 'a', 10);
    ledger.record_import(&import, &totals, &[]).unwrap();
    let (mut first, second) = (bill("A1", "20.00", "0.00"), bill("A2", "-5.00", "0.00"));
    first.is_final = true;
    let run = approved(&mut ledger, &draft(&[(first.clone(), 7), (second.clone(), 2)]));
    let (first, second) = (numbered(&first, "AC-000001"), numbered(&second, "AC-000002"));
    let caps = [("+447700900123".to_owned(), date("2026-10-01"), CallCharge::parse("9.99").unwrap())];
    let bills = [
        PostedBill {
            periods: &[period(11, false), period(11, true)],
            cap_use: &caps,
            usage_records: 7,
            next_message: Some("welcome"),
            ..posted(&first)
        },
        PostedBill { usage_records: 2, ..posted(&second) },
    ];
    ledger.post(run, "d1", &bills, "runs/1.parquet", &[(1, 9)]).unwrap();
    let row = ledger.run(run).unwrap();
    assert_eq!((row.status, row.billed_file.as_deref()), (RunStatus::Posted, Some("runs/1.parquet")));
    assert_eq!(row.posted_at.as_deref(), Some("2026-11-01T08:00:00Z"));
    let invoices = ledger.invoices(InvoiceFilter { run: Some(run), account: None }).unwrap();
    assert_eq!(invoices.len(), 2);
    // 20.00 + 4.00 VAT; a credit of 5.00 + 1.00 VAT is an invoice as well (B7).
    assert_eq!(
        (invoices[0].net, invoices[0].vat, invoices[0].gross),
        (pounds("20.00"), pounds("4.00"), pounds("24.00"))
    );
    assert!(invoices[0].is_final && !invoices[1].is_final);
    assert_eq!((ledger.balance("A1").unwrap(), ledger.balance("A2").unwrap()), (pounds("24.00"), pounds("-6.00")));
    assert_eq!(ledger.invoice("AC-000001").unwrap().unwrap().bill, first);
    assert_eq!(ledger.invoice("AC-000009").unwrap(), None);
    assert_eq!(state(&ledger, "A1").billed_periods, [period(11, false), period(11, true)]);
    assert_eq!(ledger.cap_use("A1").unwrap(), caps);
    assert_eq!(state(&ledger, "A1").next_message_used.as_deref(), Some("welcome"));
    assert_eq!(state(&ledger, "A2").next_message_used, None);
    assert_eq!(ledger.run_imports(run).unwrap(), [(1, 9)]);
    assert_eq!(ledger.history("invoice", "AC-000001").unwrap().len(), 1);
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn the_next_run_goes_on_where_the_last_one_ended() {
    let (_dir, mut ledger) = new_ledger();
    let cap = |charge: &str| [("+447700900123".to_owned(), date("2026-10-01"), CallCharge::parse(charge).unwrap())];
    let mut bills = Vec::new();
    for (month, previous, charge, message) in
        [(9, "0.00", "3.00", "one"), (10, "24.00", "7.50", "two"), (11, "48.00", "8.00", "one")]
    {
        let drafted = bill("A1", "20.00", previous);
        let run = approved(&mut ledger, &draft(&[(drafted.clone(), 0)]));
        let number = &ledger.plan_numbers(std::slice::from_ref(acme())).unwrap()[0];
        let bill = numbered(&drafted, number);
        let (periods, caps) = ([period(month, false)], cap(charge));
        let posting = PostedBill { periods: &periods, cap_use: &caps, next_message: Some(message), ..posted(&bill) };
        ledger.post(run, "d1", &[posting], "f", &[]).unwrap();
        bills.push(bill);
    }
    bills.reverse();
    assert_eq!(ledger.last_bills("A1", 2).unwrap(), bills[..2], "the latest first");
    assert_eq!(ledger.last_bills("A1", 9).unwrap(), bills);
    assert_eq!(ledger.cap_use("A1").unwrap(), cap("8.00"), "the new total, not the sum");
    assert_eq!(state(&ledger, "A1").next_message_used.as_deref(), Some("one"), "the last one printed");
    assert_eq!(ledger.invoices(InvoiceFilter { run: Some(2), account: Some("A1") }).unwrap().len(), 1);
    assert_eq!(ledger.invoices(InvoiceFilter { run: None, account: Some("A1") }).unwrap().len(), 3);
    assert_eq!(ledger.invoices(InvoiceFilter::default()).unwrap().len(), 3);
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_allowances_were_drawn_is_kept_by_invoice() {
    let (_dir, mut ledger) = new_ledger();
    // 10^15 bytes with 12 decimals are beyond 64 bits.
    let drawn = |bytes: i128| AllowanceDraw {
        from: BucketKey {
            allowance: "Data".into(),
            scope: "customer".into(),
            held_from: date("2026-01-01"),
            granted_for: date("2026-10-01"),
        },
        drawn: PerMeasure([0, 1, bytes * 1_000_000_000_000, 0, 333_333_333_334].map(Units::from_wide)),
    };
    for (previous, bytes) in [("0.00", 1_000_000_000_000_000), ("24.00", 7)] {
        let drafted = bill("A1", "20.00", previous);
        let run = approved(&mut ledger, &draft(&[(drafted.clone(), 0)]));
        let bill = numbered(&drafted, &ledger.plan_numbers(std::slice::from_ref(acme())).unwrap()[0]);
        let posting = PostedBill { allowance_use: &[drawn(bytes)], ..posted(&bill) };
        ledger.post(run, "d1", &[posting], "f", &[]).unwrap();
    }
    assert_eq!(state(&ledger, "A1").allowance_use, [drawn(1_000_000_000_000_000), drawn(7)]);
    // A voided invoice gives back what it drew.
    for sql in [
        "INSERT INTO credit_notes (number, series, sequence, account, organisation, invoice, date, net_minor, vat_minor,
           gross_minor, currency, reason, bill_json, posted_at) VALUES ('CR1', 'CR', 1, 'A1', 'acme', 'AC-000001',
           '2026-11-01', -2000, -400, -2400, 'GBP', 'wrong', '{}', '2026-11-01T08:00:00Z')",
        "INSERT INTO voids (invoice, credit_note, at) VALUES ('AC-000001', 'CR1', '2026-11-01T08:00:00Z')",
    ] {
        ledger.connection.execute(sql, []).unwrap();
    }
    assert_eq!(state(&ledger, "A1").allowance_use, [drawn(7)]);
    let changed = ledger.connection.execute("UPDATE allowance_use SET bytes_e12 = '0'", []).map_err(LedgerError::from);
    assert_refused(changed, "use of an allowance is never changed");
}

#[test]
fn a_run_is_posted_once() {
    let (_dir, mut ledger) = new_ledger();
    let (run, first, second) = two_approved(&mut ledger);
    let bills = [posted(&first), posted(&second)];
    ledger.post(run, "d1", &bills, "f", &[]).unwrap();
    assert_refused(ledger.post(run, "d1", &bills, "f", &[]), "it is posted");
    assert_refused(ledger.discard(run), "it is posted");
    assert_refused(ledger.replace_draft(run, &draft(&[])), "it is posted");
    assert_eq!(count(&ledger, "invoices"), 2);
}

#[test]
fn what_is_posted_is_what_was_approved() {
    let (_dir, mut ledger) = new_ledger();
    let (run, first, second) = two_approved(&mut ledger);
    let (one, two) = (posted(&first), posted(&second));
    assert_refused(ledger.post(run, "d0", &[one, two], "f", &[]), "it is d1, not d0");
    assert_refused(ledger.post(run, "d1", &[one], "f", &[]), "it has 2 invoices, 1 are to be posted");
    assert_refused(ledger.post(run, "d1", &[one, two], "", &[]), "no file says which usage it bills");
    let other_words = Bill { messages: vec!["changed".into()], ..second.clone() };
    assert_refused(
        ledger.post(run, "d1", &[one, posted(&other_words)], "f", &[]),
        "the bill of A2 is not the one in the draft",
    );
    let more_usage = PostedBill { usage_records: 1, ..two };
    assert_refused(ledger.post(run, "d1", &[one, more_usage], "f", &[]), "the bill of A2 is not the one in the draft");
    for wrong in ["AC-000003", "AC-000001", "XX-000002"] {
        let wrong = numbered(&second, wrong);
        assert_refused(ledger.post(run, "d1", &[one, posted(&wrong)], "f", &[]), "the next one is AC-000002");
    }
    let unnumbered = Bill { number: None, ..second.clone() };
    assert_refused(ledger.post(run, "d1", &[one, posted(&unnumbered)], "f", &[]), "has number none");
    assert_nothing_posted(&ledger, run);
    ledger.post(run, "d1", &[one, two], "f", &[]).unwrap();
}

#[test]
fn usage_on_bills_is_the_usage_of_imports() {
    let (_dir, mut ledger) = new_ledger();
    for (id, sha) in [(1, 'a'), (2, 'b')] {
        let (import, totals) = usage_import(id, sha, 5);
        ledger.record_import(&import, &totals, &[]).unwrap();
    }
    ledger.delete_import(2).unwrap();
    ledger.delete_usage(1, &[RowRange { first: 0, last: 0 }], 0).unwrap();
    let drafted = bill("A1", "20.00", "0.00");
    let run = approved(&mut ledger, &draft(&[(drafted.clone(), 5)]));
    let number = numbered(&drafted, "AC-000001");
    let bills = [PostedBill { usage_records: 5, ..posted(&number) }];
    for (imports, why) in [
        (&[(1, 4)][..], "5 usage records are on its bills, 4 come from imports"),
        (&[(2, 5)], "import 2 is deleted"),
        (&[(1, 5)], "5 records of import 1 would be billed, of 5 with 0 duplicates, 0 conflicts, 1 deleted"),
        (&[(3, 5)], "there is no such import"),
    ] {
        assert_refused(ledger.post(run, "d1", &bills, "f", imports), why);
    }
    assert_nothing_posted(&ledger, run);
    ledger.restore_usage(1, &[RowRange { first: 0, last: 0 }]).unwrap();
    ledger.post(run, "d1", &bills, "f", &[(1, 5)]).unwrap();
}

#[test]
fn a_draft_that_the_ledger_has_overtaken_is_refused() {
    let (_dir, mut ledger) = new_ledger();
    let (early, late) = (bill("A1", "20.00", "0.00"), bill("A1", "21.00", "0.00"));
    let other = bill("A2", "5.00", "0.00");
    let first = approved(&mut ledger, &draft(&[(early.clone(), 0)]));
    let second = approved(&mut ledger, &draft(&[(late.clone(), 0)]));
    let third = approved(&mut ledger, &draft(&[(other.clone(), 0)]));
    ledger.post(first, "d1", &[posted(&numbered(&early, "AC-000001"))], "f", &[]).unwrap();
    let late = numbered(&late, "AC-000002");
    assert_refused(ledger.post(second, "d1", &[posted(&late)], "f", &[]), "A1 got the invoice AC-000001 since");
    ledger.post(third, "d1", &[posted(&numbered(&other, "AC-000002"))], "f", &[]).unwrap();
    // Drafted after the invoice, but with a balance that does not know of it.
    let stale = bill("A1", "1.00", "0.00");
    let fourth = approved(&mut ledger, &draft(&[(stale.clone(), 0)]));
    let stale = numbered(&stale, "AC-000003");
    assert_refused(ledger.post(fourth, "d1", &[posted(&stale)], "f", &[]), "the balance of A1 changed");
}

#[test]
fn a_period_is_billed_once_and_a_failure_in_the_middle_leaves_nothing() {
    let (_dir, mut ledger) = new_ledger();
    let (run, first, second) = two_approved(&mut ledger);
    let twice = [period(11, false), period(11, false)];
    let caps = [("+447700900123".to_owned(), date("2026-10-01"), CallCharge::ONE)];
    let good = PostedBill { periods: &twice[..1], cap_use: &caps, next_message: Some("hello"), ..posted(&first) };
    // The first bill is written when the second one fails.
    let bad = PostedBill { periods: &twice, ..posted(&second) };
    assert_refused(
        ledger.post(run, "d1", &[good, bad], "f", &[]),
        "rental of A2 was billed before for days from 2026-11-01 to 2026-11-28 (P6)",
    );
    assert_nothing_posted(&ledger, run);
    assert_eq!(count(&ledger, "audit"), 2);
    let not_charged = [period(10, true)];
    let bad = PostedBill { periods: &not_charged, ..posted(&second) };
    assert_refused(ledger.post(run, "d1", &[good, bad], "f", &[]), "rental of A2 is not billed for all days");
    // The credit of a period is another thing than the period, and so is the same charge id of another customer.
    let with_credit = [period(11, false), period(11, true)];
    let mended = PostedBill { periods: &with_credit, ..posted(&second) };
    ledger.post(run, "d1", &[good, mended], "f", &[]).unwrap();
    let again = bill("A1", "1.00", "24.00");
    let next = approved(&mut ledger, &draft(&[(again.clone(), 0)]));
    let again = numbered(&again, "AC-000003");
    let posting = PostedBill { periods: &twice[..1], ..posted(&again) };
    assert_refused(ledger.post(next, "d1", &[posting], "f", &[]), "rental of A1 was billed before for days");
    // What was given back may be charged again, once (P6, B10).
    let balance = ledger.balance("A2").unwrap();
    let second_again = bill("A2", "1.00", &balance.format(Currency::GBP));
    let next = approved(&mut ledger, &draft(&[(second_again.clone(), 0)]));
    let second_again = numbered(&second_again, "AC-000003");
    ledger.post(next, "d1", &[PostedBill { periods: &twice[..1], ..posted(&second_again) }], "g", &[]).unwrap();
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn what_is_posted_stays() {
    let (_dir, mut ledger) = new_ledger();
    let (run, first, second) = two_approved(&mut ledger);
    let bills = [PostedBill { periods: &[period(11, false)], ..posted(&first) }, posted(&second)];
    ledger.post(run, "d1", &bills, "f", &[]).unwrap();
    for (sql, why) in [
        ("UPDATE invoices SET gross_minor = 0", "a posted invoice is never changed"),
        ("DELETE FROM invoices", "a posted invoice is never deleted"),
        ("UPDATE entries SET amount_minor = 0", "an entry is never changed"),
        ("DELETE FROM entries", "an entry is never deleted"),
        ("UPDATE charge_periods SET amount_minor = 0", "a billed period is never changed"),
        ("DELETE FROM charge_periods", "a billed period is never deleted"),
        ("UPDATE runs SET status = 'draft'", "a posted run is never changed"),
        ("DELETE FROM runs", "only a draft can be discarded"),
        (
            "INSERT INTO entries (account, kind, amount_minor, currency, date, at)
             VALUES ('A1', 'payment', 1, 'EUR', '2026-11-01', '2026-11-01T08:00:00Z')",
            "an account has entries in one currency only",
        ),
    ] {
        let result = ledger.connection.execute(sql, []).map_err(LedgerError::from);
        assert_refused(result, why);
    }
}
