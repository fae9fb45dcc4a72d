//! The scope of a run and the book → the customers that are in it, and the categories that can be left out. Refuses names
//! that the book does not know, and a run that nobody is in.

use std::collections::BTreeSet;

use super::Engine;
use super::draft::Scope;
use crate::billing::RunTerms;
use crate::billing::calendar::is_own_day;
use crate::domain::book::{Book, CustomerId};
use crate::error::{Error, Result};

/// The customers of a scope, in the order of their accounts.
pub fn members(engine: &Engine, scope: &Scope, terms: &RunTerms) -> Result<Vec<CustomerId>> {
    let book = engine.book;
    refuse_unknown(book, scope, terms)?;
    let members = members_of(book, scope, terms);
    if !members.is_empty() {
        return Ok(members);
    }
    let on = terms.invoice_date;
    Err(match (scope.groups.as_slice(), scope.own_days) {
        ([], _) => Error::refused("no customer is in this run", "check --account and --exclude"),
        (groups, true) => Error::refused(
            format!("no customer of group {} is billed on {on}", groups.join(", ")),
            "customers of anniversary groups are billed on their own day: name such a day, or give both cutoffs",
        ),
        (groups, false) => Error::refused(
            format!("no customer of group {} is in this run", groups.join(", ")),
            "see `tollbook customer list`, and check --account and --exclude",
        ),
    })
}

/// The same without a word on what is not there.
pub fn members_of(book: &Book, scope: &Scope, terms: &RunTerms) -> Vec<CustomerId> {
    let wanted = |list: &[String], name: &String| list.is_empty() || list.contains(name);
    let ids = (0..book.customers.len()).map(CustomerId::from_index);
    let is_in = |id: &CustomerId| {
        let customer = book.customer(*id);
        wanted(&scope.groups, &book.groups[customer.group.index()].code)
            && wanted(&scope.accounts, &customer.account)
            && !scope.excluded.contains(&customer.account)
            && (!scope.own_days || is_own_day(book, *id, terms.invoice_date))
    };
    ids.filter(is_in).collect()
}

fn refuse_unknown(book: &Book, scope: &Scope, terms: &RunTerms) -> Result<()> {
    for group in &scope.groups {
        if !book.groups.iter().any(|known| known.code == *group) {
            let names: Vec<_> = book.groups.iter().map(|group| group.code.as_str()).collect();
            let hint = format!("there are: {}", names.join(", "));
            return Err(Error::refused(format!("there is no customer group {group:?}"), hint));
        }
    }
    for account in scope.accounts.iter().chain(&scope.excluded) {
        if book.find_customer(account).is_none() {
            return Err(Error::refused(format!("there is no customer {account:?}"), "see `tollbook customer list`"));
        }
    }
    let of_charges = book.charges.iter().map(|charge| charge.category.as_str());
    let of_products = book.products.iter().map(|product| product.category.as_str());
    let known: BTreeSet<_> = of_charges.chain(of_products).filter(|name| !name.is_empty()).collect();
    for category in &terms.excluded_categories {
        if !known.contains(category.as_str()) {
            let names: Vec<_> = known.into_iter().collect();
            let message = format!("no charge and no product is of category {category:?}");
            return Err(Error::refused(message, format!("there are: {}", names.join(", "))));
        }
    }
    Ok(())
}
