//! Price increases as tables of rows: a tariff before, an increase, the tariff afterwards.

use super::*;
use crate::book::{compile, parse_settings};
use crate::tariffs::rows::{Row, rows, test_table};

fn increase(percent: &str) -> Increase {
    Increase::new(parse_percent(percent).unwrap(), Date::parse("2026-08-01").unwrap())
}

/// A book with rates as the lines say: `match,from,to,mode,connection,rate,minimum,maximum,percent,access_rate,steps,note`.
fn book_of(lines: &str) -> Tables {
    let mut tables = Tables::new();
    *tables.get_mut("tariffs") =
        test_table("tariffs", "tariff,parent,unit,description\nbase,,minor,\nretail,base,minor,Ours\n");
    *tables.get_mut("call_types") = test_table(
        "call_types",
        "call_type,description,class,kind\na,A,national,voice\nb,B,mobile,voice\nc,C,mobile,voice\n",
    );
    *tables.get_mut("rates") =
        test_table("rates", &format!("tariff,{COLUMNS}\nbase,type:a,,,,,9,,,,,,\n{}", of_tariff(lines)));
    tables
}

const COLUMNS: &str = "match,from,to,mode,connection,rate,minimum,maximum,percent,access_rate,steps,note";

fn of_tariff(lines: &str) -> String {
    let commas = COLUMNS.matches(',').count();
    let full = |line: &str| format!("retail,{}{}\n", line.trim(), ",".repeat(commas - line.matches(',').count()));
    lines.lines().filter(|line| !line.trim().is_empty()).map(full).collect()
}

/// The rates of `retail` as such lines, blanks at the end left out.
fn lines_of(tables: &Tables, tariff: &str) -> Vec<String> {
    let own = rows(tables, "rates").filter(|row| row.get("tariff") == Some(tariff));
    own.map(|row| cells(row, COLUMNS).trim_end_matches(',').to_owned()).collect()
}

fn cells(row: Row, columns: &str) -> String {
    columns.split(',').map(|column| row.text(column)).collect::<Vec<_>>().join(",")
}

fn settings() -> crate::domain::book::Settings {
    parse_settings(crate::book::DEFAULT_SETTINGS).unwrap()
}

fn raise(tables: &Tables, selection: &Selection, increase: &Increase) -> Result<Outcome, Refusal> {
    let book = compile(tables, &settings()).unwrap();
    raise_in_place(tables, Some(&book), "retail", selection, increase)
}

/// Raises in place and returns the rows afterwards; the increase made again changes nothing.
#[track_caller]
fn raised(lines: &str, selection: &Selection, increase: &Increase) -> (Vec<String>, Report) {
    let mut tables = book_of(lines);
    let outcome = raise(&tables, selection, increase).unwrap();
    tables.merge(outcome.rows);
    let again = raise(&tables, selection, increase).unwrap();
    assert!(again.rows.is_empty() && again.report.is_unchanged(), "{:?}", again.report);
    assert_eq!(lines_of(&tables, "base"), ["type:a,,,,,9"], "the parent is not touched");
    (lines_of(&tables, "retail"), outcome.report)
}

#[track_caller]
fn check(increase: &Increase, before: &str, after: &[&str]) {
    assert_eq!(raised(before, &Selection::default(), increase).0, after, "{before}");
}

const MARK: &str = "+5 % from 2026-08-01";

