//! Both answers to each of many random records: the same, or a report from which the case can be repeated.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tollbook::book::{Tables, compile, parse_settings, table_bytes};
use tollbook::domain::usage::UsageRecord;
use tollbook::pipeline::Engine;

use super::answer::Answer;
use super::call::Call;
use super::dice::Dice;
use super::random_book::{RandomBook, SUPPLIERS, random_book};
use super::random_records::random_record;
use super::rows::PlainBook;
use super::{product, rating};

/// Calls of one book.
const CALLS_PER_BOOK: u64 = 500;

/// `TOLLBOOK_ORACLE_SEED` repeats a run, the gate has its own fixed seed, everybody else gets a new one.
pub fn seed() -> u64 {
    let named = ["TOLLBOOK_ORACLE_SEED", "PROPTEST_RNG_SEED"].into_iter().find_map(|name| std::env::var(name).ok());
    named.map_or_else(
        || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs(),
        |seed| seed.parse().unwrap(),
    )
}

/// How often each thing happened.
pub type Counts = BTreeMap<&'static str, u64>;

/// A run over random books.
pub struct Comparison {
    seed: u64,
}

impl Comparison {
    /// The books and records of a seed.
    pub fn of_seed(seed: u64) -> Self {
        Self { seed }
    }

    /// Compares so many calls on all cores.
    pub fn run(&self, calls: u64) -> Counts {
        let books = calls.div_ceil(CALLS_PER_BOOK);
        let next = AtomicU64::new(0);
        let counts = Mutex::new(Counts::new());
        let failures = Mutex::new(Vec::new());
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= books || failures.lock().unwrap().len() > 40 {
                    return;
                }
                match one_book(self.seed.wrapping_add(number), CALLS_PER_BOOK) {
                    Ok(found) => {
                        let mut counts = counts.lock().unwrap();
                        found.into_iter().for_each(|(what, times)| *counts.entry(what).or_default() += times);
                    }
                    Err(failure) => failures.lock().unwrap().push(failure),
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
                scope.spawn(work);
            }
        });
        let failures = failures.into_inner().unwrap();
        assert!(failures.is_empty(), "{} of {books} books:\n{}", failures.len(), failures.join("\n=====\n"));
        let counts = counts.into_inner().unwrap();
        if std::env::var("TOLLBOOK_ORACLE_COUNTS").is_ok() {
            eprintln!("{counts:#?}");
        }
        counts
    }
}

fn one_book(seed: u64, calls: u64) -> Result<Counts, String> {
    let random = random_book(seed);
    let settings = format!("currency = {:?}\nzone = {:?}\n", random.currency, random.zone);
    let settings = parse_settings(&settings).unwrap();
    let book = compile(&random.tables, &settings).map_err(|errors| {
        let errors: Vec<String> = errors.iter().take(5).map(ToString::to_string).collect();
        format!("seed {seed}: the random book does not compile:\n{}", errors.join("\n"))
    })?;
    let engine = Engine::new(&book);
    let plain = PlainBook::new(&random.tables, random.currency, random.zone);
    let dice = &mut Dice::new(!seed);
    let mut counts = Counts::new();
    for number in 0..calls {
        let record = random_record(dice, &settings.zone, u32::try_from(number).unwrap());
        let supplier = dice.pick(&SUPPLIERS);
        let call = Call::new(&plain, supplier, &record);
        let mut expected = rating::answer(&call);
        let mut found = product::answer(&engine, book.find_supplier(supplier).unwrap(), &record);
        if expected.reason == "CLI not billable on date" {
            // Which of the lines that held it once is shown is not said by any rule.
            (found.line, found.account) = Default::default();
        }
        if found.price.is_none() {
            // A record that was set aside keeps no trace of how it was classified.
            expected.classified_by.clear();
        }
        if expected != found {
            return Err(report(seed, &random, &engine, supplier, &record, &expected, &found));
        }
        call.note(Box::leak(format!("{} {}", expected.disposition, expected.reason).into_boxed_str()));
        for note in call.notes() {
            *counts.entry(note).or_default() += 1;
        }
    }
    Ok(counts)
}

fn report(
    seed: u64,
    random: &RandomBook,
    engine: &Engine,
    supplier: &str,
    record: &UsageRecord,
    expected: &Answer,
    found: &Answer,
) -> String {
    let id = engine.book.find_supplier(supplier).unwrap();
    let mut text = format!("seed {seed}, supplier {supplier}: {record:#?}\n");
    if std::env::var("TOLLBOOK_ORACLE_SEED").is_ok() {
        text += &book_text(&random.tables);
    }
    let _ = writeln!(text, "currency {}, zone {}", random.currency, random.zone);
    let _ = writeln!(text, "oracle:  {expected:?}\nproduct: {found:?}");
    let _ = writeln!(text, "{}", engine.matcher.explain_match(id, record).join("\n"));
    if let Ok(matched) = engine.matcher.match_usage(id, record.clone()) {
        let _ = writeln!(text, "{}", engine.rater.explain(id, &matched));
    }
    text
}

fn book_text(tables: &Tables) -> String {
    let filled = tables.iter().filter(|table| !table.rows.is_empty());
    filled
        .map(|table| {
            format!("{}\n{}\n", table.schema.file_name(), String::from_utf8(table_bytes(table).unwrap()).unwrap())
        })
        .collect()
}
