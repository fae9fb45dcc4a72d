//! The outbox: each document at most once, states only forward, whatever the outcome.

use super::*;

/// A ledger with two posted invoices of A1, and A2.
fn with_invoices() -> (tempfile::TempDir, LedgerWriter) {
    let (dir, mut ledger) = new_ledger();
    let customers = table("customers", "account", "account", &[&["A1"], &["A2"]]);
    ledger.apply_book(&[customers], ApplyMode::Insert, Currency::GBP, false).unwrap();
    let (first, second) = (bill("A1", "20.00", "0.00"), bill("A2", "5.00", "0.00"));
    let run = approved(&mut ledger, &draft(&[(first.clone(), 0), (second.clone(), 0)]));
    let (first, second) = (numbered(&first, "AC-000001"), numbered(&second, "AC-000002"));
    ledger.post(run, "d1", &[posted(&first), posted(&second)], "f", &[]).unwrap();
    (dir, ledger)
}

fn mail(document: &str, account: &str) -> NewMail {
    NewMail {
        document: document.into(),
        is_credit_note: false,
        account: account.into(),
        recipients: "a@x.example".into(),
        attachments: "pdf".into(),
        is_trial: false,
        is_again: false,
        host: "reseller.example".into(),
    }
}

fn digest() -> String {
    "0".repeat(64)
}

fn state(ledger: &Ledger, id: i64) -> MailRow {
    ledger.mails(MailFilter::default()).unwrap().into_iter().find(|mail| mail.id == id).unwrap()
}

fn sent(ledger: &mut LedgerWriter, end: &MailEnd) -> i64 {
    let id = ledger.queue_mails(&[mail("AC-000001", "A1")], false).unwrap()[0];
    assert!(ledger.claim_mail(id, &digest()).unwrap());
    ledger.settle_mail(id, end, "said").unwrap();
    id
}

#[test]
fn a_document_is_queued_once_until_a_person_asks() {
    for (end, refusal, again) in [
        (MailEnd::Sent, Some("it was sent"), true),
        (MailEnd::Unknown, Some("it may have been sent"), true),
        (MailEnd::Refused, None, true),
        (MailEnd::Later { seconds: 60 }, Some("a message of it is on its way"), false),
    ] {
        let (_dir, mut ledger) = with_invoices();
        let first = sent(&mut ledger, &end);
        match refusal {
            Some(why) => assert_refused(ledger.queue_mails(&[mail("AC-000001", "A1")], true), why),
            None => assert!(ledger.queue_mails(&[mail("AC-000001", "A1")], true).is_ok()),
        }
        let once_more = NewMail { is_again: true, ..mail("AC-000001", "A1") };
        assert_eq!(ledger.queue_mails(std::slice::from_ref(&once_more), true).is_ok(), again, "{end:?}");
        let trial = NewMail { is_trial: true, ..mail("AC-000001", "A1") };
        assert!(ledger.queue_mails(&[trial], true).is_ok(), "a look is always possible");
        if again {
            let second = ledger.queue_mails(&[once_more], false).unwrap()[0];
            assert_eq!(state(&ledger, second).again_of, Some(first));
            assert!(state(&ledger, first).is_settled);
            assert_ne!(state(&ledger, first).message_id, state(&ledger, second).message_id);
        }
        assert_eq!(ledger.verify().unwrap(), [] as [String; 0]);
    }
}

#[test]
fn all_that_stands_against_a_sending_is_named_and_nothing_is_queued() {
    let (_dir, mut ledger) = with_invoices();
    let mails = [mail("AC-000001", "A1"), mail("AC-000002", "A1"), mail("AC-000009", "A1")];
    assert_refused(ledger.queue_mails(&mails, false), "AC-000002: it is another customer's");
    assert_refused(ledger.queue_mails(&mails, false), "AC-000009: there is no such document");
    assert_eq!(count(&ledger, "outbox"), 0);
}

