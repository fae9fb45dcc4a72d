//! A filled form and what was found in it → a copy in which every finding is marked: the rows as they were, each in its
//! place, so that `C17` is `C17`; errors red, doubts amber, the reason in a note; a sheet "Errors" with a link to each (K2).
//! Whoever corrects the copy can import it. Of a CSV file the copy is a workbook too. Writes no file.

mod cells;
mod listing;

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::files::workbook::{Cell, SheetRow, letters};

use super::filled::Filled;
use super::finding::{Finding, Findings, Severity};
use super::form::{Field, Form};
use super::header::SheetColumn;
use super::source::Source;
use super::takes::about_field;
use super::template::choices::{LAST_ROW, Lists};
use super::template::headers::{Headers, note};
use super::template::looks::{self, Block, Mark};
use super::template::{end_header, io_error, new_workbook};
use cells::Written;

/// Why there is no copy.
#[derive(Debug)]
pub enum CopyError {
    /// The file could not be read a second time.
    Unreadable(super::source::Unreadable),
    /// The copy could not be written.
    Io(io::Error),
}

impl From<XlsxError> for CopyError {
    fn from(error: XlsxError) -> Self {
        Self::Io(io_error(error))
    }
}

/// The copy of a file, of which these sheets were read, each as a form. Its rows pass through a file without a name in the
/// folder `scratch`.
///
/// # Errors
/// As [`CopyError`] says; `InvalidInput`: a CSV file has more rows than a sheet can have.
pub fn annotated(
    source: &Source<'_>,
    sheets: &[(&Form, &Filled)],
    findings: &Findings,
    scratch: &Path,
) -> Result<Vec<u8>, CopyError> {
    let mut workbook = new_workbook("tollbook: annotated copy")?;
    workbook.set_tempdir(scratch)?;
    let mut lists = Lists::default();
    for (form, filled) in sheets {
        let copy = Copy::of(form, filled, findings);
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        copy.write(sheet, source, &mut lists)?;
    }
    let place_of = |number: usize| {
        let finding = findings.all().get(number).filter(|finding| finding.row > 0)?;
        let (form, filled) = sheets.iter().find(|(_, filled)| filled.place.sheet == finding.sheet)?;
        let cell = format!("{}{}", letters(finding.column.unwrap_or(0)), finding.row);
        Some((sheet_name(form, filled), cell))
    };
    listing::add_listing(&mut workbook, findings, &place_of)?;
    lists.write(&mut workbook)?;
    Ok(workbook.save_to_buffer()?)
}

/// What the sheet is called in the copy: as it was; of a CSV file as the form's.
fn sheet_name(form: &Form, filled: &Filled) -> String {
    if filled.place.is_workbook { filled.place.sheet.clone() } else { form.schema.sheet.to_owned() }
}

/// One sheet of the copy.
struct Copy<'c> {
    form: &'c Form,
    filled: &'c Filled,
    /// By row and column, from 0.
    marks: BTreeMap<(u32, u16), Vec<&'c Finding>>,
}

impl<'c> Copy<'c> {
    fn of(form: &'c Form, filled: &'c Filled, findings: &'c Findings) -> Self {
        let mut marks: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
        for finding in findings.all().iter().filter(|finding| finding.sheet == filled.place.sheet) {
            let row = u32::try_from(finding.row).ok().and_then(|row| row.checked_sub(1));
            let column = u16::try_from(finding.column.unwrap_or(0));
            if let (Some(row), Ok(column)) = (row, column) {
                marks.entry((row, column)).or_default().push(finding);
            }
        }
        Self { form, filled, marks }
    }

