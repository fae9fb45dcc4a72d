//! Imports, their control totals, service lines, deletion and restoring.

use super::*;

fn range(first: u32, last: u32) -> RowRange {
    RowRange { first, last }
}

#[test]
fn an_import_is_kept_with_its_totals() {
    let (_dir, mut ledger) = new_ledger();
    assert_eq!(ledger.next_import_id().unwrap(), 1);
    let (mut import, mut totals) = usage_import(1, 'a', 5);
    // Two of five came before, one line was rejected; a cost beyond 64 bits of 10^-8 pounds is kept exactly.
    let huge = Sum::from_wide(i128::from(i64::MAX) * 1_000);
    import.duplicates = 2;
    import.rejects = 1;
    import.lines = 7;
    import.cost = huge;
    totals[0].records = 3;
    totals[0].units = Sum::from_wide(180);
    totals[0].cost = huge;
    let ended = |disposition, records, units, kind| ImportTotal {
        disposition,
        reason: String::new(),
        kind,
        records,
        units: Sum::from_wide(units),
        cost: Sum::default(),
    };
    totals.insert(0, ended(Disposition::Duplicate, 2, 120, Some(Kind::Voice)));
    totals.push(ended(Disposition::Rejected, 1, 0, None));
    ledger.record_import(&import, &totals, &[]).unwrap();
    assert_eq!(ledger.imports().unwrap(), [import.clone()]);
    assert_eq!(ledger.import_totals(1).unwrap(), totals);
    assert_eq!(ledger.find_live_import_by_sha(&import.sha256).unwrap(), Some(import));
    assert_eq!(ledger.find_live_import_by_sha("none").unwrap(), None);
    assert_eq!(ledger.next_import_id().unwrap(), 2);
    assert_eq!(ledger.history("import", "1").unwrap().len(), 1);
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn an_import_that_does_not_add_up_is_refused() {
    let (_dir, mut ledger) = new_ledger();
    let check = |ledger: &mut LedgerWriter, change: &dyn Fn(&mut ImportRow, &mut ImportTotal), why: &str| {
        let (mut import, mut totals) = usage_import(1, 'a', 5);
        change(&mut import, &mut totals[0]);
        assert_refused(ledger.record_import(&import, &totals, &[]), why);
        assert_eq!(ledger.imports().unwrap(), []);
    };
    check(&mut ledger, &|import, _| import.id = 2, "is not the next one, 1");
    check(&mut ledger, &|_, total| total.records = 4, "hold 4 records, the file 5");
    check(&mut ledger, &|import, _| import.rejects = 1, "hold 0 rejects, the file 1");
    check(&mut ledger, &|_, total| total.cost = Sum::default(), "hold 0 of cost, the file 0.05");
    check(&mut ledger, &|_, total| total.kind = Some(Kind::Data), "hold 0 units of voice, the file 300");
    check(&mut ledger, &|import, _| import.lines = 4, "CHECK constraint failed");
    check(&mut ledger, &|import, _| import.sha256 = "A".repeat(64), "CHECK constraint failed");
    let (import, totals, lines) = services_import(1, 'b', 3);
    assert_refused(ledger.record_import(&import, &totals, &lines[..2]), "2 service lines where 3 are counted");
}

#[test]
fn the_same_bytes_are_imported_once_unless_the_first_import_was_deleted() {
    let (_dir, mut ledger) = new_ledger();
    let (first, totals) = usage_import(1, 'a', 5);
    ledger.record_import(&first, &totals, &[]).unwrap();
    let (second, totals) = usage_import(2, 'a', 5);
    assert_refused(
        ledger.record_import(&second, &totals, &[]),
        "the same bytes were imported as calls-1.csv (import 1)",
    );
    ledger.delete_import(1).unwrap();
    assert_eq!(ledger.deletions(1).unwrap(), [range(0, 4)]);
    ledger.record_import(&second, &totals, &[]).unwrap();
    assert_refused(ledger.restore_import(1), "imported again as import 2");
    assert_refused(ledger.delete_import(1), "it was deleted at 2026-11-01T08:00:00Z");
    ledger.delete_import(2).unwrap();
    ledger.restore_import(1).unwrap();
    assert_eq!(ledger.find_live_import_by_sha(&first.sha256).unwrap().map(|import| import.id), Some(1));
    assert_refused(ledger.restore_import(1), "it is not deleted");
    assert_refused(ledger.delete_import(9), "there is no such import");
    assert_eq!(ledger.next_import_id().unwrap(), 3, "numbers do not come back");
}

#[test]
fn rows_are_deleted_and_restored_in_ranges() {
    let (_dir, mut ledger) = new_ledger();
    let (import, totals) = usage_import(1, 'a', 10);
    ledger.record_import(&import, &totals, &[]).unwrap();
    ledger.delete_usage(1, &[range(6, 9), range(1, 4)], 0).unwrap();
    assert_eq!(ledger.deletions(1).unwrap(), [range(1, 4), range(6, 9)]);
    // What is restored in the middle of a mark leaves its two ends.
    ledger.restore_usage(1, &[range(2, 3), range(9, 9)]).unwrap();
    assert_eq!(ledger.deletions(1).unwrap(), [range(1, 1), range(4, 4), range(6, 8)]);
    assert_refused(ledger.restore_usage(1, &[range(2, 3)]), "none of them is deleted");
    assert_refused(ledger.delete_usage(1, &[range(0, 1)], 0), "are deleted already");
    assert_refused(ledger.delete_usage(1, &[range(2, 3), range(3, 3)], 0), "given twice");
    assert_refused(ledger.delete_usage(1, &[range(9, 10)], 0), "no rows 9-10");
    assert_refused(ledger.delete_usage(1, &[range(3, 2)], 0), "no rows 3-2");
    assert_refused(ledger.delete_usage(1, &[range(0, 0)], 1), "1 of its rows are billed");
    ledger.restore_usage(1, &[range(0, u32::MAX)]).unwrap();
    assert_eq!(ledger.deletions(1).unwrap(), []);
    assert_eq!(ledger.history("import", "1").unwrap().len(), 4);
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn billed_usage_is_not_deleted() {
    let (_dir, mut ledger) = new_ledger();
    let (import, totals) = usage_import(1, 'a', 10);
    ledger.record_import(&import, &totals, &[]).unwrap();
    let one = bill("A1", "20.00", "0.00");
    let run = approved(&mut ledger, &draft(&[(one.clone(), 8)]));
    let number = numbered(&one, "AC-000001");
    ledger.post(run, "d1", &[PostedBill { usage_records: 8, ..posted(&number) }], "f", &[(1, 8)]).unwrap();
    assert_refused(ledger.delete_import(1), "8 of its rows are billed");
    assert_refused(ledger.delete_usage(1, &[range(0, 2)], 0), "8 rows are billed and 3 would be deleted, of 10");
    assert_eq!(ledger.deletions(1).unwrap(), [], "the refused marks are gone");
    ledger.delete_usage(1, &[range(8, 9)], 0).unwrap();
}

#[test]
fn service_lines_wait_until_they_are_billed_or_deleted() {
    let (_dir, mut ledger) = new_ledger();
    let (import, totals, lines) = services_import(1, 'a', 4);
    ledger.record_import(&import, &totals, &lines).unwrap();
    let waiting = |ledger: &Ledger| -> Vec<u32> {
        ledger.unbilled_services().unwrap().iter().map(|service| service.line.row).collect()
    };
    let first = &ledger.unbilled_services().unwrap()[0];
    assert_eq!((first.import, first.supplier.as_str(), &first.line), (1, "fcs", &lines[0]));
    ledger.delete_usage(1, &[range(3, 3)], 0).unwrap();
    assert_eq!(waiting(&ledger), [0, 1, 2]);
    let one = bill("A1", "20.00", "0.00");
    let run = approved(&mut ledger, &draft(&[(one.clone(), 0)]));
    let number = numbered(&one, "AC-000001");
    for (services, why) in [([(1, 3)], "deleted"), ([(1, 9)], "not there"), ([(2, 0)], "not there")] {
        let posting = PostedBill { services: &services, ..posted(&number) };
        assert_refused(ledger.post(run, "d1", &[posting], "f", &[]), why);
    }
    let twice = PostedBill { services: &[(1, 0), (1, 0)], ..posted(&number) };
    assert_refused(ledger.post(run, "d1", &[twice], "f", &[]), "it is billed already");
    assert_eq!(waiting(&ledger), [0, 1, 2], "nothing of a refused posting stays");
    ledger.post(run, "d1", &[PostedBill { services: &[(1, 0), (1, 2)], ..posted(&number) }], "f", &[]).unwrap();
    assert_eq!(waiting(&ledger), [1]);
    assert_refused(ledger.delete_import(1), "2 of its rows are billed");
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn facts_are_never_changed() {
    let (_dir, mut ledger) = new_ledger();
    let (import, totals, lines) = services_import(1, 'a', 1);
    ledger.record_import(&import, &totals, &lines).unwrap();
    for sql in [
        "UPDATE imports SET records = 2",
        "DELETE FROM imports",
        "UPDATE service_lines SET cost_e8 = 0",
        "DELETE FROM service_lines",
        "UPDATE audit SET by = 'bob'",
        "DELETE FROM audit",
    ] {
        assert!(ledger.connection.execute(sql, []).is_err(), "{sql}");
    }
}
