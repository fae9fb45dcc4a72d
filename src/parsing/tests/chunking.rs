//! Any cutting into chunks gives what one piece gives: records, rejects, line numbers and offsets.

use proptest::prelude::*;

use super::super::{Layout, open_source};
use super::{context, four_columns, london, read_chunks, read_whole};

/// Cells that are good, bad, empty, quoted, and over several lines.
fn cell() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "02079460018",
        "2026-06-01 09:15:02",
        "60",
        "0.5",
        "",
        "\"60\"",
        "\"a,b\"",
        "\"a\"\"b\"",
        "\"two\nlines\"",
        "\"two\r\n\nlines\"",
        "5\" pipe",
        "\"x\"y",
        "é",
    ])
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("02079460018,2026-06-01 09:15:02,60,0.5".to_owned()),
        1 => Just("\"02079460018\",\"2026-06-01 09:15:02\",\"60\",\"1\"".to_owned()),
        1 => Just(String::new()),
        1 => Just("  ".to_owned()),
        4 => prop::collection::vec(cell(), 1..6).prop_map(|cells| cells.join(",")),
    ]
}

fn file() -> impl Strategy<Value = String> {
    prop::collection::vec((line(), prop::sample::select(vec!["\n", "\r\n"])), 1..30)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

fn layouts() -> [Layout; 3] {
    ["", "quoting = true", "quoting = true\nnewlines_in_fields = true"]
        .map(|quoting| four_columns(&format!("column_count = 4\n{quoting}"), ""))
}

proptest! {
    #[test]
    fn chunks_of_any_size_read_as_one_piece(text in file(), target in 0_usize..400) {
        let zone = london();
        for layout in layouts() {
            // A file that is refused whole has no chunks.
            let Ok(source) = open_source("june.csv", text.as_bytes(), &layout) else { continue };
            prop_assert!(read_whole(text.as_bytes(), &layout, target).is_ok());
            let context = context(&layout, &zone);
            let chunks = source.chunks(target);
            let whole = read_chunks(&source, &source.chunks(usize::MAX), &context);
            prop_assert_eq!(&read_chunks(&source, &chunks, &context), &whole);
            prop_assert!(chunks.windows(2).all(|pair| pair[0].end == pair[1].start));
            for reject in &whole.rejects {
                let start = usize::try_from(reject.offset).expect("small");
                prop_assert_eq!(&text.as_bytes()[start..start + reject.raw.len()], &reject.raw[..]);
                let line = 1 + text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count();
                prop_assert_eq!(usize::try_from(reject.line).expect("small"), line);
            }
            let (records, rejects) = (whole.records.len() as u64, whole.rejects.len() as u64);
            let cost = whole.records.iter().filter_map(|record| record.cost).sum();
            prop_assert!(source.check_totals(records, rejects, whole.blank_lines, cost).is_ok());
            prop_assert_eq!(whole.lines, text.bytes().filter(|byte| *byte == b'\n').count() as u64);
        }
    }

    /// Whatever the bytes: a refusal or a reading in which every line is accounted for, never a panic.
    #[test]
    fn any_bytes_are_refused_or_accounted_for(
        bytes in prop::collection::vec(prop::sample::select(b"\",\n\r 0a1-:.\xef\xbb\xbf\xff\0\x1a".to_vec()), 0..200),
        target in 0_usize..100,
    ) {
        for layout in layouts() {
            let zone = london();
            let Ok(source) = open_source("june.csv", &bytes, &layout) else { continue };
            let whole = read_chunks(&source, &source.chunks(target), &context(&layout, &zone));
            let (records, rejects) = (whole.records.len() as u64, whole.rejects.len() as u64);
            let cost = whole.records.iter().filter_map(|record| record.cost).sum();
            prop_assert!(source.check_totals(records, rejects, whole.blank_lines, cost).is_ok());
        }
    }
}
