//! The texts of a workbook: the table that its sheets share, packed in one buffer; rich text joined, what says how it is
//! pronounced left out, `_x000A_` decoded. Trims nothing.

use super::package::Package;
use super::refused::Refused;
use super::xml::{Part, Piece};

/// What the part of shared texts may come to: 4,000,000 different ones of 40 letters.
const LARGEST: u64 = 256 << 20;
/// A cell has at most 32,767 characters; escaped, they come to less than this many bytes.
const LONGEST: usize = 256 << 10;
/// As many as sheets of 400,000 rows with 40 columns, all different, would need.
const MOST: usize = 16 << 20;

/// The table of shared texts.
#[derive(Default)]
pub(super) struct Texts {
    packed: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn read(package: &Package<'_>, part: &str) -> Result<Self, Refused> {
        let read = package.read(part, LARGEST, Self::read_part)?;
        read.ok_or_else(|| Refused::strange(format!("lacks its part {part}")))
    }

    fn read_part(part: &mut Part<'_>) -> Result<Self, Refused> {
        let mut texts = Self::default();
        loop {
            match part.next()? {
                Piece::Open(tag) => match (tag.depth, tag.name()) {
                    (1, "sst") => {}
                    (1, _) => return Err(part.strange("holds no shared texts")),
                    (2, "si") => {
                        if texts.ends.len() == MOST {
                            return Err(Refused::new(
                                "has too many different texts",
                                "split the workbook into several",
                            ));
                        }
                        read_text(part, 2, &mut texts.packed)?;
                        let end = u32::try_from(texts.packed.len());
                        texts.ends.push(end.map_err(|_| part.strange("is too large"))?);
                    }
                    (depth, _) => part.skip(depth)?,
                },
                Piece::End => return Ok(texts),
                _ => {}
            }
        }
    }

    /// The text of a number, from 0.
    pub(super) fn get(&self, place: u32) -> Option<&str> {
        let place = usize::try_from(place).ok()?;
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.packed.get(start as usize..end as usize)
    }
}

/// Adds the text of an element that was just opened, to its close: all `t` in it but those that say how it is pronounced.
pub(super) fn read_text(part: &mut Part<'_>, depth: u32, text: &mut String) -> Result<(), Refused> {
    let start = text.len();
    let (mut is_said, mut pronounced) = (false, None);
    loop {
        match part.next()? {
            Piece::Open(tag) => match tag.name() {
                "t" => is_said = pronounced.is_none(),
                "rPh" => pronounced = pronounced.or(Some(tag.depth)),
                _ => is_said = false,
            },
            Piece::Close(open) if open < depth => break,
            Piece::Close(open) => {
                is_said = false;
                pronounced = pronounced.filter(|depth| open >= *depth);
            }
            Piece::Text(said) if is_said => text.push_str(&said),
            Piece::Character(said) if is_said => text.push(said),
            Piece::End => return Ok(()),
            _ => {}
        }
        check_length(&text[start..])?;
    }
    decode(text, start);
    Ok(())
}

/// Adds what stands in an element without children, to its close.
pub(super) fn read_value(part: &mut Part<'_>, depth: u32, text: &mut String) -> Result<(), Refused> {
    let start = text.len();
    loop {
        match part.next()? {
            Piece::Open(tag) => {
                let depth = tag.depth;
                part.skip(depth)?;
            }
            Piece::Close(open) if open < depth => return Ok(()),
            Piece::Text(said) => text.push_str(&said),
            Piece::Character(said) => text.push(said),
            Piece::End => return Ok(()),
            _ => {}
        }
        check_length(&text[start..])?;
    }
}

fn check_length(text: &str) -> Result<(), Refused> {
    if text.len() > LONGEST {
        let reason = "has a text that is longer than the 32,767 characters of a cell";
        return Err(Refused::new(reason, "shorten it"));
    }
    Ok(())
}

/// Decodes `_xHHHH_`, by which a workbook writes characters that XML has no way to write, from a place on.
pub(super) fn decode(text: &mut String, start: usize) {
    if !text[start..].contains("_x") {
        return;
    }
    let written = text.split_off(start);
    let (mut rest, mut units) = (written.as_str(), Vec::new());
    while let Some(at) = rest.find("_x") {
        let unit = rest.get(at + 2..at + 7).and_then(|code| code.strip_suffix('_'));
        let unit = unit.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let (before, after) = match unit {
            Some(_) => (&rest[..at], &rest[at + 7..]),
            None => rest.split_at(at + 2),
        };
        if !before.is_empty() {
            push_units(text, &mut units);
            text.push_str(before);
        }
        units.extend(unit.and_then(|code| u16::from_str_radix(code, 16).ok()));
        if unit.is_none() {
            push_units(text, &mut units);
        }
        rest = after;
    }
    push_units(text, &mut units);
    text.push_str(rest);
}

/// Characters beyond the first 65,536 are two units.
fn push_units(text: &mut String, units: &mut Vec<u16>) {
    text.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_once() {
        for (written, expected) in [
            ("plain", "plain"),
            ("a_x000A_b", "a\nb"),
            ("_x0041__x0042_", "AB"),
            ("_x005F_x0041_", "_x0041_"),
            ("_xD83D__xDE00_", "😀"),
            ("_xD83D_a", "\u{fffd}a"),
            ("_x004g_ _x41_ _x", "_x004g_ _x41_ _x"),
            ("_xé041_", "_xé041_"),
            ("__x0041__", "_A_"),
        ] {
            let mut text = format!("_x0041_{written}");
            decode(&mut text, "_x0041_".len());
            assert_eq!(text, format!("_x0041_{expected}"), "{written}");
        }
    }

    #[test]
    fn shared_texts_are_counted_from_zero_and_empty_ones_count() {
        let xml = "<sst><si><t>a</t></si><si/><si><r><t>b</t></r><r><t> c</t></r><rPh><t>d</t></rPh></si></sst>";
        let texts = Texts::read_part(&mut Part::of(xml)).unwrap();
        assert_eq!(
            [0, 1, 2, 3, u32::MAX].map(|place| texts.get(place)),
            [Some("a"), Some(""), Some("b c"), None, None]
        );
    }
}
