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
use crate::domain::bill::{Bill, BillOrganisation, ItemisedCall};
use crate::domain::time::Date;

/// The name under which a template reads the bill.
const DATA: &str = "bill.json";

/// After how many further documents a layout that was not used again is forgotten: more than are made at a time, so
/// that none loses the passes it has behind it.
const LAYOUTS_KEPT: usize = 16;

/// With more calls than these, a document's layouts are forgotten with it: 2,500 calls take 170 MB.
const MOST_CALLS_KEPT: usize = 200;

/// With more calls than these, the pages carry no tags for screen readers: they take 1.1 kB a call, 2.7 of the 2.9 MB of
/// an invoice with 2,500 of them.
const MOST_CALLS_TAGGED: usize = 200;

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
        let result = self.data_for(bill, calls).and_then(|data| {
            let world = BillWorld { renderer: self, data };
            let document = self.lay_out(&world)?;
            typst_pdf::pdf(&document, &options_for(bill, calls)).map_err(|errors| self.first_error(&world, &errors))
        });
        comemo::evict(if calls.len() > MOST_CALLS_KEPT { 0 } else { LAYOUTS_KEPT });
        result.map_err(|error| RenderError { document: document_name(bill), ..error })
    }

    /// The bill as the template reads it.
    fn data_for(&self, bill: &Bill, calls: &[ItemisedCall]) -> Result<Bytes, RenderError> {
        let BillOrganisation { logo, colour, .. } = &bill.organisation;
        if !logo.is_empty() && !self.templates.has_image(logo) {
            return Err(RenderError {
                hint: "put the logo there, or empty the organisation's logo to print its name instead".into(),
                ..at_file(logo, "no such image".into())
            });
        }
        let palette = Palette::from_accent(colour)
            .ok_or_else(|| of_bill(format!("the organisation's colour is {colour:?}, not of the form #rrggbb")))?;
        let view = view_of(bill, calls, palette).map_err(|overflow| of_bill(overflow.to_string()))?;
        serde_json::to_vec(&view).map(Bytes::new).map_err(|error| of_bill(error.to_string()))
    }

    fn lay_out(&self, world: &BillWorld) -> Result<PagedDocument, RenderError> {
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
fn options_for(bill: &Bill, calls: &[ItemisedCall]) -> PdfOptions {
    PdfOptions {
        tagged: calls.len() <= MOST_CALLS_TAGGED,
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tempfile::TempDir;
    use typst::layout::{Frame, FrameItem};

    use super::*;
    use crate::invoicing::{csv, json, samples};

    /// A `templates/` folder with these files.
    fn folder(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("a file in it");
        }
        folder
    }

    fn built_in() -> PdfRenderer {
        PdfRenderer::new(None).expect("what is built in is right")
    }

    /// Lays out as [`PdfRenderer::render`] does and returns what is printed, page by page.
    fn pages(bill: &Bill, calls: &[ItemisedCall]) -> Vec<String> {
        fn collect(frame: &Frame, text: &mut String) {
            for (_, item) in frame.items() {
                match item {
                    FrameItem::Group(group) => collect(&group.frame, text),
                    FrameItem::Text(run) => {
                        text.push_str(&run.text);
                        text.push(' ');
                    }
                    _ => {}
                }
            }
        }
        let renderer = built_in();
        let data = renderer.data_for(bill, calls).expect("data");
        let document = renderer.lay_out(&BillWorld { renderer: &renderer, data }).expect("a document");
        let print = |frame: &Frame| {
            let mut text = String::new();
            collect(frame, &mut text);
            text
        };
        document.pages().iter().map(|page| print(&page.frame)).collect()
    }

    /// Set to a folder, `TOLLBOOK_SAMPLE_INVOICES` keeps the samples there for looking at.
    #[test]
    fn every_kind_of_bill_becomes_a_pdf() {
        let keep = std::env::var_os("TOLLBOOK_SAMPLE_INVOICES").map(PathBuf::from);
        let renderer = built_in();
        for (name, bill, calls) in [
            ("short", samples::short(), 0),
            ("long", samples::long(), 0),
            ("credit", samples::credit(), 0),
            ("credit note", samples::credit_note(), 0),
            ("draft", samples::draft(), 0),
            ("empty", samples::empty(), 0),
            ("wordy", samples::wordy(), 0),
            ("itemised", samples::long(), 300),
        ] {
            let calls = samples::calls(calls);
            let pdf = renderer.render(&bill, &calls).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(pdf.starts_with(b"%PDF-1.7") && pdf.ends_with(b"%%EOF"), "{name}");
            let documents = [("pdf", pdf), ("json", json::render(&bill)), ("csv", csv::render(&bill, &calls, None))];
            for (ending, bytes) in documents {
                if let Some(folder) = &keep {
                    std::fs::write(folder.join(format!("{name}.{ending}")), bytes).expect("the folder can be written");
                }
            }
        }
    }

    #[test]
    fn the_same_bill_gives_the_same_bytes_in_any_thread_o4() {
        let renderer = built_in();
        let itemised = || renderer.render(&samples::long(), &samples::calls(40)).expect("a document");
        let expected = itemised();
        comemo::evict(0);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..2)
                .map(|_| {
                    scope.spawn(|| {
                        renderer.render(&samples::credit(), &[]).expect("a document");
                        itemised()
                    })
                })
                .collect();
            for thread in threads {
                assert!(thread.join().expect("no panic") == expected);
            }
        });
    }

    #[test]
    fn text_of_the_bill_is_printed_as_it_is_o3() {
        let bill = samples::draft();
        let text = pages(&bill, &[]).concat();
        for literal in
            ["#evil[$x$ *b*] \\ <label> @ref `raw` // Ltd", "#panic(\"not code\")", "= Not a heading", "- not a list"]
        {
            assert!(text.contains(literal), "{literal} is not in {text}");
        }
    }

    #[test]
    fn heads_repeat_and_pages_are_counted() {
        let pages = pages(&samples::long(), &samples::calls(200));
        assert!(pages.len() > 4, "{}", pages.len());
        for (index, page) in pages.iter().enumerate() {
            let footer = format!("Page {} of {}", index + 1, pages.len());
            assert!(page.replace("  ", " ").contains(&footer), "{footer} is not in {page}");
        }
        for page in &pages[pages.len() - 2..] {
            assert!(page.contains("Number") && page.contains("Charge (£)"), "{page}");
        }
    }

    #[test]
    fn a_template_of_the_workspace_takes_the_place_of_the_built_in_one() {
        let folder = folder(&[
            ("invoice.typ", "#import \"parts.typ\": sum\n#sum(json(\"bill.json\").total)"),
            ("parts.typ", "#let sum(fact) = [#fact.label: #fact.value]"),
            ("notes.txt", "not read"),
        ]);
        let renderer = PdfRenderer::new(Some(folder.path())).expect("a good folder");
        let pdf = renderer.render(&samples::short(), &[]).expect("a document");
        assert_ne!(pdf, built_in().render(&samples::short(), &[]).expect("a document"));
    }

    fn check_error(files: &[(&str, &str)], change: impl Fn(&mut Bill), expected: &str) {
        let folder = folder(files);
        let mut bill = samples::short();
        change(&mut bill);
        let result = PdfRenderer::new(Some(folder.path())).and_then(|renderer| renderer.render(&bill, &[]));
        assert_eq!(result.expect_err(expected).to_string(), expected);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let unchanged = |_: &mut Bill| {};
        let template = |text| [("invoice.typ", text)];
        check_error(&template("Hello\n#let x = (1"), unchanged, "templates/invoice.typ:2:10: unclosed delimiter");
        check_error(&[("parts.typ", "#let = 1")], unchanged, "templates/parts.typ:1:5: expected pattern");
        check_error(&[("own.otf", "no font")], unchanged, "templates/own.otf: is not a font that can be read");
        check_error(
            &template("\n  #unknown"),
            unchanged,
            "invoice NT-10042: templates/invoice.typ:2:4: unknown variable: unknown",
        );
        check_error(
            &template("#set text(font: \"Papyrus\")\nHello"),
            |bill| bill.number = None,
            "draft for account 1001: templates/invoice.typ:1:17: unknown font family: papyrus",
        );
        check_error(
            &[],
            |bill| bill.organisation.logo = "../logo.svg".into(),
            "invoice NT-10042: templates/../logo.svg: no such image; put the logo there, or empty the organisation's \
             logo to print its name instead",
        );
        check_error(
            &[],
            |bill| bill.organisation.colour = "blue".into(),
            "invoice NT-10042: the organisation's colour is \"blue\", not of the form #rrggbb",
        );
    }

    #[test]
    fn a_template_reaches_nothing_but_its_folder() {
        for text in [
            "#read(\"/etc/hostname\")",
            "#read(\"../outside\")",
            "#import \"@preview/cetz:0.3.0\": *",
            "#datetime.today()",
        ] {
            let folder = folder(&[("invoice.typ", text)]);
            let renderer = PdfRenderer::new(Some(folder.path())).expect("the syntax is right");
            let error = renderer.render(&samples::short(), &[]).expect_err(text);
            assert_eq!((error.file.as_str(), error.position.map(|(line, _)| line)), ("templates/invoice.typ", Some(1)));
        }
    }

    #[test]
    fn a_logo_takes_the_place_of_the_name() {
        let folder = folder(&[("mark.svg", SQUARE)]);
        let renderer = PdfRenderer::new(Some(folder.path())).expect("a good folder");
        let mut bill = samples::short();
        let without = renderer.render(&bill, &[]).expect("a document");
        bill.organisation.logo = "mark.svg".into();
        assert_ne!(renderer.render(&bill, &[]).expect("a document"), without);
    }

    const SQUARE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1H0z"/></svg>"#;
}
