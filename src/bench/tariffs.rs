//! A deck → tariffs that stand on it: a base with the whole deck in time bands and two versions of many prices, a
//! cheaper one of a fifth of it, one for inbound usage, and those that customers have, each on one of the decks with
//! prices of its own. All prices are in pounds, charges are rounded half up to 4 decimals.

use std::io;
use std::path::Path;

use super::SUPPLIER;
use super::deck::{Deck, DeckRow, Sort};
use crate::demo::random::Random;
use crate::demo::sheet::Sheet;

/// Tariffs that others stand on.
pub(super) const BASES: u32 = 3;
/// The base with the whole deck.
const DECK: &str = "deck";
/// Its cheaper part.
const ECONOMY: &str = "economy";
/// Inbound usage.
pub(super) const INBOUND: &str = "inbound";
/// The classes whose usage the tariffs of customers price.
pub(super) const CLASSES: [&str; 5] = ["national", "mobile", "non_geographic", "service_numbers", "international"];
/// The last day of the first version of prices, and the first day of the second.
const VERSIONS: [&str; 2] = ["2026-10-15", "2026-10-16"];
const RATE_COLUMNS: &str = "tariff,match,time_band,from,to,mode,connection,rate,minimum,maximum,initial_increment,\
                            increment,included_seconds,min_seconds,percent";

/// The code of a tariff that customers have, from 0.
pub(super) fn code(number: u32) -> String {
    format!("plan-{:02}", number + 1)
}

/// How many of `tariffs` customers have.
pub(super) fn sold(tariffs: u32) -> u32 {
    tariffs - BASES
}

/// Writes `tariffs.csv`, `rates.csv` and `supplier_tariffs.csv`; how many rate rows there are.
pub(super) fn write(deck: &Deck, tariffs: u32, random: &mut Random, book: &Path) -> io::Result<u64> {
    let mut sheet = Sheet::new("tariff,parent,currency,unit,decimals,rounding,band_mode,description");
    let mut add = |tariff: &str, parent: &str| {
        let terms = [("currency", "GBP"), ("unit", "major"), ("decimals", "4"), ("rounding", "half_up")];
        sheet.add(&[&[("tariff", tariff), ("parent", parent)][..], &terms].concat());
    };
    add(DECK, "");
    add(ECONOMY, DECK);
    add(INBOUND, "");
    let mut rates = Rates { sheet: Sheet::new(RATE_COLUMNS), rows: 0 };
    rates.add_deck(deck, random);
    rates.add_general();
    rates.add_economy(deck, random);
    rates.add_inbound();
    for number in 0..sold(tariffs) {
        let code = code(number);
        add(&code, if number % 3 == 2 { ECONOMY } else { DECK });
        rates.add_plan(&code, number, deck, random);
    }
    sheet.write(&book.join("tariffs.csv"))?;
    rates.sheet.write(&book.join("rates.csv"))?;
    write_defaults(book)?;
    Ok(rates.rows)
}

/// The tariffs of customers that have none of their own (R1).
fn write_defaults(book: &Path) -> io::Result<()> {
    let mut sheet = Sheet::new("supplier,cli_type,class,tariff");
    let plan = code(0);
    for class in CLASSES {
        sheet.add(&[("supplier", SUPPLIER), ("class", class), ("tariff", &plan)]);
    }
    sheet.add(&[("supplier", SUPPLIER), ("class", "inbound"), ("tariff", INBOUND)]);
    sheet.write(&book.join("supplier_tariffs.csv"))
}

/// `rates.csv` in the making.
struct Rates {
    sheet: Sheet,
    rows: u64,
}

/// Some cells of a row.
type Cells<'a> = [(&'a str, &'a str)];

impl Rates {
    fn add(&mut self, tariff: &str, matches: &str, cells: &Cells) {
        self.sheet.add(&[&[("tariff", tariff), ("match", matches)][..], cells].concat());
        self.rows += 1;
    }

    /// Every destination of the deck.
    fn add_deck(&mut self, deck: &Deck, random: &mut Random) {
        for row in &deck.rows {
            let sell = row.cost * random.between(150, 220) / 100;
            let terms = Terms::draw(row.sort, random);
            let in_bands = row.sort == Sort::UkMobile || (row.sort == Sort::Mobile && random.per_mille(120));
            let changes = random.per_mille(300).then(|| random.between(90, 112));
            let bands: &[(&str, u32)] =
                if in_bands { &[("daytime", 100), ("evening", 70), ("weekend", 60)] } else { &[("", 100)] };
            for (band, percent) in bands {
                self.add_versions(DECK, &prefix(row), band, sell * percent / 100, changes, &terms);
            }
        }
    }

    /// One price, or one until the middle of the month and another one from then on.
    fn add_versions(
        &mut self,
        tariff: &str,
        matches: &str,
        band: &str,
        sell: u32,
        changes: Option<u32>,
        terms: &Terms,
    ) {
        let mut add = |from: &str, to: &str, sell: u32| {
            let rate = pounds(sell);
            let cells = [("time_band", band), ("from", from), ("to", to), ("rate", &rate)];
            self.add(tariff, matches, &[&cells[..], &terms.cells()].concat());
        };
        match changes {
            None => add("", "", sell),
            Some(percent) => {
                add("", VERSIONS[0], sell);
                add(VERSIONS[1], "", sell * percent / 100);
            }
        }
    }

