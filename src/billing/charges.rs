//! Charges of a customer, and what was billed for them before → lines and billed periods: what falls due in this run
//! (P1–P4, P6). What is given back (P5) is computed in [`super::credits`].

use std::collections::BTreeMap;

use super::BillingError;
use super::context::Context;
use super::days::Days;
use super::history::History;
use super::prices::charge_price;
use super::proration::Share;
use super::schedule::Schedule;
use crate::domain::bill::{BillLine, LineKind};
use crate::domain::book::Book;
use crate::domain::charge::{BilledPeriod, Charge, ChargeType};
use crate::domain::money::{Money, Price, Quantity};
use crate::domain::time::Date;

/// What charges a charge that names no category, and whose product names none, is listed under.
pub(super) const NO_CATEGORY: &str = "Other charges";

/// Lines of charges, one-off and recurring, and credits; and the billed period of each, in the same order.
#[derive(Debug, Default)]
pub(super) struct BilledCharges {
    pub lines: Vec<BillLine>,
    pub periods: Vec<BilledPeriod>,
}

/// Bills all charges of the customer, in the order of their ids, each in the order of its days, credits first.
pub(super) fn bill_charges(context: &Context<'_>, billed: &[BilledPeriod]) -> Result<BilledCharges, BillingError> {
    let mut rows_of: BTreeMap<&str, Vec<&BilledPeriod>> = BTreeMap::new();
    for row in billed {
        rows_of.entry(&row.charge).or_default().push(row);
    }
    let mut bill = BilledCharges::default();
    for charge in charges_of(context).iter().filter(|charge| !context.is_excluded(category_of(context, charge))) {
        let history = History::new(rows_of.remove(charge.id.as_str()).unwrap_or_default());
        match charge.charge_type {
            ChargeType::OneOff => bill.add_one_off(context, charge, &history)?,
            ChargeType::Recurring { interval, in_advance, alignment } => {
                let basis = context.book.settings.proration_basis;
                let schedule = Schedule::new(charge.from, interval, alignment, basis);
                let last = last_day(context, charge);
                for standing in history.standing_outside(charge.from, last)? {
                    bill.add_credits(context, charge, &schedule, standing)?;
                }
                for period in due_periods(context, &schedule, in_advance, last) {
                    for days in history.gaps_in(period) {
                        bill.add_period(context, charge, days, &schedule.share(days))?;
                    }
                }
            }
        }
    }
    Ok(bill)
}

/// The book lists charges by account and id, which is also the order of customers' ids.
fn charges_of<'a>(context: &Context<'a>) -> &'a [Charge] {
    let charges = context.book.charges.as_slice();
    let first = charges.partition_point(|charge| charge.customer < context.id);
    let after = charges.partition_point(|charge| charge.customer <= context.id);
    &charges[first..after]
}

/// What a charge is listed under: its own category, else its product's.
fn category_of<'a>(context: &Context<'a>, charge: &'a Charge) -> &'a str {
    let of_product = charge.product.map(|product| context.product(product).category.as_str());
    let names = [Some(charge.category.as_str()), of_product].into_iter().flatten();
    names.into_iter().find(|name| !name.is_empty()).unwrap_or(NO_CATEGORY)
}

/// The last day that a recurring charge is in force: its end, but not before its minimum term (P5); and never after the
/// customer's last day of service (B10), which ends a minimum term as well.
fn last_day(context: &Context<'_>, charge: &Charge) -> Option<Date> {
    let own = charge.to.map(|to| charge.minimum_term.map_or(to, |term| to.max(term)));
    [own, context.last_day_of_service()].into_iter().flatten().min()
}

/// The periods, cut at the charge's last day, that fall due: in advance all that begin before the charge cutoff, in
/// arrears all that have ended before the usage cutoff.
fn due_periods(
    context: &Context<'_>,
    schedule: &Schedule,
    in_advance: bool,
    last: Option<Date>,
) -> impl Iterator<Item = Days> {
    let (usage_cutoff, charge_cutoff) = (context.terms.usage_cutoff, context.terms.charge_cutoff);
    let is_due = move |days: &Days| if in_advance { days.from < charge_cutoff } else { days.to < usage_cutoff };
    schedule.periods().map_while(move |period| period.until(last)).take_while(is_due)
}

