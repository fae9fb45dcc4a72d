//! How long it takes to lay out invoices as PDF: one of two pages, each time another; one with 2,000 calls, in the full
//! format. `cargo bench --locked --bench documents`; `tollbook bench documents` does the same on all cores.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use tollbook::domain::customer::InvoiceFormat;
use tollbook::invoicing::{InvoicePages, PdfRenderer, samples};

fn documents(criterion: &mut Criterion) {
    let renderer = PdfRenderer::new(None).unwrap();
    let mut index = 0;
    criterion.bench_function("an invoice of two pages", |bench| {
        bench.iter(|| {
            index += 1;
            let bill = samples::of_two_pages(index);
            black_box(renderer.render(&InvoicePages::of(&bill, InvoiceFormat::Long)).unwrap())
        });
    });
    criterion.bench_function("the same in the short format", |bench| {
        bench.iter(|| {
            index += 1;
            let bill = samples::of_two_pages(index);
            black_box(renderer.render(&InvoicePages::of(&bill, InvoiceFormat::Short)).unwrap())
        });
    });
    let (bill, calls, history) = (samples::long(), samples::calls(2_000), samples::history(12, 280_000));
    let full = InvoicePages { calls: &calls, history: &history, ..InvoicePages::of(&bill, InvoiceFormat::Full) };
    let mut group = criterion.benchmark_group("long");
    group.sample_size(10);
    group.bench_function("a full invoice with 2,000 calls", |bench| {
        bench.iter(|| black_box(renderer.render(&full).unwrap()));
    });
    group.finish();
}

criterion_group!(benches, documents);
criterion_main!(benches);
