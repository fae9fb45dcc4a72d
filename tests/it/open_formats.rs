//! Our files are for others too: usage files and rated records, read by programs that know nothing of us, hold exactly
//! what our control totals say.
//!
//! `TOLLBOOK_PYTHON` names a Python with duckdb, pandas and pyarrow. Without it the same sums are taken by our own
//! reader and the columns by the plain Parquet library, and the test says that nobody else looked.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value, json};
use tollbook::facts::{COLUMNS, scan_rated};
use tollbook::workspace::Workspace;

use super::program::tollbook;
use super::workload::{
    Call, FCS, GENERIC, Reseller, Spoiling, decimal, fcs_header, file_of, scaled, spoiled_file, write_file,
};

/// A workspace with imports, marks and a posted run, and the sums that everybody must find in its usage folder.
struct Store {
    folder: tempfile::TempDir,
    workspace: PathBuf,
    files: [(&'static str, PathBuf); 2],
    book: PathBuf,
}

/// Sums over exact decimals, by name.
type Sums = BTreeMap<String, i128>;

fn made() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    let mut reseller = Reseller::new(51, 12);
    reseller.make_workspace(&workspace);
    Reseller::print_briefly(&workspace);
    let calls = reseller.calls(2_000, (4, 1), (4, 28));
    let fcs: Vec<_> =
        reseller.calls(500, (4, 1), (4, 28)).iter().filter(|c| c.fits_fcs()).map(Call::fcs_line).collect();
    let spoiling = Spoiling { bad: 8, blank: 2, repeats: calls[..25].to_vec(), conflicts: calls[50..53].to_vec() };
    let generic = spoiled_file(reseller.random(), calls, &spoiling);
    let files = [
        (GENERIC, write_file(folder.path(), "calls.csv", &generic.bytes)),
        (FCS, write_file(folder.path(), "fcs.csv", &file_of(&fcs_header(), &fcs))),
    ];
    Store { workspace, files, book: folder.path().join("workspace.book"), folder }
}

/// Adds up control totals as the program prints them: `list` is `in` or `out`.
fn add_up(totals: &Value, list: &str) -> Sums {
    let mut sums = Sums::new();
    for tally in totals[list].as_array().unwrap().iter().filter(|tally| !tally["kind"].is_null()) {
        *sums.entry("rows".into()).or_default() += i128::from(tally["records"].as_u64().unwrap());
        for (name, places) in [("units", 0), ("cost", 8), ("sell", 6)] {
            *sums.entry(name.into()).or_default() += scaled(tally[name].as_str().unwrap(), places);
        }
    }
    sums
}

#[test]
fn usage_files_hold_for_others_what_our_control_totals_say() {
    let store = made();
    let mut imported = Sums::new();
    for (supplier, file) in &store.files {
        let arguments = ["import", "usage", "--json", "--quiet", "--supplier", supplier, file.to_str().unwrap()];
        let run = tollbook(&store.workspace, &arguments);
        assert!(matches!(run.code, 0 | 3), "{}", run.err);
        let report: Value = serde_json::from_str(&run.out).unwrap();
        for (name, sum) in add_up(&report[0]["totals"], "in") {
            *imported.entry(name).or_default() += sum;
        }
    }
    let drafted = ["bill", "draft", "--json", "--quiet", "--invoice-date", "2026-05-01"];
    let report: Value = serde_json::from_str(&tollbook(&store.workspace, &drafted).done().out).unwrap();
    tollbook(&store.workspace, &["bill", "approve", "1"]).done();
    tollbook(&store.workspace, &["bill", "post", "1", "--quiet"]).done();
    let mut billed = report["usage"].clone();
    let is_billed = |tally: &Value| matches!(tally["disposition"].as_str(), Some("billed" | "capped" | "allowance"));
    billed["out"].as_array_mut().unwrap().retain(is_billed);
    let billed = add_up(&billed, "out");
    let expected = json!({
        "rows": i64::try_from(imported["rows"]).unwrap(),
        "units": imported["units"].to_string(),
        "cost": decimal(imported["cost"], 8),
        "marks": 28,
        "billed_rows": i64::try_from(billed["rows"]).unwrap(),
        "billed_units": billed["units"].to_string(),
        "billed_charge": decimal(billed["sell"], 6),
    });
    assert_eq!(own_sums_of_usage(&store.workspace), expected);
    let usage = store.workspace.join("usage");
    let script = ["read_facts.py", usage.to_str().unwrap(), &expected.to_string()];
    outside_check("the usage files", &script);
    check_columns(&usage.join("import-000001.parquet"), "import-….parquet");
    check_columns(&usage.join("import-000001.marks.parquet"), "import-….marks.parquet");
    check_columns(&usage.join("billed/run-000001.parquet"), "billed/run-….parquet");
}

#[test]
fn rated_records_hold_for_others_what_our_control_totals_say() {
    let store = made();
    for (supplier, file) in &store.files {
        let (mut outputs, mut expected) = (Vec::new(), Value::Null);
        for ending in ["parquet", "csv", "json"] {
            let out = store.folder.path().join(format!("{supplier}.{ending}"));
            let places = [out.to_str().unwrap(), file.to_str().unwrap(), store.book.to_str().unwrap()];
            let arguments = [
                "rate",
                "--json",
                "--quiet",
                "--supplier",
                supplier,
                "--out",
                places[0],
                places[1],
                "--book",
                places[2],
            ];
            let run = tollbook(store.folder.path(), &arguments);
            assert!(matches!(run.code, 0 | 3), "{}", run.err);
            let report: Value = serde_json::from_str(&run.out).unwrap();
            let (came_in, ended) = (add_up(&report["totals"], "in"), add_up(&report["totals"], "out"));
            expected = json!({
                "rows": i64::try_from(came_in["rows"]).unwrap(),
                "units": came_in["units"].to_string(),
                "cost": decimal(came_in["cost"], 8),
                "sell": decimal(ended["sell"], 6),
            });
            outputs.push(out);
        }
        assert_eq!(own_sums_of_rated(&outputs[0]), expected);
        let expected = expected.to_string();
        let mut script = vec!["read_rated.py"];
        script.extend(outputs.iter().map(|out| out.to_str().unwrap()));
        script.push(&expected);
        outside_check("the rated records", &script);
    }
}

/// Lets other programs read what a script of `tests/python` asks of them, if there are any.
fn outside_check(what: &str, script: &[&str]) {
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else {
        let text =
            format!("NOT CHECKED FROM OUTSIDE: {what}: TOLLBOOK_PYTHON names no Python with duckdb, pandas, pyarrow\n");
        let _ = std::io::stderr().write_all(text.as_bytes());
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python");
    let run = Command::new(python).arg(folder.join(script[0])).args(&script[1..]).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{what}: {said}");
}

fn own_sums_of_usage(workspace: &Path) -> Value {
    let workspace = Workspace::open(workspace).unwrap();
    let (ledger, store) = (workspace.ledger().unwrap(), workspace.usage());
    let (mut rows, mut units, mut cost, mut marks) = (0, 0_u128, 0_i128, 0);
    for import in ledger.imports().unwrap() {
        for record in store.scan(&import.facts_file.unwrap(), 1_000).rows() {
            let record = record.unwrap();
            rows += 1;
            units += u128::from(record.units);
            cost += i128::from(record.cost.unwrap_or_default().scaled());
        }
        marks += import.marks_file.map_or(0, |file| store.marks(&file).unwrap().len());
    }
    let (mut billed_rows, mut billed_units, mut billed_charge) = (0, 0_u128, 0_i128);
    for call in store.billed_calls("billed/run-000001.parquet") {
        let call = call.unwrap();
        billed_rows += 1;
        billed_units += u128::from(call.rated.units);
        billed_charge += i128::from(call.charge.scaled());
    }
    json!({
        "rows": rows,
        "units": units.to_string(),
        "cost": decimal(cost, 8),
        "marks": marks,
        "billed_rows": billed_rows,
        "billed_units": billed_units.to_string(),
        "billed_charge": decimal(billed_charge, 6),
    })
}

fn own_sums_of_rated(path: &Path) -> Value {
    let (mut rows, mut units, mut cost, mut sell) = (0, 0_u128, 0_i128, 0_i128);
    for row in scan_rated(path, 1_000).rows() {
        let row = row.unwrap();
        rows += 1;
        units += u128::from(row.units);
        cost += i128::from(row.cost.unwrap_or_default().scaled());
        sell += i128::from(row.sell.unwrap_or_default().scaled());
    }
    let columns = columns_of(path);
    // Beside the documented columns the instant, for readers that know no zones.
    let documented: Vec<_> = columns.iter().filter(|name| *name != "started_utc").collect();
    assert_eq!(documented, COLUMNS);
    json!({"rows": rows, "units": units.to_string(), "cost": decimal(cost, 8), "sell": decimal(sell, 6)})
}

/// The columns of a Parquet file, by a reader that is not ours.
fn columns_of(path: &Path) -> Vec<String> {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    schema.columns().iter().map(|column| column.name().to_owned()).collect()
}

/// Every column of a file is told in `docs/usage-files.md`, below the heading that names it, and no other.
fn check_columns(path: &Path, heading: &str) {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/usage-files.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let marker = format!("`{heading}`\n");
    let section = docs.split("\n## ").find(|section| section.contains(&marker)).expect(heading);
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let mut told: Vec<&str> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap().split(','))
        .map(|name| name.trim().trim_matches('`'))
        .collect();
    let mut columns = columns_of(path);
    columns.sort_unstable();
    told.sort_unstable();
    assert_eq!(columns, told, "{heading}");
}
