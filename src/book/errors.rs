//! What is wrong with a book: errors with their position, collected so that all are reported at once, and the nearest
//! name as a hint.

use std::cell::{Cell, RefCell};
use std::fmt;

use super::schema::{FileSchema, schemas};

/// Something in a book that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookError {
    /// The file: `customers.csv`.
    pub file: String,
    /// The physical line, from 1; 0 if the row does not come from a file, or if the file as a whole is meant.
    pub line: u64,
    /// The column; empty if the line as a whole is meant.
    pub column: String,
    /// What stands there; empty if nothing does.
    pub value: String,
    /// Why it is refused.
    pub reason: String,
    /// What would be accepted; may be empty.
    pub hint: String,
}

/// `customers.csv, line 4, column group, "Monthy": no such row in groups.csv — did you mean "Monthly"?`
impl fmt::Display for BookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        if !self.column.is_empty() {
            write!(f, ", column {}", self.column)?;
        }
        if !self.value.is_empty() {
            write!(f, ", {:?}", shortened(&self.value))?;
        }
        write!(f, ": {}", self.reason)?;
        if !self.hint.is_empty() {
            write!(f, " — {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for BookError {}

/// Collects errors while a book is read or compiled.
#[derive(Default)]
pub(super) struct Errors {
    found: RefCell<Vec<BookError>>,
    hints: Cell<usize>,
    compared: Cell<usize>,
}

/// Hints, and names compared for them, in one run; beyond either hints are left out: a bad book is not to be slow.
const MOST_HINTS: usize = 1_000;
const MOST_COMPARISONS: usize = 5_000_000;

impl Errors {
    pub(super) fn add(&self, error: BookError) {
        self.found.borrow_mut().push(error);
    }

    /// `did you mean "…"?`, or nothing if no name is near.
    pub(super) fn did_you_mean<'n>(&self, name: &str, known: impl Iterator<Item = &'n str>) -> String {
        let mut compared = self.compared.get();
        self.hints.set(self.hints.get() + 1);
        if self.hints.get() > MOST_HINTS || compared > MOST_COMPARISONS {
            return String::new();
        }
        let known = known.take_while(|_| {
            compared += 1;
            compared <= MOST_COMPARISONS
        });
        let hint = nearest(name, known).map_or(String::new(), |near| format!("did you mean {near:?}?"));
        self.compared.set(compared);
        hint
    }

    /// The errors by file, line and column; `value` if there are none.
    /// Adds what was found elsewhere.
    pub(super) fn take_in(&self, others: Self) {
        self.found.borrow_mut().extend(others.found.into_inner());
    }

    pub(super) fn into_result<T>(self, value: T) -> Result<T, Vec<BookError>> {
        let mut found = self.found.into_inner();
        if found.is_empty() {
            return Ok(value);
        }
        found.sort_by_cached_key(|error| {
            let (file, column) = position(error);
            (file, error.file.clone(), error.line, column, error.value.clone(), error.reason.clone())
        });
        Err(found)
    }
}

/// Where the file stands among the book's files, and the column among its columns; the last place for what is unknown.
fn position(error: &BookError) -> (usize, usize) {
    let name = error.file.strip_suffix(".csv").unwrap_or(&error.file);
    let file = schemas().iter().position(|schema| schema.name == name).unwrap_or(usize::MAX);
    let column = schemas().get(file).and_then(|schema: &FileSchema| schema.position(&error.column));
    (file, column.unwrap_or(usize::MAX))
}

/// A value cut to a length that fits a message.
fn shortened(value: &str) -> String {
    const LONGEST: usize = 80;
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// The known name with the fewest differences, the first of several, if at most a third of the letters differ. Of names
/// of one or two letters only one in other capitals is near.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let letters: Vec<char> = name.to_lowercase().chars().take(100).collect();
    let mut most = letters.len() / 3;
    let mut best = None;
    for candidate in known {
        if candidate.len().abs_diff(name.len()) > most * 4 {
            continue;
        }
        let other: Vec<char> = candidate.to_lowercase().chars().take(100).collect();
        let differences = differences(&letters, &other);
        if differences < most || (differences == most && best.is_none()) {
            (most, best) = (differences, Some(candidate));
        }
    }
    best
}

/// Letters to insert, drop, replace or swap with their neighbour to make one word of the other.
fn differences(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(letter != other)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *other && b[j - 1] == *letter {
                least = least.min(before_last[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        let known = ["Standard", "Standard Plus", "Wholesale", "A", "B"];
        let check =
            |name: &str, expected: Option<&str>| assert_eq!(nearest(name, known.into_iter()), expected, "{name}");
        check("standrad", Some("Standard"));
        check("STANDARD", Some("Standard"));
        check("Standard Pls", Some("Standard Plus"));
        check("Wholsale", Some("Wholesale"));
        check("Retail", None);
        check("C", None);
        check("b", Some("B"));
    }

    #[test]
    fn an_error_names_its_place() {
        let error = BookError {
            file: "customers.csv".into(),
            line: 4,
            column: "group".into(),
            value: "Monthy".into(),
            reason: "no such row in groups.csv".into(),
            hint: "did you mean \"Monthly\"?".into(),
        };
        let words =
            "customers.csv, line 4, column group, \"Monthy\": no such row in groups.csv — did you mean \"Monthly\"?";
        assert_eq!(error.to_string(), words);
    }
}
