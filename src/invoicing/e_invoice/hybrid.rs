//! A PDF that carries `factur-x.xml` → the same PDF whose metadata say so (Factur-X 1.0, section 6.3): the four properties
//! of the `fx` schema and the description of that schema, which PDF/A asks for. Added as an incremental update: the bytes
//! of the PDF stay as they are, and another version of its metadata follows them. The same PDF gives the same bytes.
//!
//! Reads what our own PDF writer writes (a plain cross-reference table, metadata as they are) and refuses the rest.

use std::fmt;

use crate::invoicing::pdf::named;
use crate::invoicing::{Attachment, InvoicePages, PdfRenderer, Relationship, RenderError};

/// The file name that Factur-X prescribes for what a PDF carries.
const FACTUR_X: &str = "factur-x.xml";

/// What the metadata of PDF/A-3 say; only such a PDF is Factur-X.
const ARCHIVAL: &str = "<pdfaid:part>3<";

/// Properties of the `fx` schema; a credit note is an invoice here.
const PROPERTIES: &str = "<rdf:Description rdf:about=\"\" xmlns:fx=\"urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#\">\
<fx:DocumentType>INVOICE</fx:DocumentType>\
<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>\
<fx:Version>1.0</fx:Version>\
<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>\
</rdf:Description>";

/// Names and meanings of the properties, for the description of the schema.
const DESCRIBED: [(&str, &str); 4] = [
    ("DocumentFileName", "name of the embedded XML invoice file"),
    ("DocumentType", "INVOICE"),
    ("Version", "The actual version of the Factur-X XML schema"),
    ("ConformanceLevel", "The conformance level of the embedded Factur-X data"),
];

/// Ends of the list of described schemas, where there is one, and of all metadata.
const SCHEMAS_END: &str = "</rdf:Bag></pdfaExtension:schemas>";
const METADATA_END: &str = "</rdf:RDF>";

/// A PDF that is not as our own writer writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unreadable(&'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the PDF has {}, so that it cannot be marked as Factur-X", self.0)
    }
}

/// The pages as PDF, which carry the structured invoice where there can be one.
///
/// # Errors
/// Those of [`PdfRenderer::render`].
pub fn render(renderer: &PdfRenderer, pages: &InvoicePages<'_>) -> Result<Vec<u8>, RenderError> {
    let Ok(bytes) = super::cii(pages.bill) else { return renderer.render(pages) };
    let attachment = Attachment {
        name: FACTUR_X.into(),
        mime: "text/xml".into(),
        description: "Invoice data (Factur-X, EN 16931)".into(),
        relationship: Relationship::Alternative,
        bytes,
    };
    let pdf = renderer.render(&InvoicePages { attachment: Some(&attachment), ..*pages })?;
    if find(&pdf, ARCHIVAL.as_bytes()).is_none() {
        return Ok(pdf);
    }
    mark_as_factur_x(pdf).map_err(|unreadable| {
        let (reason, hint) = (unreadable.to_string(), "please report this".into());
        named(RenderError { document: String::new(), file: String::new(), position: None, reason, hint }, pages.bill)
    })
}

/// Adds the metadata of Factur-X.
///
/// # Errors
/// [`Unreadable`] if it is not as our own writer writes it.
fn mark_as_factur_x(mut pdf: Vec<u8>) -> Result<Vec<u8>, Unreadable> {
    let end = parse_end(&pdf).ok_or(Unreadable("no plain cross-reference table at its end"))?;
    let (catalog, _) = end.object(&pdf, end.root).ok_or(Unreadable("no catalog"))?;
    let metadata = reference(catalog, b"/Metadata").ok_or(Unreadable("no metadata"))?;
    let (dictionary, xmp) = end.stream(&pdf, metadata).ok_or(Unreadable("metadata that do not read"))?;
    let xmp = with_factur_x(xmp).ok_or(Unreadable("metadata that are not XMP"))?;
    let head = dictionary_with_length(dictionary, xmp.len()).ok_or(Unreadable("metadata of no length"))?;
    let trailer = end.trailer.rsplit_once(">>").map(|(inside, _)| format!("{inside}/Prev {}>>", end.table));
    let trailer = trailer.ok_or(Unreadable("no trailer"))?;
    pdf.push(b'\n');
    let object = pdf.len();
    pdf.extend(format!("{metadata} 0 obj\n{head}\nstream\n{xmp}\nendstream\nendobj\n").bytes());
    let table = pdf.len();
    pdf.extend(format!("xref\n{metadata} 1\n{object:010} 00000 n \ntrailer\n{trailer}\n").bytes());
    pdf.extend(format!("startxref\n{table}\n%%EOF\n").bytes());
    Ok(pdf)
}

