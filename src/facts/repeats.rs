//! The digests of a new import and of those before it → the rows that came before (F2). Digests find candidates; whether
//! a candidate came before, the records themselves decide ([`super::comparison`]).
//!
//! Memory is bounded whatever the size of the store and of the file, by [`Limits`]:
//! 1. the keys of the new file are held in a table, a share of them at a time, and the known keys run past it once for
//!    each share; with nothing found, which is nearly always, that is all;
//! 2. for keys that were found or came twice, the first record that has the key is noted;
//! 3. a share of their contents at a time, each new record is paired with the first that has the same key and content,
//!    or else the first with the same key, and the pairs are compared.

use std::collections::BTreeSet;

use ahash::AHashMap;

use super::UsageStore;
use super::comparison::{Comparison, Located, Pair};
use super::digest_scan::{GroupDigests, Part, UsageFile, in_order, parts};
use super::error::FactsError;
use super::imports::{FactsHeader, PendingFacts};
use super::key_table::{KeyList, KeyTable, Share};
use super::row_set::RowSet;
use super::scans::{Scan, USAGE_COLUMNS};
use super::schema::USAGE;
use super::table_reader::TableReader;
use super::usage_rows::take_usage;
use crate::domain::usage::UsageRecord;
use crate::workers::Workers;

/// What is held at once while repeats are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Keys of the new file: 8 bytes each, once more that for those found, and 3 for finding them.
    pub keys: usize,
    /// Contents of candidates: about 50 bytes each.
    pub contents: usize,
    /// Pairs of records that are compared: about 200 bytes each, the longer the records the more.
    pub pairs: usize,
}

impl Limits {
    /// About 350 MB, if a file of more than 12,582,912 records comes again as a whole; 130 MB if nothing comes again.
    pub const DEFAULT: Self = Self { keys: 12 << 20, contents: 1 << 20, pairs: 1 << 18 };
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
        workers: Option<&Workers>,
    ) -> Result<Repeats, FactsError> {
        self.find_repeats_within(store, known, workers, Limits::DEFAULT)
    }

    /// The same with other bounds on what is held at once.
    pub fn find_repeats_within(
        &self,
        store: &UsageStore,
        known: &[KnownFile],
        workers: Option<&Workers>,
        limits: Limits,
    ) -> Result<Repeats, FactsError> {
        let new = UsageFile::Pending(self.table.path());
        let every_row = |_| true;
        Search::begin(store, known, new, &self.supplier, workers, limits)?.find(self.table.rows, &every_row, true)
    }

    /// The kept records of the file, in row order, in batches; they are not published yet.
    pub fn scan_rows<'k>(&self, keep: &'k RowSet, batch_rows: usize) -> Scan<'k, UsageRecord> {
        let table = TableReader::open(self.table.path(), &USAGE, USAGE_COLUMNS);
        Scan::new(table, batch_rows, Some(std::borrow::Cow::Borrowed(keep)), take_usage)
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
        let new = UsageFile::Published(self, facts_file);
        let search = Search::begin(self, known, new, &supplier, None, Limits::DEFAULT)?;
        let found = search.find(rows.len(), &|row| rows.contains(row), false)?;
        Ok(found.duplicates.into_iter().chain(found.conflicts).min())
    }
}

/// One look for repeats.
struct Search<'s> {
    known: &'s [KnownFile],
    /// The known files and, last, the new one.
    files: Vec<UsageFile<'s>>,
    known_parts: Vec<Part>,
    new_parts: Vec<Part>,
    supplier: &'s str,
    workers: Option<&'s Workers>,
    limits: Limits,
}

/// Keys that may be those of repeats.
struct Candidates {
    table: KeyTable,
    /// For each key of the table, the first record that has it.
    first: Vec<Located>,
    /// The groups of rows of known files that have some of the keys.
    groups: BTreeSet<(usize, usize)>,
    /// Rows of the new file that have one of the keys.
    rows: usize,
}

impl<'s> Search<'s> {
    fn begin(
        store: &'s UsageStore,
        known: &'s [KnownFile],
        new: UsageFile<'s>,
        supplier: &'s str,
        workers: Option<&'s Workers>,
        limits: Limits,
    ) -> Result<Self, FactsError> {
        let mut files: Vec<_> = known.iter().map(|file| UsageFile::Published(store, &file.facts_file)).collect();
        files.push(new);
        let (mut known_parts, mut new_parts) = (Vec::new(), Vec::new());
        for part in parts(&files, workers)? {
            if part.file == known.len() { new_parts.push(part) } else { known_parts.push(part) }
        }
        Ok(Self { known, files, known_parts, new_parts, supplier, workers, limits })
    }

