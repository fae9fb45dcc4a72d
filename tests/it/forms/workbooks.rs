//! Workbooks as programs write them, openpyxl, LibreOffice, one that writes as Excel does: every kind of cell is read as its
//! writer meant it, and what is odd but sound is read and said.

use std::ops::ControlFlow;

use tollbook::files::workbook::{Visibility, Workbook};

use super::packages::{Parts, read_sheet};
use crate::program::fixture;

/// What `tests/python/write_workbooks.py` writes, but for the formula: openpyxl saves none of its values.
const ALL_KINDS: &str = r#"1 "Kind"|"Value"|"Hidden column"|"Note"
2 "text"|"Ash & Beech <Ltd>"
3 "blanks"|"  two before, a no-break one after\u{a0}"
4 "line break"|"1 High Street\nLeeds"
5 "telephone"|"+44 20 7946 0000"
6 "telephone as number"|442079460000
7 "number as text"|"007"
8 "whole"|1001
9 "sum"|0.3
10 "tiny"|0.000015
11 "negative"|-12.5
12 "percentage"|17.5%
13 "day"|day 20517+0
14 "moment"|day 20517+37801
15 "leap day"|day 21243+0
16 "true"|true
17 "error"|!#N/A
18 "formula"|FORMULA
19 "rich"|"plain bold plain"
20 "umlauts"|"Müller, Łódź, 😀"
21 "hidden column"||"seen by few"
22~ "hidden row"|"seen by few"
23 "merged"|"over two"
25 "after a blank row"|"last"||"far right"
"#;

#[test]
fn workbooks_of_openpyxl_and_libreoffice_are_read_alike_in_both_epochs() {
    for (writer, formula) in [("openpyxl", "!a formula without a saved value"), ("libreoffice", "3")] {
        for epoch in ["1900", "1904"] {
            let name = format!("{writer}-{epoch}.xlsx");
            let bytes = std::fs::read(fixture("workbooks").join(&name)).unwrap();
            let workbook = Workbook::open(&bytes).unwrap();
            let listed: Vec<_> =
                workbook.sheets().iter().map(|sheet| (sheet.name.as_str(), sheet.visibility, sheet.is_table)).collect();
            let expected = [
                ("All kinds", Visibility::Visible, true),
                ("Secret", Visibility::Hidden, true),
                ("Second", Visibility::Visible, true),
            ];
            assert_eq!(listed, expected, "{name}");
            assert!(workbook.notices().is_empty(), "{name}");
            let (rows, facts) = read_sheet(&bytes, 0).unwrap();
            assert_eq!(rows, ALL_KINDS.replace("FORMULA", formula), "{name}");
            assert_eq!((facts.rows, facts.hidden_rows), (24, 1), "{name}");
            let hidden: Vec<_> = facts.hidden_columns.iter().map(|columns| (columns.first, columns.last)).collect();
            assert_eq!(hidden, [(2, 2)], "{name}");
            let merged: Vec<_> = facts.merged.iter().map(ToString::to_string).collect();
            assert_eq!(merged, ["B23:C23"], "{name}");
            assert_eq!(read_sheet(&bytes, 2).unwrap().0, "1 \"another\"\n", "{name}");
        }
    }
}

#[test]
fn workbooks_as_excel_writes_them_are_read() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_string(0, 0, "Name").unwrap();
    sheet.write_string(0, 1, "Name").unwrap();
    sheet.write_number(1, 0, 442_079_460_000_f64).unwrap();
    sheet.write_number_with_format(1, 1, 46_086.0, &day).unwrap();
    sheet.write_formula(2, 0, rust_xlsxwriter::Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write_boolean(2, 1, false).unwrap();
    sheet.write_string(3, 0, "_x0041_ is no A").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let expected = "1 \"Name\"|\"Name\"\n2 442079460000|day 20517+0\n3 2|false\n4 \"_x0041_ is no A\"\n";
    assert_eq!(read_sheet(&bytes, 0).unwrap().0, expected);
}

