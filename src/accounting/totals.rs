//! Sales and movements → the control totals of an export: how many documents, what they come to. They are what a package
//! must show after the import.

use std::collections::BTreeMap;

use serde::Serialize;

use super::documents::Sale;
use super::journal::Movement;
use crate::domain::bill::{Amount, DocumentKind};
use crate::domain::money::{Currency, Money, Overflow};

/// The control totals by currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// In the order of their codes.
    pub currencies: Vec<TotalsOf>,
}

/// The control totals of one currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TotalsOf {
    /// The currency.
    pub currency: Currency,
    /// How many invoices.
    pub invoices: u64,
    /// How many credit notes.
    pub credit_notes: u64,
    /// Ex VAT.
    pub net: Amount,
    /// VAT.
    pub vat: Amount,
    /// In all.
    pub gross: Amount,
    /// How many payments, refunds, write-offs and reversals.
    pub movements: u64,
    /// Their sum: negative lowers what customers owe.
    pub moved: Amount,
    /// Documents whose VAT a program that rounds it line by line would work out differently.
    pub rounded_documents: u64,
    /// By how much in all.
    pub rounding: Amount,
}

impl Totals {
    /// Of all that is exported.
    ///
    /// # Errors
    /// A sum is out of range.
    pub fn of(sales: &[Sale], movements: &[Movement]) -> Result<Self, Overflow> {
        let mut by_currency = BTreeMap::<Currency, TotalsOf>::new();
        let blank = |currency: Currency| {
            let zero = Amount::new(Money::ZERO, currency);
            let (net, vat, gross, moved, rounding) = (zero, zero, zero, zero, zero);
            let (invoices, credit_notes, movements, rounded_documents) = (0, 0, 0, 0);
            TotalsOf {
                currency,
                invoices,
                credit_notes,
                net,
                vat,
                gross,
                movements,
                moved,
                rounded_documents,
                rounding,
            }
        };
        for sale in sales {
            let of = by_currency.entry(sale.currency).or_insert_with(|| blank(sale.currency));
            match sale.kind {
                DocumentKind::Invoice => of.invoices += 1,
                DocumentKind::CreditNote => of.credit_notes += 1,
            }
            of.rounded_documents += u64::from(sale.rounding != Money::ZERO);
            for (sum, amount) in [
                (&mut of.net, sale.net),
                (&mut of.vat, sale.vat),
                (&mut of.gross, sale.gross),
                (&mut of.rounding, sale.rounding),
            ] {
                sum.money = sum.money.plus(amount)?;
            }
        }
        for movement in movements {
            let of = by_currency.entry(movement.currency).or_insert_with(|| blank(movement.currency));
            of.movements += 1;
            of.moved.money = of.moved.money.plus(movement.amount)?;
        }
        Ok(Self { currencies: by_currency.into_values().collect() })
    }
}
