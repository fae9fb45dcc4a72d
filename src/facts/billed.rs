//! The usage on the invoices of one run ↔ `billed/run-….parquet`: the itemisation, and which facts are billed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::billed_sets::{self, RowsOfImports};
use super::cells::{CellWriter, RowBatch};
use super::error::FactsError;
use super::rated::RatedRow;
use super::rated_file::{owned, put_rated, take_rated};
use super::row_reader::{BadCell, RowReader};
use super::row_set::RowSet;
use super::scans::Scan;
use super::schema::BILLED;
use super::table_reader::Columns;
use super::table_writer::{SealedTable, TableWriter};
use super::{BILLED_FOLDER, NAME_ENTRY, UsageStore};
use crate::domain::money::CallCharge;
use crate::threads::Threads;

/// Rows that are read at once when all of each is.
const SMALL_BATCH: usize = 1_024;

/// One record on an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledRow<'a> {
    /// The import it came with, as the ledger numbers them.
    pub import: i64,
    /// Its row in the facts file of that import.
    pub row: u32,
    /// The number of the invoice.
    pub invoice: Cow<'a, str>,
    /// The record with its price, without its call id.
    pub rated: RatedRow<'a>,
    /// What the invoice charges for it: the price after allowances and caps.
    pub charge: CallCharge,
    /// What kind of usage it is, in the words of the invoice; may be empty.
    pub description: Cow<'a, str>,
}

/// The billed usage of a run being written. Dropped, it leaves nothing behind.
pub struct BilledWriter {
    file: String,
    table: TableWriter,
    sets: RowsOfImports,
}

/// The billed usage of a run, safe on the disk, not visible yet. Dropped, it leaves nothing behind.
pub struct PendingBilled {
    file: String,
    table: SealedTable,
}

/// The published billed usage of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedBilled {
    /// Its name within the store.
    pub file: String,
    /// How many records it has.
    pub rows: u64,
    /// SHA-256 of the file, in hexadecimal: see [`UsageStore::verify`].
    pub sha256: String,
}

impl BilledWriter {
    /// Begins the file of a run, as the ledger numbers them. Refused if the run has one already.
    pub fn create(store: &UsageStore, run: i64) -> Result<Self, FactsError> {
        let file = format!("{BILLED_FOLDER}/run-{run:06}.parquet");
        let target = store.path_of(&file);
        if target.exists() {
            return Err(FactsError::Exists { file: target });
        }
        Self::over(store, file)
    }

    /// Begins the file of a run, whether there is one or not.
    pub(super) fn over(store: &UsageStore, file: String) -> Result<Self, FactsError> {
        let table = TableWriter::create(&store.path_of(&file), &BILLED, &[(NAME_ENTRY, &file)])?;
        Ok(Self { file, table, sets: RowsOfImports::new() })
    }

