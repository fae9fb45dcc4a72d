//! The reports, over three months of a small reseller (`fixtures/reports`): figures worked by hand (`sums.txt`), what is
//! shown and written in full (`expected/`; `UPDATE_EXPECTED=1` writes that anew, never the sums), workbooks as openpyxl and
//! LibreOffice read them, names that would run as formulas, and the same bytes on any number of threads.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::forms::not_checked;
use crate::program::{Run, fixture, tollbook};

/// The reports that are shown and written in full, by the names of their files.
const SHOWN: [(&str, &str); 16] = [
    ("aged-debt", "aged-debt --on 2026-07-31"),
    ("billing-errors", "billing-errors"),
    ("carrier-costs", "carrier-costs --month 2026-04"),
    ("category-revenue", "category-revenue --month 2026-06"),
    ("credit-limits", "credit-limits"),
    ("customer-growth", "customer-growth --from 2026-04-01 --to 2026-06-30"),
    ("customer-growth-by-group", "customer-growth --from 2026-04-01 --to 2026-06-30 --per group"),
    ("dormant-clis", "dormant-clis --on 2026-07-05 --days 30"),
    ("margin-by-class", "margin --per class --month 2026-06"),
    ("margin-by-cli", "margin --per cli --month 2026-06"),
    ("margin-by-customer", "margin --month 2026-06"),
    ("margin-by-destination", "margin --per destination --month 2026-06"),
    ("product-revenue", "product-revenue --month 2026-06"),
    ("terminating-charges", "terminating-charges --from 2026-07-01 --to 2026-09-30"),
    ("top-destinations", "top-destinations --month 2026-05"),
    ("unbilled-usage", "unbilled-usage"),
];

/// A workspace in which the three months were played.
fn story() -> &'static Path {
    static STORY: OnceLock<tempfile::TempDir> = OnceLock::new();
    STORY.get_or_init(play).path()
}

fn play() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &str| in_workspace(folder.path(), words);
    tollbook(folder.path(), &["init", "w"]).done();
    let files = fixture("reports");
    run(&format!("book import {}", files.join("book").display())).done();
    let import = |month: u32| {
        run(&format!("import usage --supplier alpha {}/usage/2026-{month:02}.csv", files.display())).done();
    };
    for month in [5, 6, 7] {
        import(month - 1);
        run(&format!("bill run --invoice-date 2026-{month:02}-01")).done();
        if month == 6 {
            run("invoice void AC-000002 --date 2026-06-10 --reason mistake").done();
            run("invoice credit BI-000001 --amount 5 --date 2026-06-15 --reason goodwill").done();
        }
    }
    import(7);
    folder
}

fn in_workspace(folder: &Path, words: &str) -> Run {
    let words: Vec<_> = ["--workspace", "w", "--quiet"].into_iter().chain(words.split_whitespace()).collect();
    tollbook(folder, &words)
}

fn report(words: &str) -> Run {
    in_workspace(story(), &format!("report {words}"))
}

/// The same as JSON.
fn json(words: &str) -> Value {
    serde_json::from_str(&report(&format!("{words} --json")).done().out).unwrap()
}

/// A cell of JSON as the sums write it.
fn cell(row: &Value, column: &str) -> String {
    match &row[column] {
        Value::Null => String::new(),
        Value::String(text) => text.replace(' ', "_"),
        other => other.to_string(),
    }
}

/// `a=1 b=2`.
fn cells(text: &str) -> Vec<(&str, &str)> {
    text.split_whitespace().map(|word| word.split_once('=').unwrap()).collect()
}

/// What a claim is wrong in, if it is.
fn wrong_in(answer: &Value, claim: &str) -> Option<String> {
    let (which, figures) = claim.split_once('|').unwrap();
    let (rows, which) = match which.trim().strip_prefix("total ") {
        Some(which) => ("totals", which),
        None => ("rows", which),
    };
    let which = cells(which);
    let is_meant = |row: &&Value| which.iter().all(|(column, wanted)| cell(row, column) == *wanted);
    let meant: Vec<_> = answer[rows].as_array().unwrap().iter().filter(is_meant).collect();
    let [row] = meant[..] else { return Some(format!("{claim}: {} rows are meant", meant.len())) };
    let wrong = cells(figures).into_iter().filter(|(column, figure)| cell(row, column) != *figure);
    let wrong: Vec<_> = wrong.map(|(column, _)| format!("{column} is {:?}", cell(row, column))).collect();
    (!wrong.is_empty()).then(|| format!("{claim}: {}", wrong.join(", ")))
}

