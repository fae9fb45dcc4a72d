//! A file's bytes → a [`SourceFile`] whose frame is sound (F4): encoding, line ends, header, trailer, quotes. After
//! that every physical line is known to be part of the frame or of the body. Reads no record's values.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr;

use super::columns::Columns;
use super::layout::{Dialect, Field, Header, Layout, Quoting};
use super::line::looks_like_record;
use super::lines::{RecordLine, RecordLines};
use super::refusal::FileRefusal;
use super::split::Fields;
use super::survey::Survey;
use super::trailer::{TrailerClaim, is_trailer};
use super::values::{decode, trimmed};

/// The longest physical line, and the longest record, that is accepted. A longer one refuses the file rather than
/// rejecting the line: its line ends are not what they seem, and the whole of it would have to be kept as a reject.
pub const LONGEST_LINE: usize = 1024 * 1024;

/// A file whose frame was checked.
#[derive(Clone, Debug)]
pub struct SourceFile<'a> {
    pub(super) file_name: String,
    pub(super) bytes: &'a [u8],
    pub(super) dialect: Dialect,
    pub(super) columns: Columns,
    pub(super) body: Range<usize>,
    /// The physical line on which the body begins.
    pub(super) body_line: u64,
    pub(super) counts: LineCounts,
    pub(super) trailer: Option<TrailerClaim>,
    /// Where the file can be cut without walking it: every line of it is a record, a blank line or of the header. Nothing
    /// if that is not known.
    pub(super) pieces: Vec<Survey>,
}

/// The physical lines of a file, by what they are (F4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// All of them.
    pub physical: u64,
    /// Skipped rows, header, trailer, and blank lines before the header or after the trailer.
    pub frame: u64,
    /// Lines on which a record goes on that began on an earlier one.
    pub continuation: u64,
}

/// How much of a file there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    /// The first lines: nothing can be said about the end.
    Beginning,
}

/// Checks the frame of a whole file. `file_name` is for messages only.
pub fn open_source<'a>(file_name: &str, bytes: &'a [u8], layout: &Layout) -> Result<SourceFile<'a>, FileRefusal> {
    open(file_name, bytes, layout, Extent::Whole, Vec::new())
}

/// The same, when all pieces of the file, in their order, were looked at already.
pub fn open_surveyed<'a>(
    file_name: &str,
    bytes: &'a [u8],
    layout: &Layout,
    pieces: Vec<Survey>,
) -> Result<SourceFile<'a>, FileRefusal> {
    // A trailer is looked for on every line.
    let is_usual = pieces.iter().all(|piece| piece.is_usual) && layout.trailer.is_none();
    open(file_name, bytes, layout, Extent::Whole, if is_usual { pieces } else { Vec::new() })
}

