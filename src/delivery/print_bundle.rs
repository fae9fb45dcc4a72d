//! PDFs of many invoices → one for the printer: their pages one after another, a bookmark for each, on fresh sheets where both
//! sides are printed. What several have in common is written once. Written as it comes: no more than one invoice is in memory.
//! What is not printed — tags, embedded files, actions — stays behind.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};

use lopdf::{Dictionary, Document, Object, ObjectId, StringFormat, dictionary};
use sha2::{Digest, Sha256};

use super::pdf_objects::write_object;
use crate::files::map::hex;

/// Objects within objects, at most so deep.
const DEEPEST: u32 = 200;

/// Why a PDF is not taken.
#[derive(Debug)]
pub enum BundleError {
    /// It does not read as the PDF of an invoice.
    Unreadable(String),
    /// The bundle cannot be written.
    Io(io::Error),
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => f.write_str(why),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl From<io::Error> for BundleError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Where an invoice is in the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its first page, from 1.
    pub first_page: u64,
    /// Its own pages.
    pub pages: u64,
    /// Empty pages behind it.
    pub blank_pages: u64,
}

/// A bundle under way.
pub struct PrintBundle<W: Write> {
    out: W,
    written: u64,
    digest: Sha256,
    /// Where each object begins, by number less one; none yet for those that come last.
    offsets: Vec<u64>,
    /// What was written, by what it is.
    known: HashMap<[u8; 32], u32>,
    invoices: Vec<Bookmark>,
    pages: u64,
    both_sides: bool,
}

/// An invoice's place among the bookmarks and pages.
struct Bookmark {
    title: String,
    node: u32,
    first_page: u32,
}

/// The object numbers of what is written last.
const CATALOG: u32 = 1;
const ROOT_OF_PAGES: u32 = 2;
const OUTLINES: u32 = 3;
const FIRST_FREE: u32 = 4;

impl<W: Write> PrintBundle<W> {
    /// Begins a bundle; on both sides, each invoice begins on a front.
    pub fn begin(out: W, both_sides: bool) -> Result<Self, BundleError> {
        let offsets = vec![0; FIRST_FREE as usize - 1];
        let (digest, known) = (Sha256::new(), HashMap::new());
        let mut bundle = Self { out, written: 0, digest, offsets, known, invoices: Vec::new(), pages: 0, both_sides };
        bundle.put(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")?;
        Ok(bundle)
    }

    /// Adds an invoice under a title.
    ///
    /// # Errors
    /// It is no PDF with pages; the bundle cannot be written.
    pub fn add(&mut self, title: &str, pdf: &[u8]) -> Result<Placed, BundleError> {
        let unreadable = |error: lopdf::Error| BundleError::Unreadable(error.to_string());
        let document = Document::load_mem(pdf).map_err(unreadable)?;
        let node = self.reserve();
        let mut copier = Copier { document: &document, copied: HashMap::new(), under_way: Vec::new() };
        let mut kids = Vec::new();
        let mut last_box = None;
        for id in document.page_iter() {
            let page = printed_page(&document, id)?;
            let mut copy = Dictionary::new();
            for (key, value) in &page {
                copy.set(key.clone(), copier.copy(self, value, 0)?);
            }
            last_box = copy.get(b"MediaBox").ok().cloned();
            kids.push(self.write_page(copy, node)?);
        }
        let (Some(first_page), Some(media)) = (kids.first().copied(), last_box) else {
            return Err(BundleError::Unreadable("it has no pages".into()));
        };
        let placed = Placed {
            first_page: self.pages + 1,
            pages: kids.len() as u64,
            blank_pages: u64::from(self.both_sides && kids.len() % 2 == 1),
        };
        if placed.blank_pages > 0 {
            let blank = dictionary! { "MediaBox" => media, "Resources" => Dictionary::new() };
            kids.push(self.write_page(blank, node)?);
        }
        let count = kids.len() as u64;
        let kids: Vec<Object> = kids.into_iter().map(reference).collect();
        let pages = dictionary! {
            "Type" => "Pages", "Parent" => reference(ROOT_OF_PAGES), "Kids" => kids, "Count" => number(count),
        };
        self.write(node, &Object::Dictionary(pages))?;
        self.invoices.push(Bookmark { title: title.to_owned(), node, first_page });
        self.pages += count;
        Ok(placed)
    }

    /// Ends the bundle; gives back where it was written to, and the SHA-256 of all of it.
    pub fn finish(mut self) -> Result<(W, String), BundleError> {
        self.write_bookmarks()?;
        let kids: Vec<Object> = self.invoices.iter().map(|invoice| reference(invoice.node)).collect();
        let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => number(self.pages) };
        self.write(ROOT_OF_PAGES, &Object::Dictionary(pages))?;
        let catalog = dictionary! {
            "Type" => "Catalog", "Pages" => reference(ROOT_OF_PAGES), "Outlines" => reference(OUTLINES),
            "PageMode" => "UseOutlines",
        };
        self.write(CATALOG, &Object::Dictionary(catalog))?;
        let start = self.written;
        let count = self.offsets.len() + 1;
        self.put(format!("xref\n0 {count}\n0000000000 65535 f \n").as_bytes())?;
        for offset in std::mem::take(&mut self.offsets) {
            self.put(format!("{offset:010} 00000 n \n").as_bytes())?;
        }
        let id = hex(&self.digest.clone().finalize()[..16]);
        let trailer =
            format!("trailer\n<</Size {count}/Root {CATALOG} 0 R/ID[<{id}><{id}>]>>\nstartxref\n{start}\n%%EOF\n");
        self.put(trailer.as_bytes())?;
        self.out.flush()?;
        Ok((self.out, hex(&self.digest.finalize())))
    }

