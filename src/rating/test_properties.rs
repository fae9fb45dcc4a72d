//! What holds for any rate and any call, against slow sums worked apart from the code that they check.

use proptest::prelude::*;

use super::test_book::{rate as rate_row, *};
use super::*;
use crate::domain::money::Percent;
use crate::domain::money::Price;
use crate::domain::price_book::{AccessCharge, Rate, RateMode, RateStep};
use crate::domain::time::{Moment, Weekday};

const MODES: [Rounding; 4] = [Rounding::HalfUp, Rounding::Up, Rounding::Down, Rounding::HalfEven];

/// Prices up to 10.00 in steps of 10^-8.
fn any_price() -> impl Strategy<Value = Price> {
    (0..1_000_000_000_i64).prop_map(Price::from_scaled)
}

/// A calculated row for the call type of [`call`], without steps and access.
fn any_row() -> impl Strategy<Value = Rate> {
    let bounds = (proptest::option::of(any_price()), proptest::option::of(any_price()));
    (any_price(), any_price(), bounds, 1..200_u64, 1..200_u64, 0..200_u32, 0..5_u32).prop_map(
        |(connection, rate, (minimum, maximum), initial_increment, increment, included_seconds, min_seconds)| Rate {
            connection,
            rate,
            minimum,
            maximum,
            initial_increment,
            increment,
            included_seconds,
            min_seconds,
            ..rate_row("type:geo")
        },
    )
}

fn priced(book: &Book, seconds: u64) -> RatedUsage {
    Rater::new(book).rate(GAMMA, call(seconds)).unwrap()
}

/// Block by block, until the call is covered (R6).
fn blocks_counted(seconds: u64, row: &Rate) -> u64 {
    let mut covered = 0;
    while covered < seconds {
        covered += if covered == 0 { row.initial_increment } else { row.increment };
    }
    covered
}

/// The charge in 10^-`places`, from whole numbers of 10^-8 / 60 (R5, X3).
fn sum_worked(row: &Rate, seconds: u64, places: u32, mode: Rounding) -> i128 {
    if seconds < u64::from(row.min_seconds) {
        return 0;
    }
    let sixty = |price: Price| i128::from(price.scaled()) * 60;
    let charged = blocks_counted(seconds, row).saturating_sub(u64::from(row.included_seconds));
    let mut sum = sixty(row.connection) + i128::from(row.rate.scaled()) * i128::from(charged);
    sum = row.minimum.map_or(sum, |minimum| sum.max(sixty(minimum)));
    sum = row.maximum.map_or(sum, |maximum| sum.min(sixty(maximum)));
    // One unit of the last place, and the two neighbours of the sum.
    let unit = 60 * 10_i128.pow(8 - places);
    let (below, above) = (sum.div_euclid(unit), (sum + unit - 1).div_euclid(unit));
    let is_past_half = (sum - below * unit).cmp(&(above * unit - sum));
    match mode {
        Rounding::Up => above,
        Rounding::Down => below,
        _ if is_past_half.is_gt() => above,
        _ if is_past_half.is_lt() => below,
        // Equally near to both: a half, or an exact sum, which is both of its neighbours.
        Rounding::HalfUp => above,
        Rounding::HalfEven if below % 2 == 0 => below,
        Rounding::HalfEven => above,
    }
}

