//! `invoice`: posted invoices and credit notes, listed, shown, written again; voided, credited; sent, marked as sent.

mod archive;
mod bundle;
mod credit;
mod e_invoices;
mod explain;
mod export;
mod list;
mod preview;
mod send;
mod show;

use clap::Subcommand;

use super::bill::parse_date;
use super::{Global, say};
use crate::domain::time::Date;
use crate::error::{Result, counted};
use crate::workspace::Workspace;

use credit::CreditArguments;
pub(super) use credit::{Credited, reason, write_documents};

/// What to do.
#[derive(Subcommand)]
pub enum Invoice {
    /// List posted invoices and credit notes, and how they stand
    List {
        /// Of this run only, and the credit notes on its invoices
        #[arg(long)]
        run: Option<i64>,
        /// Of this customer only
        #[arg(long)]
        account: Option<String>,
        #[command(flatten)]
        tagged: super::selection::Tagged,
    },
    /// Show one invoice or credit note
    Show {
        /// Its number
        number: String,
    },
    /// Say where every figure of an invoice or credit note comes from, and work its sums again
    Explain(explain::ExplainInvoice),
    /// Write the documents of an invoice or credit note, or of all invoices of a run, into a folder
    Export(export::Export),
    /// Render one invoice, or a sample, with the workspace's templates; again whenever they change
    Preview(preview::Preview),
    /// Print a built-in template or strings file to start an own one from, or write all of them
    Template(preview::Template),
    /// Take an invoice back: a credit note of all that is left of it; its usage and charges wait to be billed again
    Void {
        /// Its number
        number: String,
        /// The day on the credit note; today unless given, but not before the invoice
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        date: Option<Date>,
    },
    /// Credit a part of an invoice; nothing is billed again for it
    Credit(CreditArguments),
    /// Send invoices and credit notes by mail, each at most once unless asked to
    Send(send::SendArguments),
    /// List the messages that were sent, wait, were refused, or may have arrived
    Outbox(send::OutboxArguments),
    /// Make one PDF for the post of the invoices of a run, sorted, with a list of what is in it
    Bundle(bundle::BundleArguments),
    /// Put all documents of a run or of a month into one zip, with a list of what is in it
    Archive(archive::ArchiveArguments),
    /// Note that invoices left the house: their run cannot be undone any more
    MarkSent {
        /// Their numbers
        #[arg(required = true)]
        numbers: Vec<String>,
        /// How they went
        #[arg(long, value_name = "TEXT", default_value = "by hand")]
        how: String,
    },
}

impl Invoice {
    pub fn run(self, global: &Global) -> Result<()> {
        if let Self::Template(template) = self {
            return template.run(global);
        }
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::List { run, account, tagged } => list::list(global, &workspace, (run, account.as_deref()), &tagged),
            Self::Show { number } => show::show(global, &workspace, &number),
            Self::Explain(explain) => explain.run(global, &workspace),
            Self::Export(export) => export.run(global, &workspace),
            Self::Preview(preview) => preview.run(global, &workspace),
            Self::Template(template) => template.run(global),
            Self::Void { number, date } => credit::void(global, &workspace, &number, date),
            Self::Credit(arguments) => arguments.credit(global, &workspace),
            Self::Send(arguments) => arguments.send(global, &workspace),
            Self::Outbox(arguments) => send::show_outbox(global, &workspace, &arguments),
            Self::Bundle(arguments) => arguments.run(global, &workspace),
            Self::Archive(arguments) => arguments.run(global, &workspace),
            Self::MarkSent { numbers, how } => mark_sent(global, &workspace, &numbers, &how),
        }
    }
}

fn mark_sent(global: &Global, workspace: &Workspace, numbers: &[String], how: &str) -> Result<()> {
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    workspace.ledger_for_writing(global.actor())?.mark_sent(&numbers, how, global.dry_run)?;
    let done = if global.dry_run { "would mark" } else { "marked" };
    say(&format!("{done} {} as sent ({how})", counted(numbers.len() as u64, "invoice")));
    Ok(())
}
