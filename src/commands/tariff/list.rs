//! `tariff list`: the tariffs, their rows, who uses them.

use clap::Args;

use crate::commands::bill::parse_date;
use crate::commands::{Global, today};
use crate::domain::time::Date;
use crate::error::Result;
use crate::report::screen::{count, table};
use crate::tariffs::listing::{ListedTariff, list_tariffs};
use crate::workspace::Workspace;

/// As of when.
#[derive(Args)]
pub struct List {
    /// Count rows as they are on this day; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
}

const HEADER: [&str; 15] = [
    "tariff",
    "parent",
    "currency",
    "unit",
    "decimals",
    "rounding",
    "bands",
    "in force",
    "to come",
    "ended",
    "customers",
    "CLIs",
    "suppliers",
    "children",
    "description",
];

impl List {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let tables = workspace.tables(&workspace.ledger()?)?;
        let on = self.on.unwrap_or_else(|| today(&workspace.settings.zone));
        let tariffs = list_tariffs(&tables, on, workspace.settings.currency.code());
        global.show(&tariffs, || table(&HEADER, &[4, 7, 8, 9, 10, 11, 12, 13], tariffs.iter().map(cells)))
    }
}

fn cells(tariff: &ListedTariff) -> Vec<String> {
    let parent = tariff.parent.clone().unwrap_or_default();
    let words = [&tariff.tariff, &parent, &tariff.currency, &tariff.unit, &tariff.decimals];
    let modes = [&tariff.rounding, &tariff.band_mode];
    let numbers = [
        tariff.in_force,
        tariff.to_come,
        tariff.ended,
        tariff.customers,
        tariff.clis,
        tariff.supplier_defaults,
        tariff.children,
    ];
    let description = tariff.description.lines().next().unwrap_or("").to_owned();
    let words = words.into_iter().chain(modes).cloned();
    words.chain(numbers.map(|number| count(number as u128))).chain([description]).collect()
}
