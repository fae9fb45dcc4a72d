//! Which rows of a tariff an increase means: those of some classes, those whose match fits a pattern. A row of a charge
//! band or a prefix is of the classes of the call types that the book gives to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::book::Book;
use crate::domain::price_book::CallClass;
use crate::domain::usage::Direction;

/// Which rows; all, where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Of these classes.
    pub classes: Vec<CallClass>,
    /// With a `match` like one of these; `*` stands for any text: `prefix:+44*`.
    pub patterns: Vec<String>,
}

/// Is a row meant?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    Yes,
    No,
    /// It serves the classes asked for and others.
    InPart,
}

/// The selection with the classes of a book looked up; without a book no row but `class:…` is of a class.
pub(super) struct Chooser<'s> {
    selection: &'s Selection,
    types: BTreeMap<&'s str, CallClass>,
    bands: BTreeMap<&'s str, BTreeSet<CallClass>>,
    prefixes: BTreeMap<&'s str, BTreeSet<CallClass>>,
}

impl<'s> Chooser<'s> {
    pub(super) fn new(selection: &'s Selection, book: Option<&'s Book>) -> Self {
        let mut chooser = Self { selection, types: BTreeMap::new(), bands: BTreeMap::new(), prefixes: BTreeMap::new() };
        let Some(book) = book else { return chooser };
        chooser.types = book.call_types.iter().map(|call_type| (call_type.code.as_str(), call_type.class)).collect();
        for band in &book.charge_bands {
            chooser.bands.entry(&band.band).or_default().insert(book.call_type(band.call_type).class);
        }
        for prefix in book.prefixes.iter().filter(|prefix| prefix.direction == Direction::Out) {
            chooser.prefixes.entry(&prefix.prefix).or_default().insert(book.call_type(prefix.call_type).class);
        }
        chooser
    }

    /// Is the row with this `match` meant?
    pub(super) fn choose(&self, matches: &str) -> Chosen {
        let patterns = &self.selection.patterns;
        if !patterns.is_empty() && !patterns.iter().any(|pattern| fits(pattern, matches)) {
            return Chosen::No;
        }
        let asked = &self.selection.classes;
        if asked.is_empty() {
            return Chosen::Yes;
        }
        let classes = self.classes_of(matches);
        match classes.iter().filter(|class| asked.contains(class)).count() {
            0 => Chosen::No,
            count if count == classes.len() => Chosen::Yes,
            _ => Chosen::InPart,
        }
    }

    fn classes_of(&self, matches: &str) -> BTreeSet<CallClass> {
        match matches.split_once(':') {
            Some(("class", name)) => CallClass::parse(name).into_iter().collect(),
            Some(("type", code)) => self.types.get(code).copied().into_iter().collect(),
            Some(("band", code)) => self.bands.get(code).cloned().unwrap_or_default(),
            Some(("prefix", start)) => self.classes_of_prefix(start),
            _ => BTreeSet::new(),
        }
    }

    /// Of the prefix's own call types, or those of the longest that it begins with; and of all longer ones below it.
    fn classes_of_prefix(&self, start: &str) -> BTreeSet<CallClass> {
        let shorter = (1..=start.len()).rev().filter_map(|length| self.prefixes.get(start.get(..length)?)).next();
        let below = self.prefixes.range(start..).take_while(|(prefix, _)| prefix.starts_with(start));
        shorter.into_iter().chain(below.map(|(_, classes)| classes)).flatten().copied().collect()
    }
}

/// Does a text fit a pattern in which `*` stands for any text?
fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or("");
    for part in parts {
        match text.find(part) {
            Some(position) => text = &text[position + part.len()..],
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        let check = |pattern: &str, text: &str, expected: bool| assert_eq!(fits(pattern, text), expected, "{pattern}");
        check("type:uk", "type:uk", true);
        check("type:uk", "type:uk_mobile", false);
        check("type:uk*", "type:uk", true);
        check("prefix:+44*", "prefix:+44207", true);
        check("prefix:+44*", "prefix:+33", false);
        check("*mobile*", "type:uk_mobile_o2", true);
        check("*mobile", "type:uk_mobile_o2", false);
        check("band:*1*2", "band:12", true);
        check("band:1*1", "band:1", false);
        check("*", "", true);
    }
}
