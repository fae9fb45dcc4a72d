//! The options of `import tariff`, and what they declare about a sheet.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::domain::money::Currency;
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::forms::kinds::EXAMPLE_MARK;
use crate::tariffs::sheets::{DateOrder, Declared, Format, Increments, Matching};
use crate::workspace::Workspace;

/// Which sheet, for which tariff, and how it is to be read.
#[derive(Args)]
pub struct RateSheet {
    /// The sheet, a CSV file or an .xlsx workbook
    pub(super) file: PathBuf,
    /// The sheet of a workbook; "Rates", else the first that is not hidden, unless given
    #[arg(long, value_name = "NAME")]
    pub(super) sheet: Option<String>,
    /// The tariff that its rates are for
    #[arg(long, value_name = "CODE")]
    pub(super) tariff: String,
    /// What kind of sheet it is; told by its header unless given
    #[arg(long, value_enum, default_value_t = FormatWord::Auto)]
    format: FormatWord,
    /// The first day of all its rates; that of each row unless given
    #[arg(long, value_name = "DATE", value_parser = read_date)]
    pub(super) from: Option<Date>,
    /// What it does not name ends on the day before
    #[arg(long)]
    pub(super) full: bool,
    /// The unit of its prices; that of the tariff unless given
    #[arg(long, value_enum)]
    pub(super) unit: Option<Unit>,
    /// Write a copy of the file in which every mistake is marked, as .xlsx
    #[arg(long, value_name = "COPY.xlsx")]
    pub(super) annotate: Option<PathBuf>,
    /// Show every change
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    pub(super) classic: Classic,
    #[command(flatten)]
    pub(super) creation: Creation,
}

/// How the text is read.
#[derive(Args)]
pub(super) struct Reading {
    /// What stands between its fields: , ; | or tab; told by its header unless given
    #[arg(long, value_name = "MARK", value_parser = read_delimiter)]
    delimiter: Option<u8>,
    /// Its numbers have a decimal comma
    #[arg(long)]
    decimal_comma: bool,
    /// The order of its dates
    #[arg(long, value_enum)]
    date_format: Option<DateWord>,
    /// First and next increment in seconds of rows that state none, as 60/1
    #[arg(long, value_name = "A/B", value_parser = read_increments)]
    increments: Option<Increments>,
    /// A column that is not to be read; may be given again
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
}

/// What a classic sheet needs.
#[derive(Args)]
pub(super) struct Classic {
    /// Classic sheets: the supplier whose charge bands they name
    #[arg(long)]
    pub(super) supplier: Option<String>,
    /// Classic sheets: what their destinations are
    #[arg(long = "match", value_enum, default_value_t = MatchWord::Auto)]
    matching: MatchWord,
    /// Classic sheets: the time bands of peak, offpeak and weekend
    #[arg(long, value_name = "PEAK,OFFPEAK,WEEKEND", default_value = "daytime,evening,weekend", value_parser = read_bands)]
    pub(super) bands: Bands,
    /// Classic sheets: the tariff that their cost columns are for
    #[arg(long, value_name = "CODE")]
    pub(super) wholesale: Option<String>,
}

/// A tariff that is not there yet.
#[derive(Args)]
pub(super) struct Creation {
    /// Make the tariff if it is not there, with the unit of --unit
    #[arg(long, requires = "unit")]
    pub(super) create: bool,
    /// The currency of a new tariff; the workspace's unless given
    #[arg(long, requires = "create", value_parser = read_currency)]
    pub(super) currency: Option<Currency>,
    /// The parent of a new tariff
    #[arg(long, requires = "create", value_name = "CODE")]
    pub(super) parent: Option<String>,
}

pub(super) type Bands = [String; 3];

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatWord {
    /// Told by the header
    Auto,
    /// The columns of rates.csv
    Rates,
    /// Destination or charge code with peak, offpeak and weekend prices
    Classic,
    /// Prefixes with a rate
    Deck,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MatchWord {
    /// Whichever is known
    Auto,
    /// Charge bands of the supplier
    Band,
    /// Call types, by code or description
    Type,
    /// Starts of numbers
    Prefix,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Unit {
    /// Pounds
    Major,
    /// Pence
    Minor,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DateWord {
    /// 2026-06-01
    Iso,
    /// 01/06/2026
    Dmy,
    /// 06/01/2026
    Mdy,
}

impl RateSheet {
    /// What they declare.
    pub(super) fn declared(&self, workspace: &Workspace) -> Declared {
        Declared {
            format: match self.format {
                FormatWord::Auto => None,
                FormatWord::Rates => Some(Format::Rates),
                FormatWord::Classic => Some(Format::Classic),
                FormatWord::Deck => Some(Format::Deck),
            },
            delimiter: self.reading.delimiter,
            decimal_comma: self.reading.decimal_comma,
            date_order: self.reading.date_format.map(|word| match word {
                DateWord::Iso => DateOrder::YearFirst,
                DateWord::Dmy => DateOrder::DayFirst,
                DateWord::Mdy => DateOrder::MonthFirst,
            }),
            from: self.from,
            increments: self.reading.increments,
            matching: match self.classic.matching {
                MatchWord::Auto => None,
                MatchWord::Band => Some(Matching::Band),
                MatchWord::Type => Some(Matching::Type),
                MatchWord::Prefix => Some(Matching::Prefix),
            },
            bands: self.classic.bands.clone(),
            ignored: self.reading.ignore.clone(),
            numbers: workspace.number_rules(),
            example_mark: EXAMPLE_MARK,
        }
    }

    /// An option that means nothing for the format would be a silent mistake.
    pub(super) fn check_options(&self, format: Format) -> Result<()> {
        let classic = format == Format::Classic;
        let idle = [
            ("--wholesale", !classic && self.classic.wholesale.is_some()),
            ("--supplier", !classic && self.classic.supplier.is_some()),
            ("--match", !classic && self.classic.matching != MatchWord::Auto),
            ("--increments", format == Format::Rates && self.reading.increments.is_some()),
        ];
        idle.iter().find(|(_, idle)| *idle).map_or(Ok(()), |(option, _)| {
            let message = format!("{option} means nothing for a sheet of the format {}", format.name());
            Err(Error::refused(message, "leave it out"))
        })
    }
}

fn read_date(text: &str) -> std::result::Result<Date, String> {
    Date::parse(text).ok_or_else(|| "not a date: YYYY-MM-DD between 2000-01-01 and 2100-12-31".to_owned())
}

fn read_currency(text: &str) -> std::result::Result<Currency, String> {
    Currency::parse(text).ok_or_else(|| "not a currency code: three capital letters, as GBP".to_owned())
}

fn read_delimiter(text: &str) -> std::result::Result<u8, String> {
    match text {
        "tab" | "\t" | "\\t" => Ok(b'\t'),
        "," | ";" | "|" => Ok(text.as_bytes()[0]),
        _ => Err("one of , ; | or tab".to_owned()),
    }
}

fn read_increments(text: &str) -> std::result::Result<Increments, String> {
    Increments::parse(text).map_err(|refusal| format!("{}: {}", refusal.reason, refusal.hint))
}

fn read_bands(text: &str) -> std::result::Result<Bands, String> {
    let bands: Vec<String> =
        text.split(',').map(|band| band.trim().to_owned()).filter(|band| !band.is_empty()).collect();
    bands.try_into().map_err(|_| "three names, as day,evening,weekend".to_owned())
}
