//! Prices that have a first day only, of products or of charges, and an increase from a date → dated rows (R17, P2): one for
//! each price in force on the date; nothing ends, and a price planned for later is raised where it is.
//!
//! These rows have no note for a mark. What a price was is told by the one before it; one that has none before it is
//! left alone, and so are planned prices where the price on the date does not show that they were not raised with it.

use crate::book::{Table, TableRow, Tables, find_schema};
use crate::domain::money::{Overflow, Price};
use crate::domain::time::Date;
use crate::tariffs::rows::Row;

use super::prices::{raised, reached};
use super::rates::takes_all;
use super::report::{Change, How, Left, PriceChange, Report, Why};
use super::{Increase, Outcome, Refusal};

/// The prices of one thing for one audience.
pub(super) struct Series<'s> {
    /// What it is called in a report.
    pub name: String,
    /// The cells of the key of its rows, but for the date; an empty text for a blank one.
    pub cells: Vec<(&'static str, &'s str)>,
    /// The price before the first dated one.
    pub base: Option<Price>,
    /// Before this day nothing costs anything.
    pub begins: Option<Date>,
}

/// An increase of many series.
pub(super) struct Work<'w> {
    increase: &'w Increase,
    /// The rows to write.
    written: Table,
    /// What has these prices, for refusals: `products`.
    what: &'static str,
    report: Report,
    /// (a price leaves the range, or else has been changed already; where)
    failed: Vec<(bool, String)>,
}

impl<'w> Work<'w> {
    /// An increase that writes rows of a file of the book.
    pub(super) fn new(file: &str, what: &'static str, increase: &'w Increase) -> Self {
        let written = Table::new(find_schema(file).expect("the book has the file"));
        Self { increase, written, what, report: Report::default(), failed: Vec::new() }
    }

    /// Raises the prices of a series; `dated` are its rows.
    pub(super) fn raise_series(&mut self, series: &Series, mut dated: Vec<Row>) {
        dated.sort_by_key(|row| row.date("from"));
        let from = series.begins.map_or(self.increase.from, |begins| begins.max(self.increase.from));
        let price = |row: &Row| row.price("price").unwrap_or_default();
        let day = |row: &Row| row.date("from").unwrap_or(from);
        let past = dated.iter().rev().find(|row| day(row) < from);
        let before = past.map(price).or(series.base);
        let on_date = dated.iter().find(|row| day(row) == from).map(price);
        let raised_now = match self.decide(before, on_date) {
            Ok(Ok(change)) => {
                let how = if on_date.is_some() { How::InPlace } else { How::NewRow };
                self.write(series, from, how, change);
                true
            }
            Ok(Err(why)) => {
                let begins = if on_date.is_some() { Some(from) } else { past.map(day) };
                self.leave(series, begins, why);
                false
            }
            // It begins later: another increase from an earlier date may have been there first.
            Err(false) if from > self.increase.from => {
                self.leave(series, Some(from), Why::CannotTell);
                false
            }
            Err(failure) => {
                let words = if failure { "" } else { ": has another price from that date than on the day before" };
                self.failed.push((failure, format!("{}{words}", series.name)));
                return;
            }
        };
        for row in dated.iter().filter(|row| day(row) > from) {
            let decided = match self.change(price(row)) {
                _ if self.increase.leave_future => Ok(Err(Why::BeginsLater)),
                _ if !raised_now => Ok(Err(Why::CannotTell)),
                decided => decided,
            };
            match decided {
                Ok(Ok(change)) => self.write(series, day(row), How::InPlace, change),
                Ok(Err(why)) => self.leave(series, Some(day(row)), why),
                Err(Overflow) => self.failed.push((true, series.name.clone())),
            }
        }
    }

    /// The new price from the date, or why there is none; a failure as in [`Self::failed`].
    fn decide(&self, before: Option<Price>, on_date: Option<Price>) -> Result<Result<PriceChange, Why>, bool> {
        let Some(before) = before else {
            return Ok(Err(if on_date.is_some() { Why::CannotTell } else { Why::NoPrice }));
        };
        let change = self.change(before).map_err(|Overflow| true)?;
        match (on_date, change) {
            (Some(now), Ok(change)) if now.to_string() == change.new => Ok(Err(Why::RaisedAlready)),
            (Some(now), Ok(_)) if now != before => Err(false),
            (Some(now), Err(why)) if now != before && why != Why::Credits => Ok(Err(Why::CannotTell)),
            (_, change) => Ok(change),
        }
    }

    fn change(&self, old: Price) -> Result<Result<PriceChange, Why>, Overflow> {
        let new = raised(old, self.increase.percent)?;
        let why = if old.is_negative() && !self.increase.credits {
            Why::Credits
        } else if old.is_zero() {
            Why::Zero
        } else if new == old {
            Why::TooSmall
        } else if new.is_zero() && !takes_all(self.increase) {
            Why::WouldVanish
        } else {
            let reached = reached(old, new).into_iter().collect();
            let (old, new) = (old.to_string(), new.to_string());
            return Ok(Ok(PriceChange { field: "price", old, new, reached, vanishes: false }));
        };
        Ok(Err(why))
    }

    fn write(&mut self, series: &Series, from: Date, how: How, change: PriceChange) {
        let of_key = |column: &str| series.cells.iter().find(|(name, _)| *name == column).map(|(_, text)| *text);
        let (day, price) = (from.to_string(), change.new.clone());
        let cells = self.written.column_names().map(|column| match column {
            "from" => Some(day.as_str()),
            "price" => Some(price.as_str()),
            _ => of_key(column).filter(|text| !text.is_empty()),
        });
        let row = TableRow { line: 0, cells: cells.collect() };
        self.written.rows.push(row);
        self.report.changes.push(Change {
            row: series.name.clone(),
            from: Some(from),
            to: None,
            how,
            prices: vec![change],
        });
    }

    /// How many rows have changed so far.
    pub(super) fn changes(&self) -> usize {
        self.report.changes.len()
    }

    /// Leaves a series as it is.
    pub(super) fn leave(&mut self, series: &Series, from: Option<Date>, why: Why) {
        self.report.left.push(Left { row: series.name.clone(), from, to: None, why });
    }

    pub(super) fn finish(self) -> Result<Outcome, Refusal> {
        let overflow = self.failed.iter().any(|(overflow, _)| *overflow);
        if let Some(reason) = (!self.failed.is_empty()).then(|| match overflow {
            true => "prices would leave the range of prices".to_owned(),
            false => format!("{} have a new price from {} already", self.what, self.increase.from),
        }) {
            let hint = match overflow {
                true => "a smaller percentage",
                false => "another date, or the price that is meant with `tollbook book import`",
            };
            let places = self.failed.into_iter().filter(|(kind, _)| *kind == overflow).map(|(_, place)| place);
            return Err(Refusal { places: places.collect(), ..Refusal::new(reason, hint) });
        }
        let mut rows = Tables::new();
        let file = self.written.schema.name;
        *rows.get_mut(file) = self.written;
        Ok(Outcome { rows, report: self.report })
    }
}
