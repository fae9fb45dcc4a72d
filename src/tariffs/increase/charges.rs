//! An increase of prices that recurring charges have of their own (R17, P2): which charges, from when each. How dated prices
//! go on is the business of `series`; charges that take their price from a product are raised with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::Tables;
use crate::domain::time::Date;
use crate::tariffs::rows::{Row, known_names, recurs, rows};

use super::report::Why;
use super::series::{Series, Work};
use super::{Increase, Outcome, Refusal};

/// Which charges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChargeSelection {
    /// Of these accounts.
    pub accounts: BTreeSet<String>,
    /// Of these products; whatever they are, where it is empty.
    pub products: Vec<String>,
    /// Listed under these categories, their own or their product's; whatever it is, where it is empty.
    pub categories: Vec<String>,
}

/// A charge that is raised though its minimum term has not ended.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WithinTerm {
    /// Which: `line of account A1`.
    pub row: String,
    /// The last day of the term.
    pub minimum_term: Date,
}

/// Raises the own prices of charges from a date: of each that is in force then or begins later. Costs are not touched.
///
/// # Errors
/// No charge is meant; no such product or category; a price that leaves the range of prices; a charge that has another
/// price from the date already.
pub fn raise_charges(
    tables: &Tables,
    selection: &ChargeSelection,
    increase: &Increase,
) -> Result<(Outcome, Vec<WithinTerm>), Refusal> {
    let products: BTreeMap<&str, Row> = rows(tables, "products").map(|row| (row.text("product"), row)).collect();
    let charges = chosen(tables, &products, selection)?;
    let mut dated: BTreeMap<(&str, &str), Vec<Row>> = BTreeMap::new();
    for row in rows(tables, "charge_prices").filter(|row| selection.accounts.contains(row.text("account"))) {
        dated.entry((row.text("account"), row.text("charge"))).or_default().push(row);
    }
    let mut work = Work::new("charge_prices", "charges", increase);
    let mut within = Vec::new();
    for row in charges {
        let (account, charge) = (row.text("account"), row.text("charge"));
        let prices = dated.remove(&(account, charge)).unwrap_or_default();
        let series = Series {
            name: format!("{charge} of account {account}"),
            cells: vec![("account", account), ("charge", charge)],
            base: row.price("price"),
            begins: row.date("from"),
        };
        let why = reason_to_leave(row, products.get(row.text("product")).copied(), !prices.is_empty(), increase);
        if let Some(why) = why {
            work.leave(&series, row.date("from"), why);
            continue;
        }
        let begins = series.begins.map_or(increase.from, |begins| begins.max(increase.from));
        let term = row.date("minimum_term").filter(|term| *term >= begins);
        let changes = work.changes();
        work.raise_series(&series, prices);
        if let (true, Some(minimum_term)) = (work.changes() > changes, term) {
            within.push(WithinTerm { row: series.name, minimum_term });
        }
    }
    Ok((work.finish()?, within))
}

/// Why a charge is left as it is; none if it is to be raised.
fn reason_to_leave(row: Row, product: Option<Row>, is_dated: bool, increase: &Increase) -> Option<Why> {
    let last = row.date("to").map(|to| row.date("minimum_term").map_or(to, |term| to.max(term)));
    if !recurs(row, product) {
        Some(Why::OneOff)
    } else if last.is_some_and(|last| last < increase.from) {
        Some(Why::Ended)
    } else if increase.leave_future && row.date("from").is_some_and(|from| from > increase.from) {
        Some(Why::BeginsLater)
    } else if row.get("price").is_none() && !is_dated {
        Some(Why::ByProduct)
    } else {
        None
    }
}

