//! What a large book costs before the first record: a folder read, rows compiled, look-ups made. 1,000,000 CLIs of
//! 100,000 customers, 50 tariffs with 300,000 rate rows. `cargo bench --locked --bench book`; `TOLLBOOK_BENCH_SHARE=10`
//! makes it a tenth as large.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use tollbook::book;
use tollbook::pipeline::Engine;

const CUSTOMERS: usize = 100_000;
const LINES_PER_CUSTOMER: usize = 10;
const TARIFFS: usize = 50;
const ROWS_PER_TARIFF: usize = 6_000;

fn write_book(folder: &Path, share: usize) {
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    write("organisations.csv", "organisation,name\nbrand,Brand\n".into());
    write("groups.csv", "group,billing,method,interval,billing_day\nmonthly,manual,standard,monthly,1\n".into());
    write("vat_codes.csv", "vat_code,rate,kind\nS,20,standard\n".into());
    write("suppliers.csv", "supplier,layout\ncarrier,generic\n".into());
    write("tariffs.csv", tariffs());
    write("rates.csv", rates(share));
    let (customers, clis) = customers(share);
    write("customers.csv", customers);
    write("clis.csv", clis);
}

/// Five tariffs that stand alone, the others each upon one of them.
fn tariffs() -> String {
    let mut text = "tariff,parent,unit\n".to_owned();
    for tariff in 0..TARIFFS {
        let parent = if tariff < 5 { String::new() } else { format!("T{}", tariff % 5) };
        writeln!(text, "T{tariff},{parent},minor").unwrap();
    }
    text
}

/// Prefixes of two to eight digits with two dates each, and rows for classes by time band.
fn rates(share: usize) -> String {
    let mut text = "tariff,match,time_band,from,to,connection,rate,initial_increment,increment\n".to_owned();
    for tariff in 0..TARIFFS {
        for row in 0..ROWS_PER_TARIFF / 2 / share {
            let number = (row * 7_919 + tariff) % 9_000_000 + 1_000_000;
            let prefix = &number.to_string()[..2 + row % 6];
            let prefix = format!("{prefix}{row:04}");
            writeln!(text, "T{tariff},prefix:+{prefix},,,2026-06-30,1,{}.5,30,6", row % 90).unwrap();
            writeln!(text, "T{tariff},prefix:+{prefix},,2026-07-01,,1,{}.7,30,6", row % 90).unwrap();
        }
        for class in ["national", "mobile", "international"] {
            for band in ["daytime", "evening", "weekend"] {
                writeln!(text, "T{tariff},class:{class},{band},,,0,2.5,1,1").unwrap();
            }
        }
    }
    text
}

fn customers(share: usize) -> (String, String) {
    let mut customers =
        "account,name,organisation,group,vat_code,tariff_national,tariff_mobile,tariff_international,markup_inbound\n"
            .to_owned();
    let mut clis = "cli,account,description,type,tariff_mobile\n".to_owned();
    for customer in 0..CUSTOMERS / share {
        let tariff = customer % TARIFFS;
        let international = customer * 7 % TARIFFS;
        writeln!(
            customers,
            "C{customer:06},Customer {customer},brand,monthly,S,T{tariff},T{tariff},T{international},20"
        )
        .unwrap();
        for line in 0..LINES_PER_CUSTOMER {
            let number = customer * LINES_PER_CUSTOMER + line;
            let own = if line == 9 { format!("T{}", (tariff + 1) % TARIFFS) } else { String::new() };
            writeln!(clis, "+4420{number:08},C{customer:06},Line {line},sip,{own}").unwrap();
        }
    }
    (customers, clis)
}

fn book_of_a_bureau(criterion: &mut Criterion) {
    let share = std::env::var("TOLLBOOK_BENCH_SHARE").map_or(1, |share| share.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    write_book(folder.path(), share);
    let settings = book::parse_settings(book::DEFAULT_SETTINGS).unwrap();
    let tables = book::read_folder(folder.path()).unwrap_or_else(|errors| panic!("{}", errors[0]));
    let compiled = book::compile(&tables, &settings).unwrap_or_else(|errors| panic!("{}", errors[0]));
    println!(
        "{} CLIs, {} customers, {} rate rows",
        compiled.clis.len(),
        compiled.customers.len(),
        compiled.rates.len()
    );

    let mut group = criterion.benchmark_group("book");
    group.sample_size(10);
    group.bench_function("read the folder", |bench| bench.iter(|| black_box(book::read_folder(folder.path()))));
    group.bench_function("compile", |bench| bench.iter(|| black_box(book::compile(&tables, &settings))));
    group.bench_function("look-ups", |bench| bench.iter(|| black_box(Engine::new(&compiled).book.clis.len())));
    group.finish();
}

criterion_group!(benches, book_of_a_bureau);
criterion_main!(benches);
