//! A draft → what a person and a machine read of the run: its customers, its totals.

use serde::{Deserialize, Serialize};

use super::changes::{LastInvoice, Parts, RunChanges, against_last, run_changes};
use super::flags::{FlagReport, flags_table};
use super::screen::{amount, control_totals, count, table};
use super::suspense::SuspenseReport;
use crate::billing::{NoBill, Outcome, RunTerms};
use crate::domain::bill::{Amount, Bill, BillTotals};
use crate::domain::book::Book;
use crate::domain::money::{Money, Sum};
use crate::domain::time::Date;
use crate::domain::totals::ControlTotals;
use crate::pipeline::draft::{Draft, Drafted};
use crate::pipeline::guarding::Before;

/// What a run did, or would do.
#[derive(Serialize)]
pub struct RunReport {
    /// Its number; none on a dry run.
    pub run: Option<i64>,
    /// The day on the invoices.
    pub invoice_date: Date,
    /// Usage before this day.
    pub usage_cutoff: Date,
    /// Charges in advance before this day.
    pub charge_cutoff: Date,
    /// The currency of the sums.
    pub currency: String,
    /// What was drafted, as one number (B12).
    pub digest: String,
    /// Sums over the bills in the workspace's currency.
    pub sums: RunSums,
    /// What changes against the customers' last invoices (B12).
    pub changes: RunChanges,
    /// What a person should look at (B15).
    pub flags: Vec<FlagReport>,
    /// In the order of the accounts.
    pub customers: Vec<CustomerReport>,
    /// Every usage record that earlier runs did not bill.
    pub usage: ControlTotals,
    /// Every service line that earlier runs did not bill.
    pub services: ControlTotals,
    /// What of that usage cannot be billed, ranked by the money at stake.
    pub suspense: SuspenseReport,
    /// Records that earlier runs billed.
    pub billed_before: u64,
}

/// Sums over the bills of a run.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct RunSums {
    /// How many.
    pub bills: u64,
    /// Usage, ex VAT.
    pub usage: Amount,
    /// Charges, ex VAT.
    pub charges: Amount,
    /// Ex VAT.
    pub net: Amount,
    /// VAT.
    pub vat: Amount,
    /// To pay.
    pub gross: Amount,
}

/// What became of one customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CustomerReport {
    /// The account.
    pub account: String,
    /// The name.
    pub name: String,
    /// `billed`, why not, or `parked: …`.
    pub outcome: String,
    /// Records on the bill.
    pub usage_records: u64,
    /// Ex VAT, if billed; of a rolled-over one what it would have been.
    pub net: Option<Amount>,
    /// To pay, if billed.
    pub gross: Option<Amount>,
    /// What the usage on it costs us, exact.
    pub usage_cost: String,
    /// The last invoice before (B12).
    #[serde(default)]
    pub last: Option<LastInvoice>,
    /// How this bill differs from it, ex VAT.
    #[serde(default)]
    pub change: Option<Parts>,
}

impl RunReport {
    /// Of a draft, beside what was posted before it.
    pub fn new(book: &Book, terms: &RunTerms, draft: &Draft, before: &Before) -> Self {
        let bills = draft.customers.iter().flat_map(Drafted::bills).map(|bill| &bill.bill);
        Self {
            run: None,
            invoice_date: terms.invoice_date,
            usage_cutoff: terms.usage_cutoff,
            charge_cutoff: terms.charge_cutoff,
            currency: book.settings.currency.to_string(),
            digest: draft.digest.clone(),
            sums: sums(book, bills),
            changes: run_changes(before, draft, Amount::new(Money::ZERO, book.settings.currency)),
            flags: flags(book, draft, before),
            customers: draft.customers.iter().map(|drafted| customer_report(book, drafted, before)).collect(),
            usage: draft.totals.clone(),
            services: draft.service_totals.clone(),
            suspense: SuspenseReport::new(book, &draft.suspense),
            billed_before: draft.billed_before,
        }
    }
}

/// Adds up the bills in the workspace's currency; others stand in the list of customers only.
pub fn sums<'a>(book: &Book, bills: impl Iterator<Item = &'a Bill>) -> RunSums {
    let currency = book.settings.currency;
    let zero = Amount::new(Money::ZERO, currency);
    let mut sums = RunSums { bills: 0, usage: zero, charges: zero, net: zero, vat: zero, gross: zero };
    for bill in bills.filter(|bill| bill.currency == currency) {
        sums.bills += 1;
        let totals = &bill.totals;
        for (sum, part) in [
            (&mut sums.usage, totals.usage),
            (&mut sums.charges, totals.charges),
            (&mut sums.net, totals.net),
            (&mut sums.vat, totals.vat),
            (&mut sums.gross, totals.gross),
        ] {
            // Each bill is in range and so is the sum of a reseller's: beyond it the report shows the largest amount.
            sum.money = sum.money.plus(part.money).unwrap_or(Money::from_minor(i64::MAX));
        }
    }
    sums
}

