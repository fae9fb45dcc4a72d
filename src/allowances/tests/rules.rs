//! A1–A5 as tables: usage, what is charged for it, what its buckets say.

use super::*;
use crate::allowances::{Told, allowance_story, apply_caps};
use crate::domain::allowance::LongestCall;
use crate::domain::book::{BandId, CostCentreId, SupplierId};
use crate::domain::customer::CostCentre;
use crate::domain::money::CallCharge;
use crate::domain::sample::charge_of;

#[test]
fn a1_the_order_is_start_supplier_record() {
    let book = book_with(vec![allowance("M", "seconds 100")]);
    let mut rows =
        usage(&["06-01 10:00:00 voice 60 0.60", "06-01 10:00:00 voice 60 0.60", "06-01 09:59:59 voice 60 0.60"]);
    rows[0].supplier = SupplierId(1);
    // The third came first: 60 of 100. Then the second, of the first supplier: 40 covered, 20 × 0.01 left.
    let (charged, used) = covered(&book, rows, &[]).expect("in range");
    assert_eq!(format!("{} | {}", charges(&charged), buckets(&used)), "0~ 0.2~ 0.6 | M 2026-06-01 100/100");
}

#[test]
fn a2_the_first_limit_that_is_used_up_ends_it() {
    let rows = [
        "06-01 10:00:00 voice 60 0.60",
        "06-02 10:00:00 sms 2 0.10",
        "06-03 10:00:00 voice 60 0.60",
        "06-04 10:00:00 sms 2 0.10",
        "06-05 10:00:00 data 1000 0.20",
    ];
    let check_limits = |limits: &str, expected: &str| check(&book_with(vec![allowance("M", limits)]), &rows, expected);
    // Seconds count voice only, and no limit counts the rest: it is not inside.
    check_limits("seconds 90", "0~ 0.1 0.3~ 0.1 0.2 | M 2026-06-01 90/90");
    check_limits("messages 3", "0.6 0~ 0.6 0.05~ 0.2 | M 2026-06-01 3/3");
    check_limits("bytes 250", "0.6 0.1 0.6 0.1 0.15~ | M 2026-06-01 250/250");
    // A call is one and cannot be split.
    check_limits("calls 1", "0~ 0.1 0.6 0.1 0.2 | M 2026-06-01 1/1");
    // Money counts everything, at its price: 0.60 + 0.10 + 0.20 of 0.60; exactly 1/3 of the call.
    check_limits("money 0.90", "0~ 0~ 0.4~ 0.1 0.2 | M 2026-06-01 0.9/0.9");
    // Compound: the second call uses the seconds up, which ends it for messages too.
    check_limits("seconds 90 messages 100", "0~ 0~ 0.3~ 0.1 0.2 | M 2026-06-01 90/90 2/100");
    check_limits("seconds 900 messages 2", "0~ 0~ 0.6 0.1 0.2 | M 2026-06-01 60/900 2/2");
    check_limits("seconds 900 calls 1", "0~ 0.1 0.6 0.1 0.2 | M 2026-06-01 60/900 1/1");
    // Money ends it within the call, after the message: 0.10 of its 60 seconds are 10.
    check_limits("seconds 900 money 0.80", "0~ 0~ 0.5~ 0.1 0.2 | M 2026-06-01 70/900 0.8/0.8");
    // Nothing was granted.
    check_limits("seconds 0 messages 9", "0.6 0.1 0.6 0.1 0.2 | ");
    // No limit is unlimited.
    check_limits("", "0~ 0~ 0~ 0~ 0~ | M 2026-06-01 120 seconds 4 messages 1000 bytes 2 calls");
}

#[test]
fn a2_money_and_seconds_end_together() {
    // 0.80 of 0.60 + 0.60: 0.20 of the second call, 20 s. Messages find it ended.
    let book = book_with(vec![allowance("M", "seconds 80 money 0.80")]);
    let rows = ["06-01 10:00:00 voice 60 0.60", "06-02 10:00:00 voice 60 0.60", "06-03 10:00:00 sms 1 0.05"];
    check(&book, &rows, "0~ 0.4~ 0.05 | M 2026-06-01 80/80 0.8/0.8");
}

