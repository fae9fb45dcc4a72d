//! A draft beside the last invoices of its customers → what changes for each, and for all of them (B12).

use serde::{Deserialize, Serialize};

use crate::billing::{CustomerBill, NoBill, Outcome};
use crate::domain::bill::Amount;
use crate::domain::money::Money;
use crate::domain::time::Date;
use crate::pipeline::draft::{Draft, Drafted};
use crate::pipeline::guarding::Before;

/// The last invoice of a customer that was not voided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastInvoice {
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// What was on it.
    #[serde(flatten)]
    pub parts: Parts,
}

/// Amounts ex VAT: in total, of usage, of everything else.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// The sum of both.
    pub net: Amount,
    /// The call spend (B4).
    pub usage: Amount,
    /// Everything else.
    pub charges: Amount,
}

/// What changes over all customers that are billed in the workspace's currency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunChanges {
    /// How many of them had an invoice before.
    pub compared: u64,
    /// How many have their first.
    pub first: u64,
    /// The sum of the differences of those that had one.
    pub change: Parts,
}

/// What a customer was billed last, and how this draft differs from it. There is no difference where the draft makes no
/// bill but for want of anything to bill, or where the currency is another one.
pub fn against_last(before: &Before, drafted: &Drafted) -> (Option<LastInvoice>, Option<Parts>) {
    let Some(invoice) = before.last_invoice(&drafted.account) else { return (None, None) };
    let amount = |money: Money| Amount::new(money, invoice.currency);
    let net = invoice.net;
    let usage = invoice.usage.unwrap_or(Money::ZERO);
    let charges = net.minus(usage).unwrap_or(Money::ZERO);
    let parts = Parts { net: amount(net), usage: amount(usage), charges: amount(charges) };
    let now = match &drafted.result {
        Ok(Outcome::Bills(bills)) if bills.iter().all(|bill| bill.bill.currency == invoice.currency) => {
            let of = |bill: &CustomerBill| {
                let totals = &bill.bill.totals;
                Parts { net: totals.net, usage: totals.usage, charges: totals.charges }
            };
            bills.iter().map(of).map(Some).reduce(|sum, bill| sum?.plus(&bill?)).flatten()
        }
        Ok(Outcome::NoBill(NoBill::Empty)) => {
            let nothing = amount(Money::ZERO);
            Some(Parts { net: nothing, usage: nothing, charges: nothing })
        }
        _ => None,
    };
    let change = now.and_then(|now| now.minus(&parts));
    (Some(LastInvoice { number: invoice.number.clone(), date: invoice.date, parts }), change)
}

/// What changes over all customers with a bill, of those in the currency of `zero`.
pub fn run_changes(before: &Before, draft: &Draft, zero: Amount) -> RunChanges {
    let mut changes = RunChanges { compared: 0, first: 0, change: Parts { net: zero, usage: zero, charges: zero } };
    for drafted in draft.customers.iter().filter(|drafted| !drafted.bills().is_empty()) {
        match against_last(before, drafted) {
            (None, _) => changes.first += 1,
            (Some(_), Some(change)) if change.net.digits == zero.digits => {
                changes.compared += 1;
                changes.change = changes.change.plus(&change).unwrap_or(changes.change);
            }
            _ => {}
        }
    }
    changes
}

impl Parts {
    fn minus(&self, other: &Self) -> Option<Self> {
        self.with(other, |mine, theirs| mine.minus(theirs).ok())
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        self.with(other, |mine, theirs| mine.plus(theirs).ok())
    }

    /// None if an amount leaves its range (X1).
    fn with(&self, other: &Self, of: impl Fn(Money, Money) -> Option<Money>) -> Option<Self> {
        let part = |mine: Amount, theirs: Amount| {
            of(mine.money, theirs.money).map(|money| Amount { money, digits: mine.digits })
        };
        Some(Self {
            net: part(self.net, other.net)?,
            usage: part(self.usage, other.usage)?,
            charges: part(self.charges, other.charges)?,
        })
    }
}
