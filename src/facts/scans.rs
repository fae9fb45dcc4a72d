//! Files of the store → records, in row order: whole files in batches, chosen rows, and single records by row or id.

use std::borrow::Cow;
use std::ops::Range;

use super::UsageStore;
use super::error::FactsError;
use super::imports::FactsHeader;
use super::row_reader::{BadCell, RowReader};
use super::row_set::RowSet;
use super::schema::{USAGE, USAGE_FIELDS};
use super::table_reader::{Columns, TableReader};
use super::usage_rows::take_usage;
use crate::domain::usage::UsageRecord;

/// Rows that are read at once when few are wanted.
const SMALL_BATCH: usize = 4_096;
pub(super) const USAGE_COLUMNS: Columns = Columns::First(USAGE_FIELDS);

/// Rows of a file in batches. After an error it ends. Can be sent to another thread.
pub struct Scan<'k, T> {
    /// The file, or why it could not be opened; nothing after the end.
    table: Option<Result<TableReader, FactsError>>,
    batch_rows: usize,
    keep: Option<Cow<'k, RowSet>>,
    take: fn(&mut RowReader<'_>) -> Result<T, BadCell>,
}

impl<'k, T> Scan<'k, T> {
    /// All rows of a table, or the kept ones.
    pub(super) fn new(
        table: Result<TableReader, FactsError>,
        batch_rows: usize,
        keep: Option<Cow<'k, RowSet>>,
        take: fn(&mut RowReader<'_>) -> Result<T, BadCell>,
    ) -> Self {
        Self { table: Some(table), batch_rows, keep, take }
    }

    /// The rows one by one.
    pub fn rows(self) -> impl Iterator<Item = Result<T, FactsError>> + use<'k, T> {
        self.flat_map(|batch| {
            let (rows, error) = match batch {
                Ok(rows) => (rows, None),
                Err(error) => (Vec::new(), Some(error)),
            };
            rows.into_iter().map(Ok).chain(error.map(Err))
        })
    }
}

impl<T> Iterator for Scan<'_, T> {
    type Item = Result<Vec<T>, FactsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut table = match self.table.take()? {
            Ok(table) => table,
            Err(error) => return Some(Err(error)),
        };
        let batch = table.next_rows(self.batch_rows, self.keep.as_deref(), self.take).transpose()?;
        if batch.is_ok() {
            self.table = Some(Ok(table));
        }
        Some(batch)
    }
}

impl UsageStore {
    /// All records of a facts file, in row order, in batches of at most `batch_rows`.
    pub fn scan(&self, facts_file: &str, batch_rows: usize) -> Scan<'static, UsageRecord> {
        Scan::new(self.open_table(facts_file, &USAGE, USAGE_COLUMNS), batch_rows, None, take_usage)
    }

    /// The kept records of a facts file, in row order, in batches of at most `batch_rows` rows of the file. Stretches
    /// without kept rows are stepped over, so that threads can share a file by ranges of [`Self::row_groups`].
    pub fn scan_rows<'k>(&self, facts_file: &str, keep: &'k RowSet, batch_rows: usize) -> Scan<'k, UsageRecord> {
        let table = self.open_table(facts_file, &USAGE, USAGE_COLUMNS);
        Scan::new(table, batch_rows, Some(Cow::Borrowed(keep)), take_usage)
    }

    /// The same, of some rows of the file only: a piece of it for one of several threads.
    pub fn scan_piece<'k>(
        &self,
        facts_file: &str,
        (keep, piece): (&'k RowSet, Range<u32>),
        batch_rows: usize,
    ) -> Scan<'k, UsageRecord> {
        let table = self.open_table(facts_file, &USAGE, USAGE_COLUMNS).map(|table| table.within(piece));
        Scan::new(table, batch_rows, Some(Cow::Borrowed(keep)), take_usage)
    }

    /// The stretches of rows that are packed together in a facts file: reading a whole one costs no more than a row.
    pub fn row_groups(&self, facts_file: &str) -> Result<Vec<Range<u32>>, FactsError> {
        Ok(self.open_table(facts_file, &USAGE, USAGE_COLUMNS)?.groups())
    }

    /// Where the records of a facts file come from.
    pub fn header(&self, facts_file: &str) -> Result<FactsHeader, FactsError> {
        let table = self.open_table(facts_file, &USAGE, USAGE_COLUMNS)?;
        Ok(FactsHeader::of_entries(|name| table.metadata(name).map(ToOwned::to_owned)))
    }

    /// One record by its row.
    pub fn record(&self, facts_file: &str, row: u32) -> Result<UsageRecord, FactsError> {
        let mut table = self.open_table(facts_file, &USAGE, USAGE_COLUMNS)?;
        let only: RowSet = [row].into_iter().collect();
        let found = table.next_rows(SMALL_BATCH, Some(&only), take_usage)?;
        let found = found.and_then(|records| records.into_iter().next());
        found.ok_or_else(|| FactsError::NoSuchRow { file: self.path_of(facts_file), row })
    }

    /// All records with an id: the supplier's own, or `file:line` with the name of the source file. As facts file and row.
    pub fn find_record(&self, id: &str) -> Result<Vec<(String, u32)>, FactsError> {
        let mut found = Vec::new();
        for file in self.facts_files()? {
            let mut rows = self.rows_with_id(&file, id)?;
            rows.union(&self.rows_at_line(&file, id)?);
            found.extend(rows.iter().map(|row| (file.clone(), row)));
        }
        Ok(found)
    }

    fn rows_with_id(&self, file: &str, id: &str) -> Result<RowSet, FactsError> {
        let mut table = self.open_table(file, &USAGE, Columns::Named(&["record_id"]))?;
        let candidates = table.rows_that_may_hold("record_id", id);
        table.rows_where(&candidates, |row| Ok(row.optional_text()? == Some(id)))
    }

    fn rows_at_line(&self, file: &str, id: &str) -> Result<RowSet, FactsError> {
        let Some((source_file, line)) = id.rsplit_once(':') else { return Ok(RowSet::new()) };
        let Ok(line) = line.parse::<u64>() else { return Ok(RowSet::new()) };
        if self.header(file)?.source_file != source_file {
            return Ok(RowSet::new());
        }
        let mut table = self.open_table(file, &USAGE, Columns::Named(&["line"]))?;
        let all = RowSet::from(0..table.rows());
        table.rows_where(&all, |row| Ok(row.count()? == line))
    }
}

