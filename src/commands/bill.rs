//! `bill`: draft, look, approve, post.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Global, say};
use crate::billing::{NoBill, Outcome, RunTerms};
use crate::domain::book::Book;
use crate::domain::money::Money;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::remove_partials;
use crate::ledger::{
    DraftBill, DraftOutcome, DraftRun, InvoiceFilter, Ledger, ParkedCustomer, RunRow, RunStatus, RunTermsRow,
};
use crate::pipeline::Engine;
use crate::pipeline::documents::{Documents, run_folder};
use crate::pipeline::draft::{Draft, Drafted, Drafting, Scope};
use crate::pipeline::post::{Posting, check_approved};
use crate::report::run::{CustomerReport, RunReport, customers_table, in_words};
use crate::report::screen::table;
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum Bill {
    /// Make a draft run, or make one again
    Draft(DraftArguments),
    /// List the runs
    List,
    /// Show a run: its customers, its control totals
    Show {
        /// Its number
        run: i64,
    },
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
    },
    /// Draft, approve and post in one
    Run(DraftArguments),
}

/// Who is billed, and for what.
#[derive(Args, Clone)]
pub struct DraftArguments {
    /// Make this draft again, with the terms it had
    #[arg(long, conflicts_with_all = ["group", "account", "exclude", "invoice_date", "usage_cutoff", "charge_cutoff", "due_date", "message"])]
    run: Option<i64>,
    /// Customers of this group only; may be given again
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// This customer only; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Not this customer; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    exclude: Vec<String>,
    /// The day on the invoices; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub invoice_date: Option<Date>,
    /// Usage that began before this day; the first of the invoice's month unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    usage_cutoff: Option<Date>,
    /// Charges in advance that begin before this day; the first of the month after the invoice's unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    charge_cutoff: Option<Date>,
    /// When payment is due; by each customer's terms unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    due_date: Option<Date>,
    /// Printed on every invoice of the run
    #[arg(long, value_name = "TEXT", default_value = "")]
    message: String,
}

/// Reads a date of an option.
pub(super) fn parse_date(text: &str) -> std::result::Result<Date, String> {
    Date::parse(text).ok_or_else(|| "not a date: write YYYY-MM-DD, between 2000-01-01 and 2100-12-31".to_owned())
}

impl DraftArguments {
    /// A run for everybody at a date.
    pub fn for_everybody(invoice_date: Date) -> Self {
        Self {
            run: None,
            group: Vec::new(),
            account: Vec::new(),
            exclude: Vec::new(),
            invoice_date: Some(invoice_date),
            usage_cutoff: None,
            charge_cutoff: None,
            due_date: None,
            message: String::new(),
        }
    }

    fn scope(&self) -> Scope {
        Scope { groups: self.group.clone(), accounts: self.account.clone(), excluded: self.exclude.clone() }
    }

    fn terms(&self, book: &Book) -> RunTerms {
        let invoice_date = self.invoice_date.unwrap_or_else(|| super::today(&book.settings.zone));
        let usage_cutoff = self.usage_cutoff.unwrap_or_else(|| invoice_date.first_of_month());
        let next_month = invoice_date.last_of_month().next();
        RunTerms {
            invoice_date,
            usage_cutoff,
            charge_cutoff: self.charge_cutoff.unwrap_or(next_month),
            due_date: self.due_date,
            message: self.message.clone(),
        }
    }
}

impl Bill {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::Draft(arguments) => {
                let report = make_draft(global, &workspace, &arguments)?;
                global.show(&report, || in_words(&report))?;
                parked(&report)
            }
            Self::List => list(global, &workspace),
            Self::Show { run } => show(global, &workspace, run),
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
            Self::Post { run } => {
                let posted = post_run(global, &workspace, run)?;
                // A dry run has said what it would do, and there is nothing else to show.
                if global.dry_run { Ok(()) } else { global.show(&posted, || posted.in_words()) }
            }
            Self::Run(arguments) => {
                let report = make_draft(global, &workspace, &arguments)?;
                if global.dry_run {
                    return global.show(&report, || in_words(&report));
                }
                let run = report.run.ok_or_else(|| Error::refused("the draft has no number", ""))?;
                workspace.ledger_for_writing(global.actor())?.approve(run, &report.digest)?;
                let posted = post_run(global, &workspace, run)?;
                global.show(&(&report, &posted), || in_words(&report) + &posted.in_words())?;
                parked(&report)
            }
        }
    }
}

/// Makes a draft and keeps it, unless it is a dry run.
pub fn make_draft(global: &Global, workspace: &Workspace, arguments: &DraftArguments) -> Result<RunReport> {
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let book = workspace.book(&ledger)?;
    let (scope, terms) = match arguments.run {
        Some(run) => terms_of(&find_run(&ledger, run)?)?,
        None => (arguments.scope(), arguments.terms(&book)),
    };
    check_terms(&terms)?;
    let engine = Engine::new(&book);
    let (store, workers) = (workspace.usage(), global.workers()?);
    let drafted = Drafting::new(&engine, &store, &workers, &scope, &terms).draft(&ledger)?;
    let mut report = RunReport::new(&book, &terms, &drafted);
    if global.dry_run {
        return Ok(report);
    }
    let draft = new_draft(&scope, &terms, &drafted, &report)?;
    report.run = Some(match arguments.run {
        Some(run) => {
            ledger.replace_draft(run, &draft)?;
            run
        }
        None => ledger.create_draft(&draft)?,
    });
    Ok(report)
}

