//! Customers → which candidates have a name nearly like another one's. Names are compared only within blocks: those with one
//! postcode, and those of one town with the same first letters; within a block of many only with their neighbours in the
//! order of the alphabet. So the work grows with the customers, not with their square.

use twox_hash::XxHash3_64;

use super::CustomerView;
use super::duplicates::{Duplicate, Identity, Likeness, Other, SIMILAR};
use super::names::{by_word, likeness_of_letters, normal_name, number_of};

/// How many neighbours on either side a name is compared with. Blocks of up to so many names are compared wholly.
const NEIGHBOURS: usize = 32;
/// How many pairs of names are compared letter by letter, in all.
pub(super) const MOST_COMPARED: usize = 400_000;
/// How many letters of a name are looked at.
const LETTERS: usize = 60;
/// How many first letters names of one town must have in common.
const FIRST_LETTERS: usize = 3;

/// A name, and what must be the same or nearly the same before names are compared letter by letter.
#[derive(Clone, Copy)]
struct Entry {
    /// Where it stands in the text of all names.
    start: usize,
    end: usize,
    /// How many letters it has.
    length: usize,
    /// Which letters it has, a bit for each.
    letters: u64,
    /// Digests of the whole name, its digits, the postcode and the town; 0 for none.
    whole: u64,
    number: u64,
    postcode: u64,
    town: u64,
}

/// The names of all customers, gathered one by one, the existing ones first.
#[derive(Default)]
pub(super) struct SimilarNames {
    text: String,
    entries: Vec<Entry>,
}

impl SimilarNames {
    /// Adds a customer; the name and the postcode are in normal form.
    pub(super) fn add(&mut self, customer: &CustomerView<'_>, name: &str, postcode: &str) {
        let whole = digest(name);
        let end = name.char_indices().nth(LETTERS).map_or(name.len(), |(end, _)| end);
        let name = name[..end].trim_end();
        let start = self.text.len();
        self.text.push_str(name);
        self.entries.push(Entry {
            start,
            end: self.text.len(),
            length: name.chars().count(),
            letters: name.chars().fold(0, |letters, letter| letters | 1 << (u32::from(letter) % 64)),
            whole,
            number: digest(&number_of(name).collect::<String>()),
            postcode: digest(postcode),
            town: digest(&normal_name(customer.town)),
        });
    }