#[test]
fn a2_what_it_is_for() {
    let rows = ["06-03 10:00:00 voice 60 0.60", "06-04 10:00:00 voice 60 0.60"];
    let check = |change: &dyn Fn(&mut Book), expected: &str| {
        let mut book = book_with(vec![allowance("M", "seconds 600")]);
        book.cost_centres = vec![CostCentre { customer: CUSTOMER, code: "N".into(), name: "North".into() }];
        change(&mut book);
        let mut rows = on_lines(usage(&rows), &[0, 1]);
        rows[1].call_type = MOBILE;
        rows[1] = rows[1].clone().in_band(BandId(1));
        let (charged, _) = covered(&book, rows, &[]).expect("in range");
        assert_eq!(charges(&charged), expected);
    };
    check(&|_| {}, "0~ 0~");
    check(&|book| book.allowances[0].qualifies = vec![MOBILE], "0.6 0~");
    check(&|book| book.allowances[0].bands = vec![BandId(0)], "0~ 0.6");
    check(&|book| book.customer_allowances[0].valid.from = Some(date("2026-06-04")), "0.6 0~");
    check(&|book| book.customer_allowances[0].valid.to = Some(date("2026-06-03")), "0~ 0.6");
    check(&|book| book.customer_allowances[0].scope = AllowanceScope::Clis(vec![CliId(1), CliId(2)]), "0.6 0~");
    check(&|book| book.customer_allowances[0].scope = AllowanceScope::CostCentre(CostCentreId(0)), "0.6 0.6");
    check(
        &|book| {
            book.customer_allowances[0].scope = AllowanceScope::CostCentre(CostCentreId(0));
            book.clis[1].cost_centre = Some(CostCentreId(0));
        },
        "0.6 0~",
    );
}

#[test]
fn a2_all_lines_share_what_is_granted() {
    let book = book_with(vec![allowance("M", "seconds 150")]);
    let rows = usage(&["06-01 10:00:00 voice 60 0.60"; 3]);
    // Three lines in the same second: by record. 150 − 60 − 60 = 30 for the third.
    let (charged, used) = covered(&book, on_lines(rows, &[2, 1, 0]), &[]).expect("in range");
    assert_eq!(format!("{} | {}", charges(&charged), buckets(&used)), "0~ 0~ 0.3~ | M 2026-06-01 150/150");
}

#[test]
fn a2_bought_so_many_times_for_a_part_of_the_month() {
    let granted = |from: &str, to: Option<&str>, quantity: &str, prorate: bool, expected: &str| {
        let mut book = book_with(vec![allowance("M", "seconds 1000 money 10")]);
        book.allowances[0].prorate = prorate;
        book.customer_allowances[0].valid = DateRange { from: Some(date(from)), to: to.map(date) };
        book.customer_allowances[0].quantity = times(quantity);
        let (_, used) = covered(&book, usage(&["06-15 10:00:00 voice 60 0.60"]), &[]).expect("in range");
        let limits = used.shown[0].limits.iter().map(|limit| limit.granted.expect("limited").to_string());
        assert_eq!(limits.collect::<Vec<_>>().join(" "), expected, "{from} {to:?} {quantity} {prorate}");
    };
    granted("2026-01-01", None, "1", true, "1000 10");
    granted("2026-01-01", None, "2.5", true, "2500 25");
    // Half up to a whole second: 0.0005 × 1000 = 0.5; half a penny.
    granted("2026-01-01", None, "0.0005", true, "1 0.01");
    granted("2026-06-11", None, "1", false, "1000 10");
    // 11–30 June: 20/30 of 1000 = 666.67, of 10.00 = 6.67.
    granted("2026-06-11", None, "1", true, "667 6.67");
    // 1–15 June and 15–15 June.
    granted("2026-01-01", Some("2026-06-15"), "1", true, "500 5");
    granted("2026-06-15", Some("2026-06-15"), "3", true, "100 1");
    granted("2026-06-01", Some("2026-06-30"), "1", true, "1000 10");
}

#[test]
fn a2_the_month_may_begin_on_any_day() {
    let mut book = book_with(vec![allowance("M", "seconds 90")]);
    book.groups[0].anniversary = true;
    book.customers[0].billing_day = Some(15);
    let rows = ["06-14 23:59:59 voice 60 0.60", "06-15 00:00:00 voice 60 0.60", "07-14 23:59:59 voice 60 0.60"];
    check(&book, &rows, "0~ 0~ 0.3~ | M 2026-05-15 60/90, M 2026-06-15 90/90");
}

