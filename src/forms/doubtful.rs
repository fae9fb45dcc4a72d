//! Customers that are new or changed → warnings at the cells that look like a mistake, or like another customer (K4). Of a
//! customer that was there before only what changes is looked at.

use ahash::AHashMap;

use crate::book::Tables;
use crate::domain::cells::Cells;
use crate::domain::telephone::NumberRules;

use super::doubts::{CustomerColumns, Doubt, Other, duplicates, of_customer};
use super::finding::{At, Findings, Severity};
use super::form::Target;
use super::import::SheetImport;
use super::merge::Merged;

/// Looks at the customers of a sheet.
pub fn doubt_customers<'t>(tables: &'t Tables, sheet: &'t SheetImport, numbers: &NumberRules, findings: &mut Findings) {
    let table = tables.get("customers");
    let names: Vec<&str> = table.column_names().collect();
    let columns = CustomerColumns::of(&names);
    let looked_at: Vec<&Merged> = sheet.merged.rows.iter().filter(|row| row.is_changed(table)).collect();
    if looked_at.is_empty() {
        return;
    }
    let view = |cells: &'t Cells| columns.view(|column| cells.get(column));
    let now = |row: &Merged| &table.rows[row.at].cells;
    let mut doubt = |row: &Merged, column: &str, doubt: &Doubt| {
        let Some(place) = columns.place(column) else { return };
        let now = table.rows[row.at].cells.get(place);
        if row.before.as_ref().is_none_or(|before| before.get(place) != now) {
            add(sheet, table.schema.columns.len(), names[place], (row, place, now.unwrap_or("")), doubt, findings);
        }
    };
    for row in &looked_at {
        for (column, found) in of_customer(&view(now(row)), numbers) {
            doubt(row, column, &found);
        }
    }
    let rows: AHashMap<usize, &Merged> = looked_at.iter().map(|row| (row.at, *row)).collect();
    // As they are before the import: what a row newly shares with a customer is told at that row, not at the customer's.
    let before = |at: usize| rows.get(&at).map_or(Some(&table.rows[at].cells), |row| row.before.as_ref());
    let existing: Vec<&Cells> = (0..table.rows.len()).filter_map(before).collect();
    let found =
        duplicates(looked_at.iter().map(|row| view(now(row))), existing.iter().map(|cells| view(cells)), numbers);
    for duplicate in &found.found {
        let who = match duplicate.first {
            Other::Existing(place) => format!("account {}", view(existing[place]).account),
            Other::Candidate(place) => format!("row {}", looked_at[place].row),
        };
        doubt(looked_at[duplicate.candidate], duplicate.column, &duplicate.doubt(&who));
    }
    if found.names_left_out {
        let reason = "has so many similar names that not all of them were compared";
        findings.add(sheet.filled.place.finding(Severity::Warning, At::default(), reason, ""));
    }
}

/// At the cell of a column of the book: of one of its own, or of the reseller's.
fn add(
    sheet: &SheetImport,
    of_book: usize,
    name: &str,
    (row, place, value): (&Merged, usize, &str),
    doubt: &Doubt,
    findings: &mut Findings,
) {
    let target = if place < of_book { Target::Column(place) } else { Target::Free(name.to_owned()) };
    let field = sheet.fields().iter().position(|field| field.target == target);
    let header = field.map_or(name, |field| sheet.fields()[field].header.as_str());
    let column = field.and_then(|field| sheet.filled.header.as_ref()?.column_of(field));
    let at = At { row: row.row, column, header, value };
    findings.add(sheet.filled.place.finding(Severity::Warning, at, &doubt.reason, &doubt.hint));
}
