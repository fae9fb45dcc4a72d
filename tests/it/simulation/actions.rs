//! What a person does by commands in a month: customers leave and come back, invoices are taken back, a run is undone,
//! payments come in and bounce. Each is done by the program and by the oracle, and the answers are compared.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::calendar::first_of_month;
use super::compare::{amount, check_credit_note, text};
use super::play::{Play, utf8};
use crate::oracle::amounts::{Amount, number};

impl Play {
    /// Whoever was dropped a while ago may come back; others leave, by a final bill or by a drop.
    pub fn live(&mut self, month: Date) {
        for (account, ended) in std::mem::take(&mut self.gone) {
            if self.joins.dice.chance(60) {
                self.tollbook(&["customer", "reinstate", &account, "--reason", "came back"]).done();
                self.world.bring_back(&ended);
                let place = self.world.place(&account);
                let customer = &mut self.world.customers[place];
                (customer.status, customer.final_bill_date, customer.dropped_date) = ("active", None, None);
                self.world.note(&account, format!("{month}: reinstated"));
                self.seen.count("reinstated");
            }
        }
        for place in 0..self.world.customers.len() {
            let account = self.world.customers[place].account.clone();
            match (self.world.customers[place].status, self.joins.dice.below(1000)) {
                ("active", 0..15) => self.end_with_final_bill(place, &account, month),
                ("active" | "final_bill", 15..27) => self.drop_customer(place, &account, month),
                _ => {}
            }
        }
    }

    fn end_with_final_bill(&mut self, place: usize, account: &str, month: Date) {
        let day = self.joins.day(month, 45);
        let date = day.to_string();
        self.tollbook(&["customer", "final-bill", account, "--date", &date]).done();
        self.world.end_service(account, day);
        let customer = &mut self.world.customers[place];
        (customer.status, customer.final_bill_date) = ("final_bill", Some(day));
        self.world.note(account, format!("{month}: final bill on {day}"));
        self.seen.count("final bill");
    }

    fn drop_customer(&mut self, place: usize, account: &str, month: Date) {
        let day = self.joins.day(month, 28);
        if self.world.customers[place].final_bill_date.is_some_and(|last| last < day) {
            return;
        }
        let date = day.to_string();
        let dropped = self
            .tollbook(&[
                "customer",
                "drop",
                account,
                "--date",
                &date,
                "--credit-date",
                &date,
                "--abandon-unbilled",
                "--reason",
                "gone",
                "--json",
            ])
            .done();
        let ended = self.world.end_service(account, day);
        let had_final_bill = self.world.customers[place].final_bill_date.is_some();
        let customer = &mut self.world.customers[place];
        (customer.status, customer.dropped_date) = ("dropped", Some(day));
        self.world.note(account, format!("{month}: dropped on {day}"));
        let expected = self.oracle.drop_customer(&self.world, account, day);
        let report: Value = serde_json::from_str(&dropped.out).unwrap();
        let number = text(&report["credit_note"]);
        let model = match number.as_str() {
            "" => Value::Null,
            number => serde_json::from_str(&self.tollbook(&["invoice", "show", number, "--json"]).done().out).unwrap(),
        };
        check_credit_note(&self.world, &model, expected.as_ref(), account);
        if !had_final_bill {
            self.gone.push((account.to_owned(), ended));
        }
        self.seen.count(if expected.is_some() { "dropped with credit" } else { "dropped" });
    }

    /// B13: the run is undone and must come out the same again, but for its numbers.
    pub fn undo(&mut self, run: i64, invoice_date: Date, accounts: &[String]) {
        let (run_text, date) = (run.to_string(), invoice_date.to_string());
        let undone = self.tollbook(&["bill", "undo", &run_text, "--date", &date, "--reason", "wrong", "--json"]).done();
        let report: Value = serde_json::from_str(&undone.out).unwrap();
        let notes = report["credit_notes"].as_array().unwrap().iter();
        let mut notes: BTreeMap<String, &Value> = notes.map(|note| (text(&note["account"]), note)).collect();
        for account in accounts {
            let (number, gross) = self.oracle.void(&mut self.world, account);
            self.world.note(account, format!("run {run} undone"));
            let note = notes.remove(account).unwrap_or_else(|| panic!("{account}: not undone"));
            self.check_void(note, account, &number, &gross);
        }
        assert!(notes.is_empty(), "undone beyond the run: {notes:?}");
        self.seen.count("run undone");
    }

    /// B12: some invoices of the last run are taken back.
    pub fn void_some(&mut self, invoice_date: Date, accounts: &[String]) {
        for account in accounts {
            let is_active = self.world.customers[self.world.place(account)].status == "active";
            if !is_active || !self.joins.dice.chance(4) {
                continue;
            }
            let Some(number) = self.oracle.voidable(account).map(str::to_owned) else { continue };
            let date = invoice_date.to_string();
            let voided =
                self.tollbook(&["invoice", "void", &number, "--date", &date, "--reason", "wrong", "--json"]).done();
            let note: Value = serde_json::from_str(&voided.out).unwrap();
            let (credit_note, gross) = self.oracle.void(&mut self.world, account);
            self.world.note(account, format!("{number} void"));
            self.check_void(&note, account, &credit_note, &gross);
            self.seen.count("void");
        }
    }

