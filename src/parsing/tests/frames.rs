//! What a whole file is refused for (F4), and what it is not.

use super::super::frame::LONGEST_LINE;
use super::super::{FileRefusal, LineCounts, open_source};
use super::{four_columns, read_whole, shipped};
use crate::domain::money::Sum;

const GOOD: &str = "02079460018,2026-06-01 09:15:02,60,0.5\n";

/// What a file came to: `records/rejects/blank lines`, or the refusal.
fn outcome(bytes: &[u8], file: &str, more: &str) -> Result<String, FileRefusal> {
    let layout = four_columns(file, more);
    let parsed = read_whole(bytes, &layout, 64)?;
    Ok(format!("{}/{}/{}", parsed.records.len(), parsed.rejects.len(), parsed.blank_lines))
}

/// Checks a file against `Ok(records/rejects/blank)` or `Err((line, start of the reason))`.
fn check(bytes: &[u8], file: &str, more: &str, expected: Result<&str, (Option<u64>, &str)>) {
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    match (outcome(bytes, file, more), expected) {
        (Ok(counts), Ok(expected)) => assert_eq!(counts, expected, "{shown:?}"),
        (Err(refusal), Err((line, reason))) => {
            assert!(refusal.reason.starts_with(reason), "{shown:?}: {refusal}");
            assert_eq!(refusal.line, line, "{shown:?}: {refusal}");
            assert!(!refusal.hint.is_empty() && refusal.file == "june.csv", "{refusal}");
        }
        (found, expected) => panic!("{shown:?}: {found:?}, expected {expected:?}"),
    }
}

const PLAIN: &str = "column_count = 4";
const NAMES: &str = "header = \"names\"";
const POSITIONS: &str = "column_count = 4\nheader = \"positions\"";
const QUOTED: &str = "column_count = 4\nquoting = true";
const WRAPPED: &str = "column_count = 4\nquoting = true\nnewlines_in_fields = true";

#[test]
fn the_encoding_is_what_the_layout_says() {
    let file = |before: &[u8], text: &str| [before, text.as_bytes()].concat();
    let utf16: Vec<u8> = GOOD.bytes().flat_map(|byte| [byte, 0]).collect();
    check(b"", PLAIN, "", Err((None, "is empty")));
    check(b"\xef\xbb\xbf", PLAIN, "", Err((None, "is empty")));
    check(b"\n \r\n\n", PLAIN, "", Err((None, "is empty")));
    check(&file(b"\xef\xbb\xbf", GOOD), PLAIN, "", Ok("1/0/0"));
    check(&file(b"\xef\xbb\xbf\xef\xbb\xbf", GOOD), PLAIN, "", Err((Some(1), "has two byte order marks")));
    let latin = "column_count = 4\nencoding = \"latin-1\"";
    check(&file(b"\xef\xbb\xbf", GOOD), latin, "", Err((Some(1), "begins with a UTF-8 byte order mark")));
    check(&file(b"\xff\xfe", GOOD), PLAIN, "", Err((None, "is UTF-16 text")));
    check(&file(b"\xfe\xff", GOOD), PLAIN, "", Err((None, "is UTF-16 text")));
    check(&utf16, PLAIN, "", Err((None, "is UTF-16 text")));
    check(b"\x1f\x8b\x08\0\0", PLAIN, "", Err((None, "is compressed (gzip)")));
    check(b"PK\x03\x04\0\0", PLAIN, "", Err((None, "is a ZIP archive or an Excel workbook")));
    let with_nul = format!("{GOOD}{}", GOOD.replace('6', "\0"));
    check(with_nul.as_bytes(), PLAIN, "", Err((Some(2), "holds a NUL byte")));
    check(&file(GOOD.as_bytes(), "\x1a"), PLAIN, "", Err((Some(2), "ends with the control character ^Z")));
    check(&file(GOOD.as_bytes(), "\x1a\r\n"), PLAIN, "", Err((Some(2), "ends with the control character ^Z")));
}

#[test]
fn lines_end_with_a_line_feed() {
    let crlf = GOOD.replace('\n', "\r\n");
    check(crlf.as_bytes(), PLAIN, "", Ok("1/0/0"));
    check(format!("{crlf}{GOOD}\r\n\n").as_bytes(), PLAIN, "", Ok("2/0/2"));
    let lone = "holds a carriage return without a line feed";
    check(GOOD.replace('\n', "\r").as_bytes(), PLAIN, "", Err((Some(1), lone)));
    check(format!("{GOOD}{}{GOOD}", GOOD.replace('\n', "\r")).as_bytes(), PLAIN, "", Err((Some(2), lone)));
    check(GOOD.trim_end().as_bytes(), PLAIN, "", Err((Some(1), "the last line has no end")));
    check(format!("{GOOD}02079460018,2026-0").as_bytes(), PLAIN, "", Err((Some(2), "the last line has no end")));
    let long = format!("{GOOD}{}\n", "x".repeat(LONGEST_LINE + 1));
    check(long.as_bytes(), PLAIN, "", Err((Some(2), "has a line of more than 1 MiB")));
    let just = format!("{GOOD}{}\n", "x".repeat(LONGEST_LINE));
    check(just.as_bytes(), PLAIN, "", Ok("1/1/0"));
}

