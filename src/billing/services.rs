//! Service lines of a customer → lines of its bill (P7): which are left out, at what price, which become one. Every
//! line handed in is consumed, also those left out.

use std::collections::BTreeMap;

use super::BillingError;
use super::context::Context;
use super::prices::product_price;
use crate::domain::bill::{BillLine, LineKind};
use crate::domain::charge::{CreditRule, MatchedService, Product, ServiceLine, SkipRule};
use crate::domain::money::{Money, Overflow, Price, Quantity, Rounding, Sum};
use crate::domain::time::Date;

/// Lines of service files on a bill.
#[derive(Debug, Default)]
pub(super) struct BilledServices {
    /// By description, then line (CLI), then date.
    pub lines: Vec<BillLine>,
    /// All that was handed in, as (import, row), ascending.
    pub consumed: Vec<(i64, u32)>,
}

/// Bills service lines.
///
/// A line is a credit if the supplier's cost or the quantity is negative; it is sold at the price with the other sign.
/// What the product's rules leave out (P7): `Always` every line, `IfZero` every line whose selling amount is nothing
/// before rounding (a line that costs us nothing, but sells, is billed), `IfNoCost` every line that the supplier charges
/// nothing for, `Never` none; and of credits all with `CreditRule::Skip`. With `AsCharges` credits are charged.
///
/// # Panics
/// If a line belongs to another customer.
pub(super) fn bill_services(
    context: &Context<'_>,
    services: &[MatchedService],
) -> Result<BilledServices, BillingError> {
    let mut groups: BTreeMap<GroupKey<'_>, Group> = BTreeMap::new();
    for service in services {
        assert!(service.customer == context.id, "a service of {:?} billed to {:?}", service.customer, context.id);
        let product = context.product(service.product);
        if is_left_out(product, &service.line) {
            continue;
        }
        let turned = as_charge(product, service)?;
        let charged = turned.as_ref().unwrap_or(service);
        let sold = sell(context, charged)?;
        if product.skip == SkipRule::IfZero && sold.amount == Sum::default() {
            continue;
        }
        groups.entry(group_key(context, service, product, sold.unit)).or_default().add(charged, sold)?;
    }
    let lines = groups.into_iter().map(|(key, group)| group.line(context, key));
    let mut consumed: Vec<_> = services.iter().map(|service| (service.import, service.line.row)).collect();
    consumed.sort_unstable();
    Ok(BilledServices { lines: lines.collect::<Result<_, Overflow>>()?, consumed })
}

fn is_left_out(product: &Product, line: &ServiceLine) -> bool {
    let by_rule = match product.skip {
        SkipRule::Always => true,
        SkipRule::IfNoCost => line.cost.is_zero(),
        SkipRule::IfZero | SkipRule::Never => false,
    };
    by_rule || (product.credits == CreditRule::Skip && is_credit(line))
}

/// A credit that is charged as if it were none.
fn as_charge(product: &Product, service: &MatchedService) -> Result<Option<MatchedService>, Overflow> {
    if product.credits != CreditRule::AsCharges || !is_credit(&service.line) {
        return Ok(None);
    }
    let mut turned = service.clone();
    if turned.line.cost.is_negative() {
        turned.line.cost = turned.line.cost.negated()?;
    }
    if turned.line.quantity.is_negative() {
        turned.line.quantity = turned.line.quantity.negated()?;
    }
    Ok(Some(turned))
}

fn is_credit(line: &ServiceLine) -> bool {
    line.cost.is_negative() || line.quantity.is_negative()
}

/// The selling price of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    /// Exact.
    Each(Price),
    /// The file's price for all, where that of one has no end: 10 for 3.
    Together(Price, Quantity),
}

/// What a service line sells for.
#[derive(Clone, Copy, Debug)]
struct Sold {
    unit: Unit,
    /// Never negative: the sign is in the price.
    quantity: Quantity,
    /// Exact.
    amount: Sum<12>,
}

