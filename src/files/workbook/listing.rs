//! A package → which sheets it has, where its parts are, which epoch its days are counted from, and what is in it that is
//! never followed: macros, links.

use super::package::Package;
use super::refused::Refused;
use super::xml::{Part, Piece};
use super::{SheetEntry, Visibility};

/// Parts that list other parts are small.
const LARGEST: u64 = 16 << 20;
const MOST_SHEETS: usize = 1_000;
const MOST_RELATIONS: usize = 20_000;

/// What is known before any sheet is read.
pub(super) struct Listing {
    pub sheets: Vec<SheetEntry>,
    /// The parts of the sheets, in the same order.
    pub parts: Vec<String>,
    pub from_1904: bool,
    pub shared_texts: Option<String>,
    pub styles: Option<String>,
}

struct Relation {
    id: String,
    kind: String,
    target: String,
    is_outside: bool,
}

impl Listing {
    pub(super) fn read(package: &Package<'_>) -> Result<Self, Refused> {
        let main = main_part(package)?;
        let relations = relations_of(package, &main)?;
        let read = package.read(&main, LARGEST, read_sheets)?;
        let (stated, from_1904) = read.ok_or_else(|| Refused::strange(format!("lacks its part {main}")))?;
        let (mut sheets, mut parts) = (Vec::new(), Vec::new());
        for (name, visibility, id) in stated {
            if sheets.iter().any(|other: &SheetEntry| other.name.to_lowercase() == name.to_lowercase()) {
                return Err(Refused::strange(format!("has two sheets {name:?}")));
            }
            let relation = relations.iter().find(|relation| relation.id == id);
            let relation = relation.ok_or_else(|| Refused::strange(format!("does not say where sheet {name:?} is")))?;
            if relation.is_outside {
                return Err(Refused::strange(format!("keeps sheet {name:?} outside of itself, which is not followed")));
            }
            parts.push(relation.part(&main)?);
            sheets.push(SheetEntry { name, visibility, is_table: relation.kind == "worksheet" });
        }
        let part_of = |kind: &str| {
            let relation = relations.iter().find(|relation| relation.kind == kind && !relation.is_outside);
            relation.map(|relation| relation.part(&main)).transpose()
        };
        Ok(Self { shared_texts: part_of("sharedStrings")?, styles: part_of("styles")?, sheets, parts, from_1904 })
    }
}

