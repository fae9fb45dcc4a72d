//! What happens to the reseller in a month, at random: joins, moves, ends, prices, statuses, policies. Changes the world,
//! notes what it did, and prices nothing.

use jiff::civil::Date;

use super::calendar::{later, previous};
use super::joins::Joins;
use super::world::{ChargePrice, Line, ProductPrice, Rate, World};

/// The rates that the year begins with: tariff, call type, connection, rate, minimum, increments.
const FIRST_RATES: [(&str, &str, &str, &str, &str, u64, u64); 14] = [
    ("gold", "nat", "0.01", "0.0173", "0.02", 60, 1),
    ("gold", "mob", "", "0.0899", "", 1, 1),
    ("gold", "int", "0.05", "0.21055", "0.1", 30, 6),
    ("gold", "care", "", "0.035", "", 60, 60),
    ("gold", "sms", "", "0.0425", "", 1, 1),
    ("gold", "data", "", "0.01337", "", 1, 1),
    ("gold", "room", "", "1.255", "", 1, 1),
    ("iron", "nat", "", "0.0121", "", 1, 1),
    ("iron", "mob", "0.02", "0.0555", "0.05", 30, 6),
    ("iron", "int", "", "0.31", "", 60, 1),
    ("iron", "care", "0.015", "0.05", "", 1, 1),
    ("iron", "sms", "", "0.0333", "", 1, 1),
    ("iron", "data", "", "0.02", "", 1, 1),
    ("iron", "room", "", "0.9995", "", 1, 1),
];

/// The world before its first month: rates, and most of its customers.
pub fn begin(joins: &mut Joins, world: &mut World, customers: usize, month: Date) {
    for (tariff, call_type, connection, rate, minimum, initial_increment, increment) in FIRST_RATES {
        let rate = rate.to_owned();
        let (from, to) = (None, None);
        world.rates.push(Rate { tariff, call_type, from, to, connection, rate, minimum, initial_increment, increment });
    }
    (0..customers).for_each(|_| joins.customer(world, month));
}

/// One month of events. They may be dated some weeks back or ahead; usage before the month is billed and stays so.
pub fn happen(joins: &mut Joins, world: &mut World, month: Date, newcomers: usize) {
    (0..newcomers).for_each(|_| joins.customer(world, month));
    for _ in 0..2 {
        change_rate(joins, world, month);
    }
    change_product_price(joins, world, month, "");
    for place in 0..world.customers.len() {
        let account = world.customers[place].account.clone();
        if world.customers[place].status == "dropped" {
            continue;
        }
        if joins.dice.chance(12) {
            joins.charge(world, &account, month);
        }
        if joins.dice.chance(30) {
            change_charge(joins, world, &account, month);
        }
        if joins.dice.chance(4) {
            change_product_price(joins, world, month, &account);
        }
        if !matches!(world.customers[place].status, "final_bill" | "dropped") {
            change_customer(joins, world, place, month);
            change_lines(joins, world, &account, month);
            change_allowances(joins, world, &account, month);
        }
    }
}

/// Ends a row of a rate and begins another, from a day of the month on.
fn change_rate(joins: &mut Joins, world: &mut World, month: Date) {
    let (tariff, call_type) =
        (joins.dice.pick(&["gold", "iron"]), joins.dice.pick(&["nat", "mob", "int", "sms", "data"]));
    let day = joins.day(month, 28);
    let rate = format!("0.{:05}", joins.dice.between(900, 30_000));
    let is_it = |rate: &&mut Rate| rate.tariff == tariff && rate.call_type == call_type && rate.to.is_none();
    let last = world.rates.iter_mut().find(is_it).unwrap();
    if last.from.is_some_and(|from| from >= day) {
        return;
    }
    last.to = Some(previous(day));
    let new = Rate { from: Some(day), to: None, rate, ..last.clone() };
    world.rates.push(new);
}

fn change_product_price(joins: &mut Joins, world: &mut World, month: Date, account: &str) {
    let product = joins.dice.pick(&["LINE", "FIBRE", "SUPPORT", "RENT", "CHAN"]);
    let tariff = if account.is_empty() && product == "FIBRE" { joins.dice.pick(&["", "gold", "iron"]) } else { "" };
    let from = joins.day(later(month, -30), 90);
    let is_known = |row: &ProductPrice| {
        row.product == product && row.account == account && row.tariff == tariff && row.from == from
    };
    if !world.product_prices.iter().any(is_known) {
        let price = joins.amount(50, 3);
        world.note(account, format!("product {product} {tariff} from {from} at {price}"));
        world.product_prices.push(ProductPrice { product, account: account.to_owned(), tariff, from, price });
    }
}

