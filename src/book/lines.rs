//! The bytes of a CSV file → where its records begin, strictly by RFC 4180. The `csv` crate, which splits the records
//! into fields afterwards, accepts a quote that never closes and text after a closing quote; this does not.

/// Why a file is not the text that it should be: physical line, from 1, 0 for the whole file; reason; what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// From 1; 0 for the whole file.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hint: &'static str,
}

/// The text of a file without its byte order mark.
pub(crate) fn text_of(bytes: &[u8]) -> Result<&str, Malformed> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return malformed(0, "is UTF-16", "save it as UTF-8");
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if bytes.starts_with(BYTE_ORDER_MARK) {
        return malformed(1, "begins with two byte order marks", "save it as UTF-8 once more");
    }
    if let Some(position) = bytes.iter().position(|byte| *byte == 0) {
        return malformed(line_of(bytes, position), "holds a NUL byte", "save it as UTF-8 text");
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => malformed(line_of(bytes, error.valid_up_to()), "is not UTF-8", "save it as UTF-8"),
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fn malformed<T>(line: u64, reason: &str, hint: &'static str) -> Result<T, Malformed> {
    Err(Malformed { line, reason: reason.to_owned(), hint })
}

fn line_of(bytes: &[u8], position: usize) -> u64 {
    1 + bytes[..position].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>()
}

/// Where in its record the scan stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    RecordStart,
    FieldStart,
    InPlainField,
    InQuotes,
    AfterQuotes,
}

/// The physical line, from 1, on which each record begins; lines with nothing on them are no records. `delimiter` is
/// what stands between two fields.
pub(crate) fn record_lines(text: &str, delimiter: u8) -> Result<Vec<u64>, Malformed> {
    let mut lines = Vec::new();
    let (mut line, mut place) = (1, Place::RecordStart);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'\r' && place != Place::InQuotes {
            if bytes.peek() != Some(&b'\n') {
                return malformed(line, "holds a carriage return without a line feed", "end lines with LF or CR LF");
            }
            continue;
        }
        if place == Place::RecordStart && byte != b'\n' {
            lines.push(line);
            place = Place::FieldStart;
        }
        place = match (place, byte) {
            (Place::InQuotes, b'"') => Place::AfterQuotes,
            (Place::AfterQuotes | Place::FieldStart, b'"') => Place::InQuotes,
            (Place::InQuotes, _) => Place::InQuotes,
            (_, b'\n') => Place::RecordStart,
            (_, byte) if byte == delimiter => Place::FieldStart,
            (Place::AfterQuotes, _) => {
                return malformed(line, "has text after a closing quote", "double the quotes inside a quoted field");
            }
            (_, b'"') => {
                return malformed(
                    line,
                    "has a quote inside a field without quotes",
                    "quote the field and double the quote",
                );
            }
            _ => Place::InPlainField,
        };
        line += u64::from(byte == b'\n');
    }
    if place == Place::InQuotes {
        let began = lines.last().copied().unwrap_or(1);
        return malformed(
            began,
            "a quote opened in this record is never closed",
            "close it, or double it if it is meant",
        );
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_begin_where_rfc_4180_says() {
        let check = |text: &str, expected: Result<&[u64], (u64, &str)>| {
            let found = record_lines(text, b',');
            let shown = found.as_deref().map_err(|malformed| (malformed.line, malformed.reason.as_str()));
            assert_eq!(shown, expected, "{text:?}");
        };
        check("", Ok(&[]));
        check("a,b\n1,2\n", Ok(&[1, 2]));
        check("a,b\r\n\r\n1,2", Ok(&[1, 3]));
        check("a\n\"x\ny\"\nz\n", Ok(&[1, 2, 4]));
        check("a\n\"x\"\"y\"\n", Ok(&[1, 2]));
        check("\"\"\n,\n", Ok(&[1, 2]));
        check("a\n1,\"x\n2,y\n3,z\n", Err((2, "a quote opened in this record is never closed")));
        check("a\n\"x\"y\n", Err((2, "has text after a closing quote")));
        check("a\n5\" pipe\n", Err((2, "has a quote inside a field without quotes")));
        check("a\r1\r", Err((1, "holds a carriage return without a line feed")));
    }

    #[test]
    fn only_utf_8_is_text() {
        let check = |bytes: &[u8], expected: Result<&str, (u64, &str)>| {
            let found = text_of(bytes);
            let shown =
                found.as_ref().map(|text| *text).map_err(|malformed| (malformed.line, malformed.reason.as_str()));
            assert_eq!(shown, expected, "{bytes:?}");
        };
        check(b"\xef\xbb\xbfa\n", Ok("a\n"));
        check(b"\xef\xbb\xbf\xef\xbb\xbfa\n", Err((1, "begins with two byte order marks")));
        check(b"\xff\xfea\0", Err((0, "is UTF-16")));
        check(b"a\n\0\n", Err((2, "holds a NUL byte")));
        check(b"a\n\xe9\n", Err((2, "is not UTF-8")));
    }
}
