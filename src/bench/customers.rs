//! A number of customers, few of them large and most of them small → `customers.csv` and `charges.csv`, and how many
//! lines each has. No allowances.

use std::io;
use std::path::Path;

use super::Size;
use super::tariffs::{self, CLASSES, INBOUND};
use crate::demo::random::Random;
use crate::demo::sheet::Sheet;

/// How many lines each customer has; at least one.
pub(super) type Owners = Vec<u32>;

/// The account of a customer, from 0.
pub(super) fn account(customer: usize) -> String {
    format!("A{:07}", customer + 1)
}

/// Writes them.
pub(super) fn write(size: &Size, random: &mut Random, book: &Path) -> io::Result<Owners> {
    let owners = owners(size);
    let mut customers = Sheet::new(
        "account,name,organisation,group,address_1,town,postcode,country,vat_code,tariff_inbound,tariff_national,\
         tariff_mobile,tariff_non_geographic,tariff_service_numbers,tariff_international,\
         markup_extended_international,fallback_markup,invoice_format,itemisation",
    );
    let mut charges = Sheet::new("account,charge,product,type,interval,timing,align,quantity,from");
    let tariff_columns = CLASSES.map(|class| format!("tariff_{class}"));
    for (customer, lines) in owners.iter().enumerate() {
        let (account, name) = (account(customer), format!("Bench customer {}", customer + 1));
        let street = format!("{} Test Road", customer % 200 + 1);
        let plan = tariffs::code(random.below(tariffs::sold(size.tariffs)));
        let mut cells = vec![
            ("account", account.as_str()),
            ("name", name.as_str()),
            ("organisation", *random.pick(&["bench-north", "bench-south"])),
            ("group", *random.pick(&["first", "second", "third", "fourth"])),
            ("address_1", street.as_str()),
            ("town", "Leeds"),
            ("postcode", "ZZ9 9ZZ"),
            ("country", "United Kingdom"),
            ("vat_code", "S"),
            ("fallback_markup", "40"),
            ("invoice_format", *random.pick(&["short", "long", "full"])),
            ("itemisation", "csv"),
        ];
        // One of 20 has no tariff and gets the carrier's default ones (R1).
        if !random.per_mille(50) {
            cells.push(("tariff_inbound", INBOUND));
            cells.extend(tariff_columns.iter().map(|column| (column.as_str(), plan.as_str())));
        }
        if random.per_mille(500) {
            cells.push(("markup_extended_international", "25.5"));
        }
        customers.add(&cells);
        let rental = [("product", "line"), ("type", "recurring"), ("interval", "monthly"), ("timing", "advance")];
        let quantity = lines.to_string();
        let own = [("account", account.as_str()), ("charge", "lines"), ("quantity", &quantity), ("from", "2026-11-01")];
        charges.add(&[&own[..], &rental, &[("align", "calendar:1")]].concat());
    }
    customers.write(&book.join("customers.csv"))?;
    charges.write(&book.join("charges.csv"))?;
    Ok(owners)
}

/// One line for each, the rest by a customer's rank in size: the largest have by far the most.
fn owners(size: &Size) -> Owners {
    let rest = u128::from(size.clis - size.customers);
    let weights: Vec<u128> = (0..u128::from(size.customers)).map(|rank| 1_000_000_000 / (rank + 10)).collect();
    let sum: u128 = weights.iter().sum();
    let (mut before, mut given) = (0, 0);
    let mut owners = Owners::with_capacity(weights.len());
    for weight in weights {
        before += weight;
        let up_to = rest * before / sum;
        owners.push(1 + u32::try_from(up_to - given).expect("a part of 32 bits"));
        given = up_to;
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::UsageLayout;

    #[test]
    fn all_lines_are_owned_and_large_customers_own_more() {
        for (clis, customers) in [(200_000, 20_000), (7, 7), (10, 1), (1_000, 999)] {
            let size = Size { records: 0, clis, customers, tariffs: 4, layout: UsageLayout::Generic, seed: 1 };
            let owners = owners(&size);
            assert_eq!((owners.len(), owners.iter().sum::<u32>()), (customers as usize, clis));
            assert!(owners.is_sorted_by(|a, b| a + 1 >= *b) && owners.iter().all(|lines| *lines > 0));
        }
    }
}
