//! X5, X6.

use proptest::prelude::*;

use crate::domain::time::{CivilDateTime, Date, DateRange, TimeFlag, Weekday, Zone};

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

#[test]
fn dates_that_are_and_are_not() {
    let rows = [
        ("2026-02-28", true),
        ("2026-02-29", false),
        ("2028-02-29", true),
        ("2100-02-29", false),
        ("2000-01-01", true),
        ("1999-12-31", false),
        ("2101-01-01", false),
        ("2026-04-31", false),
        ("2026-13-01", false),
        ("2026-00-10", false),
        ("26-01-01", false),
        ("2026-1-1", false),
        ("2026/01/01", false),
    ];
    for (text, exists) in rows {
        assert_eq!(Date::parse(text).is_some(), exists, "{text}");
    }
}

#[test]
fn known_weekdays() {
    for (day, weekday) in [("2026-11-01", Weekday::Sun), ("2000-01-01", Weekday::Sat), ("2028-02-29", Weekday::Tue)] {
        assert_eq!(date(day).weekday(), weekday, "{day}");
    }
}

/// P3: the 31st falls on the last day of shorter months and returns afterwards.
#[test]
fn months_later() {
    let start = date("2026-01-31");
    let expected = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"];
    for (months, expected) in (0..).zip(expected) {
        assert_eq!(start.plus_months(months).to_string(), expected);
    }
    assert_eq!(date("2026-01-15").plus_months(-13).to_string(), "2024-12-15");
}

proptest! {
    #[test]
    fn days_count_up_one_by_one(days in 10_957_i32..47_846) {
        let day = Date::from_days(days).unwrap();
        prop_assert_eq!(Date::parse(&day.to_string()), Some(day));
        let (year, month, number) = day.ymd();
        prop_assert_eq!(Date::new(year, month, number), Some(day));
        prop_assert_eq!(day.next().days_since(day), 1);
        prop_assert_eq!(day.first_of_month().day(), 1);
        prop_assert!(day.last_of_month() >= day && day.last_of_month().day() == day.days_in_month());
    }

    /// Every instant shows one civil time, and that civil time leads back to it or to its twin an hour earlier.
    #[test]
    fn civil_time_and_back(instant in 946_684_800_i64..4_102_444_800) {
        let zone = Zone::load("Europe/London").unwrap();
        let civil = zone.civil_at(instant).unwrap();
        match zone.resolve(civil) {
            (back, TimeFlag::Plain) => prop_assert_eq!(back, instant),
            (back, TimeFlag::Ambiguous) => prop_assert!(back == instant || back + 3600 == instant),
            (_, TimeFlag::InGap) => prop_assert!(false, "a clock showed a time in a gap"),
        }
    }
}

/// X5: the spring gap is shifted forward, the autumn hour is the earlier one, both flagged.
#[test]
fn gap_and_overlap() {
    let rows = [
        // zone, civil time, UTC, flag
        ("Europe/London", "2026-03-29 00:59:59", "2026-03-29 00:59:59", TimeFlag::Plain),
        ("Europe/London", "2026-03-29 01:00:00", "2026-03-29 01:00:00", TimeFlag::InGap),
        ("Europe/London", "2026-03-29 01:30:00", "2026-03-29 01:30:00", TimeFlag::InGap),
        ("Europe/London", "2026-03-29 02:00:00", "2026-03-29 01:00:00", TimeFlag::Plain),
        ("Europe/London", "2026-10-25 00:59:59", "2026-10-24 23:59:59", TimeFlag::Plain),
        ("Europe/London", "2026-10-25 01:00:00", "2026-10-25 00:00:00", TimeFlag::Ambiguous),
        ("Europe/London", "2026-10-25 01:59:59", "2026-10-25 00:59:59", TimeFlag::Ambiguous),
        ("Europe/London", "2026-10-25 02:00:00", "2026-10-25 02:00:00", TimeFlag::Plain),
        ("America/New_York", "2026-03-08 02:30:00", "2026-03-08 07:30:00", TimeFlag::InGap),
        ("Europe/Berlin", "2026-06-01 12:00:00", "2026-06-01 10:00:00", TimeFlag::Plain),
        ("UTC", "2026-03-29 01:30:00", "2026-03-29 01:30:00", TimeFlag::Plain),
    ];
    for (zone, civil, utc, flag) in rows {
        let zone = Zone::load(zone).unwrap();
        let (instant, found) = zone.resolve(CivilDateTime::parse(civil).unwrap());
        assert_eq!(
            (CivilDateTime::from_utc_seconds(instant).unwrap().to_string(), found),
            (utc.to_owned(), flag),
            "{civil}"
        );
    }
}

