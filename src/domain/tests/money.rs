//! X1–X4.

use proptest::prelude::*;

use crate::domain::bill::Amount;
use crate::domain::money::{CallCharge, Currency, Decimal, Money, NumberError, Overflow, Price, Rounding, Sum, divide};

/// X3: what each mode makes of a quotient, by hand.
#[test]
fn rounding_table() {
    use Rounding::{Down, HalfEven, HalfUp, Up};
    let rows = [
        // numerator, denominator, half_up, up, down, half_even
        (25, 10, 3, 3, 2, 2),
        (35, 10, 4, 4, 3, 4),
        (-25, 10, -3, -3, -2, -2),
        (-35, 10, -4, -4, -3, -4),
        (24, 10, 2, 3, 2, 2),
        (26, 10, 3, 3, 2, 3),
        (-26, 10, -3, -3, -2, -3),
        (20, 10, 2, 2, 2, 2),
        (1, 3, 0, 1, 0, 0),
        (2, 3, 1, 1, 0, 1),
        (0, 7, 0, 0, 0, 0),
    ];
    for (numerator, denominator, half_up, up, down, half_even) in rows {
        for (mode, expected) in [(HalfUp, half_up), (Up, up), (Down, down), (HalfEven, half_even)] {
            assert_eq!(divide(numerator, denominator, mode), expected, "{numerator}/{denominator} {mode:?}");
        }
    }
}

proptest! {
    /// Every mode gives a neighbour of the exact quotient, and the one that its definition names.
    #[test]
    fn every_mode_rounds_as_defined(numerator in any::<i64>(), denominator in 1_i64..=1_000_000_000_000) {
        let (n, d) = (i128::from(numerator), i128::from(denominator));
        let (low, high) = (n.div_euclid(d), n.div_euclid(d) + i128::from(n.rem_euclid(d) != 0));
        let twice_rest = 2 * n.rem_euclid(d);
        let nearest = |tie: i128| match twice_rest.cmp(&d) {
            std::cmp::Ordering::Less => low,
            std::cmp::Ordering::Greater => high,
            std::cmp::Ordering::Equal => tie,
        };
        let (towards_zero, away) = if n < 0 { (high, low) } else { (low, high) };
        prop_assert_eq!(divide(n, d, Rounding::Down), towards_zero);
        prop_assert_eq!(divide(n, d, Rounding::Up), away);
        prop_assert_eq!(divide(n, d, Rounding::HalfUp), nearest(away));
        prop_assert_eq!(divide(n, d, Rounding::HalfEven), nearest(if low % 2 == 0 { low } else { high }));
    }

    /// Half-way cases are rare among random numbers, so they are made here.
    #[test]
    fn halves_go_where_the_mode_says(whole in -1_000_000_i128..1_000_000, half in 1_i128..1_000_000) {
        let (n, d) = (whole * 2 * half + half, 2 * half);
        let (low, high) = (whole, whole + 1);
        prop_assert_eq!(divide(n, d, Rounding::HalfUp), if n < 0 { low } else { high });
        prop_assert_eq!(divide(n, d, Rounding::HalfEven), if low % 2 == 0 { low } else { high });
    }

    /// What is written is read back as the same amount (X4).
    #[test]
    fn written_and_read_back(scaled in any::<i64>().prop_filter("readable", |n| *n != i64::MIN)) {
        let price = Price::from_scaled(scaled);
        prop_assert_eq!(Price::parse(&price.to_string()), Ok(price));
        prop_assert_eq!(Price::parse(&price.to_fixed()), Ok(price));
        let amount = Amount { money: Money::from_minor(scaled), digits: 2 };
        let json = serde_json::to_string(&amount).unwrap();
        prop_assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
        prop_assert_eq!(amount.to_string(), Money::from_minor(scaled).format(Currency::GBP));
    }

    /// The order of additions does not matter, and no sum of amounts wraps (X1).
    #[test]
    fn sums_do_not_depend_on_order(mut scaled in proptest::collection::vec(any::<i64>(), 0..50)) {
        let sum = |list: &[i64]| list.iter().map(|n| CallCharge::from_scaled(*n)).sum::<Sum<6>>();
        let forward = sum(&scaled);
        scaled.reverse();
        prop_assert_eq!(forward, sum(&scaled));
        prop_assert_eq!(forward.wide(), scaled.iter().map(|n| i128::from(*n)).sum::<i128>());
    }
}

