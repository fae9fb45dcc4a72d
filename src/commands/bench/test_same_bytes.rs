//! A workload, spoiled → the same bytes (O4): totals, refused lines, rated records as CSV and as Parquet, whatever the
//! number of threads, the width of comparisons and the size of pieces. Here, where workloads, books and the pipeline meet.

use std::path::Path;

use super::super::rate::layout_of;
use super::run::read_book;
use crate::bench::{SUPPLIER, Size, UsageLayout, generate};
use crate::book;
use crate::domain::book::Book;
use crate::domain::money::Price;
use crate::domain::telephone::NumberRules;
use crate::parsing::{Layout, ParseContext, shipped_layouts, with_each_width};
use crate::pipeline::Engine;
use crate::pipeline::import::ImportOptions;
use crate::pipeline::rate::rate_file;
use crate::pipeline::rated_output::RatedOutput;
use crate::workers::Workers;

const RECORDS: u64 = 30_000;
const THREADS: [usize; 4] = [1, 2, 3, 8];
/// From the whole file at once to pieces of three or ten lines.
const CHUNK_BYTES: [usize; 5] = [64 << 20, 1 << 20, 65_536, 4_099, 777];
/// One line of so many is spoiled.
const SPOILED: usize = 97;

/// Both layouts in one test: no other may force widths meanwhile.
#[test]
fn the_bytes_are_the_same_whatever_is_done_at_once() {
    for layout in [UsageLayout::Generic, UsageLayout::FcsV3] {
        let folder = tempfile::tempdir().unwrap();
        let size = Size { records: RECORDS, clis: 2_000, customers: 300, tariffs: 9, layout, seed: 5 };
        let note = generate(folder.path(), &size, |_| {}).unwrap();
        spoil(&folder.path().join(&note.usage), layout);
        let (book, _) = read_book(&folder.path().join(&note.book), None).unwrap();
        let supplier = book.find_supplier(SUPPLIER).unwrap();
        let layout = layout_with_newlines(layout)
            .unwrap_or_else(|| layout_of(folder.path(), &book.supplier(supplier).layout).unwrap());
        check(&Subject { folder: folder.path(), usage: &note.usage, book: &book, layout: &layout });
    }
}

struct Subject<'s> {
    folder: &'s Path,
    usage: &'s Path,
    book: &'s Book,
    layout: &'s Layout,
}

/// What a way of doing it gave: totals and refused lines in words, and the file.
#[derive(PartialEq)]
struct Given {
    words: String,
    bytes: Vec<u8>,
}

/// Totals by every way; files, which take longer, by every width and number of threads, with pieces in turn.
fn check(subject: &Subject) {
    let engine = Engine::new(subject.book);
    let [totals, csv, parquet] = ["", "csv", "parquet"].map(|ending| subject.rate(&engine, ending, 1, CHUNK_BYTES[0]));
    for reason in [", expected ", "is no day of the calendar"] {
        assert!(totals.words.contains(reason), "{reason}: {}", totals.words);
    }
    let sizes = (csv.bytes.len(), parquet.bytes.len());
    assert!(sizes.0 > 5_000_000 && sizes.1 > 500_000, "{sizes:?}");
    let mut turn = 0;
    with_each_width(|width| {
        for threads in THREADS {
            for chunk_bytes in CHUNK_BYTES {
                let found = subject.rate(&engine, "", threads, chunk_bytes);
                assert!(found == totals, "{width}, {threads} threads, {chunk_bytes} bytes: {}", found.words);
            }
            for (ending, expected) in [("csv", &csv), ("parquet", &parquet)] {
                turn += 1;
                let chunk_bytes = CHUNK_BYTES[turn % CHUNK_BYTES.len()];
                let found = subject.rate(&engine, ending, threads, chunk_bytes);
                assert!(found == *expected, "{ending}, {width}, {threads} threads, {chunk_bytes} bytes");
            }
        }
    });
    assert_eq!((&csv.words, &parquet.words), (&totals.words, &totals.words));
}

impl Subject<'_> {
    /// The first way of all chooses the width that the processor has; all others are told.
    fn rate(&self, engine: &Engine, ending: &str, threads: usize, chunk_bytes: usize) -> Given {
        let settings = book::parse_settings(book::DEFAULT_SETTINGS).unwrap();
        let options = ImportOptions {
            supplier_code: SUPPLIER,
            context: ParseContext {
                layout: self.layout,
                workspace_zone: &settings.zone,
                numbers: NumberRules::of_country(&settings.country_code),
                currency: settings.currency,
            },
            strict: false,
            max_rejects: (Price::ONE, RECORDS),
            only_compare: false,
            dry_run: false,
            quiet: true,
            chunk_bytes,
        };
        let out = (!ending.is_empty()).then(|| self.folder.join("rated").with_extension(ending));
        let mut output = RatedOutput::create(out.as_deref()).unwrap();
        let workers = Workers::new(Some(threads)).unwrap();
        let done = rate_file(engine, &workers, &options, &self.folder.join(self.usage), &mut output).unwrap();
        output.commit(&workers).unwrap();
        let rejected: Vec<String> = done.rejected.iter().map(|one| one.in_words("usage.csv")).collect();
        let words = format!("{}\n{}", serde_json::to_string(&done.totals).unwrap(), rejected.join("\n"));
        Given { words, bytes: out.map(|out| std::fs::read(out).unwrap()).unwrap_or_default() }
    }
}

/// Fields over several lines are in the generic file only, whose layout allows them here.
fn layout_with_newlines(layout: UsageLayout) -> Option<Layout> {
    let (name, text) = shipped_layouts().iter().find(|(name, _)| *name == layout.name() && *name == "generic")?;
    let allowing = text.replacen("quoting = true", "quoting = true\nnewlines_in_fields = true", 1);
    assert_ne!(allowing, *text);
    Some(Layout::parse(name, &allowing).unwrap())
}

/// Spoils some lines in turn: cut short, a wrong date, a quote in a field, a field over two lines, another end of line, a
/// blank line after it, bytes that are no text.
fn spoil(usage: &Path, layout: UsageLayout) {
    let text = std::fs::read_to_string(usage).unwrap();
    let mut spoiled = Vec::with_capacity(text.len());
    for (number, line) in text.lines().enumerate() {
        let turn = if number % SPOILED == SPOILED - 1 { number / SPOILED % 7 } else { 7 };
        let last = if layout == UsageLayout::Generic { "," } else { ",\"" };
        let (start, _) = line.rsplit_once(last).unwrap();
        let line = match turn {
            0 => format!("{start}\n"),
            1 => format!("{}\n", line.replace("2026-10", "2026-13").replace("/10/2026", "/13/2026")),
            2 => format!("{start},\"say \"\"so\"\", then\"\n"),
            3 if layout == UsageLayout::Generic => format!("{start},\"two\r\nlines,\"\n"),
            4 => format!("{line}\r\n"),
            5 => format!("{line}\n\n"),
            _ => format!("{line}\n"),
        };
        spoiled.extend_from_slice(line.as_bytes());
        if turn == 6 {
            let place = spoiled.len() - line.len() / 2;
            spoiled[place] = 0xff;
        }
    }
    std::fs::write(usage, spoiled).unwrap();
}