#[test]
fn a_row_ends_the_day_before_and_goes_on_at_the_new_price_r17() {
    let five = increase("5");
    // 1.2345 × 1.05 = 1.296225
    check(
        &five,
        "type:a,,,,,1.2345",
        &["type:a,,2026-07-31,,,1.2345", &format!("type:a,2026-08-01,,,,1.2962,,,,,,{MARK}")],
    );
    // A row that ends later keeps its end; its note stays.
    check(
        &five,
        "type:a,2026-01-01,2026-12-31,,,2,,,,,,Ours",
        &[
            "type:a,2026-01-01,2026-07-31,,,2,,,,,,Ours",
            &format!("type:a,2026-08-01,2026-12-31,,,2.1,,,,,,Ours; {MARK}"),
        ],
    );
    // The last day of the row is the date: one day of it is raised.
    check(
        &five,
        "type:a,,2026-08-01,,,2",
        &["type:a,,2026-07-31,,,2", &format!("type:a,2026-08-01,2026-08-01,,,2.1,,,,,,{MARK}")],
    );
    // Rows that begin on the date or later are changed where they are; what ended is not touched.
    check(
        &five,
        "type:a,,2026-07-31,,,1\n type:a,2026-09-01,,,,2\n type:b,2026-08-01,,,,4",
        &[
            "type:a,,2026-07-31,,,1",
            &format!("type:a,2026-09-01,,,,2.1,,,,,,{MARK}"),
            &format!("type:b,2026-08-01,,,,4.2,,,,,,{MARK}"),
        ],
    );
    // A row planned with the same prices as before it.
    check(
        &five,
        "type:a,,2026-07-31,,,2\n type:a,2026-08-01,,,,2",
        &["type:a,,2026-07-31,,,2", &format!("type:a,2026-08-01,,,,2.1,,,,,,{MARK}")],
    );
    // All prices, minimum below maximum still; steps in their one spelling.
    check(
        &five,
        "type:a,,,,1,2,3,3.00004,,4\n type:b,,,,,,,,,,0:25:0:3600;3600:0:5:60",
        &[
            "type:a,,2026-07-31,,1,2,3,3.00004,,4",
            &format!("type:a,2026-08-01,,,1.05,2.1,3.15,3.15,,4.2,,{MARK}"),
            "type:b,,2026-07-31,,,,,,,,0:25:0:3600;3600:0:5:60",
            &format!("type:b,2026-08-01,,,,,,,,,0:26.25:0:3600;3600:0:5.25:60,{MARK}"),
        ],
    );
    // A percentage is no price, the minimum beside it is.
    check(
        &five,
        "type:a,,,markup,,,2,,10",
        &["type:a,,2026-07-31,markup,,,2,,10", &format!("type:a,2026-08-01,,markup,,,2.1,,10,,,{MARK}")],
    );
    check(
        &increase("-100"),
        "type:a,,,,,2",
        &["type:a,,2026-07-31,,,2", "type:a,2026-08-01,,,,0,,,,,,-100 % from 2026-08-01"],
    );
}

#[test]
fn rows_are_left_alone_with_a_reason() {
    let row = |increase: &Increase, line: &str, why: Why| {
        let (after, report) = raised(line, &Selection::default(), increase);
        assert_eq!(after, [line]);
        assert!(report.is_unchanged());
        assert_eq!(report.left.iter().map(|left| left.why).collect::<Vec<_>>(), [why], "{line}");
    };
    let five = increase("5");
    row(&five, "type:a,,2026-07-31,,,2", Why::Ended);
    row(&five, "type:a,,,,,0", Why::Zero);
    row(&five, "type:a,,,markup,,,,,10", Why::Markup);
    row(&five, "type:a,,,from_file", Why::Markup);
    row(&five, "type:a,,,,1,-2", Why::Credits);
    row(&increase("0.0001"), "type:a,,,,,2", Why::TooSmall);
    row(&increase("-60"), "type:a,,,,,0.0001", Why::WouldVanish);
    row(&Increase { fields: vec![PriceField::Rate], ..five.clone() }, "type:a,,,,2", Why::NoPrice);
    row(&Increase { leave_future: true, ..five.clone() }, "type:a,2026-08-02,,,,2", Why::BeginsLater);
    let (after, _) = raised("type:a,,,,1,-2", &Selection::default(), &Increase { credits: true, ..five });
    assert_eq!(after, ["type:a,,2026-07-31,,1,-2", &format!("type:a,2026-08-01,,,1.05,-2.1,,,,,,{MARK}")]);
}

#[test]
fn what_was_done_by_hand_is_recognised_by_the_row_before() {
    // 2 × 1.05 = 2.1: done. What comes after it may have been done with it: left alone.
    let done = ["type:a,,2026-07-31,,,2", "type:a,2026-08-01,2026-12-31,,,2.1", "type:a,2027-01-01,,,,3"];
    let (after, report) = raised(&done.join("\n"), &Selection::default(), &increase("5"));
    assert_eq!(after, done);
    let why: Vec<_> = report.left.iter().map(|left| left.why).collect();
    assert_eq!(why, [Why::Ended, Why::RaisedAlready, Why::CannotTell]);
}

