//! An increase of products' prices (R17, P2): which products, whose prices of them, and what each was. How dated prices go
//! on is the business of `series`.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::Tables;
use crate::tariffs::rows::{Row, known_names, rows};

use super::series::{Series, Work};
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
    let mut work = Work::new("product_prices", "products", increase);
    for ((product, account, tariff), prices) in series {
        let base = if account.is_empty() && tariff.is_empty() { chosen[product].price("price") } else { None };
        let cells = vec![("product", product), ("account", account), ("tariff", tariff)];
        work.raise_series(&Series { name: name(product, account, tariff), cells, base, begins: None }, prices);
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

/// Whose price of what.
fn name(product: &str, account: &str, tariff: &str) -> String {
    match (account, tariff) {
        ("", "") => product.to_owned(),
        (account, "") => format!("{product} of account {account}"),
        (_, tariff) => format!("{product} of tariff {tariff}"),
    }
}
