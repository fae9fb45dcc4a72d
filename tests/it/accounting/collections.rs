//! Collections by direct debit: who is in them and who is not, files read by other programs, nothing collected twice.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{Shop, check_expected};

/// A Wednesday; the day before is a working day.
const DAY: &str = "2090-03-01";

/// What `tests/python/read_collection.py` finds in a file; nothing where there is no Python for it.
fn read_from_outside(kind: &str, path: &Path) -> Option<Value> {
    let not_checked = |why: &str| {
        let _ = writeln!(std::io::stderr(), "NOT CHECKED FROM OUTSIDE: {kind} collections: {why}");
    };
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else {
        not_checked("TOLLBOOK_PYTHON names no Python with sepaxml and lxml");
        return None;
    };
    let has_schemas = Command::new(&python).args(["-c", "import lxml, sepaxml"]).output().unwrap().status.success();
    if kind == "sepa" && !has_schemas {
        not_checked("the Python has no sepaxml or no lxml");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/read_collection.py");
    let run = Command::new(python).arg(script).arg(kind).arg(path).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(serde_json::from_slice(&run.stdout).unwrap())
}

fn create(shop: &Shop, format: &str, name: &str) -> crate::program::Run {
    shop.run(&format!("collection create --format {format} --collect-on {DAY} --out {name}"))
}

#[test]
fn what_cannot_be_collected_says_why() {
    let shop = Shop::new();
    let listed: Value = serde_json::from_str(&shop.run("collection list --json").done().out).unwrap();
    let said: Vec<[String; 3]> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| ["invoice", "open", "reason"].map(|key| one[key].as_str().unwrap_or("collected").to_owned()))
        .collect();
    let expected = [
        ["AC-000001", "67.58", "collected"],
        ["AC-000002", "6.90", "the customer gave no mandate"],
        ["AC-000004", "96.00", "collected"],
    ];
    assert_eq!(said, expected, "AC-000003 is void");
    let listed: Value =
        serde_json::from_str(&shop.run("collection list --due-by 2026-10-30 --json").done().out).unwrap();
    assert_eq!(listed[0]["reason"], "is due on 2026-10-31");
    shop.run(&format!("collection create --format bacs --collect-on {DAY} --due-by 2026-10-30 --out b.txt"))
        .ended(1)
        .says("nothing can be collected by bacs");
    for (day, words) in [("2090-03-04", "banks do not work"), ("2020-01-02", "is not after today")] {
        shop.run(&format!("collection create --format bacs --collect-on {day} --out b.txt")).ended(1).says(words);
    }
    assert!(!shop.path("b.txt").exists());
}

#[test]
fn an_invoice_is_collected_once_unless_that_is_cancelled() {
    let shop = Shop::new();
    create(&shop, "bacs", "b.txt --dry-run").done();
    assert!(!shop.path("b.txt").exists());
    let made = create(&shop, "bacs", "b.txt").done();
    assert!(made.out.contains("collection 1: 1 debit, GBP 67.58, on 2090-03-01"), "{}", made.out);
    create(&shop, "bacs", "b.txt").ended(1).says("is there already");
    create(&shop, "bacs", "c.txt").ended(1).says("nothing can be collected by bacs");
    let listed = shop.run("collection list").done().out;
    assert!(listed.contains("not: is in collection 1"), "{listed}");
    shop.run("collection export 1 --out again.txt").done();
    assert_eq!(shop.read("again.txt"), shop.read("b.txt"));
    shop.run("collection cancel 1").ended(2);
    shop.run("collection cancel 1 --invoice AC-000002 --reason refused").ended(1).says("is not in it");
    shop.run("collection cancel 1 --invoice AC-000001 --reason refused").done();
    shop.run("collection cancel 1 --reason again").ended(1).says("was cancelled before");
    create(&shop, "bacs", "d.txt").done();
    let history: Value = serde_json::from_str(&shop.run("collection history --json").done().out).unwrap();
    let rows: Vec<_> =
        history.as_array().unwrap().iter().map(|row| (row["cancelled"].as_i64(), row["total"].as_str())).collect();
    assert_eq!(rows, [(Some(1), Some("0.00")), (Some(0), Some("67.58"))]);
    shop.run("verify").done();
}

#[test]
fn a_bank_reads_the_bacs_file() {
    let shop = Shop::new();
    create(&shop, "bacs", "b.txt").done();
    let text = shop.read("b.txt");
    // The day on which it was made is today's; the rest is what the collection says.
    let lines: Vec<String> = text
        .lines()
        .map(|line| match &line[..3] {
            "HDR" | "EOF" if line.as_bytes()[3] == b'1' => format!("{}<made>{}", &line[..41], &line[47..]),
            _ => line.to_owned(),
        })
        .collect();
    let expected = [
        "VOL1000001                               123456                                1",
        "HDR1A123456S   12345600000100010001      <made> 90066 000000                    ",
        "HDR2F0200000100                                   00                            ",
        "UHL1 90059999999    000000001 DAILY  001                                        ",
        "2000005577991100140123412345678    00000006758ACORN & OAK TELECOFERN-000123       FERN & SONS LTD   ",
        "4012341234567809940123412345678    00000006758ACORN & OAK TELECOCONTRA            ACORN & OAK TELECO",
        "EOF1A123456S   12345600000100010001      <made> 90066 000000                    ",
        "EOF2F0200000100                                   00                            ",
        "UTL10000000006758000000000675800000010000001                                    ",
    ];
    assert_eq!(lines, expected);
    if let Some(found) = read_from_outside("bacs", &shop.path("b.txt")) {
        let debits = json!([["200000", "55779911", "01", 6758, "FERN-000123", "FERN & SONS LTD"]]);
        assert_eq!(found, json!({"user": "123456", "process_on": " 90059", "total": 6758, "debits": debits}));
    }
}

#[test]
fn a_bank_reads_the_sepa_file() {
    for (format, version) in [("sepa", "008.001.08"), ("sepa02", "008.001.02")] {
        let shop = Shop::new();
        create(&shop, format, "s.xml").done();
        let text = shop.read("s.xml");
        // The time at which it was made is now; the rest is what the collection says.
        let (before, rest) = text.split_once("<CreDtTm>").unwrap();
        let (_, after) = rest.split_once('<').unwrap();
        check_expected(&format!("{format}.xml"), &format!("{before}<CreDtTm>made<{after}"));
        if let Some(found) = read_from_outside("sepa", &shop.path("s.xml")) {
            let debit = [
                "FR1420041010050500013M02606",
                "FRST",
                "96.00",
                "M/2026/4",
                "2026-02-01",
                "Mueller, Juergen",
                "AC-000004",
            ];
            let block = json!([DAY, "DE98ZZZ09999999999", "DE44500105175407324931"]);
            assert_eq!(found, json!({"version": version, "blocks": block, "total": "96.00", "debits": [debit]}));
        }
    }
}