#[test]
fn another_increase_from_the_same_date_must_be_wanted() {
    let mut tables = book_of("type:a,,,,1,2\n type:b,2026-09-01,,,,4");
    let all = Selection::default();
    let mut apply = |increase: &Increase| -> Result<Vec<String>, Refusal> {
        let outcome = raise(&tables, &all, increase)?;
        tables.merge(outcome.rows);
        Ok(lines_of(&tables, "retail"))
    };
    let (rate, connection) = (vec![PriceField::Rate], vec![PriceField::Connection]);
    let five = Increase { fields: rate.clone(), ..increase("5") };
    let first = apply(&five).unwrap();
    // Other prices of the same rows from the same date: nothing is doubled.
    let second = apply(&Increase { fields: connection, ..increase("10") }).unwrap();
    assert_ne!(first, second);
    let marks = "+5 % from 2026-08-01 on rate; +10 % from 2026-08-01 on connection";
    assert_eq!(second[1], format!("type:a,2026-08-01,,,1.1,2.1,,,,,,{marks}"));
    // The same prices: refused, all rows named.
    let three = Increase { fields: rate, ..increase("3") };
    let refusal = apply(&three).unwrap_err();
    assert_eq!(
        refusal.places,
        [
            "type:a: was changed already: +5 % from 2026-08-01 on rate",
            "type:b: was changed already: +5 % from 2026-08-01 on rate"
        ]
    );
    // Wanted: on top, once. 2.1 × 1.03 = 2.163
    let again = Increase { again: true, ..three.clone() };
    let third = apply(&again).unwrap();
    assert!(third[1].starts_with("type:a,2026-08-01,,,1.1,2.163,"), "{third:?}");
    assert_eq!(apply(&again).unwrap(), third);
    assert_eq!(apply(&three).unwrap(), third);
    assert_eq!(apply(&five).unwrap(), third);
}

#[test]
fn prices_changed_by_hand_from_the_date_are_not_raised_unseen() {
    let tables = book_of("type:a,,2026-07-31,,,2\n type:a,2026-08-01,,,,2.2");
    let refusal = raise(&tables, &Selection::default(), &increase("5")).unwrap_err();
    assert_eq!(refusal.places, ["type:a: has other prices from 2026-08-01 than on the day before"]);
    let again = Increase { again: true, ..increase("5") };
    let (after, _) = raised("type:a,,2026-07-31,,,2\n type:a,2026-08-01,,,,2.2", &Selection::default(), &again);
    assert_eq!(after[1], format!("type:a,2026-08-01,,,,2.31,,,,,,{MARK}"));
}

#[test]
fn only_what_is_new_since_is_raised() {
    let mut tables = book_of("type:a,,,,,2");
    tables.merge(raise(&tables, &Selection::default(), &increase("5")).unwrap().rows);
    let mut newer = Tables::new();
    *newer.get_mut("rates") = test_table("rates", &format!("tariff,{COLUMNS}\n{}", of_tariff("type:b,,,,,4")));
    tables.merge(newer);
    let outcome = raise(&tables, &Selection::default(), &increase("5")).unwrap();
    assert_eq!((outcome.report.changes.len(), outcome.report.left_for(Why::RaisedAlready)), (1, 1));
    assert_eq!(outcome.report.changes[0].row, "type:b");
    tables.merge(outcome.rows);
    assert_eq!(lines_of(&tables, "retail")[1], format!("type:a,2026-08-01,,,,2.1,,,,,,{MARK}"));
}

#[test]
fn a_later_increase_does_not_hide_an_earlier_one() {
    let mut tables = book_of("type:a,,,,,2");
    let (first, later) = (increase("5"), Increase { from: Date::parse("2026-10-01").unwrap(), ..increase("10") });
    for increase in [&first, &later] {
        tables.merge(raise(&tables, &Selection::default(), increase).unwrap().rows);
    }
    let before = tables.clone();
    for increase in [&first, &later] {
        tables.merge(raise(&tables, &Selection::default(), increase).unwrap().rows);
    }
    assert!(tables == before);
    let both = format!("{MARK}; +10 % from 2026-10-01");
    assert_eq!(lines_of(&tables, "retail")[2], format!("type:a,2026-10-01,,,,2.31,,,,,,{both}"));
}

