//! Is the ledger sound: as a file, and as books that must balance? Finds and tells; mends nothing.

use rusqlite::Connection;

use crate::domain::money::{Currency, Money};

use super::bills::{bill_difference, read_bill};
use super::columns::{money, named};
use super::imports::control_difference;
use super::outbox::OUTBOX;
use super::settlement_checks::SETTLEMENTS;
use super::void_checks::{VOIDS, check_credit_notes};
use super::{Ledger, LedgerError};

/// What must give no row, and what it means if it does. The first column names the thing.
const NO_ROWS: &[(&str, &str)] = &[
    (
        "a row refers to one that is not there",
        "SELECT \"table\" || ' ' || coalesce(rowid, '') FROM pragma_foreign_key_check",
    ),
    (
        "a series of invoice numbers has a gap (B11)",
        "SELECT series FROM invoices GROUP BY series HAVING min(sequence) <> 1 OR max(sequence) <> count(*)",
    ),
    (
        "an invoice number is not the one of its place in the series (B11)",
        "SELECT number FROM invoices WHERE number <> series || printf('%06d', sequence)
           AND NOT (series LIKE '%/' AND number = series || sequence)",
    ),
    (
        "an invoice has no entry of its amount (L1)",
        "SELECT number FROM invoices i WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.invoice = i.number
           AND e.kind = 'invoice' AND e.account = i.account AND e.amount_minor = i.gross_minor
           AND e.currency = i.currency AND e.date = i.date)",
    ),
    (
        "an invoice belongs to a run that is not posted",
        "SELECT number FROM invoices i JOIN runs r ON r.id = i.run WHERE r.status <> 'posted'",
    ),
    (
        "a posted run does not say which usage it billed",
        "SELECT 'run ' || id FROM runs WHERE status = 'posted' AND coalesce(billed_file, '') = ''",
    ),
    (
        "the usage on a run's invoices is not that of its imports (B14)",
        "SELECT 'run ' || id FROM runs r WHERE status = 'posted'
           AND (SELECT coalesce(sum(usage_records), 0) FROM invoices WHERE run = r.id)
            <> (SELECT coalesce(sum(rows), 0) FROM run_imports WHERE run = r.id)",
    ),
    (
        "a run's invoices are not the bills of its draft (B12)",
        "SELECT 'run ' || id FROM runs r WHERE status = 'posted'
           AND (SELECT count(*) || ' ' || coalesce(sum(gross_minor), 0) FROM invoices WHERE run = r.id)
            <> (SELECT count(*) || ' ' || coalesce(sum(gross_minor), 0) FROM draft_bills
                 WHERE run = r.id AND outcome = 'bill')",
    ),
    (
        "a billed period is not on an invoice of its account (P6)",
        "SELECT p.account || ' ' || p.charge FROM charge_periods p LEFT JOIN invoices i ON i.number = p.invoice
           LEFT JOIN credit_notes c ON c.number = p.credit_note WHERE coalesce(i.account, c.account) IS NOT p.account",
    ),
    (
        "a service line was billed by a run that is not posted",
        "SELECT 'import ' || s.import || ' row ' || s.row FROM service_lines s JOIN runs r ON r.id = s.billed_run
           WHERE r.status <> 'posted'",
    ),
    (
        "more records of an import are billed and deleted than it has (F6)",
        "SELECT 'import ' || id FROM imports i WHERE records
           < (SELECT coalesce(sum(rows), 0) FROM run_imports r WHERE import = i.id
               AND NOT EXISTS (SELECT 1 FROM undone_runs u WHERE u.run = r.run))
           - (SELECT coalesce(sum(last_row - first_row + 1), 0) FROM released_rows r WHERE import = i.id
               AND NOT EXISTS (SELECT 1 FROM undone_runs u WHERE u.run = r.run))
           + (SELECT coalesce(sum(last_row - first_row + 1), 0) FROM usage_deletions
               WHERE import = i.id AND restored_at IS NULL)",
    ),
    (
        "a deleted import is billed (F6)",
        "SELECT 'import ' || id FROM imports i WHERE deleted_at IS NOT NULL
           AND (id IN (SELECT import FROM service_lines WHERE billed_run IS NOT NULL)
             OR (SELECT coalesce(sum(rows), 0) FROM run_imports r WHERE import = i.id
               AND NOT EXISTS (SELECT 1 FROM undone_runs u WHERE u.run = r.run))
             <> (SELECT coalesce(sum(last_row - first_row + 1), 0) FROM released_rows r WHERE import = i.id
               AND NOT EXISTS (SELECT 1 FROM undone_runs u WHERE u.run = r.run)))",
    ),
];

