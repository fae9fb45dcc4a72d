//! A table → a file for a spreadsheet: CSV (UTF-8, RFC 4180) or a workbook. Text that would run as a formula is neutralised
//! or kept as text (O3); the same table gives the same bytes (O4).

mod workbook;

use std::borrow::Cow;
use std::path::Path;

use super::{Global, say};
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::write_atomically;
use crate::invoicing::csv::as_text;
use crate::report::answer::Cover;
use crate::report::sheet::{Sheet, SheetCell};

/// Writes a table to a CSV file, in place of what is there.
pub(super) fn write_sheet(global: &Global, path: &Path, sheet: &Sheet) -> Result<()> {
    write(global, path, sheet, || bytes(sheet))
}

/// Writes a table to a workbook, in place of what is there, with a second sheet that says what it is of.
pub(super) fn write_workbook(global: &Global, path: &Path, cover: &Cover, sheet: &Sheet) -> Result<()> {
    write(global, path, sheet, || workbook::bytes(cover, sheet).map_err(|error| cannot(path, &error)))
}

fn write(global: &Global, path: &Path, sheet: &Sheet, bytes: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
    let rows = counted(sheet.rows.len() as u64, "row");
    if global.dry_run {
        say(&format!("would write {rows} to {}", path.display()));
        return Ok(());
    }
    write_atomically(path, &bytes()?).map_err(|error| Error::io(path, &error))?;
    say(&format!("wrote {rows} to {}", path.display()));
    Ok(())
}

fn cannot(path: &Path, error: &rust_xlsxwriter::XlsxError) -> Error {
    match error {
        rust_xlsxwriter::XlsxError::RowColumnLimitError => {
            let message = format!("{}: more rows than a sheet can have", path.display());
            Error::refused(message, "write CSV instead, or ask for fewer rows")
        }
        other => Error::new(ErrorKind::Io, format!("cannot write {}: {other}", path.display()), ""),
    }
}

fn bytes(sheet: &Sheet) -> Result<Vec<u8>> {
    let refuse = |error: String| Error::new(ErrorKind::Io, format!("cannot write CSV: {error}"), "");
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = sheet.columns.iter().map(|column| column.name);
    writer.write_record(header).map_err(|error| refuse(error.to_string()))?;
    for row in &sheet.rows {
        let cells = row.iter().map(|cell| match cell {
            SheetCell::Text(text) => as_text(text),
            other => other.in_file(),
        });
        writer.write_record(cells.map(Cow::into_owned)).map_err(|error| refuse(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| refuse(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sheet::Column;

    #[test]
    fn words_never_run_and_figures_stay_figures_o3() {
        let figure = |text: &str| SheetCell::figure(Some(text));
        let rows = vec![
            vec![SheetCell::text("=1+1"), figure("-5.00")],
            vec![SheetCell::text("Smith, \"Jim\""), SheetCell::figure(None::<u64>)],
            vec![SheetCell::text("@x"), figure("1")],
        ];
        let sheet = Sheet { columns: Column::all(["name", "amount"]), rows, ..Sheet::default() };
        let text = String::from_utf8(bytes(&sheet).unwrap()).unwrap();
        assert_eq!(text, "name,amount\n'=1+1,-5.00\n\"Smith, \"\"Jim\"\"\",\n'@x,1\n");
    }
}
