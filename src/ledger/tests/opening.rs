//! Making, opening, locking and migrating a ledger.

use std::fs;

use super::*;
use crate::ledger::migrations;

/// The ledger of each released version, in `fixtures/ledgers`.
const FIXTURES: [&str; 3] = ["version-1.db", "version-2.db", "version-3.db"];

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledgers").join(name)
}

fn pragma(ledger: &Ledger, name: &str) -> String {
    let value = ledger.connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
    match value.unwrap() {
        rusqlite::types::Value::Text(text) => text,
        rusqlite::types::Value::Integer(number) => number.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_connection_is_strict_about_what_sqlite_leaves_open() {
    let (dir, ledger) = new_ledger();
    let reader = Ledger::open(dir.path()).unwrap();
    for (pragma_name, expected) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("trusted_schema", "0"),
        ("busy_timeout", "5000"),
        ("user_version", "3"),
        ("application_id", "1416588396"),
    ] {
        assert_eq!(pragma(&ledger, pragma_name), expected, "writer: {pragma_name}");
        assert_eq!(pragma(&reader, pragma_name), expected, "reader: {pragma_name}");
    }
}

#[test]
fn sqlite_is_recent_enough_not_to_lose_commits() {
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[test]
fn every_table_is_strict() {
    let (_dir, ledger) = new_ledger();
    let mut query = ledger
        .connection
        .prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND strict = 0")
        .unwrap();
    let loose: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(loose, Vec::<String>::new());
}

#[test]
fn values_of_another_kind_are_refused() {
    let (_dir, ledger) = new_ledger();
    let entry = |amount: &str, date: &str, at: &str| {
        let sql = format!(
            "INSERT INTO entries (account, kind, amount_minor, currency, date, at)
             VALUES ('A1', 'payment', {amount}, 'GBP', '{date}', '{at}')"
        );
        ledger.connection.execute(&sql, []).is_ok()
    };
    let at = "2026-11-01T08:00:00Z";
    assert!(entry("100", "2026-11-01", at));
    for (amount, date, at, why) in [
        ("'12abc'", "2026-11-01", at, "text for money"),
        ("1.5", "2026-11-01", at, "a fraction of a penny"),
        ("9223372036854775807 + 1", "2026-11-01", at, "overflow becomes a float"),
        ("NULL", "2026-11-01", at, "no amount"),
        ("100", "2026-02-30", at, "no such day"),
        ("100", "01/11/2026", at, "not ISO"),
        ("100", "2026-11-01", "2026-11-01 08:00", "no timestamp"),
    ] {
        assert!(!entry(amount, date, at), "{why}");
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, mut ledger) = new_ledger();
    ledger.create_draft(&draft(&[])).unwrap();
    let mut names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert_eq!(names.len(), 4, "ledger, write-ahead log, its index, lock: {names:?}");
    for name in names {
        assert_eq!(fs::metadata(&name).unwrap().permissions().mode() & 0o777, 0o600, "{}", name.display());
    }
}

#[test]
fn a_ledger_is_made_once_and_leaves_nothing_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("new/workspace");
    Ledger::create(&inside).unwrap();
    assert_eq!(fs::read_dir(&inside).unwrap().count(), 1);
    assert_refused(Ledger::create(&inside), "there is one already");
}

#[test]
fn what_is_no_ledger_is_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(LEDGER_FILE);
    let open = || Ledger::open(dir.path()).err().unwrap();
    let open_for_writing = || Ledger::open_for_writing(dir.path(), actor("test")).err().unwrap();
    assert!(matches!(open(), LedgerError::Io { .. }), "missing");
    for (bytes, why) in [(&b""[..], "empty"), (&[7; 5_000], "other bytes"), (b"SQLite format 3\0", "cut off")] {
        fs::write(&path, bytes).unwrap();
        assert!(matches!(open(), LedgerError::Damaged { .. }), "{why}");
        assert!(matches!(open_for_writing(), LedgerError::Damaged { .. }), "{why}");
    }
    fs::remove_file(&path).unwrap();
    plain(dir.path()).execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    assert!(matches!(open(), LedgerError::Damaged { .. }), "another program's database");
    assert!(matches!(open_for_writing(), LedgerError::Damaged { .. }), "another program's database");
}

#[test]
fn a_torn_page_is_damage() {
    let (dir, mut ledger) = new_ledger();
    let (import, totals) = usage_import(1, 'a', 5);
    ledger.record_import(&import, &totals, &[]).unwrap();
    let root: usize = ledger
        .connection
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'imports'", [], |row| row.get::<_, i64>(0))
        .map(|page| usize::try_from(page).unwrap())
        .unwrap();
    drop(ledger);
    let path = dir.path().join(LEDGER_FILE);
    let mut bytes = fs::read(&path).unwrap();
    bytes[(root - 1) * 4_096..root * 4_096].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let ledger = Ledger::open(dir.path()).unwrap();
    assert!(matches!(ledger.imports(), Err(LedgerError::Damaged { .. })));
    assert!(!matches!(ledger.verify(), Ok(findings) if findings.is_empty()));
}

