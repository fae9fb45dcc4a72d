//! A sealed Parquet file → rows of cells, group by group, in row order. Reads only the columns asked for, and steps over
//! rows that are not. Knows nothing of what the columns mean.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::Int64Type;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::error::FactsError;
use super::row_reader::{BadCell, Column, RowReader};
use super::row_set::RowSet;
use super::schema::Schema;

/// Which columns to read.
#[derive(Clone, Copy)]
pub(super) enum Columns {
    /// All.
    All,
    /// So many from the first on.
    First(usize),
    /// These, in the order in which the file has them.
    Named(&'static [&'static str]),
}

impl Columns {
    fn include(self, position: usize, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::First(count) => position < count,
            Self::Named(names) => names.contains(&name),
        }
    }
}

/// A file open for reading. Its seal was checked by whoever opened it.
pub(super) struct TableReader {
    path: PathBuf,
    is_current: bool,
    file: SerializedFileReader<File>,
    /// The columns to read, by their position in the file.
    projection: Vec<usize>,
    /// The columns of the group that is being read.
    columns: Vec<Column>,
    /// The rows that are read at all.
    bounds: Range<u32>,
    next_group: usize,
    /// Rows of the file before the next one.
    row: u32,
    /// Where the group that is being read ends.
    group_end: u32,
}

impl TableReader {
    /// Opens a file of this kind for reading these columns.
    pub fn open(path: &Path, schema: &Schema, columns: Columns) -> Result<Self, FactsError> {
        let file = File::open(path).map_err(|error| FactsError::io(path, error))?;
        let file = SerializedFileReader::new(file).map_err(|error| FactsError::reading(path, &error))?;
        let metadata = file.metadata().file_metadata();
        let columns_found = metadata.schema_descr().root_schema();
        let is_current = columns_found == schema.columns().as_ref();
        if !is_current && schema.earlier_columns().is_none_or(|earlier| *columns_found != earlier) {
            return Err(FactsError::damaged(path, "its columns are not those of its kind of file"));
        }
        if u32::try_from(metadata.num_rows()).is_err() {
            return Err(FactsError::damaged(path, "it has more rows than can be numbered"));
        }
        let all = metadata.schema_descr().columns().iter().enumerate();
        let wanted = all.filter(|(position, column)| columns.include(*position, column.name()));
        let projection = wanted.map(|(position, _)| position).collect();
        Ok(Self {
            path: path.to_owned(),
            is_current,
            file,
            projection,
            columns: Vec::new(),
            bounds: 0..u32::MAX,
            next_group: 0,
            row: 0,
            group_end: 0,
        })
    }

    /// Are its columns those that are written today, and not those of an earlier version?
    pub fn is_current(&self) -> bool {
        self.is_current
    }

    /// Reads these rows only.
    pub fn within(mut self, rows: Range<u32>) -> Self {
        self.bounds = rows;
        self
    }

    /// How many rows the file has.
    pub fn rows(&self) -> u32 {
        u32::try_from(self.file.metadata().file_metadata().num_rows()).expect("checked when it was opened")
    }

    /// An entry of the file's metadata.
    pub fn metadata(&self, name: &str) -> Option<&str> {
        let entries = self.file.metadata().file_metadata().key_value_metadata()?;
        entries.iter().find(|entry| entry.key == name)?.value.as_deref()
    }

    /// The rows of each group.
    pub fn groups(&self) -> Vec<Range<u32>> {
        let mut start = 0;
        let groups = self.file.metadata().row_groups().iter();
        groups
            .map(|group| {
                let rows = start..start + u32::try_from(group.num_rows()).unwrap_or_default();
                start = rows.end;
                rows
            })
            .collect()
    }

    /// The groups whose statistics do not rule out that `column` has this text, as rows.
    pub fn rows_that_may_hold(&self, column: &str, text: &str) -> RowSet {
        let metadata = self.file.metadata();
        let columns = metadata.file_metadata().schema_descr().columns();
        let position = columns.iter().position(|other| other.name() == column).expect("a column of the kind");
        let groups = metadata.row_groups().iter().zip(self.groups());
        let may_hold = groups.filter(|(group, _)| {
            let statistics = group.column(position).statistics();
            let bounds = statistics.and_then(|known| Some((known.min_bytes_opt()?, known.max_bytes_opt()?)));
            bounds.is_none_or(|(min, max)| (min..=max).contains(&text.as_bytes()))
        });
        may_hold.map(|(_, rows)| rows).collect()
    }

    /// All cells of a column of integers that are never null, of one group.
    pub fn integers(&self, group: usize, column: &str) -> Result<Vec<i64>, FactsError> {
        let columns = self.file.metadata().file_metadata().schema_descr().columns();
        let position = columns.iter().position(|other| other.name() == column).expect("a column of the kind");
        read_integers(&self.file, group, position).map_err(|error| FactsError::reading(&self.path, &error))
    }

