//! Pairs of records with equal digests → which of them are equal: record against record, byte by byte (F2).

use std::collections::BTreeMap;
use std::ops::Range;

use super::digest_scan::{Part, UsageFile, parts};
use super::digests::RecordBytes;
use super::error::FactsError;
use super::repeats::{KnownFile, Repeats};
use super::row_set::RowSet;
use crate::threads::{Threads, in_order};

/// Where a record is. Earlier ones are less: known files in their order, then the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Located {
    file: u32,
    row: u32,
}

const NEW_FILE: u32 = u32::MAX;

impl Located {
    /// After all records. No file has a row of that number.
    pub const NOWHERE: Self = Self { file: NEW_FILE, row: u32::MAX };

    /// A row of a known file.
    pub fn in_known(file: usize, row: u32) -> Self {
        Self { file: u32::try_from(file).expect("there are fewer files"), row }
    }

    /// A row of the new file.
    pub fn in_new(row: u32) -> Self {
        Self { file: NEW_FILE, row }
    }
}

/// A new record and an earlier one whose key is equal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// The row of the new one.
    pub row: u32,
    /// The earlier one: the first whose content is equal too, or if there is none the first with the key.
    pub with: Located,
    /// Is the digest of the content equal too?
    pub seems_same: bool,
}

/// Compares records of the new file with earlier ones.
pub(super) struct Comparison<'s> {
    known: &'s [KnownFile],
    /// The known files and, last, the new one.
    files: &'s [UsageFile<'s>],
    supplier: &'s str,
    threads: Option<&'s dyn Threads>,
    in_itself: bool,
    at_once: usize,
    /// Rows whose partner has equal digests, but is another record.
    undecided: Vec<u32>,
}

/// The bytes of some records of one file.
#[derive(Default)]
struct Records {
    rows: Vec<u32>,
    bytes: Vec<u8>,
    /// For each row, where its identity and all of its bytes end.
    ends: Vec<(usize, usize)>,
}

impl Records {
    fn push(&mut self, row: u32, record: &RecordBytes) {
        let start = self.bytes.len();
        self.rows.push(row);
        self.bytes.extend_from_slice(record.all());
        self.ends.push((start + record.identity().len(), self.bytes.len()));
    }

    fn append(&mut self, other: Self) {
        let start = self.bytes.len();
        self.rows.extend(other.rows);
        self.bytes.extend(other.bytes);
        self.ends.extend(other.ends.into_iter().map(|(identity, all)| (identity + start, all + start)));
    }

    /// The identity of a record, and all of its bytes.
    fn get(&self, position: usize) -> (&[u8], &[u8]) {
        let start = position.checked_sub(1).map_or(0, |before| self.ends[before].1);
        let (identity, all) = self.ends[position];
        (&self.bytes[start..identity], &self.bytes[start..all])
    }

    fn position(&self, row: u32) -> usize {
        self.rows.binary_search(&row).expect("the row was asked for")
    }
}

