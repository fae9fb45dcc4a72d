//! A billing run in parts: however few records are held at once, and whatever the number of threads, it is the same draft
//! and the same posting, also when usage comes late.

use std::collections::BTreeMap;
use std::path::Path;

use super::opened::{Opened, PLAIN};
use super::program::tollbook;
use super::snapshot::copy_folder;
use super::workload::{Call, GENERIC, GENERIC_HEADER, Reseller, Spoiling, file_of, spoiled_file, write_file};

/// Records held at once, small and whole: the first is what the others are compared with.
const LIMITS: [(usize, usize); 5] = [(1 << 20, 1 << 20), (1, 1_000), (40, 7), (150, 64), (399, 100)];

/// A workspace with usage of April, spoiled, in two files.
fn make_april(folder: &Path, workspace: &Path, seed: u64) -> Reseller {
    let mut reseller = Reseller::new(seed, 9);
    reseller.make_workspace(workspace);
    for (number, calls) in [(1, 500), (2, 300)] {
        let fresh = reseller.calls(calls, (4, 1), (4, 28));
        let spoiling = Spoiling { bad: 5, blank: 2, repeats: fresh[..20].to_vec(), conflicts: fresh[40..50].to_vec() };
        let spoiled = spoiled_file(reseller.random(), fresh, &spoiling);
        let file = write_file(folder, &format!("april-{number}.csv"), &spoiled.bytes);
        Opened::at(workspace).import(GENERIC, &file, PLAIN);
    }
    reseller
}

#[test]
fn a_draft_in_parts_is_the_draft() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    make_april(folder.path(), &workspace, 51);
    let opened = Opened::at(&workspace);
    let drafted = |threads, limit| {
        let (mut parts, mut charged) = (0, Vec::new());
        let draft = opened.draft_in_parts("2026-05-01", threads, limit, |part| {
            parts += 1;
            assert_eq!(part.spans.last().map_or(0, |last| last.end), part.usage.len());
            let most = part.spans.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
            assert!(part.usage.len() <= limit.max(most), "{} records are held, of {limit}", part.usage.len());
            charged.extend_from_slice(part.usage);
        });
        (parts, draft, charged)
    };
    let (parts, whole, charged) = drafted(1, 1 << 20);
    assert_eq!(parts, 1);
    assert!(charged.len() > 400 && charged.iter().any(|one| one.charge != one.sell), "too little to compare");
    for threads in [1, 2, 3, 8] {
        for (limit, _) in LIMITS {
            let (parts, found, same) = drafted(threads, limit);
            assert!(limit > charged.len() || parts > 1, "{limit} records at once make one part");
            assert_eq!(found.digest, whole.digest, "{threads} threads, {limit} records at once");
            assert_eq!(found.totals, whole.totals);
            assert_eq!(same, charged);
            let bills = |draft: &tollbook::pipeline::draft::Draft| -> Vec<_> {
                draft.customers.iter().map(|customer| (customer.account.clone(), customer.result.clone())).collect()
            };
            assert_eq!(bills(&found), bills(&whole));
        }
    }
}

#[test]
fn a_posting_in_parts_is_the_posting() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = folder.path().join("prepared");
    let mut reseller = make_april(folder.path(), &prepared, 52);
    let mut reference: Option<BTreeMap<String, Vec<u8>>> = None;
    let late: Vec<_> = reseller.calls(250, (4, 20), (5, 28)).iter().map(Call::generic_line).collect();
    let late = write_file(folder.path(), "late.csv", &file_of(GENERIC_HEADER, &late));
    for (limits, threads) in LIMITS.into_iter().zip([1, 2, 3, 8, 2]) {
        let workspace = folder.path().join("posted");
        copy_folder(&prepared, &workspace);
        for (run, date) in [(1, "2026-05-01"), (2, "2026-06-01")] {
            let number = run.to_string();
            tollbook(&workspace, &["bill", "draft", "--invoice-date", date, "--quiet"]).done();
            tollbook(&workspace, &["bill", "approve", &number]).done();
            Opened::at(&workspace).post(run, date, threads, limits);
            // Posted already: writes the documents.
            tollbook(&workspace, &["bill", "post", &number, "--quiet"]).done();
            if run == 1 {
                Opened::at(&workspace).import(GENERIC, &late, PLAIN);
            }
        }
        tollbook(&workspace, &["verify"]).done();
        let found = files_of(&workspace, &["usage/billed", "invoices/run-000001", "invoices/run-000002"]);
        let reference = reference.get_or_insert_with(|| found.clone());
        assert!(reference.len() > 20);
        for (name, bytes) in reference.iter() {
            assert!(found.get(name) == Some(bytes), "{limits:?}, {threads} threads: {name} differs");
        }
        assert_eq!(found.len(), reference.len());
        std::fs::remove_dir_all(&workspace).unwrap();
    }
}

fn files_of(workspace: &Path, folders: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let files = folders.iter().flat_map(|folder| {
        let entries = std::fs::read_dir(workspace.join(folder)).unwrap();
        entries.map(|entry| {
            let path = entry.unwrap().path();
            (path.strip_prefix(workspace).unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())
        })
    });
    files.collect()
}
