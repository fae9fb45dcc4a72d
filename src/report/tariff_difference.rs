//! The sums of `tariff diff` → what is shown: rows by customer, class and destination, totals, and what is apart.

use std::cmp::Reverse;

use serde::Serialize;

use super::screen::{amount, count, table};
use super::sheet::{Column, Sheet, SheetCell};
use super::volume::{self, percent_in_words, percent_of, signed, units};
use crate::domain::book::{Book, CallTypeId, CustomerId};
use crate::domain::disposition::Reason;
use crate::domain::money::Sum;
use crate::domain::price_book::CallClass;
use crate::domain::time::Date;
use crate::pipeline::reprice::difference::{Change, Differences};
use crate::pipeline::reprice::{Period, Volume};

/// What rows are summed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The customer.
    Customer,
    /// The call class.
    Class,
    /// The call type.
    Destination,
}

/// A comparison as it is shown.
#[derive(Serialize)]
pub struct TariffDifference {
    from: Date,
    to: Date,
    old_tariff: String,
    new_tariff: String,
    currency: String,
    amounts: &'static str,
    rows: Vec<Row>,
    customers: Vec<Row>,
    total: Row,
    unpriced: Vec<UnpricedRow>,
    through_other_tariffs: Vec<InheritedRow>,
    priced_otherwise: u64,
    not_billable: Vec<NotBillable>,
}

/// Usage and its two prices. What it is not summed by is left out.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    of: Place,
    #[serde(flatten)]
    volume: Volume,
    old: Sum<6>,
    new: Sum<6>,
    difference: Sum<6>,
    percent: Option<Sum<1>>,
}

/// Whose usage, and which.
#[derive(Clone, Default, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

#[derive(Serialize)]
struct UnpricedRow {
    #[serde(flatten)]
    of: Place,
    #[serde(flatten)]
    volume: Volume,
    /// What the first tariff lacks.
    old_lacks: Option<&'static str>,
    /// What the second tariff lacks.
    new_lacks: Option<&'static str>,
    old: Option<Sum<6>>,
    new: Option<Sum<6>>,
}

#[derive(Serialize)]
struct InheritedRow {
    tariff: String,
    calls: u64,
    sell: Sum<6>,
}

/// Usage that cannot be billed now, for one reason.
#[derive(Serialize)]
pub struct NotBillable {
    /// M9.
    pub reason: &'static str,
    /// How many records.
    pub calls: u64,
}

/// What a person must know of all these amounts.
pub const BEFORE_ALLOWANCES: &str = "before allowances and spending caps";

impl TariffDifference {
    /// The sums by the dimensions asked for; by all of them if none is.
    pub fn new(
        book: &Book,
        period: Period,
        (old_tariff, new_tariff): (String, String),
        currency: String,
        sums: &Differences,
        by: &[Dimension],
    ) -> Self {
        let place = |customer, call_type| Place::of(book, customer, call_type);
        let mut rows: Vec<Row> =
            sums.grouped(|customer, call_type| place(customer, call_type).only(by)).into_iter().map(Row::of).collect();
        let by_customer = sums.grouped(|customer, call_type| place(customer, call_type).only(&[Dimension::Customer]));
        let mut customers: Vec<Row> = by_customer.into_iter().map(Row::of).collect();
        // The sort is stable: equal differences stay in the order of their names.
        rows.sort_by_key(Row::size);
        customers.sort_by_key(Row::size);
        let unpriced = sums.unpriced.iter().map(|(((old, new), customer, call_type), unpriced)| UnpricedRow {
            of: place(*customer, *call_type),
            volume: unpriced.volume,
            old_lacks: old.map(Reason::name),
            new_lacks: new.map(Reason::name),
            old: unpriced.old,
            new: unpriced.new,
        });
        let inherited = sums.inherited.iter().map(|(tariff, inherited)| InheritedRow {
            tariff: book.tariff(*tariff).code.clone(),
            calls: inherited.calls,
            sell: inherited.sell,
        });
        Self {
            from: period.from,
            to: period.to,
            old_tariff,
            new_tariff,
            currency,
            amounts: BEFORE_ALLOWANCES,
            rows,
            customers,
            total: Row::of((Place::default(), sums.total())),
            unpriced: unpriced.collect(),
            through_other_tariffs: inherited.collect(),
            priced_otherwise: sums.by_others.values().sum::<u64>() + sums.by_markup,
            not_billable: not_billable(&sums.set_aside),
        }
    }

