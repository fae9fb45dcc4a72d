//! One look for the repeats of a new file among known ones, in passes over the digests: see [`super::repeats`].

use std::collections::BTreeSet;

use ahash::AHashMap;

use super::comparison::{Comparison, Located, Pair};
use super::digest_scan::{GroupDigests, Part, UsageFile, parts};
use super::error::FactsError;
use super::key_table::{KeyList, KeyTable, Share};
use super::repeats::{KnownFile, Limits, Repeats};
use super::row_set::RowSet;
use crate::threads::{Threads, in_order};

/// What is looked for, and where.
pub(super) struct Search<'s> {
    /// The files that came before.
    pub known: &'s [KnownFile],
    /// The known files and, last, the new one.
    pub files: &'s [UsageFile<'s>],
    /// Whose files.
    pub supplier: &'s str,
    /// Rows of the new file that are looked for; all if none are named.
    pub wanted: Option<&'s RowSet>,
    /// How many they are.
    pub rows: u64,
    /// Does what stands earlier in the new file count as having come before?
    pub in_itself: bool,
    /// Who works side by side.
    pub threads: Option<&'s dyn Threads>,
    /// What is held at once.
    pub limits: Limits,
}

/// A search under way.
struct Looking<'s> {
    search: &'s Search<'s>,
    known_parts: Vec<Part>,
    new_parts: Vec<Part>,
}

/// Keys that may be those of repeats.
struct Candidates {
    table: KeyTable,
    /// For each key of the table, the first record that has it.
    first: Vec<Located>,
    /// The groups of rows of known files that have some of the keys.
    groups: BTreeSet<(usize, usize)>,
    /// Rows of the new file that have one of the keys.
    rows: usize,
}

impl Search<'_> {
    /// Finds the repeats.
    pub fn find(&self) -> Result<Repeats, FactsError> {
        let (known_parts, new_parts) =
            parts(self.files, self.threads)?.into_iter().partition(|part| part.file < self.known.len());
        let looking = Looking { search: self, known_parts, new_parts };
        let mut repeats = Repeats::default();
        let mut comparison =
            Comparison::new(self.known, self.files, self.supplier, self.threads, self.in_itself, self.limits.compared);
        let passes = self.rows.div_ceil(self.limits.keys as u64).max(1);
        for number in 0..passes {
            let Some(candidates) = looking.candidates(Share { number, of: passes })? else { continue };
            let shares = candidates.rows.div_ceil(self.limits.contents).max(1) as u64;
            let mut pairs = Vec::new();
            for number in 0..shares {
                looking.pair(&candidates, Share { number, of: shares }, |pair| {
                    pairs.push(pair);
                    if pairs.len() < self.limits.pairs {
                        return Ok(());
                    }
                    comparison.compare(std::mem::take(&mut pairs), &mut repeats)
                })?;
            }
            drop(candidates);
            comparison.compare(pairs, &mut repeats)?;
        }
        comparison.decide_rest(&mut repeats)?;
        repeats.duplicates.sort_unstable();
        repeats.conflicts.sort_unstable();
        Ok(repeats)
    }

    fn is_wanted(&self, row: u32) -> bool {
        self.wanted.is_none_or(|wanted| wanted.contains(row))
    }

    /// Does a row of a known file count as having been seen?
    fn counts(&self, file: usize, row: u32) -> bool {
        !self.known[file].ignore.contains(row)
    }
}