    fn write_page(&mut self, mut page: Dictionary, node: u32) -> Result<u32, BundleError> {
        page.set("Type", "Page");
        page.set("Parent", reference(node));
        let number = self.reserve();
        self.write(number, &Object::Dictionary(page))?;
        Ok(number)
    }

    fn write_bookmarks(&mut self) -> Result<(), BundleError> {
        let invoices = std::mem::take(&mut self.invoices);
        let items: Vec<u32> = invoices.iter().map(|_| self.reserve()).collect();
        for (place, (invoice, item)) in invoices.iter().zip(&items).enumerate() {
            let mut mark = dictionary! {
                "Title" => text(&invoice.title), "Parent" => reference(OUTLINES),
                "Dest" => vec![reference(invoice.first_page), "Fit".into()],
            };
            if let Some(before) = place.checked_sub(1).and_then(|place| items.get(place)) {
                mark.set("Prev", reference(*before));
            }
            if let Some(next) = items.get(place + 1) {
                mark.set("Next", reference(*next));
            }
            self.write(*item, &Object::Dictionary(mark))?;
        }
        let mut outlines = dictionary! { "Type" => "Outlines", "Count" => number(items.len() as u64) };
        if let (Some(first), Some(last)) = (items.first(), items.last()) {
            outlines.set("First", reference(*first));
            outlines.set("Last", reference(*last));
        }
        self.write(OUTLINES, &Object::Dictionary(outlines))?;
        self.invoices = invoices;
        Ok(())
    }

    fn reserve(&mut self) -> u32 {
        self.offsets.push(0);
        u32::try_from(self.offsets.len()).expect("fewer objects than 32 bits count")
    }

    /// Writes an object of the invoice, or finds that the same is there already.
    fn write_once(&mut self, object: &Object) -> Result<u32, BundleError> {
        let mut bytes = Vec::new();
        write_object(&mut bytes, object)?;
        let digest = Sha256::digest(&bytes).into();
        if let Some(number) = self.known.get(&digest) {
            return Ok(*number);
        }
        let number = self.reserve();
        self.write(number, object)?;
        self.known.insert(digest, number);
        Ok(number)
    }

