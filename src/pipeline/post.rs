//! An approved draft → posted invoices: made again, compared with what was approved, numbered, frozen in one transaction
//! (B11, B12). Either all of it is posted or nothing is.

use super::billed::{BilledRows, ROWS_AT_ONCE};
use super::draft::{Draft, Drafted, DraftedPart, Drafting};
use super::rows::RowNames;
use super::store_files;
use crate::domain::numbering::Series;
use crate::error::{Error, ErrorKind, Result};
use crate::facts::BilledWriter;
use crate::ledger::{CapTotal, LedgerWriter, PostedBill};

/// What a posting is made from.
#[derive(Clone, Copy)]
pub struct Posting<'a> {
    /// The draft that is made again.
    pub drafting: Drafting<'a>,
    /// How many of its records are held at once whole.
    pub rows_at_once: usize,
}

impl<'a> Posting<'a> {
    /// A posting that holds as many whole records at once as is usual.
    pub fn new(drafting: Drafting<'a>) -> Self {
        Self { drafting, rows_at_once: ROWS_AT_ONCE }
    }

    /// Makes the draft of run `run` again and posts it, if it is the approved one. Its usage is written while the draft is
    /// made, beside its place, and thrown away if the draft turns out to be another.
    pub fn post(&self, ledger: &mut LedgerWriter, run: i64, approved: &str) -> Result<()> {
        let Drafting { engine, store, workers, .. } = self.drafting;
        // What a posting that was cut short left behind.
        store.remove_orphans(&store_files(ledger)?)?;
        let mut writer = BilledWriter::create(store, run)?;
        let (names, mut series, mut numbers) = (RowNames::new(engine.book), Vec::new(), Vec::new());
        let mut draft = self.drafting.draft_by_parts(ledger, |part| {
            let billed = part.customers.iter().filter(|customer| customer.bill().is_some());
            series.extend(billed.map(|customer| self.series_of(customer)));
            let planned = numbers.len();
            numbers = ledger.plan_numbers(&series)?;
            self.write(&mut writer, &names, &part, &numbers[planned..])
        })?;
        check_approved(run, approved, &draft)?;
        let imports: Vec<_> = writer.rows_of_imports();
        let published = writer.finish(Some(workers))?.publish(store)?;

        let mut next = numbers.into_iter();
        for customer in &mut draft.customers {
            if let Some(bill) = customer.bill_mut() {
                bill.bill.number = next.next();
            }
        }
        let billed: Vec<&Drafted> = draft.customers.iter().filter(|customer| customer.bill().is_some()).collect();
        let cap_totals: Vec<Vec<CapTotal>> = billed.iter().map(|customer| cap_totals(customer)).collect();
        let posted: Vec<_> = (0..billed.len())
            .map(|position| {
                let drafted = billed[position].bill().expect("only billed ones are here");
                let id = engine.book.find_customer(&billed[position].account).expect("drafted from this book");
                let message = &engine.book.customer(id).next_invoice_message;
                PostedBill {
                    bill: &drafted.bill,
                    series: &series[position],
                    periods: &drafted.periods,
                    services: &drafted.services,
                    cap_use: &cap_totals[position],
                    allowance_use: &billed[position].allowance_use,
                    usage_records: drafted.usage_records,
                    next_message: Some(message.as_str()).filter(|message| !message.is_empty()),
                }
            })
            .collect();
        Ok(ledger.post(run, &draft.digest, &posted, &published.file, &imports)?)
    }

    /// Writes the usage of the billed customers of a part, whose numbers these are.
    fn write(&self, writer: &mut BilledWriter, names: &RowNames, part: &DraftedPart, numbers: &[String]) -> Result<()> {
        let (Drafting { engine, store, workers, .. }, rows_at_once) = (self.drafting, self.rows_at_once);
        let mut numbers = numbers.iter();
        let with_spans = part.customers.iter().zip(part.spans);
        let usage = with_spans.filter(|(customer, _)| customer.bill().is_some()).flat_map(|(_, span)| {
            let number = numbers.next().expect("one for each bill").as_str();
            part.usage[span.clone()].iter().map(move |usage| (number, usage))
        });
        BilledRows { engine, store, workers, names, imports: part.imports, rows_at_once }.write(writer, usage)
    }

    fn series_of(&self, customer: &Drafted) -> Series {
        let book = self.drafting.engine.book;
        let id = book.find_customer(&customer.account).expect("drafted from this book");
        let organisation = &book.organisations[book.customer(id).organisation.index()];
        book.invoice_series(&organisation.code, &customer.account)
    }
}

fn cap_totals(customer: &Drafted) -> Vec<CapTotal> {
    customer.cap_use.iter().map(|used| (used.cli.clone(), used.period_start, used.charged)).collect()
}

/// Refuses to post a draft that is not the one that was approved.
pub fn check_approved(run: i64, approved: &str, draft: &Draft) -> Result<()> {
    if draft.digest == approved {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Refused,
        format!("run {run}: usage, charges or the book changed since the draft was made; nothing was posted"),
        format!("make the draft again with `tollbook bill draft --run {run}`, look at it, and approve it"),
    ))
}
