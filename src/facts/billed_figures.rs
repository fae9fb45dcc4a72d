//! The usage on the invoices of one run → the figures that reports sum up, stretch by stretch. Reads only the columns of
//! these; sums nothing itself.

use std::ops::Range;

use super::UsageStore;
use super::error::FactsError;
use super::row_reader::{BadCell, RowReader};
use super::schema::BILLED;
use super::table_reader::Columns;
use crate::domain::money::{CallCharge, Price};
use crate::domain::price_book::CallClass;
use crate::domain::usage::{Kind, Text};

/// What reports sum up, in the order of the file.
const SUMMED: Columns =
    Columns::Named(&["invoice", "cli", "other_party", "kind", "units", "call_type", "class", "cost", "charge"]);
/// Rows that are read at once.
const BATCH: usize = 8_192;

/// What a report takes of a record on an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledFigures {
    /// The number of the invoice.
    pub invoice: Text,
    /// The line (CLI).
    pub cli: Text,
    /// The other end; may be empty.
    pub other_party: Text,
    /// What is measured.
    pub kind: Kind,
    /// Seconds, bytes or count.
    pub units: u64,
    /// The code of the call type.
    pub call_type: Text,
    /// Its class.
    pub class: Option<CallClass>,
    /// What the supplier charges, in the workspace's currency.
    pub cost: Price,
    /// What the invoice charges.
    pub charge: CallCharge,
}

impl UsageStore {
    /// The records of a stretch of a run's file, in its order.
    pub fn billed_figures(
        &self,
        run_file: &str,
        rows: Range<u32>,
        mut take: impl FnMut(BilledFigures),
    ) -> Result<(), FactsError> {
        let mut table = self.open_table(run_file, &BILLED, SUMMED)?.within(rows);
        while let Some(batch) = table.next_rows(BATCH, None, take_figures)? {
            batch.into_iter().for_each(&mut take);
        }
        Ok(())
    }
}

fn take_figures(row: &mut RowReader<'_>) -> Result<BilledFigures, BadCell> {
    Ok(BilledFigures {
        invoice: row.text()?.into(),
        cli: row.text_or_null()?.into(),
        other_party: row.text_or_null()?.into(),
        kind: row.word(Kind::parse)?,
        units: row.count()?,
        call_type: row.text_or_null()?.into(),
        class: row.optional_word(CallClass::parse)?,
        cost: row.optional_amount()?.unwrap_or_default(),
        charge: row.amount()?,
    })
}
