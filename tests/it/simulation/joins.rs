//! New things in the reseller's book: customers with their lines, charges and allowances, drawn from all sorts.

use jiff::civil::Date;

use super::calendar::later;
use super::world::{Charge, Customer, CustomerAllowance, Line, World};
use crate::oracle::dice::{Dice, decimal};

/// Makes up what joins, and numbers it.
pub struct Joins {
    pub dice: Dice,
    customers: usize,
    lines: usize,
    charges: usize,
}

/// The ranges of numbers that are nobody's, a thousand each.
const RANGES: [&str; 14] = [
    "+442079460",
    "+441632960",
    "+447700900",
    "+441134960",
    "+441144960",
    "+441154960",
    "+441164960",
    "+441174960",
    "+441184960",
    "+441214960",
    "+441314960",
    "+441414960",
    "+441514960",
    "+441614960",
];

const ALLOWANCES: [&str; 9] =
    ["Minutes", "Texts", "Mixed", "Data", "Short calls", "First minutes", "Cheaper", "Pence off", "Money"];

impl Joins {
    pub fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), customers: 0, lines: 0, charges: 0 }
    }

    /// A day of the thirty from a first one.
    pub fn day(&mut self, first: Date, days: u64) -> Date {
        later(first, i32::try_from(self.dice.below(days)).unwrap())
    }

    /// An amount up to so many pounds, with so many places.
    pub fn amount(&mut self, pounds: u64, places: usize) -> String {
        let unit = 10_u64.pow(u32::try_from(places).unwrap());
        decimal(i64::try_from(self.dice.below(pounds * unit)).unwrap(), places)
    }

    /// A customer that joins in a month.
    pub fn customer(&mut self, world: &mut World, month: Date) {
        self.customers += 1;
        let account = format!("C{:05}", self.customers);
        let is_anniversary = self.dice.chance(25);
        let customer = Customer {
            account: account.clone(),
            status: "active",
            organisation: self.dice.pick(&["NORTH", "NORTH", "SOUTH", "WEST"]),
            group: if is_anniversary {
                "anniversary"
            } else {
                self.dice.pick(&["monthly", "monthly", "monthly", "quarterly"])
            },
            billing_day: is_anniversary.then(|| i8::try_from(self.dice.between(1, 31)).unwrap()),
            vat_code: self.dice.pick(&["S", "S", "S", "R", "Z", "X", "RC"]),
            vat_code_calls: self.dice.pick(&["", "", "", "R", "S", "RC"]),
            vat_exempt: self.dice.chance(5),
            tariff: self.dice.pick(&["gold", "iron"]),
            broadband_tariff: self.dice.pick(&["", "gold", "iron"]),
            empty: self.empty_policy(),
            low: self.low_policy(),
            final_bill_date: None,
            dropped_date: None,
            opening_balance: if self.dice.chance(30) { self.amount(200, 2) } else { String::new() },
        };
        world.customers.push(customer);
        let from = self.day(month, 28);
        for _ in 0..self.dice.between(1, 3) {
            self.line(world, &account, from);
        }
        for _ in 0..self.dice.between(0, 4) {
            self.charge(world, &account, month);
        }
        if self.dice.chance(45) {
            self.allowance(world, &account, from);
        }
        world.note(&account, format!("joined, from {from}"));
    }

    pub fn empty_policy(&mut self) -> (&'static str, String) {
        match self.dice.below(4) {
            0 => ("fee", "1.99".into()),
            1 => ("produce", String::new()),
            2 => ("skip", String::new()),
            _ => ("", String::new()),
        }
    }

    pub fn low_policy(&mut self) -> (&'static str, String, &'static str, String) {
        let test = self.dice.pick(&["", "", "total", "total", "call_spend", "absolute"]);
        if test.is_empty() {
            return ("", String::new(), "", String::new());
        }
        let action = self.dice.pick(&["nothing", "rollover", "rollover", "fee", "pad"]);
        let value = match action {
            "fee" => "2.5".to_owned(),
            "pad" => self.dice.pick(&["10", "25"]).to_owned(),
            _ => String::new(),
        };
        (test, self.dice.pick(&["1", "3", "10", "40"]).to_owned(), action, value)
    }

    /// A line with a number of its own.
    pub fn line(&mut self, world: &mut World, account: &str, from: Date) {
        let cli = format!("{}{:03}", RANGES[self.lines / 1000], self.lines % 1000);
        self.lines += 1;
        world.note(account, format!("line {cli} from {from}"));
        let line = Line {
            cli,
            account: account.to_owned(),
            cost_centre: self.dice.pick(&["", "", "SHOP", "VAN"]),
            from,
            to: None,
            exclude_usage: self.dice.chance(4),
            spending_cap: self.cap(),
        };
        world.lines.push(line);
    }

    pub fn cap(&mut self) -> String {
        if self.dice.chance(30) { self.amount(6, 4) } else { String::new() }
    }

    /// A charge that begins somewhere around a month.
    pub fn charge(&mut self, world: &mut World, account: &str, month: Date) {
        self.charges += 1;
        let from = self.day(later(month, -20), 60);
        let interval = match self.dice.below(100) {
            0..15 => "",
            15..17 => "daily",
            17..22 => "weekly",
            22..27 => "fortnightly",
            27..70 => "monthly",
            70..82 => "quarterly",
            82..90 => "yearly",
            90..95 => "2",
            _ => "5",
        };
        let is_recurring = !interval.is_empty();
        let product = self.dice.pick(&["", "LINE", "FIBRE", "FIBRE", "SUPPORT"]);
        let align = match self.dice.below(10) {
            0..5 => "calendar:1".to_owned(),
            5..7 => format!("calendar:{}", self.dice.between(1, 31)),
            _ => "anniversary".to_owned(),
        };
        let price = match product {
            "" if self.dice.chance(10) => format!("-{}", self.amount(20, 2)),
            "" => self.amount(60, 4),
            _ if self.dice.chance(25) => self.amount(60, 2),
            _ => String::new(),
        };
        let own: Vec<_> = world.lines.iter().filter(|line| line.account == account && line.from <= from).collect();
        let cli = if own.is_empty() || self.dice.chance(60) { String::new() } else { self.dice.pick(&own).cli.clone() };
        let id = format!("c{:06}", self.charges);
        let description = if product.is_empty() || self.dice.chance(20) { format!("Item {id}") } else { String::new() };
        let charge = Charge {
            account: account.to_owned(),
            product,
            description,
            cli,
            cost_centre: self.dice.pick(&["", "", "", "VAN"]),
            interval,
            timing: if is_recurring { self.dice.pick(&["", "advance", "arrears"]) } else { "" },
            align: if is_recurring { align } else { String::new() },
            quantity: self.dice.pick(&["1", "1", "1", "2", "3.5", "0.3333"]).to_owned(),
            price,
            vat_code: self.dice.pick(&["", "", "", "", "R", "Z"]),
            to: (is_recurring && self.dice.chance(15)).then(|| self.day(from, 200)),
            minimum_term: (is_recurring && self.dice.chance(15)).then(|| self.day(from, 300)),
            category: self.dice.pick(&["", "", "Extras"]),
            hide_period: self.dice.chance(10),
            from,
            id,
        };
        world.note(account, format!("charge {}", super::files::charge_row(&charge)));
        world.charges.push(charge);
    }

    /// A bundle, at most one of each name and scope and day.
    pub fn allowance(&mut self, world: &mut World, account: &str, from: Date) {
        let own: Vec<_> = world.lines.iter().filter(|line| line.account == account).map(|line| &line.cli).collect();
        let mut clis: Vec<&str> = own.iter().take(2).map(|cli| cli.as_str()).collect();
        clis.sort_unstable();
        clis.dedup();
        let scope = match self.dice.below(4) {
            0 => format!("clis:{}", clis.join(";")),
            1 => "cost_centre:SHOP".to_owned(),
            _ => "customer".to_owned(),
        };
        let allowance = self.dice.pick(&ALLOWANCES);
        let is_known =
            |row: &CustomerAllowance| row.account == account && row.allowance == allowance && row.scope == scope;
        if world.customer_allowances.iter().any(is_known) {
            return;
        }
        world.note(account, format!("allowance {allowance} for {scope} from {from}"));
        world.customer_allowances.push(CustomerAllowance {
            account: account.to_owned(),
            allowance,
            quantity: self.dice.pick(&["1", "1", "2", "0.5"]).to_owned(),
            scope,
            priority: self.dice.pick(&[None, Some(1), Some(2)]),
            from,
            to: None,
        });
    }
}