#[test]
fn a3_a_call_that_crosses_the_end_is_split_by_units() {
    let rows = |rest: &'static str| ["06-01 10:00:00 voice 45 0.45", rest];
    let check_rest = |rest, expected| check(&book_with(vec![allowance("M", "seconds 52")]), &rows(rest), expected);
    // 7 of 60 covered: 53/60 × 0.10 = 0.0883333…
    check_rest("06-02 10:00:00 voice 60 0.10", "0~ 0.088333~ | M 2026-06-01 52/52");
    // 53/60 × 0.000003 = 0.00000265; half up.
    check_rest("06-02 10:00:00 voice 60 0.000003", "0~ 0.000003~ | M 2026-06-01 52/52");
    // What is free draws; what is not measured and costs nothing does not.
    check_rest("06-02 10:00:00 voice 5 0", "0~ 0~ | M 2026-06-01 50/52");
    check_rest("06-02 10:00:00 voice 0 0", "0~ 0 | M 2026-06-01 45/52");
    // A set-up charge without seconds is covered whole.
    check_rest("06-02 10:00:00 voice 0 0.05", "0~ 0~ | M 2026-06-01 45/52");
    check_rest("06-02 10:00:00 voice 60 -1", "0~ -1 | M 2026-06-01 45/52");
}

#[test]
fn a3_reduced_instead_of_free() {
    let rows = [
        "06-01 10:00:00 voice 120 0.20",
        "06-02 10:00:00 sms 1 0.05",
        "06-03 10:00:00 voice 30 0.01",
        "06-04 10:00:00 voice 120 0.20",
    ];
    let check_discount = |discount, expected: &str| {
        let reduced = Allowance { discount, ..allowance("M", "seconds 240 messages 9") };
        check(&book_with(vec![reduced]), &rows, expected);
    };
    let used = "M 2026-06-01 240/240 1/9";
    // A quarter off; of the last call 90 of 120 s are inside: 0.15 × 0.25 = 0.0375.
    check_discount(percent("25"), &format!("0.15~ 0.0375~ 0.0075~ 0.1625~ | {used}"));
    check_discount(percent("0"), &format!("0.2~ 0.05~ 0.01~ 0.2~ | {used}"));
    // 4p off each, a message too; never below nothing.
    check_discount(Discount::PerCall(price("0.04")), &format!("0.16~ 0.01~ 0~ 0.16~ | {used}"));
    // 3p a minute off voice: 6p; 1.5p, at most 1p; 90 s are 4.5p. A message has no minutes, and is outside.
    let voice_only = "M 2026-06-01 240/240 0/9";
    check_discount(Discount::PerMinute(price("0.03")), &format!("0.14~ 0.05 0~ 0.155~ | {voice_only}"));
}

#[test]
fn a3_only_so_much_of_one_call() {
    let rows = ["06-01 10:00:00 voice 100 1.00", "06-02 10:00:00 voice 60 0.60", "06-03 10:00:00 sms 90 0.90"];
    let check_longest = |longest, expected: &str| {
        let limited = Allowance { longest: Some(longest), ..allowance("M", "seconds 600 messages 600") };
        check(&book_with(vec![limited]), &rows, expected);
    };
    check_longest(LongestCall::UpTo(60), "0.4~ 0~ 0~ | M 2026-06-01 120/600 90/600");
    check_longest(LongestCall::OnlyUpTo(60), "1 0~ 0~ | M 2026-06-01 60/600 90/600");
    check_longest(LongestCall::OnlyUpTo(59), "1 0.6 0~ | M 2026-06-01 0/600 90/600");
    // The limit is on the call: a second allowance does not begin it anew.
    let limited = |name| Allowance { longest: Some(LongestCall::UpTo(60)), ..allowance(name, "seconds 50") };
    let book = book_with(vec![limited("M"), limited("N")]);
    check(&book, &rows[..1], "0.4~ | M 2026-06-01 50/50, N 2026-06-01 10/50");
}

