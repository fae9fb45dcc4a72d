//! Rate rows: prices in the major unit, keys resolved, what cannot be meant refused (R2, R3, R5–R7, R10, R11).

use crate::book::notation::{self, MatchText};
use crate::domain::book::{CallTypeId, TariffId};
use crate::domain::money::{Percent, Price, power_of_ten};
use crate::domain::price_book::{AccessCharge, Rate, RateMatch, RateMode, RateStep};

use super::bands::Bands;
use super::checks::{Dated, by_line, find_overlaps};
use super::rows::{Input, Names, Row, TariffTerms};

/// What a row with a price made from another price may not have (R3).
const ONLY_CALCULATED: [&str; 6] =
    ["connection", "rate", "initial_increment", "increment", "included_seconds", "steps"];
/// What steps replace (R10).
const NOT_WITH_STEPS: [&str; 5] = ["connection", "rate", "initial_increment", "increment", "included_seconds"];
/// One of these makes a calculated row: a row without any would be a silent zero (R4).
const PRICES: [&str; 5] = ["rate", "connection", "steps", "access_rate", "access_connection"];
const ACCESS: [&str; 4] = ["access_connection", "access_rate", "access_increment", "access_rounding"];
/// The least chargeable duration of rows that state none (R6).
const DEFAULT_MIN_SECONDS: u32 = 1;

pub(super) fn rates(input: &Input, names: &Names, bands: &Bands) -> Vec<Rate> {
    refuse_overlaps(input);
    input.rows("rates").filter_map(|row| rate(input, names, bands, row)).collect()
}

fn rate(input: &Input, names: &Names, bands: &Bands, row: Row) -> Option<Rate> {
    let mode = check_mode(row);
    let tariff = row.id("tariff", &names.tariffs);
    let matches = rate_match(input, names, row);
    let band = row.get("time_band").map(|name| bands.find(row, "time_band", name));
    let valid = row.dates();
    let tariff = tariff?;
    let unit = Unit::of(names.tariff_terms[tariff as usize]);
    let price = |column: &str| unit.cell(row, column);
    let (minimum, maximum) = (price("minimum"), price("maximum"));
    if let (Some(least), Some(most)) = (minimum, maximum)
        && least > most
    {
        row.fail("minimum", &format!("is above the maximum {}", row.text("maximum")), "at most the maximum");
    }
    let increment = row.whole("increment").unwrap_or(1);
    Some(Rate {
        tariff: TariffId(tariff),
        matches: matches?,
        band: band.flatten(),
        valid,
        mode,
        connection: price("connection").unwrap_or_default(),
        rate: price("rate").unwrap_or_default(),
        minimum,
        maximum,
        initial_increment: row.whole("initial_increment").unwrap_or(increment),
        increment,
        included_seconds: row.whole("included_seconds").unwrap_or(0),
        min_seconds: row.whole("min_seconds").unwrap_or(DEFAULT_MIN_SECONDS),
        percent: row.parsed("percent", |text| Percent::parse(text).ok()).unwrap_or_default(),
        access: access(row, &unit),
        steps: steps(row, &unit),
        name: name(row),
    })
}

/// The stable name of a row within its tariff.
fn name(row: Row) -> String {
    let mut name = row.text("match");
    if let Some(band) = row.get("time_band") {
        name.push(' ');
        name.push_str(band);
    }
    if let Some(from) = row.get("from") {
        name.push_str(" from ");
        name.push_str(from);
    }
    name
}

fn check_mode(row: Row) -> RateMode {
    let word = row.get("mode").unwrap_or("calculated");
    let mode = match word {
        "markup" => RateMode::Markup,
        "suggested" => RateMode::Suggested,
        "from_file" => RateMode::FromFile,
        _ => RateMode::Calculated,
    };
    let needs_percent = matches!(mode, RateMode::Markup | RateMode::Suggested);
    match row.get("percent") {
        None if needs_percent => row.fail("percent", &format!("is needed: the mode is {word}"), "-100 to 10000"),
        Some(_) if !needs_percent => {
            row.fail(
                "percent",
                &format!("means nothing: the mode is {word}"),
                "the mode markup or suggested, or no percent",
            );
        }
        _ => {}
    }
    let refuse_all = |columns: &[&str], reason: &str, hint: &str| {
        columns.iter().filter(|column| row.get(column).is_some()).for_each(|column| row.fail(column, reason, hint));
    };
    if mode != RateMode::Calculated {
        refuse_all(
            &ONLY_CALCULATED,
            &format!("means nothing: the mode is {word} (R3)"),
            "the mode calculated, or a blank",
        );
    } else if row.get("steps").is_some() {
        refuse_all(&NOT_WITH_STEPS, "means nothing beside steps (R10)", "put it into the steps");
    } else if PRICES.iter().all(|column| row.get(column).is_none()) {
        row.fail("rate", "is needed: the row has no price at all", "0 for what is free");
    }
    mode
}

