//! The reseller as it stands on a day: the rows of its book, and every record that its suppliers have sent. Amounts are
//! texts as in files. Says nothing of what anything costs.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// Everything that there is. The oracle reads it, the files are written from it, the events change it.
#[derive(Default)]
pub struct World {
    pub customers: Vec<Customer>,
    pub lines: Vec<Line>,
    pub rates: Vec<Rate>,
    pub charges: Vec<Charge>,
    pub charge_prices: Vec<ChargePrice>,
    pub product_prices: Vec<ProductPrice>,
    pub customer_allowances: Vec<CustomerAllowance>,
    /// In the order in which they were imported.
    pub calls: Vec<Call>,
    pub services: Vec<ServiceLine>,
    /// What happened to an account, for whoever works a difference by hand.
    pub log: BTreeMap<String, Vec<String>>,
}

#[derive(Clone)]
pub struct Customer {
    pub account: String,
    pub status: &'static str,
    pub organisation: &'static str,
    pub group: &'static str,
    /// In an anniversary group.
    pub billing_day: Option<i8>,
    pub vat_code: &'static str,
    /// Blank: that of charges.
    pub vat_code_calls: &'static str,
    pub vat_exempt: bool,
    pub tariff: &'static str,
    /// Its tariff in the category of broadband; may be blank.
    pub broadband_tariff: &'static str,
    pub empty: (&'static str, String),
    /// Test, its value, action, its value.
    pub low: (&'static str, String, &'static str, String),
    pub final_bill_date: Option<Date>,
    pub dropped_date: Option<Date>,
    pub opening_balance: String,
}

#[derive(Clone)]
pub struct Line {
    pub cli: String,
    pub account: String,
    pub cost_centre: &'static str,
    pub from: Date,
    pub to: Option<Date>,
    pub exclude_usage: bool,
    pub spending_cap: String,
}

/// Of a tariff and a call type.
#[derive(Clone)]
pub struct Rate {
    pub tariff: &'static str,
    pub call_type: &'static str,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub connection: &'static str,
    pub rate: String,
    pub minimum: &'static str,
    pub initial_increment: u64,
    pub increment: u64,
}

#[derive(Clone)]
pub struct Charge {
    pub account: String,
    pub id: String,
    pub product: &'static str,
    pub description: String,
    pub cli: String,
    pub cost_centre: &'static str,
    /// Blank: one-off.
    pub interval: &'static str,
    pub timing: &'static str,
    /// `calendar:1` or `anniversary`.
    pub align: String,
    pub quantity: String,
    pub price: String,
    pub vat_code: &'static str,
    pub from: Date,
    pub to: Option<Date>,
    pub minimum_term: Option<Date>,
    pub category: &'static str,
    pub hide_period: bool,
}

#[derive(Clone)]
pub struct ChargePrice {
    pub account: String,
    pub charge: String,
    pub from: Date,
    pub price: String,
}

/// For an account, or a tariff, or (both blank) everybody.
#[derive(Clone)]
pub struct ProductPrice {
    pub product: &'static str,
    pub account: String,
    pub tariff: &'static str,
    pub from: Date,
    pub price: String,
}

#[derive(Clone)]
pub struct CustomerAllowance {
    pub account: String,
    pub allowance: &'static str,
    pub quantity: String,
    pub scope: String,
    pub priority: Option<u32>,
    pub from: Date,
    pub to: Option<Date>,
}

/// What ended with a customer: its lines, charges and allowances by place, each with the end that it had.
#[derive(Clone, Default)]
pub struct Ended {
    lines: Vec<(usize, Option<Date>)>,
    charges: Vec<(usize, Option<Date>)>,
    allowances: Vec<(usize, Option<Date>)>,
}

/// Where a record of the store is by now. A billed one never leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    Waiting,
    Billed,
    Deleted,
    Duplicate,
    Conflict,
}

/// One record, as the supplier sent it.
#[derive(Clone)]
pub struct Call {
    pub id: String,
    pub call_type: &'static str,
    pub cli: String,
    pub day: Date,
    pub second: u32,
    /// Seconds, bytes or count.
    pub units: u64,
    pub cost: String,
    /// The import that brought it, and its row there.
    pub import: usize,
    pub row: usize,
    pub state: CallState,
}

/// A line of a service file.
#[derive(Clone)]
pub struct ServiceLine {
    pub import: usize,
    pub row: usize,
    pub cli: String,
    pub description: &'static str,
    pub day: Date,
    pub cost: String,
    pub quantity: u32,
    pub billed: bool,
}

impl World {
    /// Notes what happened to an account.
    pub fn note(&mut self, account: &str, what: String) {
        self.log.entry(account.to_owned()).or_default().push(what);
    }

    /// B10: ends all that is in force after a customer's last day.
    pub fn end_service(&mut self, account: &str, last: Date) -> Ended {
        let mut ended = Ended::default();
        let is_in_force = |from: Date, to: Option<Date>| from <= last && to.is_none_or(|to| to > last);
        for (place, row) in self.lines.iter_mut().enumerate() {
            if row.account == account && is_in_force(row.from, row.to) {
                ended.lines.push((place, row.to.replace(last)));
            }
        }
        for (place, row) in self.charges.iter_mut().enumerate() {
            if row.account == account && !row.interval.is_empty() && is_in_force(row.from, row.to) {
                ended.charges.push((place, row.to.replace(last)));
            }
        }
        for (place, row) in self.customer_allowances.iter_mut().enumerate() {
            if row.account == account && is_in_force(row.from, row.to) {
                ended.allowances.push((place, row.to.replace(last)));
            }
        }
        ended
    }

    /// B10: what ended on the same day comes back.
    pub fn bring_back(&mut self, ended: &Ended) {
        ended.lines.iter().for_each(|(place, to)| self.lines[*place].to = *to);
        ended.charges.iter().for_each(|(place, to)| self.charges[*place].to = *to);
        ended.allowances.iter().for_each(|(place, to)| self.customer_allowances[*place].to = *to);
    }

    /// The place of a customer.
    pub fn place(&self, account: &str) -> usize {
        self.customers.iter().position(|customer| customer.account == account).unwrap()
    }

    /// The holder of an identifier on a day (M2).
    pub fn holder(&self, cli: &str, day: Date) -> Option<&Line> {
        self.lines.iter().find(|line| line.cli == cli && line.from <= day && line.to.is_none_or(|to| day <= to))
    }
}