#[test]
fn rows_are_chosen_by_class_and_by_pattern() {
    let lines = "class:mobile,,,,,1\n type:a,,,,,1\n type:b,,,,,1\n prefix:+447,,,,,1\n prefix:+44,,,,,1";
    let names = |classes: &[CallClass], patterns: &[&str]| -> Vec<String> {
        let patterns = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        let selection = Selection { classes: classes.to_vec(), patterns };
        raised(lines, &selection, &increase("5")).1.changes.into_iter().map(|change| change.row).collect()
    };
    use crate::domain::price_book::CallClass;
    // +447 has mobiles, pagers and personal numbers, +44 everything: neither is of the mobile class alone.
    assert_eq!(names(&[CallClass::Mobile], &[]), ["class:mobile", "type:b"]);
    assert_eq!(names(&[CallClass::National, CallClass::Mobile], &["type:*"]), ["type:a", "type:b"]);
    assert_eq!(names(&[], &["prefix:*", "type:a"]), ["prefix:+44", "prefix:+447", "type:a"]);
    let none = Selection { patterns: vec!["type:x".into()], ..Selection::default() };
    let refusal = raise(&book_of(lines), &none, &increase("5")).unwrap_err();
    assert_eq!(refusal.reason, "no rate row of tariff retail is meant");
}

#[test]
fn what_does_not_fit_is_an_error_that_names_the_rows() {
    let tables = book_of("type:a,,,,,2\n type:b,,,,,90000000000");
    let refusal = raise(&tables, &Selection::default(), &increase("10")).unwrap_err();
    assert_eq!(refusal.places, ["type:b, always"]);
    let book = compile(&tables, &settings()).unwrap();
    let unknown = raise_in_place(&tables, Some(&book), "x", &Selection::default(), &increase("5")).unwrap_err();
    assert_eq!(
        (unknown.reason.as_str(), unknown.hint.as_str()),
        ("there is no tariff \"x\"", "there are: base, retail")
    );
}

#[test]
fn percentages_have_limits() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(parse_percent(text).ok().map(|percent| percent.to_string()).as_deref(), expected, "{text}");
    };
    check("5", Some("5"));
    check("-2.50", Some("-2.5"));
    check("-100", Some("-100"));
    check("10000", Some("10000"));
    check("0.0001", Some("0.0001"));
    check("0", None);
    check("-100.0001", None);
    check("10000.0001", None);
    check("0.00001", None);
    check("5%", None);
}

#[test]
fn a_version_is_a_copy_with_the_new_prices_and_is_made_once() {
    let mut tables = book_of("type:a,,,,,2\n type:b,,2026-06-30,,,1\n type:c,,,,,0");
    *tables.get_mut("products") = test_table("products", "product,name,category,price\nLINE,Line,Lines,10\n");
    *tables.get_mut("product_prices") =
        test_table("product_prices", "product,account,tariff,from,price\nLINE,,retail,2026-01-01,9\n");
    let book = compile(&tables, &settings()).unwrap();
    let make = |tables: &Tables, code: &str, increase: &Increase| {
        raise_as_version(tables, Some(&book), "retail", code, &Selection::default(), increase)
    };
    let before = lines_of(&tables, "retail");
    let outcome = make(&tables, "retail 2", &increase("5")).unwrap();
    tables.merge(outcome.rows);
    assert_eq!(lines_of(&tables, "retail"), before);
    assert_eq!(
        lines_of(&tables, "retail 2"),
        [
            "type:a,,2026-07-31,,,2",
            &format!("type:a,2026-08-01,,,,2.1,,,,,,{MARK}"),
            "type:b,,2026-06-30,,,1",
            "type:c,,,,,0"
        ]
    );
    let made = rows(&tables, "tariffs").find(|row| row.get("tariff") == Some("retail 2")).unwrap();
    assert_eq!(
        [made.text("parent"), made.text("unit"), made.text("description")],
        ["base", "minor", "Ours (version of retail, +5 % from 2026-08-01)"]
    );
    assert_eq!(rows(&tables, "product_prices").filter(|row| row.get("tariff") == Some("retail 2")).count(), 1);
    compile(&tables, &settings()).unwrap();
    let again = make(&tables, "retail 2", &increase("5")).unwrap();
    assert!(again.rows.is_empty() && again.report.is_unchanged());
    let other = make(&tables, "retail 2", &increase("6")).unwrap_err();
    assert_eq!(other.places, ["rates: retail 2 / type:a / 2026-08-01: rate is \"2.1\", would be \"2.12\""]);
    for code in ["retail", "", " x", "base"] {
        assert!(make(&tables, code, &increase("5")).is_err(), "{code:?}");
    }
}

