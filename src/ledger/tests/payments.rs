//! Payments, bounces, refunds, write-offs: what they pay, what is refused, and that balances and allocations add up
//! whatever happens (L1–L3).

use proptest::prelude::*;

use super::*;
use crate::domain::open_items::Age;

/// A ledger with the customers A1 (owes £10.00 from before), A2 (dropped) and A3, and invoices: of A1 £24.00 due in
/// December and £12.00 due in November, of A2 £6.00.
fn ledger_with_debts() -> (tempfile::TempDir, LedgerWriter) {
    let (dir, mut ledger) = new_ledger();
    let rows: &[&[&str]] = &[&["A1", "", "10.00"], &["A2", "dropped", ""], &["A3", "", ""]];
    let customers = table("customers", "account", "account status opening_balance", rows);
    ledger.apply_book(&[customers], ApplyMode::Insert, Currency::GBP, false).unwrap();
    for (number, account, net, previous, due) in [
        ("AC-000001", "A1", "20.00", "10.00", "2026-12-15"),
        ("AC-000002", "A1", "10.00", "34.00", "2026-11-20"),
        ("AC-000003", "A2", "5.00", "0.00", "2026-12-15"),
    ] {
        let bill = Bill { due_date: date(due), ..bill(account, net, previous) };
        let run = approved(&mut ledger, &draft(&[(bill.clone(), 0)]));
        ledger.post(run, "d1", &[posted(&numbered(&bill, number))], "f", &[]).unwrap();
    }
    (dir, ledger)
}

fn movement(account: &str, amount: &str, on: &str, reference: &str) -> Movement {
    Movement {
        account: account.into(),
        amount: pounds(amount),
        currency: Currency::GBP,
        date: date(on),
        reference: reference.into(),
        method: None,
        invoice: None,
        note: None,
    }
}

fn naming(invoice: &str, movement: Movement) -> Movement {
    Movement { invoice: Some(invoice.into()), ..movement }
}

/// What is open of each debt of an account and left of each credit, in words.
fn standing(ledger: &Ledger, account: &str) -> Vec<String> {
    let entries = ledger.entries(account).unwrap();
    let open = entries.iter().filter(|entry| entry.open > Money::ZERO);
    open.map(|entry| format!("{} {}", entry.title(), entry.open.format(Currency::GBP))).collect()
}

#[track_caller]
fn assert_sound(ledger: &Ledger) {
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
    for account in ["A1", "A2", "A3"] {
        let entries = ledger.entries(account).unwrap();
        let sum = |pick: &dyn Fn(&AccountEntry) -> i64| -> i64 { entries.iter().map(pick).sum() };
        assert_eq!(ledger.balance(account).unwrap().minor(), sum(&|entry| entry.amount.minor()), "{account} (L1)");
        let open = sum(&|entry| if entry.is_debt() { entry.open.minor() } else { -entry.open.minor() });
        assert_eq!(open, sum(&|entry| entry.amount.minor()), "{account}: what is open comes to the balance");
    }
}