    fn write(&self, sheet: &mut Worksheet, source: &Source<'_>, lists: &mut Lists) -> Result<(), CopyError> {
        let name = sheet_name(self.form, self.filled);
        sheet.set_name(&name)?;
        let columns = self.columns();
        let header_row = self.header_row();
        if let Some(row) = header_row {
            let headers = Headers { row, columns: &columns, for_changes: true, shows_example: false };
            headers.dress(sheet, lists)?;
            sheet.set_row_height(row, 36)?;
        }
        let fields: BTreeMap<u16, &Field> = columns.into_iter().collect();
        let sheets = source.sheets();
        let named = sheets.iter().find(|(_, name, _)| *name == self.filled.place.sheet);
        let Some(place) = named.or(sheets.first()).map(|(place, ..)| *place) else { return Ok(()) };
        let mut marks = self.marks.keys().copied().peekable();
        let (mut failed, mut last) = (Ok(()), 0);
        let read = source.read_rows(place, &mut |row: SheetRow<'_>| {
            let at = row.number.saturating_sub(1);
            // Rows of which the source says nothing, but findings do.
            while let Some((row, column)) = marks.next_if(|(row, _)| *row < at) {
                failed = self.cell(sheet, (row, column), &Cell::Blank, &fields);
                if failed.is_err() {
                    return ControlFlow::Break(());
                }
            }
            let width = u16::try_from(row.cells.len()).unwrap_or(u16::MAX);
            while marks.next_if(|(row, column)| *row == at && *column < width).is_some() {}
            last = at;
            failed = (0..).zip(row.cells).try_for_each(|(column, cell)| self.cell(sheet, (at, column), cell, &fields));
            if failed.is_err() || at >= LAST_ROW { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        read.map_err(CopyError::Unreadable)?;
        failed?;
        for (row, column) in marks {
            self.cell(sheet, (row, column), &Cell::Blank, &fields)?;
            last = last.max(row);
        }
        if let (Some(row), Some(column)) = (header_row, fields.keys().last()) {
            end_header(sheet, row, last)?;
            sheet.autofilter(row, 0, last.max(row + 1), *column)?;
        }
        Ok(())
    }

    /// Which column of the sheet is which of the form.
    fn columns(&self) -> Vec<(u16, &Field)> {
        let Some(header) = &self.filled.header else { return Vec::new() };
        let field = |(column, of_sheet): (u16, &SheetColumn)| match of_sheet {
            SheetColumn::Field(place) => Some((column, &header.fields[*place])),
            SheetColumn::Refused | SheetColumn::Unnamed => None,
        };
        (0..).zip(&header.columns).filter_map(field).collect()
    }

    /// From 0.
    fn header_row(&self) -> Option<u32> {
        let header = self.filled.header.as_ref()?;
        u32::try_from(header.row).ok()?.checked_sub(1)
    }

    /// Writes a cell as it was, with what was found in it.
    fn cell(
        &self,
        sheet: &mut Worksheet,
        place: (u32, u16),
        cell: &Cell<'_>,
        fields: &BTreeMap<u16, &Field>,
    ) -> Result<(), XlsxError> {
        let (row, column) = place;
        let found = self.marks.get(&place).map_or(&[][..], Vec::as_slice);
        let field = fields.get(&column).copied();
        let mut lines = words(found);
        if self.header_row() == Some(row) {
            let Some(field) = field else { return self.plain(sheet, place, cell, found) };
            let format = looks::header(Block::of(field));
            sheet.write_string_with_format(row, column, super::entry::shown(cell), &format)?;
            lines.extend(about_field(field));
        } else {
            Written { row, column, field, mark: mark(found) }.write(sheet, cell)?;
        }
        if !lines.is_empty() {
            sheet.insert_note(row, column, &note(lines))?;
        }
        Ok(())
    }

    /// A header that is no column of the form.
    fn plain(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: &Cell<'_>,
        found: &[&Finding],
    ) -> Result<(), XlsxError> {
        Written { row, column, field: None, mark: mark(found) }.write(sheet, cell)?;
        if !found.is_empty() {
            sheet.insert_note(row, column, &note(words(found)))?;
        }
        Ok(())
    }
}

/// The worst of what was found.
fn mark(found: &[&Finding]) -> Option<Mark> {
    found.iter().map(|finding| finding.severity).min().map(|severity| match severity {
        Severity::Error => Mark::Error,
        Severity::Warning => Mark::Warning,
    })
}

/// What a note says: the reason, and what would be accepted.
fn words(found: &[&Finding]) -> Vec<String> {
    const MOST: usize = 500;
    let lines = found.iter().flat_map(|finding| {
        let word = if finding.severity == Severity::Error { "Error" } else { "To be looked at" };
        let hint = if finding.hint.is_empty() { String::new() } else { format!("→ {}", finding.hint) };
        [format!("{word}: {}", finding.reason), hint]
    });
    let fitting = |line: String| crate::domain::spreadsheet::fitting(&line, MOST);
    lines.filter(|line| !line.is_empty()).take(12).map(fitting).collect()
}

#[cfg(test)]
mod tests;
