//! The rate rows of one tariff and an increase → the rows to write. For every match, band and day there is exactly one
//! row afterwards where there was one before.
//!
//! A row is known to have had an increase by its mark, or by the row that ended the day before it began: if that times
//! the percentage is this, somebody has done it. A row that begins on the date at prices that are neither those of the
//! row before nor what the increase makes of them has had another one: that is refused, unless it is wanted on top.

use crate::book::{TableRow, Tables};
use crate::domain::book::Book;
use crate::domain::money::Overflow;
use crate::domain::time::{Date, FIRST_YEAR};
use crate::tariffs::rows::{Row, rows};

use super::marks::{Mark, marked, marks_in};
use super::prices::{field_prices, raise_field, raised};
use super::report::{Change, How, Left, PriceChange, Report, Why};
use super::selection::{Chooser, Chosen, Selection};
use super::{Increase, PriceField, Refusal};

/// The rows of a tariff to write; fills the report.
pub(super) fn raise(
    tables: &Tables,
    book: Option<&Book>,
    tariff: &str,
    selection: &Selection,
    increase: &Increase,
    report: &mut Report,
) -> Result<Vec<TableRow>, Refusal> {
    let mut own: Vec<Row> = rows(tables, "rates").filter(|row| row.get("tariff") == Some(tariff)).collect();
    own.sort_by_cached_key(|row| (row.text("match"), row.text("time_band"), row.date("from")));
    let chooser = Chooser::new(selection, book);
    let mut work = Work { increase, report, written: Vec::new(), out_of_range: Vec::new(), clashing: Vec::new() };
    let mut meant = 0;
    for series in own.chunk_by(|a, b| key(*a) == key(*b)) {
        match chooser.choose(series[0].text("match")) {
            Chosen::Yes => work.raise_series(series),
            Chosen::InPart => series.iter().for_each(|row| work.leave(*row, Why::OtherClasses)),
            Chosen::No => continue,
        }
        meant += series.len();
    }
    if meant == 0 {
        let hint = format!("`tollbook tariff show {tariff} --all` shows the rows that there are");
        return Err(Refusal::new(format!("no rate row of tariff {tariff} is meant"), hint));
    }
    work.finish()
}

fn key<'t>(row: Row<'t>) -> (&'t str, &'t str) {
    (row.text("match"), row.text("time_band"))
}

/// What a row is the price of, with its band.
fn name(row: Row) -> String {
    let (matches, band) = key(row);
    if band.is_empty() { matches.to_owned() } else { format!("{matches} {band}") }
}

struct Work<'w> {
    increase: &'w Increase,
    report: &'w mut Report,
    written: Vec<TableRow>,
    out_of_range: Vec<String>,
    clashing: Vec<String>,
}

/// What is to be done with a row.
enum Decision {
    Leave(Why),
    Raise(Vec<PriceChange>),
    Clash(String),
}

