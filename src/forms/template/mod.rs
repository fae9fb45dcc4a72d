//! The forms of a kind → a workbook or a CSV file that people fill in: empty with an example row, or with the workspace's
//! rows (K1). The same bytes on every run. Writes no file; rows in bulk pass through a file without a name in a folder
//! that is given, so that memory does not grow with them.

pub(super) mod cells;
pub(super) mod choices;
pub(super) mod headers;
pub(super) mod looks;
mod read_me;
mod rows;

use std::io;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::form::{Field, Form};
use super::kinds::{EXAMPLE_MARK, Kind};
use cells::Typed;
use choices::{LAST_ROW, Lists};
use headers::Headers;
use read_me::ReadMe;

pub use rows::{Rows, Wanted, rows_of};

/// What stands below the headers.
pub enum Content<'c> {
    /// A row that shows how to fill in the others, and is ignored.
    Example,
    /// Rows that are there, for each form of the kind.
    Data(Vec<Rows<'c>>),
}

/// The forms of a kind as a workbook.
///
/// # Errors
/// The folder `scratch` cannot be written to; `InvalidInput`: more rows than a sheet can have.
pub fn workbook(kind: Kind, forms: &[Form], content: Content, scratch: &Path) -> io::Result<Vec<u8>> {
    let mut workbook = new_workbook(&format!("tollbook: {}", kind.name())).map_err(io_error)?;
    let mut lists = Lists::default();
    let has_data = matches!(content, Content::Data(_));
    match content {
        Content::Example => {
            for form in forms {
                let sheet = workbook.add_worksheet();
                write_sheet(sheet, form, None, &mut lists)?;
            }
        }
        Content::Data(rows) => {
            workbook.set_tempdir(scratch).map_err(io_error)?;
            // A form with data is edited and imported, not kept: quick matters more than small.
            workbook.set_zip_compression_level(3);
            for (form, rows) in forms.iter().zip(rows) {
                let sheet = workbook.add_worksheet_with_constant_memory().map_err(io_error)?;
                write_sheet(sheet, form, Some(rows), &mut lists)?;
            }
        }
    }
    ReadMe { kind, forms, has_data }.write(&mut workbook).map_err(io_error)?;
    lists.write(&mut workbook).map_err(io_error)?;
    workbook.save_to_buffer().map_err(io_error)
}

/// The first form of a kind as CSV: UTF-8, RFC 4180.
///
/// # Errors
/// None but those of memory.
pub fn csv(forms: &[Form], content: Content) -> io::Result<Vec<u8>> {
    let Some(form) = forms.first() else { return Ok(Vec::new()) };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(form.fields.iter().map(|field| &field.header))?;
    match content {
        Content::Example => writer.write_record((0..).zip(&form.fields).map(|(at, field)| example(at, field)))?,
        Content::Data(rows) => {
            for row in rows.into_iter().next().into_iter().flatten() {
                writer.write_record(row.iter().map(Option::unwrap_or_default))?;
            }
        }
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// A workbook that says nothing of when it was made.
pub(super) fn new_workbook(title: &str) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_author("tollbook").set_creation_datetime(&day));
    Ok(workbook)
}

/// What went wrong while a workbook was written.
pub(super) fn io_error(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        XlsxError::RowColumnLimitError => io::Error::new(
            io::ErrorKind::InvalidInput,
            "has more rows or columns than a sheet can have; write CSV instead",
        ),
        other => io::Error::other(other),
    }
}

fn write_sheet(sheet: &mut Worksheet, form: &Form, rows: Option<Rows>, lists: &mut Lists) -> io::Result<()> {
    dressed(sheet, form, rows, lists).map_err(io_error)
}

fn dressed(sheet: &mut Worksheet, form: &Form, rows: Option<Rows>, lists: &mut Lists) -> Result<(), XlsxError> {
    let columns: Vec<(u16, &Field)> = (0..).zip(&form.fields).collect();
    sheet.set_name(form.schema.sheet)?;
    let headers = Headers { row: 0, columns: &columns, for_changes: rows.is_some(), shows_example: rows.is_none() };
    headers.dress(sheet, lists)?;
    fold_engine_columns(sheet, form)?;
    headers.write(sheet)?;
    let last_row = match rows {
        None => write_example(sheet, &columns)?,
        Some(rows) => write_rows(sheet, &columns, rows)?,
    };
    let last_column = u16::try_from(columns.len()).map_err(|_| XlsxError::RowColumnLimitError)?.saturating_sub(1);
    sheet.autofilter(0, 0, last_row.max(1), last_column)?;
    Ok(())
}

/// The second block (K1) can be folded away.
fn fold_engine_columns(sheet: &mut Worksheet, form: &Form) -> Result<(), XlsxError> {
    let Some(first) = form.fields.iter().position(|field| field.engine) else { return Ok(()) };
    let place = |place: usize| u16::try_from(place).map_err(|_| XlsxError::RowColumnLimitError);
    sheet.group_columns(place(first)?, place(form.fields.len().saturating_sub(1))?)?;
    sheet.group_symbols_to_left(true);
    Ok(())
}

fn write_example(sheet: &mut Worksheet, columns: &[(u16, &Field)]) -> Result<u32, XlsxError> {
    for (column, field) in columns {
        let text = example(usize::from(*column), field);
        if !text.is_empty() {
            let cell = Typed::of(field.kind, &text);
            cell.write(sheet, 1, *column, &looks::example(cell.format()))?;
        }
    }
    Ok(1)
}

/// What the example row says in a column.
fn example(place: usize, field: &Field) -> String {
    match place {
        0 => format!("{} {EXAMPLE_MARK}", field.example).trim_start().to_owned(),
        _ => field.example.clone(),
    }
}

/// Writes all rows; gives the last one's place.
fn write_rows(sheet: &mut Worksheet, columns: &[(u16, &Field)], rows: Rows) -> Result<u32, XlsxError> {
    /// No column has more decimal places.
    const MOST_PLACES: usize = 8;
    let numbers: Vec<Format> = (0..=MOST_PLACES).map(looks::number).collect();
    let mut place = 0;
    for row in rows {
        place += 1;
        if place > LAST_ROW {
            return Err(XlsxError::RowColumnLimitError);
        }
        for ((column, field), cell) in columns.iter().zip(row.iter()) {
            if let Some(text) = cell {
                Typed::of(field.kind, text).write_plain(sheet, place, *column, &numbers)?;
            }
        }
    }
    end_header(sheet, 0, place)?;
    Ok(place)
}

/// A row below a header that would be the last one: rows that are written as they come would name it twice, for its height.
pub(super) fn end_header(sheet: &mut Worksheet, header: u32, last: u32) -> Result<(), XlsxError> {
    if last <= header {
        sheet.write_blank(header + 1, 0, &looks::text())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
