//! The forms as data: which sheets a kind has, their columns in order, and what a person is told about each. What a cell may
//! hold is the book's business ([`crate::book::schema`]).

mod charges;
mod classes;
mod clis;
mod customers;
mod payments;
mod products;
mod rates;

use crate::book::{ColumnSchema, FileSchema, find_schema};

pub use payments::PAYMENTS;

/// What can come in bulk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Customers, with their tariffs by category.
    Customers,
    /// Line identifiers.
    Clis,
    /// Products and their prices.
    Products,
    /// Charges of customers and their prices.
    Charges,
    /// The rates of a tariff.
    Tariff,
    /// Payments of customers.
    Payments,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Customers, Self::Clis, Self::Products, Self::Charges, Self::Tariff, Self::Payments];

    /// Its word in commands: `customers`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Clis => "clis",
            Self::Products => "products",
            Self::Charges => "charges",
            Self::Tariff => "tariff",
            Self::Payments => "payments",
        }
    }

    /// Its sheets; a CSV file is the first.
    pub fn sheets(self) -> &'static [FormSchema] {
        match self {
            Self::Customers => &customers::SHEETS,
            Self::Clis => &clis::SHEETS,
            Self::Products => &products::SHEETS,
            Self::Charges => &charges::SHEETS,
            Self::Tariff => &rates::SHEETS,
            Self::Payments => &payments::SHEETS,
        }
    }
}

/// One sheet of a form.
#[derive(Debug)]
pub struct FormSchema {
    /// The name of the sheet: `Customers`.
    pub sheet: &'static str,
    /// The file of the book that its rows go to; `payments` go to the ledger.
    pub table: &'static str,
    /// What it is for, in a sentence or two, for the page "Read me".
    pub about: &'static str,
    /// Its columns, in order.
    pub columns: &'static [FormColumn],
}

impl FormSchema {
    /// What it is a form of.
    pub fn kind(&self) -> Kind {
        let has_it = |kind: &Kind| kind.sheets().iter().any(|sheet| sheet.table == self.table);
        Kind::ALL.into_iter().find(has_it).expect("every form is of a kind")
    }

    /// What its cells may hold and what identifies a row.
    pub fn file(&self) -> &'static FileSchema {
        match self.table {
            "payments" => &PAYMENTS,
            table => find_schema(table).expect("forms name files of the book"),
        }
    }
}

/// One column of a form.
#[derive(Debug)]
pub struct FormColumn {
    /// What its header says: `Customer Name`.
    pub header: &'static str,
    /// The column of the book's file: `name`.
    pub column: &'static str,
    /// A new row has a value.
    pub required: bool,
    /// It stands in the second block: the engine's own columns, which most people leave blank (K1).
    pub engine: bool,
    /// How its texts are looked at beyond what the book asks.
    pub nature: Nature,
    /// What a person should know, in addition to what its kind of cell says by itself; may be empty.
    pub note: &'static str,
    /// What the example row says; if empty, the first choice where there are choices.
    pub example: &'static str,
}

impl FormColumn {
    /// What the book's column may hold.
    pub fn schema(&self, file: &'static FileSchema) -> &'static ColumnSchema {
        &file.columns[file.position(self.column).expect("forms name columns of the book")]
    }

    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn engine(self) -> Self {
        Self { engine: true, ..self }
    }

    const fn like(self, nature: Nature) -> Self {
        Self { nature, ..self }
    }
}

/// A column of which nothing more is to be said.
const fn column(header: &'static str, column: &'static str, note: &'static str, example: &'static str) -> FormColumn {
    FormColumn { header, column, required: false, engine: false, nature: Nature::Plain, note, example }
}

/// How texts of a column are looked at beyond what the book asks: what is repaired, what is warned about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Not at all.
    Plain,
    /// The number of an account, or the reference of a customer where it names exactly one.
    Account,
    /// The name of a person or a firm.
    Name,
    /// A number to call: one that lost its zero is repaired.
    Telephone,
    /// A postcode of the row's country.
    Postcode,
    /// A country.
    Country,
    /// E-mail addresses.
    Email,
    /// A VAT number, with check digits.
    VatNumber,
    /// The number of a registered company.
    CompanyNumber,
}

/// What ends the first cell of a row that only shows how to fill in the others.
pub const EXAMPLE_MARK: &str = "(example, ignored)";
/// What a cell says to empty what is there; a blank one leaves it (K3).
pub const CLEAR_WORD: &str = "(clear)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_one_of_the_book_and_comes_once() {
        for kind in Kind::ALL {
            for form in kind.sheets() {
                let mut seen = std::collections::BTreeSet::new();
                for column in form.columns {
                    assert_eq!(column.schema(form.file()).name, column.column, "{} {}", form.sheet, column.header);
                    assert!(seen.insert(column.column), "{} has {} twice", form.sheet, column.column);
                    assert!(seen.insert(column.header) || column.header == column.column, "{}", column.header);
                }
            }
        }
    }

    /// A column that the book needs and no form has could never be filled in.
    #[test]
    fn forms_have_all_that_the_book_needs() {
        for form in Kind::ALL.iter().flat_map(|kind| kind.sheets()) {
            let needed = form.file().columns.iter().filter(|column| column.required);
            for column in needed {
                let is_there = form.columns.iter().any(|known| known.column == column.name);
                let is_named_by_command = form.table == "rates" && column.name == "tariff";
                assert!(is_there || is_named_by_command, "{} lacks {}", form.sheet, column.name);
            }
        }
    }
}
