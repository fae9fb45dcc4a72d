//! Documents of all kinds, made in memory: what is on their pages, what is wrong with templates, equal bytes.

use std::path::PathBuf;

use tempfile::TempDir;
use typst::layout::{Frame, FrameItem};

use super::*;
use crate::domain::bill::ItemisedCall;
use crate::domain::customer::InvoiceFormat;
use crate::invoicing::samples::{self, Sample};
use crate::invoicing::{Relationship, csv, json};

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

/// The pages of the long format, with the calls.
fn long<'a>(bill: &'a Bill, calls: &'a [ItemisedCall]) -> InvoicePages<'a> {
    InvoicePages { calls, ..InvoicePages::of(bill, InvoiceFormat::Long) }
}

/// What is printed, page by page, and the lowest place at which something is, in points.
fn printed(pages: &InvoicePages) -> Vec<(String, i64)> {
    let renderer = built_in();
    let laid = renderer.lay_out(pages).expect("a document");
    let print = |frame: &Frame| {
        let mut found = (String::new(), 0);
        collect(frame, 0, &mut found);
        found
    };
    laid.document.pages().iter().map(|page| print(&page.frame)).collect()
}

fn collect(frame: &Frame, top: i64, found: &mut (String, i64)) {
    for (at, item) in frame.items() {
        let at = top + whole(at.y);
        match item {
            FrameItem::Group(group) => collect(&group.frame, at, found),
            FrameItem::Text(run) => {
                found.0.push_str(&run.text);
                found.0.push(' ');
                found.1 = found.1.max(at);
            }
            _ => {}
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a page, in points")]
fn whole(length: typst::layout::Abs) -> i64 {
    length.to_pt() as i64
}

fn texts(bill: &Bill, calls: &[ItemisedCall]) -> Vec<String> {
    printed(&long(bill, calls)).into_iter().map(|(text, _)| text).collect()
}

/// Set to a folder, `TOLLBOOK_SAMPLE_INVOICES` keeps the samples there for looking at.
#[test]
fn every_kind_of_bill_becomes_a_pdf_in_every_format() {
    let keep = std::env::var_os("TOLLBOOK_SAMPLE_INVOICES").map(PathBuf::from);
    let renderer = built_in();
    for sample in samples::all() {
        for format in InvoiceFormat::ALL {
            let stem = format!("{}-{}", sample.name, format.name());
            let started = std::time::Instant::now();
            let laid = renderer.lay_out(&sample.pages(format)).unwrap_or_else(|error| panic!("{stem}: {error}"));
            let laid_out = started.elapsed();
            let pdf = laid.pdf().unwrap_or_else(|error| panic!("{stem}: {error}"));
            assert!(pdf.starts_with(b"%PDF-1.7") && pdf.ends_with(b"%%EOF"), "{stem}");
            let standard = |name: &str| pdf.windows(name.len()).any(|window| window == name.as_bytes());
            let expected = if sample.pages(format).calls.len() > 200 { "B" } else { "A" };
            assert!(standard(&format!("<pdfaid:conformance>{expected}<")), "{stem} is no PDF/A-3{expected}");
            assert_eq!(standard("<pdfuaid:part>1<"), expected == "A", "{stem}");
            let Some(folder) = &keep else { continue };
            let timed = format!("{stem} {laid_out:?} {:?}\n", started.elapsed() - laid_out);
            let mut log =
                std::fs::OpenOptions::new().append(true).create(true).open(folder.join("times.txt")).expect("log");
            std::io::Write::write_all(&mut log, timed.as_bytes()).expect("log");
            let documents = [
                ("pdf", pdf),
                ("json", json::render(&sample.bill)),
                ("csv", csv::render(&sample.bill, &sample.calls, None)),
            ];
            for (ending, bytes) in documents {
                std::fs::write(folder.join(format!("{stem}.{ending}")), bytes).expect("the folder can be written");
            }
            for (page, picture) in (1..).zip(laid.pictures().expect("pictures")) {
                let name: String = format!("{stem}-{page}.png");
                std::fs::write(folder.join(name), picture).expect("the folder can be written");
            }
        }
    }
}

/// The lowest place of text above the foot of a page.
const LOWEST: i64 = 774;

#[test]
fn the_short_format_is_one_page_and_nothing_of_it_is_cut_off_o1() {
    for Sample { name, bill, .. } in samples::all() {
        let pages = printed(&InvoicePages::of(&bill, InvoiceFormat::Short));
        assert_eq!(pages.len(), 1, "{name}");
        let renderer = built_in();
        let laid = renderer.lay_out(&InvoicePages::of(&bill, InvoiceFormat::Short)).expect("a document");
        let mut lowest = 0;
        for (at, item) in laid.document.pages()[0].frame.items() {
            // The body is one block; the foot stands beside it.
            if let FrameItem::Group(group) = item
                && whole(at.y) < 700
            {
                let mut found = (String::new(), 0);
                collect(&group.frame, whole(at.y), &mut found);
                lowest = lowest.max(found.1);
            }
        }
        assert!(lowest <= LOWEST, "{name}: text at {lowest}");
    }
}

#[test]
fn the_same_bill_gives_the_same_bytes_in_any_thread_o4() {
    let renderer = built_in();
    let (bill, calls, history) = (samples::long(), samples::calls(40), samples::history(6, 280_000));
    let full = InvoicePages { history: &history, format: InvoiceFormat::Full, ..long(&bill, &calls) };
    let itemised = || renderer.render(&full).expect("a document");
    let expected = itemised();
    comemo::evict(0);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    renderer.render(&long(&samples::credit(), &[])).expect("a document");
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
    let text = texts(&bill, &[]).concat();
    for literal in
        ["#evil[$x$ *b*] \\ <label> @ref `raw` // Ltd", "#panic(\"not code\")", "= Not a heading", "- not a list"]
    {
        assert!(text.contains(literal), "{literal} is not in {text}");
    }
}

#[test]
fn heads_repeat_and_pages_are_counted() {
    let pages = texts(&samples::long(), &samples::calls(200));
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
    let pdf = renderer.render(&long(&samples::short(), &[])).expect("a document");
    assert_ne!(pdf, built_in().render(&long(&samples::short(), &[])).expect("a document"));
}

fn check_error(files: &[(&str, &str)], change: impl Fn(&mut Bill), expected: &str) {
    let folder = folder(files);
    let mut bill = samples::short();
    change(&mut bill);
    let result = PdfRenderer::new(Some(folder.path())).and_then(|renderer| renderer.render(&long(&bill, &[])));
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
    for text in
        ["#read(\"/etc/hostname\")", "#read(\"../outside\")", "#import \"@preview/cetz:0.3.0\": *", "#datetime.today()"]
    {
        let folder = folder(&[("invoice.typ", text)]);
        let renderer = PdfRenderer::new(Some(folder.path())).expect("the syntax is right");
        let error = renderer.render(&long(&samples::short(), &[])).expect_err(text);
        assert_eq!((error.file.as_str(), error.position.map(|(line, _)| line)), ("templates/invoice.typ", Some(1)));
    }
}

#[test]
fn a_logo_takes_the_place_of_the_name() {
    let folder = folder(&[("mark.svg", SQUARE)]);
    let renderer = PdfRenderer::new(Some(folder.path())).expect("a good folder");
    let mut bill = samples::short();
    let without = renderer.render(&long(&bill, &[])).expect("a document");
    bill.organisation.logo = "mark.svg".into();
    assert_ne!(renderer.render(&long(&bill, &[])).expect("a document"), without);
}

const SQUARE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1H0z"/></svg>"#;

#[test]
fn a_template_cannot_lose_the_attachment() {
    let attachment = Attachment {
        name: "factur-x.xml".into(),
        mime: "text/xml".into(),
        description: "The invoice as data".into(),
        relationship: Relationship::Alternative,
        bytes: b"<Invoice/>".to_vec(),
    };
    let own = folder(&[("invoice.typ", "#set page(width: 8cm, height: auto)\nNothing but this.")]);
    let bill = samples::short();
    for renderer in [built_in(), PdfRenderer::new(Some(own.path())).expect("a good folder")] {
        let pages = InvoicePages { attachment: Some(&attachment), ..long(&bill, &[]) };
        assert_eq!(renderer.lay_out(&pages).expect("a document").page_count(), 1);
        let pdf = renderer.render(&pages).expect("a document");
        let document = lopdf::Document::load_mem(&pdf).expect("a PDF");
        let embedded = document.objects.values().filter_map(|object| object.as_stream().ok()).find(|stream| {
            stream.dict.get(b"Type").and_then(lopdf::Object::as_name).is_ok_and(|name| name == b"EmbeddedFile")
        });
        let content = embedded.map(|stream| stream.decompressed_content().unwrap_or_else(|_| stream.content.clone()));
        assert_eq!(content.as_deref(), Some(&b"<Invoice/>"[..]));
        let file = document.objects.values().filter_map(|object| object.as_dict().ok()).find(|dict| dict.has(b"EF"));
        let name = file.and_then(|file| file.get(b"F").and_then(lopdf::Object::as_str).ok());
        assert_eq!(name, Some(&b"factur-x.xml"[..]), "as Factur-X prescribes, without a folder");
        assert!(renderer.render(&long(&bill, &[])).expect("a document").len() < pdf.len());
    }
}

#[test]
fn letters_that_no_font_has_are_no_reason_to_have_no_invoice() {
    let mut bill = samples::short();
    bill.customer.name = "株式会社 漢字".into();
    let pdf = built_in().render(&long(&bill, &[])).expect("a document");
    assert!(!pdf.windows(12).any(|window| window == b"<pdfaid:part"));
}

#[test]
fn a_language_without_strings_is_told_and_english_stands_in() {
    let renderer = built_in();
    let mut bill = samples::short();
    for (language, told) in [("cy", 0), ("it", 1), ("de-AT", 1), ("it", 2)] {
        bill.customer.language = language.into();
        renderer.render(&long(&bill, &[])).expect("a document");
        assert_eq!(renderer.unknown_languages().get("it").copied().unwrap_or(0), told, "{language}");
    }
    let own = folder(&[("it.toml", "[title]\ninvoice = \"Fattura\"")]);
    let renderer = PdfRenderer::new(Some(own.path())).expect("a good folder");
    renderer.render(&long(&bill, &[])).expect("a document");
    assert!(renderer.unknown_languages().is_empty());
}

#[test]
fn the_invoices_that_are_measured_have_two_pages() {
    for index in [0, 41, 999] {
        assert_eq!(texts(&samples::of_two_pages(index), &[]).len(), 2, "{index}");
    }
}
