//! What customers owe → a table by how long it is overdue, and as JSON (L4). Knows no ledger: what is open comes in.

use std::collections::BTreeMap;

use serde::Serialize;

use super::screen::{amount, table};
use super::sheet::{Column, Sheet, SheetCell};
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::open_items::Age;
use crate::domain::time::Date;

/// What is open in one account.
pub struct OpenAccount {
    /// The account.
    pub account: String,
    /// Whose it is; empty if the book has lost the customer.
    pub name: String,
    /// Of its amounts.
    pub currency: Currency,
    /// Days after the due date before a debt counts as overdue.
    pub grace_days: u32,
    /// What is not paid: when it is due, and how much.
    pub debts: Vec<(Date, Money)>,
    /// What is not used of its credits.
    pub unallocated: Money,
}

/// The report.
#[derive(Serialize)]
pub struct AgedDebt {
    on: Date,
    rows: Vec<Row>,
    /// By currency.
    totals: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    account: String,
    name: String,
    currency: String,
    grace_days: u32,
    not_due: String,
    overdue_1_30: String,
    overdue_31_60: String,
    overdue_61_90: String,
    overdue_over_90: String,
    /// Credit that pays nothing yet; negative.
    unallocated: String,
    /// The balance.
    total: String,
}

/// Not due, the four steps of overdue, unallocated, total.
type Sums = [Money; 7];

impl AgedDebt {
    /// Of accounts in their order, on a day. Accounts without anything open are left out.
    pub fn new(on: Date, accounts: &[OpenAccount]) -> Result<Self, Overflow> {
        let mut rows = Vec::new();
        let mut totals = BTreeMap::<Currency, Sums>::new();
        for account in accounts {
            let sums = sums_of(on, account)?;
            if sums.iter().all(|sum| *sum == Money::ZERO) {
                continue;
            }
            let total = totals.entry(account.currency).or_default();
            for (total, sum) in total.iter_mut().zip(sums) {
                *total = total.plus(sum)?;
            }
            rows.push(Row::new(&account.account, &account.name, account.grace_days, account.currency, sums));
        }
        let totals = totals.into_iter().map(|(currency, sums)| Row::new("", "total", 0, currency, sums));
        Ok(Self { on, rows, totals: totals.collect() })
    }

    /// For the screen.
    pub fn in_words(&self) -> String {
        if self.rows.is_empty() {
            return format!("nothing is open on {}\n", self.on);
        }
        let header = ["account", "name", "", "not due", "1–30", "31–60", "61–90", "over 90", "unallocated", "total"];
        let cells = |row: &Row| {
            let words = [row.account.clone(), row.name.clone(), row.currency.clone()];
            words.into_iter().chain(row.figures().map(amount)).collect()
        };
        let rows = self.rows.iter().chain(&self.totals).map(cells);
        format!("what is open on {}, by days overdue\n{}", self.on, table(&header, &[3, 4, 5, 6, 7, 8, 9], rows))
    }

    /// All rows.
    pub fn sheet(&self) -> Sheet {
        let columns = [
            "account",
            "name",
            "currency",
            "grace_days",
            "not_due",
            "overdue_1_30",
            "overdue_31_60",
            "overdue_61_90",
            "overdue_over_90",
            "unallocated",
            "total",
        ];
        let cells = |row: &Row| {
            let words = [&row.account, &row.name, &row.currency].map(|word| SheetCell::text(word));
            let grace = SheetCell::figure(Some(row.grace_days));
            words
                .into_iter()
                .chain([grace])
                .chain(row.figures().map(|figure| SheetCell::figure(Some(figure))))
                .collect()
        };
        Sheet { columns: Column::all(columns), rows: self.rows.iter().map(cells).collect(), ..Sheet::default() }
    }
}

fn sums_of(on: Date, account: &OpenAccount) -> Result<Sums, Overflow> {
    let mut sums = Sums::default();
    for (due, open) in &account.debts {
        let age = Age::on(on, *due, account.grace_days) as usize;
        sums[age] = sums[age].plus(*open)?;
    }
    sums[5] = account.unallocated.negated()?;
    sums[6] = Money::total(sums[..6].iter().copied())?;
    Ok(sums)
}

impl Row {
    fn new(account: &str, name: &str, grace_days: u32, currency: Currency, sums: Sums) -> Self {
        let [not_due, overdue_1_30, overdue_31_60, overdue_61_90, overdue_over_90, unallocated, total] =
            sums.map(|sum| sum.format(currency));
        Self {
            account: account.to_owned(),
            name: name.to_owned(),
            currency: currency.to_string(),
            grace_days,
            not_due,
            overdue_1_30,
            overdue_31_60,
            overdue_61_90,
            overdue_over_90,
            unallocated,
            total,
        }
    }

    fn figures(&self) -> [&str; 7] {
        [
            &self.not_due,
            &self.overdue_1_30,
            &self.overdue_31_60,
            &self.overdue_61_90,
            &self.overdue_over_90,
            &self.unallocated,
            &self.total,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::{date, pounds};

    #[test]
    fn debts_are_sorted_by_age_and_come_to_the_balance_l4() {
        let account = |account: &str, grace_days, debts: &[(&str, &str)], unallocated: &str| OpenAccount {
            account: account.into(),
            name: format!("Customer {account}"),
            currency: Currency::GBP,
            grace_days,
            debts: debts.iter().map(|(due, open)| (date(due), pounds(open))).collect(),
            unallocated: pounds(unallocated),
        };
        let debts = [("2026-10-01", "4.00"), ("2026-09-20", "3.00"), ("2026-08-20", "2.00"), ("2026-01-01", "1.00")];
        let accounts = [
            account("A1", 0, &debts, "0.50"),
            account("A2", 0, &[], "0.00"),
            account("A3", 11, &debts, "0.00"),
            account("A4", 0, &[], "7.00"),
        ];
        let report = AgedDebt::new(date("2026-10-01"), &accounts).unwrap();
        let rows: Vec<_> = report.rows.iter().map(|row| (row.account.as_str(), row.figures())).collect();
        assert_eq!(
            rows,
            [
                ("A1", ["4.00", "3.00", "2.00", "0.00", "1.00", "-0.50", "9.50"]),
                ("A3", ["7.00", "0.00", "2.00", "0.00", "1.00", "0.00", "10.00"]),
                ("A4", ["0.00", "0.00", "0.00", "0.00", "0.00", "-7.00", "-7.00"]),
            ]
        );
        assert_eq!(report.totals[0].figures(), ["11.00", "3.00", "4.00", "0.00", "2.00", "-7.50", "12.50"]);
        assert_eq!(report.sheet().rows.len(), 3);
    }
}
