//! A bill → a sale: its lines added up by account and VAT code, each with its share of the VAT, so that net and VAT of the
//! parts are those of the document. What rounding leaves of a code's VAT goes to the part with the largest net amount.

use std::fmt;

use super::{Codes, Party};
use crate::domain::bill::{Amount, Bill, BillVat, DocumentKind};
use crate::domain::customer::Address;
use crate::domain::money::{Currency, Money, Overflow, Percent, Rounding, Sum, divide};
use crate::domain::price_book::VatKind;
use crate::domain::time::Date;

/// A document as packages take it. Amounts of a credit note are negative.
#[derive(Clone, Debug, PartialEq)]
pub struct Sale {
    /// Its number.
    pub number: String,
    /// Invoice or credit note.
    pub kind: DocumentKind,
    /// Its date.
    pub date: Date,
    /// When it is due; of a credit note its date.
    pub due_date: Date,
    /// The invoice that a credit note is of; empty on an invoice.
    pub credits: String,
    /// The customer's account.
    pub account: String,
    /// The customer's code or name in the package; empty for the account or the name.
    pub reference: String,
    /// The customer's name.
    pub name: String,
    /// Where bills go; may be empty.
    pub email: String,
    /// Where it is.
    pub address: Address,
    /// The customer's purchase order or own reference; may be empty.
    pub order: String,
    /// Of all amounts.
    pub currency: Currency,
    /// What it is made of.
    pub parts: Vec<Part>,
    /// Ex VAT.
    pub net: Money,
    /// VAT.
    pub vat: Money,
    /// In all.
    pub gross: Money,
    /// VAT that is not what a program works out that rounds it part by part: the sum of the differences.
    pub rounding: Money,
}

/// The lines of one account and VAT code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The account of sales.
    pub account: String,
    /// What they are: a category, or a class of usage.
    pub title: String,
    /// The VAT code of the book.
    pub vat_code: String,
    /// That of the package.
    pub tax_code: String,
    /// Ex VAT.
    pub net: Money,
    /// VAT.
    pub vat: Money,
}

/// A document whose parts do not make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleError {
    /// Its number.
    pub document: String,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for SaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.document, self.reason)
    }
}

impl Sale {
    /// A posted document.
    ///
    /// # Errors
    /// It does not add up.
    pub(super) fn of(bill: &Bill, party: &Party, codes: &mut Codes<'_>) -> Result<Self, SaleError> {
        let number = bill.number.clone().unwrap_or_default();
        let refuse = |reason: String| SaleError { document: number.clone(), reason };
        let (parts, rounding) = split(bill, codes).map_err(|error| refuse(error.to_string()))?;
        let sum = |amount: fn(&Part) -> Money| Money::total(parts.iter().map(amount));
        let (net, vat) = (sum(|part| part.net), sum(|part| part.vat));
        let totals = &bill.totals;
        let gross = totals.net.money.plus(totals.vat.money);
        if net != Ok(totals.net.money) || vat != Ok(totals.vat.money) || gross != Ok(totals.gross.money) {
            return Err(refuse("its lines do not add up to its totals; run `tollbook verify`".to_owned()));
        }
        let is_invoice = bill.document == DocumentKind::Invoice;
        let order = [&bill.customer.purchase_order, &bill.customer.reference];
        Ok(Self {
            kind: bill.document,
            date: bill.invoice_date,
            due_date: if is_invoice { bill.due_date } else { bill.invoice_date },
            credits: bill.credits.as_ref().map(|credited| credited.number.clone()).unwrap_or_default(),
            account: bill.customer.account.clone(),
            reference: party.reference.clone(),
            name: bill.customer.name.clone(),
            email: party.email.clone(),
            address: bill.customer.address.clone(),
            order: order.into_iter().find(|text| !text.is_empty()).cloned().unwrap_or_default(),
            currency: bill.currency,
            parts,
            net: totals.net.money,
            vat: totals.vat.money,
            gross: totals.gross.money,
            rounding,
            number,
        })
    }

    /// The name by which a package finds the customer.
    pub(super) fn contact(&self) -> &str {
        if self.reference.is_empty() { &self.name } else { &self.reference }
    }

    /// The code by which a package finds the customer.
    pub(super) fn code(&self) -> &str {
        if self.reference.is_empty() { &self.account } else { &self.reference }
    }

    pub(super) fn amount(&self, money: Money) -> Amount {
        Amount::new(money, self.currency)
    }

    /// `Invoice AC-000001`.
    pub(super) fn title(&self) -> String {
        let kind = if self.kind == DocumentKind::Invoice { "Invoice" } else { "Credit note" };
        format!("{kind} {}", self.number)
    }
}

