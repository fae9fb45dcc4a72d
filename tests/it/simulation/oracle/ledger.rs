//! What is open of an account and what is credit on it, and which pays which (L2): by a payment that comes in, what was
//! due first first.

use jiff::civil::Date;

use crate::oracle::amounts::{Amount, zero};

/// The debts and credits of an account, in the order in which they were posted.
#[derive(Clone, Default)]
pub struct Ledger {
    posted: usize,
    debts: Vec<Debt>,
    credits: Vec<Credit>,
    /// Credit, debt, amount.
    paid: Vec<(usize, usize, Amount)>,
}

#[derive(Clone)]
struct Debt {
    place: usize,
    /// The number of an invoice; else blank.
    name: String,
    due: Date,
    open: Amount,
}

#[derive(Clone)]
struct Credit {
    place: usize,
    name: String,
    date: Date,
    left: Amount,
}

impl Ledger {
    /// An opening balance is dated when the book was loaded: after everything here.
    pub fn open_with(&mut self, balance: &Amount) {
        self.add("", balance, Date::MAX, Date::MAX);
    }

    pub fn add_invoice(&mut self, number: &str, gross: &Amount, date: Date, due: Date) {
        self.add(number, gross, date, due);
    }

    /// A credit note of no invoice: credit that pays what is open.
    pub fn add_credit(&mut self, number: &str, gross: &Amount, date: Date) {
        self.pay(number, &-gross.clone(), date, "");
    }

    fn add(&mut self, name: &str, amount: &Amount, date: Date, due: Date) {
        self.posted += 1;
        let (place, name) = (self.posted, name.to_owned());
        if *amount > zero() {
            self.debts.push(Debt { place, name, due, open: amount.clone() });
        } else {
            self.credits.push(Credit { place, name, date, left: -amount.clone() });
        }
    }

    /// A payment, which may name an invoice: it pays that first; then all credit of the account pays what is open.
    pub fn pay(&mut self, reference: &str, amount: &Amount, date: Date, invoice: &str) {
        self.add(reference, &-amount.clone(), date, date);
        let named = self.debts.iter().position(|debt| !invoice.is_empty() && debt.name == invoice);
        if let Some(named) = named {
            self.settle(self.credits.len() - 1, named);
        }
        self.pay_oldest();
    }

    /// All credit, the earliest first, pays what was due first.
    fn pay_oldest(&mut self) {
        let mut credits: Vec<usize> = (0..self.credits.len()).collect();
        credits.sort_by_key(|credit| (self.credits[*credit].date, self.credits[*credit].place));
        let mut debts: Vec<usize> = (0..self.debts.len()).collect();
        debts.sort_by_key(|debt| (self.debts[*debt].due, self.debts[*debt].place));
        for credit in credits {
            for debt in &debts {
                self.settle(credit, *debt);
            }
        }
    }

    fn settle(&mut self, credit: usize, debt: usize) {
        let amount = self.credits[credit].left.clone().min(self.debts[debt].open.clone());
        if amount > zero() {
            self.credits[credit].left -= &amount;
            self.debts[debt].open -= &amount;
            self.paid.push((credit, debt, amount));
        }
    }

    /// A payment bounced: what it had paid is open again.
    pub fn take_back(&mut self, reference: &str) {
        let credit = self.credits.iter().position(|credit| credit.name == reference).unwrap();
        for (_, debt, amount) in self.paid.iter().filter(|paid| paid.0 == credit) {
            self.debts[*debt].open += amount;
        }
        self.paid.retain(|paid| paid.0 != credit);
        self.credits[credit].left = zero();
        self.posted += 1;
    }

    /// An invoice is void: its credit note settles it.
    pub fn void(&mut self, number: &str) {
        self.debts.iter_mut().filter(|debt| debt.name == number).for_each(|debt| debt.open = zero());
        self.credits.iter_mut().filter(|credit| credit.name == number).for_each(|credit| credit.left = zero());
        self.posted += 1;
        // Decision 0016: a credit note lets the credit of the account pay what is open.
        self.pay_oldest();
    }

    /// What is open of an invoice; of one that is a credit what is left of it, negative.
    pub fn open(&self, number: &str) -> Amount {
        let debt = self.debts.iter().find(|debt| debt.name == number).map(|debt| debt.open.clone());
        let credit = || self.credits.iter().find(|credit| credit.name == number).map(|credit| -credit.left.clone());
        debt.or_else(credit).unwrap_or_else(zero)
    }

    /// Was anything of it ever paid, or is there credit that could?
    pub fn is_untouched(&self) -> bool {
        self.paid.is_empty() && self.credits.iter().all(|credit| credit.left == zero())
    }
}
