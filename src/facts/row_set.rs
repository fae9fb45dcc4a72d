//! A set of rows of one file, as a bitmap: an eighth of a byte for each row up to the highest one.

use std::ops::Range;

/// Rows of one file, from 0; no file has 2^32 - 1 of them.
#[derive(Clone, Debug, Default)]
pub struct RowSet {
    words: Vec<u64>,
    len: u64,
}

const WORD: u32 = u64::BITS;

impl RowSet {
    /// No rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row; `false` if it was there.
    pub fn insert(&mut self, row: u32) -> bool {
        let (word, mask) = place(row);
        self.grow_to(word);
        let added = self.words[word] & mask == 0;
        self.words[word] |= mask;
        self.len += u64::from(added);
        added
    }

    /// Adds the rows of a range; its end is not included.
    pub fn insert_range(&mut self, rows: Range<u32>) {
        let mut next = rows.start;
        while next < rows.end {
            let (word, _) = place(next);
            let end = rows.end.min((next / WORD + 1).saturating_mul(WORD));
            self.grow_to(word);
            let mask = (u64::MAX >> (WORD - (end - next))) << (next % WORD);
            self.len += u64::from((mask & !self.words[word]).count_ones());
            self.words[word] |= mask;
            next = end;
        }
    }

    /// Is the row in the set?
    pub fn contains(&self, row: u32) -> bool {
        let (word, mask) = place(row);
        self.words.get(word).is_some_and(|bits| bits & mask != 0)
    }

    /// Is any row of a range in the set?
    pub fn contains_any(&self, rows: Range<u32>) -> bool {
        self.iter_from(rows.start).next().is_some_and(|row| row < rows.end)
    }

    /// How many rows are in it.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// None?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds all rows of another set.
    pub fn union(&mut self, other: &Self) {
        if let Some(last) = other.words.len().checked_sub(1) {
            self.grow_to(last);
        }
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            self.len += u64::from((theirs & !*mine).count_ones());
            *mine |= theirs;
        }
    }

    /// Takes the rows of a range out; its end is not included.
    pub fn remove_range(&mut self, rows: Range<u32>) {
        for row in rows {
            let (word, mask) = place(row);
            let Some(bits) = self.words.get_mut(word) else { return };
            self.len -= u64::from(*bits & mask != 0);
            *bits &= !mask;
        }
    }

    /// The rows, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.iter_from(0)
    }

    /// The runs of neighbouring rows, ascending: the short form in which to keep or print a set.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u32>> + '_ {
        self.ranges_within(0..u32::MAX)
    }

    /// The runs of neighbouring rows in a range, ascending.
    pub fn ranges_within(&self, rows: Range<u32>) -> impl Iterator<Item = Range<u32>> + '_ {
        let mut rows = self.iter_from(rows.start).take_while(move |row| *row < rows.end).peekable();
        std::iter::from_fn(move || {
            let start = rows.next()?;
            let mut end = start + 1;
            while rows.next_if_eq(&end).is_some() {
                end += 1;
            }
            Some(start..end)
        })
    }

    /// The runs of rows below `rows` that are not in the set, ascending.
    pub fn gaps(&self, rows: u32) -> impl Iterator<Item = Range<u32>> + '_ {
        let mut start = 0;
        let after_last = std::iter::once(rows..rows);
        self.ranges().take_while(move |run| run.start < rows).chain(after_last).filter_map(move |run| {
            let gap = start..run.start;
            start = run.end;
            (!gap.is_empty()).then_some(gap)
        })
    }

    fn iter_from(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let first_word = (first / WORD) as usize;
        let bases = (0..u32::MAX).step_by(WORD as usize).skip(first_word);
        self.words.iter().skip(first_word).zip(bases).flat_map(move |(word, base)| {
            let before = first.saturating_sub(base);
            let mut bits = if before == 0 { *word } else { *word & (u64::MAX << before) };
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros();
                // Clears the lowest bit; at zero there is none left.
                bits &= bits.checked_sub(1)?;
                Some(base + bit)
            })
        })
    }

    fn grow_to(&mut self, word: usize) {
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
    }
}

/// Equal when they hold the same rows, whatever room they have.
impl Extend<u32> for RowSet {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, rows: I) {
        for row in rows {
            self.insert(row);
        }
    }
}

impl PartialEq for RowSet {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for RowSet {}

impl From<Range<u32>> for RowSet {
    fn from(rows: Range<u32>) -> Self {
        let mut set = Self::new();
        set.insert_range(rows);
        set
    }
}

impl FromIterator<u32> for RowSet {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut set = Self::new();
        for row in rows {
            set.insert(row);
        }
        set
    }
}

