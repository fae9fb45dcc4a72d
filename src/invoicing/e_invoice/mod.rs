//! A [`Bill`] → a structured invoice by EN 16931, in two syntaxes: UBL 2.1 as Peppol BIS
//! Billing 3 wants it, and UN/CEFACT CII as Factur-X puts it into a PDF. What the standard asks for and the book does not
//! say is listed as findings; then there is no e-invoice. Changes no amount.

mod addresses;
mod categories;
mod cii;
mod finding;
mod from_bill;
pub mod hybrid;
mod lines;
mod model;
mod parties;
mod payment;
#[cfg(test)]
mod tests;
mod ubl;
mod xml;

pub use finding::Finding;
pub use model::EInvoice;

use crate::domain::bill::Bill;

/// How an e-invoice is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// UBL 2.1, Peppol BIS Billing 3.
    Ubl,
    /// UN/CEFACT CII, Factur-X in the profile EN 16931.
    Cii,
}

impl Syntax {
    /// What the name of its files ends with, after the number of the document.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Ubl => "xml",
            Self::Cii => "cii.xml",
        }
    }

    /// The invoice or credit note in this syntax.
    ///
    /// # Errors
    /// All that the standard asks for and the bill does not have.
    pub fn render(self, bill: &Bill) -> Result<Vec<u8>, Vec<Finding>> {
        match self {
            Self::Ubl => ubl(bill),
            Self::Cii => cii(bill),
        }
    }
}

/// The invoice or credit note as UBL 2.1 (Peppol BIS Billing 3).
///
/// # Errors
/// All that the standard asks for and the bill does not have.
pub fn ubl(bill: &Bill) -> Result<Vec<u8>, Vec<Finding>> {
    let mut findings = Vec::new();
    let invoice = EInvoice::of(bill).map_err(|missing| findings.extend(missing)).ok();
    findings.extend(addresses::peppol_findings(bill));
    match invoice {
        Some(invoice) if findings.is_empty() => Ok(ubl::render(&invoice)),
        _ => Err(findings),
    }
}

/// The invoice or credit note as UN/CEFACT CII (Factur-X, profile EN 16931).
///
/// # Errors
/// All that the standard asks for and the bill does not have.
pub fn cii(bill: &Bill) -> Result<Vec<u8>, Vec<Finding>> {
    EInvoice::of(bill).map(|invoice| cii::render(&invoice))
}