fn rate_match(input: &Input, names: &Names, row: Row) -> Option<RateMatch> {
    let text = row.get("match")?;
    let Some(found) = notation::rate_match(text) else {
        row.fail("match", "is not what this column may hold", "");
        return None;
    };
    Some(match found {
        MatchText::Band(band) => RateMatch::Band(band.to_owned()),
        MatchText::Prefix(prefix) => RateMatch::Prefix(prefix.to_owned()),
        MatchText::Class(class) => RateMatch::Class(class),
        MatchText::Type(code) => match names.call_types.get(code) {
            Some(call_type) => RateMatch::Type(CallTypeId(*call_type)),
            None => {
                let known = input.rows("call_types").filter_map(|known| known.get("call_type"));
                row.fail_unknown("match", code, "no such call type in call_types.csv", known);
                return None;
            }
        },
    })
}

/// The unit in which a tariff states prices (X2).
struct Unit {
    /// How many of it make the major unit.
    per_major: i64,
    /// Decimals that its prices may have.
    decimals: u32,
}

impl Unit {
    fn of(terms: TariffTerms) -> Self {
        let digits = if terms.in_minor_unit { terms.currency.digits } else { 0 };
        let per_major = i64::try_from(power_of_ten(digits)).expect("currencies have at most 3 minor digits");
        Self { per_major, decimals: 8 - digits }
    }

    fn cell(&self, row: Row, column: &str) -> Option<Price> {
        let price = row.decimal(column)?;
        self.in_major(row, column, price)
    }

    /// The same price in the major unit; reports one that does not fit exactly.
    fn in_major(&self, row: Row, column: &str, price: Price) -> Option<Price> {
        if price.scaled() % self.per_major != 0 {
            let reason = format!("has more than {} decimal places, in the minor unit of the currency", self.decimals);
            row.fail_value(column, &price.to_string(), &reason, "fewer decimals: prices hold 8 of the major unit (X1)");
            return None;
        }
        Some(Price::from_scaled(price.scaled() / self.per_major))
    }
}

fn steps(row: Row, unit: &Unit) -> Vec<RateStep> {
    let steps = row.parsed("steps", |text| notation::steps(text).ok()).unwrap_or_default();
    let in_major = |price| unit.in_major(row, "steps", price).unwrap_or_default();
    let step = |step: RateStep| RateStep { connection: in_major(step.connection), rate: in_major(step.rate), ..step };
    steps.into_iter().map(step).collect()
}

fn access(row: Row, unit: &Unit) -> Option<AccessCharge> {
    if ACCESS.iter().all(|column| row.get(column).is_none()) {
        return None;
    }
    let (connection, rate) = (row.get("access_connection"), row.get("access_rate"));
    if connection.is_none() && rate.is_none() {
        row.fail(
            "access_rate",
            "is needed: the row says how access is charged, but not what it costs (R11)",
            "a price",
        );
    }
    Some(AccessCharge {
        connection: unit.cell(row, "access_connection").unwrap_or_default(),
        rate: unit.cell(row, "access_rate").unwrap_or_default(),
        increment: row.whole("access_increment").unwrap_or(1),
        rounding: row.parsed("access_rounding", notation::rounding_to),
    })
}

/// Two rows of one tariff with the same match and band are never valid on the same day (R2).
fn refuse_overlaps(input: &Input) {
    find_overlaps(input.rows("rates").enumerate().map(dated).collect(), |(tariff, _, band), later, earlier| {
        let (first, second) = by_line(input.row("rates", earlier), input.row("rates", later));
        if first.get("from") != second.get("from") {
            let band = if band.is_empty() { String::new() } else { format!(" in band {band}") };
            let reason =
                format!("tariff {tariff} has another row for it{band} on overlapping dates: {}", first.place());
            second.fail("match", &reason, "end one before the other begins (R2)");
        }
    });
}

fn dated<'i>((position, row): (usize, Row<'i>)) -> Dated<(&'i str, &'i str, &'i str)> {
    let text = |column| row.get(column).unwrap_or("");
    let key = (text("tariff"), text("match"), text("time_band"));
    Dated { key, valid: row.quiet_dates(), row: position }
}
