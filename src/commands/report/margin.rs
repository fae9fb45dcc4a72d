//! `report margin`: what is earned by customer, line, destination or class.

use clap::{Args, ValueEnum};

use super::options::{Opened, Out, no_answer};
use crate::commands::Global;
use crate::commands::period::Days;
use crate::commands::selection::Customers;
use crate::error::Result;
use crate::report::margin::{LineTotals, Margin, MarginBy};
use crate::report::usage_totals::UsageTotals;

/// Of which documents, by what.
#[derive(Args)]
pub struct MarginReport {
    /// What a row is of
    #[arg(long, value_name = "WHAT", default_value = "customer")]
    per: Per,
    #[command(flatten)]
    days: Days,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    out: Out,
}

/// What a row is of.
#[derive(Clone, Copy, ValueEnum)]
enum Per {
    Customer,
    Cli,
    Destination,
    Class,
}

impl MarginReport {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let period = opened.or_last_billed(&self.days)?;
        let by = match self.per {
            Per::Customer => MarginBy::Customer,
            Per::Cli => MarginBy::Cli,
            Per::Destination => MarginBy::Destination,
            Per::Class => MarginBy::Class,
        };
        let (lines, sums) = opened.posted(period, None).total::<LineTotals>()?;
        let store = opened.workspace.usage();
        let usage = by.usage().map(|by| opened.posted_usage(&store, period).total(|| UsageTotals::new(by)));
        let usage = usage.transpose()?.map(|(usage, _)| usage);
        let margin = Margin { book: &opened.book, by, lines, usage };
        self.out.give(global, &margin.answer(&sums, opened.about_posted(period)?).map_err(no_answer)?)
    }
}
