//! The rules of the ledger, each against a real file. This file holds what the tests stand on: a reseller of two
//! organisations, files to import, bills of one line at 20 % VAT.

use std::path::Path;

use crate::domain::bill::{
    Amount, Bill, BillBalance, BillCustomer, BillLine, BillOrganisation, BillTotals, BillVat, DocumentKind, LineKind,
    MODEL_VERSION,
};
use crate::domain::charge::{BilledPeriod, ServiceEvent, ServiceLine};
use crate::domain::disposition::Disposition;
use crate::domain::money::{Currency, Money, Percent, Price, Quantity, Sum};
use crate::domain::numbering::Series;
use crate::domain::price_book::VatKind;
use crate::domain::time::Date;
use crate::domain::usage::Kind;

use super::*;

mod book;
mod credit_notes;
mod imports;
mod opening;
mod outbox;
mod payments;
mod posting;
mod runs;
mod schedule;
mod verify;
mod voids;

fn actor(command: &str) -> Actor {
    Actor {
        by: "ann".into(),
        reason: Some("month end".into()),
        at: "2026-11-01T08:00:00Z".into(),
        command: command.into(),
    }
}

/// A new ledger in a folder of its own, open for writing.
fn new_ledger() -> (tempfile::TempDir, LedgerWriter) {
    let dir = tempfile::tempdir().unwrap();
    Ledger::create(dir.path()).unwrap();
    let ledger = Ledger::open_for_writing(dir.path(), actor("test")).unwrap();
    (dir, ledger)
}

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn pounds(text: &str) -> Money {
    Money::parse(text, Currency::GBP).unwrap()
}

/// What the next bill of one account starts from.
fn state(ledger: &Ledger, account: &str) -> AccountState {
    ledger.account_states(account, account).unwrap().remove(account).unwrap_or_default()
}

/// A refusal whose reason contains `why`.
#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T, LedgerError>, why: &str) {
    match result {
        Err(LedgerError::Refused { why: found, hint, .. }) => {
            assert!(found.contains(why), "{found:?} does not say {why:?}");
            assert!(!hint.is_empty());
        }
        other => panic!("not refused: {other:?}"),
    }
}

