//! An invoice and the credit notes on it → what is left of it, by VAT code: the most that can still be credited.

use super::bill::{Bill, BillVat};
use super::money::{Money, Overflow};
use super::price_book::VatKind;

/// What is left of one VAT code of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOfCode {
    /// The code.
    pub code: String,
    /// Ex VAT.
    pub net: Money,
    /// The VAT on it; of a reverse charge nothing.
    pub vat: Money,
}

/// What is left of an invoice after the credit notes on it (whose amounts are negative), in the order of its VAT codes.
///
/// # Errors
/// [`Overflow`] beyond 64 bits.
pub fn left_of<'c>(
    invoice: &Bill,
    credits: impl Iterator<Item = &'c Bill> + Clone,
) -> Result<Vec<LeftOfCode>, Overflow> {
    let of_code = |original: &BillVat| {
        let (mut net, mut vat) = (original.net.money, original.vat.money);
        let rows = credits.clone().flat_map(|credit| &credit.vat).filter(|row| row.code == original.code);
        for row in rows {
            net = net.plus(row.net.money)?;
            vat = vat.plus(row.vat.money)?;
        }
        Ok(LeftOfCode { code: original.code.clone(), net, vat })
    };
    invoice.vat.iter().map(of_code).collect()
}

/// What is left with VAT.
///
/// # Errors
/// [`Overflow`] beyond 64 bits.
pub fn gross_left(invoice: &Bill, left: &[LeftOfCode]) -> Result<Money, Overflow> {
    left.iter().try_fold(Money::ZERO, |sum, of_code| {
        let is_charged = |vat: &BillVat| vat.code == of_code.code && vat.kind != VatKind::ReverseCharge;
        let vat = if invoice.vat.iter().any(is_charged) { of_code.vat } else { Money::ZERO };
        sum.plus(of_code.net)?.plus(vat)
    })
}

/// Does a credit note take more from a code than is left of it? Gives that code. What is below nothing on the invoice
/// cannot be lowered; it can be given back.
pub fn beyond_left<'l>(left: &'l [LeftOfCode], credit: &Bill) -> Option<&'l LeftOfCode> {
    let is_beyond = |taken: Money, left: Money| match left.minor() {
        0.. => taken.minor() > left.minor() || taken.minor() < 0,
        _ => taken.minor() < left.minor() || taken.minor() > 0,
    };
    left.iter().find(|left| {
        let rows = credit.vat.iter().filter(|row| row.code == left.code);
        rows.into_iter().any(|row| {
            let taken = |money: Money| Money::from_minor(money.minor().saturating_neg());
            is_beyond(taken(row.net.money), left.net) || is_beyond(taken(row.vat.money), left.vat)
        })
    })
}