/// The file's price if the product says so, else the product's (P2) on the line's date.
fn sell(context: &Context<'_>, service: &MatchedService) -> Result<Sold, BillingError> {
    let MatchedService { line, product: id, import, .. } = service;
    let quantity = if line.quantity.is_negative() { line.quantity.negated()? } else { line.quantity };
    if context.product(*id).use_file_price {
        return sell_at_file_price(context, line, quantity);
    }
    let what = || format!("service line {} of import {import} ({})", line.line, line.description);
    let price = product_price(context.book, context.id, *id, line.date)
        .ok_or_else(|| context.no_price(&what(), Some(*id), line.date))?;
    let price = if is_credit(line) { price.negated()? } else { price };
    let amount = Sum::from_wide(i128::from(price.scaled()) * i128::from(quantity.scaled()));
    Ok(Sold { unit: Unit::Each(price), quantity, amount })
}

/// The file states one price for all of them together, in the workspace's currency.
fn sell_at_file_price(context: &Context<'_>, line: &ServiceLine, quantity: Quantity) -> Result<Sold, BillingError> {
    let (own, workspace) = (context.customer.currency, context.book.settings.currency);
    if own != workspace {
        return Err(BillingError::new(format!(
            "service line {} ({}) would be sold at the file's price in {workspace}, but the customer pays in {own}: \
             give the product a price for the customer and turn use_file_price off",
            line.line, line.description
        )));
    }
    // A credit by its quantity alone is a credit all the same.
    let cost = if line.quantity.is_negative() && !line.cost.is_negative() { line.cost.negated()? } else { line.cost };
    let amount = i128::from(cost.scaled()) * i128::from(Quantity::ONE.scaled());
    let unit = match i128::from(quantity.scaled()) {
        each if each != 0 && amount % each == 0 => Unit::Each(Price::from_wide(amount / each)?),
        _ => Unit::Together(cost, quantity),
    };
    Ok(Sold { unit, quantity, amount: Sum::from_wide(amount) })
}

/// What the lines of one line of the bill share, in the order of the bill.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey<'a> {
    description: &'a str,
    cli: &'a str,
    cost_centre: &'a str,
    category: &'a str,
    /// Two products may share a name.
    product: &'a str,
    vat_code: Option<&'a String>,
    unit: Unit,
    /// Keeps lines of a product that does not aggregate apart.
    own: Option<(Date, i64, u32)>,
}

fn group_key<'a>(context: &Context<'a>, service: &'a MatchedService, product: &'a Product, unit: Unit) -> GroupKey<'a> {
    let line = &service.line;
    let (cli, cost_centre) = context.cli_names(Some(service.cli));
    let by_file = product.use_file_description && !line.description.is_empty();
    GroupKey {
        description: if by_file { &line.description } else { &product.name },
        cli,
        cost_centre,
        category: &product.category,
        product: &product.code,
        vat_code: product.vat_code.as_ref(),
        unit,
        own: (!product.aggregate).then_some((line.date, service.import, line.row)),
    }
}

/// Lines that become one.
#[derive(Debug, Default)]
struct Group {
    quantity: Quantity,
    amount: Sum<12>,
    cost: Sum<8>,
    dates: Vec<Date>,
    rows: Vec<(i64, u32)>,
}

impl Group {
    fn add(&mut self, service: &MatchedService, sold: Sold) -> Result<(), Overflow> {
        self.quantity = self.quantity.plus(sold.quantity)?;
        self.amount = Sum::from_wide(self.amount.wide().checked_add(sold.amount.wide()).ok_or(Overflow)?);
        self.cost.add(service.line.cost);
        self.dates.push(service.line.date);
        self.rows.push((service.import, service.line.row));
        Ok(())
    }

