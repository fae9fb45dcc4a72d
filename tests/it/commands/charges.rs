//! `charge list` and `charge increase` (R17, P2): which charges rise, from when, what is written, what is left and why.

use super::Place;
use super::lives::json;
use super::tags::shop;

impl Place {
    /// `charge_prices.csv` as it is exported now, without its header.
    fn charge_prices(&self) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("book");
        self.run(&format!("book export {}", out.display())).done();
        let text = std::fs::read_to_string(out.join("charge_prices.csv")).unwrap();
        text.lines().skip(1).map(str::to_owned).collect()
    }

    /// The price of a charge on a day.
    fn price(&self, account: &str, charge: &str, on: &str) -> String {
        let listed = json(self.run(&format!("charge list {account} --on {on} --json")));
        let found = listed.as_array().unwrap().iter().find(|one| one["charge"] == charge).unwrap();
        found["price"].as_str().unwrap().to_owned()
    }
}

#[test]
fn charges_are_listed_with_the_price_of_a_day_p2() {
    let place = shop();
    for (account, charge, on, price) in [
        ("C1", "line", "2026-06-30", "30"),
        ("C1", "router", "2026-06-30", "5"),
        ("C2", "line", "2026-06-30", "25"),
        ("C2", "line", "2026-07-01", "26"),
        ("C2", "support", "2026-06-30", "10.55"),
        ("C4", "line", "2026-06-30", "40"),
    ] {
        assert_eq!(place.price(account, charge, on), price, "{account} {charge} {on}");
    }
    let listed = json(place.run("charge list --account C2 --on 2026-06-30 --json"));
    assert_eq!(listed[0]["later_prices"], serde_json::json!([["2026-07-01", "26"]]), "{listed}");
    assert_eq!(json(place.run("charge list --tag vip --json")).as_array().unwrap().len(), 4);
    assert!(place.run("charge list C2").done().out.contains("Line rental"));
    place.run("charge list C9").ended(1).says("there is no such customer");
}

#[test]
fn prices_of_charges_rise_from_a_date_once_r17() {
    let place = shop();
    let asked = "charge increase --group monthly --percent 5.25 --from 2026-08-01";
    let dry = place.run(&format!("{asked} --dry-run")).done().says("would change 4 prices of charges");
    assert_eq!(place.charge_prices(), ["C2,line,2026-07-01,26"]);
    let done = place.run(&format!("{asked} --by ann --reason review")).done().says("changed 4 prices of charges");
    assert_eq!(dry.out, done.out);
    assert!(
        done.err.contains("warning: line of account C1 is within its minimum term, until 2026-12-31"),
        "{}",
        done.err
    );
    // 30 × 1.0525 = 31.575; 26 × 1.0525 = 27.365; 10.55 × 1.0525 = 11.103875; 40 × 1.0525 = 42.1
    let after = [
        "C1,line,2026-08-01,31.575",
        "C2,line,2026-07-01,26",
        "C2,line,2026-08-01,27.365",
        "C2,support,2026-09-01,11.1039",
        "C4,line,2026-08-01,42.1",
    ];
    assert_eq!(place.charge_prices(), after);
    for (why, which) in [
        ("ended before the date", "old of account C1"),
        ("priced by its product", "router of account C1"),
        ("charged once", "setup of account C1"),
    ] {
        let line = done.out.lines().find(|line| line.contains(why)).unwrap_or_else(|| panic!("{why}: {}", done.out));
        assert!(line.contains(which), "{line}");
    }
    for (on, price) in [("2026-07-31", "30"), ("2026-08-01", "31.575")] {
        assert_eq!(place.price("C1", "line", on), price);
    }
    // The same increase is made once, as a whole or for one customer of it.
    for line in [asked, "charge increase C1 --product ROUTER --percent 5.25 --from 2026-08-01"] {
        place.run(line).done().says("nothing changed");
    }
    place.run(asked).done().says("this increase exists already (4 charges)");
    assert_eq!(place.charge_prices(), after);
    // Another one from the same date would be on top of it.
    place.refuses(&[(
        "charge increase C1 --percent 3 --from 2026-08-01",
        "charges have a new price from 2026-08-01 already; nothing was changed\n  line of account C1: has another price",
    )]);
    // One from a later date is: a charge that begins later cannot tell.
    let run = place.run("charge increase C1 C2 --percent 10 --from 2026-08-15").done().says("changed 2 prices");
    assert!(
        run.out.lines().any(|line| line.contains("cannot be told") && line.contains("support of account C2")),
        "{}",
        run.out
    );
    let history = place.run("customer history C1").done().out;
    assert!(
        history.contains("ann  charge increase: review\n  price of charge C1 line 2026-08-01 (new)\n"),
        "{history}"
    );
    place.run("verify").done();
}

#[test]
fn an_increase_keeps_to_what_is_chosen_r17() {
    let check = |options: &str, expected: &[&str]| {
        let place = shop();
        place.run(&format!("charge increase {options} --percent 10")).done();
        let mut prices = place.charge_prices();
        prices.retain(|row| row != "C2,line,2026-07-01,26");
        assert_eq!(prices, expected, "{options}");
    };
    check("--all --category Care --from 2026-08-01", &["C2,support,2026-09-01,11.605"]);
    check("--all --category Care --from 2026-08-01 --leave-future", &[]);
    check(
        "C2 --category Lines --category Care --from 2026-09-15",
        &["C2,line,2026-09-15,28.6", "C2,support,2026-09-15,11.605"],
    );
    // A price that is planned for later rises where it is.
    let place = shop();
    place.run("charge increase C2 --category Lines --percent 10 --from 2026-06-15").done();
    assert_eq!(place.charge_prices(), ["C2,line,2026-06-15,27.5", "C2,line,2026-07-01,28.6"]);
    let place = shop();
    place.refuses(&[
        ("charge increase --percent 5 --from 2026-08-01", "no customer is named"),
        ("charge increase C3 --percent 5 --from 2026-08-01", "no charge is as chosen"),
        ("charge increase C1 --product RUOTER --percent 5 --from 2026-08-01", "there is no product \"RUOTER\""),
        (
            "charge increase C1 --category Wires --percent 5 --from 2026-08-01",
            "there is no category of these charges \"Wires\"",
        ),
    ]);
    place.run("charge increase C1 --percent 0 --from 2026-08-01").ended(2);
    place.run("charge increase C1 --percent -100 --from 2026-08-01").done().says("changed 1 price");
    assert_eq!(place.price("C1", "line", "2026-08-01"), "0");
}