    fn check_void(&self, note: &Value, account: &str, number: &str, gross: &Amount) {
        let balance = &self.oracle.accounts[account].balance;
        let theirs = (text(&note["credit_note"]), amount(&note["gross"]), amount(&note["balance"]));
        assert_eq!(theirs, (number.to_owned(), gross.clone(), balance.clone()), "{account}: a void");
    }

    /// L2: payments of a month from a file; then some that came before bounce.
    pub fn pay(&mut self, month: Date, invoice_date: Date) {
        let mut file = String::from("account,date,amount,reference,invoice\n");
        let accounts: Vec<String> = self.oracle.accounts.keys().cloned().collect();
        for account in &accounts {
            let balance = self.oracle.accounts[account].balance.clone();
            if balance <= number("0") || !self.joins.dice.chance(50) {
                continue;
            }
            let pennies = (&balance * number("100")).to_integer();
            let pennies = i64::try_from(pennies).unwrap();
            let pennies = match self.joins.dice.below(4) {
                0 => pennies / 2 + 1,
                1 => pennies + 1_234,
                _ => pennies,
            };
            let paid = crate::oracle::dice::decimal(pennies, 2);
            let reference = format!("P{month}{account}");
            let named = if self.joins.dice.chance(25) { self.oracle.last_number(account) } else { String::new() };
            file.push_str(&format!("{account},{invoice_date},{paid},{reference},{named}\n"));
            let state = self.oracle.accounts.get_mut(account).unwrap();
            state.balance -= number(&paid);
            state.ledger.pay(&reference, &number(&paid), invoice_date, &named);
            self.world.note(account, format!("{month}: paid {paid} {named}"));
            self.payments.push((account.clone(), reference, paid));
        }
        if file.lines().count() > 1 {
            let path = self.folder.path().join("payments.csv");
            std::fs::write(&path, file).unwrap();
            self.tollbook(&["import", "payments", utf8(&path)]).done();
            self.seen.count("payments");
        }
        self.settle();
        self.bounce(month, invoice_date);
    }

    fn bounce(&mut self, month: Date, date: Date) {
        for _ in 0..1 + self.payments.len() / 100 {
            if self.payments.is_empty() {
                return;
            }
            let place = usize::try_from(self.joins.dice.below(self.payments.len() as u64)).unwrap();
            let (account, reference, paid) = self.payments.swap_remove(place);
            let listed: Value =
                serde_json::from_str(&self.tollbook(&["payment", "list", &account, "--json"]).done().out).unwrap();
            let entry = listed.as_array().unwrap().iter().find(|entry| text(&entry["reference"]) == reference);
            let (entry, date) = (entry.unwrap()["entry"].to_string(), date.to_string());
            self.tollbook(&["payment", "reverse", &entry, "--date", &date, "--reason", "bounced"]).done();
            let state = self.oracle.accounts.get_mut(&account).unwrap();
            state.balance += number(&paid);
            state.ledger.take_back(&reference);
            self.world.note(&account, format!("{month}: {reference} bounced"));
            self.seen.count("bounced");
        }
    }

    /// B10: who is settled is dropped, by the run and by what pays it.
    pub fn settle(&mut self) -> bool {
        self.tollbook(&["customer", "settle"]).done();
        let ours = self.oracle.drop_settled(&mut self.world);
        ours.iter().for_each(|_| self.seen.count("settled"));
        !ours.is_empty()
    }

    /// L1, L2: every balance, every status, and what is open of every invoice.
    pub fn check_accounts(&self, month: Date) {
        let list =
            |arguments: &[&str]| -> Vec<Value> { serde_json::from_str(&self.tollbook(arguments).done().out).unwrap() };
        for customer in list(&["customer", "list", "--json"]) {
            let account = text(&customer["account"]);
            let Some(state) = self.oracle.accounts.get(&account) else { continue };
            let log = &self.world.log[&account];
            let theirs = (text(&customer["status"]), amount(&customer["balance"]));
            let status = self.world.customers[self.world.place(&account)].status.to_owned();
            assert_eq!(theirs, (status, state.balance.clone()), "{month}, {account}: {log:?}");
        }
        for invoice in list(&["invoice", "list", "--json"]) {
            let (account, invoice_number) = (text(&invoice["account"]), text(&invoice["number"]));
            if text(&invoice["document"]) != "invoice" {
                continue;
            }
            let open = self.oracle.accounts[&account].ledger.open(&invoice_number);
            let log = &self.world.log[&account];
            assert_eq!(amount(&invoice["open"]), open, "{month}, {account}: open of {invoice_number}: {log:?}");
        }
    }

    /// The month in which a run is undone: before the first payment.
    pub fn is_undone(month: Date, first: Date) -> bool {
        month == first_of_month(first, 1)
    }
}