    /// All rows, for a spreadsheet.
    pub fn sheet(&self) -> Sheet {
        let columns = [
            "account",
            "name",
            "class",
            "destination",
            "description",
            "calls",
            "seconds",
            "bytes",
            "items",
            "old",
            "new",
            "difference",
            "percent",
            "old_lacks",
            "new_lacks",
        ];
        let priced = self.rows.iter().map(|row| {
            let amounts = [row.old, row.new, row.difference].map(|sum| Some(sum.to_places(2)));
            let figures = volume::cells(&row.volume).map(Some).into_iter().chain(amounts);
            let figures = figures.chain([row.percent.map(|percent| percent.to_places(1))]).map(SheetCell::figure);
            row.of.sheet_cells().into_iter().chain(figures).chain([SheetCell::text(""), SheetCell::text("")]).collect()
        });
        let unpriced = self.unpriced.iter().map(|row| {
            let amounts = [row.old, row.new].map(|sum| sum.map(|sum| sum.to_places(2)));
            let figures = volume::cells(&row.volume).map(Some).into_iter().chain(amounts).chain([None, None]);
            let lacks = [row.old_lacks, row.new_lacks].map(|lacks| SheetCell::text(lacks.unwrap_or_default()));
            row.of.sheet_cells().into_iter().chain(figures.map(SheetCell::figure)).chain(lacks).collect()
        });
        Sheet { columns: Column::all(columns), rows: priced.chain(unpriced).collect(), ..Sheet::default() }
    }

    /// For the screen: the largest differences, or all.
    pub fn in_words(&self, all: bool) -> String {
        let period = volume::period_in_words(Period { from: self.from, to: self.to });
        let mut text = format!(
            "{} → {}, {period}, billed or not\namounts in {}, {BEFORE_ALLOWANCES}\n\n",
            self.old_tariff, self.new_tariff, self.currency
        );
        let shown = if all { self.rows.len() } else { self.rows.len().min(SHOWN) };
        text.push_str(&self.table_of(&self.rows[..shown], true));
        if shown < self.rows.len() {
            let rows = count(self.rows.len() as u128);
            text.push_str(&format!("the {shown} largest differences of {rows} rows; --all shows all\n"));
        }
        let is_by_customer =
            |row: &Row| row.of.account.is_some() && row.of.class.is_none() && row.of.destination.is_none();
        if !self.rows.iter().all(is_by_customer) {
            let shown = if all { self.customers.len() } else { self.customers.len().min(SHOWN) };
            text.push_str(&format!("\nby customer\n{}", self.table_of(&self.customers[..shown], false)));
        }
        text.push_str(&self.apart_in_words());
        text
    }

    fn table_of(&self, rows: &[Row], with_total: bool) -> String {
        let words: Vec<_> = rows.iter().map(|row| row.of.words()).collect();
        let titles = ["customer", "class", "destination"];
        let used: Vec<usize> = (0..3).filter(|column| words.iter().any(|words| !words[*column].is_empty())).collect();
        let used = if used.is_empty() { vec![0] } else { used };
        let total = (["total".to_owned(), "total".to_owned(), "total".to_owned()], &self.total);
        let cells = words.into_iter().zip(rows).chain(with_total.then_some(total)).map(|(words, row)| {
            let is_total = row.of == Place::default();
            let word =
                |column: &usize| if is_total && *column != used[0] { String::new() } else { words[*column].clone() };
            let figures = [
                count(u128::from(row.volume.calls)),
                units(&row.volume),
                amount(&row.old.to_places(4)),
                amount(&row.new.to_places(4)),
                signed(row.difference),
                percent_in_words(row.percent),
            ];
            used.iter().map(word).chain(figures).collect()
        });
        let figures = ["calls", "units", "old", "new", "difference", "%"];
        let header: Vec<&str> = used.iter().map(|column| titles[*column]).chain(figures).collect();
        let right: Vec<usize> = (used.len()..header.len()).collect();
        table(&header, &right, cells)
    }

