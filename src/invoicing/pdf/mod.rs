//! Bill, calls and history → the invoice as PDF, laid out by Typst templates. The bill goes in as data that the template
//! reads (`json("bill.json")`), never as markup. Date and id of the document come from the bill, so that the same bill
//! gives the same bytes; no clock, no network, no file beyond those that [`Templates`] read.

mod archive;
mod templates;
#[cfg(test)]
mod tests;
mod world;

pub(super) use templates::at_file;
pub use templates::built_in_files;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use typst::diag::SourceDiagnostic;
use typst::foundations::Bytes;
use typst::syntax::FileId;
use typst::text::FontBook;
use typst::utils::{LazyHash, Scalar};
use typst::{Library, LibraryExt, World, WorldExt, comemo};
use typst_layout::PagedDocument;
use typst_render::RenderOptions;

use self::templates::{Templates, file_id, position_of};
use self::world::{BillWorld, Data};
use super::language::{Language, Languages, Style};
use super::view::{Palette, view_of};
use super::{Attachment, InvoicePages, RenderError};
use crate::domain::bill::{Bill, BillOrganisation};

/// The template that is compiled, in a folder of its own, so that no file of a workspace can take its place.
const MAIN: &str = "tollbook/main.typ";

/// After how many further documents a layout that was not used again is forgotten: more than are made at a time, so
/// that none loses the passes it has behind it.
const LAYOUTS_KEPT: usize = 16;

/// With more calls than these, a document's layouts are forgotten with it: 2,500 calls take 170 MB.
const MOST_CALLS_KEPT: usize = 200;

/// Warnings of the compiler that leave a page other than its template says.
const GRAVE_WARNINGS: [&str; 2] = ["unknown font family", "layout did not converge"];

/// Makes invoices as PDF. One serves all threads.
pub struct PdfRenderer {
    templates: Templates,
    languages: Languages,
    library: LazyHash<Library>,
    font_book: LazyHash<FontBook>,
    /// What a template reads the bill as; and what the compiled one reads the attachment as: its facts, and itself.
    files: [FileId; 3],
    unknown_languages: Mutex<BTreeMap<String, u64>>,
}

/// A document that is laid out.
pub struct Laid<'a> {
    document: PagedDocument,
    world: BillWorld<'a>,
    pages: InvoicePages<'a>,
}

impl PdfRenderer {
    /// With the workspace's `templates/` folder, or with what is built in alone.
    ///
    /// # Errors
    /// [`RenderError`] for a file of the folder that cannot be read or is not what its ending says, with line and
    /// column where a template is not Typst.
    pub fn new(templates: Option<&Path>) -> Result<Self, RenderError> {
        let templates = Templates::load(templates)?;
        let file = |name| file_id(name).expect("the name is a plain one");
        Ok(Self {
            languages: templates.languages()?,
            library: LazyHash::new(Library::default()),
            font_book: LazyHash::new(templates.font_book()),
            files: [file("bill.json"), file("tollbook/attachment.json"), file("tollbook/attachment")],
            unknown_languages: Mutex::default(),
            templates,
        })
    }

    /// The document as PDF/A-3.
    ///
    /// # Errors
    /// [`RenderError`] that names the document, if the template does not compile, the logo is missing or the
    /// organisation's colour is none.
    pub fn render(&self, pages: &InvoicePages<'_>) -> Result<Vec<u8>, RenderError> {
        let result = self.lay_out(pages).and_then(|laid| laid.pdf());
        comemo::evict(if pages.calls.len() > MOST_CALLS_KEPT { 0 } else { LAYOUTS_KEPT });
        result
    }

    /// The document laid out, to be had as PDF and as pictures.
    ///
    /// # Errors
    /// Those of [`Self::render`].
    pub fn lay_out<'a>(&'a self, pages: &InvoicePages<'a>) -> Result<Laid<'a>, RenderError> {
        let laid = self.world(pages).and_then(|world| {
            let document = self.compile(&world)?;
            Ok(Laid { document, world, pages: *pages })
        });
        laid.map_err(|error| named(error, pages.bill))
    }

    /// The languages that bills named and that there are no strings for, each with the number of documents that are in
    /// English instead.
    pub fn unknown_languages(&self) -> BTreeMap<String, u64> {
        self.unknown_languages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The codes of the languages that there are strings for.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.codes()
    }

