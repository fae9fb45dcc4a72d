//! What holds of any allowances and any usage.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::oracle::consume;
use super::*;
use crate::domain::allowance::LongestCall;
use crate::domain::money::{CallCharge, power_of_ten};

fn any_limit(most: i128) -> impl Strategy<Value = Option<Units>> {
    prop_oneof![
        2 => Just(None),
        3 => (0..=most).prop_map(|units| Some(Units::from_wide(units * power_of_ten(12)))),
    ]
}

prop_compose! {
    fn any_allowance()(
        limits in (any_limit(200), any_limit(20), any_limit(200), any_limit(6), any_limit(2)),
        qualifies in proptest::sample::subsequence(vec![NATIONAL, MOBILE, EXEMPT_CALLS], 1..=3),
        discount in prop_oneof![
            3 => Just(Discount::FREE),
            1 => (0..=1_000_000_i64).prop_map(|part| Discount::Percent(Percent::from_scaled(part))),
            1 => (0..10_000_000_i64).prop_map(|each| Discount::PerCall(Price::from_scaled(each))),
            1 => (0..70_000_000_i64).prop_map(|each| Discount::PerMinute(Price::from_scaled(each))),
        ],
        longest in prop_oneof![
            3 => Just(None),
            1 => (1..90_u64).prop_map(|most| Some(LongestCall::UpTo(most))),
            1 => (1..90_u64).prop_map(|most| Some(LongestCall::OnlyUpTo(most))),
        ],
        rollover_periods in 0..3_u32,
        prorate: bool,
    ) -> Allowance {
        let (seconds, messages, bytes, calls, money) = limits;
        let limits = PerMeasure([seconds, messages, bytes, calls, money]);
        Allowance { limits, qualifies, discount, longest, rollover_periods, prorate, ..allowance("", "") }
    }
}

prop_compose! {
    fn any_book()(
        allowances in proptest::collection::vec(any_allowance(), 1..4),
        rows in proptest::collection::vec((0..4_usize, 0..100_i32, 0..120_i32, 1..30_000_i64, 0..5_usize), 1..5),
        weights in proptest::collection::vec(prop_oneof![Just(0), Just(500_000), Just(1_000_000), 0..3_000_000_i64], 3),
    ) -> Book {
        let mut book = book_with(allowances);
        for (index, allowance) in book.allowances.iter_mut().enumerate() {
            allowance.name = format!("M{index}");
        }
        for (call_type, weight) in book.call_types.iter_mut().zip(weights) {
            call_type.allowance_weight = Percent::from_scaled(weight);
        }
        let of_scope = |scope: usize| match scope {
            0 => (AllowanceScope::Clis(vec![CliId(0), CliId(2)]), "clis:A;C"),
            1 => (AllowanceScope::Clis(vec![CliId(1)]), "clis:B"),
            _ => (AllowanceScope::Customer, "customer"),
        };
        let mut held_rows = Vec::new();
        for (index, (allowance, from, days, quantity, scope)) in rows.into_iter().enumerate() {
            let from = date("2025-12-01").plus_days(from);
            let (scope, scope_text) = of_scope(scope);
            held_rows.push(CustomerAllowance {
                valid: DateRange::new(from, from.plus_days(days)),
                quantity: Quantity::from_scaled(quantity),
                scope,
                // No two rows have one key.
                scope_text: format!("{scope_text} {index}"),
                ..held(allowance % book.allowances.len())
            });
        }
        held_rows.sort_by_key(|row| row.scope.rank());
        book.customer_allowances = held_rows;
        book
    }
}

