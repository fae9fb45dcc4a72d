//! Writes XML, element by element: text is escaped, what XML 1.0 cannot hold is replaced by a sign that can be seen, and
//! what is empty is left out. The same calls give the same bytes.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;

/// What stands for a character that XML 1.0 cannot hold.
pub(super) const REPLACEMENT: char = '\u{fffd}';

/// A document being written.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
    open: Vec<&'static str>,
}

impl Xml {
    /// With its declaration and its root, which names these namespaces.
    pub fn new(root: &'static str, namespaces: &[(&str, &str)]) -> Self {
        let mut xml = Self { writer: Writer::new_with_indent(Vec::new(), b' ', 2), open: Vec::new() };
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml.start(root, namespaces);
        xml
    }

    /// Opens an element, which [`Self::close`] closes.
    pub fn open(&mut self, name: &'static str) {
        self.start(name, &[]);
    }

    fn start(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.write(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
        self.open.push(name);
    }

    /// Closes the element that was opened last.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.write(Event::End(BytesEnd::new(name)));
        }
    }

    /// An element with what `inside` writes.
    pub fn within(&mut self, name: &'static str, inside: impl FnOnce(&mut Self)) {
        self.open(name);
        inside(self);
        self.close();
    }

    /// An element of text; none if the text is blank.
    pub fn text(&mut self, name: &'static str, text: &str) {
        self.text_with(name, &[], text);
    }

    /// An element of text with attributes; none if the text is blank. Attributes without a value are left out.
    pub fn text_with(&mut self, name: &'static str, attributes: &[(&str, &str)], text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let mut start = BytesStart::new(name);
        for (attribute, value) in attributes.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let value = escaped(value).replace('\n', "&#10;").replace('\t', "&#9;");
            start.push_attribute(Attribute { key: QName(attribute), value: value.into() });
        }
        self.write(Event::Start(start));
        self.write(Event::Text(BytesText::from_escaped(escaped(text))));
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element with nothing in it.
    pub fn empty(&mut self, name: &'static str) {
        self.write(Event::Empty(BytesStart::new(name)));
    }

    /// The bytes, with all that is open closed and a line feed at the end.
    pub fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.close();
        }
        let mut bytes = self.writer.into_inner();
        bytes.push(b'\n');
        bytes
    }

    fn write(&mut self, event: Event<'_>) {
        self.writer.write_event(event).expect("memory takes every write");
    }
}

/// Text that a reader gets back as it is, but for what XML cannot hold.
fn escaped(text: &str) -> String {
    let text = holdable(text);
    // A reader would make a line feed of it.
    escape(&*text).replace('\r', "&#13;")
}

/// The text with a [`REPLACEMENT`] for every character that XML 1.0 cannot hold.
pub(super) fn holdable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_holdable) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|letter| if is_holdable(letter) { letter } else { REPLACEMENT }).collect())
}

/// XML 1.0, production 2.
fn is_holdable(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::Reader;

    use super::*;

    fn written(text: &str) -> String {
        let mut xml = Xml::new("root", &[("xmlns:a", "urn:a")]);
        xml.text_with("a:value", &[("kind", text)], text);
        String::from_utf8(xml.finish()).expect("UTF-8")
    }

    /// All text and the attribute of the one element, as a reader gets them.
    fn read(document: &str) -> (String, String) {
        let mut reader = Reader::from_str(document);
        let (mut text, mut attribute, mut inside) = (String::new(), String::new(), false);
        loop {
            match reader.read_event().expect("well formed") {
                Event::Start(start) if start.name().as_ref() == "a:value" => {
                    inside = true;
                    let found = start.attributes().next().expect("an attribute").expect("a good one");
                    attribute = quick_xml::escape::unescape(found.value.as_ref()).expect("escaped").into_owned();
                }
                Event::End(_) => inside = false,
                Event::Text(part) if inside => text.push_str(&part),
                Event::GeneralRef(entity) if inside => {
                    let whole = format!("&{};", &*entity);
                    text.push_str(&quick_xml::escape::unescape(&whole).expect("a known entity"));
                }
                Event::Eof => return (text, attribute),
                _ => {}
            }
        }
    }

    #[test]
    fn attacks_stay_text_o3() {
        for text in [
            "]]>",
            "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
            "&amp;&#0;&lt;script&gt;",
            "</cbc:Name><cbc:Name>",
            "\u{202e}txt.exe\u{2066}",
            "a\r\nb\tc\r",
            "<![CDATA[x]]>",
            "=1+1 @SUM \"quoted\" 'single' Müller & Söhne 🦀",
        ] {
            assert_eq!(read(&written(text)), (text.to_owned(), text.to_owned()), "{text}");
        }
        assert_eq!(read(&written("a\0b\u{b}\u{ffff}")).0, "a\u{fffd}b\u{fffd}\u{fffd}");
    }

    #[test]
    fn what_is_empty_is_left_out() {
        for text in ["", " ", "\n\t", "\u{a0}"] {
            assert!(!written(text).contains("a:value"), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in any::<String>(), wide in proptest::collection::vec(any::<char>(), 0..40)) {
            for text in [text, wide.into_iter().collect()] {
                if !text.trim().is_empty() {
                    let expected = holdable(&text).into_owned();
                    prop_assert_eq!(read(&written(&text)), (expected.clone(), expected));
                }
            }
        }
    }
}
