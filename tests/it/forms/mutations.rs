//! Small workbooks with random damage, of the archive and of the XML in it: whatever comes, it is refused or read in order and
//! within bounds, and never a panic.

use std::ops::ControlFlow;

use proptest::prelude::*;
use tollbook::files::workbook::{MOST_COLUMNS, MOST_ROWS, Workbook};

use super::packages::Parts;

/// One piece of damage: where, how much, and with what.
#[derive(Clone, Debug)]
enum Damage {
    Byte(usize, u8),
    Bit(usize, u8),
    Cut(usize, usize),
    Twice(usize, usize),
    Insert(usize, &'static str),
}

/// What means something to a reader.
const WORDS: [&str; 22] = [
    "<",
    ">",
    "/>",
    "\"",
    "'",
    "&",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "<!--",
    "<![CDATA[",
    "<?xml ?>",
    "<!DOCTYPE x>",
    "]]>",
    "<c>",
    "</c>",
    "<row>",
    "</row>",
    "<v>",
    "9",
    "E",
    "_x",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = || any::<prop::sample::Index>().prop_map(|index| index.index(1 << 16));
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (at(), 0..8_u8).prop_map(|(at, bit)| Damage::Bit(at, bit)),
        (at(), 1..60_usize).prop_map(|(at, count)| Damage::Cut(at, count)),
        (at(), 1..200_usize).prop_map(|(at, count)| Damage::Twice(at, count)),
        (at(), prop::sample::select(&WORDS[..])).prop_map(|(at, word)| Damage::Insert(at, word)),
    ]
}

fn damaged(mut bytes: Vec<u8>, all: &[Damage]) -> Vec<u8> {
    for damage in all {
        if bytes.is_empty() {
            return bytes;
        }
        let length = bytes.len();
        match damage {
            Damage::Byte(at, byte) => bytes[at % length] = *byte,
            Damage::Bit(at, bit) => bytes[at % length] ^= 1 << bit,
            Damage::Cut(at, count) => drop(bytes.drain(at % length..(at % length + count).min(length))),
            Damage::Twice(at, count) => {
                let piece = bytes[at % length..(at % length + count).min(length)].to_vec();
                bytes.splice(at % length..at % length, piece);
            }
            Damage::Insert(at, word) => drop(bytes.splice(at % length..at % length, word.bytes())),
        }
    }
    bytes
}

/// Every kind of cell, in a few rows.
fn sound() -> Parts {
    Parts::of_sheet(
        "<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>\
         <c r=\"B1\" t=\"inlineStr\"><is><r><t>a_x000A_</t></r></is></c></row><row r=\"3\" hidden=\"1\"><c r=\"A3\" s=\"1\">\
         <v>46086.5</v></c><c r=\"C3\" s=\"2\"><v>0.175</v></c><c r=\"D3\" t=\"b\"><v>1</v></c></row><row r=\"4\">\
         <c r=\"A4\"><f>A3</f><v>1.5E-2</v></c><c r=\"B4\" t=\"e\"><v>#N/A</v></c><c r=\"C4\" t=\"d\"><v>2026-03-05</v></c>\
         </row></sheetData><mergeCells><mergeCell ref=\"A4:B5\"/></mergeCells>",
    )
}

/// Reads all there is, and holds it to what always holds.
fn check(bytes: &[u8], largest: usize) -> Result<(), TestCaseError> {
    let Ok(workbook) = Workbook::open(bytes) else { return Ok(()) };
    for sheet in 0..workbook.sheets().len() {
        let (mut last, mut rows) = (0, 0_usize);
        let mut wrong = None;
        let _ = workbook.read_rows(sheet, &mut |row| {
            rows += 1;
            let is_last_blank = row.cells.last().is_none_or(|cell| *cell == tollbook::files::workbook::Cell::Blank);
            if row.number <= last || row.number > MOST_ROWS || row.cells.len() > MOST_COLUMNS as usize || is_last_blank
            {
                wrong = Some(format!("{row:?} after {last}"));
            }
            last = row.number;
            ControlFlow::Continue(())
        });
        prop_assert!(wrong.is_none(), "{wrong:?}");
        prop_assert!(rows <= largest / "<row><c".len(), "{rows} rows of {largest} bytes");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn archives_with_random_damage_are_refused_or_read(all in prop::collection::vec(damage(), 1..4)) {
        let bytes = damaged(sound().stored(), &all);
        check(&bytes, bytes.len())?;
    }

    #[test]
    fn parts_with_random_damage_are_refused_or_read(part in 0..6_usize, all in prop::collection::vec(damage(), 1..4)) {
        let mut parts = sound();
        let (_, bytes) = &mut parts.0[part];
        *bytes = damaged(std::mem::take(bytes), &all);
        let largest = parts.0.iter().map(|(_, bytes)| bytes.len()).max().unwrap();
        check(&parts.packed(), largest)?;
    }
}

/// The control of the two above: damage that says nothing leaves it readable, and some damage is refused.
#[test]
fn what_is_not_damaged_is_read() {
    assert!(super::packages::read_sheet(&sound().packed(), 0).is_ok_and(|(rows, _)| rows.lines().count() == 3));
    assert!(Workbook::open(&damaged(sound().packed(), &[Damage::Byte(0, 0)])).is_err());
}
