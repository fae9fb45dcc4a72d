//! `bill post`: an approved run → invoices and their documents.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::find_run;
use super::page::write_page;
use super::plan::Plan;
use super::show::stored_report;
use crate::commands::customer::drop_settled;
use crate::commands::{Global, say};
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::remove_partials;
use crate::ledger::{DraftFlag, InvoiceFilter, Ledger, LedgerWriter, RunFlag, RunRow, RunStatus};
use crate::pipeline::Engine;
use crate::pipeline::documents::{Documents, run_folder};
use crate::pipeline::draft::Drafting;
use crate::pipeline::e_invoices::missing_of_run;
use crate::pipeline::post::{Posting, check_approved};
use crate::workspace::Workspace;

/// What posting did.
#[derive(Serialize)]
pub struct Posted {
    /// The run.
    pub run: i64,
    /// Their numbers, in the order of posting.
    pub invoices: Vec<String>,
    /// Where the documents are.
    pub documents: PathBuf,
    /// How many files.
    pub files: usize,
    /// The page of the run; none on a dry run.
    pub page: Option<PathBuf>,
}

impl Posted {
    pub(super) fn in_words(&self) -> String {
        // Numbers of one series count up, so that its first and last say which there are.
        let mut series = BTreeMap::<&str, (&str, &str)>::new();
        for number in &self.invoices {
            let prefix = number.trim_end_matches(|digit: char| digit.is_ascii_digit());
            series.entry(prefix).or_insert((number, number)).1 = number;
        }
        let mut ranges: Vec<String> = series.values().map(|(first, last)| format!("{first} … {last}")).collect();
        if ranges.len() > MOST_SERIES {
            ranges = vec![format!("in {} series", ranges.len())];
        }
        let numbers = if ranges.is_empty() { String::new() } else { format!(" ({})", ranges.join(", ")) };
        let Self { run, invoices, documents, files, page } = self;
        let (invoices, files) = (counted(invoices.len() as u64, "invoice"), counted(*files as u64, "document"));
        let page = page.as_ref().map(|page| format!("open {} to see the run on one page\n", page.display()));
        let page = page.unwrap_or_default();
        format!("posted run {run}: {invoices}{numbers}\n{files} in {}\n{page}", documents.display())
    }
}

/// So many series of numbers are named; customers may have one each.
const MOST_SERIES: usize = 8;

/// How a run is posted.
#[derive(Clone, Copy)]
pub(in crate::commands) struct PostingWishes {
    /// PDF documents too.
    pub pdf: bool,
    /// Not while something that the guard found is not acknowledged (B15).
    pub is_strict: bool,
}

/// Posts an approved run and writes its documents; a posted one gets its documents again.
pub fn post_run(global: &Global, workspace: &Workspace, run: i64) -> Result<Posted> {
    post_run_with(global, workspace, run, PostingWishes { pdf: true, is_strict: false })
}

/// The same, as wished.
pub(in crate::commands) fn post_run_with(
    global: &Global,
    workspace: &Workspace,
    run: i64,
    wishes: PostingWishes,
) -> Result<Posted> {
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    post_with(global, workspace, &mut ledger, run, wishes)
}

/// The same, by whoever holds the ledger.
pub(super) fn post_with(
    global: &Global,
    workspace: &Workspace,
    ledger: &mut LedgerWriter,
    run: i64,
    wishes: PostingWishes,
) -> Result<Posted> {
    let row = find_run(ledger, run)?;
    if row.status != RunStatus::Posted {
        refuse_unapproved(&row)?;
        if wishes.is_strict || workspace.settings.is_strict {
            refuse_flagged(ledger, run)?;
        }
        let book = workspace.book(ledger)?;
        let (store, workers, Plan { scope, terms, .. }) =
            (workspace.usage(), global.workers()?, Plan::of_run(run, &row.terms)?);
        let engine = Engine::new(&book);
        let drafting = Drafting::new(&engine, &store, &workers, &scope, &terms);
        if global.dry_run {
            check_approved(run, &row.digest, &drafting.draft(ledger)?)?;
            say(&format!("would post run {run}"));
        } else {
            Posting::new(drafting).post(ledger, run, &row.digest)?;
        }
    } else if global.dry_run {
        say(&format!("run {run} is posted: would write its documents again"));
    }
    drop_settled(global, ledger)?;
    write_documents(global, workspace, ledger, run, wishes.pdf)
}

