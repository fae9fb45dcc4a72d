//! A seed → the CSV rows of a sound book that uses everything: suppliers, call types, numbers, customers and their
//! lines. Its tariffs are in `random_tariffs`, its time bands in `random_calendar`.

use tollbook::book::{TableRow, Tables};
use tollbook::domain::cells::Cells;

use super::dice::{Dice, decimal};
use super::random_calendar::add_calendar;
use super::random_tariffs;

/// A book as text, with what belongs to its settings.
pub struct RandomBook {
    pub tables: Tables,
    pub currency: &'static str,
    pub zone: &'static str,
}

pub const SUPPLIERS: [&str; 3] = ["alpha", "beta", "gamma"];
pub const CLASSES: [&str; 6] = ["national", "mobile", "inbound", "international", "surcharges", "bespoke_1"];
pub const CLI_TYPES: [&str; 3] = ["", "sip", "mobile"];
pub const CHARGE_BANDS: [&str; 5] = ["A", "a", "PEAK 1", "N", "D;1"];
/// What lines hold; some begin others.
pub const OWN: [&str; 12] = [
    "+442079460",
    "+4420794600",
    "+44207946001",
    "+442079460010",
    "+442079460011",
    "+448001234",
    "+448001234567",
    "+447700900100",
    "+447700900",
    "118500",
    "SIP-A",
    "SIP-A1",
];
pub const ALTERNATES: [&str; 5] = ["+441614960", "+441614960011", "+441614960012", "ALT-7", "+84"];
/// What prefixes and rates begin numbers with.
pub const STARTS: [&str; 16] = [
    "+44",
    "+4420",
    "+44207",
    "+4420794600",
    "+447",
    "+4477",
    "+44770090",
    "+4480",
    "+44800",
    "+448001234567",
    "+33",
    "+336",
    "+3361",
    "118",
    "1185",
    "+1",
];
pub const BAND_NAMES: [&str; 5] = ["day", "night", "weekend", "holiday", "peak"];
/// Days on which something ends, and the days after them.
pub const EDGES: [(&str, &str); 9] = [
    ("2024-02-28", "2024-02-29"),
    ("2024-02-29", "2024-03-01"),
    ("2024-12-31", "2025-01-01"),
    ("2025-03-29", "2025-03-30"),
    ("2025-03-30", "2025-03-31"),
    ("2025-06-30", "2025-07-01"),
    ("2025-10-25", "2025-10-26"),
    ("2025-10-26", "2025-10-27"),
    ("2025-12-31", "2026-01-01"),
];

/// The name of an own call type.
pub fn call_type(number: u64) -> String {
    format!("t{number}")
}

pub const CALL_TYPES: u64 = 12;

/// Adds a row; what is not named is blank.
pub fn add(tables: &mut Tables, file: &str, cells: &[(&str, &str)]) {
    let table = tables.get_mut(file);
    let mut row = TableRow { line: 0, cells: Cells::blank(table.schema.columns.len()) };
    for (column, cell) in cells {
        let position = table.schema.position(column).unwrap_or_else(|| panic!("{file} has no column {column}"));
        row.cells.set(position, Some(*cell).filter(|cell| !cell.is_empty()));
    }
    table.rows.push(row);
}

/// Ranges of dates that follow each other: each from the day after the one before, some of them left out.
pub fn timeline(dice: &mut Dice) -> Vec<(String, String)> {
    let mut edges: Vec<_> = (0..dice.pick(&[0, 0, 0, 1, 1, 2])).map(|_| dice.pick(&EDGES)).collect();
    edges.sort_unstable();
    edges.dedup();
    let starts = std::iter::once("").chain(edges.iter().map(|(_, next)| *next));
    let ends = edges.iter().map(|(day, _)| *day).chain(std::iter::once(""));
    let ranges: Vec<_> = starts.zip(ends).map(|(from, to)| (from.to_owned(), to.to_owned())).collect();
    let sound = ranges.into_iter().filter(|(from, to)| to.is_empty() || from <= to);
    let kept: Vec<_> = sound.filter(|_| !dice.chance(8)).collect();
    if kept.is_empty() { vec![(String::new(), String::new())] } else { kept }
}

/// A markup, mostly a small one.
pub fn markup(dice: &mut Dice) -> String {
    match dice.below(10) {
        0 => "-100".to_owned(),
        1 => "10000".to_owned(),
        2 => "0".to_owned(),
        3 => decimal(-i64::try_from(dice.below(1_000_000)).unwrap(), 4),
        _ => decimal(i64::try_from(dice.below(1_000_000)).unwrap(), 4),
    }
}

