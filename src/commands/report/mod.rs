//! `report`: what the workspace holds, seen from one side. One file per report.

mod carrier_costs;
mod reconciliation;

use clap::Subcommand;

use super::Global;
use crate::error::Result;

/// Which report.
#[derive(Subcommand)]
pub enum ReportCommand {
    /// Compare what carriers charge with what their own tariffs say
    CarrierCosts(carrier_costs::CarrierCostsReport),
    /// Compare suppliers' service lines with what customers are charged
    Reconciliation(reconciliation::ReconciliationOptions),
}

impl ReportCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        match self {
            Self::CarrierCosts(report) => report.run(global),
            Self::Reconciliation(options) => options.run(global),
        }
    }
}
