//! `bill run`: draft, approve and post in one. After it was cut short it goes on where it was.

use super::draft::{PlannedDraft, approve, parked, parked_in};
use super::plan::DraftArguments;
use super::post::{PostingWishes, is_documented, post_with};
use super::repeat::{posted_runs, refuse_second_posting, unposted_run};
use super::{Global, Workspace, find_run};
use crate::commands::say;
use crate::error::{Error, Result};
use crate::report::run::in_words;

/// Bills what is asked: goes on with an unposted run by the same plan, writes the documents of a posted one that lacks
/// them, else makes a new run.
pub(super) fn run(global: &Global, workspace: &Workspace, arguments: &DraftArguments, is_strict: bool) -> Result<()> {
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let book = workspace.book(&ledger)?;
    let wishes = PostingWishes { pdf: true, is_strict };
    let (plan, left) = match arguments.run {
        Some(run) => (super::plan::Plan::of_run(run, &find_run(&ledger, run)?.terms)?, Some(run)),
        None => {
            let plan = arguments.plan(&book)?;
            let left = unposted_run(&ledger, &plan)?;
            (plan, left)
        }
    };
    if left.is_none() {
        let same = posted_runs(&ledger, &plan)?;
        if let Some(undocumented) = same.iter().find(|row| !is_documented(workspace, row.id)) {
            say(&format!("run {} is posted already: its documents are written", undocumented.id));
            let posted = post_with(global, workspace, &mut ledger, undocumented.id, wishes)?;
            return if global.dry_run { Ok(()) } else { global.show(&posted, || posted.in_words()) };
        }
        if !arguments.again {
            refuse_second_posting(&ledger, &plan)?;
        }
    }
    let mut draft = PlannedDraft::make(global, workspace, &ledger, &book, &plan)?;
    if global.dry_run {
        return global.show(&draft.report, || in_words(&draft.report));
    }
    match left {
        Some(run) => draft.continue_with(&mut ledger, &plan, run)?,
        None => {
            draft.keep(&mut ledger, &plan, None)?;
        }
    }
    let report = draft.report;
    let run = report.run.ok_or_else(|| Error::refused("the draft has no number", ""))?;
    approve(&mut ledger, run)?;
    let posted = post_with(global, workspace, &mut ledger, run, wishes)?;
    global.show(&(&report, &posted), || in_words(&report) + &posted.in_words())?;
    if parked_in(&report).is_empty() { Ok(()) } else { parked(&report) }
}