impl<'s> Comparison<'s> {
    /// Compares so many pairs at once with known files and, if asked, with the new file itself.
    pub fn new(
        known: &'s [KnownFile],
        files: &'s [UsageFile<'s>],
        supplier: &'s str,
        threads: Option<&'s dyn Threads>,
        in_itself: bool,
        at_once: usize,
    ) -> Self {
        Self { known, files, supplier, threads, in_itself, at_once, undecided: Vec::new() }
    }

    /// Compares pairs, those of equal content for all they say, the others for which record they are.
    pub fn compare(&mut self, mut pairs: Vec<Pair>, repeats: &mut Repeats) -> Result<(), FactsError> {
        // In the order of what came before: so each group of the known files, which are many, is read once.
        pairs.sort_unstable_by_key(|pair| (pair.with, pair.row));
        pairs.chunks(self.at_once).try_for_each(|pairs| self.compare_some(pairs, repeats))
    }

    fn compare_some(&mut self, pairs: &[Pair], repeats: &mut Repeats) -> Result<(), FactsError> {
        let rows: RowSet = pairs.iter().map(|pair| pair.row).collect();
        let mut new = Records::default();
        self.read(self.new_file(), &rows, |records| new.append(records))?;
        for pairs in pairs.chunk_by(|one, other| one.with.file == other.with.file) {
            let rows: RowSet = pairs.iter().map(|pair| pair.with.row).collect();
            let file = usize::try_from(pairs[0].with.file).unwrap_or(usize::MAX).min(self.new_file());
            let mut rest = pairs;
            let mut undecided = Vec::new();
            self.read(file, &rows, |earlier| {
                for (position, row) in earlier.rows.iter().enumerate() {
                    let of_row = rest.partition_point(|pair| pair.with.row <= *row);
                    let (mine, others) = rest.split_at(of_row);
                    rest = others;
                    let (identity, all) = earlier.get(position);
                    for pair in mine {
                        let (new_identity, new_all) = new.get(new.position(pair.row));
                        match pair.seems_same {
                            true if new_all == all => repeats.duplicates.push(pair.row),
                            false if new_identity == identity => repeats.conflicts.push(pair.row),
                            _ => undecided.push(pair.row),
                        }
                    }
                }
            })?;
            self.undecided.extend(undecided);
        }
        Ok(())
    }

    /// Decides what equal digests of different records left open, against every earlier record with an equal key.
    /// Digests being what they are, there is hardly ever anything to do.
    pub fn decide_rest(&mut self, repeats: &mut Repeats) -> Result<(), FactsError> {
        for row in std::mem::take(&mut self.undecided) {
            let only = RowSet::from(row..row + 1);
            let mut new = Records::default();
            self.read(self.new_file(), &only, |records| new.append(records))?;
            let (identity, all) = new.get(0);
            let (mut is_known, mut is_same) = (false, false);
            for (file, rows) in self.earlier_with_key_of(row)? {
                self.read(file, &rows, |earlier| {
                    for position in 0..earlier.rows.len() {
                        let (earlier_identity, earlier_all) = earlier.get(position);
                        is_known |= earlier_identity == identity;
                        is_same |= earlier_all == all;
                    }
                })?;
            }
            match (is_same, is_known) {
                (true, _) => repeats.duplicates.push(row),
                (false, true) => repeats.conflicts.push(row),
                (false, false) => (),
            }
        }
        Ok(())
    }

    /// The records before a row of the new file that have the same key, by file.
    fn earlier_with_key_of(&self, row: u32) -> Result<BTreeMap<usize, RowSet>, FactsError> {
        let new_file = self.new_file();
        let key_of = |part: &Part| {
            let mut key = None;
            part.read(
                self.files[part.file],
                self.supplier,
                false,
                |_| true,
                |group| {
                    key = key.or(group.rows().find(|(other, _)| *other == row).map(|(_, key)| key));
                },
            )
            .map(|()| key)
        };
        let parts = parts(self.files, self.threads)?;
        let mut key = None;
        for part in parts.iter().filter(|part| part.file == new_file) {
            key = key.or(key_of(part)?);
        }
        let key = key.expect("the row is one of the new file");
        let mut rows = BTreeMap::<usize, RowSet>::new();
        for part in &parts {
            let counts = |other: u32| match self.known.get(part.file) {
                Some(known) => !known.ignore.contains(other),
                None => self.in_itself && other < row,
            };
            part.read(
                self.files[part.file],
                self.supplier,
                false,
                |_| true,
                |group| {
                    let found = group.rows().filter(|(other, its_key)| *its_key == key && counts(*other));
                    found.for_each(|(other, _)| {
                        rows.entry(part.file).or_default().insert(other);
                    });
                },
            )?;
        }
        Ok(rows)
    }

    fn new_file(&self) -> usize {
        self.known.len()
    }

    /// Gives the bytes of some records of a file to `take`, in row order.
    fn read(&self, file: usize, rows: &RowSet, mut take: impl FnMut(Records)) -> Result<(), FactsError> {
        let file = self.files[file];
        let groups = file.open(super::table_reader::Columns::Named(&[]))?.groups();
        let groups: Vec<_> = groups.into_iter().filter(|group| rows.contains_any(group.clone())).collect();
        let read = |group: &Range<u32>| {
            let (mut records, mut bytes) = (Records::default(), RecordBytes::default());
            for batch in file.records(Some(rows), group.clone()) {
                for record in batch? {
                    bytes.take(self.supplier, &record);
                    records.push(record.row, &bytes);
                }
            }
            Ok(records)
        };
        in_order(self.threads, &groups, read, |records| {
            take(records?);
            Ok(())
        })
    }
}
