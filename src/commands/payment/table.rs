//! A CSV file or a workbook → a header and rows of text, each with its line. Knows nothing of what columns mean.

use std::path::Path;

use crate::book::{BookError, Malformed, nearest, record_lines, text_of};
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::files::workbook::{Cell, Content, content_of, read_workbook};

/// A table of text.
pub(super) struct TableFile {
    /// What errors call it.
    pub file: String,
    /// It has cells with letters.
    pub is_workbook: bool,
    /// Its columns as they are named, trimmed.
    pub header: Vec<String>,
    /// Rows that are not blank: the line in the file or the row in the sheet, from 1, and a cell for each column.
    pub rows: Vec<(u64, Vec<String>)>,
    /// All that is wrong with it so far.
    pub errors: Vec<BookError>,
}

impl TableFile {
    /// Reads a file; `sheet` is the one of a workbook that is meant, the first if there is none of this name.
    pub(super) fn read(path: &Path, sheet: &str) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|error| Error::unreadable(path, &error))?;
        if !metadata.is_file() {
            let message = format!("{}: is not a file", path.display());
            return Err(Error::refused(message, "name a file; what comes through a pipe must be saved first"));
        }
        let bytes = std::fs::read(path).map_err(|error| Error::unreadable(path, &error))?;
        let file = path.display().to_string();
        let read = match content_of(&bytes) {
            Content::Archive => {
                let texts = |(line, cells): (u64, Vec<Cell<'_>>)| (line, cells.iter().map(text_of_cell).collect());
                read_workbook(&bytes, sheet)
                    .map_err(|refused| whole(&file, 0, &refused.reason, &refused.hint))
                    .map(|sheet| (sheet.rows.into_iter().map(texts).collect(), true))
            }
            Content::Text => {
                csv_rows(&bytes).map_err(|bad| whole(&file, bad.line, &bad.reason, bad.hint)).map(|rows| (rows, false))
            }
            Content::Other(refused) => Err(whole(&file, 0, &refused.reason, &refused.hint)),
        };
        let (mut rows, is_workbook): (Vec<(u64, Vec<String>)>, bool) =
            read.map_err(|error| Error::refused(error.to_string(), ""))?;
        rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
        let mut table = Self { file, is_workbook, header: Vec::new(), rows: Vec::new(), errors: Vec::new() };
        if rows.is_empty() {
            table.errors.push(whole(&table.file, 0, "is empty", "a header line and a row for each payment"));
            return Ok(table);
        }
        let (line, header) = rows.remove(0);
        table.header = header.iter().map(|name| name.trim().to_owned()).collect();
        while table.header.last().is_some_and(String::is_empty) {
            table.header.pop();
        }
        if rows.is_empty() {
            table.errors.push(whole(&table.file, line, "has a header and no rows", "rows below the header"));
        }
        for (line, cells) in rows {
            table.add_row(line, cells);
        }
        Ok(table)
    }

    /// A row has a cell for each column; a sheet leaves blank ones out.
    fn add_row(&mut self, line: u64, mut cells: Vec<String>) {
        let width = self.header.len();
        let too_wide = cells.iter().skip(width).any(|cell| !cell.trim().is_empty());
        if too_wide || (!self.is_workbook && cells.len() != width) {
            let s = if cells.len() == 1 { "" } else { "s" };
            let reason = format!("has {} field{s}, the header has {width}", cells.len());
            self.errors.push(whole(&self.file, line, &reason, "one field for each column; quote fields with commas"));
            return;
        }
        cells.resize(width, String::new());
        self.rows.push((line, cells));
    }

    /// The places of known columns; reports unknown, repeated and missing ones by name.
    pub(super) fn places<const N: usize>(&mut self, known: [&str; N], required: &[&str]) -> [Option<usize>; N] {
        let mut places = [None; N];
        for (place, name) in self.header.iter().enumerate() {
            let reason = match known.iter().position(|known| known == name) {
                Some(column) if places[column].is_none() => {
                    places[column] = Some(place);
                    continue;
                }
                Some(_) => "comes twice",
                None => "is no column of this file",
            };
            let near = nearest(name, known.iter().copied()).filter(|near| near != name);
            let near = near.map_or(String::new(), |near| format!("did you mean {near:?}? "));
            let error = whole(&self.file, 1, reason, &format!("{near}the columns are {}", known.join(", ")));
            self.errors.push(BookError { column: name.clone(), ..error });
        }
        for name in required {
            let column = known.iter().position(|known| known == name);
            if !self.header.is_empty() && column.is_none_or(|column| places[column].is_none()) {
                let error = whole(&self.file, 1, "is missing in the header", &format!("add the column {name}"));
                self.errors.push(BookError { column: (*name).to_owned(), ..error });
            }
        }
        places
    }

    /// What an error calls a column: of a workbook with its cell.
    pub(super) fn column_name(&self, name: &str, place: Option<usize>, line: u64) -> String {
        match place {
            Some(place) if self.is_workbook => format!("{name} (cell {}{line})", letters(place)),
            _ => name.to_owned(),
        }
    }
}

/// A cell as a CSV file would have it.
fn text_of_cell(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) | Cell::Number(text) | Cell::Fault(text) => text.clone().into_owned(),
        Cell::Percent(text) => format!("{text}%"),
        Cell::Flag(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        Cell::Moment { day, seconds } => {
            let text = Date::from_days(*day).map_or_else(|| format!("day {day}"), |date| date.to_string());
            if *seconds > 0 { format!("{text} with a time") } else { text }
        }
    }
}

/// An error about a line, or about the file.
pub(super) fn whole(file: &str, line: u64, reason: &str, hint: &str) -> BookError {
    let (column, value) = (String::new(), String::new());
    BookError { file: file.to_owned(), line, column, value, reason: reason.to_owned(), hint: hint.to_owned() }
}

fn csv_rows(bytes: &[u8]) -> std::result::Result<Vec<(u64, Vec<String>)>, Malformed> {
    let text = text_of(bytes)?;
    let lines = record_lines(text, b',')?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let records = reader.records().map_while(std::result::Result::ok);
    let rows: Vec<_> =
        lines.iter().copied().zip(records.map(|record| record.iter().map(str::to_owned).collect::<Vec<_>>())).collect();
    if rows.len() != lines.len() {
        let reason = format!("{} records begin in it, but {} could be read", lines.len(), rows.len());
        return Err(Malformed { line: 0, reason, hint: "check its quotes" });
    }
    Ok(rows)
}

/// 0 → `A`, 25 → `Z`, 26 → `AA`.
fn letters(mut place: usize) -> String {
    let mut text = Vec::new();
    loop {
        text.push(char::from(b'A' + u8::try_from(place % 26).expect("below 26")));
        if place < 26 {
            return text.iter().rev().collect();
        }
        place = place / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