/// How many rows a table has.
fn count(ledger: &Ledger, table: &str) -> i64 {
    ledger.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// A file of `records` calls of 60 seconds at £0.01 each, all held.
fn usage_import(id: i64, sha: char, records: u64) -> (ImportRow, Vec<ImportTotal>) {
    let cost = Sum::from_wide(1_000_000 * i128::from(records));
    let seconds = Sum::from_wide(60 * i128::from(records));
    let import = ImportRow {
        id,
        supplier: "fcs".into(),
        file_name: format!("calls-{id}.csv"),
        sha256: sha.to_string().repeat(64),
        size: 100 * records,
        kind: ImportKind::Usage,
        facts_file: Some(format!("usage/{id}.parquet")),
        marks_file: None,
        imported_at: "2026-11-01T08:00:00Z".into(),
        lines: records + 1,
        blank_lines: 0,
        records,
        duplicates: 0,
        conflicts: 0,
        rejects: 0,
        units: [seconds, Sum::default(), Sum::default(), Sum::default()],
        cost,
        deleted_at: None,
        is_compared: false,
    };
    let held = ImportTotal {
        disposition: Disposition::Held,
        reason: String::new(),
        kind: Some(Kind::Voice),
        records,
        units: seconds,
        cost,
    };
    (import, vec![held])
}

/// A file of `records` rentals at £5.00 each.
fn services_import(id: i64, sha: char, records: u32) -> (ImportRow, Vec<ImportTotal>, Vec<ServiceLine>) {
    let (mut import, mut totals) = usage_import(id, sha, u64::from(records));
    import.kind = ImportKind::Services;
    import.facts_file = None;
    import.units = [Sum::default(); 4];
    import.cost = Sum::from_wide(500_000_000 * i128::from(records));
    totals[0].kind = None;
    totals[0].units = Sum::default();
    totals[0].cost = import.cost;
    let lines = (0..records).map(|row| ServiceLine {
        row,
        line: u64::from(row) + 2,
        cli: format!("+44207946{row:04}"),
        code: "WLR".into(),
        description: "Line rental".into(),
        event: ServiceEvent::Rental,
        date: date("2026-11-01"),
        quantity: Quantity::ONE,
        cost: Price::from_whole(5).unwrap(),
    });
    (import, totals, lines.collect())
}

/// A bill of one line: net, and 20 % of it as VAT.
fn bill(account: &str, net: &str, previous: &str) -> Bill {
    let amount = |money: Money| Amount::new(money, Currency::GBP);
    let (net, previous) = (pounds(net), pounds(previous));
    let vat = Money::from_minor(net.minor() / 5);
    let gross = net.plus(vat).unwrap();
    Bill {
        model: MODEL_VERSION,
        number: None,
        is_final: false,
        currency: Currency::GBP,
        organisation: BillOrganisation {
            code: "acme".into(),
            name: "Acme Telecom".into(),
            ..BillOrganisation::default()
        },
        customer: BillCustomer {
            account: account.into(),
            name: format!("Customer {account}"),
            payment_terms: "30 days".into(),
            ..BillCustomer::default()
        },
        invoice_date: date("2026-11-01"),
        due_date: date("2026-12-01"),
        usage_until: date("2026-11-01"),
        lines: vec![line(amount(net))],
        usage_by_class: Vec::new(),
        usage_by_cli: Vec::new(),
        allowances: Vec::new(),
        vat: vec![BillVat {
            code: "S".into(),
            label: "VAT 20%".into(),
            kind: VatKind::Standard,
            rate: Percent::from_whole(20).unwrap(),
            net: amount(net),
            vat: amount(vat),
        }],
        totals: BillTotals {
            usage: amount(Money::ZERO),
            charges: amount(net),
            net: amount(net),
            vat: amount(vat),
            gross: amount(gross),
        },
        balance: BillBalance {
            previous: amount(previous),
            this_bill: amount(gross),
            now: amount(previous.plus(gross).unwrap()),
        },
        messages: Vec::new(),
        document: DocumentKind::Invoice,
        credits: None,
        reason: String::new(),
    }
}

fn line(amount: Amount) -> BillLine {
    BillLine {
        category: "Lines".into(),
        description: "Line rental".into(),
        source: "rental".into(),
        ..BillLine::new(LineKind::Recurring, amount, "S".into())
    }
}

/// A period of the charge `rental`, from the first of a month to the 28th.
fn period(month: u32, is_credit: bool) -> BilledPeriod {
    BilledPeriod {
        charge: "rental".into(),
        from: Date::new(2026, month, 1).unwrap(),
        to: Date::new(2026, month, 28).unwrap(),
        is_credit,
        price: Price::from_whole(20).unwrap(),
        quantity: Quantity::ONE,
        amount: Money::from_minor(if is_credit { -2_000 } else { 2_000 }),
    }
}

/// A draft that bills these, each with so many usage records.
fn draft(bills: &[(Bill, u64)]) -> DraftRun {
    DraftRun {
        terms: RunTermsRow {
            invoice_date: date("2026-11-01"),
            usage_cutoff: date("2026-11-01"),
            charge_cutoff: date("2026-12-01"),
            due_date: None,
            message: String::new(),
            scope_json: r#"{"groups":["monthly"]}"#.into(),
            due_group: None,
        },
        digest: "d1".into(),
        totals_json: "{}".into(),
        bills: bills.iter().map(|(bill, usage_records)| draft_bill(bill, *usage_records)).collect(),
        parked: Vec::new(),
        flags: Vec::new(),
    }
}

fn draft_bill(bill: &Bill, usage_records: u64) -> DraftBill {
    DraftBill {
        account: bill.customer.account.clone(),
        outcome: DraftOutcome::Bill,
        bill: Some(bill.clone()),
        usage_records,
        net: bill.totals.net.money,
        gross: bill.totals.gross.money,
    }
}

/// The series of invoices of the organisation `acme`.
fn acme() -> &'static Series {
    static SERIES: std::sync::LazyLock<Series> = std::sync::LazyLock::new(|| Series::of_prefix("AC-"));
    &SERIES
}

/// A posted bill with nothing beside it.
fn posted(bill: &Bill) -> PostedBill<'_> {
    PostedBill {
        bill,
        series: acme(),
        periods: &[],
        services: &[],
        cap_use: &[],
        allowance_use: &[],
        usage_records: 0,
        next_message: None,
    }
}

/// The bill with its number.
fn numbered(bill: &Bill, number: &str) -> Bill {
    Bill { number: Some(number.into()), ..bill.clone() }
}

/// Drafts and approves a run; returns its number.
fn approved(ledger: &mut LedgerWriter, draft: &DraftRun) -> i64 {
    let run = ledger.create_draft(draft).unwrap();
    ledger.approve(run, &draft.digest).unwrap();
    run
}

/// A table of the book from `columns` and rows of cells; an empty cell is blank.
fn table(name: &str, key: &str, columns: &str, rows: &[&[&str]]) -> StoredTable {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    let cell = |text: &&str| (!text.is_empty()).then(|| (*text).to_owned());
    StoredTable {
        name: name.into(),
        columns: words(columns),
        key_columns: words(key),
        rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
    }
}

/// The file of a ledger whose writer is gone, through a plain connection without the ledger's care.
fn plain(dir: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(dir.join(LEDGER_FILE)).unwrap()
}
