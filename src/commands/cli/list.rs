//! `cli list` and `cli show`: the lines of the book, whose they are and when, what is charged for them. Changes nothing.

use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;

use super::{line_of, missing};
use crate::book::Tables;
use crate::commands::Global;
use crate::commands::bill::parse_date;
use crate::commands::selection::{Selection, cell_of};
use crate::domain::time::Date;
use crate::error::Result;
use crate::report::screen::table;
use crate::tariffs::rows::{Row, rows};
use crate::workspace::Workspace;

/// Whose lines, and when.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    selection: Selection,
    /// This account, as if it were named; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Only lines that somebody holds on this day
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
}

#[derive(Serialize)]
struct Line<'t> {
    cli: &'t str,
    account: &'t str,
    cost_centre: Option<&'t str>,
    description: Option<&'t str>,
    #[serde(rename = "type")]
    kind: Option<&'t str>,
    extension: Option<&'t str>,
    alternates: Vec<&'t str>,
    from: Option<&'t str>,
    to: Option<&'t str>,
}

impl<'t> Line<'t> {
    fn of(row: Row<'t>) -> Self {
        Self {
            cli: row.text("cli"),
            account: row.text("account"),
            cost_centre: row.get("cost_centre"),
            description: row.get("description"),
            kind: row.get("type"),
            extension: row.get("extension"),
            alternates: row.text("alternates").split(';').filter(|one| !one.is_empty()).collect(),
            from: row.get("from"),
            to: row.get("to"),
        }
    }

    fn cells(&self) -> Vec<String> {
        let words =
            [Some(self.account), self.cost_centre, self.description, self.kind, self.extension, self.from, self.to];
        let words = words.map(|word| word.unwrap_or("").to_owned());
        std::iter::once(self.cli.to_owned()).chain(words).collect()
    }
}

const HEADER: [&str; 8] = ["CLI", "account", "cost centre", "description", "type", "extension", "from", "to"];

impl List {
    pub fn run(mut self, global: &Global, workspace: &Workspace) -> Result<()> {
        self.selection.accounts.append(&mut self.account);
        let tables = workspace.tables(&workspace.ledger()?)?;
        let customers = tables.get("customers");
        let chosen = self.selection.for_look(workspace, &tables)?;
        let chosen: BTreeSet<&str> =
            chosen.iter().filter_map(|place| cell_of(customers, &customers.rows[*place], "account")).collect();
        let is_meant =
            |row: &Row| chosen.contains(row.text("account")) && self.on.is_none_or(|on| row.valid().contains(on));
        let lines: Vec<Line> = rows(&tables, "clis").filter(is_meant).map(Line::of).collect();
        global.show(&lines, || table(&HEADER, &[], lines.iter().map(Line::cells)))
    }
}

#[derive(Serialize)]
struct Shown<'t> {
    cli: &'t str,
    /// Whose it was and is, by day.
    held: Vec<Line<'t>>,
    charges: Vec<Charged<'t>>,
}

#[derive(Serialize)]
struct Charged<'t> {
    account: &'t str,
    charge: &'t str,
    product: Option<&'t str>,
    description: Option<&'t str>,
    from: Option<&'t str>,
    to: Option<&'t str>,
}

pub(super) fn show(global: &Global, workspace: &Workspace, cli: &str) -> Result<()> {
    let cli = line_of(cli, &workspace.number_rules());
    let tables = workspace.tables(&workspace.ledger()?)?;
    let shown = shown(&tables, &cli);
    if shown.held.is_empty() {
        return Err(missing(&cli));
    }
    global.show(&shown, || {
        let held = table(&HEADER, &[], shown.held.iter().map(Line::cells));
        let charges = shown.charges.iter().map(|charge| {
            let words =
                [charge.product, charge.description, charge.from, charge.to].map(|word| word.unwrap_or("").to_owned());
            [charge.account.to_owned(), charge.charge.to_owned()].into_iter().chain(words).collect()
        });
        let charges = table(&["account", "charge", "product", "description", "from", "to"], &[], charges);
        if shown.charges.is_empty() { held } else { format!("{held}\n{charges}") }
    })
}

/// A line by its identifier, or by one of its alternates.
fn shown<'t>(tables: &'t Tables, cli: &'t str) -> Shown<'t> {
    let names = |row: &Row| row.text("cli") == cli || row.text("alternates").split(';').any(|one| one == cli);
    let mut held: Vec<Line> = rows(tables, "clis").filter(names).map(Line::of).collect();
    held.sort_by_key(|line| (line.from, line.extension));
    let known: BTreeSet<&str> =
        held.iter().flat_map(|line| line.alternates.iter().chain([&line.cli])).copied().collect();
    let charges = rows(tables, "charges").filter(|row| row.get("cli").is_some_and(|cli| known.contains(cli)));
    let charges = charges.map(|row| Charged {
        account: row.text("account"),
        charge: row.text("charge"),
        product: row.get("product"),
        description: row.get("description"),
        from: row.get("from"),
        to: row.get("to"),
    });
    Shown { cli, charges: charges.collect(), held }
}
