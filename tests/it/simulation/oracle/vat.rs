//! VAT by code (V1–V4).

use std::collections::BTreeMap;

use super::balance::VatRow;
use super::{Bill, Line, total};
use crate::oracle::amounts::{Amount, number, round, whole, zero};
use crate::simulation::fixed::{look_up, rows};

/// On the sum of a code's lines, or on each line, at the rate of the invoice's date.
pub fn by_code(bill: &Bill, lines: &[Line]) -> Vec<VatRow> {
    let mut of_code: BTreeMap<&str, Vec<&Amount>> = BTreeMap::new();
    lines.iter().for_each(|line| of_code.entry(&line.vat_code).or_default().push(&line.amount));
    let row = |(code, nets): (&str, Vec<&Amount>)| {
        let rate = charged_rate(bill, code);
        let vat_on = |net: &Amount, mode| round(&(net * &rate / whole(100)), 2, mode);
        let net = total(nets.iter().copied());
        let vat = match look_up("organisations", bill.customer.organisation, "vat_rounding") {
            "per_line" => nets.iter().fold(zero(), |sum, net| sum + vat_on(net, "half_up")),
            mode => vat_on(&net, mode),
        };
        VatRow { code: code.to_owned(), net, vat }
    };
    of_code.into_iter().map(row).collect()
}

fn charged_rate(bill: &Bill, code: &str) -> Amount {
    let date = bill.terms.invoice_date.to_string();
    let is_in_force = |from: &str, to: &str| from <= date.as_str() && (to.is_empty() || date.as_str() <= to);
    let mut found = rows("vat_codes").filter(|row| row("vat_code") == code && is_in_force(row("from"), row("to")));
    match found.next() {
        Some(row) if matches!(row("kind"), "standard" | "reduced") => number(row("rate")),
        _ => zero(),
    }
}
