//! Usage of a period priced again: `tariff diff`, `tariff best`, `report carrier-costs`. A book and calls small enough
//! that every sum is worked by hand.

use std::path::Path;

use serde_json::Value;

use crate::program::{Run, finished, tollbook};

const BOOK: [(&str, &str); 12] = [
    ("organisations", "organisation,name\nMAIN,Main Street Telecom\n"),
    ("groups", "group,billing,method,interval,billing_day\nall,manual,standard,monthly,1\n"),
    ("vat_codes", "vat_code,rate,kind,label\nS,20,standard,VAT 20%\n"),
    (
        "customers",
        "account,name,organisation,group,currency,vat_code,tariff_national,tariff_mobile,markup_national\n\
         A1001,Harbour Bakery,MAIN,all,,S,standard,standard,\n\
         A1002,Quayside Garage,MAIN,all,,S,business,business,\n\
         A1003,Euro Ltd,MAIN,all,EUR,S,euro,,\n\
         A1004,=1+1,MAIN,all,,S,,,25\n",
    ),
    ("clis", "cli,account\n02079460018,A1001\n02079460019,A1002\n02079460020,A1003\n02079460021,A1004\n"),
    ("suppliers", "supplier,layout\ncarrier,generic\nother,generic\n"),
    (
        "supplier_tariffs",
        "supplier,cli_type,class,tariff,wholesale\ncarrier,,national,buy,y\nother,,national,buy-euro,y\n",
    ),
    ("charge_bands", "supplier,band,call_type\ncarrier,UKG,uk_geographic\n"),
    ("exchange_rates", "from,to,date,rate\nEUR,GBP,2026-01-01,0.86\nGBP,EUR,2026-01-01,1.16\n"),
    (
        "tariffs",
        "tariff,parent,currency,unit\nstandard,,GBP,major\nbusiness,standard,GBP,major\nlite,,GBP,major\n\
         euro,,EUR,major\nbuy,,GBP,major\nbuy-euro,,EUR,major\n",
    ),
    (
        "rates",
        "tariff,match,from,to,rate\n\
         standard,type:uk_geographic,2026-01-01,2026-12-31,0.02\n\
         standard,type:uk_geographic,2027-01-01,,0.025\n\
         standard,type:uk_mobile,,,0.10\n\
         business,type:uk_geographic,,,0.01\n\
         lite,type:uk_geographic,,,0.005\n\
         euro,type:uk_geographic,,,0.03\n\
         buy,type:uk_geographic,,,0.004\n\
         buy-euro,type:uk_geographic,,,0.005\n",
    ),
    ("call_types", "call_type,description,class,kind\n"),
];

const HEADER: &str = "record_id,kind,cli,other_party,started_at,duration,cost,charge_band\n";
const GEOGRAPHIC: &str = "01632960123";
const MOBILE: &str = "07700900123";

/// A1001, tariff standard: 1 + 2 + 1 minutes geographic and 1 mobile in June; 1 minute in July; 1 that is deleted.
/// A1002, tariff business: 5 minutes geographic, 1 mobile by a row of its parent. A1003 pays in euros. A1004 has a
/// markup only. The last is nobody's.
fn june() -> String {
    let calls = [
        ("s1", "02079460018", GEOGRAPHIC, "2026-06-01 00:00:00", 60, "0.004", "UKG"),
        ("s2", "02079460018", GEOGRAPHIC, "2026-06-02 09:00:00", 120, "0.05", "UKG"),
        ("s3", "02079460018", MOBILE, "2026-06-03 09:00:00", 60, "0.05", ""),
        ("s4", "02079460018", GEOGRAPHIC, "2026-06-30 23:59:59", 60, "0.004", "UKG"),
        ("s5", "02079460018", GEOGRAPHIC, "2026-07-01 00:00:00", 60, "0.004", "UKG"),
        ("s6", "02079460018", GEOGRAPHIC, "2026-06-10 09:00:00", 60, "0.004", "UKG"),
        ("b1", "02079460019", GEOGRAPHIC, "2026-06-05 09:00:00", 300, "0.020", ""),
        ("b2", "02079460019", MOBILE, "2026-06-05 10:00:00", 60, "0.05", ""),
        ("e1", "02079460020", GEOGRAPHIC, "2026-06-06 09:00:00", 60, "0.004", ""),
        ("m1", "02079460021", GEOGRAPHIC, "2026-06-07 09:00:00", 60, "0.04", ""),
        ("u1", "02079460099", GEOGRAPHIC, "2026-06-08 09:00:00", 60, "0.004", ""),
    ];
    let lines = calls
        .iter()
        .map(|(id, cli, to, at, seconds, cost, band)| format!("{id},voice,{cli},{to},{at},{seconds},{cost},{band}\n"));
    HEADER.to_owned() + &lines.collect::<String>()
}