fn check_terms(terms: &RunTerms) -> Result<()> {
    if terms.due_date.is_some_and(|due| due < terms.invoice_date) {
        let message = format!("the due date is before the invoice date {}", terms.invoice_date);
        return Err(Error::refused(message, "give a later --due-date"));
    }
    Ok(())
}

fn new_draft(scope: &Scope, terms: &RunTerms, drafted: &Draft, report: &RunReport) -> Result<DraftRun> {
    let text = |value: serde_json::Result<String>| {
        value.map_err(|error| Error::new(ErrorKind::Io, format!("cannot write JSON: {error}"), ""))
    };
    let parked = drafted.customers.iter().filter_map(|customer| {
        let reason = customer.result.as_ref().err()?.clone();
        Some(ParkedCustomer { account: customer.account.clone(), reason })
    });
    Ok(DraftRun {
        terms: RunTermsRow {
            invoice_date: terms.invoice_date,
            usage_cutoff: terms.usage_cutoff,
            charge_cutoff: terms.charge_cutoff,
            due_date: terms.due_date,
            message: terms.message.clone(),
            scope_json: text(serde_json::to_string(scope))?,
        },
        digest: drafted.digest.clone(),
        totals_json: text(serde_json::to_string(report))?,
        bills: drafted.customers.iter().filter_map(draft_bill).collect(),
        parked: parked.collect(),
    })
}

/// What the run makes of a customer, unless an error took it out.
fn draft_bill(customer: &Drafted) -> Option<DraftBill> {
    let (outcome, bill, net) = match customer.result.as_ref().ok()? {
        Outcome::Bill(bill) => (DraftOutcome::Bill, Some(bill), bill.bill.totals.net.money),
        Outcome::NoBill(NoBill::Empty) => (DraftOutcome::Empty, None, Money::ZERO),
        Outcome::NoBill(NoBill::RolledOver(net)) => (DraftOutcome::RolledOver, None, *net),
        Outcome::NoBill(NoBill::DoNotBill) => (DraftOutcome::DoNotBill, None, Money::ZERO),
        Outcome::NoBill(NoBill::Suspended) => (DraftOutcome::Suspended, None, Money::ZERO),
        Outcome::NoBill(NoBill::Gone) => (DraftOutcome::Gone, None, Money::ZERO),
    };
    Some(DraftBill {
        account: customer.account.clone(),
        outcome,
        bill: bill.map(|bill| bill.bill.clone()),
        usage_records: bill.map_or(0, |bill| bill.usage_records),
        net,
        gross: bill.map_or(Money::ZERO, |bill| bill.bill.totals.gross.money),
    })
}

fn terms_of(row: &RunRow) -> Result<(Scope, RunTerms)> {
    let scope = serde_json::from_str(&row.terms.scope_json)
        .map_err(|error| Error::new(ErrorKind::Damaged, format!("run {}: its scope: {error}", row.id), ""))?;
    let RunTermsRow { invoice_date, usage_cutoff, charge_cutoff, due_date, message, .. } = row.terms.clone();
    Ok((scope, RunTerms { invoice_date, usage_cutoff, charge_cutoff, due_date, message }))
}

fn find_run(ledger: &Ledger, run: i64) -> Result<RunRow> {
    Ok(ledger.run(run)?)
}

/// B16: an error in a customer parks it; the exit code says so.
fn parked(report: &RunReport) -> Result<()> {
    let parked: Vec<_> = report.customers.iter().filter(|customer| customer.outcome.starts_with("parked")).collect();
    if parked.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = parked.iter().map(|customer| format!("  {}: {}", customer.account, customer.outcome)).collect();
    Err(Error::new(
        ErrorKind::Partial,
        format!("{} customers are parked; the others go on\n{}", parked.len(), lines.join("\n")),
        "correct the book and make the draft again",
    ))
}

/// What posting did.
#[derive(Serialize)]
pub struct Posted {
    /// The run.
    pub run: i64,
    /// The first and last number of each series, and how many.
    pub invoices: Vec<String>,
    /// Where the documents are.
    pub documents: PathBuf,
    /// How many files.
    pub files: usize,
}

impl Posted {
    fn in_words(&self) -> String {
        // Numbers of one series count up, so that its first and last say which there are.
        let mut series = BTreeMap::<&str, (&str, &str)>::new();
        for number in &self.invoices {
            let prefix = number.trim_end_matches(|digit: char| digit.is_ascii_digit());
            series.entry(prefix).or_insert((number, number)).1 = number;
        }
        let ranges: Vec<String> = series.values().map(|(first, last)| format!("{first} … {last}")).collect();
        let numbers = if ranges.is_empty() { String::new() } else { format!(" ({})", ranges.join(", ")) };
        let Self { run, invoices, documents, files } = self;
        let (invoices, files) = (counted(invoices.len() as u64, "invoice"), counted(*files as u64, "document"));
        format!("posted run {run}: {invoices}{numbers}\n{files} in {}\n", documents.display())
    }
}

