//! Days of a billed period that are no longer in force → credit lines (P5). Which days those are is
//! [`super::history`]'s to say.

use super::BillingError;
use super::charges::{BilledCharges, billed_period, cost_each};
use super::context::Context;
use super::days::Days;
use super::history::Standing;
use super::proration::Share;
use super::schedule::Schedule;
use crate::domain::bill::{BillLine, LineKind};
use crate::domain::charge::{BilledPeriod, Charge};
use crate::domain::money::{Money, Overflow, Rounding, divide};

impl BilledCharges {
    /// Gives back days of a billed period (P5): by the formula by which they were charged, at the price and quantity
    /// that were billed. All that is left of a period is given back to the penny; never more than it holds.
    pub fn add_credits(
        &mut self,
        context: &Context<'_>,
        charge: &Charge,
        schedule: &Schedule,
        standing: Standing<'_>,
    ) -> Result<(), BillingError> {
        let row = standing.row;
        let mut left = standing.amount;
        let count = standing.days.len();
        for (number, days) in standing.days.into_iter().enumerate() {
            let (formula, share) = credit_by_formula(context, schedule, row, days)?;
            let is_all = standing.is_rest && number + 1 == count;
            let given_back = if is_all { left } else { between_nothing_and(left, formula) };
            left = left.minus(given_back)?;
            let amount = given_back.negated()?;
            let cost = share.cost(cost_each(context.book, charge).unwrap_or_default(), row.quantity)?.negated()?;
            let billed =
                BilledPeriod { is_credit: true, ..billed_period(charge, days, amount, (row.price, row.quantity)) };
            let line = context.line(LineKind::Credit, amount, String::new());
            self.push(context, charge, BillLine { cost, ..line }, billed, &share);
        }
        Ok(())
    }
}

/// What days of a billed period came to. If today's schedule does not give what was billed (the interval was changed
/// since), by their share of the period's days.
fn credit_by_formula(
    context: &Context<'_>,
    schedule: &Schedule,
    row: &BilledPeriod,
    days: Days,
) -> Result<(Money, Share), Overflow> {
    let all = Days { from: row.from, to: row.to };
    let currency = context.customer.currency;
    if schedule.share(all).amount(row.price, row.quantity, currency)? == row.amount {
        let share = schedule.share(days);
        return Ok((share.amount(row.price, row.quantity, currency)?, share));
    }
    let minor = i128::from(row.amount.minor()) * i128::from(days.count());
    let minor = divide(minor, i128::from(all.count()), Rounding::HalfUp);
    let amount = i64::try_from(minor).map(Money::from_minor).map_err(|_| Overflow)?;
    Ok((amount, Share::of_days(days.count(), all.count())))
}

/// The amount, but not beyond `limit` and not on the other side of nothing. Prices may be negative.
fn between_nothing_and(limit: Money, amount: Money) -> Money {
    amount.clamp(limit.min(Money::ZERO), limit.max(Money::ZERO))
}
