//! `customer write-off`: gives up what a customer that is gone owes (L3).

use clap::Args;

use crate::commands::bill::parse_date;
use crate::commands::payment::{find_currency, not_in_future, reason_is_given, show_settled};
use crate::commands::{Global, today};
use crate::domain::time::Date;
use crate::error::Result;
use crate::workspace::Workspace;

/// Whose debt.
#[derive(Args)]
#[command(
    after_help = "Only of customers that are dropped or cancelled, the exact balance, without any effect on VAT. \
    If the debt is paid after all, take the write-off back with `tollbook payment reverse` first. Needs --reason."
)]
pub struct WriteOff {
    /// The account
    account: String,
    /// When; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    date: Option<Date>,
}

impl WriteOff {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        reason_is_given(global)?;
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        find_currency(workspace, &ledger, &self.account)?;
        let on = not_in_future(self.date, today(&workspace.settings.zone))?;
        show_settled(global, &[ledger.write_off(&self.account, on, global.dry_run)?])
    }
}
