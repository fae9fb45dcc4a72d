//! `bill acknowledge`: a person has looked at what a draft says is unusual (B15).

use clap::Args;

use super::{Global, Workspace};
use crate::commands::say;
use crate::error::{Result, counted};

/// Which flags.
#[derive(Args)]
pub struct Acknowledge {
    /// The run
    run: i64,
    /// Those of this customer only; "" for those of the run itself
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Those of this kind only, as `bill show` names it
    #[arg(long, value_name = "FLAG")]
    flag: Option<String>,
}

impl Acknowledge {
    pub(super) fn run(&self, global: &Global, workspace: &Workspace) -> Result<()> {
        let Self { run, account, flag } = self;
        if global.dry_run {
            let standing = super::post::standing_flags(&workspace.ledger()?, *run)?;
            say(&format!("run {run} has {} that stand", counted(standing.len() as u64, "flag")));
            return Ok(());
        }
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let count = ledger.acknowledge(*run, account.as_deref(), flag.as_deref())?;
        say(&format!("acknowledged {} of run {run}", counted(count, "flag")));
        Ok(())
    }
}
