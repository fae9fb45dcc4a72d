//! `bill page`: a run as the ledger keeps it → its page of HTML, in `reports/` or where it is asked for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::find_run;
use super::plan::Plan;
use super::show::{flag_report, stored_report};
use crate::commands::{Global, say};
use crate::domain::bill::Bill;
use crate::domain::money::Currency;
use crate::error::{Error, ErrorKind, Result};
use crate::files::{folder_of, write_atomically};
use crate::ledger::{Ledger, RunOutline, RunRow, RunStatus};
use crate::pipeline::documents::run_folder;
use crate::pipeline::draft::Scope;
use crate::report::run_page::{
    Billed, DocumentFolder, Earlier, NAME, Page, PageTemplate, Sources, Standing, StoredReport, TemplateError,
};
use crate::workers::Workers;
use crate::workspace::Workspace;

/// Which run, and where to.
#[derive(Args)]
pub struct PageOptions {
    /// Its number
    run: i64,
    /// The file to write; reports/run-NNNNNN.html of the workspace unless given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Say when it was drafted, approved and posted: then the page is not the same in a workspace made anew
    #[arg(long)]
    times: bool,
}

#[derive(Serialize)]
struct Written {
    run: i64,
    status: &'static str,
    page: PathBuf,
}

impl PageOptions {
    pub(super) fn run(&self, global: &Global, workspace: &Workspace) -> Result<()> {
        let ledger = workspace.ledger()?;
        let row = find_run(&ledger, self.run)?;
        let path = self.out.clone().unwrap_or_else(|| page_path(workspace, row.id));
        let html = PageMaking { global, workspace, ledger: &ledger }.make(&row, &path, self.times)?;
        if global.dry_run {
            say(&format!("would write {} ({} bytes)", path.display(), html.len()));
            return Ok(());
        }
        write_atomically(&path, html.as_bytes()).map_err(|error| Error::io(&path, &error))?;
        let written = Written { run: row.id, status: row.status.name(), page: path };
        global.show(&written, || format!("open {}\n", written.page.display()))
    }
}

/// Writes the page of a run where it belongs; returns where that is.
pub(super) fn write_page(global: &Global, workspace: &Workspace, ledger: &Ledger, run: i64) -> Result<PathBuf> {
    let (row, path) = (find_run(ledger, run)?, page_path(workspace, run));
    let html = PageMaking { global, workspace, ledger }.make(&row, &path, false)?;
    write_atomically(&path, html.as_bytes()).map_err(|error| Error::io(&path, &error))?;
    Ok(path)
}

fn page_path(workspace: &Workspace, run: i64) -> PathBuf {
    workspace.dir.join("reports").join(format!("run-{run:06}.html"))
}

struct PageMaking<'a> {
    global: &'a Global,
    workspace: &'a Workspace,
    ledger: &'a Ledger,
}

/// Bills that are read at once.
const WINDOW: u32 = 512;