/// The first of June again, and a minute of A1001 whose cost the file does not say.
const AGAIN: &str = "s1,voice,02079460018,01632960123,2026-06-01 00:00:00,60,0.004,UKG\n\
                     n1,voice,02079460018,01632960123,2026-06-20 09:00:00,60,,UKG\n";

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        tollbook(place.path(), &["init", "w"]).done();
        for (name, text) in BOOK {
            place.write(&format!("book/{name}.csv"), text);
        }
        place.run("book import book").done();
        place
    }

    /// The same with the usage of June, row 5 (s6) deleted.
    fn with_june() -> Self {
        let place = Self::new();
        place.write("june.csv", &june());
        place.write("again.csv", &(HEADER.to_owned() + AGAIN));
        place.run("import usage june.csv --supplier carrier").done();
        place.run("import usage again.csv --supplier carrier").done();
        place.run("usage delete --import 1 --rows 5").done();
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    fn run(&self, line: &str) -> Run {
        let arguments: Vec<&str> = line.split(' ').collect();
        let mut command = crate::program::command(self.path(), &arguments);
        finished(command.env("TOLLBOOK_WORKSPACE", self.path().join("w")).output().unwrap())
    }

    #[track_caller]
    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(&format!("{line} --json")).done().out).unwrap()
    }
}

const JUNE: &str = "--from 2026-06-01 --to 2026-06-30";

