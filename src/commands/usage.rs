//! `usage`: what was imported, what waits, what cannot be billed; delete and restore.

use std::cmp::Reverse;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::report::Opened;
use super::report::waiting::waiting;
use super::selection::Customers;
use super::{Global, say};
use crate::domain::disposition::Disposition;
use crate::domain::money::Sum;
use crate::error::{Error, Result, counted};
use crate::facts::RowSet;
use crate::ledger::{ImportRow, RowRange};
use crate::pipeline::Engine;
use crate::pipeline::unbilled::OpenImport;
use crate::pipeline::waiting::Failure;
use crate::report::screen::{amount, count, table};
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum Usage {
    /// List the imported files
    Files,
    /// Show what waits to be billed, by customer
    Unbilled(Customers),
    /// Show what cannot be billed, ranked by the money at stake
    Errors(Customers),
    /// Delete imported usage that is not billed
    Delete(Rows),
    /// Bring deleted usage back
    Restore(Rows),
    /// List what was worth a look when usage was imported
    Alerts(super::alerts::AlertOptions),
}

/// Which rows of which import.
#[derive(Args)]
pub struct Rows {
    /// The import, as `usage files` numbers it
    #[arg(long)]
    import: i64,
    /// Records of it by their row, counted from 0: `7` or `10-19`; all unless given
    #[arg(long, value_name = "ROWS")]
    rows: Vec<String>,
}

impl Usage {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::Files => files(global, &workspace),
            Self::Unbilled(customers) => unbilled(global, &customers),
            Self::Errors(customers) => errors(global, &customers),
            Self::Delete(rows) => mark(global, &workspace, &rows, true),
            Self::Restore(rows) => mark(global, &workspace, &rows, false),
            Self::Alerts(options) => options.run(global, &workspace),
        }
    }
}

fn files(global: &Global, workspace: &Workspace) -> Result<()> {
    let imports: Vec<_> = workspace.ledger()?.imports()?.into_iter().map(Listed::from).collect();
    global.show(&imports, || {
        let rows = imports.iter().map(|import| {
            let counts = [import.records, import.duplicates, import.conflicts, import.rejects];
            let mut row = vec![import.import.to_string(), import.supplier.clone(), import.file.clone()];
            row.extend(counts.map(|number| count(u128::from(number))));
            row.push(import.imported_at.clone());
            row.push(import.deleted_at.clone().unwrap_or_default());
            row
        });
        let header =
            ["import", "supplier", "file", "records", "duplicates", "conflicting", "rejected", "imported", "deleted"];
        table(&header, &[0, 3, 4, 5, 6], rows)
    })
}

/// An imported file, as it is listed.
#[derive(Serialize)]
struct Listed {
    import: i64,
    supplier: String,
    file: String,
    kind: &'static str,
    lines: u64,
    records: u64,
    duplicates: u64,
    conflicts: u64,
    rejects: u64,
    cost: Sum<8>,
    imported_at: String,
    deleted_at: Option<String>,
}

impl From<ImportRow> for Listed {
    fn from(row: ImportRow) -> Self {
        Self {
            import: row.id,
            supplier: row.supplier,
            file: row.file_name,
            kind: if row.is_compared { "services, compared only" } else { row.kind.name() },
            lines: row.lines,
            records: row.records,
            duplicates: row.duplicates,
            conflicts: row.conflicts,
            rejects: row.rejects,
            cost: row.cost,
            imported_at: row.imported_at,
            deleted_at: row.deleted_at,
        }
    }
}

#[derive(Serialize)]
struct WaitingRow {
    account: String,
    name: String,
    records: u64,
    cost: Sum<8>,
    sell: Sum<6>,
}

fn unbilled(global: &Global, customers: &Customers) -> Result<()> {
    let opened = Opened::open(global, customers)?;
    let rows = waiting(&opened, None)?.unbilled.into_iter().map(|(id, sum)| {
        let customer = opened.book.customer(id);
        let (account, name) = (customer.account.clone(), customer.name.clone());
        WaitingRow { account, name, records: sum.records, cost: sum.cost, sell: sum.sell }
    });
    let rows: Vec<_> = rows.collect();
    global.show(&rows, || {
        let cells = rows.iter().map(|waiting| {
            vec![
                waiting.account.clone(),
                waiting.name.clone(),
                count(u128::from(waiting.records)),
                amount(&waiting.cost.to_places(2)),
                amount(&waiting.sell.to_places(2)),
            ]
        });
        table(&["account", "name", "records", "cost", "sell"], &[2, 3, 4], cells)
    })
}

/// Records that fail alike.
#[derive(Serialize)]
struct FailureRow {
    reason: &'static str,
    /// What to mend: the identifier, the number or the call type at fault.
    subject: String,
    supplier: String,
    example: String,
    records: u64,
    at_stake: Sum<8>,
}