/// X4: what is a number and what is not.
#[test]
fn strict_numbers() {
    use NumberError::{Empty, NotANumber, OutOfRange, TooManyDecimals};
    let rows: [(&str, Result<i64, NumberError>); 24] = [
        ("0", Ok(0)),
        ("1", Ok(100_000_000)),
        ("-12.5", Ok(-1_250_000_000)),
        ("0.01500000", Ok(1_500_000)),
        ("0.015000000000", Ok(1_500_000)),
        ("007", Ok(700_000_000)),
        ("-0", Ok(0)),
        ("92233720368.54775807", Ok(i64::MAX)),
        ("92233720368.54775808", Err(OutOfRange)),
        ("99999999999999999999", Err(OutOfRange)),
        ("0.000000001", Err(TooManyDecimals { allowed: 8 })),
        ("", Err(Empty)),
        ("1e5", Err(NotANumber)),
        ("1,234.50", Err(NotANumber)),
        ("£3", Err(NotANumber)),
        ("NaN", Err(NotANumber)),
        ("+1", Err(NotANumber)),
        ("1.", Err(NotANumber)),
        (".5", Err(NotANumber)),
        ("1_000", Err(NotANumber)),
        (" 1", Err(NotANumber)),
        ("--1", Err(NotANumber)),
        ("1.2.3", Err(NotANumber)),
        ("１２", Err(NotANumber)),
    ];
    for (text, expected) in rows {
        assert_eq!(Price::parse(text).map(Price::scaled), expected, "{text:?}");
    }
}

/// X1: beyond the range is an error.
#[test]
fn overflow_is_an_error() {
    let most = Price::from_scaled(i64::MAX);
    assert_eq!(most.plus(Price::from_scaled(1)), Err(Overflow));
    assert_eq!(Price::from_scaled(i64::MIN).negated(), Err(Overflow));
    assert_eq!(Price::from_whole(i64::MAX), Err(Overflow));
    assert_eq!(Money::total([Money::from_minor(i64::MAX), Money::from_minor(1)]), Err(Overflow));
    let beyond = Sum::<6>::from_wide(i128::from(i64::MAX) * 10_001);
    assert_eq!(beyond.to_money(2, Rounding::HalfUp), Err(Overflow));
}

/// X3 b: an invoice line is rounded to the minor unit of its currency.
#[test]
fn lines_round_to_the_minor_unit() {
    let rows =
        [("12.345", "GBP", "12.35"), ("-12.345", "GBP", "-12.35"), ("12.5", "JPY", "13"), ("1.2345", "KWD", "1.235")];
    for (exact, currency, expected) in rows {
        let currency = Currency::parse(currency).unwrap();
        let sum: Sum<6> = [CallCharge::parse(exact).unwrap()].into_iter().sum();
        assert_eq!(sum.to_money(currency.digits, Rounding::HalfUp).unwrap().format(currency), expected);
    }
}

#[test]
fn places_are_kept_or_cut() {
    let amount = Decimal::<6>::parse("12.5").unwrap();
    assert_eq!(
        (amount.to_string(), amount.to_places(2), amount.to_fixed()),
        ("12.5".into(), "12.50".into(), "12.500000".into())
    );
    assert_eq!(amount.rescaled::<8>(Rounding::Down).unwrap().scaled(), 1_250_000_000);
    assert_eq!(Decimal::<6>::parse("0.00005").unwrap().rescaled::<4>(Rounding::HalfUp).unwrap().to_string(), "0.0001");
}
