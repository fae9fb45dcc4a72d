//! A supplier's service lines, and what the book charges for them → line by line what agrees and what does not (P8).
//! Nothing is billed by it. Lines are put beside charges by identifier and product.

use std::collections::{BTreeMap, BTreeSet};

use super::charges::cost_each;
use super::prices::charge_price;
use crate::domain::book::{Book, CustomerId, ProductId};
use crate::domain::charge::{Charge, ChargeType, Interval, MatchedService, ServiceEvent};
use crate::domain::money::{Overflow, Price, Quantity, Rounding, Sum, divide};
use crate::domain::time::Date;

/// What is compared, and how.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// Whose charges.
    pub book: &'a Book,
    /// How many months a rental line of the supplier is for.
    pub months: u32,
    /// Also charges for products that no line is of.
    pub all_products: bool,
}

/// In what the two sides differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// The supplier bills it, nobody is charged for it.
    Missing,
    /// Somebody is charged for it, the supplier does not bill it.
    Extra,
    /// Not as many.
    Quantity,
    /// The supplier's price is not the cost in the book.
    Cost,
    /// It sells for less than the supplier charges.
    NegativeMargin,
}

/// What somebody is charged, for the months that are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ours {
    /// The ids of the charges.
    pub charges: Vec<String>,
    /// How many.
    pub quantity: Quantity,
    /// What they sell for; none if it cannot be compared: no price, another currency, an interval of days.
    pub sell: Option<Price>,
    /// What the book says that they cost; none if it says nothing, or cannot be compared.
    pub cost: Option<Price>,
}

/// What the supplier bills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theirs {
    /// The lines: (import, line of the file).
    pub lines: Vec<(i64, u64)>,
    /// How many.
    pub quantity: Quantity,
    /// What it charges.
    pub cost: Price,
}

/// One identifier and product on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Whose.
    pub customer: CustomerId,
    /// The identifier.
    pub cli: String,
    /// What is sold.
    pub product: ProductId,
    /// Connections and ceases, rather than rentals.
    pub is_once: bool,
    /// Our side.
    pub ours: Option<Ours>,
    /// The supplier's side.
    pub theirs: Option<Theirs>,
    /// None if both sides agree.
    pub differences: Vec<Difference>,
}

/// By account, identifier, product; rentals before what is charged once.
type Key<'a> = (CustomerId, &'a str, ProductId, bool);

/// Puts lines beside charges. Charges are those in force on the day of the line, or, where there is no line, on the last
/// day of the supplier's lines; one-off charges those of the line's month.
///
/// # Errors
/// [`Overflow`] if a sum leaves its range (X1).
pub fn compare(comparison: Comparison<'_>, services: &[MatchedService]) -> Result<Vec<Compared>, Overflow> {
    let book = comparison.book;
    let mut theirs: BTreeMap<Key<'_>, (Theirs, BTreeSet<Date>)> = BTreeMap::new();
    for service in services {
        let line = &service.line;
        let is_once = matches!(line.event, ServiceEvent::Connection | ServiceEvent::Cease);
        let key = (service.customer, book.cli(service.cli).cli.as_str(), service.product, is_once);
        let (sums, dates) = theirs.entry(key).or_default();
        sums.lines.push((service.import, line.line));
        sums.quantity = sums.quantity.plus(line.quantity)?;
        sums.cost = sums.cost.plus(line.cost)?;
        dates.insert(line.date);
    }
    let last_day = services.iter().map(|service| service.line.date).max();
    let products: BTreeSet<ProductId> = services.iter().map(|service| service.product).collect();
    let is_compared = |charge: &&Charge| {
        let known = |id: ProductId| !book.products[id.index()].service_codes.is_empty();
        charge.product.is_some_and(|id| products.contains(&id) || (comparison.all_products && known(id)))
    };
    let mut ours: BTreeMap<Key<'_>, Vec<(&Charge, Date)>> = BTreeMap::new();
    for charge in book.charges.iter().filter(is_compared) {
        let (Some(cli), Some(product)) = (charge.cli, charge.product) else { continue };
        let is_once = charge.charge_type == ChargeType::OneOff;
        let key = (charge.customer, book.cli(cli).cli.as_str(), product, is_once);
        let days = match theirs.get(&key) {
            Some((_, dates)) => dates.clone(),
            None if is_once => BTreeSet::new(),
            None => last_day.into_iter().collect(),
        };
        if let Some(day) = days.into_iter().find(|day| is_in_force(charge, *day)) {
            ours.entry(key).or_default().push((charge, day));
        }
    }
    let keys: BTreeSet<Key<'_>> = theirs.keys().chain(ours.keys()).copied().collect();
    let compared = keys.into_iter().map(|key| {
        let (customer, cli, product, is_once) = key;
        let ours = ours.get(&key).map(|charges| comparison.sum_up(charges)).transpose()?;
        let theirs = theirs.remove(&key).map(|(sums, _)| sums);
        let differences = differences(ours.as_ref(), theirs.as_ref());
        Ok(Compared { customer, cli: cli.to_owned(), product, is_once, ours, theirs, differences })
    });
    compared.collect()
}