    /// How many customers there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    fn name(&self, place: usize) -> &str {
        let entry = &self.entries[place];
        &self.text[entry.start..entry.end]
    }

    fn is_as(&self, place: usize, other: usize) -> bool {
        let (entry, known) = (&self.entries[place], &self.entries[other]);
        entry.whole == known.whole && entry.postcode == known.postcode && entry.town == known.town
    }

    /// What is similar; `existing` is how many of the customers exist already. After `most` pairs, by [`MOST_COMPARED`], no more
    /// are compared, and the second is true.
    pub(super) fn similar(&self, identities: &[Identity], existing: usize, most: usize) -> (Vec<Duplicate>, bool) {
        let mut found = Vec::new();
        let mut counts = vec![true; self.entries.len()];
        let mut questioned = vec![false; self.entries.len()];
        for (place, identity) in (existing..).zip(identities) {
            questioned[place] = match identity {
                Identity::New => true,
                Identity::Updates(known) => !self.is_as(place, *known),
                Identity::Repeated => false,
            };
            counts[place] = questioned[place];
            if let Identity::Updates(known) = identity {
                counts[*known] = !questioned[place];
            }
        }
        let (mut pairs, left_out) = self.pairs(&counts, &questioned, most);
        pairs.sort_unstable_by_key(|pair| (pair.place, std::cmp::Reverse(pair.percent), pair.other));
        pairs.dedup();
        for pairs in pairs.chunk_by(|pair, next| pair.place == next.place) {
            let best = &pairs[0];
            let first = match best.other.checked_sub(existing) {
                Some(candidate) => Other::Candidate(candidate),
                None => Other::Existing(best.other),
            };
            found.push(Duplicate {
                candidate: best.place - existing,
                column: "name",
                likeness: Likeness::SimilarName { percent: best.percent },
                first,
                more: pairs.len() - 1,
            });
        }
        (found, left_out)
    }

    /// Each questioned place with those before it that are similar; whether pairs were left out.
    fn pairs(&self, counts: &[bool], questioned: &[bool], most: usize) -> (Vec<Pair>, bool) {
        let mut pairs = Vec::new();
        let mut compared = 0;
        let blocks = self.blocks(counts);
        for block in blocks.chunk_by(|a, b| a.0 == b.0) {
            for (position, (_, place)) in block.iter().enumerate().filter(|(_, (_, place))| questioned[*place]) {
                let last = block.len().min(position + NEIGHBOURS + 1);
                for (_, other) in
                    block[position.saturating_sub(NEIGHBOURS)..last].iter().filter(|other| other.1 < *place)
                {
                    if !self.may_be_similar(*place, *other) {
                        continue;
                    }
                    if compared == most {
                        return (pairs, true);
                    }
                    compared += 1;
                    let percent = similarity(self.name(*place), self.name(*other));
                    if percent >= SIMILAR {
                        pairs.push(Pair { place: *place, percent, other: *other });
                    }
                }
            }
        }
        (pairs, false)
    }

    /// Block and place, by block, name and place.
    fn blocks(&self, counts: &[bool]) -> Vec<(u64, usize)> {
        let mut blocks = Vec::new();
        for (place, entry) in
            self.entries.iter().enumerate().filter(|(place, entry)| counts[*place] && entry.length > 0)
        {
            if entry.postcode != 0 {
                blocks.push((entry.postcode, place));
            }
            if entry.town != 0 {
                let start: String = self.name(place).chars().take(FIRST_LETTERS).collect();
                blocks.push((XxHash3_64::oneshot_with_seed(entry.town, start.as_bytes()), place));
            }
        }
        blocks.sort_unstable_by(|(block, place), (other_block, other)| {
            block.cmp(other_block).then_with(|| self.name(*place).cmp(self.name(*other))).then(place.cmp(other))
        });
        blocks
    }

    /// Whether the number of letters, the letters and the digits leave it possible; and whether it is not the same name with
    /// the same postcode, which is reported as that.
    fn may_be_similar(&self, place: usize, other: usize) -> bool {
        let (entry, known) = (&self.entries[place], &self.entries[other]);
        let longest = entry.length.max(known.length);
        let only_one_has =
            (entry.letters & !known.letters).count_ones().max((known.letters & !entry.letters).count_ones());
        let least_distance = entry.length.abs_diff(known.length).max(only_one_has as usize);
        entry.number == known.number
            && least_distance * 100 <= longest * (100 - SIMILAR as usize)
            && (entry.postcode == 0 || entry.postcode != known.postcode || entry.whole != known.whole)
    }
}

/// A questioned place, one before it, and how alike their names are.
#[derive(PartialEq, Eq)]
struct Pair {
    place: usize,
    percent: u32,
    other: usize,
}

fn similarity(name: &str, other: &str) -> u32 {
    let as_written = likeness_of_letters(name, other);
    if as_written >= SIMILAR { as_written } else { likeness_of_letters(&by_word(name), &by_word(other)) }
}

/// 0 for nothing.
fn digest(text: &str) -> u64 {
    if text.is_empty() { 0 } else { XxHash3_64::oneshot(text.as_bytes()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[String], most: usize) -> (Vec<Duplicate>, bool) {
        let mut similar = SimilarNames::default();
        for name in names {
            similar.add(&CustomerView::default(), name, "M11AE");
        }
        similar.similar(&vec![Identity::New; names.len()], 0, most)
    }

    #[test]
    fn names_of_one_block_are_compared_with_their_neighbours_only() {
        let names: Vec<String> =
            ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| format!("a long name {a}{b}"))).collect();
        let (found, left_out) = self::found(&names, MOST_COMPARED);
        assert_eq!((found.len(), left_out), (names.len() - 1, false));
        let most = found.iter().map(|duplicate| duplicate.more + 1).max();
        assert_eq!(most, Some(NEIGHBOURS));
    }

    #[test]
    fn after_the_most_pairs_it_says_that_names_are_left_out() {
        let names: Vec<String> = ('a'..='j').map(|letter| format!("a long name {letter}")).collect();
        assert!(!found(&names, 45).1);
        let (found, left_out) = found(&names, 44);
        assert_eq!((found.len(), left_out), (9, true));
    }

    #[test]
    fn only_the_first_letters_of_a_long_name_are_looked_at() {
        let names = ["a".repeat(10_000), format!("{}b", "a".repeat(10_000))];
        let (found, _) = found(&names, MOST_COMPARED);
        assert_eq!(found[0].likeness, Likeness::SimilarName { percent: 100 });
    }
}
