//! Rate sheets of others → rows of `rates`: the bytes of a CSV file and what its owner declares about it, in; rows as the
//! book has them, and everything that is wrong with the sheet, out. One file per format. Compares nothing with the
//! tariff in force (that is [`super::differences`]) and changes nothing.

mod classic;
mod codes;
mod dates;
mod deck;
mod header;
mod numbers;
mod rates;
mod rows;
#[cfg(test)]
mod tests;
mod text;
mod words;

use ahash::AHashSet;

pub use dates::DateOrder;
pub use numbers::Increments;

use crate::book::{BookError, TableRow};
use crate::domain::money::Currency;
use crate::domain::telephone::NumberRules;
use crate::domain::time::Date;

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
    /// The physical line of its header.
    pub header_line: u64,
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
    pub errors: Vec<BookError>,
}

/// A sheet whose header was found, and nothing else read.
pub struct Recognised<'b> {
    file: &'b str,
    text: &'b str,
    delimiter: u8,
    /// Its format.
    pub format: Format,
    /// How many records stand before its header.
    header: usize,
}

impl<'b> Recognised<'b> {
    /// Finds the header. `file` is what errors call the sheet.
    ///
    /// # Errors
    /// What is no text, or has no header that one format knows.
    pub fn find(file: &'b str, bytes: &'b [u8], declared: &Declared) -> Result<Self, Box<BookError>> {
        let text = text::sheet_text(file, bytes)?;
        let found = header::find_header(file, text, declared)?;
        Ok(Self { file, text, delimiter: found.delimiter, format: found.format, header: found.place })
    }

    /// What stands between its fields.
    pub fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    /// Reads all rows. `costs_to` is the wholesale tariff that cost columns of a classic sheet go to.
    pub fn read(&self, target: &Target, costs_to: Option<&Target>, declared: &Declared, names: &KnownNames) -> Sheet {
        let records = match text::records(self.file, self.text, self.delimiter) {
            Ok(records) => records,
            Err(error) => return Sheet { errors: vec![*error], ..Sheet::default() },
        };
        let Some((header, records)) = records.get(self.header..).and_then(<[_]>::split_first) else {
            let error = text::whole_file(self.file, 0, "its header cannot be read", "check its quotes");
            return Sheet { errors: vec![error], ..Sheet::default() };
        };
        let input = rows::Input { file: self.file, header, records, target, declared };
        let mut sheet = match self.format {
            Format::Rates => rates::read(&input),
            Format::Classic => classic::read(&input, costs_to, names),
            Format::Deck => deck::read(&input),
        };
        if records.is_empty() {
            let hint = "rows below the header";
            sheet.errors.push(text::whole_file(self.file, header.line, "has a header and no rows", hint));
        }
        sheet.header_line = header.line;
        sheet.errors.sort_by_key(|error| error.line);
        sheet.warnings.sort_by_key(|warning| warning.line);
        sheet
    }
}
