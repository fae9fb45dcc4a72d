//! Workbooks that no program writes: archives put together part by part, sound ones and broken ones, and how a test says what
//! was read of them.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use tollbook::files::workbook::{Cell, Refused, SheetFacts, Workbook};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const OF_PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// The parts of an archive by name.
#[derive(Clone)]
pub struct Parts(pub Vec<(String, Vec<u8>)>);

impl Parts {
    /// A workbook of one sheet, "Payments", with this as its part.
    pub fn with_part(sheet: impl Into<Vec<u8>>) -> Self {
        let relation = |id: u32, kind: &str, target: &str| {
            format!("<Relationship Id=\"rId{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
        };
        let relations = |relations: &[String]| {
            format!("<Relationships xmlns=\"{OF_PACKAGE}\">{}</Relationships>", relations.concat()).into_bytes()
        };
        let main = format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><workbookPr/><sheets>\
             <sheet name=\"Payments\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
        );
        let styles = format!(
            "<styleSheet xmlns=\"{MAIN}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"10\"/>\
             </cellXfs></styleSheet>"
        );
        let texts = format!("<sst xmlns=\"{MAIN}\"><si><t>first</t></si><si><t>second</t></si></sst>");
        Self(Vec::new())
            .with("_rels/.rels", relations(&[relation(1, "officeDocument", "xl/workbook.xml")]))
            .with("xl/workbook.xml", main)
            .with(
                "xl/_rels/workbook.xml.rels",
                relations(&[
                    relation(1, "worksheet", "worksheets/sheet1.xml"),
                    relation(2, "styles", "styles.xml"),
                    relation(3, "sharedStrings", "sharedStrings.xml"),
                ]),
            )
            .with("xl/styles.xml", styles)
            .with("xl/sharedStrings.xml", texts)
            .with("xl/worksheets/sheet1.xml", sheet)
    }

    /// A workbook of one sheet with these rows.
    pub fn of_rows(rows: &str) -> Self {
        Self::of_sheet(&format!("<sheetData>{rows}</sheetData>"))
    }

    /// A workbook of one sheet with this in it.
    pub fn of_sheet(inside: &str) -> Self {
        Self::with_part(format!("<worksheet xmlns=\"{MAIN}\">{inside}</worksheet>"))
    }

    /// With one more part, or another one in its place.
    pub fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        match self.0.iter_mut().find(|(other, _)| other == name) {
            Some((_, other)) => *other = bytes.into(),
            None => self.0.push((name.to_owned(), bytes.into())),
        }
        self
    }

    /// Without a part.
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(other, _)| other != name);
        self
    }

    /// With some words of a part replaced.
    pub fn replaced(mut self, name: &str, from: &str, to: &str) -> Self {
        let (_, bytes) = self.0.iter_mut().find(|(other, _)| other == name).unwrap();
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        assert!(text.contains(from), "{from} is not in {name}");
        *bytes = text.replacen(from, to, 1).into_bytes();
        self
    }

    /// The archive, deflated.
    pub fn packed(&self) -> Vec<u8> {
        self.archive(SimpleFileOptions::default())
    }

    /// The archive as programs write it that do not know beforehand how large its parts become.
    pub fn packed_for_large_parts(&self) -> Vec<u8> {
        self.archive(SimpleFileOptions::default().large_file(true))
    }

    /// The archive, not deflated: what the ratio does not stop.
    pub fn stored(&self) -> Vec<u8> {
        self.archive(SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
    }

    fn archive(&self, options: SimpleFileOptions) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.0 {
            writer.start_file(name.as_str(), options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }
}

/// An archive written by hand, so that it can lie.
#[derive(Default)]
pub struct Archive {
    bytes: Vec<u8>,
    list: Vec<u8>,
    count: u16,
}

/// What an entry says of itself.
pub struct Entry<'e> {
    pub name: &'e str,
    pub bytes: &'e [u8],
    /// Bit 0: encrypted.
    pub flags: u16,
    /// 0: stored.
    pub method: u16,
    pub checksum: u32,
    /// Where it says that it is; None for where it is.
    pub at: Option<u32>,
}

impl<'e> Entry<'e> {
    pub fn new(name: &'e str, bytes: &'e [u8]) -> Self {
        Self { name, bytes, flags: 0, method: 0, checksum: checksum(bytes), at: None }
    }
}

impl Archive {
    pub fn of(parts: &Parts) -> Self {
        let entries: Vec<_> = parts.0.iter().map(|(name, bytes)| Entry::new(name, bytes)).collect();
        entries.iter().fold(Self::default(), |archive, entry| archive.with(entry))
    }

    pub fn with(mut self, entry: &Entry<'_>) -> Self {
        let at = entry.at.unwrap_or(u32::try_from(self.bytes.len()).unwrap());
        let size = u32::try_from(entry.bytes.len()).unwrap().to_le_bytes();
        let length = u16::try_from(entry.name.len()).unwrap().to_le_bytes();
        let mut said = Vec::new();
        for part in [&20_u16.to_le_bytes()[..], &entry.flags.to_le_bytes(), &entry.method.to_le_bytes(), &[0; 4]] {
            said.extend_from_slice(part);
        }
        for part in [&entry.checksum.to_le_bytes()[..], &size, &size, &length, &[0; 2]] {
            said.extend_from_slice(part);
        }
        if entry.at.is_none() {
            self.bytes.extend([b"PK\x03\x04", &said[..], entry.name.as_bytes(), entry.bytes].concat());
        }
        self.list.extend([b"PK\x01\x02", &20_u16.to_le_bytes()[..], &said, &[0; 10], &at.to_le_bytes()].concat());
        self.list.extend_from_slice(entry.name.as_bytes());
        self.count += 1;
        self
    }

    pub fn finish(self) -> Vec<u8> {
        let (at, size) = (self.bytes.len(), self.list.len());
        let words = [size, at].map(|number| u32::try_from(number).unwrap().to_le_bytes()).concat();
        let count = self.count.to_le_bytes();
        [&self.bytes, &self.list, &b"PK\x05\x06\0\0\0\0"[..], &count, &count, &words, &[0, 0]].concat()
    }
}

/// The checksum of a ZIP entry.
pub fn checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    };
    !bytes.iter().fold(!0, step)
}

/// The rows of a sheet, one a line: its number, `~` if it is hidden, its cells between bars.
pub fn read_sheet(bytes: &[u8], sheet: usize) -> Result<(String, SheetFacts), Refused> {
    let workbook = Workbook::open(bytes)?;
    let mut rows = String::new();
    let facts = workbook.read_rows(sheet, &mut |row| {
        let cells: Vec<String> = row.cells.iter().map(said).collect();
        rows.push_str(&format!("{}{} {}\n", row.number, if row.hidden { "~" } else { "" }, cells.join("|")));
        ControlFlow::Continue(())
    })?;
    Ok((rows, facts))
}

fn said(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => format!("{text:?}"),
        Cell::Number(number) => number.to_string(),
        Cell::Percent(number) => format!("{number}%"),
        Cell::Moment { day, seconds } => format!("day {day}+{seconds}"),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Fault(fault) => format!("!{fault}"),
    }
}
