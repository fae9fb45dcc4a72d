//! The merged ranges of a sheet: read before its rows, because they stand behind them; asked for each row which of its cells
//! are covered.

use super::package::Package;
use super::references::{Range, range_of};
use super::refused::Refused;
use super::xml::{Part, Piece};

/// A sheet with more is a picture of a table, no table.
const MOST: usize = 10_000;

/// Merged ranges, by their first row; those that the current row is in.
#[derive(Default)]
pub(super) struct Merges {
    /// All, by first row.
    pub ranges: Vec<Range>,
    next: usize,
    /// From left to right: they do not overlap.
    active: Vec<Range>,
    /// The row with which the first of them ends, or one before.
    first_end: u32,
}

impl Merges {
    /// Reads only what says `mergeCell`: sheets without it, nearly all, cost one inflation and no more.
    pub(super) fn read(package: &Package<'_>, part: &str, most: u64) -> Result<Self, Refused> {
        let has_some = package.read(part, most, |part| part.contains(b"mergeCell"))?;
        match has_some {
            Some(true) => Ok(package.read(part, most, Self::read_part)?.unwrap_or_default()),
            _ => Ok(Self::default()),
        }
    }

    fn read_part(part: &mut Part<'_>) -> Result<Self, Refused> {
        let mut ranges = Vec::new();
        loop {
            match part.next()? {
                Piece::Open(tag) => match (tag.depth, tag.name()) {
                    (1, _) | (2, "mergeCells") => {}
                    (3, "mergeCell") => {
                        let [range] = tag.attributes(["ref"])?;
                        let range = range.as_deref().unwrap_or_default();
                        let read = range_of(range);
                        let read =
                            read.ok_or_else(|| Refused::strange(format!("merges {range:?}, which is no range")))?;
                        ranges.push(read);
                    }
                    (depth, _) => part.skip(depth)?,
                },
                Piece::End => break,
                _ => {}
            }
            if ranges.len() > MOST {
                let reason = "has more than 10,000 merged ranges";
                return Err(Refused::new(reason, "unmerge its cells: select all of them, then Merge & Center off"));
            }
        }
        ranges.sort_unstable_by_key(|range| (range.first_row, range.first_column));
        Ok(Self { ranges, ..Self::default() })
    }

    /// Goes on to a row; rows come in order.
    pub(super) fn enter(&mut self, row: u32) -> Result<(), Refused> {
        if self.first_end < row {
            self.active.retain(|range| range.last_row >= row);
            self.first_end = self.active.iter().map(|range| range.last_row).min().unwrap_or(u32::MAX);
        }
        while let Some(range) = self.ranges.get(self.next).filter(|range| range.first_row <= row) {
            self.next += 1;
            if range.last_row < row {
                continue;
            }
            let place = self.active.partition_point(|other| other.last_column < range.first_column);
            if self.active.get(place).is_some_and(|other| other.first_column <= range.last_column) {
                return Err(Refused::strange(format!("merges {range}, which overlaps another merged range")));
            }
            self.active.insert(place, *range);
            self.first_end = self.first_end.min(range.last_row);
        }
        Ok(())
    }

    /// Is a cell of the row that was entered covered by the first cell of a range?
    pub(super) fn cover(&self, row: u32, column: u32) -> bool {
        let place = self.active.partition_point(|range| range.last_column < column);
        self.active
            .get(place)
            .is_some_and(|range| range.first_column <= column && (row, column) != (range.first_row, range.first_column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merges(ranges: &[&str]) -> Result<Merges, Refused> {
        let cells: String = ranges.iter().map(|range| format!("<mergeCell ref=\"{range}\"/>")).collect();
        let xml = format!("<worksheet><sheetData><row/></sheetData><mergeCells>{cells}</mergeCells></worksheet>");
        Merges::read_part(&mut Part::of(&xml))
    }

    #[test]
    fn all_but_the_first_cell_of_a_range_are_covered() {
        let mut merges = merges(&["A5:A6", "B2:C3"]).unwrap();
        let mut covered = Vec::new();
        for row in 1..8 {
            merges.enter(row).unwrap();
            covered.extend((0..4).filter(|column| merges.cover(row, *column)).map(|column| (row, column)));
        }
        assert_eq!(covered, [(2, 2), (3, 1), (3, 2), (6, 0)]);
    }

    #[test]
    fn ranges_that_overlap_are_refused() {
        for ranges in [["B2:C3", "C3:D4"], ["A1:D1", "B1:B9"], ["A2:B2", "A1:A3"]] {
            let mut merges = merges(&ranges).unwrap();
            let entered: Result<Vec<()>, Refused> = (1..5).map(|row| merges.enter(row)).collect();
            assert!(entered.is_err(), "{ranges:?}");
        }
    }

    #[test]
    fn ranges_that_are_none_and_too_many_are_refused() {
        for range in ["", "A", "A1:", "B2:A1", "A1:XFE1", "A0:A1"] {
            assert!(merges(&[range]).is_err(), "{range}");
        }
        let many: Vec<String> = (1..=10_001).map(|row| format!("A{row}:B{row}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(merges(&many[..10_000]).is_ok());
        assert!(merges(&many).is_err());
    }
}
