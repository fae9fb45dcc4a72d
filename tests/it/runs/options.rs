//! What `bill draft` and `bill run` are asked, and what they refuse.

use super::Office;

const MONTHLY: &str = "monthly,automatic,standard,monthly,1,0\n";
const RENTAL: &str = "A1,line,recurring,monthly,advance,calendar:1,10,2026-06-01,,Lines\n";

fn office() -> Office {
    let office = Office::new("", MONTHLY, "A1,monthly,\nA2,monthly,,fee,3,,,,\n", "02079460011,A1\n", RENTAL);
    office.import("may.csv", &[("m1", "02079460011", "2026-05-20 10:00:00", 600)]);
    office
}

#[test]
fn a_period_is_posted_once() {
    let office = office();
    office.run("bill run --group monthly --invoice-date 2026-06-01").done();
    let posted = ["AC-000001 A1 2026-06-01 12.12", "AC-000002 A2 2026-06-01 3.60"];
    assert_eq!(office.invoices(), posted);
    for line in ["draft", "run", "draft --dry-run", "run --strict"] {
        // The invoice date is no part of the period.
        for date in ["2026-06-01", "2026-06-20"] {
            let refused = office.run(&format!("bill {line} --group monthly --invoice-date {date}")).ended(1);
            refused.says("run 1 of 2026-06-01 has billed these customers for this period").says("--again");
        }
    }
    // Nothing came late: nobody gets a second invoice, and A2 no second fee.
    office.run("bill run --group monthly --invoice-date 2026-06-02 --again").done();
    assert_eq!(office.invoices(), posted);
    // Something came late for A1: 20 minutes are 0.20, VAT 0.04.
    office.import("late.csv", &[("m2", "02079460011", "2026-05-21 10:00:00", 1200)]);
    office.run("bill run --group monthly --invoice-date 2026-06-03 --again").done();
    assert_eq!(office.invoices(), [posted[0], posted[1], "AC-000003 A1 2026-06-03 0.24"]);
    // The next month is another period.
    office.run("bill run --group monthly --invoice-date 2026-07-01").done();
    assert_eq!(office.invoices().len(), 5);
}

#[test]
fn a_run_goes_on_with_what_is_there() {
    let office = office();
    // A draft by the same terms, made, approved, or posted without documents.
    office.run("bill draft --invoice-date 2026-06-01").done();
    office.import("late.csv", &[("m2", "02079460011", "2026-05-21 10:00:00", 1200)]);
    office.run("bill run --invoice-date 2026-06-01").done();
    assert_eq!(office.json("bill list").as_array().unwrap().len(), 1);
    assert_eq!(office.invoices()[0], "AC-000001 A1 2026-06-01 12.36");
    for gone in ["w/reports/run-000001.json", "w/invoices/run-000001/AC-000002.json"] {
        std::fs::remove_file(office.path(gone)).unwrap();
    }
    office.run("bill run --invoice-date 2026-06-01").done().says("run 1 is posted already");
    assert!(office.path("w/invoices/run-000001/AC-000002.json").is_file());
    office.run("bill run --invoice-date 2026-06-01").ended(1).says("--again");
    assert_eq!(office.invoices().len(), 2);
}

#[test]
fn what_cannot_be_billed_is_refused_with_words() {
    let office = office();
    office.load(
        "empty,automatic,standard,monthly,1,0\nlate,automatic,standard,monthly,1,-1\nown,manual,anniversary,monthly,,0\n",
        "B1,late,\nC1,own,15\nC2,own,31\n",
        "",
        "",
    );
    for (options, words) in [
        ("--group empty --invoice-date 2026-06-01", "no customer of group empty is in this run"),
        ("--group own --invoice-date 2026-06-16", "no customer of group own is billed on 2026-06-16"),
        ("--group nowhere --invoice-date 2026-06-01", "there is no customer group \"nowhere\""),
        (
            "--group monthly --group late --invoice-date 2026-06-01",
            "late: usage before 2026-05-01, charges before 2026-06-01",
        ),
        ("--group monthly --group late --invoice-date 2026-06-01 --usage-cutoff 2026-06-01", "different windows"),
        ("--exclude-category Ropes --invoice-date 2026-06-01", "there are: Lines"),
    ] {
        let run = office.run(&format!("bill draft {options}")).ended(1);
        assert!(run.err.contains(words), "{options}: {}", run.err);
        assert!(office.json("bill list").as_array().unwrap().is_empty(), "{options}");
    }
    // Both cutoffs given: groups with different windows are billed together, whatever their customers' days.
    let cutoffs = "--usage-cutoff 2026-06-01 --charge-cutoff 2026-07-01 --invoice-date 2026-06-16";
    office.run(&format!("bill draft --group monthly --group late --group own {cutoffs}")).done();
    assert_eq!(office.json("bill show 1")["customers"].as_array().unwrap().len(), 5);
}

#[test]
fn days_to_come_are_refused() {
    let office = office();
    for line in
        ["bill draft --invoice-date 2099-06-01", "bill run --invoice-date 2099-06-01", "bill due --today 2099-06-01"]
    {
        office.run_today(line).ended(1).says("2099-06-01 is still to come");
        office.run_today(&format!("{line} --allow-future --dry-run")).done();
    }
    // A due day far ahead is no cutoff.
    office.run_today("bill draft --invoice-date 2099-06-01 --usage-cutoff 2020-06-01").done();
}

#[test]
fn the_examples_of_schedules_name_real_commands() {
    let mut found = 0;
    for file in ["cron/tollbook", "systemd/tollbook-due.service"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(file);
        let text = std::fs::read_to_string(path).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((_, words)) = line.split_once("/bin/tollbook ") else { continue };
            let arguments: Vec<&str> = words.split(' ').chain(["--help"]).collect();
            crate::program::tollbook(std::path::Path::new("."), &arguments).done();
            found += 1;
        }
    }
    assert_eq!(found, 3);
    let wrong = crate::program::tollbook(std::path::Path::new("."), &["bill", "due", "--stricter", "--help"]);
    assert_eq!(wrong.code, 2, "the test can fail");
}
