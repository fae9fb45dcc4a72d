//! Usage that cannot be billed → what has to be mended, ranked by the money at stake, with what to do about it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::answer::{Answer, Cover};
use super::sheet::{Column, Sheet, SheetCell};
use crate::domain::book::Book;
use crate::domain::disposition::Reason;
use crate::domain::money::{Currency, Money, Overflow, Rounding};
use crate::pipeline::waiting::{Failing, Failure};

/// The report.
pub fn answer(
    book: &Book,
    failing: &BTreeMap<Failure, Failing>,
    about: Vec<(&'static str, String)>,
) -> Result<Answer, Overflow> {
    let mut rows = Vec::new();
    let mut totals = BTreeMap::<Currency, (u64, Money, Money)>::new();
    for (of, one) in failing {
        let money = |sum: crate::domain::money::Sum<8>| sum.to_money(of.currency.digits, Rounding::HalfUp);
        let (at_stake, cost) = (money(one.at_stake)?, money(one.cost)?);
        let (records, all, all_cost) = totals.entry(of.currency).or_default();
        *records += one.records;
        *all = all.plus(at_stake)?;
        *all_cost = all_cost.plus(cost)?;
        let customer = of.customer.map(|id| book.customer(id));
        rows.push((
            (of.currency, Reverse(one.at_stake), Reverse(one.records), of),
            vec![
                SheetCell::text(of.currency.code()),
                SheetCell::Money(at_stake, of.currency),
                SheetCell::Money(cost, of.currency),
                SheetCell::count(one.records),
                SheetCell::text(of.reason.name()),
                SheetCell::text(&of.subject),
                SheetCell::text(&book.supplier(of.supplier).code),
                SheetCell::text(customer.map_or("", |customer| &customer.account)),
                SheetCell::text(customer.map_or("", |customer| &customer.name)),
                SheetCell::Date(one.oldest),
                SheetCell::Date(one.latest),
                SheetCell::text(&one.example),
                SheetCell::text(what_to_do(of.reason)),
            ],
        ));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let total = |(currency, (records, at_stake, cost)): (&Currency, &(u64, Money, Money))| {
        let mut cells = vec![SheetCell::Nothing; columns().len()];
        cells[0] = SheetCell::text(currency.code());
        cells[1] = SheetCell::Money(*at_stake, *currency);
        cells[2] = SheetCell::Money(*cost, *currency);
        cells[3] = SheetCell::count(*records);
        cells[4] = SheetCell::text("total");
        cells
    };
    let sheet = Sheet {
        columns: columns(),
        totals: totals.iter().map(total).collect(),
        rows: rows.into_iter().map(|(_, cells)| cells).collect(),
    };
    let cover = Cover {
        name: "billing-errors",
        title: "Usage that cannot be billed, by the money at stake".to_owned(),
        about,
        control: Vec::new(),
        notes: vec!["at stake: the suppliers' retail price, or else their cost".to_owned()],
    };
    Ok(Answer { cover, sheet, empty: "every record can be billed".to_owned() })
}

fn columns() -> Vec<Column> {
    Column::named([
        ("currency", " "),
        ("at_stake", "at stake"),
        ("cost", "cost"),
        ("records", "records"),
        ("reason", "reason"),
        ("what", "what"),
        ("supplier", "supplier"),
        ("account", "account"),
        ("name", ""),
        ("oldest", "oldest"),
        ("latest", ""),
        ("example", "example"),
        ("what_to_do", ""),
    ])
}

/// The first thing to try, in a few words.
fn what_to_do(reason: Reason) -> &'static str {
    match reason {
        Reason::UnknownCli => "give the identifier to a customer, or ignore it",
        Reason::CliNotBillableOnDate => "correct the dates of the line",
        Reason::CustomerDropped => "reinstate the customer, move the line, or ignore the identifier",
        Reason::UnknownCallType => "map the charge band or the prefix to a call type",
        Reason::NoExchangeRate => "add an exchange rate of the day or before",
        Reason::NoRate => "add a rate, or a markup",
        Reason::AmountOutOfRange => "look at the record: its amounts are beyond all bounds",
        Reason::ConflictingRecord => "ask the supplier which is right, delete the other",
        _ => "see `tollbook explain` with the example",
    }
}
