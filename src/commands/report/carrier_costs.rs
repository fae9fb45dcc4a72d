//! `report carrier-costs`: what carriers charge against what their own tariffs say (R14).

use clap::Args;

use super::options::Files;
use crate::commands::Global;
use crate::commands::period::{PeriodOptions, Reprice};
use crate::commands::selection::Customers;
use crate::domain::money::{Decimal, Percent, Price};
use crate::error::{Error, Result};
use crate::pipeline::reprice::Period;
use crate::pipeline::reprice::carrier_costs::{Tolerance, check_costs};
use crate::report::answer::Cover;
use crate::report::carrier_costs::CarrierCostReport;

/// Which usage, and how far off a cost may be.
#[derive(Args)]
pub struct CarrierCostsReport {
    #[command(flatten)]
    period: PeriodOptions,
    /// This supplier only; may be given again
    #[arg(long, value_name = "SUPPLIER")]
    supplier: Vec<String>,
    /// A call may be so much off, in the workspace's currency
    #[arg(long, value_name = "AMOUNT", default_value = "0.01", value_parser = parse_allowance::<8>)]
    tolerance: Price,
    /// A call may be so much off, in percent of the expected cost; beyond is what is further off than both allow
    #[arg(long, value_name = "PERCENT", default_value = "1", value_parser = parse_allowance::<4>)]
    percent: Percent,
    /// Show all rows, not only those with the largest differences
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    files: Files,
}

impl CarrierCostsReport {
    pub fn run(self, global: &Global) -> Result<()> {
        let reprice = Reprice::open(global, &self.period)?;
        let book = &reprice.book;
        let unknown: Vec<_> = self.supplier.iter().filter(|code| book.find_supplier(code).is_none()).collect();
        if !unknown.is_empty() {
            let known: Vec<_> = book.suppliers.iter().map(|supplier| supplier.code.as_str()).collect();
            let message = format!("the book has no supplier {unknown:?}");
            return Err(Error::refused(message, format!("there are: {}", known.join(", "))));
        }
        let engine = reprice.engine();
        let mut usage = reprice.usage_of(&engine, &self.customers)?;
        if !self.supplier.is_empty() {
            usage.imports.retain(|import| self.supplier.contains(&book.supplier(import.supplier).code));
        }
        let tolerance = Tolerance { amount: self.tolerance, percent: self.percent };
        let report = CarrierCostReport::new(book, usage.period, tolerance, &check_costs(&usage, tolerance)?);
        let Period { from, to } = usage.period;
        let about = vec![("customers", self.customers.in_words()), ("days", format!("{from} to {to}"))];
        let title = "What carriers charge against what their tariffs say".to_owned();
        let cover = Cover { name: "carrier-costs", title, about, ..Cover::default() };
        self.files.write(global, &cover, &report.sheet())?;
        global.show(&report, || report.in_words(self.all))
    }
}

fn parse_allowance<const SCALE: u32>(text: &str) -> std::result::Result<Decimal<SCALE>, String> {
    match Decimal::parse(text) {
        Err(error) => Err(error.to_string()),
        Ok(allowance) if allowance.is_negative() => Err("is negative: write how far off a call may be".to_owned()),
        Ok(allowance) => Ok(allowance),
    }
}
