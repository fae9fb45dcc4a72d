//! `customer set`: new values of a customer's own columns (K7). All of them or none: each cell is read as a book file's
//! would be, then the whole book is checked as it would become. Dates of leaving are set by their own commands (B10).

use std::collections::BTreeMap;

use clap::Args;
use serde::Serialize;

use crate::book::{ColumnSchema, FileSchema, TableRow, Tables, canonical_cell, compile, find_schema, nearest};
use crate::commands::{Global, say};
use crate::domain::customer::Status;
use crate::error::{Error, Result, counted};
use crate::ledger::{ApplyMode, Life, StoredTable};
use crate::report::screen::table;
use crate::workspace::{Workspace, refuse_book};

/// What changes of whom.
#[derive(Args)]
pub struct Set {
    /// Its account
    account: String,
    /// A column of customers.csv and its new value; nothing after the = blanks it
    #[arg(required = true, value_name = "COLUMN=VALUE")]
    values: Vec<String>,
}

#[derive(Serialize)]
struct Report<'r> {
    account: &'r str,
    dry_run: bool,
    changes: Vec<Changed>,
    /// What follows from it.
    follows: Vec<&'static str>,
}

#[derive(Serialize)]
struct Changed {
    column: String,
    before: Option<String>,
    after: Option<String>,
}

impl Set {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let life = ledger.life(&self.account)?;
        let given = self.read(workspace)?;
        refuse_status(&life, &given, !ledger.account_states(&self.account, &self.account)?.is_empty())?;
        let tables = workspace.tables(&ledger)?;
        let changes = differences(&tables, &self.account, &given);
        let mut merged = tables;
        merge(&mut merged, &self.account, &given);
        compile(&merged, &workspace.settings).map_err(|errors| refuse_book(&errors))?;
        let row = row_of(&self.account, &given);
        ledger.apply_book(&[row], ApplyMode::Upsert, workspace.settings.currency, global.dry_run)?;
        let follows = consequences(life.status, &changes);
        let report = Report { account: &self.account, dry_run: global.dry_run, changes, follows };
        global.show(&report, || in_words(&report))?;
        say(&verdict(&report));
        Ok(())
    }

    /// The canonical values by column; all that is wrong with them at once.
    fn read(&self, workspace: &Workspace) -> Result<BTreeMap<String, Option<String>>> {
        let schema = find_schema("customers").expect("the book has customers");
        let rules = workspace.number_rules();
        let (mut given, mut wrong) = (BTreeMap::new(), Vec::new());
        for text in &self.values {
            let Some((column, value)) = text.split_once('=') else {
                wrong.push(format!("{text:?}: write COLUMN=VALUE, as name=\"New name\""));
                continue;
            };
            let column = column.trim();
            let read = column_of(schema, column).and_then(|kind| {
                let Some(known) = kind else {
                    return Ok(Some(value.trim().to_owned()).filter(|text| !text.is_empty()));
                };
                let cell = canonical_cell(known.kind, value, &rules).map_err(|refusal| {
                    let hint = if refusal.hint.is_empty() { String::new() } else { format!(" — {}", refusal.hint) };
                    format!("column {column}, {value:?}: {}{hint}", refusal.reason)
                })?;
                if cell.is_none() && known.required {
                    return Err(format!("column {column}: every customer has one — give a value"));
                }
                Ok(cell)
            });
            match read {
                Err(reason) => wrong.push(reason),
                Ok(cell) if given.insert(column.to_owned(), cell.clone()).is_some() => {
                    wrong.push(format!("column {column} is given twice"));
                }
                Ok(_) => {}
            }
        }
        if wrong.is_empty() {
            return Ok(given);
        }
        let count = counted(wrong.len() as u64, "error");
        let message = format!("{}: {count}; nothing was changed\n  {}", self.account, wrong.join("\n  "));
        Err(Error::refused(message, "the columns are those of customers.csv, and any x_… of your own"))
    }
}

/// The schema of a column that may be set; none for one of the reseller's own (K9).
fn column_of(schema: &FileSchema, column: &str) -> std::result::Result<Option<&'static ColumnSchema>, String> {
    let own = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match column {
        "account" => Err("column account: the account names the customer and stays".to_owned()),
        "final_bill_date" => Err("column final_bill_date: is set by `tollbook customer final-bill`".to_owned()),
        "dropped_date" => Err("column dropped_date: is set by `tollbook customer drop`".to_owned()),
        _ if column.strip_prefix("x_").is_some_and(|rest| !rest.is_empty() && rest.chars().all(own)) => Ok(None),
        _ => schema.columns.iter().find(|known| known.name == column).map(Some).ok_or_else(|| {
            let near = nearest(column, schema.columns.iter().map(|known| known.name));
            let near = near.map(|near| format!(" — did you mean {near}?")).unwrap_or_default();
            format!("column {column:?}: customers.csv has no such column{near}")
        }),
    }
}

