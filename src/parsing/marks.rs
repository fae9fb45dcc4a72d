//! Bytes → where the marks stand at which records are cut: delimiters, quotes, ends of lines. One pass, 64 bytes at a time,
//! as one bit a byte. Decides nothing about what a mark means.
//!
//! The processor compares 64 bytes at once where it can (AVX-512, AVX2), else eight (any 64-bit processor). All three give
//! the same bits, which the tests compare byte by byte. What it bought: `docs/performance.md`.

#![allow(unsafe_code, reason = "wide comparisons: called where the processor was asked first, loads from arrays only")]

use super::layout::{Dialect, Quoting};

/// Bytes that one word of bits stands for.
pub(super) const BLOCK: usize = 64;
/// Words that are made at once: the bits of 16 KiB stay in the nearest cache.
pub(super) const WINDOW: usize = 256;

/// Walks the marks of a stretch of bytes.
#[derive(Clone, Debug)]
pub(super) struct Marks<'a> {
    bytes: &'a [u8],
    wanted: [u8; 3],
    width: Width,
    /// Of the bytes from `base` on.
    window: Box<[u64; WINDOW]>,
    base: usize,
    /// Where the block begins that is read, and its bits that are left.
    block: usize,
    left: u64,
}

impl<'a> Marks<'a> {
    /// The marks of a dialect.
    pub fn new(bytes: &'a [u8], dialect: Dialect) -> Self {
        let quote = if dialect.quoting == Quoting::Off { b'\n' } else { b'"' };
        Self::of([dialect.delimiter, b'\n', quote], bytes, Width::of_processor())
    }

    fn of(wanted: [u8; 3], bytes: &'a [u8], width: Width) -> Self {
        let mut marks = Self { bytes, wanted, width, window: Box::new([0; WINDOW]), base: 0, block: 0, left: 0 };
        marks.fill(0);
        marks
    }

    /// Goes on with the first mark at a place or after it.
    pub fn go_on_from(&mut self, place: usize) {
        let place = place.min(self.bytes.len());
        if !(self.base..self.base + WINDOW * BLOCK).contains(&place) {
            self.fill(place - place % BLOCK);
        }
        self.block = place - place % BLOCK;
        self.left = self.window[(place - self.base) / BLOCK] & (u64::MAX << (place % BLOCK));
    }

    /// Goes on to the next block that has marks, if there is one.
    #[inline(never)]
    fn go_on(&mut self) -> bool {
        while self.left == 0 {
            let next = self.block + BLOCK;
            let word = (next - self.base) / BLOCK;
            if word < WINDOW {
                (self.block, self.left) = (next, self.window[word]);
            } else if next < self.bytes.len() {
                self.fill(next);
            } else {
                return false;
            }
        }
        true
    }

    /// Makes the bits of the window that begins at a place. Beyond the bytes there are no marks.
    fn fill(&mut self, base: usize) {
        debug_assert_eq!(base % BLOCK, 0);
        let (blocks, rest) = self.bytes[base..].as_chunks::<BLOCK>();
        let whole = blocks.len().min(WINDOW);
        self.width.mark(&blocks[..whole], self.wanted, &mut self.window[..whole]);
        let mut filled = whole;
        if whole < WINDOW && !rest.is_empty() {
            let mut last = [0; BLOCK];
            last[..rest.len()].copy_from_slice(rest);
            self.width.mark(&[last], self.wanted, &mut self.window[whole..=whole]);
            filled += 1;
        }
        self.window[filled..].fill(0);
        (self.base, self.block, self.left) = (base, base, self.window[0]);
    }
}

/// The places of the marks, ascending.
impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.left == 0 && !self.go_on() {
            return None;
        }
        let place = self.block + self.left.trailing_zeros() as usize;
        self.left &= self.left.wrapping_sub(1);
        Some(place)
    }
}

/// How many bytes are compared at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    Eight,
    #[cfg(target_arch = "x86_64")]
    ThirtyTwo,
    #[cfg(target_arch = "x86_64")]
    SixtyFour,
}

