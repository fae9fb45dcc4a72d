//! `report top-destinations`: where billed usage went.

use clap::{Args, ValueEnum};

use super::options::{Opened, Out, no_answer};
use crate::commands::Global;
use crate::commands::period::Days;
use crate::commands::selection::Customers;
use crate::error::Result;
use crate::report::destinations::{Rank, answer};
use crate::report::usage_totals::{UsageBy, UsageTotals};

/// Of which usage, by what, in which order.
#[derive(Args)]
pub struct TopDestinations {
    /// What a row is of
    #[arg(long, value_name = "WHAT", default_value = "destination")]
    per: Per,
    /// How many characters of the other number make a prefix; of +442079460123 five are +4420
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u32).range(1..=32))]
    digits: u32,
    /// What comes first
    #[arg(long, value_name = "WHAT", default_value = "sell")]
    rank: Ranked,
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
    Destination,
    Class,
    Prefix,
    Number,
}

/// What comes first.
#[derive(Clone, Copy, ValueEnum)]
enum Ranked {
    Sell,
    Calls,
    Time,
    Cost,
    Margin,
}

impl TopDestinations {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let period = opened.or_last_billed(&self.days)?;
        let by = match self.per {
            Per::Destination => UsageBy::Destination,
            Per::Class => UsageBy::Class,
            Per::Prefix => UsageBy::Prefix(self.digits),
            Per::Number => UsageBy::Number,
        };
        let rank = match self.rank {
            Ranked::Sell => Rank::Sell,
            Ranked::Calls => Rank::Calls,
            Ranked::Time => Rank::Time,
            Ranked::Cost => Rank::Cost,
            Ranked::Margin => Rank::Margin,
        };
        let store = opened.workspace.usage();
        let (usage, expected) = opened.posted_usage(&store, period).total(|| UsageTotals::new(by))?;
        let about = opened.about_posted(period)?;
        self.out.give(global, &answer(&opened.book, (by, rank), (&usage, expected), about).map_err(no_answer)?)
    }
}
