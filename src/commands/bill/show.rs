//! `bill list` and `bill show`: runs as they are kept.

use serde::Serialize;

use super::find_run;
use crate::commands::{Global, print, print_json};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{DraftFlag, RunFlag, RunRow};
use crate::report::flags::{FlagReport, flags_table};
use crate::report::run::{CustomerReport, customers_table};
use crate::report::screen::table;
use crate::workspace::Workspace;

/// A run, as it is listed.
#[derive(Serialize)]
struct Listed {
    run: i64,
    status: &'static str,
    invoice_date: String,
    usage_cutoff: String,
    due_group: Option<String>,
    digest: String,
    created_at: String,
    approved_at: Option<String>,
    posted_at: Option<String>,
}

impl From<RunRow> for Listed {
    fn from(row: RunRow) -> Self {
        Self {
            run: row.id,
            status: row.status.name(),
            invoice_date: row.terms.invoice_date.to_string(),
            usage_cutoff: row.terms.usage_cutoff.to_string(),
            due_group: row.terms.due_group,
            digest: row.digest,
            created_at: row.created_at,
            approved_at: row.approved_at,
            posted_at: row.posted_at,
        }
    }
}

pub(super) fn list(global: &Global, workspace: &Workspace) -> Result<()> {
    let runs: Vec<_> = workspace.ledger()?.runs()?.into_iter().map(Listed::from).collect();
    global.show(&runs, || {
        let rows = runs.iter().map(|run| {
            vec![
                run.run.to_string(),
                run.status.to_owned(),
                run.invoice_date.clone(),
                run.usage_cutoff.clone(),
                run.posted_at.clone().unwrap_or_default(),
            ]
        });
        table(&["run", "status", "invoice date", "usage before", "posted"], &[0], rows)
    })
}

pub(super) fn show(global: &Global, workspace: &Workspace, run: i64) -> Result<()> {
    let ledger = workspace.ledger()?;
    let row = find_run(&ledger, run)?;
    let mut report = stored_report(&row)?;
    let flags: Vec<FlagReport> = ledger.run_flags(run)?.into_iter().map(flag_report).collect();
    report["status"] = row.status.name().into();
    report["flags"] = serde_json::to_value(&flags)
        .map_err(|error| Error::new(ErrorKind::Io, format!("cannot write JSON: {error}"), ""))?;
    if global.json {
        return print_json(&report);
    }
    let customers: Vec<CustomerReport> = serde_json::from_value(report["customers"].clone())
        .map_err(|error| Error::new(ErrorKind::Damaged, format!("run {run}: its report: {error}"), ""))?;
    let tables = customers_table(&customers) + &flags_table(&flags);
    print(&format!("run {run}: {}\n\n{tables}", row.status.name()))
}

/// A flag as it is shown; without the time if that is not known.
pub(super) fn flag_report(RunFlag { flag, acknowledged }: RunFlag) -> FlagReport {
    let DraftFlag { account, flag, detail } = flag;
    let acknowledged = acknowledged.map(|by| {
        let at = if by.at.is_empty() { String::new() } else { format!(" at {}", by.at) };
        format!("by {}{at}: {}", by.by, by.reason)
    });
    FlagReport { account, flag, detail, acknowledged }
}

/// The report that a draft was stored with, and the number that it got by being stored.
pub(super) fn stored_report(row: &RunRow) -> Result<serde_json::Value> {
    let mut report: serde_json::Value = serde_json::from_str(&row.totals_json)
        .map_err(|error| Error::new(ErrorKind::Damaged, format!("run {}: its report: {error}", row.id), ""))?;
    report["run"] = row.id.into();
    Ok(report)
}