    /// Adds records; those of one invoice one after the other, so that they are found fast.
    pub fn write(&mut self, rows: &[BilledRow<'_>]) -> Result<(), FactsError> {
        self.add(BilledBatch::of(rows))?;
        self.pack(None)?;
        self.write_packed()
    }

    /// Adds a batch of records. They wait to be packed and written.
    pub fn add(&mut self, batch: BilledBatch) -> Result<(), FactsError> {
        for (import, rows) in batch.facts {
            self.sets.entry(import).or_default().extend(rows);
        }
        self.table.add(batch.rows)
    }

    /// Packs what makes whole groups, side by side.
    pub fn pack(&mut self, threads: Option<&dyn Threads>) -> Result<(), FactsError> {
        self.table.pack(threads)
    }

    /// Writes what is packed.
    pub fn write_packed(&mut self) -> Result<(), FactsError> {
        self.table.write_packed()
    }

    /// How many records of each import there are.
    pub fn rows_of_imports(&self) -> Vec<(i64, u64)> {
        self.sets.iter().map(|(import, rows)| (*import, rows.len())).collect()
    }

    /// Completes the file and syncs it; it is not visible yet.
    pub fn finish(mut self, threads: Option<&dyn Threads>) -> Result<PendingBilled, FactsError> {
        self.table.add_entry(billed_sets::ENTRY, billed_sets::encode(&self.sets));
        Ok(PendingBilled { file: self.file, table: self.table.finish(threads)? })
    }
}

/// Neighbouring records as columns: what one thread makes of some of a run's usage.
pub struct BilledBatch {
    rows: RowBatch,
    facts: BTreeMap<i64, Vec<u32>>,
}

impl BilledBatch {
    /// Takes records, in the order of the run's file.
    pub fn of(rows: &[BilledRow<'_>]) -> Self {
        let (mut batch, mut facts) = (RowBatch::new(&BILLED), BTreeMap::<i64, Vec<u32>>::new());
        batch.add(rows, put_billed);
        for billed in rows {
            facts.entry(billed.import).or_default().push(billed.row);
        }
        Self { rows: batch, facts }
    }
}

impl PendingBilled {
    /// Makes the file visible.
    pub fn publish(self, store: &UsageStore) -> Result<PublishedBilled, FactsError> {
        let Self { file, table } = self;
        let (rows, sha256) = (table.rows, table.sha256.clone());
        table.publish_new()?;
        store.trust(&file);
        Ok(PublishedBilled { file, rows, sha256 })
    }

    /// Puts the file in the place of the one that has its name.
    pub(super) fn publish_over(self) -> Result<(), FactsError> {
        self.table.publish_over()
    }
}

impl UsageStore {
    /// The billed usage of a run, in the order of its file: invoice by invoice.
    pub fn billed_calls(&self, run_file: &str) -> impl Iterator<Item = Result<BilledRow<'static>, FactsError>> + use<> {
        Scan::new(self.open_table(run_file, &BILLED, Columns::All), SMALL_BATCH, None, take_billed).rows()
    }

    /// What a run billed for one fact, if it did.
    pub fn billed_call(&self, run_file: &str, import: i64, row: u32) -> Result<Option<BilledRow<'static>>, FactsError> {
        let mut facts = self.open_table(run_file, &BILLED, Columns::Named(&["import", "row"]))?;
        let all = RowSet::from(0..facts.rows());
        let is_it = |found: &mut RowReader<'_>| Ok((found.integer()?, found.row_number()?) == (import, row));
        let rows = facts.rows_where(&all, is_it)?;
        let table = self.open_table(run_file, &BILLED, Columns::All);
        Scan::new(table, SMALL_BATCH, Some(Cow::Owned(rows)), take_billed).rows().next().transpose()
    }
}

fn put_billed<'r>(cells: &mut CellWriter<'_, 'r, BilledRow<'_>>) {
    cells.integer(|billed| billed.import);
    cells.row_number(|billed| billed.row);
    cells.text(|billed| &billed.invoice);
    put_rated(cells, |billed| &billed.rated);
    cells.amount(|billed| billed.charge);
    cells.text_or_null(|billed| &billed.description);
}

