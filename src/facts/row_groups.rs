//! Batches of rows → groups of a fixed number of rows, each column packed by itself, so that many threads can pack one
//! file. What is packed does not depend on how the rows came in batches, nor on the threads.

use std::collections::VecDeque;
use std::io::Write;
use std::ops::Range;

use bytes::Bytes;
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterPropertiesPtr;
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::cells::{Column, RowBatch, Values};
use super::pages::{ColumnBytes, ColumnPages};
use super::schema::Schema;
use crate::threads::{Threads, map};

/// Rows that are not packed yet.
pub(super) struct Waiting {
    columns: Vec<ColumnDescPtr>,
    properties: WriterPropertiesPtr,
    rows_in_group: usize,
    batches: VecDeque<RowBatch>,
    /// Rows of the first batch that are packed already.
    done_of_first: usize,
    /// Rows that wait.
    rows: usize,
    /// Rows of the file before those that wait.
    before: usize,
}

/// Some rows of some batches that are neighbours in the file.
struct Group<'b> {
    pieces: Vec<(&'b RowBatch, Range<usize>)>,
    /// The number of the first one.
    first: usize,
    rows: usize,
}

/// A group as the file will have it.
pub(super) struct PackedGroup {
    columns: Vec<PackedColumn>,
}

struct PackedColumn {
    bytes: Bytes,
    close: ColumnCloseResult,
}

impl Waiting {
    /// No rows of a file with these columns.
    pub fn new(columns: &[ColumnDescPtr], properties: &WriterPropertiesPtr, rows_in_group: usize) -> Self {
        Self {
            columns: columns.to_vec(),
            properties: properties.clone(),
            rows_in_group,
            batches: VecDeque::new(),
            done_of_first: 0,
            rows: 0,
            before: 0,
        }
    }

    /// Adds rows.
    pub fn add(&mut self, batch: RowBatch) {
        self.rows += batch.rows();
        self.batches.push_back(batch);
    }

    /// Packs the groups that are full.
    pub fn pack_full(&mut self, threads: Option<&dyn Threads>) -> Result<Vec<PackedGroup>, ParquetError> {
        self.pack(threads, self.rows / self.rows_in_group * self.rows_in_group)
    }

    /// Packs all that is left; the last group may have fewer rows.
    pub fn pack_all(&mut self, threads: Option<&dyn Threads>) -> Result<Vec<PackedGroup>, ParquetError> {
        self.pack(threads, self.rows)
    }

    fn pack(&mut self, threads: Option<&dyn Threads>, rows: usize) -> Result<Vec<PackedGroup>, ParquetError> {
        if rows == 0 {
            return Ok(Vec::new());
        }
        let groups = self.groups(rows);
        let each_column = |group| (0..self.columns.len()).map(move |column| (group, column));
        let tasks: Vec<(&Group, usize)> = groups.iter().flat_map(each_column).collect();
        let pack = |(group, column): (&Group, usize)| self.pack_column(group, column);
        let packed = map(threads, tasks, pack);
        let mut packed = packed.into_iter();
        let groups = groups.iter().map(|_| {
            let columns: Result<_, _> = packed.by_ref().take(self.columns.len()).collect();
            Ok(PackedGroup { columns: columns? })
        });
        let groups = groups.collect();
        self.forget(rows);
        groups
    }

    /// Cuts the first of the waiting rows into groups.
    fn groups(&self, rows: usize) -> Vec<Group<'_>> {
        let mut groups = Vec::with_capacity(rows.div_ceil(self.rows_in_group));
        let (mut batches, mut at) = (self.batches.iter().peekable(), self.done_of_first);
        let mut cut = 0;
        while cut < rows {
            let wanted = self.rows_in_group.min(rows - cut);
            let mut group = Group { pieces: Vec::new(), first: self.before + cut, rows: 0 };
            while group.rows < wanted {
                let batch = batches.peek().expect("no more rows are packed than wait");
                let end = batch.rows().min(at + wanted - group.rows);
                group.rows += end - at;
                group.pieces.push((batch, at..end));
                at = end;
                if end == batch.rows() {
                    batches.next();
                    at = 0;
                }
            }
            cut += group.rows;
            groups.push(group);
        }
        groups
    }

    fn forget(&mut self, rows: usize) {
        self.rows -= rows;
        self.before += rows;
        self.done_of_first += rows;
        while let Some(first) = self.batches.front().map(RowBatch::rows).filter(|first| *first <= self.done_of_first) {
            self.done_of_first -= first;
            self.batches.pop_front();
        }
    }

    fn pack_column(&self, group: &Group, position: usize) -> Result<PackedColumn, ParquetError> {
        let mut cells = group.pieces[0].0.column(position).emptied();
        for (batch, rows) in &group.pieces {
            cells.append(batch.column(position), rows.clone());
        }
        if matches!(cells.values, Values::Position) {
            let number = |row| i32::try_from(row).expect("a file with more rows is refused");
            cells.values = Values::Int32((group.first..group.first + group.rows).map(number).collect());
        }
        let (column, properties) = (&self.columns[position], &self.properties);
        let pages = ColumnPages::new(column, properties, &cells);
        let (bytes, close) = match &cells.values {
            Values::Texts(texts) => pages.of_texts(texts)?,
            Values::Names(names, codes) => pages.of_names(names, codes)?,
            Values::Int64(numbers) if Schema::has_dictionary(column.name()) => pages.of_numbers(numbers)?,
            _ => pack_values(column, properties, cells)?,
        };
        Ok(PackedColumn { bytes: bytes.into(), close })
    }
}

impl PackedGroup {
    /// Appends the group to its file.
    pub fn write<W: Write + Send>(self, file: &mut SerializedFileWriter<W>) -> Result<(), ParquetError> {
        let mut group = file.next_row_group()?;
        for PackedColumn { bytes, close } in self.columns {
            group.append_column(&bytes, close)?;
        }
        group.close().map(|_| ())
    }
}

/// Packs yes and no, row numbers, and numbers that hardly repeat.
fn pack_values(
    column: &ColumnDescPtr,
    properties: &WriterPropertiesPtr,
    cells: Column,
) -> Result<ColumnBytes, ParquetError> {
    let mut sink = TrackedWrite::new(Vec::new());
    let pages = Box::new(SerializedPageWriter::new(&mut sink));
    let mut writer = get_column_writer(column.clone(), properties.clone(), pages);
    let present = cells.present.as_deref();
    match (&mut writer, cells.values) {
        (ColumnWriter::BoolColumnWriter(writer), Values::Boolean(values)) => {
            writer.write_batch(&values, present, None)?;
        }
        (ColumnWriter::Int32ColumnWriter(writer), Values::Int32(values)) => {
            writer.write_batch(&values, present, None)?;
        }
        (ColumnWriter::Int64ColumnWriter(writer), Values::Int64(values)) => {
            writer.write_batch(&values, present, None)?;
        }
        _ => panic!("the cells are of the type of their column"),
    }
    let close = writer.close()?;
    Ok((sink.into_inner()?, close))
}
