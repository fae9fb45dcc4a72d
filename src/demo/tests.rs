//! The sample as a whole: what it promises about itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::numbers::{DESTINATIONS, DRAMA_RANGES, SATELLITE};
use super::*;

/// Small enough to be made several times.
const SMALL: Volumes = Volumes { northlight: 4_000, vale_hosted: 1_500, saltmarsh: 1_000, kittiwake: 3_000 };

/// The names and bytes of all files below a folder.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for part in ["book", "files"] {
        for entry in std::fs::read_dir(folder.join(part)).expect("written") {
            let path = entry.expect("a file").path();
            found.insert(
                path.display().to_string()[folder.as_os_str().len()..].to_owned(),
                std::fs::read(path).expect("read"),
            );
        }
    }
    found
}

fn small(seed: u64) -> (Sample, BTreeMap<String, Vec<u8>>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sample = write_volumes(folder.path(), seed, SMALL).expect("written");
    let contents = contents(folder.path());
    (sample, contents)
}

/// The rows of a CSV file, each as wide as the first.
fn rows(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(bytes);
    let names = reader.headers().expect("a header").clone();
    let row = |record: csv::StringRecord| names.iter().zip(record.iter()).map(|(a, b)| (a.into(), b.into())).collect();
    reader.records().map(|record| row(record.expect("as wide as the header"))).collect()
}

fn values(rows: &[BTreeMap<String, String>], column: &str) -> BTreeSet<String> {
    rows.iter().map(|row| row[column].clone()).collect()
}

#[test]
fn a_seed_gives_the_same_bytes() {
    let (first, second, other) = (small(7).1, small(7).1, small(8).1);
    assert!(first == second);
    assert!(first["/book/customers.csv"] == other["/book/customers.csv"], "people stay, what they do changes");
    assert!(first["/book/clis.csv"] != other["/book/clis.csv"]);
    assert!(first["/files/vale_hosted_Master_1.csv"] != other["/files/vale_hosted_Master_1.csv"]);
}

#[test]
fn the_book_holds_every_policy() {
    let (_, contents) = small(1);
    let table = |name: &str| rows(&contents[&format!("/book/{name}.csv")]);
    let customers = table("customers");
    let words =
        |column: &str| values(&customers, column).into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
    assert_eq!(words("status"), ["active_do_not_bill", "dropped", "final_bill", "suspended"]);
    assert_eq!(words("empty_invoice"), ["fee", "produce", "skip"]);
    assert_eq!(words("low_invoice"), ["absolute", "call_spend", "total"]);
    assert_eq!(words("low_invoice_action"), ["fee", "nothing", "pad", "rollover"]);
    assert_eq!(words("vat_exempt"), ["y"]);
    assert!(words("vat_code").contains(&"RC".to_owned()));
    assert_eq!(words("organisation"), ["bramble", "harbour"]);
    let centres: BTreeSet<_> = values(&table("cost_centres"), "account");
    assert!(centres.len() >= 6 && centres.is_subset(&values(&customers, "account")));
    let charges = table("charges");
    assert!(values(&charges, "account").is_subset(&values(&customers, "account")));
    assert!(values(&charges, "timing").contains("arrears") && values(&charges, "align").contains("anniversary"));
    let lines = table("clis");
    assert!(lines.iter().filter(|line| !line["spending_cap"].is_empty()).count() >= 6);
    assert!(lines.iter().any(|line| line["exclude_usage"] == "y"));
    let rates = table("rates");
    let kinds: BTreeSet<_> = rates.iter().filter_map(|rate| rate["match"].split(':').next()).collect();
    assert_eq!(kinds, BTreeSet::from(["band", "class", "prefix", "type"]));
    assert!(values(&rates, "tariff").is_subset(&values(&table("tariffs"), "tariff")));
}

#[test]
fn every_file_of_the_book_is_csv_with_unique_names() {
    for (name, bytes) in small(2).1.iter().filter(|(name, _)| name.starts_with("/book/")) {
        assert!(!rows(bytes).is_empty(), "{name}");
    }
}

/// Every identifier or number of a line that a file of this name holds.
fn numbers_of<'l>(file: &str, cells: &'l csv::StringRecord) -> Vec<&'l str> {
    let columns: &[usize] = match file {
        name if name.contains("northlight_cdr") => &[2, 3, 30],
        name if name.contains("vale_hosted") => &[1, 2],
        name if name.contains("saltmarsh") => &[1, 2],
        name if name.contains("kittiwake") => &[3, 4],
        name if name.contains("item_rental") => &[2],
        _ => &[],
    };
    columns.iter().filter_map(|column| cells.get(*column)).collect()
}

/// With a plus sign, whatever the way of writing.
fn full(number: &str) -> String {
    match number {
        _ if number.len() < 9 || number.starts_with('+') => number.to_owned(),
        _ if number.starts_with("00") => format!("+{}", &number[2..]),
        _ if number.starts_with("44") => format!("+{number}"),
        _ => format!("+44{}", number.trim_start_matches('0')),
    }
}

#[test]
fn nobody_can_be_rung() {
    let abroad = DESTINATIONS.iter().chain([&SATELLITE]).flat_map(|destination| destination.patterns.iter().copied());
    let patterns: Vec<&str> = DRAMA_RANGES.into_iter().chain(abroad).collect();
    let fits = |number: &str, pattern: &str| {
        let digits = number.bytes().zip(pattern.bytes());
        number.len() == pattern.len() && digits.into_iter().all(|(a, b)| a == b || (b == b'x' && a.is_ascii_digit()))
    };
    let mut checked = 0_u32;
    for (name, bytes) in small(3).1.iter().filter(|(name, _)| name.starts_with("/files/")) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
        let skipped = usize::from(!name.contains("vale_hosted") && !name.contains("saltmarsh"));
        for cells in reader.records().skip(skipped).map(|record| record.expect("CSV")) {
            for number in numbers_of(name, &cells).into_iter().filter(|number| !number.is_empty()) {
                let number = full(number);
                let is_mailbox = number == "22550";
                assert!(is_mailbox || patterns.iter().any(|pattern| fits(&number, pattern)), "{name}: {number}");
                checked += 1;
            }
        }
    }
    assert!(checked > 15_000);
}

#[test]
fn the_whole_sample_is_large_enough_and_counts_what_is_planted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sample = write_sample(folder.path(), 1).expect("written");
    let planted = &sample.planted;
    assert!(planted.calls_in_month >= 100_000, "{planted:?}");
    assert!(sample.customers >= 44 && sample.lines >= 300, "{} customers, {} lines", sample.customers, sample.lines);
    let per_mille = planted.unknown_clis * 1_000 / (planted.calls_in_month + planted.other_usage_in_month);
    assert!((3..=5).contains(&per_mille), "{planted:?}");
    assert_eq!((planted.duplicates, planted.conflicting, planted.bad_lines), (594 + 25 + 15, 6, 12 + 3 + 2 + 2));
    assert_eq!((planted.unknown_bands, planted.unknown_call_types, planted.overpriced), (18, 6, 20));
    assert_eq!((planted.no_rate, planted.no_exchange_rate, planted.ignored), (18, 4, 9));
    assert!(planted.in_repeated_hour >= 60 && planted.late_from_september > 0 && planted.after_the_month > 0);
    assert!(planted.outside_dates >= 8 && planted.dropped_customer > 0 && planted.excluded_line > 0);
    assert_eq!(sample.files.iter().filter(|file| file.is_resent).count(), 1);
    assert!(sample.files.iter().all(|file| file.path.is_file()));
    assert_eq!(sample.invoice_date.to_string(), "2026-11-01");
}