#[test]
fn a4_what_does_not_fit_goes_to_the_next() {
    let half = Allowance { discount: percent("50"), ..allowance("N", "seconds 100") };
    let book = book_with(vec![allowance("M", "seconds 30"), half, allowance("O", "seconds 20")]);
    let rows = ["06-01 10:00:00 voice 60 0.60", "06-02 10:00:00 voice 100 1.00"];
    // 30 free, 30 at half: 0.15. Then 70 at half: 0.35; 20 free; 10 at 0.01.
    check(&book, &rows, "0.15~ 0.45~ | M 2026-06-01 30/30, N 2026-06-01 100/100, O 2026-06-01 20/20");
    // Money ends within a second, which then counts for both: 1/3 s by money, of the rest of 2 s begun 1 + 1 fit.
    let book = book_with(vec![allowance("M", "money 0.01"), allowance("N", "seconds 1"), allowance("O", "seconds 9")]);
    let rows = ["06-01 10:00:00 voice 2 0.06"];
    check(&book, &rows, "0~ | M 2026-06-01 0.01/0.01, N 2026-06-01 1/1, O 2026-06-01 1/9");
}

#[test]
fn a4_unused_units_roll_over_for_so_many_periods() {
    let book = |rollover_periods| {
        let mut book = book_with(vec![Allowance { rollover_periods, ..allowance("M", "seconds 100") }]);
        book.customer_allowances[0].valid.from = Some(date("2026-03-10"));
        book
    };
    let rows = ["04-02 10:00:00 voice 150 1.50", "05-02 10:00:00 voice 300 3.00"];
    check(&book(0), &rows, "0.5~ 2~ | M 2026-04-01 100/100, M 2026-05-01 100/100");
    // April: 100 of March, 50 of April. May: 50 of April, 100 of May; March has ended.
    check(&book(1), &rows, "0~ 1.5~ | M 2026-03-10 100/100, M 2026-04-01 100/100, M 2026-05-01 100/100");
    // May alone: March and April whole.
    check(&book(2), &rows[1..], "0~ | M 2026-03-10 100/100, M 2026-04-01 100/100, M 2026-05-01 100/100");
    // After the last day nothing is drawn, though units of two periods are left.
    let mut ended = book(2);
    ended.customer_allowances[0].valid.to = Some(date("2026-04-30"));
    check(&ended, &rows, "0~ 3 | M 2026-03-10 100/100, M 2026-04-01 50/100");
    // A discount for each call is one, be the call covered by two periods.
    let mut reduced = book(1);
    reduced.allowances[0].discount = Discount::PerCall(price("0.30"));
    check(&reduced, &rows[..1], "1.2~ | M 2026-03-10 100/100, M 2026-04-01 50/100");
}

#[test]
fn a5_draws_are_weighted_by_the_call_type() {
    let weighted = |weight: &str, limits: &str, expected: &str| {
        let mut book = book_with(vec![allowance("M", limits)]);
        book.call_types[0].allowance_weight = Percent::parse(weight).expect("a percentage");
        check(&book, &["06-01 10:00:00 voice 60 0.60", "06-02 10:00:00 voice 60 0.60"], expected);
    };
    weighted("200", "seconds 150", "0~ 0.45~ | M 2026-06-01 150/150");
    weighted("50", "seconds 150", "0~ 0~ | M 2026-06-01 60/150");
    weighted("0", "seconds 1", "0~ 0~ | M 2026-06-01 0/1");
    weighted("0", "seconds 0", "0.6 0.6 | ");
    // Whole seconds fit: of 1 left after 60 × 2.5 none, and it stays for what weighs less.
    weighted("250", "seconds 151", "0~ 0.6 | M 2026-06-01 150/151");
    weighted("33.3333", "seconds 30", "0~ 0.3~ | M 2026-06-01 29.99997/30");
    weighted("250", "calls 4", "0~ 0.6 | M 2026-06-01 2.5/4");
    // Money: 0.60 × 2 of 1.50; then 0.30 at double covers 0.15.
    weighted("200", "money 1.50", "0~ 0.45~ | M 2026-06-01 1.5/1.5");
}

#[test]
fn what_earlier_bills_drew_is_gone() {
    let book = book_with(vec![allowance("M", "seconds 100")]);
    let (_, used) = covered(&book, usage(&["06-01 10:00:00 voice 70 0.70"]), &[]).expect("in range");
    // Late usage of a month that was billed, earlier in time or not: 100 − 70 are left of June's.
    let rows = ["05-31 23:59:59 voice 90 0.90", "06-01 09:00:00 voice 60 0.60"];
    check_after(&book, &rows, &used.draws, "0~ 0.3~ | M 2026-05-01 90/100, M 2026-06-01 30/100");
    let twice = [used.draws.clone(), used.draws].concat();
    check_after(&book, &rows, &twice, "0~ 0.6 | M 2026-05-01 90/100");
}

