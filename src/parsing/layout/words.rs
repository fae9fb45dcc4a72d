//! The words of a file → ours, as a layout's `values` declare them.

use std::collections::BTreeMap;

use super::LayoutError;

/// Words of a file with what each means; compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words<T> {
    meanings: Vec<(String, T)>,
    otherwise: Option<T>,
}

impl<T: Clone> Words<T> {
    /// Compiles `values` and `otherwise` of the section `key`; `read` knows our words, which are `known`.
    pub(super) fn compile(
        key: &str,
        values: &BTreeMap<String, String>,
        otherwise: Option<&str>,
        known: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Self, LayoutError> {
        let meaning = |place: String, word: &str| {
            read(word).ok_or_else(|| LayoutError::at(&place, format!("{word:?} is not one of {known}")))
        };
        let mut meanings: Vec<(String, T)> = Vec::with_capacity(values.len());
        for (word, ours) in values {
            let place = format!("{key}.values.{word:?}");
            if meanings.iter().any(|(known, _)| known.eq_ignore_ascii_case(word.trim())) {
                return Err(LayoutError::at(&place, "stands there twice (case does not count)"));
            }
            meanings.push((word.trim().to_owned(), meaning(place, ours)?));
        }
        let otherwise = otherwise.map(|word| meaning(format!("{key}.otherwise"), word)).transpose()?;
        Ok(Self { meanings, otherwise })
    }

    /// What a word means; `None` if the layout does not say.
    pub fn meaning(&self, word: &str) -> Option<&T> {
        let found = self.meanings.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        found.map(|(_, meaning)| meaning).or(self.otherwise.as_ref())
    }

    /// The declared words, for messages.
    pub fn known(&self) -> String {
        let words: Vec<String> = self.meanings.iter().map(|(word, _)| format!("{word:?}")).collect();
        words.join(", ")
    }
}
