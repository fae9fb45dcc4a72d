//! `bench documents`: how fast invoices are laid out as PDF, each different from the others. Writes nothing.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::super::Global;
use crate::domain::customer::InvoiceFormat;
use crate::error::{Error, Result};
use crate::invoicing::{InvoicePages, PdfRenderer, samples};
use crate::progress::Progress;

/// How many, and of what kind.
#[derive(Args)]
pub struct Documents {
    /// Invoices
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// Calls on each: it is then in the full format, with pictures and every call; none is the long one, of two pages
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    calls: u32,
    /// With the templates of this folder instead of those that are built in
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

/// What was measured.
#[derive(Serialize)]
struct Figures {
    documents: u32,
    calls_each: u32,
    pages: usize,
    bytes: usize,
    threads: usize,
    milliseconds: u128,
}

impl Documents {
    pub fn run(self, global: &Global) -> Result<()> {
        let refused = |error: crate::invoicing::RenderError| Error::refused(error.to_string(), "");
        let renderer = PdfRenderer::new(self.templates.as_deref()).map_err(refused)?;
        let (calls, workers) = (samples::calls(self.calls), global.workers()?);
        let progress = Progress::new("invoices", u64::from(self.count), global.quiet);
        let make = |index: u32| {
            let bill = samples::of_two_pages(index);
            let history = samples::history(if self.calls > 0 { 12 } else { 0 }, bill.totals.net.money.minor());
            let format = if self.calls > 0 { InvoiceFormat::Full } else { InvoiceFormat::Long };
            let pages = InvoicePages { calls: &calls, history: &history, ..InvoicePages::of(&bill, format) };
            let pdf = renderer.render(&pages);
            progress.advance(1);
            pdf
        };
        let started = Instant::now();
        let made = workers.map_apart((0..self.count).collect(), make);
        let milliseconds = started.elapsed().as_millis();
        progress.finish();
        let made = made.into_iter().collect::<std::result::Result<Vec<_>, _>>().map_err(refused)?;
        let pages = made.iter().map(|pdf| count_of_pages(pdf)).sum();
        let bytes = made.iter().map(Vec::len).sum();
        let (documents, calls_each, threads) = (self.count, self.calls, workers.threads());
        let figures = Figures { documents, calls_each, pages, bytes, threads, milliseconds };
        global.show(&figures, || figures.in_words())
    }
}

impl Figures {
    fn in_words(&self) -> String {
        let Self { documents, calls_each, pages, bytes, threads, milliseconds } = self;
        let taken = (*milliseconds).max(1);
        let per_second = u128::from(*documents) * 1_000 / taken;
        let per_core = per_second / (*threads).max(1) as u128;
        let each = taken * (*threads).max(1) as u128 * 1_000 / u128::from((*documents).max(1));
        format!(
            "{documents} invoices with {calls_each} calls each: {pages} pages, {} kB a document\n\
             {milliseconds} ms on {threads} threads: {per_second} a second, {per_core} a second and core ({each} µs each)\n",
            bytes / 1_000 / (*documents).max(1) as usize,
        )
    }
}

/// Pages of a PDF, by their dictionaries in its page tree.
fn count_of_pages(pdf: &[u8]) -> usize {
    lopdf::Document::load_mem(pdf).map_or(0, |document| document.get_pages().len())
}
