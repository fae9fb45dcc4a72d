//! `charge`: what customers are charged beside usage. One file per verb.

mod increase;
mod list;

use clap::Subcommand;

use super::Global;
use crate::error::Result;

/// What to do.
#[derive(Subcommand)]
pub enum ChargeCommand {
    /// List charges with the price of a day
    List(list::List),
    /// Raise or lower prices of recurring charges by a percentage
    Increase(increase::Increase),
}

impl ChargeCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        match self {
            Self::List(list) => list.run(global),
            Self::Increase(increase) => increase.run(global),
        }
    }
}