/// Writes the documents of a posted run, its report last: that it is there says that all others are.
fn write_documents(global: &Global, workspace: &Workspace, ledger: &Ledger, run: i64, pdf: bool) -> Result<Posted> {
    let row = find_run(ledger, run)?;
    let documents = run_folder(&workspace.dir.join("invoices"), run);
    let (files, page) = match &row.billed_file {
        Some(billed_file) if !global.dry_run => {
            let writer = Documents {
                book: &workspace.book(ledger)?,
                store: &workspace.usage(),
                templates: workspace.dir.join("templates"),
                dir: documents.clone(),
                pdf,
                only: None,
                quiet: global.quiet,
            };
            // The lock is held: nobody else writes here.
            remove_partials(&documents).map_err(|error| Error::io(&documents, &error))?;
            let written = writer.write(&global.workers()?, ledger, run, billed_file);
            let written = written.and_then(|files| {
                let page = write_page(global, workspace, ledger, run)?;
                write_report(workspace, &row)?;
                Ok((files, page, missing_of_run(writer.book, ledger, run)?))
            });
            let (files, page, missing) = written.map_err(|error| posted_without_documents(run, error))?;
            missing.iter().for_each(|missing| say(&missing.to_string()));
            (files, Some(page))
        }
        _ => (0, None),
    };
    let invoices = ledger.invoices(InvoiceFilter { run: Some(run), account: None })?;
    let invoices = invoices.into_iter().map(|invoice| invoice.number).collect();
    Ok(Posted { run, invoices, documents, files, page })
}

/// Are all documents of a posted run written?
pub(super) fn is_documented(workspace: &Workspace, run: i64) -> bool {
    report_path(workspace, run).is_file()
}

/// The flags of a run that nobody has acknowledged, a line each.
pub(super) fn standing_flags(ledger: &Ledger, run: i64) -> Result<Vec<String>> {
    let flags = ledger.run_flags(run)?.into_iter().filter(|flag| flag.acknowledged.is_none());
    let words = flags.map(|RunFlag { flag: DraftFlag { account, flag, detail }, .. }| match account.as_str() {
        "" => format!("{flag}: {detail}"),
        account => format!("{account}: {flag}: {detail}"),
    });
    Ok(words.collect())
}

/// B15: what is unusual is looked at before it is posted.
fn refuse_flagged(ledger: &Ledger, run: i64) -> Result<()> {
    let standing = standing_flags(ledger, run)?;
    if standing.is_empty() {
        return Ok(());
    }
    Err(Error::refused(
        format!("run {run} is not posted: nobody has acknowledged what is unusual\n  {}", standing.join("\n  ")),
        format!("look at it with `tollbook bill show {run}`, then `tollbook bill acknowledge {run} --reason TEXT`"),
    ))
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
        RunStatus::Undone => Err(Error::refused(
            format!("run {} is undone: its invoices are void", row.id),
            format!("draft it anew with `tollbook bill draft --run {}`", row.id),
        )),
        RunStatus::Approved | RunStatus::Posted => Ok(()),
    }
}

/// The run report, as machines read it.
fn write_report(workspace: &Workspace, row: &RunRow) -> Result<()> {
    let folder = workspace.dir.join("reports");
    remove_partials(&folder).map_err(|error| Error::io(&folder, &error))?;
    let path = report_path(workspace, row.id);
    let report = stored_report(row)?.to_string();
    crate::files::write_atomically(&path, report.as_bytes()).map_err(|error| Error::io(&path, &error))
}

fn report_path(workspace: &Workspace, run: i64) -> PathBuf {
    workspace.dir.join("reports").join(format!("run-{run:06}.json"))
}
