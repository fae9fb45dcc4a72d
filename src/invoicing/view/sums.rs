//! The sums of a bill, its VAT and its balance, as they are printed; `bill` is always as printed.

use serde::Serialize;

use super::charge_sections::rate_of;
use super::facts::{Fact, fact};
use crate::domain::bill::{Amount, Bill, BillTotals, BillVat, DocumentKind};
use crate::domain::money::Money;
use crate::invoicing::language::{Style, wrapped};

#[derive(Serialize)]
pub(super) struct VatRow {
    pub(super) label: String,
    pub(super) rate: String,
    pub(super) net: String,
    pub(super) vat: String,
}

pub(super) fn vat_of(bill: &Bill, style: Style) -> Vec<VatRow> {
    bill.vat.iter().map(|vat| vat_row(vat, style)).collect()
}

fn vat_row(vat: &BillVat, style: Style) -> VatRow {
    let label = if vat.label.is_empty() { &vat.code } else { &vat.label };
    VatRow { label: wrapped(label), rate: rate_of(vat, style), net: style.amount(vat.net), vat: style.amount(vat.vat) }
}

pub(super) fn totals_of(bill: &Bill, style: Style) -> Vec<Fact> {
    let sum = |key: &str, amount: Amount| fact(style, key, style.amount(amount));
    let BillTotals { usage, charges, net, vat, .. } = bill.totals;
    // Where there is no usage, the charges are the net amount.
    let parts = match usage.money == Money::ZERO && charges == net {
        true => Vec::new(),
        false => vec![sum("totals.usage", usage), sum("totals.charges", charges)],
    };
    parts.into_iter().chain([sum("totals.net", net), sum("totals.vat", vat)]).collect()
}

pub(super) fn total_of(bill: &Bill, style: Style) -> Fact {
    fact(style, "totals.gross", style.amount(bill.totals.gross))
}

/// Before, this bill, now; nothing if nothing was owed before.
pub(super) fn balance_of(bill: &Bill, style: Style) -> Vec<Fact> {
    let balance = &bill.balance;
    if balance.previous.money == Money::ZERO {
        return Vec::new();
    }
    let this = match bill.document {
        DocumentKind::Invoice => "totals.this_bill",
        DocumentKind::CreditNote => "totals.this_credit_note",
    };
    vec![
        fact(style, "totals.brought_forward", style.amount(balance.previous)),
        fact(style, this, style.amount(balance.this_bill)),
        fact(style, "totals.balance", style.amount(balance.now)),
    ]
}
