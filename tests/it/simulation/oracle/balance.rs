//! Lines → the finished invoice: VAT, sums, number (B11), what is owed (L1).

use jiff::Span;
use jiff::civil::Date;

use super::vat::by_code;
use super::{Account, Bill, Line, total};
use crate::oracle::amounts::Amount;
use crate::simulation::fixed::look_up;

#[derive(Debug)]
pub struct Invoice {
    pub number: String,
    pub account: String,
    /// In no order that means anything.
    pub lines: Vec<Line>,
    pub vat_rows: Vec<VatRow>,
    pub net: Amount,
    pub vat: Amount,
    pub gross: Amount,
    pub previous: Amount,
    pub now: Amount,
}

/// By the organisation's terms.
pub fn due_date(bill: &Bill) -> Date {
    let of = |column| look_up("organisations", bill.customer.organisation, column);
    let length = of("payment_terms").parse::<i64>().unwrap();
    let span = match of("payment_terms_type") {
        "months" => Span::new().months(length),
        _ => Span::new().days(length),
    };
    bill.terms.invoice_date.checked_add(span).unwrap()
}

/// What is due of one code.
#[derive(Debug, PartialEq, Eq)]
pub struct VatRow {
    pub code: String,
    pub net: Amount,
    pub vat: Amount,
}

pub fn invoice(bill: &Bill, mut lines: Vec<Line>, number: u64, account: &mut Account) -> Invoice {
    lines.sort();
    let vat_rows = by_code(bill, &lines);
    let net = total(lines.iter().map(|line| &line.amount));
    let vat = total(vat_rows.iter().map(|row| &row.vat));
    let gross = &net + &vat;
    let previous = account.balance.clone();
    account.balance += &gross;
    let prefix = look_up("organisations", bill.customer.organisation, "invoice_prefix");
    let number = format!("{prefix}{number:06}");
    let last = bill.customer.final_bill_date;
    account.has_final = last.is_some_and(|last| last < bill.terms.usage_cutoff);
    account.ledger.add_invoice(&number, &gross, bill.terms.invoice_date, due_date(bill));
    Invoice {
        number,
        account: bill.customer.account.clone(),
        lines,
        vat_rows,
        net,
        vat,
        gross,
        previous,
        now: account.balance.clone(),
    }
}
