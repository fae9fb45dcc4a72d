//! The tariffs of a book as a list: their terms, how many of their rows are in force on a day, who uses them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::book::Tables;
use crate::book::schema::TARIFF_COLUMNS;
use crate::domain::time::Date;

use super::rows::{Row, rows};

/// A tariff in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListedTariff {
    /// Its code.
    pub tariff: String,
    /// The tariff asked next (R2).
    pub parent: Option<String>,
    /// The currency of its prices.
    pub currency: String,
    /// `major` or `minor`.
    pub unit: String,
    /// Decimals of a call's charge (X3).
    pub decimals: String,
    /// Their rounding.
    pub rounding: String,
    /// `at_start` or `split` (R9).
    pub band_mode: String,
    /// Own rate rows in force on the day.
    pub in_force: usize,
    /// Own rate rows that begin later.
    pub to_come: usize,
    /// Own rate rows that ended before.
    pub ended: usize,
    /// Customers that have it for a class of calls or a category of products.
    pub customers: usize,
    /// CLIs that have it for a class.
    pub clis: usize,
    /// Rows of suppliers' defaults and wholesale tariffs.
    pub supplier_defaults: usize,
    /// Tariffs that stand on it.
    pub children: usize,
    /// For people.
    pub description: String,
}

/// The tariffs by code, as they are on a day. `currency` is that of tariffs that name none.
pub fn list_tariffs(tables: &Tables, on: Date, currency: &str) -> Vec<ListedTariff> {
    let mut listed: BTreeMap<&str, ListedTariff> =
        rows(tables, "tariffs").map(|row| (row.text("tariff"), terms(row, currency))).collect();
    for row in rows(tables, "rates") {
        let Some(tariff) = listed.get_mut(row.text("tariff")) else { continue };
        let valid = row.valid();
        let count = if valid.contains(on) {
            &mut tariff.in_force
        } else if valid.from.is_some_and(|from| from > on) {
            &mut tariff.to_come
        } else {
            &mut tariff.ended
        };
        *count += 1;
    }
    count_users(tables, &mut listed);
    listed.into_values().collect()
}

fn terms(row: Row, currency: &str) -> ListedTariff {
    let or = |column: &str, default: &str| row.get(column).unwrap_or(default).to_owned();
    ListedTariff {
        tariff: or("tariff", ""),
        parent: row.get("parent").map(str::to_owned),
        currency: or("currency", currency),
        unit: or("unit", ""),
        decimals: or("decimals", "4"),
        rounding: or("rounding", "half_up"),
        band_mode: or("band_mode", "at_start"),
        description: or("description", ""),
        ..ListedTariff::default()
    }
}

fn count_users(tables: &Tables, listed: &mut BTreeMap<&str, ListedTariff>) {
    let mut count = |tariff: &str, slot: fn(&mut ListedTariff) -> &mut usize| {
        if let Some(tariff) = listed.get_mut(tariff) {
            *slot(tariff) += 1;
        }
    };
    let mut of_customers: BTreeMap<&str, Vec<&str>> =
        rows(tables, "customers").map(|row| (row.text("account"), of_classes(row))).collect();
    for row in rows(tables, "customer_tariffs") {
        of_customers.entry(row.text("account")).or_default().push(row.text("tariff"));
    }
    for tariffs in of_customers.into_values() {
        once_each(tariffs).iter().for_each(|tariff| count(tariff, |tariff| &mut tariff.customers));
    }
    for row in rows(tables, "clis") {
        once_each(of_classes(row)).iter().for_each(|tariff| count(tariff, |tariff| &mut tariff.clis));
    }
    for row in rows(tables, "supplier_tariffs") {
        count(row.text("tariff"), |tariff| &mut tariff.supplier_defaults);
    }
    for row in rows(tables, "tariffs") {
        count(row.text("parent"), |tariff| &mut tariff.children);
    }
}

/// The tariffs that a row names for classes of calls.
fn of_classes<'t>(row: Row<'t>) -> Vec<&'t str> {
    TARIFF_COLUMNS.iter().filter_map(|column| row.get(column)).collect()
}

fn once_each(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariffs::rows::test_table;

    #[test]
    fn a_tariff_is_listed_with_its_rows_and_users() {
        let mut tables = Tables::new();
        let mut set = |file: &str, text: &str| *tables.get_mut(file) = test_table(file, text);
        set(
            "tariffs",
            "tariff,parent,currency,unit,decimals\nbase,,EUR,minor,2\nchild,base,EUR,major,\nidle,,,minor,\n",
        );
        set(
            "rates",
            "tariff,match,from,to,rate\nbase,type:a,,2026-06-30,1\nbase,type:a,2026-07-01,,2\nbase,type:b,,,1\n\
             base,type:c,2026-08-01,,1\nchild,type:a,,,1\n",
        );
        set(
            "customers",
            "account,name,organisation,group,tariff_national,tariff_mobile\nA1,N,O,G,base,base\nA2,N,O,G,,base\n",
        );
        set("customer_tariffs", "account,category,tariff\nA1,Lines,base\nA3,Lines,child\n");
        set("clis", "cli,account,tariff_mobile\n+442079460018,A1,child\n");
        set("supplier_tariffs", "supplier,class,tariff\nS,national,base\nS,mobile,base\n");
        let listed = list_tariffs(&tables, Date::parse("2026-07-01").unwrap(), "GBP");
        let counts = |row: &ListedTariff| {
            [row.in_force, row.to_come, row.ended, row.customers, row.clis, row.supplier_defaults, row.children]
        };
        let shown: Vec<_> = listed
            .iter()
            .map(|row| (row.tariff.as_str(), row.currency.as_str(), row.decimals.as_str(), counts(row)))
            .collect();
        assert_eq!(
            shown,
            [
                ("base", "EUR", "2", [2, 1, 1, 2, 0, 2, 1]),
                ("child", "EUR", "4", [1, 0, 0, 1, 1, 0, 0]),
                ("idle", "GBP", "4", [0; 7]),
            ]
        );
    }
}
