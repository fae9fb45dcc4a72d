//! How posted invoices stand: open, paid, credited, void; sent or not. And the usage that voids released. Reads only.

use std::collections::BTreeMap;

use rusqlite::params;

use crate::domain::money::Money;

use super::columns::money;
use super::deletions::RowRange;
use super::invoices::InvoiceFilter;
use super::{Ledger, LedgerError};

/// What became of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceState {
    /// Nothing of it is paid.
    Open,
    /// Paid in part.
    PartPaid,
    /// Nothing is left to pay.
    Paid,
    /// All of it was credited.
    Credited,
    /// Voided (B12).
    Void,
}

impl InvoiceState {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::PartPaid => "part paid",
            Self::Paid => "paid",
            Self::Credited => "credited",
            Self::Void => "void",
        }
    }
}

/// How an invoice stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceStanding {
    /// What became of it.
    pub state: InvoiceState,
    /// What is left to pay of it; of an invoice that is a credit, what is left to use, negative.
    pub open: Money,
    /// What credit notes took off it, with VAT; negative.
    pub credited: Money,
    /// When it was first sent: UTC.
    pub sent_at: Option<String>,
    /// The credit note that voided it.
    pub voided_by: Option<String>,
}

/// Usage of a voided invoice, by the run that billed it: (import, rows).
pub type ReleasedRows = BTreeMap<i64, Vec<(i64, RowRange)>>;

impl Ledger {
    /// How invoices stand, by number.
    pub fn standings(&self, filter: InvoiceFilter<'_>) -> Result<BTreeMap<String, InvoiceStanding>, LedgerError> {
        self.read_standings("(?1 IS NULL OR i.run = ?1) AND (?2 IS NULL OR i.account = ?2)", filter.run, filter.account)
    }

    /// How one invoice stands.
    pub fn standing(&self, number: &str) -> Result<Option<InvoiceStanding>, LedgerError> {
        Ok(self.read_standings("?1 IS NULL AND i.number = ?2", None, Some(number))?.remove(number))
    }

    /// The rows that voids released, of runs that were not undone as a whole.
    pub fn released_rows(&self) -> Result<ReleasedRows, LedgerError> {
        let mut query = self.connection.prepare(
            "SELECT run, import, first_row, last_row FROM released_rows r
             WHERE NOT EXISTS (SELECT 1 FROM undone_runs u WHERE u.run = r.run) ORDER BY run, import, first_row",
        )?;
        let mut rows = query.query([])?;
        let mut released = ReleasedRows::new();
        while let Some(row) = rows.next()? {
            let range = RowRange { first: row.get("first_row")?, last: row.get("last_row")? };
            released.entry(row.get("run")?).or_default().push((row.get("import")?, range));
        }
        Ok(released)
    }

    fn read_standings(
        &self,
        wanted: &str,
        run: Option<i64>,
        text: Option<&str>,
    ) -> Result<BTreeMap<String, InvoiceStanding>, LedgerError> {
        let sql = format!(
            "SELECT i.number, i.gross_minor,
               coalesce((SELECT sum(a.amount_minor) FROM allocations a WHERE a.invoice = i.number), 0) AS settled_minor,
               coalesce((SELECT sum(a.amount_minor) FROM allocations a JOIN entries e ON e.id = a.entry
                 WHERE a.invoice = i.number AND e.kind <> 'credit_note'), 0) AS paid_minor,
               coalesce((SELECT sum(a.amount_minor) FROM entries e JOIN allocations a ON a.entry = e.id
                 WHERE e.invoice = i.number AND e.kind = 'invoice'), 0) AS used_minor,
               coalesce((SELECT sum(c.gross_minor) FROM credit_notes c WHERE c.invoice = i.number), 0) AS credited_minor,
               (SELECT min(s.at) FROM sent_invoices s WHERE s.invoice = i.number) AS sent_at,
               (SELECT v.credit_note FROM voids v WHERE v.invoice = i.number) AS voided_by
             FROM invoices i WHERE {wanted}"
        );
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query.query_map(params![run, text], |row| {
            let [gross, settled, paid, used] =
                ["gross_minor", "settled_minor", "paid_minor", "used_minor"].map(|column| row.get::<_, i64>(column));
            let (gross, paid) = (gross?, paid?);
            // A bill that was a credit is used by what it pays.
            let open = if gross < 0 { gross + used? } else { gross - settled? };
            let credited = money(row, "credited_minor")?;
            let voided_by: Option<String> = row.get("voided_by")?;
            let state = match (&voided_by, open) {
                (Some(_), _) => InvoiceState::Void,
                _ if gross != 0 && credited.minor() == -gross => InvoiceState::Credited,
                (None, 0) => InvoiceState::Paid,
                (None, _) if paid != 0 => InvoiceState::PartPaid,
                (None, _) => InvoiceState::Open,
            };
            let (open, sent_at) = (Money::from_minor(open), row.get("sent_at")?);
            Ok((row.get("number")?, InvoiceStanding { state, open, credited, sent_at, voided_by }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
