//! What holds for any tariff and any increase: made again it changes nothing, and every day has the row that it had.

use proptest::prelude::*;

use super::*;
use crate::book::{DEFAULT_SETTINGS, TableRow, compile, parse_settings};
use crate::domain::money::Price;
use crate::tariffs::rows::{Row, rows, rows_of, test_table};

const FIRST: i32 = 20_600;
const DAYS: i32 = 40;

fn day(offset: i32) -> Date {
    Date::from_days(FIRST + offset).expect("in range")
}

/// Rows of one match, one after the other: days of each, a gap before it, its prices in 10^-5.
type Stretch = (i32, i32, i64, Option<i64>);

fn any_series() -> impl Strategy<Value = Vec<Stretch>> {
    proptest::collection::vec((1..15_i32, 0..3_i32, -20_000..300_000_i64, proptest::option::of(0..300_000_i64)), 1..5)
}

fn tables_of(series: &[Vec<Stretch>], open: bool) -> Tables {
    let mut tables = Tables::new();
    *tables.get_mut("tariffs") = test_table("tariffs", "tariff,unit\nretail,minor\n");
    let template = test_table("rates", "tariff,match,rate\nretail,class:mobile,1\n");
    let row = rows_of(&template).next().expect("one");
    let classes = ["national", "mobile", "inbound"];
    let mut made: Vec<TableRow> = Vec::new();
    for (stretches, class) in series.iter().zip(classes) {
        let mut at = 0;
        for (position, (days, gap, rate, connection)) in stretches.iter().enumerate() {
            let (from, to) = (at + gap, at + gap + days - 1);
            at = to + 1;
            let last = open && position + 1 == stretches.len();
            let price = |scaled: i64| Price::from_scaled(scaled * 1000).to_string();
            made.push(row.with(&[
                ("match", Some(format!("class:{class}"))),
                ("from", (from > 0).then(|| day(from).to_string())),
                ("to", (!last).then(|| day(to).to_string())),
                ("rate", Some(price(*rate))),
                ("connection", connection.map(price)),
            ]));
        }
    }
    tables.get_mut("rates").rows = made;
    tables.get_mut("rates").sort();
    tables
}

/// By match and day, how many rows are in force and the prices of the first.
fn by_day(tables: &Tables) -> Vec<(String, i32, usize, String)> {
    let mut found = Vec::new();
    for class in ["class:national", "class:mobile", "class:inbound"] {
        for offset in 0..DAYS + 30 {
            let in_force: Vec<Row> = rows(tables, "rates")
                .filter(|row| row.get("match") == Some(class) && row.valid().contains(day(offset)))
                .collect();
            let prices = in_force.first().map(|row| format!("{:?} {:?}", row.get("rate"), row.get("connection")));
            found.push((class.to_owned(), offset, in_force.len(), prices.unwrap_or_default()));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn an_increase_is_made_once_and_loses_no_day(
        series in proptest::collection::vec(any_series(), 3),
        open in any::<bool>(),
        percent in -1_000_000..3_000_000_i64,
        offset in 0..DAYS,
        credits in any::<bool>(),
    ) {
        prop_assume!(percent != 0);
        let tables = tables_of(&series, open);
        let settings = parse_settings(DEFAULT_SETTINGS).expect("shipped");
        let book = compile(&tables, &settings).expect("sound");
        let increase = Increase { credits, again: true, ..Increase::new(Percent::from_scaled(percent), day(offset)) };
        let outcome = raise_in_place(&tables, Some(&book), "retail", &Selection::default(), &increase).expect("in range");
        let mut after = tables.clone();
        after.merge(outcome.rows);
        compile(&after, &settings).expect("still sound");

        for (before, now) in by_day(&tables).iter().zip(by_day(&after)) {
            prop_assert_eq!((&before.0, before.1, before.2), (&now.0, now.1, now.2), "one row as before");
            if before.1 < offset {
                prop_assert_eq!(&before.3, &now.3, "no price changes before the date");
            }
        }

        let strict = Increase { again: false, ..increase.clone() };
        for repeated in [&increase, &strict] {
            match raise_in_place(&after, Some(&book), "retail", &Selection::default(), repeated) {
                Ok(outcome) => prop_assert!(outcome.rows.is_empty(), "{:?}", outcome.report),
                // Prices that were changed by hand from the date and cannot be raised any further.
                Err(refusal) => prop_assert!(false, "{refusal:?}"),
            }
        }
    }
}
