//! An increase of products' prices (R17, P2): a dated row of `product_prices.csv` for each price in force on the date.
//! Prices there have a first day only, so nothing ends; a price planned for later is raised where it is.
//!
//! These rows have no note for a mark. What a price was is told by the one before it; one that has none before it is
//! left alone, and so are planned prices where the price on the date does not show that they were not raised with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::{TableRow, Tables};
use crate::domain::money::{Overflow, Price};
use crate::domain::time::Date;
use crate::tariffs::rows::{Row, known_names, rows};

use super::prices::{raised, reached};
use super::rates::takes_all;
use super::report::{Change, How, Left, PriceChange, Report, Why};
use super::{Increase, Outcome, Refusal};

/// Which products, and whose prices of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductSelection {
    /// All products of these categories.
    pub categories: Vec<String>,
    /// And these products.
    pub products: Vec<String>,
    /// Also the prices that customers have of their own.
    pub customer_prices: bool,
    /// Also the prices of tariffs.
    pub tariff_prices: bool,
}

/// Raises prices of products from a date: those for everybody, and others where the selection says so. Costs, and
/// prices that charges have of their own, are not touched.
///
/// # Errors
/// No such product or category; a price that leaves the range of prices; a product that has another price from the date
/// already.
pub fn raise_products(tables: &Tables, selection: &ProductSelection, increase: &Increase) -> Result<Outcome, Refusal> {
    let chosen = chosen(tables, selection)?;
    let mut series: BTreeMap<(&str, &str, &str), Vec<Row>> = BTreeMap::new();
    for row in rows(tables, "product_prices") {
        let (account, tariff) = (row.text("account"), row.text("tariff"));
        let meant = (account.is_empty() || selection.customer_prices) && (tariff.is_empty() || selection.tariff_prices);
        if meant && chosen.contains_key(row.text("product")) {
            series.entry((row.text("product"), account, tariff)).or_default().push(row);
        }
    }
    for product in chosen.keys() {
        series.entry((product, "", "")).or_default();
    }
    let mut work = Work { increase, tables, written: Vec::new(), report: Report::default(), failed: Vec::new() };
    for ((product, account, tariff), mut prices) in series {
        prices.sort_by_key(|row| row.date("from"));
        let base = if account.is_empty() && tariff.is_empty() { chosen[product].price("price") } else { None };
        work.raise_series(&Series { product, account, tariff, base }, &prices);
    }
    work.finish()
}

/// The products chosen, by code.
fn chosen<'t>(tables: &'t Tables, selection: &ProductSelection) -> Result<BTreeMap<&'t str, Row<'t>>, Refusal> {
    let products = || rows(tables, "products");
    let codes: BTreeSet<&str> = products().map(|row| row.text("product")).collect();
    let categories: BTreeSet<&str> = products().map(|row| row.text("category")).collect();
    for (asked, known, what) in
        [(&selection.products, &codes, "product"), (&selection.categories, &categories, "category of products")]
    {
        if let Some(unknown) = asked.iter().find(|asked| !known.contains(asked.as_str())) {
            let hint = known_names(known.iter().copied());
            return Err(Refusal::new(format!("there is no {what} {unknown:?}"), hint));
        }
    }
    let names = |list: &[String], name: &str| list.iter().any(|listed| listed == name);
    let meant = products().filter(|row| {
        names(&selection.products, row.text("product")) || names(&selection.categories, row.text("category"))
    });
    Ok(meant.map(|row| (row.text("product"), row)).collect())
}

/// The prices of one product for everybody, one customer or one tariff.
struct Series<'s> {
    product: &'s str,
    account: &'s str,
    tariff: &'s str,
    /// The price before the first dated one.
    base: Option<Price>,
}

struct Work<'w> {
    increase: &'w Increase,
    tables: &'w Tables,
    written: Vec<TableRow>,
    report: Report,
    /// (a price leaves the range, or else has been changed already; where)
    failed: Vec<(bool, String)>,
}

