//! An amount in one currency on a day → the exact amount in another (X7). Looks up direct rates only: no rate is
//! turned round and none goes by way of a third currency.

use ahash::AHashMap;

use super::Unpriced;
use crate::domain::book::Book;
use crate::domain::disposition::Reason;
use crate::domain::exact::Exact;
use crate::domain::money::{Currency, Price};
use crate::domain::time::Date;

/// The book's exchange rates by pair.
#[derive(Debug)]
pub(super) struct Currencies {
    rates: AHashMap<(Currency, Currency), Vec<(Date, Price)>>,
}

impl Currencies {
    pub(super) fn new(book: &Book) -> Self {
        let mut rates: AHashMap<_, Vec<(Date, Price)>> = AHashMap::new();
        for row in &book.exchange_rates {
            rates.entry((row.from, row.to)).or_default().push((row.date, row.rate));
        }
        rates.values_mut().for_each(|rows| rows.sort_unstable());
        Self { rates }
    }

    /// The amount in another currency, by the latest rate on or before the day; none → `no exchange rate`.
    pub(super) fn convert(&self, amount: Exact, (from, to): (Currency, Currency), on: Date) -> Result<Exact, Unpriced> {
        if from == to {
            return Ok(amount);
        }
        let rate = self.rate(from, to, on).ok_or(Unpriced(Reason::NoExchangeRate))?;
        Ok(amount.times_price(rate)?)
    }

    /// The rate in force on a day, if there is one.
    pub(super) fn rate(&self, from: Currency, to: Currency, on: Date) -> Option<Price> {
        let rows = self.rates.get(&(from, to))?;
        let after = rows.partition_point(|(date, _)| *date <= on);
        after.checked_sub(1).map(|latest| rows[latest].1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_book::{book, currency, date, exchange_rate, price};
    use super::*;

    #[test]
    fn the_latest_rate_on_or_before_the_day_counts() {
        let mut book = book();
        book.exchange_rates = vec![
            exchange_rate("EUR", "GBP", "2026-03-01", "0.86"),
            exchange_rate("EUR", "GBP", "2026-01-01", "0.85"),
            exchange_rate("USD", "EUR", "2026-01-01", "0.9"),
        ];
        let currencies = Currencies::new(&book);
        // X7: 10 in one currency on a day, in another.
        let rows = [
            ("EUR", "GBP", "2026-02-28", Some("8.5")),
            ("EUR", "GBP", "2026-03-01", Some("8.6")),
            ("EUR", "GBP", "2026-12-31", Some("8.6")),
            ("EUR", "GBP", "2025-12-31", None),
            ("GBP", "EUR", "2026-03-01", None),
            ("USD", "GBP", "2026-03-01", None),
            ("USD", "USD", "2026-03-01", Some("10")),
        ];
        for (from, to, day, expected) in rows {
            let pair = (currency(from), currency(to));
            let converted = currencies.convert(price("10").into(), pair, date(day));
            let expected = expected.map(|text| Exact::from(price(text))).ok_or(Unpriced(Reason::NoExchangeRate));
            assert_eq!(converted, expected, "X7: {from} to {to} on {day}");
        }
    }
}