/// Prices of products: before, the increase, what is written.
#[test]
fn products_get_dated_prices() {
    let choose = |customer_prices, tariff_prices| ProductSelection {
        categories: vec!["Lines".into()],
        customer_prices,
        tariff_prices,
        ..ProductSelection::default()
    };
    let check = |selection: &ProductSelection, dated: &str, expected: &[&str], left: &[Why]| {
        let mut tables = Tables::new();
        *tables.get_mut("products") =
            test_table("products", "product,name,category,price\nLINE,Line,Lines,20.1234\nNET,Net,Data,30\n");
        let header = "product,account,tariff,from,price";
        *tables.get_mut("product_prices") = test_table("product_prices", &format!("{header}\n{dated}"));
        let outcome = raise_products(&tables, selection, &increase("5")).unwrap();
        let written: Vec<_> = rows(&outcome.rows, "product_prices").map(|row| cells(row, header)).collect();
        assert_eq!(written, expected, "{dated}");
        assert_eq!(outcome.report.left.iter().map(|left| left.why).collect::<Vec<_>>(), left, "{dated}");
        tables.merge(outcome.rows);
        let again = raise_products(&tables, selection, &increase("5")).unwrap();
        assert!(again.rows.is_empty(), "{dated}: {:?}", again.report);
    };
    let everybody = choose(false, false);
    // 20.1234 × 1.05 = 21.12957
    check(&everybody, "", &["LINE,,,2026-08-01,21.1296"], &[]);
    check(&everybody, "LINE,,,2026-01-01,20", &["LINE,,,2026-08-01,21"], &[]);
    check(
        &everybody,
        "LINE,,,2026-01-01,20\nLINE,,,2026-09-01,30\nLINE,A1,,2026-01-01,9",
        &["LINE,,,2026-08-01,21", "LINE,,,2026-09-01,31.5"],
        &[],
    );
    check(&everybody, "LINE,,,2026-01-01,20\nLINE,,,2026-08-01,20", &["LINE,,,2026-08-01,21"], &[]);
    check(&everybody, "LINE,,,2026-01-01,20\nLINE,,,2026-08-01,21", &[], &[Why::RaisedAlready]);
    check(&everybody, "LINE,,,2026-01-01,0\nLINE,,,2026-09-01,30", &[], &[Why::Zero, Why::CannotTell]);
    check(
        &choose(true, true),
        "LINE,A1,,2026-01-01,10\nLINE,,retail,2026-01-01,12\nLINE,A2,,2026-09-01,9",
        &["LINE,,,2026-08-01,21.1296", "LINE,,retail,2026-08-01,12.6", "LINE,A1,,2026-08-01,10.5"],
        &[Why::NoPrice, Why::CannotTell],
    );
    let mut tables = Tables::new();
    *tables.get_mut("products") = test_table("products", "product,name,category,price\nLINE,Line,Lines,20\n");
    *tables.get_mut("product_prices") =
        test_table("product_prices", "product,account,tariff,from,price\nLINE,,,2026-08-01,25\n");
    let refusal = raise_products(&tables, &everybody, &increase("5")).unwrap_err();
    assert_eq!(refusal.places, ["LINE: has another price from that date than on the day before"]);
    let unknown = ProductSelection { products: vec!["LINES".into()], ..ProductSelection::default() };
    assert_eq!(raise_products(&tables, &unknown, &increase("5")).unwrap_err().hint, "there are: LINE");
}