    /// What is not priced by destination.
    fn add_general(&mut self) {
        for (band, sell) in [("daytime", 1_190), ("evening", 790), ("weekend", 590)] {
            let terms = Terms { connection: 1_000, ..Terms::PER_SECOND };
            self.add_versions(DECK, "type:uk_geographic", band, sell, Some(105), &terms);
        }
        self.add(DECK, "class:national", &[("rate", "0.0245"), ("increment", "60")]);
        self.add(DECK, "class:mobile", &[("rate", "0.0915"), ("initial_increment", "30"), ("increment", "6")]);
        self.add(DECK, "type:uk_sms", &[("rate", "0.0325")]);
        self.add(DECK, "type:uk_data", &[("rate", "0.0085"), ("increment", "1000")]);
        self.add(DECK, "type:uk_freephone", &[("rate", "0")]);
        self.add(DECK, "type:uk_087", &[("connection", "0.05"), ("rate", "0.13"), ("increment", "60")]);
        self.add(DECK, "class:non_geographic", &[("connection", "0.03"), ("rate", "0.0812"), ("increment", "60")]);
        let directory = [("connection", "1.5"), ("rate", "2.55"), ("maximum", "12.5"), ("increment", "60")];
        self.add(DECK, "type:uk_directory", &directory);
        self.add(DECK, "class:service_numbers", &[("mode", "markup"), ("percent", "22.5")]);
        self.add(DECK, "class:international", &[("mode", "markup"), ("percent", "35"), ("minimum", "0.02")]);
    }

    /// Every fifth destination 15 % cheaper; in the evening and at weekends only where it costs the same at all hours.
    fn add_economy(&mut self, deck: &Deck, random: &mut Random) {
        let chosen: Vec<&DeckRow> = deck.rows.iter().filter(|_| random.below(5) == 0).collect();
        for row in chosen {
            let band = if row.sort == Sort::UkMobile { "daytime" } else { "" };
            let terms = Terms::draw(row.sort, random);
            self.add_versions(ECONOMY, &prefix(row), band, row.cost * 127 / 100, None, &terms);
        }
    }

    fn add_inbound(&mut self) {
        self.add(INBOUND, "type:inbound_freephone", &[("rate", "0.0295"), ("increment", "1")]);
        self.add(INBOUND, "type:inbound_uk_wide", &[("rate", "0.0062")]);
        self.add(INBOUND, "class:inbound", &[("rate", "0")]);
    }

    /// A tariff of customers: national calls and some favourite destinations.
    fn add_plan(&mut self, plan: &str, number: u32, deck: &Deck, random: &mut Random) {
        let terms = match number % 8 {
            0 => Terms { minimum: 5_000, connection: 1_500, ..Terms::PER_SECOND },
            3 => Terms { minimum: 2_000, increment: 60, ..Terms::PER_SECOND },
            5 => Terms { initial: 60, ..Terms::PER_SECOND },
            _ => Terms::PER_SECOND,
        };
        let daytime = random.between(700, 1_600);
        for (band, percent) in [("daytime", 100), ("evening", 65), ("weekend", 50)] {
            self.add_versions(plan, "type:uk_geographic", band, daytime * percent / 100, None, &terms);
        }
        let favourites = random.between(30, 150);
        let mut chosen: Vec<usize> = (0..favourites).map(|_| random.index(deck.rows.len())).collect();
        chosen.sort_unstable();
        chosen.dedup();
        for row in chosen.into_iter().map(|at| &deck.rows[at]) {
            let terms = Terms::draw(row.sort, random);
            self.add_versions(plan, &prefix(row), "", row.cost * random.between(110, 140) / 100, None, &terms);
        }
    }
}

fn prefix(row: &DeckRow) -> String {
    format!("prefix:{}", row.prefix)
}

/// Increments in seconds; connection and minimum in 10^-5 pounds, 0 for none.
#[derive(Clone, Copy)]
struct Terms {
    connection: u32,
    minimum: u32,
    initial: u32,
    increment: u32,
}

impl Terms {
    const PER_SECOND: Self = Self { connection: 0, minimum: 0, initial: 1, increment: 1 };

    /// The terms of a destination.
    fn draw(sort: Sort, random: &mut Random) -> Self {
        let weights = if sort == Sort::Fixed { [70, 15, 10, 5] } else { [40, 20, 30, 10] };
        let [initial, increment] = [[1, 1], [60, 1], [30, 6], [60, 60]][random.weighted(weights.into_iter())];
        let connection = if random.per_mille(100) { random.between(1, 5) * 1_000 } else { 0 };
        let minimum = if random.per_mille(50) { random.between(2, 6) * 1_000 } else { 0 };
        Self { connection, minimum, initial, increment }
    }

    fn cells(&self) -> Vec<(&'static str, &'static str)> {
        let digit = |amount: u32| ["", "0.01", "0.02", "0.03", "0.04", "0.05", "0.06"].get(amount as usize / 1_000);
        let connection = if self.connection == 1_500 { Some(&"0.015") } else { digit(self.connection) };
        let blocks = match (self.initial, self.increment) {
            (1, 1) => ["", ""],
            (60, 1) => ["60", "1"],
            (30, 6) => ["30", "6"],
            _ => ["", "60"],
        };
        vec![
            ("connection", connection.copied().unwrap_or_default()),
            ("minimum", digit(self.minimum).copied().unwrap_or_default()),
            ("initial_increment", blocks[0]),
            ("increment", blocks[1]),
        ]
    }
}

/// 10^-5 pounds as pounds.
fn pounds(amount: u32) -> String {
    format!("{}.{:05}", amount / 100_000, amount % 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_in_pounds() {
        assert_eq!([pounds(1_190), pounds(350_000), pounds(0)], ["0.01190", "3.50000", "0.00000"]);
        assert_eq!(code(0), "plan-01");
    }
}
