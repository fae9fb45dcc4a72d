//! An approved draft → posted invoices: made again, compared with what was approved, numbered, frozen in one transaction
//! (B11, B12). Either all of it is posted or nothing is.

use super::billed::{BilledRows, ROWS_AT_ONCE};
use super::draft::{Draft, Drafted, DraftedPart, Drafting};
use super::rows::RowNames;
use super::store_files;
use crate::billing::CustomerBill;
use crate::domain::book::Book;
use crate::domain::numbering::Series;
use crate::domain::usage::ChargedUsage;
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
            let bills = part.customers.iter().flat_map(|customer| customer.bills().iter().map(move |_| customer));
            series.extend(bills.map(|customer| self.series_of(customer)));
            let planned = numbers.len();
            numbers = ledger.plan_numbers(&series)?;
            self.write(&mut writer, &names, &part, &numbers[planned..])
        })?;
        check_approved(run, approved, &draft)?;
        let imports: Vec<_> = writer.rows_of_imports();
        let published = writer.finish(Some(workers))?.publish(store)?;

        let mut next = numbers.into_iter();
        for bill in draft.customers.iter_mut().flat_map(Drafted::bills_mut) {
            bill.bill.number = next.next();
        }
        let places =
            draft.customers.iter().flat_map(|customer| (0..customer.bills().len()).map(move |n| (customer, n)));
        let places: Vec<(&Drafted, usize)> = places.collect();
        let cap_totals: Vec<Vec<CapTotal>> =
            places.iter().map(|(customer, place)| cap_totals(customer, *place)).collect();
        let posted = places.iter().zip(&series).zip(&cap_totals).map(|(((customer, place), series), cap_use)| {
            let drafted = &customer.bills()[*place];
            let id = engine.book.find_customer(&customer.account).expect("drafted from this book");
            let message = &engine.book.customer(id).next_invoice_message;
            PostedBill {
                bill: &drafted.bill,
                series,
                periods: &drafted.periods,
                services: &drafted.services,
                cap_use,
                // Allowances are the customer's: what was drawn goes with the bill that shows it.
                allowance_use: if *place == 0 { &customer.allowance_use } else { &[] },
                usage_records: drafted.usage_records,
                next_message: Some(message.as_str()).filter(|message| !message.is_empty()),
            }
        });
        let posted: Vec<_> = posted.collect();
        Ok(ledger.post(run, &draft.digest, &posted, &published.file, &imports)?)
    }

    /// Writes the usage of the billed customers of a part, whose numbers these are.
    fn write(&self, writer: &mut BilledWriter, names: &RowNames, part: &DraftedPart, numbers: &[String]) -> Result<()> {
        let (Drafting { engine, store, workers, .. }, rows_at_once) = (self.drafting, self.rows_at_once);
        let mut numbers = numbers.iter();
        let with_spans = part.customers.iter().zip(part.spans);
        let usage = with_spans.flat_map(|(customer, span)| {
            let numbers: Vec<&str> = numbers.by_ref().take(customer.bills().len()).map(String::as_str).collect();
            on_bills(engine.book, customer, &part.usage[span.clone()], numbers)
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

/// A customer's usage with the number of the bill that each record is on, bill by bill, each in time order.
fn on_bills<'u>(
    book: &'u Book,
    customer: &Drafted,
    usage: &'u [ChargedUsage],
    numbers: Vec<&'u str>,
) -> impl Iterator<Item = (&'u str, &'u ChargedUsage)> {
    let cost_centre = |usage: &ChargedUsage| book.cli(usage.cli).cost_centre;
    let bill_of =
        |usage: &ChargedUsage| cost_centre(usage).map_or(0, |id| customer.bill_of(&book.cost_centres[id.index()].name));
    let mut places: Vec<(usize, &ChargedUsage)> = match numbers.len() {
        0 => Vec::new(),
        1 => usage.iter().map(|usage| (0, usage)).collect(),
        _ => usage.iter().map(|usage| (bill_of(usage), usage)).collect(),
    };
    if numbers.len() > 1 {
        places.sort_by_key(|(bill, _)| *bill);
    }
    places.into_iter().map(move |(bill, usage)| (numbers[bill], usage))
}

/// What the caps of a customer counted, on the bill that its line is on; on the first if it is on none.
fn cap_totals(customer: &Drafted, place: usize) -> Vec<CapTotal> {
    let has = |bill: &CustomerBill, cli: &str| bill.bill.usage_by_cli.iter().any(|usage| usage.cli == cli);
    let of = |cli: &str| match customer.bills() {
        [_] => 0,
        bills => bills.iter().position(|bill| has(bill, cli)).unwrap_or(0),
    };
    let used = customer.cap_use.iter().filter(|used| of(&used.cli) == place);
    used.map(|used| (used.cli.clone(), used.period_start, used.charged)).collect()
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