    /// Rounded once, after equal lines became one (X3 b). The date is printed where all share one.
    fn line(mut self, context: &Context<'_>, key: GroupKey<'_>) -> Result<BillLine, Overflow> {
        let amount: Money = self.amount.to_money(context.customer.currency.digits, Rounding::HalfUp)?;
        self.rows.sort_unstable();
        let source: Vec<_> = self.rows.iter().map(|(import, row)| format!("{import}:{row}")).collect();
        let first_date = self.dates.first().copied();
        Ok(BillLine {
            category: key.category.to_owned(),
            cost_centre: key.cost_centre.to_owned(),
            description: key.description.to_owned(),
            cli: key.cli.to_owned(),
            from: first_date.filter(|first| self.dates.iter().all(|date| date == first)),
            quantity: self.quantity,
            price: match key.unit {
                Unit::Each(price) => Some(price),
                Unit::Together(..) => None,
            },
            cost: Price::from_wide(self.cost.wide())?,
            product: key.product.to_owned(),
            source: source.join(" "),
            ..context.line(LineKind::Service, amount, context.vat_code([key.vat_code]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::scenarios::june;
    use crate::domain::book::{Book, CliId, ProductId};
    use crate::domain::charge::ServiceEvent;
    use crate::domain::money::Currency;
    use crate::domain::sample::{self, CUSTOMER, date, price, quantity};

    /// A line of import 7 for the only product; numbered by the caller.
    fn line(row: u32, how_many: &str, cost: &str, on: &str) -> MatchedService {
        let line = ServiceLine {
            row,
            line: u64::from(row) + 1,
            cli: "+442079460000".into(),
            code: "WLR1".into(),
            description: "Supplier's words".into(),
            event: ServiceEvent::Rental,
            date: date(on),
            quantity: quantity(how_many),
            cost: price(cost),
        };
        MatchedService { line, import: 7, cli: CliId(0), customer: CUSTOMER, product: ProductId(0) }
    }

    fn book(change: impl FnOnce(&mut Product)) -> Book {
        let mut book = sample::book();
        book.products = vec![Product { price: Some(price("12")), ..sample::product("LINE", "Line rental") }];
        change(&mut book.products[0]);
        book
    }

    fn bill(book: &Book, services: &[MatchedService]) -> Result<BilledServices, BillingError> {
        let terms = june();
        bill_services(&Context::new(book, &terms, CUSTOMER), services)
    }

    /// `expected`: for each line quantity × price = amount, and source.
    fn check(book: &Book, services: &[MatchedService], expected: &[&str]) {
        let billed = bill(book, services).expect("can be billed");
        let words = |line: &BillLine| {
            let price = line.price.map_or("?".to_owned(), |price| price.to_string());
            format!("{} × {price} = {} from {}", line.quantity, line.amount, line.source)
        };
        assert_eq!(billed.lines.iter().map(words).collect::<Vec<_>>(), expected);
        assert_eq!(billed.consumed.len(), services.len(), "all are consumed");
        let mut backwards = services.to_vec();
        backwards.reverse();
        let again = bill(book, &backwards).expect("can be billed");
        assert_eq!((again.lines, again.consumed), (billed.lines, billed.consumed), "whatever the order");
    }

    fn three() -> [MatchedService; 4] {
        [
            line(0, "1", "9", "2026-05-01"),
            line(1, "2", "18", "2026-05-01"),
            line(2, "1", "-9", "2026-05-01"),
            line(3, "1", "0", "2026-05-02"),
        ]
    }

    #[test]
    fn prices_by_product() {
        // P7, P2: 12 × 1, 12 × 2; the supplier's credit is a credit of ours; what costs us nothing sells all the same.
        // Cheapest first: lines of one description and CLI are in the order of their price.
        let expected = ["1 × -12 = -12.00 from 7:2", "1 × 12 = 12.00 from 7:0", "2 × 12 = 24.00 from 7:1"];
        check(&book(|_| {}), &three(), &[expected[0], expected[1], expected[2], "1 × 12 = 12.00 from 7:3"]);
        // A credit by its quantity.
        check(&book(|_| {}), &[line(0, "-2", "18", "2026-05-01")], &["2 × -12 = -24.00 from 7:0"]);
    }

    #[test]
    fn prices_by_file() {
        let by_file = book(|product| product.use_file_price = true);
        let expected = ["1 × -9 = -9.00 from 7:2", "1 × 0 = 0.00 from 7:3", "1 × 9 = 9.00 from 7:0"];
        check(&by_file, &three(), &[expected[0], expected[1], expected[2], "2 × 9 = 18.00 from 7:1"]);
        // 10 for 3 has no exact price each; 0.005 is rounded half up.
        check(&by_file, &[line(0, "3", "10", "2026-05-01")], &["3 × ? = 10.00 from 7:0"]);
        check(&by_file, &[line(0, "1", "0.005", "2026-05-01")], &["1 × 0.005 = 0.01 from 7:0"]);
        check(&by_file, &[line(0, "-1", "9", "2026-05-01")], &["1 × -9 = -9.00 from 7:0"]);
        check(&by_file, &[line(0, "0", "9", "2026-05-01")], &["0 × ? = 9.00 from 7:0"]);
    }

    #[test]
    fn leaves_out_what_the_product_says() {
        check(&book(|product| product.skip = SkipRule::Always), &three(), &[]);
        let credits = book(|product| {
            product.credits = CreditRule::Skip;
            product.aggregate = true;
        });
        // 1 + 2 + 1 = 4.
        check(&credits, &three(), &["4 × 12 = 48.00 from 7:0 7:1 7:3"]);
        let no_cost = book(|product| product.skip = SkipRule::IfNoCost);
        let expected = ["1 × -12 = -12.00 from 7:2", "1 × 12 = 12.00 from 7:0", "2 × 12 = 24.00 from 7:1"];
        check(&no_cost, &three(), &expected);
        let zero_by_file = book(|product| {
            product.skip = SkipRule::IfZero;
            product.use_file_price = true;
            product.aggregate = true;
        });
        check(&zero_by_file, &three(), &["1 × -9 = -9.00 from 7:2", "3 × 9 = 27.00 from 7:0 7:1"]);
        let zero_by_product = book(|product| {
            product.skip = SkipRule::IfZero;
            product.price = Some(Price::ZERO);
        });
        check(&zero_by_product, &three(), &[]);
        // `Always` needs no price.
        let unpriced = book(|product| {
            product.skip = SkipRule::Always;
            product.price = None;
        });
        check(&unpriced, &three(), &[]);
    }

    #[test]
    fn charges_credits_where_the_product_says() {
        let as_charges = book(|product| product.credits = CreditRule::AsCharges);
        check(&as_charges, &[line(0, "1", "-9", "2026-05-01")], &["1 × 12 = 12.00 from 7:0"]);
        check(&as_charges, &[line(0, "-2", "18", "2026-05-01")], &["2 × 12 = 24.00 from 7:0"]);
        let by_file = book(|product| {
            product.credits = CreditRule::AsCharges;
            product.use_file_price = true;
        });
        check(&by_file, &[line(0, "-1", "-9", "2026-05-01")], &["1 × 9 = 9.00 from 7:0"]);
    }

    #[test]
    fn rounds_aggregated_lines_once() {
        let aggregated = book(|product| {
            product.use_file_price = true;
            product.aggregate = true;
        });
        let services = [line(0, "1", "0.004", "2026-05-01"), line(1, "1", "0.004", "2026-05-01")];
        // X3 b: 0.008 → 0.01, where each alone would be 0.00.
        check(&aggregated, &services, &["2 × 0.004 = 0.01 from 7:0 7:1"]);
    }

    #[test]
    fn takes_words_and_dates_from_the_file() {
        let by_file = book(|product| {
            product.use_file_description = true;
            product.aggregate = true;
        });
        let services = [line(0, "1", "9", "2026-05-01"), line(1, "1", "9", "2026-05-09")];
        let billed = bill(&by_file, &services).expect("can be billed");
        assert_eq!((billed.lines[0].description.as_str(), billed.lines[0].from), ("Supplier's words", None));
        let billed = bill(&book(|_| {}), &services[..1]).expect("can be billed");
        let first = &billed.lines[0];
        assert_eq!((first.description.as_str(), first.from), ("Product LINE", Some(date("2026-05-01"))));
        assert_eq!((first.category.as_str(), first.cli.as_str()), ("Line rental", "+442079460000"));
    }

    #[test]
    fn refuses_to_guess_a_price() {
        let refused = bill(&book(|product| product.price = None), &three()[..1]).expect_err("no price");
        let expected = "service line 1 of import 7 (Supplier's words): product LINE has no price in GBP on 2026-05-01: \
                        give it a base price, dated that day or before";
        assert_eq!(refused.to_string(), expected);
        let mut foreign = book(|product| product.use_file_price = true);
        foreign.customers[0].currency = Currency::parse("EUR").expect("a code");
        assert!(bill(&foreign, &three()).is_err());
    }
}
