//! One split record with the columns of its file → the text of each field, checked, with faults that name the column.
//! Knows no rule of usage or services.

use std::borrow::Cow;

use super::columns::Columns;
use super::layout::{Contents, DateFormat, Field, Layout, Quoting, TimeFormat};
use super::lines::RecordLine;
use super::refusal::{Fault, Reject, shown};
use super::split::{Fields, SplitFault};
use super::values::{Wrong, check_identifier, check_text, decode, read_date, trimmed};
use crate::domain::telephone::{NumberRules, normalise, plain_number};
use crate::domain::usage::Text;

/// The longest text of a record, in characters.
pub(super) const LONGEST_TEXT: usize = 255;

/// One record's fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub record: &'a [u8],
    /// The whole record, if it is nothing but the printable characters of ASCII: then there is nothing to decode, and
    /// nothing in any field that may not stand there.
    pub plain: Option<&'a str>,
    pub fields: &'a Fields,
    pub columns: &'a Columns,
    pub layout: &'a Layout,
}

impl<'a> Line<'a> {
    /// Splits a record into `fields` and checks how many there are.
    pub fn split(
        record: &'a RecordLine<'_>,
        fields: &'a mut Fields,
        columns: &'a Columns,
        layout: &'a Layout,
    ) -> Result<Self, Fault> {
        let split = fields.split(record.bytes, layout.dialect);
        Self::of_cut(record, split, fields, columns, layout)
    }

    /// Of a record that was split into `fields`, or could not be; checks how many there are.
    pub fn of_cut(
        record: &'a RecordLine<'_>,
        split: Result<(), SplitFault>,
        fields: &'a Fields,
        columns: &'a Columns,
        layout: &'a Layout,
    ) -> Result<Self, Fault> {
        split.map_err(|fault| Fault {
            column: columns.label_at(fault.column),
            value: shown(&record.bytes[fault.start..]),
            reason: fault.reason.into(),
        })?;
        if !columns.count.contains(&fields.len()) {
            let reason = format!("has {} columns, expected {}", fields.len(), columns.expected_count()).into();
            return Err(Fault { column: String::new(), value: String::new(), reason });
        }
        Ok(Self { record: record.bytes, plain: plain_text(record.bytes), fields, columns, layout })
    }

