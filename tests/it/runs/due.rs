//! `bill due`: whoever calls it, whenever, each due day is billed once (B17).

use serde_json::Value;
use tollbook::domain::time::Date;
use tollbook::ledger::{Actor, Ledger};

use super::Office;
use crate::snapshot::Snapshot;
use crate::workload::Random;

const FROM: &str = "[billing]\ndue_from = \"2026-01-01\"\n";
const GROUPS: &str = "by-hand,manual,standard,monthly,1,0\nearly,automatic,standard,monthly,25,1\n\
                      monthly,automatic,standard,monthly,31,0\nown,automatic,anniversary,monthly,,0\n\
                      quarterly,automatic,standard,quarterly,1,-1\n";
const CUSTOMERS: &str = "A1,monthly,\nB1,quarterly,\nC1,own,15\nC2,own,31\nC3,own,28\nD1,early,\nE1,by-hand,\n";
const CLIS: &str = "02079460011,A1\n02079460012,B1\n02079460013,C1\n02079460014,C2\n02079460015,C3\n02079460016,D1\n";
const CHARGES: &str = "A1,1,recurring,monthly,advance,calendar:1,10,2026-01-10,,Lines\n\
                       B1,1,recurring,quarterly,advance,anniversary,30,2026-01-31,,Lines\n\
                       C1,1,recurring,weekly,arrears,calendar:1,7,2026-01-05,2026-09-09,Lines\n\
                       C2,1,recurring,monthly,advance,anniversary,12,2026-01-31,,Lines\n\
                       C3,1,one_off,,,,50,2026-05-05,,Work\n\
                       D1,1,recurring,monthly,arrears,calendar:15,20,2026-02-01,,Lines\n\
                       E1,1,recurring,monthly,advance,calendar:1,5,2026-01-01,,Lines\n";

fn office() -> Office {
    let office = Office::new(FROM, GROUPS, CUSTOMERS, CLIS, CHARGES);
    let mut random = Random::new(17);
    let calls: Vec<_> = (0..400)
        .map(|number| {
            let day = date("2026-01-01").plus_days(i32::try_from(random.between(0, 364)).unwrap());
            let at = format!("{day} {:02}:{:02}:00", random.between(0, 23), random.between(0, 59));
            (format!("r{number}"), format!("0207946001{}", random.between(1, 6)), at, 60 * number)
        })
        .collect();
    let calls: Vec<_> = calls.iter().map(|(id, cli, at, seconds)| (&**id, &**cli, &**at, *seconds)).collect();
    office.import("usage.csv", &calls);
    office
}

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn due(office: &Office, day: Date) {
    office.run(&format!("bill due --today {day}")).done();
}

#[test]
fn called_at_random_days_it_makes_the_invoices_of_every_day() {
    let last = date("2026-12-31");
    let daily = office();
    // Every day on which something may be due, and the day after, which is not.
    let mut day = date("2026-01-01");
    while day <= last {
        if [1, 2, 15, 16, 25, 26].contains(&day.day()) || day.day() >= 28 {
            due(&daily, day);
        }
        day = day.next();
    }
    let expected = Snapshot::of(&daily.path("w"));
    // A customer with nothing to pay on its day gets no invoice: of 64 due days some.
    assert!((50..=64).contains(&daily.invoices().len()), "{:?}", daily.invoices());
    for seed in [1, 2] {
        let (office, mut random) = (office(), Random::new(seed));
        let mut day = date("2026-01-01");
        loop {
            day = day.plus_days(i32::try_from(random.between(1, 90)).unwrap()).min(last);
            due(&office, day);
            if day == last {
                break;
            }
        }
        let found = Snapshot::of(&office.path("w"));
        assert_eq!(found.difference_from(&expected), None, "seed {seed}");
        let again = office.run(&format!("bill due --today {last}")).done();
        assert_eq!(again.out, format!("nothing is due: every automatic group is billed up to {last}\n"));
        assert_eq!(Snapshot::of(&office.path("w")).difference_from(&found), None, "a second call changes nothing");
    }
}

fn outcomes(due: &Value) -> Vec<String> {
    let words = |one: &Value| format!("{} {} {}", one["day"], one["group"], one["outcome"]).replace('"', "");
    due["settled"].as_array().unwrap().iter().map(words).collect()
}

const TWO_GROUPS: &str = "a,automatic,standard,monthly,1,0\nb,automatic,standard,monthly,1,0\n";
const TWO_RENTALS: &str = "A1,1,recurring,monthly,advance,calendar:1,10,2026-01-01,,Lines\n\
                           B1,1,recurring,monthly,advance,calendar:1,10,2026-01-01,,Lines\n";

