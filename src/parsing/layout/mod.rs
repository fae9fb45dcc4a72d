//! The TOML text of a supplier layout → a compiled [`Layout`] (F1). Refuses what it does not know, by name of the key.
//! Reads no file; `config/layouts/` holds the shipped layouts, which are the documentation of each format.
//!
//! The keys of a layout, with what holds if one is left out:
//!
//! | key | says |
//! |---|---|
//! | `type` | `usage` or `services`; needed |
//! | `description` | what the layout is for, in one line |
//! | `numbers` | `"e164"`: bare digits are international numbers (M1) |
//! | `bare_national` | `true`: bare digits are national numbers (M1) |
//! | `file.delimiter` | one mark, or `"tab"`; a comma |
//! | `file.quoting` | whether `"` encloses fields; `false` |
//! | `file.newlines_in_fields` | whether an enclosed field may go on over lines; `false` |
//! | `file.encoding` | `utf-8` or `latin-1`; `utf-8` |
//! | `file.header` | `none`, `names` (columns are found by its words), `positions` (there is one, its words do not count), `detect` (there is one if its first cell has letters and no digit); `none` |
//! | `file.skip_rows`, `file.rows_after_header` | lines that mean nothing, before the header and after it; 0 |
//! | `file.column_count`, or `min_columns` and `max_columns` | columns of a record; with `names` as many as the header |
//! | `file.optional` | with `names`: fields whose column may be missing; none |
//! | `file.unknown_columns` | with `names`: `ignore` or `refuse`; `ignore` |
//! | `columns.FIELD` | where a [`Field`] stands: a number from 1, a header word, or a list of words that all mean it |
//! | `time.format` | date and time form of usage (`DD/MM/YYYY HH:MM:SS`), in one column or two, or `epoch seconds`; needed |
//! | `time.zone` | the zone of the file's clock; the workspace's |
//! | `date.format`, `date.month_format` | forms of the dates and months of service lines |
//! | `duration.unit` | `seconds` or `HH:MM:SS`; `seconds` |
//! | `price.unit` | `major` or `minor` (X2); `major` |
//! | `price.decimal`, `price.thousands`, `price.currency_sign` | marks in amounts (X4); a point, none, none |
//! | `price.broken_part` | of services: `included` in the cost, or `added` to it |
//! | `kind`, `direction`, `event` | `fixed`, or `values` of the column and `otherwise` for all other words; out, other |
//! | `kind.data_when_bytes` | a record of bytes is data whatever its word; `false` |
//! | `time_band` | `values` of the column → names of bands (R8); the words themselves |
//! | `flags.NAME` | which words of the column mean `yes`; `no`: which mean no, all others then being refused |
//! | `trailer` | `marker` in its first column, columns of the `count` of records and of the `total` of costs |

mod compile;
mod declaration;
mod fields;
mod formats;
mod words;

use std::fmt;
use std::ops::RangeInclusive;

pub use fields::{Field, Place};
pub use formats::{AmountFormat, ClockFormat, DateFormat, DurationUnit, MonthFormat, PriceUnit, TimeFormat};
pub use words::Words;

use crate::domain::charge::ServiceEvent;
use crate::domain::telephone::NumberRules;
use crate::domain::time::Zone;
use crate::domain::usage::{Direction, Kind};

/// A compiled supplier layout: how the bytes of a file become records.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) dialect: Dialect,
    pub(super) encoding: Encoding,
    pub(super) header: Header,
    /// Physical lines before the header, or before the records, that mean nothing.
    pub(super) skip_rows: u32,
    /// Physical lines between the header and the records that mean nothing.
    pub(super) rows_after_header: u32,
    /// How many columns a record has; `None` with named columns: as many as the header.
    pub(super) column_count: Option<RangeInclusive<usize>>,
    /// Whether a header word that the layout does not know refuses the file.
    pub(super) refuses_unknown_columns: bool,
    /// Where each field stands.
    pub(super) places: Vec<(Field, Place)>,
    /// The fields whose column the header may lack.
    pub(super) optional: Vec<Field>,
    pub(super) trailer: Option<TrailerForm>,
    pub(super) amounts: AmountFormat,
    numbers: BareDigits,
    pub(super) contents: Contents,
}

/// How a file's bytes are cut into lines and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between columns.
    pub delimiter: u8,
    /// Whether `"` encloses fields.
    pub quoting: Quoting,
}

/// What `"` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// Nothing: a character like any other.
    Off,
    /// Encloses a field; `""` in it is one `"`. A field ends on the line on which it begins.
    OneLine,
    /// The same, and a field may go on over several lines.
    ManyLines,
}

/// What the bytes stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// ISO 8859-1.
    Latin1,
}

