//! Posted invoices of a run → their documents: JSON, CSV and PDF files under `invoices/` (O1). They are made from what
//! was posted alone, so that they can be made again at any time with the same bytes.

use std::collections::VecDeque;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::rejects::safe_name;
use crate::domain::bill::{Bill, DocumentKind, ItemisedCall, MonthlySpend};
use crate::domain::book::Book;
use crate::domain::contact::Attachment;
use crate::domain::customer::{Customer, InvoiceFormat, Itemisation};
use crate::error::{Error, ErrorKind, Result, counted};
use crate::facts::{InvoiceCalls, UsageStore};
use crate::files::map::hex;
use crate::files::{PartialFile, sync_folder};
use crate::invoicing::e_invoice::hybrid;
use crate::invoicing::{InvoicePages, PdfRenderer, csv, itemised, json};
use crate::ledger::{Ledger, StoredBill};
use crate::progress::Progress;
use crate::workers::Workers;

/// What to write, and where.
pub struct Documents<'a> {
    /// Whose wishes decide which documents there are.
    pub book: &'a Book,
    /// Where billed usage is.
    pub store: &'a UsageStore,
    /// `templates/` of the workspace.
    pub templates: PathBuf,
    /// The folder of the run's documents.
    pub dir: PathBuf,
    /// PDF too, which takes by far the most time.
    pub pdf: bool,
    /// These and no others, whatever the customer wants; none for what it wants.
    pub only: Option<Vec<Attachment>>,
    /// Show no progress.
    pub quiet: bool,
}

/// Invoices whose documents are made at once, and become safe at once while the next are made.
const WINDOW: u32 = 512;

/// How many earlier invoices the full format draws beside the present one.
pub const MONTHS_DRAWN: u32 = 12;

