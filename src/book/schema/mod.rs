//! What a book folder consists of, as data: files, their columns, what a cell of each may hold, what identifies a row.
//! The files themselves are listed in `files`; reading a cell is the business of `cells`.

mod customers;
mod files;

pub use customers::{MARKUP_COLUMNS, TARIFF_COLUMNS};
pub use files::schemas;

/// A file of the book.
#[derive(Debug, PartialEq, Eq)]
pub struct FileSchema {
    /// Its name without `.csv`: `customers`.
    pub name: &'static str,
    /// Its columns, in the documented order.
    pub columns: &'static [ColumnSchema],
    /// The columns that identify a row: no two rows agree in all of them.
    pub key: &'static [&'static str],
    /// Takes further columns named `x_…`, kept and never interpreted (K9).
    pub free_columns: bool,
}

/// A column of a file of the book.
#[derive(Debug, PartialEq, Eq)]
pub struct ColumnSchema {
    /// Its name.
    pub name: &'static str,
    /// Every row has a value.
    pub required: bool,
    /// What a cell may hold.
    pub kind: CellKind,
    /// The value that a blank cell means in a key; empty for none.
    pub blank_means: &'static str,
}

/// What a cell may hold. A blank cell is "not set" whatever its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Words for people; line breaks allowed, other control characters not.
    Text,
    /// The name of a row, on one line.
    Code,
    /// The name of a row of another file.
    NameOf(&'static str),
    /// A supplier's charge band: at most 50 characters (C1).
    Band,
    /// Names, separated by `;`.
    Codes,
    /// A free word, compared in small letters.
    SmallLetters,
    /// One of some words.
    Word(&'static [&'static str]),
    /// One of some words; others are refused for a reason of their own: (word, reason, what to do).
    WordRefusing(&'static [&'static str], &'static [(&'static str, &'static str, &'static str)]),
    /// `y` or `n`.
    Flag,
    /// A decimal number with at most so many places.
    Decimal(u32, Range),
    /// A whole number.
    Integer(i64, i64),
    /// −100 to +10,000 with at most 4 places (R4).
    Markup,
    /// `YYYY-MM-DD`.
    Date,
    /// `HH:MM`, also `24:00`.
    Clock,
    /// What a usage or service line carries to say whose it is; normalised (M1).
    Identifier,
    /// Identifiers, separated by `;`.
    Identifiers,
    /// The start of a number, normalised (M1).
    Prefix,
    /// A currency code.
    Currency,
    /// `#rrggbb`.
    Colour,
    /// E-mail addresses, separated by commas.
    Emails,
    /// `monthly`, `quarterly` or months, 1–12, separated by `;` (B1).
    GroupMonths,
    /// How often a charge recurs (P1).
    Interval,
    /// Where the periods of a charge begin: `calendar:DAY` or `anniversary` (P3).
    Alignment,
    /// Days of the week and `Hol`: `Mon-Fri`, `Sat,Sun` (R8).
    Days,
    /// What a rate row is for (R2).
    RateMatch,
    /// Stepped rates (R10).
    Steps,
    /// A rounding mode and decimals: `half_up:2` (R11).
    RoundingTo,
    /// What usage an allowance is for (A2).
    Qualifies,
    /// What part of a customer an allowance is for (A2).
    Scope,
}

/// Between what a decimal number must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Anywhere.
    Any,
    /// At 0 or above.
    NotNegative,
    /// Above 0.
    Positive,
    /// Between two whole numbers, both included.
    Between(i64, i64),
}

impl FileSchema {
    /// The file's name with its ending.
    pub fn file_name(&self) -> String {
        format!("{}.csv", self.name)
    }

    /// Where a column stands.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// Where the columns of the key stand.
    pub fn key_positions(&self) -> Vec<usize> {
        self.key.iter().map(|column| self.position(column).expect("a key names columns of its file")).collect()
    }
}

/// The schema of a file by its name without ending.
pub fn find_schema(name: &str) -> Option<&'static FileSchema> {
    schemas().iter().find(|schema| schema.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::customer::Status;
    use crate::domain::money::Rounding;
    use crate::domain::price_book::{CallClass, VatKind};
    use crate::domain::usage::Kind;

    #[test]
    fn keys_name_columns_and_no_column_comes_twice() {
        for schema in schemas() {
            assert_eq!(schema.key_positions().len(), schema.key.len());
            for (position, column) in schema.columns.iter().enumerate() {
                assert_eq!(schema.position(column.name), Some(position), "{} {}", schema.name, column.name);
                if let CellKind::NameOf(other) = column.kind {
                    assert!(find_schema(other).is_some(), "{} {} names {other}", schema.name, column.name);
                }
            }
        }
    }

    #[test]
    fn every_word_of_the_schema_is_known_to_the_domain() {
        let words = |file: &str, column: &str| {
            let schema = find_schema(file).expect(file);
            match schema.columns[schema.position(column).expect(column)].kind {
                CellKind::Word(words) | CellKind::WordRefusing(words, _) => words,
                other => panic!("{file} {column} is {other:?}"),
            }
        };
        assert_eq!(words("customers", "status"), Status::ALL.map(Status::name));
        assert_eq!(words("call_types", "class"), CallClass::ALL.map(CallClass::name));
        assert_eq!(words("call_types", "kind"), Kind::ALL.map(Kind::name));
        assert_eq!(words("vat_codes", "kind"), VatKind::ALL.map(VatKind::name));
        assert!(words("tariffs", "rounding").iter().all(|word| Rounding::parse(word).is_some()));
        assert_eq!(TARIFF_COLUMNS, CallClass::ALL.map(|class| format!("tariff_{}", class.name())));
        assert_eq!(MARKUP_COLUMNS, CallClass::ALL.map(|class| format!("markup_{}", class.name())));
    }
}
