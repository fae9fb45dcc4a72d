//! A [`Bill`](crate::domain::bill::Bill) and its calls → the bytes of its documents: the model as JSON, the
//! itemisation as CSV, the invoice as PDF. The same bill gives the same bytes on any thread count (O4), and text of the
//! bill stays text in each of them (O3).
//! Computes nothing that is charged; writes no files.

mod allowance_table;
mod charge_sections;
mod credit_note;
pub mod csv;
mod display;
mod itemisation;
pub mod itemised;
pub mod json;
mod palette;
mod pdf;
#[cfg(test)]
mod samples;
pub mod summed_calls;
mod templates;
mod usage_summary;
mod view;

pub use pdf::PdfRenderer;

use std::fmt;

/// Why a document cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    /// Which document: `invoice NT-0042`, `draft for account 1001`; empty while templates are loaded.
    pub document: String,
    /// The template, logo or font at fault; empty if it is the bill itself.
    pub file: String,
    /// Line and column in the file, both from 1, where they are known.
    pub position: Option<(usize, usize)>,
    /// What is wrong.
    pub reason: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.document.is_empty() {
            write!(f, "{}: ", self.document)?;
        }
        match (self.file.as_str(), self.position) {
            ("", _) => {}
            (file, Some((line, column))) => write!(f, "{file}:{line}:{column}: ")?,
            (file, None) => write!(f, "{file}: ")?,
        }
        f.write_str(&self.reason)?;
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for RenderError {}
