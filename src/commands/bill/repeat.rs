//! A plan beside the runs that there are → the run that it goes on with, or the posted run that it would repeat.

use super::plan::Plan;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Ledger, RunOutline, RunStatus};
use crate::report::run::RunReport;

/// The latest unposted run by the same plan: one that was cut short, held back or left waiting.
pub(super) fn unposted_run(ledger: &Ledger, plan: &Plan) -> Result<Option<i64>> {
    for run in ledger.run_outlines()?.into_iter().rev() {
        if run.status != RunStatus::Posted && Plan::of_run(run.id, &run.terms)? == *plan {
            return Ok(Some(run.id));
        }
    }
    Ok(None)
}

/// The posted runs that were not undone and billed the same customers for the same period, the latest first.
pub(super) fn posted_runs(ledger: &Ledger, plan: &Plan) -> Result<Vec<RunOutline>> {
    let mut same = Vec::new();
    for run in ledger.run_outlines()?.into_iter().rev().filter(RunOutline::stands) {
        if Plan::of_run(run.id, &run.terms)?.is_same_period(plan) {
            same.push(run);
        }
    }
    Ok(same)
}

/// Refuses to bill a period that is posted.
pub(super) fn refuse_second_posting(ledger: &Ledger, plan: &Plan) -> Result<()> {
    match posted_runs(ledger, plan)?.first() {
        None => Ok(()),
        Some(row) => {
            let RunOutline { id, terms, .. } = row;
            let message = format!(
                "run {id} of {} has billed these customers for this period: usage before {}, charges before {}",
                terms.invoice_date, terms.usage_cutoff, terms.charge_cutoff
            );
            Err(Error::refused(message, "give --again to bill what came late or was voided, or undo that run first"))
        }
    }
}

/// A report as a run keeps it: of a draft that has no number yet, for it gets one by being kept.
pub(super) fn told(report: &RunReport) -> Result<String> {
    serde_json::to_string(report).map_err(|error| Error::new(ErrorKind::Io, format!("cannot write JSON: {error}"), ""))
}
