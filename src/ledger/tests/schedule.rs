//! Due days and flags of runs.

use super::*;

fn of_due_day(group: &str) -> DraftRun {
    let mut draft = draft(&[(bill("A1", "12.00", "0.00"), 0)]);
    draft.terms.due_group = Some(group.into());
    draft
}

#[test]
fn a_due_day_is_settled_with_its_run_and_once() {
    let (_dir, mut ledger) = new_ledger();
    ledger.schedule_groups(&[("g".into(), date("2026-10-31"))]).unwrap();
    // One that is there stays.
    ledger.schedule_groups(&[("g".into(), date("2026-12-31"))]).unwrap();
    assert_eq!(ledger.due_groups().unwrap()["g"], date("2026-10-31"));
    let run = approved(&mut ledger, &of_due_day("g"));
    assert!(ledger.settled_days("g", date("2026-10-31")).unwrap().is_empty());
    let numbered = numbered(&bill("A1", "12.00", "0.00"), "AC-000001");
    ledger.post(run, "d1", &[posted(&numbered)], "billed", &[]).unwrap();
    assert_eq!(ledger.settled_days("g", date("2026-10-31")).unwrap(), [date("2026-11-01")].into());
    assert_eq!(ledger.history("due_day", "g 2026-11-01").unwrap().len(), 1);
    let again = DueDay { group: "g", day: date("2026-11-01") };
    let refused = ledger.settle_due_day(again, None).unwrap_err().to_string();
    assert!(refused.contains("its due day 2026-11-01 is settled by run 1"), "{refused}");
    // A second run of the same day leaves nothing behind: not its invoice either.
    let second = approved(&mut ledger, &DraftRun { bills: vec![], ..of_due_day("g") });
    assert!(ledger.post(second, "d1", &[], "billed-2", &[]).is_err());
    assert_eq!(ledger.run(second).unwrap().status, RunStatus::Approved);
    // Groups only move on.
    ledger.move_on_groups(&[("g".into(), date("2026-11-30"))]).unwrap();
    ledger.move_on_groups(&[("g".into(), date("2026-11-05"))]).unwrap();
    assert_eq!(ledger.due_groups().unwrap()["g"], date("2026-11-30"));
}

#[test]
fn an_acknowledgement_outlives_the_same_words_only() {
    let (_dir, mut ledger) = new_ledger();
    let flag = |detail: &str| DraftFlag { account: "A1".into(), flag: "zero_total".into(), detail: detail.into() };
    let flagged = |detail: &str| DraftRun { flags: vec![flag(detail)], ..draft(&[(bill("A1", "12.00", "0.00"), 0)]) };
    let run = ledger.create_draft(&flagged("one")).unwrap();
    assert_eq!(ledger.acknowledge(run, Some("A1"), None).unwrap(), 1);
    for (detail, expected) in [("one", true), ("two", false), ("one", false)] {
        ledger.replace_draft(run, &flagged(detail)).unwrap();
        let flags = ledger.run_flags(run).unwrap();
        assert_eq!(flags.iter().map(|found| found.acknowledged.is_some()).collect::<Vec<_>>(), [expected], "{detail}");
    }
}