/// Ends a charge, ahead or back-dated; lets it go on; or changes its quantity or price.
fn change_charge(joins: &mut Joins, world: &mut World, account: &str, month: Date) {
    let own: Vec<usize> = (0..world.charges.len()).filter(|place| world.charges[*place].account == account).collect();
    if own.is_empty() {
        return;
    }
    let place = joins.dice.pick(&own);
    let day = joins.day(later(month, -70), 130);
    let choice = joins.dice.below(100);
    let charge = &mut world.charges[place];
    let what = match choice {
        0..40 if !charge.interval.is_empty() => {
            charge.to = Some(day.max(charge.from));
            format!("ends on {}", day.max(charge.from))
        }
        40..50 if !charge.interval.is_empty() => {
            charge.to = None;
            "goes on".to_owned()
        }
        // Before or after days that are charged: these are given back, those are charged.
        50..58 if charge.align.starts_with("calendar") => {
            let last = [charge.to, charge.minimum_term].into_iter().flatten().min();
            let later = later(day, -50);
            charge.from = last.map_or(later, |last| last.min(later));
            format!("starts on {}", charge.from)
        }
        58..65 => {
            charge.quantity = joins.dice.pick(&["1", "2", "0.5", "7", "0"]).to_owned();
            format!("quantity {}", charge.quantity)
        }
        65..75 => {
            charge.price = joins.amount(80, 2);
            format!("price {}", charge.price)
        }
        _ => {
            let row = ChargePrice {
                account: account.to_owned(),
                charge: charge.id.clone(),
                from: day,
                price: joins.amount(90, 3),
            };
            let is_known =
                |known: &ChargePrice| known.account == row.account && known.charge == row.charge && known.from == day;
            if world.charge_prices.iter().any(is_known) {
                return;
            }
            let what = format!("price {} from {day}", row.price);
            world.charge_prices.push(row);
            what
        }
    };
    let id = world.charges[place].id.clone();
    world.note(account, format!("{month}: charge {id} {what}"));
}

fn change_customer(joins: &mut Joins, world: &mut World, place: usize, month: Date) {
    let choice = joins.dice.below(1000);
    let customer = &mut world.customers[place];
    let what = match choice {
        15..35 => {
            customer.status = joins.dice.pick(&["suspended", "active_do_not_bill"]);
            customer.status.to_owned()
        }
        35..350 if customer.status != "active" => {
            customer.status = "active";
            "active again".to_owned()
        }
        350..365 => {
            customer.vat_code = joins.dice.pick(&["S", "R", "Z", "X", "RC"]);
            format!("VAT code {}", customer.vat_code)
        }
        365..372 => {
            customer.vat_exempt = !customer.vat_exempt;
            format!("exempt: {}", customer.vat_exempt)
        }
        372..390 => {
            customer.tariff = if customer.tariff == "gold" { "iron" } else { "gold" };
            format!("tariff {}", customer.tariff)
        }
        390..420 => {
            customer.low = joins.low_policy();
            format!("low invoices {:?}", customer.low)
        }
        420..440 => {
            customer.empty = joins.empty_policy();
            format!("empty invoices {:?}", customer.empty)
        }
        _ => return,
    };
    let account = customer.account.clone();
    world.note(&account, format!("{month}: {what}"));
}

/// A new line, a line that ends, one that moves to another customer, a cap that changes.
fn change_lines(joins: &mut Joins, world: &mut World, account: &str, month: Date) {
    let choice = joins.dice.below(100);
    let day = joins.day(month, 40);
    if choice < 4 {
        return joins.line(world, account, day);
    }
    let is_open = |line: &Line| line.account == account && line.to.is_none() && line.from < day;
    let Some(place) = world.lines.iter().position(is_open) else { return };
    let cli = world.lines[place].cli.clone();
    let what = match choice {
        4..7 => {
            world.lines[place].to = Some(day);
            format!("line {cli} ends on {day}")
        }
        7..10 => {
            let others: Vec<&str> = world
                .customers
                .iter()
                .filter(|other| other.status == "active")
                .map(|other| other.account.as_str())
                .collect();
            let other = joins.dice.pick(&others).to_owned();
            if other == account {
                return;
            }
            let moved =
                Line { account: other.clone(), from: day, spending_cap: joins.cap(), ..world.lines[place].clone() };
            world.lines[place].to = Some(previous(day));
            world.lines.push(moved);
            world.note(&other, format!("line {cli} comes from {account} on {day}"));
            format!("line {cli} moves to {other} on {day}")
        }
        10..15 => {
            world.lines[place].spending_cap = joins.cap();
            format!("line {cli} capped at {:?}", world.lines[place].spending_cap)
        }
        _ => return,
    };
    world.note(account, format!("{month}: {what}"));
}

fn change_allowances(joins: &mut Joins, world: &mut World, account: &str, month: Date) {
    let day = joins.day(month, 40);
    match joins.dice.below(100) {
        0..5 => joins.allowance(world, account, day),
        5..9 => {
            let own = world.customer_allowances.iter_mut();
            let mut own = own.filter(|row| row.account == account && row.to.is_none() && row.from < day);
            let Some(row) = own.next() else { return };
            row.to = Some(day);
            let what = format!("{month}: allowance {} ends on {day}", row.allowance);
            world.note(account, what);
        }
        _ => {}
    }
}
