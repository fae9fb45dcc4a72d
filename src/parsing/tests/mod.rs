//! Tests of reading whole files: what a layout, a frame and a line may be, and what becomes of them.

mod chunking;
mod frames;
mod golden;
mod layouts;
mod suggestions;
mod values;

use super::{
    Chunk, FileRefusal, Layout, ParseContext, ParsedUsage, SourceFile, cut_pieces, open_source, open_surveyed,
    parse_usage, survey,
};
use crate::domain::money::{Currency, Sum};
use crate::domain::telephone::NumberRules;
use crate::domain::time::Zone;

fn london() -> Zone {
    Zone::load("Europe/London").expect("built in")
}

fn context<'a>(layout: &'a Layout, zone: &'a Zone) -> ParseContext<'a> {
    ParseContext { layout, workspace_zone: zone, numbers: NumberRules::of_country("44"), currency: Currency::GBP }
}

fn shipped(name: &str) -> Layout {
    let (_, toml) = super::shipped_layouts().iter().find(|(known, _)| *known == name).expect("shipped");
    Layout::parse(name, toml).expect("a shipped layout is sound")
}

/// A layout of four columns (cli; started; duration; cost) with the given lines of `[file]` and other sections.
pub(super) fn four_columns(file: &str, more: &str) -> Layout {
    let header = if file.contains("header = \"names\"") {
        "cli = \"cli\"\nstarted = \"started\"\nduration = \"duration\"\ncost = [\"cost\", \"price\"]"
    } else {
        "cli = 1\nstarted = 2\nduration = 3\ncost = 4"
    };
    let toml = format!(
        "type = \"usage\"\n[file]\n{file}\n[columns]\n{header}\n[time]\nformat = \"YYYY-MM-DD HH:MM:SS\"\n\
         [kind]\nfixed = \"voice\"\n{more}"
    );
    Layout::parse("four", &toml).expect("sound")
}

/// Opens a file, reads it in chunks and checks its totals, as an import does.
fn read_whole(bytes: &[u8], layout: &Layout, target: usize) -> Result<ParsedUsage, FileRefusal> {
    let zone = london();
    let pieces = cut_pieces(bytes, target).into_iter().map(|piece| survey(bytes, piece, layout)).collect();
    let surveyed = open_surveyed("june.csv", bytes, layout, pieces);
    let source = match open_source("june.csv", bytes, layout) {
        Ok(source) => source,
        Err(refusal) => {
            assert_eq!(surveyed.err(), Some(refusal.clone()), "the survey refuses what the walk refuses");
            return Err(refusal);
        }
    };
    let surveyed = surveyed.expect("the survey opens what the walk opens");
    let context = context(layout, &zone);
    let whole = read_chunks(&source, &source.chunks(target), &context);
    assert_eq!(source.line_counts(), surveyed.line_counts());
    assert_eq!(read_chunks(&surveyed, &surveyed.chunks(target), &context), whole, "whichever way it was opened");
    let cost: Sum<8> = whole.records.iter().filter_map(|record| record.cost).sum();
    let count = |number: usize| u64::try_from(number).expect("small");
    source.check_totals(count(whole.records.len()), count(whole.rejects.len()), whole.blank_lines, cost)?;
    Ok(whole)
}

/// Reads chunks one by one and joins them, numbering the rows through.
fn read_chunks(source: &SourceFile<'_>, chunks: &[Chunk], context: &ParseContext<'_>) -> ParsedUsage {
    let mut whole = ParsedUsage::default();
    for chunk in chunks {
        let mut part = parse_usage(source, chunk, context);
        let before = u32::try_from(whole.records.len()).expect("small");
        part.records.iter_mut().for_each(|record| record.row += before);
        whole.records.append(&mut part.records);
        whole.rejects.append(&mut part.rejects);
        whole.blank_lines += part.blank_lines;
        whole.lines += part.lines;
    }
    whole
}
