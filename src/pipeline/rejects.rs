//! Lines that could not be read → files: the lines as they were, ready to be corrected and imported, and beside them
//! why each was refused (F3).

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::domain::money::Price;
use crate::error::{Error, Result};
use crate::files::AtomicFile;
use crate::invoicing::csv;
use crate::parsing::{Reject, SourceFile, write_place};

/// A refused line.
#[derive(Serialize)]
pub struct Rejected {
    /// Physical line, from 1.
    pub line: u64,
    /// Bytes before it.
    pub offset: u64,
    /// The column at fault; may be empty.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Why that is refused.
    pub reason: String,
    #[serde(skip)]
    raw: Vec<u8>,
}

impl From<Reject> for Rejected {
    fn from(reject: Reject) -> Self {
        let Reject { line, offset, column, value, reason, raw } = reject;
        Self { line, offset, column, value, reason, raw }
    }
}

impl Rejected {
    /// `FILE, line 3, column cost, value "1e5": REASON`.
    pub fn in_words(&self, file: &str) -> String {
        let mut text = format!("{file}, line {}", self.line);
        write_place(&mut text, &self.column, &self.value).expect("text takes everything");
        text + ": " + &self.reason
    }
}

/// How many refused lines are shown; the rest are counted.
pub const FEW: usize = 5;

/// The first refused lines with their reasons, a line each, and how many more there are.
pub fn rejects_in_words(file: &str, rejected: &[Rejected]) -> String {
    let first = rejected.iter().take(FEW).map(|reject| format!("  rejected: {}\n", reject.in_words(file)));
    let mut text: String = first.collect();
    if rejected.len() > FEW {
        text.push_str(&format!("  … and {} more\n", rejected.len() - FEW));
    }
    text
}

/// Writes the refused lines of an import; returns the file with the lines.
pub fn write_rejects(dir: &Path, import: i64, source: &SourceFile, rejected: &[Rejected]) -> Result<PathBuf> {
    let lines = dir.join(format!("import-{import:06}-{}", safe_name(source.file_name())));
    let reasons = dir.join(format!("import-{import:06}-reasons.csv"));
    let written = write_lines(&lines, source, rejected);
    written.map_err(|error| Error::io(&lines, &error))?;
    write_reasons(&reasons, rejected).map_err(|error| Error::io(&reasons, &error))?;
    Ok(lines)
}

fn write_lines(path: &Path, source: &SourceFile, rejected: &[Rejected]) -> std::io::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(source.preamble())?;
    for reject in rejected {
        file.write_all(&reject.raw)?;
        file.write_all(b"\n")?;
    }
    file.commit()
}

fn write_reasons(path: &Path, rejected: &[Rejected]) -> std::io::Result<()> {
    let mut table = ::csv::Writer::from_writer(AtomicFile::create(path)?);
    table.write_record(["line", "offset", "column", "value", "reason"])?;
    for reject in rejected {
        let (line, offset) = (reject.line.to_string(), reject.offset.to_string());
        let texts = [&reject.column, &reject.value, &reject.reason].map(|text| as_text(text));
        table.write_record([&*line, &*offset, &*texts[0], &*texts[1], &*texts[2]])?;
    }
    table.into_inner().map_err(::csv::IntoInnerError::into_error)?.commit()
}

/// Text that no spreadsheet runs as a formula (O3); what is a number cannot be one.
fn as_text(text: &str) -> Cow<'_, str> {
    if Price::parse(text).is_ok() { Cow::Borrowed(text) } else { csv::as_text(text) }
}

/// A file name that stays a file name: letters, digits, dot, dash and underscore, at most 80 of them.
pub fn safe_name(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
    let name: String = name.chars().map(safe).take(80).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "unnamed".into() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{as_text, safe_name};

    #[test]
    fn a_refused_value_never_becomes_a_formula_o3() {
        let check = |value: &str, expected: &str| assert_eq!(as_text(value), expected);
        check("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")");
        check("-1", "-1");
        check("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0");
    }

    #[test]
    fn names_cannot_leave_their_folder() {
        let rows = [
            ("calls 2026.csv", "calls-2026.csv"),
            ("../../etc/passwd", "-..-etc-passwd"),
            ("..", "unnamed"),
            ("AC/000001", "AC-000001"),
            ("café\n", "caf--"),
        ];
        for (name, expected) in rows {
            assert_eq!(safe_name(name), expected, "{name:?}");
        }
    }
}
