//! `--annotate COPY.xlsx`: the copy of a filled form in which everything that was found is marked. Written on a dry run
//! too, as it changes nothing of the workspace.

use std::path::Path;

use crate::commands::say;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::{folder_of, make_folder, write_atomically};
use crate::forms::annotate::{CopyError, annotated};
use crate::forms::{Filled, Findings, Form, Source};

/// Writes the copy, in place of one that is there; never over the file itself.
pub(in crate::commands) fn write_copy(
    file: &Path,
    copy: &Path,
    source: &Source<'_>,
    sheets: &[(&Form, &Filled)],
    findings: &Findings,
) -> Result<()> {
    if !copy.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx")) {
        let message = format!("{}: the copy is a workbook", copy.display());
        return Err(Error::new(ErrorKind::Usage, message, "name a file that ends in .xlsx"));
    }
    let is_same = matches!((file.canonicalize(), copy.canonicalize()), (Ok(file), Ok(copy)) if file == copy);
    if is_same {
        let message = format!("{}: is the file itself", copy.display());
        return Err(Error::new(ErrorKind::Usage, message, "give the copy another name"));
    }
    if findings.all().is_empty() {
        say("nothing to mark: no copy was written");
        return Ok(());
    }
    let failed = |error: std::io::Error| Error::io(copy, &error);
    let folder = folder_of(copy);
    make_folder(folder).map_err(failed)?;
    let bytes = annotated(source, sheets, findings, folder).map_err(|error| match error {
        CopyError::Unreadable(bad) => super::refuse_file(&file.display().to_string(), &bad),
        CopyError::Io(error) => failed(error),
    })?;
    write_atomically(copy, &bytes).map_err(failed)?;
    let findings = counted(findings.all().len() as u64, "finding");
    say(&format!("wrote {} with {findings} marked", copy.display()));
    Ok(())
}
