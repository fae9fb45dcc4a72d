//! The sums of `tariff best` → what is shown: for each customer each tariff offered, the best one, the saving, the margin.

use std::collections::BTreeMap;

use serde::Serialize;

use super::screen::{amount, count, table};
use super::sheet::{Column, Sheet, SheetCell};
use super::tariff_difference::{BEFORE_ALLOWANCES, NotBillable, not_billable};
use super::volume::{self, about, percent_in_words, percent_of, signed};
use crate::domain::book::{Book, CustomerId, TariffId};
use crate::domain::money::{Currency, Sum, power_of_ten};
use crate::domain::time::Date;
use crate::pipeline::reprice::offers::{CustomerOffers, Offer, Offers};
use crate::pipeline::reprice::{Period, Volume};

/// All customers with usage, the greatest saving first within each currency.
#[derive(Serialize)]
pub struct BestTariffs {
    from: Date,
    to: Date,
    amounts: &'static str,
    customers: Vec<CustomerRow>,
    totals: Vec<CurrencyRow>,
    nobodys: Vec<NotBillable>,
}

#[derive(Serialize)]
struct CustomerRow {
    account: String,
    name: String,
    currency: String,
    #[serde(flatten)]
    volume: Volume,
    tariffs_now: Vec<String>,
    now: Sum<6>,
    /// None if all that the customer has now is cheaper than any tariff that prices everything.
    best: Option<String>,
    best_sell: Option<Sum<6>>,
    saving: Option<Sum<6>>,
    saving_percent: Option<Sum<1>>,
    /// Sell less cost of the records whose cost is known; none in another currency than the workspace's.
    margin_now: Option<Sum<8>>,
    margin_best: Option<Sum<8>>,
    /// Records that the margins leave out.
    without_cost: u64,
    offers: Vec<OfferRow>,
    not_billable: Vec<NotBillable>,
}

#[derive(Serialize)]
struct OfferRow {
    tariff: String,
    complete: bool,
    calls: u64,
    sell: Sum<6>,
    unpriced: u64,
    unpriced_now: Sum<6>,
    /// Now less `sell`; only if the tariff prices everything.
    saving: Option<Sum<6>>,
    margin: Option<Sum<8>>,
}

/// What all customers of one currency could save.
#[derive(Serialize)]
struct CurrencyRow {
    currency: String,
    customers: u64,
    now: Sum<6>,
    saving: Sum<6>,
}

impl BestTariffs {
    /// From the sums.
    pub fn new(book: &Book, period: Period, sums: &Offers) -> Self {
        let mut customers: Vec<CustomerRow> =
            sums.customers.iter().map(|(id, offers)| CustomerRow::new(book, *id, offers)).collect();
        let mut totals: Vec<CurrencyRow> = Vec::new();
        customers.sort_by_key(|row| (row.currency.clone(), std::cmp::Reverse(row.saving)));
        for row in customers.iter().filter(|row| row.volume.calls > 0) {
            if totals.last().is_none_or(|total| total.currency != row.currency) {
                let currency = row.currency.clone();
                totals.push(CurrencyRow { currency, customers: 0, now: Sum::default(), saving: Sum::default() });
            }
            let total = totals.last_mut().expect("one was pushed");
            total.customers += 1;
            total.now.merge(row.now);
            total.saving.merge(row.saving.unwrap_or_default());
        }
        let nobodys = not_billable(&sums.nobodys);
        Self { from: period.from, to: period.to, amounts: BEFORE_ALLOWANCES, customers, totals, nobodys }
    }

    /// A row for each customer and tariff.
    pub fn sheet(&self) -> Sheet {
        let columns = [
            "account",
            "name",
            "currency",
            "tariff",
            "best",
            "complete",
            "calls",
            "now",
            "sell",
            "saving",
            "margin_now",
            "margin",
            "unpriced",
            "unpriced_now",
        ];
        let rows = self.customers.iter().flat_map(|row| {
            row.offers.iter().map(move |offer| {
                let is_best = row.best.as_ref() == Some(&offer.tariff);
                let words = [&row.account, &row.name, &row.currency, &offer.tariff].map(|text| SheetCell::text(text));
                let flags = [is_best, offer.complete].map(|flag| SheetCell::text(if flag { "y" } else { "" }));
                let figures = [
                    Some(row.volume.calls.to_string()),
                    Some(row.now.to_places(2)),
                    Some(offer.sell.to_places(2)),
                    offer.saving.map(|saving| saving.to_places(2)),
                    row.margin_now.map(|margin| margin.to_places(2)),
                    offer.margin.map(|margin| margin.to_places(2)),
                    Some(offer.unpriced.to_string()),
                    Some(offer.unpriced_now.to_places(2)),
                ];
                words.into_iter().chain(flags).chain(figures.map(SheetCell::figure)).collect()
            })
        });
        Sheet { columns: Column::all(columns), rows: rows.collect(), ..Sheet::default() }
    }

