//! What each step costs per record, on the sample reseller's own files: the frame, reading, look-ups, rating, the small form
//! of a draft, columns, Parquet; and the three stages together with several threads. Steps that price first contain `rate`.
//! `cargo bench --locked`; compare figures of one run only.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tollbook::book;
use tollbook::demo::write_sample;
use tollbook::domain::book::{Book, SupplierId};
use tollbook::domain::telephone::NumberRules;
use tollbook::domain::usage::{ChargedUsage, UsageMatch, UsageRecord, WhyAside};
use tollbook::facts::{RatedBatch, RatedFile};
use tollbook::parsing::{Layout, ParseContext, each_usage, open_source, parse_usage, shipped_layouts};
use tollbook::pipeline::rows::{Origin, RowNames, rated_row};
use tollbook::pipeline::{BATCH_RECORDS, Engine};
use tollbook::workers::Workers;

const SEED: u64 = 1;
const SUPPLIER: &str = "northlight";
const LAYOUT: &str = "fcs-v3";
const FILE: &str = "northlight_cdr_week1.csv";

/// The sample's book, and one file of its largest supplier.
struct Sample {
    _folder: tempfile::TempDir,
    book: Book,
    supplier: SupplierId,
    bytes: Vec<u8>,
}

impl Sample {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sample = write_sample(folder.path(), SEED).unwrap();
        let settings = book::parse_settings(book::DEFAULT_SETTINGS).unwrap();
        let book = book::compile(&book::read_folder(&sample.book).unwrap(), &settings).unwrap();
        let supplier = book.find_supplier(SUPPLIER).unwrap();
        let is_wanted = |path: &Path| path.file_name().is_some_and(|name| name == FILE);
        let path: PathBuf = sample.files.into_iter().map(|file| file.path).find(|path| is_wanted(path)).unwrap();
        Self { bytes: std::fs::read(path).unwrap(), _folder: folder, book, supplier }
    }

    fn records(&self) -> Vec<UsageRecord> {
        let layout = layout();
        let context = self.context(&layout);
        let source = open_source(FILE, &self.bytes, &layout).unwrap();
        let chunks = source.chunks(usize::MAX);
        chunks.iter().flat_map(|chunk| parse_usage(&source, chunk, &context).records).collect()
    }

    fn context<'a>(&'a self, layout: &'a Layout) -> ParseContext<'a> {
        ParseContext {
            layout,
            workspace_zone: &self.book.settings.zone,
            numbers: NumberRules::of_country(&self.book.settings.country_code),
            currency: self.book.settings.currency,
        }
    }
}

fn layout() -> Layout {
    let (name, text) = shipped_layouts().iter().find(|(name, _)| *name == LAYOUT).unwrap();
    Layout::parse(name, text).unwrap()
}

