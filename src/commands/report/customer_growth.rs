//! `report customer-growth`: who joined, came back and left, month by month.

use clap::{Args, ValueEnum};

use super::options::{Opened, Out};
use crate::commands::Global;
use crate::commands::period::Days;
use crate::commands::selection::Customers;
use crate::error::Result;
use crate::pipeline::posted::too_much;
use crate::pipeline::reprice::Period;
use crate::report::customer_growth::{GrowthBy, answer};

/// In which months: the last twelve full ones, unless given.
#[derive(Args)]
pub struct CustomerGrowth {
    /// A row for each month and …
    #[arg(long, value_name = "WHAT")]
    per: Option<Per>,
    #[command(flatten)]
    days: Days,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    out: Out,
}

/// What a row is of, beside its month.
#[derive(Clone, Copy, ValueEnum)]
enum Per {
    Organisation,
    Group,
}

impl CustomerGrowth {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let this_month = opened.today().first_of_month();
        let last_year = Period { from: this_month.plus_months(-12), to: this_month.previous() };
        let given = self.days.given()?.unwrap_or(last_year);
        let period = Period { from: given.from.first_of_month(), to: given.to.last_of_month() };
        let by = match self.per {
            None => GrowthBy::All,
            Some(Per::Organisation) => GrowthBy::Organisation,
            Some(Per::Group) => GrowthBy::Group,
        };
        let contract_starts = opened.customer_days("contract_start")?;
        let is_meant = |account: &str| opened.is_meant(account);
        let about = opened.about(Some(period));
        let answer = answer(&opened.book, &contract_starts, (period, by), &is_meant, about);
        self.out.give(global, &answer.map_err(too_much)?)
    }
}
