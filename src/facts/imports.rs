//! The usage records of one import → its facts file and, where some came before, its marks file.
//! Finding those that came before is in [`super::repeats`].

use super::cells::RowBatch;
use super::digests::RecordBytes;
use super::error::FactsError;
use super::marks::write_marks;
use super::repeats::Repeats;
use super::schema::USAGE;
use super::table_writer::{SealedTable, TableWriter};
use super::usage_rows::put_usage;
use super::{NAME_ENTRY, UsageStore};
use crate::domain::usage::UsageRecord;
use crate::threads::Threads;

/// Where the records of one facts file come from. Kept in the file's metadata as `tollbook.supplier` and so on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsHeader {
    /// The supplier's code.
    pub supplier: String,
    /// The name of the source file, without its folder.
    pub source_file: String,
    /// SHA-256 of the source file, in hexadecimal.
    pub source_sha256: String,
    /// The zone of the civil times: the workspace's.
    pub zone: String,
    /// The currency of amounts that name no other: the workspace's.
    pub currency: String,
}

impl FactsHeader {
    /// The entries of a file's metadata, in order.
    fn entries(&self) -> [(&'static str, &str); 5] {
        [
            ("tollbook.supplier", &self.supplier),
            ("tollbook.source_file", &self.source_file),
            ("tollbook.source_sha256", &self.source_sha256),
            ("tollbook.zone", &self.zone),
            ("tollbook.currency", &self.currency),
        ]
    }

    /// The inverse of [`Self::entries`]; an entry that is missing is empty.
    pub(super) fn of_entries(entry: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| entry(&format!("tollbook.{name}")).unwrap_or_default();
        Self {
            supplier: value("supplier"),
            source_file: value("source_file"),
            source_sha256: value("source_sha256"),
            zone: value("zone"),
            currency: value("currency"),
        }
    }
}

/// A facts file being written. Dropped, it leaves nothing behind.
pub struct FactsWriter {
    file: String,
    marks_file: String,
    supplier: String,
    table: TableWriter,
}

/// A complete facts file, safe on the disk, that is not visible yet. Dropped, it leaves nothing behind.
pub struct PendingFacts {
    file: String,
    marks_file: String,
    pub(super) supplier: String,
    pub(super) table: SealedTable,
}

/// The files of a published import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The name of the facts file within the store.
    pub facts_file: String,
    /// The name of the marks file within the store, if there are marks.
    pub marks_file: Option<String>,
    /// How many records the facts file has, repeats included.
    pub rows: u64,
    /// SHA-256 of the facts file, in hexadecimal: see [`UsageStore::verify`].
    pub sha256: String,
}

impl UsageStore {
    /// Begins the facts file of an import, as the ledger numbers them. Refused if the import has one already.
    pub fn create(&self, import: i64, header: &FactsHeader) -> Result<FactsWriter, FactsError> {
        let file = format!("import-{import:06}.parquet");
        let target = self.path_of(&file);
        if target.exists() {
            return Err(FactsError::Exists { file: target });
        }
        let marks_file = format!("import-{import:06}.marks.parquet");
        self.facts_writer((file, marks_file), header)
    }

    /// Begins a facts file, whether there is one of its name or not.
    pub(super) fn facts_writer(
        &self,
        (file, marks_file): (String, String),
        header: &FactsHeader,
    ) -> Result<FactsWriter, FactsError> {
        let mut metadata = vec![(NAME_ENTRY, file.as_str())];
        metadata.extend(header.entries());
        let table = TableWriter::create(&self.path_of(&file), &USAGE, &metadata)?;
        Ok(FactsWriter { file, marks_file, supplier: header.supplier.clone(), table })
    }
}

impl FactsWriter {
    /// Adds records, in row order.
    ///
    /// # Panics
    /// If a record's row is not its position in the file, counted from 0 over all calls: marks, runs and invoices name
    /// records by it.
    pub fn write(&mut self, records: &[UsageRecord]) -> Result<(), FactsError> {
        for (record, row) in records.iter().zip(self.table.rows()..) {
            assert_eq!(u64::from(record.row), row, "records come in row order");
        }
        self.add(UsageBatch::of(&self.supplier, records))?;
        self.pack(None)?;
        self.write_packed()
    }

