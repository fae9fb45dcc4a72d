//! Files that mean harm, or are not what their name says: each is refused with its word or read as stated, in bounded memory,
//! and nothing changes. Bombs are built here, never stored.

use std::process::Command;

use super::packages::{Archive, Entry, Parts, checksum, read_sheet};
use crate::malformed::small_workspace;
use crate::program::{Run, command, files_below, finished};

/// Files that are refused, each with a part of its word.
fn refused() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let mut files = archives();
    files.extend(other_files());
    files.extend(markup());
    files.extend(tables());
    files
}

const SHEET: &str = "xl/worksheets/sheet1.xml";
const TEXTS: &str = "xl/sharedStrings.xml";
const ROW: &str = "<row><c><v>1</v></c></row>";

fn plain() -> Parts {
    Parts::of_rows(ROW)
}

/// An archive of which a number of four bytes is another: the size that the list states of a part.
fn with_stated_size(parts: &Parts, name: &str, size: u32) -> Vec<u8> {
    let mut bytes = parts.packed();
    let (_, part) = parts.0.iter().find(|(other, _)| other == name).unwrap();
    let stated = [&checksum(part).to_le_bytes()[..]].concat();
    let places: Vec<usize> = (0..bytes.len() - 12).filter(|at| bytes[*at..].starts_with(&stated)).collect();
    assert_eq!(places.len(), 2, "the entry and the list");
    for place in places {
        bytes[place + 8..place + 12].copy_from_slice(&size.to_le_bytes());
    }
    bytes
}

fn archives() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let zeros = Parts::with_part(vec![b' '; 8 << 20]);
    let long_name = "x".repeat(60_000);
    let sheet = plain().0.pop().unwrap().1;
    let with = |entry: &Entry<'_>| Archive::of(&plain().without(SHEET)).with(entry).finish();
    let many = (0..10_001).fold(Archive::of(&plain()), |archive, number| {
        let name = format!("xl/media/{number}.png");
        archive.with(&Entry::new(&name, b""))
    });
    let many_stated = [&plain().packed()[..], b"PK\x06\x06", &[0; 28], &5_000_000_u64.to_le_bytes(), &[0; 16]].concat();
    let mut cut_list = plain().packed();
    cut_list.truncate(cut_list.len() - 30);
    let mut wrong = plain().stored();
    let place = wrong.windows(3).position(|bytes| bytes == b"<v>").unwrap();
    wrong[place + 3] = b'2';
    vec![
        ("a bomb", zeros.packed(), "comes to more than 400 times its packed size"),
        ("a bomb that lies", with_stated_size(&zeros, SHEET, 1_000), "sheet1.xml is damaged"),
        ("a bomb that is honest", with_stated_size(&plain(), SHEET, u32::MAX), "comes to more than 1024 MiB"),
        ("a bomb of texts", with_stated_size(&plain(), TEXTS, 300 << 20), "comes to more than 256 MiB"),
        ("a part that is cut", with_stated_size(&plain(), SHEET, 100_000), "is not as large as it says"),
        ("a wrong checksum", wrong, "sheet1.xml is damaged"),
        (
            "an archive in an archive",
            Parts(vec![]).with("a.xlsx", plain().packed()).packed(),
            "is an archive, but no .xlsx",
        ),
        ("an archive of other files", Parts(vec![]).with("a.txt", "hello").packed(), "is an archive, but no .xlsx"),
        ("an empty archive", Parts(vec![]).packed(), "is an archive, but no .xlsx"),
        ("entries that overlap", with(&Entry { at: Some(0), ..Entry::new(SHEET, &sheet) }), "has parts that overlap"),
        (
            "two entries of one name",
            Archive::of(&plain()).with(&Entry::new(SHEET, &sheet)).finish(),
            "has two parts of the same name",
        ),
        (
            "two entries but for capitals",
            Archive::of(&plain()).with(&Entry::new("XL/worksheets/SHEET1.xml", &sheet)).finish(),
            "has two parts of the same name",
        ),
        (
            "a part above it",
            Archive::of(&plain()).with(&Entry::new("../../etc/cron.d/x", b"")).finish(),
            "which points outside of it",
        ),
        ("a part of the root", Archive::of(&plain()).with(&Entry::new("/etc/x", b"")).finish(), "which points outside"),
        ("a part of a drive", Archive::of(&plain()).with(&Entry::new("C:\\x", b"")).finish(), "which points outside"),
        ("an encrypted entry", with(&Entry { flags: 1, ..Entry::new(SHEET, &sheet) }), "is protected by a password"),
        ("an unknown method", with(&Entry { method: 99, ..Entry::new(SHEET, &sheet) }), "is packed in an unknown way"),
        ("10,001 entries", many.finish(), "has more than 10,000 parts"),
        ("a list that says 5,000,000", many_stated, "has more than 10,000 parts"),
        (
            "a long name",
            Archive::of(&plain().without(SHEET)).with(&Entry::new(&long_name, b"")).finish(),
            "lacks its part",
        ),
        ("a list that is cut", cut_list, "is a damaged or cut archive"),
        ("half an archive", plain().packed()[..900].to_vec(), "is a damaged or cut archive"),
        ("something before it", [b"PK\x03\x04 sfx", &plain().packed()[..]].concat(), "is a damaged or cut archive"),
    ]
}

