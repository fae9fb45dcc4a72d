//! Bill → the semantic model, or all that it lacks for one.

use super::categories::breakdown;
use super::finding::Finding;
use super::lines::lines_and_charges;
use super::model::{EInvoice, Line, Period, Totals};
use super::parties::{buyer_of, seller_of};
use super::payment::payment_of;
use crate::domain::bill::{Amount, Bill, DocumentKind, LineKind};
use crate::domain::money::{Money, Overflow};
use crate::domain::time::Date;
use crate::invoicing::view::as_printed;

/// Decimals that the standard allows amounts.
const MOST_DIGITS: u32 = 2;

impl EInvoice {
    /// The e-invoice of a bill.
    ///
    /// # Errors
    /// All that EN 16931 asks for and the bill does not have.
    pub fn of(bill: &Bill) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let invoice = as_printed(bill).and_then(|bill| build(&bill, &mut findings)).unwrap_or_else(|Overflow| {
            findings.push(Finding::new("BG-22, the totals", "an amount is out of range", "run `tollbook verify`"));
            None
        });
        invoice.filter(|_| findings.is_empty()).ok_or(findings)
    }
}

/// None without a number; `bill` is as printed.
fn build(bill: &Bill, findings: &mut Vec<Finding>) -> Result<Option<EInvoice>, Overflow> {
    let (seller, buyer) = (seller_of(bill, findings), buyer_of(bill, findings));
    if bill.currency.digits > MOST_DIGITS {
        let (currency, digits) = (bill.currency, bill.currency.digits);
        let reason = format!("{currency} has {digits} decimals, of which amounts may have {MOST_DIGITS}");
        findings.push(Finding::new("BT-5, the currency", reason, "send the invoice as PDF"));
    }
    let (lines, charges) = lines_and_charges(bill, findings)?;
    let vat = breakdown(bill, findings)?;
    let bare = vat.iter().find(|row| {
        let is_its = |category| category == row.category;
        !lines.iter().any(|line| is_its(line.category)) && !charges.iter().any(|charge| is_its(charge.category))
    });
    if let Some(row) = bare {
        let reason = format!("VAT of {} is on no line", row.vat);
        findings.push(Finding::new("BG-23, the VAT breakdown", reason, "send the document as PDF"));
    }
    let of = |money| Amount { money, ..bill.totals.net };
    let of_lines = of(Money::total(lines.iter().map(|line| line.amount.money))?);
    let of_charges = of(Money::total(charges.iter().map(|charge| charge.amount.money))?);
    let Some(number) = bill.number.clone().filter(|number| !number.trim().is_empty()) else {
        let reason = format!("the bill of customer {} has none yet", bill.customer.account);
        findings.push(Finding::new("BT-1, the invoice number", reason, "post it"));
        return Ok(None);
    };
    let (buyer_reference, order) = references(bill);
    Ok(Some(EInvoice {
        kind: bill.document,
        number,
        issued: bill.invoice_date,
        due: bill.document.is_invoice().then_some(bill.due_date),
        currency: bill.currency,
        note: note(bill),
        buyer_reference,
        order,
        period: period(bill, &lines),
        preceding: bill.credits.clone(),
        seller,
        buyer,
        payment: payment_of(bill),
        terms: if bill.document.is_invoice() { bill.customer.payment_terms.clone() } else { String::new() },
        totals: Totals {
            lines: of_lines,
            charges: (!charges.is_empty()).then_some(of_charges),
            net: bill.totals.net,
            vat: bill.totals.vat,
            gross: bill.totals.gross,
        },
        lines,
        charges,
        vat,
    }))
}

/// What the buyer knows the document by (BT-10), and its order (BT-13). One of them is always there (PEPPOL-EN16931-R003).
fn references(bill: &Bill) -> (String, String) {
    let customer = &bill.customer;
    let order = customer.purchase_order.trim();
    let said = [&customer.buyer_reference, &customer.reference].map(|text| text.trim());
    let reference = said.into_iter().find(|text| !text.is_empty());
    let reference = reference.unwrap_or(if order.is_empty() { &customer.account } else { "" });
    (reference.to_owned(), order.to_owned())
}

/// Why there is a credit note, that a bill is the last, and the messages.
fn note(bill: &Bill) -> String {
    let is_final = bill.is_final && bill.document == DocumentKind::Invoice;
    let first = [bill.reason.as_str(), if is_final { "Final bill" } else { "" }];
    let all = first.into_iter().chain(bill.messages.iter().map(String::as_str));
    all.filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// From the first day that a line is for to the last. When usage began is not known, so that the period of a bill with
/// usage has an end only.
fn period(bill: &Bill, lines: &[Line]) -> Period {
    let has_usage = bill.lines.iter().any(|line| line.kind == LineKind::Usage);
    let used_to = (has_usage && bill.document.is_invoice()).then(|| bill.usage_until.previous());
    let from: Option<Date> = lines.iter().filter_map(|line| line.period.from).min();
    let from = from.filter(|_| !has_usage);
    let to = lines.iter().filter_map(|line| line.period.to).chain(used_to).max();
    Period { from, to: to.filter(|to| from.is_none_or(|from| from <= *to)) }
}
