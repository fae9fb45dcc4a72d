//! The numbering plan → a deck as wholesale carriers send it, A to Z: country codes, breakouts of 4 to 8 digits for
//! cities and mobile networks, each with what the carrier charges a minute. Prices are made up: mobile above fixed, far
//! above near. Does not know tariffs.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Plan;
use crate::demo::random::Random;

/// How many different prefixes a deck has.
const PREFIXES: usize = 13_500;
/// Digits of the longest breakout.
const LONGEST: usize = 8;

/// A deck.
#[derive(Clone, Debug)]
pub(super) struct Deck {
    /// In the order of their prefixes.
    pub rows: Vec<DeckRow>,
    /// What a minute costs by call type, in 10^-5 pounds.
    pub cost_of_type: Vec<u32>,
}

/// One destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeckRow {
    /// With its plus sign.
    pub prefix: String,
    /// What a minute costs, in 10^-5 pounds.
    pub cost: u32,
    pub sort: Sort,
}

/// What is special about a destination's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A block of UK mobile numbers: cheaper at night.
    UkMobile,
    Fixed,
    Mobile,
}

impl Deck {
    /// A deck of 13,500 destinations.
    pub fn new(plan: &Plan, random: &mut Random) -> Self {
        let cost_of_type: Vec<u32> = plan.call_types.iter().map(|row| cost_of_type(row, random)).collect();
        let left_out = left_out(plan, random);
        let is_priced = |call_type: usize| {
            let (code, class) = &plan.call_types[call_type];
            class == "international" && !left_out.contains(country(code))
        };
        // UK mobile numbers in blocks of a million, as Ofcom allocates them.
        let blocks = (300..1_000).filter(|block| !(600..700).contains(block));
        let mut stems: BTreeSet<String> = blocks.map(|block| format!("+447{block}")).collect();
        let abroad = plan.prefixes.iter().filter(|(_, call_type)| is_priced(**call_type));
        let abroad: Vec<&str> = abroad.map(|(prefix, _)| prefix.as_str()).collect();
        stems.extend(abroad.iter().map(|prefix| (*prefix).to_owned()));
        while stems.len() < PREFIXES {
            let parent = random.pick(&abroad);
            let room = LONGEST.saturating_sub(parent.len() - 1);
            let more = random.between(0, u32::try_from(room).expect("few digits"));
            let child = random.digits(&format!("{parent}{}", "x".repeat(more as usize)));
            if plan.call_type_of(&child).is_some_and(is_priced) {
                stems.insert(child);
            }
        }
        let row = |prefix: String| {
            let call_type = plan.call_type_of(&prefix).expect("taken from the plan");
            let sort = match plan.call_types[call_type].0.as_str() {
                _ if prefix.starts_with("+447") => Sort::UkMobile,
                code if code.ends_with("_mobile") => Sort::Mobile,
                _ => Sort::Fixed,
            };
            // A breakout costs from 30 % less to 30 % more than its country.
            let cost = cost_of_type[call_type] * random.between(70, 130) / 100;
            DeckRow { prefix, cost, sort }
        };
        Self { rows: stems.into_iter().map(row).collect(), cost_of_type }
    }

    /// What a minute to a number costs, in 10^-5 pounds: by its longest prefix, else by its call type.
    pub fn cost(&self, number: &str, call_type: usize) -> u32 {
        let found = (2..=number.len()).rev().find_map(|length| {
            let at = self.rows.binary_search_by(|row| row.prefix.as_str().cmp(&number[..length]));
            at.ok().map(|at| self.rows[at].cost)
        });
        found.unwrap_or(self.cost_of_type[call_type])
    }
}

fn cost_of_type((code, class): &(String, String), random: &mut Random) -> u32 {
    match (class.as_str(), code.as_str()) {
        ("national", _) => random.between(280, 320),
        (_, "uk_freephone" | "uk_emergency" | "inbound_geographic") => 0,
        ("mobile", _) => random.between(600, 1_100),
        ("inbound", _) => random.between(100, 1_200),
        ("non_geographic", _) => random.between(400, 6_000),
        ("service_numbers", _) => random.between(2_000, 90_000),
        ("extended_international", _) => random.between(90_000, 350_000),
        _ if code.ends_with("_mobile") => random.between(1_500, 22_000),
        _ => random.between(300, 9_000),
    }
}

/// `france_mobile` → `france`.
fn country(code: &str) -> &str {
    code.trim_end_matches("_fixed").trim_end_matches("_mobile")
}

/// Countries that the deck does not have: one of 20.
fn left_out<'p>(plan: &'p Plan, random: &mut Random) -> BTreeSet<&'p str> {
    let abroad = plan.call_types.iter().filter(|(_, class)| class == "international");
    let countries: BTreeMap<&str, ()> = abroad.map(|(code, _)| (country(code), ())).collect();
    // All of North America shares one code; the others are told apart by it.
    let kept = |country: &&str| matches!(*country, "united_states" | "canada" | "france" | "germany" | "ireland");
    countries.into_keys().filter(|country| random.below(20) == 0 && !kept(country)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deck_has_breakouts_of_up_to_eight_digits() {
        let plan = Plan::shipped();
        let deck = Deck::new(&plan, &mut Random::new(1, "deck"));
        assert_eq!(deck.rows.len(), PREFIXES);
        assert!(deck.rows.is_sorted_by(|a, b| a.prefix < b.prefix));
        let of_length = |length: usize| deck.rows.iter().filter(|row| row.prefix.len() - 1 == length).count();
        assert!((4..=8).all(|length| of_length(length) > 300), "{:?}", (1..=10).map(of_length).collect::<Vec<_>>());
        let mobile = deck.rows.iter().filter(|row| row.sort == Sort::UkMobile).count();
        assert_eq!(mobile, 600);
    }
}
