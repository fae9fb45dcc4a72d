//! One record's bytes → its fields, strictly: text after a closing quote, or a quote within an unquoted field, is an
//! error and never mended. Decodes nothing.

use std::borrow::Cow;
use std::ops::Range;

use super::layout::{Dialect, Quoting};

/// The longest field that is accepted; a longer one rejects its line.
pub(super) const LONGEST_FIELD: usize = 64 * 1024;

/// The fields of one record; reused from line to line, so that splitting allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Fields {
    spans: Vec<Span>,
}

/// Where a field's content stands in its record.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    /// Whether it holds `""`, each of which is one `"`.
    has_doubled_quotes: bool,
}

/// Why a record cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SplitFault {
    /// Index of the column at fault.
    pub column: usize,
    /// From where in the record the fault can be seen.
    pub start: usize,
    /// What it is.
    pub reason: &'static str,
}

const QUOTE_WITHIN: &str = "holds a quote but does not begin with one";
const TEXT_AFTER_QUOTE: &str = "goes on after its closing quote";
const NEVER_CLOSES: &str = "begins with a quote that does not close";
const TOO_LONG: &str = "is longer than 64 KiB";

impl Fields {
    /// Splits a record. After an error the fields are those before the one at fault.
    pub fn split(&mut self, record: &[u8], dialect: Dialect) -> Result<(), SplitFault> {
        self.spans.clear();
        let mut position = 0;
        loop {
            let is_quoted = dialect.quoting != Quoting::Off && record.get(position) == Some(&b'"');
            let span = if is_quoted {
                quoted_field(record, position, dialect.delimiter)
            } else {
                unquoted_field(record, position, dialect)
            };
            let fault = |reason| SplitFault { column: self.spans.len(), start: position, reason };
            let (span, next) = span.map_err(fault)?;
            if span.end - span.start > LONGEST_FIELD {
                return Err(fault(TOO_LONG));
            }
            self.spans.push(span);
            match next {
                Some(next) => position = next,
                None => return Ok(()),
            }
        }
    }

    /// Begins a record whose fields are added one by one.
    pub fn begin(&mut self) {
        self.spans.clear();
    }

    /// Adds a field without doubled quotes; `false` if it is longer than a field may be.
    pub fn add(&mut self, start: usize, end: usize) -> bool {
        self.spans.push(Span { start, end, has_doubled_quotes: false });
        end - start <= LONGEST_FIELD
    }

    /// From where to where in its record the content of a field stands; `None` if there is no such field, or its content
    /// is not what stands there.
    pub fn span(&self, index: usize) -> Option<Range<usize>> {
        self.spans.get(index).filter(|span| !span.has_doubled_quotes).map(|span| span.start..span.end)
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// The content of a field of the record that was split last.
    pub fn get<'a>(&self, record: &'a [u8], index: usize) -> Option<Cow<'a, [u8]>> {
        let span = self.spans.get(index)?;
        let content = &record[span.start..span.end];
        Some(if span.has_doubled_quotes { Cow::Owned(without_doubled_quotes(content)) } else { Cow::Borrowed(content) })
    }
}

/// The span of a field, and where the next begins.
type Piece = (Span, Option<usize>);

fn unquoted_field(record: &[u8], start: usize, dialect: Dialect) -> Result<Piece, &'static str> {
    let rest = &record[start..];
    let length = rest.iter().position(|byte| *byte == dialect.delimiter);
    let end = start + length.unwrap_or(rest.len());
    if dialect.quoting != Quoting::Off && record[start..end].contains(&b'"') {
        return Err(QUOTE_WITHIN);
    }
    Ok((Span { start, end, has_doubled_quotes: false }, length.map(|_| end + 1)))
}

fn quoted_field(record: &[u8], opening: usize, delimiter: u8) -> Result<Piece, &'static str> {
    let start = opening + 1;
    let mut has_doubled_quotes = false;
    let mut position = start;
    loop {
        let length = record[position..].iter().position(|byte| *byte == b'"').ok_or(NEVER_CLOSES)?;
        let end = position + length;
        let span = Span { start, end, has_doubled_quotes };
        match record.get(end + 1) {
            None => return Ok((span, None)),
            Some(b'"') => has_doubled_quotes = true,
            Some(byte) if *byte == delimiter => return Ok((span, Some(end + 2))),
            Some(_) => return Err(TEXT_AFTER_QUOTE),
        }
        position = end + 2;
    }
}