impl Width {
    /// The widest that this processor has.
    pub fn of_processor() -> Self {
        #[cfg(test)]
        if let Some(width) = *FORCED.read().expect("a width is set or not") {
            return width;
        }
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512bw") {
                return Self::SixtyFour;
            }
            if is_x86_feature_detected!("avx2") {
                return Self::ThirtyTwo;
            }
        }
        Self::Eight
    }

    /// For each block a word: the bit of a byte is set if it is one of the wanted.
    pub fn mark(self, blocks: &[[u8; BLOCK]], wanted: [u8; 3], words: &mut [u64]) {
        match self {
            Self::Eight => mark_by_eight(blocks, wanted, words),
            // SAFETY: this width was chosen because the processor has AVX2.
            #[cfg(target_arch = "x86_64")]
            Self::ThirtyTwo => unsafe { x86::mark_by_thirty_two(blocks, wanted, words) },
            // SAFETY: this width was chosen because the processor has AVX-512BW, which includes AVX-512F.
            #[cfg(target_arch = "x86_64")]
            Self::SixtyFour => unsafe { x86::mark_by_sixty_four(blocks, wanted, words) },
        }
    }
}

fn mark_by_eight(blocks: &[[u8; BLOCK]], wanted: [u8; 3], words: &mut [u64]) {
    let patterns = wanted.map(|byte| u64::from_ne_bytes([byte; 8]));
    for (block, word) in blocks.iter().zip(words) {
        let eights = block.as_chunks::<8>().0.iter().enumerate();
        *word = eights.fold(0, |bits, (position, eight)| {
            let eight = u64::from_le_bytes(*eight);
            let found = patterns.iter().fold(0, |found, pattern| found | zero_bytes(eight ^ pattern));
            bits | gathered(found) << (8 * position)
        });
    }
}

/// The highest bit of each byte that is zero.
fn zero_bytes(eight: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    !(((eight & LOW) + LOW) | eight | LOW)
}

