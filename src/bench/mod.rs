//! A seed → a workload of any size as plain files: a book (`book/`), one usage file of one carrier for October 2026,
//! and a note of what was made (`workload.json`); and filled forms for bulk imports (`form`). For figures, not for looking at: the sample reseller is in
//! [`crate::demo`]. Rates nothing; memory is bounded by the book, whatever the number of records. Every number is
//! made up in the shape that numbers of its kind have; nobody is meant by it.

mod alias;
mod calls;
mod carrier;
mod customers;
mod deck;
mod destinations;
mod form;
mod lines;
mod plan;
mod tariffs;
mod text;
mod usage_file;

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::book::DEFAULT_SETTINGS;
use crate::demo::random::Random;
use crate::domain::time::Date;
use crate::files::write_atomically;
use calls::Calls;
use deck::Deck;
use destinations::Destinations;
use lines::Lines;
use plan::Plan;

pub use form::{FilledForm, FormSize, write_form};

/// The carrier's code in the book.
pub const SUPPLIER: &str = "carrier";
/// The note of what was made.
pub const WORKLOAD_FILE: &str = "workload.json";
/// The day to bill the workload on.
const INVOICE_DATE: &str = "2026-11-01";

/// How large, and in which layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// Lines of the usage file below its header, bad ones and repeated ones included.
    pub records: u64,
    /// Rows of `clis.csv`: numbers that are held.
    pub clis: u32,
    /// Customers; at most as many as CLIs.
    pub customers: u32,
    /// Tariffs, the base ones included; at least [`Size::LEAST_TARIFFS`].
    pub tariffs: u32,
    /// What the usage file looks like.
    pub layout: UsageLayout,
    /// Another seed makes another workload.
    pub seed: u64,
}

impl Size {
    /// The two decks, the one for inbound usage, and one that customers have.
    pub const LEAST_TARIFFS: u32 = tariffs::BASES + 1;
    /// What the number ranges hold.
    pub const MOST_CLIS: u32 = 10_000_000;
}

/// What a usage file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UsageLayout {
    /// The generic layout: some 80 bytes a line.
    Generic,
    /// The UK standard format, version 3: 42 quoted columns, some 300 bytes a line.
    FcsV3,
}

impl UsageLayout {
    /// The layout's name in the book.
    pub fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::FcsV3 => "fcs-v3",
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            Self::Generic => "usage.csv",
            Self::FcsV3 => "usage-fcs-v3.csv",
        }
    }
}

/// What was made: `workload.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// The seed.
    pub seed: u64,
    /// The usage file's layout.
    pub layout: UsageLayout,
    /// Whose file it is: a supplier of the book.
    pub supplier: String,
    /// The book's folder, beside this note.
    pub book: PathBuf,
    /// The usage file, beside this note.
    pub usage: PathBuf,
    /// The first day of the month in which the calls began.
    pub month: String,
    /// The day to bill them on.
    pub invoice_date: String,
    /// Lines of the usage file below its header.
    pub records: u64,
    /// Bytes of the usage file.
    pub bytes: u64,
    /// Customers of the book.
    pub customers: u64,
    /// CLIs that are held; some have two rows of `clis.csv`, for two holders in turn.
    pub clis: u64,
    /// Tariffs.
    pub tariffs: u64,
    /// Different destination prefixes with a price.
    pub prefixes: u64,
    /// Rows of `rates.csv`.
    pub rates: u64,
    /// Where `rate` must end the lines.
    pub dispositions: Dispositions,
    /// What is unusual in the lines, each of which may be several things.
    pub planted: Planted,
}

/// Where `rate` must end the lines of a workload: exact counts. Together they are all lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispositions {
    /// Priced.
    pub rated: u64,
    /// Suspense: no customer holds the number (M6).
    pub unknown_cli: u64,
    /// Suspense: the number was given back before (M6).
    pub cli_not_billable_on_date: u64,
    /// Suspense: no such destination (C1).
    pub unknown_call_type: u64,
    /// Excluded: emergency calls (M8).
    pub call_type_excluded: u64,
    /// Lines that cannot be read (F3).
    pub rejected: u64,
}

/// What is unusual: exact counts of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planted {
    /// The same bytes as an earlier line: duplicates of an import (F2).
    pub repeated: u64,
    /// Began in the month before.
    pub late: u64,
    /// Hold a comma or a quote within quotes.
    pub quoted: u64,
    /// Calls of 0 seconds, which are not charged (R6).
    pub unanswered: u64,
    /// Inbound calls.
    pub inbound: u64,
    /// Messages.
    pub messages: u64,
    /// Data sessions.
    pub data: u64,
}

/// Writes a workload into a folder that is empty or not there. The same size gives the same bytes. `advance` is told of
/// every batch of lines written.
///
/// # Errors
/// If a file cannot be written.
pub fn generate(dir: &Path, size: &Size, advance: impl FnMut(u64)) -> io::Result<Workload> {
    let book = dir.join("book");
    let stream = |purpose| Random::new(size.seed, purpose);
    let plan = Plan::shipped();
    let deck = Deck::new(&plan, &mut stream("deck"));
    let destinations = Destinations::new(&plan, &deck, &mut stream("destinations"));
    carrier::write(&plan, size.layout, &book)?;
    let rates = tariffs::write(&deck, size.tariffs, &mut stream("tariffs"), &book)?;
    let owners = customers::write(size, &mut stream("customers"), &book)?;
    let lines = Lines::write(size, &owners, &mut stream("lines"), &book)?;
    write_atomically(&book.join("tollbook.toml"), DEFAULT_SETTINGS.as_bytes())?;

    let usage = PathBuf::from(size.layout.file_name());
    let calls = Calls::new(&lines, &destinations, stream("calls"), size.records);
    let written = usage_file::write(&dir.join(&usage), size.layout, calls, advance)?;
    let workload = Workload {
        seed: size.seed,
        layout: size.layout,
        supplier: SUPPLIER.to_owned(),
        book: PathBuf::from("book"),
        usage,
        month: calls::FIRST_DAY.to_owned(),
        invoice_date: INVOICE_DATE.to_owned(),
        records: size.records,
        bytes: written.bytes,
        customers: u64::from(size.customers),
        clis: u64::from(size.clis),
        tariffs: u64::from(size.tariffs),
        prefixes: deck.rows.len() as u64,
        rates,
        dispositions: written.dispositions,
        planted: written.planted,
    };
    let note = serde_json::to_string_pretty(&workload).map_err(io::Error::other)?;
    write_atomically(&dir.join(WORKLOAD_FILE), (note + "\n").as_bytes())?;
    Ok(workload)
}

impl Workload {
    /// Reads the note in a folder.
    ///
    /// # Errors
    /// If it is not there, or is none.
    pub fn read(dir: &Path) -> io::Result<Self> {
        serde_json::from_slice(&std::fs::read(dir.join(WORKLOAD_FILE))?).map_err(io::Error::other)
    }

    /// The day to bill it on.
    pub fn invoice_day(&self) -> Option<Date> {
        Date::parse(&self.invoice_date)
    }
}
