//! `bill due`: every automatic group → its due days that are not settled, billed in the order of days (B17). Whatever
//! stopped an earlier call, this one goes on with it; when all is settled it does nothing.

use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;

use super::draft::{PlannedDraft, approve, parked_in};
use super::plan::{Plan, refuse_future};
use super::post::{Posted, PostingWishes, is_documented, post_with, standing_flags};
use super::repeat::{posted_runs, unposted_run};
use super::schedule::{Schedule, UnsettledDay};
use super::{Global, Workspace, parse_date};
use crate::domain::book::Book;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::ledger::{DueDay, LedgerWriter};
use crate::pipeline::members::members_of;
use crate::report::screen::table;

/// When.
#[derive(Args)]
pub struct Due {
    /// Bill what is due up to this day; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    today: Option<Date>,
    /// Hold a group back while something unusual about its run is not acknowledged
    #[arg(long)]
    strict: bool,
    /// Bill days that are still to come
    #[arg(long, env = "TOLLBOOK_ALLOW_FUTURE", hide_env = true)]
    allow_future: bool,
}

/// What became of a group on a due day.
#[derive(Serialize)]
struct Settled {
    day: Date,
    group: String,
    /// `posted`, `posted without documents`, `nobody to bill`, `billed by hand`, `held back`, `would bill`.
    outcome: &'static str,
    run: Option<i64>,
    invoices: usize,
    /// Customers that errors took out (B16), with the reasons.
    parked: Vec<String>,
    /// What nobody has acknowledged, of what is held back (B15).
    flags: Vec<String>,
}

/// What a call did.
#[derive(Serialize)]
struct Report {
    today: Date,
    settled: Vec<Settled>,
    /// Runs of earlier calls that were posted without all of their documents: these are written now.
    documented: Vec<i64>,
    /// Why documents of posted runs could not be written.
    undocumented: Vec<String>,
}

impl Due {
    pub(super) fn run(&self, global: &Global, workspace: &Workspace) -> Result<()> {
        let now = crate::commands::today(&workspace.settings.zone);
        let today = self.today.unwrap_or(now);
        if !self.allow_future {
            refuse_future("the day", today, now)?;
        }
        let mut report = Report { today, settled: Vec::new(), documented: Vec::new(), undocumented: Vec::new() };
        if global.dry_run {
            let ledger = workspace.ledger()?;
            let book = workspace.book(&ledger)?;
            let days = Schedule::read(&ledger, &book, today)?.unsettled(&ledger)?;
            report.settled = days.iter().map(|day| would_settle(&book, day)).collect();
            return show(global, &report);
        }
        // Held to the end: only one run at a time.
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let wishes = PostingWishes { pdf: true, is_strict: self.strict };
        let ended = Call { global, workspace, ledger: &mut ledger, wishes }.settle_all(&mut report);
        show(global, &report)?;
        match ended {
            Err(error) if error.kind == ErrorKind::Refused && report.settled.iter().any(Settled::is_billed) => {
                Err(Error { kind: ErrorKind::Partial, ..error })
            }
            Err(error) => Err(error),
            Ok(()) => what_is_left(&report),
        }
    }
}

struct Call<'a> {
    global: &'a Global,
    workspace: &'a Workspace,
    ledger: &'a mut LedgerWriter,
    wishes: PostingWishes,
}