fn other_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let compound = |name: &str| [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", &[0; 1_000][..], &wide(name)].concat();
    let ods =
        Parts(vec![]).with("mimetype", "application/vnd.oasis.opendocument.spreadsheet").with("content.xml", "<x/>");
    vec![
        ("an encrypted workbook", compound("EncryptedPackage"), "is protected by a password"),
        ("an .xls", compound("Workbook"), "is an old .xls workbook"),
        ("an .xls of 1993", b"\x09\x04\x06\0\0\0\x10\0".to_vec(), "is an old .xls workbook"),
        ("a web page", b"<html><table><tr><td>account</td></tr></table></html>".to_vec(), "is a web page"),
        (
            "an XML spreadsheet",
            b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>".to_vec(),
            "is an XML spreadsheet of 2003",
        ),
        ("a binary workbook", plain().with("xl/workbook.bin", "x").packed(), "is a binary workbook (.xlsb)"),
        ("an OpenDocument file", ods.packed(), "is an OpenDocument file (.ods)"),
        (
            "a text document",
            Parts(vec![]).with("word/document.xml", "<x/>").packed(),
            "is a text document, not a workbook",
        ),
        ("nothing", Vec::new(), "is empty"),
    ]
}

fn markup() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let part = |text: &str| Parts::with_part(text).packed();
    let xxe = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><worksheet><sheetData/></worksheet>";
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY l0 \"ha\">{laughs}]><sst><si><t>&l9;</t></si></sst>");
    let attributes = |count: u32| {
        let attributes: String = (0..count).map(|number| format!(" a{number}=\"\"")).collect();
        Parts::of_rows(&format!("<row{attributes}/>"))
    };
    let wide: Vec<u8> = "\u{feff}<worksheet/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = "<row>".repeat(100);
    let long_text = |length: usize| {
        let text: String = (0..length / 8).map(|number| format!("{number:08}")).collect();
        plain().with(TEXTS, format!("<sst><si><t>{text}</t></si></sst>"))
    };
    vec![
        ("an outside entity", part(xxe), "declares a document type, which is not followed"),
        ("an outside document type", plain().with("_rels/.rels", xxe).packed(), "declares a document type"),
        ("a billion laughs", plain().with(TEXTS, laughs).packed(), "declares a document type"),
        ("an entity in a text", Parts::of_rows("<row><c><v>&e;</v></c></row>").packed(), "refers to an entity"),
        ("an entity in an attribute", Parts::of_rows("<row r=\"&e;\"/>").packed(), "refers to an entity"),
        ("800,000 attributes", attributes(800_000).packed(), "has a tag or a text of more than 1 MiB"),
        ("300 attributes", attributes(300).packed(), "has a tag of more than 256 attributes"),
        ("an attribute twice", Parts::of_rows("<row r=\"1\" r=\"2\"/>").packed(), "has a tag with r twice"),
        ("100 elements deep", Parts::of_rows(&deep).packed(), "has too many elements within each other"),
        ("a text of 3 MiB", long_text(3 << 20).stored(), "has a tag or a text of more than 1 MiB"),
        ("a text of 400,000 letters", long_text(400_000).packed(), "is longer than the 32,767 characters"),
        ("UTF-16", Parts::with_part(wide).packed(), "is not in UTF-8"),
        ("Latin-1", part("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><worksheet/>"), "is not in UTF-8"),
        (
            "bytes that are no UTF-8",
            Parts::with_part(&b"<worksheet>\xff\xff</worksheet>"[..]).packed(),
            "is not in UTF-8",
        ),
        ("a tag that is open", part("<worksheet><sheetData>"), "ends before it is complete"),
        ("tags that cross", part("<worksheet><sheetData></worksheet></sheetData>"), "is no XML"),
        ("two roots", part("<worksheet/><worksheet/>"), "goes on after its end"),
        ("no XML", part("hello"), "ends before it is complete"),
        ("another root", part("<chartsheet/>"), "holds no table"),
    ]
}

