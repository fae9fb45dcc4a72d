//! Runs before posting: draft, draft again, approve, discard (B12).

use super::*;

fn two_bills() -> DraftRun {
    let mut run = draft(&[(bill("A2", "5.00", "0.00"), 0), (bill("A1", "20.00", "0.00"), 3)]);
    let low = |account: &str, outcome| DraftBill {
        account: account.into(),
        outcome,
        bill: None,
        usage_records: 0,
        net: pounds("3.50"),
        gross: pounds("3.50"),
    };
    run.bills.push(low("A3", DraftOutcome::RolledOver));
    run.parked.push(ParkedCustomer { account: "A9".into(), reason: "no VAT code S on 2026-11-01".into() });
    run
}

fn status(ledger: &Ledger, run: i64) -> RunStatus {
    ledger.run(run).unwrap().status
}

#[test]
fn a_draft_is_kept_as_it_was_computed() {
    let (_dir, mut ledger) = new_ledger();
    let draft = two_bills();
    let run = ledger.create_draft(&draft).unwrap();
    let row = ledger.run(run).unwrap();
    assert_eq!((row.status, &row.terms, row.digest.as_str()), (RunStatus::Draft, &draft.terms, "d1"));
    assert_eq!((row.approved_at, row.posted_at, row.billed_file), (None, None, None));
    assert_eq!(ledger.draft_bills(run).unwrap(), draft.bills, "in the order of the run");
    assert_eq!(ledger.parked_customers(run).unwrap(), draft.parked);
    assert_eq!(ledger.runs().unwrap().len(), 1);
    assert_refused(ledger.run(7), "there is no such run");
}

#[test]
fn a_run_goes_from_draft_to_approved_and_back_by_drafting_again() {
    let (_dir, mut ledger) = new_ledger();
    let run = ledger.create_draft(&two_bills()).unwrap();
    assert_refused(ledger.post(run, "d1", &[], "f", &[]), "it is draft");
    assert_refused(ledger.approve(run, "d0"), "it is d1, not d0");
    ledger.approve(run, "d1").unwrap();
    assert_refused(ledger.approve(run, "d1"), "it is approved");
    assert_refused(ledger.discard(run), "it is approved");
    let again = DraftRun { digest: "d2".into(), ..draft(&[(bill("A1", "21.00", "0.00"), 0)]) };
    ledger.replace_draft(run, &again).unwrap();
    assert_eq!(status(&ledger, run), RunStatus::Draft, "the approval was for other contents");
    assert_eq!(ledger.draft_bills(run).unwrap(), again.bills);
    assert_eq!(ledger.parked_customers(run).unwrap(), []);
    ledger.discard(run).unwrap();
    assert_eq!(count(&ledger, "draft_bills"), 0);
    let next = ledger.create_draft(&two_bills()).unwrap();
    assert_eq!(next, run + 1, "numbers of discarded runs do not come back");
    let history: Vec<_> = ledger.history("run", "1").unwrap().into_iter().map(|entry| entry.after_json).collect();
    assert_eq!(
        history.iter().map(Option::as_deref).collect::<Vec<_>>(),
        [
            Some(r#"{"digest":"d1","status":"draft"}"#),
            Some(r#"{"digest":"d1","status":"approved"}"#),
            Some(r#"{"digest":"d2","status":"draft"}"#),
            None,
        ]
    );
}

#[test]
fn drafts_that_do_not_add_up_are_refused_whole() {
    let (_dir, mut ledger) = new_ledger();
    let good = bill("A1", "20.00", "0.00");
    let check = |ledger: &mut LedgerWriter, change: &dyn Fn(&mut DraftBill), why: &str| {
        let mut run = draft(&[(bill("A0", "1.00", "0.00"), 0), (good.clone(), 0)]);
        change(&mut run.bills[1]);
        assert_refused(ledger.create_draft(&run), why);
        assert_eq!((count(ledger, "runs"), count(ledger, "draft_bills")), (0, 0));
    };
    let in_bill = |change: fn(&mut Bill)| move |draft: &mut DraftBill| change(draft.bill.as_mut().unwrap());
    let penny = Amount::new(Money::from_minor(1), Currency::GBP);
    assert_eq!(penny.to_string(), "0.01");
    check(&mut ledger, &|draft| draft.bill = None, "there is no bill");
    check(&mut ledger, &|draft| draft.net = pounds("19.99"), "not those of the bill");
    check(&mut ledger, &|draft| draft.account = "A7".into(), "the bill is that of A1");
    check(&mut ledger, &|draft| draft.account = "A0".into(), "the bill is that of A1");
    check(&mut ledger, &in_bill(|bill| bill.number = Some("AC-000001".into())), "a draft has no number");
    // 20.00 stated, the line says 0.01.
    check(
        &mut ledger,
        &in_bill(|bill| bill.lines[0].amount.money = Money::from_minor(1)),
        "net is the sum of the lines: 20.00 is stated, 0.01 it should be",
    );
    check(&mut ledger, &in_bill(|bill| bill.vat[0].vat.money = Money::ZERO), "VAT is the sum of its codes");
    check(&mut ledger, &in_bill(|bill| bill.balance.now.money = Money::ZERO), "now owed is before and this bill");
    let twice = draft(&[(good.clone(), 0), (good.clone(), 0)]);
    assert_refused(ledger.create_draft(&twice), "UNIQUE constraint failed: index 'draft_bills_once'");
}

#[test]
fn a_reverse_charge_is_shown_and_not_charged() {
    let (_dir, mut ledger) = new_ledger();
    let mut wholesale = bill("A1", "20.00", "0.00");
    wholesale.vat[0].kind = VatKind::ReverseCharge;
    let net = wholesale.totals.net;
    wholesale.totals.vat.money = Money::ZERO;
    wholesale.totals.gross = net;
    wholesale.balance.this_bill = net;
    wholesale.balance.now = net;
    ledger.create_draft(&draft(&[(wholesale, 0)])).unwrap();
}
