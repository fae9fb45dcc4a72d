//! The one shape of a report's table, before it is shown or written: which cells are words, which are money, counts,
//! percentages, days or durations. What a cell reads like on a screen, in a CSV file and in JSON; writes no file.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::screen::{amount, count, plain, table};
use crate::domain::money::{Currency, Money, Percent, Rounding, Sum, divide};
use crate::domain::time::Date;

/// Columns and rows.
#[derive(Default)]
pub struct Sheet {
    /// What stands above the cells.
    pub columns: Vec<Column>,
    /// As many cells each.
    pub rows: Vec<Vec<SheetCell>>,
    /// Sums, one row for each currency; on the screen and in workbooks.
    pub totals: Vec<Vec<SheetCell>>,
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// What files and JSON call it.
    pub name: &'static str,
    /// What stands above it on the screen; empty: only in files.
    pub heading: &'static str,
}

impl Column {
    /// Columns that are called on the screen as in files.
    pub fn all<const N: usize>(names: [&'static str; N]) -> Vec<Self> {
        names.map(|name| Self { name, heading: name }).to_vec()
    }

    /// Columns by their names in files and their headings on the screen.
    pub fn named<const N: usize>(names: [(&'static str, &'static str); N]) -> Vec<Self> {
        names.map(|(name, heading)| Self { name, heading }).to_vec()
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetCell {
    /// Words, which may have come from anywhere: never to become a formula (O3).
    Text(String),
    /// A number written by us, with as many places as it has.
    Figure(String),
    /// An amount with the digits of its currency, which another cell of the row names.
    Money(Money, Currency),
    /// How many.
    Count(i128),
    /// In percent, to one decimal.
    Percent(Sum<1>),
    /// A day.
    Date(Date),
    /// How long, in seconds; negative where usage was given back.
    Seconds(i64),
    /// Not known, or nothing to say.
    Nothing,
}

impl SheetCell {
    /// Words.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// A figure; nothing if it is not known.
    pub fn figure(figure: Option<impl ToString>) -> Self {
        figure.map_or(Self::Nothing, |figure| Self::Figure(figure.to_string()))
    }

    /// How many.
    pub fn count(number: u64) -> Self {
        Self::Count(i128::from(number))
    }

    /// How long.
    pub fn seconds(seconds: u64) -> Self {
        Self::Seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    /// A day, if there is one.
    pub fn day(date: Option<Date>) -> Self {
        date.map_or(Self::Nothing, Self::Date)
    }

    /// A share in percent, to one decimal, half away from zero; nothing of nothing.
    pub fn share(part: i128, whole: i128) -> Self {
        share_of(part, whole).map_or(Self::Nothing, Self::Percent)
    }

    /// In a CSV file: amounts as decimals, days as ISO dates, durations in seconds, percentages without a sign. Words are
    /// not made safe here.
    pub fn in_file(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Figure(text) => Cow::Borrowed(text),
            Self::Money(money, currency) => Cow::Owned(money.format(*currency)),
            Self::Count(number) => Cow::Owned(number.to_string()),
            Self::Percent(percent) => Cow::Owned(percent.to_places(1)),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Seconds(seconds) => Cow::Owned(seconds.to_string()),
            Self::Nothing => Cow::Borrowed(""),
        }
    }

    /// On a screen: with separators, percent signs, hours and minutes; nothing that moves a cursor.
    pub fn on_screen(&self) -> String {
        match self {
            Self::Text(text) => plain(text),
            Self::Figure(figure) => amount(figure),
            Self::Money(money, currency) => amount(&money.format(*currency)),
            Self::Count(number) => {
                let sign = if *number < 0 { "-" } else { "" };
                format!("{sign}{}", count(number.unsigned_abs()))
            }
            Self::Percent(percent) => format!("{} %", amount(&percent.to_places(1))),
            Self::Date(date) => date.to_string(),
            Self::Seconds(seconds) => duration(*seconds),
            Self::Nothing => String::new(),
        }
    }

    /// Is it set to the right on a screen?
    fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Date(_) | Self::Nothing)
    }
}

/// A part of a whole in percent, to one decimal, half away from zero; none of nothing.
pub fn share_of(part: i128, whole: i128) -> Option<Sum<1>> {
    let thousandths = part.checked_mul(1_000).filter(|_| whole != 0)?;
    Some(Sum::from_wide(divide(thousandths, whole.checked_abs()?, Rounding::HalfUp)))
}

/// Hours, minutes and seconds: `26:05:09`.
fn duration(seconds: i64) -> String {
    let (sign, seconds) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    format!("{sign}{}:{:02}:{:02}", count(u128::from(seconds / 3_600)), seconds / 60 % 60, seconds % 60)
}

/// A percentage of the book or of an option, as a cell.
impl From<Percent> for SheetCell {
    fn from(percent: Percent) -> Self {
        Self::Figure(percent.to_string())
    }
}

impl Serialize for SheetCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Seconds(seconds) => serializer.serialize_i64(*seconds),
            Self::Count(number) => match i64::try_from(*number) {
                Ok(number) => serializer.serialize_i64(number),
                Err(_) => serializer.collect_str(number),
            },
            _ => serializer.serialize_str(&self.in_file()),
        }
    }
}

