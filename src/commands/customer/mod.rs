//! `customer`: who is billed, and what happens in a customer's life. One file per thing that is done.

mod history;
mod list;

use clap::Subcommand;

use super::Global;
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum CustomerCommand {
    /// List the customers
    List,
    /// Show one customer: its lines, its charges, its balance
    Show {
        /// Its account
        account: String,
    },
    /// Show what was changed of a customer: when, by whom, why
    History {
        /// Its account
        account: String,
    },
}

impl CustomerCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::List => list::list(global, &workspace),
            Self::Show { account } => list::show(global, &workspace, &account),
            Self::History { account } => history::show(global, &workspace, &account),
        }
    }
}

fn missing(account: &str) -> Error {
    Error::refused(format!("there is no customer {account:?}"), "see `tollbook customer list`")
}
