//! `invoice export`: documents of posted invoices and credit notes, written again from what was posted.

use std::path::PathBuf;

use super::show::find;
use crate::commands::{Global, say};
use crate::domain::bill::{Bill, DocumentKind};
use crate::domain::book::Book;
use crate::domain::contact::Attachment;
use crate::error::{Error, Result, counted};
use crate::facts::UsageStore;
use crate::ledger::{InvoiceFilter, Ledger};
use crate::pipeline::documents::Documents;
use crate::workspace::Workspace;

/// Where documents go, and which.
pub(super) struct Wanted {
    /// The folder.
    pub out: PathBuf,
    /// These and no others; none for those that the customer wants.
    pub formats: Vec<Attachment>,
}

impl Wanted {
    fn documents<'a>(self, global: &Global, workspace: &Workspace, read: (&'a Book, &'a UsageStore)) -> Documents<'a> {
        let only = Some(self.formats).filter(|formats| !formats.is_empty());
        Documents { only, ..documents(global, workspace, read, self.out) }
    }
}

/// Writes the documents of one invoice or credit note.
pub(super) fn export_one(global: &Global, workspace: &Workspace, number: &str, wanted: Wanted) -> Result<()> {
    let ledger = workspace.ledger()?;
    let bill = find(&ledger, number)?;
    if bill.document == DocumentKind::CreditNote {
        return write_credit_notes(global, workspace, &ledger, &[bill], wanted);
    }
    let run = ledger.invoice(number)?.map(|invoice| invoice.row.run).unwrap_or_default();
    let billed_file = billed_file(&ledger, run)?;
    if would_write(global, 1, "invoice", &wanted.out) {
        return Ok(());
    }
    let (book, store) = (workspace.book(&ledger)?, workspace.usage());
    let documents = wanted.documents(global, workspace, (&book, &store));
    let files = documents.write_one(&global.workers()?, &bill, &billed_file)?;
    written(files, 1, "invoice", &documents);
    Ok(())
}

/// Writes the documents of all invoices of a run.
pub(super) fn export_run(global: &Global, workspace: &Workspace, run: i64, wanted: Wanted) -> Result<()> {
    let ledger = workspace.ledger()?;
    let billed_file = billed_file(&ledger, run)?;
    let invoices = ledger.invoice_count(run)?;
    if would_write(global, invoices, "invoice", &wanted.out) {
        return Ok(());
    }
    let (book, store) = (workspace.book(&ledger)?, workspace.usage());
    let documents = wanted.documents(global, workspace, (&book, &store));
    let files = documents.write(&global.workers()?, &ledger, run, &billed_file)?;
    written(files, invoices, "invoice", &documents);
    Ok(())
}

/// Writes the documents of the credit notes on the invoices of a run.
pub(super) fn export_credit_notes(global: &Global, workspace: &Workspace, run: i64, wanted: Wanted) -> Result<()> {
    let ledger = workspace.ledger()?;
    billed_file(&ledger, run)?;
    let mut notes = Vec::new();
    for invoice in ledger.invoices(InvoiceFilter { run: Some(run), account: None })? {
        notes.extend(ledger.credits_of(&invoice.number)?);
    }
    write_credit_notes(global, workspace, &ledger, &notes, wanted)
}

fn write_credit_notes(
    global: &Global,
    workspace: &Workspace,
    ledger: &Ledger,
    notes: &[Bill],
    wanted: Wanted,
) -> Result<()> {
    if would_write(global, notes.len() as u64, "credit note", &wanted.out) {
        return Ok(());
    }
    let (book, store) = (workspace.book(ledger)?, workspace.usage());
    let documents = wanted.documents(global, workspace, (&book, &store));
    let files = documents.write_credit_notes(&global.workers()?, notes)?;
    written(files, notes.len() as u64, "credit note", &documents);
    Ok(())
}

/// Who writes documents of a workspace into a folder.
pub(super) fn documents<'a>(
    global: &Global,
    workspace: &Workspace,
    (book, store): (&'a Book, &'a UsageStore),
    dir: PathBuf,
) -> Documents<'a> {
    Documents {
        book,
        store,
        templates: workspace.dir.join("templates"),
        dir,
        pdf: true,
        only: None,
        quiet: global.quiet,
    }
}

fn billed_file(ledger: &Ledger, run: i64) -> Result<String> {
    let not_posted = || Error::refused(format!("run {run} is not posted"), "see `tollbook bill list`");
    ledger.run(run)?.billed_file.ok_or_else(not_posted)
}

fn would_write(global: &Global, documents: u64, kind: &str, out: &std::path::Path) -> bool {
    if global.dry_run {
        say(&format!("would write the documents of {} to {}", counted(documents, kind), out.display()));
    }
    global.dry_run
}

fn written(files: usize, of: u64, kind: &str, documents: &Documents) {
    let (files, of) = (counted(files as u64, "document"), counted(of, kind));
    say(&format!("wrote {files} of {of} to {}", documents.dir.display()));
}