/// In a gap, the workspace's clock shows the time shifted by the gap.
#[test]
fn a_time_in_the_gap_is_an_hour_later_on_the_clock() {
    let zone = Zone::load("Europe/London").unwrap();
    let (moment, flag) = zone.moment(CivilDateTime::parse("2026-03-29 01:30:00").unwrap(), &zone).unwrap();
    assert_eq!((moment.civil.to_string(), flag), ("2026-03-29 02:30:00".to_owned(), TimeFlag::InGap));
}

#[test]
fn a_supplier_in_another_zone_may_be_on_another_day() {
    let (london, utc) = (Zone::load("Europe/London").unwrap(), Zone::load("UTC").unwrap());
    let (moment, _) = london.moment(CivilDateTime::parse("2026-07-31 23:30:00").unwrap(), &utc).unwrap();
    assert_eq!(moment.civil.to_string(), "2026-08-01 00:30:00");
}

#[test]
fn unknown_zones_are_none() {
    assert_eq!(Zone::load("Europe/Atlantis"), None);
}

/// X6: both ends are included, a blank end is open.
#[test]
fn ranges() {
    let range = |from: &str, to: &str| DateRange { from: Date::parse(from), to: Date::parse(to) };
    let may = range("2026-05-01", "2026-05-31");
    for (day, inside) in [("2026-04-30", false), ("2026-05-01", true), ("2026-05-31", true), ("2026-06-01", false)] {
        assert_eq!(may.contains(date(day)), inside, "{day}");
    }
    let rows = [
        (range("2026-05-31", ""), true),
        (range("2026-06-01", ""), false),
        (range("", "2026-05-01"), true),
        (range("", "2026-04-30"), false),
        (DateRange::ALWAYS, true),
    ];
    for (other, overlaps) in rows {
        assert_eq!((may.overlaps(other), other.overlaps(may)), (overlaps, overlaps), "{other}");
    }
    assert!(range("2026-05-02", "2026-05-01").is_reversed());
    assert!(!range("2026-05-01", "2026-05-01").is_reversed());
}

#[test]
fn clock_times_that_are_not() {
    for text in
        ["2026-05-01 24:00:00", "2026-05-01 23:59:60", "2026-05-01 9:00:00", "2026-05-01", "2026-05-01x10:00:00"]
    {
        assert_eq!(CivilDateTime::parse(text), None, "{text}");
    }
}

/// The table of plain days gives what the list of changes gives.
#[test]
fn a_plain_day_needs_no_search() {
    for name in ["Europe/London", "UTC", "Pacific/Apia", "Africa/Casablanca", "America/St_Johns"] {
        let zone = Zone::load(name).unwrap();
        let first = Date::new(2000, 1, 1).unwrap();
        for day in 0..36_890 {
            let date = first.plus_days(day);
            for second_of_day in [0, 3_599, 5_400, 43_200, 86_399] {
                let civil = CivilDateTime { date, second_of_day };
                assert_eq!(zone.resolve(civil), zone.resolve_near_change(civil.as_utc_seconds()), "X5: {name} {civil}");
            }
        }
    }
}