/// Rows as a part may state them, and what is read of them.
#[test]
fn cells_are_read_as_they_are_stated() {
    for (rows, expected) in [
        // Types.
        ("<row><c t=\"s\"><v>1</v></c><c><v>7</v></c></row>", "1 \"second\"|7\n"),
        ("<row><c t=\"inlineStr\"><is><t>a</t></is></c></row>", "1 \"a\"\n"),
        ("<row><c t=\"str\"><f>A1</f><v>a_x0041_</v></c></row>", "1 \"aA\"\n"),
        (
            "<row><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c><c t=\"b\"><v>2</v></c></row>",
            "1 true|false|!\"2\", which is neither true nor false\n",
        ),
        ("<row><c t=\"e\"><v>#REF!</v></c></row>", "1 !#REF!\n"),
        (
            "<row><c t=\"d\"><v>2026-03-05T10:30:01</v></c><c t=\"d\"><v>10:30</v></c></row>",
            "1 day 20517+37801|\"10:30\"\n",
        ),
        ("<row><c t=\"n\"><v>abc</v></c></row>", "1 !the number abc, which is none that can be kept\n"),
        ("<row><c><v>1E99</v></c></row>", "1 !the number 1E99, which is none that can be kept\n"),
        ("<row><c><v>4.4791123456E+11</v></c></row>", "1 447911234560\n"),
        ("<row><c><v>120.30000000000001</v></c></row>", "1 120.3\n"),
        ("<row><c s=\"2\"><v>0.2</v></c></row>", "1 20%\n"),
        // Days: style 1 shows one.
        ("<row><c s=\"1\"><v>46086.5</v></c><c s=\"1\"><v>59</v></c></row>", "1 day 20517+43200|day -25509+0\n"),
        ("<row><c s=\"1\"><v>60</v></c></row>", "1 !the number 60 as a day: the 29 February 1900, which never was\n"),
        ("<row><c s=\"1\"><v>0</v></c></row>", "1 !the number 0 as a day: before the first day of the calendar\n"),
        ("<row><c s=\"1\"><v>9999999</v></c></row>", "1 !the number 9999999 as a day: no day of the calendar\n"),
        ("<row><c s=\"1\" t=\"s\"><v>0</v></c><c s=\"99\"><v>5</v></c></row>", "1 \"first\"|5\n"),
        // Formulas without a value, and with an empty one.
        ("<row><c><f>1+1</f></c></row>", "1 !a formula without a saved value\n"),
        ("<row><c><f>1+1</f><v/></c></row>", "1 !a formula without a saved value\n"),
        ("<row><c t=\"str\"><f>A1</f></c></row>", "1 !a formula without a saved value\n"),
        ("<row><c t=\"str\"><f>A1</f><v></v></c><c><v>1</v></c></row>", "1 |1\n"),
        // Blank cells and rows.
        (
            "<row r=\"3\"><c r=\"A3\" s=\"1\"/><c r=\"XFD3\" s=\"1\"/></row><row><c r=\"C4\"><v>1</v></c><c r=\"D4\"/></row>",
            "4 ||1\n",
        ),
        ("<row><c t=\"inlineStr\"><is><t></t></is></c><c t=\"n\"><v> </v></c></row>", ""),
        ("<row r=\"5\"><c><v>1</v></c></row><row><c><v>2</v></c></row>", "5 1\n6 2\n"),
        ("<row><c r=\"B1\"><v>1</v></c><c><v>2</v></c></row>", "1 |1|2\n"),
        // Texts: rich, spoken, escaped, with blanks and line breaks.
        (
            "<row><c t=\"inlineStr\"><is><r><rPr><b/></rPr><t xml:space=\"preserve\">a </t></r><r><t>b</t></r></is></c></row>",
            "1 \"a b\"\n",
        ),
        (
            "<row><c t=\"inlineStr\"><is><t>日本</t><rPh sb=\"0\" eb=\"2\"><t>ニホン</t></rPh><phoneticPr fontId=\"1\"/></is></c></row>",
            "1 \"日本\"\n",
        ),
        (
            "<row><c t=\"inlineStr\"><is><t>a\r\nb&#10;c_x000A_d&amp;&lt;<![CDATA[<e>]]></t></is></c></row>",
            "1 \"a\\nb\\nc\\nd&<<e>\"\n",
        ),
        (
            "<row><c t=\"inlineStr\"><is><t>_x005F_x0041__x004g__xD83D__xDE00__x</t></is></c></row>",
            "1 \"_x0041__x004g_😀_x\"\n",
        ),
        ("<row><c t=\"inlineStr\"><is><t xml:space=\"preserve\">  a\u{a0}</t></is></c></row>", "1 \"  a\\u{a0}\"\n"),
        // Comments, other vocabularies and what extends the format say nothing.
        (
            "<row><!-- a --><c><?b?><v>1<!-- 2 --></v><extLst><ext><v>3</v></ext></extLst></c><x:c xmlns:x=\"y\"><x:v>4</x:v></x:c></row>",
            "1 1\n",
        ),
        ("<row hidden=\"1\"><c><v>1</v></c></row><row hidden=\"0\"><c><v>2</v></c></row>", "1~ 1\n2 2\n"),
        // Where it ends.
        (
            "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"s\"><v>0</v></c></row>",
            &format!("1048576 {}\"first\"\n", "|".repeat(16_383)),
        ),
    ] {
        let read = read_sheet(&Parts::of_rows(rows).packed(), 0);
        assert_eq!(read.map(|(rows, _)| rows).as_deref().unwrap_or("refused"), expected, "{rows}");
    }
}

