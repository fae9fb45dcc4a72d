//! The lines of a piece → records cut into fields, in one walk from mark to mark. What is not quite usual (a quote within
//! a field, a field over several lines, a field too long) is left to [`RecordLines`] and [`Fields::split`], the plain way,
//! which the tests hold this one against. Looks at no value.

use super::layout::{Dialect, Quoting};
use super::lines::{RecordLine, RecordLines};
use super::marks::Marks;
use super::split::{Fields, SplitFault};

/// Cuts a piece that begins where a record begins.
#[derive(Debug)]
pub(super) struct Cutter<'a> {
    bytes: &'a [u8],
    dialect: Dialect,
    marks: Marks<'a>,
    /// Where the next record begins, and on which physical line.
    position: usize,
    line: u64,
}

/// What was found at the usual pace.
struct Usual {
    /// Where the content of the record ends, and where the next begins.
    content_end: usize,
    next: usize,
}

impl<'a> Cutter<'a> {
    /// The records of `bytes[start..end]`; the first begins on physical line `line`.
    pub fn new(bytes: &'a [u8], start: usize, end: usize, line: u64, dialect: Dialect) -> Self {
        let bytes = &bytes[..end];
        let mut marks = Marks::new(bytes, dialect);
        marks.go_on_from(start);
        Self { bytes, dialect, marks, position: start, line }
    }

    /// The next record, with its fields in `fields`, or why it cannot be split.
    pub fn next(&mut self, fields: &mut Fields) -> Option<(RecordLine<'a>, Result<(), SplitFault>)> {
        let (offset, line) = (self.position, self.line);
        if offset >= self.bytes.len() {
            return None;
        }
        if let Some(usual) = self.usual(fields) {
            (self.position, self.line) = (usual.next, line + 1);
            let bytes = &self.bytes[offset..usual.content_end];
            return Some((RecordLine { bytes, offset, line, lines: 1, is_open: false }, Ok(())));
        }
        let mut plain = RecordLines::new(self.bytes, offset, self.bytes.len(), line, self.dialect);
        let record = plain.next()?;
        (self.position, self.line) = (plain.position(), plain.line());
        self.marks.go_on_from(self.position);
        Some((record, fields.split(record.bytes, self.dialect)))
    }

    /// The record at the position, if it is on one line that ends with a line feed, its fields are unquoted or quoted
    /// without quotes in them, and none is too long.
    fn usual(&mut self, fields: &mut Fields) -> Option<Usual> {
        let record = self.position;
        let is_quoting = self.dialect.quoting != Quoting::Off;
        let mut start = record;
        fields.begin();
        loop {
            let is_quoted = is_quoting && self.bytes.get(start) == Some(&b'"');
            let (content_start, content_end, after) = match is_quoted {
                true => {
                    let closing = self.closing_quote(start)?;
                    (start + 1, closing, self.marks.next()?)
                }
                false => {
                    let after = self.marks.next()?;
                    (start, after, after)
                }
            };
            let byte = self.bytes[after];
            if byte == self.dialect.delimiter {
                // Nothing may stand between a closing quote and the delimiter.
                let is_sound = !is_quoted || after == content_end + 1;
                if !is_sound || !fields.add(content_start - record, content_end - record) {
                    return None;
                }
                start = after + 1;
                continue;
            }
            if byte != b'\n' {
                return None;
            }
            let line_end = if self.bytes[record..after].ends_with(b"\r") { after - 1 } else { after };
            let is_sound = !is_quoted || line_end == content_end + 1;
            let content_end = if is_quoted { content_end } else { line_end };
            let is_added = is_sound && fields.add(content_start - record, content_end - record);
            return is_added.then_some(Usual { content_end: line_end, next: after + 1 });
        }
    }

    /// The place of the quote that closes a field; none if its line ends before.
    fn closing_quote(&mut self, opening: usize) -> Option<usize> {
        let first = self.marks.next()?;
        debug_assert_eq!(first, opening);
        loop {
            let mark = self.marks.next()?;
            match self.bytes[mark] {
                b'"' => return Some(mark),
                b'\n' => return None,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Cut = (Vec<u8>, usize, u64, u64, Result<Vec<Vec<u8>>, SplitFault>);

    fn fields_of(record: &RecordLine<'_>, fields: &Fields, split: Result<(), SplitFault>) -> Cut {
        let texts = (0..fields.len()).map(|index| fields.get(record.bytes, index).unwrap().into_owned()).collect();
        (record.bytes.to_vec(), record.offset, record.line, record.lines, split.map(|()| texts))
    }

    fn cut(bytes: &[u8], start: usize, dialect: Dialect) -> Vec<Cut> {
        let (mut cutter, mut fields) = (Cutter::new(bytes, start, bytes.len(), 7, dialect), Fields::default());
        let mut cuts = Vec::new();
        while let Some((record, split)) = cutter.next(&mut fields) {
            cuts.push(fields_of(&record, &fields, split));
        }
        cuts
    }

    fn plainly(bytes: &[u8], start: usize, dialect: Dialect) -> Vec<Cut> {
        let mut fields = Fields::default();
        let records = RecordLines::new(bytes, start, bytes.len(), 7, dialect);
        records
            .map(|record| {
                let split = fields.split(record.bytes, dialect);
                fields_of(&record, &fields, split)
            })
            .collect()
    }

    fn dialects() -> [Dialect; 4] {
        [(b',', Quoting::Off), (b',', Quoting::OneLine), (b',', Quoting::ManyLines), (b';', Quoting::OneLine)]
            .map(|(delimiter, quoting)| Dialect { delimiter, quoting })
    }

    #[test]
    fn lines_usual_and_not_are_cut_as_the_plain_way_cuts_them() {
        let long = format!("a,{}\nb,c\n", "x".repeat(super::super::split::LONGEST_FIELD + 1));
        let texts = [
            "a,b\nc,d\n",
            "a,b\r\nc,\r\n",
            "\"a\",\"b,c\"\n\"\",\"\"\r\n",
            "\"a\"\"b\",c\nd,e\n",
            "\"two\nlines\",c\nd,e\n",
            "5\" pipe,b\nc,d\n",
            "\"x\"y,b\n\"x\" \nc,d\n",
            "\"open,b\nc,d\n",
            "\n\n  \na\n",
            "no end",
            "\"no end\"",
            "a\rb,c\n",
            "\"a\"\r\n",
            "\"a\"\r",
            long.as_str(),
        ];
        for dialect in dialects() {
            for text in texts {
                assert_eq!(
                    cut(text.as_bytes(), 0, dialect),
                    plainly(text.as_bytes(), 0, dialect),
                    "{text:?} {dialect:?}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_cut_as_the_plain_way_cuts_them(
            lines in prop::collection::vec(prop_oneof![
                4 => "[a-c,;\"\r ]{0,12}\n",
                4 => "(\"[a-c,;]{0,20}\",){3}\"[a-z]{0,80}\"\r?\n",
                2 => "[a-c,;]{0,90}\r?\n",
                1 => "[a,\"\n]{0,9}",
            ], 0..40),
            start in 0..200_usize,
        ) {
            let text = lines.concat();
            let start = start.min(text.len());
            for dialect in dialects() {
                prop_assert_eq!(cut(text.as_bytes(), start, dialect), plainly(text.as_bytes(), start, dialect));
            }
        }
    }
}
