//! The XML of a part → opening tags, closing tags and text, one at a time. Declares no entities and follows none, knows no
//! namespace but whether a name has the prefix of the root.

use std::borrow::Cow;
use std::io::{self, BufRead};

use memchr::memmem;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use quick_xml::{Error, XmlVersion};

use super::inflated::Inflated;
use super::refused::Refused;

/// No part of a workbook has elements so deep in each other, nor tags with so many attributes.
const DEEPEST: u32 = 64;
const MOST_ATTRIBUTES: usize = 256;

/// A part of which pieces are taken.
pub(super) struct Part<'n> {
    reader: Reader<Inflated<'n>>,
    name: &'n str,
    piece: Vec<u8>,
    prefix: Option<String>,
    depth: u32,
    ended: bool,
}

/// A piece.
pub(super) enum Piece<'p> {
    Open(Tag<'p>),
    /// An element closes; how many are still open.
    Close(u32),
    Text(Cow<'p, str>),
    Character(char),
    /// A comment and the like.
    Nothing,
    End,
}

/// An opening tag.
pub(super) struct Tag<'p> {
    start: BytesStart<'p>,
    name_at: usize,
    /// How deep its element is; the root's is 1.
    pub depth: u32,
}

impl<'n> Part<'n> {
    pub(super) fn new(bytes: Inflated<'n>, name: &'n str) -> Self {
        let mut reader = Reader::from_reader(bytes);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, name, piece: Vec::new(), prefix: None, depth: 0, ended: false }
    }

    /// A part of its own, for tests of those who take pieces.
    #[cfg(test)]
    pub(super) fn of(xml: &'n str) -> Self {
        let size = xml.len() as u64;
        let bound = super::inflated::Bound { name: "part", packed: size, stated: size, most: size };
        Self::new(Inflated::new(Box::new(xml.as_bytes()), bound), "part")
    }

    /// The next piece. After the root has closed, only what says nothing may come.
    pub(super) fn next(&mut self) -> Result<Piece<'_>, Refused> {
        self.piece.clear();
        self.reader.get_mut().begin_piece();
        let event = self.reader.read_event_into(&mut self.piece).map_err(|error| refusal(self.name, &error))?;
        let strange = |reason: &str| Err(Refused::strange(format!("its part {} {reason}", self.name)));
        Ok(match event {
            Event::Start(start) | Event::Empty(start) => {
                if self.depth == DEEPEST {
                    return strange("has too many elements within each other");
                }
                if self.ended {
                    return strange("goes on after its end");
                }
                self.depth += 1;
                let name: &str = start.name().0;
                let colon = name.find(':').unwrap_or(0);
                let root = self.prefix.get_or_insert_with(|| name[..colon].to_owned());
                // Mostly both are empty.
                let is_of_root = root.len() == colon && (colon == 0 || root == &name[..colon]);
                let name_at = if is_of_root { colon + usize::from(colon > 0) } else { name.len() };
                Piece::Open(Tag { start, name_at, depth: self.depth })
            }
            Event::End(_) => {
                self.depth -= 1;
                self.ended = self.depth == 0;
                Piece::Close(self.depth)
            }
            Event::Text(text) => Piece::Text(text.xml10_content()),
            Event::CData(text) => Piece::Text(text.xml10_content()),
            Event::GeneralRef(named) if named.is_char_ref() => match named.resolve_char_ref() {
                Ok(Some(character)) => Piece::Character(character),
                _ => return strange("has a character that there is not"),
            },
            Event::GeneralRef(named) => match resolve_xml_entity(&named) {
                Some(text) => Piece::Text(Cow::Borrowed(text)),
                None => return strange("refers to an entity, which is not followed"),
            },
            Event::DocType(_) => return strange("declares a document type, which is not followed"),
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(encoding)) if !is_utf8(&encoding) => return strange("is not in UTF-8"),
                _ => Piece::Nothing,
            },
            Event::Comment(_) | Event::PI(_) => Piece::Nothing,
            Event::Eof if self.ended => Piece::End,
            Event::Eof => return strange("ends before it is complete"),
        })
    }

    /// Passes what is in an element, to its close.
    pub(super) fn skip(&mut self, depth: u32) -> Result<(), Refused> {
        loop {
            if let Piece::Close(open) = self.next()?
                && open < depth
            {
                return Ok(());
            }
        }
    }

    /// Do its bytes hold a word, be it in a tag or a text? Takes nothing apart.
    pub(super) fn contains(&mut self, word: &[u8]) -> Result<bool, Refused> {
        let mut seen: Vec<u8> = Vec::new();
        loop {
            let bytes = self.reader.get_mut();
            bytes.begin_piece();
            let block = bytes.fill_buf().map_err(|error| refusal_of_bytes(self.name, &error))?;
            if block.is_empty() {
                return Ok(false);
            }
            let count = block.len();
            // A word may lie across two blocks.
            seen.extend_from_slice(&block[..count.min(word.len())]);
            if memmem::find(&seen, word).is_some() || memmem::find(block, word).is_some() {
                return Ok(true);
            }
            seen.clear();
            seen.extend_from_slice(&block[count.saturating_sub(word.len())..]);
            self.reader.get_mut().consume(count);
        }
    }

    /// A refusal about this part.
    pub(super) fn strange(&self, reason: &str) -> Refused {
        Refused::strange(format!("its part {} {reason}", self.name))
    }
}

impl Tag<'_> {
    /// Its name without the prefix; nothing for an element of another vocabulary than the root's.
    pub(super) fn name(&self) -> &str {
        &self.start.name().0[self.name_at..]
    }

    /// The values of attributes by name; `:id` stands for `id` under any prefix.
    pub(super) fn attributes<const N: usize>(&self, names: [&str; N]) -> Result<[Option<Cow<'_, str>>; N], Refused> {
        let mut found = [const { None }; N];
        for (count, attribute) in self.start.attributes().with_checks(false).enumerate() {
            let attribute = attribute.map_err(|_| Refused::strange("has a tag that cannot be read"))?;
            if count == MOST_ATTRIBUTES {
                return Err(Refused::strange("has a tag of more than 256 attributes"));
            }
            let key: &str = attribute.key.0;
            let is_wanted = |name: &&str| key == *name || (name.starts_with(':') && key.ends_with(*name));
            let Some(place) = names.iter().position(is_wanted) else { continue };
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|_| Refused::strange("refers to an entity, which is not followed"))?;
            if found[place].replace(value).is_some() {
                return Err(Refused::strange(format!("has a tag with {key} twice")));
            }
        }
        Ok(found)
    }
}

fn is_utf8(encoding: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|name| encoding.eq_ignore_ascii_case(name))
}

fn refusal(name: &str, error: &Error) -> Refused {
    let Error::Io(io) = error else {
        let reason = match error {
            Error::Encoding(_) => "is not in UTF-8".to_owned(),
            error => format!("is no XML: {error}"),
        };
        return Refused::strange(format!("its part {name} {reason}"));
    };
    refusal_of_bytes(name, io)
}

fn refusal_of_bytes(name: &str, error: &io::Error) -> Refused {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Refused>()) {
        Some(refused) => refused.clone(),
        None => Refused::strange(format!("its part {name} is damaged")),
    }
}
