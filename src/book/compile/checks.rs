//! What must hold across rows, whatever they mean: keys, references, dates that do not overlap, chains without loops.

use ahash::{AHashMap, AHashSet};

use crate::book::keys;
use crate::book::schema::{CellKind, find_schema, schemas};
use crate::book::tables::Tables;
use crate::domain::time::{Date, DateRange};

use super::rows::{Input, Row};

/// No two rows of a file have the same key.
pub(super) fn refuse_duplicate_keys(tables: &Tables, input: &Input) {
    tables.iter().for_each(|table| keys::refuse_duplicates(table, &input.errors));
}

/// Every name of a row in another file is the name of one.
pub(super) fn refuse_unknown_names(input: &Input) {
    let mut known: AHashMap<&str, AHashSet<&str>> = AHashMap::new();
    for schema in schemas() {
        for (position, column) in schema.columns.iter().enumerate() {
            let CellKind::NameOf(other) = column.kind else { continue };
            let names = known.entry(other).or_insert_with(|| names_in(input, other).collect());
            for row in input.rows(schema.name) {
                if let Some(name) = row.at(position).filter(|name| !names.contains(name)) {
                    let key = find_schema(other).map_or("", |schema| schema.key[0]).replace('_', " ");
                    row.fail_unknown(
                        column.name,
                        name,
                        &format!("no such {key} in {other}.csv"),
                        names_in(input, other),
                    );
                }
            }
        }
    }
}

/// The names of a file's rows, in order.
fn names_in<'i>(input: &'i Input, file: &str) -> impl Iterator<Item = &'i str> {
    input.rows(file).filter_map(|row| row.get(row.schema.key[0]))
}

/// Something that holds between two dates: what must be unique at any time, when, and whose it is.
pub(super) struct Dated<K> {
    pub key: K,
    pub valid: DateRange,
    /// Position of the row.
    pub row: usize,
}

/// Reports pairs of one key with overlapping dates, for each the row that is further down and the other one.
pub(super) fn find_overlaps<K: Ord>(mut entries: Vec<Dated<K>>, mut report: impl FnMut(&K, usize, usize)) {
    entries.retain(|entry| !entry.valid.is_reversed());
    entries.sort_by(|a, b| (&a.key, a.valid.from, a.row).cmp(&(&b.key, b.valid.from, b.row)));
    for same in entries.chunk_by(|a, b| a.key == b.key) {
        let mut longest = &same[0];
        for entry in &same[1..] {
            if longest.valid.overlaps(entry.valid) {
                report(&entry.key, longest.row.max(entry.row), longest.row.min(entry.row));
            }
            if ends_after(entry.valid.to, longest.valid.to) {
                longest = entry;
            }
        }
    }
}

fn ends_after(end: Option<Date>, other: Option<Date>) -> bool {
    match (end, other) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(end), Some(other)) => end > other,
    }
}

/// Two rows in the order of their lines: an error is reported at the second and names the first.
pub(super) fn by_line<'i>(a: Row<'i>, b: Row<'i>) -> (Row<'i>, Row<'i>) {
    if b.row.line < a.row.line { (b, a) } else { (a, b) }
}

/// The loops of "each names at most one next", each from its first member on.
pub(super) fn find_loops(next: &[Option<u32>]) -> Vec<Vec<usize>> {
    let mut loops = Vec::new();
    let mut seen_from = vec![usize::MAX; next.len()];
    for start in 0..next.len() {
        let mut at = start;
        while seen_from[at] == usize::MAX {
            seen_from[at] = start;
            match next[at] {
                Some(following) => at = following as usize,
                None => break,
            }
        }
        // Back at a member that this very walk saw first, and that has a next one: the walk closed a loop.
        if seen_from[at] == start && next[at].is_some() {
            loops.push(loop_from(at, next));
        }
    }
    loops
}

fn loop_from(member: usize, next: &[Option<u32>]) -> Vec<usize> {
    let mut members = vec![member];
    while let Some(following) = next[members[members.len() - 1]].map(|following| following as usize) {
        if following == member {
            break;
        }
        members.push(following);
    }
    let first = members.iter().enumerate().min_by_key(|(_, member)| **member).map_or(0, |(position, _)| position);
    members.rotate_left(first);
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_found_once_and_named_from_their_first_member() {
        let check = |next: &[Option<u32>], expected: &[&[usize]]| assert_eq!(find_loops(next), expected, "{next:?}");
        check(&[None, Some(0), Some(1)], &[]);
        check(&[Some(0)], &[&[0]]);
        check(&[Some(2), Some(2), Some(3), Some(2), None], &[&[2, 3]]);
        check(&[Some(1), Some(2), Some(0), Some(4), Some(3)], &[&[0, 1, 2], &[3, 4]]);
        check(&[None, None, Some(1), Some(2)], &[]);
    }

    #[test]
    fn overlaps_are_found_behind_longer_ranges_too() {
        let date = |text: &str| if text.is_empty() { None } else { Date::parse(text) };
        let check = |ranges: &[(&str, &str)], expected: &[(usize, usize)]| {
            let entries = ranges.iter().enumerate().map(|(row, (from, to))| Dated {
                key: "one",
                valid: DateRange { from: date(from), to: date(to) },
                row,
            });
            let mut found = Vec::new();
            find_overlaps(entries.collect(), |_, later, earlier| found.push((later, earlier)));
            assert_eq!(found, expected, "{ranges:?}");
        };
        check(&[("", "2026-01-31"), ("2026-02-01", "")], &[]);
        check(&[("", "2026-01-31"), ("2026-01-31", "")], &[(1, 0)]);
        check(&[("2026-01-01", "2026-12-31"), ("2026-02-01", "2026-02-28"), ("2026-06-01", "")], &[(1, 0), (2, 0)]);
        check(&[("", ""), ("", "")], &[(1, 0)]);
        check(&[("2026-02-01", "2026-01-01"), ("", "")], &[]);
    }
}
