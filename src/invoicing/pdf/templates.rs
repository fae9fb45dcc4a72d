//! The built-in templates, strings and fonts, and what the workspace's `templates/` folder adds to them, as the files that a
//! template can see. Everything is read once, before the first document; a template reaches no other file, no package
//! and no network.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use typst::foundations::Bytes;
use typst::syntax::{DiagSpanKind, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};

use super::MAIN;
use crate::invoicing::RenderError;
use crate::invoicing::language::{self, Languages};

/// The template that the others are parts of.
const INVOICE: &str = "invoice.typ";
const BUILT_IN: [(&str, &str); 5] = [
    (INVOICE, include_str!("../../../config/templates/invoice.typ")),
    ("look.typ", include_str!("../../../config/templates/look.typ")),
    ("letter.typ", include_str!("../../../config/templates/letter.typ")),
    ("tables.typ", include_str!("../../../config/templates/tables.typ")),
    ("pictures.typ", include_str!("../../../config/templates/pictures.typ")),
];
const BUILT_IN_FONTS: [&[u8]; 3] = [
    include_bytes!("../../../config/fonts/Inter-Regular.otf"),
    include_bytes!("../../../config/fonts/Inter-Medium.otf"),
    include_bytes!("../../../config/fonts/Inter-SemiBold.otf"),
];

/// The template that is compiled: the invoice, and the file that goes with it, whatever the invoice is made by.
const WRAPPER: &str = "#include \"/invoice.typ\"\n";
const WRAPPER_WITH_ATTACHMENT: &str = "#include \"/invoice.typ\"
#let attached = json(\"attachment.json\")
#pdf.attach(\"/\" + attached.name, read(\"attachment\", encoding: none), mime-type: attached.mime, \
  description: attached.description, relationship: attached.relationship)
";

/// Files of `templates/` that are read, by ending.
const TEMPLATES: [&str; 1] = ["typ"];
const STRINGS: [&str; 1] = ["toml"];
const FONTS: [&str; 3] = ["ttf", "otf", "ttc"];
const IMAGES: [&str; 6] = ["svg", "png", "jpg", "jpeg", "gif", "webp"];

/// The most that the files of `templates/` may hold together, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// What a template can see, but for the bill.
pub(super) struct Templates {
    /// Without an attachment, and with one.
    mains: [Source; 2],
    sources: BTreeMap<String, Source>,
    own: BTreeSet<String>,
    strings: BTreeMap<String, Vec<u8>>,
    images: BTreeMap<String, Bytes>,
    fonts: Vec<Font>,
}

impl Templates {
    /// What is built in, and the files directly in the folder, if there is one. A template there takes the place of the
    /// built-in one of its name; fonts there come before the built-in ones.
    ///
    /// # Errors
    /// [`RenderError`] for a file that cannot be read, a template that is not Typst, a font that is none.
    pub(super) fn load(folder: Option<&Path>) -> Result<Self, RenderError> {
        let main = file_id(MAIN).expect("the name is a plain one");
        let mut templates = Self {
            mains: [WRAPPER, WRAPPER_WITH_ATTACHMENT].map(|text| Source::new(main, text.into())),
            sources: BTreeMap::new(),
            own: BTreeSet::new(),
            strings: BTreeMap::new(),
            images: BTreeMap::new(),
            fonts: Vec::new(),
        };
        for (name, text) in BUILT_IN {
            let id = file_id(name).expect("the name is a plain one");
            templates.sources.insert(name.into(), Source::new(id, text.into()));
        }
        for (name, bytes) in folder.map(read_folder).transpose()?.into_iter().flatten() {
            templates.add(&name, bytes)?;
        }
        templates.fonts.extend(BUILT_IN_FONTS.into_iter().flat_map(|font| Font::iter(Bytes::new(font))));
        Ok(templates)
    }

    /// The languages, with the strings of the folder.
    pub(super) fn languages(&self) -> Result<Languages, RenderError> {
        Languages::load(&self.strings)
    }

    fn add(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), RenderError> {
        let refused = |reason: &str| at_file(name, reason.into());
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_one_of = |endings: &[&str]| endings.iter().any(|known| ending.eq_ignore_ascii_case(known));
        if is_one_of(&TEMPLATES) {
            let id = file_id(name).ok_or_else(|| refused("cannot be named in a template"))?;
            let text = String::from_utf8(bytes).map_err(|_| refused("is not UTF-8"))?;
            let source = Source::new(id, text);
            check_syntax(name, &source)?;
            self.own.insert(name.into());
            self.sources.insert(name.into(), source);
        } else if is_one_of(&STRINGS) {
            self.strings.insert(name.into(), bytes);
        } else if is_one_of(&FONTS) {
            let before = self.fonts.len();
            self.fonts.extend(Font::iter(Bytes::new(bytes)));
            if self.fonts.len() == before {
                return Err(refused("is not a font that can be read"));
            }
        } else {
            self.images.insert(name.into(), Bytes::new(bytes));
        }
        Ok(())
    }