impl FromIterator<Range<u32>> for RowSet {
    fn from_iter<I: IntoIterator<Item = Range<u32>>>(ranges: I) -> Self {
        let mut set = Self::new();
        for range in ranges {
            set.insert_range(range);
        }
        set
    }
}

fn place(row: u32) -> (usize, u64) {
    ((row / WORD) as usize, 1 << (row % WORD))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::single_range_in_vec_init, reason = "a set of one stretch is what is meant")]

    use super::*;

    #[test]
    fn a_set_gives_back_its_rows_as_runs_and_gaps() {
        let check = |ranges: &[Range<u32>], len: u64, runs: &[Range<u32>], gaps_below_200: &[Range<u32>]| {
            let set: RowSet = ranges.iter().cloned().collect();
            assert_eq!(set.len(), len, "{ranges:?}");
            assert_eq!(set.is_empty(), len == 0, "{ranges:?}");
            assert_eq!(set.ranges().collect::<Vec<_>>(), runs, "{ranges:?}");
            assert_eq!(set.gaps(200).collect::<Vec<_>>(), gaps_below_200, "{ranges:?}");
            for rows in [0..300, 0..64, 10..64, 12..130, 63..65, 64..128, 5..5, 250..400] {
                let within: RowSet = set.iter().filter(|row| rows.contains(row)).collect();
                assert!(set.ranges_within(rows.clone()).eq(within.ranges()), "{ranges:?} {rows:?}");
            }
            for row in 0..300 {
                assert_eq!(set.contains(row), ranges.iter().any(|range| range.contains(&row)), "{ranges:?} {row}");
            }
            let one_by_one: RowSet = ranges.iter().cloned().flatten().collect();
            assert_eq!(set, one_by_one);
        };
        check(&[], 0, &[], &[0..200]);
        check(&[0..0], 0, &[], &[0..200]);
        check(&[0..1], 1, &[0..1], &[1..200]);
        check(&[63..65], 2, &[63..65], &[0..63, 65..200]);
        check(&[0..64, 64..128], 128, &[0..128], &[128..200]);
        check(&[10..20, 15..25], 15, &[10..25], &[0..10, 25..200]);
        check(&[3..4, 130..290], 161, &[3..4, 130..290], &[0..3, 4..130]);
        check(&[0..200], 200, &[0..200], &[]);
    }

    #[test]
    fn a_union_holds_the_rows_of_both() {
        let mut set: RowSet = [1_u32, 2, 3].into_iter().collect();
        set.union(&[3_u32, 500].into_iter().collect());
        set.union(&RowSet::new());
        assert_eq!(set.iter().collect::<Vec<_>>(), [1, 2, 3, 500]);
        assert_eq!(set.len(), 4);
        assert!(!set.insert(500));
    }

    #[test]
    fn rows_of_a_range_are_taken_out() {
        let check = |taken: Range<u32>, expected: &[Range<u32>]| {
            let mut set: RowSet = [2..5, 60..70].into_iter().collect();
            set.remove_range(taken.clone());
            assert_eq!(set.ranges().collect::<Vec<_>>(), expected, "{taken:?}");
            assert_eq!(set.len(), expected.iter().map(|range| u64::from(range.end - range.start)).sum::<u64>());
        };
        check(0..2, &[2..5, 60..70]);
        check(3..4, &[2..3, 4..5, 60..70]);
        check(4..62, &[2..4, 62..70]);
        check(0..5000, &[]);
    }

    #[test]
    fn any_row_of_a_range_is_found() {
        let set: RowSet = [5_u32, 64, 1000].into_iter().collect();
        let check = |rows: Range<u32>, expected: bool| assert_eq!(set.contains_any(rows.clone()), expected, "{rows:?}");
        check(0..5, false);
        check(0..6, true);
        check(6..64, false);
        check(64..65, true);
        check(65..1000, false);
        check(999..5000, true);
        check(1001..5000, false);
    }

    #[test]
    fn the_highest_row_fits() {
        let mut set = RowSet::new();
        // The range ends in the last row's word; rows go up to 2^32 - 2.
        set.insert_range(u32::MAX - 70..u32::MAX);
        assert_eq!(set.len(), 70);
        assert_eq!(set.ranges().collect::<Vec<_>>(), [u32::MAX - 70..u32::MAX]);
    }
}
