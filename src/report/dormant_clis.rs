//! Lines in force and the day on which each was last used → those that nobody used for long, with what is charged for them
//! and what they cost: the dearest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::answer::{Answer, Cover};
use super::sheet::{Column, Sheet, SheetCell};
use crate::billing::monthly::{days_in_force, monthly};
use crate::domain::book::{Book, CliId};
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::time::Date;

/// Which lines are dormant.
#[derive(Clone, Copy, Debug)]
pub struct Dormant {
    /// As it stands on this day.
    pub on: Date,
    /// Without usage for at least so many days up to it.
    pub days: u32,
}

/// What a line is charged a month.
#[derive(Clone, Copy, Debug, Default)]
struct Rentals {
    charges: u64,
    sell: Money,
    cost: Money,
}

/// The report.
pub fn answer(
    book: &Book,
    dormant: Dormant,
    last_use: &BTreeMap<CliId, Date>,
    is_meant: &dyn Fn(&str) -> bool,
    about: Vec<(&'static str, String)>,
) -> Result<Answer, Overflow> {
    let rentals = rentals(book, dormant.on)?;
    let since = dormant.on.plus_days(-i32::try_from(dormant.days).unwrap_or(i32::MAX / 2));
    let (mut rows, mut totals) = (Vec::new(), BTreeMap::<Currency, (u64, Rentals)>::new());
    for (place, cli) in book.clis.iter().enumerate() {
        let (id, customer) = (CliId::from_index(place), book.customer(cli.customer));
        let last = last_use.get(&id).copied();
        let is_new = cli.valid.from.is_some_and(|from| from > since);
        let is_used = last.is_some_and(|last| last > since);
        let is_in_force = cli.valid.contains(dormant.on) && !customer.status.is_gone();
        if !is_in_force || is_new || is_used || !is_meant(&customer.account) {
            continue;
        }
        let of = rentals.get(&id).copied().unwrap_or_default();
        let (lines, sum) = totals.entry(customer.currency).or_default();
        *lines += 1;
        sum.merge(of)?;
        let order = (customer.currency, Reverse(of.sell), Reverse(of.cost), last, &customer.account, &cli.cli);
        rows.push((order, cells(book, id, (dormant.on, last), of)));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let total = |(currency, (lines, sum)): (&Currency, &(u64, Rentals))| {
        let mut cells = vec![SheetCell::Nothing; columns().len()];
        cells[1] = SheetCell::text("total");
        cells[3] = SheetCell::Text(format!("{lines} line{}", if *lines == 1 { "" } else { "s" }));
        cells[9] = SheetCell::count(sum.charges);
        cells[10] = SheetCell::text(currency.code());
        cells[11] = SheetCell::Money(sum.sell, *currency);
        cells[12] = SheetCell::Money(sum.cost, book.settings.currency);
        cells
    };
    let sheet = Sheet {
        columns: columns(),
        totals: totals.iter().map(total).collect(),
        rows: rows.into_iter().map(|(_, cells)| cells).collect(),
    };
    let cover = Cover {
        name: "dormant-clis",
        title: format!("Lines in force on {} without usage for {} days or more", dormant.on, dormant.days),
        about,
        control: Vec::new(),
        notes: vec![format!(
            "a month: recurring charges of the line on that day; costs in {}. Lines that are younger are left out",
            book.settings.currency
        )],
    };
    Ok(Answer { cover, sheet, empty: "every line was used".to_owned() })
}

impl Rentals {
    fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        self.charges += other.charges;
        self.sell = self.sell.plus(other.sell)?;
        self.cost = self.cost.plus(other.cost)?;
        Ok(())
    }
}

/// The recurring charges in force on a day, by line.
fn rentals(book: &Book, on: Date) -> Result<BTreeMap<CliId, Rentals>, Overflow> {
    let mut rentals = BTreeMap::<CliId, Rentals>::new();
    for charge in &book.charges {
        let (from, last) = days_in_force(book, charge);
        let Some(cli) = charge.cli.filter(|_| from <= on && last.is_none_or(|last| on <= last)) else { continue };
        let Some(value) = monthly(book, charge, on)? else { continue };
        let one = Rentals { charges: 1, sell: value.sell.unwrap_or_default(), cost: value.cost };
        rentals.entry(cli).or_default().merge(one)?;
    }
    Ok(rentals)
}

fn columns() -> Vec<Column> {
    Column::named([
        ("organisation", ""),
        ("account", "account"),
        ("name", "name"),
        ("cli", "CLI"),
        ("description", "description"),
        ("type", ""),
        ("since", ""),
        ("last_used", "last used"),
        ("idle_days", "days idle"),
        ("charges", "charges"),
        ("currency", " "),
        ("monthly", "a month"),
        ("monthly_cost", "costs us"),
    ])
}

fn cells(book: &Book, id: CliId, (on, last): (Date, Option<Date>), of: Rentals) -> Vec<SheetCell> {
    let cli = book.cli(id);
    let customer = book.customer(cli.customer);
    let idle = last.and_then(|last| u64::try_from(on.days_since(last)).ok());
    vec![
        SheetCell::text(&book.organisations[customer.organisation.index()].code),
        SheetCell::text(&customer.account),
        SheetCell::text(&customer.name),
        SheetCell::text(&cli.cli),
        SheetCell::text(&cli.description),
        SheetCell::text(&cli.cli_type),
        SheetCell::day(cli.valid.from),
        last.map_or_else(|| SheetCell::text("never"), SheetCell::Date),
        idle.map_or(SheetCell::Nothing, SheetCell::count),
        SheetCell::count(of.charges),
        SheetCell::text(customer.currency.code()),
        SheetCell::Money(of.sell, customer.currency),
        SheetCell::Money(of.cost, book.settings.currency),
    ]
}