fn take_billed(row: &mut RowReader<'_>) -> Result<BilledRow<'static>, BadCell> {
    Ok(BilledRow {
        import: row.integer()?,
        row: row.row_number()?,
        invoice: owned(row.text()?),
        rated: take_rated(row)?,
        charge: row.amount()?,
        description: owned(row.text_or_null()?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{TestStore, rated, rated_rows};
    use super::*;

    fn billed(number: u32, invoice: &str) -> BilledRow<'static> {
        BilledRow {
            import: i64::from(number % 3),
            row: number,
            invoice: invoice.to_owned().into(),
            rated: RatedRow { call_id: "".into(), ..rated(number) },
            charge: CallCharge::from_scaled(i64::from(number)),
            description: "UK Mobile".into(),
        }
    }

    fn publish(store: &UsageStore, run: i64, rows: &[BilledRow<'_>]) -> PublishedBilled {
        let mut writer = BilledWriter::create(store, run).unwrap();
        writer.write(rows).unwrap();
        writer.finish(None).unwrap().publish(store).unwrap()
    }

    #[test]
    fn the_calls_of_an_invoice_are_found_among_many() {
        let test = TestStore::new();
        // 700 invoices of 100 calls: more than two groups of rows.
        let rows: Vec<_> = (0..70_000).map(|number| billed(number, &format!("INV-{:06}", number / 100))).collect();
        let run = publish(&test.store, 3, &rows);
        assert_eq!((run.file.as_str(), run.rows), ("billed/run-000003.parquet", 70_000));
        test.store.verify(&run.file, &run.sha256).unwrap();
        let store = test.reopened();
        for invoice in [0_usize, 327, 699] {
            let calls = store.calls_of_invoice(&run.file, &format!("INV-{invoice:06}")).unwrap();
            let expected = &rows[invoice * 100..(invoice + 1) * 100];
            assert!(calls.iter().map(|call| call.record.as_str()).eq(expected.iter().map(|row| &row.rated.record)));
            assert!(calls.iter().map(|call| call.charge).eq(expected.iter().map(|row| row.charge)), "{invoice}");
        }
        assert_eq!(store.calls_of_invoice(&run.file, "INV-000700").unwrap(), []);
        for invoice in [0_u32, 327, 699] {
            let mut expected = RowsOfImports::new();
            (invoice * 100..(invoice + 1) * 100).for_each(|row| {
                expected.entry(i64::from(row % 3)).or_default().insert(row);
            });
            assert_eq!(store.rows_of_invoice(&run.file, &format!("INV-{invoice:06}")).unwrap(), expected);
        }
        assert_eq!(store.rows_of_invoice(&run.file, "INV-000700").unwrap(), RowsOfImports::new());
        let groups = store.billed_groups(&run.file).unwrap();
        let found: Vec<_> =
            groups.into_iter().flat_map(|rows| store.itemised_calls(&run.file, rows).unwrap()).collect();
        assert_eq!(found.iter().map(|found| found.calls.len()).sum::<usize>(), rows.len());
        assert!(found.iter().map(|found| found.invoice.as_str()).is_sorted());
        assert_eq!(store.billed_call(&run.file, 1, 40_000).unwrap().as_ref(), Some(&rows[40_000]));
        assert_eq!(store.billed_call(&run.file, 0, 40_000).unwrap(), None, "another import");
        assert_eq!(store.calls_of_invoice(&run.file, "").unwrap(), []);
        let mut sets = RowsOfImports::new();
        for row in &rows {
            sets.entry(row.import).or_default().insert(row.row);
        }
        assert_eq!(store.billed_sets(&run.file).unwrap(), sets);
        let calls: Result<Vec<_>, _> = store.billed_calls(&run.file).collect();
        assert_eq!(calls.unwrap(), rows);
    }

    #[test]
    fn a_posted_run_is_never_written_over() {
        let test = TestStore::new();
        publish(&test.store, 1, &[billed(0, "1")]);
        assert!(matches!(BilledWriter::create(&test.store, 1), Err(FactsError::Exists { .. })));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn billed_usage_comes_back_as_it_went(rated in rated_rows(20), import in 0..i64::MAX, words in any::<String>()) {
            let test = TestStore::new();
            let rows: Vec<_> = (0..).zip(rated).map(|(number, rated)| BilledRow {
                import,
                rated: RatedRow { call_id: "".into(), ..rated },
                description: words.clone().into(),
                ..billed(number, "INV-1")
            }).collect();
            let run = publish(&test.store, 1, &rows);
            let read: Result<Vec<_>, _> = test.reopened().billed_calls(&run.file).collect();
            prop_assert_eq!(read.unwrap(), rows);
        }
    }
}
