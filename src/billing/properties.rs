//! Tests of what holds for any input, over any number of runs.

use proptest::prelude::*;

use super::scenarios::{first_of, input, june, may_call, service};
use super::*;
use crate::domain::bill::LineKind;
use crate::domain::book::{CallTypeId, VatRounding};
use crate::domain::charge::{Alignment, Charge, ChargeType, Interval, Product};
use crate::domain::money::{CallCharge, Price, Quantity};
use crate::domain::sample::{self, date, monthly};

prop_compose! {
    fn any_recurring()(
        start in 0..120_i32,
        interval in prop_oneof![(1..5_u32).prop_map(Interval::Months), (1..20_u32).prop_map(Interval::Days)],
        in_advance in any::<bool>(),
        alignment in prop_oneof![Just(Alignment::Anniversary), (1..32_u32).prop_map(Alignment::Calendar)],
        each in 1..10_000_i64,
    ) -> Charge {
        let charge_type = ChargeType::Recurring { interval, in_advance, alignment };
        let price = Some(Price::from_scaled(each * 1_000_000));
        let from = date("2027-11-20").plus_days(start);
        Charge { charge_type, price, ..monthly("A", "0", &from.to_string()) }
    }
}

/// How many times each day from November 2027 on is charged, less how many times it is given back.
fn days_paid_for(billed: &[BilledPeriod]) -> Vec<i32> {
    let first = date("2027-11-01");
    let mut days = vec![0; 1_600];
    for row in billed {
        let (from, to) = (row.from.days_since(first), row.to.days_since(first));
        for day in from..=to {
            days[usize::try_from(day).expect("after the first")] += if row.is_credit { -1 } else { 1 };
        }
    }
    days
}