proptest! {
    #[test]
    fn charges_are_those_worked_slowly(row in any_row(), seconds in 0..5_000_u64, places in 0..=6_u32, mode in 0..4_usize) {
        let expected = sum_worked(&row, seconds, places, MODES[mode]);
        let mut book = book_with(&[]);
        (book.tariffs[1].decimals, book.tariffs[1].rounding) = (places, MODES[mode]);
        book.rates = vec![row];
        let rated = priced(&book, seconds);
        prop_assert_eq!(i128::from(rated.sell.scaled()), expected * 10_i128.pow(6 - places));
        prop_assert!(!rated.sell.is_negative());
        prop_assert_eq!(priced(&book, seconds), rated);
    }

    #[test]
    fn billable_units_are_those_counted(row in any_row(), seconds in 0..5_000_u64) {
        let expected = if seconds < u64::from(row.min_seconds) { 0 } else { blocks_counted(seconds, &row) };
        let book = Book { rates: vec![row], ..book() };
        prop_assert_eq!(priced(&book, seconds).billable_units, expected);
    }

    #[test]
    fn a_longer_call_never_costs_less(row in any_row(), seconds in 0..5_000_u64, more in 0..5_000_u64) {
        let book = Book { rates: vec![row], ..book() };
        prop_assert!(priced(&book, seconds).sell <= priced(&book, seconds + more).sell);
    }

    #[test]
    fn bands_of_one_price_split_to_the_same_sum(row in any_row(), hour in 0..24_u32, seconds in 0..200_000_u64) {
        // R9: whatever the bands, if all cost the same the sum is that of the whole call.
        let mut book = Book { rates: vec![row], ..book() };
        let matched = call_at(&format!("2026-03-27 {hour:02}:59:59"), seconds);
        let at_start = Rater::new(&book).rate(GAMMA, matched.clone()).unwrap();
        book.tariffs[1].split_bands = true;
        prop_assert_eq!(Rater::new(&book).rate(GAMMA, matched).unwrap(), at_start);
    }

    #[test]
    fn split_calls_are_those_priced_block_by_block(
        row in any_row(),
        evening in any_price(),
        day in 25..30_u32,
        second in 0..86_400_u64,
        seconds in 1..100_000_u64,
    ) {
        let row = Rate { minimum: None, maximum: None, min_seconds: 1, ..row };
        let other = |name: &str, rate| Rate { rate, ..rate_row(&format!("type:geo band={name}")) };
        let mut book = book();
        book.tariffs[1].split_bands = true;
        book.rates = vec![Rate { band: Some(DAYTIME), ..row.clone() }, Rate { band: Some(WEEKEND), ..row.clone() }];
        book.rates.push(other("evening", evening));
        let mut matched = call_at(&format!("2026-03-{day:02} 00:00:00"), seconds);
        let zone = &book.settings.zone;
        let instant = matched.record.started.instant + i64::try_from(second).unwrap();
        matched.record.started = Moment { instant, civil: zone.civil_at(instant).unwrap() };
        prop_assume!(Bands::new(&book).at_start(GAMMA, &matched.record) != EVENING);

        let mut sum = i128::from(row.connection.scaled()) * 60;
        let (mut at, mut length) = (0, row.initial_increment);
        while at < seconds {
            let civil = zone.civil_at(instant + i64::try_from(at).unwrap()).unwrap();
            let is_weekend = civil.date.weekday() >= Weekday::Sat;
            let is_evening = !is_weekend && !(7 * 3600..19 * 3600).contains(&civil.second_of_day);
            let charged = (at + length).saturating_sub(at.max(u64::from(row.included_seconds)));
            let rate = if is_evening { evening } else { row.rate };
            sum += i128::from(rate.scaled()) * i128::from(charged);
            (at, length) = (at + length, row.increment);
        }
        let expected = (2 * sum + 600_000) / 1_200_000;
        prop_assert_eq!(i128::from(Rater::new(&book).rate(GAMMA, matched).unwrap().sell.scaled()), expected * 100);
    }

    #[test]
    fn nothing_panics_and_an_explanation_says_what_is_done(
        (connection, rate, percent) in (any::<i64>(), any::<i64>(), any::<i64>()),
        (units, increment, included, min_seconds) in (any::<u64>(), any::<u64>(), any::<u32>(), any::<u32>()),
        mode in 0..4_usize,
        (access, steps, splits) in (any::<bool>(), any::<bool>(), any::<bool>()),
        flags in 0..8_u8,
    ) {
        let (connection, rate) = (Price::from_scaled(connection), Price::from_scaled(rate));
        let row = Rate {
            mode: [RateMode::Calculated, RateMode::Markup, RateMode::Suggested, RateMode::FromFile][mode],
            percent: Percent::from_scaled(percent),
            access: access.then_some(AccessCharge { connection, rate, increment: min_seconds, rounding: None }),
            steps: if steps { vec![RateStep { from_seconds: included, connection, rate, increment: min_seconds }] } else { vec![] },
            maximum: Some(connection),
            connection,
            rate,
            initial_increment: increment,
            increment,
            included_seconds: included,
            min_seconds,
            ..rate_row("class:national")
        };
        let mut book = Book { rates: vec![row], ..book() };
        book.tariffs[1].split_bands = splits;
        let mut matched = call(units);
        matched.record.flags = UsageFlags::from_bits(flags);
        (matched.record.cost, matched.record.suggested_retail) = (Some(rate), Some(connection));
        let rater = Rater::new(&book);
        let explanation = rater.explain(GAMMA, &matched);
        match rater.rate(GAMMA, matched) {
            Ok(rated) => prop_assert_eq!(explanation.sell, Some(rated.sell)),
            Err(aside) => prop_assert_eq!(explanation.reason, Some(aside.reason.name())),
        }
    }
}
