//! What each stage costs per record, on the sample reseller's own files: reading, matching, rating, and the three
//! together with several threads. `cargo bench --locked`; compare figures of one run only.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tollbook::book;
use tollbook::demo::write_sample;
use tollbook::domain::book::{Book, SupplierId};
use tollbook::domain::telephone::NumberRules;
use tollbook::domain::usage::{MatchedUsage, UsageRecord};
use tollbook::parsing::{Layout, ParseContext, open_source, parse_usage, shipped_layouts};
use tollbook::pipeline::Engine;
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
    let engine = Engine::new(&sample.book);
    let records = sample.records();
    let matched: Vec<MatchedUsage> =
        records.iter().filter_map(|record| engine.matcher.match_usage(sample.supplier, record.clone()).ok()).collect();

    let mut group = criterion.benchmark_group("per record");
    group.sample_size(20).throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("read", |bench| {
        let source = open_source(FILE, &sample.bytes, &layout).unwrap();
        let chunk = source.chunks(usize::MAX)[0];
        bench.iter(|| black_box(parse_usage(&source, &chunk, &context)));
    });
    group.bench_function("match", |bench| {
        let matching = |records: Vec<UsageRecord>| {
            records.into_iter().filter_map(|record| engine.matcher.match_usage(sample.supplier, record).ok()).count()
        };
        bench.iter_batched(|| records.clone(), matching, BatchSize::LargeInput);
    });
    group.throughput(Throughput::Elements(matched.len() as u64));
    group.bench_function("rate", |bench| {
        let rating = |matched: Vec<MatchedUsage>| {
            matched.into_iter().filter_map(|matched| engine.rater.rate(sample.supplier, matched).ok()).count()
        };
        bench.iter_batched(|| matched.clone(), rating, BatchSize::LargeInput);
    });
    group.finish();
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