#[test]
fn s1_a_cap_counts_what_allowances_leave() {
    let mut book = book_with(vec![allowance("M", "seconds 90")]);
    book.clis[0].spending_cap = Some(charge_of("0.50"));
    let rows = ["06-01 10:00:00 voice 60 0.60", "06-02 10:00:00 voice 60 0.60", "06-03 10:00:00 voice 60 0.60"];
    let (mut charged, _) = covered(&book, usage(&rows), &[]).expect("in range");
    let used = apply_caps(&book, CUSTOMER, &mut charged, &[]).expect("in range");
    // Free; 30 s at 0.01; of 0.60 the 0.20 that are left of the cap.
    let ends: Vec<_> = charged.iter().map(|one| format!("{} {}", one.charge, one.disposition())).collect();
    assert_eq!(ends, ["0 allowance", "0.3 allowance", "0.2 capped"]);
    assert_eq!(used[0].charged, charge_of("0.5"));
    assert_eq!(charged[1].allowed, charge_of("0.3"));
    assert_eq!(charged[2].capped_by(), Ok(charge_of("-0.4")));
}

#[test]
fn what_each_bucket_took_off_makes_the_difference() {
    // 0.000005 of 3 s: 1 free, 1 at half, 1 at its price. 5 − 1.67 = 3.33 → 3; − 2.5 = 2.5 → 3 millionths.
    let half = Allowance { discount: percent("50"), ..allowance("N", "seconds 1") };
    let book = book_with(vec![allowance("M", "seconds 1"), half]);
    let (charged, used) = covered(&book, usage(&["06-01 10:00:00 voice 3 0.000005"]), &[]).expect("in range");
    let amounts: Vec<_> = used.shown.iter().map(|bucket| bucket.amount.to_string()).collect();
    assert_eq!((charges(&charged).as_str(), amounts), ("0.000003~", vec!["-0.000002".to_owned(), "0".to_owned()]));
}

#[test]
fn amounts_out_of_range_are_an_error() {
    let mut book = book_with(vec![allowance("M", "bytes 1000000000000000")]);
    book.customer_allowances[0].quantity = times("900000000000000");
    let rows = usage(&["06-01 10:00:00 data 5 0.05"]);
    assert_eq!(covered(&book, rows, &[]), Err(Overflow));
}

#[test]
fn a_story_tells_what_covers_a_record() {
    let mut book =
        book_with(vec![allowance("M", "seconds 100"), allowance("N", "messages 9"), allowance("O", "seconds 600")]);
    book.customer_allowances[2].valid.from = Some(date("2026-06-03"));
    let rows = ["06-01 10:00:00 voice 60 0.60", "06-02 10:00:00 voice 60 0.60", "06-03 10:00:00 voice 60 -0.60"];
    let mut of_customer = usage(&rows);
    let mut tell = |row| allowance_story(&book, CUSTOMER, &mut of_customer, &[], (1, row)).expect("in range");
    let story = tell(1).expect("a story");
    assert_eq!((story.sell, story.due), (charge_of("0.6"), charge_of("0.2")));
    let Told::Covers(parts) = &story.allowances[0].1 else { panic!("{story:?}") };
    let part = &parts[0];
    assert_eq!((part.units.as_str(), part.taken_off), ("40", charge_of("0.4")));
    assert_eq!(part.drawn, [(Measure::Seconds, units("40"))]);
    assert_eq!(part.left, [(Measure::Seconds, units("100"), Units::default())]);
    assert_eq!(part.granted_for, (date("2026-06-01"), date("2026-06-30")));
    assert_eq!(story.allowances[1].1, Told::Nothing("has no limit that counts this kind of usage"));
    assert_eq!(story.allowances[2].1, Told::Nothing("not valid on the day"));
    assert_eq!(tell(2).expect("a story").allowances[0].1, Told::Nothing("a credit draws on no allowance"));
    assert_eq!(tell(9), None);
}

#[test]
fn a_customer_without_allowances_keeps_its_prices() {
    let rows = usage(&["06-02 10:00:00 voice 60 0.60", "06-01 10:00:00 voice 60 0.60"]);
    let (charged, used) = covered(&sample::book(), rows.clone(), &[]).expect("in range");
    assert_eq!((charged, used), (rows, AllowanceUse::default()));
    let nothing = CallCharge::ZERO;
    assert!(usage(&["06-02 10:00:00 voice 60 0.60"]).iter().all(|one| one.allowed == nothing && !one.covered));
}
