//! The bytes of an .xlsx workbook → its sheets, and the rows of one of them as typed cells, one row at a time: texts, numbers
//! as exact decimals, days, errors. Built for files that mean harm: everything is bounded, nothing is followed, no sheet is
//! kept. Formulas give the value that was saved with them. Writes nothing, knows nothing of what cells mean.
//!
//! ```text
//! bytes ──content──▶ archive? ──package──▶ parts ──listing──▶ sheets
//!                                            │inflated, xml
//!                         texts, styles ──▶ sheet ──▶ SheetRow, SheetRow, …
//! ```

mod content;
mod inflated;
mod listing;
mod merges;
mod moments;
mod numbers;
mod package;
mod references;
mod refused;
mod sheet;
mod styles;
mod texts;
mod xml;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::OnceLock;

use listing::Listing;
use package::Package;
use sheet::{Shared, read_sheet};
use styles::Styles;
use texts::Texts;

pub use content::{Content, content_of};
pub use package::LARGEST_FILE;
pub use references::{MOST_COLUMNS, MOST_ROWS, Range, letters};
pub use refused::Refused;

/// An opened workbook: its archive was looked at and its sheets are listed; none is read yet.
pub struct Workbook<'b> {
    package: Package<'b>,
    listing: Listing,
    /// Read with the first sheet.
    shared: OnceLock<(Texts, Styles)>,
}

/// A sheet as the workbook lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetEntry {
    /// Its name.
    pub name: String,
    /// Whether people see it.
    pub visibility: Visibility,
    /// It has cells; a sheet that is only a chart has none.
    pub is_table: bool,
}

/// Whether people see a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// They do.
    Visible,
    /// Not before they unhide it.
    Hidden,
    /// Only programs can unhide it.
    VeryHidden,
}

/// A row that holds anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetRow<'r> {
    /// From 1.
    pub number: u32,
    /// People do not see it: it is hidden or filtered out.
    pub hidden: bool,
    /// One for each column from A to the last that holds anything.
    pub cells: &'r [Cell<'r>],
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'r> {
    /// Nothing; also what a merged range covers.
    Blank,
    /// Words as they are written, never empty: with blanks at their ends, line breaks (`\n`), whatever there is.
    Text(Cow<'r, str>),
    /// A number in its shortest decimal form, to the 15 digits that a spreadsheet keeps.
    Number(Cow<'r, str>),
    /// A number that is shown as a percentage, as it is shown: `20` for 0.2.
    Percent(Cow<'r, str>),
    /// A day of 1900-01-01 to 9999-12-31.
    Moment {
        /// Days since 1970-01-01.
        day: i32,
        /// Since midnight: 0 for what is only a day.
        seconds: u32,
    },
    /// True or false.
    Flag(bool),
    /// What cannot be taken for a value, in words that follow "has" or "holds": `#REF!`, `a formula without a saved value`.
    Fault(Cow<'r, str>),
}

impl Cell<'_> {
    /// The same, kept beyond the row.
    pub fn into_owned(self) -> Cell<'static> {
        let own = |words: Cow<'_, str>| Cow::Owned(words.into_owned());
        match self {
            Cell::Blank => Cell::Blank,
            Cell::Text(words) => Cell::Text(own(words)),
            Cell::Number(words) => Cell::Number(own(words)),
            Cell::Percent(words) => Cell::Percent(own(words)),
            Cell::Moment { day, seconds } => Cell::Moment { day, seconds },
            Cell::Flag(flag) => Cell::Flag(flag),
            Cell::Fault(words) => Cell::Fault(own(words)),
        }
    }
}

/// What there is to say of a sheet that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetFacts {
    /// Rows that were given.
    pub rows: u32,
    /// Those of them that people do not see.
    pub hidden_rows: u32,
    /// Columns that people do not see, from left to right.
    pub hidden_columns: Vec<HiddenColumns>,
    /// Merged ranges, from the top: all but the first cell of each were given as blank.
    pub merged: Vec<Range>,
}

/// Neighbouring columns that people do not see, from 0, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HiddenColumns {
    /// From 0.
    pub first: u32,
    /// From 0.
    pub last: u32,
}

impl<'b> Workbook<'b> {
    /// Looks at the archive and lists its sheets.
    ///
    /// # Errors
    /// What the file is, if it is no workbook that can be read: by its content, whatever its name.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Refused> {
        match content_of(bytes) {
            Content::Archive => {}
            Content::Text => {
                return Err(Refused::new("is a text, not a workbook", "if it is CSV, name it .csv"));
            }
            Content::Other(refused) => return Err(refused),
        }
        let package = Package::open(bytes)?;
        let listing = Listing::read(&package)?;
        if listing.sheets.is_empty() {
            return Err(Refused::strange("has no sheet"));
        }
        Ok(Self { package, listing, shared: OnceLock::new() })
    }

    /// Its sheets, in the order of their tabs.
    pub fn sheets(&self) -> &[SheetEntry] {
        &self.listing.sheets
    }

    /// What it has that is not followed, as `has macros, which are not run`.
    pub fn notices(&self) -> Vec<&'static str> {
        listing::notices(&self.package)
    }

    /// Gives each row of a sheet that holds anything, in order, until it is told to stop; `sheet` is a place in
    /// [`Self::sheets`].
    ///
    /// # Errors
    /// Why the sheet cannot be read. Rows that were given before are not to be kept: a checksum stands at the end.
    pub fn read_rows(
        &self,
        sheet: usize,
        each: &mut dyn FnMut(SheetRow<'_>) -> ControlFlow<()>,
    ) -> Result<SheetFacts, Refused> {
        let (entry, part) = match (self.listing.sheets.get(sheet), self.listing.parts.get(sheet)) {
            (Some(entry), Some(part)) => (entry, part),
            _ => return Err(Refused::strange("has no such sheet")),
        };
        let named = |refused: Refused| refused.within(&format!("(sheet {:?})", entry.name));
        if !entry.is_table {
            return Err(named(Refused::new("has no cells: it is a chart or the like", "name a sheet with a table")));
        }
        let (texts, styles) = self.shared()?;
        let shared = Shared { texts, styles, from_1904: self.listing.from_1904 };
        read_sheet(&self.package, part, shared, each).map_err(named)
    }

    fn shared(&self) -> Result<&(Texts, Styles), Refused> {
        if let Some(shared) = self.shared.get() {
            return Ok(shared);
        }
        let texts = self.listing.shared_texts.as_deref().map(|part| Texts::read(&self.package, part));
        let styles = self.listing.styles.as_deref().map(|part| Styles::read(&self.package, part));
        let read = (texts.transpose()?.unwrap_or_default(), styles.transpose()?.unwrap_or_default());
        Ok(self.shared.get_or_init(|| read))
    }
}
