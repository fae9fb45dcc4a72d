//! The accounts of a book: who is meant by a reference, and which number the next customer gets.

use std::collections::BTreeMap;

use ahash::{AHashMap, AHashSet};

use crate::book::Table;

/// Accounts and references of customers.
pub struct Accounts {
    known: AHashSet<Box<str>>,
    by_reference: AHashMap<Box<str>, Vec<String>>,
    /// What the next account begins with, how many digits follow, and the greatest number so far.
    series: (String, usize, u64),
}

/// The accounts of a book without customers: `C00001`, `C00002`.
const FIRST_SERIES: (&str, usize) = ("C", 5);

impl Accounts {
    /// Those of the customers of a book.
    pub fn of(customers: &Table) -> Self {
        let place = |name: &str| customers.schema.position(name).expect("a column of the book");
        let (account, reference) = (place("account"), place("reference"));
        let mut accounts = Self {
            known: AHashSet::with_capacity(customers.rows.len()),
            by_reference: AHashMap::new(),
            series: (FIRST_SERIES.0.to_owned(), FIRST_SERIES.1, 0),
        };
        for row in &customers.rows {
            let account = row.cells.get(account).unwrap_or("");
            accounts.known.insert(account.into());
            if let Some(reference) = row.cells.get(reference) {
                accounts.add(reference, account);
            }
        }
        accounts.series = series_of(&accounts.known);
        accounts
    }

    /// The account of a customer by its reference, if there is no account of that name and exactly one such customer.
    pub fn of_reference(&self, named: &str) -> Option<&str> {
        match self.with_reference(named) {
            [account] if !self.known.contains(named) => Some(account),
            _ => None,
        }
    }

    /// Is there a customer of this account?
    pub fn is_account(&self, named: &str) -> bool {
        self.known.contains(named)
    }

    /// All accounts with a reference.
    pub fn with_reference(&self, reference: &str) -> &[String] {
        self.by_reference.get(reference).map_or(&[], Vec::as_slice)
    }

    /// All references, in no order.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.by_reference.keys().map(AsRef::as_ref)
    }

    /// Remembers a customer.
    pub fn add(&mut self, reference: &str, account: &str) {
        self.by_reference.entry(reference.into()).or_default().push(account.to_owned());
    }

    /// The number of the next customer: in the series that most accounts are of, after the greatest.
    pub fn take_next(&mut self) -> String {
        let (start, digits, last) = &mut self.series;
        loop {
            *last += 1;
            let account = format!("{start}{last:0digits$}", digits = *digits);
            if self.known.insert(account.as_str().into()) {
                return account;
            }
        }
    }
}

/// The series of most accounts, the first by name of several: `A1009` is of `A` with 4 digits.
fn series_of(accounts: &AHashSet<Box<str>>) -> (String, usize, u64) {
    let mut series: BTreeMap<(&str, usize), (u64, u64)> = BTreeMap::new();
    for account in accounts {
        let start = account.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &account[start.len()..];
        if let Ok(number) = digits.parse::<u64>()
            && digits.len() <= 15
        {
            let (count, last) = series.entry((start, digits.len())).or_default();
            (*count, *last) = (*count + 1, number.max(*last));
        }
    }
    let most = series.iter().rev().max_by_key(|(_, (count, _))| *count);
    most.map_or((FIRST_SERIES.0.to_owned(), FIRST_SERIES.1, 0), |((start, digits), (_, last))| {
        ((*start).to_owned(), *digits, *last)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{TableRow, Tables};

    fn accounts(rows: &[(&str, &str)]) -> Accounts {
        let mut tables = Tables::new();
        let table = tables.get_mut("customers");
        for (account, reference) in rows {
            let value = |name: &str| match name {
                "account" => Some(*account),
                "reference" => Some(*reference),
                _ => None,
            };
            let cells = table.schema.columns.iter().map(|column| value(column.name)).collect();
            table.rows.push(TableRow { line: 0, cells });
        }
        Accounts::of(table)
    }

    #[test]
    fn the_next_account_goes_on_with_the_series() {
        let next = |rows: &[(&str, &str)]| {
            let mut accounts = accounts(rows);
            [accounts.take_next(), accounts.take_next()].join(" ")
        };
        assert_eq!(next(&[]), "C00001 C00002");
        assert_eq!(next(&[("A1008", ""), ("A1009", ""), ("X7", "")]), "A1010 A1011");
        assert_eq!(next(&[("A0099", ""), ("A99", ""), ("A98", "")]), "A100 A101");
        assert_eq!(next(&[("north", "")]), "C00001 C00002");
        assert_eq!(next(&[("7", ""), ("8", "")]), "9 10");
    }

    #[test]
    fn a_reference_names_a_customer_if_only_one_has_it() {
        let accounts = accounts(&[("A1", "one"), ("A2", "two"), ("A3", "two"), ("one-more", "A1")]);
        assert_eq!(accounts.of_reference("one"), Some("A1"));
        assert_eq!(accounts.of_reference("two"), None);
        assert_eq!(accounts.of_reference("A1"), None, "an account of this name is meant");
        assert_eq!(accounts.with_reference("two"), ["A2", "A3"]);
    }
}
