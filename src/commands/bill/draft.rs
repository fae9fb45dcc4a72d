//! `bill draft`: what is asked → a draft that is kept.

use clap::Args;

use super::{find_run, parse_date};
use crate::billing::{NoBill, Outcome, RunTerms};
use crate::commands::{Global, today};
use crate::domain::book::Book;
use crate::domain::money::Money;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{DraftBill, DraftOutcome, DraftRun, ParkedCustomer, RunRow, RunStatus, RunTermsRow};
use crate::pipeline::Engine;
use crate::pipeline::draft::{Draft, Drafted, Drafting, Scope};
use crate::report::run::RunReport;
use crate::workspace::Workspace;

/// Who is billed, and for what.
#[derive(Args, Clone)]
pub struct DraftArguments {
    /// Make this draft again, with the terms it had; of a run that was undone, a new draft with its terms
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
        let invoice_date = self.invoice_date.unwrap_or_else(|| today(&book.settings.zone));
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
    // One that was undone stays as it is; its terms are drafted anew.
    let again = arguments.run.filter(|run| ledger.run(*run).is_ok_and(|row| row.status != RunStatus::Undone));
    report.run = Some(match again {
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

pub(super) fn terms_of(row: &RunRow) -> Result<(Scope, RunTerms)> {
    let scope = serde_json::from_str(&row.terms.scope_json)
        .map_err(|error| Error::new(ErrorKind::Damaged, format!("run {}: its scope: {error}", row.id), ""))?;
    let RunTermsRow { invoice_date, usage_cutoff, charge_cutoff, due_date, message, .. } = row.terms.clone();
    Ok((scope, RunTerms { invoice_date, usage_cutoff, charge_cutoff, due_date, message }))
}

/// B16: an error in a customer parks it; the exit code says so.
pub(super) fn parked(report: &RunReport) -> Result<()> {
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