impl BilledCharges {
    /// A one-off charge is billed once, whatever happens to it afterwards (P6).
    fn add_one_off(
        &mut self,
        context: &Context<'_>,
        charge: &Charge,
        history: &History<'_>,
    ) -> Result<(), BillingError> {
        if charge.from >= context.terms.charge_cutoff || history.was_charged() {
            return Ok(());
        }
        self.add_period(context, charge, Days { from: charge.from, to: charge.from }, &Share::WHOLE)
    }

    /// A period, or part of one, at the price on its first day (P2).
    fn add_period(
        &mut self,
        context: &Context<'_>,
        charge: &Charge,
        days: Days,
        share: &Share,
    ) -> Result<(), BillingError> {
        let price = price_on(context, charge, days.from)?;
        let amount = share.amount(price, charge.quantity, context.customer.currency)?;
        let kind = match charge.charge_type {
            ChargeType::OneOff => LineKind::OneOff,
            ChargeType::Recurring { .. } => LineKind::Recurring,
        };
        let cost = share.cost(cost_each(context.book, charge).unwrap_or_default(), charge.quantity)?;
        let billed = billed_period(charge, days, amount, (price, charge.quantity));
        self.push(context, charge, BillLine { cost, ..context.line(kind, amount, String::new()) }, billed, share);
        Ok(())
    }

    /// Completes the line with what all lines of the charge share.
    pub fn push(
        &mut self,
        context: &Context<'_>,
        charge: &Charge,
        line: BillLine,
        billed: BilledPeriod,
        share: &Share,
    ) {
        let product = charge.product.map(|id| context.product(id));
        let (cli, cli_cost_centre) = context.cli_names(charge.cli);
        let cost_centre = match charge.cost_centre {
            None => cli_cost_centre,
            own => context.cost_centre_name(own),
        };
        let first_set = |names: [Option<&str>; 3]| {
            names.into_iter().flatten().find(|name| !name.is_empty()).unwrap_or_default().to_owned()
        };
        let name = product.map(|product| product.name.as_str());
        let description = first_set([Some(&charge.description), name, Some(&charge.id)]);
        let days = Days { from: billed.from, to: billed.to };
        let (from, to) = context.printed(days, charge.hide_period);
        let is_one_off = line.kind == LineKind::OneOff;
        self.lines.push(BillLine {
            category: category_of(context, charge).to_owned(),
            cost_centre: cost_centre.to_owned(),
            description: if billed.is_credit { format!("Credit: {description}") } else { description },
            details: charge.details.clone(),
            cli: cli.to_owned(),
            from,
            to,
            quantity: billed.quantity,
            price: Some(billed.price),
            proration: share.words.clone(),
            vat_code: context
                .vat_code([charge.vat_code.as_ref(), product.and_then(|product| product.vat_code.as_ref())]),
            product: product.map(|product| product.code.clone()).unwrap_or_default(),
            source: charge.id.clone(),
            period: (!is_one_off).then_some((billed.from, billed.to)),
            ..line
        });
        self.periods.push(billed);
    }
}

/// What is remembered of a charged period.
pub(super) fn billed_period(
    charge: &Charge,
    days: Days,
    amount: Money,
    (price, quantity): (Price, Quantity),
) -> BilledPeriod {
    let Days { from, to } = days;
    BilledPeriod { charge: charge.id.clone(), from, to, is_credit: false, price, quantity, amount }
}

/// P2. A price is never guessed.
fn price_on(context: &Context<'_>, charge: &Charge, on: Date) -> Result<Price, BillingError> {
    let what = || format!("charge {}", charge.id);
    charge_price(context.book, charge, on).ok_or_else(|| context.no_price(&what(), charge.product, on))
}

