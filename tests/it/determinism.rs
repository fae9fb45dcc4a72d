//! The same input gives the same bytes (O4): whatever the number of threads, the size of chunks, the workspace, the zone
//! and language of the machine; and how calls are spread over files, and in which order those come, changes no bill (A1).

use std::path::{Path, PathBuf};

use tollbook::book;
use tollbook::parsing::{Layout, shipped_layouts};
use tollbook::pipeline::Engine;
use tollbook::pipeline::rate::rate_file;
use tollbook::pipeline::rated_output::RatedOutput;
use tollbook::workers::Workers;

use super::opened::{Effort, Opened, PLAIN, default_settings, import_options};
use super::program::{command, tollbook};
use super::snapshot::{Snapshot, copy_folder};
use super::workload::{
    Call, FCS, GENERIC, GENERIC_HEADER, Random, Reseller, Spoiling, fcs_header, file_of, spoiled_file, write_file,
};

/// One thread and one piece first: what the others are compared with.
const EFFORTS: [Effort; 8] = [
    PLAIN,
    Effort { threads: 2, chunk_bytes: 4 << 20 },
    Effort { threads: 1, chunk_bytes: 1 },
    Effort { threads: 3, chunk_bytes: 777 },
    Effort { threads: 8, chunk_bytes: 1_000 },
    Effort { threads: 2, chunk_bytes: 4_096 },
    Effort { threads: 8, chunk_bytes: 65_536 },
    Effort { threads: 3, chunk_bytes: 100_003 },
];

/// Files with all that may be wrong with single lines, in a folder: generic and FCS.
fn files(reseller: &mut Reseller, folder: &Path, calls: u64) -> (PathBuf, PathBuf) {
    let fresh = reseller.calls(calls, (4, 1), (4, 28));
    let spoiling = Spoiling { bad: 30, blank: 7, repeats: fresh[..20].to_vec(), conflicts: fresh[40..50].to_vec() };
    let generic = spoiled_file(reseller.random(), fresh, &spoiling);
    let fcs = fcs_lines(&reseller.calls(calls / 3, (4, 1), (4, 28)));
    let generic = write_file(folder, "calls.csv", &generic.bytes);
    (generic, write_file(folder, "fcs.csv", &file_of(&fcs_header(), &fcs)))
}

fn fcs_lines(calls: &[Call]) -> Vec<String> {
    calls.iter().filter(|call| call.fits_fcs()).map(Call::fcs_line).collect()
}

#[test]
fn rated_output_is_the_same_for_any_threads_and_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let mut reseller = Reseller::new(31, 12);
    let book_folder = folder.path().join("book");
    reseller.write_book(&book_folder);
    let (generic, fcs) = files(&mut reseller, folder.path(), 3_000);
    let settings = default_settings();
    let compiled = book::compile(&book::read_folder(&book_folder).unwrap(), &settings).unwrap();
    let engine = Engine::new(&compiled);
    let layouts: Vec<_> = shipped_layouts().iter().map(|(name, text)| Layout::parse(name, text).unwrap()).collect();
    for ending in ["parquet", "csv", "json"] {
        let rated = EFFORTS.map(|effort| {
            let out = folder.path().join(format!("rated.{ending}"));
            let workers = Workers::new(Some(effort.threads)).unwrap();
            let mut output = RatedOutput::create(Some(&out)).unwrap();
            let mut totals = Vec::new();
            for (supplier, file) in [(GENERIC, &generic), (FCS, &fcs)] {
                let options = import_options(&settings, &compiled, &layouts, supplier, effort);
                let rated = rate_file(&engine, &workers, &options, file, &mut output).unwrap();
                let refused: Vec<_> = rated.rejected.iter().map(|reject| reject.in_words("calls.csv")).collect();
                totals.push((rated.totals, refused));
            }
            output.commit(&workers).unwrap();
            (totals, std::fs::read(&out).unwrap())
        });
        assert!(rated[0].1.len() > 50_000 && rated[0].0[0].1.len() == 30);
        for (rated_so, effort) in rated.iter().zip(EFFORTS) {
            assert!(*rated_so == rated[0], "{ending}: {effort:?} gives other bytes");
        }
    }
}