    /// Looks for repeats of the wanted rows, of which there are `rows`: in known files and, if asked, in the file itself.
    fn find(&self, rows: u64, wanted: &(dyn Fn(u32) -> bool + Sync), in_itself: bool) -> Result<Repeats, FactsError> {
        let mut repeats = Repeats::default();
        let passes = rows.div_ceil(self.limits.keys as u64).max(1);
        for number in 0..passes {
            let share = Share { number, of: passes };
            let Some(candidates) = self.candidates(share, wanted, in_itself)? else { continue };
            let shares = candidates.rows.div_ceil(self.limits.contents).max(1) as u64;
            for number in 0..shares {
                let contents = Share { number, of: shares };
                self.compare(&candidates, contents, wanted, in_itself, &mut repeats)?;
            }
        }
        repeats.duplicates.sort_unstable();
        repeats.conflicts.sort_unstable();
        Ok(repeats)
    }

    /// The keys of a share that known files have too, or that come twice; `None` if there are none.
    fn candidates(
        &self,
        share: Share,
        wanted: &(dyn Fn(u32) -> bool + Sync),
        in_itself: bool,
    ) -> Result<Option<Candidates>, FactsError> {
        let mut list = KeyList::new(self.limits.keys + self.limits.keys / 8);
        let keys = |group: &GroupDigests| {
            let rows = group.rows().filter(|(row, key)| share.holds(*key) && wanted(*row));
            rows.map(|(_, key)| key).collect::<Vec<_>>()
        };
        self.each_group(
            &self.new_parts,
            false,
            |_| true,
            keys,
            |_, _, keys| {
                list.add(&keys, self.workers);
                Ok(())
            },
        )?;
        let (table, repeated) = list.into_table(share, self.workers);
        let mut is_candidate = vec![false; table.keys().len()];
        if in_itself {
            repeated.iter().filter_map(|key| table.find(*key)).for_each(|key| is_candidate[key] = true);
        }
        let mut groups = BTreeSet::new();
        let found = |group: &GroupDigests, file: usize| {
            let rows = group.rows().filter_map(|(row, key)| Some((row, table.find(key)?)));
            rows.filter(|(row, _)| self.counts(file, *row)).map(|(_, key)| key).collect::<Vec<_>>()
        };
        self.each_known_group(
            false,
            |_| true,
            found,
            |file, group, keys| {
                if !keys.is_empty() {
                    groups.insert((file, group));
                }
                keys.into_iter().for_each(|key| is_candidate[key] = true);
                Ok(())
            },
        )?;
        let keys: Vec<_> = table.keys().iter().zip(&is_candidate).filter(|(_, is)| **is).map(|(key, _)| *key).collect();
        drop((table, is_candidate));
        if keys.is_empty() {
            return Ok(None);
        }
        self.first_of_each(KeyTable::of_sorted(keys, share), groups, wanted).map(Some)
    }

    fn first_of_each(
        &self,
        table: KeyTable,
        groups: BTreeSet<(usize, usize)>,
        wanted: &(dyn Fn(u32) -> bool + Sync),
    ) -> Result<Candidates, FactsError> {
        let mut first = vec![Located::NOWHERE; table.keys().len()];
        let known = |group: &GroupDigests, file: usize| {
            let rows = group.rows().filter(|(row, _)| self.counts(file, *row));
            rows.filter_map(|(row, key)| Some((row, table.find(key)?))).collect::<Vec<_>>()
        };
        self.each_known_group(
            false,
            |group| groups.contains(&group),
            known,
            |file, _, found| {
                found.into_iter().for_each(|(row, key)| first[key] = first[key].min(Located::in_known(file, row)));
                Ok(())
            },
        )?;
        let mut rows = 0;
        let new = |group: &GroupDigests| {
            let rows = group.rows().filter(|(row, _)| wanted(*row));
            rows.filter_map(|(row, key)| Some((row, table.find(key)?))).collect::<Vec<_>>()
        };
        self.each_group(
            &self.new_parts,
            false,
            |_| true,
            new,
            |_, _, found| {
                rows += found.len();
                found.into_iter().for_each(|(row, key)| first[key] = first[key].min(Located::in_new(row)));
                Ok(())
            },
        )?;
        Ok(Candidates { table, first, groups, rows })
    }

