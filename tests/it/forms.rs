//! Forms: spreadsheets that people fill in, files that only pose as such, and forms in the hands of other programs: filled
//! in by openpyxl, typed into and saved by LibreOffice, written with data and read again.

mod errors;
mod filled;
mod hostile;
mod mutations;
mod office;
mod packages;
mod round_trip;
mod rows;
mod shop;
mod template;
mod workbooks;

use std::io::Write;

/// Says, past the harness that keeps the output of tests, what is not checked on this machine and why.
pub(crate) fn not_checked(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "NOT CHECKED FROM OUTSIDE: {what}: {why}");
}