    /// For the screen.
    pub fn in_words(&self, all: bool) -> String {
        let period = volume::period_in_words(Period { from: self.from, to: self.to });
        let mut text = format!("{period}, billed or not\namounts {BEFORE_ALLOWANCES}\n\n");
        let with_usage = self.customers.iter().filter(|row| row.volume.calls > 0);
        let rows: Vec<_> = with_usage.map(CustomerRow::words).collect();
        if rows.is_empty() {
            text.push_str("no usage that is priced now\n");
        } else {
            let header = [
                "customer",
                "calls",
                "tariffs now",
                "",
                "now",
                "best",
                "would be",
                "saving",
                "%",
                "margin now",
                "on best",
            ];
            text.push_str(&(table(&header, &[1, 4, 6, 7, 8, 9, 10], rows) + "\n"));
        }
        for total in &self.totals {
            let (now, saving) = (amount(&total.now.to_places(4)), amount(&total.saving.to_places(4)));
            let customers = match total.customers {
                1 => "1 customer".to_owned(),
                many => format!("{} customers", count(u128::from(many))),
            };
            text.push_str(&format!("{customers} in {}: now {now}, could save {saving}\n", total.currency));
        }
        text.push_str(&self.incomplete_in_words(all));
        let notes = self.customers.iter().flat_map(|row| &row.not_billable).chain(&self.nobodys);
        let mut not_billable = BTreeMap::<&'static str, u64>::new();
        notes.for_each(|note| *not_billable.entry(note.reason).or_default() += note.calls);
        if !not_billable.is_empty() {
            text.push('\n');
        }
        for (reason, calls) in not_billable {
            text.push_str(&format!("{}\n", NotBillable { reason, calls }.in_words()));
        }
        text
    }

    /// Tariffs that are not called best because they have no rate for some of the usage: together, or by customer.
    fn incomplete_in_words(&self, all: bool) -> String {
        let mut groups = BTreeMap::<(&str, &str, &str), (u64, u64, Sum<6>)>::new();
        for row in &self.customers {
            let account = if all { row.account.as_str() } else { "" };
            for offer in row.offers.iter().filter(|offer| !offer.complete) {
                let (customers, calls, now) = groups.entry((&offer.tariff, account, &row.currency)).or_default();
                *customers += 1;
                *calls += offer.unpriced;
                now.merge(offer.unpriced_now);
            }
        }
        if groups.is_empty() {
            return String::new();
        }
        let rows = groups.into_iter().map(|((tariff, account, currency), (customers, calls, now))| {
            let whose = if all { account.to_owned() } else { count(u128::from(customers)) };
            let (calls, now) = (count(u128::from(calls)), amount(&now.to_places(4)));
            vec![tariff.to_owned(), whose, calls, now, currency.to_owned()]
        });
        let (whose, right) = if all { ("account", &[2, 3][..]) } else { ("customers", &[1, 2, 3][..]) };
        let rows = table(&["tariff", whose, "calls without a rate", "those now", ""], right, rows);
        format!("\nincomplete for some customers, so never their best\n{rows}")
    }
}

impl CustomerRow {
    fn new(book: &Book, id: CustomerId, offers: &CustomerOffers) -> Self {
        let customer = book.customer(id);
        let code = |tariff: TariffId| book.tariff(tariff).code.clone();
        let best = offers.best();
        let saving = best.map(|(_, offer)| less(offers.now, offer.sell));
        let margin_of = |sell| margin(book, customer.currency, sell, offers);
        Self {
            account: customer.account.clone(),
            name: customer.name.clone(),
            currency: customer.currency.to_string(),
            volume: offers.volume,
            tariffs_now: offers.used.keys().map(|tariff| code(*tariff)).collect(),
            now: offers.now,
            best: best.map(|(tariff, _)| code(tariff)),
            best_sell: best.map(|(_, offer)| offer.sell),
            saving,
            saving_percent: saving.and_then(|saving| percent_of(saving, offers.now)),
            margin_now: margin_of(offers.costed.now),
            margin_best: best.and_then(|(_, offer)| margin_of(offer.costed_sell)),
            without_cost: offers.volume.calls - offers.costed.calls,
            offers: offers
                .offers
                .iter()
                .map(|(tariff, offer)| OfferRow::new(code(*tariff), offer, offers.now, margin_of))
                .collect(),
            not_billable: not_billable(&offers.set_aside),
        }
    }

    fn words(&self) -> Vec<String> {
        vec![
            format!("{} {}", self.account, self.name),
            count(u128::from(self.volume.calls)),
            self.tariffs_now.join(" "),
            self.currency.clone(),
            amount(&self.now.to_places(4)),
            self.best.clone().unwrap_or_else(|| match self.offers.iter().any(|offer| offer.complete) {
                true => "none cheaper".to_owned(),
                false => "none complete".to_owned(),
            }),
            self.best_sell.map(about).unwrap_or_default(),
            self.saving.map_or_else(String::new, signed),
            percent_in_words(self.saving_percent),
            self.margin_now.map(about).unwrap_or_default(),
            self.margin_best.map(about).unwrap_or_default(),
        ]
    }
}

impl OfferRow {
    fn new(tariff: String, offer: &Offer, now: Sum<6>, margin_of: impl Fn(Sum<6>) -> Option<Sum<8>>) -> Self {
        let complete = offer.unpriced == 0;
        Self {
            tariff,
            complete,
            calls: offer.calls,
            sell: offer.sell,
            unpriced: offer.unpriced,
            unpriced_now: offer.unpriced_now,
            saving: complete.then(|| less(now, offer.sell)),
            margin: complete.then(|| margin_of(offer.costed_sell)).flatten(),
        }
    }
}

fn less(from: Sum<6>, what: Sum<6>) -> Sum<6> {
    Sum::from_wide(from.wide() - what.wide())
}

/// What the reseller keeps of the usage whose cost is known; none if there is no such usage, or if it is sold in
/// another currency than the costs are in.
fn margin(book: &Book, currency: Currency, sell: Sum<6>, offers: &CustomerOffers) -> Option<Sum<8>> {
    let comparable = currency == book.settings.currency && offers.costed.calls > 0;
    comparable.then(|| Sum::from_wide(sell.wide() * power_of_ten(2) - offers.costed.cost.wide()))
}
