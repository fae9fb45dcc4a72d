//! `bench`: a workload is the same bytes for a seed and ends as it was planted; every stage of a run does its work and
//! says so.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::program::{files_below, tollbook};

/// A small workload in a new folder below `dir`.
fn generate(dir: &Path, name: &str, more: &[&str]) -> PathBuf {
    let size = ["--records", "2000", "--clis", "300", "--customers", "40", "--tariffs", "9", "--quiet"];
    tollbook(dir, &[&["bench", "generate", name][..], &size, more].concat()).done();
    dir.join(name)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// What was planted.
fn note(workload: &Path) -> Value {
    json(&std::fs::read_to_string(workload.join("workload.json")).unwrap())
}

/// `rate --json` of a workload: what it prints of all files.
fn rated(workload: &Path, usage: &str) -> Value {
    let arguments = ["rate", usage, "--supplier", "carrier", "--book", "book", "--json", "--quiet"];
    // In part: some lines are bad.
    json(&tollbook(workload, &arguments).ended(3).out)["totals"].clone()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))
}

/// How many records ended so.
fn ended(totals: &Value, disposition: &str, reason: Option<&str>) -> u64 {
    let ends = totals["out"].as_array().unwrap().iter();
    let same = ends.filter(|end| end["disposition"] == disposition && end["reason"].as_str() == reason);
    same.map(|end| number(&end["records"])).sum()
}

#[test]
fn a_seed_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let made = |name: &str, more: &[&str]| files_below(&generate(dir.path(), name, more), &[]);
    let (first, again, other) = (made("first", &[]), made("again", &[]), made("other", &["--seed", "2"]));
    assert!(first == again);
    let bytes = |files: &[(String, Vec<u8>)], name: &str| files.iter().find(|(of, _)| of == name).unwrap().1.clone();
    for name in ["usage.csv", "book/rates.csv", "book/clis.csv", "book/customers.csv"] {
        assert!(bytes(&first, name) != bytes(&other, name), "{name} does not depend on the seed");
    }
}

#[test]
fn records_end_as_planted() {
    let dir = tempfile::tempdir().unwrap();
    let mut sells = Vec::new();
    for (layout, usage) in [("generic", "usage.csv"), ("fcs-v3", "usage-fcs-v3.csv")] {
        let workload = generate(dir.path(), layout, &["--layout", layout]);
        let (note, totals) = (note(&workload), rated(&workload, usage));
        let planted = &note["dispositions"];
        let check = |disposition: &str, reason: Option<&str>, name: &str| {
            assert_eq!(ended(&totals, disposition, reason), number(&planted[name]), "{layout}: {name}");
        };
        check("rated", None, "rated");
        check("suspense", Some("unknown CLI"), "unknown_cli");
        check("suspense", Some("CLI not billable on date"), "cli_not_billable_on_date");
        check("suspense", Some("unknown call type"), "unknown_call_type");
        check("excluded", Some("call type excluded"), "call_type_excluded");
        check("rejected", None, "rejected");
        let all: u64 = planted.as_object().unwrap().values().map(number).sum();
        assert_eq!((all, number(&note["records"])), (2_000, 2_000), "{layout}");
        assert!(number(&planted["rated"]) > 1_940 && number(&planted["rejected"]) == 1, "{layout}: {planted}");
        let file = std::fs::read(workload.join(usage)).unwrap();
        assert_eq!(file.len() as u64, number(&note["bytes"]), "{layout}");
        assert_eq!(file.split(|byte| *byte == b'\n').count(), 2_002, "{layout}: a header, the lines, nothing after");
        sells.push(totals["out"].clone());
    }
    assert_eq!(sells[0], sells[1], "both layouts say the same");
}

#[test]
fn a_folder_that_is_in_use_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("mine.txt"), "keep").unwrap();
    let refused = tollbook(dir.path(), &["bench", "generate", "."]).ended(1);
    assert!(refused.err.contains("is not empty"), "{}", refused.err);
    assert_eq!(files_below(dir.path(), &[]).len(), 1);
    let refused = tollbook(dir.path(), &["bench", "generate", "new", "--clis", "3", "--customers", "4"]).ended(1);
    assert!(refused.err.contains("each has at least one"), "{}", refused.err);
}

