//! The slow oracle: the rules written down once more in the plainest way, and the product held against it over random
//! books and records, to the last digit.
//!
//! `rating` is where to begin reading; it is the specification from a record to its answer. Nothing of it comes from the
//! product's matching, rating or compiled book: it scans the rows of the CSV files as text and counts with fractions of
//! any size. `random_book` and its parts and `random_records` make the cases, `comparison` holds the
//! answers together (the product's two: to a record by itself, and to many at once, as files are rated), `coverage` sees
//! to it that everything happened, `planted` that the comparison can fail.
//!
//! `TOLLBOOK_ORACLE_CALLS=100000000` compares that many calls, a book of 500 at a time; `TOLLBOOK_ORACLE_SEED` repeats a
//! run. A failure names the seed of its book, with which that book is the first of a run.

pub mod amounts;
mod answer;
mod bands;
mod call;
mod charging;
mod classifying;
mod comparison;
mod coverage;
pub mod dice;
mod explanations;
mod matching;
mod planted;
mod product;
mod random_book;
mod random_calendar;
mod random_records;
mod random_tariffs;
mod rating;
mod rows;
mod tariffs;

#[test]
#[allow(clippy::print_stderr)]
fn a_million_random_calls_agree() {
    let calls = std::env::var("TOLLBOOK_ORACLE_CALLS").map_or(1_000_000, |calls| calls.parse().unwrap());
    let seed = comparison::seed();
    eprintln!("TOLLBOOK_ORACLE_SEED={seed} TOLLBOOK_ORACLE_CALLS={calls}");
    let counts = comparison::compare(seed, calls);
    eprintln!("{calls} calls agree\n{counts:#?}");
    // The books of a short run cannot have everything.
    if calls >= 100_000 {
        let missing = coverage::missing(&counts, calls);
        assert!(missing.is_empty(), "seed {seed}: too seldom in {calls} calls: {missing:?}");
    }
}