#[test]
fn the_header_has_what_the_layout_needs() {
    let with = |header: &str| format!("{header}\n{GOOD}");
    check(with("cli,started,duration,cost").as_bytes(), NAMES, "", Ok("1/0/0"));
    check(with("CLI, Started ,DURATION,Price").as_bytes(), NAMES, "", Ok("1/0/0"));
    check(with("\n \ncli,started,duration,cost").as_bytes(), NAMES, "", Ok("1/0/0"));
    check(with("cli,started,length,cost").as_bytes(), NAMES, "", Err((Some(1), "the header lacks a column")));
    check(with("cli,started,duration,cli").as_bytes(), NAMES, "", Err((Some(1), "the header names it twice")));
    check(with("cli,price,duration,cost,started").as_bytes(), NAMES, "", Err((Some(1), "the header names it twice")));
    // A repeated header is a bad line.
    check(format!("{0}\n{GOOD}{0}\n", "cli,started,duration,cost").as_bytes(), NAMES, "", Ok("1/1/0"));
    check(b"cli,started,duration,cost\n", NAMES, "", Err((None, "has no records")));
    check(with("a,b,c,d").as_bytes(), POSITIONS, "", Ok("1/0/0"));
    check(with("a,b,c").as_bytes(), POSITIONS, "", Err((Some(1), "the header has 3 columns, the layout says 4")));
    // A record in the header's place would be lost.
    check(format!("{GOOD}{GOOD}").as_bytes(), POSITIONS, "", Err((Some(1), "has no header line")));
    let layout = four_columns(NAMES, "");
    let text = with("cli,started,duration,cost");
    let source = open_source("june.csv", text.as_bytes(), &layout).expect("sound");
    assert_eq!((source.preamble(), source.file_name()), (&b"cli,started,duration,cost\n"[..], "june.csv"));
    assert_eq!(source.line_counts(), LineCounts { physical: 2, frame: 1, continuation: 0 });
    let skipping = "column_count = 4\nheader = \"positions\"\nskip_rows = 2\nrows_after_header = 1";
    check(with("June\n\"1\na,b,c,d\nINTEGER").as_bytes(), skipping, "", Ok("1/0/0"));
    let lost = "has a record where a line is to be skipped";
    check(format!("June\n1\na,b,c,d\n{GOOD}{GOOD}").as_bytes(), skipping, "", Err((Some(4), lost)));
    check(format!("{GOOD}{GOOD}").as_bytes(), "column_count = 4\nskip_rows = 1", "", Err((Some(1), lost)));
}

#[test]
fn a_header_is_detected_by_a_first_cell_of_letters() {
    let detect = "column_count = 4\nheader = \"detect\"";
    check(format!("Line,Start,Seconds,Price\n{GOOD}").as_bytes(), detect, "", Ok("1/0/0"));
    check(format!("\nLine,Start,Seconds,Price\n{GOOD}").as_bytes(), detect, "", Ok("1/0/0"));
    check(format!("\n{GOOD}").as_bytes(), detect, "", Ok("1/0/1"));
    check(GOOD.as_bytes(), detect, "", Ok("1/0/0"));
    // No letters, or digits: a record, if a bad one.
    check(format!(",,,\n{GOOD}").as_bytes(), detect, "", Ok("1/1/0"));
    check(format!("x7,x,1,1\n{GOOD}").as_bytes(), detect, "", Ok("1/1/0"));
}