/// What stands before the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// Nothing.
    None,
    /// A line of column names, by which the columns are found.
    Names,
    /// A line of column names in any words; the columns are found by their position.
    Positions,
    /// Perhaps a line of column names: it is one if its first cell holds letters and no digit.
    Detect,
}

/// How the trailer is recognised and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailerForm {
    /// What the first column of the trailer holds.
    pub marker: String,
    /// Index of the column with the number of records.
    pub count: Option<usize>,
    /// Index of the column with the sum of their costs.
    pub total: Option<usize>,
}

/// What the layout says of bare digits (M1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BareDigits {
    international: bool,
    national: bool,
}

/// What the records are, with the rules for reading them.
#[derive(Clone, Debug)]
pub(super) enum Contents {
    Usage(Box<UsageRules>),
    Services(ServiceRules),
}

/// How the columns of a usage line become a record.
#[derive(Clone, Debug)]
pub struct UsageRules {
    /// How the start is written.
    pub time: TimeFormat,
    /// The zone of the file's clock; `None`: the workspace's.
    pub zone: Option<Zone>,
    /// How durations are written.
    pub duration: DurationUnit,
    /// How the kind is told.
    pub kind: KindRule,
    /// How the direction is told.
    pub direction: DirectionRule,
    /// The file's time-band codes → names of bands; `None`: the code is the name (R8).
    pub time_bands: Option<Words<String>>,
    /// For each flag of [`UsageFlags::NAMES`], the words of its column.
    ///
    /// [`UsageFlags::NAMES`]: crate::domain::usage::UsageFlags::NAMES
    pub flags: [Option<FlagWords>; 3],
}

/// How the kind of a record is told.
#[derive(Clone, Debug)]
pub struct KindRule {
    /// By its word, or always the same.
    pub source: WordOr<Kind>,
    /// A record of bytes is data, whatever its word says.
    pub data_when_bytes: bool,
}

/// How the direction of a record is told.
pub type DirectionRule = WordOr<Direction>;

/// A value that is always the same, or told by the word in a column.
#[derive(Clone, Debug)]
pub enum WordOr<T> {
    /// Always this.
    Fixed(T),
    /// What the word of its column means.
    Word(Words<T>),
}

/// Which words of a flag's column mean yes and no.
#[derive(Clone, Debug)]
pub struct FlagWords {
    /// The flag is set.
    pub yes: Vec<String>,
    /// The flag is not set; `None`: whatever is not yes.
    pub no: Option<Vec<String>>,
}

/// How the columns of a service line become one.
#[derive(Clone, Debug)]
pub struct ServiceRules {
    /// How dates are written.
    pub date: DateFormat,
    /// How billing months are written.
    pub month: MonthFormat,
    /// What a line is about.
    pub event: WordOr<ServiceEvent>,
    /// Whether the cost column already holds the part for a broken month.
    pub broken_part: BrokenPart,
}

/// How the part for a broken month relates to the cost column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenPart {
    /// The cost is the whole amount of the line.
    Included,
    /// The line costs both together.
    Added,
}

impl Layout {
    /// Compiles the text of a layout; `name` is the layout's file name without its ending.
    pub fn parse(name: &str, toml: &str) -> Result<Self, LayoutError> {
        compile::layout(name, toml).map_err(|error| LayoutError { layout: name.to_owned(), ..error })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for, in the words of the layout.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Are the records service lines? Else they are usage.
    pub fn is_services(&self) -> bool {
        matches!(self.contents, Contents::Services(_))
    }

    /// The fields it fills, with where each stands, in the order of [`Field`].
    pub fn places(&self) -> &[(Field, Place)] {
        &self.places
    }

    /// How numbers of this file are read: the workspace's rules with what the layout says of bare digits (M1).
    pub fn number_rules(&self, workspace: &NumberRules) -> NumberRules {
        NumberRules {
            country_code: workspace.country_code.clone(),
            bare_is_international: workspace.bare_is_international || self.numbers.international,
            bare_is_national: workspace.bare_is_national || self.numbers.national,
        }
    }
}

/// Why a layout is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutError {
    /// The layout's name.
    pub layout: String,
    /// The key, or the line of the file where it is not TOML.
    pub key: String,
    /// What is wrong with it.
    pub reason: String,
}

impl LayoutError {
    /// An error at a key; the layout's name is set by [`Layout::parse`].
    fn at(key: &str, reason: impl Into<String>) -> Self {
        Self { layout: String::new(), key: key.to_owned(), reason: reason.into() }
    }
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "layout {}: {}: {}", self.layout, self.key, self.reason)
    }
}

impl std::error::Error for LayoutError {}
