//! `customer history`: the audit trail of a customer and of all that is its own in the book (K7). Changes nothing.

use super::missing;
use crate::commands::Global;
use crate::commands::trail::show_trail;
use crate::error::Result;
use crate::workspace::Workspace;

pub(super) fn show(global: &Global, workspace: &Workspace, account: &str) -> Result<()> {
    let entries = workspace.ledger()?.history_of_customer(account)?;
    if entries.iter().all(|entry| entry.subject != "customers") {
        return Err(missing(account));
    }
    show_trail(global, entries)
}
