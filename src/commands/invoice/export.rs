//! `invoice export`: documents of posted invoices and credit notes, written again from what was posted.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::e_invoices::{self, Of};
use super::show::find;
use crate::commands::{Global, say};
use crate::domain::bill::{Bill, DocumentKind};
use crate::domain::book::Book;
use crate::domain::contact::Attachment;
use crate::error::{Error, Result, counted};
use crate::facts::UsageStore;
use crate::invoicing::e_invoice::Syntax;
use crate::ledger::{InvoiceFilter, Ledger};
use crate::pipeline::documents::Documents;
use crate::workspace::Workspace;

/// Of what, which, and where.
#[derive(Args)]
pub struct Export {
    /// The number of the invoice or credit note
    #[arg(required_unless_present = "run")]
    number: Option<String>,
    /// All of this run
    #[arg(long, conflicts_with = "number")]
    run: Option<i64>,
    /// The credit notes on the run's invoices instead of these
    #[arg(long, requires = "run")]
    credit_notes: bool,
    /// Which documents, whatever the customer has; may be given again
    #[arg(long, value_enum, value_delimiter = ',')]
    format: Vec<Format>,
    /// Where to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// The documents that can be asked for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The invoice
    Pdf,
    /// The itemised workbook
    Xlsx,
    /// The calls
    Csv,
    /// The model
    Json,
    /// The structured invoice (EN 16931) as UBL, Peppol BIS Billing 3
    Ubl,
    /// The structured invoice as UN/CEFACT CII, Factur-X
    Cii,
}

impl Format {
    /// The document it is, or the syntax of the structured invoice.
    fn kind(self) -> std::result::Result<Attachment, Syntax> {
        match self {
            Self::Pdf => Ok(Attachment::Pdf),
            Self::Xlsx => Ok(Attachment::Xlsx),
            Self::Csv => Ok(Attachment::Csv),
            Self::Json => Ok(Attachment::Json),
            Self::Ubl => Err(Syntax::Ubl),
            Self::Cii => Err(Syntax::Cii),
        }
    }
}

impl Export {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let documents: Vec<Attachment> = self.format.iter().filter_map(|format| format.kind().ok()).collect();
        let of = match (self.number, self.run) {
            (Some(number), _) => Of::One(number),
            (None, run) if self.credit_notes => Of::CreditNotes(run.unwrap_or_default()),
            (None, run) => Of::Run(run.unwrap_or_default()),
        };
        if self.format.is_empty() || !documents.is_empty() {
            let wanted = Wanted { out: self.out.clone(), formats: documents };
            match &of {
                Of::One(number) => export_one(global, workspace, number, wanted)?,
                Of::Run(run) => export_run(global, workspace, *run, wanted)?,
                Of::CreditNotes(run) => export_credit_notes(global, workspace, *run, wanted)?,
            }
        }
        let syntaxes = self.format.iter().filter_map(|format| format.kind().err());
        syntaxes
            .into_iter()
            .try_for_each(|syntax| e_invoices::export(global, workspace, &of, (syntax, self.out.clone())))
    }
}

/// Where documents go, and which.
struct Wanted {
    /// The folder.
    out: PathBuf,
    /// These and no others; none for those that the customer wants.
    formats: Vec<Attachment>,
}

impl Wanted {
    fn documents<'a>(self, global: &Global, workspace: &Workspace, read: (&'a Book, &'a UsageStore)) -> Documents<'a> {
        let only = Some(self.formats).filter(|formats| !formats.is_empty());
        Documents { only, ..documents(global, workspace, read, self.out) }
    }
}

/// Writes the documents of one invoice or credit note.
fn export_one(global: &Global, workspace: &Workspace, number: &str, wanted: Wanted) -> Result<()> {
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
    let files = documents.write_one(&global.workers()?, &ledger, &bill, &billed_file)?;
    written(files, 1, "invoice", &documents);
    Ok(())
}

/// Writes the documents of all invoices of a run.
fn export_run(global: &Global, workspace: &Workspace, run: i64, wanted: Wanted) -> Result<()> {
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
fn export_credit_notes(global: &Global, workspace: &Workspace, run: i64, wanted: Wanted) -> Result<()> {
    let ledger = workspace.ledger()?;
    let notes = credit_notes_of(&ledger, run)?;
    write_credit_notes(global, workspace, &ledger, &notes, wanted)
}

/// The credit notes on the invoices of a run.
pub(super) fn credit_notes_of(ledger: &Ledger, run: i64) -> Result<Vec<Bill>> {
    billed_file(ledger, run)?;
    let mut notes = Vec::new();
    for invoice in ledger.invoices(InvoiceFilter { run: Some(run), account: None })? {
        notes.extend(ledger.credits_of(&invoice.number)?);
    }
    Ok(notes)
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

pub(super) fn billed_file(ledger: &Ledger, run: i64) -> Result<String> {
    let not_posted = || Error::refused(format!("run {run} is not posted"), "see `tollbook bill list`");
    ledger.run(run)?.billed_file.ok_or_else(not_posted)
}

pub(super) fn would_write(global: &Global, documents: u64, kind: &str, out: &std::path::Path) -> bool {
    if global.dry_run {
        say(&format!("would write the documents of {} to {}", counted(documents, kind), out.display()));
    }
    global.dry_run
}

fn written(files: usize, of: u64, kind: &str, documents: &Documents) {
    let (files, of) = (counted(files as u64, "document"), counted(of, kind));
    say(&format!("wrote {files} of {of} to {}", documents.dir.display()));
}
