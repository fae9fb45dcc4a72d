//! Sales → the CSV by which QuickBooks Online imports invoices. What gives money back, credit notes and invoices below
//! zero, goes to a second table without signs: QuickBooks imports no invoice below zero.

use super::documents::{Part, Sale};
use super::table::{Table, day, figure, text};
use crate::domain::money::Money;

const HEADER: [&str; 15] = [
    "*InvoiceNo",
    "*Customer",
    "*InvoiceDate",
    "*DueDate",
    "Terms",
    "Location",
    "Memo",
    "Item(Product/Service)",
    "ItemDescription",
    "ItemQuantity",
    "ItemRate",
    "*ItemAmount",
    "*ItemTaxCode",
    "ItemTaxAmount",
    "Currency",
];

/// The most characters of a number.
const LONGEST_NUMBER: usize = 21;

pub(super) fn tables(sales: &[Sale]) -> Vec<(&'static str, Table)> {
    let mut sold = Table::new(&HEADER);
    let mut given_back = Table::new(&HEADER);
    for sale in sales {
        let is_credit = sale.gross < Money::ZERO;
        let table = if is_credit { &mut given_back } else { &mut sold };
        for part in &sale.parts {
            table.push(row(sale, part, is_credit));
        }
    }
    let mut tables = vec![("", sold)];
    if !given_back.is_empty() {
        tables.push(("-credit-notes", given_back));
    }
    tables
}

/// QuickBooks cuts numbers off, and would take two documents for one.
pub(super) fn refusals(sales: &[Sale]) -> Vec<String> {
    let long = sales.iter().filter(|sale| sale.number.chars().count() > LONGEST_NUMBER);
    long.map(|sale| format!("{}: the number is longer than {LONGEST_NUMBER} characters", sale.number)).collect()
}

fn row(sale: &Sale, part: &Part, is_credit: bool) -> Vec<String> {
    let plain = |money: Money| if is_credit { money.negated().unwrap_or(money) } else { money };
    let memo = if sale.credits.is_empty() { sale.order.clone() } else { format!("Credits {}", sale.credits) };
    let net = figure(sale.amount(plain(part.net)));
    vec![
        text(&sale.number, LONGEST_NUMBER),
        text(sale.contact(), 100),
        day(sale.date),
        day(sale.due_date),
        String::new(),
        String::new(),
        text(&memo, 1_000),
        text(&part.account, 100),
        text(&part.title, 4_000),
        "1".to_owned(),
        net.clone(),
        net,
        text(&part.tax_code, 100),
        figure(sale.amount(plain(part.vat))),
        sale.currency.code().to_owned(),
    ]
}
