//! `report terminating-charges`: recurring charges that end, leave their minimum term or lose their contract.

use clap::Args;

use super::options::{Opened, Out};
use crate::commands::Global;
use crate::commands::period::Days;
use crate::commands::selection::Customers;
use crate::error::Result;
use crate::pipeline::posted::too_much;
use crate::pipeline::reprice::Period;
use crate::report::terminating_charges::answer;

/// Within which days: the next 90, today among them, unless given.
#[derive(Args)]
pub struct TerminatingCharges {
    #[command(flatten)]
    days: Days,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    out: Out,
}

impl TerminatingCharges {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let from = opened.today();
        let days = self.days.given()?.unwrap_or_else(|| Period { from, to: from.plus_days(89) });
        let contract_ends = opened.customer_days("contract_end")?;
        let is_meant = |account: &str| opened.is_meant(account);
        let answer = answer(&opened.book, &contract_ends, (days, &is_meant), opened.about(Some(days)));
        self.out.give(global, &answer.map_err(too_much)?)
    }
}
