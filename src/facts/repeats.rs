//! The digests of a new import and of those before it → the rows that came before (F2). Digests find candidates; whether
//! a candidate came before, the records themselves decide.
//!
//! Memory is bounded whatever the size of the store and of the file, by [`Limits`]:
//! 1. the keys of the new file are held in a table, a share of them at a time, and the known keys run past it once for
//!    each share; with nothing found, which is nearly always, that is all;
//! 2. for keys that were found or came twice, the first record that has the key is noted;
//! 3. a share of their contents at a time, each new record is paired with the first that has the same key and content,
//!    or else the first with the same key;
//! 4. the records of each pair are compared, in the order in which the known files have them.

use std::borrow::Cow;

use super::UsageStore;
use super::digest_scan::UsageFile;
use super::error::FactsError;
use super::imports::{FactsHeader, PendingFacts};
use super::repeat_search::Search;
use super::row_set::RowSet;
use super::scans::{Scan, USAGE_COLUMNS};
use super::schema::USAGE;
use super::table_reader::TableReader;
use super::usage_rows::take_usage;
use crate::domain::usage::UsageRecord;
use crate::threads::Threads;

/// What is held at once while repeats are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Keys of the new file: 8 bytes each, and 4 to find them; once more 16 where they are found.
    pub keys: usize,
    /// Contents of candidates: about 50 bytes each.
    pub contents: usize,
    /// Pairs of records that wait to be compared: 16 bytes each.
    pub pairs: usize,
    /// Pairs whose records are compared: about 200 bytes each, the longer the records the more.
    pub compared: usize,
}

impl Limits {
    /// About 350 MB if all of 8,388,608 records or more came before, 100 MB if none did.
    pub const DEFAULT: Self = Self { keys: 8 << 20, contents: 1 << 20, pairs: 8 << 20, compared: 1 << 19 };
}

/// An import that came before.
#[derive(Clone, Debug)]
pub struct KnownFile {
    /// The name of its facts file within the store.
    pub facts_file: String,
    /// Rows of it that count as never seen: those deleted (F6).
    pub ignore: RowSet,
}

/// The rows of a new import whose record came before: in a known file, or earlier in the same file. Ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// With the same content as one that came before.
    pub duplicates: Vec<u32>,
    /// With another content than all that came before.
    pub conflicts: Vec<u32>,
}

impl Repeats {
    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.duplicates.is_empty() && self.conflicts.is_empty()
    }
}

impl PendingFacts {
    /// Finds the records that came before.
    pub fn find_repeats(
        &self,
        store: &UsageStore,
        known: &[KnownFile],
        threads: Option<&dyn Threads>,
    ) -> Result<Repeats, FactsError> {
        self.find_repeats_within(store, known, threads, Limits::DEFAULT)
    }

    /// The same with other bounds on what is held at once.
    pub fn find_repeats_within(
        &self,
        store: &UsageStore,
        known: &[KnownFile],
        threads: Option<&dyn Threads>,
        limits: Limits,
    ) -> Result<Repeats, FactsError> {
        let mut files: Vec<_> = known.iter().map(|file| UsageFile::Published(store, &file.facts_file)).collect();
        files.push(UsageFile::Pending(self.table.path()));
        let (supplier, rows) = (self.supplier.as_str(), self.table.rows);
        Search { known, files: &files, supplier, wanted: None, rows, in_itself: true, threads, limits }.find()
    }

    /// The kept records of the file, in row order, in batches; they are not published yet.
    pub fn scan_rows<'k>(&self, keep: &'k RowSet, batch_rows: usize) -> Scan<'k, UsageRecord> {
        let table = TableReader::open(self.table.path(), &USAGE, USAGE_COLUMNS);
        Scan::new(table, batch_rows, Some(Cow::Borrowed(keep)), take_usage)
    }
}