/// The stages of a run, and what each counted.
fn stages(workload: &Path, more: &[&str]) -> Vec<(String, String, u64)> {
    let arguments = [&["bench", "run", ".", "--json", "--quiet"][..], more].concat();
    let figures = json(&tollbook(workload, &arguments).done().out);
    let stages = figures["stages"].as_array().unwrap().iter().map(|stage| {
        let fields = ["per_second", "bytes", "bytes_per_second", "microseconds", "cpu_milliseconds", "peak_bytes"];
        assert!(fields.iter().all(|field| stage[field].is_u64()), "{stage}");
        assert!(number(&stage["microseconds"]) > 0, "{stage}");
        let text = |field: &str| stage[field].as_str().unwrap().to_owned();
        (text("stage"), text("unit"), number(&stage["count"]))
    });
    assert!(figures["threads"].is_u64() && figures["peak_is_of_stage"].is_boolean() && figures["version"].is_string());
    stages.collect()
}

#[test]
fn every_stage_does_its_work_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let workload = generate(dir.path(), "workload", &[]);
    let before = files_below(&workload, &[]);
    let found = stages(&workload, &[]);
    let names: Vec<_> = found.iter().map(|(stage, ..)| stage.as_str()).collect();
    let all = "copy fingerprint book read match rate rate-parquet import draft post reimport";
    assert_eq!(names.join(" "), all);
    let count =
        |name: &str| found.iter().find(|(stage, ..)| stage == name).map(|(_, unit, count)| (unit.as_str(), *count));
    // Of 2,000 lines one is bad.
    for stage in ["read", "match", "rate", "rate-parquet", "import", "draft", "reimport"] {
        assert_eq!(count(stage), Some(("records", 1_999)), "{stage}");
    }
    assert_eq!(count("post"), Some(("invoices", 40)));
    assert_eq!(count("copy"), Some(("bytes", number(&note(&workload)["bytes"]))));
    assert!(files_below(&workload, &[]) == before && !workload.join("run").exists());
}

#[test]
fn stages_are_chosen_with_what_they_stand_on() {
    let dir = tempfile::tempdir().unwrap();
    let workload = generate(dir.path(), "workload", &["--layout", "fcs-v3"]);
    let chosen = |more: &[&str]| stages(&workload, more).into_iter().map(|(stage, ..)| stage).collect::<Vec<_>>();
    assert_eq!(chosen(&["--stages", "rate,read", "--threads", "1"]), ["read", "rate"]);
    assert_eq!(chosen(&["--stages", "draft"]), ["import", "draft"]);
    let own = ["bench", "run", "--usage", "usage-fcs-v3.csv", "--book", "book", "--stages", "match", "--quiet"];
    assert!(tollbook(&workload, &own).done().out.contains("1,999  records"));
}

#[test]
fn figures_of_a_changed_workload_are_void() {
    let dir = tempfile::tempdir().unwrap();
    let workload = generate(dir.path(), "workload", &[]);
    let usage = workload.join("usage.csv");
    let text = std::fs::read_to_string(&usage).unwrap();
    let shorter = text.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n";
    std::fs::write(&usage, shorter).unwrap();
    let run = tollbook(&workload, &["bench", "run", ".", "--stages", "read", "--quiet"]).ended(4);
    assert!(run.err.contains("1999, not 2000; the figures are void"), "{}", run.err);
    let none = tollbook(dir.path(), &["bench", "run", "."]).ended(1);
    assert!(none.err.contains("holds no workload"), "{}", none.err);
}

/// A Python: one that may have DuckDB, or the system's.
fn python() -> String {
    std::env::var("TOLLBOOK_PYTHON").unwrap_or_else(|_| "python3".into())
}

