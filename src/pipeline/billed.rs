//! Drafted usage of a run → the rows of its billed file: fetched from the facts and priced again, some at a time, in the
//! order of the invoices. Charges are those of the draft; a price that is no longer the draft's ends it.

use super::rows::{RowNames, billed_row};
use super::unbilled::OpenImport;
use super::{BATCH_RECORDS, Engine};
use crate::domain::usage::{ChargedUsage, MatchedUsage, RatedUsage, UsageMatch, UsagePrice, UsageRecord, WhyAside};
use crate::error::{Error, ErrorKind, Result};
use crate::facts::{BilledBatch, BilledWriter, RowSet, UsageStore};
use crate::workers::Workers;

/// Whole records that are held at once: about 1 GiB. Each time the facts
/// are read once.
pub const ROWS_AT_ONCE: usize = 2 << 20;
/// Rows that a thread makes columns of at once.
const BATCH_ROWS: usize = 8_192;

/// What billed rows are made from.
#[derive(Clone, Copy)]
pub struct BilledRows<'a> {
    /// What prices them.
    pub engine: &'a Engine<'a>,
    /// Where the facts are.
    pub store: &'a UsageStore,
    /// Who does the work.
    pub workers: &'a Workers,
    /// What rows are named by.
    pub names: &'a RowNames<'a>,
    /// The imports that hold the facts.
    pub imports: &'a [OpenImport],
    /// How many are held at once; the file is the same whatever it is.
    pub rows_at_once: usize,
}

/// One record on its way onto an invoice: the number, and what is charged.
type OnInvoice<'a> = (&'a str, &'a ChargedUsage);

impl BilledRows<'_> {
    /// Writes records, in the order given.
    pub fn write<'u>(&self, writer: &mut BilledWriter, usage: impl Iterator<Item = OnInvoice<'u>>) -> Result<()> {
        let mut usage = usage.peekable();
        while usage.peek().is_some() {
            let window: Vec<_> = usage.by_ref().take(self.rows_at_once.max(1)).collect();
            self.write_window(writer, &window)?;
        }
        Ok(())
    }

    fn write_window(&self, writer: &mut BilledWriter, window: &[OnInvoice<'_>]) -> Result<()> {
        let mut places: Vec<(u32, u32, usize)> =
            window.iter().enumerate().map(|(place, (_, usage))| (usage.import, usage.row, place)).collect();
        self.workers.sort_by(&mut places, Ord::cmp);
        let mut priced: Vec<Option<RatedUsage>> = Vec::new();
        priced.resize_with(window.len(), || None);
        for of_import in places.chunk_by(|a, b| a.0 == b.0) {
            self.fetch(self.import(of_import[0].0)?, of_import, window, &mut priced)?;
        }
        let of_place = window.iter().zip(&priced).collect::<Vec<_>>();
        // Some batches after the other: their columns are packed before the next are made.
        for rows in of_place.chunks(BATCH_ROWS * self.workers.window()) {
            for batch in self.workers.map(rows.chunks(BATCH_ROWS).collect(), |rows| self.batch(rows)) {
                writer.add(batch?)?;
            }
            writer.pack(Some(self.workers))?;
            writer.write_packed()?;
        }
        Ok(())
    }

    fn import(&self, number: u32) -> Result<&OpenImport> {
        let found = self.imports.binary_search_by_key(&number, |import| import.origin().1).ok();
        let found = found.map(|place| &self.imports[place]);
        found.ok_or_else(|| fault(&format!("import {number} is on a bill and not open")))
    }

    /// Prices the rows of one import again and puts each in its place. `places` are ascending.
    fn fetch(
        &self,
        import: &OpenImport,
        places: &[(u32, u32, usize)],
        window: &[OnInvoice<'_>],
        priced: &mut [Option<RatedUsage>],
    ) -> Result<()> {
        let rows: RowSet = places.iter().map(|(_, row, _)| *row).collect();
        let mut places = places.iter();
        let work = |records: Vec<UsageRecord>| self.price(import, records);
        import.each_batch(&rows, self.store, self.workers, work, |batch| {
            for rated in batch? {
                let place = places.next().map(|(_, row, place)| (*row, *place));
                let row = rated.matched.record.row;
                let (_, place) = place.filter(|(wanted, _)| *wanted == row).ok_or_else(|| fault("rows are missing"))?;
                if rated.sell != window[place].1.sell {
                    return Err(fault(&format!("row {row} of import {} has another price now", import.import)));
                }
                priced[place] = Some(rated);
            }
            Ok(())
        })
    }

    fn price(&self, import: &OpenImport, records: Vec<UsageRecord>) -> Result<Vec<RatedUsage>> {
        let mut prices = Vec::with_capacity(records.len());
        for records in records.chunks(BATCH_RECORDS) {
            self.engine.price_each(import.supplier, records, |_, priced| prices.push(priced));
        }
        let rate = |(record, priced): (UsageRecord, std::result::Result<(UsageMatch, UsagePrice), WhyAside>)| {
            let row = record.row;
            let (of, price) =
                priced.map_err(|_| fault(&format!("row {row} of import {} is not priced now", import.import)))?;
            let cost_centre = self.engine.book.cli(of.cli).cost_centre;
            Ok(RatedUsage::new(MatchedUsage::new(record, of, cost_centre), price))
        };
        records.into_iter().zip(prices).map(rate).collect()
    }

    fn batch(&self, rows: &[(&OnInvoice<'_>, &Option<RatedUsage>)]) -> Result<BilledBatch> {
        let mut billed = Vec::with_capacity(rows.len());
        for ((invoice, usage), rated) in rows {
            let rated = rated.as_ref().ok_or_else(|| fault("rows are missing"))?;
            billed.push(billed_row(self.names, invoice, &self.import(usage.import)?.file_name, usage, rated));
        }
        Ok(BilledBatch::of(&billed))
    }
}

fn fault(what: &str) -> Error {
    let message = format!("the facts are not those of the draft any more: {what}");
    Error::new(ErrorKind::Damaged, message, "nothing was posted: run `tollbook verify`, and please report this fault")
}
