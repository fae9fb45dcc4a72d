//! `report`: what the workspace holds, seen from one side. One file per report.

mod aged_debt;
mod carrier_costs;
mod credit_limits;
mod reconciliation;

use clap::Subcommand;

use super::Global;
use crate::error::Result;

/// Which report.
#[derive(Subcommand)]
pub enum ReportCommand {
    /// What customers owe, by how long it is overdue
    AgedDebt(aged_debt::AgedDebtReport),
    /// Compare what carriers charge with what their own tariffs say
    CarrierCosts(carrier_costs::CarrierCostsReport),
    /// Who is above a percentage of a credit limit
    CreditLimits(credit_limits::CreditLimitsReport),
    /// Compare suppliers' service lines with what customers are charged
    Reconciliation(reconciliation::ReconciliationOptions),
}

impl ReportCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        match self {
            Self::AgedDebt(report) => report.run(global),
            Self::CarrierCosts(report) => report.run(global),
            Self::CreditLimits(report) => report.run(global),
            Self::Reconciliation(options) => options.run(global),
        }
    }
}