fn tables() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let rows = |rows: &str| Parts::of_rows(rows).packed();
    // Below a header, so that there is a reason to read them all.
    let header =
        ["account", "date", "amount", "reference"].map(|name| format!("<c t=\"str\"><v>{name}</v></c>")).concat();
    let far = (2..=16_385).map(|row| format!("<row r=\"{row}\"><c r=\"XFD{row}\"><v>1</v></c></row>"));
    let far = format!("<row r=\"1\">{header}</row>{}", far.collect::<String>());
    let merges: String = (1..=10_001).map(|row| format!("<mergeCell ref=\"A{row}:B{row}\"/>")).collect();
    let overlapping = "<mergeCell ref=\"A1:C3\"/><mergeCell ref=\"B1:B2\"/>";
    let merged = |ranges: &str| {
        let data = format!("<sheetData>{ROW}</sheetData><mergeCells>{ranges}</mergeCells>");
        Parts::of_sheet(&data).packed()
    };
    let relations = "xl/_rels/workbook.xml.rels";
    let outside = "worksheets/sheet1.xml\" TargetMode=\"External";
    let entry = "<sheet name=\"Payments\" sheetId=\"1\" r:id=\"rId1\"/>";
    let listed = |sheets: &str| plain().replaced("xl/workbook.xml", entry, sheets).packed();
    vec![
        (
            "column XFE",
            rows("<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>"),
            "has a cell XFE1; a sheet has A1 to XFD1048576",
        ),
        ("A16777217", rows("<row><c r=\"A16777217\"><v>1</v></c></row>"), "has a cell A16777217"),
        ("row 1,048,577", rows("<row r=\"1048577\"/>"), "has a row 1048577; a sheet has 1 to 1,048,576"),
        ("row 2^64", rows("<row r=\"18446744073709551617\"/>"), "has a row 18446744073709551617"),
        ("1,048,577 rows", Parts::of_rows(&"<row/>".repeat(1_048_577)).stored(), "has a row 1048577"),
        ("16,385 cells", rows(&format!("<row>{}</row>", "<c/>".repeat(16_385))), "has more than 16,384 cells in row 1"),
        ("the last column of each row", Parts::of_rows(&far).packed(), "has too many blank cells"),
        (
            "a cell twice",
            rows("<row r=\"1\"><c r=\"A1\"/><c r=\"A1\"/></row>"),
            "has cell A1, which comes twice or out of order",
        ),
        ("cells out of order", rows("<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>"), "has cell A1, which comes twice"),
        ("a row twice", rows("<row r=\"2\"/><row r=\"2\"/>"), "has row 2 after row 2"),
        ("rows out of order", rows("<row r=\"2\"/><row r=\"1\"/>"), "has row 1 after row 2"),
        ("row 0", rows("<row r=\"0\"/>"), "has a row 0"),
        ("a row of another number", rows("<row r=\"+1\"/>"), "has a row of the number \"+1\""),
        ("a cell of another row", rows("<row r=\"2\"><c r=\"A1\"/></row>"), "has cell A1 in row 2"),
        ("two values", rows("<row><c><v>1</v><v>2</v></c></row>"), "cell A1 has two values"),
        (
            "a text that there is not",
            rows("<row><c t=\"s\"><v>2</v></c></row>"),
            "cell A1 has a text that is not in the",
        ),
        ("an unknown type", rows("<row><c/><c t=\"z\"><v>2</v></c></row>"), "cell B1 is of an unknown type \"z\""),
        ("rows in two places", Parts::of_sheet("<sheetData/><sheetData/>").packed(), "has its rows twice"),
        ("10,001 merges", merged(&merges), "has more than 10,000 merged ranges"),
        ("merges that overlap", merged(overlapping), "overlaps another merged range"),
        ("a merge that is none", merged("<mergeCell ref=\"A1:XFE1\"/>"), "merges \"A1:XFE1\", which is no range"),
        (
            "a sheet on the web",
            plain().replaced(relations, "worksheets/sheet1.xml", outside).packed(),
            "outside of itself, which is not followed",
        ),
        (
            "a sheet of the machine",
            plain().replaced(relations, "worksheets/sheet1.xml", "../../../etc/passwd").packed(),
            "which is outside of it",
        ),
        ("a sheet that is not there", plain().without(SHEET).packed(), "lacks its part xl/worksheets/sheet1.xml"),
        ("a sheet without a place", plain().without(relations).packed(), "does not say where sheet \"Payments\" is"),
        ("a workbook without sheets", listed(""), "has no sheet"),
        ("two sheets of one name", listed(&entry.repeat(2)), "has two sheets \"Payments\""),
        (
            "1,001 sheets",
            listed(&(0..1_001).map(|n| format!("<sheet name=\"{n}\" r:id=\"rId1\"/>")).collect::<String>()),
            "has more than 1,000 sheets",
        ),
    ]
}