/// The book of a seed.
pub fn random_book(seed: u64) -> RandomBook {
    let dice = &mut Dice::new(seed);
    let zones = ["Europe/London", "Europe/London", "Europe/London", "Australia/Lord_Howe", "America/New_York", "UTC"];
    let (currency, zone) = (dice.pick(&["GBP", "GBP", "GBP", "EUR"]), dice.pick(&zones));
    let mut tables = Tables::new();
    add(&mut tables, "organisations", &[("organisation", "BRAND"), ("name", "Brand")]);
    add(&mut tables, "groups", &[("group", "monthly")]);
    add(&mut tables, "vat_codes", &[("vat_code", "S"), ("rate", "20"), ("kind", "standard")]);
    add_call_types(&mut tables, dice);
    add_suppliers(&mut tables, dice);
    add_numbers(&mut tables, dice);
    let bands = add_calendar(&mut tables, dice);
    random_tariffs::add_tariffs(&mut tables, dice, currency, &bands);
    add_customers(&mut tables, dice, currency);
    add_lines(&mut tables, dice, currency);
    add_exchange_rates(&mut tables, dice);
    for name in tables.iter().map(|table| table.schema.name).collect::<Vec<_>>() {
        tables.get_mut(name).sort();
    }
    RandomBook { tables, currency, zone }
}

/// C2: each may stand on an earlier one of its kind; all kinds are there.
fn add_call_types(tables: &mut Tables, dice: &mut Dice) {
    let mut kinds: Vec<&str> = Vec::new();
    let mut depths: Vec<u64> = Vec::new();
    for number in 0..CALL_TYPES {
        let kind = if number < 7 { "voice" } else { dice.pick(&["voice", "data", "sms", "event"]) };
        let earlier: Vec<usize> = (0..kinds.len()).filter(|at| kinds[*at] == kind && depths[*at] < 8).collect();
        let parent = (!earlier.is_empty() && dice.chance(60))
            .then(|| if dice.chance(60) { *earlier.last().unwrap() } else { dice.pick(&earlier) });
        let fallback = parent.map(|at| call_type(at as u64)).unwrap_or_default();
        kinds.push(kind);
        depths.push(parent.map_or(0, |at| depths[at] + 1));
        let (code, class, exclude) = (call_type(number), dice.pick(&CLASSES), dice.maybe(4, &["y"]));
        let cells = [
            ("call_type", code.as_str()),
            ("description", &code),
            ("class", class),
            ("kind", kind),
            ("fallback_rate_as", &fallback),
            ("exclude", &exclude),
        ];
        add(tables, "call_types", &cells);
    }
    if dice.chance(30) {
        let cells = [("call_type", "uk_mobile"), ("description", "Own"), ("class", "bespoke_1"), ("kind", "voice")];
        add(tables, "call_types", &cells);
    }
}

/// The own call types of a kind.
fn of_kind(tables: &Tables, kind: &str) -> Vec<String> {
    let table = tables.get("call_types");
    let (code, of) = (table.schema.position("call_type").unwrap(), table.schema.position("kind").unwrap());
    let rows = table.rows.iter().filter(|row| row.cells.get(of) == Some(kind));
    rows.map(|row| row.cells.get(code).unwrap().to_owned()).collect()
}

fn add_suppliers(tables: &mut Tables, dice: &mut Dice) {
    for supplier in SUPPLIERS {
        let fallback = |kind: &str, dice: &mut Dice| {
            let types = of_kind(tables, kind);
            if types.is_empty() || dice.chance(15) { String::new() } else { dice.pick(&types) }
        };
        let (voice, data, sms) = (fallback("voice", dice), fallback("data", dice), fallback("sms", dice));
        let matching = dice.pick(&["", "exact", "longest_prefix", "longest_prefix"]);
        let (decimals, rounding) = (dice.maybe(30, &["0", "2", "3", "6"]), dice.maybe(30, &random_tariffs::ROUNDINGS));
        let bytes = dice.pick(&["", "1000000", "1048576"]);
        let cells = [
            ("supplier", supplier),
            ("layout", "generic"),
            ("match", matching),
            ("call_decimals", &decimals),
            ("call_rounding", &rounding),
            ("fallback_voice", &voice),
            ("fallback_data", &data),
            ("fallback_sms", &sms),
            ("bytes_per_mb", bytes),
        ];
        add(tables, "suppliers", &cells);
    }
}

/// C1 and M8: prefixes of all and of some, charge bands, what is ignored.
fn add_numbers(tables: &mut Tables, dice: &mut Dice) {
    for supplier in ["", "alpha", "beta"] {
        for prefix in STARTS {
            for direction in ["out", "in"] {
                if dice.chance(40) {
                    let direction = if direction == "out" { dice.pick(&["", "out"]) } else { direction };
                    let found = call_type(dice.below(CALL_TYPES));
                    let cells =
                        [("supplier", supplier), ("prefix", prefix), ("direction", direction), ("call_type", &found)];
                    add(tables, "prefixes", &cells);
                }
            }
        }
    }
    for supplier in SUPPLIERS {
        for band in CHARGE_BANDS {
            if dice.chance(50) {
                let found = call_type(dice.below(CALL_TYPES));
                add(tables, "charge_bands", &[("supplier", supplier), ("band", band), ("call_type", &found)]);
            }
        }
    }
    for supplier in ["", "alpha"] {
        let identifier = dice.pick(&OWN);
        if dice.chance(30) {
            add(tables, "ignored", &[("supplier", supplier), ("identifier", identifier)]);
        }
    }
}