impl UsageStore {
    /// The first of some rows of a published file whose record also is in one of the known files, if any is: what must
    /// not be brought back (F6).
    pub fn first_repeated(
        &self,
        facts_file: &str,
        rows: &RowSet,
        known: &[KnownFile],
    ) -> Result<Option<u32>, FactsError> {
        let FactsHeader { supplier, .. } = self.header(facts_file)?;
        let mut files: Vec<_> = known.iter().map(|file| UsageFile::Published(self, &file.facts_file)).collect();
        files.push(UsageFile::Published(self, facts_file));
        let search = Search {
            known,
            files: &files,
            supplier: &supplier,
            wanted: Some(rows),
            rows: rows.len(),
            in_itself: false,
            threads: None,
            limits: Limits::DEFAULT,
        };
        let found = search.find()?;
        Ok(found.duplicates.into_iter().chain(found.conflicts).min())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::cells::RowBatch;
    use super::super::digests::{RecordBytes, RecordDigests};
    use super::super::imports::UsageBatch;
    use super::super::samples::{TestStore, header, known, record};
    use super::super::usage_rows::put_usage;
    use super::*;
    use crate::workers::Workers;

    /// Records of (id, words): the id says which record it is, the words what it says. An id of 0 is none.
    fn records(of: &[(u8, u8)]) -> Vec<UsageRecord> {
        let one = |(row, (id, words)): (u32, &(u8, u8))| UsageRecord {
            record_id: (*id > 0).then(|| format!("id{id}").into()),
            description: format!("words {words}").into(),
            ..record(row)
        };
        (0..).zip(of).map(one).collect()
    }

    #[test]
    fn a_record_that_came_before_is_a_duplicate_or_a_conflict() {
        type Rows<'a> = &'a [(u8, u8)];
        let check = |before: &[(Rows, &[u32])], new: Rows, duplicates: &[u32], conflicts: &[u32]| {
            let test = TestStore::new();
            let files: Vec<KnownFile> = (1..)
                .zip(before)
                .map(|(import, (rows, deleted))| {
                    known(&test.publish(import, &records(rows)), deleted.iter().copied().collect())
                })
                .collect();
            let found = test.pending(99, &records(new)).find_repeats(&test.store, &files, None).unwrap();
            let expected = Repeats { duplicates: duplicates.to_vec(), conflicts: conflicts.to_vec() };
            assert_eq!(found, expected, "{before:?} then {new:?}");
        };
        // F2: nothing came before.
        check(&[], &[(1, 1), (2, 1)], &[], &[]);
        check(&[], &[], &[], &[]);
        // F2: the same record earlier in the same file.
        check(&[], &[(1, 1), (2, 1), (1, 1), (1, 1)], &[2, 3], &[]);
        // F2: the same id with other content, then each of the two again.
        check(&[], &[(1, 1), (1, 2), (1, 2), (1, 1), (1, 3)], &[2, 3], &[1, 4]);
        // F2: across files, in any of them.
        check(&[(&[(1, 1)], &[]), (&[(2, 1)], &[])], &[(1, 1), (2, 1), (3, 1)], &[0, 1], &[]);
        check(&[(&[(1, 1), (2, 2)], &[])], &[(1, 2), (2, 2), (1, 1)], &[1, 2], &[0]);
        // F6: deleted rows count as never seen.
        check(&[(&[(1, 1), (2, 1)], &[0])], &[(1, 1), (2, 1)], &[1], &[]);
        check(&[(&[(1, 1)], &[0])], &[(1, 2), (1, 2)], &[1], &[]);
        // F2: without an id the identifying fields decide; the words are not among them.
        check(&[(&[(0, 1)], &[])], &[(0, 1), (0, 2)], &[0], &[1]);
    }

    #[test]
    fn a_known_file_that_is_gone_is_named() {
        let test = TestStore::new();
        let gone = known(&test.publish(1, &records(&[(1, 1)])), RowSet::new());
        std::fs::remove_file(test.store.path_of(&gone.facts_file)).unwrap();
        let error = test.pending(2, &records(&[(1, 1)])).find_repeats(&test.store, &[gone], None).unwrap_err();
        assert!(error.to_string().contains("import-000001.parquet is missing"), "{error}");
    }

    /// The file of some records whose digests have few bits, so that different records have equal ones.
    fn pending_with_weak_digests(test: &TestStore, import: i64, records: &[UsageRecord], bits: u32) -> PendingFacts {
        let digested = records.iter().map(|record| {
            let mut bytes = RecordBytes::default();
            bytes.take("acme", record);
            let RecordDigests { key, content } = bytes.digests();
            let weak = |digest: i64| digest & ((1_i64 << bits) - 1) << (63 - bits);
            (record, RecordDigests { key: weak(key), content: weak(content) })
        });
        let mut batch = RowBatch::new(&USAGE);
        batch.add(&digested.collect::<Vec<_>>(), put_usage);
        let mut writer = test.store.create(import, &header()).unwrap();
        writer.add(UsageBatch::of_rows(batch)).unwrap();
        writer.finish(None).unwrap()
    }

    #[test]
    fn a_file_of_the_earlier_version_is_compared_by_its_records() {
        let test = TestStore::new();
        let earlier = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/usage_files/version-1.parquet");
        std::fs::create_dir_all(test.store.path_of("")).unwrap();
        std::fs::copy(earlier, test.store.path_of("import-000001.parquet")).unwrap();
        let before: Result<Vec<_>, _> = test.store.scan("import-000001.parquet", 10).rows().collect();
        let mut records = before.unwrap();
        assert_eq!(records.len(), 3);
        records[1].description = "other words".into();
        records[2].record_id = Some("another".into());
        let known = KnownFile { facts_file: "import-000001.parquet".into(), ignore: RowSet::new() };
        let found = test.pending(2, &records).find_repeats(&test.store, &[known], None).unwrap();
        assert_eq!(found, Repeats { duplicates: vec![0], conflicts: vec![1] });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn limits_of_any_size_and_weak_digests_find_the_same(
            first in proptest::collection::vec((0..12_u8, 0..3_u8), 0..20),
            deleted in proptest::collection::vec(0..20_u32, 0..5),
            new in proptest::collection::vec((0..12_u8, 0..3_u8), 0..40),
            (keys, contents, pairs, compared) in (1..10_usize, 1..10_usize, 1..10_usize, 1..10_usize),
            bits in 0..4_u32,
            threads in proptest::option::of(1..3_usize),
        ) {
            let test = TestStore::new();
            let workers = threads.map(|threads| Workers::new(Some(threads)).unwrap());
            let threads = workers.as_ref().map(|workers| -> &dyn Threads { workers });
            let deleted_rows: RowSet = deleted.iter().copied().collect();
            let before = [known(&test.publish(1, &records(&first)), deleted_rows.clone())];
            let found = test.pending(2, &records(&new)).find_repeats(&test.store, &before, None).unwrap();
            let limits = Limits { keys, contents, pairs, compared };
            let weak_first = pending_with_weak_digests(&test, 3, &records(&first), bits);
            let weak_first = weak_first.publish(&test.store, &Repeats::default()).unwrap();
            let weak = pending_with_weak_digests(&test, 4, &records(&new), bits);
            let weak_before = [known(&weak_first, deleted_rows)];
            let weakly = weak.find_repeats_within(&test.store, &weak_before, threads, limits).unwrap();
            prop_assert_eq!(&weakly, &found, "with {} bits", bits);

            // F6: the first row of the file that a known one has as well.
            let published = weak.publish(&test.store, &Repeats::default()).unwrap();
            let kept = || first.iter().zip(0..).filter(|(_, row)| !deleted.contains(row)).map(|(record, _)| record);
            let is_known = |record: &(u8, u8)| kept().any(|known| known.0 == record.0);
            let rows = RowSet::from(0..u32::try_from(new.len()).unwrap());
            let expected = new.iter().position(is_known).map(|row| u32::try_from(row).unwrap());
            prop_assert_eq!(test.store.first_repeated(&published.facts_file, &rows, &weak_before).unwrap(), expected);

            // The plain way: every record against all that came before it.
            let kept = first.iter().zip(0..).filter(|(_, row)| !deleted.contains(row)).map(|(record, _)| *record);
            let mut before: Vec<(u8, u8)> = kept.collect();
            let mut expected = Repeats::default();
            for (record, row) in new.iter().zip(0..) {
                let same_id = before.iter().any(|earlier| earlier.0 == record.0);
                match (same_id, before.contains(record)) {
                    (true, true) => expected.duplicates.push(row),
                    (true, false) => expected.conflicts.push(row),
                    (false, _) => (),
                }
                before.push(*record);
            }
            prop_assert_eq!(found, expected);
        }
    }
}
