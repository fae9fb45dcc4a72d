//! A credit note → how it is printed: what it gives back stands on it without a sign, as "Credited", while the model holds
//! negative amounts. Its balance keeps its signs.

use std::borrow::Cow;

use super::display::{MoneyStyle, wrapped};
use super::view::{Due, Fact, fact};
use crate::domain::bill::{Amount, Bill, BillLine, BillTotals, BillVat, DocumentKind};
use crate::domain::money::{Money, Overflow};

/// The bill with the signs that are printed.
pub(super) fn as_printed(bill: &Bill) -> Result<Cow<'_, Bill>, Overflow> {
    if bill.document == DocumentKind::Invoice {
        return Ok(Cow::Borrowed(bill));
    }
    let lines = bill.lines.iter().map(|line| Ok(BillLine { amount: opposite(line.amount)?, ..line.clone() }));
    let vat =
        bill.vat.iter().map(|row| Ok(BillVat { net: opposite(row.net)?, vat: opposite(row.vat)?, ..row.clone() }));
    let BillTotals { usage, charges, net, vat: tax, gross } = bill.totals;
    Ok(Cow::Owned(Bill {
        lines: lines.collect::<Result<_, _>>()?,
        vat: vat.collect::<Result<_, _>>()?,
        totals: BillTotals {
            usage: opposite(usage)?,
            charges: opposite(charges)?,
            net: opposite(net)?,
            vat: opposite(tax)?,
            gross: opposite(gross)?,
        },
        ..bill.clone()
    }))
}

/// What identifies a credit note.
pub(super) fn facts_of(bill: &Bill) -> Vec<Fact> {
    let (number, date) = match &bill.credits {
        Some(of) => (wrapped(&of.number), of.date.in_words()),
        None => Default::default(),
    };
    let customer = &bill.customer;
    [
        ("Credit note number", bill.number.as_deref().map_or_else(|| "none yet".into(), wrapped)),
        ("Credit note date", bill.invoice_date.in_words()),
        ("For invoice", number),
        ("Invoice date (tax point)", date),
        ("Account", wrapped(&customer.account)),
        ("Your reference", wrapped(&customer.reference)),
        ("Purchase order", wrapped(&customer.purchase_order)),
        ("Your VAT number", wrapped(&customer.vat_number)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(label, value)| fact(label, value))
    .collect()
}

/// What the reader gets; `bill` is as printed.
pub(super) fn due_of(bill: &Bill, style: MoneyStyle) -> Result<Due, Overflow> {
    let now = bill.balance.now;
    let note = match now.money.cmp(&Money::ZERO) {
        std::cmp::Ordering::Greater => format!("to your account, of which {} is now to be paid", style.amount(now)),
        std::cmp::Ordering::Equal => "to your account, which is settled".to_owned(),
        std::cmp::Ordering::Less => format!("to your account, which is {} in credit", style.amount(opposite(now)?)),
    };
    Ok(Due { label: "Credited", amount: style.amount(bill.totals.gross), note })
}

fn opposite(amount: Amount) -> Result<Amount, Overflow> {
    Ok(Amount { money: amount.money.negated()?, ..amount })
}
