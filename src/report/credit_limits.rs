//! Amounts beside the limits that the book sets for them → who is above a percentage of any, as a table and as JSON (L4).

use std::cmp::Reverse;

use serde::Serialize;

use super::screen::{amount, table};
use super::sheet::{Column, Sheet, SheetCell};
use crate::domain::money::{Currency, Money, Percent, Rounding, Sum, divide};

/// What a limit is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    /// What the customer owes.
    Balance,
    /// Usage that is not billed, priced now.
    Unbilled,
    /// What it is overdue with.
    Overdue,
    /// What a line used in the current billing period.
    Usage,
}

impl Limited {
    fn in_words(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Unbilled => "unbilled usage",
            Self::Overdue => "overdue",
            Self::Usage => "usage of the line",
        }
    }
}

/// An amount beside its limit.
pub struct LimitUse {
    /// The account.
    pub account: String,
    /// Its name.
    pub name: String,
    /// The line, of a limit of usage; else empty.
    pub cli: String,
    /// What the limit is of.
    pub of: Limited,
    /// Of both.
    pub currency: Currency,
    /// What it comes to.
    pub amount: Money,
    /// Where it should stay below.
    pub limit: Money,
}

impl LimitUse {
    /// Is it above so many percent of its limit? Of a limit of 0 anything is.
    pub fn is_above(&self, percent: Percent) -> bool {
        let used = i128::from(self.amount.minor()) * 100 * i128::from(Percent::ONE.scaled());
        self.amount > Money::ZERO && used > i128::from(self.limit.minor()) * i128::from(percent.scaled())
    }

    /// In percent of the limit, to one decimal; none of a limit of 0.
    fn percent(&self) -> Option<Sum<1>> {
        let limit = i128::from(self.limit.minor());
        (limit > 0).then(|| Sum::from_wide(divide(i128::from(self.amount.minor()) * 1_000, limit, Rounding::HalfUp)))
    }
}

/// The report.
#[derive(Serialize)]
pub struct CreditLimits {
    above_percent: Percent,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    account: String,
    name: String,
    cli: String,
    of: Limited,
    currency: String,
    amount: String,
    limit: String,
    /// None of a limit of 0.
    percent: Option<Sum<1>>,
}

impl CreditLimits {
    /// Those above a percentage, the furthest first.
    pub fn new(above: Percent, mut uses: Vec<LimitUse>) -> Self {
        uses.retain(|one| one.is_above(above));
        let share = |one: &LimitUse| one.percent().map_or(i128::MAX, Sum::wide);
        uses.sort_by_cached_key(|one| (Reverse(share(one)), one.account.clone(), one.of, one.cli.clone()));
        let row = |one: LimitUse| Row {
            percent: one.percent(),
            amount: one.amount.format(one.currency),
            limit: one.limit.format(one.currency),
            currency: one.currency.to_string(),
            account: one.account,
            name: one.name,
            cli: one.cli,
            of: one.of,
        };
        Self { above_percent: above, rows: uses.into_iter().map(row).collect() }
    }

    /// For the screen.
    pub fn in_words(&self) -> String {
        if self.rows.is_empty() {
            return format!("nobody is above {} % of a limit\n", self.above_percent);
        }
        let cells = |row: &Row| {
            let percent = row.percent.map_or("—".to_owned(), |percent| amount(&percent.to_places(1)));
            let words = [&row.account, &row.name, &row.cli].map(Clone::clone);
            let figures = [amount(&row.amount), amount(&row.limit), percent];
            words.into_iter().chain([row.of.in_words().to_owned(), row.currency.clone()]).chain(figures).collect()
        };
        let header = ["account", "name", "CLI", "limit of", "", "amount", "limit", "%"];
        format!(
            "above {} % of a limit\n{}",
            self.above_percent,
            table(&header, &[5, 6, 7], self.rows.iter().map(cells))
        )
    }

    /// All rows.
    pub fn sheet(&self) -> Sheet {
        let cells = |row: &Row| {
            let words = [&row.account, &row.name, &row.cli].map(|word| SheetCell::text(word));
            let of = [row.of.in_words(), &row.currency].map(SheetCell::text);
            let figures = [Some(row.amount.clone()), Some(row.limit.clone()), row.percent.map(|sum| sum.to_places(1))];
            words.into_iter().chain(of).chain(figures.map(SheetCell::figure)).collect()
        };
        let columns = ["account", "name", "cli", "limit_of", "currency", "amount", "limit", "percent"];
        Sheet { columns: Column::all(columns), rows: self.rows.iter().map(cells).collect(), ..Sheet::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::pounds;

    #[test]
    fn above_means_more_than_the_percentage_l4() {
        let one = |amount: &str, limit: &str| LimitUse {
            account: amount.into(),
            name: String::new(),
            cli: String::new(),
            of: Limited::Balance,
            currency: Currency::GBP,
            amount: pounds(amount),
            limit: pounds(limit),
        };
        let percent = |text: &str| Percent::parse(text).unwrap();
        for (amount, limit, above, expected) in [
            ("80.00", "100.00", "80", false),
            ("80.01", "100.00", "80", true),
            ("0.01", "0.00", "80", true),
            ("0.00", "0.00", "80", false),
            ("-5.00", "100.00", "0", false),
            ("100.00", "100.00", "100", false),
            ("1.00", "100.00", "0.9999", true),
        ] {
            assert_eq!(one(amount, limit).is_above(percent(above)), expected, "{amount} of {limit}, {above} %");
        }
        let report =
            CreditLimits::new(percent("80"), vec![one("90.00", "100.00"), one("1.00", "0.00"), one("5.00", "4.00")]);
        let rows: Vec<_> =
            report.rows.iter().map(|row| (row.amount.as_str(), row.percent.map(|sum| sum.to_places(1)))).collect();
        assert_eq!(rows, [("1.00", None), ("5.00", Some("125.0".into())), ("90.00", Some("90.0".into()))]);
    }
}
