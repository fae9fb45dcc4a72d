//! `customer`: who is billed, and what happens in a customer's life. One file per thing that is done.

mod changes;
mod deletion;
mod history;
mod leave;
mod list;
mod set;
mod statement;
mod tag;
mod write_off;

pub(super) use leave::drop_settled;

use clap::Subcommand;

use super::Global;
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum CustomerCommand {
    /// List the customers, all or those chosen
    List(list::List),
    /// Show one customer: its lines, its charges, its balance
    Show {
        /// Its account
        account: String,
    },
    /// Show what was changed of a customer, its lines, charges and prices: when, by whom, why
    History {
        /// Its account
        account: String,
    },
    /// Change what the book says of a customer, or of many
    Set(set::Set),
    /// Suspend customers, or bill them again
    Status(set::SetStatus),
    /// Add, remove and replace tags
    #[command(subcommand)]
    Tag(tag::TagCommand),
    /// End its service on a day and settle it by a final bill
    FinalBill(leave::FinalBill),
    /// End its service on a day with no further invoice
    Drop(leave::DropCustomer),
    /// Bring back who leaves or has left
    Reinstate(leave::Reinstate),
    /// Drop customers whose final bill is posted and paid
    Settle(leave::Settle),
    /// Mark a dropped customer for deletion
    Delete(deletion::Mark),
    /// Take a mark for deletion back
    Undelete(deletion::Mark),
    /// Remove what is known of customers that were marked long enough ago
    Purge(deletion::Purge),
    /// Show the entries of its account, the balance after each, and what is open
    Statement(statement::StatementOptions),
    /// Give up what a customer that is gone owes
    WriteOff(write_off::WriteOff),
}

impl CustomerCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::List(list) => list.run(global, &workspace),
            Self::Show { account } => list::show(global, &workspace, &account),
            Self::History { account } => history::show(global, &workspace, &account),
            Self::Set(set) => set.run(global, &workspace),
            Self::Status(status) => status.run(global, &workspace),
            Self::Tag(tag) => tag.run(global, &workspace),
            Self::FinalBill(leaving) => leaving.run(global, &workspace),
            Self::Drop(leaving) => leaving.run(global, &workspace),
            Self::Reinstate(back) => back.run(global, &workspace),
            Self::Settle(settle) => settle.run(global, &workspace),
            Self::Delete(mark) => mark.set(global, &workspace),
            Self::Undelete(mark) => mark.take_back(global, &workspace),
            Self::Purge(purge) => purge.run(global, &workspace),
            Self::Statement(options) => options.run(global, &workspace),
            Self::WriteOff(write_off) => write_off.run(global, &workspace),
        }
    }
}

fn missing(account: &str) -> Error {
    Error::refused(format!("there is no customer {account:?}"), "see `tollbook customer list`")
}
