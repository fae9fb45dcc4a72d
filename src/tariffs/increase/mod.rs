//! Price increases (R17): the book's rows, a percentage, a date → the rows to write, and a report of every price.
//!
//! ```text
//! rates.csv, in place:    old ─────────────┤ the day before      raised by hand or by us? (marks, neighbouring rows)
//!                                          ├──── new ────▶       row from the date; later rows are raised where they are
//! rates.csv, a version:   the same, of a copy of the tariff under another code
//! product_prices.csv:     a dated row per product; nothing ends
//! charge_prices.csv:      the same per charge
//! ```
//!
//! `prices` multiplies and rounds; `marks` says in a row's note what was done to it, so that the same increase is
//! recognised and never doubled; `selection` says which rows are meant; `rates` and `version` go through rates, `products` and
//! `charges` through what has dated prices, each a `series`. Writes nothing: a command applies what comes out, and the book's compiler checks it.

mod charges;
mod marks;
mod prices;
mod products;
#[cfg(test)]
mod properties;
mod rates;
mod report;
mod selection;
mod series;
#[cfg(test)]
mod tests;
mod version;

use crate::book::Tables;
use crate::domain::book::Book;
use crate::domain::money::Percent;
use crate::domain::time::Date;

pub use charges::{ChargeSelection, WithinTerm, raise_charges};
pub use prices::PriceField;
pub use products::{ProductSelection, raise_products};
pub use report::{Change, How, Left, PriceChange, Report, Why};
pub use selection::Selection;
pub use version::raise_as_version;

/// A price increase; below 0 it is a decrease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Increase {
    /// By how much: −100 to +10,000, not 0. See [`parse_percent`].
    pub percent: Percent,
    /// The first day of the new prices.
    pub from: Date,
    /// Which prices of a rate row, in the order of [`PriceField::ALL`], each once.
    pub fields: Vec<PriceField>,
    /// Leave rows alone that begin after the date.
    pub leave_future: bool,
    /// Raise rows with negative prices too.
    pub credits: bool,
    /// Raise on top of what has other prices from the date already.
    pub again: bool,
}

impl Increase {
    /// All prices, of rows in force and to come, credits left alone.
    pub fn new(percent: Percent, from: Date) -> Self {
        Self { percent, from, fields: PriceField::ALL.to_vec(), leave_future: false, credits: false, again: false }
    }
}

/// Reads the percentage of an increase: −100 to 10,000 with at most 4 decimals, not 0.
pub fn parse_percent(text: &str) -> Result<Percent, String> {
    let percent = Percent::parse(text).map_err(|error| error.to_string())?;
    let hundred = Percent::from_whole(100).map_err(|error| error.to_string())?;
    let most = Percent::from_whole(10_000).map_err(|error| error.to_string())?;
    if percent.is_zero() {
        return Err("0 changes nothing".into());
    }
    if percent > most || percent.plus(hundred).is_ok_and(Percent::is_negative) {
        return Err("is out of range: -100 to 10000".into());
    }
    Ok(percent)
}

/// What an increase comes to: rows to write over those of the same keys, and the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// New and changed rows only.
    pub rows: Tables,
    /// Every price that changes, every row left alone.
    pub report: Report,
}

/// Why an increase is not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub reason: String,
    /// Where: one text for each row.
    pub places: Vec<String>,
    /// What to do.
    pub hint: String,
}

impl Refusal {
    fn new(reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { reason: reason.into(), places: Vec::new(), hint: hint.into() }
    }
}

/// Raises rates of a tariff in place: rows in force on the date end on the day before and go on at the new prices, rows
/// that begin on the date or later get them where they are. Rows of parents and children are not touched.
/// `book` is the compiled form of `tables`, by which classes are told: needed where the selection has any.
///
/// # Errors
/// No such tariff; no row is meant; a price that leaves the range of prices; rows that have other prices from the date
/// already, unless the increase says `again`.
pub fn raise_in_place(
    tables: &Tables,
    book: Option<&Book>,
    tariff: &str,
    selection: &Selection,
    increase: &Increase,
) -> Result<Outcome, Refusal> {
    version::check_tariff(tables, tariff)?;
    let mut rows = Tables::new();
    let mut report = Report::default();
    rows.get_mut("rates").rows = rates::raise(tables, book, tariff, selection, increase, &mut report)?;
    Ok(Outcome { rows, report })
}
