//! Sales → the audit trail transactions that Sage 50 imports: `SI` for what is sold, `SC` for what is given back, both
//! without a sign. Rows of one document have its number as their reference.

use super::documents::{Part, Sale};
use super::table::{Table, day, figure, text};
use crate::domain::money::Money;

const HEADER: [&str; 15] = [
    "Type",
    "Account Reference",
    "Nominal A/C Ref",
    "Department Code",
    "Date",
    "Reference",
    "Details",
    "Net Amount",
    "Tax Code",
    "Tax Amount",
    "Exchange Rate",
    "Extra Reference",
    "User Name",
    "Project Refn",
    "Cost Code Refn",
];

/// The most characters of an account reference, and of the reference of a transaction.
const LONGEST_ACCOUNT: usize = 8;
const LONGEST_REFERENCE: usize = 30;
const LONGEST_DETAILS: usize = 60;

pub(super) fn table(sales: &[Sale]) -> Table {
    let mut table = Table::new(&HEADER);
    for sale in sales {
        for part in &sale.parts {
            table.push(row(sale, part));
        }
    }
    table
}

/// Sage finds customers by short codes, has one currency in a file, and cuts references off.
pub(super) fn refusals(sales: &[Sale]) -> Vec<String> {
    let mut wrong = Vec::new();
    for sale in sales {
        if sale.code().chars().count() > LONGEST_ACCOUNT {
            let code = sale.code();
            wrong.push(format!(
                "{}: {code:?} is longer than the {LONGEST_ACCOUNT} characters of an account",
                sale.account
            ));
        }
        if sale.number.chars().count() > LONGEST_REFERENCE {
            wrong.push(format!("{}: the number is longer than {LONGEST_REFERENCE} characters", sale.number));
        }
    }
    let first = sales.first().map(|sale| sale.currency);
    if let Some(sale) = sales.iter().find(|sale| Some(sale.currency) != first) {
        let first = first.map(|currency| currency.to_string()).unwrap_or_default();
        wrong.push(format!("{} is in {}, not in {first}; name one with --currency", sale.number, sale.currency));
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

fn row(sale: &Sale, part: &Part) -> Vec<String> {
    let is_credit = part.net < Money::ZERO || part.net == Money::ZERO && part.vat < Money::ZERO;
    // What does not fit without its sign is written with it.
    let plain = |money: Money| if is_credit { money.negated().unwrap_or(money) } else { money };
    let none = String::new;
    vec![
        if is_credit { "SC" } else { "SI" }.to_owned(),
        text(sale.code(), LONGEST_ACCOUNT),
        text(&part.account, 8),
        "0".to_owned(),
        day(sale.date),
        text(&sale.number, LONGEST_REFERENCE),
        text(&part.title, LONGEST_DETAILS),
        figure(sale.amount(plain(part.net))),
        text(&part.tax_code, 3),
        figure(sale.amount(plain(part.vat))),
        "1".to_owned(),
        text(if sale.credits.is_empty() { &sale.order } else { &sale.credits }, LONGEST_REFERENCE),
        none(),
        none(),
        none(),
    ]
}