/// The highest bits of eight bytes side by side.
fn gathered(highest: u64) -> u64 {
    (highest >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
        _mm512_cmpeq_epi8_mask, _mm512_loadu_si512, _mm512_set1_epi8,
    };

    use super::BLOCK;

    #[target_feature(enable = "avx2")]
    pub(super) fn mark_by_thirty_two(blocks: &[[u8; BLOCK]], wanted: [u8; 3], words: &mut [u64]) {
        let [a, b, c] = wanted.map(|byte| _mm256_set1_epi8(byte.cast_signed()));
        let bits = |half: &[u8; 32]| {
            // SAFETY: reads the 32 bytes of the array; unaligned loads are allowed.
            let half = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
            let found = _mm256_or_si256(_mm256_cmpeq_epi8(half, a), _mm256_cmpeq_epi8(half, b));
            let found = _mm256_or_si256(found, _mm256_cmpeq_epi8(half, c));
            u64::from(_mm256_movemask_epi8(found).cast_unsigned())
        };
        for (block, word) in blocks.iter().zip(words) {
            if let [low, high] = block.as_chunks::<32>().0 {
                *word = bits(low) | bits(high) << 32;
            }
        }
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn mark_by_sixty_four(blocks: &[[u8; BLOCK]], wanted: [u8; 3], words: &mut [u64]) {
        let [a, b, c] = wanted.map(|byte| _mm512_set1_epi8(byte.cast_signed()));
        for (block, word) in blocks.iter().zip(words) {
            // SAFETY: reads the 64 bytes of the array; unaligned loads are allowed.
            let block = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
            *word =
                _mm512_cmpeq_epi8_mask(block, a) | _mm512_cmpeq_epi8_mask(block, b) | _mm512_cmpeq_epi8_mask(block, c);
        }
    }
}

/// The width that a test holds all walks of its process to.
#[cfg(test)]
static FORCED: std::sync::RwLock<Option<Width>> = std::sync::RwLock::new(None);

/// Runs something once with each width that this processor has, told its name: whole files are then read with it. For one
/// test of a process; no other minds, as all widths give the same.
#[cfg(test)]
pub(crate) fn with_each_width(mut run: impl FnMut(&str)) {
    let force = |width| *FORCED.write().expect("a width is set or not") = width;
    for width in tests::widths() {
        force(Some(width));
        run(&format!("{width:?}"));
    }
    force(None);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All widths that this processor has.
    pub(super) fn widths() -> Vec<Width> {
        let mut widths = vec![Width::Eight];
        #[cfg(target_arch = "x86_64")]
        {
            widths.extend(is_x86_feature_detected!("avx2").then_some(Width::ThirtyTwo));
            widths.extend(is_x86_feature_detected!("avx512bw").then_some(Width::SixtyFour));
        }
        widths
    }

    fn places(bytes: &[u8], from: usize, width: Width) -> Vec<usize> {
        let mut marks = Marks::of([b';', b'\n', b'"'], bytes, width);
        marks.go_on_from(from);
        marks.collect()
    }

    fn plainly(bytes: &[u8], from: usize) -> Vec<usize> {
        (from..bytes.len()).filter(|place| b";\n\"".contains(&bytes[*place])).collect()
    }

    #[test]
    fn every_byte_is_told_apart_at_every_place() {
        for width in widths() {
            for byte in 0..=u8::MAX {
                // Under Miri every byte takes long.
                let lengths: &[usize] = if cfg!(miri) { &[65] } else { &[1, 63, 64, 65, 200] };
                for &length in lengths {
                    let bytes = vec![byte; length];
                    assert_eq!(places(&bytes, 0, width), plainly(&bytes, 0), "{width:?} {byte} {length}");
                }
            }
        }
    }

    #[test]
    fn it_goes_on_from_any_place_before_and_after_a_window() {
        let bytes: Vec<u8> = (0..40_000_u32).map(|place| if place % 97 == 0 { b';' } else { b'x' }).collect();
        let edge = WINDOW * BLOCK;
        for from in [0, 1, 97, edge - 1, edge, edge + 1, 2 * edge, 39_900, 39_999, 40_000, 50_000] {
            for width in widths() {
                assert_eq!(places(&bytes, from, width), plainly(&bytes, from.min(bytes.len())), "{width:?} {from}");
            }
        }
        let mut marks = Marks::of([b';'; 3], &bytes, Width::Eight);
        for from in [30_000, 10, 20_000, 40_000, 5] {
            marks.go_on_from(from);
            let next = plainly(&bytes, from).first().copied();
            assert_eq!(marks.next(), next, "there and back");
        }
    }

    /// Bytes between two pages that nobody may touch: one byte too many ends the process. Never given back.
    #[cfg(not(miri))]
    fn fenced(pages: usize) -> &'static mut [u8] {
        // SAFETY: a new mapping of `pages` and two more; those in between are made readable and writable, are zeros, lie
        // in no other slice, and stay mapped as long as the process lives.
        unsafe {
            let page = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).unwrap();
            let (length, flags) = (pages * page, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
            let start = libc::mmap(std::ptr::null_mut(), length + 2 * page, libc::PROT_NONE, flags, -1, 0);
            assert_ne!(start, libc::MAP_FAILED);
            let inside = start.cast::<u8>().add(page);
            assert_eq!(libc::mprotect(inside.cast(), length, libc::PROT_READ | libc::PROT_WRITE), 0);
            std::slice::from_raw_parts_mut(inside, length)
        }
    }

    #[cfg(not(miri))]
    #[test]
    fn no_byte_before_or_after_is_read() {
        let window = WINDOW * BLOCK;
        let bytes = fenced(2 * window / 4096);
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = if place % 7 == 0 { b'\n' } else { b'"' + u8::try_from(place % 3).unwrap() };
        }
        // At either fence, in each length, so that the last block is cut everywhere.
        for length in (0..=130).chain(window - 130..=window + 130).chain([bytes.len()]) {
            for bytes in [&bytes[bytes.len() - length..], &bytes[..length]] {
                for width in widths() {
                    assert_eq!(places(bytes, 0, width), plainly(bytes, 0), "{width:?} {length}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn all_widths_give_the_same(bytes in proptest::collection::vec(prop::sample::select(b"ab;\n\"\r\x80\xba".to_vec()), 0..400), from in 0..400_usize) {
            for width in widths() {
                prop_assert_eq!(places(&bytes, from, width), plainly(&bytes, from), "{:?}", width);
            }
        }
    }
}
