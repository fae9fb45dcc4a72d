//! A table → a CSV file for a spreadsheet: UTF-8, RFC 4180. Text that would run as a formula is neutralised (O3).

use std::borrow::Cow;
use std::path::Path;

use super::{Global, say};
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::write_atomically;
use crate::invoicing::csv::as_text;
use crate::report::sheet::{Sheet, SheetCell};

/// Writes a table to a file, in place of what is there.
pub(super) fn write_sheet(global: &Global, path: &Path, sheet: &Sheet) -> Result<()> {
    let rows = counted(sheet.rows.len() as u64, "row");
    if global.dry_run {
        say(&format!("would write {rows} to {}", path.display()));
        return Ok(());
    }
    write_atomically(path, &bytes(sheet)?).map_err(|error| Error::io(path, &error))?;
    say(&format!("wrote {rows} to {}", path.display()));
    Ok(())
}

fn bytes(sheet: &Sheet) -> Result<Vec<u8>> {
    let refuse = |error: String| Error::new(ErrorKind::Io, format!("cannot write CSV: {error}"), "");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&sheet.columns).map_err(|error| refuse(error.to_string()))?;
    for row in &sheet.rows {
        let cells = row.iter().map(|cell| match cell {
            SheetCell::Text(text) => as_text(text),
            SheetCell::Figure(figure) => Cow::Borrowed(figure.as_str()),
        });
        writer.write_record(cells.map(Cow::into_owned)).map_err(|error| refuse(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| refuse(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_never_run_and_figures_stay_figures_o3() {
        let figure = |text: &str| SheetCell::figure(Some(text));
        let rows = vec![
            vec![SheetCell::text("=1+1"), figure("-5.00")],
            vec![SheetCell::text("Smith, \"Jim\""), SheetCell::figure(None::<u64>)],
            vec![SheetCell::text("@x"), figure("1")],
        ];
        let text = String::from_utf8(bytes(&Sheet { columns: vec!["name", "amount"], rows }).unwrap()).unwrap();
        assert_eq!(text, "name,amount\n'=1+1,-5.00\n\"Smith, \"\"Jim\"\"\",\n'@x,1\n");
    }
}
