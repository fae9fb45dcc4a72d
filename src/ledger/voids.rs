//! What takes posted invoices back: voids, of one or of all of a run (B12, B13), and what stands against it. A void is a
//! credit note of all that was left, and a row that says so; whoever reads what posting left behind leaves out what a voided
//! invoice wrote. Nothing posted is changed.

use rusqlite::{OptionalExtension, params};
use serde_json::json;

use crate::domain::bill::{Bill, LineKind};
use crate::domain::credit::left_of;
use crate::domain::money::Money;

use super::bills::read_bill;
use super::columns::{count, stored};
use super::credit_notes::{NewCreditNote, credits_of};
use super::deletions::RowRange;
use super::drafts::RunStatus;
use super::runs::{find_run, refuse_status};
use super::{Change, LedgerError, LedgerWriter};

/// An invoice on its way to being void.
#[derive(Clone, Copy, Debug)]
pub struct Voiding<'a> {
    /// Its number.
    pub invoice: &'a str,
    /// A credit note of all that is left of it, and no periods.
    pub note: NewCreditNote<'a>,
    /// The usage on it, which waits to be billed again: (import, rows).
    pub released: &'a [(i64, RowRange)],
}

impl LedgerWriter {
    /// Voids an invoice (B12): its credit note, its usage, periods and service lines, its use of caps and allowances. A dry
    /// run does it all and undoes it.
    ///
    /// # Errors
    /// `Refused`: no such invoice; void already; paid in whole or part; a later document gave back or charged again what it
    /// charged or gave back; the credit note does not take all that is left, or cannot be posted.
    pub fn void_invoice(&mut self, voiding: &Voiding<'_>, dry_run: bool) -> Result<(), LedgerError> {
        let change = self.begin()?;
        let number = voiding.invoice;
        let what = || format!("void the invoice {number}");
        let invoice = change.find_live_invoice(&what, number)?;
        if let Some(Obstacle { why, hint }) = change.obstacles(number, None)?.into_iter().next() {
            return Err(LedgerError::refused(what(), why, hint));
        }
        let released: u64 = voiding.released.iter().map(|(_, rows)| rows.rows()).sum();
        if released != invoice.usage_records {
            let why = format!("{} records are on it, {released} would be released", invoice.usage_records);
            return Err(LedgerError::refused(what(), why, "run `tollbook verify`"));
        }
        change.write_void(&what, &invoice, &voiding.note)?;
        for (import, rows) in voiding.released {
            change
                .prepare_cached(
                    "INSERT INTO released_rows (run, import, first_row, last_row, invoice) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![invoice.run, import, rows.first, rows.last, number])?;
        }
        change.end(dry_run)
    }

    /// Undoes a posted run as a unit (B13): voids all its invoices that are not void yet, in the order of posting, each by its
    /// credit note. All usage that the run billed waits to be billed again. A dry run does it all and undoes it.
    ///
    /// # Errors
    /// `Refused`: the run is not posted, or undone; any of its invoices was sent or cannot be voided (all of them are named).
    pub fn undo_run(&mut self, run: i64, notes: &[NewCreditNote<'_>], dry_run: bool) -> Result<(), LedgerError> {
        let change = self.begin()?;
        let what = || format!("undo run {run}");
        let before = find_run(&change, run)?;
        if before.status != RunStatus::Posted {
            return Err(refuse_status("undo", &before, "only posted runs are undone, and only once"));
        }
        if change.actor.reason.as_deref().unwrap_or_default().trim().is_empty() {
            return Err(LedgerError::refused(what(), "there is no reason", "say why with --reason"));
        }
        let live = change.live_invoices(run)?;
        change.refuse_obstacles(&what, run, &live)?;
        if live.len() != notes.len() {
            let why = format!("{} invoices are not void, {} credit notes were made", live.len(), notes.len());
            return Err(LedgerError::refused(what(), why, "do it again"));
        }
        // Before the invoices: what they release is that of the run.
        change.execute("INSERT INTO undone_runs (run, at) VALUES (?1, ?2)", params![run, change.actor.at])?;
        for (number, note) in live.iter().zip(notes) {
            let invoice = change.find_live_invoice(&what, number)?;
            change.write_void(&what, &invoice, note)?;
        }
        change.audit_run(run, Some(&before), Some(RunStatus::Undone), &before.digest)?;
        change.end(dry_run)
    }

    /// Notes that invoices left the house, by a way in words. Marking one again does no harm.
    ///
    /// # Errors
    /// `Refused`: one is not there, or void.
    pub fn mark_sent(&mut self, numbers: &[&str], how: &str, dry_run: bool) -> Result<(), LedgerError> {
        let change = self.begin()?;
        for number in numbers {
            change.find_live_invoice(&|| format!("mark the invoice {number} as sent"), number)?;
            change
                .prepare_cached("INSERT OR IGNORE INTO sent_invoices (invoice, at, how) VALUES (?1, ?2, ?3)")?
                .execute(params![number, change.actor.at, how])?;
            change.audit("invoice", number, None, Some(&json!({"sent": how}).to_string()))?;
        }
        change.end(dry_run)
    }
}

/// An invoice that is not void.
struct LiveInvoice {
    number: String,
    run: i64,
    usage_records: u64,
    bill: Bill,
}

/// What stands against voiding an invoice.
struct Obstacle {
    why: String,
    hint: String,
}

impl Change<'_> {
    fn find_live_invoice(&self, what: &dyn Fn() -> String, number: &str) -> Result<LiveInvoice, LedgerError> {
        let found = self
            .prepare_cached("SELECT run, usage_records, bill_json FROM invoices WHERE number = ?1")?
            .query_row([number], |row| {
                let (run, usage_records, bill) = (row.get("run")?, count(row, "usage_records")?, read_bill(row)?);
                Ok(LiveInvoice { number: number.to_owned(), run, usage_records, bill })
            })
            .optional()?;
        let missing = || LedgerError::refused(what(), "there is no such invoice", "see `tollbook invoice list`");
        let found = found.ok_or_else(missing)?;
        match self.void_of(number)? {
            None => Ok(found),
            Some(note) => {
                let hint = format!("its documents are written by `tollbook invoice export {note} --out DIR`");
                Err(LedgerError::refused(what(), format!("{number} is void already, by credit note {note}"), hint))
            }
        }
    }

    /// The invoices of a run that are not void, in the order of posting.
    fn live_invoices(&self, run: i64) -> Result<Vec<String>, LedgerError> {
        let mut query = self.prepare(
            "SELECT number FROM invoices i WHERE run = ?1 AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = i.number)
             ORDER BY id",
        )?;
        let numbers = query.query_map([run], |row| row.get(0))?;
        Ok(numbers.collect::<Result<_, _>>()?)
    }

    /// Refuses if any invoice was sent or cannot be voided, and names all of them.
    fn refuse_obstacles(&self, what: &dyn Fn() -> String, run: i64, invoices: &[String]) -> Result<(), LedgerError> {
        let mut found = Vec::new();
        for number in invoices {
            let how: Option<String> = self
                .prepare_cached("SELECT how FROM sent_invoices WHERE invoice = ?1 ORDER BY at LIMIT 1")?
                .query_row([number], |row| row.get(0))
                .optional()?;
            found.extend(how.map(|how| format!("{number} was sent ({how})")));
            let may_be_sent = self
                .prepare_cached(
                    "SELECT 1 FROM outbox WHERE document = ?1 AND is_trial = 0 AND state IN ('sending', 'unknown')",
                )?
                .exists([number])?;
            found.extend(may_be_sent.then(|| format!("{number} may have been sent: see `tollbook invoice outbox`")));
            found.extend(
                self.obstacles(number, Some(run))?.into_iter().map(|obstacle| format!("{number}: {}", obstacle.why)),
            );
        }
        if found.is_empty() {
            return Ok(());
        }
        let hint = "void the others one by one; credit what was sent or paid";
        Err(LedgerError::refused(what(), found.join("\n  "), hint))
    }

    /// What stands against voiding an invoice, alone or with all of a run.
    fn obstacles(&self, number: &str, run: Option<i64>) -> Result<Vec<Obstacle>, LedgerError> {
        let paid: i64 = self
            .prepare_cached(
                "SELECT coalesce((SELECT sum(a.amount_minor) FROM allocations a JOIN entries e ON e.id = a.entry
                          WHERE a.invoice = ?1 AND e.kind IN ('payment', 'write_off')), 0)
                      + coalesce((SELECT sum(a.amount_minor) FROM entries i JOIN allocations a ON a.entry = i.id
                          JOIN entries d ON d.id = a.debit AND d.kind = 'refund'
                          WHERE i.invoice = ?1 AND i.kind = 'invoice'), 0)",
            )?
            .query_row([number], |row| row.get(0))?;
        let mut obstacles = Vec::new();
        if paid != 0 {
            let why = "it is paid in whole or in part".to_owned();
            let hint =
                "reverse the payment first (`tollbook payment reverse`), or credit it (`tollbook invoice credit`)";
            obstacles.push(Obstacle { why, hint: hint.into() });
        }
        obstacles.extend(self.shared_with(number, run)?);
        // Days of a charge are charged and given back in turns: what came later stands on this.
        let later: Option<(String, Option<String>, Option<String>)> = self
            .prepare_cached(
                "SELECT p.charge, p.invoice, p.credit_note FROM charge_periods mine JOIN charge_periods p
                   ON p.account = mine.account AND p.charge = mine.charge AND p.id > mine.id
                   AND p.period_from <= mine.period_to AND p.period_to >= mine.period_from
                 WHERE mine.invoice = ?1 AND p.invoice IS NOT ?1
                   AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = p.invoice)
                   AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.number = p.invoice AND i.run = ?2)
                 ORDER BY p.id DESC LIMIT 1",
            )?
            .query_row(params![number, run], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        obstacles.extend(later.map(|later| match later {
            (charge, Some(invoice), _) => Obstacle {
                why: format!("the later invoice {invoice} settles days of charge {charge} that are on it"),
                hint: format!("void {invoice} first"),
            },
            (charge, None, note) => Obstacle {
                why: format!("the credit note {} gave back days of charge {charge}", note.unwrap_or_default()),
                hint: "credit what is left of it with `tollbook invoice credit`".into(),
            },
        }));
        Ok(obstacles)
    }

    /// The customer's other invoices of the run, by cost centre, that what counts against an allowance or a cap is shared with:
    /// taking one back alone would leave the count of the others wrong.
    fn shared_with(&self, number: &str, undone: Option<i64>) -> Result<Option<Obstacle>, LedgerError> {
        let others: Option<String> = self
            .prepare_cached(
                "SELECT group_concat(o.number, ', ' ORDER BY o.id) FROM invoices i
                   JOIN invoices o ON o.account = i.account AND o.run = i.run AND o.number <> i.number
                 WHERE i.number = ?1 AND i.run IS NOT ?2 AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = o.number)
                   AND (EXISTS (SELECT 1 FROM allowance_use u WHERE u.invoice IN (i.number, o.number))
                     OR EXISTS (SELECT 1 FROM cap_use u JOIN json_each(i.bill_json, '$.usage_by_cli') mine
                          JOIN json_each(o.bill_json, '$.usage_by_cli') theirs
                          WHERE u.invoice IN (i.number, o.number) AND mine.value ->> 'cli' = u.cli
                            AND theirs.value ->> 'cli' = u.cli))",
            )?
            .query_row(params![number, undone], |row| row.get(0))?;
        Ok(others.map(|others| Obstacle {
            why: format!("its usage counts against an allowance or a spending cap together with that on {others}"),
            hint: "credit what is wrong (`tollbook invoice credit`), or undo the run (`tollbook bill undo`)".into(),
        }))
    }

    fn write_void(
        &self,
        what: &dyn Fn() -> String,
        invoice: &LiveInvoice,
        note: &NewCreditNote<'_>,
    ) -> Result<(), LedgerError> {
        let number = &invoice.number;
        let fault = |why: String| Err(LedgerError::refused(what(), why, "this is a fault of the program"));
        let of = note.bill.credits.as_ref().map(|credited| credited.number.as_str());
        if of != Some(number.as_str()) || !note.periods.is_empty() {
            return fault(format!("the credit note is of {of:?} or gives periods back"));
        }
        self.write_credit_note(note)?;
        let credits = credits_of(self, number)?;
        let left = left_of(&invoice.bill, credits.iter())
            .map_err(|overflow| LedgerError::Damaged { why: format!("{number}: {overflow}") })?;
        if left.iter().any(|left| (left.net, left.vat) != (Money::ZERO, Money::ZERO)) {
            return fault(format!("the credit note leaves something of {number}"));
        }
        let note = note.bill.number.as_deref().unwrap_or_default();
        self.prepare_cached("INSERT INTO voids (invoice, credit_note, at) VALUES (?1, ?2, ?3)")?.execute(params![
            number,
            note,
            self.actor.at
        ])?;
        self.release_services(invoice)?;
        let after = json!({"void": true, "credit_note": note, "usage_records": stored(invoice.usage_records)?});
        self.audit("invoice", number, Some(&json!({"void": false}).to_string()), Some(&after.to_string()))
    }

    /// Service lines wait again. Those that version 1 billed do not say on which invoice they are; the bill does.
    fn release_services(&self, invoice: &LiveInvoice) -> Result<(), LedgerError> {
        self.prepare_cached(
            "UPDATE service_lines SET billed_run = NULL, billed_invoice = NULL WHERE billed_run = ?1
               AND billed_invoice = ?2",
        )?
        .execute(params![invoice.run, invoice.number])?;
        let lines = invoice.bill.lines.iter().filter(|line| line.kind == LineKind::Service);
        for (import, row) in lines.flat_map(|line| line.source.split(' ')).filter_map(|place| place.split_once(':')) {
            self.prepare_cached(
                "UPDATE service_lines SET billed_run = NULL WHERE import = CAST(?2 AS INTEGER) AND row = CAST(?3 AS INTEGER)
                   AND billed_run = ?1 AND billed_invoice IS NULL",
            )?
            .execute(params![invoice.run, import, row])?;
        }
        Ok(())
    }
}