    fn language_of(&self, bill: &Bill) -> &Language {
        let code = &bill.customer.language;
        self.languages.find(code).unwrap_or_else(|| {
            let mut unknown = self.unknown_languages.lock().unwrap_or_else(PoisonError::into_inner);
            *unknown.entry(code.clone()).or_default() += 1;
            self.languages.default()
        })
    }

    fn world<'a>(&'a self, pages: &InvoicePages<'a>) -> Result<BillWorld<'a>, RenderError> {
        let bill = self.data_for(pages)?;
        let attachment =
            pages.attachment.map(|attachment| (facts_of(attachment), Bytes::new(attachment.bytes.clone())));
        Ok(BillWorld { renderer: self, data: Data { bill, attachment } })
    }

    /// The bill as the template reads it.
    fn data_for(&self, pages: &InvoicePages<'_>) -> Result<Bytes, RenderError> {
        let BillOrganisation { logo, colour, .. } = &pages.bill.organisation;
        if !logo.is_empty() && !self.templates.has_image(logo) {
            return Err(RenderError {
                hint: "put the logo there, or empty the organisation's logo to print its name instead".into(),
                ..at_file(logo, "no such image".into())
            });
        }
        let palette = Palette::from_accent(colour)
            .ok_or_else(|| of_bill(format!("the organisation's colour is {colour:?}, not of the form #rrggbb")))?;
        let style = Style::new(self.language_of(pages.bill), pages.bill.currency);
        let view = view_of(pages, palette, style).map_err(|overflow| of_bill(overflow.to_string()))?;
        serde_json::to_vec(&view).map(Bytes::new).map_err(|error| of_bill(error.to_string()))
    }

    fn compile(&self, world: &BillWorld) -> Result<PagedDocument, RenderError> {
        let compiled = typst::compile::<PagedDocument>(world);
        let document = compiled.output.map_err(|errors| self.first_error(world, &errors))?;
        let is_grave =
            |warning: &&SourceDiagnostic| GRAVE_WARNINGS.iter().any(|text| warning.message.starts_with(text));
        match compiled.warnings.iter().find(is_grave) {
            Some(warning) => Err(self.error_of(world, warning)),
            None => Ok(document),
        }
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

impl Laid<'_> {
    /// How many pages there are.
    pub fn page_count(&self) -> usize {
        self.document.pages().len()
    }

    /// As PDF/A-3.
    ///
    /// # Errors
    /// [`RenderError`] if what a template made cannot be written as PDF at all.
    pub fn pdf(&self) -> Result<Vec<u8>, RenderError> {
        let (renderer, world) = (self.world.renderer, &self.world);
        archive::write(&self.document, &self.pages)
            .map_err(|errors| named(renderer.first_error(world, &errors), self.pages.bill))
    }

    /// Each page as PNG, at 144 dots an inch.
    ///
    /// # Errors
    /// [`RenderError`] if a page is too large for a picture.
    pub fn pictures(&self) -> Result<Vec<Vec<u8>>, RenderError> {
        let options = RenderOptions { pixel_per_pt: Scalar::new(2.0), render_bleed: false };
        let picture = |page| typst_render::render(page, &options).encode_png();
        let pictures = self.document.pages().iter().map(picture).collect::<Result<_, _>>();
        pictures.map_err(|error| named(of_bill(format!("no picture: {error}")), self.pages.bill))
    }
}

fn facts_of(attachment: &Attachment) -> Bytes {
    let facts = serde_json::json!({
        "name": attachment.name,
        "mime": attachment.mime,
        "description": attachment.description,
        "relationship": attachment.relationship.name(),
    });
    Bytes::new(facts.to_string().into_bytes())
}

/// An error of the bill rather than of a template.
fn of_bill(reason: String) -> RenderError {
    RenderError { document: String::new(), file: String::new(), position: None, reason, hint: String::new() }
}

pub(super) fn named(error: RenderError, bill: &Bill) -> RenderError {
    RenderError { document: document_name(bill), ..error }
}

fn document_name(bill: &Bill) -> String {
    match &bill.number {
        Some(number) => format!("invoice {number}"),
        None => format!("draft for account {}", bill.customer.account),
    }
}
