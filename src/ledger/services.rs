//! The lines of suppliers' service files: kept as they came, marked once when a run bills them (P7).

use rusqlite::{Row, params};

use crate::domain::charge::{ServiceEvent, ServiceLine};

use super::columns::{count, date, decimal, named, stored};
use super::{Change, Ledger, LedgerError};

/// A service line that waits to be billed, or to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnbilledService {
    /// The import it came with.
    pub import: i64,
    /// The code of the supplier that sent it.
    pub supplier: String,
    /// The line.
    pub line: ServiceLine,
}

impl Ledger {
    /// All service lines that no posted run billed and nobody deleted, by import and row.
    pub fn unbilled_services(&self) -> Result<Vec<UnbilledService>, LedgerError> {
        self.live_services("s.billed_run IS NULL AND s.import NOT IN (SELECT import FROM reconciled_imports)")
    }

    /// All service lines that are only compared and that nobody deleted (P8), by import and row.
    pub fn compared_services(&self) -> Result<Vec<UnbilledService>, LedgerError> {
        self.live_services("s.import IN (SELECT import FROM reconciled_imports)")
    }

    fn live_services(&self, which: &str) -> Result<Vec<UnbilledService>, LedgerError> {
        let mut query = self.connection.prepare(&format!(
            "SELECT s.*, i.supplier FROM service_lines s JOIN imports i ON i.id = s.import
             WHERE {which} AND i.deleted_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM usage_deletions d WHERE d.import = s.import AND d.restored_at IS NULL
                 AND s.row BETWEEN d.first_row AND d.last_row)
             ORDER BY s.import, s.row",
        ))?;
        let lines = query.query_map([], |row| {
            Ok(UnbilledService { import: row.get("import")?, supplier: row.get("supplier")?, line: read_line(row)? })
        })?;
        Ok(lines.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    pub(super) fn insert_services(&self, import: i64, lines: &[ServiceLine]) -> Result<(), LedgerError> {
        let mut insert = self.prepare_cached(
            "INSERT INTO service_lines (import, row, line, cli, code, description, event, date, quantity_e4, cost_e8)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        for line in lines {
            insert.execute(params![
                import,
                line.row,
                stored(line.line)?,
                line.cli,
                line.code,
                line.description,
                line.event.name(),
                line.date.to_string(),
                line.quantity.scaled(),
                line.cost.scaled(),
            ])?;
        }
        Ok(())
    }

    /// Marks a line as billed by a run, on an invoice; refuses one that is billed, deleted or unknown.
    pub(super) fn bill_service(&self, (run, invoice): (i64, &str), import: i64, row: u32) -> Result<(), LedgerError> {
        let marked = self
            .prepare_cached(
                "UPDATE service_lines SET billed_run = ?1, billed_invoice = ?4 WHERE import = ?2 AND row = ?3 AND billed_run IS NULL
                   AND EXISTS (SELECT 1 FROM imports i WHERE i.id = ?2 AND i.deleted_at IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM usage_deletions d WHERE d.import = ?2 AND d.restored_at IS NULL
                     AND ?3 BETWEEN d.first_row AND d.last_row)",
            )?
            .execute(params![run, import, row, invoice])?;
        if marked == 1 {
            return Ok(());
        }
        Err(LedgerError::refused(
            format!("bill the service line {import}:{row}"),
            "it is billed already, deleted, or not there",
            "make the draft again",
        ))
    }
}

fn read_line(row: &Row<'_>) -> rusqlite::Result<ServiceLine> {
    Ok(ServiceLine {
        row: row.get("row")?,
        line: count(row, "line")?,
        cli: row.get("cli")?,
        code: row.get("code")?,
        description: row.get("description")?,
        event: named(row, "event", ServiceEvent::parse)?,
        date: date(row, "date")?,
        quantity: decimal(row, "quantity_e4")?,
        cost: decimal(row, "cost_e8")?,
    })
}
