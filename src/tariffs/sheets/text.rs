//! The bytes of a rate sheet → its text and its records, strictly: UTF-8, RFC 4180 with the delimiter that is asked
//! for. Decides nothing about what columns mean.

use crate::book::{BookError, Malformed, record_lines, text_of};

use super::record::Record;

/// The text of a sheet without its byte order mark.
pub(super) fn sheet_text<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b str, Box<BookError>> {
    let refuse = |reason: &str, hint: &str| Err(Box::new(whole_file(file, 0, reason, hint)));
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return refuse("is empty", "a sheet with a header line and rows");
    }
    if let Err(error) = std::str::from_utf8(bytes)
        && !bytes.contains(&0)
        && !bytes.starts_with(&[0xff, 0xfe])
        && !bytes.starts_with(&[0xfe, 0xff])
    {
        return Err(not_utf_8(file, bytes, error.valid_up_to()));
    }
    text_of(bytes).map_err(|malformed| refused(file, malformed))
}

/// All records of a text, with their lines.
pub(super) fn records(file: &str, text: &str, delimiter: u8) -> Result<Vec<Record>, Box<BookError>> {
    let lines = record_lines(text, delimiter).map_err(|malformed| refused(file, malformed))?;
    let mut reader = csv_reader(text, delimiter);
    let mut records = Vec::with_capacity(lines.len());
    let mut cells = csv::StringRecord::new();
    while let Ok(true) = reader.read_record(&mut cells) {
        // Counted by two readers that know nothing of each other, as when a book is read.
        let line = lines.get(records.len()).copied().unwrap_or(0);
        records.push(Record::of_line(line, cells.clone()));
    }
    if records.len() == lines.len() {
        return Ok(records);
    }
    let reason = format!("{} records begin in it, but {} could be read", lines.len(), records.len());
    Err(Box::new(whole_file(file, 0, &reason, "check its quotes")))
}

/// The first records, read leniently: where the header is looked for. They are the first of [`records`] too.
pub(super) fn first_records(text: &str, delimiter: u8, most: usize) -> Vec<Record> {
    let lines = record_lines(text, delimiter).unwrap_or_default();
    let mut reader = csv_reader(text, delimiter);
    let cells = reader.records().map_while(Result::ok).take(most).enumerate();
    cells.map(|(place, cells)| Record::of_line(lines.get(place).copied().unwrap_or(0), cells)).collect()
}

fn csv_reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

/// An error about a file or a line as a whole.
pub(super) fn whole_file(file: &str, line: u64, reason: &str, hint: &str) -> BookError {
    let (column, value) = (String::new(), String::new());
    BookError { file: file.to_owned(), line, column, value, reason: reason.to_owned(), hint: hint.to_owned() }
}

fn refused(file: &str, malformed: Malformed) -> Box<BookError> {
    Box::new(whole_file(file, malformed.line, &malformed.reason, malformed.hint))
}

fn not_utf_8(file: &str, bytes: &[u8], position: usize) -> Box<BookError> {
    let before = &bytes[..position];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let line = 1 + before.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
    let letters = std::str::from_utf8(&before[line_start..]).map_or(0, |text| text.chars().count());
    let reason = format!("character {} of the line is not UTF-8: byte 0x{:02x}", letters + 1, bytes[position]);
    Box::new(whole_file(file, line, &reason, "save it as UTF-8; it may be Latin-1 or Windows-1252"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_utf_8_text_is_a_sheet() {
        let check = |bytes: &[u8], expected: Result<&str, (u64, &str)>| {
            let found = sheet_text("s.csv", bytes);
            let shown = found.as_ref().map(|text| *text).map_err(|error| (error.line, error.reason.as_str()));
            assert_eq!(shown, expected, "{bytes:?}");
        };
        check(b"\xef\xbb\xbfa\n", Ok("a\n"));
        check(b" \r\n", Err((0, "is empty")));
        check(b"a;b\nC\xf4te;1\n", Err((2, "character 2 of the line is not UTF-8: byte 0xf4")));
        check(b"\xff\xfea\0", Err((0, "is UTF-16")));
        check(b"a\n\0", Err((2, "holds a NUL byte")));
    }

    #[test]
    fn records_know_their_lines() {
        let read = |text: &str| {
            let records = records("s.csv", text, b';');
            records.map(|found| found.iter().map(|record| (record.line, record.cells.len())).collect::<Vec<_>>())
        };
        assert_eq!(read("a;b\n\n\"x\ny\";2\nz,1\n"), Ok(vec![(1, 2), (3, 2), (5, 1)]));
        assert!(read("a\n\"x;y\n").is_err());
    }
}
