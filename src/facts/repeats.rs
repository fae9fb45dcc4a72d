//! The digests of a new import and of those before it → the rows that came before (F2). Memory is bounded whatever the
//! size of the store: the keys of the new file are held in parts, and all files are read once for each part.

use std::borrow::Cow;

use ahash::{AHashMap, AHashSet};

use super::UsageStore;
use super::digests::RecordKey;
use super::error::FactsError;
use super::imports::PendingFacts;
use super::row_set::RowSet;
use super::scans::{Scan, USAGE_COLUMNS};
use super::schema::USAGE;
use super::table_reader::{Columns, TableReader};
use super::usage_rows::take_usage;
use crate::domain::usage::UsageRecord;

/// Keys held at once: what fills a hash table of 2^22 places, about 140 MB.
const KEYS_PER_PASS: u64 = 3_670_016;
/// Rows that are read at once.
const BATCH: usize = 16_384;
const DIGEST_COLUMNS: Columns = Columns::Named(&["row", "record_key", "content"]);

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
    pub fn find_repeats(&self, store: &UsageStore, known: &[KnownFile]) -> Result<Repeats, FactsError> {
        self.find_repeats_in_passes(store, known, KEYS_PER_PASS)
    }

    /// The same with another bound on the keys held at once.
    pub(super) fn find_repeats_in_passes(
        &self,
        store: &UsageStore,
        known: &[KnownFile],
        keys_per_pass: u64,
    ) -> Result<Repeats, FactsError> {
        let passes = self.table.rows.div_ceil(keys_per_pass).max(1);
        let mut repeats = Repeats::default();
        for pass in 0..passes {
            self.find_in_pass(store, known, |key| pass_of(key, passes) == pass, &mut repeats)?;
        }
        repeats.duplicates.sort_unstable();
        repeats.conflicts.sort_unstable();
        Ok(repeats)
    }

    /// The kept records of the file, in row order, in batches; they are not published yet.
    pub fn scan_rows<'k>(&self, keep: &'k RowSet, batch_rows: usize) -> Scan<'k, UsageRecord> {
        let table = TableReader::open(self.table.path(), &USAGE, USAGE_COLUMNS);
        Scan::new(table, batch_rows, Some(Cow::Borrowed(keep)), take_usage)
    }

    fn find_in_pass(
        &self,
        store: &UsageStore,
        known: &[KnownFile],
        in_pass: impl Fn(&RecordKey) -> bool,
        repeats: &mut Repeats,
    ) -> Result<(), FactsError> {
        let open_new = || TableReader::open(self.table.path(), &USAGE, DIGEST_COLUMNS);
        let mut seen: AHashMap<RecordKey, Contents> = AHashMap::new();
        for_each_key(open_new()?, |_, key, _| {
            if in_pass(&key) {
                seen.entry(key).or_default();
            }
        })?;
        for file in known {
            for_each_key(store.open_table(&file.facts_file, &USAGE, DIGEST_COLUMNS)?, |row, key, content| {
                if let Some(contents) = seen.get_mut(&key).filter(|_| !file.ignore.contains(row)) {
                    contents.add(content);
                }
            })?;
        }
        for_each_key(open_new()?, |row, key, content| match seen.get_mut(&key).map(|seen| seen.add(content)) {
            Some(Earlier::Same) => repeats.duplicates.push(row),
            Some(Earlier::Other) => repeats.conflicts.push(row),
            Some(Earlier::Nothing) | None => (),
        })
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
        let mut wanted: AHashMap<RecordKey, u32> = AHashMap::new();
        for_each_key(self.open_table(facts_file, &USAGE, DIGEST_COLUMNS)?, |row, key, _| {
            if rows.contains(row) {
                wanted.entry(key).or_insert(row);
            }
        })?;
        let mut first = None;
        for file in known {
            for_each_key(self.open_table(&file.facts_file, &USAGE, DIGEST_COLUMNS)?, |row, key, _| {
                if let Some(repeated) = wanted.get(&key).filter(|_| !file.ignore.contains(row)) {
                    first = Some(first.map_or(*repeated, |earlier: u32| earlier.min(*repeated)));
                }
            })?;
        }
        Ok(first)
    }
}

fn for_each_key(mut table: TableReader, mut visit: impl FnMut(u32, RecordKey, i64)) -> Result<(), FactsError> {
    let take = |row: &mut super::row_reader::RowReader<'_>| Ok((row.row_number()?, row.fixed()?, row.integer()?));
    while let Some(batch) = table.next_rows(BATCH, None, take)? {
        batch.into_iter().for_each(|(row, key, content)| visit(row, key, content));
    }
    Ok(())
}

/// Which pass a key belongs to. Keys are digests, so that the passes are of nearly equal size.
fn pass_of(key: &RecordKey, passes: u64) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *key;
    let share = u128::from(u64::from_be_bytes([a, b, c, d, e, f, g, h])) * u128::from(passes);
    u64::try_from(share >> 64).expect("a share of the passes is below their number")
}

/// What came before for a key.
enum Earlier {
    Nothing,
    Same,
    Other,
}

/// The contents seen for one key: one for nearly all keys. A column that is no record id but was declared to be one gives
/// a key with millions; those are hashed as well.
#[derive(Default)]
enum Contents {
    #[default]
    None,
    One(i64),
    Several(Box<AHashSet<i64>>),
}

impl Contents {
    fn add(&mut self, content: i64) -> Earlier {
        match self {
            Self::None => {
                *self = Self::One(content);
                Earlier::Nothing
            }
            Self::One(first) if *first == content => Earlier::Same,
            Self::One(first) => {
                *self = Self::Several(Box::new([*first, content].into_iter().collect()));
                Earlier::Other
            }
            Self::Several(contents) => match contents.insert(content) {
                true => Earlier::Other,
                false => Earlier::Same,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{TestStore, known, record};
    use super::*;
    use crate::domain::usage::UsageRecord;

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
            let found = test.pending(99, &records(new)).find_repeats(&test.store, &files).unwrap();
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
        let error = test.pending(2, &records(&[(1, 1)])).find_repeats(&test.store, &[gone]).unwrap_err();
        assert!(error.to_string().contains("import-000001.parquet is missing"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn passes_of_any_size_find_the_same(
            first in proptest::collection::vec((0..12_u8, 0..3_u8), 0..20),
            deleted in proptest::collection::vec(0..20_u32, 0..5),
            new in proptest::collection::vec((0..12_u8, 0..3_u8), 0..40),
            keys_per_pass in 1..10_u64,
        ) {
            let test = TestStore::new();
            let before = [known(&test.publish(1, &records(&first)), deleted.iter().copied().collect())];
            let pending = test.pending(2, &records(&new));
            let found = pending.find_repeats(&test.store, &before).unwrap();
            prop_assert_eq!(&pending.find_repeats_in_passes(&test.store, &before, keys_per_pass).unwrap(), &found);

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
