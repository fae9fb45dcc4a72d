//! `report category-revenue`: what posted documents come to by organisation and category.

use clap::Args;

use super::options::{Opened, Out, no_answer};
use crate::commands::Global;
use crate::commands::period::Days;
use crate::commands::selection::Customers;
use crate::error::Result;
use crate::pipeline::reprice::Period;
use crate::report::category_revenue::CategoryTotals;

/// Of which documents.
#[derive(Args)]
pub struct CategoryRevenue {
    #[command(flatten)]
    days: Days,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    out: Out,
}

impl CategoryRevenue {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let period = opened.or_last_billed(&self.days)?;
        let before = period_before(period);
        let (totals, sums) = opened.posted(period, Some(before)).total::<CategoryTotals>()?;
        let about = opened.about_posted(period)?;
        self.out.give(global, &totals.answer((period, before), &sums, about).map_err(no_answer)?)
    }
}

/// As many calendar months before whole calendar months; as many days before any others.
fn period_before(period: Period) -> Period {
    let Period { from, to } = period;
    let last = from.previous();
    if from == from.first_of_month() && to == to.last_of_month() {
        let months = (to.year() - from.year()) * 12 + i32::try_from(to.month()).unwrap_or(0)
            - i32::try_from(from.month()).unwrap_or(0)
            + 1;
        return Period { from: from.plus_months(-months), to: last };
    }
    Period { from: from.plus_days(-to.days_since(from) - 1), to: last }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::date;

    #[test]
    fn months_come_after_months_and_days_after_days() {
        let rows = [
            ("2026-05-01", "2026-05-31", "2026-04-01", "2026-04-30"),
            ("2026-01-01", "2026-03-31", "2025-10-01", "2025-12-31"),
            ("2026-05-02", "2026-05-31", "2026-04-02", "2026-05-01"),
            ("2026-05-10", "2026-05-10", "2026-05-09", "2026-05-09"),
        ];
        for (from, to, earlier_from, earlier_to) in rows {
            let before = period_before(Period { from: date(from), to: date(to) });
            assert_eq!(before, Period { from: date(earlier_from), to: date(earlier_to) }, "{from} to {to}");
        }
    }
}
