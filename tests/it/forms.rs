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
