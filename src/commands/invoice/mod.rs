//! `invoice`: posted invoices and credit notes, listed, shown, written again; voided, credited, marked as sent.

mod credit;
mod explain;
mod export;
mod list;
mod show;

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::bill::parse_date;
use super::{Global, say};
use crate::domain::contact::Attachment;
use crate::domain::time::Date;
use crate::error::{Error, Result, counted};
use crate::workspace::Workspace;

use credit::CreditArguments;
pub(super) use credit::{Credited, reason, write_documents};
use export::Wanted;

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
    Export {
        /// The number of the invoice or credit note
        #[arg(required_unless_present = "run")]
        number: Option<String>,
        /// All of this run
        #[arg(long, conflicts_with = "number")]
        run: Option<i64>,
        /// The credit notes on the run's invoices instead of these
        #[arg(long, requires = "run")]
        credit_notes: bool,
        /// Where to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Which documents, whatever the customer has; may be given again
        #[arg(long, value_name = "FORMAT", value_delimiter = ',', value_parser = format_parser())]
        format: Vec<Attachment>,
    },
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

/// The documents that can be asked for.
const FORMATS: [Attachment; 4] = [Attachment::Pdf, Attachment::Xlsx, Attachment::Csv, Attachment::Json];

fn format_parser() -> impl TypedValueParser<Value = Attachment> {
    PossibleValuesParser::new(FORMATS.map(Attachment::name))
        .map(|word| Attachment::parse(&word).expect("one of the words"))
}

impl Invoice {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::List { run, account, tagged } => list::list(global, &workspace, (run, account.as_deref()), &tagged),
            Self::Show { number } => show::show(global, &workspace, &number),
            Self::Explain(explain) => explain.run(global, &workspace),
            Self::Export { number, run, credit_notes, out, format: formats } => match (number, run) {
                (Some(number), _) => export::export_one(global, &workspace, &number, Wanted { out, formats }),
                (None, Some(run)) if credit_notes => {
                    export::export_credit_notes(global, &workspace, run, Wanted { out, formats })
                }
                (None, Some(run)) => export::export_run(global, &workspace, run, Wanted { out, formats }),
                (None, None) => Err(Error::refused("neither an invoice nor a run is named", "")),
            },
            Self::Void { number, date } => credit::void(global, &workspace, &number, date),
            Self::Credit(arguments) => arguments.credit(global, &workspace),
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