    /// The same as [`Self::bounded_text`] of what needs no thought: a column that the file lacks, a field of a plain record
    /// within the bound. None for everything else.
    #[inline]
    fn plain_field(&self, field: Field, longest: usize) -> Option<&'a str> {
        let Some(index) = self.columns.index(field) else { return Some("") };
        let text = &self.plain?[self.fields.span(index)?];
        let is_padded = text.as_bytes().first() == Some(&b' ') || text.as_bytes().last() == Some(&b' ');
        let text = if is_padded { text.trim_matches(' ') } else { text };
        (text.len() <= longest).then_some(text)
    }

    /// The text of a field, trimmed; empty if the file or this line has no such column.
    pub fn text(&self, field: Field) -> Result<Cow<'a, str>, Fault> {
        self.bounded_text(field, LONGEST_TEXT)
    }

    /// The same with a bound of its own, in characters.
    pub fn bounded_text(&self, field: Field, longest: usize) -> Result<Cow<'a, str>, Fault> {
        if let Some(text) = self.plain_field(field, longest) {
            return Ok(Cow::Borrowed(text));
        }
        let content = self.columns.index(field).and_then(|index| self.fields.get(self.record, index));
        let content = content.filter(|content| !content.is_empty());
        let Some(content) = content else { return Ok(Cow::Borrowed("")) };
        let text = decode(content, self.layout.encoding).map(trimmed).map_err(|wrong| self.fault(field, wrong))?;
        let text = if self.layout.dialect.quoting == Quoting::ManyLines { on_one_line(text) } else { text };
        check_text(&text, longest).map_err(|wrong| self.fault(field, wrong))?;
        Ok(text)
    }

    /// A field's text as it is kept in a record; empty if there is none.
    pub fn kept(&self, field: Field, longest: usize) -> Result<Text, Fault> {
        match self.plain_field(field, longest) {
            Some(text) => Ok(Text::from(text)),
            None => Ok(Text::from(&*self.bounded_text(field, longest)?)),
        }
    }

    /// An identifier in the form in which it is compared (M1); empty if there is none.
    pub fn identifier(&self, field: Field, rules: &NumberRules) -> Result<Text, Fault> {
        if let Some(number) = self.plain_field(field, LONGEST_TEXT).and_then(|text| plain_number(text, rules)) {
            return Ok(number);
        }
        let text = self.text(field)?;
        if text.is_empty() {
            return Ok(Text::new());
        }
        check_identifier(&text).map_err(|wrong| self.fault(field, wrong))?;
        Ok(normalise(&text, rules).into())
    }

    /// Reads a value from a field's text.
    pub fn value<T>(&self, field: Field, read: impl FnOnce(&str) -> Result<T, Wrong>) -> Result<T, Fault> {
        if let Some(text) = self.plain_field(field, LONGEST_TEXT) {
            return read(text).map_err(|wrong| self.fault(field, wrong));
        }
        let text = self.text(field)?;
        read(&text).map_err(|wrong| self.fault(field, wrong))
    }

    /// Reads a value, or `None` where the field is empty or missing.
    pub fn optional<T>(&self, field: Field, read: impl FnOnce(&str) -> Result<T, Wrong>) -> Result<Option<T>, Fault> {
        let read = |text: &str| match text {
            "" => Ok(None),
            text => read(text).map(Some).map_err(|wrong| self.fault(field, wrong)),
        };
        match self.plain_field(field, LONGEST_TEXT) {
            Some(text) => read(text),
            None => read(&self.text(field)?),
        }
    }

    /// A fault in a field of this line.
    pub fn fault(&self, field: Field, wrong: Wrong) -> Fault {
        let content = self.columns.index(field).and_then(|index| self.fields.get(self.record, index));
        Fault { column: self.columns.label(field), value: shown(&content.unwrap_or_default()), reason: wrong }
    }
}

/// The text of a record of printable ASCII characters only.
fn plain_text(record: &[u8]) -> Option<&str> {
    let is_plain = record.iter().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~'));
    if is_plain { std::str::from_utf8(record).ok() } else { None }
}

/// A field that goes on over several lines as one line of text: a space for each end of a line.
fn on_one_line(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(text.replace("\r\n", " ").replace('\n', " ")) } else { text }
}

impl Fault {
    /// The fault with the place of its line in the file.
    pub(super) fn on(self, record: &RecordLine<'_>) -> Reject {
        Reject {
            line: record.line,
            offset: u64::try_from(record.offset).unwrap_or(u64::MAX),
            column: self.column,
            value: self.value,
            reason: self.reason.into_owned(),
            raw: record.bytes.to_vec(),
        }
    }
}

/// Does the cell where the date of a record stands hold a date?
pub(super) fn looks_like_record(layout: &Layout, columns: &Columns, record: &[u8], fields: &Fields) -> bool {
    let line = Line { record, plain: plain_text(record), fields, columns, layout };
    let cells = [Field::Started, Field::StartedDate, Field::Date];
    cells.into_iter().filter(|field| columns.index(*field).is_some()).any(|field| {
        line.text(field).is_ok_and(|text| match layout.date_format() {
            Some(format) => text.get(..format.name().len()).is_some_and(|date| read_date(date, format).is_ok()),
            None => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        })
    })
}

impl Layout {
    /// How the dates of its records are written; `None`: as epoch seconds.
    fn date_format(&self) -> Option<DateFormat> {
        match &self.contents {
            Contents::Usage(rules) => match rules.time {
                TimeFormat::Civil { date, .. } => Some(date),
                TimeFormat::EpochSeconds => None,
            },
            Contents::Services(rules) => Some(rules.date),
        }
    }
}
