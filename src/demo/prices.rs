//! The files of the sample's book that do not depend on the seed: what calls and products cost, brands, suppliers, cost
//! centres. They are written as they stand in `book/`.

use std::io;
use std::path::Path;

use crate::files::write_atomically;

/// Which customer has which cost centres.
pub(super) const COST_CENTRES: &str = include_str!("book/cost_centres.csv");

const FILES: [(&str, &str); 20] = [
    ("allowances.csv", include_str!("book/allowances.csv")),
    ("call_types.csv", include_str!("book/call_types.csv")),
    ("charge_bands.csv", include_str!("book/charge_bands.csv")),
    ("cost_centres.csv", COST_CENTRES),
    ("customer_allowances.csv", include_str!("book/customer_allowances.csv")),
    ("customer_tariffs.csv", include_str!("book/customer_tariffs.csv")),
    ("exchange_rates.csv", include_str!("book/exchange_rates.csv")),
    ("groups.csv", include_str!("book/groups.csv")),
    ("holidays.csv", include_str!("book/holidays.csv")),
    ("ignored.csv", include_str!("book/ignored.csv")),
    ("organisations.csv", include_str!("book/organisations.csv")),
    ("prefixes.csv", include_str!("book/prefixes.csv")),
    ("product_prices.csv", include_str!("book/product_prices.csv")),
    ("products.csv", include_str!("book/products.csv")),
    ("rates.csv", include_str!("book/rates.csv")),
    ("supplier_tariffs.csv", include_str!("book/supplier_tariffs.csv")),
    ("suppliers.csv", include_str!("book/suppliers.csv")),
    ("tariffs.csv", include_str!("book/tariffs.csv")),
    ("time_bands.csv", include_str!("book/time_bands.csv")),
    ("vat_codes.csv", include_str!("book/vat_codes.csv")),
];

/// Writes them.
pub(super) fn write(book: &Path) -> io::Result<()> {
    FILES.iter().try_for_each(|(name, text)| write_atomically(&book.join(name), text.as_bytes()))
}

/// A cost of so many 10^-5 pounds, with three to five decimals.
pub(super) fn pounds(hundred_thousandths: u64) -> String {
    let text = format!("{}.{:05}", hundred_thousandths / 100_000, hundred_thousandths % 100_000);
    let spare = text.len() - text.trim_end_matches('0').len();
    text[..text.len() - spare.min(2)].to_owned()
}

/// What seconds cost at a price per minute, both in 10^-5 pounds; a begun part counts.
pub(super) fn cost_of(seconds: u32, per_minute: u32) -> u64 {
    (u64::from(seconds) * u64::from(per_minute)).div_ceil(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_written_with_three_to_five_decimals() {
        let check = |hundred_thousandths, expected: &str| assert_eq!(pounds(hundred_thousandths), expected);
        check(0, "0.000");
        check(123_456, "1.23456");
        check(100_000, "1.000");
        check(1_230, "0.0123");
        // 90 s at 0.29p a minute: 0.435p.
        assert_eq!(pounds(cost_of(90, 290)), "0.00435");
        assert_eq!(cost_of(1, 290), 5);
    }
}
