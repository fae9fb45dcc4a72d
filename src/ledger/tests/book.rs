//! The book's rows: exact round trip, insert and upsert, the audit trail, opening balances.

use super::*;

fn apply(ledger: &mut LedgerWriter, tables: &[StoredTable], mode: ApplyMode) -> Result<BookChanges, LedgerError> {
    ledger.apply_book(tables, mode, Currency::GBP, false)
}

fn counts(changes: &BookChanges) -> Vec<(u64, u64, u64)> {
    changes.files.iter().map(|file| (file.inserted, file.updated, file.unchanged)).collect()
}

fn customers(rows: &[&[&str]]) -> StoredTable {
    table("customers", "account", "account name notes x_dealer", rows)
}

fn cell(table: &StoredTable, row: usize, column: &str) -> Option<String> {
    let position = table.columns.iter().position(|name| name == column).expect(column);
    table.rows[row].get(position).map(str::to_owned)
}

#[test]
fn every_file_of_the_book_comes_back_as_it_went_in() {
    let (_dir, mut ledger) = new_ledger();
    // Each column of each file filled with odd text, in two rows: keys all set, and optional keys blank.
    let mut book = ledger.load_book().unwrap();
    assert_eq!(book.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), BOOK_FILES);
    for table in &mut book {
        let filled = |column: &String| Some(format!("{column} 'quoted' \"twice\", ü\n; DROP TABLE runs"));
        let full = table.columns.iter().map(filled).collect();
        let sparse = table.columns.iter().map(|column| table.key_columns.contains(column).then(|| "!".to_owned()));
        table.rows = vec![sparse.collect(), full];
        if table.name == "customers" {
            for column in ["opening_balance", "currency"] {
                let position = table.columns.iter().position(|name| name == column).unwrap();
                table.rows[1].set(position, None);
            }
        }
    }
    apply(&mut ledger, &book, ApplyMode::Insert).unwrap();
    assert_eq!(ledger.load_book().unwrap(), book);
    let again = apply(&mut ledger, &book, ApplyMode::Upsert).unwrap();
    assert!(counts(&again).iter().all(|counts| *counts == (0, 0, 2)), "{again:?}");
}

#[test]
fn blank_is_a_value_of_a_key() {
    let (_dir, mut ledger) = new_ledger();
    let rows: [&[&str]; 3] = [
        &["+442079460000", "", "", "A1"],
        &["+442079460000", "", "2026-01-01", "A2"],
        &["+442079460000", "12", "", "A3"],
    ];
    let clis = table("clis", "cli extension from", "cli extension from account", &rows);
    apply(&mut ledger, std::slice::from_ref(&clis), ApplyMode::Insert).unwrap();
    let stored = ledger.load_table("clis").unwrap();
    let accounts: Vec<_> = (0..3).map(|row| cell(&stored, row, "account").unwrap()).collect();
    assert_eq!(accounts, ["A1", "A2", "A3"], "in the order of the key, blank first");
    assert_eq!((cell(&stored, 0, "extension"), cell(&stored, 0, "from")), (None, None));
    assert_refused(apply(&mut ledger, &[clis], ApplyMode::Insert), "3 rows are there already");
}

#[test]
fn rows_come_in_the_order_of_their_keys_whatever_the_order_in_the_file() {
    let (_dir, mut ledger) = new_ledger();
    apply(
        &mut ledger,
        &[customers(&[&["B", "b", "", ""], &["a", "a", "", ""], &["A", "A", "", ""]])],
        ApplyMode::Insert,
    )
    .unwrap();
    let stored = ledger.load_table("customers").unwrap();
    let accounts: Vec<_> = (0..3).map(|row| cell(&stored, row, "account").unwrap()).collect();
    assert_eq!(accounts, ["A", "B", "a"], "by bytes, in no language");
}

