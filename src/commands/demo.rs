//! `demo`: a sample reseller from files to invoices, and a summary of what happened.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::bill::{DraftArguments, Posted, make_draft, post_run};
use super::book::import_book;
use super::import::{FileUse, Files, Imported, import_files};
use super::{Global, print, say};
use crate::demo::{FileKind, Sample, SampleFile, write_sample};
use crate::domain::disposition::Disposition;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::ApplyMode;
use crate::pipeline::import::ImportedFile;
use crate::report::run::{CustomerReport, RunReport};
use crate::report::screen::{amount, control_totals, count, table};
use crate::workspace::Workspace;

/// Where to, and which reseller.
#[derive(Args)]
pub struct Demo {
    /// A new or an empty folder, which becomes a workspace
    #[arg(default_value = "tollbook-demo")]
    dir: PathBuf,
    /// Another seed makes another month of calls
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What the demo did, for its summary.
struct Done {
    sample: Sample,
    imported: Vec<ImportedFile>,
    refused: Vec<Error>,
    report: RunReport,
    posted: Posted,
    took: Vec<(&'static str, Instant)>,
}

impl Demo {
    pub fn run(self, global: &Global) -> Result<()> {
        if global.dry_run {
            say(&format!("would make a sample reseller in {}", self.dir.display()));
            return Ok(());
        }
        let done = self.make(global)?;
        if global.json {
            return super::print_json(&(&done.report, &done.posted));
        }
        print(&summary(&self.dir, &done))
    }