#[test]
fn figures_are_those_worked_by_hand() {
    let sums = fs::read_to_string(fixture("reports").join("sums.txt")).unwrap();
    let (mut asked, mut answer, mut wrong, mut claims) = ("", Value::Null, Vec::new(), 0);
    for line in sums.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        if !line.starts_with(' ') {
            (asked, answer) = (line, json(line));
            continue;
        }
        claims += 1;
        wrong.extend(wrong_in(&answer, line).map(|words| format!("{asked}: {}", words.trim())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(claims > 70, "only {claims} claims were read");
}

/// Without the instants at which the test posted and imported.
fn without_instants(text: &str) -> String {
    let line = |line: &str| match line.split_once("until: ") {
        Some((what, _)) => format!("{what}until: TIME\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn what_is_shown_and_written_is_expected() {
    let files = tempfile::tempdir().unwrap();
    let expected = fixture("reports").join("expected");
    let mut wrong = Vec::new();
    for (name, words) in SHOWN {
        let csv = files.path().join(format!("{name}.csv"));
        let shown = report(&format!("{words} --csv {}", csv.display())).done();
        let made = [
            (format!("{name}.txt"), without_instants(&shown.out)),
            (format!("{name}.csv"), fs::read_to_string(&csv).unwrap()),
        ];
        for (file, made) in made {
            let path = expected.join(&file);
            if std::env::var_os("UPDATE_EXPECTED").is_some_and(|value| value == "1") {
                fs::create_dir_all(&expected).unwrap();
                fs::write(&path, &made).unwrap();
            } else if fs::read_to_string(&path).unwrap_or_default() != made {
                wrong.push(format!("{file} is not as expected, but\n{made}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every report as CSV and as a workbook, in a folder.
fn write_all(folder: &Path, options: &str) -> BTreeMap<String, Vec<u8>> {
    for (name, words) in SHOWN {
        let file = |ending: &str| folder.join(format!("{name}.{ending}")).display().to_string();
        report(&format!("{words} --csv {} --xlsx {} {options}", file("csv"), file("xlsx"))).done();
    }
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

#[test]
fn the_same_bytes_on_any_number_of_threads_for_the_owner_only() {
    let [one, three] = ["--threads 1", "--threads 3"].map(|options| {
        let folder = tempfile::tempdir().unwrap();
        let files = write_all(folder.path(), options);
        for name in files.keys() {
            let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        files
    });
    assert_eq!(one.len(), SHOWN.len() * 2);
    let differing: Vec<_> = one.iter().filter(|(name, bytes)| three.get(*name) != Some(bytes)).collect();
    assert!(differing.is_empty(), "{:?}", differing.iter().map(|(name, _)| name).collect::<Vec<_>>());
}

#[test]
fn openpyxl_reads_in_workbooks_what_is_in_the_csv_files() {
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else {
        return not_checked("workbooks of reports", "TOLLBOOK_PYTHON names no Python with openpyxl");
    };
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), "");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/read_report.py");
    let names = SHOWN.map(|(name, _)| name);
    let read = Command::new(python).arg(script).arg(folder.path()).args(names).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let said = String::from_utf8(read.stdout).unwrap();
    assert!(said.contains("margin-by-customer 4\n"), "{said}");
}

#[test]
fn libreoffice_opens_a_workbook() {
    if !Command::new("soffice").arg("--version").output().is_ok_and(|run| run.status.success()) {
        return not_checked("workbooks of reports in LibreOffice", "there is no soffice");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    report(&format!("category-revenue --month 2026-06 --xlsx {}", path("category.xlsx"))).done();
    let profile = format!("-env:UserInstallation=file://{}", path("profile"));
    let mut office = Command::new("timeout");
    office.args(["--kill-after=5", "300", "soffice", &profile, "--headless", "--norestore", "--convert-to", "csv"]);
    let saved = office.args(["--outdir", &path("out"), &path("category.xlsx")]).output().unwrap();
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stderr));
    let text = fs::read_to_string(folder.path().join("out/category.csv")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[0],
        "organisation,category,currency,lines,net,vat,gross,share percent,net before,change,change percent"
    );
    assert!(lines.contains(&"ACORN,Lines,GBP,3,10,2,12,47.4%,22,-12,-54.5%"), "{text}");
    assert!(lines.contains(&"total,,GBP,8,21.1,4.22,25.32,100%,105.9,-84.8,-80.1%"), "{text}");
}

#[test]
fn names_never_run_o3() {
    let folder = tempfile::tempdir().unwrap();
    let files = write_all(folder.path(), "");
    let mut attacked = 0;
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".csv")) {
        for record in csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]).records() {
            for cell in &record.unwrap() {
                let is_number =
                    cell.trim_start_matches(['-', '+']).bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                assert!(!cell.starts_with(['=', '@', '+', '-']) || is_number, "{name}: {cell}");
                attacked += u32::from(cell.starts_with("'="));
            }
        }
    }
    assert!(attacked > 5, "only {attacked} names begin as a formula would");
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".xlsx")) {
        let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut sheet = String::new();
        std::io::Read::read_to_string(&mut package.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
        assert!(!sheet.contains("<f>") && !sheet.contains("<hyperlink"), "{name}");
    }
}

#[test]
fn the_screen_shows_the_first_rows_and_files_hold_all() {
    let csv = story().join("top.csv");
    let shown = report(&format!("margin --month 2026-06 --top 1 --csv {}", csv.display())).done();
    assert!(shown.out.contains("and 3 more, which are in the sums; --top 4 shows all"), "{}", shown.out);
    assert_eq!(fs::read_to_string(&csv).unwrap().lines().count(), 5);
    let dry: PathBuf = story().join("dry.xlsx");
    report(&format!("margin --month 2026-06 --dry-run --xlsx {}", dry.display())).done().says("would write 4 rows");
    assert!(!dry.exists());
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let rows = [
        ("margin --month 2026-13", 2, "not a month"),
        ("margin --month 2026-06 --from 2026-06-01 --to 2026-06-30", 2, "cannot be used with"),
        ("category-revenue --from 2026-06-02 --to 2026-06-01", 1, "is after --to"),
        ("category-revenue --organisation ACRON", 1, "did you mean \"ACORN\"?"),
        ("dormant-clis --days 0", 2, "0 is not in"),
        ("top-destinations --top 0", 2, "0 is not in"),
        ("carrier-costs --tag nobody", 1, "no customer is as chosen"),
    ];
    for (words, code, why) in rows {
        report(words).ended(code).says(why);
    }
    let empty = report("category-revenue --month 2025-01").done();
    assert!(empty.out.ends_with("no invoice or credit note has a date in either period\n"), "{}", empty.out);
}

#[test]
fn organisations_and_groups_come_to_the_whole() {
    let pence = |words: &str, column: &str| -> i64 {
        let answer = json(words);
        let totals = answer["totals"].as_array().unwrap().iter().filter(|row| row["currency"] == "GBP");
        totals.map(|row| row[column].as_str().unwrap().replace('.', "").parse::<i64>().unwrap()).sum()
    };
    for (words, column) in [
        ("category-revenue --month 2026-06", "net"),
        ("category-revenue --from 2026-05-01 --to 2026-07-31", "gross"),
        ("product-revenue --month 2026-06", "cost"),
        ("margin --month 2026-06", "margin"),
        ("margin --per cli --from 2026-05-01 --to 2026-07-31", "margin"),
        ("margin --per destination --month 2026-07", "net"),
        ("top-destinations --month 2026-05", "sell"),
        ("terminating-charges --from 2026-07-01 --to 2026-09-30", "monthly"),
        ("customer-growth --from 2026-04-01 --to 2026-06-30", "monthly_end"),
        ("dormant-clis --on 2026-07-05 --days 30", "monthly"),
        ("unbilled-usage", "sell"),
    ] {
        let all = pence(words, column);
        for parts in [["--organisation ACORN", "--organisation BIRCH"], ["--group monthly", "--group late"]] {
            let sum: i64 = parts.iter().map(|part| pence(&format!("{words} {part}"), column)).sum();
            assert_eq!(sum, all, "{words} {parts:?}");
        }
    }
}
