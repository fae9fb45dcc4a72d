//! Usage that waits to be billed → by customer, what it would sell for at today's prices, and since when it waits.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::answer::{Answer, Cover};
use super::sheet::{Column, Sheet, SheetCell};
use crate::domain::book::{Book, CustomerId};
use crate::domain::money::{Currency, Money, Overflow, Rounding, Sum};
use crate::pipeline::waiting::Unbilled;

/// The report: what waits with the most money first, within each currency.
pub fn answer(
    book: &Book,
    waiting: &BTreeMap<CustomerId, Unbilled>,
    about: Vec<(&'static str, String)>,
) -> Result<Answer, Overflow> {
    let mut rows = Vec::new();
    let mut totals = BTreeMap::<Currency, (u64, u64, Money, Money)>::new();
    for (id, one) in waiting {
        let customer = book.customer(*id);
        let sell = one.sell.to_money(customer.currency.digits, Rounding::HalfUp)?;
        let cost = cost(book, one.cost)?;
        let (records, seconds, all, all_cost) = totals.entry(customer.currency).or_default();
        *records += one.records;
        *seconds += one.seconds;
        *all = all.plus(sell)?;
        *all_cost = all_cost.plus(cost)?;
        rows.push((
            (customer.currency, Reverse(sell), *id),
            vec![
                SheetCell::text(&book.organisations[customer.organisation.index()].code),
                SheetCell::text(&book.groups[customer.group.index()].code),
                SheetCell::text(&customer.account),
                SheetCell::text(&customer.name),
                SheetCell::text(customer.status.name()),
                SheetCell::count(one.records),
                SheetCell::seconds(one.seconds),
                SheetCell::Date(one.oldest),
                SheetCell::Date(one.latest),
                SheetCell::text(customer.currency.code()),
                SheetCell::Money(sell, customer.currency),
                SheetCell::Money(cost, book.settings.currency),
            ],
        ));
    }
    rows.sort_by_key(|(order, _)| *order);
    let total = |(currency, (records, seconds, sell, cost)): (&Currency, &(u64, u64, Money, Money))| {
        let mut cells = vec![SheetCell::Nothing; columns().len()];
        cells[2] = SheetCell::text("total");
        cells[5] = SheetCell::count(*records);
        cells[6] = SheetCell::seconds(*seconds);
        cells[9] = SheetCell::text(currency.code());
        cells[10] = SheetCell::Money(*sell, *currency);
        cells[11] = SheetCell::Money(*cost, book.settings.currency);
        cells
    };
    let sheet = Sheet {
        columns: columns(),
        totals: totals.iter().map(total).collect(),
        rows: rows.into_iter().map(|(_, cells)| cells).collect(),
    };
    let note = format!("at today's prices, before allowances and caps; costs in {}", book.settings.currency);
    let cover = Cover {
        name: "unbilled-usage",
        title: "Usage that waits to be billed, ex VAT".to_owned(),
        about,
        control: Vec::new(),
        notes: vec![note],
    };
    Ok(Answer { cover, sheet, empty: "no usage waits to be billed".to_owned() })
}

fn cost(book: &Book, cost: Sum<8>) -> Result<Money, Overflow> {
    cost.to_money(book.settings.currency.digits, Rounding::HalfUp)
}

fn columns() -> Vec<Column> {
    Column::named([
        ("organisation", ""),
        ("group", ""),
        ("account", "account"),
        ("name", "name"),
        ("status", "status"),
        ("records", "records"),
        ("seconds", "time"),
        ("oldest", "oldest"),
        ("latest", "latest"),
        ("currency", " "),
        ("sell", "sell"),
        ("cost", "cost"),
    ])
}
