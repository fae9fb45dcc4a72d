//! The first bytes of a file → what it is, whatever its name ends in: a workbook, a text, or something that a workbook or a
//! CSV file is taken for. Reads no further than it must.

use memchr::memmem;

use super::refused::Refused;

/// What a file is by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A ZIP archive, as every .xlsx workbook is: [`super::Workbook::open`] says whether it is one.
    Archive,
    /// Perhaps CSV.
    Text,
    /// Neither; what to do with it.
    Other(Refused),
}

/// What an archive begins with, and what every file of the format before .xlsx, and those with a password.
const ARCHIVE: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// How much of a text is looked at.
const LOOKED_AT: usize = 4 << 10;

/// Tells by content what a file is.
pub fn content_of(bytes: &[u8]) -> Content {
    let other = |reason: &str, hint: &str| Content::Other(Refused::new(reason, hint));
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let is = |mark: &[u8]| start.starts_with(mark);
    if bytes.is_empty() {
        return other("is empty", "a header line and a row for each thing");
    }
    if is(ARCHIVE) {
        return Content::Archive;
    }
    if is(b"PK\x05\x06") {
        return other("is an archive, but no .xlsx workbook", "name an .xlsx workbook");
    }
    if is(b"\xd0\xcf\x11\xe0") {
        return Content::Other(compound(bytes));
    }
    if [&b"\x09\x08"[..], b"\x09\x04\x06\0", b"\x09\x02\x06\0", b"\x09\0\x04\0"].iter().any(|mark| is(mark)) {
        return other("is an old .xls workbook", "save it as .xlsx");
    }
    for (mark, kind) in [
        (&b"\x1f\x8b"[..], "packed by gzip"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!", "a RAR archive"),
        (b"%PDF", "a PDF document"),
    ] {
        if is(mark) {
            return other(&format!("is {kind}, not a workbook"), "name an .xlsx workbook or a CSV file (UTF-8)");
        }
    }
    marked_up(start).map_or(Content::Text, Content::Other)
}

/// Old workbooks, and those with a password, are small file systems; the names in them tell which.
fn compound(bytes: &[u8]) -> Refused {
    let names = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &wide).is_some()
    };
    if !bytes.starts_with(COMPOUND) {
        return Refused::new("is damaged", "save it anew as .xlsx");
    }
    if names("EncryptedPackage") {
        return Refused::new("is protected by a password", "save it without a password");
    }
    if names("WordDocument") || names("PowerPoint Document") {
        return Refused::new("is an old Office document, not a workbook", "name an .xlsx workbook");
    }
    Refused::new("is an old .xls workbook", "save it as .xlsx")
}

/// Web pages and XML that are named as workbooks: reports on the web often save such.
fn marked_up(start: &[u8]) -> Option<Refused> {
    let text = String::from_utf8_lossy(start).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    if !text.starts_with('<') {
        return None;
    }
    let has = |word: &str| text.contains(word);
    if has("urn:schemas-microsoft-com:office:spreadsheet") {
        return Some(Refused::new("is an XML spreadsheet of 2003", "open it in Excel and save it as .xlsx"));
    }
    if has("<html") || has("<!doctype html") || has("<table") || has("<head") {
        return Some(Refused::new("is a web page, not a workbook", "open it in Excel and save it as .xlsx"));
    }
    text.starts_with("<?xml").then(|| Refused::new("is XML, not a workbook", "save it as .xlsx or as CSV (UTF-8)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_content() {
        let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let old = |name: &str| [COMPOUND, &[0; 600], &wide(name)].concat();
        for (bytes, expected) in [
            (&b""[..], "is empty"),
            (b"PK\x05\x06\0\0", "is an archive, but no .xlsx workbook"),
            (&old("Workbook"), "is an old .xls workbook"),
            (&old("Book"), "is an old .xls workbook"),
            (&old("EncryptedPackage"), "is protected by a password"),
            (&old("WordDocument"), "is an old Office document, not a workbook"),
            (b"\xd0\xcf\x11\xe0 and more", "is damaged"),
            (b"\x09\x08\x10\0", "is an old .xls workbook"),
            (b"\x1f\x8b\x08", "is packed by gzip, not a workbook"),
            (b"%PDF-1.7", "is a PDF document, not a workbook"),
            (b"<html><table>", "is a web page, not a workbook"),
            (b"\xef\xbb\xbf \n<!DOCTYPE HTML>", "is a web page, not a workbook"),
            (b"<table border=1>", "is a web page, not a workbook"),
            (
                b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>",
                "is an XML spreadsheet of 2003",
            ),
            (b"<?xml version='1.0'?><x/>", "is XML, not a workbook"),
        ] {
            match content_of(bytes) {
                Content::Other(refused) => assert_eq!(refused.reason, expected),
                content => panic!("{expected}: {content:?}"),
            }
        }
        assert_eq!(content_of(b"PK\x03\x04 and more"), Content::Archive);
        for text in [&b"a,b\n1,2\n"[..], b"\xef\xbb\xbfa,b\n", b"<5 minutes,b\n", b"\xff\xfea\0"] {
            assert_eq!(content_of(text), Content::Text, "{text:?}");
        }
    }
}
