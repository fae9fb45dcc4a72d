//! Files of usage → the digests of their records, some groups of rows at a time, in order.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use super::UsageStore;
use super::digests::RecordBytes;
use super::error::FactsError;
use super::row_set::RowSet;
use super::scans::{Scan, USAGE_COLUMNS};
use super::schema::USAGE;
use super::table_reader::{Columns, TableReader};
use super::usage_rows::take_usage;
use crate::domain::usage::UsageRecord;
use crate::threads::{Threads, in_order};

/// Groups of rows that one thread reads at once: 131,072 rows each.
const GROUPS_AT_ONCE: usize = 8;
/// Rows that are decoded at once.
const BATCH: usize = 16_384;

/// A file of usage that records are looked for in.
#[derive(Clone, Copy)]
pub(super) enum UsageFile<'s> {
    /// A file of the store.
    Published(&'s UsageStore, &'s str),
    /// One that is not published yet.
    Pending(&'s Path),
}

impl UsageFile<'_> {
    /// Opens it for reading these columns.
    pub fn open(self, columns: Columns) -> Result<TableReader, FactsError> {
        match self {
            Self::Published(store, file) => store.open_table(file, &USAGE, columns),
            Self::Pending(path) => TableReader::open(path, &USAGE, columns),
        }
    }

    /// The kept ones of some of its records, in row order; all of them if none are named.
    pub fn records(self, keep: Option<&RowSet>, rows: Range<u32>) -> Scan<'_, UsageRecord> {
        let table = self.open(USAGE_COLUMNS).map(|table| table.within(rows));
        Scan::new(table, BATCH, keep.map(Cow::Borrowed), take_usage)
    }
}

/// Neighbouring groups of rows of one of several files.
pub(super) struct Part {
    /// Which file.
    pub file: usize,
    groups: Range<usize>,
}

/// The digests of the records of one group of rows.
pub(super) struct GroupDigests {
    /// Which group of its file.
    pub group: usize,
    /// The number of its first row.
    first_row: u32,
    /// Which records they are.
    keys: Vec<i64>,
    /// What they say; none if it was not asked for.
    contents: Vec<i64>,
}

impl GroupDigests {
    /// The rows with their keys.
    pub fn rows(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        (self.first_row..).zip(self.keys.iter().map(|key| key.cast_unsigned()))
    }

    /// The rows with their keys and contents.
    pub fn rows_with_contents(&self) -> impl Iterator<Item = (u32, u64, u64)> + '_ {
        self.rows().zip(&self.contents).map(|((row, key), content)| (row, key, content.cast_unsigned()))
    }
}

/// Cuts files into parts that threads can share. Checks the seals of all of them, side by side.
pub(super) fn parts(files: &[UsageFile<'_>], threads: Option<&dyn Threads>) -> Result<Vec<Part>, FactsError> {
    let mut parts = Vec::new();
    let mut next_file = 0;
    let open = |file: &UsageFile<'_>| file.open(Columns::Named(&[])).map(|table| table.groups().len());
    in_order(threads, files, open, |groups| {
        let groups = groups?;
        let starts = (0..groups).step_by(GROUPS_AT_ONCE);
        parts.extend(starts.map(|start| Part { file: next_file, groups: start..groups.min(start + GROUPS_AT_ONCE) }));
        next_file += 1;
        Ok(())
    })?;
    Ok(parts)
}

impl Part {
    /// Gives the digests of each of its groups that is wanted to `visit`.
    pub fn read(
        &self,
        file: UsageFile<'_>,
        supplier: &str,
        with_contents: bool,
        wanted: impl Fn(usize) -> bool,
        mut visit: impl FnMut(GroupDigests),
    ) -> Result<(), FactsError> {
        let table = file.open(Columns::Named(&[]))?;
        let rows = table.groups();
        for group in self.groups.clone().filter(|group| wanted(*group)) {
            let first_row = rows[group].start;
            let (keys, contents) = if table.is_current() {
                let contents = if with_contents { table.integers(group, "content")? } else { Vec::new() };
                (table.integers(group, "record_key")?, contents)
            } else {
                taken_again(file, supplier, rows[group].clone())?
            };
            visit(GroupDigests { group, first_row, keys, contents });
        }
        Ok(())
    }
}

/// Files of the earlier version have other digests, which cannot be compared: theirs are taken from the records.
fn taken_again(file: UsageFile<'_>, supplier: &str, rows: Range<u32>) -> Result<(Vec<i64>, Vec<i64>), FactsError> {
    let (mut keys, mut contents) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    let mut bytes = RecordBytes::default();
    for records in file.records(None, rows) {
        for record in records? {
            bytes.take(supplier, &record);
            let digests = bytes.digests();
            keys.push(digests.key);
            contents.push(digests.content);
        }
    }
    Ok((keys, contents))
}
