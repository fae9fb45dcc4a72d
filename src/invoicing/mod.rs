//! A [`Bill`] and its calls → the bytes of its documents: the model as JSON, the
//! itemisation as CSV, the invoice as PDF. The same bill gives the same bytes on any thread count (O4), and text of the
//! bill stays text in each of them (O3).
//! Computes nothing that is charged; writes no files.

pub mod csv;
pub mod e_invoice;
pub mod itemised;
pub mod json;
mod language;
mod pdf;
pub mod samples;
pub mod summed_calls;
mod view;

pub use pdf::{Laid, PdfRenderer, built_in_files};

use std::fmt;

use crate::domain::bill::{Bill, ItemisedCall, MonthlySpend};
use crate::domain::customer::InvoiceFormat;
use crate::domain::money::CallCharge;

/// What the pages of an invoice or credit note are made from.
#[derive(Clone, Copy)]
pub struct InvoicePages<'a> {
    /// The bill, in the customer's language.
    pub bill: &'a Bill,
    /// The calls to list, and to draw in the full format; none in the short one.
    pub calls: &'a [ItemisedCall],
    /// Calls that are charged at most this are summed up rather than listed.
    pub itemise_above: Option<CallCharge>,
    /// How much of it.
    pub format: InvoiceFormat,
    /// The customer's invoices before this one, the earliest first; drawn in the full format.
    pub history: &'a [MonthlySpend],
    /// A file inside the PDF.
    pub attachment: Option<&'a Attachment>,
}

impl<'a> InvoicePages<'a> {
    /// The pages of a bill alone, without calls, history and attachment.
    pub fn of(bill: &'a Bill, format: InvoiceFormat) -> Self {
        Self { bill, calls: &[], itemise_above: None, format, history: &[], attachment: None }
    }
}

/// A file inside a PDF (PDF/A-3): the structured invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called: `factur-x.xml`.
    pub name: String,
    /// Its media type: `text/xml`.
    pub mime: String,
    /// What it is, in words.
    pub description: String,
    /// How it relates to the pages.
    pub relationship: Relationship,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// How a file inside a PDF relates to its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relationship {
    /// It says the same as the pages.
    Alternative,
    /// The pages were made from it.
    Source,
    /// It holds data that the pages show.
    Data,
    /// It says more than the pages.
    Supplement,
}

impl Relationship {
    /// The name that templates and PDF have for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alternative => "alternative",
            Self::Source => "source",
            Self::Data => "data",
            Self::Supplement => "supplement",
        }
    }
}

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
