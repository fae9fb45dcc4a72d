//! A recurring charge → what it comes to a month: its price and its cost, whatever the interval. For reports and forecasts;
//! no bill is made from it.

use super::charges::cost_each;
use super::prices::charge_price;
use crate::domain::book::Book;
use crate::domain::charge::{Charge, ChargeType, Interval};
use crate::domain::money::{Money, Overflow, Price, Quantity, Rounding, divide, power_of_ten};
use crate::domain::time::Date;

/// What a recurring charge comes to a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Monthly {
    /// Price times quantity, in the customer's currency; none where no price is in force (P2).
    pub sell: Option<Money>,
    /// Cost times quantity, in the workspace's currency; nothing where the book knows none.
    pub cost: Money,
}

/// By the price in force on a day (P2). A charge of several months counts by its part of one; one of days by 365 days over
/// 12 months. Rounded half up to the minor unit. None for a one-off charge.
pub fn monthly(book: &Book, charge: &Charge, on: Date) -> Result<Option<Monthly>, Overflow> {
    let ChargeType::Recurring { interval, .. } = charge.charge_type else { return Ok(None) };
    let digits = book.customer(charge.customer).currency.digits;
    let price = charge_price(book, charge, on);
    let sell = price.map(|price| a_month(price, charge.quantity, interval, digits)).transpose()?;
    let cost = cost_each(book, charge).unwrap_or_default();
    Ok(Some(Monthly { sell, cost: a_month(cost, charge.quantity, interval, book.settings.currency.digits)? }))
}

/// The first and the last day on which a recurring charge is billed: up to its end, but not less than its minimum term
/// (P5), and not beyond the customer's last day of service (B10).
pub fn days_in_force(book: &Book, charge: &Charge) -> (Date, Option<Date>) {
    let customer = book.customer(charge.customer);
    let own = charge.to.map(|to| charge.minimum_term.map_or(to, |term| to.max(term)));
    let last = [own, customer.final_bill_date, customer.dropped_date].into_iter().flatten().min();
    (charge.from, last)
}

fn a_month(each: Price, quantity: Quantity, interval: Interval, digits: u32) -> Result<Money, Overflow> {
    let (numerator, denominator) = match interval {
        Interval::Months(months) => (1, i128::from(months)),
        Interval::Days(days) => (365, 12 * i128::from(days)),
    };
    // Price has 8 decimals, quantity 4.
    let exact = i128::from(each.scaled()) * i128::from(quantity.scaled());
    let exact = exact.checked_mul(numerator).ok_or(Overflow)?;
    let minor = divide(exact, denominator * power_of_ten(12 - digits), Rounding::HalfUp);
    i64::try_from(minor).map(Money::from_minor).map_err(|_| Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interval_comes_to_a_month() {
        let rows = [
            ("12.00", "1", "monthly", 1_200),
            ("12.00", "2.5", "monthly", 3_000),
            ("36.00", "1", "quarterly", 1_200),
            ("100.00", "1", "yearly", 833),
            ("100.00", "1", "24", 417),
            ("1.00", "1", "daily", 3_042),
            ("7.00", "3", "weekly", 9_125),
            ("-12.00", "1", "fortnightly", -2_607),
        ];
        for (price, quantity, interval, expected) in rows {
            let (price, quantity) = (Price::parse(price).unwrap(), Quantity::parse(quantity).unwrap());
            let found = a_month(price, quantity, Interval::parse(interval).unwrap(), 2);
            assert_eq!(found, Ok(Money::from_minor(expected)), "{price} {interval}");
        }
    }
}