/// What the end of a PDF says.
struct End {
    /// Where the cross-reference table is.
    table: usize,
    /// The trailer's dictionary.
    trailer: String,
    /// The number of the catalog.
    root: usize,
}

fn parse_end(pdf: &[u8]) -> Option<End> {
    let start = find_last(pdf, b"startxref")?;
    let table = number(&pdf[start + b"startxref".len()..])?;
    let tail = pdf.get(table..start).filter(|tail| tail.starts_with(b"xref"))?;
    let trailer = &tail[find_last(tail, b"trailer")? + b"trailer".len()..];
    let root = reference(trailer, b"/Root")?;
    let trailer = std::str::from_utf8(trailer).ok()?.trim().to_owned();
    (!trailer.contains("/Prev")).then_some(End { table, trailer, root })
}

impl End {
    /// The bytes of an object from its number to its `endobj`, and where they begin.
    fn object<'p>(&self, pdf: &'p [u8], id: usize) -> Option<(&'p [u8], usize)> {
        let at = self.offset(pdf, id)?;
        let object = pdf.get(at..).filter(|object| object.starts_with(format!("{id} 0 obj").as_bytes()))?;
        Some((&object[..find(object, b"endobj")?], at))
    }

    /// The dictionary and the data of a stream whose length is written in the dictionary itself.
    fn stream<'p>(&self, pdf: &'p [u8], id: usize) -> Option<(&'p str, &'p str)> {
        let (_, at) = self.object(pdf, id)?;
        let object = &pdf[at..];
        let data = find(object, b"stream\n")?;
        let dictionary = &object[find(object, b"<<")?..data];
        let length = number(&dictionary[find(dictionary, b"/Length")? + b"/Length".len()..])?;
        let is_metadata = find(dictionary, b"/Metadata").is_some() && find(dictionary, b"/Filter").is_none();
        let data = object.get(data + b"stream\n".len()..)?.get(..length)?;
        is_metadata.then(|| Some((std::str::from_utf8(dictionary).ok()?, std::str::from_utf8(data).ok()?)))?
    }

    /// Where an object is, by the table: sections of a first number and a count, entries of 20 bytes.
    fn offset(&self, pdf: &[u8], id: usize) -> Option<usize> {
        let mut rest = pdf.get(self.table..)?.strip_prefix(b"xref")?.trim_ascii_start();
        while !rest.starts_with(b"trailer") {
            let line = &rest[..find(rest, b"\n")?];
            let mut numbers = std::str::from_utf8(line).ok()?.split_ascii_whitespace().map(str::parse::<usize>);
            let (first, count) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
            let entries = rest.get(line.len() + 1..)?;
            if (first..first.checked_add(count)?).contains(&id) {
                return number(entries.get((id - first).checked_mul(20)?..)?);
            }
            rest = entries.get(count.checked_mul(20)?..)?;
        }
        None
    }
}