proptest! {
    /// P5, P6: whatever happens to the end of a charge from month to month, no day is ever paid for twice, none outside
    /// the charge's dates, and in the end exactly those within them.
    #[test]
    fn pays_for_each_day_in_force_once(
        charge in any_recurring(),
        ends in proptest::collection::vec(proptest::option::of(-20..500_i32), 10),
    ) {
        let mut book = Book { charges: vec![charge], ..sample::book() };
        let from = book.charges[0].from;
        let mut billed: Vec<BilledPeriod> = Vec::new();
        let mut run = |book: &Book, terms: &RunTerms| {
            let outcome = bill_customer(book, terms, CustomerInput { billed_periods: &billed, ..input(vec![]) });
            if let Outcome::Bills(made) = outcome.expect("can be billed") {
                billed.extend(made.into_iter().flat_map(|bill| bill.periods));
            }
            days_paid_for(&billed)
        };
        let in_force = |day: i32, to: Option<Date>| {
            let day = date("2027-11-01").plus_days(day);
            from <= day && to.is_none_or(|to| day <= to)
        };
        for (month, end) in (0..).zip(&ends) {
            let to = end.map(|days| from.plus_days(days));
            book.charges[0].to = to;
            let paid = run(&book, &first_of(&date("2027-12-01").plus_months(month).to_string()));
            for (day, count) in (0..).zip(paid) {
                prop_assert!(count == 0 || (count == 1 && in_force(day, to)), "day {}: {}", day, count);
            }
        }
        let to = from.plus_days(ends[0].unwrap_or(300));
        book.charges[0].to = Some(to);
        for (day, count) in (0..).zip(run(&book, &first_of("2030-01-01"))) {
            prop_assert_eq!(count, i32::from(in_force(day, Some(to))), "day {}", day);
        }
    }

    /// P5: what is charged and wholly given back, in steps, comes to nothing.
    #[test]
    fn gives_all_back_to_the_penny(charge in any_recurring(), mut ends in proptest::collection::vec(-20..300_i32, 3)) {
        ends.sort_unstable_by(|a, b| b.cmp(a));
        ends.push(-1);
        let mut book = Book { charges: vec![charge], ..sample::book() };
        let from = book.charges[0].from;
        let mut billed: Vec<BilledPeriod> = Vec::new();
        let ends = ends.into_iter().map(|days| Some(from.plus_days(days)));
        for to in std::iter::once(None).chain(ends) {
            book.charges[0].to = to;
            let again = CustomerInput { billed_periods: &billed, ..input(vec![]) };
            if let Outcome::Bills(made) = bill_customer(&book, &first_of("2028-09-01"), again).expect("can be billed") {
                billed.extend(made.into_iter().flat_map(|bill| bill.periods));
            }
            let sum: i64 = billed.iter().map(|row| row.amount.minor()).sum();
            prop_assert!(sum >= 0);
        }
        prop_assert_eq!(billed.iter().map(|row| row.amount.minor()).sum::<i64>(), 0);
    }

    /// Every total is computed twice. The bill is the same in whatever order its input comes.
    #[test]
    fn sums_agree_in_any_order(
        calls in proptest::collection::vec((-5_000_000..50_000_000_i64, 0..3_u32), 0..30),
        charges in proptest::collection::vec((-5_000..50_000_i64, 0..3_usize), 0..10),
        costs in proptest::collection::vec(-500_000_000..5_000_000_000_i64, 0..10),
        rounding in prop_oneof![Just(VatRounding::HalfUp), Just(VatRounding::Down), Just(VatRounding::PerLine)],
        previous in -10_000..10_000_i64,
    ) {
        let mut book = sample::book();
        book.organisations[0].vat_rounding = rounding;
        book.products = vec![Product { use_file_price: true, aggregate: true, ..sample::product("LINE", "Lines") }];
        let codes = ["red", "std", "rev"];
        let a_charge = |(number, (each, code)): (usize, &(i64, usize))| Charge {
            price: Some(Price::from_scaled(each * 333_333)),
            vat_code: Some(codes[*code].into()),
            ..monthly(&format!("{number:02}"), "0", "2026-05-07")
        };
        book.charges = charges.iter().enumerate().map(a_charge).collect();
        let usage = calls.iter().map(|(sell, call_type)| {
            let mut one = may_call("0");
            one.charge = CallCharge::from_scaled(*sell);
            one.call_type = CallTypeId(*call_type);
            one
        });
        let services = (0..).zip(&costs).map(|(row, cost)| {
            let mut one = service(row, "0");
            one.line.cost = Price::from_scaled(*cost);
            one
        });
        let (mut usage, mut services): (Vec<_>, Vec<_>) = (usage.collect(), services.collect());
        let previous_balance = Money::from_minor(previous);
        let make = |usage: &Vec<_>, services: &Vec<_>| {
            let services = services.clone();
            bill_customer(&book, &june(), CustomerInput { services, previous_balance, ..input(usage.clone()) })
        };
        let first = make(&usage, &services).expect("can be billed");
        usage.reverse();
        services.reverse();
        let second = make(&usage, &services).expect("can be billed");
        let (Outcome::Bills(mut first), Outcome::Bills(second)) = (first, second) else { return Ok(()) };
        prop_assert_eq!(&first, &second);
        let made = first.remove(0).bill;
        let net: i64 = made.lines.iter().map(|line| line.amount.money.minor()).sum();
        let vat: i64 = made.vat.iter().map(|row| row.vat.money.minor()).sum();
        prop_assert_eq!(net, made.totals.net.money.minor());
        prop_assert_eq!(net + vat, made.totals.gross.money.minor());
        prop_assert_eq!(previous + net + vat, made.balance.now.money.minor());
        let calls_exact: i64 = calls.iter().map(|(sell, _)| sell).sum();
        let by_class: i64 = made.usage_by_class.iter().map(|row| row.amount.scaled()).sum();
        let by_cli: i64 = made.usage_by_cli.iter().map(|row| row.amount.scaled()).sum();
        prop_assert_eq!((by_class, by_cli), (calls_exact, calls_exact));
        let usage_lines = made.lines.iter().filter(|line| line.kind == LineKind::Usage);
        let records: i64 = usage_lines.map(|line| line.quantity.scaled()).sum();
        prop_assert_eq!(records, i64::try_from(calls.len()).expect("few") * Quantity::ONE.scaled());
    }
}