#[test]
fn it_begins_where_the_settings_say_and_new_groups_begin_where_it_is() {
    let office = Office::new("", TWO_GROUPS, "A1,a,\nB1,b,\n", "", TWO_RENTALS);
    // Nothing is said: the latest due day is the first.
    let dry = office.json("bill due --today 2026-05-10 --dry-run");
    assert_eq!(outcomes(&dry), ["2026-05-01 a would bill", "2026-05-01 b would bill"]);
    assert!(office.invoices().is_empty());
    let done = office.json("bill due --today 2026-05-10");
    assert_eq!(outcomes(&done), ["2026-05-01 a posted", "2026-05-01 b posted"]);
    // A group that comes later is not billed for days before the last call, one without customers not at all.
    office.load("c,automatic,standard,monthly,9,0\nd,automatic,standard,monthly,20,0\n", "C1,c,,fee,5,,,,\n", "", "");
    let done = office.json("bill due --today 2026-06-09");
    let expected = ["2026-05-20 d nobody to bill", "2026-06-01 a posted", "2026-06-01 b posted", "2026-06-09 c posted"];
    assert_eq!(outcomes(&done), expected);
    office.run("verify").done();
}

#[test]
fn a_group_waits_for_who_looks_and_the_others_go_on() {
    let office = Office::new(FROM, TWO_GROUPS, "A1,a,\nB1,b,\n", "", TWO_RENTALS);
    due(&office, date("2026-03-31"));
    office.load("", "", "", "A1,visit,one_off,,,,500,2026-04-10,,Work\n");
    let held = office.run("bill due --strict --json --today 2026-05-31").ended(3);
    let held = held.says("a is held back on 2026-04-01").says("A1: unusual_total");
    assert!(held.out.contains("2026-05-01"), "{}", held.out);
    let shown = office.run("bill due --strict --json --today 2026-05-31").ended(1);
    // Held back, it does not go past its day; B1 has had April and May.
    assert_eq!(outcomes(&serde_json::from_str(&shown.out).unwrap()), ["2026-04-01 a held back"]);
    assert_eq!(office.invoices().len(), 8);
    let runs = office.json("bill list").as_array().unwrap().len();
    office.run("bill acknowledge 7 --reason looked").done();
    let done = office.json("bill due --strict --today 2026-05-31");
    assert_eq!(outcomes(&done), ["2026-04-01 a posted", "2026-05-01 a posted"]);
    assert_eq!(office.json("bill list").as_array().unwrap().len(), runs + 1, "the held run was posted, not another");
    assert_eq!(office.invoices()[8..], ["AC-000009 A1 2026-04-01 612.00", "AC-000010 A1 2026-05-01 12.00"]);
}

#[test]
fn parked_customers_are_billed_later() {
    let office = Office::new(FROM, TWO_GROUPS, "A1,a,\nA2,a,\nB1,b,\n", "", TWO_RENTALS);
    let charge = "account,charge,product,type,interval,timing,align,from\nA2,1,P,recurring,monthly,advance,calendar:1,2026-01-01\n";
    let price_from = |day: &str| {
        office.write("book/product_prices.csv", &format!("product,account,tariff,from,price\nP,,,{day},20\n"));
        office.run("book import book").done();
    };
    office.write("book/products.csv", "product,name,category,type,interval,price\nP,Line,Lines,recurring,monthly,\n");
    office.write("book/charges.csv", charge);
    price_from("2026-01-02");
    let parked = office.run("bill due --today 2026-01-01").ended(3);
    parked.says("1 parked customer of a on 2026-01-01").says("A2: parked: charge 1: product P has no price in GBP");
    assert_eq!(office.invoices().len(), 2);
    office.run("bill due --today 2026-01-31").done();
    price_from("2026-01-01");
    due(&office, date("2026-02-01"));
    // January and February together.
    assert!(office.invoices().contains(&"AC-000004 A2 2026-02-01 48.00".to_owned()), "{:?}", office.invoices());
}

#[test]
fn what_was_billed_by_hand_is_not_billed_again() {
    let office = Office::new(FROM, TWO_GROUPS, "A1,a,\nB1,b,\n", "", TWO_RENTALS);
    office.run("bill run --group a --invoice-date 2026-01-01").done();
    let done = office.json("bill due --today 2026-01-15");
    assert_eq!(outcomes(&done), ["2026-01-01 a billed by hand", "2026-01-01 b posted"]);
    assert_eq!(office.invoices().len(), 2);
}

#[test]
fn documents_that_are_missing_are_written() {
    let office = Office::new(FROM, TWO_GROUPS, "A1,a,\nB1,b,\n", "", TWO_RENTALS);
    due(&office, date("2026-01-15"));
    let before = Snapshot::of(&office.path("w"));
    for gone in ["w/reports/run-000002.json", "w/invoices/run-000002/AC-000002.pdf"] {
        std::fs::remove_file(office.path(gone)).unwrap();
    }
    let again = office.run("bill due --today 2026-01-15").done();
    assert!(again.out.starts_with("wrote the documents of run 2"), "{}", again.out);
    assert_eq!(Snapshot::of(&office.path("w")).difference_from(&before), None);
}

#[test]
fn only_one_call_at_a_time() {
    let office = Office::new(FROM, TWO_GROUPS, "A1,a,\nB1,b,\n", "", TWO_RENTALS);
    let (by, at, command) = ("ann".into(), "2026-01-15T08:00:00Z".into(), "bill due".into());
    let held = Ledger::open_for_writing(&office.path("w"), Actor { by, reason: None, at, command }).unwrap();
    office.run("bill due --today 2026-01-15").ended(5).says("locked");
    drop(held);
    due(&office, date("2026-01-15"));
}