fn chosen<'t>(
    tables: &'t Tables,
    products: &BTreeMap<&str, Row<'t>>,
    selection: &ChargeSelection,
) -> Result<Vec<Row<'t>>, Refusal> {
    let category = |row: &Row<'t>| {
        let of_product = || products.get(row.text("product")).map(|product| product.text("category"));
        row.get("category").or_else(of_product).unwrap_or("Charges")
    };
    let of_accounts = || rows(tables, "charges").filter(|row| selection.accounts.contains(row.text("account")));
    let codes: BTreeSet<&str> = products.keys().copied().collect();
    let categories: BTreeSet<&str> = of_accounts().map(|row| category(&row)).collect();
    let kinds =
        [(&selection.products, &codes, "product"), (&selection.categories, &categories, "category of these charges")];
    for (asked, known, what) in kinds {
        let unknown: Vec<String> =
            asked.iter().filter(|asked| !known.contains(asked.as_str())).map(|name| format!("{name:?}")).collect();
        if !unknown.is_empty() {
            let hint = known_names(known.iter().copied());
            return Err(Refusal::new(format!("there is no {what} {}", unknown.join(", ")), hint));
        }
    }
    let is_among = |asked: &[String], name: &str| asked.is_empty() || asked.iter().any(|one| one == name);
    let meant = of_accounts().filter(|row| {
        is_among(&selection.products, row.text("product")) && is_among(&selection.categories, category(row))
    });
    let meant: Vec<Row> = meant.collect();
    if meant.is_empty() {
        return Err(Refusal::new("no charge is as chosen", "see `tollbook charge list`"));
    }
    Ok(meant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Percent;
    use crate::tariffs::rows::test_table;

    /// A charge of A1 and its dated prices, raised by 5 % from 1 August: the rows written, or why it is left.
    #[test]
    fn a_charge_rises_from_the_date_or_from_its_beginning_r17() {
        let check = |charge: &str, dated: &str, leave_future: bool, expected: &[&str], left: &[Why]| {
            let mut tables = Tables::new();
            *tables.get_mut("products") =
                test_table("products", "product,name,category,interval\nNET,Net,Data,monthly\n");
            let header = "account,charge,product,interval,price,from,to,minimum_term";
            *tables.get_mut("charges") = test_table("charges", &format!("{header}\nA1,x,{charge}\nA2,x,{charge}\n"));
            *tables.get_mut("charge_prices") =
                test_table("charge_prices", &format!("account,charge,from,price\n{dated}"));
            let selection = ChargeSelection { accounts: BTreeSet::from(["A1".to_owned()]), ..Default::default() };
            let from = Date::parse("2026-08-01").unwrap();
            let increase = Increase { leave_future, ..Increase::new(Percent::parse("5").unwrap(), from) };
            let (outcome, _) = raise_charges(&tables, &selection, &increase).unwrap();
            let written = rows(&outcome.rows, "charge_prices");
            let written: Vec<_> =
                written.map(|row| ["account", "from", "price"].map(|column| row.text(column)).join(",")).collect();
            assert_eq!(written, expected, "{charge} {dated}");
            assert_eq!(outcome.report.left.iter().map(|left| left.why).collect::<Vec<_>>(), left, "{charge} {dated}");
            tables.merge(outcome.rows);
            let (again, _) = raise_charges(&tables, &selection, &increase).unwrap();
            assert!(again.rows.is_empty(), "{charge} {dated}: {:?}", again.report);
        };
        let monthly = ",monthly,20.1234,2026-01-01,,";
        check(monthly, "", false, &["A1,2026-08-01,21.1296"], &[]);
        check("NET,,20,2026-01-01,,", "", false, &["A1,2026-08-01,21"], &[]);
        check("NET,,,2026-01-01,,", "", false, &[], &[Why::ByProduct]);
        check("NET,,,2026-01-01,,", "A1,x,2026-03-01,10\n", false, &["A1,2026-08-01,10.5"], &[]);
        check(",,20,2026-01-01,,", "", false, &[], &[Why::OneOff]);
        // Its end, and the term that outlives it (P5).
        check(",monthly,20,2026-01-01,2026-07-31,", "", false, &[], &[Why::Ended]);
        check(",monthly,20,2026-01-01,2026-07-31,2026-08-01", "", false, &["A1,2026-08-01,21"], &[]);
        // It begins later: from its first day, once.
        let later = ",monthly,20,2026-09-15,,";
        check(later, "", false, &["A1,2026-09-15,21"], &[]);
        check(later, "", true, &[], &[Why::BeginsLater]);
        check(later, "A1,x,2026-09-15,22\n", false, &[], &[Why::CannotTell]);
        // Planned prices rise where they are.
        let planned = "A1,x,2026-03-01,30\nA1,x,2026-12-01,40\nA2,x,2026-03-01,99\n";
        check(monthly, planned, false, &["A1,2026-08-01,31.5", "A1,2026-12-01,42"], &[]);
        check(monthly, planned, true, &["A1,2026-08-01,31.5"], &[Why::BeginsLater]);
        check(",monthly,-5,2026-01-01,,", "", false, &[], &[Why::Credits]);
        check(",monthly,0.0001,2026-01-01,,", "", false, &[], &[Why::TooSmall]);
    }
}