fn errors(global: &Global, customers: &Customers) -> Result<()> {
    let opened = Opened::open(global, customers)?;
    let mut failures: Vec<_> = waiting(&opened, None)?.failing.into_iter().collect();
    let supplier = |of: &Failure| opened.book.supplier(of.supplier).code.clone();
    failures.sort_by_cached_key(|(of, sum)| {
        let name = (supplier(of), of.reason.name(), of.subject.clone());
        (Reverse(sum.at_stake), Reverse(sum.records), name)
    });
    let failures = failures.into_iter().map(|(of, sum)| FailureRow {
        reason: of.reason.name(),
        supplier: supplier(&of),
        subject: of.subject,
        example: sum.example,
        records: sum.records,
        at_stake: sum.at_stake,
    });
    let failures: Vec<_> = failures.collect();
    global.show(&failures, || match failures.is_empty() {
        true => "every record can be billed\n".into(),
        false => failures_table(&failures),
    })
}

fn failures_table(failures: &[FailureRow]) -> String {
    let rows = failures.iter().map(|failure| {
        vec![
            amount(&failure.at_stake.to_places(2)),
            count(u128::from(failure.records)),
            failure.reason.to_owned(),
            failure.subject.clone(),
            failure.supplier.clone(),
            failure.example.clone(),
        ]
    });
    table(&["at stake", "records", "reason", "what", "supplier", "example"], &[0, 1], rows)
}

fn mark(global: &Global, workspace: &Workspace, rows: &Rows, delete: bool) -> Result<()> {
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let book = workspace.book(&ledger)?;
    let engine = Engine::new(&book);
    let store = workspace.usage();
    let imports = OpenImport::all(&ledger, &store, &engine)?;
    let import = imports.iter().find(|import| import.import == rows.import).ok_or_else(|| {
        Error::refused(format!("there is no usage import {}", rows.import), "see `tollbook usage files`")
    })?;
    let chosen = chosen_rows(rows, import.rows())?;
    if let Some(billed) = chosen.iter().find(|row| import.billed().contains(*row)) {
        let message = format!("row {billed} of import {} is on a posted invoice", rows.import);
        return Err(Error::refused(message, "billed usage cannot be deleted; name rows that are not billed"));
    }
    let verb = if delete { "delete" } else { "restore" };
    let is_deleted = |row: &u32| matches!(import.mark_of(*row), Some((Disposition::Deleted, _)));
    let records = counted(chosen.iter().filter(|row| is_deleted(row) != delete).count() as u64, "record");
    if global.dry_run {
        say(&format!("would {verb} {records} of import {}", rows.import));
        return Ok(());
    }
    let ranges: Vec<_> = chosen.ranges().map(|range| RowRange { first: range.start, last: range.end - 1 }).collect();
    let whole = rows.rows.is_empty();
    if !delete {
        refuse_repeated(&engine, &ledger, &store, import, &chosen)?;
    }
    match (delete, whole) {
        (true, true) => ledger.delete_import(rows.import)?,
        (true, false) => ledger.delete_usage(rows.import, &ranges, 0)?,
        (false, true) => ledger.restore_import(rows.import)?,
        (false, false) => ledger.restore_usage(rows.import, &ranges)?,
    }
    say(&format!("{verb}d {records} of import {}", rows.import));
    Ok(())
}

/// A deleted record may have been imported again since; then bringing it back would bill it twice.
fn refuse_repeated(
    engine: &Engine,
    ledger: &crate::ledger::Ledger,
    store: &crate::facts::UsageStore,
    import: &OpenImport,
    chosen: &RowSet,
) -> Result<()> {
    let supplier = &engine.book.supplier(import.supplier).code;
    let others = crate::pipeline::import::known_files(ledger, supplier, Some(import.import))?;
    let repeated = store.first_repeated(import.facts_file(), chosen, &others)?;
    match repeated {
        None => Ok(()),
        Some(row) => Err(Error::refused(
            format!("row {row} of import {} has been imported again since it was deleted", import.import),
            "delete the later one first, or restore other rows",
        )),
    }
}

fn chosen_rows(rows: &Rows, count: u32) -> Result<RowSet> {
    let mut chosen = RowSet::new();
    if rows.rows.is_empty() {
        chosen.insert_range(0..count);
    }
    for text in &rows.rows {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.parse::<u32>(), last.parse::<u32>()) {
            (Ok(first), Ok(last)) if first <= last && last < count => chosen.insert_range(first..last + 1),
            _ => {
                let message = format!("--rows {text:?} names no rows of import {}", rows.import);
                return Err(Error::refused(message, format!("its rows are 0 to {}", count.saturating_sub(1))));
            }
        }
    }
    Ok(chosen)
}