#[test]
fn hostile_files_are_refused_with_a_word() {
    let mut wrong = Vec::new();
    for (name, bytes, word) in refused() {
        match read_sheet(&bytes, 0) {
            Err(refused) if refused.reason.contains(word) && !refused.hint.is_empty() => {}
            Err(refused) => wrong.push(format!("{name}: {word:?} is not in {refused:?}")),
            Ok((rows, _)) => wrong.push(format!("{name} was read: {rows}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is a text may be CSV whatever its name ends in, and a workbook one whatever its name ends in.
#[test]
fn the_content_decides_and_not_the_name() {
    let csv = read_sheet(b"account,date\nA1,2026-03-05\n", 0).unwrap_err();
    assert_eq!((csv.reason.as_str(), csv.hint.as_str()), ("is a text, not a workbook", "if it is CSV, name it .csv"));
    let place = small_workspace();
    let text = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |cells: [&str; 4]| format!("<row>{}</row>", cells.map(text).concat());
    let rows = row(["account", "date", "amount", "reference"]) + &row(["A1", "2026-03-05", "1.50", "x"]);
    std::fs::write(place.path().join("workbook.csv"), Parts::of_rows(&rows).packed()).unwrap();
    std::fs::write(place.path().join("text.xlsx"), "account,date,amount,reference\nA1,2026-03-05,1.50,x\n").unwrap();
    for name in ["workbook.csv", "text.xlsx"] {
        let run = import(place.path(), name, BOUND).done();
        assert!(run.out.contains("1.50"), "{name}: {}", run.out);
    }
}

/// In KiB; the program alone takes less than half of it.
const BOUND: u32 = 1 << 20;

/// Looks at a file of payments by the program itself, which gets no more memory than this.
fn import(folder: &std::path::Path, name: &str, memory: u32) -> Run {
    let run = command(folder, &["import", "payments", name, "--dry-run"]);
    let mut bounded = Command::new("sh");
    bounded.arg("-c").arg(format!("ulimit -v {memory} && exec \"$0\" \"$@\"")).arg(run.get_program());
    bounded
        .args(run.get_args())
        .current_dir(folder)
        .envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    bounded.env("TOLLBOOK_WORKSPACE", folder.join("workspace"));
    finished(bounded.output().unwrap())
}

#[test]
fn the_program_refuses_them_in_bounded_memory_and_changes_nothing() {
    let place = small_workspace();
    let file = place.path().join("hostile.xlsx");
    std::fs::write(&file, "account,date,amount,reference\nA1,2026-03-05,1.50,x\n").unwrap();
    assert_ne!(import(place.path(), "hostile.xlsx", 10_000).code, 0, "the bound on memory does nothing");
    import(place.path(), "hostile.xlsx", BOUND).done();
    for (name, bytes, word) in refused() {
        std::fs::write(&file, bytes).unwrap();
        let before = files_below(place.path(), &["ledger.db-shm", "ledger.db-wal"]);
        let run = import(place.path(), "hostile.xlsx", BOUND);
        assert_eq!(run.code, 1, "{name}: {}", run.err);
        assert!(run.err.contains(word) && !run.err.contains("panicked"), "{name}: {word:?} is not in:\n{}", run.err);
        let after = files_below(place.path(), &["ledger.db-shm", "ledger.db-wal"]);
        assert_eq!(before, after, "{name}: something was changed");
    }
}

#[test]
fn an_archive_that_is_cut_anywhere_is_refused() {
    let whole = plain().packed();
    for length in 0..whole.len() {
        assert!(read_sheet(&whole[..length], 0).is_err(), "{length} of {} bytes were read", whole.len());
    }
    assert!(read_sheet(&whole, 0).is_ok());
}