impl Documents<'_> {
    /// Writes the documents of the invoices of a run; returns how many files there are. None has its name before all of
    /// it is safe on the disk.
    pub fn write(&self, workers: &Workers, ledger: &Ledger, run: i64, billed_file: &str) -> Result<usize> {
        crate::workspace::make_private_folder(&self.dir)?;
        let renderer = self.renderer()?;
        let invoices = ledger.invoice_count(run)?;
        let progress = Progress::new("writing invoices", invoices, self.quiet);
        let mut calls = CallsByInvoice::new(self.store, workers, billed_file)?;
        let (mut files, mut after, mut made) = (0, 0, Vec::new());
        loop {
            let window = ledger.stored_bills(run, after, WINDOW)?;
            let Some(last) = window.last() else { break };
            after = last.place;
            let jobs = window.into_iter().map(|stored| {
                let history = self.history(ledger, &stored.account, &stored.number)?;
                calls.on(&stored).map(|calls| (stored, calls, history))
            });
            let jobs = jobs.collect::<Result<Vec<_>>>()?;
            let make = |(stored, calls, history): (StoredBill, Vec<ItemisedCall>, Vec<MonthlySpend>)| {
                let made = self.make(&renderer, &stored.read()?, &calls, &history);
                progress.advance(1);
                made
            };
            let settle = || self.settle(workers, std::mem::take(&mut made));
            let (settled, next) = workers.beside(settle, || workers.map_apart(jobs, make));
            settled?;
            made = next.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
            files += made.len();
        }
        self.settle(workers, made)?;
        calls.end()?;
        progress.finish();
        tell_unknown_languages(&renderer);
        Ok(files)
    }

    /// Writes the documents of one invoice; returns how many files there are.
    pub fn write_one(&self, workers: &Workers, ledger: &Ledger, bill: &Bill, billed_file: &str) -> Result<usize> {
        crate::workspace::make_private_folder(&self.dir)?;
        let number = bill.number.as_deref().unwrap_or_default();
        let calls = self.store.calls_of_invoice(billed_file, number)?;
        let history = self.history(ledger, &bill.customer.account, number)?;
        let renderer = self.renderer()?;
        let made = self.make(&renderer, bill, &calls, &history)?;
        tell_unknown_languages(&renderer);
        let files = made.len();
        self.settle(workers, made).map(|()| files)
    }

    /// Writes the documents of credit notes: the model and its PDF; returns how many files there are.
    pub fn write_credit_notes(&self, workers: &Workers, notes: &[Bill]) -> Result<usize> {
        crate::workspace::make_private_folder(&self.dir)?;
        let (renderer, mut files) = (self.renderer()?, 0);
        let progress = Progress::new("writing credit notes", notes.len() as u64, self.quiet);
        for window in notes.chunks(WINDOW as usize) {
            let made = workers.map_apart(window.iter().collect(), |note| {
                let made = self.make(&renderer, note, &[], &[]);
                progress.advance(1);
                made
            });
            let made: Vec<_> = made.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
            files += made.len();
            self.settle(workers, made)?;
        }
        progress.finish();
        tell_unknown_languages(&renderer);
        Ok(files)
    }

    /// What the customer's invoices before this one came to, where its pages draw that.
    fn history(&self, ledger: &Ledger, account: &str, number: &str) -> Result<Vec<MonthlySpend>> {
        match self.format_of(account) {
            InvoiceFormat::Full if self.pdf => Ok(ledger.spend_before(account, number, MONTHS_DRAWN)?),
            _ => Ok(Vec::new()),
        }
    }

    fn format_of(&self, account: &str) -> InvoiceFormat {
        let customer = self.book.find_customer(account).map(|id| self.book.customer(id));
        customer.map(|customer| customer.invoice_format).unwrap_or_default()
    }

    fn renderer(&self) -> Result<PdfRenderer> {
        let templates = self.templates.is_dir().then_some(self.templates.as_path());
        PdfRenderer::new(templates).map_err(|error| Error::refused(error.to_string(), ""))
    }

    /// Gives files their names, once all of them are safe.
    pub(super) fn settle(&self, workers: &Workers, files: Vec<PartialFile>) -> Result<()> {
        workers.wait_for_each(&files, |file| file.sync().map_err(|error| Error::io(file.target(), &error)))?;
        for file in files {
            let target = file.target().to_owned();
            file.rename().map_err(|error| Error::io(&target, &error))?;
        }
        sync_folder(&self.dir).map_err(|error| Error::io(&self.dir, &error))
    }

    fn make(
        &self,
        renderer: &PdfRenderer,
        bill: &Bill,
        calls: &[ItemisedCall],
        history: &[MonthlySpend],
    ) -> Result<Vec<PartialFile>> {
        let customer = self.book.find_customer(&bill.customer.account).map(|id| self.book.customer(id));
        let format = self.format_of(&bill.customer.account);
        let itemisation = customer.map(|customer| customer.itemisation).unwrap_or_default();
        let stem = document_name(bill.number.as_deref().unwrap_or("draft"));
        let in_pdf = itemisation == Itemisation::Pdf || format == InvoiceFormat::Full;
        // Laid out first: what the template refuses leaves no document of the invoice.
        let listed = if in_pdf { calls } else { &[] };
        let above = customer.and_then(|customer| customer.itemise_above);
        let pages = InvoicePages { calls: listed, itemise_above: above, history, ..InvoicePages::of(bill, format) };
        let wants = |document| self.wants(document, bill, customer);
        let pdf = wants(Attachment::Pdf).then(|| render_pdf(renderer, &pages)).transpose()?;
        let mut made = Vec::new();
        if wants(Attachment::Json) {
            made.push(self.put(&format!("{stem}.json"), &json::render(bill))?);
        }
        if let Some(pdf) = pdf {
            made.push(self.put(&format!("{stem}.pdf"), &pdf)?);
        }
        if wants(Attachment::EInvoice) {
            made.extend(self.put_wanted_e_invoice(bill, &stem)?);
        }
        if wants(Attachment::Csv) {
            made.push(self.put(&format!("{stem}.csv"), &csv::render(bill, calls, above))?);
        }
        if wants(Attachment::Xlsx) {
            let workbook = itemised::workbook(bill, calls, above, &self.dir);
            let workbook = workbook.map_err(|error| Error::io(&self.dir, &error))?;
            made.push(self.put(&format!("{stem}.xlsx"), &workbook)?);
        }
        Ok(made)
    }

    /// Whether a document of a bill is written: if it is asked for, or else if the customer wants it.
    fn wants(&self, document: Attachment, bill: &Bill, customer: Option<&Customer>) -> bool {
        if let Some(only) = &self.only {
            return only.contains(&document);
        }
        let itemisation = customer.map(|customer| customer.itemisation).unwrap_or_default();
        let attached = customer.is_some_and(|customer| customer.delivery.attachments.contains(&document));
        let is_invoice = bill.document == DocumentKind::Invoice;
        match document {
            Attachment::Json => true,
            Attachment::Pdf => self.pdf,
            Attachment::Csv => is_invoice && (attached || matches!(itemisation, Itemisation::Csv | Itemisation::Pdf)),
            Attachment::Xlsx => is_invoice && (attached || itemisation == Itemisation::Xlsx),
            Attachment::EInvoice => attached,
        }
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<PartialFile> {
        let path = self.dir.join(name);
        PartialFile::write(path.clone(), bytes).map_err(|error| Error::io(&path, &error))
    }
}