impl Sheet {
    /// On a screen: at most so many rows, the headings above, the sums below.
    pub fn on_screen(&self, most: usize) -> String {
        let shown: Vec<usize> = (0..self.columns.len()).filter(|at| !self.columns[*at].heading.is_empty()).collect();
        let right = (0..shown.len()).filter(|place| self.is_number(shown[*place])).collect::<Vec<_>>();
        let header: Vec<&str> = shown.iter().map(|at| self.columns[*at].heading).collect();
        let cells = |row: &Vec<SheetCell>| shown.iter().map(|at| row[*at].on_screen()).collect();
        table(&header, &right, self.rows.iter().take(most).chain(&self.totals).map(cells))
    }

    /// A column with numbers in it, and nothing else.
    fn is_number(&self, at: usize) -> bool {
        let mut cells = self.rows.iter().map(|row| &row[at]).filter(|cell| **cell != SheetCell::Nothing);
        let first = cells.next();
        first.is_some_and(SheetCell::is_number) && cells.all(SheetCell::is_number)
    }

    /// The rows as JSON has them: an object each.
    pub fn objects<'s>(&'s self, rows: &'s [Vec<SheetCell>]) -> Vec<Object<'s>> {
        rows.iter().map(|cells| Object { columns: &self.columns, cells }).collect()
    }
}

/// A row, by the names of the columns.
pub struct Object<'s> {
    columns: &'s [Column],
    cells: &'s [SheetCell],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, cell) in self.columns.iter().zip(self.cells) {
            map.serialize_entry(column.name, cell)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::date;

    #[test]
    fn a_cell_reads_by_its_kind() {
        let pounds = |minor| SheetCell::Money(Money::from_minor(minor), Currency::GBP);
        let rows = [
            (SheetCell::text("A\u{1b}[31mB"), "A\u{1b}[31mB", "A\u{fffd}[31mB", "\"A\\u001b[31mB\""),
            (pounds(-123_456), "-1234.56", "-1,234.56", "\"-1234.56\""),
            (SheetCell::Count(-1_000), "-1000", "-1,000", "-1000"),
            (SheetCell::share(1, 3), "33.3", "33.3 %", "\"33.3\""),
            (SheetCell::share(-1, 8), "-12.5", "-12.5 %", "\"-12.5\""),
            (SheetCell::share(5, -10), "50.0", "50.0 %", "\"50.0\""),
            (SheetCell::share(1, 0), "", "", "null"),
            (SheetCell::Date(date("2026-05-01")), "2026-05-01", "2026-05-01", "\"2026-05-01\""),
            (SheetCell::Seconds(93_909), "93909", "26:05:09", "93909"),
            (SheetCell::Seconds(-300), "-300", "-0:05:00", "-300"),
            (SheetCell::Nothing, "", "", "null"),
        ];
        for (cell, file, screen, json) in rows {
            assert_eq!(cell.in_file(), file);
            assert_eq!(cell.on_screen(), screen);
            assert_eq!(serde_json::to_string(&cell).unwrap(), json);
        }
    }

    #[test]
    fn the_screen_shows_the_first_rows_and_all_sums() {
        let columns = Column::named([("name", "name"), ("code", ""), ("net", "net")]);
        let row = |name: &str, pence| {
            vec![SheetCell::text(name), SheetCell::text("x"), SheetCell::Money(Money::from_minor(pence), Currency::GBP)]
        };
        let sheet = Sheet { columns, rows: vec![row("A", 1), row("B", 100_000)], totals: vec![row("total", 100_001)] };
        assert_eq!(sheet.on_screen(1), "name        net\nA          0.01\ntotal  1,000.01\n");
        let json = serde_json::to_string(&sheet.objects(&sheet.totals)).unwrap();
        assert_eq!(json, r#"[{"name":"total","code":"x","net":"1000.01"}]"#);
    }
}
