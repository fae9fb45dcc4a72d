//! Products, their dated prices, and the tariffs of customers in product categories (P2, P7).

use std::collections::{BTreeMap, BTreeSet};

use crate::book::notation;
use crate::domain::book::{CustomerId, ProductId, TariffId};
use crate::domain::charge::{PriceFor, Product, ProductPrice, ServiceCodeKind, SkipRule};

use super::customers::check_currency;
use super::rows::{Input, Names, Row};

pub(super) fn products(input: &Input) -> Vec<Product> {
    let product = |row: Row| Product {
        code: row.text("product"),
        name: row.text("name"),
        category: row.text("category"),
        price: row.decimal("price"),
        cost: row.decimal("cost"),
        vat_code: row.get("vat_code").map(str::to_owned),
        service_codes: notation::list(row.get("service_codes").unwrap_or("")).map(str::to_owned).collect(),
        service_code_kind: match row.get("service_code_kind") {
            Some("wildcard") => ServiceCodeKind::Wildcard,
            _ => ServiceCodeKind::Text,
        },
        aggregate: row.flag("aggregate"),
        skip: match row.get("skip") {
            Some("always") => SkipRule::Always,
            Some("if_zero") => SkipRule::IfZero,
            Some("credits") => SkipRule::Credits,
            _ => SkipRule::Never,
        },
        use_file_price: row.flag("use_file_price"),
        use_file_description: row.flag("use_file_description"),
    };
    input.rows("products").map(product).collect()
}

pub(super) fn product_prices(input: &Input, names: &Names) -> Vec<ProductPrice> {
    input.rows("product_prices").filter_map(|row| product_price(names, row)).collect()
}

fn product_price(names: &Names, row: Row) -> Option<ProductPrice> {
    if row.get("account").is_some() && row.get("tariff").is_some() {
        row.fail("tariff", "stands beside an account", "an account, a tariff, or neither for everybody (P2)");
    }
    let customer = row.id("account", &names.customers).map(|id| PriceFor::Customer(CustomerId(id)));
    let tariff = row.id("tariff", &names.tariffs).map(|id| PriceFor::Tariff(TariffId(id)));
    Some(ProductPrice {
        product: ProductId(row.id("product", &names.products)?),
        audience: customer.or(tariff).unwrap_or(PriceFor::Everybody),
        from: row.date("from")?,
        price: row.decimal("price")?,
    })
}

pub(super) fn customer_tariffs(input: &Input, names: &Names) -> BTreeMap<(CustomerId, String), TariffId> {
    let categories: BTreeSet<&str> = input.rows("products").filter_map(|row| row.get("category")).collect();
    let customer_tariff = |row: Row| {
        let category = row.text("category");
        if !categories.contains(category.as_str()) {
            row.fail_unknown(
                "category",
                &category,
                "no product in products.csv has this category",
                categories.iter().copied(),
            );
        }
        let customer = row.id("account", &names.customers)?;
        check_currency(names, row, "tariff", names.customer_currencies[customer as usize]);
        Some(((CustomerId(customer), category), TariffId(row.id("tariff", &names.tariffs)?)))
    };
    input.rows("customer_tariffs").filter_map(customer_tariff).collect()
}