/// Some fields of a JSON object, separated by spaces; `-` where there is none.
fn fields(value: &Value, names: &str) -> String {
    let shown = names.split(' ').map(|name| match &value[name] {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check_rows(rows: &Value, names: &str, expected: &[&str]) {
    let found: Vec<_> = rows.as_array().unwrap().iter().map(|row| fields(row, names)).collect();
    assert_eq!(found, expected, "{names}");
}

const ROW: &str = "account class destination calls seconds old new difference percent";

#[test]
fn a_difference_is_of_the_usage_that_the_first_tariff_prices() {
    let place = Place::with_june();
    let check = |versions: &str, rows: &[&str], total: &str, unpriced: &[&str]| {
        let found = place.json(&format!("tariff diff {versions} {JUNE}"));
        check_rows(&found["rows"], ROW, rows);
        assert_eq!(fields(&found["total"], "calls old new difference percent"), total, "{versions}");
        check_rows(&found["unpriced"], "account destination calls old_lacks new_lacks old new", unpriced);
        // All 10 records of June that are neither deleted nor repeated are somewhere.
        check_rows(&found["through_other_tariffs"], "tariff calls sell", &["business 1 0.1"]); // b2
        assert_eq!(found["priced_otherwise"], 3, "b1 by a row of business, e1 by euro, m1 by a markup");
        check_rows(&found["not_billable"], "reason calls", &["unknown CLI 1"]); // u1
    };
    // s1 + s2 + s4 + n1 are 5 minutes: 5 × 0.02 = 0.10, 5 × 0.01 = 0.05. s3 is 0.10 on both, by the parent's row.
    check(
        "standard business",
        &["A1001 national uk_geographic 4 300 0.1 0.05 -0.05 -50", "A1001 mobile uk_mobile 1 60 0.1 0.1 0 0"],
        "5 0.2 0.15 -0.05 -25",
        &[],
    );
    // 5 × 0.005 = 0.025; no rate for s3.
    check(
        "standard lite",
        &["A1001 national uk_geographic 4 300 0.1 0.025 -0.075 -75"],
        "4 0.1 0.025 -0.075 -75",
        &["A1001 uk_mobile 1 - no rate 0.1 -"],
    );
    // 5 × 0.025 = 0.125, the row of 2027.
    check(
        "standard standard@2027-01-01",
        &["A1001 national uk_geographic 4 300 0.1 0.125 0.025 25", "A1001 mobile uk_mobile 1 60 0.1 0.1 0 0"],
        "5 0.2 0.225 0.025 12.5",
        &[],
    );
    // In 2025 there was no geographic row.
    check(
        "standard@2025-12-31 lite",
        &[],
        "0 0 0 0 -",
        &["A1001 uk_mobile 1 - no rate 0.1 -", "A1001 uk_geographic 4 no rate - - 0.025"],
    );
}

#[test]
fn a_difference_says_what_it_cannot_compare() {
    let place = Place::with_june();
    let refused = |line: &str, code: i32, words: &str| {
        let run = place.run(line).ended(code);
        assert!(run.err.contains(words) && run.out.is_empty(), "{line}: {words:?} is not in\n{}", run.err);
    };
    refused(&format!("tariff diff standard euro {JUNE}"), 1, "standard is in GBP, euro in EUR");
    refused(&format!("tariff diff lite standard {JUNE}"), 1, "lite prices no usage from 2026-06-01 to 2026-06-30");
    refused(&format!("tariff diff lite standard {JUNE}"), 1, "business (2 calls), euro (1 call)");
    refused(&format!("tariff diff euro euro --account A1001 {JUNE}"), 1, "no usage of these customers");
    refused("tariff diff standard nope", 1, "the book has no tariff nope");
    refused("tariff diff standard standard@2027-13-01", 2, "is not a date");
    refused("tariff diff standard lite --from 2026-06-01", 2, "--to");
    refused("tariff diff standard lite --from 2026-06-02 --to 2026-06-01", 1, "is after");
    refused("tariff diff standard lite --account X9 --account X8", 1, "no customer X9, X8");
    // Customers in another currency are compared in it.
    let euro = place.json(&format!("tariff diff euro euro@2027-01-01 {JUNE}"));
    assert_eq!(fields(&euro, "currency from to"), "EUR 2026-06-01 2026-06-30");
    check_rows(&euro["customers"], "account calls old new", &["A1003 1 0.03 0.03"]);
}

#[test]
fn a_difference_is_summed_by_what_is_asked() {
    let place = Place::with_june();
    let by = |per: &str| place.json(&format!("tariff diff standard business {JUNE} --per {per}"))["rows"].clone();
    check_rows(&by("customer"), ROW, &["A1001 - - 5 360 0.2 0.15 -0.05 -25"]);
    check_rows(&by("class"), ROW, &["- national - 4 300 0.1 0.05 -0.05 -50", "- mobile - 1 60 0.1 0.1 0 0"]);
    check_rows(&by("customer,class"), "account class calls", &["A1001 national 4", "A1001 mobile 1"]);
    let text = place.run(&format!("tariff diff standard business {JUNE} --per class --csv out.csv")).done();
    assert!(text.out.starts_with("standard → business, usage from 2026-06-01 to 2026-06-30, billed or not\n"));
    assert!(text.out.contains("before allowances and spending caps"), "{}", text.out);
    let expected = "account,name,class,destination,description,calls,seconds,bytes,items,old,new,difference,percent,\
                    old_lacks,new_lacks\n\
                    ,,national,,,4,300,0,0,0.10,0.05,-0.05,-50.0,,\n,,mobile,,,1,60,0,0,0.10,0.10,0.00,0.0,,\n";
    assert_eq!(place.read("out.csv"), expected, "amounts stay numbers");
    let dry = place.run(&format!("tariff diff standard business {JUNE} --csv dry.csv --dry-run")).done();
    assert!(dry.err.contains("would write 2 rows to dry.csv") && !place.path().join("dry.csv").exists());
}

const BEST: &str =
    "account currency calls now best best_sell saving saving_percent margin_now margin_best without_cost";

#[test]
fn the_best_tariff_prices_everything_for_least() {
    let place = Place::with_june();
    let best = place.json(&format!("tariff best {JUNE} --csv best.csv"));
    let expected = [
        // A1003 has euro only; what is sold in euros is not set against costs in pounds.
        "A1003 EUR 1 0.03 euro 0.03 0 0 - - 0",
        // Now 5 × 0.02 + 0.10, on business 5 × 0.01 + 0.10. Without n1, whose cost is not known: 0.18 and 0.14, less
        // 0.004 + 0.05 + 0.05 + 0.004 = 0.108.
        "A1001 GBP 5 0.2 business 0.15 0.05 25 0.072 0.032 1",
        // 0.04 × 1.25 = 0.05 now, 0.01 on business: sold below its cost of 0.04.
        "A1004 GBP 1 0.05 business 0.01 0.04 80 0.01 -0.03 0",
        // 5 × 0.01 + 0.10 is what it has; less 0.02 + 0.05.
        "A1002 GBP 2 0.15 business 0.15 0 0 0.08 0.08 0",
    ];
    check_rows(&best["customers"], BEST, &expected);
    check_rows(&best["totals"], "currency customers now saving", &["EUR 1 0.03 0", "GBP 3 0.4 0.09"]);
    check_rows(&best["nobodys"], "reason calls", &["unknown CLI 1"]);
    // Offered are the retail tariffs, not lite, which nobody has, nor buy, which is a carrier's.
    let offers = &best["customers"][1]["offers"];
    check_rows(offers, "tariff complete calls sell saving", &["business true 5 0.15 0.05", "standard true 5 0.2 0"]);
    let csv = place.read("best.csv");
    assert!(csv.contains("\nA1004,'=1+1,GBP,business,y,y,1,0.05,0.01,0.04,0.01,-0.03,0,0.00\n"), "O3: {csv}");
}

#[test]
fn a_tariff_without_a_rate_for_some_calls_is_never_the_best() {
    let place = Place::with_june();
    let best = place.json(&format!("tariff best {JUNE} --tariffs standard,lite --account A1001"));
    check_rows(&best["customers"], "account now best saving", &["A1001 0.2 standard 0"]);
    let offers = &best["customers"][0]["offers"];
    let names = "tariff complete calls sell unpriced unpriced_now saving";
    // lite: 5 × 0.005 for the geographic calls; s3 costs 0.10 now.
    check_rows(offers, names, &["lite false 4 0.025 1 0.1 -", "standard true 5 0.2 0 0 0"]);
    let alone = place.run(&format!("tariff best {JUNE} --tariffs lite --account A1001")).done().out;
    assert!(alone.contains("none complete") && alone.contains("incomplete for some customers"), "{alone}");
    // What a customer has may be cheaper than all that is offered.
    let dearer = place.run(&format!("tariff best {JUNE} --tariffs standard --account A1002")).done().out;
    assert!(dearer.contains("none cheaper"), "{dearer}");
    place.run("tariff best --tariffs a,standard,b").ended(1);
    let none = place.run("tariff best --from 2020-01-01 --to 2020-01-31").done().out;
    assert!(none.contains("no usage that is priced now"), "{none}");
}

const COST: &str =
    "supplier destination charge_band calls file_cost expected_cost difference percent beyond beyond_difference";

#[test]
fn what_carriers_charge_is_checked_against_their_tariffs_r14() {
    let place = Place::with_june();
    let costs = place.json(&format!("report carrier-costs {JUNE} --csv costs.csv"));
    let expected = [
        // s1 0.004 for 0.004, s2 0.05 for 0.008, s4 0.004 for 0.004.
        "carrier uk_geographic UKG 3 0.058 0.016 0.042 262.5 1 0.042",
        // b1 0.02 for 0.02, e1 0.004 for 0.004, m1 0.04 for 0.004. 0.036 / 0.028
        "carrier uk_geographic  3 0.064 0.028 0.036 128.6 1 0.036",
    ];
    check_rows(&costs["rows"], COST, &expected);
    check_rows(
        &costs["suppliers"],
        "supplier calls file_cost expected_cost difference beyond",
        &["carrier 6 0.122 0.044 0.078 2"],
    );
    check_rows(
        &costs["worst"],
        "record file_cost expected_cost difference",
        &["s2 0.05 0.008 0.042", "m1 0.04 0.004 0.036"],
    );
    check_rows(
        &costs["unchecked"],
        "supplier why destination calls file_cost currency",
        &[
            "carrier no row in a wholesale tariff uk_mobile 2 0.1 GBP", // s3, b2
            "carrier no cost in the file uk_geographic 1 0 GBP",        // n1
            "carrier not billable now: unknown CLI - 1 0.004 GBP",      // u1
        ],
    );
    assert!(place.read("costs.csv").contains("\ncarrier,uk_geographic,"), "{}", place.read("costs.csv"));
    assert_eq!(place.read("costs.csv").lines().count(), 1 + 2 + 3);
    let beyond = |options: &str| {
        place.json(&format!("report carrier-costs {JUNE} {options}"))["total"]["beyond"].as_u64().unwrap()
    };
    assert_eq!(beyond("--tolerance 0.04"), 1);
    assert_eq!(beyond("--percent 1000"), 0, "0.042 of 0.08 and 0.036 of 0.04");
    assert_eq!(beyond("--tolerance 0 --percent 0"), 2);
    assert_eq!(beyond("--supplier other"), 0);
    assert_eq!(beyond("--supplier other --supplier carrier"), 2);
    place.run("report carrier-costs --supplier nobody").ended(1);
    place.run("report carrier-costs --tolerance=-1").ended(2);
    place.run("explain s2").done();
    // A carrier's tariff in euros: 2 × 0.005 × 0.86 = 0.0086 pounds.
    place.write("other.csv", &format!("{HEADER}o1,voice,02079460018,01632960123,2026-06-09 09:00:00,120,0.01,\n"));
    place.run("import usage other.csv --supplier other").done();
    let other = place.json(&format!("report carrier-costs {JUNE} --supplier other"));
    check_rows(&other["rows"], COST, &["other uk_geographic  1 0.01 0.0086 0.0014 16.3 0 0"]);
    assert_eq!(other["currency"], "GBP");
}

const COMPARISONS: [&str; 3] =
    ["tariff diff standard lite --all", "tariff best --tariffs standard,lite --all", "report carrier-costs --all"];

#[test]
fn billed_usage_is_compared_like_other_usage() {
    let place = Place::with_june();
    let all =
        || COMPARISONS.map(|line| ["", " --json"].map(|json| place.run(&format!("{line} {JUNE}{json}")).done().out));
    let before = all();
    place.run("bill run --invoice-date 2026-07-01").done();
    let invoices = place.json("invoice list");
    assert_eq!(invoices.as_array().unwrap().len(), 4);
    assert_eq!(all(), before);
}

#[test]
fn comparisons_are_the_same_for_any_threads_o4() {
    let place = Place::new();
    // 21,000 calls are three batches; each a second longer than the one before, up to ten minutes.
    let line = |number: u32| {
        let cli = ["02079460018", "02079460019", "02079460020", "02079460021"][number as usize % 4];
        let to = if number.is_multiple_of(3) { MOBILE } else { GEOGRAPHIC };
        let (day, second) = (1 + number % 30, number % 60);
        let cost = format!("0.0{:04}", number % 9_973);
        format!("t{number},voice,{cli},{to},2026-06-{day:02} 09:15:{second:02},{},{cost},\n", number % 600)
    };
    place.write("calls.csv", &(HEADER.to_owned() + &(0..21_000).map(line).collect::<String>()));
    place.run("import usage calls.csv --supplier carrier").done();
    for comparison in COMPARISONS {
        let run = |threads: u32, json: &str| {
            let shown = place.run(&format!("{comparison} {JUNE} --threads {threads} --csv out.csv{json}")).done().out;
            (shown, place.read("out.csv"))
        };
        for json in ["", " --json"] {
            let one = run(1, json);
            assert!(one.1.lines().count() > 2, "{comparison}: {}", one.1);
            for threads in [2, 3] {
                assert!(run(threads, json) == one, "{comparison}{json} on {threads} threads");
            }
        }
    }
    // The sums of the parts are the total.
    let found = place.json(&format!("{} {JUNE}", COMPARISONS[0]));
    let calls = |rows: &Value| rows.as_array().unwrap().iter().map(|row| row["calls"].as_u64().unwrap()).sum::<u64>();
    let apart = calls(&found["unpriced"]) + calls(&found["through_other_tariffs"]) + calls(&found["not_billable"]);
    assert_eq!(calls(&found["rows"]) + apart + found["priced_otherwise"].as_u64().unwrap(), 21_000);
}
