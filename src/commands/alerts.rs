//! Alerts on usage (L5): looked for after each import of usage, listed and acknowledged by `usage alerts`.

use clap::Args;
use serde::Serialize;

use super::{Global, say};
use crate::error::{Result, counted};
use crate::ledger::UsageAlert;
use crate::pipeline::Engine;
use crate::pipeline::alerting::check_imports;
use crate::report::screen::table;
use crate::workspace::Workspace;

/// Which alerts.
#[derive(Args)]
pub struct AlertOptions {
    /// Those too that somebody looked at
    #[arg(long)]
    all: bool,
    /// Say that somebody looked at this one; may be given again
    #[arg(long, value_name = "ID")]
    acknowledge: Vec<i64>,
}

/// Looks at the usage that was imported. What goes wrong here is said, and never makes an import fail: the usage is there,
/// and the next import looks at it again.
pub(super) fn raise_alerts(global: &Global, workspace: &Workspace) {
    if global.dry_run || !workspace.settings.alerts.enabled {
        return;
    }
    match look(global, workspace) {
        Ok(raised) => {
            for alert in raised.iter().take(MOST_SHOWN) {
                let of = if alert.cli.is_empty() { String::new() } else { format!(" {}", alert.cli) };
                say(&format!("alert {}: {}{of}: {}: {}", alert.id, alert.account, alert.alert, alert.detail));
            }
            if !raised.is_empty() {
                let more = match raised.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
                    Some(more) => format!("; {more} of them are not shown here"),
                    None => String::new(),
                };
                let raised = counted(raised.len() as u64, "alert");
                say(&format!("{raised} raised{more}; `tollbook usage alerts` lists them"));
            }
        }
        Err(error) => say(&format!("alerts were not looked for: {}; the usage is imported", error.message)),
    }
}

/// So many alerts are said at once; the others are counted.
const MOST_SHOWN: usize = 20;

fn look(global: &Global, workspace: &Workspace) -> Result<Vec<UsageAlert>> {
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    if ledger.unchecked_imports()?.is_empty() {
        return Ok(Vec::new());
    }
    let book = workspace.book(&ledger)?;
    check_imports(&mut ledger, &workspace.usage(), &global.workers()?, &Engine::new(&book))
}

/// An alert, as it is listed.
#[derive(Serialize)]
struct Listed {
    id: i64,
    account: String,
    cli: String,
    alert: String,
    detail: String,
    import: Option<i64>,
    at: String,
    acknowledged_at: Option<String>,
    acknowledged_by: Option<String>,
}

impl From<UsageAlert> for Listed {
    fn from(alert: UsageAlert) -> Self {
        let UsageAlert { id, account, cli, alert, detail, import, at, acknowledged_at, acknowledged_by } = alert;
        Self { id, account, cli, alert, detail, import, at, acknowledged_at, acknowledged_by }
    }
}

impl AlertOptions {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let alerts = if self.acknowledge.is_empty() {
            workspace.ledger()?.usage_alerts(self.all)?
        } else {
            let mut ledger = workspace.ledger_for_writing(global.actor())?;
            let acknowledge = |id: &i64| ledger.acknowledge_alert(*id, global.dry_run);
            self.acknowledge.iter().map(acknowledge).collect::<std::result::Result<Vec<_>, _>>()?
        };
        let alerts: Vec<Listed> = alerts.into_iter().map(Listed::from).collect();
        global.show(&alerts, || {
            let cells = |alert: &Listed| {
                let by = alert.acknowledged_by.clone().unwrap_or_default();
                let words = [&alert.account, &alert.cli, &alert.alert, &alert.detail].map(Clone::clone);
                std::iter::once(alert.id.to_string()).chain(words).chain([by]).collect()
            };
            table(&["alert", "account", "CLI", "about", "what", "seen by"], &[0], alerts.iter().map(cells))
        })
    }
}
