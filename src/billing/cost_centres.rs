//! What a customer is billed → its parts, one for each bill: all of it, or one for each cost centre where the customer wants
//! that (O1). Nothing is computed anew: each line, period, service line and record goes on exactly one part.

use std::collections::BTreeMap;

use super::charges::BilledCharges;
use super::context::Context;
use super::services::BilledServices;
use super::usage::UsageSums;
use crate::domain::bill::BillLine;
use crate::domain::charge::{BilledPeriod, MatchedService};
use crate::domain::money::Overflow;

/// What goes on one bill, but for the lines of its usage.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The name of the cost centre that all of it is of; empty if the customer is billed as a whole, or for what is of none.
    pub cost_centre: String,
    pub lines: Vec<BillLine>,
    pub periods: Vec<BilledPeriod>,
    pub services: Vec<(i64, u32)>,
    pub usage: UsageSums,
}

/// The parts, what is of no cost centre first, then by name; at least one. Service lines that a product's rule leaves out
/// go with those of their cost centre, or on the first part.
pub(super) fn parts(
    context: &Context<'_>,
    charges: BilledCharges,
    services: (&[MatchedService], BilledServices),
    usage: UsageSums,
) -> Result<Vec<Part>, Overflow> {
    let (handed_in, services) = services;
    if !context.customer.invoice_per_cost_centre {
        let lines = charges.lines.into_iter().chain(services.lines).collect();
        let whole = Part { lines, periods: charges.periods, services: services.consumed, usage, ..Part::default() };
        return Ok(vec![whole]);
    }
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    assert_eq!(charges.lines.len(), charges.periods.len(), "a period for each line");
    for (line, period) in charges.lines.into_iter().zip(charges.periods) {
        let part = parts.entry(line.cost_centre.clone()).or_default();
        part.lines.push(line);
        part.periods.push(period);
    }
    for line in services.lines {
        parts.entry(line.cost_centre.clone()).or_default().lines.push(line);
    }
    for (name, sums) in usage.by_cost_centre(context)? {
        parts.entry(name.to_owned()).or_default().usage = sums;
    }
    if parts.is_empty() {
        parts.insert(String::new(), Part::default());
    }
    for service in handed_in {
        let (_, name) = context.cli_names(Some(service.cli));
        let part = if parts.contains_key(name) { parts.get_mut(name) } else { parts.values_mut().next() };
        part.expect("there is one").services.push((service.import, service.line.row));
    }
    let named = |(cost_centre, mut part): (String, Part)| {
        part.services.sort_unstable();
        Part { cost_centre, ..part }
    };
    Ok(parts.into_iter().map(named).collect())
}
