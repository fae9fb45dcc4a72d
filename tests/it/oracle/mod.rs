//! The slow oracle: the rules written down once more in the plainest way, and the product held against it over random
//! books and records, to the last digit.
//!
//! `rating` is where to begin reading; it is the specification from a record to its answer. Nothing of it comes from the
//! product's matching, rating or compiled book: it scans the rows of the CSV files as text and counts with fractions of
//! any size. `random_book`, `random_tariffs` and `random_records` make the cases, `comparison` holds the two answers
//! together, `coverage` sees to it that everything happened.

mod amounts;
mod answer;
mod bands;
mod call;
mod charging;
mod classifying;
mod comparison;
mod dice;
mod matching;
mod product;
mod random_book;
mod random_records;
mod random_tariffs;
mod rating;
mod rows;
mod tariffs;

use comparison::Comparison;

#[test]
fn a_million_random_calls_agree() {
    let calls = std::env::var("TOLLBOOK_ORACLE_CALLS").map_or(1_000_000, |calls| calls.parse().unwrap());
    Comparison::of_seed(comparison::seed()).run(calls);
}