    fn make(&self, global: &Global) -> Result<Done> {
        let mut took = vec![("start", Instant::now())];
        let workspace = Workspace::create(&self.dir, None)?;
        let folder = self.dir.join("sample");
        let sample = write_sample(&folder, self.seed).map_err(|error| Error::io(&folder, &error))?;
        say(&format!("wrote a book of {} customers and {} files", sample.customers, sample.files.len()));
        took.push(("the sample's files", Instant::now()));
        import_book(global, &workspace, &sample.book, ApplyMode::Insert)?;
        took.push(("loading the book", Instant::now()));
        let (mut imported, mut refused) = (Vec::new(), Vec::new());
        for file in &sample.files {
            let Imported { done, refused: not } = import_sample_file(global, &workspace, file)?;
            imported.extend(done);
            refused.extend(not);
        }
        took.push(("importing", Instant::now()));
        let report = make_draft(global, &workspace, &DraftArguments::for_everybody(sample.invoice_date))?;
        let run = report.run.ok_or_else(|| Error::refused("the draft was not kept", ""))?;
        took.push(("drafting", Instant::now()));
        workspace.ledger_for_writing(global.actor())?.approve(run, &report.digest)?;
        let posted = post_run(global, &workspace, run)?;
        took.push(("posting and documents", Instant::now()));
        Ok(Done { sample, imported, refused, report, posted, took })
    }
}

/// Imports one file. The one that was sent twice is refused, as it should be; nothing else may be.
fn import_sample_file(global: &Global, workspace: &Workspace, file: &SampleFile) -> Result<Imported> {
    let files = Files::of(file.supplier, vec![file.path.clone()]);
    let is_services = file.kind == FileKind::Services;
    let file_use = if is_services { FileUse::BilledServices } else { FileUse::Usage };
    let imported = import_files(global, workspace, &files, file_use)?;
    if file.is_resent == imported.refused.is_empty() {
        let reason = imported.refused.first().map_or("it was not refused".to_owned(), ToString::to_string);
        return Err(Error::new(ErrorKind::Damaged, format!("{}: {reason}", file.path.display()), "please report this"));
    }
    Ok(imported)
}

fn summary(dir: &Path, done: &Done) -> String {
    let Done { sample, imported, refused, report, posted, took } = done;
    let mut text = String::new();
    text.push_str("\nWhat came in\n");
    text.push_str(&files_table(imported));
    for error in refused {
        text.push_str(&format!("  refused, as it should be: {}\n", error.message));
    }
    text.push_str(&format!("\nWhere every usage record ended: in = out, {} records\n", records_in(report)));
    text.push_str(&control_totals(&report.usage));
    text.push_str("\nService lines\n");
    text.push_str(&control_totals(&report.services));
    text.push_str(&format!("\nWhat was billed on {}\n", sample.invoice_date.in_words()));
    text.push_str(&billed(report));
    text.push_str(&format!("\nHow long it took: {}\n", durations(took)));
    text.push_str(&what_to_open(dir, report, posted));
    text
}

fn files_table(imported: &[ImportedFile]) -> String {
    let rows = imported.iter().map(|file| {
        let of = |disposition| count(u128::from(file.totals.records_of(disposition)));
        vec![
            format!("  {}", file.file),
            count(u128::from(file.lines)),
            of(Disposition::Rated),
            of(Disposition::Duplicate),
            of(Disposition::Suspense),
            of(Disposition::Rejected),
        ]
    });
    table(&["  file", "lines", "taken", "duplicate", "conflicting", "rejected"], &[1, 2, 3, 4, 5], rows)
}

fn records_in(report: &RunReport) -> String {
    count(u128::from(report.usage.records_in()))
}

fn billed(report: &RunReport) -> String {
    let sums = &report.sums;
    let mut rows = Vec::new();
    let mut add = |name: &str, value: String| rows.push(vec![format!("  {name}"), value]);
    add("invoices", count(u128::from(sums.bills)));
    add("usage", amount(&sums.usage.to_string()));
    add("charges", amount(&sums.charges.to_string()));
    add("VAT", amount(&sums.vat.to_string()));
    add(&format!("to pay, {}", report.currency), amount(&sums.gross.to_string()));
    let mut text = table(&["", ""], &[1], rows).trim_start().to_owned();
    text.insert_str(0, "  ");
    let others: Vec<&CustomerReport> =
        report.customers.iter().filter(|customer| customer.outcome != "billed").collect();
    text.push_str("  not billed: ");
    let words = others.iter().map(|customer| format!("{} ({})", customer.name, customer.outcome));
    text.push_str(&words.collect::<Vec<_>>().join(", "));
    text.push('\n');
    text
}

fn durations(took: &[(&'static str, Instant)]) -> String {
    let steps = took.windows(2).map(|pair| {
        let tenths = (pair[1].1 - pair[0].1).as_millis() / 100;
        format!("{} {}.{} s", pair[1].0, tenths / 10, tenths % 10)
    });
    steps.collect::<Vec<_>>().join(", ")
}

/// The bills worth a look: the largest, one with a capped line, a credit, the final one.
fn what_to_open(dir: &Path, report: &RunReport, posted: &Posted) -> String {
    let billed = report.customers.iter().filter(|customer| customer.outcome == "billed");
    let numbered: Vec<_> = billed.zip(&posted.invoices).collect();
    let largest = numbered.iter().max_by_key(|(customer, _)| customer.gross);
    let smallest = numbered.iter().min_by_key(|(customer, _)| customer.gross);
    let documents = posted.documents.display();
    let mut text = String::from("\nWhat to open\n");
    if let Some(page) = &posted.page {
        text.push_str(&format!("  {}  the run on one page, in a browser\n", page.display()));
    }
    for (what, found) in [("the largest invoice", largest), ("a credit", smallest)] {
        if let Some((customer, number)) = found {
            text.push_str(&format!("  {documents}/{number}.pdf  {what}: {}\n", customer.name));
        }
    }
    let dir = dir.display();
    text.push_str(&format!("  {documents}/  all of them, as PDF, JSON and CSV\n  {dir}/rejects/  lines that could not be read, with the reasons\n"));
    text.push_str(&format!(
        "\nWhat to try\n  tollbook --workspace {dir} usage errors\n  tollbook --workspace {dir} bill show {}\n",
        posted.run
    ));
    if let Some((_, number)) = largest {
        text.push_str(&format!("  tollbook --workspace {dir} invoice show {number}\n"));
    }
    text
}
