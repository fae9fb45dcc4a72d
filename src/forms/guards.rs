//! What a form may not change by writing another word into a cell, because more goes with it: a customer's leaving, the
//! owner of a line.

use crate::domain::cells::Cells;
use crate::domain::customer::Status;

use super::filled::{Filled, FilledRow};
use super::finding::{At, Finding, Severity};
use super::form::Form;
use super::header::Header;

/// Why a row may not become what it would; nothing if it may.
pub fn refuse_change(
    form: &Form,
    filled: &Filled,
    header: &Header,
    row: &FilledRow,
    before: &Cells,
    after: &Cells,
) -> Vec<Finding> {
    let schema = form.schema.file();
    let changed = |column: &str| {
        let at = schema.position(column)?;
        (before.get(at) != after.get(at)).then(|| (before.get(at).unwrap_or(""), after.get(at).unwrap_or("")))
    };
    let mut findings = Vec::new();
    let mut refuse = |column: &str, reason: String, hint: &str| {
        let field = header
            .fields
            .iter()
            .position(|field| form.field_of(column).is_some_and(|at| form.fields[at].target == field.target));
        let header_text = field.map_or("", |field| header.fields[field].header.as_str());
        let value = field.and_then(|field| row.cells.get(field)).unwrap_or("");
        let column = field.and_then(|field| header.column_of(field));
        let at = At { row: row.row, column, header: header_text, value };
        findings.push(filled.place.finding(Severity::Error, at, &reason, hint));
    };
    match schema.name {
        "customers" => {
            if let Some((from, to)) = changed("status") {
                let status = |word: &str| Status::parse(word).unwrap_or_default();
                if let Some(hint) = guarded(status(from), status(to)) {
                    refuse("status", format!("cannot be changed from {} by a form", status(from).name()), hint);
                }
            }
            for (column, hint) in [
                ("final_bill_date", "use `tollbook customer final-bill`: ends go with it"),
                ("dropped_date", "use `tollbook customer drop`: ends go with it"),
            ] {
                if changed(column).is_some() {
                    refuse(column, "cannot be changed by a form".to_owned(), hint);
                }
            }
        }
        "clis" => {
            if let Some((from, _)) = changed("account") {
                let hint = "move it with `tollbook cli move`, which ends it there and begins it here on a day";
                refuse("account", format!("is not the customer that the line belongs to, {from}"), hint);
            }
        }
        _ => {}
    }
    findings
}

/// What to do instead of writing a status into a cell (B3); none if that is allowed.
pub fn guarded(from: Status, to: Status) -> Option<&'static str> {
    match (from, to) {
        (from, to) if from == to => None,
        (Status::FinalBill | Status::Dropped | Status::Cancelled, _) => {
            Some("bring the customer back with `tollbook customer reinstate`")
        }
        (_, Status::FinalBill) => Some("use `tollbook customer final-bill`: a date and ends go with it"),
        (_, Status::Dropped) => Some("use `tollbook customer drop`: a date and ends go with it"),
        (_, Status::Cancelled) => {
            Some("use `tollbook customer set status=cancelled`, which looks whether it was billed")
        }
        _ => None,
    }
}
