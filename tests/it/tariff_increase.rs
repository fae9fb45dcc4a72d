//! `tariff list`, `show` and `increase` through the program: what is only shown, what is written, what a call costs on
//! the last day before and on the first day of the new prices, that the same increase is made once, and its trail (R17).

use std::path::PathBuf;

use serde_json::Value;
use tollbook::ledger::Ledger;

use crate::malformed::small_workspace;
use crate::program::{Run, files_below, tollbook};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A workspace with two tariffs, products, and a call on each side of 1 August.
    fn new() -> Self {
        let place = Self { folder: small_workspace() };
        std::fs::create_dir(place.path("more")).unwrap();
        place.write("more/tariffs.csv", "tariff,parent,unit,description\nretail,base,minor,Retail\nbase,,minor,Base\n");
        place.write(
            "more/rates.csv",
            "tariff,match,connection,rate,increment,initial_increment,note\n\
             retail,class:national,1,2,6,30,Ours\nbase,class:mobile,,9,,,\nbase,class:national,,8,,,\n",
        );
        place.write("more/products.csv", "product,name,category,price\nLINE,Line,Lines,20\n");
        place.write(
            "calls.csv",
            "record_id,kind,cli,other_party,started_at,duration,cost\n\
             last,voice,02079460018,01632960123,2026-07-31 23:59:59,60,0.01\n\
             first,voice,02079460018,01632960123,2026-08-01 00:00:00,60,0.01\n",
        );
        place.run("book import more").done();
        place.run("import usage calls.csv --supplier carrier").done();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn run(&self, line: &str) -> Run {
        let arguments: Vec<&str> = ["--workspace", "workspace"].into_iter().chain(line.split(' ')).collect();
        tollbook(self.folder.path(), &arguments)
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(&format!("{line} --json")).done().out).unwrap()
    }

    /// Every file of the book as it is exported now.
    fn book(&self) -> Vec<(String, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("book");
        self.run(&format!("book export {}", out.display())).done();
        files_below(&out, &[])
    }

    fn file(&self, name: &str) -> String {
        let found = self.book().into_iter().find(|(file, _)| file == name).unwrap();
        String::from_utf8(found.1).unwrap()
    }

    /// What the two calls cost.
    fn prices(&self) -> [String; 2] {
        ["last", "first"].map(|record| {
            let out = self.run(&format!("explain {record}")).done().out;
            let line = out.lines().find(|line| line.starts_with("priced at ")).unwrap().to_owned();
            line.split(' ').nth(2).unwrap().to_owned()
        })
    }
}

