//! A book folder or the ledger's rows → the compiled [`Book`](crate::domain::book::Book).
//!
//! ```text
//! folder ──read_folder──▶ Tables ──compile──▶ Book
//!        ◀─write_folder──   ▲
//!                        the ledger's rows
//! ```
//!
//! [`schema`] says as data what files and columns there are; [`canonical_cell`] brings one cell to its canonical text;
//! [`compile`] resolves names and checks what rows mean together. All errors are reported at once, with file, line and
//! column. Nothing here knows the ledger or changes a book.

mod cells;
mod check;
mod compile;
mod errors;
#[cfg(test)]
mod fixture_tests;
mod keys;
mod lines;
mod mail_settings;
mod notation;
mod plan;
mod read;
pub mod schema;
mod settings;
mod tables;
mod write;

pub use cells::{CellRefusal, canonical_cell};
pub use check::check_folder;
pub use compile::compile;
pub use errors::BookError;
pub(crate) use errors::nearest;
pub(crate) use lines::{Malformed, record_lines, text_of};
pub use notation::{steps as read_steps, steps_text};
pub use read::{read_folder, read_folder_with};
pub use schema::{CellKind, ColumnSchema, FileSchema, find_schema, schemas};
pub use settings::{DEFAULT_SETTINGS, parse_settings, settings_from};
pub use tables::{Table, TableRow, Tables};
pub use write::{table_bytes, write_folder};
