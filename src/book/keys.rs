//! The keys of a table's rows: no two rows have the same.

use std::cmp::Ordering;

use super::errors::{BookError, Errors};
use super::schema::FileSchema;
use super::tables::{Key, Table, TableRow};

/// Reports each row whose key an earlier row has; names both.
pub(super) fn refuse_duplicates(table: &Table, errors: &Errors) {
    let key = Key::of(table.schema);
    if table.rows.is_sorted_by(|a, b| key.compare(a, b) == Ordering::Less) {
        return;
    }
    let mut rows: Vec<&TableRow> = table.rows.iter().collect();
    rows.sort_by(|a, b| key.compare(a, b));
    for same in rows.chunk_by(|a, b| key.compare(a, b) == Ordering::Equal).filter(|same| same.len() > 1) {
        let mut same = same.to_vec();
        same.sort_by_key(|row| row.line);
        for row in &same[1..] {
            errors.add(duplicate(table, same[0], row));
        }
    }
}

fn duplicate(table: &Table, first: &TableRow, second: &TableRow) -> BookError {
    let schema = table.schema;
    let key = Key::of(schema).parts(second).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" / ");
    let place = if first.line > 0 { format!("line {}", first.line) } else { "another row".to_owned() };
    let columns = words(schema.key);
    let named = schema.key_positions().into_iter().find(|position| second.cells.get(*position).is_some());
    BookError {
        file: schema.file_name(),
        line: second.line,
        column: named.map_or(schema.key[0], |position| schema.columns[position].name).to_owned(),
        value: key,
        reason: match schema.name {
            "clis" => format!("is already held: {place} of account {} has the same {columns}", account(table, first)),
            _ => format!("{place} has the same {columns}"),
        },
        hint: rule_of(schema).to_owned(),
    }
}

fn account<'t>(table: &Table, row: &'t TableRow) -> &'t str {
    let position = table.schema.position("account");
    position.and_then(|position| row.cells.get(position)).unwrap_or("")
}

/// What to do about two rows with one key.
fn rule_of(schema: &FileSchema) -> &'static str {
    match schema.name {
        "clis" => "a CLI belongs to one customer at a time (M2): end one before the other begins",
        "rates" | "vat_codes" => "end one before the other begins",
        _ => "keep one of them",
    }
}

/// `cli, extension and from`
fn words(columns: &[&str]) -> String {
    match columns {
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
        [] => String::new(),
    }
}
