//! Which rows of which imports a run billed ↔ a text in the metadata of its file: a draft asks it of every run there ever
//! was, and must not read their columns for it. Files without the text, of earlier versions, are read by their columns.
//!
//! `import:lengths;` for each import, ascending. The lengths are those of a stretch that is not billed, one that is, and
//! so on, from row 0; each in digits of five bits, lowest first, with a sixth bit if more follow.

use std::collections::BTreeMap;
use std::ops::Range;

use super::UsageStore;
use super::error::FactsError;
use super::row_set::RowSet;
use super::schema::BILLED;
use super::table_reader::Columns;

/// The entry of the metadata.
pub(super) const ENTRY: &str = "tollbook.billed_rows";
/// Six bits each.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const MORE: u32 = 32;
/// Rows that are read at once from the columns.
const BATCH: usize = 16_384;

/// Rows of imports, as the ledger numbers them.
pub type RowsOfImports = BTreeMap<i64, RowSet>;

impl UsageStore {
    /// Which facts a run billed.
    ///
    /// # Errors
    /// Damaged, if it billed one twice.
    pub fn billed_sets(&self, run_file: &str) -> Result<RowsOfImports, FactsError> {
        let mut table = self.open_table(run_file, &BILLED, Columns::Named(&["import", "row"]))?;
        let damaged = |found: &str| FactsError::damaged(&self.path_of(run_file), found);
        let sets = match table.metadata(ENTRY) {
            Some(text) => decode(text).ok_or_else(|| damaged("its list of billed rows does not read"))?,
            None => {
                let mut sets = RowsOfImports::new();
                while let Some(rows) = table.next_rows(BATCH, None, |row| Ok((row.integer()?, row.row_number()?)))? {
                    for (import, row) in rows {
                        sets.entry(import).or_default().insert(row);
                    }
                }
                sets
            }
        };
        match sets.values().map(RowSet::len).sum::<u64>() == u64::from(table.rows()) {
            true => Ok(sets),
            false => Err(damaged("it does not bill each of its rows once")),
        }
    }
}

/// Sets as the text; the inverse of [`decode`].
pub(super) fn encode(sets: &RowsOfImports) -> String {
    let mut text = String::new();
    for (import, rows) in sets {
        text.push_str(&format!("{import}:"));
        let mut end = 0;
        for Range { start, end: next } in rows.ranges() {
            put_length(&mut text, start - end);
            put_length(&mut text, next - start);
            end = next;
        }
        text.push(';');
    }
    text
}

fn put_length(text: &mut String, mut length: u32) {
    loop {
        let more = if length < MORE { 0 } else { MORE };
        text.push(char::from(DIGITS[((length % MORE) | more) as usize]));
        length /= MORE;
        if more == 0 {
            return;
        }
    }
}

fn decode(text: &str) -> Option<RowsOfImports> {
    let mut sets = RowsOfImports::new();
    for part in text.split_terminator(';') {
        let (import, lengths) = part.split_once(':')?;
        let mut digits = lengths.bytes();
        let (mut rows, mut end) = (RowSet::new(), 0_u32);
        while digits.len() > 0 {
            let start = end.checked_add(take_length(&mut digits)?)?;
            end = start.checked_add(take_length(&mut digits)?)?;
            rows.insert_range(start..end);
        }
        sets.insert(import.parse().ok()?, rows);
    }
    Some(sets)
}

fn take_length(digits: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let (mut length, mut scale) = (0_u32, 1_u32);
    loop {
        let digit = match digits.next()? {
            upper @ b'A'..=b'Z' => upper - b'A',
            lower @ b'a'..=b'z' => lower - b'a' + 26,
            number @ b'0'..=b'9' => number - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        let digit = u32::from(digit);
        length = length.checked_add((digit % MORE).checked_mul(scale)?)?;
        if digit < MORE {
            return Some(length);
        }
        scale = scale.checked_mul(MORE)?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sets_are_a_short_text() {
        let sets = RowsOfImports::from([(3, (0..1_000).into()), (12, [0..1, 5..40, 100..101].into_iter().collect())]);
        let text = encode(&sets);
        // 1000 = 8 + 31 · 32; a gap of 4 and 35 rows = 3 + 1 · 32; a gap of 60 = 28 + 1 · 32.
        assert_eq!(text, "3:Aof;12:ABEjB8BB;");
        assert_eq!(decode(&text), Some(sets));
        assert_eq!(decode(""), Some(RowsOfImports::new()));
        for bad in ["3", "x:", "3:A", "3:Ao", "3:A!", "3:A______________", "3:________"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn sets_come_back(sets in proptest::collection::btree_map(
            1_i64..100,
            proptest::collection::vec((0_u32..5_000_000, 1_u32..3_000), 0..20),
            0..4,
        )) {
            let rows = |runs: Vec<(u32, u32)>| runs.into_iter().map(|(start, rows)| start..start + rows).collect();
            let sets: RowsOfImports = sets.into_iter().map(|(import, runs)| (import, rows(runs))).collect();
            prop_assert_eq!(decode(&encode(&sets)), Some(sets));
        }
    }
}