fn is_in_force(charge: &Charge, day: Date) -> bool {
    match charge.charge_type {
        ChargeType::OneOff => charge.from.first_of_month() == day.first_of_month(),
        ChargeType::Recurring { .. } => charge.from <= day && charge.to.is_none_or(|to| day <= to),
    }
}

impl Comparison<'_> {
    fn sum_up(&self, charges: &[(&Charge, Date)]) -> Result<Ours, Overflow> {
        let (mut sell, mut cost) = (Some(Sum::<8>::default()), Some(Sum::<8>::default()));
        let mut ours = Ours::default();
        for (charge, day) in charges {
            ours.charges.push(charge.id.clone());
            ours.quantity = ours.quantity.plus(charge.quantity)?;
            let is_foreign = self.book.customer(charge.customer).currency != self.book.settings.currency;
            let price = charge_price(self.book, charge, *day).filter(|_| !is_foreign);
            for (sum, each) in [(&mut sell, price), (&mut cost, cost_each(self.book, charge))] {
                let amount = each.map(|each| self.for_months(charge, each)).transpose()?.flatten();
                *sum = sum.zip(amount).map(|(mut sum, amount)| {
                    sum.add(amount);
                    sum
                });
            }
        }
        let price = |sum: Option<Sum<8>>| sum.map(|sum| Price::from_wide(sum.wide())).transpose();
        (ours.sell, ours.cost) = (price(sell)?, price(cost)?);
        Ok(ours)
    }

    /// What a charge comes to in the months that are compared, at a price each; none for an interval of days.
    fn for_months(&self, charge: &Charge, each: Price) -> Result<Option<Price>, Overflow> {
        let (months, of) = match charge.charge_type {
            ChargeType::OneOff => (1, 1),
            ChargeType::Recurring { interval: Interval::Months(of), .. } => (self.months, of),
            ChargeType::Recurring { interval: Interval::Days(_), .. } => return Ok(None),
        };
        let exact = i128::from(each.scaled()) * i128::from(charge.quantity.scaled());
        let numerator = exact.checked_mul(i128::from(months)).ok_or(Overflow)?;
        let denominator = i128::from(of) * i128::from(Quantity::ONE.scaled());
        Price::from_wide(divide(numerator, denominator, Rounding::HalfUp)).map(Some)
    }
}