/// The metadata with the properties of Factur-X and the description of their schema.
fn with_factur_x(xmp: &str) -> Option<String> {
    if let Some((before, after)) = xmp.rsplit_once(SCHEMAS_END) {
        let described = format!("{before}{}{SCHEMAS_END}{after}", description());
        let (before, after) = described.rsplit_once(METADATA_END)?;
        return Some(format!("{before}{PROPERTIES}{METADATA_END}{after}"));
    }
    let (before, after) = xmp.rsplit_once(METADATA_END)?;
    let schemas = format!(
        "<rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\">\
         <pdfaExtension:schemas><rdf:Bag>{}{SCHEMAS_END}</rdf:Description>",
        description()
    );
    Some(format!("{before}{PROPERTIES}{schemas}{METADATA_END}{after}"))
}

/// An entry of the list of described schemas.
fn description() -> String {
    let property = |(name, meaning): (&str, &str)| {
        format!(
            "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name>\
             <pdfaProperty:valueType>Text</pdfaProperty:valueType>\
             <pdfaProperty:category>external</pdfaProperty:category>\
             <pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
        )
    };
    format!(
        "<rdf:li rdf:parseType=\"Resource\" xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" \
         xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\
         <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
         <pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>\
         <pdfaSchema:prefix>fx</pdfaSchema:prefix>\
         <pdfaSchema:property><rdf:Seq>{}</rdf:Seq></pdfaSchema:property></rdf:li>",
        DESCRIBED.map(property).concat()
    )
}

/// The dictionary of a stream with another length.
fn dictionary_with_length(dictionary: &str, length: usize) -> Option<String> {
    let (before, after) = dictionary.trim_end().split_once("/Length")?;
    let after = after.trim_start().trim_start_matches(|digit: char| digit.is_ascii_digit());
    // A length elsewhere (`12 0 R`) is not one of ours.
    (!after.starts_with(" 0 R")).then(|| format!("{before}/Length {length}{after}"))
}

/// The number of the object that a key refers to: `/Root 12 0 R`.
fn reference(dictionary: &[u8], key: &[u8]) -> Option<usize> {
    let mut rest = dictionary;
    while let Some(at) = find(rest, key) {
        rest = &rest[at + key.len()..];
        let digits = rest.trim_ascii_start();
        let behind = digits.iter().position(|byte| !byte.is_ascii_digit())?;
        if rest.first()?.is_ascii_whitespace() && digits[behind..].starts_with(b" 0 R") {
            return number(digits);
        }
    }
    None
}

/// The number that bytes begin with, after blanks.
fn number(bytes: &[u8]) -> Option<usize> {
    let bytes = bytes.trim_ascii_start();
    let behind = bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..behind]).ok()?.parse().ok()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

fn find_last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(bytes, wanted)
}

#[cfg(test)]
mod tests {
    use lopdf::{Document, Object};

    use super::*;
    use crate::domain::bill::Bill;
    use crate::domain::customer::InvoiceFormat;
    use crate::invoicing::samples;

    fn renderer() -> PdfRenderer {
        PdfRenderer::new(None).expect("what is built in is right")
    }

    /// Without what it would carry.
    fn plain(bill: &Bill) -> Vec<u8> {
        renderer().render(&InvoicePages::of(bill, InvoiceFormat::Short)).expect("a document")
    }

    fn pdf() -> Vec<u8> {
        plain(&samples::short())
    }

    /// The metadata that a reader finds.
    fn metadata(pdf: &[u8]) -> String {
        let document = Document::load_mem(pdf).expect("a PDF");
        let id = document.catalog().and_then(|catalog| catalog.get(b"Metadata")).and_then(Object::as_reference);
        let stream = document.get_object(id.expect("metadata")).and_then(Object::as_stream).expect("a stream");
        String::from_utf8(stream.content.clone()).expect("UTF-8")
    }

