//! `cli list|show|history|move` (M2, K7): whose a line is on a day, what goes with it and what stays, what is refused.

use serde_json::Value;

use super::Place;
use super::lives::{json, usage};
use super::tags::shop;

impl Place {
    /// Who has a line: account, cost centre, first and last day, of each row.
    fn held(&self, cli: &str) -> Vec<String> {
        let shown = json(self.run(&format!("cli show {cli} --json")));
        let text = |row: &Value, column: &str| row[column].as_str().unwrap_or("").to_owned();
        let rows = shown["held"].as_array().unwrap().iter();
        rows.map(|row| ["account", "cost_centre", "from", "to"].map(|column| text(row, column)).join(",")).collect()
    }

    /// The charges for a line: account, id, first and last day, of each.
    fn charged(&self, cli: &str) -> Vec<String> {
        let shown = json(self.run(&format!("cli show {cli} --json")));
        let text = |row: &Value, column: &str| row[column].as_str().unwrap_or("").to_owned();
        let rows = shown["charges"].as_array().unwrap().iter();
        rows.map(|row| ["account", "charge", "from", "to"].map(|column| text(row, column)).join(",")).collect()
    }
}

/// A call of a line that is on an invoice of C1, and two that wait.
fn billed() -> Place {
    let place = shop();
    place.write("june.csv", &usage(&[("j1", "02079460018", "01134960001", "2026-06-10 09:00:00")]));
    place.run("import usage june.csv --supplier carrier").done();
    place.run("bill run --invoice-date 2026-07-01 --charge-cutoff 2026-07-01 --account C1").done();
    let calls = [
        ("j2", "02079460018", "01134960002", "2026-06-20 09:00:00"),
        ("j3", "02079460018", "01134960003", "2026-07-20 09:00:00"),
    ];
    place.write("july.csv", &usage(&calls));
    place.run("import usage july.csv --supplier carrier").done();
    place
}

#[test]
fn lines_are_listed_by_whose_they_are_m2() {
    let place = shop();
    let lines = |options: &str| json(place.run(&format!("cli list --json {options}"))).as_array().unwrap().len();
    for (options, count) in [
        ("--all", 6),
        ("C1", 3),
        ("--account C2", 3),
        ("C2 --on 2026-06-01", 2),
        ("--tag north --on 2026-06-01", 4),
        ("--all --on 2026-08-01", 5),
        ("C3", 0),
    ] {
        assert_eq!(lines(options), count, "{options}");
    }
    assert_eq!(place.held("02079460018"), ["C1,hq,,"]);
    // By an alternate identifier, however it is written.
    assert_eq!(place.held("+44(0)20-7946-0099"), ["C1,hq,,"]);
    assert_eq!(place.held("01614960003"), ["C1,,,", "C2,,,"]);
    place.run("cli show 01614960009").ended(1).says("there is no such CLI");
    place.run("cli history 01614960009").ended(1).says("there is no such CLI");
}

