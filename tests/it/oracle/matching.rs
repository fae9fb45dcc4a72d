//! A record → the line that it belongs to, and its customer; or why there is none (M2–M9).

use super::answer::Aside;
use super::call::Call;
use super::rows::Row;

/// M9: ignored identifier, unknown CLI, CLI not billable on date, customer dropped, CLI excluded: the first that applies.
pub fn find_line<'b>(call: &Call<'b>) -> Result<Row<'b>, Aside<'b>> {
    if is_ignored(call) {
        return Err(Aside::excluded("ignored identifier", None));
    }
    let candidates = candidates(call);
    if candidates.is_empty() {
        return Err(Aside::suspense("unknown CLI", None));
    }
    let line = line_on_date(call, &candidates).ok_or(Aside::suspense("CLI not billable on date", None))?;
    let customer = call.customer(line);
    let last = customer.cell("final_bill_date");
    if !last.is_empty() && call.date.as_str() > last {
        call.note("match: after the final bill");
        // Decision 0006: the line ended with the customer.
        return Err(Aside::suspense("CLI not billable on date", None));
    }
    if ["dropped", "cancelled"].contains(&customer.cell("status")) {
        return Err(Aside::excluded("customer dropped", Some(line)));
    }
    if line.is_set("exclude_usage") {
        return Err(Aside::excluded("CLI excluded", Some(line)));
    }
    Ok(line)
}

/// M8: ignored in general or for this supplier.
fn is_ignored(call: &Call) -> bool {
    call.book.sheet("ignored").rows().any(|row| {
        row.cell("identifier") == &*call.record.cli && ["", call.supplier_code()].contains(&row.cell("supplier"))
    })
}

/// M3, M4: the lines that the identifier and the extension name, with the length of the identifier that they hold.
fn candidates<'b>(call: &Call<'b>) -> Vec<(usize, Row<'b>)> {
    let number = &*call.record.cli;
    let is_range = call.supplier.cell("match") == "longest_prefix";
    let names = |held: &str| if is_range { number.starts_with(held) } else { number == held };
    let mut found = Vec::new();
    for row in call.book.sheet("clis").rows() {
        let extension = row.cell("extension");
        if !extension.is_empty() && extension != &*call.record.extension {
            continue;
        }
        let held = std::iter::once(row.cell("cli")).chain(row.cell("alternates").split(';'));
        for held in held.filter(|held| !held.is_empty() && names(held)) {
            found.push((held.len(), row));
        }
    }
    found
}

/// M2–M4: of the lines held on the call's day, the one with the longest identifier, and of those the one for just this
/// extension.
fn line_on_date<'b>(call: &Call<'b>, candidates: &[(usize, Row<'b>)]) -> Option<Row<'b>> {
    let on_date = candidates.iter().filter(|(_, row)| row.is_valid_on(&call.date));
    let best = on_date.max_by_key(|(length, row)| (*length, !row.cell("extension").is_empty()))?;
    if candidates.iter().any(|(length, _)| *length > best.0) {
        call.note("match: longer identifier out of date");
    }
    if best.0 < call.record.cli.len() {
        call.note("match: range");
    }
    if best.1.cell("cli").len() != best.0 || !call.record.cli.starts_with(best.1.cell("cli")) {
        call.note("match: alternate");
    }
    if !best.1.cell("extension").is_empty() {
        call.note("match: extension");
    } else if !call.record.extension.is_empty() {
        call.note("match: extension not held");
    }
    Some(best.1)
}
