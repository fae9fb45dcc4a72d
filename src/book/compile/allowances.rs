//! Allowances and who has them (A1–A5): what they are for resolved to ids, limits in units, and what cannot be meant
//! refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::notation::{self, Qualifier, ScopeText};
use crate::domain::allowance::{
    Allowance, AllowanceScope, CustomerAllowance, Discount, LongestCall, Measure, PerMeasure, Units,
};
use crate::domain::book::{AllowanceId, CallTypeId, CliId, CustomerId};
use crate::domain::customer::Cli;
use crate::domain::money::{Price, Quantity, power_of_ten};
use crate::domain::price_book::CallType;

use super::bands::Bands;
use super::rows::{Input, Names, Row};

const DISCOUNTS: [&str; 3] = ["discount_percent", "discount_per_call", "discount_per_minute"];
/// Decimals of [`Units`].
const PLACES: u32 = 12;

/// The allowances, in the order of their keys, which are their ids.
pub(super) fn allowances(input: &Input, names: &Names, bands: &Bands, call_types: &[CallType]) -> Vec<Allowance> {
    let groups: BTreeSet<&str> = input.rows("call_types").filter_map(|row| row.get("display_group")).collect();
    let compiled = input.rows("allowances").map(|row| {
        let band = |name| bands.find(row, "time_bands", name);
        let mut of_bands: Vec<_> = notation::list(row.get("time_bands").unwrap_or("")).filter_map(band).collect();
        of_bands.sort_unstable();
        of_bands.dedup();
        let allowance = Allowance {
            name: row.text("allowance"),
            limits: limits(input, row),
            qualifies: qualifying(input, names, row, &groups, call_types),
            bands: of_bands,
            discount: discount(row),
            longest: longest_call(row),
            rollover_periods: row.whole("rollover_periods").unwrap_or(0),
            prorate: row.flag("prorate"),
        };
        refuse_what_covers_nothing(row, &allowance, call_types);
        allowance
    });
    compiled.collect()
}

/// The allowances of customers, by customer and then in the order of A4.
pub(super) fn customer_allowances(input: &Input, names: &Names, clis: &[Cli]) -> Vec<CustomerAllowance> {
    let allowances = input.index("allowances");
    let of_clis = |row: Row| row.get("scope").is_some_and(|scope| scope.starts_with("clis"));
    let held = if input.rows("customer_allowances").any(of_clis) { held_clis(clis) } else { BTreeMap::new() };
    let compiled = input.rows("customer_allowances").filter_map(|row| {
        let valid = row.dates();
        let customer = row.id("account", &names.customers).map(CustomerId);
        let scope = scope(input, names, &held, row, customer);
        let customer = customer?;
        Some(CustomerAllowance {
            customer,
            allowance: AllowanceId(row.id("allowance", &allowances)?),
            quantity: row.decimal("quantity").unwrap_or(Quantity::ONE),
            scope: scope?,
            scope_text: row.get("scope").unwrap_or("customer").to_owned(),
            priority: row.whole("priority"),
            valid,
        })
    });
    let mut compiled: Vec<_> = compiled.collect();
    // Allowances are numbered by name.
    let place = |row: &CustomerAllowance| (row.customer, row.scope.rank(), row.priority.unwrap_or(u32::MAX));
    let rest = |row: &CustomerAllowance| (row.allowance, row.scope_text.clone(), row.valid.from);
    compiled.sort_by_cached_key(|row| (place(row), rest(row)));
    compiled
}

/// Money is in the currency of the customer that has the allowance, as its prices and caps are.
fn limits(input: &Input, row: Row) -> PerMeasure<Option<Units>> {
    let currency = input.settings.currency;
    let mut limits = PerMeasure::default();
    let minutes: Option<Quantity> = row.decimal("minutes");
    limits[Measure::Seconds] = minutes.map(|minutes| i128::from(minutes.scaled()) * 60 * power_of_ten(PLACES - 4));
    let count = |column| row.whole::<u64>(column).map(|count| i128::from(count) * power_of_ten(PLACES));
    limits[Measure::Messages] = count("messages");
    limits[Measure::Bytes] = count("bytes");
    limits[Measure::Calls] = count("calls");
    let money = row.money("money", currency);
    limits[Measure::Money] = money.map(|money| i128::from(money.minor()) * power_of_ten(PLACES - currency.digits));
    PerMeasure(limits.0.map(|limit| limit.map(Units::from_wide)))
}