    /// Pairs each new record of a share of the contents with one that came before, and compares the pairs.
    fn compare(
        &self,
        candidates: &Candidates,
        share: Share,
        wanted: &(dyn Fn(u32) -> bool + Sync),
        in_itself: bool,
        repeats: &mut Repeats,
    ) -> Result<(), FactsError> {
        let Candidates { table, first, groups, .. } = candidates;
        let found = |group: &GroupDigests| {
            let rows = group.rows_with_contents().filter(|(_, _, content)| share.holds(*content));
            rows.filter_map(|(row, key, content)| Some((row, table.find(key)?, content))).collect::<Vec<_>>()
        };
        let new = |group: &GroupDigests| {
            let mut found = found(group);
            found.retain(|(row, ..)| wanted(*row));
            found
        };
        // For each different record of the new file, the first that has its key and content.
        let mut numbers = AHashMap::<(usize, i64), usize>::new();
        self.each_group(
            &self.new_parts,
            true,
            |_| true,
            new,
            |_, _, rows| {
                for (_, key, content) in rows {
                    let next = numbers.len();
                    numbers.entry((key, content)).or_insert(next);
                }
                Ok(())
            },
        )?;
        let mut same = vec![Located::NOWHERE; numbers.len()];
        let known = |group: &GroupDigests, file: usize| {
            let rows = found(group).into_iter().filter(|(row, ..)| self.counts(file, *row));
            rows.filter_map(|(row, key, content)| Some((row, *numbers.get(&(key, content))?))).collect::<Vec<_>>()
        };
        self.each_known_group(
            true,
            |group| groups.contains(&group),
            known,
            |file, _, rows| {
                rows.into_iter()
                    .for_each(|(row, number)| same[number] = same[number].min(Located::in_known(file, row)));
                Ok(())
            },
        )?;
        let mut comparison = Comparison::new(self.known, &self.files, self.supplier, self.workers, in_itself);
        let mut pairs = Vec::new();
        self.each_group(
            &self.new_parts,
            true,
            |_| true,
            new,
            |_, _, rows| {
                for (row, key, content) in rows {
                    let same = &mut same[numbers[&(key, content)]];
                    let me = Located::in_new(row);
                    if in_itself {
                        *same = (*same).min(me);
                    }
                    let (has_same, has_any) = (*same < me, first[key] < me);
                    if has_any {
                        let with = if has_same { *same } else { first[key] };
                        pairs.push(Pair { row, with, seems_same: has_same });
                    }
                }
                if pairs.len() >= self.limits.pairs {
                    comparison.compare(std::mem::take(&mut pairs), repeats)?;
                }
                Ok(())
            },
        )?;
        comparison.compare(pairs, repeats)?;
        comparison.decide_rest(repeats)
    }

    /// Does a row of a known file count as having been seen?
    fn counts(&self, file: usize, row: u32) -> bool {
        !self.known[file].ignore.contains(row)
    }

    fn each_known_group<R: Send>(
        &self,
        with_contents: bool,
        wanted: impl Fn((usize, usize)) -> bool + Sync + Send,
        work: impl Fn(&GroupDigests, usize) -> R + Sync + Send,
        mut take: impl FnMut(usize, usize, R) -> Result<(), FactsError>,
    ) -> Result<(), FactsError> {
        let work = |group: &GroupDigests, file: usize| work(group, file);
        self.each_group_of(&self.known_parts, with_contents, wanted, work, &mut take)
    }

    fn each_group<R: Send>(
        &self,
        parts: &[Part],
        with_contents: bool,
        wanted: impl Fn((usize, usize)) -> bool + Sync + Send,
        work: impl Fn(&GroupDigests) -> R + Sync + Send,
        mut take: impl FnMut(usize, usize, R) -> Result<(), FactsError>,
    ) -> Result<(), FactsError> {
        self.each_group_of(parts, with_contents, wanted, |group, _| work(group), &mut take)
    }

    /// Works on the digests of groups of rows, side by side, and takes the results in order.
    fn each_group_of<R: Send>(
        &self,
        parts: &[Part],
        with_contents: bool,
        wanted: impl Fn((usize, usize)) -> bool + Sync + Send,
        work: impl Fn(&GroupDigests, usize) -> R + Sync + Send,
        take: &mut impl FnMut(usize, usize, R) -> Result<(), FactsError>,
    ) -> Result<(), FactsError> {
        let read = |part: &Part| {
            let mut results = Vec::new();
            let is_wanted = |group| wanted((part.file, group));
            part.read(self.files[part.file], self.supplier, with_contents, is_wanted, |group| {
                results.push((group.group, work(&group, part.file)));
            })
            .map(|()| (part.file, results))
        };
        in_order(self.workers, parts, read, |read| {
            let (file, results) = read?;
            results.into_iter().try_for_each(|(group, result)| take(file, group, result))
        })
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
        let mut batch = RowBatch::new(&USAGE);
        for record in records {
            let mut bytes = RecordBytes::default();
            bytes.take("acme", record);
            let RecordDigests { key, content } = bytes.digests();
            let weak = |digest: i64| digest & ((1_i64 << bits) - 1) << (63 - bits);
            batch.row(|row| put_usage(row, record, RecordDigests { key: weak(key), content: weak(content) }));
        }
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
            (keys, contents, pairs, bits) in (1..10_usize, 1..10_usize, 1..10_usize, 0..4_u32),
            threads in proptest::option::of(1..3_usize),
        ) {
            let test = TestStore::new();
            let workers = threads.map(|threads| Workers::new(Some(threads)).unwrap());
            let deleted_rows: RowSet = deleted.iter().copied().collect();
            let before = [known(&test.publish(1, &records(&first)), deleted_rows.clone())];
            let found = test.pending(2, &records(&new)).find_repeats(&test.store, &before, None).unwrap();
            let limits = Limits { keys, contents, pairs };
            let weak_first = pending_with_weak_digests(&test, 3, &records(&first), bits);
            let weak_first = weak_first.publish(&test.store, &Repeats::default()).unwrap();
            let weak = pending_with_weak_digests(&test, 4, &records(&new), bits);
            let weak_before = [known(&weak_first, deleted_rows)];
            let weakly = weak.find_repeats_within(&test.store, &weak_before, workers.as_ref(), limits).unwrap();
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
