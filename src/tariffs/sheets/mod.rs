//! Rate sheets of others → rows of `rates`: the bytes of a CSV file or the rows of a workbook's sheet, and what its owner
//! declares about it, in; rows as the book has them, and everything that is wrong with the sheet, out. One file per format. Compares nothing with the
//! tariff in force (that is [`super::differences`]) and changes nothing.

mod classic;
mod codes;
mod dates;
mod deck;
mod header;
mod numbers;
mod rates;
mod record;
mod rows;
#[cfg(test)]
mod tests;
mod text;
mod words;

use ahash::{AHashMap, AHashSet};

pub use dates::DateOrder;
pub use numbers::Increments;
pub use record::{CellNature, Record};

use crate::book::{BookError, Table, TableRow};
use crate::domain::money::Currency;
use crate::domain::telephone::NumberRules;
use crate::domain::time::Date;
use crate::tariffs::terms::RateColumns;

/// The kinds of sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The columns of `rates.csv`.
    Rates,
    /// The classic reseller's sheet: peak, offpeak and weekend prices of a destination or charge code.
    Classic,
    /// A carrier's A–Z deck: prefixes and their rates.
    Deck,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Rates, Self::Classic, Self::Deck];

    /// The word of `--format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rates => "rates",
            Self::Classic => "classic",
            Self::Deck => "deck",
        }
    }

    /// Does a row say everything about its destination, so that rows in force for other time bands of it end?
    pub fn states_whole_destinations(self) -> bool {
        self != Self::Rates
    }
}

/// What a destination of a classic sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// A charge band of the supplier.
    Band,
    /// A call type, by its code or description.
    Type,
    /// The start of a number.
    Prefix,
}

/// What who imports a sheet declares about it.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The format; told by the header if not declared.
    pub format: Option<Format>,
    /// What stands between fields; told by the header if not declared.
    pub delimiter: Option<u8>,
    /// Numbers have a decimal comma.
    pub decimal_comma: bool,
    /// The order of the sheet's dates.
    pub date_order: Option<DateOrder>,
    /// The first day of the new version; that of each row if not declared.
    pub from: Option<Date>,
    /// The increments of rows that state none.
    pub increments: Option<Increments>,
    /// What destinations of a classic sheet are; each by what is known if not declared.
    pub matching: Option<Matching>,
    /// The time bands of peak, offpeak and weekend.
    pub bands: [String; 3],
    /// Columns that are not to be read.
    pub ignored: Vec<String>,
    /// How national numbers are read (M1).
    pub numbers: NumberRules,
    /// What ends the first cell of a row that is only an example; such a row is left out.
    pub example_mark: &'static str,
}

/// The tariff that rows are made for.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its code.
    pub code: String,
    /// Its currency (X7).
    pub currency: Currency,
    /// It states prices in the minor unit.
    pub minor: bool,
    /// The sheet states prices in the minor unit.
    pub sheet_minor: bool,
    /// The sheet states the minimum charge in the minor unit, whatever the rest: a classic one.
    pub minimum_is_minor: bool,
}

/// The names that destinations of a classic sheet may be.
#[derive(Clone, Debug, Default)]
pub struct KnownNames {
    /// Charge bands of the supplier.
    pub bands: AHashSet<String>,
    /// Code and description of every call type, in the order of codes.
    pub call_types: Vec<(String, String)>,
}

/// Something worth knowing that refuses nothing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    /// The line of the sheet, from 1; 0 for the sheet as a whole.
    pub line: u64,
    /// What.
    pub text: String,
}

/// A sheet as it was read. Its rows are worth nothing if there are errors.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The physical line of its header, or its row.
    pub header_line: u64,
    /// What the header says, by column.
    pub header: Vec<String>,
    /// The column that says what a row is for.
    pub key: Option<usize>,
    /// Rows of data below it.
    pub records: u64,
    /// The rows of the tariff, each with its line.
    pub rows: Vec<TableRow>,
    /// The rows of the wholesale tariff.
    pub costs: Vec<TableRow>,
    /// Columns that were not read.
    pub left_out: Vec<String>,
    /// What was found and is to be looked at.
    pub warnings: Vec<Warning>,
    /// Everything that is wrong, by line.
    pub errors: Vec<SheetError>,
}

/// Something that is refused, with the column of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetError {
    /// What, in which line or row.
    pub error: BookError,
    /// The column, from 0; none if the row as a whole is meant.
    pub place: Option<usize>,
}

impl SheetError {
    pub(super) fn at(error: BookError, place: Option<usize>) -> Self {
        Self { error, place }
    }
}

impl std::ops::Deref for SheetError {
    type Target = BookError;

    fn deref(&self) -> &BookError {
        &self.error
    }
}

/// About a row or a sheet as a whole.
impl From<BookError> for SheetError {
    fn from(error: BookError) -> Self {
        Self { error, place: None }
    }
}

/// A sheet without a header that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unrecognised {
    /// Why.
    pub error: BookError,
    /// The words of the row that is nearest to a header.
    pub words: Vec<String>,
}

impl From<BookError> for Unrecognised {
    fn from(error: BookError) -> Self {
        Self { error, words: Vec::new() }
    }
}

/// A sheet whose header was found, and nothing else read.
pub struct Recognised<'b> {
    file: &'b str,
    rows: Rows<'b>,
    /// Its format.
    pub format: Format,
    /// How many records stand before its header.
    header: usize,
}

