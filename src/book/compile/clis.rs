//! CLIs: whose they are and when, and that nobody else holds them at the same time (M2, M3).

use ahash::AHashMap;

use crate::book::notation;
use crate::domain::book::{CliId, CustomerId};
use crate::domain::customer::Cli;
use crate::domain::time::Date;

use super::checks::{Dated, by_line, find_overlaps};
use super::customers::class_prices;
use super::rows::{Input, Names, Row};

pub(super) fn clis(input: &Input, names: &Names) -> Vec<Cli> {
    refuse_double_holders(input);
    input.rows("clis").filter_map(|row| cli(input, names, row)).collect()
}

fn cli(input: &Input, names: &Names, row: Row) -> Option<Cli> {
    let customer = row.id("account", &names.customers)?;
    let currency = names.customer_currencies[customer as usize];
    Some(Cli {
        cli: row.text("cli"),
        customer: CustomerId(customer),
        cost_centre: row.get("cost_centre").and_then(|code| names.cost_centre(input, row, "cost_centre", code)),
        description: row.text("description"),
        cli_type: row.text("type"),
        extension: row.text("extension"),
        alternates: notation::list(row.get("alternates").unwrap_or("")).map(str::to_owned).collect(),
        valid: row.dates(),
        exclude_usage: row.flag("exclude_usage"),
        exclude_services: row.flag("exclude_services"),
        spending_cap: row.decimal("spending_cap"),
        usage_limit: row.money("usage_limit", currency),
        prices: class_prices(names, row, currency),
    })
}

/// An identifier, be it the first or an alternate one, with one extension has one holder at a time.
fn refuse_double_holders(input: &Input) {
    let mut held = Vec::new();
    for (position, row) in input.rows("clis").enumerate() {
        let own = row.get("cli").unwrap_or("");
        let extension = row.get("extension").unwrap_or("");
        // Reversed dates are reported where the row is compiled, and take no part here.
        let valid = row.quiet_dates();
        held.push(Dated { key: (own, extension), valid, row: position });
        for alternate in notation::list(row.get("alternates").unwrap_or("")) {
            if alternate == own {
                row.fail_value("alternates", alternate, "is the CLI itself", "other identifiers of the line");
            } else {
                held.push(Dated { key: (alternate, extension), valid, row: position });
            }
        }
    }
    find_overlaps(held, |(identifier, _), later, earlier| {
        let (first, second) = by_line(input.row("clis", earlier), input.row("clis", later));
        let key = |row: Row| (row.text("cli"), row.text("extension"), row.text("from"));
        if key(first) != key(second) {
            report(identifier, first, second);
        }
    });
}

fn report(identifier: &str, first: Row, second: Row) {
    let column = if second.get("cli") == Some(identifier) { "cli" } else { "alternates" };
    let account = first.get("account").unwrap_or("");
    let reason = format!("is held by account {account} on overlapping dates: {}", first.place());
    second.fail_value(
        column,
        identifier,
        &reason,
        "a CLI belongs to one customer at a time (M2): end one before the other begins",
    );
}

/// The CLIs that other rows name, by account and identifier.
pub(super) struct CliLookup<'c> {
    clis: &'c [Cli],
    by_name: AHashMap<(CustomerId, &'c str), Vec<usize>>,
}

impl<'c> CliLookup<'c> {
    pub(super) fn new(clis: &'c [Cli]) -> Self {
        let mut by_name: AHashMap<_, Vec<usize>> = AHashMap::with_capacity(clis.len());
        for (position, cli) in clis.iter().enumerate() {
            for identifier in std::iter::once(&cli.cli).chain(&cli.alternates) {
                by_name.entry((cli.customer, identifier.as_str())).or_default().push(position);
            }
        }
        Self { clis, by_name }
    }

    /// The CLI of a customer on a date; if it is not held then, the next one after it, else the last one before it.
    pub(super) fn find(&self, customer: CustomerId, identifier: &str, on: Date) -> Option<CliId> {
        let rows = self.by_name.get(&(customer, identifier))?;
        let valid = |position: &usize| self.clis[*position].valid;
        let covering = rows.iter().find(|position| valid(position).contains(on));
        let following = || {
            rows.iter().filter(|position| valid(position).from > Some(on)).min_by_key(|position| valid(position).from)
        };
        let last = || rows.iter().max_by_key(|position| valid(position).to);
        covering.or_else(following).or_else(last).map(|position| CliId::from_index(*position))
    }
}
