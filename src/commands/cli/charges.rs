//! What is charged for lines that move: recurring charges end at the customer before and go on at the new one, or stay and are
//! named; allowances for single lines stay. Ids are unique within a customer, so a charge may get another one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::plan::{Asked, Currencies, Plan, Staying};
use crate::book::{TableRow, Tables};
use crate::domain::time::Date;
use crate::tariffs::rows::{Row, recurs, rows};

/// A charge that goes with its line.
#[derive(Serialize)]
pub(super) struct MovedCharge {
    pub from_account: String,
    pub charge: String,
    pub to_account: String,
    /// Its id at the new customer.
    pub new_charge: String,
    pub cli: String,
    /// Its last day at the customer before.
    pub until: Date,
    /// Each, before and after; known once the book is compiled.
    pub price_before: Option<String>,
    pub price_after: Option<String>,
    /// Until when the new customer is bound, as the one before was.
    pub minimum_term: Option<Date>,
}

/// Adds to a plan what becomes of charges and allowances for the lines that move.
pub(super) fn plan(tables: &Tables, asked: &Asked, moving: &[Row], currencies: &Currencies, plan: &mut Plan) {
    // By account and identifier.
    let mut lines: BTreeSet<(&str, &str)> = BTreeSet::new();
    for row in moving {
        let identifiers = row.text("alternates").split(';').filter(|one| !one.is_empty()).chain([row.text("cli")]);
        lines.extend(identifiers.map(|cli| (row.text("account"), cli)));
    }
    let products: BTreeMap<&str, Row> = rows(tables, "products").map(|row| (row.text("product"), row)).collect();
    let own = rows(tables, "charges").filter(|row| row.text("account") == asked.to);
    let mut taken: BTreeSet<String> = own.map(|row| row.text("charge").to_owned()).collect();
    let mut prices: BTreeMap<(&str, &str), Vec<Row>> = BTreeMap::new();
    for row in rows(tables, "charge_prices") {
        prices.entry((row.text("account"), row.text("charge"))).or_default().push(row);
    }
    for row in rows(tables, "charges").filter(|row| lines.contains(&(row.text("account"), row.text("cli")))) {
        let recurs = recurs(row, products.get(row.text("product")).copied());
        if ended_before(row, asked.from, recurs) {
            continue;
        }
        match reason_to_stay(row, asked, recurs) {
            Some(why) => plan.staying.push(staying(row, "charge", row.text("charge"), row.text("cli"), why)),
            None => {
                let own = prices.remove(&(row.text("account"), row.text("charge"))).unwrap_or_default();
                let [old, new] = [row.text("account"), asked.to].map(|account| currencies.of(account));
                if old != new && (row.get("price").is_some() || !own.is_empty()) {
                    let (account, charge) = (row.text("account"), row.text("charge"));
                    let why = format!("is priced in {old}, and {} pays in {new}", asked.to);
                    plan.wrong.push(format!("charge {charge} of {account} {why}"));
                } else {
                    move_charge(asked, row, &own, &mut taken, plan);
                }
            }
        }
    }
    for row in rows(tables, "customer_allowances") {
        let scope = row.text("scope").strip_prefix("clis:").unwrap_or("");
        let named = scope.split(';').find(|cli| lines.contains(&(row.text("account"), cli)));
        if let Some(cli) = named.filter(|_| row.valid().to.is_none_or(|to| to >= asked.from)) {
            plan.staying.push(staying(row, "allowance", row.text("allowance"), cli, "it is for this line".to_owned()));
        }
    }
}

fn staying(row: Row, what: &'static str, name: &str, cli: &str, why: String) -> Staying {
    Staying { account: row.text("account").to_owned(), what, name: name.to_owned(), cli: cli.to_owned(), why }
}

/// Nothing of it is charged on the day or later.
fn ended_before(row: Row, day: Date, recurs: bool) -> bool {
    match (recurs, row.date("to")) {
        (false, _) => row.date("from").is_some_and(|on| on < day),
        (true, to) => to.is_some_and(|to| row.date("minimum_term").map_or(to, |term| term.max(to)) < day),
    }
}

fn reason_to_stay(row: Row, asked: &Asked, recurs: bool) -> Option<String> {
    if !recurs {
        Some("it is charged once".to_owned())
    } else if !asked.with_charges {
        Some("charges stay, unless --with-charges".to_owned())
    } else {
        row.date("from").filter(|from| *from >= asked.from).map(|from| format!("it begins only on {from}"))
    }
}

/// Ends a charge on the day before; its copy begins on the day, with the rest of its term and its dated prices.
fn move_charge(asked: &Asked, row: Row, prices: &[Row], taken: &mut BTreeSet<String>, plan: &mut Plan) {
    let (account, charge) = (row.text("account"), row.text("charge"));
    let last = asked.from.previous();
    let term = row.date("minimum_term").filter(|term| *term >= asked.from);
    let to = row.date("to").map(|to| if to < asked.from { term.unwrap_or(to) } else { to });
    let new_charge = free_id(taken, charge);
    let text = |date: Option<Date>| date.map(|date| date.to_string());
    let (mut old, mut new) = (vec![("to", text(Some(last)))], Vec::new());
    if term.is_some() {
        old.push(("minimum_term", text(Some(last))));
    }
    new.extend([("account", Some(asked.to.to_owned())), ("charge", Some(new_charge.clone())), ("cost_centre", None)]);
    new.extend([("from", text(Some(asked.from))), ("to", text(to)), ("minimum_term", text(term))]);
    let charges: [TableRow; 2] = [row.with(&old), row.with(&new)];
    plan.rows.get_mut("charges").rows.extend(charges);
    let copied = prices.iter().map(|price| price.with(&new[..2]));
    plan.rows.get_mut("charge_prices").rows.extend(copied);
    plan.charges.push(MovedCharge {
        from_account: account.to_owned(),
        charge: charge.to_owned(),
        to_account: asked.to.to_owned(),
        new_charge,
        cli: row.text("cli").to_owned(),
        until: last,
        price_before: None,
        price_after: None,
        minimum_term: term,
    });
}

/// `rent`, or the first of `rent-2`, `rent-3` … that the customer does not have; it is taken then.
fn free_id(taken: &mut BTreeSet<String>, id: &str) -> String {
    let numbered = (2_u32..).map(|number| format!("{id}-{number}"));
    let mut ids = std::iter::once(id.to_owned()).chain(numbered);
    let free = ids.find(|id| !taken.contains(id)).unwrap_or_default();
    taken.insert(free.clone());
    free
}
