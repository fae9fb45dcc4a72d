//! Empty and low invoices (B5–B9).

use std::collections::BTreeMap;

use super::{Bill, Line, total};
use crate::oracle::amounts::{Amount, number, zero};

/// The lines of the invoice with a fee or padding, or none if there is no invoice; then the records are counted.
pub fn decide(
    bill: &Bill,
    mut lines: Vec<Line>,
    ended: &mut BTreeMap<&'static str, u64>,
    records: u64,
) -> Option<Vec<Line>> {
    let customer = bill.customer;
    let is_final = customer.status == "final_bill";
    let fee = |kind, description: &str, amount: Amount| {
        let line = Line::new(kind, amount, bill.vat_code(&[]));
        Line { category: "Fees".into(), description: description.into(), ..line }
    };
    if lines.is_empty() {
        match customer.empty.0 {
            "fee" => lines.push(fee("empty_invoice_fee", "Empty invoice fee", number(&customer.empty.1))),
            "produce" => {}
            _ if is_final => {}
            _ => {
                *ended.entry("held").or_default() += records;
                return None;
            }
        }
        return Some(lines);
    }
    let net = total(lines.iter().map(|line| &line.amount));
    let calls = total(lines.iter().filter(|line| line.kind == "usage").map(|line| &line.amount));
    let (test, limit, action, value) = &customer.low;
    let is_low = match *test {
        "total" => net < number(limit),
        "call_spend" => calls < number(limit),
        "absolute" => net.clone().max(-net.clone()) < number(limit),
        _ => false,
    };
    match *action {
        _ if !is_low => {}
        "rollover" if !is_final && net >= zero() => {
            *ended.entry("rolled_over").or_default() += records;
            return None;
        }
        "fee" => lines.push(fee("low_invoice_fee", "Low invoice fee", number(value))),
        "pad" if number(value) > net => {
            lines.push(fee("padding", "Minimum invoice charge", number(value) - &net));
        }
        _ => {}
    }
    Some(lines)
}
