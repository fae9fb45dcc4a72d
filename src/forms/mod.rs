//! Forms: the spreadsheets and CSV files by which customers, CLIs, products, charges, rates and payments come in bulk
//! (K1–K5). Their empty ones, made for the workspace, are the templates.
//!
//! ```text
//! kinds (data) + the workspace's tables ──form──▶ Form ──template──▶ .xlsx, to be filled in
//!                                                  │
//! filled file ──source──▶ rows of typed cells ──reading──▶ Filled ──modes──▶ rows of the book, old → new
//!                                                  │          └▶ Findings: sheet, cell, value, reason
//!                                                  └──annotate──▶ a copy, .xlsx, with the findings marked
//! ```
//!
//! Pure but for the bytes of files; the ledger is the business of who calls.

mod accounts;
pub mod annotate;
mod checks;
mod days;
mod doubtful;
pub mod doubts;
mod entry;
mod filled;
mod finding;
mod form;
mod guards;
mod header;
mod import;
pub mod kinds;
mod likeness;
mod merge;
#[cfg(test)]
mod properties;
mod source;
mod takes;
pub mod template;
#[cfg(test)]
mod tests;

pub use accounts::Accounts;
pub use filled::{Filled, FilledRow, read_filled};
pub use finding::{At, Finding, Findings, Place, Severity};
pub use form::{Field, Form, Target, forms_of};
pub use header::{Header, SheetColumn};
pub use import::{Asked, Counts, Difference, FormImport, SheetImport, no_sheet, refuse_missing};
pub use likeness::{looks_like, other_kind_hint};
pub use merge::Mode;
pub use source::{Noticed, OTHER_SHEETS, Source, Unreadable};
pub use takes::what_it_takes;
