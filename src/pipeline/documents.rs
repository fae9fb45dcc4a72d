//! Posted invoices of a run → their documents: JSON, CSV and PDF files under `invoices/` (O1). They are made from what
//! was posted alone, so that they can be made again at any time with the same bytes.

use std::path::{Path, PathBuf};

use super::rejects::safe_name;
use crate::domain::bill::{Bill, ItemisedCall};
use crate::domain::book::Book;
use crate::domain::customer::{InvoiceFormat, Itemisation};
use crate::error::{Error, ErrorKind, Result};
use crate::facts::{BilledRow, UsageStore};
use crate::files::write_atomically;
use crate::invoicing::{PdfRenderer, csv, json};
use crate::ledger::{InvoiceFilter, Ledger};
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
    /// Show no progress.
    pub quiet: bool,
}

impl Documents<'_> {
    /// Writes the documents of invoices, in windows; returns how many files there are.
    pub fn write(&self, workers: &Workers, bills: &[Bill], billed_file: &str) -> Result<usize> {
        crate::workspace::make_private_folder(&self.dir)?;
        let templates = self.templates.is_dir().then_some(self.templates.as_path());
        let renderer = PdfRenderer::new(templates).map_err(|error| Error::refused(error.to_string(), ""))?;
        let progress = Progress::new("writing invoices", bills.len() as u64, self.quiet);
        let mut files = 0;
        for window in bills.chunks(workers.threads() * 4) {
            let jobs = window.iter().map(|bill| {
                let number = bill.number.as_deref().unwrap_or_default();
                Ok((bill, self.calls(billed_file, number)?))
            });
            let jobs = jobs.collect::<Result<Vec<_>>>()?;
            for written in workers.map(jobs, |(bill, calls)| self.write_one(&renderer, bill, &calls)) {
                files += written?;
                progress.advance(1);
            }
        }
        progress.finish();
        Ok(files)
    }

    fn calls(&self, billed_file: &str, number: &str) -> Result<Vec<ItemisedCall>> {
        let rows = self.store.calls_of_invoice(billed_file, number)?;
        Ok(rows.into_iter().map(itemised).collect())
    }

    fn write_one(&self, renderer: &PdfRenderer, bill: &Bill, calls: &[ItemisedCall]) -> Result<usize> {
        let customer = self.book.find_customer(&bill.customer.account).map(|id| self.book.customer(id));
        let format = customer.map(|customer| customer.invoice_format).unwrap_or_default();
        let itemisation = customer.map(|customer| customer.itemisation).unwrap_or_default();
        let stem = safe_name(bill.number.as_deref().unwrap_or("draft"));
        let in_pdf = itemisation == Itemisation::Pdf || format == InvoiceFormat::Full;
        // Laid out first: what the template refuses leaves no document of the invoice.
        let pdf = self.pdf.then(|| renderer.render(bill, if in_pdf { calls } else { &[] })).transpose();
        let pdf = pdf.map_err(|error| Error::new(ErrorKind::Refused, error.to_string(), "correct the template"))?;
        let mut written = 1;
        self.put(&format!("{stem}.json"), &json::render(bill))?;
        if let Some(pdf) = pdf {
            self.put(&format!("{stem}.pdf"), &pdf)?;
            written += 1;
        }
        if itemisation != Itemisation::None {
            self.put(&format!("{stem}.csv"), &csv::render(bill, calls))?;
            written += 1;
        }
        Ok(written)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.dir.join(name);
        write_atomically(&path, bytes).map_err(|error| Error::io(&path, &error))
    }
}

/// The posted invoices of a run, in the order of their numbers.
pub fn bills_of_run(ledger: &Ledger, run: i64) -> Result<Vec<Bill>> {
    let invoices = ledger.invoices(InvoiceFilter { run: Some(run), account: None })?;
    let bills = invoices.into_iter().map(|invoice| {
        let posted = ledger.invoice(&invoice.number)?;
        Ok(posted.expect("listed a moment ago, and invoices are never deleted").bill)
    });
    bills.collect()
}

/// The folder of a run's documents.
pub fn run_folder(invoices: &Path, run: i64) -> PathBuf {
    invoices.join(format!("run-{run:06}"))
}

/// A billed row as an itemisation lists it.
fn itemised(row: BilledRow) -> ItemisedCall {
    let rated = row.rated;
    ItemisedCall {
        record: rated.record.into_owned(),
        cli: rated.cli.into_owned(),
        cost_centre: rated.cost_centre.into_owned(),
        started_at: rated.started.civil.to_string(),
        direction: rated.direction.name().to_owned(),
        other_party: rated.other_party.into_owned(),
        description: row.description.into_owned(),
        class: rated.class.map(|class| class.name().to_owned()).unwrap_or_default(),
        kind: rated.kind.name().to_owned(),
        units: rated.units,
        charge: row.charge,
        disposition: rated.disposition.name().to_owned(),
    }
}
