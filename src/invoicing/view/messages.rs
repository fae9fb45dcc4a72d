//! What a bill says in sentences: the reseller's messages, the reason of a credit note, and what the law wants said of a
//! reverse charge (V2).

use crate::domain::bill::{Amount, Bill, BillVat, DocumentKind};
use crate::domain::money::{Overflow, Percent, Rounding, Sum};
use crate::domain::price_book::VatKind;
use crate::invoicing::language::{Style, wrapped};

/// The words of the reseller; on a credit note, why there is one.
pub(super) fn messages_of(bill: &Bill, style: Style) -> Vec<Vec<String>> {
    let reason = style.language.fill("message.reason", &[("reason", &bill.reason)]);
    let reason = Some(reason).filter(|_| !bill.reason.is_empty());
    reason.iter().chain(&bill.messages).map(|message| message.lines().map(wrapped).collect()).collect()
}

/// That the customer accounts for the VAT, and for how much.
pub(super) fn notes_of(bill: &Bill, style: Style) -> Result<Vec<String>, Overflow> {
    let reverse = bill.vat.iter().filter(|vat| vat.kind == VatKind::ReverseCharge);
    let note = |vat: &BillVat| {
        let (amount, rate) = (style.amount(vat_accounted_for(vat)?), style.percent(vat.rate));
        let key = match bill.document {
            DocumentKind::CreditNote => "vat.reverse_credit",
            DocumentKind::Invoice if vat.rate == Percent::ZERO => "vat.reverse_charge_only",
            DocumentKind::Invoice => "vat.reverse_charge",
        };
        Ok(style.language.fill(key, &[("amount", &amount), ("rate", &rate)]))
    };
    reverse.map(note).collect()
}

/// The VAT that the customer owes itself: the rate on the sum of the code's lines, half up (V2, V3).
fn vat_accounted_for(vat: &BillVat) -> Result<Amount, Overflow> {
    let wide = i128::from(vat.net.money.minor()) * i128::from(vat.rate.scaled());
    // Net is in minor units and the percentage in 1/10,000, so that the product counts 1/1,000,000 of a minor unit.
    Ok(Amount { money: Sum::<6>::from_wide(wide).to_money(0, Rounding::HalfUp)?, digits: vat.net.digits })
}