    /// The template that is compiled.
    pub(super) fn main(&self, has_attachment: bool) -> &Source {
        &self.mains[usize::from(has_attachment)]
    }

    /// A template by its path.
    pub(super) fn source(&self, id: FileId) -> Option<Source> {
        self.sources.get(name_of(id)?).cloned()
    }

    /// An image by its path.
    pub(super) fn image(&self, id: FileId) -> Option<Bytes> {
        self.images.get(name_of(id)?).cloned()
    }

    /// Whether an image of this name was in the folder.
    pub(super) fn has_image(&self, name: &str) -> bool {
        self.images.contains_key(name)
    }

    /// All fonts, those of the folder first.
    pub(super) fn fonts(&self) -> &[Font] {
        &self.fonts
    }

    /// What is known of the fonts, for choosing among them.
    pub(super) fn font_book(&self) -> FontBook {
        FontBook::from_fonts(&self.fonts)
    }

    /// The file as people know it: in the folder, or built in.
    pub(super) fn label(&self, id: FileId) -> String {
        let name = id.vpath().get_without_slash();
        let is_built_in = self.sources.contains_key(name) && !self.own.contains(name);
        if is_built_in { format!("built-in template {name}") } else { label_of(name) }
    }
}

/// The templates and strings that are built in, by the names that take their place in `templates/`: what to start own ones
/// from.
pub fn built_in_files() -> impl Iterator<Item = (String, &'static str)> {
    BUILT_IN.into_iter().map(|(name, text)| (name.to_owned(), text)).chain(language::built_in_files())
}

/// The path of a file at the root of what a template sees.
pub(super) fn file_id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

/// The name of a file at that root; none for packages.
fn name_of(id: FileId) -> Option<&'static str> {
    match id.root() {
        VirtualRoot::Project => Some(id.get().vpath().get_without_slash()),
        VirtualRoot::Package(_) => None,
    }
}

fn label_of(name: &str) -> String {
    format!("templates/{name}")
}

/// An error of a file as a whole.
pub(in crate::invoicing) fn at_file(name: &str, reason: String) -> RenderError {
    RenderError { document: String::new(), file: label_of(name), position: None, reason, hint: String::new() }
}

fn check_syntax(name: &str, source: &Source) -> Result<(), RenderError> {
    let (errors, _) = source.root().errors_and_warnings();
    let Some(error) = errors.first() else {
        return Ok(());
    };
    let start = match error.span.get() {
        DiagSpanKind::Number { num, sub_range, .. } => source.range(num, sub_range).map(|range| range.start),
        DiagSpanKind::Range { range, .. } => Some(range.start),
        DiagSpanKind::Detached => None,
    };
    Err(RenderError {
        position: start.and_then(|start| position_of(source, start)),
        ..at_file(name, error.message.to_string())
    })
}

/// Line and column of a byte, both from 1.
pub(super) fn position_of(source: &Source, byte: usize) -> Option<(usize, usize)> {
    source.lines().byte_to_line_column(byte).map(|(line, column)| (line + 1, column + 1))
}

/// The files directly in a folder that a template can use, by name.
fn read_folder(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, RenderError> {
    let mut files = BTreeMap::new();
    let mut total = 0;
    let failed = |name: &str, error: std::io::Error| at_file(name, format!("cannot be read: {error}"));
    for entry in std::fs::read_dir(folder).map_err(|error| failed("", error))? {
        let path = entry.map_err(|error| failed("", error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let is_used = [&TEMPLATES[..], &STRINGS, &FONTS, &IMAGES].concat().contains(&ending.as_str());
        if !is_used || name.starts_with('.') {
            continue;
        }
        let metadata = std::fs::metadata(&path).map_err(|error| failed(name, error))?;
        if !metadata.is_file() {
            continue;
        }
        total += metadata.len();
        if total > MOST_BYTES {
            let reason = format!("brings the folder above {} MB, more than templates may hold", MOST_BYTES >> 20);
            return Err(at_file(name, reason));
        }
        files.insert(name.to_owned(), std::fs::read(&path).map_err(|error| failed(name, error))?);
    }
    Ok(files)
}
