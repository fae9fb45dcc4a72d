//! Posted invoices, credit notes and payments → what accounting packages import: sales of Xero, Sage 50 and QuickBooks as
//! CSV, a double-entry journal. And what is due from customers on direct debit → the files by which it is collected.
//! Net and VAT of each document are split by account and VAT code so that they add up to the document, to the last penny.
//! Knows no ledger, writes no file, keeps nothing.

pub mod collections;
mod documents;
mod journal;
mod quickbooks;
mod sage50;
mod table;
mod totals;
mod xero;

use std::collections::BTreeSet;

use crate::domain::accounting::AccountingSettings;
use crate::domain::bill::{Bill, BillLine, LineKind};
use crate::domain::price_book::CallClass;

pub use documents::{Part, Sale, SaleError};
pub use journal::{Movement, MovementKind, journal};
pub use table::Table;
pub use totals::{Totals, TotalsOf};

/// Who imports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    /// Xero's sales invoices.
    Xero,
    /// Sage 50's audit trail transactions.
    Sage50,
    /// QuickBooks Online's invoices.
    QuickBooks,
    /// A double-entry journal for all others.
    Journal,
}

impl Package {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Xero, Self::Sage50, Self::QuickBooks, Self::Journal];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xero => "xero",
            Self::Sage50 => "sage50",
            Self::QuickBooks => "quickbooks",
            Self::Journal => "journal",
        }
    }

    /// Reads the name on the command line.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|package| package.name() == text)
    }
}

/// A customer as a package knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Its code or name there; empty for the account or the name of the document.
    pub reference: String,
    /// Mail address; may be empty.
    pub email: String,
}

/// The accounts and tax codes of a package, and what was asked for in vain.
pub struct Codes<'s> {
    settings: &'s AccountingSettings,
    package: Package,
    missing: BTreeSet<String>,
}

impl<'s> Codes<'s> {
    /// Those of a package.
    pub fn new(settings: &'s AccountingSettings, package: Package) -> Self {
        Self { settings, package, missing: BTreeSet::new() }
    }

    /// What the settings have no code for, as lines to be written there.
    pub fn missing(self) -> BTreeSet<String> {
        self.missing
    }

    /// The account of a line, and what it stands for.
    fn account_of(&mut self, line: &BillLine) -> (String, String) {
        let class = match line.kind {
            LineKind::Usage => CallClass::ALL.into_iter().find(|class| class.title() == line.description),
            _ => None,
        };
        let title = match class {
            Some(class) => class.title(),
            None if line.category.is_empty() => "Other charges",
            None => &line.category,
        };
        let settings = self.settings;
        let by_class = class.and_then(|class| settings.classes.get(class.name()));
        let code = by_class.or_else(|| settings.categories.get(&line.category)).or(settings.sales.as_ref());
        let code = code.cloned().unwrap_or_else(|| {
            self.missing.insert(match class {
                Some(class) => format!("[accounting.classes] {} = \"…\"", class.name()),
                None => format!("[accounting.categories] {:?} = \"…\"", line.category),
            });
            String::new()
        });
        (code, title.to_owned())
    }

    /// The package's tax code for a VAT code of the book; the journal has the book's own.
    fn tax_code(&mut self, vat_code: &str) -> String {
        let codes = match self.package {
            Package::Xero => &self.settings.tax_codes.xero,
            Package::Sage50 => &self.settings.tax_codes.sage50,
            Package::QuickBooks => &self.settings.tax_codes.quickbooks,
            Package::Journal => return vat_code.to_owned(),
        };
        codes.get(vat_code).cloned().unwrap_or_else(|| {
            self.missing.insert(format!("[accounting.tax_codes.{}] {vat_code:?} = \"…\"", self.package.name()));
            String::new()
        })
    }

    fn of_journal(&mut self, key: &str, code: &Option<String>) -> String {
        code.clone().unwrap_or_else(|| {
            self.missing.insert(format!("[accounting] {key} = \"…\""));
            String::new()
        })
    }
}

/// The documents as sales of a package.
///
/// # Errors
/// Documents that do not add up; all of them.
pub fn sales_of(documents: &[(Bill, Party)], codes: &mut Codes<'_>) -> Result<Vec<Sale>, Vec<SaleError>> {
    let mut wrong = Vec::new();
    let mut sales = Vec::with_capacity(documents.len());
    for (bill, party) in documents {
        match Sale::of(bill, party, codes) {
            Ok(sale) => sales.push(sale),
            Err(error) => wrong.push(error),
        }
    }
    if wrong.is_empty() { Ok(sales) } else { Err(wrong) }
}

/// The sales as the tables that a package imports, each with what its file's name has behind the one that is asked for.
pub fn tables(package: Package, sales: &[Sale]) -> Vec<(&'static str, Table)> {
    match package {
        Package::Xero => vec![("", xero::table(sales))],
        Package::Sage50 => vec![("", sage50::table(sales))],
        Package::QuickBooks => quickbooks::tables(sales),
        Package::Journal => Vec::new(),
    }
}

/// What a package cannot take of the sales, in words.
pub fn refusals(package: Package, sales: &[Sale]) -> Vec<String> {
    match package {
        Package::Sage50 => sage50::refusals(sales),
        Package::QuickBooks => quickbooks::refusals(sales),
        Package::Xero | Package::Journal => Vec::new(),
    }
}