fn without_doubled_quotes(content: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(content.len());
    let mut after_quote = false;
    for byte in content {
        after_quote = *byte == b'"' && !after_quote;
        if *byte != b'"' || after_quote {
            plain.push(*byte);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::layout::{Dialect, Quoting};
    use super::super::lines::RecordLines;
    use super::{Fields, LONGEST_FIELD, NEVER_CLOSES, QUOTE_WITHIN, TEXT_AFTER_QUOTE, TOO_LONG};

    const QUOTED: Dialect = Dialect { delimiter: b',', quoting: Quoting::ManyLines };
    const PLAIN: Dialect = Dialect { delimiter: b';', quoting: Quoting::Off };

    fn split(record: &[u8], dialect: Dialect) -> Result<Vec<String>, (usize, &'static str)> {
        let mut fields = Fields::default();
        fields.split(record, dialect).map_err(|fault| (fault.column, fault.reason))?;
        let text = |index| String::from_utf8_lossy(&fields.get(record, index).expect("counted")).into_owned();
        Ok((0..fields.len()).map(text).collect())
    }

    #[test]
    fn a_record_is_split_strictly() {
        let check = |record: &str, dialect, expected: Result<&[&str], (usize, &'static str)>| {
            let expected = expected.map(|fields| fields.iter().map(|field| (*field).to_owned()).collect());
            assert_eq!(split(record.as_bytes(), dialect), expected, "{record:?}");
        };
        check("a;b;", PLAIN, Ok(&["a", "b", ""]));
        check("\"a;b\";c", PLAIN, Ok(&["\"a", "b\"", "c"]));
        check("a,b", QUOTED, Ok(&["a", "b"]));
        check("\"a,b\",c", QUOTED, Ok(&["a,b", "c"]));
        check("\"\"\"Ann\"\" <1>\",\"\"", QUOTED, Ok(&["\"Ann\" <1>", ""]));
        check("\"a\nb\",c", QUOTED, Ok(&["a\nb", "c"]));
        check("\"\"\"\"\"\"", QUOTED, Ok(&["\"\""]));
        check(",,", QUOTED, Ok(&["", "", ""]));
        // What lenient readers mend: `"x"y` is not `xy`.
        check("a,\"x\"y,b", QUOTED, Err((1, TEXT_AFTER_QUOTE)));
        check("a,\"x\" ,b", QUOTED, Err((1, TEXT_AFTER_QUOTE)));
        check("a, \"x\",b", QUOTED, Err((1, QUOTE_WITHIN)));
        check("5\" pipe", QUOTED, Err((0, QUOTE_WITHIN)));
        check("a,\"b", QUOTED, Err((1, NEVER_CLOSES)));
        check("a,\"b\"\"", QUOTED, Err((1, NEVER_CLOSES)));
        let long = format!("a,{}", "x".repeat(LONGEST_FIELD + 1));
        check(&long, QUOTED, Err((1, TOO_LONG)));
    }

    /// Any field, written as RFC 4180 wants it.
    fn written(field: &str, always: bool) -> String {
        let needs_quotes = always || field.contains(['"', ',', '\n', '\r']);
        if needs_quotes { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
    }

    proptest! {
        /// The `csv` crate is the oracle for what is well-formed.
        #[test]
        fn well_formed_text_is_split_as_the_oracle_splits_it(
            rows in prop::collection::vec(prop::collection::vec(("[a\",\n é]{0,6}", any::<bool>()), 2..5), 1..6),
            ends in prop::sample::select(vec!["\n", "\r\n"]),
        ) {
            let text: String = rows.iter().map(|row| {
                let fields: Vec<String> = row.iter().map(|(field, always)| written(field, *always)).collect();
                fields.join(",") + ends
            }).collect();
            let mut oracle = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> =
                oracle.records().map(|row| row.expect("utf-8").iter().map(str::to_owned).collect()).collect();
            let ours: Vec<Vec<String>> = RecordLines::new(text.as_bytes(), 0, text.len(), 1, QUOTED)
                .map(|record| split(record.bytes, QUOTED).expect("well-formed"))
                .collect();
            prop_assert_eq!(ours, expected);
        }

        /// Walking and splitting agree on whether a record is cut off within quotes.
        #[test]
        fn a_record_is_open_exactly_if_its_last_quote_does_not_close(text in "[a\",\n]{0,24}") {
            for quoting in [Quoting::OneLine, Quoting::ManyLines] {
                let dialect = Dialect { delimiter: b',', quoting };
                for record in RecordLines::new(text.as_bytes(), 0, text.len(), 1, dialect) {
                    let reason = split(record.bytes, dialect).err().map(|(_, reason)| reason);
                    let never_closes = reason == Some(NEVER_CLOSES);
                    prop_assert_eq!(record.is_open, never_closes, "{:?}", record.bytes);
                }
            }
        }
    }
}