pub(super) fn open<'a>(
    file: &str,
    bytes: &'a [u8],
    layout: &Layout,
    extent: Extent,
    pieces: Vec<Survey>,
) -> Result<SourceFile<'a>, FileRefusal> {
    let is_surveyed = !pieces.is_empty();
    let start = check_encoding(file, bytes, layout, is_surveyed)?;
    let is_cut_off = extent == Extent::Whole && bytes.last() != Some(&b'\n');
    let physical = match is_surveyed {
        true => pieces.iter().map(|piece| piece.lines).sum::<u64>() + u64::from(is_cut_off),
        false => check_physical_lines(file, bytes, start)?,
    };
    let mut walk = RecordLines::new(bytes, start, bytes.len(), 1, layout.dialect);
    skip_rows(file, layout, &Columns::by_position(layout, Vec::new()), &mut walk, layout.skip_rows)?;
    let columns = read_header(file, layout, &mut walk)?;
    let (body_start, body_line) = (walk.position(), walk.line());
    let body = match is_surveyed {
        true => Body::of_lines(&bytes[body_start..], bytes.len(), physical + 1),
        false => walk_body(file, layout, &columns, walk, extent)?,
    };
    if is_cut_off && body.trailer.is_none() {
        let hint = "the last line may be cut off; get the file again, or end its last line if it is whole";
        return Err(FileRefusal::new(file, "the last line has no end", hint).on_line(physical));
    }
    if extent == Extent::Whole && body.records == 0 && body.trailer.as_ref().is_none_or(|claim| claim.count != Some(0))
    {
        let hint = "get the file again; if the supplier had nothing to charge, there is nothing to import";
        return Err(FileRefusal::new(file, "has no records", hint));
    }
    let after_body = (physical + 1).saturating_sub(body.end_line);
    Ok(SourceFile {
        file_name: file.to_owned(),
        bytes,
        dialect: layout.dialect,
        columns,
        body: body_start..body.end,
        body_line,
        counts: LineCounts { physical, frame: body_line - 1 + after_body, continuation: body.continuation },
        trailer: body.trailer,
        pieces,
    })
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// What often comes instead of text: how it begins, what it is, what to do.
const NO_TEXT: [(&[u8], &str, &str); 5] = [
    (b"\x1f\x8b", "is compressed (gzip)", "unpack it, with gunzip for example, and import what is in it"),
    (b"PK\x03\x04", "is a ZIP archive or an Excel workbook", "unpack it, or save its sheet as CSV (UTF-8)"),
    (b"\x28\xb5\x2f\xfd", "is compressed (zstd)", "unpack it, with unzstd for example, and import what is in it"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook", "save its sheet as CSV (UTF-8)"),
    (b"%PDF-", "is a PDF document", "ask the supplier for the records as text"),
];

/// Where the text begins: after the byte order mark, if there is one.
fn check_encoding(file: &str, bytes: &[u8], layout: &Layout, has_no_nul: bool) -> Result<usize, FileRefusal> {
    let refuse = |reason: &str, hint: &str| FileRefusal::new(file, reason, hint);
    if let Some((_, what, hint)) = NO_TEXT.iter().find(|(beginning, _, _)| bytes.starts_with(beginning)) {
        return Err(refuse(what, hint));
    }
    let sample = &bytes[..bytes.len().min(4096)];
    let nuls = sample.iter().filter(|byte| **byte == 0).count();
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || nuls * 4 > sample.len() {
        return Err(refuse("is UTF-16 text", "save it as UTF-8, or ask the supplier for UTF-8"));
    }
    if let Some(place) = if has_no_nul { None } else { memchr(0, bytes) } {
        let line = line_at(bytes, place);
        return Err(refuse("holds a NUL byte", "the file is damaged or is no text; get it again").on_line(line));
    }
    let start = if bytes.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
    if bytes[start..].starts_with(UTF8_MARK) {
        return Err(refuse("has two byte order marks", "two files may have been joined; get it again").on_line(1));
    }
    if start > 0 && layout.encoding != super::layout::Encoding::Utf8 {
        let hint = "the file says that it is UTF-8, the layout that it is not; change encoding in the layout";
        return Err(refuse("begins with a UTF-8 byte order mark", hint).on_line(1));
    }
    let content = bytes[start..].trim_ascii_end();
    if content.is_empty() {
        return Err(refuse("is empty", "get the file again"));
    }
    if content.ends_with(b"\x1a") {
        let hint = "a program has put an end mark (^Z) there; get the file as it was, or take the mark out";
        return Err(refuse("ends with the control character ^Z", hint).on_line(line_at(bytes, start + content.len())));
    }
    Ok(start)
}

/// The physical line of a byte, from 1.
fn line_at(bytes: &[u8], place: usize) -> u64 {
    1 + bytes[..place].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>()
}

/// Counts the physical lines; refuses lone carriage returns and lines without bound.
fn check_physical_lines(file: &str, bytes: &[u8], start: usize) -> Result<u64, FileRefusal> {
    let plain = Dialect { delimiter: b',', quoting: Quoting::Off };
    let mut count = 0;
    for physical in RecordLines::new(bytes, start, bytes.len(), 1, plain) {
        count = physical.line;
        if physical.bytes.contains(&b'\r') {
            let hint = "lines must end with LF or CRLF; have the file converted";
            return Err(FileRefusal::new(file, "holds a carriage return without a line feed", hint).on_line(count));
        }
        if physical.bytes.len() > LONGEST_LINE {
            let hint = "the file has other line ends than LF or CRLF, or is no text";
            return Err(FileRefusal::new(file, "has a line of more than 1 MiB", hint).on_line(count));
        }
    }
    Ok(count)
}

/// Reads the header, if there is one; afterwards the walk stands before the body.
fn read_header(file: &str, layout: &Layout, walk: &mut RecordLines<'_>) -> Result<Columns, FileRefusal> {
    if layout.header == Header::None {
        return Ok(Columns::by_position(layout, Vec::new()));
    }
    let mut ahead = walk.clone();
    let Some(record) = ahead.find(|record| !record.is_blank()) else {
        return Err(FileRefusal::new(file, "has no header line", "get the file again"));
    };
    let by_position = Columns::by_position(layout, Vec::new());
    let mut fields = Fields::default();
    if record.is_open {
        return Err(open_quote(file, &record, &by_position, layout.dialect));
    }
    let split = fields.split(record.bytes, layout.dialect);
    if layout.header == Header::Detect && (split.is_err() || !is_header_like(&fields, record.bytes)) {
        return Ok(by_position);
    }
    if let Err(fault) = split {
        let refusal = FileRefusal::new(file, format!("a header column {}", fault.reason), "correct the header line");
        return Err(refusal.on_line(record.line).in_column((fault.column + 1).to_string()));
    }
    let words = header_words(file, layout, &record, &fields)?;
    let columns = if layout.header == Header::Names {
        Columns::by_names(layout, words, file, record.line)?
    } else {
        check_header_by_position(file, layout, &record, &fields, &by_position)?;
        Columns::by_position(layout, words)
    };
    *walk = ahead;
    skip_rows(file, layout, &columns, walk, layout.rows_after_header)?;
    Ok(columns)
}

/// Passes over rows that mean nothing, but never over a record.
fn skip_rows(
    file: &str,
    layout: &Layout,
    columns: &Columns,
    walk: &mut RecordLines<'_>,
    rows: u32,
) -> Result<(), FileRefusal> {
    let mut fields = Fields::default();
    for _ in 0..rows {
        let line = walk.line();
        let Some(row) = walk.next_physical_line() else { break };
        let is_split = fields.split(row, layout.dialect).is_ok();
        if is_split && columns.count.contains(&fields.len()) && looks_like_record(layout, columns, row, &fields) {
            let hint = "the layout skips this line, and the record would be lost; is a line above it missing?";
            return Err(FileRefusal::new(file, "has a record where a line is to be skipped", hint).on_line(line));
        }
    }
    Ok(())
}

fn header_words(
    file: &str,
    layout: &Layout,
    record: &RecordLine<'_>,
    fields: &Fields,
) -> Result<Vec<String>, FileRefusal> {
    let word = |index: usize| {
        let content = fields.get(record.bytes, index).unwrap_or(Cow::Borrowed(b""));
        let text = decode(content, layout.encoding).map_err(|wrong| {
            let refusal = FileRefusal::new(file, format!("the header word {wrong}"), "check the layout's encoding");
            refusal.on_line(record.line).in_column((index + 1).to_string())
        })?;
        Ok(trimmed(text).into_owned())
    };
    (0..fields.len()).map(word).collect()
}

/// Is the first cell a word: letters and no digit? So no record whose first cell is a date or a number is ever lost.
fn is_header_like(fields: &Fields, record: &[u8]) -> bool {
    let cell = fields.get(record, 0).unwrap_or_default();
    cell.iter().any(|byte| byte.is_ascii_alphabetic()) && !cell.iter().any(u8::is_ascii_digit)
}

/// A header whose words do not count must at least be one: not a record, and as wide as records are.
fn check_header_by_position(
    file: &str,
    layout: &Layout,
    record: &RecordLine<'_>,
    fields: &Fields,
    columns: &Columns,
) -> Result<(), FileRefusal> {
    if !columns.count.contains(&fields.len()) {
        let reason = format!("the header has {} columns, the layout says {}", fields.len(), columns.expected_count());
        let hint = "is this the right layout for the file?";
        return Err(FileRefusal::new(file, reason, hint).on_line(record.line));
    }
    if looks_like_record(layout, columns, record.bytes, fields) {
        let hint = "the first line is a record already, which would be lost; is the header missing?";
        return Err(FileRefusal::new(file, "has no header line", hint).on_line(record.line));
    }
    Ok(())
}

/// What was found between the header and the end.
struct Body {
    end: usize,
    /// The physical line after the body.
    end_line: u64,
    records: u64,
    continuation: u64,
    trailer: Option<TrailerClaim>,
}

impl Body {
    /// Of lines that are each a record or blank. Whether there are records at all is what is asked of their number.
    fn of_lines(body: &[u8], end: usize, end_line: u64) -> Self {
        let has_records = body.iter().any(|byte| !matches!(byte, b' ' | b'\r' | b'\n'));
        Self { end, end_line, records: u64::from(has_records), continuation: 0, trailer: None }
    }
}

/// Walks all records up to the trailer: no quote left open, one trailer, nothing after it.
fn walk_body(
    file: &str,
    layout: &Layout,
    columns: &Columns,
    mut walk: RecordLines<'_>,
    extent: Extent,
) -> Result<Body, FileRefusal> {
    let mut body = Body { end: walk.position(), end_line: walk.line(), records: 0, continuation: 0, trailer: None };
    while let Some(record) = walk.next() {
        if record.is_open {
            if extent == Extent::Beginning && walk.clone().next().is_none() {
                break;
            }
            return Err(open_quote(file, &record, columns, layout.dialect));
        }
        if record.bytes.len() > LONGEST_LINE {
            let hint = "a quote may be missing; the record goes on over many lines";
            return Err(FileRefusal::new(file, "has a record of more than 1 MiB", hint).on_line(record.line));
        }
        let form = layout.trailer.as_ref().filter(|form| is_trailer(form, &record, layout));
        if let Some(claim) = &body.trailer {
            if record.is_blank() {
                continue;
            }
            let reason = if form.is_some() { "has a second trailer" } else { "goes on after its trailer" };
            let hint = format!("the trailer is line {}; two files may have been joined", claim.line);
            return Err(FileRefusal::new(file, reason, hint).on_line(record.line));
        }
        if let Some(form) = form {
            body.trailer = Some(TrailerClaim::read(file, form, &record, layout)?);
            continue;
        }
        body.records += u64::from(!record.is_blank());
        body.continuation += record.lines - 1;
        (body.end, body.end_line) = (walk.position(), walk.line());
    }
    if layout.trailer.is_some() && body.trailer.is_none() && extent == Extent::Whole {
        let hint = "the file may be cut off; get it again";
        return Err(FileRefusal::new(file, "has no trailer", hint).on_line(walk.line().saturating_sub(1)));
    }
    Ok(body)
}

/// The refusal of a record that ends within quotes, at the line on which the quote opened.
fn open_quote(file: &str, record: &RecordLine<'_>, columns: &Columns, dialect: Dialect) -> FileRefusal {
    let mut fields = Fields::default();
    let fault = fields.split(record.bytes, dialect).err();
    let (start, column) = fault.map_or((0, 0), |fault| (fault.start, fault.column));
    let line = line_at(record.bytes, start) - 1 + record.line;
    let (reason, hint) = match dialect.quoting {
        Quoting::ManyLines => ("a quote opens here and never closes", "close the quote, or get the file again"),
        _ => (
            "a quote opens here and does not close on its line",
            "close the quote; if the supplier writes fields over several lines, declare newlines_in_fields = true",
        ),
    };
    let refusal = FileRefusal::new(file, reason, hint).on_line(line).in_column(columns.label_at(column));
    refusal.with_value(&record.bytes[start..])
}

impl SourceFile<'_> {
    /// The file's name, as it was given.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// What stands before the records: byte order mark, skipped rows, header. Written before rejected lines, it makes a
    /// file that can be corrected and read again (F3).
    pub fn preamble(&self) -> &[u8] {
        &self.bytes[..self.body.start]
    }

    /// The physical lines, by what they are.
    pub fn line_counts(&self) -> LineCounts {
        self.counts
    }

    /// What messages call the column of a field.
    pub fn column_label(&self, field: Field) -> String {
        self.columns.label(field)
    }
}
