//! A record → its call type (C1), and how it was found.

use tollbook::domain::usage::Direction;

use super::call::Call;
use super::rows::Row;

/// C1: the charge band, the supplier's own prefixes, the general ones, the fallback of the kind. A call type of another
/// kind than the record's never counts, and the search goes on.
pub fn find_call_type<'b>(call: &Call<'b>) -> Option<(&'b str, String)> {
    if let Some(found) = by_charge_band(call) {
        call.note("classify: charge band");
        return Some((found, "charge band".to_owned()));
    }
    let prefixes = prefixes_of_number(call);
    if let Some((length, found)) = by_prefix(call, &prefixes, call.supplier_code()) {
        call.note("classify: supplier's prefix");
        return Some((found, format!("supplier's prefix of {length}")));
    }
    if let Some((length, found)) = by_prefix(call, &prefixes, "") {
        call.note("classify: prefix");
        return Some((found, format!("prefix of {length}")));
    }
    let column = format!("fallback_{}", call.record.kind.name());
    let fallback = if column == "fallback_event" { "" } else { call.supplier.cell(&column) };
    if fallback.is_empty() || !has_kind(call, fallback) {
        return None;
    }
    call.note("classify: fallback");
    Some((fallback, "fallback".to_owned()))
}

fn has_kind(call: &Call, call_type: &str) -> bool {
    let fits = call.book.call_type(call_type).cell("kind") == call.record.kind.name();
    if !fits {
        call.note("classify: other kind passed over");
    }
    fits
}

fn by_charge_band<'b>(call: &Call<'b>) -> Option<&'b str> {
    let row =
        call.book.sheet("charge_bands").rows().find(|row| {
            row.cell("supplier") == call.supplier_code() && row.cell("band") == &*call.record.charge_band
        })?;
    Some(row.cell("call_type")).filter(|call_type| has_kind(call, call_type))
}

/// The rows of the other direction and of other numbers are of no use to anyone.
fn prefixes_of_number<'b>(call: &Call<'b>) -> Vec<Row<'b>> {
    let direction = match call.record.direction {
        Direction::Out => "out",
        Direction::In => "in",
    };
    let mut rows = call.book.sheet("prefixes").rows_where("prefix", |prefix| call.looked_up().starts_with(prefix));
    rows.retain(|row| row.cell_or("direction", "out") == direction);
    rows
}

/// The longest of those that the supplier, or nobody, declares.
fn by_prefix<'b>(call: &Call<'b>, prefixes: &[Row<'b>], owner: &str) -> Option<(usize, &'b str)> {
    let mut best: Option<(usize, &str)> = None;
    for row in prefixes.iter().filter(|row| row.cell("supplier") == owner) {
        let length = row.cell("prefix").len();
        if best.is_none_or(|(longest, _)| length > longest) && has_kind(call, row.cell("call_type")) {
            best = Some((length, row.cell("call_type")));
        }
    }
    best
}
