//! `bill draft`: a plan → a draft that is kept, with what changes and what is unusual about it.

use super::find_run;
use super::plan::{DraftArguments, Plan};
use super::repeat::{refuse_second_posting, told};
use crate::billing::{CustomerBill, NoBill, Outcome};
use crate::commands::Global;
use crate::domain::book::Book;
use crate::domain::money::Money;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{DraftBill, DraftFlag, DraftOutcome, DraftRun, Ledger, LedgerWriter, ParkedCustomer, RunStatus};
use crate::pipeline::Engine;
use crate::pipeline::draft::{Draft, Drafted, Drafting};
use crate::pipeline::guarding::Before;
use crate::report::run::RunReport;
use crate::workspace::Workspace;

/// Makes a draft and keeps it, unless it is a dry run.
pub fn make_draft(global: &Global, workspace: &Workspace, arguments: &DraftArguments) -> Result<RunReport> {
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let book = workspace.book(&ledger)?;
    let plan = match arguments.run {
        Some(run) => Plan::of_run(run, &find_run(&ledger, run)?.terms)?,
        None => arguments.plan(&book)?,
    };
    if arguments.run.is_none() && !arguments.again {
        refuse_second_posting(&ledger, &plan)?;
    }
    let mut draft = PlannedDraft::make(global, workspace, &ledger, &book, &plan)?;
    if !global.dry_run {
        draft.keep(&mut ledger, &plan, arguments.run)?;
    }
    Ok(draft.report)
}

/// A draft by a plan, and its report.
pub(super) struct PlannedDraft {
    drafted: Draft,
    pub report: RunReport,
}

impl PlannedDraft {
    /// Drafts; changes nothing.
    pub fn make(global: &Global, workspace: &Workspace, ledger: &Ledger, book: &Book, plan: &Plan) -> Result<Self> {
        let engine = Engine::new(book);
        let (store, workers) = (workspace.usage(), global.workers()?);
        let Plan { scope, terms, .. } = plan;
        let drafted = Drafting::new(&engine, &store, &workers, scope, terms).draft(ledger)?;
        let before = Before::of(ledger, terms, &drafted)?;
        let report = RunReport::new(book, terms, &drafted, &before);
        Ok(Self { drafted, report })
    }

    /// How many bills there are.
    pub fn bills(&self) -> usize {
        self.drafted.customers.iter().map(|customer| customer.bills().len()).sum()
    }

    /// Keeps it as a new run, or in the place of a run's contents; then the report has its number. A run that was undone
    /// stays as it is: its terms are drafted anew.
    pub fn keep(&mut self, ledger: &mut LedgerWriter, plan: &Plan, run: Option<i64>) -> Result<i64> {
        let draft = self.draft_run(plan)?;
        let again = match run {
            Some(run) if find_run(ledger, run)?.status == RunStatus::Undone => None,
            run => run,
        };
        let run = match again {
            Some(run) => {
                ledger.replace_draft(run, &draft)?;
                run
            }
            None => ledger.create_draft(&draft)?,
        };
        self.report.run = Some(run);
        Ok(run)
    }

    /// Goes on with a run that was left unposted: what it holds is put right if it is no longer so.
    pub fn continue_with(&mut self, ledger: &mut LedgerWriter, plan: &Plan, run: i64) -> Result<()> {
        let row = find_run(ledger, run)?;
        if row.digest != self.report.digest || row.totals_json != told(&self.report)? {
            self.keep(ledger, plan, Some(run))?;
        }
        self.report.run = Some(run);
        Ok(())
    }

    fn draft_run(&self, plan: &Plan) -> Result<DraftRun> {
        let Self { drafted, report } = self;
        let parked = drafted.customers.iter().filter_map(|customer| {
            let reason = customer.result.as_ref().err()?.clone();
            Some(ParkedCustomer { account: customer.account.clone(), reason })
        });
        let flags = report.flags.iter().map(|flag| DraftFlag {
            account: flag.account.clone(),
            flag: flag.flag.clone(),
            detail: flag.detail.clone(),
        });
        Ok(DraftRun {
            terms: plan.row()?,
            digest: drafted.digest.clone(),
            totals_json: told(report)?,
            bills: drafted.customers.iter().flat_map(draft_bills).collect(),
            parked: parked.collect(),
            flags: flags.collect(),
        })
    }
}

/// Approves a run, unless it is approved.
pub(super) fn approve(ledger: &mut LedgerWriter, run: i64) -> Result<()> {
    let row = find_run(ledger, run)?;
    match row.status {
        RunStatus::Draft => Ok(ledger.approve(run, &row.digest)?),
        RunStatus::Approved | RunStatus::Posted | RunStatus::Undone => Ok(()),
    }
}

/// What the run makes of a customer, unless an error took it out: its bills, or why there are none.
fn draft_bills(customer: &Drafted) -> Vec<DraftBill> {
    let row = |outcome, bill: Option<&CustomerBill>, net| DraftBill {
        account: customer.account.clone(),
        outcome,
        bill: bill.map(|bill| bill.bill.clone()),
        usage_records: bill.map_or(0, |bill| bill.usage_records),
        net,
        gross: bill.map_or(Money::ZERO, |bill| bill.bill.totals.gross.money),
    };
    let none = |outcome, net| vec![row(outcome, None, net)];
    match &customer.result {
        Err(_) => Vec::new(),
        Ok(Outcome::Bills(bills)) => {
            bills.iter().map(|bill| row(DraftOutcome::Bill, Some(bill), bill.bill.totals.net.money)).collect()
        }
        Ok(Outcome::NoBill(NoBill::Empty)) => none(DraftOutcome::Empty, Money::ZERO),
        Ok(Outcome::NoBill(NoBill::RolledOver(net))) => none(DraftOutcome::RolledOver, *net),
        Ok(Outcome::NoBill(NoBill::DoNotBill)) => none(DraftOutcome::DoNotBill, Money::ZERO),
        Ok(Outcome::NoBill(NoBill::Suspended)) => none(DraftOutcome::Suspended, Money::ZERO),
        Ok(Outcome::NoBill(NoBill::Gone)) => none(DraftOutcome::Gone, Money::ZERO),
    }
}

/// The customers that errors took out, in words.
pub(super) fn parked_in(report: &RunReport) -> Vec<String> {
    let parked = report.customers.iter().filter(|customer| customer.outcome.starts_with("parked"));
    parked.map(|customer| format!("{}: {}", customer.account, customer.outcome)).collect()
}

/// B16: an error in a customer parks it; the exit code says so.
pub(super) fn parked(report: &RunReport) -> Result<()> {
    let parked = parked_in(report);
    if parked.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Partial,
        format!("{} customers are parked; the others go on\n  {}", parked.len(), parked.join("\n  ")),
        "correct the book and make the draft again",
    ))
}
