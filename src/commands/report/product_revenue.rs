//! `report product-revenue`: what posted documents come to by product.

use clap::Args;

use super::options::{Opened, Out, no_answer};
use crate::commands::Global;
use crate::commands::period::Days;
use crate::commands::selection::Customers;
use crate::error::Result;
use crate::report::product_revenue::ProductTotals;

/// Of which documents.
#[derive(Args)]
pub struct ProductRevenue {
    #[command(flatten)]
    days: Days,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    out: Out,
}

impl ProductRevenue {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let period = opened.or_last_billed(&self.days)?;
        let (totals, sums) = opened.posted(period, None).total::<ProductTotals>()?;
        let about = opened.about_posted(period)?;
        self.out.give(global, &totals.answer(&opened.book, &sums, about).map_err(no_answer)?)
    }
}
