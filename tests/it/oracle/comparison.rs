//! The oracle's answer to each of many random records and the product's two, one by one and many at once: the same, or a
//! report from which the case can be repeated.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tollbook::book::{Tables, compile, parse_settings, table_bytes};
use tollbook::domain::usage::UsageRecord;
use tollbook::pipeline::Engine;

use super::answer::Answer;
use super::call::Call;
use super::coverage::Counts;
use super::dice::Dice;
use super::random_book::{RandomBook, SUPPLIERS, random_book};
use super::random_records::random_record;
use super::rows::PlainBook;
use super::{product, rating};

/// Calls of one book.
pub const CALLS_PER_BOOK: u64 = 500;

/// One call of so many is explained as well, which takes long.
const EXPLAINED: u32 = 20;

/// Apart, so that runs of neighbouring seeds have no book in common; the first book of a run has the seed of the run.
const APART: u64 = 0xd134_2543_de82_ef95;

/// `TOLLBOOK_ORACLE_SEED` repeats a run, the gate has its own fixed seed, everybody else gets a new one.
pub fn seed() -> u64 {
    let named = ["TOLLBOOK_ORACLE_SEED", "PROPTEST_RNG_SEED"].into_iter().find_map(|name| std::env::var(name).ok());
    let from_clock = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    named.map_or_else(from_clock, |seed| seed.parse().unwrap())
}

/// Compares so many calls on all cores; what happened how often.
pub fn compare(seed: u64, calls: u64) -> Counts {
    let books = calls.div_ceil(CALLS_PER_BOOK);
    let next = AtomicU64::new(0);
    let counts = Mutex::new(Counts::new());
    let failures = Mutex::new(Vec::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= books || failures.lock().unwrap().len() >= MOST_FAILURES {
                return;
            }
            match one_book(seed.wrapping_add(number.wrapping_mul(APART)), |_| {}) {
                Ok(found) => {
                    let mut counts = counts.lock().unwrap();
                    found.into_iter().for_each(|(what, times)| *counts.entry(what).or_default() += times);
                }
                Err(failure) => failures.lock().unwrap().push(failure.text()),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "seed {seed}, {calls} calls:\n{}", failures.join("\n=====\n"));
    counts.into_inner().unwrap()
}

const MOST_FAILURES: usize = 3;

/// Why a book was left.
pub enum Failure {
    /// It does not compile.
    Unsound(String),
    /// The two answers to a record are not the same.
    Disagreement(String),
}

impl Failure {
    fn text(self) -> String {
        match self {
            Self::Unsound(text) | Self::Disagreement(text) => text,
        }
    }
}

/// Compares the calls of one book. The product gets the book as `planted` leaves it, the oracle as it was made.
pub fn one_book(seed: u64, planted: impl Fn(&mut Tables)) -> Result<Counts, Failure> {
    let random = random_book(seed);
    let settings = format!("currency = {:?}\nzone = {:?}\n", random.currency, random.zone);
    let settings = parse_settings(&settings).unwrap();
    let mut tables = random.tables.clone();
    planted(&mut tables);
    let book = compile(&tables, &settings).map_err(|errors| {
        let errors: Vec<String> = errors.iter().take(5).map(ToString::to_string).collect();
        Failure::Unsound(format!("book of seed {seed} does not compile:\n{}", errors.join("\n")))
    })?;
    let engine = Engine::new(&book);
    let plain = PlainBook::new(&random.tables, random.currency, random.zone);
    let dice = &mut Dice::new(!seed);
    let mut records = BTreeMap::<_, Vec<_>>::new();
    for number in 0..CALLS_PER_BOOK {
        let record = random_record(dice, &settings.zone, u32::try_from(number).unwrap());
        records.entry(dice.pick(&SUPPLIERS)).or_default().push(record);
    }
    let mut counts = Counts::new();
    for (supplier, records) in &records {
        let id = book.find_supplier(supplier).unwrap();
        let together = product::answers(&engine, id, records);
        assert!(together.iter().map(|(row, _)| *row).eq(records.iter().map(|record| record.row)), "seed {seed}");
        for (record, (_, together)) in records.iter().zip(together) {
            let call = Call::new(&plain, supplier, record);
            let expected = rating::answer(&call);
            let found = product::answer(&engine, id, record);
            if said_by_rules(&expected) != said_by_rules(&found) || found != together {
                let case = Case { seed, random: &random, supplier, record };
                return Err(Failure::Disagreement(case.report(&engine, &expected, [&found, &together])));
            }
            if record.row % EXPLAINED == 0 {
                product::check_told(&engine, id, record, &found);
            }
            for note in call.notes() {
                *counts.entry(note).or_default() += 1;
            }
        }
    }
    Ok(counts)
}

/// What of an answer the rules settle. How a record that was set aside was classified is not kept; which of the lines
/// that once held an identifier is shown beside *CLI not billable on date* is not said by any of them.
fn said_by_rules(answer: &Answer) -> Answer {
    let mut said = answer.clone();
    if said.price.is_none() {
        said.classified_by.clear();
    }
    if said.reason == "CLI not billable on date" {
        said.line = None;
        said.account.clear();
    }
    said
}

/// A record on which the two disagree.
struct Case<'c> {
    seed: u64,
    random: &'c RandomBook,
    supplier: &'c str,
    record: &'c UsageRecord,
}

impl Case<'_> {
    fn report(&self, engine: &Engine, expected: &Answer, [found, together]: [&Answer; 2]) -> String {
        let id = engine.book.find_supplier(self.supplier).unwrap();
        let mut text = format!(
            "the oracle and the product disagree; repeat with TOLLBOOK_ORACLE_SEED={} TOLLBOOK_ORACLE_CALLS=1\n\n",
            self.seed
        );
        for table in self.random.tables.iter().filter(|table| !table.rows.is_empty()) {
            let rows = String::from_utf8(table_bytes(table).unwrap()).unwrap();
            let _ = writeln!(text, "{}\n{rows}", table.schema.file_name());
        }
        let _ = writeln!(text, "currency {}, zone {}", self.random.currency, self.random.zone);
        let _ = writeln!(text, "of supplier {}: {:#?}\n", self.supplier, self.record);
        let _ = writeln!(text, "oracle:  {expected:?}\nproduct: {found:?}\nproduct, of many at once: {together:?}\n");
        let _ = writeln!(text, "{}", engine.matcher.explain_match(id, self.record).join("\n"));
        if let Ok(matched) = engine.matcher.match_usage(id, self.record.clone()) {
            let _ = writeln!(text, "{}", engine.rater.explain(id, &matched));
        }
        text
    }
}
