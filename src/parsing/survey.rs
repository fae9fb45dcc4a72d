//! A piece of a file → what the check of the frame asks of every byte of it (F4): physical lines, and whether anything in it
//! needs a closer look. On any thread. Finds no fault: where a piece is unusual the whole file is walked line by line,
//! which also finds what is wrong and where.

use std::ops::Range;

use memchr::memchr;

use super::frame::LONGEST_LINE;
use super::layout::{Dialect, Layout, Quoting};
use super::marks::{BLOCK, WINDOW, Width};

/// What was seen of one piece, which begins and ends where lines do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    pub(super) range: Range<usize>,
    /// Line feeds.
    pub(super) lines: u64,
    /// No NUL, no carriage return without a line feed, no line as long as lines may not be; and where quotes count, an even
    /// number of them on each line, so that no field goes on over lines and none is left open.
    pub(super) is_usual: bool,
}

/// Cuts a file into pieces of about so many bytes, each but the last ending with a line feed.
pub fn cut_pieces(bytes: &[u8], target_bytes: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let target = start.saturating_add(target_bytes.max(1) - 1).min(bytes.len());
        let end = memchr(b'\n', &bytes[target..]).map_or(bytes.len(), |length| target + length + 1);
        pieces.push(start..end);
        start = end;
    }
    pieces
}

/// Looks at one of the pieces.
pub fn survey(bytes: &[u8], range: Range<usize>, layout: &Layout) -> Survey {
    let mut seen = Seen::new(layout.dialect);
    let piece = &bytes[range.clone()];
    let width = Width::of_processor();
    let (blocks, rest) = piece.as_chunks::<BLOCK>();
    blocks.chunks(WINDOW).for_each(|blocks| seen.look_at(blocks, width));
    if !rest.is_empty() {
        // Filled up with what means nothing.
        let mut last = [b' '; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        seen.look_at(&[last], width);
    }
    Survey { range, lines: seen.lines, is_usual: seen.is_usual && !seen.ends_with_return && seen.odd == 0 }
}

/// What was seen so far, from block to block.
struct Seen {
    counts_quotes: bool,
    lines: u64,
    is_usual: bool,
    /// All ones within a line with an odd number of quotes so far.
    odd: u64,
    ends_with_return: bool,
    blocks_without_line: usize,
}

impl Seen {
    fn new(dialect: Dialect) -> Self {
        Self {
            counts_quotes: dialect.quoting != Quoting::Off,
            lines: 0,
            is_usual: true,
            odd: 0,
            ends_with_return: false,
            blocks_without_line: 0,
        }
    }

    fn look_at(&mut self, blocks: &[[u8; BLOCK]], width: Width) {
        let mut places = [[0; WINDOW]; 4];
        for (places, byte) in places.iter_mut().zip([b'\n', b'\r', 0, b'"']) {
            width.mark(blocks, [byte; 3], &mut places[..blocks.len()]);
        }
        let [lines, returns, nuls, quotes] = &places;
        for at in 0..blocks.len() {
            self.add(lines[at], returns[at], nuls[at], quotes[at]);
        }
    }

    /// One block, as one bit a byte.
    fn add(&mut self, lines: u64, returns: u64, nuls: u64, quotes: u64) {
        self.lines += u64::from(lines.count_ones());
        // A line feed stands after each carriage return: within the block, or at the start of the next.
        let after_return = returns << 1 | u64::from(self.ends_with_return);
        self.ends_with_return = returns >> 63 == 1;
        self.blocks_without_line = if lines == 0 { self.blocks_without_line + 1 } else { 0 };
        // One block early: the line may have begun, and may end, within another.
        let is_long = self.blocks_without_line >= LONGEST_LINE / BLOCK - 1;
        self.is_usual &= after_return & !lines == 0 && nuls == 0 && !is_long;
        if self.counts_quotes {
            let odd = odd_so_far(quotes) ^ self.odd;
            self.is_usual &= odd & lines == 0;
            self.odd = 0_u64.wrapping_sub(odd >> 63);
        }
    }
}

/// For each bit whether the number of bits up to it is odd.
fn odd_so_far(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, shift| bits ^ bits << shift)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A layout with and without quoting.
    fn layouts() -> [Layout; 2] {
        ["", "quoting = true"]
            .map(|quoting| super::super::tests::four_columns(&format!("column_count = 4\n{quoting}"), ""))
    }

    /// The same byte by byte.
    fn is_usual(text: &[u8], dialect: Dialect) -> bool {
        text.split_inclusive(|byte| *byte == b'\n').all(|line| {
            let content = line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n")).unwrap_or(line);
            let quotes = content.iter().filter(|byte| **byte == b'"').count();
            let is_even = quotes % 2 == 0 || dialect.quoting == Quoting::Off;
            !content.contains(&0) && !content.contains(&b'\r') && is_even
        })
    }

    proptest! {
        #[test]
        fn a_piece_is_seen_as_it_is(
            lines in prop::collection::vec(prop_oneof![
                6 => "[a-c,]{0,90}\r?\n",
                2 => "(\"[a-c]{0,20}\",){0,4}\r?\n",
                1 => "[a\"\r\n\x00]{0,5}",
            ], 0..20),
            target in 1..300_usize,
        ) {
            let text = lines.concat().into_bytes();
            for layout in layouts() {
                let pieces = cut_pieces(&text, target);
                prop_assert_eq!(pieces.iter().flat_map(|piece| &text[piece.clone()]).copied().collect::<Vec<u8>>(), text.clone());
                for piece in pieces {
                    let content = &text[piece.clone()];
                    let seen = survey(&text, piece.clone(), &layout);
                    let lines = content.iter().filter(|byte| **byte == b'\n').count() as u64;
                    prop_assert_eq!(seen.lines, lines);
                    prop_assert_eq!(seen.is_usual, is_usual(content, layout.dialect), "{:?}", content);
                    prop_assert!(piece.end == text.len() || content.ends_with(b"\n"));
                }
            }
        }
    }

    #[test]
    fn a_line_without_bound_is_unusual() {
        let [layout, _] = layouts();
        for (length, expected) in [(LONGEST_LINE / 2, true), (LONGEST_LINE + BLOCK, false)] {
            let text = [vec![b'x'; length], b"\n".to_vec()].concat();
            assert_eq!(survey(&text, 0..text.len(), &layout).is_usual, expected, "{length}");
        }
    }
}