#[test]
fn what_was_being_sent_when_the_program_died_is_unknown_and_keeps_the_run() {
    let (dir, mut ledger) = with_invoices();
    let id = ledger.queue_mails(&[mail("AC-000001", "A1")], false).unwrap()[0];
    assert!(ledger.claim_mail(id, &digest()).unwrap());
    assert!(!ledger.claim_mail(id, &digest()).unwrap(), "it is claimed once");
    drop(ledger);
    let mut ledger = Ledger::open_for_writing(dir.path(), actor("invoice send")).unwrap();
    let lock = ledger.lock_outbox("2026-11-01T08:00:00Z").unwrap();
    assert!(ledger.lock_outbox("2026-11-01T08:00:00Z").is_err(), "one sends at a time");
    assert_eq!(ledger.settle_interrupted_mails(&lock).unwrap().len(), 1);
    assert_eq!(ledger.settle_interrupted_mails(&lock).unwrap().len(), 0);
    assert_eq!(state(&ledger, id).state, MailState::Unknown);
    assert_refused(ledger.undo_run(1, &[], false), "AC-000001 may have been sent");
}

#[test]
fn a_sent_invoice_has_left_the_house() {
    let (_dir, mut ledger) = with_invoices();
    assert!(!ledger.is_sent_otherwise("AC-000001").unwrap());
    sent(&mut ledger, &MailEnd::Sent);
    assert!(ledger.is_sent_otherwise("AC-000001").unwrap());
    assert_refused(ledger.undo_run(1, &[], false), "AC-000001 was sent (e-mail)");
    ledger.mark_sent(&["AC-000002"], BY_POST, false).unwrap();
    assert!(!ledger.is_sent_otherwise("AC-000002").unwrap(), "what goes by post may go by mail too");
}

#[test]
fn what_is_not_taken_waits_longer_and_is_given_up_in_the_end() {
    let (_dir, mut ledger) = with_invoices();
    let id = ledger.queue_mails(&[mail("AC-000001", "A1")], false).unwrap()[0];
    for attempt in 1..MOST_ATTEMPTS {
        ledger.settle_mail(id, &MailEnd::Later { seconds: 300 }, "451").unwrap();
        let mail = state(&ledger, id);
        assert_eq!((mail.state, mail.attempts), (MailState::Waiting, attempt));
        assert_eq!(mail.next_at.as_deref(), Some("2026-11-01T08:05:00Z"));
    }
    ledger.settle_mail(id, &MailEnd::Later { seconds: 300 }, "451").unwrap();
    assert_eq!(state(&ledger, id).state, MailState::Refused);
    assert!(ledger.settle_mail(id, &MailEnd::Sent, "").is_err(), "it is over");
}

#[test]
fn the_schema_lets_nothing_go_back() {
    let (dir, mut ledger) = with_invoices();
    let id = sent(&mut ledger, &MailEnd::Unknown);
    drop(ledger);
    let connection = rusqlite::Connection::open(dir.path().join(LEDGER_FILE)).unwrap();
    for sql in [
        "UPDATE outbox SET state = 'waiting' WHERE id = ?1",
        "UPDATE outbox SET state = 'waiting', attempts = attempts + 1 WHERE id = ?1",
        "UPDATE outbox SET state = 'sent' WHERE id = ?1",
        "UPDATE outbox SET document = 'AC-000002' WHERE id = ?1",
        "UPDATE outbox SET message_id = 'x' WHERE id = ?1",
        "DELETE FROM outbox WHERE id = ?1",
    ] {
        assert!(connection.execute(sql, [id]).is_err(), "{sql}");
    }
}

#[test]
fn a_void_invoice_is_not_sent_any_more() {
    let (_dir, mut ledger) = with_invoices();
    let id = ledger.queue_mails(&[mail("AC-000001", "A1")], false).unwrap()[0];
    let note = Bill {
        document: DocumentKind::CreditNote,
        number: Some("AC-CN-000001".into()),
        credits: Some(crate::domain::bill::CreditedInvoice { number: "AC-000001".into(), date: date("2026-11-01") }),
        reason: "mistake".into(),
        ..bill("A1", "-20.00", "24.00")
    };
    let series = Series::of_prefix("AC-CN-");
    let note = NewCreditNote { bill: &note, series: &series, periods: &[] };
    ledger.void_invoice(&Voiding { invoice: "AC-000001", note, released: &[] }, false).unwrap();
    assert!(!ledger.claim_mail(id, &digest()).unwrap());
    assert_eq!(state(&ledger, id).state, MailState::Refused);
    assert_refused(ledger.queue_mails(&[mail("AC-000001", "A1")], false), "it is void by credit note AC-CN-000001");
}
