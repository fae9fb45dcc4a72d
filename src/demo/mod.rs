//! A seed → a believable reseller as plain files: a book (`book/`) and the files that its suppliers sent for October
//! 2026 (`files/`), with everything in them that real ones hold: customers of all sorts, lines that move, caps that are
//! reached, credits, records that come twice, lines that cannot be read. Rates and bills nothing. All names are
//! invented, all UK numbers are from ranges reserved for drama.

pub(crate) mod calendar;
mod charges;
mod customer_list;
mod customers;
mod deliveries;
pub(crate) mod formats;
mod lines;
mod numbers;
mod planted;
mod prices;
pub(crate) mod random;
pub(crate) mod sheet;
#[cfg(test)]
mod tests;
mod traffic;

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::time::Date;
use deliveries::Deliveries;
pub use planted::Planted;
use random::Random;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The folder with the book's CSV files.
    pub book: PathBuf,
    /// The suppliers' files, in the order in which to import them.
    pub files: Vec<SampleFile>,
    /// The first day of the month whose usage the files hold.
    pub month: Date,
    /// The day to bill it on: the first of the next month. Usage before it is billed; rentals in advance are due for
    /// the month that begins on it.
    pub invoice_date: Date,
    /// How many customers the book has.
    pub customers: u64,
    /// How many lines (rows of `clis.csv`) the book has.
    pub lines: u64,
    /// What is unusual in the files.
    pub planted: Planted,
}

/// A file of a supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFile {
    /// Where it is.
    pub path: PathBuf,
    /// The supplier's code in the book.
    pub supplier: &'static str,
    /// The layout that it is written in.
    pub layout: &'static str,
    /// What it holds.
    pub kind: FileKind,
    /// Has the bytes of an earlier file: an import must refuse it (F2).
    pub is_resent: bool,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Calls and other usage.
    Usage,
    /// Rentals, connections and ceases.
    Services,
}

/// How many usage records of each supplier there are, before what is planted.
#[derive(Clone, Copy, Debug)]
struct Volumes {
    northlight: usize,
    vale_hosted: usize,
    saltmarsh: usize,
    kittiwake: usize,
}

const VOLUMES: Volumes = Volumes { northlight: 60_000, vale_hosted: 27_000, saltmarsh: 17_000, kittiwake: 9_000 };

/// Writes the sample into `book/` and `files/` of a folder. The same seed gives the same bytes.
///
/// # Errors
/// If a file cannot be written.
pub fn write_sample(dir: &Path, seed: u64) -> io::Result<Sample> {
    write_volumes(dir, seed, VOLUMES)
}

fn write_volumes(dir: &Path, seed: u64, volumes: Volumes) -> io::Result<Sample> {
    let (book, files) = (dir.join("book"), dir.join("files"));
    let lines = lines::make(&mut Random::new(seed, "lines"));
    prices::write(&book)?;
    customers::write(&book)?;
    lines::write(&lines, &book)?;
    charges::write(&lines, &book)?;

    let mut deliveries = Deliveries::new(&files, &lines, seed);
    deliveries.northlight(volumes.northlight)?;
    deliveries.vale_hosted(volumes.vale_hosted)?;
    deliveries.saltmarsh(volumes.saltmarsh)?;
    deliveries.kittiwake(volumes.kittiwake)?;
    let (mut written, mut planted) = (deliveries.files, deliveries.planted);
    let rentals = files.join("northlight_item_rental_2026-11.csv");
    let faults = charges::write_rentals(&lines, &rentals)?;
    planted.unknown_rental_clis = faults.unknown_clis;
    planted.unknown_rental_products = faults.unknown_products;
    written.push(SampleFile {
        path: rentals,
        supplier: "northlight-rental",
        layout: "gamma-item-rental",
        kind: FileKind::Services,
        is_resent: false,
    });
    let month = calendar::first_day();
    Ok(Sample {
        book,
        files: written,
        month,
        invoice_date: month.plus_months(1),
        customers: count(customer_list::CUSTOMERS.len()),
        lines: count(lines.len()),
        planted,
    })
}

fn count(length: usize) -> u64 {
    u64::try_from(length).expect("fewer than 2^64 rows")
}
