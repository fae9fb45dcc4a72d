//! Lines of service files (P7): whose they are, which are left out, at what price, which become one.

use std::collections::BTreeMap;

use super::charges::centre_name;
use super::{Bill, Line, Terms};
use crate::oracle::amounts::{Amount, number, whole, zero};
use crate::simulation::fixed::rows;
use crate::simulation::world::{Customer, World};

/// What can be billed, by account.
pub fn sort_out(world: &World, terms_of: &dyn Fn(&Customer) -> Option<Terms>) -> BTreeMap<String, Vec<usize>> {
    let mut waiting: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, service) in world.services.iter().enumerate() {
        let Some(line) = world.holder(&service.cli, service.day) else { continue };
        let customer = world.customers.iter().find(|customer| customer.account == line.account).unwrap();
        let has_left = customer.final_bill_date.is_some_and(|last| service.day > last);
        let is_due = terms_of(customer).is_some_and(|terms| service.day < terms.charge_cutoff);
        if !service.billed && !has_left && is_due {
            waiting.entry(line.account.clone()).or_default().push(place);
        }
    }
    waiting
}

/// Description, CLI, cost centre, product, the price each, and what keeps lines apart that do not become one.
type Group = (String, String, &'static str, &'static str, Amount, (usize, usize));

pub fn lines(bill: &Bill, services: &[usize]) -> Vec<Line> {
    let mut groups: BTreeMap<Group, (Line, Amount)> = BTreeMap::new();
    for place in services {
        let service = &bill.world.services[*place];
        let product = rows("products").find(|row| row("service_codes") == service.description).unwrap();
        let (cost, quantity) = (number(&service.cost), whole(service.quantity.into()));
        let is_credit = cost < zero();
        if product("skip") == "credits" && is_credit {
            continue;
        }
        let each = match product("use_file_price") {
            "y" => &cost / &quantity,
            _ if is_credit => -bill.product_price(product(""), service.day),
            _ => bill.product_price(product(""), service.day),
        };
        if product("skip") == "if_zero" && each == zero() {
            continue;
        }
        let description = if product("use_file_description") == "y" { service.description } else { product("name") };
        let centre = bill.world.holder(&service.cli, service.day).unwrap().cost_centre;
        let own = if product("aggregate") == "y" { (0, 0) } else { (service.import, service.row + 1) };
        let day = service.day.to_string();
        let key = (description.to_owned(), service.cli.clone(), centre, product(""), each.clone(), own);
        let (line, amount) = groups.entry(key).or_insert_with(|| {
            let line = Line::new("service", zero(), bill.vat_code(&[product("vat_code")]));
            let first = Line {
                category: product("category").to_owned(),
                cost_centre: centre_name(centre),
                description: description.to_owned(),
                cli: service.cli.clone(),
                from: day.clone(),
                quantity: zero(),
                ..line
            };
            (first, zero())
        });
        line.quantity += &quantity;
        *amount += &each * &quantity;
        if line.from != day {
            line.from = String::new();
        }
    }
    let rounded = |(line, amount): (Line, Amount)| Line { amount: bill.to_pennies(&amount), ..line };
    groups.into_values().map(rounded).collect()
}