/// The pages, with the structured invoice inside where there can be one.
pub fn render_pdf(renderer: &PdfRenderer, pages: &InvoicePages<'_>) -> Result<Vec<u8>> {
    hybrid::render(renderer, pages)
        .map_err(|error| Error::new(ErrorKind::Refused, error.to_string(), "correct the template"))
}

/// Says which languages there are no strings for.
fn tell_unknown_languages(renderer: &PdfRenderer) {
    let known = renderer.languages().collect::<Vec<_>>().join(", ");
    for (language, documents) in renderer.unknown_languages() {
        let _ = writeln!(
            std::io::stderr(),
            "{} in English: there are no strings for the language {language:?} (there are {known}); add \
             templates/{language}.toml, or change the language of these customers",
            counted(documents, "document"),
        );
    }
}

/// The billed usage of a run, read once beside its invoices: both are in the order of posting.
struct CallsByInvoice<'a> {
    store: &'a UsageStore,
    workers: &'a Workers,
    billed_file: &'a str,
    stretches: std::vec::IntoIter<Range<u32>>,
    read: VecDeque<InvoiceCalls>,
}

impl<'a> CallsByInvoice<'a> {
    fn new(store: &'a UsageStore, workers: &'a Workers, billed_file: &'a str) -> Result<Self> {
        let stretches = store.billed_groups(billed_file)?.into_iter();
        Ok(Self { store, workers, billed_file, stretches, read: VecDeque::new() })
    }

    /// The calls on the next invoice.
    fn on(&mut self, stored: &StoredBill) -> Result<Vec<ItemisedCall>> {
        let mut calls = Vec::new();
        loop {
            match self.read.front() {
                Some(next) if next.invoice != stored.number => break,
                Some(_) => calls.extend(self.read.pop_front().into_iter().flat_map(|next| next.calls)),
                None if self.stretches.len() == 0 => break,
                None => self.read_on()?,
            }
        }
        if calls.len() as u64 == stored.usage_records {
            return Ok(calls);
        }
        Err(self.damaged(&format!(
            "has {} calls of invoice {}, not {}",
            calls.len(),
            stored.number,
            stored.usage_records
        )))
    }

    /// Reads the next stretches, one for each thread.
    fn read_on(&mut self) -> Result<()> {
        let next: Vec<_> = self.stretches.by_ref().take(self.workers.threads()).collect();
        for read in self.workers.map(next, |rows| self.store.itemised_calls(self.billed_file, rows)) {
            self.read.extend(read?);
        }
        Ok(())
    }

    /// All of it was on invoices.
    fn end(self) -> Result<()> {
        if self.read.is_empty() && self.stretches.len() == 0 {
            return Ok(());
        }
        Err(self.damaged("has calls of invoices that the run did not post"))
    }

    fn damaged(&self, what: &str) -> Error {
        let message = format!("{} {what}", self.billed_file);
        Error::new(ErrorKind::Damaged, message, "run `tollbook verify`, then restore from a backup")
    }
}

/// What the files of a document are called: its number. Numbers of customers (`A1001/7`) hold an account and slashes, for
/// which underscores stand; if that could be another's name, a digest of the number makes it one's own.
pub fn document_name(number: &str) -> String {
    if !number.contains('/') {
        return safe_name(number);
    }
    let name = safe_name(&number.replace('/', "_"));
    if number.contains('_') || name != number.replace('/', "_") {
        return format!("{name}-{}", &hex(&Sha256::digest(number))[..8]);
    }
    name
}

/// The folder of credit notes.
pub fn credit_note_folder(invoices: &Path) -> PathBuf {
    invoices.join("credit-notes")
}

/// The folder of a run's documents.
pub fn run_folder(invoices: &Path, run: i64) -> PathBuf {
    invoices.join(format!("run-{run:06}"))
}

#[cfg(test)]
mod tests {
    use super::document_name;

    #[test]
    fn documents_are_named_by_their_numbers_and_stay_apart() {
        let check = |number: &str, expected: &str| assert_eq!(document_name(number), expected);
        check("AC-000001", "AC-000001");
        check("A1001/7", "A1001_7");
        check("A1001/CN/7", "A1001_CN_7");
        assert!(document_name("A_1/7").starts_with("A_1_7-"));
        assert!(document_name("A/1/7").starts_with("A_1_7"));
        let names = ["A 1/7", "A_1/7", "A/1/7", "A-1/7", "../1/7"].map(document_name);
        for (place, name) in names.iter().enumerate() {
            assert!(!name.contains('/') && !name.starts_with('.') && !names[..place].contains(name), "{name}");
        }
    }
}