prop_compose! {
    /// Usage of four months, many records at the same instant. The price of a unit has few decimals, so that what it draws
    /// of money has an end.
    fn any_usage()(records in proptest::collection::vec(
        (0..120_i32, 0..4_u32, 0..4_usize, 0..90_u64, -1..40_i64, 0..3_u32, 0..3_u32), 0..25,
    )) -> Vec<ChargedUsage> {
        let one = |(index, record): (usize, (i32, u32, usize, u64, i64, u32, u32))| {
            let (day, hour, kind, units, each, call_type, line) = record;
            let start = format!("{} {hour:02}:00:00", date("2025-12-10").plus_days(day));
            let mut one = call(&format!("{index:03}"), &start, "0");
            (one.kind, one.units) = (Kind::ALL[kind], if units % 9 == 0 { 0 } else { units });
            one.sell = CallCharge::from_scaled(each * 1_000 * i64::try_from(one.units.max(1)).expect("small"));
            one.call_type = [NATIONAL, MOBILE, EXEMPT_CALLS][call_type as usize];
            one.cli = CliId(line);
            one
        };
        records.into_iter().enumerate().map(one).collect()
    }
}

fn sums(draws: &[AllowanceDraw]) -> BTreeMap<String, [i128; 5]> {
    let mut sums: BTreeMap<String, [i128; 5]> = BTreeMap::new();
    for AllowanceDraw { from, drawn } in draws {
        let sum = sums.entry(format!("{from:?}")).or_default();
        sum.iter_mut().zip(drawn.0).for_each(|(sum, drawn)| *sum += drawn.wide());
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn agrees_with_the_oracle(book in any_book(), usage in any_usage()) {
        let (charged, used) = covered(&book, usage, &[]).expect("in range");
        let consumed = consume(&book, &charged);
        let found: Vec<_> = charged.iter().map(|one| (i128::from(one.charge.scaled()), one.covered)).collect();
        prop_assert_eq!(found, consumed.charges);
        let drawn: Vec<_> = used.draws.iter().map(|draw| draw.drawn.0.map(|units| units.wide())).collect();
        let expected: Vec<_> = consumed
            .drawn
            .values()
            .map(|drawn| drawn.map(|units| (units * power_of_ten(12)).to_integer()))
            .collect();
        prop_assert_eq!(drawn, expected);
    }

    #[test]
    fn never_draws_more_than_was_granted(book in any_book(), usage in any_usage()) {
        let (charged, used) = covered(&book, usage, &[]).expect("in range");
        for bucket in &used.shown {
            for limit in bucket.limits.iter().filter(|limit| limit.granted.is_some()) {
                let rest = limit.granted.unwrap().wide() - limit.used_before.wide() - limit.used.wide();
                prop_assert!(rest >= 0 && Some(Units::from_wide(rest)) == limit.left, "{bucket:?}");
            }
        }
        let mut taken_off = 0;
        for one in &charged {
            prop_assert!(one.charge >= one.sell.min(CallCharge::ZERO) && one.charge <= one.sell);
            prop_assert_eq!(one.due().unwrap(), one.charge);
            prop_assert!(one.covered || one.allowed.is_zero());
            taken_off += one.allowed.scaled();
        }
        let shown: i64 = used.shown.iter().map(|bucket| -bucket.amount.scaled()).sum();
        prop_assert_eq!(shown, taken_off);
    }

    #[test]
    fn is_the_same_in_any_order(
        book in any_book(),
        (usage, shuffled) in any_usage().prop_flat_map(|usage| (Just(usage.clone()), Just(usage).prop_shuffle())),
    ) {
        prop_assert_eq!(covered(&book, usage, &[]).expect("in range"), covered(&book, shuffled, &[]).expect("in range"));
    }

    #[test]
    fn two_bills_charge_what_one_would(book in any_book(), usage in any_usage(), cut in 0..120_i32) {
        let cut = date("2025-12-10").plus_days(cut);
        let (early, late): (Vec<_>, Vec<_>) = usage.clone().into_iter().partition(|one| one.day < cut);
        let (mut both, first) = covered(&book, early, &[]).expect("in range");
        let (second, then) = covered(&book, late, &first.draws).expect("in range");
        both.extend(second);
        let (whole, used) = covered(&book, usage, &[]).expect("in range");
        prop_assert_eq!(both, whole);
        prop_assert_eq!(sums(&[first.draws, then.draws].concat()), sums(&used.draws));
    }
}
