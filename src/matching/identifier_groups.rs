//! Identifier → where its lines stand among all lines in the order of identifiers. Knows nothing of lines.
//!
//! Numbers are packed into one integer each (see [`PackedNumber`]), and those lie in a flat table twice as large as there
//! are numbers: a look-up is a multiplication and nearly always one load. What does not pack goes to an ordinary map.

use std::ops::Range;

use ahash::AHashMap;

use crate::domain::prefix_table::PackedNumber;

/// The places of the lines of each identifier.
#[derive(Debug)]
pub(super) struct Groups<'b> {
    /// As many as a power of two; a number stands at the place that its hash says, or soon after.
    slots: Vec<Slot>,
    /// How far the hash is shifted to be the place of a slot.
    shift: u32,
    others: AHashMap<&'b str, Range<u32>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// 0 if the slot is empty: no number packs to it.
    number: u64,
    start: u32,
    end: u32,
}

impl<'b> Groups<'b> {
    /// Of entries in the order of their identifiers.
    ///
    /// # Panics
    /// Beyond 2^32 entries.
    pub(super) fn new<A, B>(entries: &[(&'b str, A, B)]) -> Self {
        let mut groups: Vec<(&str, Range<u32>)> = Vec::new();
        for (position, (identifier, ..)) in entries.iter().enumerate() {
            let position = u32::try_from(position).expect("no book has 2^32 identifiers");
            match groups.last_mut() {
                Some((last, group)) if last == identifier => group.end = position + 1,
                _ => groups.push((identifier, position..position + 1)),
            }
        }
        let places = (2 * groups.len()).next_power_of_two().max(2);
        let mut table =
            Self { slots: vec![Slot::default(); places], shift: 64 - places.trailing_zeros(), others: AHashMap::new() };
        for (identifier, group) in groups {
            match PackedNumber::of(identifier).whole() {
                Some(number) => {
                    let place = table.place_of(number);
                    table.slots[place] = Slot { number, start: group.start, end: group.end };
                }
                None => {
                    table.others.insert(identifier, group);
                }
            }
        }
        table
    }

    /// The places of an identifier; none if there is no such.
    pub(super) fn get(&self, identifier: &str) -> Range<u32> {
        match PackedNumber::of(identifier).whole() {
            Some(number) => {
                let slot = self.slots[self.place_of(number)];
                slot.start..slot.end
            }
            None => self.others.get(identifier).cloned().unwrap_or_default(),
        }
    }

    /// Where a number stands, or the empty place where it would. Half of the table is empty.
    fn place_of(&self, number: u64) -> usize {
        // Multiplied by 2^64 divided by the golden ratio, neighbouring numbers lie far apart.
        let hash = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut place = usize::try_from(hash >> self.shift).expect("below the number of slots");
        while self.slots[place].number != number && self.slots[place].number != 0 {
            place = (place + 1) & (self.slots.len() - 1);
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_finds_what_a_map_finds(
            mut known in prop::collection::vec("[+]?[0-3]{0,17}|[A-B]{1,2}", 0..60),
            asked in prop::collection::vec("[+]?[0-3]{0,17}|[A-B]{1,2}", 0..60),
        ) {
            known.sort();
            let entries: Vec<(&str, (), ())> = known.iter().map(|identifier| (identifier.as_str(), (), ())).collect();
            let mut expected: BTreeMap<&str, Range<u32>> = BTreeMap::new();
            for ((identifier, ..), position) in entries.iter().zip(0..) {
                expected.entry(identifier).or_insert(position..position).end = position + 1;
            }
            let groups = Groups::new(&entries);
            for identifier in known.iter().chain(&asked) {
                let expected = expected.get(identifier.as_str()).cloned().unwrap_or_default();
                prop_assert_eq!(groups.get(identifier), expected, "{:?}", identifier);
            }
        }
    }
}
