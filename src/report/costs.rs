//! Costs in the workspace's currency, by the day of the document they are on → what they come to in the document's (X7).

use std::collections::BTreeMap;

use crate::domain::book::Book;
use crate::domain::money::{Currency, Money, Overflow, Rounding, Sum};
use crate::domain::time::Date;

/// Costs, exact, by the day whose exchange rate counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostSums(BTreeMap<Date, Sum<8>>);

impl CostSums {
    /// Adds costs of a document of a day.
    pub fn add(&mut self, on: Date, cost: Sum<8>) {
        self.0.entry(on).or_default().merge(cost);
    }

    /// Adds others.
    pub fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(on, cost)| self.add(on, cost));
    }

    /// In a currency, rounded half up to its minor unit once. None if a rate is missing: a cost is never guessed.
    pub fn in_currency(&self, book: &Book, currency: Currency) -> Result<Option<Money>, Overflow> {
        let mut exact = 0_i128;
        for (on, cost) in self.0.iter().filter(|(_, cost)| cost.wide() != 0) {
            let Some(rate) = book.exchange_rate(book.settings.currency, currency, *on) else { return Ok(None) };
            let converted = cost.wide().checked_mul(i128::from(rate.scaled())).ok_or(Overflow)?;
            exact = exact.checked_add(converted).ok_or(Overflow)?;
        }
        Sum::<16>::from_wide(exact).to_money(currency.digits, Rounding::HalfUp).map(Some)
    }
}

/// The costs of rows, each rounded, beside the exact cost of all.
#[derive(Clone, Debug, Default)]
pub struct CostTotal {
    exact: CostSums,
    of_rows: Money,
}

impl CostTotal {
    /// Adds a row, and gives its cost (see [`CostSums::in_currency`]).
    pub fn add(&mut self, book: &Book, currency: Currency, costs: &CostSums) -> Result<Option<Money>, Overflow> {
        let cost = costs.in_currency(book, currency)?;
        self.exact.merge(costs.clone());
        self.of_rows = self.of_rows.plus(cost.unwrap_or_default())?;
        Ok(cost)
    }

    /// The cost of all, rounded once; and what the rows lack of it because each of them is rounded.
    pub fn close(&self, book: &Book, currency: Currency) -> Result<(Option<Money>, Money), Overflow> {
        let all = self.exact.in_currency(book, currency)?;
        let lack = all.map_or(Ok(Money::ZERO), |all| all.minus(self.of_rows))?;
        Ok((all, lack))
    }
}

/// What the row is called that holds what rounding leaves.
pub const ROUNDING: &str = "(rounding)";

/// Said below a report in which a cost is not known.
pub const UNKNOWN_COST: &str =
    "a cost that is left blank: the book has no exchange rate into the invoice's currency on its date (X7)";
