//! The comparison can fail: one cell of a book is changed for the product alone, and some call shows it.

use tollbook::book::Tables;

use super::comparison::{Failure, one_book};

/// Files and columns; each change of one cell that is set must be noticed within [`BOOKS`] books.
const CELLS: [(&str, &str); 34] = [
    ("call_types", "class"),
    ("call_types", "exclude"),
    ("call_types", "fallback_rate_as"),
    ("charge_bands", "band"),
    ("clis", "exclude_usage"),
    ("clis", "extension"),
    ("clis", "to"),
    ("customers", "fallback_markup"),
    ("customers", "final_bill_date"),
    ("exchange_rates", "rate"),
    ("holidays", "date"),
    ("ignored", "identifier"),
    ("prefixes", "prefix"),
    ("rates", "access_increment"),
    ("rates", "access_rate"),
    ("rates", "access_rounding"),
    ("rates", "connection"),
    ("rates", "included_seconds"),
    ("rates", "increment"),
    ("rates", "initial_increment"),
    ("rates", "maximum"),
    ("rates", "min_seconds"),
    ("rates", "minimum"),
    ("rates", "percent"),
    ("rates", "rate"),
    ("rates", "steps"),
    ("rates", "to"),
    ("suppliers", "bytes_per_mb"),
    ("suppliers", "call_rounding"),
    ("tariffs", "band_mode"),
    ("tariffs", "decimals"),
    ("tariffs", "parent"),
    ("tariffs", "rounding"),
    ("time_bands", "end"),
];

const BOOKS: u64 = 120;

#[test]
fn one_changed_cell_is_noticed() {
    let unnoticed: Vec<_> = CELLS.into_iter().filter(|(file, column)| !is_noticed(file, column)).collect();
    assert!(unnoticed.is_empty(), "changes that nobody noticed: {unnoticed:?}");
}

fn is_noticed(file: &str, column: &str) -> bool {
    (0..BOOKS).any(|seed| {
        let planted = |tables: &mut Tables| change_one(tables, file, column, seed);
        matches!(one_book(seed, planted), Err(Failure::Disagreement(_)))
    })
}

/// Changes the cell of one row, another one in each book. A tariff loses its parent: another one could be a loop.
fn change_one(tables: &mut Tables, file: &str, column: &str, number: u64) {
    let table = tables.get_mut(file);
    let position = table.schema.position(column).unwrap();
    let mut set: Vec<_> = table.rows.iter_mut().filter(|row| row.cells.get(position).is_some()).collect();
    if !set.is_empty() {
        let chosen = usize::try_from(number).unwrap() % set.len();
        let cells = &mut set[chosen].cells;
        let other = cells.get(position).filter(|_| column != "parent").map(changed);
        cells.set(position, other.as_deref());
    }
}

/// Another word of the same list; else the last digit that can be another one.
fn changed(cell: &str) -> String {
    const WORDS: [&[&str]; 8] = [
        &["half_up", "down", "up", "half_even"],
        &["at_start", "split"],
        &["1000000", "1048576"],
        &["y", "n"],
        &["national", "mobile", "inbound", "international", "bespoke_1"],
        &["PEAK 1", "OTHER"],
        &["SIP-A", "SIP-B"],
        &["A", "Z"],
    ];
    for words in WORDS {
        if let Some(position) = words.iter().position(|word| *word == cell) {
            return words[(position + 1) % words.len()].to_owned();
        }
    }
    if let Some((mode, decimals)) = cell.split_once(':').filter(|(mode, _)| mode.starts_with(['h', 'u', 'd'])) {
        return format!("{}:{decimals}", changed(mode));
    }
    let Some(last) = cell.rfind(|c: char| c.is_ascii_digit()) else { return format!("{cell}X") };
    let digit = match &cell[last..=last] {
        "9" => "8".to_owned(),
        digit => (digit.parse::<u32>().unwrap() + 1).to_string(),
    };
    format!("{}{digit}{}", &cell[..last], &cell[last + 1..])
}
