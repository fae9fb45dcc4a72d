//! The bills of a run → sums by class and category, by VAT code and by customer, with what was billed costs us. Bills in
//! another currency than the workspace's are listed, and counted apart: nothing is converted.

use std::collections::{BTreeMap, BTreeSet};

use super::words::Minor;
use crate::domain::bill::{Bill, BillLine, BillVat, LineKind};
use crate::domain::money::{Currency, Percent, Rounding, Sum, divide};
use crate::domain::price_book::VatKind;

/// What the bills of a run come to.
#[derive(Debug)]
pub struct Billed {
    currency: Currency,
    pub(super) bills: Vec<BilledInvoice>,
    pub(super) of: BTreeMap<What, BilledWhat>,
    pub(super) vat: BTreeMap<VatKey, VatSums>,
    pub(super) organisations: BTreeSet<String>,
    pub(super) sums: BilledSums,
    pub(super) others: BTreeMap<String, OtherCurrency>,
}

/// What a line is counted under. Usage first, then charges, then what an invoice costs for being small.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A class of usage.
    Usage(String),
    /// A category of charges.
    Charges(String),
    /// Fees for empty and low invoices, and what fills them up.
    Fees(&'static str),
}

/// What was billed of one class or category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct BilledWhat {
    /// Ex VAT.
    pub net: Minor,
    /// What it costs us.
    pub cost: Sum<8>,
    /// Usage records, or lines of charges.
    pub count: i128,
}

/// Sums over the bills in the workspace's currency.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BilledSums {
    pub bills: u64,
    pub net: Minor,
    pub vat: Minor,
    pub gross: Minor,
    pub cost: Sum<8>,
    /// Of `net`, the lines that no cost is known of.
    pub without_cost: Minor,
    /// What the customers owed before these bills, and with them.
    pub owed_before: Minor,
    pub owed_now: Minor,
}

/// Code, rate and kind.
pub(super) type VatKey = (String, Percent, &'static str);

#[derive(Clone, Debug, Default)]
pub(super) struct VatSums {
    pub label: String,
    pub net: Minor,
    pub vat: Minor,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OtherCurrency {
    pub bills: u64,
    pub net: Minor,
    pub vat: Minor,
    pub gross: Minor,
}

/// One bill.
#[derive(Clone, Debug)]
pub(super) struct BilledInvoice {
    /// None on a draft.
    pub number: Option<String>,
    pub account: String,
    pub name: String,
    pub currency: Currency,
    pub net: Minor,
    pub vat: Minor,
    pub gross: Minor,
    pub cost: Sum<8>,
    pub is_final: bool,
}

impl Billed {
    /// No bills yet.
    pub fn new(currency: Currency) -> Self {
        Self {
            currency,
            bills: Vec::new(),
            of: BTreeMap::new(),
            vat: BTreeMap::new(),
            organisations: BTreeSet::new(),
            sums: BilledSums::default(),
            others: BTreeMap::new(),
        }
    }

    /// Adds a bill; they are listed in the order in which they come.
    pub fn add(&mut self, bill: &Bill) {
        let minor = |amount: crate::domain::bill::Amount| Minor::from(amount.money.minor());
        let totals = &bill.totals;
        let cost: Sum<8> = bill.lines.iter().map(|line| line.cost).sum();
        let (net, vat, gross) = (minor(totals.net), minor(totals.vat), minor(totals.gross));
        self.organisations.insert(bill.organisation.name.clone());
        self.bills.push(BilledInvoice {
            number: bill.number.clone(),
            account: bill.customer.account.clone(),
            name: bill.customer.name.clone(),
            currency: bill.currency,
            net,
            vat,
            gross,
            cost,
            is_final: bill.is_final,
        });
        if bill.currency != self.currency {
            let other = self.others.entry(bill.currency.to_string()).or_default();
            other.bills += 1;
            other.net += net;
            other.vat += vat;
            other.gross += gross;
            return;
        }
        let sums = &mut self.sums;
        sums.bills += 1;
        sums.net += net;
        sums.vat += vat;
        sums.gross += gross;
        sums.cost.merge(cost);
        sums.owed_before += minor(bill.balance.previous);
        sums.owed_now += minor(bill.balance.now);
        bill.lines.iter().for_each(|line| self.add_line(line));
        bill.vat.iter().for_each(|vat| self.add_vat(vat));
    }

    fn add_line(&mut self, line: &BillLine) {
        let net = Minor::from(line.amount.money.minor());
        if line.cost.is_zero() {
            self.sums.without_cost += net;
        }
        let count = match line.kind {
            LineKind::Usage => {
                i128::from(line.quantity.scaled()) / i128::from(crate::domain::money::Quantity::ONE.scaled())
            }
            _ => 1,
        };
        let of = self.of.entry(what(line)).or_default();
        of.net += net;
        of.cost.add(line.cost);
        of.count += count;
    }

    fn add_vat(&mut self, vat: &BillVat) {
        let sums = self.vat.entry((vat.code.clone(), vat.rate, kind_in_words(vat.kind))).or_default();
        sums.label.clone_from(&vat.label);
        sums.net += Minor::from(vat.net.money.minor());
        sums.vat += match vat.kind {
            VatKind::ReverseCharge => accounted_for(vat),
            _ => Minor::from(vat.vat.money.minor()),
        };
    }

    /// Ex VAT by account, of the bills in the workspace's currency.
    pub(super) fn net_by_account(&self) -> BTreeMap<&str, Minor> {
        let mut nets = BTreeMap::new();
        for bill in self.bills.iter().filter(|bill| bill.currency == self.currency) {
            *nets.entry(bill.account.as_str()).or_default() += bill.net;
        }
        nets
    }
}

fn what(line: &BillLine) -> What {
    match line.kind {
        LineKind::Usage => What::Usage(line.description.clone()),
        LineKind::EmptyInvoiceFee => What::Fees("Fees for empty invoices"),
        LineKind::LowInvoiceFee => What::Fees("Fees for low invoices"),
        LineKind::Padding => What::Fees("Low invoices filled up"),
        LineKind::Recurring | LineKind::Credit | LineKind::OneOff | LineKind::Service => {
            What::Charges(if line.category.is_empty() { "Other charges".to_owned() } else { line.category.clone() })
        }
    }
}

/// The VAT that a customer accounts for: the bill charges none of it (V2).
fn accounted_for(vat: &BillVat) -> Minor {
    let hundred = 100 * Minor::from(Percent::ONE.scaled());
    divide(Minor::from(vat.net.money.minor()) * Minor::from(vat.rate.scaled()), hundred, Rounding::HalfUp)
}

/// The name of the VAT that the customer accounts for (V2).
pub(super) const REVERSE_CHARGE: &str = "reverse charge";

fn kind_in_words(kind: VatKind) -> &'static str {
    match kind {
        VatKind::ReverseCharge => REVERSE_CHARGE,
        other => other.name(),
    }
}

impl What {
    /// As the page calls it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Usage(name) | Self::Charges(name) => name,
            Self::Fees(name) => name,
        }
    }

    /// What kind of thing it is.
    pub(super) fn group(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::Charges(_) => "charges",
            Self::Fees(_) => "fees",
        }
    }
}
