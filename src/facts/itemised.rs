//! The usage on the invoices of one run → the calls that their documents list, stretch by stretch, in invoice order.
//! Reads only what an itemisation shows; decides nothing about documents.

use std::ops::Range;

use super::UsageStore;
use super::billed_sets::RowsOfImports;
use super::error::FactsError;
use super::row_reader::{BadCell, RowReader};
use super::schema::BILLED;
use super::table_reader::Columns;
use crate::domain::bill::ItemisedCall;
use crate::domain::disposition::Disposition;
use crate::domain::price_book::CallClass;
use crate::domain::time::CivilDateTime;
use crate::domain::usage::{Direction, Kind, Text};

/// What an itemisation shows, in the order of the file.
const SHOWN: Columns = Columns::Named(&[
    "invoice",
    "record",
    "cli",
    "cost_centre",
    "direction",
    "other_party",
    "started_at",
    "kind",
    "units",
    "class",
    "disposition",
    "charge",
    "description",
]);
/// Rows that are read at once.
const BATCH: usize = 8_192;

/// Neighbouring calls of one invoice: all that are on it, or those in a stretch of the file.
#[derive(Debug, PartialEq, Eq)]
pub struct InvoiceCalls {
    /// Its number.
    pub invoice: Text,
    /// In the order of the file.
    pub calls: Vec<ItemisedCall>,
}

impl UsageStore {
    /// The stretches of a run's file that are packed together: what one thread reads at once.
    pub fn billed_groups(&self, run_file: &str) -> Result<Vec<Range<u32>>, FactsError> {
        Ok(self.open_table(run_file, &BILLED, SHOWN)?.groups())
    }

    /// The calls on one invoice, in the order of the run's file. Stretches that cannot hold the invoice are not read.
    pub fn calls_of_invoice(&self, run_file: &str, invoice: &str) -> Result<Vec<ItemisedCall>, FactsError> {
        let candidates = self.open_table(run_file, &BILLED, SHOWN)?.rows_that_may_hold("invoice", invoice);
        let mut calls = Vec::new();
        for rows in candidates.ranges() {
            let found = self.itemised_calls(run_file, rows)?.into_iter();
            calls.extend(found.filter(|found| found.invoice == invoice).flat_map(|found| found.calls));
        }
        Ok(calls)
    }

    /// Which facts are on one invoice of a run.
    pub fn rows_of_invoice(&self, run_file: &str, invoice: &str) -> Result<RowsOfImports, FactsError> {
        let open = || self.open_table(run_file, &BILLED, Columns::Named(&["import", "row", "invoice"]));
        let mut found = RowsOfImports::new();
        for rows in open()?.rows_that_may_hold("invoice", invoice).ranges() {
            let mut table = open()?.within(rows);
            let take = |row: &mut RowReader<'_>| Ok((row.integer()?, row.row_number()?, row.text()? == invoice));
            while let Some(batch) = table.next_rows(BATCH, None, take)? {
                for (import, row, _) in batch.into_iter().filter(|(_, _, is_on_it)| *is_on_it) {
                    found.entry(import).or_default().insert(row);
                }
            }
        }
        Ok(found)
    }

    /// The calls of a stretch of a run's file, by invoice; the first and the last may go on in the neighbours.
    pub fn itemised_calls(&self, run_file: &str, rows: Range<u32>) -> Result<Vec<InvoiceCalls>, FactsError> {
        let mut table = self.open_table(run_file, &BILLED, SHOWN)?.within(rows);
        let mut invoices: Vec<InvoiceCalls> = Vec::new();
        while let Some(batch) = table.next_rows(BATCH, None, take_itemised)? {
            for (invoice, call) in batch {
                match invoices.last_mut().filter(|last| last.invoice == invoice) {
                    Some(last) => last.calls.push(call),
                    None => invoices.push(InvoiceCalls { invoice, calls: vec![call] }),
                }
            }
        }
        Ok(invoices)
    }
}

fn take_itemised(row: &mut RowReader<'_>) -> Result<(Text, ItemisedCall), BadCell> {
    let invoice = row.text()?.into();
    let call = ItemisedCall {
        record: row.text()?.into(),
        cli: row.text_or_null()?.into(),
        cost_centre: row.text_or_null()?.into(),
        direction: row.word(Direction::parse)?.name(),
        other_party: row.text_or_null()?.into(),
        started_at: row.seconds_as(CivilDateTime::from_utc_seconds)?.to_string(),
        kind: row.word(Kind::parse)?.name(),
        units: row.count()?,
        class: row.optional_word(CallClass::parse)?.map(CallClass::name).unwrap_or_default(),
        disposition: row.word(Disposition::parse)?.name(),
        charge: row.amount()?,
        description: row.text_or_null()?.into(),
    };
    Ok((invoice, call))
}
