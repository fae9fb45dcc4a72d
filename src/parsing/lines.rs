//! Bytes → the lines of records, each with its place in the file. The one definition of where a record ends: frame
//! checks, chunks and parsing all walk by it, so that they can never disagree. Looks at no value.

use memchr::memchr;

use super::layout::{Dialect, Quoting};

/// One record's bytes, or a blank line's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RecordLine<'a> {
    /// Without its end; a record over several lines keeps the ends within.
    pub bytes: &'a [u8],
    /// Of the first byte, from the start of the file.
    pub offset: usize,
    /// The physical line on which it begins, from 1.
    pub line: u64,
    /// How many physical lines it takes.
    pub lines: u64,
    /// Whether it ends within a quoted field: the quote never closes, or goes on where it may not.
    pub is_open: bool,
}

impl RecordLine<'_> {
    /// Nothing but spaces?
    pub fn is_blank(&self) -> bool {
        self.bytes.iter().all(|byte| *byte == b' ')
    }
}

/// Walks the records of a stretch of a file that begins where a record begins.
#[derive(Clone, Debug)]
pub(super) struct RecordLines<'a> {
    bytes: &'a [u8],
    position: usize,
    end: usize,
    line: u64,
    dialect: Dialect,
}

impl<'a> RecordLines<'a> {
    /// The records of `bytes[position..end]`; the first begins on physical line `line`.
    pub fn new(bytes: &'a [u8], position: usize, end: usize, line: u64, dialect: Dialect) -> Self {
        Self { bytes, position, end, line, dialect }
    }

    /// Where the next record begins.
    pub fn position(&self) -> usize {
        self.position
    }

    /// On which physical line the next record begins.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Takes one physical line, whatever is in it.
    pub fn next_physical_line(&mut self) -> Option<&'a [u8]> {
        if self.position >= self.end {
            return None;
        }
        let (content_end, next) = self.end_of_content(self.position);
        let content = &self.bytes[self.position..content_end];
        self.position = next;
        self.line += 1;
        Some(content)
    }

    /// Where a physical line's content ends (before LF or CRLF), and where the next line begins.
    fn end_of_content(&self, start: usize) -> (usize, usize) {
        match memchr(b'\n', &self.bytes[start..self.end]) {
            Some(length) if self.bytes[start..start + length].ends_with(b"\r") => {
                (start + length - 1, start + length + 1)
            }
            Some(length) => (start + length, start + length + 1),
            None => (self.end, self.end),
        }
    }
}

impl<'a> Iterator for RecordLines<'a> {
    type Item = RecordLine<'a>;

    fn next(&mut self) -> Option<RecordLine<'a>> {
        if self.position >= self.end {
            return None;
        }
        let (offset, line) = (self.position, self.line);
        let mut state = QuoteState::FieldStart;
        let mut start = offset;
        loop {
            let (content_end, next) = self.end_of_content(start);
            if self.dialect.quoting != Quoting::Off {
                state = state.after(&self.bytes[start..content_end], self.dialect.delimiter);
            }
            self.line += 1;
            self.position = next;
            start = next;
            let goes_on = state == QuoteState::Quoted && self.dialect.quoting == Quoting::ManyLines;
            if !goes_on || next >= self.end {
                let bytes = &self.bytes[offset..content_end];
                let is_open = state == QuoteState::Quoted;
                return Some(RecordLine { bytes, offset, line, lines: self.line - line, is_open });
            }
        }
    }
}

/// Where the strict splitter would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QuoteState {
    FieldStart,
    Unquoted,
    Quoted,
    /// After a quote within a quoted field: closed, unless another quote follows.
    AfterQuote,
    /// Not well-formed: the record ends with its line and is rejected alone.
    Malformed,
}

impl QuoteState {
    /// The state at the end of a line's content.
    fn after(self, content: &[u8], delimiter: u8) -> Self {
        // From the start of a field, a line that ends within quotes holds an odd number of them: each field before is
        // closed, and quotes within come in pairs. So an even line needs no second look.
        if self == Self::FieldStart && content.iter().filter(|byte| **byte == b'"').count() % 2 == 0 {
            return Self::Unquoted;
        }
        content.iter().fold(self, |state, byte| match (state, *byte) {
            (Self::Malformed, _) | (Self::Unquoted, b'"') => Self::Malformed,
            (Self::FieldStart, b'"') | (Self::AfterQuote, b'"') => Self::Quoted,
            (Self::Quoted, b'"') => Self::AfterQuote,
            (Self::Quoted, _) => Self::Quoted,
            (_, byte) if byte == delimiter => Self::FieldStart,
            (Self::AfterQuote, _) => Self::Malformed,
            (Self::FieldStart | Self::Unquoted, _) => Self::Unquoted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::{Dialect, Quoting};
    use super::RecordLines;

    fn walk(text: &str, quoting: Quoting) -> Vec<(String, u64, u64, bool)> {
        let dialect = Dialect { delimiter: b',', quoting };
        RecordLines::new(text.as_bytes(), 0, text.len(), 1, dialect)
            .map(|record| {
                assert_eq!(&text.as_bytes()[record.offset..record.offset + record.bytes.len()], record.bytes);
                (String::from_utf8_lossy(record.bytes).into_owned(), record.line, record.lines, record.is_open)
            })
            .collect()
    }

    #[test]
    fn a_record_ends_where_the_dialect_says() {
        let check = |text: &str, quoting, expected: &[(&str, u64, u64, bool)]| {
            let expected: Vec<_> =
                expected.iter().map(|(text, line, lines, open)| ((*text).to_owned(), *line, *lines, *open)).collect();
            assert_eq!(walk(text, quoting), expected, "{text:?} {quoting:?}");
        };
        use Quoting::{ManyLines, Off, OneLine};
        check("", Off, &[]);
        check("a\nb\r\n\nc", Off, &[("a", 1, 1, false), ("b", 2, 1, false), ("", 3, 1, false), ("c", 4, 1, false)]);
        check("\"a\nb\"\n", Off, &[("\"a", 1, 1, false), ("b\"", 2, 1, false)]);
        check("\"a\nb\"\n", OneLine, &[("\"a", 1, 1, true), ("b\"", 2, 1, false)]);
        check("\"a\r\nb\"\r\nc\n", ManyLines, &[("\"a\r\nb\"", 1, 2, false), ("c", 3, 1, false)]);
        check("x,\"a\n", ManyLines, &[("x,\"a", 1, 1, true)]);
        // A stray quote spoils its own line only.
        check("5\" pipe,1\nb\n", ManyLines, &[("5\" pipe,1", 1, 1, false), ("b", 2, 1, false)]);
        check("\"x\"y,\"1\nb\n", ManyLines, &[("\"x\"y,\"1", 1, 1, false), ("b", 2, 1, false)]);
        check("\"a\"\"\nb\"\nc\n", ManyLines, &[("\"a\"\"\nb\"", 1, 2, false), ("c", 3, 1, false)]);
    }
}