fn flags(book: &Book, draft: &Draft, before: &Before) -> Vec<FlagReport> {
    let flags = before.unusual(book, draft).into_iter();
    let report = flags.map(|flag| FlagReport {
        account: flag.account,
        flag: flag.flag,
        detail: flag.detail,
        acknowledged: None,
    });
    report.collect()
}

fn customer_report(book: &Book, drafted: &Drafted, before: &Before) -> CustomerReport {
    let customer = book.find_customer(&drafted.account).map(|id| book.customer(id));
    let currency = customer.map_or(book.settings.currency, |customer| customer.currency);
    let (net, gross, usage_records, usage_cost) = match &drafted.result {
        Ok(Outcome::Bills(bills)) => {
            let sum = |of: fn(&BillTotals) -> Amount| {
                let sum = Money::total(bills.iter().map(|bill| of(&bill.bill.totals).money));
                Amount::new(sum.unwrap_or(Money::from_minor(i64::MAX)), currency)
            };
            let mut cost = Sum::default();
            bills.iter().for_each(|bill| cost.merge(bill.usage_cost));
            let records = bills.iter().map(|bill| bill.usage_records).sum();
            (Some(sum(|totals| totals.net)), Some(sum(|totals| totals.gross)), records, cost)
        }
        Ok(Outcome::NoBill(NoBill::RolledOver(net))) => (Some(Amount::new(*net, currency)), None, 0, Sum::default()),
        _ => (None, None, 0, Sum::default()),
    };
    let (last, change) = against_last(before, drafted);
    CustomerReport {
        account: drafted.account.clone(),
        name: customer.map(|customer| customer.name.clone()).unwrap_or_default(),
        outcome: drafted.outcome(),
        usage_records,
        net,
        gross,
        usage_cost: usage_cost.to_string(),
        last,
        change,
    }
}

/// The report as a person reads it.
pub fn in_words(report: &RunReport) -> String {
    let run = report.run.map_or("draft (dry run, not kept)".to_owned(), |run| format!("draft run {run}"));
    let mut text = format!("{run}: invoices of {}, usage before {}\n\n", report.invoice_date, report.usage_cutoff);
    text.push_str(&customers_table(&report.customers));
    let RunSums { bills, net, vat, gross, .. } = &report.sums;
    let sign = &report.currency;
    text.push_str(&flags_table(&report.flags));
    text.push_str(&format!(
        "\n{bills} bills: {sign} {} net, {} VAT, {} to pay\n",
        amount(&net.to_string()),
        amount(&vat.to_string()),
        amount(&gross.to_string())
    ));
    text.push_str(&changes_in_words(sign, &report.changes));
    text.push_str("\nusage records\n");
    text.push_str(&control_totals(&report.usage));
    if report.services.records_in() > 0 {
        text.push_str("\nservice lines\n");
        text.push_str(&control_totals(&report.services));
    }
    if report.billed_before > 0 {
        text.push_str(&format!("\n{} records were billed by earlier runs\n", count(u128::from(report.billed_before))));
    }
    if let Some(run) = report.run {
        text.push_str(&format!("\nnext: tollbook bill approve {run}, then tollbook bill post {run}\n"));
    }
    text
}

fn changes_in_words(currency: &str, changes: &RunChanges) -> String {
    let RunChanges { compared, first, change } = changes;
    if *compared == 0 {
        return String::new();
    }
    let [net, usage, charges] = [change.net, change.usage, change.charges].map(signed);
    format!(
        "against the last invoices of {compared} customers: {currency} {net} net, {usage} of it usage and {charges} charges; \
         {first} customers have their first invoice\n"
    )
}

/// An amount with its sign.
fn signed(sum: Amount) -> String {
    let sign = if sum.money > Money::ZERO { "+" } else { "" };
    format!("{sign}{}", amount(&sum.to_string()))
}

/// One row per customer; what was billed last where anybody was.
pub fn customers_table(customers: &[CustomerReport]) -> String {
    let cell = |amount_of: Option<Amount>| amount_of.map(|sum| amount(&sum.to_string())).unwrap_or_default();
    let change = |change: Option<Amount>| change.map(signed).unwrap_or_default();
    let has_last = customers.iter().any(|customer| customer.last.is_some());
    let rows = customers.iter().map(|customer| {
        let mut row = vec![
            customer.account.clone(),
            customer.name.clone(),
            customer.outcome.clone(),
            count(u128::from(customer.usage_records)),
            cell(customer.net),
            cell(customer.gross),
        ];
        if has_last {
            row.push(cell(customer.last.as_ref().map(|last| last.parts.net)));
            row.push(change(customer.change.map(|parts| parts.net)));
            row.push(change(customer.change.map(|parts| parts.usage)));
            row.push(change(customer.change.map(|parts| parts.charges)));
        }
        row
    });
    let header =
        ["account", "name", "outcome", "calls", "net", "to pay", "last net", "change", "of usage", "of charges"];
    let columns = if has_last { header.len() } else { 6 };
    table(&header[..columns], &[3, 4, 5, 6, 7, 8, 9], rows)
}