    /// Adds a batch of records, whose rows are then its next ones. They wait to be packed and written.
    pub fn add(&mut self, batch: UsageBatch) -> Result<(), FactsError> {
        self.table.add(batch.columns)
    }

    /// Packs what makes whole groups, side by side.
    pub fn pack(&mut self, threads: Option<&dyn Threads>) -> Result<(), FactsError> {
        self.table.pack(threads)
    }

    /// Writes what is packed.
    pub fn write_packed(&mut self) -> Result<(), FactsError> {
        self.table.write_packed()
    }

    /// Completes the file and syncs it; it is not visible yet.
    pub fn finish(self, threads: Option<&dyn Threads>) -> Result<PendingFacts, FactsError> {
        let Self { file, marks_file, supplier, table } = self;
        Ok(PendingFacts { file, marks_file, supplier, table: table.finish(threads)? })
    }
}

/// Neighbouring records as columns, with their digests: what one thread makes of a chunk of a supplier's file.
pub struct UsageBatch {
    supplier: String,
    columns: RowBatch,
    bytes: RecordBytes,
}

impl UsageBatch {
    /// No records of a supplier yet.
    pub fn new(supplier: &str) -> Self {
        Self { supplier: supplier.to_owned(), columns: RowBatch::new(&USAGE), bytes: RecordBytes::default() }
    }

    /// Records of a supplier.
    pub fn of(supplier: &str, records: &[UsageRecord]) -> Self {
        let mut batch = Self::new(supplier);
        batch.add(records);
        batch
    }

    /// Adds records; their rows do not matter.
    pub fn add(&mut self, records: &[UsageRecord]) {
        let Self { supplier, columns, bytes } = self;
        let digested = records.iter().map(|record| {
            bytes.take(supplier, record);
            (record, bytes.digests())
        });
        columns.add(&digested.collect::<Vec<_>>(), put_usage);
    }

    #[cfg(test)]
    pub(super) fn of_rows(columns: RowBatch) -> Self {
        Self { columns, ..Self::new("") }
    }

    /// How many records it has.
    pub fn rows(&self) -> usize {
        self.columns.rows()
    }
}

impl PendingFacts {
    /// How many records it has.
    pub fn rows(&self) -> u64 {
        self.table.rows
    }