/// Posts an approved run and writes its documents; a posted one gets its documents again.
pub fn post_run(global: &Global, workspace: &Workspace, run: i64) -> Result<Posted> {
    post_run_with(global, workspace, run, true)
}

/// The same, with PDF documents or without.
pub(super) fn post_run_with(global: &Global, workspace: &Workspace, run: i64, pdf: bool) -> Result<Posted> {
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let row = find_run(&ledger, run)?;
    let book = workspace.book(&ledger)?;
    let store = workspace.usage();
    let workers = global.workers()?;
    if row.status != RunStatus::Posted {
        refuse_unapproved(&row)?;
        let (scope, terms) = terms_of(&row)?;
        let engine = Engine::new(&book);
        let drafting = Drafting::new(&engine, &store, &workers, &scope, &terms);
        if global.dry_run {
            check_approved(run, &row.digest, &drafting.draft(&ledger)?)?;
            say(&format!("would post run {run}"));
        } else {
            Posting::new(drafting).post(&mut ledger, run, &row.digest)?;
        }
    } else if global.dry_run {
        say(&format!("run {run} is posted: would write its documents again"));
    }
    let documents = run_folder(&workspace.dir.join("invoices"), run);
    let files = match &ledger.run(run)?.billed_file {
        Some(billed_file) if !global.dry_run => {
            let writer = Documents {
                book: &book,
                store: &store,
                templates: workspace.dir.join("templates"),
                dir: documents.clone(),
                pdf,
                quiet: global.quiet,
            };
            // The lock is held: nobody else writes here.
            remove_partials(&documents).map_err(|error| Error::io(&documents, &error))?;
            let written =
                write_report(workspace, &row).and_then(|()| writer.write(&workers, &ledger, run, billed_file));
            written.map_err(|error| posted_without_documents(run, error))?
        }
        _ => 0,
    };
    let invoices = ledger.invoices(InvoiceFilter { run: Some(run), account: None })?;
    Ok(Posted { run, invoices: invoices.into_iter().map(|invoice| invoice.number).collect(), documents, files })
}

/// The invoices stand, whatever became of their documents, and the exit code must not say that nothing happened.
fn posted_without_documents(run: i64, error: Error) -> Error {
    let kind = if error.kind == ErrorKind::Refused { ErrorKind::Partial } else { error.kind };
    let message = format!("run {run} is posted, but not all of its documents are written\n{}", error.message);
    let again = format!("then write them with `tollbook bill post {run}`, which posts nothing twice");
    let hint = if error.hint.is_empty() { again } else { format!("{}, {again}", error.hint) };
    Error::new(kind, message, hint)
}

fn refuse_unapproved(row: &RunRow) -> Result<()> {
    match row.status {
        RunStatus::Draft => Err(Error::refused(
            format!("run {} is a draft", row.id),
            format!("look at it with `tollbook bill show {0}`, then `tollbook bill approve {0}`", row.id),
        )),
        RunStatus::Approved | RunStatus::Posted => Ok(()),
    }
}

/// The run report, as machines read it.
fn write_report(workspace: &Workspace, row: &RunRow) -> Result<()> {
    let folder = workspace.dir.join("reports");
    remove_partials(&folder).map_err(|error| Error::io(&folder, &error))?;
    let path = folder.join(format!("run-{:06}.json", row.id));
    let report = stored_report(row)?.to_string();
    crate::files::write_atomically(&path, report.as_bytes()).map_err(|error| Error::io(&path, &error))
}

/// The report that a draft was stored with, and the number that it got by being stored.
fn stored_report(row: &RunRow) -> Result<serde_json::Value> {
    let mut report: serde_json::Value = serde_json::from_str(&row.totals_json)
        .map_err(|error| Error::new(ErrorKind::Damaged, format!("run {}: its report: {error}", row.id), ""))?;
    report["run"] = row.id.into();
    Ok(report)
}

/// A run, as it is listed.
#[derive(Serialize)]
struct Listed {
    run: i64,
    status: &'static str,
    invoice_date: String,
    usage_cutoff: String,
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
            digest: row.digest,
            created_at: row.created_at,
            approved_at: row.approved_at,
            posted_at: row.posted_at,
        }
    }
}

fn list(global: &Global, workspace: &Workspace) -> Result<()> {
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

fn show(global: &Global, workspace: &Workspace, run: i64) -> Result<()> {
    let ledger = workspace.ledger()?;
    let row = find_run(&ledger, run)?;
    let report = stored_report(&row)?;
    if global.json {
        return super::print_json(&report);
    }
    let customers: Vec<CustomerReport> = serde_json::from_value(report["customers"].clone())
        .map_err(|error| Error::new(ErrorKind::Damaged, format!("run {run}: its report: {error}"), ""))?;
    super::print(&format!("run {run}: {}\n\n{}", row.status.name(), customers_table(&customers)))
}