impl Work<'_> {
    /// The rows of one match and band, by date.
    fn raise_series(&mut self, series: &[Row]) {
        let mut told_by_prices = false;
        for (position, row) in series.iter().enumerate() {
            let before = position.checked_sub(1).map(|before| series[before]).filter(|before| meets(*before, *row));
            match self.decide(*row, before, told_by_prices) {
                Ok(Decision::Leave(why)) => {
                    let unmarked = !self.marks(*row).iter().any(|mark| mark.covers(self.increase));
                    told_by_prices |= why == Why::RaisedAlready && unmarked;
                    self.leave(*row, why);
                }
                Ok(Decision::Raise(prices)) => self.write(*row, prices),
                Ok(Decision::Clash(why)) => self.clashing.push(format!("{}: {why}", name(*row))),
                Err(Overflow) => self.out_of_range.push(format!("{}, {}", name(*row), row.valid())),
            }
        }
    }

    fn decide(&self, row: Row, before: Option<Row>, told_by_prices: bool) -> Result<Decision, Overflow> {
        let increase = self.increase;
        let leave = |why| Ok(Decision::Leave(why));
        if row.date("to").is_some_and(|to| to < increase.from) {
            return leave(Why::Ended);
        }
        let marks = self.marks(row);
        if marks.iter().any(|mark| mark.covers(increase)) {
            return leave(Why::RaisedAlready);
        }
        let begins = start(row);
        if begins > increase.from && increase.leave_future {
            return leave(Why::BeginsLater);
        }
        if let Some(why) = self.priceless(row) {
            return leave(why);
        }
        let new = increase.fields.iter().map(|field| raise_field(row, *field, increase.percent));
        let mut prices: Vec<PriceChange> = new.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let step = before.filter(|_| begins == increase.from).map(|before| self.compare(before, row));
        if step == Some(Step::Raised) {
            return leave(Why::RaisedAlready);
        }
        if begins > increase.from && told_by_prices {
            return leave(Why::CannotTell);
        }
        if prices.iter().any(|price| price.vanishes) && !takes_all(increase) {
            return leave(Why::WouldVanish);
        }
        prices.retain(|price| price.old != price.new);
        if prices.is_empty() {
            return leave(Why::TooSmall);
        }
        let clash = marks.iter().find(|mark| mark.clashes_with(increase));
        Ok(match (clash, step) {
            _ if increase.again => Decision::Raise(prices),
            (Some(mark), _) => Decision::Clash(format!("was changed already: {mark}")),
            (None, Some(Step::Other)) => {
                Decision::Clash(format!("has other prices from {begins} than on the day before"))
            }
            _ => Decision::Raise(prices),
        })
    }

    /// Why the prices of a row are not for this increase.
    fn priceless(&self, row: Row) -> Option<Why> {
        let all =
            |fields: &[PriceField]| -> Vec<_> { fields.iter().flat_map(|field| field_prices(row, *field)).collect() };
        let chosen = all(&self.increase.fields);
        if chosen.is_empty() {
            let calculated = matches!(row.get("mode"), None | Some("calculated"));
            return Some(if calculated { Why::NoPrice } else { Why::Markup });
        }
        if !self.increase.credits && all(&PriceField::ALL).iter().any(|price| price.is_negative()) {
            return Some(Why::Credits);
        }
        chosen.iter().all(|price| price.is_zero()).then_some(Why::Zero)
    }

    /// How the chosen prices of a row stand to those of the row that ended the day before.
    fn compare(&self, before: Row, row: Row) -> Step {
        let (mut same, mut changes, mut as_raised) = (true, false, true);
        for field in &self.increase.fields {
            let (old, now) = (field_prices(before, *field), field_prices(row, *field));
            let expected: Result<Vec<_>, _> = old.iter().map(|price| raised(*price, self.increase.percent)).collect();
            same &= now == old;
            changes |= expected.as_ref().is_ok_and(|expected| *expected != old);
            as_raised &= expected.is_ok_and(|expected| expected == now);
        }
        match (as_raised && changes, same) {
            (true, _) => Step::Raised,
            (_, true) => Step::Same,
            _ => Step::Other,
        }
    }

    fn marks(&self, row: Row) -> Vec<Mark> {
        marks_in(row.text("note"))
    }

    /// Writes a row with new prices; the row in force ends on the day before.
    fn write(&mut self, row: Row, prices: Vec<PriceChange>) {
        let from = self.increase.from;
        let note = marked(row.text("note"), &Mark::of(self.increase));
        let mut cells: Vec<(&str, Option<String>)> =
            prices.iter().map(|price| (price.field, Some(price.new.clone()))).collect();
        cells.push(("note", Some(note)));
        let how = if start(row) < from {
            self.written.push(row.with(&[("to", Some(from.previous().to_string()))]));
            cells.push(("from", Some(from.to_string())));
            How::NewRow
        } else {
            How::InPlace
        };
        self.written.push(row.with(&cells));
        let begins = if how == How::NewRow { Some(from) } else { row.date("from") };
        self.report.changes.push(Change { row: name(row), from: begins, to: row.date("to"), how, prices });
    }

    fn leave(&mut self, row: Row, why: Why) {
        let dates = row.valid();
        self.report.left.push(Left { row: name(row), from: dates.from, to: dates.to, why });
    }

    fn finish(self) -> Result<Vec<TableRow>, Refusal> {
        if !self.out_of_range.is_empty() {
            let hint = "a smaller percentage, or other prices in these rows first";
            let reason = "prices would leave the range of prices";
            return Err(Refusal { places: self.out_of_range, ..Refusal::new(reason, hint) });
        }
        if !self.clashing.is_empty() {
            let reason = format!("rows have new prices from {} already", self.increase.from);
            let hint = "say --again to raise them on top; the same increase made again is recognised by itself";
            return Err(Refusal { places: self.clashing, ..Refusal::new(reason, hint) });
        }
        Ok(self.written)
    }
}

/// How prices stand to those of the day before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Same,
    Raised,
    Other,
}

/// −100 %: that everything becomes 0 is wanted.
pub(super) fn takes_all(increase: &Increase) -> bool {
    increase.percent.scaled() == -1_000_000
}

/// The first day of a row.
fn start(row: Row) -> Date {
    row.date("from").unwrap_or_else(|| Date::new(FIRST_YEAR, 1, 1).expect("the first day of the calendar"))
}

/// Does a row end on the day before another begins?
fn meets(before: Row, row: Row) -> bool {
    before.date("to").is_some_and(|to| to < start(row) && to.next() == start(row))
}
