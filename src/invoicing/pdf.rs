//! Bill and calls → the invoice as PDF, laid out by a Typst template. The bill goes in as data that the template reads
//! (`json("bill.json")`), never as markup. Date and id of the document come from the bill, so that the same bill gives
//! the same bytes; no clock, no network, no file beyond those that [`Templates`] read.

use std::path::Path;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use super::RenderError;
use super::palette::Palette;
use super::templates::{Templates, at_file, file_id, position_of};
use super::view::view_of;
use crate::domain::bill::{Bill, ItemisedCall};
use crate::domain::time::Date;

/// The name under which a template reads the bill.
const DATA: &str = "bill.json";

/// After how many further documents a layout that was not used again is forgotten. Documents share little, so a few
/// are enough; fewer than the documents being made at a time would cost each its own earlier passes.
const LAYOUTS_KEPT: usize = 4;

/// Warnings of the compiler that leave a page other than its template says.
const GRAVE_WARNINGS: [&str; 2] = ["unknown font family", "layout did not converge"];

/// Makes invoices as PDF. One serves all threads.
pub struct PdfRenderer {
    templates: Templates,
    library: LazyHash<Library>,
    font_book: LazyHash<FontBook>,
    data: FileId,
}

impl PdfRenderer {
    /// With the workspace's `templates/` folder, or with what is built in alone.
    ///
    /// # Errors
    /// [`RenderError`] for a file of the folder that cannot be read or is not what its ending says, with line and
    /// column where a template is not Typst.
    pub fn new(templates: Option<&Path>) -> Result<Self, RenderError> {
        let templates = Templates::load(templates)?;
        Ok(Self {
            library: LazyHash::new(Library::default()),
            font_book: LazyHash::new(templates.font_book()),
            data: file_id(DATA).expect("the name is a plain one"),
            templates,
        })
    }

    /// The invoice; with the calls listed on further pages, if there are any.
    ///
    /// # Errors
    /// [`RenderError`] that names the document, if the template does not compile, the logo is missing or the
    /// organisation's colour is none.
    pub fn render(&self, bill: &Bill, calls: &[ItemisedCall]) -> Result<Vec<u8>, RenderError> {
        let result = self.compile(bill, calls);
        comemo::evict(LAYOUTS_KEPT);
        result.map_err(|error| RenderError { document: document_name(bill), ..error })
    }

    fn compile(&self, bill: &Bill, calls: &[ItemisedCall]) -> Result<Vec<u8>, RenderError> {
        let logo = &bill.organisation.logo;
        if !logo.is_empty() && !self.templates.has_image(logo) {
            return Err(RenderError {
                hint: "put the logo there, or empty the organisation's logo to print its name instead".into(),
                ..at_file(logo, "no such image".into())
            });
        }
        let palette = Palette::from_accent(&bill.organisation.colour).ok_or_else(|| {
            of_bill(format!("the organisation's colour is {:?}, not of the form #rrggbb", bill.organisation.colour))
        })?;
        let view = view_of(bill, calls, palette).map_err(|overflow| of_bill(overflow.to_string()))?;
        let data = serde_json::to_vec(&view).map_err(|error| of_bill(error.to_string()))?;
        let world = BillWorld { renderer: self, data: Bytes::new(data) };
        let compiled = typst::compile::<PagedDocument>(&world);
        let document = compiled.output.map_err(|errors| self.first_error(&world, &errors))?;
        let grave = |warning: &&SourceDiagnostic| GRAVE_WARNINGS.iter().any(|start| warning.message.starts_with(start));
        if let Some(warning) = compiled.warnings.iter().find(grave) {
            return Err(self.error_of(&world, warning));
        }
        typst_pdf::pdf(&document, &options_for(bill)).map_err(|errors| self.first_error(&world, &errors))
    }

    fn first_error(&self, world: &BillWorld, errors: &[SourceDiagnostic]) -> RenderError {
        match errors.first() {
            Some(error) => self.error_of(world, error),
            None => of_bill("the template cannot be laid out".into()),
        }
    }

    fn error_of(&self, world: &BillWorld, error: &SourceDiagnostic) -> RenderError {
        let source = error.span.id().and_then(|id| world.source(id).ok());
        let start = world.range(error.span).map(|range| range.start);
        let hints: Vec<&str> = error.hints.iter().map(|hint| hint.v.as_str()).collect();
        RenderError {
            document: String::new(),
            file: error.span.id().map(|id| self.templates.label(id)).unwrap_or_default(),
            position: source.zip(start).and_then(|(source, start)| position_of(&source, start)),
            reason: error.message.to_string(),
            hint: hints.join("; "),
        }
    }
}

/// An error of the bill rather than of a template.
fn of_bill(reason: String) -> RenderError {
    RenderError { document: String::new(), file: String::new(), position: None, reason, hint: String::new() }
}

fn document_name(bill: &Bill) -> String {
    match &bill.number {
        Some(number) => format!("invoice {number}"),
        None => format!("draft for account {}", bill.customer.account),
    }
}

/// Fixes what a PDF would otherwise take from the clock or the compiler.
fn options_for(bill: &Bill) -> PdfOptions {
    PdfOptions {
        ident: Smart::Custom(format!("{}/{}/{}", bill.organisation.code, document_name(bill), bill.invoice_date)),
        creator: Smart::Custom(Some("tollbook".into())),
        timestamp: midnight(bill.invoice_date).map(Timestamp::new_utc),
        ..PdfOptions::default()
    }
}

fn midnight(date: Date) -> Option<Datetime> {
    let (year, month, day) = date.ymd();
    Datetime::from_ymd_hms(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?, 0, 0, 0)
}

/// What the compiler can see while it makes one document.
struct BillWorld<'a> {
    renderer: &'a PdfRenderer,
    data: Bytes,
}

impl World for BillWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.renderer.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.renderer.font_book
    }

    fn main(&self) -> FileId {
        self.renderer.templates.main()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.renderer.templates.source(id).ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.renderer.data {
            return Ok(self.data.clone());
        }
        self.renderer.templates.image(id).ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.renderer.templates.fonts().get(index).cloned()
    }

    /// No clock: a document's dates are those of its bill.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}
