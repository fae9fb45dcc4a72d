//! `customer set` and `customer status`: new values of columns of one customer or of many (K7). All of them or none: each cell
//! is read as a book file's would be, then the whole book is checked as it would become. Dates of leaving are set by their
//! own commands (B10).

use std::collections::BTreeMap;

use clap::Args;
use serde::Serialize;

use super::changes::{Cells, Changed, ChangedCustomer, change_customers, show_changes, shown};
use crate::book::{ColumnSchema, FileSchema, canonical_cell, find_schema, nearest};
use crate::commands::selection::{Selection, Which, parse_status};
use crate::commands::{Global, say};
use crate::domain::customer::Status;
use crate::error::{Error, Result, counted};
use crate::report::screen::table;
use crate::workspace::Workspace;

/// What changes of whom.
#[derive(Args)]
#[command(
    override_usage = "tollbook customer set [OPTIONS] <ACCOUNT>... <COLUMN=VALUE>...
       tollbook customer set [OPTIONS] --group <GROUP> <COLUMN=VALUE>...",
    after_help = "Of several customers all change, or none. Accounts may be left out where an option says whom it is about."
)]
pub struct Set {
    /// Accounts, and columns of customers.csv with their new values; nothing after the = blanks one
    #[arg(required = true, value_name = "ACCOUNT|COLUMN=VALUE")]
    words: Vec<String>,
    #[command(flatten)]
    which: Which,
}

/// Which status, of whom.
#[derive(Args)]
pub struct SetStatus {
    /// active, suspended or active_do_not_bill; cancelled for who was never billed
    #[arg(value_parser = parse_status)]
    word: Status,
    #[command(flatten)]
    selection: Selection,
}

#[derive(Serialize)]
struct Report<'r> {
    account: &'r str,
    dry_run: bool,
    changes: &'r [Changed],
    /// What follows from it.
    follows: &'r [&'static str],
}

impl Set {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let (values, accounts): (Vec<String>, Vec<String>) =
            self.words.into_iter().partition(|word| word.contains('='));
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let tables = workspace.tables(&ledger)?;
        refuse_nothing(&accounts, &values)?;
        let places = self.which.for_change(&accounts, workspace, &tables)?;
        let cells = read(workspace, &values)?;
        let wanted: Vec<(usize, Cells)> = places.iter().map(|place| (*place, cells.clone())).collect();
        let changed = change_customers(global, workspace, &mut ledger, tables, &wanted)?;
        match accounts.as_slice() {
            [account] if self.which.is_silent() => show_one(global, account, changed.first()),
            _ => show_changes(global, &changed, wanted.len()),
        }
    }
}

impl SetStatus {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let tables = workspace.tables(&ledger)?;
        let places = self.selection.for_change(workspace, &tables)?;
        let cells = BTreeMap::from([("status".to_owned(), Some(self.word.name().to_owned()))]);
        let wanted: Vec<(usize, Cells)> = places.iter().map(|place| (*place, cells.clone())).collect();
        let changed = change_customers(global, workspace, &mut ledger, tables, &wanted)?;
        show_changes(global, &changed, wanted.len())
    }
}

/// Something is set; a word that is a column, and not an account, has lost its value.
fn refuse_nothing(accounts: &[String], values: &[String]) -> Result<()> {
    if !values.is_empty() {
        return Ok(());
    }
    let schema = find_schema("customers").expect("the book has customers");
    let bare = accounts.iter().find(|word| schema.position(word).is_some() || word.starts_with("x_"));
    let what = bare.map_or("nothing is set".to_owned(), |word| format!("{word:?} has no value"));
    Err(Error::refused(format!("{what}; nothing was changed"), "write COLUMN=VALUE, as name=\"New name\""))
}

/// The canonical values by column; all that is wrong with them at once.
fn read(workspace: &Workspace, values: &[String]) -> Result<Cells> {
    let schema = find_schema("customers").expect("the book has customers");
    let rules = workspace.number_rules();
    let (mut given, mut wrong) = (Cells::new(), Vec::new());
    for text in values {
        let Some((column, value)) = text.split_once('=') else { continue };
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
    let message = format!("{count}; nothing was changed\n  {}", wrong.join("\n  "));
    Err(Error::refused(message, "the columns are those of customers.csv, and any x_… of your own"))
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

fn show_one(global: &Global, account: &str, changed: Option<&ChangedCustomer>) -> Result<()> {
    let (changes, follows) =
        changed.map_or((&[][..], &[][..]), |changed| (changed.changes.as_slice(), changed.follows.as_slice()));
    let report = Report { account, dry_run: global.dry_run, changes, follows };
    global.show(&report, || in_words(&report))?;
    say(&verdict(&report));
    Ok(())
}

fn in_words(report: &Report) -> String {
    if report.changes.is_empty() {
        return String::new();
    }
    let rows =
        report.changes.iter().map(|change| vec![change.column.clone(), shown(&change.before), shown(&change.after)]);
    let follows: String = report.follows.iter().map(|line| format!("{line}\n")).collect();
    table(&["column", "before", "after"], &[], rows) + &follows
}

fn verdict(report: &Report) -> String {
    match (report.changes.len(), report.dry_run) {
        (0, _) => format!("{} is so already: nothing changed", report.account),
        (count, true) => format!("would change {} of {}", counted(count as u64, "column"), report.account),
        (count, false) => format!("changed {} of {}", counted(count as u64, "column"), report.account),
    }
}
