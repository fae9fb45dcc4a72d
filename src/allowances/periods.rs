//! A customer and a day → the billing period by which its allowances and caps are counted, whatever bill the usage of
//! that day ends up on.

use crate::domain::book::{Book, CustomerId};
use crate::domain::time::Date;

/// The first day of the customer's billing period that a day is in: the calendar month, or in an anniversary group the
/// month that begins on the customer's billing day, clamped to the ends of short months.
pub fn billing_period_start(book: &Book, customer: CustomerId, day: Date) -> Date {
    day.latest_on_day(first_day(book, customer))
}

/// The last day of the period that starts on a day.
pub fn billing_period_end(book: &Book, customer: CustomerId, start: Date) -> Date {
    start.plus_months_on(1, first_day(book, customer)).previous()
}

/// On which day of the month its periods begin.
fn first_day(book: &Book, customer: CustomerId) -> u32 {
    let customer = book.customer(customer);
    let is_anniversary = book.groups[customer.group.index()].anniversary;
    customer.billing_day.filter(|_| is_anniversary).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::{self, CUSTOMER, date};

    #[test]
    fn a_period_ends_before_the_next_begins() {
        let mut book = sample::book();
        book.groups[0].anniversary = true;
        for (day, on, start, end) in [
            (1, "2026-02-14", "2026-02-01", "2026-02-28"),
            (15, "2026-02-14", "2026-01-15", "2026-02-14"),
            (31, "2026-02-27", "2026-01-31", "2026-02-27"),
            (31, "2026-02-28", "2026-02-28", "2026-03-30"),
            (31, "2026-04-29", "2026-03-31", "2026-04-29"),
        ] {
            book.customers[0].billing_day = Some(day);
            let found = billing_period_start(&book, CUSTOMER, date(on));
            assert_eq!((found, billing_period_end(&book, CUSTOMER, found)), (date(start), date(end)), "{day} {on}");
        }
    }
}
