//! `bill`: draft, look, approve, post.

mod acknowledge;
mod draft;
mod due;
mod page;
mod plan;
mod post;
mod repeat;
mod run;
mod schedule;
mod show;
mod undo;

use clap::Subcommand;

use super::{Global, say};
use crate::domain::time::Date;
use crate::error::Result;
use crate::ledger::{Ledger, RunRow};
use crate::report::run::in_words;
use crate::workspace::Workspace;

pub use draft::make_draft;
pub use plan::DraftArguments;
pub use post::{Posted, post_run};
pub(super) use post::{PostingWishes, post_run_with};

/// What to do.
#[derive(Subcommand)]
pub enum Bill {
    /// Make a draft run, or make one again
    Draft(Box<DraftArguments>),
    /// List the runs
    List,
    /// Show a run: its customers, its control totals
    Show {
        /// Its number
        run: i64,
    },
    /// Write a run as one page of HTML: what was billed against before, margin, what is unusual
    Page(page::PageOptions),
    /// Approve a draft for posting
    Approve {
        /// Its number
        run: i64,
    },
    /// Throw a draft away
    Discard {
        /// Its number
        run: i64,
    },
    /// Post an approved run: number and freeze its invoices, write their documents
    Post {
        /// Its number
        run: i64,
        /// Not while something unusual about it is not acknowledged
        #[arg(long)]
        strict: bool,
    },
    /// Take a posted run back as a unit: all its invoices are voided, and wait to be billed again
    Undo {
        /// Its number
        run: i64,
        /// The day on the credit notes; today unless given, but not before the invoices
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        date: Option<Date>,
    },
    /// Draft, approve and post in one; after it was cut short, go on with it
    Run {
        #[command(flatten)]
        draft: Box<DraftArguments>,
        /// Not while something unusual about it is not acknowledged
        #[arg(long)]
        strict: bool,
    },
    /// Bill every automatic group that is due, on its due days, each once
    Due(due::Due),
    /// Say that what is unusual about a draft was looked at, and why it may stand
    Acknowledge(acknowledge::Acknowledge),
}

impl Bill {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::Draft(arguments) => {
                let report = make_draft(global, &workspace, &arguments)?;
                global.show(&report, || in_words(&report))?;
                draft::parked(&report)
            }
            Self::List => show::list(global, &workspace),
            Self::Show { run } => show::show(global, &workspace, run),
            Self::Page(options) => options.run(global, &workspace),
            Self::Approve { run } => {
                let mut ledger = workspace.ledger_for_writing(global.actor())?;
                let row = find_run(&ledger, run)?;
                if global.dry_run {
                    say(&format!("would approve run {run}"));
                    return Ok(());
                }
                ledger.approve(run, &row.digest)?;
                say(&format!("approved run {run}; digest {}", &row.digest[..16]));
                Ok(())
            }
            Self::Discard { run } => {
                if global.dry_run {
                    say(&format!("would discard run {run}"));
                    return Ok(());
                }
                workspace.ledger_for_writing(global.actor())?.discard(run)?;
                say(&format!("discarded draft {run}; nothing was billed"));
                Ok(())
            }
            Self::Post { run, strict } => {
                let wishes = PostingWishes { pdf: true, is_strict: strict };
                let posted = post_run_with(global, &workspace, run, wishes)?;
                // A dry run has said what it would do, and there is nothing else to show.
                if global.dry_run { Ok(()) } else { global.show(&posted, || posted.in_words()) }
            }
            Self::Undo { run, date } => undo::undo(global, &workspace, run, date),
            Self::Run { draft, strict } => run::run(global, &workspace, &draft, strict),
            Self::Due(due) => due.run(global, &workspace),
            Self::Acknowledge(acknowledge) => acknowledge.run(global, &workspace),
        }
    }
}

fn find_run(ledger: &Ledger, run: i64) -> Result<RunRow> {
    Ok(ledger.run(run)?)
}

/// Reads a date of an option.
pub(in crate::commands) fn parse_date(text: &str) -> std::result::Result<Date, String> {
    Date::parse(text).ok_or_else(|| "not a date: write YYYY-MM-DD, between 2000-01-01 and 2100-12-31".to_owned())
}