    /// Makes the import visible: its marks first, so that its facts are never seen without them.
    pub fn publish(self, store: &UsageStore, repeats: &Repeats) -> Result<Published, FactsError> {
        let Self { file, marks_file, table, .. } = self;
        let (facts_path, marks_path) = (store.path_of(&file), store.path_of(&marks_file));
        if facts_path.exists() {
            return Err(FactsError::Exists { file: facts_path });
        }
        // From here on, marks that lie there are those of an import that was cut short.
        let marks_file = if repeats.is_empty() {
            match std::fs::remove_file(&marks_path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(FactsError::io(&marks_path, error));
                }
                _ => None,
            }
        } else {
            write_marks(&marks_path, &marks_file, repeats)?;
            Some(marks_file)
        };
        let (rows, sha256) = (table.rows, table.sha256.clone());
        table.publish_new()?;
        store.trust(&file);
        Ok(Published { facts_file: file, marks_file, rows, sha256 })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{MOST_SCALED, TestStore, header, record, records};
    use super::*;
    use crate::domain::disposition::Disposition;
    use crate::domain::money::Price;
    use crate::workers::Workers;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn records_come_back_as_they_went(records in records(40), batch_rows in 1..50_usize) {
            let test = TestStore::new();
            let published = test.publish(1, &records);
            prop_assert_eq!(published.rows, records.len() as u64);
            let read: Result<Vec<_>, _> = test.reopened().scan(&published.facts_file, batch_rows).rows().collect();
            prop_assert_eq!(read.unwrap(), records);
        }
    }

    #[test]
    fn nothing_is_visible_before_it_is_published() {
        let test = TestStore::new();
        let pending = test.pending(7, &[record(0), record(1), record(2)]);
        assert!(test.names().iter().all(|name| name.starts_with(".partial-")), "{:?}", test.names());
        let repeats = Repeats { duplicates: vec![0, 2], conflicts: vec![1] };
        let published = pending.publish(&test.store, &repeats).unwrap();
        assert_eq!(published.facts_file, "import-000007.parquet");
        assert_eq!(published.marks_file.as_deref(), Some("import-000007.marks.parquet"));
        assert_eq!(test.names(), ["import-000007.marks.parquet", "import-000007.parquet"]);
        let marks = test.store.marks("import-000007.marks.parquet").unwrap();
        assert_eq!(marks, [(0, Disposition::Duplicate), (1, Disposition::Suspense), (2, Disposition::Duplicate)]);
        test.store.verify(&published.facts_file, &published.sha256).unwrap();
        assert_eq!(test.store.header(&published.facts_file).unwrap(), header());
    }

    #[test]
    fn what_is_dropped_leaves_nothing_behind() {
        let test = TestStore::new();
        drop(test.pending(1, &[record(0)]));
        let mut writer = test.store.create(2, &header()).unwrap();
        writer.write(&[record(0)]).unwrap();
        drop(writer);
        assert_eq!(test.names(), [] as [&str; 0]);
    }

    #[test]
    fn a_published_import_is_never_written_over() {
        let test = TestStore::new();
        let late = test.pending(1, &[record(0), record(1)]);
        let published = test.publish(1, &[record(0)]);
        let refused = |error: FactsError| assert!(matches!(error, FactsError::Exists { .. }), "{error}");
        refused(test.store.create(1, &header()).err().unwrap());
        refused(late.publish(&test.store, &Repeats { duplicates: vec![1], conflicts: vec![] }).unwrap_err());
        assert_eq!(test.names(), std::slice::from_ref(&published.facts_file));
        test.store.verify(&published.facts_file, &published.sha256).unwrap();
    }

    #[test]
    fn marks_of_an_import_that_was_cut_short_do_not_outlive_it() {
        let test = TestStore::new();
        std::fs::create_dir_all(test.store.path_of("")).unwrap();
        std::fs::write(test.store.path_of("import-000001.marks.parquet"), "left over").unwrap();
        let published = test.publish(1, &[record(0)]);
        assert_eq!((published.marks_file, test.names()), (None, vec!["import-000001.parquet".to_owned()]));
    }

    #[test]
    fn the_same_records_give_the_same_bytes() {
        // More than two groups of rows.
        let all: Vec<_> = (0..270_000).map(record).collect();
        let bytes = |chunk: usize, in_batches: bool, threads: Option<usize>| {
            let workers = threads.map(|threads| Workers::new(Some(threads)).unwrap());
            let test = TestStore::new();
            let mut writer = test.store.create(1, &header()).unwrap();
            for records in all.chunks(chunk) {
                if in_batches {
                    writer.add(UsageBatch::of("acme", records)).unwrap();
                } else {
                    writer.write(records).unwrap();
                }
            }
            let pending = writer.finish(workers.as_ref().map(|workers| -> &dyn Threads { workers })).unwrap();
            let published = pending.publish(&test.store, &Repeats::default()).unwrap();
            std::fs::read(test.store.path_of(&published.facts_file)).unwrap()
        };
        let expected = bytes(270_000, false, None);
        assert!(bytes(77_777, false, None) == expected);
        assert!(bytes(131_072, true, Some(1)) == expected);
        assert!(bytes(10_001, true, Some(2)) == expected);
        assert!(bytes(199_999, true, Some(3)) == expected);
    }

    #[test]
    fn values_that_the_columns_cannot_hold_are_refused_by_name() {
        let check = |change: fn(&mut UsageRecord), expected: &str| {
            let test = TestStore::new();
            let mut records = [record(0), record(1)];
            change(&mut records[1]);
            let mut writer = test.store.create(1, &header()).unwrap();
            let error = writer.write(&records).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        };
        check(|r| r.units = 1 << 63, "record 1 (from 0) has units 9223372036854775808, which is beyond");
        check(|r| r.line = u64::MAX, "record 1 (from 0) has line 18446744073709551615, which is beyond");
        check(
            |r| r.cost = Some(Price::from_scaled(MOST_SCALED + 1)),
            "record 1 (from 0) has cost 10000000000, which is beyond",
        );
        check(
            |r| r.file_sell = Some(Price::from_scaled(i64::MIN)),
            "record 1 (from 0) has file_sell -92233720368.54775808, which is beyond",
        );
    }

    #[test]
    #[should_panic(expected = "records come in row order")]
    fn records_out_of_order_are_a_mistake_of_the_caller() {
        let test = TestStore::new();
        let _ = test.store.create(1, &header()).unwrap().write(&[record(1)]);
    }
}
