//! `customer delete`, `customer undelete`, `customer purge` (K8): a mark, and thirty days later the removal of what is known of
//! the customer. Posted invoices stay, and lose whom was called.

use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;

use crate::commands::bill::parse_date;
use crate::commands::{Global, say, today};
use crate::domain::time::Date;
use crate::error::{Error, Result, counted};
use crate::ledger::{LedgerWriter, StoredTable};
use crate::pipeline::Engine;
use crate::pipeline::purge::{PurgedUsage, UsagePurge};
use crate::report::screen::table;
use crate::workspace::{Workspace, book_of, refuse_book};

use super::leave::error_of;

/// Whose mark is set or taken back.
#[derive(Args)]
pub struct Mark {
    /// Its account
    account: String,
}

/// Up to when.
#[derive(Args)]
pub struct Purge {
    /// As if it were this day; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    today: Option<Date>,
}

#[derive(Serialize)]
struct Report<'r> {
    dry_run: bool,
    /// Who goes.
    purged: &'r [String],
    /// Who is marked and has days left: account, and the day from which it goes.
    waiting: &'r [(String, Date)],
    usage: PurgedUsage,
}

impl Mark {
    pub fn set(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let Self { account } = &self;
        if global.given_reason().is_none() {
            return Err(Error::refused(format!("no reason is given for deleting {account}"), "give one with --reason"));
        }
        workspace.ledger_for_writing(global.actor())?.mark_deleted(account, global.dry_run)?;
        let days = counted(workspace.settings.purge_after_days.into(), "day");
        let is = if global.dry_run { "would be" } else { "is" };
        say(&format!("{account} {is} marked for deletion; `tollbook customer purge` removes it after {days}"));
        Ok(())
    }

    pub fn take_back(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let Self { account } = &self;
        workspace.ledger_for_writing(global.actor())?.unmark_deleted(account, global.dry_run)?;
        let is = if global.dry_run { "would be" } else { "is" };
        say(&format!("{account} {is} kept: its deletion is taken back"));
        Ok(())
    }
}

impl Purge {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let day = self.today.unwrap_or_else(|| today(&workspace.settings.zone));
        let days = i32::try_from(workspace.settings.purge_after_days).unwrap_or(i32::MAX);
        let marked = ledger.marked_customers()?.into_iter().map(|one| (one.account, one.marked_on.plus_days(days)));
        let (due, waiting): (Vec<_>, Vec<_>) = marked.partition(|(_, from)| *from <= day);
        let due: Vec<String> = due.into_iter().map(|(account, _)| account).collect();
        let usage = if due.is_empty() { PurgedUsage::default() } else { purge(global, workspace, &mut ledger, &due)? };
        let report = Report { dry_run: global.dry_run, purged: &due, waiting: &waiting, usage };
        global.show(&report, || in_words(&report))?;
        let verb = if global.dry_run { "would purge" } else { "purged" };
        say(&format!("{verb} {}", counted(due.len() as u64, "customer")));
        Ok(())
    }
}

/// Usage first: each of its steps can be done again, and the book still says whose it is. The ledger's part is one
/// transaction, and comes last.
fn purge(global: &Global, workspace: &Workspace, ledger: &mut LedgerWriter, due: &[String]) -> Result<PurgedUsage> {
    let book = workspace.book(ledger)?;
    let customers: BTreeSet<_> = due.iter().filter_map(|account| book.find_customer(account)).collect();
    let check =
        |stored: &[StoredTable]| book_of(stored, &workspace.settings).map(drop).map_err(|errors| refuse_book(&errors));
    // Nothing goes if the rest of the book cannot do without them.
    ledger.purge_customers(due, check, true).map_err(error_of)?;
    let purge = UsagePurge {
        engine: &Engine::new(&book),
        store: &workspace.usage(),
        workers: &global.workers()?,
        customers: &customers,
        workspace: &workspace.dir,
    };
    let usage = purge.run(ledger, global.dry_run)?;
    if !global.dry_run {
        ledger.purge_customers(due, check, false).map_err(error_of)?;
    }
    Ok(usage)
}

fn in_words(report: &Report) -> String {
    let gone = report.purged.iter().map(|account| vec![account.clone(), "now".to_owned()]);
    let rows = gone.chain(report.waiting.iter().map(|(account, from)| vec![account.clone(), from.to_string()]));
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return "nobody is marked for deletion\n".to_owned();
    }
    let PurgedUsage { deleted, blanked, blanked_on_invoices, documents } = report.usage;
    let usage = format!(
        "other parties removed: {} of usage, {} on invoices; {} deleted; {} written again\n",
        counted(blanked, "record"),
        counted(blanked_on_invoices, "record"),
        counted(deleted, "unbilled record"),
        counted(documents, "document"),
    );
    let usage = if report.purged.is_empty() { String::new() } else { usage };
    table(&["account", "goes"], &[], rows) + &usage
}
