//! Forms: spreadsheets that people fill in, and files that only pose as such.

mod hostile;
mod mutations;
mod packages;
mod workbooks;
