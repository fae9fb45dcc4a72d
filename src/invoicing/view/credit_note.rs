//! A credit note → how it is printed: what it gives back stands on it without a sign, as "Credited", while the model holds
//! negative amounts. Its balance keeps its signs.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::facts::{Fact, facts};
use super::payment::Due;
use crate::domain::bill::{Amount, Bill, BillLine, BillTotals, BillVat, DocumentKind};
use crate::domain::money::{Money, Overflow};
use crate::invoicing::language::{Style, wrapped};

/// The bill with the signs that are printed.
pub(in crate::invoicing) fn as_printed(bill: &Bill) -> Result<Cow<'_, Bill>, Overflow> {
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
pub(super) fn facts_of(bill: &Bill, style: Style) -> Vec<Fact> {
    let (number, date) = match &bill.credits {
        Some(of) => (wrapped(&of.number), style.language.long_date(of.date)),
        None => Default::default(),
    };
    let customer = &bill.customer;
    let own = bill.number.as_deref().map_or_else(|| style.word("facts.no_number"), wrapped);
    facts(
        style,
        [
            ("facts.credit_note_number", own),
            ("facts.credit_note_date", style.language.long_date(bill.invoice_date)),
            ("facts.for_invoice", number),
            ("facts.invoice_date", date),
            ("facts.account", wrapped(&customer.account)),
            ("facts.reference", wrapped(&customer.reference)),
            ("facts.buyer_reference", wrapped(&customer.buyer_reference)),
            ("facts.purchase_order", wrapped(&customer.purchase_order)),
            ("facts.vat_number", wrapped(&customer.vat_number)),
        ],
    )
}

/// What the reader gets; `bill` is as printed.
pub(super) fn due_of(bill: &Bill, style: Style) -> Result<Due, Overflow> {
    let now = bill.balance.now;
    let with = |key: &str, amount: Amount| style.language.fill(key, &[("amount", &style.amount(amount))]);
    let note = match now.money.cmp(&Money::ZERO) {
        Ordering::Greater => with("due.credited_to_pay", now),
        Ordering::Equal => style.word("due.credited_settled"),
        Ordering::Less => with("due.credited_in_credit", opposite(now)?),
    };
    Ok(Due { label: style.word("due.credited"), amount: style.amount(bill.totals.gross), note })
}

fn opposite(amount: Amount) -> Result<Amount, Overflow> {
    Ok(Amount { money: amount.money.negated()?, ..amount })
}