impl Ledger {
    /// Everything that is wrong with the ledger, in words; empty if it is sound. The file, the references between rows,
    /// the series of numbers, the sums of invoices and imports, the balances.
    ///
    /// # Errors
    /// `Damaged` where the file cannot even be read.
    pub fn verify(&self) -> Result<Vec<String>, LedgerError> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut findings = Vec::new();
        check_file(&snapshot, &mut findings)?;
        // Beyond a broken file, sums would only repeat the damage.
        if !findings.is_empty() {
            return Ok(findings);
        }
        for (meaning, sql) in NO_ROWS.iter().chain(SETTLEMENTS).chain(VOIDS).chain(OUTBOX) {
            let mut query = snapshot.prepare(sql)?;
            for name in query.query_map([], |row| row.get::<_, String>(0))? {
                findings.push(format!("{}: {meaning}", name?));
            }
        }
        check_invoices(&snapshot, &mut findings)?;
        check_credit_notes(&snapshot, &mut findings)?;
        check_opening_balances(&snapshot, &mut findings)?;
        for import in self.imports()? {
            findings.extend(control_difference(&import, &self.import_totals(import.id)?));
        }
        Ok(findings)
    }
}

fn check_file(connection: &Connection, findings: &mut Vec<String>) -> Result<(), LedgerError> {
    let mut query = connection.prepare("PRAGMA integrity_check")?;
    for words in query.query_map([], |row| row.get::<_, String>(0))? {
        let words = words?;
        if words != "ok" {
            findings.push(format!("the file: {words}"));
        }
    }
    Ok(())
}

/// Each invoice's bill adds up and says what its columns say, and its balance is that of the entries up to it.
fn check_invoices(connection: &Connection, findings: &mut Vec<String>) -> Result<(), LedgerError> {
    let mut query = connection.prepare(
        "SELECT i.*, e.balance_minor FROM invoices i LEFT JOIN
           (SELECT invoice, kind, sum(amount_minor) OVER (PARTITION BY account ORDER BY id) AS balance_minor
              FROM entries) e ON e.invoice = i.number AND e.kind = 'invoice'
         ORDER BY i.id",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let number: String = row.get("number")?;
        let Ok(bill) = read_bill(row) else {
            findings.push(format!("{number}: its bill cannot be read"));
            continue;
        };
        findings.extend(bill_difference(&bill).map(|difference| format!("{number}: {difference}")));
        let totals = bill.totals;
        let same = bill.number.as_ref() == Some(&number)
            && bill.customer.account == row.get::<_, String>("account")?
            && bill.organisation.code == row.get::<_, String>("organisation")?
            && bill.invoice_date.to_string() == row.get::<_, String>("date")?
            && bill.due_date.to_string() == row.get::<_, String>("due_date")?
            && bill.currency == named(row, "currency", Currency::parse)?
            && bill.is_final == row.get::<_, bool>("is_final")?
            && totals.net.money == money(row, "net_minor")?
            && totals.vat.money == money(row, "vat_minor")?
            && totals.gross.money == money(row, "gross_minor")?;
        if !same {
            findings.push(format!("{number}: its bill does not say what its columns say"));
        }
        let balance: Option<i64> = row.get("balance_minor")?;
        if balance != Some(bill.balance.now.money.minor()) {
            findings.push(format!("{number}: the balance on it is not the sum of the entries up to it (L1)"));
        }
    }
    Ok(())
}

/// The opening entries of a customer come to the opening balance in the book.
fn check_opening_balances(connection: &Connection, findings: &mut Vec<String>) -> Result<(), LedgerError> {
    let mut query = connection.prepare(
        "SELECT e.account, max(e.currency) AS currency, sum(e.amount_minor) AS entered_minor, c.opening_balance
           FROM entries e JOIN book_customers c ON c.account = e.account
          WHERE e.kind = 'opening_balance' GROUP BY e.account ORDER BY e.account",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let account: String = row.get("account")?;
        let currency = named(row, "currency", Currency::parse)?;
        let stated: Option<String> = row.get("opening_balance")?;
        let stated = Money::parse(stated.as_deref().unwrap_or("0"), currency).ok();
        if stated != Some(money(row, "entered_minor")?) {
            findings.push(format!("{account}: its opening entries are not the opening balance in the book (L1)"));
        }
    }
    Ok(())
}
