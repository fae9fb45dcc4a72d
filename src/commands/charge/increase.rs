//! `charge increase`: prices that recurring charges have of their own, by a percentage from a date (R17). Applies what the pure
//! code computes, through the ledger, or only shows it.

use clap::Args;
use serde::Serialize;

use crate::commands::bill::parse_date;
use crate::commands::book::apply_rows;
use crate::commands::selection::{Selection, cell_of};
use crate::commands::tariff::{increase_in_words, increase_refused};
use crate::commands::{Global, say};
use crate::domain::money::Percent;
use crate::domain::time::Date;
use crate::error::{Result, counted};
use crate::tariffs::increase::{self as raise, ChargeSelection, Increase as Asked, Outcome, Report, Why, WithinTerm};
use crate::workspace::Workspace;

/// Whose charges are raised, by how much, from when.
#[derive(Args)]
#[command(
    after_help = "A charge that takes its price from a product, the customer's or a tariff's, is left alone: raise those \
    with `tollbook tariff increase`. Prices get a row of charge_prices.csv from the date; periods that begin before keep the \
    old price."
)]
pub struct Increase {
    #[command(flatten)]
    selection: Selection,
    /// By how much, in percent: -100 to 10000, at most 4 decimals
    #[arg(long, value_name = "P", allow_hyphen_values = true, value_parser = raise::parse_percent)]
    percent: Percent,
    /// The first day of the new prices
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    from: Date,
    /// Only charges for this product; may be given again
    #[arg(long, value_name = "CODE")]
    product: Vec<String>,
    /// Only charges listed under this category; may be given again
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,
    /// Leave charges and prices alone that begin after the date
    #[arg(long)]
    leave_future: bool,
    /// Raise negative prices too
    #[arg(long)]
    credits: bool,
}

/// What was done, for people and machines.
#[derive(Serialize)]
struct Raised<'r> {
    percent: Percent,
    from: Date,
    /// Nothing is different from before.
    unchanged: bool,
    dry_run: bool,
    /// Charges raised before their minimum term ends.
    within_minimum_term: &'r [WithinTerm],
    #[serde(flatten)]
    report: &'r Report,
}

impl Increase {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let tables = workspace.tables(&ledger)?;
        let customers = tables.get("customers");
        let account = |place: usize| cell_of(customers, &customers.rows[place], "account").map(str::to_owned);
        let chosen = self.selection.for_change(&workspace, &tables)?;
        let selection = ChargeSelection {
            accounts: chosen.into_iter().filter_map(account).collect(),
            products: self.product,
            categories: self.category,
        };
        let mut asked = Asked::new(self.percent, self.from);
        (asked.leave_future, asked.credits) = (self.leave_future, self.credits);
        let raised = raise::raise_charges(&tables, &selection, &asked);
        let (Outcome { rows, report }, within) = raised.map_err(increase_refused)?;
        let unchanged = rows.is_empty();
        if !unchanged {
            apply_rows(&workspace, &mut ledger, tables, &rows, global.dry_run)?;
        }
        let raised = Raised {
            percent: self.percent,
            from: self.from,
            unchanged,
            dry_run: global.dry_run,
            within_minimum_term: &within,
            report: &report,
        };
        global.show(&raised, || increase_in_words(&report))?;
        warn(&within);
        say(&verdict(&raised));
        Ok(())
    }
}

/// Terms that are told one by one.
const MOST_TERMS: usize = 20;

/// A customer within its minimum term may have been promised the price.
fn warn(within: &[WithinTerm]) {
    for WithinTerm { row, minimum_term } in within.iter().take(MOST_TERMS) {
        say(&format!("warning: {row} is within its minimum term, until {minimum_term}"));
    }
    if within.len() > MOST_TERMS {
        say(&format!("warning: and {} more", within.len() - MOST_TERMS));
    }
}

/// One line: what was done.
fn verdict(raised: &Raised) -> String {
    let report = raised.report;
    let already = report.left_for(Why::RaisedAlready);
    if raised.unchanged {
        let what = match already {
            0 => "no price to change".to_owned(),
            charges => format!("this increase exists already ({})", counted(charges as u64, "charge")),
        };
        return format!("{what}: nothing changed");
    }
    let would = if raised.dry_run { "would change" } else { "changed" };
    let already = match already {
        0 => String::new(),
        count => format!("; {} had this increase already", counted(count as u64, "charge")),
    };
    format!("{would} {} of charges{already}", counted(report.prices() as u64, "price"))
}