/// Whether a Python runs a line without complaint.
fn runs(line: &str) -> bool {
    let mut python = Command::new(python());
    python.args(["-c", line]).output().is_ok_and(|done| done.status.success())
}

fn peers(script: &str, arguments: &[&str]) -> std::process::Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(script);
    Command::new(python()).arg("-B").arg(script).args(arguments).output().unwrap()
}

/// The table has every row, and the peers' totals are ours, or there is none.
#[test]
#[allow(clippy::print_stderr)]
fn the_table_of_targets_is_made_from_nothing() {
    if !runs("import sys; assert sys.version_info >= (3, 11)") {
        eprintln!("no Python here: the scripts beside the peers were not run");
        return;
    }
    for script in ["run", "run.py"] {
        let help = String::from_utf8(peers(script, &["--help"]).stdout).unwrap();
        assert!(help.contains("--repeat"), "{script}: {help}");
    }
    let has_peers = runs("import duckdb, polars");
    let dir = tempfile::tempdir().unwrap();
    let (folder, skipped) = (dir.path().to_str().unwrap(), if has_peers { "post" } else { "post,generic,parquet,fcs" });
    let size = ["--records", "2000", "--repeat", "1", "--skip", skipped];
    let tools = ["--tollbook", env!("CARGO_BIN_EXE_tollbook"), "--python", &python(), "--dir", folder];
    let done = peers("run", &[&size[..], &tools].concat());
    let (table, told) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert!(done.status.success(), "{told}");
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let skipped = rows.iter().filter(|row| row.contains("| skipped |")).count();
    // A head of two lines and nine rows.
    assert_eq!((rows.len(), skipped), (11, if has_peers { 1 } else { 4 }), "{table}");
    assert_eq!(table.matches("totals equal").count(), if has_peers { 2 } else { 0 }, "{table}");
    assert!(files_below(dir.path(), &[]).is_empty(), "nothing stays");
    if !has_peers {
        eprintln!("no DuckDB and Polars here: nobody was compared");
    }
}

/// Written as a workbook with texts in the cells, with texts kept once, and as CSV.
#[test]
fn a_form_fits_its_book_and_has_as_many_mistakes_as_planted() {
    let dir = tempfile::tempdir().unwrap();
    let make = |out: &str, more: &[&str]| {
        let size = ["--customers", "120", "--book", "book", "--quiet", "--json"];
        json(&tollbook(dir.path(), &[&["bench", "form", out][..], &size, more].concat()).done().out)
    };
    make("first.csv", &[]);
    tollbook(dir.path(), &["init", "workspace"]).done();
    let run = |arguments: &[&str]| tollbook(dir.path(), &[&["--workspace", "workspace"][..], arguments].concat());
    run(&["book", "import", "book", "--quiet"]).done();
    for (out, more) in [("form.xlsx", &[][..]), ("shared.xlsx", &["--shared-strings"]), ("form.csv", &[])] {
        let made = make(out, more);
        assert!(number(&made["least_filled"]) >= 40, "{made}");
        let sound = json(&run(&["import", "customers", out, "--dry-run", "--strict", "--json"]).done().out);
        assert_eq!((number(&sound["error_count"]), number(&sound["warning_count"])), (0, 0), "{out}: {sound}");
        assert_eq!(number(&sound["sheets"][0]["added"]), 120, "{out}");
        make(out, &[more, &["--mistakes", "30"]].concat());
        let wrong = json(&run(&["import", "customers", out, "--json"]).ended(1).out);
        assert_eq!(number(&wrong["error_count"]), 30, "{out}: {}", wrong["errors"]);
    }
    // What was imported is what a form with data says.
    run(&["import", "customers", "first.csv", "--quiet"]).done();
    let again = run(&["import", "customers", "first.csv", "--mode", "update", "--json"]).done();
    assert_eq!(number(&json(&again.out)["sheets"][0]["as_before"]), 120, "{}", again.out);
    run(&["template", "customers", "data.xlsx", "--with-data"]).done();
    run(&["import", "customers", "data.xlsx", "--mode", "update"]).done();
}