    fn write(&mut self, number: u32, object: &Object) -> Result<(), BundleError> {
        self.offsets[number as usize - 1] = self.written;
        let mut bytes = format!("{number} 0 obj\n").into_bytes();
        write_object(&mut bytes, object)?;
        bytes.extend_from_slice(b"\nendobj\n");
        self.put(&bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), BundleError> {
        self.out.write_all(bytes)?;
        self.digest.update(bytes);
        self.written += bytes.len() as u64;
        Ok(())
    }
}

/// Objects of one PDF on their way into a bundle.
struct Copier<'a> {
    document: &'a Document,
    copied: HashMap<ObjectId, u32>,
    under_way: Vec<ObjectId>,
}

impl Copier<'_> {
    fn copy<W: Write>(
        &mut self,
        bundle: &mut PrintBundle<W>,
        object: &Object,
        depth: u32,
    ) -> Result<Object, BundleError> {
        if depth > DEEPEST {
            return Err(BundleError::Unreadable("its objects are nested too deep".into()));
        }
        Ok(match object {
            Object::Reference(id) => reference(self.copy_referenced(bundle, *id, depth)?),
            Object::Array(items) => Object::Array(
                items.iter().map(|item| self.copy(bundle, item, depth + 1)).collect::<Result<_, BundleError>>()?,
            ),
            Object::Dictionary(dictionary) => Object::Dictionary(self.copy_dictionary(bundle, dictionary, depth)?),
            Object::Stream(stream) => {
                let mut copy = stream.clone();
                copy.dict = self.copy_dictionary(bundle, &stream.dict, depth)?;
                copy.dict.set("Length", number(stream.content.len() as u64));
                Object::Stream(copy)
            }
            other => other.clone(),
        })
    }

    fn copy_dictionary<W: Write>(
        &mut self,
        bundle: &mut PrintBundle<W>,
        dictionary: &Dictionary,
        depth: u32,
    ) -> Result<Dictionary, BundleError> {
        let mut copy = Dictionary::new();
        for (key, value) in dictionary.iter().filter(|(key, _)| !LEFT_BEHIND.contains(&key.as_slice())) {
            copy.set(key.clone(), self.copy(bundle, value, depth + 1)?);
        }
        Ok(copy)
    }

    fn copy_referenced<W: Write>(
        &mut self,
        bundle: &mut PrintBundle<W>,
        id: ObjectId,
        depth: u32,
    ) -> Result<u32, BundleError> {
        if let Some(number) = self.copied.get(&id) {
            return Ok(*number);
        }
        if self.under_way.contains(&id) {
            return Err(BundleError::Unreadable("an object of it holds itself".into()));
        }
        self.under_way.push(id);
        let object = self.document.get_object(id).cloned().unwrap_or(Object::Null);
        let copy = self.copy(bundle, &object, depth + 1)?;
        let number = bundle.write_once(&copy)?;
        self.under_way.pop();
        self.copied.insert(id, number);
        Ok(number)
    }
}

/// What leads from what is printed to what is not.
const LEFT_BEHIND: [&[u8]; 8] =
    [b"Parent", b"StructParent", b"StructParents", b"Annots", b"AF", b"AA", b"Metadata", b"PieceInfo"];

/// What of a page is printed; what it inherits is its own now.
fn printed_page(document: &Document, id: ObjectId) -> Result<Dictionary, BundleError> {
    let unreadable = |error: lopdf::Error| BundleError::Unreadable(error.to_string());
    let mut printed = Dictionary::new();
    let mut at = Some(id);
    let mut depth = 0;
    while let Some(id) = at {
        let node = document.get_dictionary(id).map_err(unreadable)?;
        let keys: &[&[u8]] = match depth {
            0 => &[b"Contents", b"Group", b"MediaBox", b"CropBox", b"Rotate", b"Resources"],
            _ => &[b"MediaBox", b"CropBox", b"Rotate", b"Resources"],
        };
        for key in keys {
            if !printed.has(key)
                && let Ok(value) = node.get(key)
            {
                printed.set(key.to_vec(), value.clone());
            }
        }
        depth += 1;
        at = node.get(b"Parent").and_then(Object::as_reference).ok().filter(|_| depth < DEEPEST);
    }
    Ok(printed)
}

