//! Charges, day by day (P1–P6): what falls due and was not charged, what was charged and is no longer in force.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::periods::{periods, share};
use super::{Account, Bill, Line};
use crate::oracle::amounts::{Amount, number, zero};
use crate::simulation::calendar::{next, previous};
use crate::simulation::fixed::look_up;
use crate::simulation::world::Charge;

/// A period that was charged, and what of it still is.
#[derive(Clone)]
pub struct Posting {
    pub price: Amount,
    pub quantity: Amount,
    /// The days that were not given back.
    pub days: BTreeSet<Date>,
    /// What was not given back.
    pub left: Amount,
}

/// P5: what is given back of all charges.
pub fn credits(bill: &Bill, account: &mut Account) -> Vec<Line> {
    let mut lines = Vec::new();
    for charge in own_charges(bill).filter(|charge| !charge.interval.is_empty()) {
        let postings = account.postings.entry(charge.id.clone()).or_default();
        let last = last_day(bill, charge).unwrap_or(Date::MAX);
        postings.iter_mut().for_each(|posting| give_back(bill, charge, posting, last, &mut lines));
    }
    lines
}

/// What is due of all charges.
pub fn due(bill: &Bill, account: &mut Account) -> Vec<Line> {
    let mut lines = Vec::new();
    for charge in own_charges(bill) {
        let postings = account.postings.entry(charge.id.clone()).or_default();
        if charge.interval.is_empty() {
            one_off(bill, charge, postings, &mut lines);
            continue;
        }
        let last = last_day(bill, charge);
        for (from, to) in periods(charge, bill.terms.charge_cutoff) {
            let to = last.map_or(to, |last| last.min(to));
            let is_due = match charge.timing {
                "arrears" => to < bill.terms.usage_cutoff,
                _ => from < bill.terms.charge_cutoff,
            };
            if from <= to && is_due {
                charge_days(bill, charge, postings, (from, to), &mut lines);
            }
        }
    }
    lines
}

fn own_charges<'w>(bill: &Bill<'w>) -> impl Iterator<Item = &'w Charge> {
    let account = &bill.customer.account;
    bill.world.charges.iter().filter(move |charge| charge.account == *account)
}

/// P5, B10: the end, but not before the minimum term; never after the customer's last day.
fn last_day(bill: &Bill, charge: &Charge) -> Option<Date> {
    let own = charge.to.map(|to| charge.minimum_term.map_or(to, |term| term.max(to)));
    [own, bill.customer.final_bill_date, bill.customer.dropped_date].into_iter().flatten().min()
}

/// P6: once, whatever happens to it.
fn one_off(bill: &Bill, charge: &Charge, postings: &mut Vec<Posting>, lines: &mut Vec<Line>) {
    if charge.from >= bill.terms.charge_cutoff || !postings.is_empty() {
        return;
    }
    let (price, quantity) = (bill.charge_price(charge, charge.from), number(&charge.quantity));
    let amount = bill.to_pennies(&(&price * &quantity));
    let line =
        Line { quantity: quantity.clone(), ..line(bill, charge, "one_off", (charge.from, charge.from), &amount) };
    postings.push(Posting { price, quantity, days: BTreeSet::from([charge.from]), left: amount });
    lines.push(line);
}

/// Charges the days of a period that are not charged, each run of them by itself at the price of its first day.
fn charge_days(
    bill: &Bill,
    charge: &Charge,
    postings: &mut Vec<Posting>,
    (from, to): (Date, Date),
    lines: &mut Vec<Line>,
) {
    let mut open = BTreeSet::new();
    let mut day = from;
    while day <= to {
        if !postings.iter().any(|posting| posting.days.contains(&day)) {
            open.insert(day);
        }
        day = next(day);
    }
    for (from, to) in runs(&open) {
        let (price, quantity) = (bill.charge_price(charge, from), number(&charge.quantity));
        let amount = bill.to_pennies(&(share(charge, (from, to), bill.thirty) * &price * &quantity));
        let line = Line { quantity: quantity.clone(), ..line(bill, charge, "recurring", (from, to), &amount) };
        let days = open.iter().filter(|day| from <= **day && **day <= to).copied().collect();
        postings.push(Posting { price, quantity, days, left: amount });
        lines.push(line);
    }
}

/// P5: what a posting holds before the first day, or after the last, by the formula by which it was charged; the last of it is all that is
/// left, so that it comes to nothing in the end.
fn give_back(bill: &Bill, charge: &Charge, posting: &mut Posting, last: Date, lines: &mut Vec<Line>) {
    let is_in_force = |day: &Date| charge.from <= *day && *day <= last;
    let gone: BTreeSet<Date> = posting.days.iter().filter(|day| !is_in_force(day)).copied().collect();
    for (from, to) in runs(&gone) {
        posting.days.retain(|day| *day < from || *day > to);
        let by_formula = share(charge, (from, to), bill.thirty) * &posting.price * &posting.quantity;
        let by_formula = bill.to_pennies(&by_formula);
        let (low, high) = (posting.left.clone().min(zero()), posting.left.clone().max(zero()));
        let amount = if posting.days.is_empty() { posting.left.clone() } else { by_formula.clamp(low, high) };
        posting.left -= &amount;
        let mut line = line(bill, charge, "credit", (from, to), &-amount);
        line.description = format!("Credit: {}", line.description);
        lines.push(Line { quantity: posting.quantity.clone(), ..line });
    }
}

/// Runs of days that follow each other.
fn runs(days: &BTreeSet<Date>) -> Vec<(Date, Date)> {
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, to)) if *to == previous(*day) => *to = *day,
            _ => runs.push((*day, *day)),
        }
    }
    runs
}

fn line(bill: &Bill, charge: &Charge, kind: &'static str, (from, to): (Date, Date), amount: &Amount) -> Line {
    let of_product = |column| match charge.product {
        "" => "",
        product => look_up("products", product, column),
    };
    let first = |names: &[&str]| names.iter().find(|name| !name.is_empty()).copied().unwrap_or_default().to_owned();
    let held = bill.world.lines.iter().filter(|line| line.cli == charge.cli && line.account == charge.account);
    let held = held.min_by_key(|line| (line.from > charge.from, std::cmp::Reverse(line.from)));
    let of_cli = held.map_or("", |line| line.cost_centre);
    let day = |day: Date| if charge.hide_period { String::new() } else { day.to_string() };
    Line {
        category: first(&[charge.category, of_product("category"), "Charges"]),
        cost_centre: centre_name(&first(&[charge.cost_centre, of_cli])),
        description: first(&[&charge.description, of_product("name"), &charge.id]),
        cli: charge.cli.clone(),
        from: day(from),
        to: day(to),
        ..Line::new(kind, amount.clone(), bill.vat_code(&[charge.vat_code, of_product("vat_code")]))
    }
}

/// What invoices call a cost centre.
pub fn centre_name(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!("The {}", code.to_lowercase()) }
}
