//! An approved draft → posted invoices: made again, compared with what was approved, numbered, frozen in one transaction
//! (B11, B12). Either all of it is posted or nothing is.

use std::collections::BTreeMap;

use super::Engine;
use super::draft::{Draft, Drafted};
use super::rows::{RowNames, billed_row};
use super::store_files;
use crate::domain::bill::Bill;
use crate::error::{Error, ErrorKind, Result};
use crate::facts::{BilledWriter, UsageStore};
use crate::ledger::{CapTotal, LedgerWriter, PostedBill};

/// Posts a draft of run `run` whose digest was approved. Returns the invoices in the order of their numbers.
pub fn post(
    engine: &Engine,
    ledger: &mut LedgerWriter,
    store: &UsageStore,
    run: i64,
    draft: &Draft,
) -> Result<Vec<Bill>> {
    // What a posting that was cut short left behind.
    store.remove_orphans(&store_files(ledger)?)?;
    let book = engine.book;
    let billed: Vec<&Drafted> = draft.customers.iter().filter(|customer| customer.bill().is_some()).collect();
    let organisation_of = |customer: &Drafted| {
        let id = book.find_customer(&customer.account).expect("drafted from this book");
        &book.organisations[book.customer(id).organisation.index()]
    };
    let series: Vec<_> = billed
        .iter()
        .map(|customer| {
            let organisation = organisation_of(customer);
            (organisation.code.as_str(), organisation.invoice_prefix.as_str())
        })
        .collect();
    let numbers = ledger.plan_numbers(&series)?;

    let names = RowNames::new(book);
    let mut writer = BilledWriter::create(store, run)?;
    let mut rows_of_import = BTreeMap::<i64, u64>::new();
    let mut bills = Vec::with_capacity(billed.len());
    for (customer, number) in billed.iter().zip(&numbers) {
        let drafted = customer.bill().expect("only billed ones are here");
        let file_of = |import: i64| draft.file_names[&import].as_str();
        let usage = drafted.usage.iter();
        let rows: Vec<_> = usage.map(|usage| billed_row(&names, number, file_of(usage.import), usage)).collect();
        writer.write(&rows)?;
        for usage in &drafted.usage {
            *rows_of_import.entry(usage.import).or_default() += 1;
        }
        let mut bill = drafted.bill.clone();
        bill.number = Some(number.clone());
        bills.push(bill);
    }
    let published = writer.finish()?.publish(store)?;

    let cap_totals: Vec<Vec<CapTotal>> = billed.iter().map(|customer| cap_totals(customer)).collect();
    let posted: Vec<_> = (0..billed.len())
        .map(|position| {
            let drafted = billed[position].bill().expect("only billed ones are here");
            let id = book.find_customer(&billed[position].account).expect("drafted from this book");
            let message = &book.customer(id).next_invoice_message;
            PostedBill {
                bill: &bills[position],
                invoice_prefix: series[position].1,
                periods: &drafted.periods,
                services: &drafted.services,
                cap_use: &cap_totals[position],
                usage_records: drafted.usage.len() as u64,
                next_message: Some(message.as_str()).filter(|message| !message.is_empty()),
            }
        })
        .collect();
    let imports: Vec<_> = rows_of_import.into_iter().collect();
    ledger.post(run, &draft.digest, &posted, &published.file, &imports)?;
    Ok(bills)
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