impl Work<'_> {
    /// The dated prices of a series, by date.
    fn raise_series(&mut self, series: &Series, dated: &[Row]) {
        let from = self.increase.from;
        let price = |row: &Row| row.price("price").unwrap_or_default();
        let day = |row: &Row| row.date("from").unwrap_or(from);
        let past = dated.iter().rev().find(|row| day(row) < from);
        let before = past.map(price).or(series.base);
        let on_date = dated.iter().find(|row| day(row) == from).map(price);
        let raised_now = match self.decide(before, on_date) {
            Ok(Ok(change)) => {
                let how = if on_date.is_some() { How::InPlace } else { How::NewRow };
                self.write(series, from, how, change);
                true
            }
            Ok(Err(why)) => {
                let begins = if on_date.is_some() { Some(from) } else { past.map(day) };
                self.leave(series, begins, why);
                false
            }
            Err(failure) => {
                let words = if failure { "" } else { ": has another price from that date than on the day before" };
                self.failed.push((failure, format!("{}{words}", name(series))));
                return;
            }
        };
        for row in dated.iter().filter(|row| day(row) > from) {
            let decided = match self.change(price(row)) {
                _ if self.increase.leave_future => Ok(Err(Why::BeginsLater)),
                _ if !raised_now => Ok(Err(Why::CannotTell)),
                decided => decided,
            };
            match decided {
                Ok(Ok(change)) => self.write(series, day(row), How::InPlace, change),
                Ok(Err(why)) => self.leave(series, Some(day(row)), why),
                Err(Overflow) => self.failed.push((true, name(series))),
            }
        }
    }

    /// The new price from the date, or why there is none; a failure as in [`Self::failed`].
    fn decide(&self, before: Option<Price>, on_date: Option<Price>) -> Result<Result<PriceChange, Why>, bool> {
        let Some(before) = before else {
            return Ok(Err(if on_date.is_some() { Why::CannotTell } else { Why::NoPrice }));
        };
        let change = self.change(before).map_err(|Overflow| true)?;
        match (on_date, change) {
            (Some(now), Ok(change)) if now.to_string() == change.new => Ok(Err(Why::RaisedAlready)),
            (Some(now), Ok(_)) if now != before => Err(false),
            (Some(now), Err(why)) if now != before && why != Why::Credits => Ok(Err(Why::CannotTell)),
            (_, change) => Ok(change),
        }
    }

    fn change(&self, old: Price) -> Result<Result<PriceChange, Why>, Overflow> {
        let new = raised(old, self.increase.percent)?;
        let why = if old.is_negative() && !self.increase.credits {
            Why::Credits
        } else if old.is_zero() {
            Why::Zero
        } else if new == old {
            Why::TooSmall
        } else if new.is_zero() && !takes_all(self.increase) {
            Why::WouldVanish
        } else {
            let reached = reached(old, new).into_iter().collect();
            let (old, new) = (old.to_string(), new.to_string());
            return Ok(Ok(PriceChange { field: "price", old, new, reached, vanishes: false }));
        };
        Ok(Err(why))
    }

    fn write(&mut self, series: &Series, from: Date, how: How, change: PriceChange) {
        let table = self.tables.get("product_prices");
        let set = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let cell = |column: &str| match column {
            "product" => set(series.product),
            "account" => set(series.account),
            "tariff" => set(series.tariff),
            "from" => Some(from.to_string()),
            "price" => Some(change.new.clone()),
            _ => None,
        };
        self.written.push(TableRow { line: 0, cells: table.column_names().map(cell).collect() });
        self.report.changes.push(Change { row: name(series), from: Some(from), to: None, how, prices: vec![change] });
    }

    fn leave(&mut self, series: &Series, from: Option<Date>, why: Why) {
        self.report.left.push(Left { row: name(series), from, to: None, why });
    }

    fn finish(self) -> Result<Outcome, Refusal> {
        let overflow = self.failed.iter().any(|(overflow, _)| *overflow);
        if let Some(reason) = (!self.failed.is_empty()).then(|| match overflow {
            true => "prices would leave the range of prices".to_owned(),
            false => format!("products have a new price from {} already", self.increase.from),
        }) {
            let hint = match overflow {
                true => "a smaller percentage",
                false => "another date, or the price that is meant with `tollbook book import`",
            };
            let places = self.failed.into_iter().filter(|(kind, _)| *kind == overflow).map(|(_, place)| place);
            return Err(Refusal { places: places.collect(), ..Refusal::new(reason, hint) });
        }
        let mut rows = Tables::new();
        rows.get_mut("product_prices").rows = self.written;
        Ok(Outcome { rows, report: self.report })
    }
}

/// Whose price of what.
fn name(series: &Series) -> String {
    match (series.account, series.tariff) {
        ("", "") => series.product.to_owned(),
        (account, "") => format!("{} of account {account}", series.product),
        (_, tariff) => format!("{} of tariff {tariff}", series.product),
    }
}
