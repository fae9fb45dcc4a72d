//! When customers' services are in force → month by month who joined, came back and left, and what their recurring charges
//! come to a month: the movement from the first day to the last.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Answer, Cover};
use super::sheet::{Column, Sheet, SheetCell};
use crate::billing::monthly::{days_in_force, monthly};
use crate::domain::book::{Book, CustomerId};
use crate::domain::charge::{Charge, ChargeType};
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::time::{Date, DateRange};
use crate::pipeline::reprice::Period;

/// What customers are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrowthBy {
    /// All together.
    All,
    /// Brand.
    Organisation,
    /// Billing group.
    Group,
}

/// What happened to some customers in a month.
#[derive(Clone, Copy, Debug, Default)]
struct Movement {
    start: u64,
    joined: u64,
    reactivated: u64,
    left: u64,
    end: u64,
    value_start: Money,
    value_joined: Money,
    value_left: Money,
    value_end: Money,
}

/// One customer's services.
struct Service<'b> {
    customer: CustomerId,
    spans: Vec<DateRange>,
    charges: Vec<&'b Charge>,
    /// No service after this day.
    last: Option<Date>,
}

/// The report, of the calendar months that the period touches.
pub fn answer(
    book: &Book,
    contract_starts: &BTreeMap<String, Date>,
    (period, by): (Period, GrowthBy),
    is_meant: &dyn Fn(&str) -> bool,
    about: Vec<(&'static str, String)>,
) -> Result<Answer, Overflow> {
    let services = services(book, contract_starts, is_meant);
    let without = services.iter().filter(|service| service.spans.is_empty()).count();
    let mut rows = BTreeMap::<(Date, String, Currency), Movement>::new();
    let mut month = period.from.first_of_month();
    let mut months = Vec::new();
    while month <= period.to {
        for service in services.iter().filter(|service| !service.spans.is_empty()) {
            let customer = book.customer(service.customer);
            let name = match by {
                GrowthBy::All => String::new(),
                GrowthBy::Organisation => book.organisations[customer.organisation.index()].code.clone(),
                GrowthBy::Group => book.groups[customer.group.index()].code.clone(),
            };
            rows.entry((month, name, customer.currency)).or_default().add(book, service, month)?;
        }
        months.push(month);
        month = month.plus_months(1);
    }
    rows.retain(|_, movement| movement.start + movement.joined + movement.reactivated != 0);
    let currencies: BTreeSet<Currency> = rows.keys().map(|(_, _, currency)| *currency).collect();
    let mut sheet = Sheet { columns: columns(by), ..Sheet::default() };
    for ((month, name, currency), movement) in &rows {
        sheet.rows.push(cells(&month_in_words(*month), name, *currency, movement)?);
    }
    for currency in currencies {
        let of_currency = rows.iter().filter(|((_, _, of), _)| *of == currency);
        let whole = over_all(of_currency.map(|((month, ..), movement)| (*month, movement)), &months)?;
        sheet.totals.push(cells("all", "", currency, &whole)?);
    }
    let note = "a customer is there while a line or a recurring charge is in force; without either, from the start of its \
                contract. A month's value: recurring charges in force on the day, by their part of a month";
    let mut notes = vec![note.to_owned()];
    if without > 0 {
        notes.push(format!("without any service or start of contract, and not counted: {without}"));
    }
    let cover = Cover {
        name: "customer-growth",
        title: "Customers who joined, came back and left, by month".to_owned(),
        about,
        control: vec!["start + joined + reactivated − left = end, in every row".to_owned()],
        notes,
    };
    Ok(Answer { cover, sheet, empty: "no customer was there in any of these months".to_owned() })
}

fn services<'b>(
    book: &'b Book,
    contract_starts: &BTreeMap<String, Date>,
    is_meant: &dyn Fn(&str) -> bool,
) -> Vec<Service<'b>> {
    let mut services: Vec<Service<'b>> = Vec::with_capacity(book.customers.len());
    for (place, customer) in book.customers.iter().enumerate() {
        let last = [customer.dropped_date, customer.final_bill_date].into_iter().flatten().min();
        services.push(Service {
            customer: CustomerId::from_index(place),
            spans: Vec::new(),
            charges: Vec::new(),
            last,
        });
    }
    for cli in &book.clis {
        services[cli.customer.index()].spans.push(cli.valid);
    }
    for charge in book.charges.iter().filter(|charge| matches!(charge.charge_type, ChargeType::Recurring { .. })) {
        let (from, to) = days_in_force(book, charge);
        let service = &mut services[charge.customer.index()];
        service.spans.push(DateRange { from: Some(from), to });
        service.charges.push(charge);
    }
    services.iter_mut().for_each(|service| service.spans.retain(|span| !span.is_reversed()));
    for service in services.iter_mut().filter(|service| service.spans.is_empty()) {
        let start = contract_starts.get(&book.customer(service.customer).account);
        service.spans.extend(start.map(|start| DateRange { from: Some(*start), to: None }));
    }
    services.retain(|service| {
        let customer = book.customer(service.customer);
        let never_was = customer.status.is_gone() && service.last.is_none();
        is_meant(&customer.account) && !never_was
    });
    services
}