#[test]
fn what_stands_against_a_move_is_told_at_once_and_nothing_moves_m2() {
    let place = billed();
    place.write("lines.csv", "cli,note\n01614960001,a\n01614960009,b\n");
    place.refuses(&[
        ("cli move 01614960001 --to C9 --from 2026-07-01", "there is no such customer: \"C9\""),
        ("cli move 01614960001 --to C5 --from 2026-07-01", "C5 is dropped: it takes no lines"),
        ("cli move 01614960002 --to C1 --from 2026-07-01", "there is no such CLI: \"+441614960002\" — did you mean"),
        ("cli move 02079460099 --to C2 --from 2026-07-01", "is an alternate identifier of +442079460018: move that"),
        (
            "cli move 01614960004 --to C1 --from 2026-07-01",
            "+441614960004 is nobody's on 2026-07-01 or later: it ended on 2026-05-31 at C2",
        ),
        ("cli move 01614960001 --to C2 --from 2026-07-01", "is C2's on 2026-07-01 already"),
        ("cli move 01614960003 --to C3 --from 2026-07-01", "is held by C1 and C2, by extension: say whose with --of"),
        ("cli move 01614960001 --of C1 --to C3 --from 2026-07-01", "+441614960001 is not and was not C1's"),
        (
            "cli move 01614960001 --to C1 --from 2026-07-01 --cost-centre hqx",
            "C1 has no cost centre \"hqx\" — did you mean \"hq\"?",
        ),
        ("cli move --all-of C2 --to C2 --from 2026-07-01", "are its own already"),
        ("cli move --all-of C3 --to C2 --from 2026-07-01", "C3 has no line on 2026-07-01 or later"),
        ("cli move --all-of C9 --to C2 --from 2026-07-01", "there is no such customer: \"C9\""),
        // Billed usage, to the day.
        (
            "cli move 02079460018 --to C2 --from 2026-06-10",
            "invoice ACORN-000001 bills usage from then on, j1 of 2026-06-10 09:00:00",
        ),
        // What is priced in pounds, for who pays in euros.
        (
            "cli move 01614960001 --to C4 --from 2026-08-15 --with-charges",
            "charge line of C2 is priced in GBP, and C4 pays in EUR",
        ),
        ("cli move 02079460018 --to C4 --from 2026-08-15 --keep-tariffs", "silver"),
        // All of it at once.
        ("cli move --from-file lines.csv 02079460018 --to C5 --from 2026-06-01 --cost-centre hq", "4 errors"),
    ]);
    place.run("cli move --to C2 --from 2026-07-01").ended(2);
    place.run("cli move 02079460018 --all-of C1 --to C2 --from 2026-07-01").ended(2);
}

#[test]
fn a_line_moves_on_a_day_and_its_unbilled_usage_with_it_m2() {
    let place = billed();
    let asked = "cli move 02079460018 --to C2 --from 2026-07-15 --cost-centre yard";
    let before = place.files();
    let dry = place.run(&format!("{asked} --dry-run")).done().says("would move 1 line to C2 from 2026-07-15");
    assert!(place.files() == before);
    let done = place.run(&format!("{asked} --by ann --reason sold")).done().says("moved 1 line to C2 from 2026-07-15");
    assert_eq!(dry.out, done.out);
    for words in [
        "warning: charge line for +442079460018 stays with C1: charges stay, unless --with-charges\n",
        "warning: charge setup for +442079460018 stays with C1: it is charged once\n",
        "usage from 2026-07-15 on goes to C2; usage before, however late it comes, stays with C1\n",
    ] {
        assert!(done.err.contains(words), "{words}: {}", done.err);
    }
    assert!(done.out.contains("cost_centre hq, tariff_national silver\n"), "{}", done.out);
    assert_eq!(place.held("02079460018"), ["C1,hq,,2026-07-14", "C2,yard,2026-07-15,"]);
    // The alternate goes with it, and so does the cap: both pay in pounds.
    assert_eq!(place.held("02079460099"), ["C1,hq,,2026-07-14", "C2,yard,2026-07-15,"]);
    let folder = place.path("exported");
    place.run(&format!("book export {}", folder.display())).done();
    let clis = std::fs::read_to_string(folder.join("clis.csv")).unwrap();
    let row = clis.lines().find(|line| line.starts_with("+442079460018,C2")).unwrap();
    assert!(
        row.contains(",Till,") && row.contains("+442079460099") && row.contains(",10") && !row.contains("silver"),
        "{clis}"
    );
    // 100 minutes at 2p of the line's tariff for C1 before; at 1p of C2's own from the day on.
    let waiting = json(place.run("usage unbilled --json"));
    let sell = |account: &str| {
        let of = waiting.as_array().unwrap().iter().find(|one| one["account"] == account);
        of.map(|one| (one["records"].as_u64().unwrap(), one["sell"].as_str().unwrap().to_owned()))
    };
    assert_eq!(sell("C1"), Some((1, "2".to_owned())), "{waiting}");
    assert_eq!(sell("C2"), Some((1, "1".to_owned())), "{waiting}");
    // Both trails show it, with who and why.
    for (line, words) in [
        ("customer history C1", "ann  cli move: sold\n  CLI +442079460018\n    to: (blank) → \"2026-07-14\"\n"),
        ("customer history C2", "ann  cli move: sold\n  CLI +442079460018 2026-07-15 (new)\n    account: \"C2\"\n"),
        (
            "cli history 02079460018",
            "ann  cli move: sold\n  CLI +442079460018\n    to: (blank) → \"2026-07-14\"\n  CLI",
        ),
    ] {
        let out = place.run(line).done().out;
        assert!(out.contains(words), "{line}\n{out}");
    }
    assert!(!place.run("customer history C3").done().out.contains("cli move"));
    // Once is enough, and back it goes another day.
    place.refuses(&[(asked, "is C2's on 2026-07-15 already")]);
    place.run("cli move 02079460018 --to C1 --from 2026-08-01").done();
    assert_eq!(place.held("02079460018"), ["C1,hq,,2026-07-14", "C2,yard,2026-07-15,2026-07-31", "C1,,2026-08-01,"]);
    place.run("verify").done();
}