impl TableReader {
    /// Those of the candidate rows that fit. To be asked before any row was read.
    pub(super) fn rows_where(
        &mut self,
        candidates: &RowSet,
        fits: impl Fn(&mut RowReader<'_>) -> Result<bool, BadCell>,
    ) -> Result<RowSet, FactsError> {
        let mut numbers = candidates.iter();
        let mut rows = RowSet::new();
        while let Some(answers) = self.next_rows(SMALL_BATCH, Some(candidates), &fits)? {
            // The answers first: a zip that asks the numbers first would lose one at the end of each batch.
            for (fits, number) in answers.into_iter().zip(numbers.by_ref()) {
                if fits {
                    rows.insert(number);
                }
            }
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{TestStore, record};
    use super::*;

    fn rows_of(scan: Scan<'_, UsageRecord>) -> Vec<u32> {
        scan.rows().map(|record| record.unwrap().row).collect()
    }

    /// More than one group of rows.
    const ROWS: u32 = 140_000;

    #[test]
    fn kept_rows_come_back_whatever_the_batch() {
        let test = TestStore::new();
        let all: Vec<_> = (0..ROWS).map(record).collect();
        let file = test.publish(1, &all).facts_file;
        assert_eq!(test.store.row_groups(&file).unwrap(), [0..131_072, 131_072..ROWS]);
        let keep: RowSet = [0..3, 9_000..9_001, 131_070..131_075, ROWS - 1..ROWS].into_iter().collect();
        let expected: Vec<u32> = keep.iter().collect();
        for batch_rows in [1_000, 8_192, 1 << 20] {
            assert_eq!(rows_of(test.store.scan_rows(&file, &keep, batch_rows)), expected, "{batch_rows}");
        }
        assert_eq!(rows_of(test.store.scan_rows(&file, &RowSet::new(), 100)), [] as [u32; 0]);
        for cuts in [vec![0, 1, 2, 9_001, 131_071, 131_073, ROWS], vec![0, 60_000, ROWS - 1, ROWS]] {
            let pieces = cuts.windows(2).map(|cut| test.store.scan_piece(&file, (&keep, cut[0]..cut[1]), 8_192));
            assert_eq!(pieces.flat_map(rows_of).collect::<Vec<_>>(), expected, "{cuts:?}");
        }
        assert_eq!(rows_of(test.store.scan(&file, 50_000)), (0..ROWS).collect::<Vec<_>>());
        let batches: Vec<usize> = test.store.scan(&file, 100_000).map(|batch| batch.unwrap().len()).collect();
        assert_eq!(batches, [100_000, 31_072, 8_928]);
        for row in [0, 131_071, 131_072, ROWS - 1] {
            assert_eq!(test.store.record(&file, row).unwrap(), all[row as usize]);
        }
        let error = test.store.record(&file, ROWS).unwrap_err().to_string();
        assert!(error.contains("import-000001.parquet has no row 140000"), "{error}");
        assert_eq!(test.store.find_record("r131075").unwrap(), [(file, 131_075)]);
    }

    #[test]
    fn a_record_is_found_by_its_id_and_by_its_line() {
        let test = TestStore::new();
        let nameless = |row| UsageRecord { record_id: None, ..record(row) };
        test.publish(1, &[record(0), nameless(1)]);
        test.publish(2, &[record(0)]);
        let (one, two) = ("import-000001.parquet".to_owned(), "import-000002.parquet".to_owned());
        let check = |id: &str, expected: &[(String, u32)]| {
            assert_eq!(test.store.find_record(id).unwrap(), expected, "{id}");
        };
        check("r0", &[(one.clone(), 0), (two.clone(), 0)]);
        check("r1", &[]);
        check("calls, may.csv:3", &[(one.clone(), 1)]);
        check("calls, may.csv:2", &[(one, 0), (two, 0)]);
        check("other.csv:3", &[]);
        check("calls, may.csv:x", &[]);
    }

    #[test]
    fn a_file_that_is_gone_is_named_once() {
        let test = TestStore::new();
        let mut scan = test.store.scan("import-000009.parquet", 10);
        let error = scan.next().unwrap().unwrap_err();
        assert!(matches!(error, FactsError::Missing { .. }) && error.to_string().contains("import-000009.parquet"));
        assert!(scan.next().is_none());
    }
}
