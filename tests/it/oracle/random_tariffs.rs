//! Choices → tariffs in chains, and rows of every mode, key, band and form of price; and who uses which by default.

use tollbook::book::Tables;

use super::dice::{Dice, decimal};
use super::random_book::{
    CALL_TYPES, CHARGE_BANDS, CLASSES, CLI_TYPES, OWN, STARTS, SUPPLIERS, add, call_type, markup, timeline,
};

pub const ROUNDINGS: [&str; 4] = ["half_up", "up", "down", "half_even"];
const CURRENCIES: [&str; 2] = ["GBP", "EUR"];
const CHAIN: usize = 5;

/// A tariff of this currency.
pub fn any_of(dice: &mut Dice, currency: &str) -> String {
    format!("{currency}{}", dice.below(CHAIN as u64))
}

/// Chains of tariffs, their rows, and the defaults of suppliers.
pub fn add_tariffs(tables: &mut Tables, dice: &mut Dice, workspace: &str, bands: &[&str]) {
    for currency in CURRENCIES {
        for number in 0..CHAIN {
            let code = format!("{currency}{number}");
            let parent =
                if number > 0 && dice.chance(70) { format!("{currency}{}", number - 1) } else { String::new() };
            let unit = dice.pick(&["major", "minor"]);
            let named = if currency == workspace { dice.pick(&["", currency]) } else { currency };
            let (decimals, rounding) =
                (dice.maybe(70, &["0", "1", "2", "3", "4", "5", "6"]), dice.maybe(80, &ROUNDINGS));
            let band_mode = dice.pick(&["", "at_start", "split", "split"]);
            let cells = [
                ("tariff", code.as_str()),
                ("parent", &parent),
                ("currency", named),
                ("unit", unit),
                ("decimals", &decimals),
                ("rounding", &rounding),
                ("band_mode", band_mode),
            ];
            add(tables, "tariffs", &cells);
            add_rows(tables, dice, &code, unit, bands);
        }
    }
    for supplier in SUPPLIERS {
        for class in CLASSES {
            for cli_type in CLI_TYPES {
                for wholesale in ["", "y"] {
                    if dice.chance(25) {
                        let currency = dice.pick(&CURRENCIES);
                        let tariff = any_of(dice, currency);
                        let cells = [
                            ("supplier", supplier),
                            ("class", class),
                            ("cli_type", cli_type),
                            ("tariff", &tariff),
                            ("wholesale", wholesale),
                        ];
                        add(tables, "supplier_tariffs", &cells);
                    }
                }
            }
        }
    }
}

/// R2: for some keys rows for all bands, for some bands, or both, that follow each other in time.
fn add_rows(tables: &mut Tables, dice: &mut Dice, tariff: &str, unit: &str, bands: &[&str]) {
    let mut keys: Vec<String> = (0..dice.between(5, 12)).map(|_| key(dice)).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        for band in std::iter::once("").chain(bands.iter().copied()) {
            if dice.chance(if band.is_empty() { 75 } else { 35 }) {
                for (from, to) in timeline(dice) {
                    let row = prices(dice, unit);
                    let mut cells =
                        vec![("tariff", tariff), ("match", &key), ("time_band", band), ("from", &from), ("to", &to)];
                    cells.extend(row.iter().map(|(column, cell)| (*column, cell.as_str())));
                    add(tables, "rates", &cells);
                }
            }
        }
    }
}

fn key(dice: &mut Dice) -> String {
    match dice.below(10) {
        0 => format!("band:{}", dice.pick(&CHARGE_BANDS)),
        1 => format!("prefix:{}", dice.pick(&STARTS)),
        2 => format!("prefix:{}", dice.pick(&OWN.map(|own| if own.starts_with("SIP") { "+4" } else { own }))),
        3 => format!("type:{}", dice.pick(&["mobile_origin", "payphone", "recorded"])),
        4 | 5 => format!("class:{}", dice.pick(&CLASSES)),
        _ => format!("type:{}", call_type(dice.below(CALL_TYPES))),
    }
}

type Cells = Vec<(&'static str, String)>;

/// A price in the unit of its tariff, with all the decimals that it may have.
fn price(dice: &mut Dice, unit: &str, allow_credit: bool) -> String {
    let places = if unit == "minor" { 6 } else { 8 };
    let pounds = 10_i64.pow(8);
    let count = match dice.below(8) {
        0 => 0,
        1 => i64::try_from(dice.below(40)).unwrap() * pounds / 100,
        2 => i64::try_from(dice.between(1, 9)).unwrap(),
        3 => i64::try_from(dice.below(20)).unwrap() * pounds / 2,
        _ => i64::try_from(dice.below(30_000_000)).unwrap(),
    };
    let count = if allow_credit && dice.chance(8) { -count } else { count };
    decimal(count, places)
}

/// R3, R5: a row of one of the modes.
fn prices(dice: &mut Dice, unit: &str) -> Cells {
    let mut cells = Vec::new();
    match dice.below(14) {
        0 => cells.extend([("mode", "markup".to_owned()), ("percent", markup(dice))]),
        1 => cells.extend([("mode", "suggested".to_owned()), ("percent", markup(dice))]),
        2 => cells.push(("mode", "from_file".to_owned())),
        3 | 4 => cells.push(("steps", steps(dice, unit))),
        _ => calculated(dice, unit, &mut cells),
    }
    let mut bounds = [price(dice, unit, false), price(dice, unit, false)];
    bounds.sort_by_key(|bound| super::amounts::number(bound));
    for (column, bound) in ["minimum", "maximum"].into_iter().zip(bounds) {
        if dice.chance(30) {
            cells.push((column, bound));
        }
    }
    if dice.chance(40) {
        cells.push(("min_seconds", dice.pick(&["0", "1", "2", "5", "60"]).to_owned()));
    }
    if dice.chance(25) {
        cells.extend(access(dice, unit));
    }
    cells
}

/// R6, R7.
fn calculated(dice: &mut Dice, unit: &str, cells: &mut Cells) {
    cells.push(("rate", price(dice, unit, true)));
    if dice.chance(45) {
        cells.push(("connection", price(dice, unit, true)));
    }
    for column in ["initial_increment", "increment"] {
        if dice.chance(60) {
            cells.push((column, dice.pick(&["1", "6", "15", "30", "60", "60", "90", "3600", "1024"]).to_owned()));
        }
    }
    if dice.chance(25) {
        cells.push(("included_seconds", dice.pick(&["0", "30", "45", "60", "3600"]).to_owned()));
    }
}

/// R10: up to three.
fn steps(dice: &mut Dice, unit: &str) -> String {
    let count = usize::try_from(dice.between(1, 3)).unwrap();
    let starts = [dice.pick(&["0"]), dice.pick(&["59", "60", "600"]), dice.pick(&["3600", "900", "601"])];
    let steps = starts.into_iter().take(count).map(|start| {
        let increment = dice.pick(&["1", "30", "60", "3600", "7"]);
        format!("{start}:{}:{}:{increment}", price(dice, unit, true), price(dice, unit, true))
    });
    steps.collect::<Vec<_>>().join(";")
}

/// R11.
fn access(dice: &mut Dice, unit: &str) -> Cells {
    let mut cells = vec![("access_rate", price(dice, unit, true))];
    if dice.chance(50) {
        cells.push(("access_connection", price(dice, unit, true)));
    }
    if dice.chance(60) {
        cells.push(("access_increment", dice.pick(&["1", "30", "60"]).to_owned()));
    }
    if dice.chance(50) {
        cells.push(("access_rounding", format!("{}:{}", dice.pick(&ROUNDINGS), dice.below(9))));
    }
    cells
}