/// What a package has that is not followed, in words for people.
pub(super) fn notices(package: &Package<'_>) -> Vec<&'static str> {
    let has = |word: &str| package.names().any(|name| name.contains(word));
    [
        ("vbaproject", "has macros, which are not run"),
        ("/macrosheets/", "has macro sheets, which are not run"),
        ("/externallinks/", "has links to other workbooks, which are not followed"),
        ("xl/connections", "has connections to data outside of it, which are not followed"),
        ("/embeddings/", "has files embedded in it, which are not opened"),
    ]
    .into_iter()
    .filter_map(|(word, notice)| has(word).then_some(notice))
    .collect()
}

/// The part that lists the sheets; what is another kind of file gets a word.
fn main_part(package: &Package<'_>) -> Result<String, Refused> {
    if package.has("xl/workbook.bin") {
        return Err(Refused::new("is a binary workbook (.xlsb)", "save it as .xlsx"));
    }
    if package.has("content.xml") && package.has("mimetype") {
        return Err(Refused::new("is an OpenDocument file (.ods)", "save it as .xlsx"));
    }
    for (part, kind) in [("word/document.xml", "a text document"), ("ppt/presentation.xml", "a presentation")] {
        if package.has(part) {
            return Err(Refused::new(format!("is {kind}, not a workbook"), "name a workbook"));
        }
    }
    let relations = relations_of(package, "")?;
    let main = relations.iter().find(|relation| relation.kind == "officeDocument" && !relation.is_outside);
    match main {
        Some(main) => main.part(""),
        None if package.has("xl/workbook.xml") => Ok("xl/workbook.xml".to_owned()),
        None => {
            let nested = package.names().any(|name| name.ends_with(".xlsx") || name.ends_with(".xls"));
            let hint = if nested { "unpack it and name the workbook in it" } else { "name an .xlsx workbook" };
            Err(Refused::new("is an archive, but no .xlsx workbook", hint))
        }
    }
}

/// Sheets as the workbook states them: name, visibility, id; and whether its days count from 1904.
type Stated = (Vec<(String, Visibility, String)>, bool);

fn read_sheets(part: &mut Part<'_>) -> Result<Stated, Refused> {
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    loop {
        match part.next()? {
            Piece::Open(tag) => match (tag.depth, tag.name()) {
                (1, "workbook") | (2, "sheets") => {}
                (1, _) => return Err(part.strange("lists no sheets")),
                (2, "workbookPr") => {
                    let [epoch] = tag.attributes(["date1904"])?;
                    from_1904 = matches!(epoch.as_deref(), Some("1" | "true" | "on"));
                }
                (3, "sheet") => {
                    let [name, state, id] = tag.attributes(["name", "state", ":id"])?;
                    let visibility = match state.as_deref() {
                        Some("hidden") => Visibility::Hidden,
                        Some("veryHidden") => Visibility::VeryHidden,
                        _ => Visibility::Visible,
                    };
                    let (Some(name), Some(id)) = (name, id) else {
                        return Err(Refused::strange("has a sheet without a name"));
                    };
                    sheets.push((name.into_owned(), visibility, id.into_owned()));
                }
                (depth, _) => part.skip(depth)?,
            },
            Piece::End => return Ok((sheets, from_1904)),
            _ => {}
        }
        if sheets.len() > MOST_SHEETS {
            return Err(Refused::strange("has more than 1,000 sheets"));
        }
    }
}

/// The relations of a part, or of the package for an empty name; none if they are not stated.
fn relations_of(package: &Package<'_>, part: &str) -> Result<Vec<Relation>, Refused> {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    let read = package.read(&format!("{folder}{slash}_rels/{name}.rels"), LARGEST, read_relations)?;
    Ok(read.unwrap_or_default())
}

fn read_relations(part: &mut Part<'_>) -> Result<Vec<Relation>, Refused> {
    let mut relations = Vec::new();
    loop {
        match part.next()? {
            Piece::Open(tag) if tag.name() == "Relationship" => {
                let [id, kind, target, mode] = tag.attributes(["Id", "Type", "Target", "TargetMode"])?;
                let kind = kind.unwrap_or_default();
                relations.push(Relation {
                    id: id.unwrap_or_default().into_owned(),
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: target.unwrap_or_default().into_owned(),
                    is_outside: mode.as_deref() == Some("External"),
                });
            }
            Piece::End => return Ok(relations),
            _ => {}
        }
        if relations.len() > MOST_RELATIONS {
            return Err(part.strange("names too many parts"));
        }
    }
}

impl Relation {
    /// The name of the part that it is about: absolute, or seen from the folder of the part that states it.
    fn part(&self, stated_by: &str) -> Result<String, Refused> {
        let outside = || Refused::strange(format!("names a part {:?}, which is outside of it", self.target));
        let target = self.target.replace('\\', "/");
        let (mut steps, relative): (Vec<&str>, &str) = match target.strip_prefix('/') {
            Some(absolute) => (Vec::new(), absolute),
            None => (stated_by.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect(), &target),
        };
        if relative.contains([':', '\0']) {
            return Err(outside());
        }
        for step in relative.split('/') {
            match step {
                "" | "." => {}
                ".." => drop(steps.pop().ok_or_else(outside)?),
                step => steps.push(step),
            }
        }
        Ok(steps.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_the_part_that_states_them() {
        for (stated_by, target, expected) in [
            ("xl/workbook.xml", "worksheets/sheet1.xml", Some("xl/worksheets/sheet1.xml")),
            ("xl/workbook.xml", "/xl/worksheets/sheet1.xml", Some("xl/worksheets/sheet1.xml")),
            ("xl/workbook.xml", "./styles.xml", Some("xl/styles.xml")),
            ("xl/workbook.xml", "../xl/styles.xml", Some("xl/styles.xml")),
            ("xl/workbook.xml", "../../etc/passwd", None),
            ("xl/workbook.xml", "file:///etc/passwd", None),
            ("xl/workbook.xml", "worksheets\\sheet1.xml", Some("xl/worksheets/sheet1.xml")),
            ("", "xl/workbook.xml", Some("xl/workbook.xml")),
            ("", "/../a", None),
        ] {
            let (id, kind) = (String::new(), String::new());
            let relation = Relation { id, kind, target: target.to_owned(), is_outside: false };
            assert_eq!(relation.part(stated_by).ok().as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn sheets_are_listed_with_what_hides_them() {
        let xml = r#"<x:workbook xmlns:x="m" xmlns:r="n"><x:workbookPr date1904="1"/><x:sheets>
            <x:sheet name="A &amp; B" sheetId="1" r:id="rId1"/><x:sheet name="C" sheetId="2" state="hidden" r:id="rId2"/>
            <y:sheet name="other"/><x:sheet name="D" sheetId="3" state="veryHidden" r:id="rId3"/></x:sheets></x:workbook>"#;
        let (sheets, from_1904) = read_sheets(&mut Part::of(xml)).unwrap();
        let expected = [
            ("A & B", Visibility::Visible, "rId1"),
            ("C", Visibility::Hidden, "rId2"),
            ("D", Visibility::VeryHidden, "rId3"),
        ];
        assert!(from_1904);
        assert_eq!(sheets, expected.map(|(name, visibility, id)| (name.to_owned(), visibility, id.to_owned())));
    }
}
