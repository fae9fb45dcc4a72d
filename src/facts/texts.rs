//! Texts of a column: one after the other, or each different one once with codes that name it.

use ahash::RandomState;
use hashbrown::HashTable;

/// Texts, one after the other.
#[derive(Clone, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes all of them have.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// One of them.
    pub fn get(&self, position: usize) -> &[u8] {
        &self.bytes[self.start_of(position)..self.ends[position]]
    }

    /// Adds some of the texts of others.
    pub fn append(&mut self, others: &Self, which: std::ops::Range<usize>) {
        let (start, end) = (others.start_of(which.start), others.start_of(which.end));
        let at = self.bytes.len();
        self.ends.extend(others.ends[which].iter().map(|their_end| their_end - start + at));
        self.bytes.extend_from_slice(&others.bytes[start..end]);
    }

    fn start_of(&self, position: usize) -> usize {
        position.checked_sub(1).map_or(0, |before| self.ends[before])
    }
}

/// Different texts, each with a code: its position in the order in which they came.
#[derive(Default)]
pub(super) struct Names {
    texts: Texts,
    codes: HashTable<u32>,
    hasher: RandomState,
    /// The code that was asked for last: neighbours are often alike.
    last: u32,
}

impl Names {
    /// The code of a text, which is kept if it is new.
    pub fn code_of(&mut self, text: &[u8]) -> u32 {
        if self.texts.len() > self.last as usize && self.texts.get(self.last as usize) == text {
            return self.last;
        }
        let hash = self.hasher.hash_one(text);
        let found = self.codes.find(hash, |code| self.texts.get(*code as usize) == text);
        self.last = found.copied().unwrap_or_else(|| {
            let code = u32::try_from(self.texts.len()).expect("a batch has fewer rows");
            self.texts.bytes.extend_from_slice(text);
            self.texts.ends.push(self.texts.bytes.len());
            self.codes.insert_unique(hash, code, |code| self.hasher.hash_one(self.texts.get(*code as usize)));
            code
        });
        self.last
    }

    /// All of them, in the order of their codes.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_code_names_its_text_and_counts_from_the_first(words in proptest::collection::vec("[abc]{0,3}", 0..200)) {
            let mut names = Names::default();
            let mut seen: Vec<&String> = Vec::new();
            for word in &words {
                let code = names.code_of(word.as_bytes()) as usize;
                if !seen.contains(&word) {
                    prop_assert_eq!(code, seen.len());
                    seen.push(word);
                }
                prop_assert_eq!(seen[code], word);
                prop_assert_eq!(names.texts().get(code), word.as_bytes());
            }
            prop_assert_eq!(names.texts().len(), seen.len());
        }
    }
}
