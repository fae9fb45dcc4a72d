//! `charge list`: the charges of customers, each with its price on a day (P2). Changes nothing.

use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;

use crate::billing::charge_price;
use crate::book::compile;
use crate::commands::bill::parse_date;
use crate::commands::selection::{Selection, cell_of};
use crate::commands::{Global, today};
use crate::domain::charge::{Charge, ChargeType, Interval};
use crate::domain::time::Date;
use crate::error::Result;
use crate::report::screen::table;
use crate::workspace::{Workspace, refuse_book};

/// Whose charges, on which day.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    selection: Selection,
    /// This account, as if it were named; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// With the prices of this day; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
}

#[derive(Serialize)]
struct Listed {
    account: String,
    charge: String,
    description: String,
    product: String,
    category: String,
    cli: String,
    every: String,
    quantity: String,
    /// Each, on the day; none if nothing gives one then.
    price: Option<String>,
    /// Prices of its own that begin after the day, with their days.
    later_prices: Vec<(Date, String)>,
    currency: String,
    from: Date,
    to: Option<Date>,
    minimum_term: Option<Date>,
}

impl List {
    pub fn run(mut self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        self.selection.accounts.append(&mut self.account);
        let tables = workspace.tables(&workspace.ledger()?)?;
        let customers = tables.get("customers");
        let chosen = self.selection.for_look(&workspace, &tables)?;
        let chosen: BTreeSet<&str> =
            chosen.iter().filter_map(|place| cell_of(customers, &customers.rows[*place], "account")).collect();
        let book = compile(&tables, &workspace.settings).map_err(|errors| refuse_book(&errors))?;
        let on = self.on.unwrap_or_else(|| today(&workspace.settings.zone));
        let charges =
            book.charges.iter().filter(|charge| chosen.contains(book.customer(charge.customer).account.as_str()));
        let charges: Vec<Listed> = charges
            .map(|charge| Listed {
                account: book.customer(charge.customer).account.clone(),
                charge: charge.id.clone(),
                description: charge.description.clone(),
                product: charge.product.map(|id| book.products[id.index()].code.clone()).unwrap_or_default(),
                category: charge.category.clone(),
                cli: charge.cli.map(|id| book.cli(id).cli.clone()).unwrap_or_default(),
                every: interval(charge),
                quantity: charge.quantity.to_string(),
                // What a charge costs before it begins is what it costs then.
                price: charge_price(&book, charge, on.max(charge.from)).map(|price| price.to_string()),
                later_prices: later_prices(charge, on.max(charge.from)),
                currency: book.customer(charge.customer).currency.to_string(),
                from: charge.from,
                to: charge.to,
                minimum_term: charge.minimum_term,
            })
            .collect();
        global.show(&charges, || in_words(&charges))
    }
}

fn later_prices(charge: &Charge, on: Date) -> Vec<(Date, String)> {
    let later = charge.prices.iter().filter(|(from, _)| *from > on);
    later.map(|(from, price)| (*from, price.to_string())).collect()
}

/// `monthly`, `14 days`, `once`.
fn interval(charge: &Charge) -> String {
    let ChargeType::Recurring { interval, .. } = charge.charge_type else { return "once".to_owned() };
    match interval {
        Interval::Days(1) => "daily".to_owned(),
        Interval::Days(7) => "weekly".to_owned(),
        Interval::Days(days) => format!("{days} days"),
        Interval::Months(1) => "monthly".to_owned(),
        Interval::Months(3) => "quarterly".to_owned(),
        Interval::Months(12) => "yearly".to_owned(),
        Interval::Months(months) => format!("{months} months"),
    }
}

fn in_words(charges: &[Listed]) -> String {
    let date = |date: &Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let rows = charges.iter().map(|charge| {
        let later = charge.later_prices.iter().map(|(from, price)| format!("{price} from {from}"));
        let words = [&charge.account, &charge.charge, &charge.description, &charge.product, &charge.cli, &charge.every];
        let price = charge.price.clone().unwrap_or_else(|| "—".to_owned());
        let dates = [charge.from.to_string(), date(&charge.to), date(&charge.minimum_term)];
        let figures = [charge.quantity.clone(), price, charge.currency.clone()];
        words.into_iter().cloned().chain(figures).chain(dates).chain([later.collect::<Vec<_>>().join(", ")]).collect()
    });
    let header = [
        "account",
        "charge",
        "description",
        "product",
        "CLI",
        "every",
        "quantity",
        "price",
        "",
        "from",
        "to",
        "minimum term",
        "later",
    ];
    table(&header, &[6, 7], rows)
}