impl PageMaking<'_> {
    /// The page of a run as it will stand at a path.
    fn make(&self, row: &RunRow, path: &Path, with_times: bool) -> Result<String> {
        // First, so that nothing is read for a template that is none.
        let template = self.template()?;
        let report: StoredReport = serde_json::from_value(stored_report(row)?)
            .map_err(|error| Error::new(ErrorKind::Damaged, format!("run {}: its report: {error}", row.id), ""))?;
        let flags = self.ledger.run_flags(row.id)?;
        let flags = flags.into_iter().map(|mut flag| {
            // The page knows no clock.
            flag.acknowledged.iter_mut().for_each(|by| by.at.clear());
            flag_report(flag)
        });
        let workers = self.global.workers()?;
        let before = self.earlier(row, &report, &workers)?;
        let sources = Sources {
            run: row.id,
            standing: standing(row.status),
            scope: in_words(&Plan::of_run(row.id, &row.terms)?.scope),
            flags: flags.collect(),
            billed: self.billed(row.id, row.status, report.currency, &workers)?,
            before,
            documents: self.documents(row, path)?,
            times: if with_times { times(row) } else { Vec::new() },
            report,
        };
        template.render(&Page::new(&sources)).map_err(|error| refuse_template(&error))
    }

    fn template(&self) -> Result<PageTemplate> {
        let own = self.workspace.dir.join("templates").join(NAME);
        let text = own.is_file().then(|| std::fs::read_to_string(&own)).transpose();
        let text = text.map_err(|error| Error::io(&own, &error))?;
        PageTemplate::new(text).map_err(|error| refuse_template(&error))
    }

    /// What the bills of a run come to.
    fn billed(&self, run: i64, status: RunStatus, currency: Currency, workers: &Workers) -> Result<Billed> {
        let mut billed = Billed::new(currency);
        if matches!(status, RunStatus::Draft | RunStatus::Approved) {
            let drafted = self.ledger.draft_bills(run)?;
            drafted.iter().filter_map(|draft| draft.bill.as_ref()).for_each(|bill| billed.add(bill));
            return Ok(billed);
        }
        let mut after = 0;
        loop {
            let window = self.ledger.stored_bills(run, after, WINDOW)?;
            let Some(last) = window.last() else { return Ok(billed) };
            after = last.place;
            let read = workers.map(window, |stored| stored.read());
            let bills: Vec<Bill> = read.into_iter().collect::<std::result::Result<_, _>>()?;
            bills.iter().for_each(|bill| billed.add(bill));
        }
    }

    /// What a run is compared with: the last one of the same customers that stands, for a period before; else what these
    /// customers were billed last (B12). None if there is neither.
    fn earlier(&self, row: &RunRow, report: &StoredReport, workers: &Workers) -> Result<Option<Earlier>> {
        if let Some(before) = self.run_before(row)? {
            let words = format!("run {} of {}", before.id, before.terms.invoice_date.in_words());
            let billed = self.billed(before.id, before.status, report.currency, workers)?;
            return Ok(Some(Earlier { words, billed }));
        }
        let mut billed = Billed::new(report.currency);
        let mut found = false;
        for last in
            report.customers.iter().filter(|customer| customer.outcome == "billed").filter_map(|one| one.last.as_ref())
        {
            if let Some(invoice) = self.ledger.invoice(&last.number)? {
                billed.add(&invoice.bill);
                found = true;
            }
        }
        Ok(found.then(|| Earlier { words: "the last invoices of these customers".into(), billed }))
    }

    fn run_before(&self, row: &RunRow) -> Result<Option<RunOutline>> {
        let plan = Plan::of_run(row.id, &row.terms)?;
        let mut found: Option<RunOutline> = None;
        for run in self.ledger.run_outlines()?.into_iter().filter(RunOutline::stands) {
            let is_earlier = run.id != row.id && run.terms.usage_cutoff < row.terms.usage_cutoff;
            if !is_earlier || Plan::of_run(run.id, &run.terms)?.scope != plan.scope {
                continue;
            }
            if found.as_ref().is_none_or(|found| found.terms.usage_cutoff <= run.terms.usage_cutoff) {
                found = Some(run);
            }
        }
        Ok(found)
    }

    /// The documents that a page can lead to: none from a page that stands elsewhere, or of a run that has none.
    fn documents(&self, row: &RunRow, path: &Path) -> Result<DocumentFolder> {
        let folder = run_folder(&self.workspace.dir.join("invoices"), row.id);
        let resolved =
            |path: &Path| if path.as_os_str().is_empty() { Path::new(".") } else { path }.canonicalize().ok();
        let reports = resolved(&self.workspace.dir.join("reports"));
        if !folder.is_dir() || reports.is_none() || resolved(folder_of(path)) != reports {
            return Ok(DocumentFolder::default());
        }
        let mut names = BTreeSet::new();
        for entry in folder.read_dir().map_err(|error| Error::io(&folder, &error))? {
            let entry = entry.map_err(|error| Error::io(&folder, &error))?;
            names.extend(entry.file_name().to_str().map(str::to_owned));
        }
        Ok(DocumentFolder { path: format!("../invoices/run-{:06}", row.id), names })
    }
}

fn standing(status: RunStatus) -> Standing {
    match status {
        RunStatus::Draft => Standing::Draft,
        RunStatus::Approved => Standing::Approved,
        RunStatus::Posted => Standing::Posted,
        RunStatus::Undone => Standing::Undone,
    }
}

/// Who is billed.
fn in_words(scope: &Scope) -> String {
    let named = |what: &str, names: &[String]| match names {
        [] => String::new(),
        [one] => format!("{what} {one}"),
        more => format!("{what}s {}", more.join(", ")),
    };
    let parts = [named("group", &scope.groups), named("account", &scope.accounts)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let whom = if parts.is_empty() { "all customers".to_owned() } else { parts.join(" and ") };
    match scope.excluded.as_slice() {
        [] => whom,
        _ => format!("{whom}, without {}", named("account", &scope.excluded)),
    }
}

fn times(row: &RunRow) -> Vec<(&'static str, String)> {
    let at = [
        ("drafted", Some(row.created_at.clone())),
        ("approved", row.approved_at.clone()),
        ("posted", row.posted_at.clone()),
        ("undone", row.undone_at.clone()),
    ];
    at.into_iter().filter_map(|(what, at)| Some((what, at?))).collect()
}

fn refuse_template(error: &TemplateError) -> Error {
    Error::refused(error.to_string(), "correct the template, or remove it: then the built-in one is used")
}