/// What one costs us: the charge's own cost, else the product's.
pub(super) fn cost_each(book: &Book, charge: &Charge) -> Option<Price> {
    let of_product = || charge.product.and_then(|product| book.products[product.index()].cost);
    charge.cost.or_else(of_product)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::RunTerms;
    use crate::billing::scenarios::first_of;
    use crate::domain::book::ProductId;
    use crate::domain::charge::{Alignment, Interval, PriceFor, ProductPrice};
    use crate::domain::sample::{self, CUSTOMER, date, monthly, one_off, price, quantity};

    const MONTHLY: Interval = Interval::Months(1);
    const QUARTERLY: Interval = Interval::Months(3);
    const FIRST: Alignment = Alignment::Calendar(1);

    fn book(charge: Charge) -> Book {
        Book { charges: vec![charge], ..sample::book() }
    }

    fn recurring(each: &str, from: &str, interval: Interval, in_advance: bool, alignment: Alignment) -> Book {
        let charge_type = ChargeType::Recurring { interval, in_advance, alignment };
        book(Charge { charge_type, ..monthly("C", each, from) })
    }

    /// Bills in the month that begins on `first`, after what was billed `before`. `expected`: days, share and amount of
    /// each line. Returns all that was billed by then.
    fn check(book: &Book, first: &str, before: &[BilledPeriod], expected: &[&str]) -> Vec<BilledPeriod> {
        let terms: RunTerms = first_of(first);
        let billed = bill_charges(&Context::new(book, &terms, CUSTOMER), before).expect("can be billed");
        let words = |(line, billed): (&BillLine, &BilledPeriod)| {
            assert_eq!((line.amount.money, line.kind == LineKind::Credit), (billed.amount, billed.is_credit));
            let share = if line.proration.is_empty() { String::new() } else { format!(" × {}", line.proration) };
            format!("{} to {}{share} = {}", billed.from, billed.to, line.amount)
        };
        let found: Vec<_> = billed.lines.iter().zip(&billed.periods).map(words).collect();
        assert_eq!(found, expected, "in {first}");
        [before, &billed.periods].concat()
    }

    fn end(book: &mut Book, to: &str) {
        book.charges[0].to = Some(date(to));
    }

    #[test]
    fn bills_in_advance_what_begins_before_the_cutoff() {
        // P4: 20 × 17/31 = 10.9677…
        let first = recurring("20", "2026-05-15", MONTHLY, true, FIRST);
        let expected = ["2026-05-15 to 2026-05-31 × 17/31 days = 10.97", "2026-06-01 to 2026-06-30 = 20.00"];
        let billed = check(&first, "2026-06-01", &[], &expected);
        // P6: never again.
        check(&first, "2026-06-01", &billed, &[]);
        check(&first, "2026-07-01", &billed, &["2026-07-01 to 2026-07-31 = 20.00"]);
        // Not before it begins: with the month of May, only May.
        check(&first, "2026-05-01", &[], &["2026-05-15 to 2026-05-31 × 17/31 days = 10.97"]);
        check(&first, "2026-04-01", &[], &[]);
        // P4: a leap year: 20 × 20/29 = 13.7931…
        let leap = recurring("20", "2028-02-10", MONTHLY, true, FIRST);
        check(&leap, "2028-02-01", &[], &["2028-02-10 to 2028-02-29 × 20/29 days = 13.79"]);
        // P3, P4: no proration from its own day; back to the 31st after February.
        let own_day = recurring("20", "2026-01-31", MONTHLY, true, Alignment::Anniversary);
        let expected = ["2026-01-31 to 2026-02-27 = 20.00", "2026-02-28 to 2026-03-30 = 20.00"];
        let billed = check(&own_day, "2026-02-01", &[], &expected);
        check(&own_day, "2026-03-01", &billed, &["2026-03-31 to 2026-04-29 = 20.00"]);
        // 90 × 17/31 / 3 = 16.4516…
        let quarter = recurring("90", "2026-05-15", QUARTERLY, true, FIRST);
        let expected =
            ["2026-05-15 to 2026-05-31 × 17/31 days of 3 months = 16.45", "2026-06-01 to 2026-08-31 = 90.00"];
        let billed = check(&quarter, "2026-06-01", &[], &expected);
        let billed = check(&quarter, "2026-08-01", &billed, &[]);
        check(&quarter, "2026-09-01", &billed, &["2026-09-01 to 2026-11-30 = 90.00"]);
    }

    #[test]
    fn bills_in_arrears_what_ended_before_the_cutoff() {
        let mut arrears = recurring("20", "2026-05-15", MONTHLY, false, FIRST);
        let billed = check(&arrears, "2026-06-01", &[], &["2026-05-15 to 2026-05-31 × 17/31 days = 10.97"]);
        check(&arrears, "2026-05-31", &[], &[]);
        // An end on the 20th is billed once it has come: 20 × 20/30.
        end(&mut arrears, "2026-06-20");
        check(&arrears, "2026-06-20", &billed, &[]);
        check(&arrears, "2026-06-21", &billed, &["2026-06-01 to 2026-06-20 × 20/30 days = 13.33"]);
        let weeks = recurring("7", "2026-05-15", Interval::Days(7), false, FIRST);
        // 7 × 3/7 from Friday the 15th to Sunday the 17th.
        let expected = [
            "2026-05-15 to 2026-05-17 × 3/7 days = 3.00",
            "2026-05-18 to 2026-05-24 = 7.00",
            "2026-05-25 to 2026-05-31 = 7.00",
        ];
        check(&weeks, "2026-06-01", &[], &expected);
    }

    #[test]
    fn prorates_the_end_always() {
        let mut first = recurring("20", "2026-06-01", MONTHLY, true, FIRST);
        end(&mut first, "2026-06-10");
        // 20 × 10/30.
        check(&first, "2026-06-01", &[], &["2026-06-01 to 2026-06-10 × 10/30 days = 6.67"]);
        let mut own_day = recurring("20", "2026-01-31", MONTHLY, true, Alignment::Anniversary);
        end(&mut own_day, "2026-02-14");
        // 20 × (1/31 + 14/28) = 10.6451…
        check(&own_day, "2026-02-01", &[], &["2026-01-31 to 2026-02-14 × 1/31 + 14/28 days = 10.65"]);
        // P5: billed to the end of the minimum term.
        first.charges[0].minimum_term = Some(date("2026-07-31"));
        let expected = ["2026-06-01 to 2026-06-30 = 20.00", "2026-07-01 to 2026-07-31 = 20.00"];
        check(&first, "2026-08-01", &[], &expected);
        // B10: the end of all service ends the minimum term as well: 20 × 15/31.
        first.customers[0].final_bill_date = Some(date("2026-07-15"));
        let expected = ["2026-06-01 to 2026-06-30 = 20.00", "2026-07-01 to 2026-07-15 × 15/31 days = 9.68"];
        check(&first, "2026-08-01", &[], &expected);
        first.customers[0].dropped_date = Some(date("2026-05-31"));
        check(&first, "2026-08-01", &[], &[]);
    }

    #[test]
    fn gives_back_what_was_billed_beyond_the_end() {
        let mut first = recurring("20", "2026-05-15", MONTHLY, true, FIRST);
        let expected = ["2026-05-15 to 2026-05-31 × 17/31 days = 10.97", "2026-06-01 to 2026-06-30 = 20.00"];
        let billed = check(&first, "2026-06-01", &[], &expected);
        // P5: 20 × 20/30 = 13.33, at the price that was billed.
        end(&mut first, "2026-06-10");
        first.charges[0].price = Some(price("99"));
        let credited = check(&first, "2026-07-01", &billed, &["2026-06-11 to 2026-06-30 × 20/30 days = -13.33"]);
        // Not twice.
        check(&first, "2026-08-01", &credited, &[]);
        // Back-dated further: what is left of June, 20.00 − 13.33, and 20 × 11/31 = 7.096… of May.
        end(&mut first, "2026-05-20");
        let expected =
            ["2026-05-21 to 2026-05-31 × 11/31 days = -7.10", "2026-06-01 to 2026-06-10 × 10/30 days = -6.67"];
        check(&first, "2026-08-01", &credited, &expected);
        // Moved on again: the days given back are charged again, at today's price: 99 × 10/30.
        end(&mut first, "2026-06-20");
        let again = check(&first, "2026-08-01", &credited, &["2026-06-11 to 2026-06-20 × 10/30 days = 33.00"]);
        // And given back at that price.
        end(&mut first, "2026-06-15");
        check(&first, "2026-08-01", &again, &["2026-06-16 to 2026-06-20 × 5/30 days = -16.50"]);
        // Before it began: all of it, to the penny.
        end(&mut first, "2026-05-14");
        let expected = ["2026-05-15 to 2026-05-31 × 17/31 days = -10.97", "2026-06-01 to 2026-06-30 = -20.00"];
        check(&first, "2026-08-01", &billed, &expected);
    }

    #[test]
    fn gives_back_by_the_formula_that_charged() {
        let mut quarter = recurring("90", "2026-06-01", QUARTERLY, true, FIRST);
        let billed = check(&quarter, "2026-06-01", &[], &["2026-06-01 to 2026-08-31 = 90.00"]);
        end(&mut quarter, "2026-07-10");
        // 90 × (1 + 21/31) / 3 = 50.3225…
        let expected = ["2026-07-11 to 2026-08-31 × 1 month + 21/31 days of 3 months = -50.32"];
        check(&quarter, "2026-07-01", &billed, &expected);
        // Were it monthly by now: 90.00 by its days, 52 of 92.
        let mut changed = recurring("30", "2026-06-01", MONTHLY, true, FIRST);
        end(&mut changed, "2026-07-10");
        check(&changed, "2026-07-01", &billed, &["2026-07-11 to 2026-08-31 × 52/92 days = -50.87"]);
        // 20 × (16/31 + 14/28) = 20.32…, but never more than the month that was billed.
        let mut own_day = recurring("20", "2026-01-15", MONTHLY, true, Alignment::Anniversary);
        let billed = check(&own_day, "2026-01-01", &[], &["2026-01-15 to 2026-02-14 = 20.00"]);
        end(&mut own_day, "2026-01-15");
        check(&own_day, "2026-02-01", &billed, &["2026-01-16 to 2026-02-14 × 16/31 + 14/28 days = -20.00"]);
    }

    #[test]
    fn gives_back_to_the_penny_in_steps() {
        let mut first = recurring("10", "2026-06-01", MONTHLY, true, FIRST);
        let mut billed = check(&first, "2026-06-01", &[], &["2026-06-01 to 2026-06-30 = 10.00"]);
        // 10 × 11/30 = 3.6666…, twice; 10.00 − 3.67 − 3.67 = 2.66, where 10 × 8/30 would be 2.67.
        for (to, expected) in [
            ("2026-06-19", "2026-06-20 to 2026-06-30 × 11/30 days = -3.67"),
            ("2026-06-08", "2026-06-09 to 2026-06-19 × 11/30 days = -3.67"),
            ("2026-05-31", "2026-06-01 to 2026-06-08 × 8/30 days = -2.66"),
        ] {
            end(&mut first, to);
            billed = check(&first, "2026-07-01", &billed, &[expected]);
        }
        // Charged again after a return, and given back again, each from what it was charged by: 10.00 − 3.67 + 3.67, then
        // 3.67 of the second and 6.33 of the first, to the penny.
        end(&mut first, "2026-06-19");
        let june = check(&first, "2026-06-01", &[], &["2026-06-01 to 2026-06-19 × 19/30 days = 6.33"]);
        first.charges[0].to = None;
        let back = check(&first, "2026-06-01", &june, &["2026-06-20 to 2026-06-30 × 11/30 days = 3.67"]);
        end(&mut first, "2026-06-24");
        let gone = check(&first, "2026-06-01", &back, &["2026-06-25 to 2026-06-30 × 6/30 days = -2.00"]);
        first.charges[0].to = None;
        let again = check(&first, "2026-06-01", &gone, &["2026-06-25 to 2026-06-30 × 6/30 days = 2.00"]);
        end(&mut first, "2026-05-31");
        // 2.00 of the last; 3.67 − 2.00 of the second, where 10 × 5/30 is 1.67 too; all of the first.
        let expected = [
            "2026-06-01 to 2026-06-19 × 19/30 days = -6.33",
            "2026-06-20 to 2026-06-24 × 5/30 days = -1.67",
            "2026-06-25 to 2026-06-30 × 6/30 days = -2.00",
        ];
        let nothing = check(&first, "2026-07-01", &again, &expected);
        assert_eq!(Money::total(nothing.iter().map(|row| row.amount)), Ok(Money::ZERO));
        // And once more, as if nothing had been.
        first.charges[0].to = None;
        check(&first, "2026-06-01", &nothing, &["2026-06-01 to 2026-06-30 = 10.00"]);
        // A discount is a negative price: what is given back is charged.
        let mut discount = recurring("-3", "2026-06-01", MONTHLY, true, FIRST);
        let billed = check(&discount, "2026-06-01", &[], &["2026-06-01 to 2026-06-30 = -3.00"]);
        end(&mut discount, "2026-06-10");
        check(&discount, "2026-07-01", &billed, &["2026-06-11 to 2026-06-30 × 20/30 days = 2.00"]);
    }

    #[test]
    fn bills_one_off_charges_once() {
        let mut book = book(Charge { quantity: quantity("2.5"), ..one_off("C", "9.99", "2026-06-30") });
        check(&book, "2026-05-01", &[], &[]);
        // 9.99 × 2.5 = 24.975.
        let billed = check(&book, "2026-06-01", &[], &["2026-06-30 to 2026-06-30 = 24.98"]);
        book.charges[0].from = date("2026-07-10");
        check(&book, "2026-07-01", &billed, &[]);
    }

    #[test]
    fn takes_the_price_of_each_period_first_day() {
        let mut book = book(Charge { price: None, product: Some(ProductId(0)), ..monthly("C", "0", "2026-05-15") });
        book.products = vec![sample::product("BB", "Broadband")];
        let dated = |from, each| ProductPrice {
            product: ProductId(0),
            audience: PriceFor::Everybody,
            from: date(from),
            price: price(each),
        };
        book.product_prices = vec![dated("2026-01-01", "31"), dated("2026-06-01", "30")];
        // P2: 31 × 17/31.
        let expected = ["2026-05-15 to 2026-05-31 × 17/31 days = 17.00", "2026-06-01 to 2026-06-30 = 30.00"];
        check(&book, "2026-06-01", &[], &expected);
        book.product_prices.remove(0);
        let terms = first_of("2026-06-01");
        let refused = bill_charges(&Context::new(&book, &terms, CUSTOMER), &[]).expect_err("no price");
        let expected = "charge C: product BB has no price in GBP on 2026-05-15: give it a base price, dated that day \
                        or before";
        assert_eq!(refused.to_string(), expected);
        book.charges[0].product = None;
        let refused = bill_charges(&Context::new(&book, &terms, CUSTOMER), &[]).expect_err("no price");
        assert_eq!(refused.to_string(), "charge C has neither a price nor a product: give it one of them");
    }

    #[test]
    fn gives_back_what_was_billed_before_a_start_that_is_put_later() {
        let mut first = recurring("30", "2026-06-01", MONTHLY, true, FIRST);
        let billed = check(&first, "2026-06-01", &[], &["2026-06-01 to 2026-06-30 = 30.00"]);
        first.charges[0].from = date("2026-06-10");
        // P5: 30 × 9/30.
        let expected = ["2026-06-01 to 2026-06-09 × 9/30 days = -9.00", "2026-07-01 to 2026-07-31 = 30.00"];
        let billed = check(&first, "2026-07-01", &billed, &expected);
        check(&first, "2026-07-01", &billed, &[]);
        // Put later still, and ended: 10 to 14 June, and from 21 June on; 30.00 − 9.00 − 5.00 − 10.00 is left.
        first.charges[0].from = date("2026-06-15");
        end(&mut first, "2026-06-20");
        let expected = [
            "2026-06-10 to 2026-06-14 × 5/30 days = -5.00",
            "2026-06-21 to 2026-06-30 × 10/30 days = -10.00",
            "2026-07-01 to 2026-07-31 = -30.00",
        ];
        check(&first, "2026-08-01", &billed, &expected);
    }

    #[test]
    fn follows_the_schedule_of_the_charge() {
        let mut first = recurring("20", "2026-05-15", MONTHLY, true, FIRST);
        first.charges[0].prices = vec![(date("2026-06-01"), price("10")), (date("2026-07-02"), price("30"))];
        // P2: each period at the price of its first day: 20 × 17/31, then 10; July still 10, August 30.
        let expected = ["2026-05-15 to 2026-05-31 × 17/31 days = 10.97", "2026-06-01 to 2026-06-30 = 10.00"];
        let billed = check(&first, "2026-06-01", &[], &expected);
        let expected = ["2026-07-01 to 2026-07-31 = 10.00", "2026-08-01 to 2026-08-31 = 30.00"];
        check(&first, "2026-08-01", &billed, &expected);
    }

    #[test]
    fn bills_only_the_customers_own_charges() {
        let mut book = book(monthly("C", "20", "2026-06-01"));
        let mut other = sample::book().customers.remove(0);
        other.account = "A2".into();
        book.customers.push(other);
        let others = crate::domain::book::CustomerId(1);
        book.charges.push(Charge { customer: others, ..monthly("A", "5", "2026-06-01") });
        check(&book, "2026-06-01", &[], &["2026-06-01 to 2026-06-30 = 20.00"]);
    }
}
