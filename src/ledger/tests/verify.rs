//! A ledger that was tampered with does not pass.

use super::*;

/// A ledger with an import, an opening balance and two posted invoices, closed.
fn posted_ledger() -> tempfile::TempDir {
    let (dir, mut ledger) = new_ledger();
    let customers = table("customers", "account", "account opening_balance", &[&["A1", "10.00"]]);
    ledger.apply_book(&[customers], ApplyMode::Insert, Currency::GBP, false).unwrap();
    let (import, totals) = usage_import(1, 'a', 10);
    ledger.record_import(&import, &totals, &[]).unwrap();
    let (first, second) = (bill("A1", "20.00", "10.00"), bill("A2", "5.00", "0.00"));
    let run = approved(&mut ledger, &draft(&[(first.clone(), 6), (second.clone(), 1)]));
    let (first, second) = (numbered(&first, "AC-000001"), numbered(&second, "AC-000002"));
    let with_period = PostedBill { periods: &[period(11, false)], usage_records: 6, ..posted(&first) };
    let other = PostedBill { usage_records: 1, ..posted(&second) };
    ledger.post(run, "d1", &[with_period, other], "f", &[(1, 7)]).unwrap();
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
    dir
}

#[test]
fn what_was_tampered_with_is_found() {
    for (sql, finding) in [
        (
            "UPDATE invoices SET sequence = 3, number = 'AC-000003' WHERE id = 2",
            "AC-: a series of invoice numbers has a gap",
        ),
        (
            "UPDATE invoices SET number = 'AC-000007' WHERE id = 2",
            "AC-000007: an invoice number is not the one of its place",
        ),
        ("UPDATE invoices SET net_minor = 1, gross_minor = 401 WHERE id = 1", "AC-000001: its bill does not say"),
        ("UPDATE invoices SET bill_json = '{}' WHERE id = 1", "AC-000001: its bill cannot be read"),
        (
            "UPDATE invoices SET bill_json =
               replace(bill_json, '\"amount\":\"20.00\"', '\"amount\":\"20.01\"') WHERE id = 1",
            "AC-000001: net is the sum of the lines: 20.00 is stated, 20.01 it should be",
        ),
        (
            "UPDATE entries SET amount_minor = 1 WHERE invoice = 'AC-000002'",
            "AC-000002: an invoice has no entry of its amount",
        ),
        ("DELETE FROM entries WHERE kind = 'opening_balance'", "AC-000001: the balance on it is not the sum"),
        ("UPDATE book_customers SET opening_balance = '11.00'", "A1: its opening entries are not the opening balance"),
        (
            "UPDATE runs SET status = 'approved', posted_at = NULL, billed_file = NULL",
            "belongs to a run that is not posted",
        ),
        ("UPDATE run_imports SET rows = 6", "run 1: the usage on a run's invoices is not that of its imports"),
        (
            "UPDATE draft_bills SET gross_minor = 1 WHERE position = 0",
            "run 1: a run's invoices are not the bills of its draft",
        ),
        (
            "UPDATE charge_periods SET invoice = 'AC-000002'",
            "A1 rental: a billed period is not on an invoice of its account",
        ),
        ("UPDATE import_totals SET records = 9", "import 1: the dispositions hold 9 records, the file 10"),
        ("UPDATE imports SET records = 6, lines = 6", "import 1: more records of an import are billed"),
        ("UPDATE imports SET deleted_at = imported_at", "import 1: a deleted import is billed"),
        (
            "PRAGMA foreign_keys = OFF; UPDATE entries SET invoice = 'none' WHERE invoice IS NOT NULL AND id = 2",
            "a row refers to one that is not there",
        ),
    ] {
        let dir = posted_ledger();
        let connection = plain(dir.path());
        let triggers: Vec<String> = {
            let mut query = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").unwrap();
            query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
        };
        for trigger in triggers {
            connection.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
        }
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let findings = Ledger::open(dir.path()).unwrap().verify().unwrap();
        assert!(findings.iter().any(|found| found.contains(finding)), "{sql}: {findings:?}");
    }
}