#[test]
fn a_tariff_is_raised_in_place_once_r17() {
    let place = Place::new();
    // 1p + 2p a minute.
    assert_eq!(place.prices(), ["0.03", "0.03"]);
    let before = place.book();

    // Only shown: 2 × 1.0525 = 2.105, 1 × 1.0525 = 1.0525.
    let asked = "tariff increase retail --percent 5.25 --from 2026-08-01";
    let shown = place.run(&format!("{asked} --dry-run")).done();
    assert_eq!(shown.err, "would change 2 prices of 1 row\n");
    let lines: Vec<Vec<&str>> = shown.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[1], ["class:national", "2026-08-01", "new", "row", "connection", "1", "1.0525", "+5.25", "%"]);
    assert_eq!(lines[2], ["class:national", "2026-08-01", "new", "row", "rate", "2", "2.105", "+5.25", "%"]);
    assert!(place.book() == before);

    let done = place.run(&format!("{asked} --by Ann --reason review")).done();
    assert_eq!(done.err, "changed 2 prices of 1 row\n");
    assert_eq!(done.out, shown.out);
    assert_eq!(
        place.file("rates.csv"),
        "tariff,match,from,to,connection,rate,initial_increment,increment,note\n\
         base,class:mobile,,,,9,,,\n\
         base,class:national,,,,8,,,\n\
         retail,class:national,,2026-07-31,1,2,30,6,Ours\n\
         retail,class:national,2026-08-01,,1.0525,2.105,30,6,Ours; +5.25 % from 2026-08-01\n"
    );
    // 3.1575p, to 4 decimals of a pound.
    assert_eq!(place.prices(), ["0.03", "0.0316"]);

    // Made again it changes nothing, whatever it is asked for with.
    let after = place.book();
    for options in ["", " --again", " --fields rate", " --class national", " --leave-future"] {
        let run = place.run(&format!("{asked}{options}")).done();
        assert_eq!(run.err, "this increase exists already (1 row): nothing changed\n", "{options}");
    }
    assert!(place.book() == after);
    // Another one from the same date is refused, unless it is wanted on top.
    let other = place.run("tariff increase retail --percent 3 --from 2026-08-01").ended(1);
    assert!(other.err.contains("class:national: was changed already: +5.25 % from 2026-08-01"), "{}", other.err);
    assert!(place.book() == after);

    // Who, when, why, what before and after (K7): the row that ended and the new one.
    let ledger = Ledger::open(&place.path("workspace")).unwrap();
    let trail = |key: &str| -> Vec<_> {
        let entries = ledger.history("rates", key).unwrap();
        entries.into_iter().filter(|entry| entry.actor.command == "tariff increase").collect()
    };
    let ended = trail(r#"["retail","class:national","",""]"#);
    let begun = trail(r#"["retail","class:national","","2026-08-01"]"#);
    assert_eq!((ended.len(), begun.len()), (1, 1));
    assert_eq!((ended[0].actor.by.as_str(), ended[0].actor.reason.as_deref()), ("Ann", Some("review")));
    assert!(!ended[0].before_json.as_deref().unwrap().contains("2026-07-31"));
    assert!(ended[0].after_json.as_deref().unwrap().contains(r#""to":"2026-07-31""#));
    assert!(begun[0].before_json.is_none() && begun[0].after_json.as_deref().unwrap().contains(r#""rate":"2.105""#));
    place.run("verify").done();
}

#[test]
fn a_version_is_a_tariff_of_its_own_r17() {
    let place = Place::new();
    let asked = "tariff increase retail --percent 10 --from 2026-08-01 --as retail-2";
    let before = place.book();
    place.run(&format!("{asked} --dry-run")).done();
    assert!(place.book() == before);
    let done = place.json(asked);
    assert_eq!((&done["version"], &done["unchanged"]), (&"retail-2".into(), &false.into()));
    let after = place.book();
    assert_eq!(place.run(asked).done().err, "tariff retail-2 exists already with these rows: nothing changed\n");
    let other = place.run(&asked.replace("10", "11")).ended(1);
    assert!(other.err.contains("connection is \"1.1\", would be \"1.11\""), "{}", other.err);
    assert!(place.book() == after);
    // The old tariff is as it was; nobody is on the new one until the book says so.
    assert_eq!(place.prices(), ["0.03", "0.03"]);
    place.write(
        "more/customers.csv",
        "account,name,organisation,group,vat_code,tariff_national\nA1,N,MAIN,all,S,retail-2\n",
    );
    place.run("book import more").done();
    assert_eq!(place.prices(), ["0.03", "0.033"]);
}

#[test]
fn prices_of_products_are_dated_r17() {
    let place = Place::new();
    let asked = "tariff increase --products Lines --percent 2.5 --from 2026-08-01";
    place.run(&format!("{asked} --dry-run")).done();
    assert_eq!(place.file("product_prices.csv"), "product,from,price\n");
    place.run(asked).done();
    assert_eq!(place.file("product_prices.csv"), "product,from,price\nLINE,2026-08-01,20.5\n");
    let again = place.run("tariff increase --product LINE --percent 2.5 --from 2026-08-01").done();
    assert_eq!(again.err, "this increase exists already (1 row): nothing changed\n");
    let other = place.run("tariff increase --product LINE --percent 3 --from 2026-08-01").ended(1);
    assert!(other.err.contains("LINE: has another price from that date"), "{}", other.err);
}

#[test]
fn tariffs_are_listed_and_shown() {
    let place = Place::new();
    place.run("tariff increase retail --percent 5 --from 2026-08-01").done();
    let listed = place.json("tariff list --on 2026-07-31");
    let counts =
        |row: &Value| ["in_force", "to_come", "ended", "customers", "children"].map(|key| row[key].as_u64().unwrap());
    assert_eq!((&listed[0]["tariff"], counts(&listed[0])), (&"base".into(), [2, 0, 0, 0, 1]));
    assert_eq!((&listed[1]["tariff"], counts(&listed[1])), (&"retail".into(), [1, 1, 0, 1, 0]));
    assert!(place.run("tariff list").done().out.starts_with("tariff  parent  currency  unit "));

    let shown = place.run("tariff show retail --on 2026-08-01").done().out;
    assert_eq!(
        shown,
        "tariff retail, prices in GBP, on 2026-08-01\nRetail\nstands on base\n\n\
         match           connection  rate  increments  from        unit   of                 note\n\
         class:mobile                   9  1/1                     minor  base    inherited\n\
         class:national        1.05   2.1  30/6        2026-08-01  minor  retail  in force   Ours; +5 % from 2026-08-01\n\n\
         1 of the parents' rows hidden: shown with --all\n"
    );
    let states = |line: &str| -> Vec<String> {
        let rows = place.json(line)["rows"].clone();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| format!("{} {}", row["tariff"], row["state"]).replace('"', "")).collect()
    };
    assert_eq!(
        states("tariff show retail --on 2026-08-01 --all"),
        ["base inherited", "retail ended", "retail in_force", "base hidden"]
    );
    assert_eq!(states("tariff show retail --on 2026-08-01 --match MOBILE"), ["base inherited"]);
    let unknown = place.run("tariff show retial").ended(1);
    assert!(unknown.err.contains("there is no tariff \"retial\"") && unknown.err.contains("base, retail"));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let place = Place::new();
    let before = place.book();
    let rows = [
        ("tariff increase --percent 5 --from 2026-08-01", 2),
        ("tariff increase retail --percent 0 --from 2026-08-01", 2),
        ("tariff increase retail --percent -100.0001 --from 2026-08-01", 2),
        ("tariff increase retail --percent 5 --from 2026-02-30", 2),
        ("tariff increase retail --percent 5 --from 2026-08-01 --fields price", 2),
        ("tariff increase retail --percent 5 --from 2026-08-01 --class local", 2),
        ("tariff increase retail --products Lines --percent 5 --from 2026-08-01", 2),
        ("tariff increase --product LINE --percent 5 --from 2026-08-01 --as NEW", 2),
        ("tariff increase --product LINE --percent 5 --from 2026-08-01 --again", 2),
        ("tariff increase retial --percent 5 --from 2026-08-01", 1),
        ("tariff increase retail --percent 5 --from 2026-08-01 --match type:x", 1),
        ("tariff increase retail --percent 5 --from 2026-08-01 --as base", 1),
        ("tariff increase --products Rentals --percent 5 --from 2026-08-01", 1),
    ];
    for (line, code) in rows {
        let run = place.run(line).ended(code);
        assert!(run.err.starts_with("error: "), "{line}: {}", run.err);
    }
    assert!(place.book() == before);
    // Below zero is a decrease. 2 × 0.9 = 1.8
    place.run("tariff increase retail --percent -10 --from 2026-08-01").done();
    assert!(place.file("rates.csv").contains("retail,class:national,2026-08-01,,0.9,1.8,"));
}