#[test]
fn a_quote_closes_on_its_line_unless_declared() {
    let quoted = "\"02079460018\",\"2026-06-01 09:15:02\",\"60\",\"0.5\"\n";
    check(quoted.as_bytes(), QUOTED, "", Ok("1/0/0"));
    let never = "a quote opens here and never closes";
    let not_here = "a quote opens here and does not close on its line";
    for (column, open) in [(0, "\"02079460018,2026-06-01 09:15:02,60,0.5\n"), (3, "02079460018,x,60,\"0.5\n")] {
        let text = format!("{GOOD}{open}{}", GOOD.repeat(500));
        check(text.as_bytes(), QUOTED, "", Err((Some(2), not_here)));
        check(text.as_bytes(), WRAPPED, "", Err((Some(2), never)));
        let refusal = outcome(text.as_bytes(), QUOTED, "").expect_err("refused");
        assert_eq!(refusal.column.as_deref(), Some(["1 (cli)", "", "", "4 (cost)"][column]), "{refusal}");
    }
    // The quote that never closes opens on the second line of its record.
    let second = format!("{GOOD}\"a\nb\",\"c,1,1\n{GOOD}");
    check(second.as_bytes(), WRAPPED, "", Err((Some(3), never)));
    check(second.as_bytes(), QUOTED, "", Err((Some(2), not_here)));
    // A field over two lines, where it is declared, is text on one line.
    let two_lines = format!("\"site\r\nseven\",2026-06-01 09:15:02,1,1\n{GOOD}");
    check(two_lines.as_bytes(), WRAPPED, "", Ok("2/0/0"));
    let parsed = read_whole(two_lines.as_bytes(), &four_columns(WRAPPED, ""), 9).expect("sound");
    assert_eq!((&*parsed.records[0].cli, parsed.records[1].line), ("SITE SEVEN", 3));
    // A stray quote rejects its own line, even without a partner.
    check(format!("5\" pipe,x,1,1\n{GOOD}").as_bytes(), QUOTED, "", Ok("1/1/0"));
    check(format!("\"x\"y,x,1,1\n{GOOD}").as_bytes(), WRAPPED, "", Ok("1/1/0"));
}

#[test]
fn the_trailer_is_the_last_line_and_agrees() {
    let trailer = "[trailer]\nmarker = \"END\"\ncount = 2\ntotal = 3\n";
    let two = format!("{GOOD}{GOOD}");
    let check = |text: &str, expected| check(text.as_bytes(), PLAIN, trailer, expected);
    check(&format!("{two}END,2,1.00\n"), Ok("2/0/0"));
    check(&format!("{two}END,2,1.00\n\n \n"), Ok("2/0/0"));
    check(&format!("{two}END,2,1.00"), Ok("2/0/0"));
    check(&format!("{GOOD}\n{GOOD}END,2,1\n"), Ok("2/0/1"));
    check("END,0,0\n", Ok("0/0/0"));
    check("END,1,0\n", Err((None, "has no records")));
    check(&two, Err((Some(2), "has no trailer")));
    check(&format!("{two}END,3,1.00\n"), Err((Some(3), "the trailer counts 3 records, the file has 2")));
    check(&format!("{two}END,2,1.01\n"), Err((Some(3), "the trailer's total is 1.01")));
    check(&format!("{two}END,two,1\n"), Err((Some(3), "the trailer's value is not a whole number")));
    check(&format!("{two}END\n"), Err((Some(3), "the trailer's value is missing")));
    check(&format!("{two}END,2,1\nEND,2,1\n"), Err((Some(4), "has a second trailer")));
    check(&format!("{two}END,2,1\n{GOOD}"), Err((Some(4), "goes on after its trailer")));
    // A rejected line counts as a record; then the total cannot be compared.
    check(&format!("{GOOD}bad,line\nEND,2,1.00\n"), Ok("1/1/0"));
    // What merely begins like the marker is no trailer.
    check(&format!("{GOOD}ENDED,2026-06-01 09:15:02,60,0.5\nEND,2,1\n"), Ok("2/0/0"));
}

#[test]
fn the_generic_layout_refuses_a_header_word_it_does_not_know() {
    let refusal = read_whole(b"kind,cli,started_at,cots\nvoice,1,2,3\n", &shipped("generic"), 9).expect_err("refused");
    let expected = "june.csv, line 1, column 4 (\"cots\"): the layout knows no such column\n\
                    hint: columns that the layout does not know are refused; correct the word or take the column out";
    assert_eq!(refusal.to_string(), expected);
    let refusal = read_whole(b"cli\n1\n", &shipped("generic"), 9).expect_err("refused");
    assert_eq!(refusal.reason, "the header lacks columns that layout generic needs: kind, started_at");
    let refusal = read_whole(b"kind;cli;started_at\n", &shipped("generic"), 9).expect_err("refused");
    assert!(refusal.hint.starts_with("there seems to be ';' between its columns"), "{refusal}");
}

#[test]
fn a_line_that_is_not_accounted_for_refuses_the_file() {
    let text = format!("{GOOD}\nbad\n{GOOD}");
    let layout = four_columns(PLAIN, "");
    let source = open_source("june.csv", text.as_bytes(), &layout).expect("sound");
    let check = |records, rejects, blank| source.check_totals(records, rejects, blank, Sum::default()).is_ok();
    assert!(check(2, 1, 1));
    assert!(!check(1, 1, 1) && !check(2, 0, 1) && !check(2, 1, 0) && !check(3, 1, 1));
}