/// B3: what runs set by hand is whether invoices are made; leaving and coming back are commands of their own.
fn refuse_status(life: &Life, given: &BTreeMap<String, Option<String>>, was_billed: bool) -> Result<()> {
    let Some(word) = given.get("status") else { return Ok(()) };
    let to = word.as_deref().map_or(Some(Status::default()), Status::parse).unwrap_or_default();
    let Life { account, status, .. } = life;
    let refuse = |why: String, hint: &str| {
        Err(Error::refused(format!("{account} cannot become {} by hand: {why}", to.name()), hint))
    };
    match (status, to) {
        (from, to) if *from == to => Ok(()),
        (Status::FinalBill | Status::Dropped | Status::Cancelled, _) => {
            refuse(format!("it is {}", status.name()), "bring it back with `tollbook customer reinstate`")
        }
        (_, Status::FinalBill) => refuse("a date and ends go with it".into(), "use `tollbook customer final-bill`"),
        (_, Status::Dropped) => refuse("a date and ends go with it".into(), "use `tollbook customer drop`"),
        (_, Status::Cancelled) if was_billed => refuse(
            "it was billed, and cancelled is who never began".into(),
            "use `tollbook customer final-bill`, or drop",
        ),
        _ => Ok(()),
    }
}

fn place_of(tables: &Tables, account: &str) -> Option<usize> {
    tables.get("customers").rows.iter().position(|row| row.cells.get(0) == Some(account))
}

fn differences(tables: &Tables, account: &str, given: &BTreeMap<String, Option<String>>) -> Vec<Changed> {
    let table = tables.get("customers");
    let row = place_of(tables, account).map(|place| &table.rows[place]);
    let before = |column: &str| {
        let place = table.column_names().position(|known| known == column)?;
        row.and_then(|row| row.cells.get(place).map(str::to_owned))
    };
    let changed = given.iter().map(|(column, after)| Changed {
        column: column.clone(),
        before: before(column),
        after: after.clone(),
    });
    changed.filter(|changed| changed.before != changed.after).collect()
}

/// The customer's row takes the values; a column of the reseller's own may be new.
fn merge(tables: &mut Tables, account: &str, given: &BTreeMap<String, Option<String>>) {
    let Some(place) = place_of(tables, account) else { return };
    let table = tables.get_mut("customers");
    for (column, value) in given {
        let known = table.column_names().position(|known| known == column);
        let TableRow { cells, .. } = &mut table.rows[place];
        // A new column of the reseller's own means nothing to the check.
        if let Some(known) = known {
            cells.set(known, value.as_deref());
        }
    }
}

fn row_of(account: &str, given: &BTreeMap<String, Option<String>>) -> StoredTable {
    let columns = std::iter::once("account".to_owned()).chain(given.keys().cloned());
    let cells = std::iter::once(Some(account.to_owned())).chain(given.values().cloned());
    StoredTable {
        name: "customers".to_owned(),
        columns: columns.collect(),
        key_columns: vec!["account".to_owned()],
        rows: vec![cells.collect()],
    }
}

/// What a person may not expect of a change.
fn consequences(before: Status, changes: &[Changed]) -> Vec<&'static str> {
    let changes = |column: &str| changes.iter().find(|change| change.column == column);
    let mut follows = Vec::new();
    if let Some(change) = changes("status") {
        let after = change.after.as_deref().and_then(Status::parse).unwrap_or_default();
        follows.push(match (before, after) {
            (_, Status::Active) => "the next run bills it again, with all that waited",
            (_, Status::ActiveDoNotBill) => "charges and usage go on, no invoice is made; all of it waits",
            (_, Status::Suspended) => "no invoice is made; usage and charges wait until it is active again",
            (_, Status::Cancelled) => "nothing of it is billed any more; its lines stay in the book",
            _ => "its lines, charges and allowances stay as they are",
        });
    }
    if changes("vat_code").or(changes("vat_code_calls")).or(changes("vat_exempt")).is_some() {
        follows.push("the VAT of what is unbilled changes, that of posted invoices does not (V4)");
    }
    if changes("group").or(changes("billing_day")).is_some() {
        follows.push("the periods of its caps and allowances may change");
    }
    follows
}

fn in_words(report: &Report) -> String {
    let cell = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "(blank)".to_owned());
    let rows =
        report.changes.iter().map(|change| vec![change.column.clone(), cell(&change.before), cell(&change.after)]);
    let follows: String = report.follows.iter().map(|line| format!("{line}\n")).collect();
    if report.changes.is_empty() { follows } else { table(&["column", "before", "after"], &[], rows) + &follows }
}

fn verdict(report: &Report) -> String {
    match (report.changes.len(), report.dry_run) {
        (0, _) => format!("{} is so already: nothing changed", report.account),
        (count, true) => format!("would change {} of {}", counted(count as u64, "column"), report.account),
        (count, false) => format!("changed {} of {}", counted(count as u64, "column"), report.account),
    }
}