    #[test]
    fn a_reader_finds_the_new_metadata_and_all_else_as_before() {
        let before = pdf();
        let marked = mark_as_factur_x(before.clone()).expect("our own PDF");
        assert!(marked.starts_with(&before) && marked == mark_as_factur_x(before.clone()).expect("again"));
        let xmp = metadata(&marked);
        for said in [
            "<fx:DocumentType>INVOICE</fx:DocumentType>",
            "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>",
            "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
            "<pdfaSchema:prefix>fx</pdfaSchema:prefix>",
        ] {
            assert_eq!(xmp.matches(said).count(), 1, "{said}");
        }
        let plain = metadata(&before);
        let (head, _) = plain.rsplit_once("</rdf:RDF>").expect("XMP");
        assert!(xmp.contains(head.split_once("<xmp:CreatorTool>").expect("a tool").0));
        let pages = |pdf: &[u8]| Document::load_mem(pdf).expect("a PDF").get_pages().len();
        assert_eq!(pages(&marked), pages(&before));
    }

    #[test]
    fn the_pages_carry_the_invoice_where_there_can_be_one() {
        let bill = samples::short();
        let pages = InvoicePages::of(&bill, InvoiceFormat::Short);
        let hybrid = render(&renderer(), &pages).expect("a document");
        assert!(hybrid == render(&renderer(), &pages).expect("again"), "the same bytes (O4)");
        let xml = super::super::cii(&bill).expect("it lacks nothing");
        let document = Document::load_mem(&hybrid).expect("a PDF");
        let streams = document.objects.values().filter_map(|object| object.as_stream().ok());
        let carried = |stream: &lopdf::Stream| stream.decompressed_content().is_ok_and(|content| content == xml);
        assert_eq!(streams.filter(|stream| carried(stream)).count(), 1);
        let xmp = metadata(&hybrid);
        assert!(xmp.contains("<fx:ConformanceLevel>EN 16931<") && xmp.contains(ARCHIVAL), "{xmp}");
        assert_eq!(xmp.matches("<pdfaExtension:schemas>").count(), 1, "{xmp}");
        // Without a VAT number there is no e-invoice; an invoice there is. And no mark where the pages are no PDF/A.
        let mut bare = bill.clone();
        bare.organisation.vat_number.clear();
        let pages = InvoicePages::of(&bare, InvoiceFormat::Short);
        assert!(render(&renderer(), &pages).expect("a document") == plain(&bare));
        let mut unprintable = bill;
        unprintable.customer.name = "株式会社 漢字".into();
        let pages = InvoicePages::of(&unprintable, InvoiceFormat::Short);
        assert!(!metadata(&render(&renderer(), &pages).expect("a document")).contains("fx:"));
    }

    #[test]
    fn what_is_described_already_stays() {
        let xmp = "<rdf:RDF><rdf:Description><pdfaExtension:schemas><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag>\
                   </pdfaExtension:schemas></rdf:Description></rdf:RDF>";
        let marked = with_factur_x(xmp).expect("XMP");
        assert_eq!(marked.matches("<pdfaExtension:schemas>").count(), 1);
        assert!(marked.contains("<rdf:li>a</rdf:li><rdf:li rdf:parseType"), "{marked}");
        assert!(quick_xml::Reader::from_str(&marked).read_event().is_ok());
    }

    #[test]
    fn what_our_writer_does_not_write_is_refused() {
        let whole = pdf();
        let cut = whole.len() - 200;
        let without = |from: &str, to: &str| {
            let at = find_last(&whole, from.as_bytes()).expect(from);
            [&whole[..at], to.as_bytes(), &whole[at + from.len()..]].concat()
        };
        for (bytes, reason) in [
            (b"%PDF-1.7".to_vec(), "no plain cross-reference table at its end"),
            (whole[..cut].to_vec(), "no plain cross-reference table at its end"),
            (without("/Metadata", "/Metadatb"), "no metadata"),
            (without("/Root", "/Roof"), "no plain cross-reference table at its end"),
            (mark_as_factur_x(whole.clone()).expect("once"), "no plain cross-reference table at its end"),
            (without("/Subtype/XML", "/Filter/Flat"), "metadata that do not read"),
        ] {
            assert_eq!(mark_as_factur_x(bytes), Err(Unreadable(reason)));
        }
    }
}