/// The parts in the order of the bill's lines; and how far their VAT is from that of each by itself.
fn split(bill: &Bill, codes: &mut Codes<'_>) -> Result<(Vec<Part>, Money), Overflow> {
    let mut parts: Vec<Part> = Vec::new();
    for line in &bill.lines {
        let (account, title) = codes.account_of(line);
        let is_same =
            |part: &&mut Part| part.account == account && part.title == title && part.vat_code == line.vat_code;
        match parts.iter_mut().find(is_same) {
            Some(part) => part.net = part.net.plus(line.amount.money)?,
            None => parts.push(Part {
                tax_code: codes.tax_code(&line.vat_code),
                vat_code: line.vat_code.clone(),
                net: line.amount.money,
                vat: Money::ZERO,
                account,
                title,
            }),
        }
    }
    let mut rounding = Money::ZERO;
    for vat in &bill.vat {
        let difference = share_out(vat, &mut parts)?;
        rounding = rounding.plus(if difference < Money::ZERO { difference.negated()? } else { difference })?;
    }
    parts.retain(|part| part.net != Money::ZERO || part.vat != Money::ZERO);
    Ok((parts, rounding))
}

/// Gives the parts of a VAT code their VAT: each that of its net, the largest also what is left; returns what was left.
fn share_out(vat: &BillVat, parts: &mut [Part]) -> Result<Money, Overflow> {
    let rate = match vat.kind {
        VatKind::Standard | VatKind::Reduced => vat.rate,
        VatKind::Zero | VatKind::Exempt | VatKind::ReverseCharge => Percent::ZERO,
    };
    let mut left = vat.vat.money;
    for part in parts.iter_mut().filter(|part| part.vat_code == vat.code) {
        part.vat = vat_on(part.net, rate)?;
        left = left.minus(part.vat)?;
    }
    let of_code = parts.iter_mut().filter(|part| part.vat_code == vat.code);
    if let Some(part) = of_code.rev().max_by_key(|part| part.net.minor().unsigned_abs()) {
        part.vat = part.vat.plus(left)?;
    }
    Ok(left)
}

fn vat_on(net: Money, rate: Percent) -> Result<Money, Overflow> {
    let exact = i128::from(net.minor()).checked_mul(i128::from(rate.scaled())).ok_or(Overflow)?;
    let hundred = i128::from(Percent::ONE.scaled()).checked_mul(100).ok_or(Overflow)?;
    Sum::<0>::from_wide(divide(exact, hundred, Rounding::HalfUp)).to_money(0, Rounding::HalfUp)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(net: i64) -> Part {
        let (net, vat) = (Money::from_minor(net), Money::ZERO);
        let text = String::new;
        Part { account: text(), title: text(), vat_code: "S".to_owned(), tax_code: text(), net, vat }
    }

    fn code(kind: VatKind, rate: &str, net: i64, vat: i64) -> BillVat {
        let amount = |minor| Amount::new(Money::from_minor(minor), Currency::GBP);
        let rate = Percent::parse(rate).expect(rate);
        BillVat { code: "S".to_owned(), label: String::new(), kind, rate, net: amount(net), vat: amount(vat) }
    }

    #[test]
    fn what_rounding_leaves_goes_to_the_largest() {
        for (nets, kind, vat, expected, left) in [
            // 4.398, 6.666 and 0.20 by themselves; 11.264 of the sum.
            (vec![2199, 3333, 100], VatKind::Standard, 1126, vec![440, 666, 20], -1),
            (vec![2199, 3333, 100], VatKind::Standard, 1127, vec![440, 667, 20], 0),
            (vec![-300, 100], VatKind::Standard, -40, vec![-60, 20], 0),
            // Of two equal ones the first.
            (vec![3, 3], VatKind::Standard, 1, vec![0, 1], -1),
            (vec![5000], VatKind::ReverseCharge, 0, vec![0], 0),
            (vec![5000], VatKind::Exempt, 0, vec![0], 0),
        ] {
            let mut parts: Vec<Part> = nets.iter().map(|net| part(*net)).collect();
            let of_code = code(kind, "20", nets.iter().sum(), vat);
            assert_eq!(share_out(&of_code, &mut parts), Ok(Money::from_minor(left)), "{nets:?}");
            let shared: Vec<i64> = parts.iter().map(|part| part.vat.minor()).collect();
            assert_eq!(shared, expected, "{nets:?}");
        }
    }

    proptest! {
        #[test]
        fn no_penny_is_lost(nets in proptest::collection::vec(-100_000_i64..100_000, 1..40), vat in -50_000_i64..50_000) {
            let mut parts: Vec<Part> = nets.iter().map(|net| part(*net)).collect();
            let of_code = code(VatKind::Standard, "17.5", nets.iter().sum(), vat);
            share_out(&of_code, &mut parts).expect("small amounts");
            prop_assert_eq!(parts.iter().map(|part| part.vat.minor()).sum::<i64>(), vat);
        }
    }
}
