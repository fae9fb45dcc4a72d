//! A file in which somebody lists names, one a line or in a column of a CSV file → the names, each once, in its order.
//! Knows nothing of what they name.

use std::path::Path;

use crate::error::{Error, Result};

/// The names in a file: what stands below the header `column`, or else every line. Blank ones are passed over.
///
/// # Errors
/// A file that cannot be read, is no UTF-8 text, has several columns and no header, or names nothing.
pub(super) fn listed_names(path: &Path, column: &str) -> Result<Vec<String>> {
    let bytes = std::fs::read(path).map_err(|error| Error::unreadable(path, &error))?;
    let refuse = |why: String, hint: String| Err(Error::refused(format!("{}: {why}", path.display()), hint));
    let shape = || format!("one {column} a line, or a CSV file with the column {column}");
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return refuse("is not UTF-8 text".to_owned(), format!("save it as text: {}", shape()));
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes());
    let (mut place, mut names, mut first) = (None, Vec::<String>::new(), true);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => return refuse(error.to_string(), shape()),
        };
        if std::mem::take(&mut first) {
            place = record.iter().position(|cell| cell.eq_ignore_ascii_case(column));
            if place.is_some() {
                continue;
            }
        }
        let is_wide = record.iter().skip(1).any(|cell| !cell.is_empty());
        if place.is_none() && is_wide {
            let line = record.position().map_or(1, csv::Position::line);
            return refuse(format!("line {line} has several columns, and none is called {column}"), shape());
        }
        names.extend(record.get(place.unwrap_or(0)).filter(|name| !name.is_empty()).map(str::to_owned));
    }
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    if names.is_empty() { refuse(format!("names no {column}"), shape()) } else { Ok(names) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_by_line_or_by_column() {
        let folder = tempfile::tempdir().unwrap();
        let check = |text: &[u8], expected: std::result::Result<&[&str], &str>| {
            let path = folder.path().join("list.csv");
            std::fs::write(&path, text).unwrap();
            match (listed_names(&path, "account"), expected) {
                (Ok(names), Ok(expected)) => assert_eq!(names, expected),
                (Err(error), Err(words)) => assert!(error.message.contains(words), "{error}"),
                (found, expected) => panic!("{found:?}, not {expected:?}"),
            }
        };
        check(b"A1\n\n A2 \r\nA1\n", Ok(&["A1", "A2"]));
        check(b"\xef\xbb\xbfAccount\nA1\n", Ok(&["A1"]));
        check(b"name,account\nX Ltd,A1\nY Ltd,\nZ Ltd,A3\n", Ok(&["A1", "A3"]));
        check(b"A1,\nA2,,\n", Ok(&["A1", "A2"]));
        check(b"A1\nA2,X Ltd\n", Err("line 2 has several columns, and none is called account"));
        check(b"\n\n", Err("names no account"));
        check(b"account\n", Err("names no account"));
        check(b"\xff\xfe", Err("is not UTF-8 text"));
    }
}