#[test]
fn imports_are_the_same_for_any_threads_and_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = folder.path().join("prepared");
    let mut reseller = Reseller::new(32, 6);
    reseller.make_workspace(&prepared);
    let (generic, fcs) = files(&mut reseller, folder.path(), 1_500);
    let imported = |effort: Effort| {
        let workspace = folder.path().join("imported");
        copy_folder(&prepared, &workspace);
        let mut opened = Opened::at(&workspace);
        opened.import(GENERIC, &generic, effort);
        opened.import(FCS, &fcs, effort);
        let drafted = opened.draft("2026-05-01", effort.threads).digest;
        drop(opened);
        let found = Snapshot::of(&workspace);
        std::fs::remove_dir_all(&workspace).unwrap();
        (found, drafted)
    };
    let (reference, drafted) = imported(PLAIN);
    assert!(reference.file("usage/import-000001.marks.parquet").is_some());
    assert!(reference.file("rejects/import-000001-calls.csv").is_some());
    for effort in EFFORTS {
        let (found, digest) = imported(effort);
        assert_eq!(found.difference_from(&reference), None, "{effort:?}");
        assert_eq!(digest, drafted, "{effort:?}");
    }
}

/// Two runs: what the second starts from is what the first posted.
#[test]
fn whole_workspaces_are_the_same_for_any_threads_zone_and_language() {
    let folder = tempfile::tempdir().unwrap();
    let mut reseller = Reseller::new(33, 7);
    let book = folder.path().join("book");
    reseller.write_book(&book);
    let (generic, fcs) = files(&mut reseller, folder.path(), 300);
    let may = reseller.calls(150, (4, 20), (5, 28));
    let may: Vec<_> = may.iter().map(Call::generic_line).collect();
    let may = write_file(folder.path(), "may.csv", &file_of(GENERIC_HEADER, &may));
    let billed = |threads: &str, zone: &str, language: &str| {
        let workspace = folder.path().join(format!("workspace-{threads}"));
        let run = |arguments: &[&str], code: i32| {
            let mut command = command(folder.path(), arguments);
            command.args(["--workspace", workspace.to_str().unwrap(), "--threads", threads, "--quiet"]);
            let output = command.env("TZ", zone).env("LC_ALL", language).env("LANG", language).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
            String::from_utf8(output.stdout).unwrap()
        };
        let mut said = String::new();
        tollbook(folder.path(), &["init", workspace.to_str().unwrap()]).done();
        run(&["book", "import", book.to_str().unwrap()], 0);
        run(&["import", "usage", "--supplier", GENERIC, generic.to_str().unwrap()], 3);
        said += &run(&["import", "usage", "--supplier", FCS, fcs.to_str().unwrap(), "--json"], 0);
        for (run_number, date) in [("1", "2026-05-01"), ("2", "2026-06-01")] {
            said += &run(&["bill", "draft", "--invoice-date", date, "--json"], 0);
            run(&["bill", "approve", run_number], 0);
            run(&["bill", "post", run_number], 0);
            if run_number == "1" {
                run(&["import", "usage", "--supplier", GENERIC, may.to_str().unwrap()], 0);
            }
        }
        said += &run(&["usage", "errors", "--json"], 0);
        said += &run(&["invoice", "list"], 0);
        (Snapshot::of(&workspace), said)
    };
    let (reference, said) = billed("1", "Europe/London", "C");
    for kind in [".json", ".csv", ".pdf", "run-000002.parquet"] {
        assert!(reference.files.iter().any(|(name, _)| name.ends_with(kind)), "no {kind} to compare");
    }
    assert!(reference.rows_of("invoices") > 4);
    for (threads, zone, language) in
        [("2", "Asia/Tokyo", "de_DE.UTF-8"), ("3", "America/St_Johns", "tr_TR.UTF-8"), ("8", "", "POSIX")]
    {
        let (found, said_here) = billed(threads, zone, language);
        assert_eq!(found.difference_from(&reference), None, "{threads} threads, TZ={zone}, LANG={language}");
        assert_eq!(said_here, said, "{threads} threads, TZ={zone}, LANG={language}");
    }
}

