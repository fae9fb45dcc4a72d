//! `tariff`: what tariffs hold, what is wrong with them, what a change of them does. One file per verb.

mod below_cost;
mod best;
mod diff;
mod increase;
mod lint;
mod list;
mod show;

pub(super) use increase::{in_words as increase_in_words, refused as increase_refused};

use clap::Subcommand;

use super::Global;
use crate::error::Result;

/// What to do.
#[derive(Subcommand)]
pub enum TariffCommand {
    /// List the tariffs
    List(list::List),
    /// Show the rates of one tariff
    Show(show::Show),
    /// Find what is wrong with the tariffs before it bills
    Lint(lint::Lint),
    /// Price a period's usage on two tariffs and compare
    Diff(diff::Diff),
    /// Raise or lower prices by a percentage
    Increase(increase::Increase),
    /// Price a period's usage of each customer on each tariff offered
    Best(best::Best),
}

impl TariffCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        match self {
            Self::List(list) => list.run(global),
            Self::Show(show) => show.run(global),
            Self::Lint(lint) => lint.run(global),
            Self::Diff(diff) => diff.run(global),
            Self::Increase(increase) => increase.run(global),
            Self::Best(best) => best.run(global),
        }
    }
}