/// The call types that a row names, by itself, by their display groups or by their classes.
fn qualifying(
    input: &Input,
    names: &Names,
    row: Row,
    groups: &BTreeSet<&str>,
    call_types: &[CallType],
) -> Vec<CallTypeId> {
    let mut found = BTreeSet::new();
    let mut add = |fits: &dyn Fn(&CallType) -> bool| {
        let ids = call_types.iter().enumerate().filter(|(_, call_type)| fits(call_type));
        found.extend(ids.map(|(id, _)| CallTypeId::from_index(id)));
    };
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
            Qualifier::Type(code) => add(&|call_type| call_type.code == code),
            Qualifier::Group(name) => add(&|call_type| call_type.display_group == name),
            Qualifier::Class(class) => add(&|call_type| call_type.class == class),
        }
    }
    found.into_iter().collect()
}

/// At most one of three (A3); free where there is none.
fn discount(row: Row) -> Discount {
    let mut given = DISCOUNTS.into_iter().filter(|column| row.get(column).is_some());
    let first = given.next();
    for other in given {
        let reason = format!("means nothing beside {}: an allowance has one discount (A3)", first.unwrap_or_default());
        row.fail(other, &reason, "keep one of them, or make two allowances");
    }
    let amount = |column| row.decimal::<8>(column).unwrap_or(Price::ZERO);
    match first {
        None => Discount::FREE,
        Some("discount_percent") => row.decimal("discount_percent").map_or(Discount::FREE, Discount::Percent),
        Some("discount_per_call") => Discount::PerCall(amount("discount_per_call")),
        Some(_) => Discount::PerMinute(amount("discount_per_minute")),
    }
}

/// `up_to_limit` where only the seconds are given.
fn longest_call(row: Row) -> Option<LongestCall> {
    let seconds: Option<u64> = row.whole("max_single_seconds");
    if seconds.is_none() && row.get("max_single_mode").is_some() {
        row.fail("max_single_seconds", "is needed: max_single_mode is given", "a number of seconds");
    }
    let only = row.get("max_single_mode") == Some("exceed_ignored");
    seconds.map(|seconds| if only { LongestCall::OnlyUpTo(seconds) } else { LongestCall::UpTo(seconds) })
}

/// An allowance of messages for voice calls only would be a silent nothing.
fn refuse_what_covers_nothing(row: Row, allowance: &Allowance, call_types: &[CallType]) {
    // What is unknown was reported, and unset makes no second error.
    let qualifying = allowance.qualifies.iter().filter_map(|id| call_types.get(id.index()));
    if !allowance.qualifies.is_empty() && !allowance.is_for_any(qualifying) {
        let reason = "names only usage that neither the limits nor the discount are for: it would cover nothing (A2)";
        row.fail(
            "qualifies",
            reason,
            "minutes and calls are for voice, messages for sms, bytes for data, money for all",
        );
    }
}

/// The rows of an identifier that an account holds.
fn held_clis(clis: &[Cli]) -> BTreeMap<(CustomerId, &str), Vec<CliId>> {
    let mut held = BTreeMap::<_, Vec<CliId>>::new();
    for (id, cli) in clis.iter().enumerate() {
        held.entry((cli.customer, cli.cli.as_str())).or_default().push(CliId::from_index(id));
    }
    held
}

fn scope(
    input: &Input,
    names: &Names,
    held: &BTreeMap<(CustomerId, &str), Vec<CliId>>,
    row: Row,
    customer: Option<CustomerId>,
) -> Option<AllowanceScope> {
    match row.get("scope").and_then(notation::scope) {
        None | Some(ScopeText::Customer) => Some(AllowanceScope::Customer),
        Some(ScopeText::CostCentre(code)) => {
            names.cost_centre(input, row, "scope", code).map(AllowanceScope::CostCentre)
        }
        Some(ScopeText::Clis(identifiers)) => {
            let account = row.get("account").unwrap_or("");
            let mut of_scope = BTreeSet::new();
            for identifier in identifiers {
                match customer.and_then(|customer| held.get(&(customer, identifier))) {
                    Some(rows) => of_scope.extend(rows.iter().copied()),
                    None => {
                        let of_account = input.rows("clis").filter(|held| held.get("account") == Some(account));
                        let known = of_account.filter_map(|held| held.get("cli"));
                        let reason = format!("account {account} has no such CLI in clis.csv");
                        row.fail_unknown("scope", identifier, &reason, known);
                    }
                }
            }
            Some(AllowanceScope::Clis(of_scope.into_iter().collect()))
        }
    }
}
