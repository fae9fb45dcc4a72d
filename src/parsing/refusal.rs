//! What is said of input that cannot be taken: a line that is rejected alone, a file that is refused whole.

use std::borrow::Cow;
use std::fmt;

/// One line that could not be read; the rest of the file goes on (F3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Physical line of the file, from 1.
    pub line: u64,
    /// Of the line's first byte, from the start of the file.
    pub offset: u64,
    /// The column at fault: its header word, or its number and field; empty if it is the whole line.
    pub column: String,
    /// What stands there; shortened if it is long.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
    /// The line as it is in the file, without its end.
    pub raw: Vec<u8>,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        write_place(f, &self.column, &self.value)?;
        write!(f, ": {}", self.reason)
    }
}

/// Why a whole file is refused (F4), and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRefusal {
    /// The file's name.
    pub file: String,
    /// The physical line, from 1, where there is one to look at.
    pub line: Option<u64>,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// What stands there; shortened if it is long.
    pub value: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

/// One line for what and where, one for what to do.
impl fmt::Display for FileRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}", self.file)?,
            None => f.write_str(&self.file)?,
        }
        write_place(f, self.column.as_deref().unwrap_or_default(), self.value.as_deref().unwrap_or_default())?;
        write!(f, ": {}", self.reason)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "\nhint: {}", self.hint) }
    }
}

impl std::error::Error for FileRefusal {}

/// Writes where in a line something stands, `, column cost, value "1e5"`, as far as it is known.
pub fn write_place(to: &mut impl fmt::Write, column: &str, value: &str) -> fmt::Result {
    if !column.is_empty() {
        write!(to, ", column {column}")?;
    }
    if value.is_empty() { Ok(()) } else { write!(to, ", value {}", quoted(value)) }
}

/// A value in quotes that it does not hold itself; characters that act instead of showing are spelled out (O3).
fn quoted(value: &str) -> String {
    let quote = if value.contains('"') { '\'' } else { '"' };
    let mut text = String::from(quote);
    for c in value.chars() {
        match c {
            '"' | '\'' | '\\' => text.push(c),
            _ => text.extend(c.escape_debug()),
        }
    }
    text.push(quote);
    text
}

impl FileRefusal {
    /// What is wrong and on which line, without the file's name and the hint.
    pub(super) fn what(&self) -> String {
        let place = self.line.map_or_else(String::new, |line| format!("line {line}: "));
        let column = self.column.as_ref().map_or_else(String::new, |column| format!(": {column}"));
        format!("{place}{}{column}", self.reason)
    }

    /// A refusal of the whole file; [`Self::on_line`] and its like say more.
    pub(super) fn new(file: &str, reason: impl Into<String>, hint: impl Into<String>) -> Self {
        let (reason, hint) = (reason.into(), hint.into());
        Self { file: file.to_owned(), line: None, column: None, value: None, reason, hint }
    }

    pub(super) fn on_line(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }

    pub(super) fn in_column(self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self }
    }

    pub(super) fn with_value(self, value: &[u8]) -> Self {
        Self { value: Some(shown(value)), ..self }
    }
}

/// Why one line is rejected, before its place in the file is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// As in [`Reject::column`].
    pub column: String,
    /// As in [`Reject::value`].
    pub value: String,
    /// As in [`Reject::reason`].
    pub reason: Cow<'static, str>,
}

/// How many characters of a value a message shows.
const SHOWN: usize = 120;

/// A value as a message shows it: valid text, shortened.
pub(super) fn shown(value: &[u8]) -> String {
    // Four bytes are the longest character, so that a cut here loses no character that would be shown.
    let beginning = &value[..value.len().min(4 * SHOWN)];
    let text = String::from_utf8_lossy(beginning);
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < value.len() && text.chars().count() > SHOWN || value.len() > beginning.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{quoted, write_place};

    #[test]
    fn a_value_is_quoted_so_that_it_can_be_read() {
        let check = |value: &str, expected: &str| assert_eq!(quoted(value), expected);
        check("1e5", "\"1e5\"");
        check("\"UK Local", "'\"UK Local'");
        check("O'Neill", "\"O'Neill\"");
        check("C:\\x", "\"C:\\x\"");
        check("a\tb\u{1b}[31m\u{202e}", "\"a\\tb\\u{1b}[31m\\u{202e}\"");
    }

    #[test]
    fn a_place_names_what_is_known() {
        let check = |column: &str, value: &str, expected: &str| {
            let mut text = String::new();
            write_place(&mut text, column, value).expect("text takes everything");
            assert_eq!(text, expected);
        };
        check("cost", "1e5", ", column cost, value \"1e5\"");
        check("cost", "", ", column cost");
        check("", "", "");
    }
}