#[test]
fn payments_pay_the_oldest_first_or_what_they_name_l2() {
    let (_dir, mut ledger) = ledger_with_debts();
    let before = ["opening balance 10.00", "invoice AC-000001 24.00", "invoice AC-000002 12.00"];
    assert_eq!(standing(&ledger, "A1"), before);
    let dry = ledger.record_payments(&[movement("A1", "15.00", "2026-11-05", "r1")], true).unwrap();
    assert_eq!((dry[0].against.len(), standing(&ledger, "A1").len()), (2, 3), "a dry run shows and keeps nothing");
    // The opening balance is due at once (2026-11-01), then the invoice that is due in November.
    let paid = ledger.record_payments(&[movement("A1", "15.00", "2026-11-05", "r1")], false).unwrap();
    let against: Vec<_> = paid[0].against.iter().map(|(other, amount)| (other.title(), amount.minor())).collect();
    assert_eq!(against, [("opening balance".to_owned(), 1_000), ("invoice AC-000002".to_owned(), 500)]);
    assert_eq!(standing(&ledger, "A1"), ["invoice AC-000001 24.00", "invoice AC-000002 7.00"]);
    let named = naming("AC-000001", movement("A1", "30.00", "2026-11-06", "r2"));
    ledger.record_payments(&[named], false).unwrap();
    assert_eq!(standing(&ledger, "A1"), ["invoice AC-000002 1.00"]);
    ledger.record_payments(&[movement("A1", "5.00", "2026-11-07", "r3")], false).unwrap();
    assert_eq!(standing(&ledger, "A1"), ["payment r3 4.00"], "what is over stays on the account");
    assert_eq!(ledger.balance("A1").unwrap(), pounds("-4.00"));
    // It pays a later invoice when it is asked to.
    let next = bill("A1", "10.00", "-4.00");
    let run = approved(&mut ledger, &draft(&[(next.clone(), 0)]));
    ledger.post(run, "d1", &[posted(&numbered(&next, "AC-000004"))], "f", &[]).unwrap();
    assert_eq!(standing(&ledger, "A1"), ["payment r3 4.00", "invoice AC-000004 12.00"]);
    let made = ledger.allocate_credit(None, false).unwrap();
    assert_eq!((made.len(), standing(&ledger, "A1")), (1, vec!["invoice AC-000004 8.00".to_owned()]));
    assert_eq!(ledger.allocate_credit(Some("A1"), false).unwrap(), [], "a second time there is nothing to do");
    assert_sound(&ledger);
}

#[test]
fn all_of_a_file_or_none_of_it_l2() {
    let (_dir, mut ledger) = ledger_with_debts();
    let good = || movement("A1", "1.00", "2026-11-05", "r1");
    ledger.record_payments(&[good()], false).unwrap();
    let entries = count(&ledger, "entries");
    for (bad, why) in [
        (movement("A9", "1.00", "2026-11-05", "x"), "there is no such customer"),
        (movement("A1", "0.00", "2026-11-05", "x"), "its amount is not positive"),
        (movement("A1", "-1.00", "2026-11-05", "x"), "its amount is not positive"),
        (movement("A1", "1.00", "2026-11-05", "r1"), "the reference is taken"),
        (naming("AC-000009", movement("A1", "1.00", "2026-11-05", "x")), "A1 has no such invoice"),
        (naming("AC-000003", movement("A1", "1.00", "2026-11-05", "x")), "A1 has no such invoice"),
        (
            Movement { currency: Currency::parse("EUR").unwrap(), ..movement("A1", "1.00", "2026-11-05", "x") },
            "an account has entries in one currency only",
        ),
    ] {
        let other = movement("A3", "1.00", "2026-11-05", "fine");
        assert_refused(ledger.record_payments(&[other, bad], false), why);
        assert_eq!(count(&ledger, "entries"), entries, "{why}: something was kept");
    }
    // A reference is one of an account.
    ledger.record_payments(&[movement("A3", "1.00", "2026-11-05", "r1")], false).unwrap();
    assert_sound(&ledger);
}

