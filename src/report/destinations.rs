//! Usage on posted documents of a period → where it went, the most first: calls, minutes, what they sell for and cost.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::answer::{Answer, Cover, NoAnswer};
use super::costs::UNKNOWN_COST;
use super::margin::{description_of, seconds};
use super::sheet::{Column, Sheet, SheetCell};
use super::usage_totals::{UsageBy, UsageKey, UsageSums, UsageTotals};
use crate::domain::book::Book;
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::price_book::CallClass;

/// By what the first are first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// What the customers pay.
    Sell,
    /// How many calls.
    Calls,
    /// How long.
    Time,
    /// What the suppliers charge.
    Cost,
    /// What is earned.
    Margin,
}

/// Said below it.
const ROUNDED: &str =
    "calls are charged to fractions of a penny: each row is rounded, and the sums of all are rounded once";

/// What a row comes to, worked out.
struct Line<'a> {
    key: &'a UsageKey,
    sums: &'a UsageSums,
    sell: Money,
    cost: Option<Money>,
    margin: Option<Money>,
}

/// The report.
pub fn answer(
    book: &Book,
    (by, rank): (UsageBy, Rank),
    (usage, expected): (&UsageTotals, i128),
    about: Vec<(&'static str, String)>,
) -> Result<Answer, NoAnswer> {
    let mut lines = Vec::new();
    for (key, sums) in &usage.sums {
        let (sell, cost) = (sums.sell(key.currency)?, sums.cost.in_currency(book, key.currency)?);
        lines.push(Line { key, sums, sell, cost, margin: cost.map(|cost| sell.minus(cost)).transpose()? });
    }
    let size = |line: &Line<'_>| match rank {
        Rank::Sell => i128::from(line.sell.minor()),
        Rank::Calls => line.sums.calls,
        Rank::Time => line.sums.seconds,
        Rank::Cost => i128::from(line.cost.unwrap_or_default().minor()),
        Rank::Margin => i128::from(line.margin.unwrap_or_default().minor()),
    };
    lines.sort_by_key(|line| (line.key.currency, Reverse(size(line)), line.key));
    let mut wholes = BTreeMap::<Currency, (UsageSums, Money, Option<Money>)>::new();
    for line in &lines {
        let (sums, ..) =
            wholes.entry(line.key.currency).or_insert_with(|| (UsageSums::default(), Money::ZERO, Some(Money::ZERO)));
        sums.calls += line.sums.calls;
        sums.seconds += line.sums.seconds;
        sums.bytes += line.sums.bytes;
        sums.items += line.sums.items;
        sums.accounts.extend(line.sums.accounts.iter().cloned());
        sums.charge.merge(line.sums.charge);
        sums.cost.merge(line.sums.cost.clone());
    }
    for (currency, (sums, sell, cost)) in &mut wholes {
        (*sell, *cost) = (sums.sell(*currency)?, sums.cost.in_currency(book, *currency)?);
    }
    let mut sheet = Sheet { columns: columns(by, &wholes), ..Sheet::default() };
    for line in &lines {
        let whole = wholes.get(&line.key.currency).map_or(Money::ZERO, |whole| whole.1);
        let names = names(book, by, line.key);
        sheet.rows.push(cells(names, line.key.currency, line.sums, (line.sell, line.cost, whole))?);
    }
    for (currency, (sums, sell, cost)) in &wholes {
        let mut names: Vec<_> = name_columns(by).iter().map(|_| String::new()).collect();
        names[0] = "total".to_owned();
        sheet.totals.push(cells(names, *currency, sums, (*sell, *cost, *sell))?);
    }
    let calls: i128 = wholes.values().map(|(sums, ..)| sums.calls).sum();
    let control = format!("control: {expected} records are on the invoices; the rows hold {calls}");
    if calls != expected {
        return Err(NoAnswer::Untied(control));
    }
    let unknown = wholes.values().any(|(_, _, cost)| cost.is_none());
    let cover = Cover {
        name: "top-destinations",
        title: format!("Where usage went, by {}: what is on posted invoices, ex VAT", word(by)),
        about,
        control: vec![control],
        notes: [ROUNDED].into_iter().chain(unknown.then_some(UNKNOWN_COST)).map(str::to_owned).collect(),
    };
    Ok(Answer { cover, sheet, empty: "no usage is on invoices with a date in the period".to_owned() })
}

fn word(by: UsageBy) -> String {
    match by {
        UsageBy::Line => "line".to_owned(),
        UsageBy::Destination => "destination".to_owned(),
        UsageBy::Class => "class".to_owned(),
        UsageBy::Prefix(length) => format!("the first {length} characters of the other number"),
        UsageBy::Number => "the other number".to_owned(),
    }
}

fn name_columns(by: UsageBy) -> Vec<Column> {
    match by {
        UsageBy::Destination => Column::all(["destination", "description", "class"]),
        UsageBy::Class => Column::all(["class"]),
        UsageBy::Prefix(_) => Column::all(["prefix"]),
        UsageBy::Number => Column::all(["number"]),
        UsageBy::Line => Column::all(["cli"]),
    }
}

fn names(book: &Book, by: UsageBy, key: &UsageKey) -> Vec<String> {
    let class = key.class.map_or("(no class)", CallClass::title).to_owned();
    match by {
        UsageBy::Destination => vec![key.of.to_string(), description_of(book, &key.of), class],
        UsageBy::Class => vec![class],
        UsageBy::Prefix(_) | UsageBy::Number | UsageBy::Line if key.of.is_empty() => vec!["(not said)".to_owned()],
        UsageBy::Prefix(_) | UsageBy::Number | UsageBy::Line => vec![key.of.to_string()],
    }
}

/// Bytes and messages are on the screen only where there are any.
fn columns(by: UsageBy, wholes: &BTreeMap<Currency, (UsageSums, Money, Option<Money>)>) -> Vec<Column> {
    let has = |part: fn(&UsageSums) -> i128| wholes.values().any(|(sums, ..)| part(sums) != 0);
    let mut columns = name_columns(by);
    columns.extend(Column::named([
        ("currency", " "),
        ("customers", "customers"),
        ("calls", "calls"),
        ("seconds", "time"),
        ("bytes", if has(|sums| sums.bytes) { "bytes" } else { "" }),
        ("items", if has(|sums| sums.items) { "items" } else { "" }),
        ("sell", "sell"),
        ("share_percent", "share"),
        ("cost", "cost"),
        ("margin", "margin"),
        ("margin_percent", "of sell"),
    ]));
    columns
}

fn cells(
    names: Vec<String>,
    currency: Currency,
    sums: &UsageSums,
    (sell, cost, whole): (Money, Option<Money>, Money),
) -> Result<Vec<SheetCell>, Overflow> {
    let margin = cost.map(|cost| sell.minus(cost)).transpose()?;
    let money = |money: Option<Money>| money.map_or(SheetCell::Nothing, |money| SheetCell::Money(money, currency));
    let minor = |money: Money| i128::from(money.minor());
    let mut cells: Vec<_> = names.into_iter().map(SheetCell::Text).collect();
    cells.extend([
        SheetCell::text(currency.code()),
        SheetCell::count(sums.accounts.len() as u64),
        SheetCell::Count(sums.calls),
        seconds(sums.seconds, true),
        SheetCell::Count(sums.bytes),
        SheetCell::Count(sums.items),
        money(Some(sell)),
        SheetCell::share(minor(sell), minor(whole)),
        money(cost),
        money(margin),
        margin.map_or(SheetCell::Nothing, |margin| SheetCell::share(minor(margin), minor(sell))),
    ]);
    Ok(cells)
}
