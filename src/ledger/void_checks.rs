//! What must hold between credit notes, voids and what they take back (B11–B13), as queries that give no row, and what each
//! credit note must say. Run by [`super::verify`].

use rusqlite::Connection;

use crate::domain::bill::DocumentKind;
use crate::domain::credit::left_of;
use crate::domain::money::{Currency, Money};

use super::LedgerError;
use super::bills::{bill_difference, read_bill};
use super::columns::{money, named};
use super::credit_notes::credits_of;

/// What must give no row, and what it means if it does. The first column names the thing.
pub(super) const VOIDS: &[(&str, &str)] = &[
    (
        "a series of credit note numbers has a gap (B11)",
        "SELECT series FROM credit_notes GROUP BY series HAVING min(sequence) <> 1 OR max(sequence) <> count(*)",
    ),
    (
        "a credit note's number is not the one of its place in the series (B11)",
        "SELECT number FROM credit_notes WHERE number <> series || printf('%06d', sequence)
           AND NOT (series LIKE '%/' AND number = series || sequence)",
    ),
    (
        "a credit note has no entry of its amount (L1)",
        "SELECT number FROM credit_notes c WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.credit_note = c.number
           AND e.kind = 'credit_note' AND e.account = c.account AND e.amount_minor = c.gross_minor
           AND e.currency = c.currency AND e.date = c.date AND e.invoice IS c.invoice)",
    ),
    (
        "a credit note is of another account's invoice",
        "SELECT c.number FROM credit_notes c JOIN invoices i ON i.number = c.invoice WHERE i.account <> c.account",
    ),
    (
        "an invoice is voided by the credit note of another (B12)",
        "SELECT v.invoice FROM voids v JOIN credit_notes c ON c.number = v.credit_note WHERE c.invoice IS NOT v.invoice",
    ),
    (
        "an invoice was credited after it was voided (B12)",
        "SELECT c.number FROM voids v JOIN credit_notes n ON n.number = v.credit_note
           JOIN credit_notes c ON c.invoice = v.invoice AND c.id > n.id",
    ),
    (
        "an undone run has an invoice that is not void (B13)",
        "SELECT i.number FROM undone_runs u JOIN invoices i ON i.run = u.run
           WHERE NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number)",
    ),
    (
        "a run that is not posted is undone (B13)",
        "SELECT 'run ' || u.run FROM undone_runs u JOIN runs r ON r.id = u.run WHERE r.status <> 'posted'",
    ),
    (
        "the usage that a void released is not that of its invoice (B12)",
        "SELECT i.number FROM voids v JOIN invoices i ON i.number = v.invoice
           WHERE NOT EXISTS (SELECT 1 FROM undone_runs u WHERE u.run = i.run) AND i.usage_records
             <> (SELECT coalesce(sum(last_row - first_row + 1), 0) FROM released_rows WHERE invoice = v.invoice)",
    ),
    (
        "usage was released twice (B12)",
        "SELECT 'import ' || import || ' row ' || first_row FROM
           (SELECT run, import, first_row, lag(last_row) OVER (PARTITION BY run, import ORDER BY first_row) AS before
              FROM released_rows) WHERE first_row <= before",
    ),
    (
        "usage was released of an invoice of another run (B12)",
        "SELECT r.invoice FROM released_rows r JOIN invoices i ON i.number = r.invoice WHERE i.run <> r.run",
    ),
    (
        "a service line is on a void invoice (B12)",
        "SELECT 'import ' || s.import || ' row ' || s.row FROM service_lines s JOIN voids v ON v.invoice = s.billed_invoice",
    ),
    (
        "days of a charge are not charged and given back in turns (P6)",
        "SELECT DISTINCT p.account || ' ' || p.charge FROM charge_periods p
           WHERE NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = p.invoice)
             AND (p.kind = 'credit') <> (SELECT coalesce(sum(CASE q.kind WHEN 'charge' THEN 1 ELSE -1 END), 0)
               FROM charge_periods q WHERE q.account = p.account AND q.charge = p.charge AND q.id < p.id
                 AND p.period_from BETWEEN q.period_from AND q.period_to
                 AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = q.invoice))",
    ),
];

/// Each credit note adds up and says what its columns say; none takes more than was on its invoice, and a void all of it.
pub(super) fn check_credit_notes(connection: &Connection, findings: &mut Vec<String>) -> Result<(), LedgerError> {
    let mut query = connection.prepare("SELECT * FROM credit_notes ORDER BY id")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let number: String = row.get("number")?;
        let Ok(bill) = read_bill(row) else {
            findings.push(format!("{number}: its document cannot be read"));
            continue;
        };
        findings.extend(bill_difference(&bill).map(|difference| format!("{number}: {difference}")));
        let totals = bill.totals;
        let invoice: Option<String> = row.get("invoice")?;
        let same = bill.document == DocumentKind::CreditNote
            && bill.number.as_ref() == Some(&number)
            && bill.credits.as_ref().map(|credited| &credited.number) == invoice.as_ref()
            && bill.customer.account == row.get::<_, String>("account")?
            && bill.organisation.code == row.get::<_, String>("organisation")?
            && bill.invoice_date.to_string() == row.get::<_, String>("date")?
            && bill.reason == row.get::<_, String>("reason")?
            && bill.currency == named(row, "currency", Currency::parse)?
            && totals.net.money == money(row, "net_minor")?
            && totals.vat.money == money(row, "vat_minor")?
            && totals.gross.money == money(row, "gross_minor")?;
        if !same {
            findings.push(format!("{number}: its document does not say what its columns say"));
        }
    }
    check_credited(connection, findings)
}

fn check_credited(connection: &Connection, findings: &mut Vec<String>) -> Result<(), LedgerError> {
    let mut query = connection.prepare(
        "SELECT number, bill_json, EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number) AS is_void FROM invoices i
          WHERE number IN (SELECT invoice FROM credit_notes) ORDER BY id",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (number, is_void): (String, bool) = (row.get("number")?, row.get("is_void")?);
        let (Ok(bill), credits) = (read_bill(row), credits_of(connection, &number)) else { continue };
        let Ok(left) = left_of(&bill, credits?.iter()) else { continue };
        for (left, whole) in left.iter().zip(&bill.vat) {
            let within = |left: Money, whole: Money| {
                let (low, high) = (whole.min(Money::ZERO), whole.max(Money::ZERO));
                (low..=high).contains(&left) && (!is_void || left == Money::ZERO)
            };
            if !within(left.net, whole.net.money) || !within(left.vat, whole.vat.money) {
                let what = if is_void { "it is void and not all credited" } else { "more is credited than it is" };
                findings.push(format!("{number}: of VAT code {} {what} (B12)", left.code));
            }
        }
    }
    Ok(())
}
