//! The bytes of a filled form → the rows of its sheets, as typed cells, one after the other: of a workbook, or of a CSV file,
//! which is a workbook of one sheet of texts. Knows nothing of what columns mean.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::book::{Malformed, record_lines, text_of};
use crate::files::workbook::{Cell, Content, Range, Refused, SheetEntry, SheetRow, Visibility, Workbook, content_of};

use super::kinds::Kind;

/// Sheets that templates and annotated copies have beside the data.
pub const OTHER_SHEETS: [&str; 3] = ["Read me", "Lists", "Errors"];

/// A filled form, opened.
pub enum Source<'b> {
    /// A workbook.
    Workbook(Workbook<'b>),
    /// A CSV file.
    Text(TextSheet<'b>),
}

/// A CSV file.
pub struct TextSheet<'b> {
    name: String,
    text: &'b str,
    /// The line on which each record begins.
    lines: Vec<u64>,
    delimiter: u8,
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The line that is meant; 0 for the file.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

/// What was noticed while a sheet was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    /// Rows that are hidden, and were read all the same.
    pub hidden_rows: u32,
    /// Ranges of merged cells. Only the first cell of each holds anything.
    pub merged: Vec<Range>,
}

impl<'b> Source<'b> {
    /// Opens a file; `name` is what a CSV file is called.
    ///
    /// # Errors
    /// What is neither a workbook nor a CSV file that can be read.
    pub fn open(name: &str, bytes: &'b [u8]) -> Result<Self, Unreadable> {
        let refused = |refused: Refused| unreadable(0, &refused.reason, &refused.hint);
        match content_of(bytes) {
            Content::Archive => return Workbook::open(bytes).map(Self::Workbook).map_err(refused),
            Content::Other(what) => return Err(refused(what)),
            Content::Text => {}
        }
        Self::open_text(name, bytes, None)
    }

    /// Opens a CSV file, with what stands between its fields if that is known.
    ///
    /// # Errors
    /// What is no text, or has quotes that cannot be read.
    pub fn open_text(name: &str, bytes: &'b [u8], delimiter: Option<u8>) -> Result<Self, Unreadable> {
        let refuse = |bad: Malformed| unreadable(bad.line, &bad.reason, bad.hint);
        let text = text_of(bytes).map_err(refuse)?;
        if text.trim().is_empty() {
            return Err(unreadable(0, "is empty", "a header and a row for each"));
        }
        let delimiter = delimiter.unwrap_or_else(|| delimiter_of(text));
        let lines = record_lines(text, delimiter).map_err(refuse)?;
        Ok(Self::Text(TextSheet { name: name.to_owned(), text, lines, delimiter }))
    }

    /// Do its cells have letters, as `C17`, or is it text with lines?
    pub fn is_workbook(&self) -> bool {
        matches!(self, Self::Workbook(_))
    }

    /// What is worth saying of the workbook as a whole: macros, links to other files. Nothing of it is followed.
    pub fn notices(&self) -> Vec<&'static str> {
        match self {
            Self::Workbook(workbook) => workbook.notices(),
            Self::Text(_) => Vec::new(),
        }
    }

    /// The sheets that can be read, in order: place, name, hidden or not.
    pub fn sheets(&self) -> Vec<(usize, &str, bool)> {
        match self {
            Self::Text(sheet) => vec![(0, sheet.name.as_str(), false)],
            Self::Workbook(workbook) => {
                let sheets = workbook.sheets().iter().enumerate().filter(|(_, sheet)| sheet.is_table);
                let is_hidden = |sheet: &SheetEntry| sheet.visibility != Visibility::Visible;
                sheets.map(|(place, sheet)| (place, sheet.name.as_str(), is_hidden(sheet))).collect()
            }
        }
    }

    /// Gives each row that holds anything, in order.
    ///
    /// # Errors
    /// What makes the rest of the sheet unreadable.
    pub fn read_rows(
        &self,
        sheet: usize,
        each: &mut dyn FnMut(SheetRow<'_>) -> ControlFlow<()>,
    ) -> Result<Noticed, Unreadable> {
        match self {
            Self::Text(text) => text.read_rows(each),
            Self::Workbook(workbook) => {
                let facts = workbook.read_rows(sheet, each);
                let facts = facts.map_err(|refused| unreadable(0, &refused.reason, &refused.hint))?;
                Ok(Noticed { hidden_rows: facts.hidden_rows, merged: facts.merged })
            }
        }
    }

    /// The sheet that a form is in: the one that is named, else the one of the form's own name, else, for the first form of a
    /// kind, the first that anybody can see.
    pub fn sheet_of(&self, kind: Kind, form: usize, named: Option<&str>) -> Option<(usize, String)> {
        let sheets = self.sheets();
        let own = kind.sheets()[form].sheet;
        let is_called = |wanted: &str| sheets.iter().find(|(_, name, _)| name.trim().eq_ignore_ascii_case(wanted));
        let is_other = |name: &str| {
            let of_kind = kind.sheets().iter().any(|other| name.eq_ignore_ascii_case(other.sheet));
            of_kind || OTHER_SHEETS.iter().any(|other| name.eq_ignore_ascii_case(other))
        };
        let first = || sheets.iter().find(|(_, name, hidden)| !hidden && !is_other(name.trim()));
        let found = match named {
            Some(named) if form == 0 => is_called(named),
            _ if form == 0 => is_called(own).or_else(first),
            _ if self.is_workbook() => is_called(own),
            _ => None,
        };
        found.map(|(place, name, _)| (*place, (*name).to_owned()))
    }
}

fn unreadable(line: u64, reason: &str, hint: &str) -> Unreadable {
    Unreadable { line, reason: reason.to_owned(), hint: hint.to_owned() }
}

/// What stands between the fields of the first line: what cuts it into most.
fn delimiter_of(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let fields = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| fields(*delimiter)).unwrap_or(b',')
}

impl TextSheet<'_> {
    fn read_rows(&self, each: &mut dyn FnMut(SheetRow<'_>) -> ControlFlow<()>) -> Result<Noticed, Unreadable> {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(self.delimiter);
        let mut reader = builder.from_reader(self.text.as_bytes());
        let mut record = csv::StringRecord::new();
        let mut found = 0;
        while let Ok(true) = reader.read_record(&mut record) {
            // Counted by two readers that know nothing of each other, as when a book is read.
            let line = self.lines.get(found).copied().unwrap_or(0);
            found += 1;
            let cells: Vec<Cell<'_>> = record.iter().map(text_cell).collect();
            let number = u32::try_from(line).unwrap_or(u32::MAX);
            if each(SheetRow { number, hidden: false, cells: &cells }).is_break() {
                return Ok(Noticed::default());
            }
        }
        if found != self.lines.len() {
            let reason = format!("{} records begin in it, but {found} could be read", self.lines.len());
            return Err(unreadable(0, &reason, "check its quotes"));
        }
        Ok(Noticed::default())
    }
}

fn text_cell(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Blank } else { Cell::Text(Cow::Borrowed(text)) }
}
