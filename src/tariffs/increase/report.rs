//! What an increase does, price by price, and what it leaves alone, as data. How it is shown is a command's business.

use serde::Serialize;

use crate::domain::money::Percent;
use crate::domain::time::Date;

/// Everything that an increase does and leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows with other prices than before, by key.
    pub changes: Vec<Change>,
    /// Rows that are as before, by key, and why.
    pub left: Vec<Left>,
}

/// A row with new prices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is the price of: `type:uk_mobile daytime`, `LINE`, `LINE of account A1`.
    pub row: String,
    /// The first day of the new prices; open if the row always was in force.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// What was written.
    pub how: How,
    /// The prices that changed.
    pub prices: Vec<PriceChange>,
}

/// How a price changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The row in force ended on the day before, a new row goes on.
    NewRow,
    /// The row begins on the date or later and has the new prices from its beginning.
    InPlace,
}

/// A price before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PriceChange {
    /// The column.
    pub field: &'static str,
    /// Before, in the unit of the tariff, as in the book.
    pub old: String,
    /// After.
    pub new: String,
    /// The percentages reached after rounding: one, of steps one for each price; none for prices of 0.
    pub reached: Vec<Percent>,
    /// Some price would round to 0 that was not 0.
    #[serde(skip)]
    pub vanishes: bool,
}

/// A row left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// What it is the price of.
    pub row: String,
    /// Its first day.
    pub from: Option<Date>,
    /// Its last day.
    pub to: Option<Date>,
    /// Why.
    pub why: Why,
}

/// Why a row is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It had this increase.
    RaisedAlready,
    /// It ends before the date.
    Ended,
    /// It begins after the date and those are to be left.
    BeginsLater,
    /// It is made from another price, by a percentage.
    Markup,
    /// None of the fields chosen holds a price.
    NoPrice,
    /// It has negative prices, which were not asked for.
    Credits,
    /// All its prices are 0.
    Zero,
    /// After rounding the prices are what they were.
    TooSmall,
    /// A price would round to 0.
    WouldVanish,
    /// It stands for call types of classes that were asked for and of others.
    OtherClasses,
    /// Its price is that of its product.
    ByProduct,
    /// It is charged once.
    OneOff,
    /// No price before it tells whether it had this increase.
    CannotTell,
}

impl Why {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::RaisedAlready => "raised already",
            Self::Ended => "ended before the date",
            Self::BeginsLater => "begins after the date",
            Self::Markup => "mode markup, suggested or from_file, without a price",
            Self::NoPrice => "no price in the fields chosen",
            Self::Credits => "credits: negative prices",
            Self::Zero => "all prices are 0",
            Self::TooSmall => "too small to change in 4 decimals",
            Self::WouldVanish => "a price would round to 0",
            Self::OtherClasses => "serves other classes too",
            Self::ByProduct => "priced by its product: see `tollbook tariff increase --product`",
            Self::OneOff => "charged once",
            Self::CannotTell => {
                "cannot be told whether it was raised: no price before it, or it came with the one before"
            }
        }
    }
}

impl Report {
    /// Nothing changes.
    pub fn is_unchanged(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many rows are left for a reason.
    pub fn left_for(&self, why: Why) -> usize {
        self.left.iter().filter(|left| left.why == why).count()
    }

    /// How many prices changed.
    pub fn prices(&self) -> usize {
        self.changes.iter().map(|change| change.prices.len()).sum()
    }
}
