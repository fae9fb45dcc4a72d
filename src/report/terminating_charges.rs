//! The book's recurring charges → those that end, leave their minimum term or lose their contract in a span of days, with
//! what they come to a month: what is at stake.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::answer::{Answer, Cover};
use super::sheet::{Column, Sheet, SheetCell};
use crate::billing::monthly::{days_in_force, monthly};
use crate::domain::book::Book;
use crate::domain::charge::Charge;
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::time::Date;
use crate::pipeline::reprice::Period;

/// What ends of a charge, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ends {
    charge: Option<Date>,
    term: Option<Date>,
    contract: Option<Date>,
}

impl Ends {
    /// The first that is within the days, and which.
    fn first(self, days: Period) -> Option<(Date, &'static str)> {
        let named = [(self.charge, "charge ends"), (self.term, "minimum term ends"), (self.contract, "contract ends")];
        let within = named.into_iter().filter_map(|(on, what)| on.map(|on| (on, what)));
        within.filter(|(on, _)| days.from <= *on && *on <= days.to).min_by_key(|(on, _)| *on)
    }
}

/// The report: by day, then what is at stake.
pub fn answer(
    book: &Book,
    contract_ends: &BTreeMap<String, Date>,
    (days, is_meant): (Period, &dyn Fn(&str) -> bool),
    about: Vec<(&'static str, String)>,
) -> Result<Answer, Overflow> {
    let mut rows = Vec::new();
    let mut totals = BTreeMap::<Currency, (u64, Money)>::new();
    for charge in &book.charges {
        let customer = book.customer(charge.customer);
        if !is_meant(&customer.account) || customer.status.is_gone() {
            continue;
        }
        let contract = contract_ends.get(&customer.account).copied();
        let Some((on, what, ends)) = end_of(book, charge, contract, days) else { continue };
        let Some(value) = monthly(book, charge, on)? else { continue };
        let (charges, sum) = totals.entry(customer.currency).or_default();
        *charges += 1;
        *sum = sum.plus(value.sell.unwrap_or_default())?;
        let size = Reverse(value.sell.unwrap_or_default());
        rows.push(((on, size, &customer.account, &charge.id), cells(book, charge, (on, what, ends), value.sell)));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let total = |(currency, (charges, sum)): (&Currency, &(u64, Money))| {
        let mut cells = vec![SheetCell::Nothing; columns().len()];
        cells[0] = SheetCell::text("total");
        cells[4] = SheetCell::text(if *charges == 1 { "1 charge" } else { "" });
        if *charges != 1 {
            cells[4] = SheetCell::Text(format!("{charges} charges"));
        }
        cells[11] = SheetCell::text(currency.code());
        cells[12] = SheetCell::Money(*sum, *currency);
        cells
    };
    let sheet = Sheet {
        columns: columns(),
        totals: totals.iter().map(total).collect(),
        rows: rows.into_iter().map(|(_, cells)| cells).collect(),
    };
    let cover = Cover {
        name: "terminating-charges",
        title: "Recurring charges that end, leave their minimum term or lose their contract".to_owned(),
        about,
        control: Vec::new(),
        notes: vec![
            "a month: price times quantity on the day of the end; quarterly and yearly charges by their part of a month"
                .to_owned(),
        ],
    };
    Ok(Answer { cover, sheet, empty: "no recurring charge ends within these days".to_owned() })
}

/// When a charge that is in force within the days ends, if it does so within them.
fn end_of(book: &Book, charge: &Charge, contract: Option<Date>, days: Period) -> Option<(Date, &'static str, Ends)> {
    let (from, last) = days_in_force(book, charge);
    if from > days.to || last.is_some_and(|last| last < days.from || last < from) {
        return None;
    }
    // A term or a contract that runs out after the charge has ended ends nothing.
    let before_end = |on: Option<Date>| on.filter(|on| last.is_none_or(|last| *on < last));
    let ends = Ends { charge: last, term: before_end(charge.minimum_term), contract: before_end(contract) };
    ends.first(days).map(|(on, what)| (on, what, ends))
}

fn columns() -> Vec<Column> {
    Column::named([
        ("on", "on"),
        ("what", "what"),
        ("organisation", ""),
        ("account", "account"),
        ("name", "name"),
        ("charge", "charge"),
        ("description", "description"),
        ("cli", "CLI"),
        ("charge_ends", ""),
        ("minimum_term", ""),
        ("contract_end", ""),
        ("currency", " "),
        ("monthly", "a month"),
    ])
}

fn cells(book: &Book, charge: &Charge, (on, what, ends): (Date, &str, Ends), sell: Option<Money>) -> Vec<SheetCell> {
    let customer = book.customer(charge.customer);
    vec![
        SheetCell::Date(on),
        SheetCell::text(what),
        SheetCell::text(&book.organisations[customer.organisation.index()].code),
        SheetCell::text(&customer.account),
        SheetCell::text(&customer.name),
        SheetCell::text(&charge.id),
        SheetCell::text(description(book, charge)),
        SheetCell::text(charge.cli.map_or("", |cli| &book.cli(cli).cli)),
        SheetCell::day(ends.charge),
        SheetCell::day(charge.minimum_term),
        SheetCell::day(ends.contract),
        SheetCell::text(customer.currency.code()),
        sell.map_or(SheetCell::Nothing, |sell| SheetCell::Money(sell, customer.currency)),
    ]
}

/// What the invoice would say.
fn description<'b>(book: &'b Book, charge: &'b Charge) -> &'b str {
    let product = charge.product.map_or("", |product| &book.products[product.index()].name);
    [charge.description.as_str(), product, &charge.id].into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}
