//! Forms: spreadsheets that people fill in, as files and as other programs see them.

mod template;