impl Looking<'_> {
    /// The keys of a share that known files have too, or that come twice; `None` if there are none.
    fn candidates(&self, share: Share) -> Result<Option<Candidates>, FactsError> {
        let Search { threads, limits, in_itself, .. } = *self.search;
        let mut list = KeyList::new(limits.keys + limits.keys / 8);
        let keys = |group: &GroupDigests| {
            let rows = group.rows().filter(|(row, key)| share.holds(*key) && self.search.is_wanted(*row));
            rows.map(|(_, key)| key).collect::<Vec<_>>()
        };
        self.each_new_group(false, keys, |keys| {
            list.add(&keys, threads);
            Ok(())
        })?;
        let (table, repeated) = list.into_table(share, threads);
        let mut is_candidate = vec![false; table.keys().len()];
        if in_itself {
            repeated.iter().filter_map(|key| table.find(*key)).for_each(|key| is_candidate[key] = true);
        }
        let mut groups = BTreeSet::new();
        let found = |group: &GroupDigests, file: usize| {
            let rows = group.rows().filter_map(|(row, key)| Some((row, table.find(key)?)));
            rows.filter(|(row, _)| self.search.counts(file, *row)).map(|(_, key)| key).collect::<Vec<_>>()
        };
        self.each_known_group(false, None, found, |file, group, keys| {
            if !keys.is_empty() {
                groups.insert((file, group));
            }
            keys.into_iter().for_each(|key| is_candidate[key] = true);
            Ok(())
        })?;
        let candidates = table.keys().iter().zip(&is_candidate).filter(|(_, is_candidate)| **is_candidate);
        let keys: Vec<_> = candidates.map(|(key, _)| *key).collect();
        drop((table, is_candidate));
        if keys.is_empty() {
            return Ok(None);
        }
        self.first_of_each(KeyTable::of_sorted(keys, share), groups).map(Some)
    }

    /// Notes the first record that has each key.
    fn first_of_each(&self, table: KeyTable, groups: BTreeSet<(usize, usize)>) -> Result<Candidates, FactsError> {
        let mut first = vec![Located::NOWHERE; table.keys().len()];
        let known = |group: &GroupDigests, file: usize| {
            let rows = group.rows().filter(|(row, _)| self.search.counts(file, *row));
            rows.filter_map(|(row, key)| Some((row, table.find(key)?))).collect::<Vec<_>>()
        };
        self.each_known_group(false, Some(&groups), known, |file, _, found| {
            found.into_iter().for_each(|(row, key)| first[key] = first[key].min(Located::in_known(file, row)));
            Ok(())
        })?;
        let mut rows = 0;
        let new = |group: &GroupDigests| {
            let rows = group.rows().filter(|(row, _)| self.search.is_wanted(*row));
            rows.filter_map(|(row, key)| Some((row, table.find(key)?))).collect::<Vec<_>>()
        };
        self.each_new_group(false, new, |found| {
            rows += found.len();
            found.into_iter().for_each(|(row, key)| first[key] = first[key].min(Located::in_new(row)));
            Ok(())
        })?;
        Ok(Candidates { table, first, groups, rows })
    }

    /// Pairs each new record of a share of the contents with one that came before.
    fn pair(
        &self,
        candidates: &Candidates,
        share: Share,
        mut take: impl FnMut(Pair) -> Result<(), FactsError>,
    ) -> Result<(), FactsError> {
        let Candidates { table, first, groups, .. } = candidates;
        let found = |group: &GroupDigests| {
            let rows = group.rows_with_contents().filter(|(_, _, content)| share.holds(*content));
            rows.filter_map(|(row, key, content)| Some((row, table.find(key)?, content))).collect::<Vec<_>>()
        };
        let new = |group: &GroupDigests| {
            let mut found = found(group);
            found.retain(|(row, ..)| self.search.is_wanted(*row));
            found
        };
        // For each different record of the new file, the first that has its key and content.
        let mut numbers = AHashMap::<(usize, u64), usize>::new();
        self.each_new_group(true, new, |rows| {
            for (_, key, content) in rows {
                let next = numbers.len();
                numbers.entry((key, content)).or_insert(next);
            }
            Ok(())
        })?;
        let mut same = vec![Located::NOWHERE; numbers.len()];
        let known = |group: &GroupDigests, file: usize| {
            let rows = found(group).into_iter().filter(|(row, ..)| self.search.counts(file, *row));
            rows.filter_map(|(row, key, content)| Some((row, *numbers.get(&(key, content))?))).collect::<Vec<_>>()
        };
        self.each_known_group(true, Some(groups), known, |file, _, rows| {
            rows.into_iter().for_each(|(row, number)| same[number] = same[number].min(Located::in_known(file, row)));
            Ok(())
        })?;
        self.each_new_group(true, new, |rows| {
            for (row, key, content) in rows {
                let same = &mut same[numbers[&(key, content)]];
                let me = Located::in_new(row);
                if self.search.in_itself {
                    *same = (*same).min(me);
                }
                let (seems_same, first) = (*same < me, first[key]);
                if first < me {
                    take(Pair { row, with: if seems_same { *same } else { first }, seems_same })?;
                }
            }
            Ok(())
        })
    }

    fn each_new_group<R: Send>(
        &self,
        with_contents: bool,
        work: impl Fn(&GroupDigests) -> R + Sync + Send,
        mut take: impl FnMut(R) -> Result<(), FactsError>,
    ) -> Result<(), FactsError> {
        let work = |group: &GroupDigests, _| work(group);
        self.each_group(&self.new_parts, with_contents, None, work, |_, _, result| take(result))
    }

    fn each_known_group<R: Send>(
        &self,
        with_contents: bool,
        wanted: Option<&BTreeSet<(usize, usize)>>,
        work: impl Fn(&GroupDigests, usize) -> R + Sync + Send,
        take: impl FnMut(usize, usize, R) -> Result<(), FactsError>,
    ) -> Result<(), FactsError> {
        self.each_group(&self.known_parts, with_contents, wanted, work, take)
    }

    /// Works on the digests of groups of rows, side by side, and takes the results in order.
    fn each_group<R: Send>(
        &self,
        parts: &[Part],
        with_contents: bool,
        wanted: Option<&BTreeSet<(usize, usize)>>,
        work: impl Fn(&GroupDigests, usize) -> R + Sync + Send,
        mut take: impl FnMut(usize, usize, R) -> Result<(), FactsError>,
    ) -> Result<(), FactsError> {
        let Search { files, supplier, threads, .. } = *self.search;
        let read = |part: &Part| {
            let mut results = Vec::new();
            let is_wanted = |group| wanted.is_none_or(|wanted| wanted.contains(&(part.file, group)));
            part.read(files[part.file], supplier, with_contents, is_wanted, |group| {
                results.push((group.group, work(&group, part.file)));
            })
            .map(|()| (part.file, results))
        };
        in_order(threads, parts, read, |read| {
            let (file, results) = read?;
            results.into_iter().try_for_each(|(group, result)| take(file, group, result))
        })
    }
}
