//! `report`: what the workspace holds, seen from one side. One file per report.

mod aged_debt;
mod carrier_costs;
mod category_revenue;
mod credit_limits;
mod customer_growth;
mod dormant_clis;
mod margin;
mod options;
mod product_revenue;
mod reconciliation;
mod terminating_charges;
mod top_destinations;
pub(super) mod waiting;

use clap::Subcommand;

pub(super) use options::Opened;

use super::Global;
use crate::error::Result;

/// Which report.
#[derive(Subcommand)]
pub enum ReportCommand {
    /// What customers owe, by how long it is overdue
    AgedDebt(aged_debt::AgedDebtReport),
    /// What cannot be billed, ranked by the money at stake; all of it, or what began on some days
    BillingErrors(waiting::WaitingReport),
    /// Compare what carriers charge with what their own tariffs say
    CarrierCosts(carrier_costs::CarrierCostsReport),
    /// Posted invoices less credit notes by organisation and category, beside the period before; of the month of the latest invoice
    CategoryRevenue(category_revenue::CategoryRevenue),
    /// Who is above a percentage of a credit limit
    CreditLimits(credit_limits::CreditLimitsReport),
    /// Customers who joined, came back and left, with their recurring charges, by month; the last twelve
    CustomerGrowth(customer_growth::CustomerGrowth),
    /// Lines in force that were not used for long, with what is charged for them
    DormantClis(dormant_clis::DormantClis),
    /// What is earned by customer, line, destination or class, losses first; of the month of the latest invoice
    Margin(margin::MarginReport),
    /// Posted invoices less credit notes by product: quantity, net, cost, margin; of the month of the latest invoice
    ProductRevenue(product_revenue::ProductRevenue),
    /// Compare suppliers' service lines with what customers are charged
    Reconciliation(reconciliation::ReconciliationOptions),
    /// Recurring charges that end, leave their minimum term or lose their contract; within the next 90 days
    TerminatingCharges(terminating_charges::TerminatingCharges),
    /// Where billed usage went: calls, time, sell, cost, margin; of the month of the latest invoice
    TopDestinations(top_destinations::TopDestinations),
    /// Usage that waits to be billed, by customer; all of it, or what began on some days
    UnbilledUsage(waiting::WaitingReport),
}

impl ReportCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        match self {
            Self::AgedDebt(report) => report.run(global),
            Self::BillingErrors(report) => report.errors(global),
            Self::CarrierCosts(report) => report.run(global),
            Self::CategoryRevenue(report) => report.run(global),
            Self::CreditLimits(report) => report.run(global),
            Self::CustomerGrowth(report) => report.run(global),
            Self::DormantClis(report) => report.run(global),
            Self::Margin(report) => report.run(global),
            Self::ProductRevenue(report) => report.run(global),
            Self::Reconciliation(options) => options.run(global),
            Self::TerminatingCharges(report) => report.run(global),
            Self::TopDestinations(report) => report.run(global),
            Self::UnbilledUsage(report) => report.unbilled(global),
        }
    }
}
