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
        write_place(f, Some(&self.column), Some(&self.value))?;
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
        write_place(f, self.column.as_deref(), self.value.as_deref())?;
        write!(f, ": {}", self.reason)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "\nhint: {}", self.hint) }
    }
}

impl std::error::Error for FileRefusal {}

fn write_place(f: &mut fmt::Formatter<'_>, column: Option<&str>, value: Option<&str>) -> fmt::Result {
    if let Some(column) = column.filter(|column| !column.is_empty()) {
        write!(f, ", column {column}")?;
    }
    match value {
        Some(value) if !value.is_empty() => write!(f, ", value {value:?}"),
        _ => Ok(()),
    }
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
