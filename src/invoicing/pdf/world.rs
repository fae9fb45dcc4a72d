//! What the compiler can see while it makes one document: templates, images and fonts, and the document's data.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use super::PdfRenderer;

/// One document's view of everything.
pub(super) struct BillWorld<'a> {
    pub(super) renderer: &'a PdfRenderer,
    pub(super) data: Data,
}

/// What is of this document alone.
pub(super) struct Data {
    pub(super) bill: Bytes,
    /// What is said of the attachment, and itself.
    pub(super) attachment: Option<(Bytes, Bytes)>,
}

impl World for BillWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.renderer.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.renderer.font_book
    }

    fn main(&self) -> FileId {
        self.renderer.templates.main(false).id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let templates = &self.renderer.templates;
        let main = templates.main(self.data.attachment.is_some());
        if id == main.id() {
            return Ok(main.clone());
        }
        templates.source(id).ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let [bill, facts, attachment] = self.renderer.files;
        match &self.data.attachment {
            _ if id == bill => Ok(self.data.bill.clone()),
            Some((said, _)) if id == facts => Ok(said.clone()),
            Some((_, bytes)) if id == attachment => Ok(bytes.clone()),
            _ => self.renderer.templates.image(id).ok_or_else(|| not_found(id)),
        }
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
