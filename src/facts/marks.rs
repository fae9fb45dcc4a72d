//! Repeats found on import ↔ the marks file beside the facts: which rows were not taken, and what became of them (F2).

use std::path::Path;

use super::error::FactsError;
use super::repeats::Repeats;
use super::schema::MARKS;
use super::table_reader::Columns;
use super::table_writer::TableWriter;
use super::{NAME_ENTRY, UsageStore};
use crate::domain::disposition::Disposition;

/// Rows that are read at once.
const BATCH: usize = 65_536;

/// Writes the marks of an import: its duplicates as such, its conflicts as suspense.
pub(super) fn write_marks(target: &Path, name: &str, repeats: &Repeats) -> Result<(), FactsError> {
    let mut table = TableWriter::create(target, &MARKS, &[(NAME_ENTRY, name)])?;
    let duplicates = repeats.duplicates.iter().map(|row| (*row, Disposition::Duplicate));
    let conflicts = repeats.conflicts.iter().map(|row| (*row, Disposition::Suspense));
    let mut marks: Vec<(u32, Disposition)> = duplicates.chain(conflicts).collect();
    marks.sort_unstable();
    table.write(&marks, |cells| {
        cells.row_number(|(number, _)| *number);
        cells.text(|(_, disposition)| disposition.name());
    })?;
    table.finish(None)?.publish_over()
}

impl UsageStore {
    /// The rows of an import that were not taken, ascending, with what became of them: `duplicate`, or `suspense` for a
    /// conflicting record.
    pub fn marks(&self, marks_file: &str) -> Result<Vec<(u32, Disposition)>, FactsError> {
        let mut table = self.open_table(marks_file, &MARKS, Columns::All)?;
        let mut marks = Vec::new();
        let take = |row: &mut super::row_reader::RowReader<'_>| Ok((row.row_number()?, row.word(Disposition::parse)?));
        while let Some(batch) = table.next_rows(BATCH, None, take)? {
            marks.extend(batch);
        }
        Ok(marks)
    }
}