#[test]
fn the_corners_of_a_sheet_cost_what_they_hold() {
    let corners =
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row>";
    let (rows, facts) = read_sheet(&Parts::of_rows(corners).packed(), 0).unwrap();
    assert_eq!((rows.len(), facts.rows), ("1 1\n".len() + "1048576 2\n".len() + 16_383, 2));
    let last = format!("{}<row><c><v>1</v></c></row>", "<row/>".repeat(1_048_575));
    assert_eq!(read_sheet(&Parts::of_rows(&last).stored(), 0).unwrap().0, "1048576 1\n");
    let wide = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(16_384));
    assert_eq!(read_sheet(&Parts::of_rows(&wide).packed(), 0).unwrap().0.matches('1').count(), 1 + 16_384);
}

#[test]
fn what_merged_ranges_cover_is_blank() {
    let cells = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c><v>4</v></c><c><v>5</v></c></row>";
    let merged = format!("<sheetData>{cells}</sheetData><mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>");
    let (rows, facts) = read_sheet(&Parts::of_sheet(&merged).packed(), 0).unwrap();
    assert_eq!(rows, "1 1\n2 ||5\n");
    assert_eq!(facts.merged[0].to_string(), "A1:B2");
}

#[test]
fn what_is_not_followed_is_said() {
    let plain = Parts::of_rows("<row><c><v>1</v></c></row>");
    for (part, notice) in [
        ("xl/vbaProject.bin", "has macros, which are not run"),
        ("xl/macrosheets/sheet1.xml", "has macro sheets, which are not run"),
        ("xl/externalLinks/externalLink1.xml", "has links to other workbooks, which are not followed"),
        ("xl/connections.xml", "has connections to data outside of it, which are not followed"),
        ("xl/embeddings/book.xlsx", "has files embedded in it, which are not opened"),
    ] {
        let bytes = plain.clone().with(part, &b"<x>"[..]).packed();
        assert_eq!(Workbook::open(&bytes).unwrap().notices(), [notice]);
        assert_eq!(read_sheet(&bytes, 0).unwrap().0, "1 1\n");
    }
}

#[test]
fn parts_are_found_as_other_programs_name_them() {
    let plain = Parts::of_rows("<row><c t=\"s\"><v>0</v></c></row>");
    let relations = "xl/_rels/workbook.xml.rels";
    let strict = |parts: Parts, name: &str| {
        let wide = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        parts.replaced(name, wide, "http://purl.oclc.org/ooxml/officeDocument/relationships")
    };
    let prefixed = "<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row><x:c t=\"s\"><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>";
    for (name, parts) in [
        ("absolute", plain.clone().replaced(relations, "worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml")),
        ("through the folder above", plain.clone().replaced(relations, "worksheets/", "../xl/worksheets/")),
        ("in other capitals", plain.clone().replaced(relations, "sharedStrings.xml", "SharedStrings.xml")),
        ("strict", strict(strict(plain.clone(), "_rels/.rels"), relations)),
        ("without relations of the package", plain.clone().without("_rels/.rels")),
        ("with a prefix", plain.clone().with("xl/worksheets/sheet1.xml", prefixed)),
        ("with a mark of its encoding", {
            let (_, sheet) = plain.0.last().unwrap().clone();
            plain.clone().with("xl/worksheets/sheet1.xml", [b"\xef\xbb\xbf", &sheet[..]].concat())
        }),
    ] {
        let read = read_sheet(&parts.packed(), 0);
        assert_eq!(read.map(|(rows, _)| rows).as_deref().unwrap_or("refused"), "1 \"first\"\n", "{name}");
    }
}

#[test]
fn archives_made_for_large_parts_are_read() {
    let bytes = Parts::of_rows("<row><c t=\"s\"><v>1</v></c></row>").packed_for_large_parts();
    assert!(bytes.windows(4).any(|bytes| bytes == [1, 0, 16, 0]), "no entry says its size in 64 bits");
    assert_eq!(read_sheet(&bytes, 0).unwrap().0, "1 \"second\"\n");
}

#[test]
fn reading_stops_when_it_is_told_to() {
    let bytes = Parts::of_rows("<row><c><v>1</v></c></row><row><c><v>2</v></c></row><broken").packed();
    let mut given = 0;
    let facts = Workbook::open(&bytes).unwrap().read_rows(0, &mut |_| {
        given += 1;
        ControlFlow::Break(())
    });
    assert_eq!((given, facts.unwrap().rows), (1, 1));
    let chart = Parts::of_rows("").replaced(
        "xl/_rels/workbook.xml.rels",
        "relationships/worksheet",
        "relationships/chartsheet",
    );
    let bytes = chart.packed();
    assert!(!Workbook::open(&bytes).unwrap().sheets()[0].is_table);
    let refused = read_sheet(&bytes, 0).unwrap_err();
    assert_eq!(refused.reason, "(sheet \"Payments\") has no cells: it is a chart or the like");
}
