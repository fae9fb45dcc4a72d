//! Open invoices → debits, one for each mandate; or why an invoice is not collected.

use super::{Debit, DebitedInvoice, Scheme, Sequence, is_digits, letters};
use crate::domain::bill::Amount;
use crate::domain::contact::{is_bic, is_direct_debit, is_iban};
use crate::domain::customer::Customer;
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::time::Date;

/// An invoice of which something is open, and what the ledger knows of collecting it.
#[derive(Clone, Debug)]
pub struct OpenInvoice<'c> {
    /// Its number.
    pub number: String,
    /// Whose.
    pub customer: &'c Customer,
    /// Of the amount.
    pub currency: Currency,
    /// What is open and may be collected: of all of a customer's together no more than it owes.
    pub open: Money,
    /// When it is due.
    pub due: Date,
    /// The last one of a customer that leaves.
    pub is_final: bool,
    /// The collection that it is in.
    pub collection: Option<i64>,
    /// It was in a collection that was cancelled.
    pub was_cancelled: bool,
    /// Something was collected by the mandate before.
    pub mandate_used: bool,
}

impl OpenInvoice<'_> {
    /// Has the customer to do with direct debit at all?
    pub fn concerns_direct_debit(&self) -> bool {
        is_direct_debit(&self.customer.payment_method) || !self.customer.direct_debit.mandate.is_empty()
    }

    /// Why it is not collected; none if it is.
    pub fn reason_against(&self, due_by: Option<Date>) -> Option<String> {
        let method = &self.customer.payment_method;
        let debit = &self.customer.direct_debit;
        let Some(scheme) = Scheme::of_currency(self.currency) else {
            return Some(format!("no direct debit collects {}", self.currency));
        };
        if let Some(id) = self.collection {
            return Some(format!("is in collection {id}"));
        }
        if self.open == Money::ZERO {
            return Some("a credit on the account covers it".to_owned());
        }
        if !is_direct_debit(method) {
            let paid =
                if method.is_empty() { "names no payment method".into() } else { format!("is paid by {method}") };
            return Some(format!("the customer {paid}, not by direct debit"));
        }
        if debit.mandate.is_empty() {
            return Some("the customer gave no mandate".to_owned());
        }
        let bank = &debit.bank;
        match scheme {
            Scheme::Sepa | Scheme::Sepa02 if !is_iban(&bank.iban) => Some("the customer has no bank_iban".to_owned()),
            Scheme::Sepa | Scheme::Sepa02 if !bank.bic.is_empty() && !is_bic(&bank.bic) => {
                Some("bank_bic of the customer is none".to_owned())
            }
            Scheme::Sepa | Scheme::Sepa02 if debit.signed.is_none() => {
                Some("the mandate has no mandate_date".to_owned())
            }
            Scheme::Sepa | Scheme::Sepa02 if !is_sepa_mandate(&debit.mandate) => {
                Some("the mandate is not 1 to 35 letters, digits and marks".to_owned())
            }
            Scheme::Bacs if !is_digits(&bank.sort_code, 6) || !is_digits(&bank.account_number, 8) => {
                Some("the customer has no bank_sort_code or no bank_account_number".to_owned())
            }
            Scheme::Bacs if !is_bacs_reference(&debit.mandate) => Some(
                "the mandate is no reference of Bacs: 6 to 18 of A-Z 0-9 . & / - and space, not all the same"
                    .to_owned(),
            ),
            _ => due_by.filter(|by| self.due > *by).map(|_| format!("is due on {}", self.due)),
        }
    }
}

fn is_sepa_mandate(mandate: &str) -> bool {
    (1..=35).contains(&mandate.len()) && letters::for_sepa(mandate, 35) == mandate
}

fn is_bacs_reference(mandate: &str) -> bool {
    let mut marks = mandate.chars().filter(|letter| letter.is_ascii_alphanumeric());
    let first = marks.next();
    let differ = first.is_some_and(|first| marks.any(|other| other != first));
    let count = mandate.chars().filter(|letter| letter.is_ascii_alphanumeric()).count();
    differ && count >= 6 && letters::for_bacs(mandate, 18) == mandate && !mandate.starts_with("DDIC")
}

/// What of an open amount is collected, of what a customer owes in all: a credit that pays no invoice yet is left to it.
/// What is owed beyond it stays in `owed`.
pub fn collectable(open: Money, owed: &mut Money) -> Result<Money, Overflow> {
    let part = open.min(*owed).max(Money::ZERO);
    *owed = owed.minus(part)?;
    Ok(part)
}

/// The debits of invoices that can be collected, one for each mandate, in the order of the accounts.
///
/// # Errors
/// A sum is out of range.
pub fn debits_of(invoices: &[OpenInvoice<'_>]) -> Result<Vec<Debit>, Overflow> {
    let mut invoices: Vec<&OpenInvoice<'_>> = invoices.iter().collect();
    invoices.sort_by(|one, other| {
        (&one.customer.account, one.due, &one.number).cmp(&(&other.customer.account, other.due, &other.number))
    });
    let mut debits: Vec<Debit> = Vec::new();
    for of in invoices.chunk_by(|one, other| one.customer.account == other.customer.account) {
        let first = of[0];
        let direct_debit = &first.customer.direct_debit;
        let sequence = match first.mandate_used {
            _ if of.iter().any(|invoice| invoice.was_cancelled) && first.mandate_used => Sequence::Again,
            false => Sequence::First,
            true if of.iter().any(|invoice| invoice.is_final) => Sequence::Last,
            true => Sequence::Recurring,
        };
        let name = if direct_debit.bank.name.is_empty() { &first.customer.name } else { &direct_debit.bank.name };
        let amount = |money| Amount::new(money, first.currency);
        debits.push(Debit {
            account: first.customer.account.clone(),
            name: name.clone(),
            bank: direct_debit.bank.clone(),
            mandate: direct_debit.mandate.clone(),
            signed: direct_debit.signed,
            sequence,
            amount: amount(Money::total(of.iter().map(|invoice| invoice.open))?),
            invoices: of
                .iter()
                .map(|invoice| DebitedInvoice { number: invoice.number.clone(), amount: amount(invoice.open) })
                .collect(),
        });
    }
    Ok(debits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_collected_than_is_owed() {
        for (owed, open, expected) in [
            (340_220, vec![344_220], vec![340_220]),
            (15_000, vec![10_000, 5_000], vec![10_000, 5_000]),
            (12_000, vec![10_000, 5_000], vec![10_000, 2_000]),
            (0, vec![10_000], vec![0]),
            (-500, vec![10_000], vec![0]),
        ] {
            let mut left = Money::from_minor(owed);
            let parts = open.into_iter().map(|open| collectable(Money::from_minor(open), &mut left));
            let parts: Vec<i64> = parts.map(|part| part.expect("in range").minor()).collect();
            assert_eq!(parts, expected, "{owed}");
        }
    }

    #[test]
    fn mandates_are_told_by_their_form() {
        for (mandate, sepa, bacs) in [
            ("FERN-000123", true, true),
            ("M/2026/4", true, true),
            ("ABCDE", true, false),
            ("AAAAAAAA", true, false),
            ("DDIC123456", true, false),
            ("abc123456", true, false),
            ("M_2026_000001", false, false),
            ("M-000000000000000000000000000000000", true, false),
            ("M-0000000000000000000000000000000000", false, false),
            ("<MndtId>123</MndtId>", false, false),
            ("", false, false),
        ] {
            assert_eq!(is_sepa_mandate(mandate), sepa, "{mandate}");
            assert_eq!(is_bacs_reference(mandate), bacs, "{mandate}");
        }
    }
}
