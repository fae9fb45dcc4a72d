//! `invoice archive`: the documents of a run or of a month → one zip with a list of what is in it. Takes them as they are on the
//! disk; what is missing there is named, not made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::commands::{Global, say};
use crate::delivery::{Archived, ArchivedFile, archive};
use crate::domain::time::Date;
use crate::error::{Error, Result, counted};
use crate::files::AtomicFile;
use crate::ledger::{InvoiceFilter, Ledger};
use crate::pipeline::documents::{credit_note_folder, document_name, run_folder};
use crate::workspace::Workspace;

/// What is archived, and where.
#[derive(Args)]
pub struct ArchiveArguments {
    /// The run
    #[arg(long, required_unless_present = "month", conflicts_with = "month")]
    run: Option<i64>,
    /// All runs with invoices of this month, as 2026-05, and its credit notes
    #[arg(long, value_name = "MONTH", value_parser = parse_month)]
    month: Option<Date>,
    /// The file to write; reports/run-NNNNNN.zip or reports/YYYY-MM.zip of the workspace unless given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Written {
    file: PathBuf,
    runs: Vec<i64>,
    files: u64,
    /// Of all files, before they were packed.
    bytes: u64,
}

/// Documents on their way into an archive.
#[derive(Default)]
struct Gathered {
    files: Vec<ArchivedFile>,
    missing: Vec<String>,
    /// Files that are of no document.
    strange: u64,
}

impl ArchiveArguments {
    pub(super) fn run(&self, global: &Global, workspace: &Workspace) -> Result<()> {
        let ledger = workspace.ledger()?;
        let (runs, name) = self.runs(&ledger)?;
        let mut gathered = Gathered::default();
        for run in &runs {
            gathered.take_run(workspace, &ledger, *run)?;
        }
        if let Some(month) = self.month {
            gathered.take_credit_notes(workspace, &ledger, month)?;
        }
        gathered.refuse_missing()?;
        if gathered.strange > 0 {
            say(&format!("{} of no document left out", counted(gathered.strange, "file")));
        }
        let file = self.out.clone().unwrap_or_else(|| workspace.dir.join("reports").join(name));
        if global.dry_run {
            say(&format!("would write {} to {}", counted(gathered.files.len() as u64, "file"), file.display()));
            return Ok(());
        }
        let Archived { files, bytes } = write(&file, &gathered.files)?;
        let written = Written { file, runs, files, bytes };
        global.show(&written, || format!("{} in {}\n", counted(written.files, "file"), written.file.display()))
    }

    /// The runs, and what the archive is called.
    fn runs(&self, ledger: &Ledger) -> Result<(Vec<i64>, String)> {
        let Some(month) = self.month else {
            let run = self.run.unwrap_or_default();
            if ledger.run(run)?.billed_file.is_none() {
                return Err(Error::refused(format!("run {run} is not posted"), "see `tollbook bill list`"));
            }
            return Ok((vec![run], format!("run-{run:06}.zip")));
        };
        let everything = ledger.invoices(InvoiceFilter { run: None, account: None })?;
        let mut runs: Vec<i64> =
            everything.iter().filter(|row| row.date.first_of_month() == month).map(|row| row.run).collect();
        runs.sort_unstable();
        runs.dedup();
        let name = month.to_string()[..7].to_owned();
        if runs.is_empty() {
            return Err(Error::refused(format!("no invoice is dated in {name}"), "see `tollbook invoice list`"));
        }
        Ok((runs, format!("{name}.zip")))
    }
}

impl Gathered {
    /// The documents of a run, its report and its page.
    fn take_run(&mut self, workspace: &Workspace, ledger: &Ledger, run: i64) -> Result<()> {
        let folder = run_folder(&workspace.dir.join("invoices"), run);
        let invoices = ledger.invoices(InvoiceFilter { run: Some(run), account: None })?;
        let accounts = invoices.into_iter().map(|row| (row.number, row.account)).collect();
        self.take_documents(&folder, &format!("run-{run:06}"), &accounts)?;
        for ending in ["json", "html"] {
            let path = workspace.dir.join("reports").join(format!("run-{run:06}.{ending}"));
            if is_file(&path) {
                let folder = "reports".to_owned();
                self.files.push(ArchivedFile { path, folder, number: String::new(), account: String::new() });
            }
        }
        Ok(())
    }

    fn take_credit_notes(&mut self, workspace: &Workspace, ledger: &Ledger, month: Date) -> Result<()> {
        let notes = ledger.credit_notes(None)?.into_iter();
        let accounts: BTreeMap<String, String> =
            notes.filter(|row| row.date.first_of_month() == month).map(|row| (row.number, row.account)).collect();
        let folder = credit_note_folder(&workspace.dir.join("invoices"));
        let before = self.strange;
        self.take_documents(&folder, "credit-notes", &accounts)?;
        // Those of other months are beside them.
        self.strange = before;
        Ok(())
    }

    /// The files of a folder that are of these documents, in the order of their names. Links are not followed.
    fn take_documents(&mut self, folder: &Path, name: &str, accounts: &BTreeMap<String, String>) -> Result<()> {
        let stems: BTreeMap<String, &String> = accounts.keys().map(|number| (document_name(number), number)).collect();
        let mut found = Vec::new();
        if folder.is_dir() {
            for entry in folder.read_dir().map_err(|error| Error::io(folder, &error))? {
                found.push(entry.map_err(|error| Error::io(folder, &error))?.path());
            }
        }
        found.sort();
        let mut with_model = std::collections::BTreeSet::new();
        for path in found.into_iter().filter(|path| is_file(path)) {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let stem_and_number = |(end, _)| stems.get_key_value(&file[..end]);
            let Some((stem, number)) = file.match_indices('.').find_map(stem_and_number) else {
                self.strange += 1;
                continue;
            };
            if file == format!("{stem}.json") {
                with_model.insert(stem.clone());
            }
            let account = accounts.get(*number).cloned().unwrap_or_default();
            let number = (*number).clone();
            self.files.push(ArchivedFile { path, folder: name.to_owned(), number, account });
        }
        let missing = stems.iter().filter(|(stem, _)| !with_model.contains(*stem));
        self.missing.extend(missing.map(|(_, number)| (*number).clone()));
        Ok(())
    }

    fn refuse_missing(&self) -> Result<()> {
        let Some(first) = self.missing.first() else { return Ok(()) };
        let message =
            format!("{} without its documents on the disk, as {first}", counted(self.missing.len() as u64, "invoice"));
        Err(Error::refused(
            message,
            "write them: `tollbook bill post RUN`, or `tollbook invoice export NUMBER --out DIR`",
        ))
    }
}

fn write(file: &Path, files: &[ArchivedFile]) -> Result<Archived> {
    let io = |error: std::io::Error| Error::io(file, &error);
    let out = AtomicFile::create(file).map_err(io)?;
    let (out, archived) = archive(out, files).map_err(|(path, error)| match path {
        Some(path) => Error::io(&path, &error),
        None => io(error),
    })?;
    out.commit().map_err(io)?;
    Ok(archived)
}

fn is_file(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

fn parse_month(text: &str) -> std::result::Result<Date, String> {
    Some(text)
        .filter(|text| text.len() == 7)
        .and_then(|text| Date::parse(&format!("{text}-01")))
        .ok_or_else(|| "write it as 2026-05".into())
}