    /// What is not in the table, so that nobody thinks it is.
    fn apart_in_words(&self) -> String {
        let mut text = String::new();
        if !self.unpriced.is_empty() {
            text.push_str("\nnot compared: without a price on one of the two\n");
            let known = |sum: Option<Sum<6>>, lacks: Option<&str>| match sum {
                Some(sum) => amount(&sum.to_places(4)),
                None => lacks.unwrap_or_default().to_owned(),
            };
            let rows = self.unpriced.iter().map(|row| {
                let figures = [
                    count(u128::from(row.volume.calls)),
                    units(&row.volume),
                    known(row.old, row.old_lacks),
                    known(row.new, row.new_lacks),
                ];
                row.of.words().into_iter().chain(figures).collect()
            });
            let header = ["customer", "class", "destination", "calls", "units", "old", "new"];
            text.push_str(&table(&header, &[3, 4, 5, 6], rows));
        }
        let mut notes = Vec::new();
        for InheritedRow { tariff, calls, sell } in &self.through_other_tariffs {
            let (calls, sell) = (volume::calls(*calls), amount(&sell.to_places(4)));
            let old = self.old_tariff.split('@').next().unwrap_or_default();
            notes.push(format!(
                "not in these sums: {calls} for {sell} that {tariff} prices by rows of {old}; compare {tariff} as well"
            ));
        }
        if self.priced_otherwise > 0 {
            notes.push(format!("priced by other tariffs or by markups: {}", volume::calls(self.priced_otherwise)));
        }
        notes.extend(self.not_billable.iter().map(NotBillable::in_words));
        if !notes.is_empty() {
            text.push_str(&format!("\n{}\n", notes.join("\n")));
        }
        text
    }
}

/// Rows of the screen, unless all are asked for.
const SHOWN: usize = 25;

/// Usage that cannot be billed, by reason.
pub fn not_billable(set_aside: &std::collections::BTreeMap<Reason, u64>) -> Vec<NotBillable> {
    set_aside.iter().map(|(reason, calls)| NotBillable { reason: reason.name(), calls: *calls }).collect()
}

impl NotBillable {
    /// For the screen.
    pub fn in_words(&self) -> String {
        format!("not billable now: {}, {}", volume::calls(self.calls), self.reason)
    }
}

impl Row {
    fn of((of, change): (Place, Change)) -> Self {
        let Change { volume, old, new, difference } = change;
        Self { of, volume, old, new, difference, percent: percent_of(difference, old) }
    }

    /// The largest first.
    fn size(&self) -> Reverse<u128> {
        Reverse(self.difference.wide().unsigned_abs())
    }
}

impl Place {
    fn of(book: &Book, customer: CustomerId, call_type: CallTypeId) -> Self {
        let (customer, call_type) = (book.customer(customer), book.call_type(call_type));
        Self {
            account: Some(customer.account.clone()),
            name: Some(customer.name.clone()),
            class: Some(CallClass::name(call_type.class)),
            destination: Some(call_type.code.clone()),
            description: Some(call_type.description.clone()),
        }
    }

    /// The parts that are asked for; all if none is.
    fn only(self, by: &[Dimension]) -> Self {
        let asked = |dimension| by.is_empty() || by.contains(&dimension);
        let (customer, destination) = (asked(Dimension::Customer), asked(Dimension::Destination));
        Self {
            account: self.account.filter(|_| customer),
            name: self.name.filter(|_| customer),
            class: self.class.filter(|_| asked(Dimension::Class)),
            destination: self.destination.filter(|_| destination),
            description: self.description.filter(|_| destination),
        }
    }

    fn words(&self) -> [String; 3] {
        let customer = [&self.account, &self.name].map(|part| part.clone().unwrap_or_default()).join(" ");
        let class = self.class.unwrap_or_default().to_owned();
        [customer.trim().to_owned(), class, self.description.clone().unwrap_or_default()]
    }

    fn sheet_cells(&self) -> [SheetCell; 5] {
        let text = |part: &Option<String>| SheetCell::text(part.as_deref().unwrap_or_default());
        [
            text(&self.account),
            text(&self.name),
            SheetCell::text(self.class.unwrap_or_default()),
            text(&self.destination),
            text(&self.description),
        ]
    }
}
