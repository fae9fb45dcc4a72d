//! Made-up records → how long it takes to write them as usage files, and to find those that came before (F2) among the
//! known ones. Not a statistic of many runs: each step once, so that sizes of a real month fit.
//!
//! ```sh
//! cargo bench --bench repeats                                    # 20,000,000 known, 2,000,000 new
//! TOLLBOOK_KNOWN=100000000 TOLLBOOK_NEW=10000000 cargo bench --bench repeats
//! TOLLBOOK_REPEATED=100 cargo bench --bench repeats              # all of the new ones came before, in that order
//! TOLLBOOK_REPEATED=100 TOLLBOOK_SCRAMBLED=1 cargo bench --bench repeats    # in any order
//! ```

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use tollbook::domain::money::Price;
use tollbook::domain::time::{CivilDateTime, Moment, TimeFlag};
use tollbook::domain::usage::{Direction, Kind, UsageFlags, UsageRecord};
use tollbook::facts::{FactsHeader, KnownFile, PendingFacts, Published, Repeats, RowSet, UsageBatch, UsageStore};
use tollbook::workers::Workers;

/// Records of one known file.
const FILE: u64 = 10_000_000;
/// Records that one thread makes at once, as many as a chunk of a file gives.
const CHUNK: u64 = 50_000;

fn main() {
    let size = |name: &str, otherwise| std::env::var(name).map_or(otherwise, |text| text.parse::<u64>().unwrap());
    let known_records = size("TOLLBOOK_KNOWN", 20_000_000);
    let new_records = size("TOLLBOOK_NEW", 2_000_000);
    let repeated_percent = size("TOLLBOOK_REPEATED", 1);
    let scrambled = std::env::var("TOLLBOOK_SCRAMBLED").is_ok();
    let workers = Workers::new(std::env::var("TOLLBOOK_THREADS").ok().map(|text| text.parse().unwrap())).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = UsageStore::open(&folder.path().join("usage"));

    batches_alone(&workers, new_records);
    let start = Instant::now();
    let mut known = Vec::new();
    for (import, first) in (1..).zip((0..known_records).step_by(usize::try_from(FILE).unwrap())) {
        let rows = FILE.min(known_records - first);
        let pending = write(&store, &workers, import, rows, |row| first + row);
        let Published { facts_file, .. } = pending.publish(&store, &Repeats::default()).unwrap();
        known.push(KnownFile { facts_file, ignore: RowSet::new() });
    }
    say("known files written", known_records, start.elapsed());
    // Each hundredth, or whatever share, of the new ones is one of the known; the others come after all known.
    let number = |row: u64| match row % 100 < repeated_percent && known_records > 0 {
        true if scrambled => row.wrapping_mul(0x9E37_79B9_7F4A_7C15) % known_records,
        true => u64::try_from(u128::from(row) * u128::from(known_records) / u128::from(new_records)).unwrap(),
        false => known_records + row,
    };
    let start = Instant::now();
    let pending = write(&store, &workers, 1_000_000, new_records, number);
    say("new file written", new_records, start.elapsed());
    // As another process would find it: no seal is trusted.
    let store = UsageStore::open(&folder.path().join("usage"));
    for found in ["seals checked, repeats found", "repeats found"] {
        let start = Instant::now();
        let repeats = pending.find_repeats(&store, &known, Some(&workers)).unwrap();
        say(found, new_records, start.elapsed());
        println!("{:>30} {} duplicates, {} conflicts", "", repeats.duplicates.len(), repeats.conflicts.len());
    }
    println!("{:>30} {}", "", peak_memory());
}

/// What the threads that parse have to do for the facts.
fn batches_alone(workers: &Workers, records: u64) {
    let chunks: Vec<u64> = (0..records).step_by(usize::try_from(CHUNK).unwrap()).collect();
    let start = Instant::now();
    workers.map(chunks.clone(), |first| black_box(make(first, CHUNK, |row| row)).len());
    let made = start.elapsed();
    let start = Instant::now();
    workers.map(chunks, |first| black_box(UsageBatch::of("carrier", &make(first, CHUNK, |row| row))).rows());
    say("records made", records, made);
    say("digests and columns", records, start.elapsed().saturating_sub(made));
}

fn write(
    store: &UsageStore,
    workers: &Workers,
    import: i64,
    records: u64,
    number: impl Fn(u64) -> u64 + Sync,
) -> PendingFacts {
    let header = FactsHeader {
        supplier: "carrier".into(),
        source_file: "made-up".into(),
        source_sha256: String::new(),
        zone: "Europe/London".into(),
        currency: "GBP".into(),
    };
    let mut writer = store.create(import, &header).unwrap();
    let chunks: Vec<u64> = (0..records).step_by(usize::try_from(CHUNK).unwrap()).collect();
    for window in chunks.chunks(workers.window()) {
        let batch = |first| UsageBatch::of("carrier", &make(first, CHUNK.min(records - first), &number));
        let (batches, written) = workers.join(|| workers.map(window.to_vec(), batch), || writer.write_packed());
        written.unwrap();
        batches.into_iter().for_each(|batch| writer.add(batch).unwrap());
        writer.pack(Some(workers)).unwrap();
    }
    writer.finish(Some(workers)).unwrap()
}

/// Records by their numbers: 20,000 lines that call 1,000 mobiles and any number of landlines over a month.
fn make(first: u64, records: u64, number: impl Fn(u64) -> u64) -> Vec<UsageRecord> {
    let start = CivilDateTime::parse("2026-05-01 00:00:00").unwrap().as_utc_seconds();
    let record = |row: u64| {
        let number = number(row);
        let mut random = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut below = |limit: u64| {
            random ^= random >> 29;
            random = random.wrapping_mul(0xBF58_476D_1CE4_E5B9);
            (random >> 32) % limit
        };
        let wall = start + i64::try_from(number / 40 % 2_600_000).unwrap();
        let units = below(600);
        UsageRecord {
            row: 0,
            line: row + 2,
            record_id: None,
            kind: Kind::Voice,
            direction: Direction::Out,
            cli: format!("+44161{:07}", 4_960_000 + below(20_000)).into(),
            other_party: match below(2) {
                0 => format!("+447700900{:03}", below(1_000)),
                _ => format!("+441{:09}", below(1_000_000_000)),
            }
            .into(),
            started: Moment { instant: wall - 3600, civil: CivilDateTime::from_utc_seconds(wall).unwrap() },
            time_flag: TimeFlag::Plain,
            units,
            cost: Some(Price::from_scaled(i64::try_from(units * 20_500).unwrap())),
            file_sell: None,
            suggested_retail: None,
            currency: None,
            charge_band: ["MOB", "NAT", "INT1", "FREE", "PRM"][usize::try_from(below(5)).unwrap()].into(),
            time_band: "".into(),
            description: "".into(),
            extension: "".into(),
            call_id: format!("{number}").into(),
            flags: UsageFlags::default(),
        }
    };
    (first..first + records).map(record).collect()
}

fn say(what: &str, records: u64, took: Duration) {
    let micros = u64::try_from(took.as_micros()).unwrap().max(1);
    println!("{what:>30} {records:>12} in {:>7} ms, {:>9}/s", micros / 1000, records * 1_000_000 / micros);
}

/// The most memory that the process had.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("peak memory is not known here").to_owned()
}