/// R1, R4, X7: of all standings and of three currencies.
fn add_customers(tables: &mut Tables, dice: &mut Dice, workspace: &str) {
    for number in 0..6 {
        let account = format!("A{number}");
        let currency = dice.pick(&["", "", "GBP", "EUR", "USD"]);
        let standings = ["", "active", "suspended", "active_do_not_bill", "final_bill", "dropped", "cancelled"];
        let status = if dice.chance(70) { "" } else { dice.pick(&standings) };
        let (date, _) = dice.pick(&EDGES);
        let dropped = if ["dropped", "cancelled"].contains(&status) { date } else { "" };
        let last = if status == "final_bill" { date } else { "" };
        let mut cells = vec![
            ("account", account.clone()),
            ("name", account),
            ("organisation", "BRAND".into()),
            ("group", "monthly".into()),
            ("vat_code", "S".into()),
            ("currency", currency.into()),
            ("status", status.into()),
            ("dropped_date", dropped.into()),
            ("final_bill_date", last.into()),
        ];
        for column in ["fallback_suggested_markup", "fallback_markup"] {
            if dice.chance(35) {
                cells.push((column, markup(dice)));
            }
        }
        let currency = if currency.is_empty() { workspace } else { currency };
        cells.extend(class_prices(dice, currency, 70, 30));
        let cells: Vec<(&str, &str)> = cells.iter().map(|(column, cell)| (*column, cell.as_str())).collect();
        add(tables, "customers", &cells);
    }
}

const TARIFF_COLUMNS: [&str; 6] = [
    "tariff_national",
    "tariff_mobile",
    "tariff_inbound",
    "tariff_international",
    "tariff_surcharges",
    "tariff_bespoke_1",
];
const MARKUP_COLUMNS: [&str; 6] = [
    "markup_national",
    "markup_mobile",
    "markup_inbound",
    "markup_international",
    "markup_surcharges",
    "markup_bespoke_1",
];

fn class_prices(dice: &mut Dice, currency: &str, tariffs: u64, markups: u64) -> Vec<(&'static str, String)> {
    let mut cells = Vec::new();
    for (tariff, percent) in TARIFF_COLUMNS.into_iter().zip(MARKUP_COLUMNS) {
        if dice.chance(tariffs) && currency != "USD" {
            cells.push((tariff, random_tariffs::any_of(dice, currency)));
        }
        if dice.chance(markups) {
            cells.push((percent, markup(dice)));
        }
    }
    cells
}

/// M2, M3: each identifier has holders that follow each other, some extensions of it have their own.
fn add_lines(tables: &mut Tables, dice: &mut Dice, workspace: &str) {
    let mut alternates = ALTERNATES.to_vec();
    for identifier in OWN {
        if dice.chance(5) {
            continue;
        }
        for extension in ["", "7", "8"] {
            if dice.chance(if extension.is_empty() { 4 } else { 70 }) {
                continue;
            }
            let held = if dice.chance(30) { alternates.pop().unwrap_or_default() } else { "" };
            for (from, to) in timeline(dice) {
                let account = dice.below(6);
                let customers = tables.get("customers");
                let position = customers.schema.position("currency").unwrap();
                let row = &customers.rows[usize::try_from(account).unwrap()];
                let currency = row.cells.get(position).unwrap_or(workspace).to_owned();
                let mut cells = vec![
                    ("cli", identifier.to_owned()),
                    ("account", format!("A{account}")),
                    ("type", dice.pick(&CLI_TYPES).to_owned()),
                    ("extension", extension.to_owned()),
                    ("alternates", held.to_owned()),
                    ("from", from),
                    ("to", to),
                    ("exclude_usage", dice.maybe(6, &["y", "n"])),
                ];
                cells.extend(class_prices(dice, &currency, 20, 15));
                let cells: Vec<(&str, &str)> = cells.iter().map(|(column, cell)| (*column, cell.as_str())).collect();
                add(tables, "clis", &cells);
            }
        }
    }
}

/// X7: some pairs from some days on.
fn add_exchange_rates(tables: &mut Tables, dice: &mut Dice) {
    for from in ["GBP", "EUR", "USD"] {
        for to in ["GBP", "EUR", "USD"] {
            for (_, date) in EDGES {
                if from != to && dice.chance(25) {
                    let rate = decimal(i64::try_from(dice.between(1, 300_000_000)).unwrap(), 8);
                    add(tables, "exchange_rates", &[("from", from), ("to", to), ("date", date), ("rate", &rate)]);
                }
            }
        }
    }
}
