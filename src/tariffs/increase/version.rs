//! An increase as a new version of a tariff: a copy under another code, with the same parent and terms, the same past
//! and the new prices from the date. Made a second time it is compared with what is there.

use std::collections::BTreeMap;

use crate::book::{CellKind, Table, TableRow, Tables, canonical_cell};
use crate::domain::book::Book;
use crate::domain::telephone::NumberRules;
use crate::tariffs::rows::{Row, known_names, rows, rows_of};

use super::marks::Mark;
use super::report::Report;
use super::{Increase, Outcome, Refusal, Selection, Why, rates};

/// The files that a version is made of, and the columns in which a user may have changed it without harm.
const FILES: [(&str, &[&str]); 3] = [("tariffs", &["description"]), ("rates", &["note"]), ("product_prices", &[])];

/// Refuses a tariff that the book does not have.
pub(super) fn check_tariff(tables: &Tables, tariff: &str) -> Result<(), Refusal> {
    let known = |row: Row<'_>| row.get("tariff") == Some(tariff);
    if rows(tables, "tariffs").any(known) {
        return Ok(());
    }
    let hint = known_names(rows(tables, "tariffs").filter_map(|row| row.get("tariff")));
    Err(Refusal::new(format!("there is no tariff {tariff:?}"), hint))
}

/// Raises a tariff into a new one under `code`, with the product prices of the old one as they are. The old one is not
/// touched; nobody is moved to the new one. If the version is there already, nothing is to be written and the report has
/// no changes. `book` as for [`super::raise_in_place`].
///
/// # Errors
/// Those of [`super::raise_in_place`]; a code that cannot be one; a tariff of this code with other rows.
pub fn raise_as_version(
    tables: &Tables,
    book: Option<&Book>,
    tariff: &str,
    code: &str,
    selection: &Selection,
    increase: &Increase,
) -> Result<Outcome, Refusal> {
    check_tariff(tables, tariff)?;
    check_code(tariff, code)?;
    let mut report = Report::default();
    let mut raised = Table::new(tables.get("rates").schema);
    raised.rows = rates::raise(tables, book, tariff, selection, increase, &mut report)?;
    if report.is_unchanged() {
        let done = report.left_for(Why::RaisedAlready) > 0;
        let reason = format!("no price of tariff {tariff} would change");
        let hint = if done { "the tariff itself had this increase: copy it without one" } else { "choose other rows" };
        return Err(Refusal::new(reason, hint));
    }
    let made = version(tables, raised, tariff, code, increase);
    if !rows(tables, "tariffs").any(|row| row.get("tariff") == Some(code)) {
        return Ok(Outcome { rows: made, report });
    }
    let differences = differences(&made, tables, code);
    if differences.is_empty() {
        let left = std::mem::take(&mut report.left);
        return Ok(Outcome { rows: Tables::new(), report: Report { changes: Vec::new(), left } });
    }
    let reason = format!("there is a tariff {code:?} already, with other rows than this increase makes");
    Err(Refusal { places: differences, ..Refusal::new(reason, "another code with --as") })
}

fn check_code(tariff: &str, code: &str) -> Result<(), Refusal> {
    let canonical = canonical_cell(CellKind::Code, code, &NumberRules::of_country("44"));
    let reason = match canonical {
        Ok(Some(text)) if text == code && code != tariff => return Ok(()),
        Ok(Some(text)) if text == code => "is the tariff itself".to_owned(),
        Ok(_) => "is blank or has blanks around it".to_owned(),
        Err(refusal) => refusal.reason,
    };
    Err(Refusal::new(format!("{code:?} cannot be the code of the version: it {reason}"), "another code with --as"))
}

/// All rows of the version.
fn version(tables: &Tables, raised: Table, tariff: &str, code: &str, increase: &Increase) -> Tables {
    let renamed = |table: &Table| -> Vec<TableRow> {
        let own = rows_of(table).filter(|row| row.get("tariff") == Some(tariff));
        own.map(|row| row.with(&[("tariff", Some(code.to_owned()))])).collect()
    };
    let mut rates = Table::new(raised.schema);
    let own = rows(tables, "rates").filter(|row| row.get("tariff") == Some(tariff));
    rates.rows = own.map(|row| row.with(&[])).collect();
    rates.merge(raised);
    let mut made = Tables::new();
    made.get_mut("rates").rows = renamed(&rates);
    made.get_mut("product_prices").rows = renamed(tables.get("product_prices"));
    let terms = rows(tables, "tariffs").filter(|row| row.get("tariff") == Some(tariff));
    let terms = terms.map(|row| {
        let origin = format!("version of {tariff}, {}", Mark::of(increase));
        let description = match row.get("description") {
            Some(text) => format!("{text} ({origin})"),
            None => origin,
        };
        row.with(&[("tariff", Some(code.to_owned())), ("description", Some(description))])
    });
    made.get_mut("tariffs").rows = terms.collect();
    made
}

/// What differs between the version as it would be made and the tariff that is there.
fn differences(made: &Tables, there: &Tables, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (file, free) in FILES {
        let (expected, present) = (by_key(made, file, code), by_key(there, file, code));
        for (key, row) in &expected {
            let name = words(key);
            match present.get(key).map(|other| (other, row.difference(other, free))) {
                None => found.push(format!("{file}: {name} is missing")),
                Some((_, None)) => {}
                Some((other, Some(column))) => {
                    let (is, would) = (other.text(column), row.text(column));
                    found.push(format!("{file}: {name}: {column} is {is:?}, would be {would:?}"));
                }
            }
        }
        let besides = present.keys().filter(|key| !expected.contains_key(*key));
        found.extend(besides.map(|key| format!("{file}: {} is there besides", words(key))));
    }
    found
}

/// The rows of a tariff in a file, by their keys.
fn by_key<'t>(tables: &'t Tables, file: &str, code: &str) -> BTreeMap<Vec<String>, Row<'t>> {
    rows(tables, file).filter(|row| row.get("tariff") == Some(code)).map(|row| (row.key(), row)).collect()
}

fn words(key: &[String]) -> String {
    key.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" / ")
}
