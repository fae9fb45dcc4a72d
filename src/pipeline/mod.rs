//! The data's whole way, joined from the stages: import, rate, derive what is unbilled, price again for
//! comparisons, draft, post, document.
//! Joins and counts; computes no price and no sum of its own.

pub mod alerting;
pub mod below_cost;
pub mod billed;
pub mod documents;
pub mod draft;
pub mod drafting;
pub mod e_invoices;
pub mod explained;
pub mod exposure;
pub mod gathering;
pub mod guarding;
pub mod import;
pub mod last_use;
pub mod leavings;
mod left_to_pay;
pub mod members;
pub mod post;
pub mod posted;
pub mod posted_usage;
pub mod purge;
pub mod rate;
pub mod rated_output;
pub mod reconciliation;
pub mod rejects;
pub mod reprice;
pub mod rows;
pub mod services;
pub mod source;
pub mod suspense;
mod threads;
pub mod unbilled;
pub mod usage_losses;
pub mod voiding;
pub mod waiting;

use crate::allowances::CapUse;
use crate::domain::book::{Book, SupplierId};
use crate::domain::usage::{RatedUsage, SetAside, UsageMatch, UsagePrice, UsageRecord, WhyAside};
use crate::error::{Error, Result};
use crate::ledger::{CapTotal, Ledger};
use crate::matching::Matcher;
use crate::rating::Rater;

/// All files of the usage store that the ledger knows; any other is left from a command that was cut short.
pub fn store_files(ledger: &Ledger) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for import in ledger.imports()? {
        files.extend(import.facts_file);
        files.extend(import.marks_file);
    }
    files.extend(ledger.runs()?.into_iter().filter_map(|run| run.billed_file));
    Ok(files)
}

/// What posted bills counted towards the spending caps of a customer's lines, as the ledger has it.
pub fn cap_use(used: Vec<CapTotal>) -> Vec<CapUse> {
    used.into_iter().map(|(cli, period_start, charged)| CapUse { cli, period_start, charged }).collect()
}

/// The supplier of a code, or a word on which there are.
pub fn find_supplier(book: &Book, code: &str) -> Result<SupplierId> {
    let codes = book.suppliers.iter().map(|supplier| supplier.code.as_str());
    book.find_supplier(code).ok_or_else(|| unknown_supplier(code, codes))
}

/// Says which suppliers the book has instead.
pub fn unknown_supplier<'c>(code: &str, codes: impl Iterator<Item = &'c str>) -> Error {
    let codes: Vec<_> = codes.collect();
    let hint = match codes.is_empty() {
        true => "the book has none yet: add it to suppliers.csv and `tollbook book import` it".to_owned(),
        false => format!("there are: {}", codes.join(", ")),
    };
    Error::refused(format!("the book has no supplier {code:?}"), hint)
}

/// Records that are priced together: so many that what they need of the book is fetched side by side, so few that they
/// stay in the nearest cache.
pub const BATCH_RECORDS: usize = 128;

/// The book made ready for matching and rating. Pure: the same record always gets the same answer (R16).
pub struct Engine<'b> {
    /// The book it was made from.
    pub book: &'b Book,
    /// Whose usage it is.
    pub matcher: Matcher<'b>,
    /// What it costs.
    pub rater: Rater<'b>,
}

impl<'b> Engine<'b> {
    /// Indexes a book.
    pub fn new(book: &'b Book) -> Self {
        Self { book, matcher: Matcher::new(book), rater: Rater::new(book) }
    }

    /// The supplier that an import was made for; refused if the book has lost it.
    pub fn supplier_of(&self, import: i64, code: &str) -> Result<SupplierId> {
        self.book.find_supplier(code).ok_or_else(|| {
            let message = format!("import {import}: the book has no supplier {code:?} any more");
            Error::refused(message, "put the supplier back into suppliers.csv and import the book")
        })
    }

    /// Matches and rates records where they lie, in their order: for work that needs the price only. Best given some
    /// [`BATCH_RECORDS`] at once.
    pub fn price_each<'r>(
        &self,
        supplier: SupplierId,
        records: &'r [UsageRecord],
        take: impl FnMut(&'r UsageRecord, std::result::Result<(UsageMatch, UsagePrice), WhyAside>),
    ) {
        let matches = self.matcher.find_each(supplier, records);
        self.rater.price_each(supplier, records, &matches, take);
    }

    /// Matches and rates one record, or says why that is not possible.
    pub fn price(&self, supplier: SupplierId, record: UsageRecord) -> std::result::Result<RatedUsage, Box<SetAside>> {
        self.rater.rate(supplier, self.matcher.match_usage(supplier, record)?)
    }
}
