//! What is taken back (B12, B13) and who leaves (B10): voids, credit notes of no invoice, customers that are settled.

use jiff::civil::Date;

use super::balance::Invoice;
use super::vat::by_code;
use super::{Account, Bill, Oracle, Terms, charges, total};
use crate::oracle::amounts::{Amount, zero};
use crate::simulation::calendar::next;
use crate::simulation::fixed::look_up;
use crate::simulation::world::{CallState, World};

/// The last bill of an account.
pub struct LastBill {
    pub number: String,
    pub gross: Amount,
    pub before: Account,
    pub calls: Vec<usize>,
    pub services: Vec<usize>,
}

impl Oracle {
    /// The number of the account's last invoice that is not void, if it can be taken back: nothing was paid since.
    pub fn voidable(&self, account: &str) -> Option<&str> {
        let last = self.last_bills.get(account)?;
        let is_open = last.gross > zero() && self.accounts[account].ledger.is_untouched();
        is_open.then_some(last.number.as_str())
    }

    /// B12: the last invoice of an account is void. Its usage, services and charges wait again; its number stays taken,
    /// and the balance gets the credit. The number of the credit note, and its amount.
    pub fn void(&mut self, world: &mut World, account: &str) -> (String, Amount) {
        let last = self.last_bills.remove(account).unwrap();
        last.calls.iter().for_each(|call| world.calls[*call].state = CallState::Waiting);
        last.services.iter().for_each(|service| world.services[*service].billed = false);
        let now = self.accounts.get_mut(account).unwrap();
        let (balance, mut ledger) = (&now.balance - &last.gross, now.ledger.clone());
        ledger.void(&last.number);
        *now = Account { balance, ledger, ..last.before };
        let organisation = world.customers[world.place(account)].organisation;
        (self.credit_number(organisation), -last.gross)
    }

    /// The number of the account's last invoice; blank if it is void.
    pub fn last_number(&self, account: &str) -> String {
        self.last_bills.get(account).map(|last| last.number.clone()).unwrap_or_default()
    }

    fn credit_number(&mut self, organisation: &'static str) -> String {
        let series = self.credit_series.entry(organisation).or_default();
        *series += 1;
        format!("{}{series:06}", look_up("organisations", organisation, "credit_prefix"))
    }

    /// B10: a customer that is dropped gets back what was charged beyond its last day, by a credit note of that date.
    pub fn drop_customer(&mut self, world: &World, account: &str, on: Date) -> Option<Invoice> {
        let customer = &world.customers[world.place(account)];
        let terms = Terms { invoice_date: on, usage_cutoff: next(on), charge_cutoff: next(on) };
        let bill = Bill { world, customer, terms, thirty: self.thirty, is_wrong: self.is_wrong };
        let mut state = self.accounts.get(account)?.clone();
        let mut lines = charges::credits(&bill, &mut state);
        if lines.is_empty() {
            return None;
        }
        lines.sort();
        let vat_rows = by_code(&bill, &lines);
        let net = total(lines.iter().map(|line| &line.amount));
        let vat = total(vat_rows.iter().map(|row| &row.vat));
        let (gross, previous) = (&net + &vat, state.balance.clone());
        state.balance += &gross;
        let (number, now) = (self.credit_number(customer.organisation), state.balance.clone());
        state.ledger.add_credit(&number, &gross, on);
        self.accounts.insert(account.to_owned(), state);
        self.last_bills.remove(account);
        Some(Invoice { number, account: account.to_owned(), lines, vat_rows, net, vat, gross, previous, now })
    }

    /// B10: at balance zero after the final invoice the customer becomes dropped. Who did.
    pub fn drop_settled(&self, world: &mut World) -> Vec<String> {
        let mut dropped = Vec::new();
        for customer in world.customers.iter_mut().filter(|customer| customer.status == "final_bill") {
            let account = self.accounts.get(&customer.account);
            if account.is_some_and(|account| account.balance == zero() && account.has_final) {
                customer.status = "dropped";
                customer.dropped_date = customer.final_bill_date;
                dropped.push(customer.account.clone());
            }
        }
        for account in &dropped {
            world.note(account, "settled and dropped".to_owned());
        }
        dropped
    }
}
