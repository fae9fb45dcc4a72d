//! Forms: the spreadsheets and CSV files by which customers, CLIs, products, charges, rates and payments come in bulk
//! (K1–K5). Their empty ones, made for the workspace, are the templates.
//!
//! ```text
//! kinds (data) + the workspace's tables ──form──▶ Form ──template──▶ .xlsx, to be filled in
//!                                                  │
//! filled file ──source──▶ rows of typed cells ──reading──▶ Filled ──modes──▶ rows of the book, old → new
//!                                                  │          └▶ Findings: sheet, cell, value, reason
//! ```
//!
//! Pure but for the bytes of files; the ledger is the business of who calls.

pub mod doubts;
mod finding;
mod form;
pub mod kinds;
mod takes;
pub mod template;

pub use finding::{Finding, Severity};
pub use form::{Field, Form, Target, forms_of};
pub use takes::what_it_takes;