/// Where its rows come from.
enum Rows<'b> {
    Text { text: &'b str, delimiter: u8 },
    Workbook(Vec<Record>),
}

impl<'b> Recognised<'b> {
    /// Finds the header of a text. `file` is what errors call the sheet.
    ///
    /// # Errors
    /// What is no text, or has no header that one format knows.
    pub fn find(file: &'b str, bytes: &'b [u8], declared: &Declared) -> Result<Self, Box<Unrecognised>> {
        let text = text::sheet_text(file, bytes).map_err(|error| Box::new((*error).into()))?;
        let delimiters = declared.delimiter.map_or_else(|| header::DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
        let read = |delimiter: &u8| text::first_records(text, *delimiter, header::MOST_PREAMBLE);
        let readings: Vec<Vec<Record>> = delimiters.iter().map(read).collect();
        let readings: Vec<&[Record]> = readings.iter().map(Vec::as_slice).collect();
        let found = header::find_header(file, "line", &readings, declared)?;
        let rows = Rows::Text { text, delimiter: delimiters[found.reading] };
        Ok(Self { file, rows, format: found.format, header: found.place })
    }

    /// Finds the header among the rows of a workbook's sheet.
    ///
    /// # Errors
    /// What has no header that one format knows.
    pub fn find_in_rows(file: &'b str, rows: Vec<Record>, declared: &Declared) -> Result<Self, Box<Unrecognised>> {
        let rows = match declared.decimal_comma {
            true => rows.into_iter().map(Record::with_decimal_comma).collect(),
            false => rows,
        };
        let found = header::find_header(file, "row", &[&rows], declared)?;
        Ok(Self { file, rows: Rows::Workbook(rows), format: found.format, header: found.place })
    }

    /// What stands between the fields of a text.
    pub fn delimiter(&self) -> Option<char> {
        match self.rows {
            Rows::Text { delimiter, .. } => Some(char::from(delimiter)),
            Rows::Workbook(_) => None,
        }
    }

    /// Reads all rows. `costs_to` is the wholesale tariff that cost columns of a classic sheet go to.
    pub fn read(&self, target: &Target, costs_to: Option<&Target>, declared: &Declared, names: &KnownNames) -> Sheet {
        let of_text;
        let (records, is_workbook) = match &self.rows {
            Rows::Workbook(records) => (records.as_slice(), true),
            Rows::Text { text, delimiter } => match text::records(self.file, text, *delimiter) {
                Ok(records) => {
                    of_text = records;
                    (of_text.as_slice(), false)
                }
                Err(error) => return Sheet { errors: vec![(*error).into()], ..Sheet::default() },
            },
        };
        let Some((header, records)) = records.get(self.header..).and_then(<[_]>::split_first) else {
            let error = text::whole_file(self.file, 0, "its header cannot be read", "check its quotes");
            return Sheet { errors: vec![error.into()], ..Sheet::default() };
        };
        let input = rows::Input { file: self.file, is_workbook, header, records, target, declared };
        let mut sheet = match self.format {
            Format::Rates => rates::read(&input),
            Format::Classic => classic::read(&input, costs_to, names),
            Format::Deck => deck::read(&input),
        };
        if sheet.records == 0 && sheet.errors.is_empty() {
            let hint = "rows below the header";
            sheet.errors.push(text::whole_file(self.file, header.line, "has a header and no rows", hint).into());
        }
        sheet.header_line = header.line;
        sheet.header = header.cells.iter().map(|name| name.trim().to_owned()).collect();
        sheet.errors.sort_by_key(|error| error.line);
        sheet.warnings.sort_by_key(|warning| warning.line);
        sheet
    }
}

impl Sheet {
    /// The column of the sheet that says what a column of `rates.csv` does; none if none does.
    pub fn column_of(&self, name: &str) -> Option<usize> {
        let place = header::rates_column(name)?;
        let same = self.header.iter().position(|known| header::rates_column(known) == Some(place));
        same.or(self.key.filter(|_| name == "match"))
    }

    /// Refuses rows without a first day where the tariff has rates with one for the same: which time is meant is not
    /// certain. A row since ever that the tariff has is meant, and so is one for what has no rate at all.
    pub fn refuse_uncertain_days(&mut self, file: &str, rates: &Table, tariff: &str) {
        let columns = RateColumns::of(rates);
        let of_tariff = rates.rows.iter().filter(|row| row.cells.get(columns.tariff) == Some(tariff));
        let mut first_days: AHashMap<(&str, Option<&str>), Option<&str>> = AHashMap::new();
        for row in of_tariff {
            let key = (row.cells.get(columns.matches).unwrap_or_default(), row.cells.get(columns.band));
            let first = row.cells.get(columns.from);
            let known = first_days.entry(key).or_insert(first);
            *known = (*known).min(first);
        }
        let place = self.column_of("from");
        let open = self.rows.iter().filter(|row| row.cells.get(columns.from).is_none());
        let uncertain = open.filter_map(|row| {
            let key = (row.cells.get(columns.matches).unwrap_or_default(), row.cells.get(columns.band));
            let first = first_days.get(&key).copied().flatten()?;
            let reason = format!("states no first day, and the tariff has a rate for it from {first} on");
            let error = text::whole_file(file, row.line, &reason, "a date in the sheet, or --from DATE for all rows");
            Some(SheetError::at(BookError { column: "from".to_owned(), ..error }, place))
        });
        self.errors.extend(uncertain.collect::<Vec<_>>());
        self.errors.sort_by_key(|error| error.line);
    }
}