#[test]
fn insert_refuses_rows_that_are_there_and_lists_them_all() {
    let (_dir, mut ledger) = new_ledger();
    apply(&mut ledger, &[customers(&[&["A1", "Ada", "", ""], &["A2", "Bob", "", ""]])], ApplyMode::Insert).unwrap();
    let centres = table("cost_centres", "account cost_centre", "account cost_centre", &[&["A1", "Leeds"]]);
    apply(&mut ledger, std::slice::from_ref(&centres), ApplyMode::Insert).unwrap();
    let again = customers(&[&["A2", "Bob", "", ""], &["A3", "Cy", "", ""], &["A1", "Eve", "", ""]]);
    assert_refused(
        apply(&mut ledger, &[again, centres], ApplyMode::Insert),
        r#"3 rows are there already: customers A1; customers A2; cost_centres ["A1","Leeds"]"#,
    );
    assert_eq!(count(&ledger, "book_customers"), 2, "A3 is not there either (K2)");
}

#[test]
fn upsert_changes_the_given_columns_only_and_audits_before_and_after() {
    let (_dir, mut ledger) = new_ledger();
    let first = customers(&[&["A1", "Ada", "good", "north"], &["A2", "Bob", "", ""]]);
    apply(&mut ledger, &[first], ApplyMode::Insert).unwrap();
    let names = table("customers", "account", "name account", &[&["Ada Ltd", "A1"], &["Bob", "A2"], &["Cy", "A3"]]);
    let changes = apply(&mut ledger, &[names], ApplyMode::Upsert).unwrap();
    assert_eq!(counts(&changes), [(1, 1, 1)]);
    let stored = ledger.load_table("customers").unwrap();
    assert_eq!(cell(&stored, 0, "name").as_deref(), Some("Ada Ltd"));
    assert_eq!(cell(&stored, 0, "notes").as_deref(), Some("good"), "not given, kept");
    assert_eq!(cell(&stored, 0, "x_dealer").as_deref(), Some("north"), "not given, kept");
    let history = ledger.history("customers", "A1").unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(history[0].before_json, None);
    assert_eq!(history[1].before_json.as_deref(), Some(r#"{"account":"A1","name":"Ada","notes":"good"}"#));
    assert_eq!(history[1].after_json.as_deref(), Some(r#"{"account":"A1","name":"Ada Ltd","notes":"good"}"#));
    assert_eq!(history[1].actor, actor("test"));
    assert_eq!(ledger.history("customers", "A2").unwrap().len(), 1, "nothing changed, nothing audited");
}

#[test]
fn columns_of_ones_own_are_kept_changed_and_cleared() {
    let (_dir, mut ledger) = new_ledger();
    apply(&mut ledger, &[customers(&[&["A1", "Ada", "", "north"], &["A2", "Bob", "", "south"]])], ApplyMode::Insert)
        .unwrap();
    let changed = customers(&[&["A1", "Ada", "", "east"], &["A2", "Bob", "", ""]]);
    assert_eq!(counts(&apply(&mut ledger, &[changed], ApplyMode::Upsert).unwrap()), [(0, 2, 0)]);
    let stored = ledger.load_table("customers").unwrap();
    assert_eq!(stored.columns.last().map(String::as_str), Some("x_dealer"));
    assert_eq!((cell(&stored, 0, "x_dealer"), cell(&stored, 1, "x_dealer")), (Some("east".into()), None));
    let history = ledger.history("customers", "A1").unwrap();
    assert_eq!(history[1].after_json.as_deref(), Some(r#"{"account":"A1","name":"Ada","x_dealer":"east"}"#));
}

#[test]
fn tables_that_do_not_fit_are_refused() {
    let (_dir, mut ledger) = new_ledger();
    for (table, why) in [
        (table("people", "id", "id", &[]), "no file people"),
        (table("customers", "account", "account nmae", &[]), "no column nmae"),
        (table("customers", "name", "account name", &[]), "named by account"),
        (table("customers", "account", "account name name", &[]), "column name twice"),
        (table("customers", "account", "account name", &[&["A1"]]), "1 cells for 2 columns"),
        (table("customers", "account", "account name", &[&["A1", "a"], &["A1", "b"]]), "A1 is there twice"),
        (table("customers", "account", "account name", &[&["", "nobody"]]), "account <> ''"),
    ] {
        assert_refused(apply(&mut ledger, std::slice::from_ref(&table), ApplyMode::Insert), why);
        assert_refused(apply(&mut ledger, &[table], ApplyMode::Upsert), why);
    }
    assert_eq!((count(&ledger, "book_customers"), count(&ledger, "audit")), (0, 0));
}

#[test]
fn a_dry_run_counts_and_changes_nothing() {
    let (dir, mut ledger) = new_ledger();
    apply(&mut ledger, &[customers(&[&["A1", "Ada", "", ""]])], ApplyMode::Insert).unwrap();
    let second = customers(&[&["A2", "Bob", "", "west"]]);
    let dry = ledger.apply_book(&[second], ApplyMode::Insert, Currency::GBP, true).unwrap();
    assert_eq!(counts(&dry), [(1, 0, 0)], "a dry run counts");
    assert_eq!((count(&ledger, "book_customers"), count(&ledger, "audit")), (1, 1), "and changes nothing");
    drop(ledger);
    assert_eq!(Ledger::open(dir.path()).unwrap().load_table("customers").unwrap().rows.len(), 1);
}

#[test]
fn rows_that_go_are_audited_with_what_they_were() {
    let (_dir, mut ledger) = new_ledger();
    let rows = customers(&[&["A1", "Ada", "", "west"], &["A2", "Bob", "", ""]]);
    apply(&mut ledger, std::slice::from_ref(&rows), ApplyMode::Insert).unwrap();
    let gone = table("customers", "account", "account", &[&["A1"]]);
    ledger.edit_book(&[], std::slice::from_ref(&gone), ApplyMode::Upsert, Currency::GBP, false).unwrap();
    assert_eq!((count(&ledger, "book_customers"), count(&ledger, "book_extra"), count(&ledger, "audit")), (1, 0, 3));
    let last = ledger.history("customers", "A1").unwrap().pop().unwrap();
    assert_eq!((last.before_json.is_some(), last.after_json), (true, None));
    assert_refused(ledger.edit_book(&[], &[gone], ApplyMode::Upsert, Currency::GBP, false), "customers has no row A1");
}

#[test]
fn an_opening_balance_is_entered_once_and_corrected_by_the_difference() {
    let (_dir, mut ledger) = new_ledger();
    let balances = |rows: &[&[&str]]| table("customers", "account", "account currency opening_balance", rows);
    apply(
        &mut ledger,
        &[balances(&[&["A1", "", "10.50"], &["A2", "JPY", "-300"], &["A3", "", ""]])],
        ApplyMode::Insert,
    )
    .unwrap();
    let balance = |ledger: &Ledger, account: &str| ledger.balance(account).unwrap().minor();
    assert_eq!([balance(&ledger, "A1"), balance(&ledger, "A2"), balance(&ledger, "A3")], [1_050, -300, 0]);
    assert_eq!(count(&ledger, "entries"), 2, "nothing owed, nothing entered");
    // 10.50 was entered; 12.00 is right: an entry of 1.50 more.
    apply(&mut ledger, &[balances(&[&["A1", "", "12.00"], &["A2", "JPY", "-300"]])], ApplyMode::Upsert).unwrap();
    assert_eq!((balance(&ledger, "A1"), count(&ledger, "entries")), (1_200, 3));
    assert_eq!(ledger.history("entry", "A1").unwrap().len(), 2);
    for (row, why) in [
        (["A4", "", "1.005"], "more than 2 decimal places"),
        (["A1", "EUR", "12.00"], "its entries are in GBP, not EUR"),
        (["A4", "pounds", "1.00"], "its currency is none"),
    ] {
        assert_refused(apply(&mut ledger, &[balances(&[&row])], ApplyMode::Upsert), why);
    }
    assert_eq!(ledger.verify().unwrap(), Vec::<String>::new());
}