#[test]
fn a_bounced_payment_opens_what_it_had_paid() {
    let (_dir, mut ledger) = ledger_with_debts();
    let open = standing(&ledger, "A1");
    let paid = ledger.record_payments(&[movement("A1", "40.00", "2026-11-05", "r1")], false).unwrap();
    let id = paid[0].entry.id;
    assert_refused(ledger.reverse_entry(id, date("2026-11-04"), false), "is before its date 2026-11-05");
    let reversal = ledger.reverse_entry(id, date("2026-11-09"), false).unwrap();
    assert_eq!((reversal.entry.amount, reversal.entry.note.as_deref()), (pounds("40.00"), Some("month end")));
    assert_eq!(standing(&ledger, "A1"), open, "all that it had paid is open again");
    assert_refused(ledger.reverse_entry(id, date("2026-11-09"), false), "it was reversed by entry");
    assert_refused(ledger.reverse_entry(reversal.entry.id, date("2026-11-09"), false), "it is reversal");
    assert_refused(ledger.reverse_entry(1, date("2026-11-09"), false), "it is opening balance");
    assert_refused(ledger.reverse_entry(2, date("2026-11-09"), false), "it is invoice AC-000001");
    assert_refused(ledger.reverse_entry(99, date("2026-11-09"), false), "there is no such entry");
    // As of a day before the bounce it was paid.
    let then = ledger.all_entries(Some(date("2026-11-08"))).unwrap();
    let then: Vec<_> = then.iter().filter(|entry| entry.account == "A1" && entry.open > Money::ZERO).collect();
    assert_eq!(then.iter().map(|entry| entry.title()).collect::<Vec<_>>(), ["invoice AC-000001"]);
    assert_eq!((then[0].open, Age::on(date("2026-12-16"), then[0].due, 0)), (pounds("6.00"), Age::To30));
    assert_sound(&ledger);
}

#[test]
fn a_refund_is_never_more_than_the_credit() {
    let (_dir, mut ledger) = ledger_with_debts();
    assert_refused(
        ledger.record_refund(&movement("A1", "1.00", "2026-11-05", "x"), false),
        "credit on the account is 0.00",
    );
    ledger.record_payments(&[movement("A1", "50.00", "2026-11-05", "r1")], false).unwrap();
    assert_refused(
        ledger.record_refund(&movement("A1", "4.01", "2026-11-06", "x"), false),
        "credit on the account is 4.00",
    );
    let refund = ledger.record_refund(&movement("A1", "3.00", "2026-11-06", "back"), false).unwrap();
    assert_eq!(refund.against[0].0.title(), "payment r1");
    assert_eq!(standing(&ledger, "A1"), ["payment r1 1.00"]);
    // If the payment then bounces, what was given back is owed.
    let payment = refund.against[0].0.id;
    ledger.reverse_entry(payment, date("2026-11-09"), false).unwrap();
    assert_eq!(standing(&ledger, "A1").last().unwrap(), "refund back 3.00");
    assert_eq!(ledger.balance("A1").unwrap(), pounds("49.00"));
    assert_sound(&ledger);
    // A refund that did not arrive is taken back too.
    ledger.reverse_entry(refund.entry.id, date("2026-11-10"), false).unwrap();
    assert_eq!(ledger.balance("A1").unwrap(), pounds("46.00"));
    assert_sound(&ledger);
}

#[test]
fn only_what_customers_that_are_gone_owe_is_written_off_l3() {
    let (_dir, mut ledger) = ledger_with_debts();
    let on = date("2026-11-05");
    assert_refused(ledger.write_off("A9", on, false), "there is no such customer");
    assert_refused(ledger.write_off("A1", on, false), "it is active (L3)");
    ledger.record_payments(&[movement("A2", "1.00", "2026-11-05", "r1")], false).unwrap();
    let written_off = ledger.write_off("A2", on, false).unwrap();
    assert_eq!((written_off.entry.kind, written_off.entry.amount), (EntryKind::WriteOff, pounds("-5.00")));
    assert_eq!((ledger.balance("A2").unwrap(), standing(&ledger, "A2")), (Money::ZERO, Vec::new()));
    assert_refused(ledger.write_off("A2", on, false), "it owes nothing");
    ledger.record_payments(&[movement("A2", "2.00", "2026-11-06", "r2")], false).unwrap();
    assert_refused(ledger.write_off("A2", on, false), "its balance is -2.00");
    assert_eq!(count(&ledger, "credit_notes"), 0, "no document, no VAT");
    assert_sound(&ledger);
}

