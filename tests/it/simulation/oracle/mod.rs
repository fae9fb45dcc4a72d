//! The slow oracle of billing: the rules of sections 5 to 8 written down once more in the plainest way, record by record
//! and day by day, over the rows of the [`World`]. Nothing here is the program's: it counts with fractions of any size.
//!
//! [`Oracle::bill`] is where to begin reading. What it remembers of an account is what invoices have left behind.

mod allowances;
mod balance;
mod caps;
mod charges;
mod ledger;
mod lives;
mod periods;
mod prices;
mod services;
mod thresholds;
mod usage;
mod vat;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::world::{CallState, Customer, World};
use crate::oracle::amounts::{Amount, number, zero};

pub use balance::{Invoice, VatRow};
pub use charges::Posting;
pub use ledger::Ledger;
use lives::LastBill;

/// What a run settles for all (B2).
#[derive(Clone, Copy)]
pub struct Terms {
    pub invoice_date: Date,
    pub usage_cutoff: Date,
    pub charge_cutoff: Date,
}

/// A line of an invoice, as far as a customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub kind: &'static str,
    pub category: String,
    pub cost_centre: String,
    pub description: String,
    pub cli: String,
    pub from: String,
    pub to: String,
    pub quantity: Amount,
    pub amount: Amount,
    pub vat_code: String,
}

impl Line {
    pub fn new(kind: &'static str, amount: Amount, vat_code: &str) -> Self {
        let vat_code = vat_code.to_owned();
        Self {
            kind,
            category: String::new(),
            cost_centre: String::new(),
            description: String::new(),
            cli: String::new(),
            from: String::new(),
            to: String::new(),
            quantity: number("1"),
            amount,
            vat_code,
        }
    }
}

/// What invoices have left behind of an account.
#[derive(Clone, Default)]
pub struct Account {
    pub balance: Amount,
    /// Every charged period, by its charge.
    pub postings: BTreeMap<String, Vec<Posting>>,
    /// By identifier and the first day of the period (S3).
    pub cap_used: BTreeMap<(String, Date), Amount>,
    pub drawn: allowances::Drawn,
    /// What is open and what is credit (L2).
    pub ledger: Ledger,
    /// The last invoice is the final one.
    pub has_final: bool,
}

/// The billing of a whole reseller.
pub struct Oracle {
    pub accounts: BTreeMap<String, Account>,
    /// P4.
    pub thirty: bool,
    /// Whoever has had its opening balance (L1).
    opened: BTreeSet<String>,
    /// The last number of each organisation (B11).
    series: BTreeMap<&'static str, u64>,
    credit_series: BTreeMap<&'static str, u64>,
    /// The last bill of each account, and how the account stood before it.
    last_bills: BTreeMap<String, LastBill>,
    /// A fault planted into the rounding of lines, to see that the comparison can fail.
    pub is_wrong: bool,
}

/// What a run comes to.
#[derive(Default)]
pub struct RunResult {
    pub invoices: Vec<Invoice>,
    /// How many usage records ended as what (B14).
    pub ended: BTreeMap<&'static str, u64>,
    /// What its records are charged, exactly.
    pub charged: Amount,
}

/// Everything that one customer's bill is made from.
pub struct Bill<'w> {
    pub world: &'w World,
    pub customer: &'w Customer,
    pub terms: Terms,
    pub thirty: bool,
    pub is_wrong: bool,
}

impl Oracle {
    pub fn new(thirty: bool) -> Self {
        Self {
            accounts: BTreeMap::new(),
            thirty,
            opened: BTreeSet::new(),
            series: BTreeMap::new(),
            credit_series: BTreeMap::new(),
            last_bills: BTreeMap::new(),
            is_wrong: false,
        }
    }

    /// Bills whoever has terms, in the order of accounts, and marks what is billed.
    pub fn bill(&mut self, world: &mut World, terms_of: &dyn Fn(&Customer) -> Option<Terms>) -> RunResult {
        let mut run = RunResult::default();
        let mut waiting = usage::sort_out(world, terms_of, &mut run.ended);
        let mut services = services::sort_out(world, terms_of);
        let mut billed: (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut customers: Vec<&Customer> = world.customers.iter().collect();
        customers.sort_by(|a, b| a.account.cmp(&b.account));
        for customer in customers {
            // A customer that is not in the run has its opening balance all the same.
            let account = self.accounts.entry(customer.account.clone()).or_default();
            if self.opened.insert(customer.account.clone()) {
                account.balance = number(&customer.opening_balance);
                account.ledger.open_with(&account.balance);
            }
            let Some(terms) = terms_of(customer) else { continue };
            let calls = waiting.remove(&customer.account).unwrap_or_default();
            let count = calls.len() as u64;
            // B3.
            if !matches!(customer.status, "active" | "final_bill") {
                assert!(customer.status != "dropped" || count == 0);
                *run.ended.entry("held").or_default() += count;
                continue;
            }
            let bill = Bill { world, customer, terms, thirty: self.thirty, is_wrong: self.is_wrong };
            let own_services = services.remove(&customer.account).unwrap_or_default();
            // Thrown away unless there is an invoice (B8).
            let mut trial = account.clone();
            let charged = usage::charge(&bill, &mut trial, &calls);
            let mut lines = charges::credits(&bill, &mut trial);
            lines.extend(charges::due(&bill, &mut trial));
            lines.extend(services::lines(&bill, &own_services));
            lines.extend(usage::lines(&bill, &charged));
            let Some(lines) = thresholds::decide(&bill, lines, &mut run.ended, count) else { continue };
            for one in &charged {
                *run.ended.entry(one.disposition()).or_default() += 1;
                run.charged += &one.charge;
            }
            let series = self.series.entry(customer.organisation).or_default();
            *series += 1;
            let invoice = balance::invoice(&bill, lines, *series, &mut trial);
            billed.0.extend(&calls);
            billed.1.extend(&own_services);
            let gross = invoice.gross.clone();
            let (number, before) = (invoice.number.clone(), std::mem::replace(account, trial));
            let last = LastBill { number, gross, before, calls, services: own_services };
            self.last_bills.insert(customer.account.clone(), last);
            run.invoices.push(invoice);
        }
        for call in billed.0 {
            assert_eq!(world.calls[call].state, CallState::Waiting, "a record is billed twice");
            world.calls[call].state = CallState::Billed;
        }
        billed.1.into_iter().for_each(|service| world.services[service].billed = true);
        run
    }
}

impl Bill<'_> {
    /// X3 b.
    pub fn to_pennies(&self, amount: &Amount) -> Amount {
        crate::oracle::amounts::round(amount, 2, if self.is_wrong { "down" } else { "half_up" })
    }

    /// V1: the customer's exemption, else the first that is set, else the customer's code for charges.
    pub fn vat_code<'a>(&'a self, own: &[&'a str]) -> &'a str {
        match self.customer.vat_exempt {
            true => "exempt",
            false => own.iter().find(|code| !code.is_empty()).unwrap_or(&self.customer.vat_code),
        }
    }

    /// On which day of the month the periods of allowances and caps begin.
    pub fn first_day(&self) -> i8 {
        self.customer.billing_day.unwrap_or(1)
    }
}

/// A sum.
pub fn total<'a>(amounts: impl IntoIterator<Item = &'a Amount>) -> Amount {
    amounts.into_iter().fold(zero(), |sum, amount| sum + amount)
}
