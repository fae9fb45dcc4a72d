//! Usage, record by record: whose it is (M2, M6–M9), what it costs (R5, R6), what allowances and caps leave of that, and
//! the lines of a bill (one for each cost centre, class and VAT code).

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::charges::centre_name;
use super::{Account, Bill, Line, Terms, allowances, caps, total};
use crate::oracle::amounts::{Amount, number, round, rounded_up, whole, zero};
use crate::simulation::fixed::look_up;
use crate::simulation::world::{Call, CallState, Customer, Line as BookLine, World};

/// A record and what is charged for it.
pub struct Charged<'w> {
    pub call: &'w Call,
    pub line: &'w BookLine,
    pub sell: Amount,
    pub charge: Amount,
    pub is_covered: bool,
    pub is_capped: bool,
}

impl Charged<'_> {
    /// B14, if there is an invoice.
    pub fn disposition(&self) -> &'static str {
        match (self.is_capped, self.is_covered) {
            (true, _) => "capped",
            (false, true) => "allowance",
            (false, false) => "billed",
        }
    }
}

/// M9: what can be billed, by account; everything else is counted where it ends.
pub fn sort_out(
    world: &World,
    terms_of: &dyn Fn(&Customer) -> Option<Terms>,
    ended: &mut BTreeMap<&'static str, u64>,
) -> BTreeMap<String, Vec<usize>> {
    let mut lines: HashMap<&str, Vec<&BookLine>> = HashMap::new();
    world.lines.iter().for_each(|line| lines.entry(&line.cli).or_default().push(line));
    let customers: HashMap<&str, &Customer> = world.customers.iter().map(|one| (one.account.as_str(), one)).collect();
    let mut waiting: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, call) in world.calls.iter().enumerate() {
        let held = lines.get(call.cli.as_str()).into_iter().flatten();
        let line = held.copied().find(|line| in_force(line, call.day));
        let disposition = match (call.state, line) {
            (CallState::Billed, _) => continue,
            (CallState::Deleted, _) => "deleted",
            (CallState::Duplicate, _) => "duplicate",
            (CallState::Conflict, _) | (CallState::Waiting, None) => "suspense",
            (CallState::Waiting, Some(line)) => {
                let customer = customers[line.account.as_str()];
                match customer.final_bill_date {
                    _ if customer.status == "dropped" => "excluded",
                    Some(last) if call.day > last => "suspense",
                    _ if line.exclude_usage => "excluded",
                    _ if terms_of(customer).is_none_or(|terms| call.day >= terms.usage_cutoff) => "held",
                    _ => {
                        waiting.entry(line.account.clone()).or_default().push(place);
                        continue;
                    }
                }
            }
        };
        *ended.entry(disposition).or_default() += 1;
    }
    waiting
}

fn in_force(line: &BookLine, day: Date) -> bool {
    line.from <= day && line.to.is_none_or(|to| day <= to)
}

/// A1: in the order of time, then of record; each through the allowances, then the caps.
pub fn charge<'w>(bill: &Bill<'w>, account: &mut Account, calls: &[usize]) -> Vec<Charged<'w>> {
    let mut calls: Vec<&Call> = calls.iter().map(|place| &bill.world.calls[*place]).collect();
    calls.sort_by_key(|call| (call.day, call.second, &call.id));
    let mut charged = Vec::new();
    for call in calls {
        let line = bill.world.lines.iter().find(|line| line.cli == call.cli && in_force(line, call.day)).unwrap();
        let sell = price(bill, call);
        let mut one = Charged { call, line, charge: sell.clone(), sell, is_covered: false, is_capped: false };
        allowances::cover(bill, &mut account.drawn, &mut one);
        caps::cap(bill, &mut account.cap_used, &mut one);
        charged.push(one);
    }
    charged
}

/// R5, R6.
fn price(bill: &Bill, call: &Call) -> Amount {
    let tariff = bill.customer.tariff;
    let in_force = bill.world.rates.iter().filter(|rate| rate.tariff == tariff && rate.call_type == call.call_type);
    let mut in_force = in_force
        .filter(|rate| rate.from.is_none_or(|from| from <= call.day) && rate.to.is_none_or(|to| call.day <= to));
    let rate = in_force.next().unwrap();
    assert!(in_force.next().is_none(), "two rates of {} on {}", call.call_type, call.day);
    let units = match look_up("call_types", call.call_type, "kind") {
        "voice" if call.units == 0 => return zero(),
        "voice" => {
            let rest = rounded_up(call.units.saturating_sub(rate.initial_increment), rate.increment);
            whole(rate.initial_increment + rest) / whole(60)
        }
        "data" => whole(call.units) / whole(1_000_000),
        _ => whole(call.units),
    };
    let charge = number(rate.connection) + number(&rate.rate) * units;
    let charge = charge.max(number(rate.minimum));
    let decimals = look_up("tariffs", tariff, "decimals").parse().unwrap();
    round(&charge, decimals, look_up("tariffs", tariff, "rounding"))
}

/// X3 b: the exact charges of a cost centre, a class and an exemption, rounded once.
pub fn lines(bill: &Bill, charged: &[Charged]) -> Vec<Line> {
    let mut groups: BTreeMap<(&str, &str, bool), Vec<&Amount>> = BTreeMap::new();
    for one in charged {
        let class = look_up("call_types", one.call.call_type, "class");
        let is_exempt = look_up("call_types", one.call.call_type, "vat_exempt") == "y";
        groups.entry((one.line.cost_centre, class, is_exempt)).or_default().push(&one.charge);
    }
    let customer = bill.customer;
    let line = |((centre, class, is_exempt), charges): ((&str, &str, bool), Vec<&Amount>)| {
        let code = match (customer.vat_exempt || is_exempt, customer.vat_code_calls) {
            (true, _) => "exempt",
            (false, "") => customer.vat_code,
            (false, of_calls) => of_calls,
        };
        let quantity = whole(charges.len() as u64);
        let line = Line::new("usage", bill.to_pennies(&total(charges)), code);
        let (category, description) = ("Calls".to_owned(), title(class).to_owned());
        Line { category, description, cost_centre: centre_name(centre), quantity, ..line }
    };
    groups.into_iter().map(line).collect()
}

fn title(class: &str) -> &'static str {
    match class {
        "national" => "National calls",
        "mobile" => "Mobile calls",
        "international" => "International calls",
        "non_geographic" => "Non-geographic calls",
        _ => "Other usage (1)",
    }
}