#[test]
fn what_was_tampered_with_is_found() {
    for (sql, finding) in [
        (
            "INSERT INTO allocations (entry, invoice, amount_minor) SELECT entry, 'AC-000002', 900 FROM allocations LIMIT 1",
            "AC-000002: more is paid of an invoice than it is",
        ),
        ("UPDATE allocations SET amount_minor = 1100 WHERE debit IS NOT NULL", "entry 1: more is paid of an entry"),
        (
            "UPDATE allocations SET amount_minor = 600 WHERE invoice IS NOT NULL",
            "entry 5: an entry pays more than it is",
        ),
        ("UPDATE allocations SET amount_minor = -600 WHERE invoice IS NOT NULL", "entry 5: more was taken back"),
        (
            "UPDATE allocations SET invoice = 'AC-000003' WHERE invoice IS NOT NULL",
            "entry 5: an entry pays for another account",
        ),
        ("UPDATE entries SET reverses = 2 WHERE id = 5", "entry 5: a reversal is not the opposite"),
        ("UPDATE entries SET reverses = 2 WHERE id = 5", "entry 2: a reversed entry still pays"),
        ("UPDATE entries SET amount_minor = 5 WHERE id = 5", "entry 5: an entry has the wrong sign"),
    ] {
        let (dir, mut ledger) = ledger_with_debts();
        ledger.record_payments(&[movement("A1", "15.00", "2026-11-05", "r1")], false).unwrap();
        assert_sound(&ledger);
        drop(ledger);
        let connection = plain(dir.path());
        for trigger in ["allocations_keep_update", "entries_keep_update"] {
            connection.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
        }
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let findings = Ledger::open(dir.path()).unwrap().verify().unwrap();
        assert!(findings.iter().any(|found| found.contains(finding)), "{sql}: {findings:?}");
    }
}

/// Something that happens to an account.
#[derive(Clone, Debug)]
enum Event {
    Pay(i64, Option<&'static str>),
    Refund(i64),
    Reverse(usize),
    WriteOff,
    Allocate,
}

fn events() -> impl Strategy<Value = Vec<(&'static str, Event)>> {
    let invoice = prop::option::of(prop::sample::select(vec!["AC-000001", "AC-000002", "AC-000003"]));
    let event = prop_oneof![
        3 => (1_i64..4_000, invoice).prop_map(|(amount, invoice)| Event::Pay(amount, invoice)),
        2 => (1_i64..2_000).prop_map(Event::Refund),
        2 => (0_usize..20).prop_map(Event::Reverse),
        1 => Just(Event::WriteOff),
        1 => Just(Event::Allocate),
    ];
    prop::collection::vec((prop::sample::select(vec!["A1", "A2", "A3"]), event), 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn balances_and_allocations_add_up_whatever_happens(events in events()) {
        let (_dir, mut ledger) = ledger_with_debts();
        for (number, (account, event)) in events.into_iter().enumerate() {
            let before = (count(&ledger, "entries"), count(&ledger, "allocations"), count(&ledger, "audit"));
            let moved = |amount: i64, invoice: Option<&str>| Movement {
                amount: Money::from_minor(amount),
                invoice: invoice.map(str::to_owned),
                ..movement(account, "0.00", "2026-11-05", &number.to_string())
            };
            let done = match event {
                Event::Pay(amount, invoice) => ledger.record_payments(&[moved(amount, invoice)], false).is_ok(),
                Event::Refund(amount) => ledger.record_refund(&moved(amount, None), false).is_ok(),
                Event::Reverse(place) => {
                    let entries = ledger.entries(account).unwrap();
                    let id = entries.get(place).map_or(0, |entry| entry.id);
                    ledger.reverse_entry(id, date("2026-11-30"), false).is_ok()
                }
                Event::WriteOff => ledger.write_off(account, date("2026-11-30"), false).is_ok(),
                Event::Allocate => ledger.allocate_credit(None, false).is_ok(),
            };
            if !done {
                let after = (count(&ledger, "entries"), count(&ledger, "allocations"), count(&ledger, "audit"));
                prop_assert_eq!(before, after);
            }
            assert_sound(&ledger);
        }
    }
}