fn stages(criterion: &mut Criterion) {
    let sample = Sample::make();
    let layout = layout();
    let context = sample.context(&layout);
    let (supplier, engine) = (sample.supplier, Engine::new(&sample.book));
    let records = sample.records();
    let batches: Vec<&[UsageRecord]> = records.chunks(BATCH_RECORDS).collect();
    let matches: Vec<_> = batches.iter().map(|batch| engine.matcher.find_each(supplier, batch)).collect();

    let mut group = criterion.benchmark_group("per record");
    group.sample_size(20).throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("check the frame", |bench| {
        bench.iter(|| black_box(open_source(FILE, &sample.bytes, &layout).unwrap().line_counts()));
    });
    group.bench_function("cut and read", |bench| {
        let source = open_source(FILE, &sample.bytes, &layout).unwrap();
        let chunk = source.chunks(usize::MAX)[0];
        bench.iter(|| each_usage(&source, &chunk, &context, |record| drop(black_box(record))).rejects.len());
    });
    group.bench_function("call type by prefix", |bench| {
        bench.iter(|| records.iter().filter(|record| engine.matcher.classify(supplier, record).is_some()).count());
    });
    group.bench_function("line and call type", |bench| {
        bench.iter(|| batches.iter().for_each(|batch| drop(black_box(engine.matcher.find_each(supplier, batch)))));
    });
    group.bench_function("rate", |bench| {
        bench.iter(|| {
            for (batch, matches) in batches.iter().zip(&matches) {
                engine.rater.price_each(supplier, batch, matches, |_, priced| {
                    let _ = black_box(priced);
                });
            }
        });
    });
    group.bench_function("one by one: line, call type and rate", |bench| {
        let price = |records: Vec<UsageRecord>| {
            records.into_iter().filter(|record| engine.price(supplier, record.clone()).is_ok()).count()
        };
        bench.iter_batched(|| records.clone(), price, BatchSize::LargeInput);
    });
    group.bench_function("small form by customer and time", |bench| {
        bench.iter(|| regrouped(&engine, supplier, &batches, &matches));
    });
    group.bench_function("rows as columns", |bench| {
        let names = RowNames::new(&sample.book);
        bench.iter(|| black_box(columns(&engine, &names, supplier, &batches, &matches)));
    });
    group.bench_function("columns to Parquet", |bench| {
        let (folder, names) = (tempfile::tempdir().unwrap(), RowNames::new(&sample.book));
        let write = |batch| {
            let mut file = RatedFile::create(&folder.path().join("rated.parquet")).unwrap();
            file.add(batch).unwrap();
            file.commit(None).unwrap()
        };
        bench.iter_batched(|| columns(&engine, &names, supplier, &batches, &matches), write, BatchSize::LargeInput);
    });
    group.finish();
}

type Matches = Vec<Result<UsageMatch, WhyAside>>;

/// What a draft sorts, sorted.
fn regrouped(engine: &Engine, supplier: SupplierId, batches: &[&[UsageRecord]], matches: &[Matches]) -> usize {
    let mut usage = Vec::new();
    for (batch, matches) in batches.iter().zip(matches) {
        engine.rater.price_each(supplier, batch, matches, |record, priced| {
            usage.extend(priced.ok().map(|(of, price)| ChargedUsage::new((supplier, 1, FILE), record, of, &price)));
        });
    }
    usage.sort_unstable_by_key(|one| (one.customer, one.instant, one.row));
    usage.len()
}

fn columns(
    engine: &Engine,
    names: &RowNames,
    supplier: SupplierId,
    batches: &[&[UsageRecord]],
    matches: &[Matches],
) -> RatedBatch {
    let (origin, mut columns) = (Origin { supplier, file: FILE }, RatedBatch::default());
    for (batch, matches) in batches.iter().zip(matches) {
        let mut rows = Vec::with_capacity(batch.len());
        engine.rater.price_each(supplier, batch, matches, |record, priced| {
            rows.push(rated_row(names, origin, record, &priced));
        });
        columns.add(&rows);
    }
    columns
}

fn the_whole_way(criterion: &mut Criterion) {
    let sample = Sample::make();
    let layout = layout();
    let context = sample.context(&layout);
    let engine = Engine::new(&sample.book);
    let source = open_source(FILE, &sample.bytes, &layout).unwrap();
    let chunks = source.chunks(256 << 10);
    let mut group = criterion.benchmark_group("bytes to rated");
    group.sample_size(20).throughput(Throughput::Bytes(sample.bytes.len() as u64));
    for threads in [1, 2] {
        let workers = Workers::new(Some(threads)).unwrap();
        group.bench_function(format!("{threads} threads"), |bench| {
            bench.iter(|| {
                let mut rated = 0_usize;
                let rate = |record| engine.price(sample.supplier, record).is_ok();
                let counted = workers.in_order(
                    &chunks,
                    |chunk| {
                        parse_usage(&source, chunk, &context)
                            .records
                            .into_iter()
                            .filter_map(|r| rate(r).then_some(()))
                            .count()
                    },
                    |count| {
                        rated += count;
                        Ok::<(), ()>(())
                    },
                );
                counted.unwrap();
                black_box(rated)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, stages, the_whole_way);
criterion_main!(benches);
