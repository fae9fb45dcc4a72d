//! The price of a product for one customer on one day (P2). A price is never guessed: `None` parks the customer.

use crate::domain::book::{Book, CustomerId, ProductId};
use crate::domain::charge::{Charge, PriceFor, ProductPrice};
use crate::domain::money::Price;
use crate::domain::time::Date;

/// P2 for a charge: its own price, of its schedule if that has begun; else that of its product.
pub fn charge_price(book: &Book, charge: &Charge, on: Date) -> Option<Price> {
    let scheduled = charge.prices.iter().rev().find(|(from, _)| *from <= on).map(|(_, price)| *price);
    let by_product = || charge.product.and_then(|product| product_price(book, charge.customer, product, on));
    scheduled.or(charge.price).or_else(by_product)
}

/// P2, without the charge's own price, which comes before: the customer's price, that of its tariff in the product's
/// category, the dated base price, the product's price; of each the one in force on the day.
///
/// Base prices are in the workspace's currency: a customer of another one has none (X7).
pub fn product_price(book: &Book, customer: CustomerId, id: ProductId, on: Date) -> Option<Price> {
    let product = &book.products[id.index()];
    let own = dated_price(book, id, PriceFor::Customer(customer), on);
    if own.is_some() {
        return own;
    }
    let tariff = book.customer_tariffs.get(&(customer, product.category.clone()));
    let by_tariff = tariff.and_then(|tariff| dated_price(book, id, PriceFor::Tariff(*tariff), on));
    if by_tariff.is_some() || book.customer(customer).currency != book.settings.currency {
        return by_tariff;
    }
    dated_price(book, id, PriceFor::Everybody, on).or(product.price)
}

/// The latest price of an audience that is in force on the day.
fn dated_price(book: &Book, product: ProductId, audience: PriceFor, on: Date) -> Option<Price> {
    let prices = book.product_prices.as_slice();
    let place = |price: &ProductPrice| (price.product, price.audience, price.from);
    let after = prices.partition_point(|price| place(price) <= (product, audience, on));
    let latest = prices[..after].last().filter(|price| (price.product, price.audience) == (product, audience));
    latest.map(|price| price.price)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::book::TariffId;
    use crate::domain::money::Currency;
    use crate::domain::sample::{self, CUSTOMER, date, price};

    const PRODUCT: ProductId = ProductId(0);

    fn book(rows: &[(PriceFor, &str, &str)]) -> Book {
        let mut book = sample::book();
        book.products = vec![sample::product("BB", "Broadband"), sample::product("TV", "Television")];
        let dated = |(audience, from, each): &(PriceFor, &str, &str)| ProductPrice {
            product: PRODUCT,
            audience: *audience,
            from: date(from),
            price: price(each),
        };
        book.product_prices = rows.iter().map(dated).collect();
        book.product_prices.sort_by_key(|price| (price.product, price.audience, price.from));
        book
    }

    fn check(book: &Book, on: &str, expected: Option<&str>) {
        let found = product_price(book, CUSTOMER, PRODUCT, date(on));
        assert_eq!(found, expected.map(price), "on {on}");
    }

    #[test]
    fn asks_customer_then_tariff_then_everybody() {
        let mut book = book(&[
            (PriceFor::Everybody, "2026-01-01", "30"),
            (PriceFor::Everybody, "2026-07-01", "33"),
            (PriceFor::Tariff(TariffId(1)), "2026-03-01", "28"),
            (PriceFor::Tariff(TariffId(2)), "2026-01-01", "1"),
            (PriceFor::Customer(CUSTOMER), "2026-05-01", "25"),
            (PriceFor::Customer(CUSTOMER), "2026-06-15", "24"),
        ]);
        book.products[0].price = Some(price("35"));
        book.customer_tariffs.insert((CUSTOMER, "Broadband".into()), TariffId(1));
        book.customer_tariffs.insert((CUSTOMER, "Television".into()), TariffId(2));
        // P2: each in force from its own date on.
        check(&book, "2025-12-31", Some("35"));
        check(&book, "2026-01-01", Some("30"));
        check(&book, "2026-02-28", Some("30"));
        check(&book, "2026-03-01", Some("28"));
        check(&book, "2026-05-01", Some("25"));
        check(&book, "2026-06-14", Some("25"));
        check(&book, "2026-06-15", Some("24"));
        // X7: base prices are in pounds, so a customer in euros has only its own and its tariff's.
        book.customers[0].currency = Currency::parse("EUR").expect("a code");
        check(&book, "2026-02-28", None);
        check(&book, "2026-03-01", Some("28"));
    }

    #[test]
    fn finds_none_rather_than_zero() {
        check(&book(&[]), "2026-06-01", None);
        check(&book(&[(PriceFor::Everybody, "2026-06-02", "30")]), "2026-06-01", None);
        check(&book(&[(PriceFor::Everybody, "2026-06-01", "0")]), "2026-06-01", Some("0"));
    }
}