fn differences(ours: Option<&Ours>, theirs: Option<&Theirs>) -> Vec<Difference> {
    let (ours, theirs) = match (ours, theirs) {
        (None, Some(_)) => return vec![Difference::Missing],
        (Some(_), None) => return vec![Difference::Extra],
        (None, None) => return Vec::new(),
        (Some(ours), Some(theirs)) => (ours, theirs),
    };
    let found = [
        (Difference::Quantity, ours.quantity != theirs.quantity),
        (Difference::Cost, ours.cost.is_some_and(|cost| cost != theirs.cost)),
        (Difference::NegativeMargin, ours.sell.is_some_and(|sell| sell < theirs.cost)),
    ];
    found.into_iter().filter(|(_, is_so)| *is_so).map(|(difference, _)| difference).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::scenarios::service;
    use crate::domain::book::CliId;
    use crate::domain::sample::{self, date, monthly, one_off, price, quantity};
    use Difference::{Cost, Extra, Missing, NegativeMargin, Quantity as Many};

    /// A rental at `sell`, costing `cost`, of the first product on the first line.
    fn rental(id: &str, sell: &str, cost: &str) -> Charge {
        Charge {
            product: Some(ProductId(0)),
            cli: Some(CliId(0)),
            cost: Some(price(cost)),
            ..monthly(id, sell, "2026-01-01")
        }
    }

    fn book(charges: Vec<Charge>) -> Book {
        let mut book = sample::book();
        book.products = vec![sample::product("LINE", "Lines"), sample::product("SIP", "Lines")];
        book.products.iter_mut().for_each(|product| product.service_codes = vec!["x".into()]);
        book.charges = charges;
        book
    }

    /// `expected`: what is found of each identifier and product.
    fn check(book: &Book, months: u32, services: &[MatchedService], expected: &[&[Difference]]) -> Vec<Compared> {
        let compared = compare(Comparison { book, months, all_products: false }, services).expect("in range");
        let found: Vec<_> = compared.iter().map(|one| one.differences.clone()).collect();
        assert_eq!(found, expected);
        compared
    }

    #[test]
    fn tells_what_differs() {
        let line = |cost| [service(0, cost)];
        check(&book(vec![rental("1", "20", "12")]), 1, &line("12"), &[&[]]);
        check(&book(vec![]), 1, &line("12"), &[&[Missing]]);
        check(&book(vec![rental("1", "20", "11.99")]), 1, &line("12"), &[&[Cost]]);
        check(&book(vec![rental("1", "11.99", "12")]), 1, &line("12"), &[&[NegativeMargin]]);
        check(&book(vec![rental("1", "9", "11")]), 1, &line("12"), &[&[Cost, NegativeMargin]]);
        let two = Charge { quantity: quantity("2"), ..rental("1", "20", "6") };
        check(&book(vec![two]), 1, &line("12"), &[&[Many]]);
        // Two charges of one each are as good as one of two.
        let both = [service(0, "6"), service(1, "6")];
        let found = check(&book(vec![rental("1", "10", "6"), rental("2", "10", "6")]), 1, &both, &[&[]]);
        assert_eq!(found[0].ours.as_ref().expect("charged").charges, ["1", "2"]);
        assert_eq!(found[0].theirs.as_ref().expect("billed").lines.len(), 2);
    }

    #[test]
    fn compares_the_same_months() {
        let quarterly = Charge {
            charge_type: ChargeType::Recurring {
                interval: Interval::Months(3),
                in_advance: true,
                alignment: crate::domain::charge::Alignment::Anniversary,
            },
            ..rental("1", "60", "36")
        };
        check(&book(vec![quarterly.clone()]), 1, &[service(0, "12")], &[&[]]);
        check(&book(vec![quarterly.clone()]), 3, &[service(0, "36")], &[&[]]);
        let daily = Charge {
            charge_type: ChargeType::Recurring {
                interval: Interval::Days(1),
                in_advance: true,
                alignment: crate::domain::charge::Alignment::Anniversary,
            },
            ..quarterly
        };
        let found = check(&book(vec![daily]), 1, &[service(0, "12")], &[&[]]);
        assert_eq!(found[0].ours.as_ref().expect("charged").cost, None, "days cannot be compared with months");
    }

    #[test]
    fn takes_charges_in_force() {
        let ended = |to: &str| Charge { to: Some(date(to)), ..rental("1", "20", "12") };
        let mut june = service(0, "12");
        june.line.date = date("2026-06-01");
        check(&book(vec![ended("2026-06-01")]), 1, std::slice::from_ref(&june), &[&[]]);
        check(&book(vec![ended("2026-05-31")]), 1, std::slice::from_ref(&june), &[&[Missing]]);
        // Another identifier: charged, not billed.
        let mut two_lines =
            book(vec![rental("1", "20", "12"), Charge { cli: Some(CliId(1)), ..rental("2", "20", "12") }]);
        two_lines.clis.push(sample::cli("+442079460009"));
        check(&two_lines, 1, std::slice::from_ref(&june), &[&[], &[Extra]]);
        // A product that no line is of is not asked for, unless all are.
        two_lines.charges[1].product = Some(ProductId(1));
        check(&two_lines, 1, std::slice::from_ref(&june), &[&[]]);
        let all = Comparison { book: &two_lines, months: 1, all_products: true };
        assert_eq!(compare(all, std::slice::from_ref(&june)).expect("in range").len(), 2);
    }

    #[test]
    fn connections_go_with_one_off_charges_of_their_month() {
        let mut connection = service(0, "50");
        connection.line.event = ServiceEvent::Connection;
        connection.line.date = date("2026-06-20");
        let setup = |on: &str| Charge {
            product: Some(ProductId(0)),
            cli: Some(CliId(0)),
            cost: Some(price("50")),
            ..one_off("S", "75", on)
        };
        check(&book(vec![setup("2026-06-01")]), 1, std::slice::from_ref(&connection), &[&[]]);
        check(&book(vec![setup("2026-05-31")]), 1, std::slice::from_ref(&connection), &[&[Missing]]);
    }
}