impl Service<'_> {
    fn is_there(&self, on: Date) -> bool {
        self.last.is_none_or(|last| on <= last) && self.spans.iter().any(|span| span.contains(on))
    }

    /// Was there on any day from one to another.
    fn was_there(&self, days: DateRange) -> bool {
        let days = DateRange { to: [days.to, self.last].into_iter().flatten().min(), ..days };
        !days.is_reversed() && self.spans.iter().any(|span| span.overlaps(days))
    }

    /// What its recurring charges come to a month, of those in force on a day.
    fn value(&self, book: &Book, on: Date) -> Result<Money, Overflow> {
        let mut sum = Money::ZERO;
        for charge in &self.charges {
            let (from, last) = days_in_force(book, charge);
            if from <= on && last.is_none_or(|last| on <= last) {
                sum = sum.plus(monthly(book, charge, on)?.and_then(|value| value.sell).unwrap_or_default())?;
            }
        }
        Ok(sum)
    }
}

impl Movement {
    fn add(&mut self, book: &Book, service: &Service<'_>, month: Date) -> Result<(), Overflow> {
        let (before, last) = (month.previous(), month.last_of_month());
        let (was, is) = (service.is_there(before), service.is_there(last));
        let [value_was, value_is] = [(was, before), (is, last)]
            .map(|(is_there, on)| if is_there { service.value(book, on) } else { Ok(Money::ZERO) });
        let (value_was, value_is) = (value_was?, value_is?);
        self.start += u64::from(was);
        self.end += u64::from(is);
        self.value_start = self.value_start.plus(value_was)?;
        self.value_end = self.value_end.plus(value_is)?;
        // Who came and went within the month did both.
        let came = !was && service.was_there(DateRange::new(month, last));
        if came {
            let was_ever = service.was_there(DateRange { from: None, to: Some(before) });
            *(if was_ever { &mut self.reactivated } else { &mut self.joined }) += 1;
            self.value_joined = self.value_joined.plus(value_is)?;
        }
        if !is && (was || came) {
            self.left += 1;
            self.value_left = self.value_left.plus(value_was)?;
        }
        Ok(())
    }

    /// What those that stayed pay more or less.
    fn value_changed(&self) -> Result<Money, Overflow> {
        self.value_end.minus(self.value_start)?.minus(self.value_joined)?.plus(self.value_left)
    }
}

/// From the start of the first month to the end of the last.
fn over_all<'m>(movements: impl Iterator<Item = (Date, &'m Movement)>, months: &[Date]) -> Result<Movement, Overflow> {
    let mut all = Movement::default();
    for (month, one) in movements {
        all.joined += one.joined;
        all.reactivated += one.reactivated;
        all.left += one.left;
        all.value_joined = all.value_joined.plus(one.value_joined)?;
        all.value_left = all.value_left.plus(one.value_left)?;
        if months.first() == Some(&month) {
            all.start += one.start;
            all.value_start = all.value_start.plus(one.value_start)?;
        }
        if months.last() == Some(&month) {
            all.end += one.end;
            all.value_end = all.value_end.plus(one.value_end)?;
        }
    }
    Ok(all)
}

fn month_in_words(month: Date) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}

fn columns(by: GrowthBy) -> Vec<Column> {
    let by = match by {
        GrowthBy::All => ("of", ""),
        GrowthBy::Organisation => ("organisation", "organisation"),
        GrowthBy::Group => ("group", "group"),
    };
    Column::named([
        ("month", "month"),
        by,
        ("currency", " "),
        ("start", "start"),
        ("joined", "joined"),
        ("reactivated", "reactivated"),
        ("left", "left"),
        ("end", "end"),
        ("left_percent", "left of start"),
        ("monthly_start", "a month"),
        ("monthly_joined", "+ joined"),
        ("monthly_left", "+ left"),
        ("monthly_changed", "+ stayed"),
        ("monthly_end", "= a month"),
    ])
}

fn cells(month: &str, name: &str, currency: Currency, of: &Movement) -> Result<Vec<SheetCell>, Overflow> {
    let counts = [of.start, of.joined, of.reactivated, of.left, of.end].map(SheetCell::count);
    let values = [of.value_start, of.value_joined, of.value_left.negated()?, of.value_changed()?, of.value_end];
    let words = [SheetCell::text(month), SheetCell::text(name), SheetCell::text(currency.code())];
    let share = SheetCell::share(i128::from(of.left), i128::from(of.start));
    let values = values.map(|value| SheetCell::Money(value, currency));
    Ok(words.into_iter().chain(counts).chain([share]).chain(values).collect())
}