#[test]
fn a_newer_ledger_is_refused_and_left_alone() {
    let (dir, ledger) = new_ledger();
    drop(ledger);
    plain(dir.path()).pragma_update(None, "user_version", 99).unwrap();
    for error in
        [Ledger::open(dir.path()).err().unwrap(), Ledger::open_for_writing(dir.path(), actor("test")).err().unwrap()]
    {
        assert!(matches!(error, LedgerError::Newer { found: 99, known: 3 }), "{error}");
    }
    let version: i64 = plain(dir.path()).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

#[test]
fn one_writer_at_a_time_and_readers_beside_it() {
    let (dir, mut writer) = new_ledger();
    let second = Ledger::open_for_writing(dir.path(), actor("second")).err().unwrap();
    match second {
        LedgerError::Locked { pid, since } => {
            assert_eq!((pid, since.as_deref()), (Some(std::process::id()), Some("2026-11-01T08:00:00Z")));
        }
        other => panic!("{other}"),
    }
    let reader = Ledger::open(dir.path()).unwrap();
    let change = writer.begin().unwrap();
    change.audit("test", "1", None, None).unwrap();
    assert_eq!(count(&reader, "audit"), 0, "a change under way is not seen");
    change.commit().unwrap();
    assert_eq!(count(&reader, "audit"), 1, "a committed one is");
    drop(writer);
    assert!(Ledger::open_for_writing(dir.path(), actor("third")).is_ok(), "free when the writer is gone");
}

#[test]
fn a_reader_cannot_change_anything() {
    let (dir, writer) = new_ledger();
    drop(writer);
    let reader = Ledger::open(dir.path()).unwrap();
    let error = reader.connection.execute("DELETE FROM book_customers", []).map_err(LedgerError::from);
    assert!(matches!(error, Err(LedgerError::Io { .. })), "{error:?}");
}

#[test]
fn migrations_run_from_an_empty_file_and_are_all_or_nothing() {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    let version = |connection: &rusqlite::Connection| -> i64 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    let known = i64::try_from(migrations::ALL.len()).unwrap();
    let next = "CREATE TABLE added (id INTEGER PRIMARY KEY) STRICT";
    let broken = "CREATE TABLE never (id INTEGER PRIMARY KEY) STRICT; INSERT INTO no_such_table VALUES (1)";
    migrations::migrate(&mut connection, migrations::ALL).unwrap();
    assert_eq!(version(&connection), known);
    let with_next = [migrations::ALL, &[next, broken]].concat();
    assert!(migrations::migrate(&mut connection, &with_next).is_err());
    assert_eq!(version(&connection), known);
    let made: bool =
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'added'").unwrap().exists([]).unwrap();
    assert!(!made, "the good step went back with the broken one");
    migrations::migrate(&mut connection, &with_next[..=migrations::ALL.len()]).unwrap();
    assert_eq!(version(&connection), known + 1);
    migrations::migrate(&mut connection, &with_next[..=migrations::ALL.len()]).unwrap();
    assert_eq!(version(&connection), known + 1, "steps are taken once");
}

#[test]
fn opening_an_older_ledger_brings_it_to_this_version() {
    for by_reader in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        // Version 0: marked as a ledger, no step taken.
        let connection = plain(dir.path());
        connection.pragma_update(None, "application_id", 0x546F_6C6C).unwrap();
        drop(connection);
        if by_reader {
            assert_eq!(Ledger::open(dir.path()).unwrap().runs().unwrap(), []);
        } else {
            drop(Ledger::open_for_writing(dir.path(), actor("test")).unwrap());
        }
        assert_eq!(pragma(&Ledger::open(dir.path()).unwrap(), "user_version"), "3");
    }
}

/// Rewrites the ledger of the newest version with `UPDATE_EXPECTED=1`; those of older versions stay as they are.
#[test]
fn ledgers_of_all_versions_open_hold_what_they_held_and_can_be_posted_to() {
    assert_eq!(FIXTURES.len(), migrations::ALL.len(), "a ledger of each version");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        write_fixture(&fixture(FIXTURES[FIXTURES.len() - 1]));
    }
    for (version, name) in (1_i64..).zip(FIXTURES) {
        let dir = tempfile::tempdir().unwrap();
        fs::copy(fixture(name), dir.path().join(LEDGER_FILE)).unwrap();
        let stored: i64 = plain(dir.path()).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(stored, version, "{name} is of its version");
        let mut ledger = Ledger::open_for_writing(dir.path(), actor("test")).unwrap();
        assert_eq!(ledger.verify().unwrap(), Vec::<String>::new(), "{name}");
        assert_eq!(ledger.balance("A1").unwrap(), pounds("34.00"), "{name}: 10.00 opening + 24.00");
        assert_eq!(ledger.invoice("AC-000001").unwrap().unwrap().row.gross, pounds("24.00"));
        assert_eq!(state(&ledger, "A1").billed_periods, [period(11, false)]);
        assert_eq!(ledger.load_table("customers").unwrap().rows.len(), 1);
        let second = bill("A1", "5.00", "34.00");
        let run = approved(&mut ledger, &draft(&[(second.clone(), 0)]));
        ledger.post(run, "d1", &[posted(&numbered(&second, "AC-000002"))], "runs/2.parquet", &[]).unwrap();
        assert_eq!(ledger.verify().unwrap(), Vec::<String>::new(), "{name}");
    }
}

fn write_fixture(path: &Path) {
    let (dir, mut ledger) = new_ledger();
    let customers = table("customers", "account", "account name opening_balance", &[&["A1", "Ada Ltd", "10.00"]]);
    ledger.apply_book(&[customers], ApplyMode::Insert, Currency::GBP, false).unwrap();
    let (import, totals) = usage_import(1, 'a', 3);
    ledger.record_import(&import, &totals, &[]).unwrap();
    let first = bill("A1", "20.00", "10.00");
    let run = approved(&mut ledger, &draft(&[(first.clone(), 3)]));
    let number = numbered(&first, "AC-000001");
    let with_period = PostedBill { periods: &[period(11, false)], usage_records: 3, ..posted(&number) };
    ledger.post(run, "d1", &[with_period], "runs/1.parquet", &[(1, 3)]).unwrap();
    drop(ledger);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(dir.path().join(LEDGER_FILE), path).unwrap();
}
