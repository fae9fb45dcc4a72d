//! The plan and the deck → where calls go, each with how often, what it costs, and as the carrier names it. A number is
//! the beginning drawn here and random digits.

use super::alias::Alias;
use super::deck::Deck;
use super::lines::AREAS;
use super::plan::Plan;
use super::text::Short;
use crate::demo::random::Random;

/// Digits of a number abroad, country code included.
const DIGITS_ABROAD: u32 = 11;
/// An unassigned country code.
const NOWHERE: &str = "+210";

/// How often calls go where, in 1,000.
mod share {
    pub const GEOGRAPHIC: u32 = 450;
    pub const MOBILE: u32 = 360;
    pub const UK_WIDE: u32 = 50;
    pub const NON_GEOGRAPHIC: u32 = 60;
    pub const SERVICES: u32 = 8;
    pub const ABROAD: u32 = 70;
    pub const SATELLITE: u32 = 1;
    pub const NOWHERE: u32 = 1;
}

/// Where calls go.
#[derive(Clone, Debug)]
pub(super) struct Destination {
    /// How the number begins, in the two ways in which the carrier writes it.
    pub written: [Short; 2],
    /// How many digits follow.
    pub digits: u32,
    /// What a minute costs, in 10^-5 pounds.
    pub cost: u32,
    /// The carrier's charge band; empty for a number that is none.
    pub band: Short,
    /// The carrier's words.
    pub words: String,
    pub end: End,
}

/// What becomes of a call there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Rated,
    /// An emergency call: never billed.
    Excluded,
    /// No such destination.
    Unknown,
}

/// All destinations.
pub(super) struct Destinations {
    all: Vec<Destination>,
    shares: Alias,
}

impl Destinations {
    pub fn new(plan: &Plan, deck: &Deck, random: &mut Random) -> Self {
        let mut drawing = Drawing { plan, deck, all: Vec::new(), shares: Vec::new() };
        drawing.add_group(share::GEOGRAPHIC, AREAS.map(|area| (format!("+44{area}"), 10 - length(area), 1)));
        let blocks = (300..600).chain(700..1_000).map(|block| format!("+447{block}"));
        let blocks = blocks.filter(|stem| plan.is_uniform(stem)).map(|stem| (stem, 6, random.between(1, 40)));
        drawing.add_group(share::MOBILE, blocks.collect::<Vec<_>>());
        drawing.add_group(share::UK_WIDE, ["300", "330", "333", "345"].map(|start| (format!("+44{start}"), 7, 1)));
        let starts = [("800", 6), ("808", 4), ("845", 3), ("844", 2), ("871", 1), ("870", 2)];
        drawing.add_group(share::NON_GEOGRAPHIC, starts.map(|(start, weight)| (format!("+44{start}"), 7, weight)));
        let services =
            [("118", 3, 20), ("101", 0, 100), ("111", 0, 150), ("+44909", 7, 20), ("999", 0, 4), ("112", 0, 1)];
        drawing.add_group(share::SERVICES, services.map(|(start, digits, weight)| (start.to_owned(), digits, weight)));
        let of_class = |class: &str| {
            let wanted = |stem: &&str| plan.call_type_of(stem).is_some_and(|at| plan.call_types[at].1 == class);
            let stems = plan.prefixes.keys().chain(deck.rows.iter().map(|row| &row.prefix)).map(String::as_str);
            let mut stems: Vec<&str> = stems.filter(|stem| plan.is_uniform(stem)).filter(wanted).collect();
            stems.sort_unstable();
            stems.dedup();
            stems
        };
        let mut abroad: Vec<&str> = of_class("international");
        for last in (1..abroad.len()).rev() {
            abroad.swap(last, random.index(last + 1));
        }
        let abroad = abroad.into_iter().zip(1_u32..).map(|(stem, rank)| at_full_length(stem, 1_000_000 / (rank + 8)));
        drawing.add_group(share::ABROAD, abroad.collect::<Vec<_>>());
        let satellites = of_class("extended_international").into_iter().map(|stem| at_full_length(stem, 1));
        drawing.add_group(share::SATELLITE, satellites.collect::<Vec<_>>());
        drawing.add_group(share::NOWHERE, [at_full_length(NOWHERE, 1)]);
        Self { shares: Alias::new(&drawing.shares), all: drawing.all }
    }

    /// A destination, the busier the likelier.
    pub fn draw(&self, random: &mut Random) -> &Destination {
        &self.all[self.shares.draw(random)]
    }
}

/// Beginning, digits that follow, weight.
type Stem = (String, u32, u32);

fn at_full_length(stem: &str, weight: u32) -> Stem {
    (stem.to_owned(), (DIGITS_ABROAD + 1).saturating_sub(length(stem)), weight)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).expect("a short text")
}

struct Drawing<'a> {
    plan: &'a Plan,
    deck: &'a Deck,
    all: Vec<Destination>,
    shares: Vec<u32>,
}

impl Drawing<'_> {
    /// Adds destinations that together have a share of all calls.
    fn add_group(&mut self, share: u32, stems: impl AsRef<[Stem]>) {
        let stems = stems.as_ref();
        let sum: u64 = stems.iter().map(|(.., weight)| u64::from(*weight)).sum();
        for (stem, digits, weight) in stems {
            let part = u64::from(share) * 4_000_000 * u64::from(*weight) / sum;
            self.shares.push(u32::try_from(part).expect("all shares together have 32 bits").max(1));
            self.all.push(self.destination(stem, *digits));
        }
    }

    fn destination(&self, stem: &str, digits: u32) -> Destination {
        let dialled = match (stem.strip_prefix("+44"), stem.strip_prefix('+')) {
            (Some(national), _) => format!("0{national}"),
            (None, Some(international)) => format!("00{international}"),
            (None, None) => stem.to_owned(),
        };
        let call_type = self.plan.call_type_of(stem);
        let code = call_type.map_or("unallocated", |at| &self.plan.call_types[at].0);
        Destination {
            written: [Short::of(stem), Short::of(&dialled)],
            digits,
            cost: call_type.map_or(0, |at| self.deck.cost(stem, at)),
            band: Short::of(&call_type.map(Plan::band).unwrap_or_default()),
            words: code.replace('_', " "),
            end: match code {
                "unallocated" => End::Unknown,
                "uk_emergency" => End::Excluded,
                _ => End::Rated,
            },
        }
    }
}