#[test]
fn charges_go_with_their_line_to_the_day_p5() {
    let place = billed();
    let asked = "cli move 02079460018 --to C2 --from 2026-06-16 --with-charges";
    let done = place.run(&format!("{asked} --json")).done();
    let report: Value = serde_json::from_str(&done.out).unwrap();
    let charge = |place: usize, column: &str| report["charges"][place][column].clone();
    // C2 has a charge `line` of its own.
    assert_eq!(
        (charge(0, "new_charge"), charge(0, "minimum_term")),
        ("line-2".into(), "2026-12-31".into()),
        "{report}"
    );
    assert_eq!((charge(1, "new_charge"), charge(1, "price_after")), ("router".into(), "5".into()), "{report}");
    assert_eq!(report["staying"][0]["name"], "setup");
    assert_eq!(
        place.charged("02079460018"),
        [
            "C1,line,2026-06-01,2026-06-15",
            "C1,router,2026-06-01,2026-06-15",
            "C1,setup,2026-07-15,",
            "C2,line-2,2026-06-16,",
            "C2,router,2026-06-16,",
        ]
    );
    place.run("bill run --invoice-date 2026-07-02 --charge-cutoff 2026-07-01").done();
    let net = |account: &str| {
        let invoices = json(place.run("invoice list --json"));
        let of = invoices.as_array().unwrap().iter().filter(|one| one["account"] == account);
        of.map(|one| one["net"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    // £12.00 for May, £35.00 for June and a call, £2.00; then 15 of 30 days of June back.
    assert_eq!(net("C1"), "49.00 -17.50");
    // Its own £25.00, the 15 days, and the call of 20 June at its own 1p a minute, £1.00.
    assert_eq!(net("C2"), "43.50");
    place.run("verify").done();
}

#[test]
fn all_lines_of_a_customer_move_with_what_begins_later_m2() {
    let place = shop();
    let run = place.run("cli move --all-of C1 --to C4 --from 2026-07-01 --json").done();
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["lines"].as_array().unwrap().len(), 3, "{report}");
    // A cap in pounds means nothing to who pays in euros.
    let moved = report["lines"].as_array().unwrap().iter().find(|line| line["cli"] == "+442079460018").unwrap();
    assert!(moved["left_behind"].to_string().contains("spending_cap"), "{report}");
    assert_eq!(place.held("02079460018"), ["C1,hq,,2026-06-30", "C4,,2026-07-01,"]);
    // It begins on 1 August, and never was C1's.
    assert_eq!(place.held("02079460019"), ["C4,,2026-08-01,"]);
    assert_eq!(place.held("01614960003"), ["C1,,,2026-06-30", "C2,,,", "C4,,2026-07-01,"]);
    place.write("lines.txt", "0161 496 0001\n01614960003\n");
    place.run("cli move --from-file lines.txt --of C2 --to C1 --from 2026-07-01").done().says("moved 2 lines to C1");
    place.run("verify").done();
}