impl Call<'_> {
    fn settle_all(&mut self, report: &mut Report) -> Result<()> {
        self.write_missing_documents(report)?;
        let book = self.workspace.book(self.ledger)?;
        let schedule = Schedule::read(self.ledger, &book, report.today)?;
        if !schedule.new_groups.is_empty() {
            self.ledger.schedule_groups(&schedule.new_groups)?;
        }
        let days = schedule.unsettled(self.ledger)?;
        let mut held = BTreeSet::new();
        for day in &days {
            // A group does not go past a day that is held back: its next run would bill that day's usage too.
            if held.contains(&day.group.code) {
                continue;
            }
            let settled = self.settle(day, &mut report.undocumented)?;
            if settled.outcome == HELD_BACK {
                held.insert(day.group.code.clone());
            }
            report.settled.push(settled);
        }
        let done = schedule.done_through(&held);
        if !done.is_empty() {
            self.ledger.move_on_groups(&done)?;
        }
        Ok(())
    }

    /// A call that was cut short after posting has left documents out.
    fn write_missing_documents(&mut self, report: &mut Report) -> Result<()> {
        for run in self.ledger.run_outlines()?.into_iter().filter(|run| run.stands() && run.terms.due_group.is_some()) {
            if !is_documented(self.workspace, run.id) && self.post(run.id, &mut report.undocumented)?.is_some() {
                report.documented.push(run.id);
            }
        }
        Ok(())
    }

    /// Posts a run and writes its documents; none if there is something about them that the others need not wait for.
    fn post(&mut self, run: i64, undocumented: &mut Vec<String>) -> Result<Option<Posted>> {
        match post_with(self.global, self.workspace, self.ledger, run, self.wishes) {
            Err(error) if error.kind == ErrorKind::Partial => {
                undocumented.push(error.to_string());
                Ok(None)
            }
            posted => posted.map(Some),
        }
    }

    /// Bills one group on one due day.
    fn settle(&mut self, day: &UnsettledDay, undocumented: &mut Vec<String>) -> Result<Settled> {
        let due = DueDay { group: &day.group.code, day: day.day };
        let plan = Plan::of_due_day(day.group, day.day);
        let mut settled = Settled::of(day, NOBODY);
        let book = self.workspace.book(self.ledger)?;
        if members_of(&book, &plan.scope, &plan.terms).is_empty() {
            self.ledger.settle_due_day(due, None)?;
            return Ok(settled);
        }
        let left = unposted_run(self.ledger, &plan)?;
        if left.is_none()
            && let Some(run) = posted_runs(self.ledger, &plan)?.first().map(|row| row.id)
        {
            self.ledger.settle_due_day(due, Some(run))?;
            return Ok(Settled { outcome: "billed by hand", run: Some(run), ..settled });
        }
        let mut draft = PlannedDraft::make(self.global, self.workspace, self.ledger, &book, &plan)?;
        settled.parked = parked_in(&draft.report);
        let run = match left {
            None if draft.bills() == 0 => {
                self.ledger.settle_due_day(due, None)?;
                return Ok(settled);
            }
            None => draft.keep(self.ledger, &plan, None)?,
            Some(run) => {
                draft.continue_with(self.ledger, &plan, run)?;
                run
            }
        };
        settled.run = Some(run);
        // What is drafted is not needed beside what posting drafts again.
        drop(draft);
        if self.wishes.is_strict || self.workspace.settings.is_strict {
            settled.flags = standing_flags(self.ledger, run)?;
            if !settled.flags.is_empty() {
                return Ok(Settled { outcome: HELD_BACK, ..settled });
            }
        }
        approve(self.ledger, run)?;
        let outcome = if self.post(run, undocumented)?.is_some() { POSTED } else { "posted without documents" };
        let invoices = usize::try_from(self.ledger.invoice_count(run)?).unwrap_or(usize::MAX);
        Ok(Settled { outcome, invoices, ..settled })
    }
}

const POSTED: &str = "posted";
const NOBODY: &str = "nobody to bill";
const HELD_BACK: &str = "held back";

impl Settled {
    fn of(day: &UnsettledDay, outcome: &'static str) -> Self {
        let (day, group) = (day.day, day.group.code.clone());
        Self { day, group, outcome, run: None, invoices: 0, parked: Vec::new(), flags: Vec::new() }
    }

    fn is_billed(&self) -> bool {
        self.outcome.starts_with(POSTED)
    }
}

/// What a dry run says of a day: how many customers there are to bill.
fn would_settle(book: &Book, day: &UnsettledDay) -> Settled {
    let plan = Plan::of_due_day(day.group, day.day);
    let customers = members_of(book, &plan.scope, &plan.terms).len();
    Settled { invoices: customers, ..Settled::of(day, if customers == 0 { NOBODY } else { "would bill" }) }
}

fn show(global: &Global, report: &Report) -> Result<()> {
    global.show(report, || {
        let Report { today, settled, documented, .. } = report;
        let mut text = String::new();
        for run in documented {
            text.push_str(&format!("wrote the documents of run {run}, which was posted without them\n"));
        }
        if settled.is_empty() {
            return text + &format!("nothing is due: every automatic group is billed up to {today}\n");
        }
        let rows = settled.iter().map(|one| {
            let run = one.run.map(|run| run.to_string()).unwrap_or_default();
            let invoices = if one.invoices == 0 { String::new() } else { one.invoices.to_string() };
            vec![one.day.to_string(), one.group.clone(), one.outcome.to_owned(), run, invoices]
        });
        let last = if global.dry_run { "customers" } else { "invoices" };
        text + &table(&["due", "group", "outcome", "run", last], &[3, 4], rows)
    })
}

/// The exit code tells of groups that are held back and of customers that are parked (B15, B16).
fn what_is_left(report: &Report) -> Result<()> {
    let (mut lines, mut hints) = (Vec::new(), Vec::new());
    for one in report.settled.iter().filter(|one| !one.parked.is_empty()) {
        lines.push(format!("{} of {} on {}:", counted(one.parked.len() as u64, "parked customer"), one.group, one.day));
        lines.extend(one.parked.iter().map(|parked| format!("  {parked}")));
    }
    if !lines.is_empty() {
        hints.push("correct the book: parked customers are billed with their group's next run".to_owned());
    }
    for one in report.settled.iter().filter(|one| one.outcome == HELD_BACK) {
        let run = one.run.unwrap_or_default();
        lines.push(format!("{} is held back on {}: run {run} has what nobody has acknowledged:", one.group, one.day));
        lines.extend(one.flags.iter().map(|flag| format!("  {flag}")));
        hints.push(format!("`tollbook bill acknowledge {run} --reason TEXT`, then `tollbook bill due` again"));
    }
    lines.extend(report.undocumented.iter().cloned());
    if lines.is_empty() {
        return Ok(());
    }
    let is_held_only = report.undocumented.is_empty() && report.settled.iter().all(|one| one.outcome == HELD_BACK);
    let kind = if is_held_only { ErrorKind::Refused } else { ErrorKind::Partial };
    Err(Error::new(kind, lines.join("\n"), hints.join("; ")))
}
