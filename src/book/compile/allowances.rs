//! Allowances (A1–A5): read and checked, so that a book with them is sound. Of them the compiled book holds which
//! customers have one.

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashSet;

use crate::book::notation::{self, Qualifier, ScopeText};
use crate::domain::book::CustomerId;

use super::bands::Bands;
use super::rows::{Input, Names, Row};

pub(super) fn customers_with_allowances(input: &Input, names: &Names, bands: &Bands) -> BTreeMap<CustomerId, String> {
    check_allowances(input, names, bands);
    let of_clis = |row: Row| row.get("scope").is_some_and(|scope| scope.starts_with("clis"));
    let held = if input.rows("customer_allowances").any(of_clis) { held_clis(input) } else { AHashSet::new() };
    let mut found = BTreeMap::new();
    for row in input.rows("customer_allowances") {
        row.dates();
        check_scope(input, names, &held, row);
        if let Some(customer) = row.id("account", &names.customers) {
            found.entry(CustomerId(customer)).or_insert_with(|| row.text("allowance"));
        }
    }
    found
}

fn check_allowances(input: &Input, names: &Names, bands: &Bands) {
    let groups: BTreeSet<&str> = input.rows("call_types").filter_map(|row| row.get("display_group")).collect();
    for row in input.rows("allowances") {
        row.money("money", input.settings.currency);
        for name in notation::list(row.get("time_bands").unwrap_or("")) {
            bands.find(row, "time_bands", name);
        }
        for qualifier in row.get("qualifies").and_then(notation::qualifiers).unwrap_or_default() {
            match qualifier {
                Qualifier::Type(code) if !names.call_types.contains_key(code) => {
                    let known = input.rows("call_types").filter_map(|known| known.get("call_type"));
                    row.fail_unknown("qualifies", code, "no such call type in call_types.csv", known);
                }
                Qualifier::Group(name) if !groups.contains(name) => {
                    let known = groups.iter().copied();
                    row.fail_unknown("qualifies", name, "no call type has this display group", known);
                }
                _ => {}
            }
        }
        if row.get("max_single_mode").is_some() && row.get("max_single_seconds").is_none() {
            row.fail("max_single_seconds", "is needed: max_single_mode is given", "a number of seconds");
        }
    }
}

/// The accounts and the CLIs that they hold.
fn held_clis<'i>(input: &'i Input) -> AHashSet<(&'i str, &'i str)> {
    input.rows("clis").map(|row| (row.get("account").unwrap_or(""), row.get("cli").unwrap_or(""))).collect()
}

fn check_scope(input: &Input, names: &Names, held: &AHashSet<(&str, &str)>, row: Row) {
    match row.get("scope").and_then(notation::scope) {
        None | Some(ScopeText::Customer) => {}
        Some(ScopeText::CostCentre(code)) => {
            names.cost_centre(input, row, "scope", code);
        }
        Some(ScopeText::Clis(clis)) => {
            let account = row.get("account").unwrap_or("");
            for cli in clis.into_iter().filter(|cli| !held.contains(&(account, *cli))) {
                let of_account = input.rows("clis").filter(|held| held.get("account") == Some(account));
                let known = of_account.filter_map(|held| held.get("cli"));
                row.fail_unknown("scope", cli, &format!("account {account} has no such CLI in clis.csv"), known);
            }
        }
    }
}
