//! Products, their dated prices, and the tariffs of customers in product categories (P2, P7).

use std::collections::{BTreeMap, BTreeSet};

use crate::book::notation;
use crate::domain::book::{CustomerId, ProductId, TariffId};
use crate::domain::charge::{CreditRule, PriceFor, Product, ProductPrice, ServiceCodeKind, SkipRule};

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
            Some("regex") => ServiceCodeKind::Regex,
            _ => ServiceCodeKind::Text,
        },
        aggregate: row.flag("aggregate"),
        skip: match row.get("skip") {
            Some("always") => SkipRule::Always,
            Some("if_zero") => SkipRule::IfZero,
            Some("if_no_cost") => SkipRule::IfNoCost,
            _ => SkipRule::Never,
        },
        credits: credit_rule(row),
        use_file_price: row.flag("use_file_price"),
        use_file_description: row.flag("use_file_description"),
    };
    input.rows("products").inspect(|row| check_expressions(*row)).map(product).collect()
}

/// `skip = credits` is the older way to write `credits = skip`.
fn credit_rule(row: Row) -> CreditRule {
    match (row.get("credits"), row.get("skip")) {
        (Some("as_charges"), Some("credits")) => {
            row.fail("credits", "is not what skip says", "a blank in one of them");
            CreditRule::Skip
        }
        (Some("skip"), _) | (_, Some("credits")) => CreditRule::Skip,
        (Some("as_charges"), _) => CreditRule::AsCharges,
        _ => CreditRule::Bill,
    }
}

fn check_expressions(row: Row) {
    if row.get("service_code_kind") != Some("regex") {
        return;
    }
    for code in notation::list(row.get("service_codes").unwrap_or("")) {
        if let Err(error) = regex::Regex::new(code) {
            // The last line says what is wrong; those before show where, in more columns than a message has.
            let why = error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let reason = format!("{code:?} is no regular expression: {why}");
            row.fail("service_codes", &reason, "one that is, without a semicolon, or the kind wildcard");
        }
    }
}

pub(super) fn product_prices(input: &Input, names: &Names) -> Vec<ProductPrice> {
    let mut prices: Vec<_> = input.rows("product_prices").filter_map(|row| product_price(names, row)).collect();
    prices.sort_by_key(|price| (price.product, price.audience, price.from));
    prices
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