fn reference(number: u32) -> Object {
    Object::Reference((number, 0))
}

fn number(count: u64) -> Object {
    Object::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Any text, as a bookmark shows it.
fn text(title: &str) -> Object {
    let mut bytes = vec![0xFE, 0xFF];
    bytes.extend(title.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, StringFormat::Hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many pages that share a picture with every other such PDF.
    fn pdf(pages: usize, text: &str) -> Vec<u8> {
        use lopdf::Stream;
        let mut document = Document::with_version("1.7");
        let root = document.new_object_id();
        let picture = document.add_object(Stream::new(
            dictionary! { "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1,
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8 },
            vec![7; 5_000],
        ));
        let mut kids = Vec::new();
        for page in 0..pages {
            let line = format!("/P Do BT ({text} {page}) Tj ET");
            let content = document.add_object(Stream::new(dictionary! {}, line.into_bytes()));
            let page = dictionary! {
                "Type" => "Page", "Parent" => root, "Contents" => content, "StructParents" => 0,
                "Resources" => dictionary! { "XObject" => dictionary! { "P" => picture } },
            };
            kids.push(document.add_object(page).into());
        }
        let tree = dictionary! {
            "Type" => "Pages", "Count" => i64::try_from(pages).expect("few"), "Kids" => kids,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        };
        document.objects.insert(root, Object::Dictionary(tree));
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => root });
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).expect("written");
        bytes
    }

    fn bundle(both_sides: bool) -> (Vec<u8>, Vec<Placed>, String) {
        let mut bundle = PrintBundle::begin(Vec::new(), both_sides).expect("begun");
        let placed = [(3, "one"), (2, "two"), (1, "three")]
            .map(|(pages, text)| bundle.add(text, &pdf(pages, text)).expect(text));
        let (bytes, digest) = bundle.finish().expect("finished");
        (bytes, placed.to_vec(), digest)
    }

    #[test]
    fn pages_follow_one_another_and_what_is_common_is_there_once() {
        let (bytes, placed, digest) = bundle(false);
        let placed: Vec<_> = placed.iter().map(|placed| (placed.first_page, placed.pages)).collect();
        assert_eq!(placed, [(1, 3), (4, 2), (6, 1)]);
        assert_eq!(digest, hex(&Sha256::digest(&bytes)));
        assert!(bytes.len() < 2 * 5_000, "the picture is there more than once: {}", bytes.len());
        let document = Document::load_mem(&bytes).expect("a PDF");
        let texts: Vec<String> = document
            .page_iter()
            .map(|page| String::from_utf8(document.get_page_content(page)).expect("text"))
            .collect();
        let expected = ["one 0", "one 1", "one 2", "two 0", "two 1", "three 0"];
        for (text, expected) in texts.iter().zip(expected) {
            assert!(text.contains(&format!("({expected})")), "{text}");
        }
        assert_eq!(texts.len(), 6);
    }

    #[test]
    fn on_both_sides_each_begins_on_a_front() {
        let (bytes, placed, _) = bundle(true);
        assert!(placed.iter().all(|placed| placed.first_page % 2 == 1), "{placed:?}");
        let blank: u64 = placed.iter().map(|placed| placed.blank_pages).sum();
        assert_eq!(blank, 2);
        let pages = Document::load_mem(&bytes).expect("a PDF").page_iter().count();
        assert_eq!(pages, 8);
    }

    #[test]
    fn the_same_invoices_give_the_same_bytes() {
        assert!(bundle(true).0 == bundle(true).0);
    }

    #[test]
    fn what_is_no_invoice_is_not_taken() {
        let mut bundle = PrintBundle::begin(Vec::new(), false).expect("begun");
        assert!(matches!(bundle.add("x", b"no PDF"), Err(BundleError::Unreadable(_))));
    }
}
