//! A call → the tariff asked (R1) and the row that answers (R2).

use super::call::Call;
use super::rows::Row;

/// R1: the CLI's tariff for the class, the customer's, the supplier's default for the CLI's type, its default for any
/// type. A default in another currency than the customer's does not count (X7).
pub fn retail_tariff<'b>(call: &Call<'b>, line: Row<'b>, class: &str) -> Option<&'b str> {
    let column = format!("tariff_{class}");
    let customer = call.customer(line);
    for (holder, note) in [(line, "tariff: of the CLI"), (customer, "tariff: of the customer")] {
        let tariff = holder.cell(&column);
        if !tariff.is_empty() {
            call.note(note);
            return Some(tariff);
        }
    }
    let currency = call.book.currency_of(customer);
    let tariff = supplier_tariff(call, line, class, "n", |tariff| call.book.currency_of(tariff) == currency)?;
    call.note("tariff: of the supplier");
    Some(tariff)
}

/// R14: what the supplier charges us.
pub fn wholesale_tariff<'b>(call: &Call<'b>, line: Row<'b>, class: &str) -> Option<&'b str> {
    supplier_tariff(call, line, class, "y", |_| true)
}

fn supplier_tariff<'b>(
    call: &Call<'b>,
    line: Row<'b>,
    class: &str,
    wholesale: &str,
    counts: impl Fn(Row<'b>) -> bool,
) -> Option<&'b str> {
    let of_type = |cli_type: &str| {
        let row = call.book.sheet("supplier_tariffs").rows().find(|row| {
            row.cell("supplier") == call.supplier_code()
                && row.cell("class") == class
                && row.cell("cli_type") == cli_type
                && row.cell_or("wholesale", "n") == wholesale
        })?;
        Some(row.cell("tariff")).filter(|tariff| counts(call.book.tariff(tariff)))
    };
    of_type(line.cell("type")).or_else(|| of_type(""))
}

/// What a row may be for, from the most specific: its `match` cell.
pub type Keys = Vec<String>;

/// R2: the record's charge band; the prefixes of the number looked up, longest first; the call type; its *fallback rate
/// as*, then that one's; the class.
pub fn keys_of_usage(call: &Call, call_type: &str) -> Keys {
    let mut keys = Vec::new();
    if !call.record.charge_band.is_empty() {
        keys.push(format!("band:{}", call.record.charge_band));
    }
    let rows = call.book.sheet("rates").rows();
    let prefixes = rows.filter_map(|row| row.cell("match").strip_prefix("prefix:"));
    let mut prefixes: Vec<_> = prefixes.filter(|prefix| call.looked_up().starts_with(prefix)).collect();
    prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
    prefixes.dedup();
    keys.extend(prefixes.into_iter().map(|prefix| format!("prefix:{prefix}")));
    let class = call.book.call_type(call_type).cell("class");
    let mut asked = call_type;
    while !asked.is_empty() {
        keys.push(format!("type:{asked}"));
        asked = call.book.call_type(asked).cell("fallback_rate_as");
    }
    keys.push(format!("class:{class}"));
    keys
}

/// R12: the reserved call type, then the class; nothing of the number, no fallback.
pub fn keys_of_surcharge(call_type: &str) -> Keys {
    vec![format!("type:{call_type}"), "class:surcharges".to_owned()]
}

/// A row that answered.
#[derive(Clone, Copy)]
pub struct Found<'b> {
    pub row: Row<'b>,
    /// How many parents up it is.
    pub generation: usize,
}

/// R2: the tariff, its parent, the parent's parent.
const GENERATIONS: usize = 3;

/// R2: for each key the tariff is asked first, then its parent, then the parent's parent: in each, a row for the band,
/// else a row for all bands. The first hit wins.
pub fn find_row<'b>(call: &Call<'b>, tariff: &str, keys: &Keys, band: &str) -> Option<Found<'b>> {
    for key in keys {
        let mut rows = call.book.sheet("rates").rows_where("match", |cell| cell == key);
        rows.retain(|row| row.is_valid_on(&call.date));
        let (mut asked, mut generation) = (tariff, 0);
        while !asked.is_empty() && generation < GENERATIONS {
            for band in [band, ""] {
                let row = rows.iter().find(|row| row.cell("tariff") == asked && row.cell("time_band") == band);
                if let Some(row) = row {
                    return Some(Found { row: *row, generation });
                }
            }
            asked = call.book.tariff(asked).cell("parent");
            generation += 1;
        }
    }
    None
}

/// The name of a row within its tariff: what it is for, in which band, from which day.
pub fn name_of(row: Row) -> String {
    let mut name = row.cell("match").to_owned();
    if !row.cell("time_band").is_empty() {
        name += &format!(" {}", row.cell("time_band"));
    }
    if !row.cell("from").is_empty() {
        name += &format!(" from {}", row.cell("from"));
    }
    name
}