/// One bill for each customer, the calls on it with what they are charged, and what its caps have counted: all that does
/// not name files or imports.
fn bills(opened: &Opened) -> Vec<String> {
    let mut bills = Vec::new();
    let draft = opened.draft_in_parts("2026-05-01", 2, usize::MAX, |part| {
        bills.extend(part.customers.iter().zip(part.spans).map(|(customer, span)| {
            let account = &customer.account;
            if customer.bills().is_empty() {
                return format!("{account}: {}", customer.outcome());
            }
            let models: Vec<_> =
                customer.bills().iter().map(|bill| serde_json::to_string(&bill.bill).unwrap()).collect();
            let model = models.join(" ");
            let calls = part.usage[span.clone()].iter();
            let calls = calls.map(|usage| format!("{} {} {:?}", usage.record_id, usage.charge, usage.disposition()));
            format!("{account}: {model} {:?} {:?}", calls.collect::<Vec<_>>(), customer.cap_use)
        }));
    });
    let ended = draft.totals.ended().map(|(disposition, reason, tally)| format!("{disposition} {reason:?} {tally:?}"));
    bills.extend(ended);
    bills
}

/// A piece of a supplier's usage, and whose it is.
type Part = (&'static str, Vec<String>);

/// Cuts lines at random into one to five files.
fn split(random: &mut Random, supplier: &'static str, mut lines: Vec<String>) -> Vec<Part> {
    if random.percent(50) {
        random.shuffle(&mut lines);
    }
    let mut cuts: Vec<_> = (0..random.below(5)).map(|_| random.index(lines.len() + 1)).collect();
    cuts.extend([0, lines.len()]);
    cuts.sort_unstable();
    let parts = cuts.windows(2).map(|ends| (supplier, lines[ends[0]..ends[1]].to_vec()));
    parts.filter(|(_, lines)| !lines.is_empty()).collect()
}

#[test]
fn how_calls_are_spread_over_files_changes_no_bill() {
    const ROUNDS: u64 = 12;
    let folder = tempfile::tempdir().unwrap();
    let prepared = folder.path().join("prepared");
    let mut reseller = Reseller::new(34, 9);
    reseller.make_workspace(&prepared);
    let generic = reseller.calls(600, (4, 1), (4, 28));
    let generic: Vec<_> = generic.iter().map(Call::generic_line).collect();
    let fcs = fcs_lines(&reseller.calls(300, (4, 1), (4, 28)));
    let header = |supplier: &str| if supplier == GENERIC { GENERIC_HEADER.to_owned() } else { fcs_header() };
    let imported = |parts: &[Part]| {
        let workspace = folder.path().join("imported");
        copy_folder(&prepared, &workspace);
        let mut opened = Opened::at(&workspace);
        for ((supplier, lines), number) in parts.iter().zip(1..) {
            let file = write_file(folder.path(), &format!("part-{number}.csv"), &file_of(&header(supplier), lines));
            opened.import(supplier, &file, PLAIN);
        }
        let bills = bills(&opened);
        drop(opened);
        std::fs::remove_dir_all(&workspace).unwrap();
        bills
    };
    let whole = imported(&[(GENERIC, generic.clone()), (FCS, fcs.clone())]);
    assert!(whole.iter().any(|bill| bill.contains("Capped")), "no cap is reached: the order would not matter");
    for round in 0..ROUNDS {
        let mut random = Random::new(340 + round);
        let mut parts = split(&mut random, GENERIC, generic.clone());
        parts.extend(split(&mut random, FCS, fcs.clone()));
        random.shuffle(&mut parts);
        let sizes: Vec<_> = parts.iter().map(|(supplier, lines)| (supplier, lines.len())).collect();
        let found = imported(&parts);
        for (found, expected) in found.iter().zip(&whole) {
            assert_eq!(found, expected, "round {round}: {sizes:?}");
        }
        assert_eq!(found.len(), whole.len());
    }
}
