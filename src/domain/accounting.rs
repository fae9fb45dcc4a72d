//! Which accounts and tax codes of an accounting package stand for what an invoice charges: the section `[accounting]` of
//! the settings.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::price_book::CallClass;

/// Accounts by their codes in the package. Where a code is missing, what needs it is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountingSettings {
    /// What customers owe; in the journal.
    pub receivables: Option<String>,
    /// Where payments come in; in the journal.
    pub bank: Option<String>,
    /// VAT on sales; in the journal.
    pub vat: Option<String>,
    /// Debts that were given up; in the journal.
    pub write_offs: Option<String>,
    /// Sales that no category and no class has an account for.
    pub sales: Option<String>,
    /// Sales by the category of their lines.
    pub categories: BTreeMap<String, String>,
    /// Sales by the class of usage, as in files.
    pub classes: BTreeMap<String, String>,
    /// Tax codes of the packages.
    pub tax_codes: TaxCodes,
}

/// Tax codes of each package by VAT codes of the book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TaxCodes {
    /// Names of tax rates, as Xero shows them.
    pub xero: BTreeMap<String, String>,
    /// `T0` to `T99`.
    pub sage50: BTreeMap<String, String>,
    /// Names of VAT codes, as QuickBooks shows them.
    pub quickbooks: BTreeMap<String, String>,
}

impl AccountingSettings {
    /// The first thing that cannot be, in words.
    pub fn mistake(&self) -> Option<String> {
        if let Some(class) = self.classes.keys().find(|class| CallClass::parse(class).is_none()) {
            let known: Vec<&str> = CallClass::ALL.into_iter().map(CallClass::name).collect();
            return Some(format!(
                "accounting.classes names {class:?}, which is no class; there are {}",
                known.join(", ")
            ));
        }
        let single = [
            ("receivables", &self.receivables),
            ("bank", &self.bank),
            ("vat", &self.vat),
            ("write_offs", &self.write_offs),
            ("sales", &self.sales),
        ];
        let blank = |code: &str| code.trim().is_empty();
        if let Some((key, _)) = single.iter().find(|(_, code)| code.as_deref().is_some_and(blank)) {
            return Some(format!("accounting.{key} is blank; write the code of an account, or leave the line out"));
        }
        let tables =
            [&self.categories, &self.classes, &self.tax_codes.xero, &self.tax_codes.sage50, &self.tax_codes.quickbooks];
        let empty = tables.into_iter().flatten().find(|(_, code)| blank(code));
        empty.map(|(key, _)| format!("the code for {key:?} in the section accounting is blank"))
    }
}