    /// Reads on: takes the kept ones of the next rows, at most `most` of them, all from one group. `None` at the end of
    /// the file; groups without kept rows are stepped over.
    pub fn next_rows<T>(
        &mut self,
        most: usize,
        keep: Option<&RowSet>,
        take: impl Fn(&mut RowReader<'_>) -> Result<T, BadCell>,
    ) -> Result<Option<Vec<T>>, FactsError> {
        let path = self.path.clone();
        let most = u32::try_from(most.max(1)).unwrap_or(u32::MAX);
        loop {
            if self.row == self.group_end && !self.open_group(keep)? {
                return Ok(None);
            }
            let rows = self.row..self.group_end.min(self.row.saturating_add(most));
            self.row = rows.end;
            if !self.any_kept(rows.clone(), keep) {
                self.step_over(rows.len()).map_err(|error| FactsError::reading(&path, &error))?;
                continue;
            }
            let mut taken = Vec::new();
            let mut at = rows.start;
            for run in runs(self.bounded(rows.clone()), keep) {
                self.step_over((run.start - at) as usize).map_err(|error| FactsError::reading(&path, &error))?;
                self.load(run.len()).map_err(|error| FactsError::reading(&path, &error))?;
                at = run.end;
                taken.reserve(run.len());
                for row in run {
                    let mut cells = RowReader::new(&mut self.columns);
                    if keep.is_some_and(|keep| !keep.contains(row)) {
                        cells.step_over();
                        continue;
                    }
                    let record = take(&mut cells);
                    taken.push(record.map_err(|bad| FactsError::damaged(&path, format!("row {row}: {bad}")))?);
                }
            }
            self.step_over((rows.end - at) as usize).map_err(|error| FactsError::reading(&path, &error))?;
            return Ok(Some(taken));
        }
    }

    /// Begins the next group that has kept rows; `false` if there is none.
    fn open_group(&mut self, keep: Option<&RowSet>) -> Result<bool, FactsError> {
        while self.next_group < self.file.num_row_groups() {
            let index = self.next_group;
            self.next_group += 1;
            let group_rows = self.file.metadata().row_group(index).num_rows();
            self.row = self.group_end;
            self.group_end += u32::try_from(group_rows).unwrap_or_default();
            if self.any_kept(self.row..self.group_end, keep) {
                self.columns = open_columns(&self.file, index, &self.projection)
                    .map_err(|error| FactsError::reading(&self.path, &error))?;
                return Ok(true);
            }
            self.row = self.group_end;
        }
        Ok(false)
    }

    fn bounded(&self, rows: Range<u32>) -> Range<u32> {
        rows.start.max(self.bounds.start)..rows.end.min(self.bounds.end)
    }

    fn any_kept(&self, rows: Range<u32>, keep: Option<&RowSet>) -> bool {
        let rows = self.bounded(rows);
        !rows.is_empty() && keep.is_none_or(|keep| keep.contains_any(rows))
    }

    fn load(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.columns.iter_mut().try_for_each(|column| column.load(rows))
    }

    fn step_over(&mut self, rows: usize) -> Result<(), ParquetError> {
        if rows == 0 {
            return Ok(());
        }
        self.columns.iter_mut().try_for_each(|column| column.skip(rows))
    }
}

/// Rows between kept ones that are stepped over together: fewer are loaded and passed by one by one, which is cheaper.
const WORTH_SKIPPING: u32 = 64;

/// The stretches of some rows that are loaded: all kept ones, and short gaps between them.
fn runs(rows: Range<u32>, keep: Option<&RowSet>) -> Vec<Range<u32>> {
    let Some(keep) = keep else { return vec![rows] };
    let mut runs: Vec<Range<u32>> = Vec::new();
    for kept in keep.ranges_within(rows) {
        match runs.last_mut().filter(|last| kept.start - last.end < WORTH_SKIPPING) {
            Some(last) => last.end = kept.end,
            None => runs.push(kept),
        }
    }
    runs
}

fn open_columns(
    file: &SerializedFileReader<File>,
    group: usize,
    projection: &[usize],
) -> Result<Vec<Column>, ParquetError> {
    let group = file.get_row_group(group)?;
    let open = |position: &usize| {
        Column::open(group.metadata().column(*position).column_descr(), group.get_column_reader(*position)?)
    };
    projection.iter().map(open).collect()
}

fn read_integers(file: &SerializedFileReader<File>, group: usize, position: usize) -> Result<Vec<i64>, ParquetError> {
    let group = file.get_row_group(group)?;
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
    let mut reader = get_typed_column_reader::<Int64Type>(group.get_column_reader(position)?);
    let mut values = Vec::with_capacity(rows);
    reader.read_records(rows, None, None, &mut values)?;
    if values.len() == rows { Ok(values) } else { Err(ParquetError::EOF("a column ends before its group".to_owned())) }
}
