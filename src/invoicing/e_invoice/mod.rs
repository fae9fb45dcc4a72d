//! A [`Bill`](crate::domain::bill::Bill) → a structured invoice by EN 16931, in two syntaxes: UBL 2.1 as Peppol BIS
//! Billing 3 wants it, and UN/CEFACT CII as Factur-X puts it into a PDF. What the standard asks for and the book does not
//! say is listed as findings; then there is no e-invoice. Changes no amount.

mod addresses;
mod categories;
mod cii;
mod finding;
mod from_bill;
mod lines;
mod model;
mod parties;
mod payment;
mod ubl;
mod xml;

pub use finding::Finding;
pub use model::EInvoice;

use crate::domain::bill::Bill;

/// The file name that Factur-X prescribes for what a PDF carries.
pub const FACTUR_X_NAME: &str = "factur-x.xml";

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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::invoicing::samples;

    /// Set to a folder, `TOLLBOOK_SAMPLE_INVOICES` keeps the samples there for looking at.
    #[test]
    fn every_kind_of_bill_becomes_an_e_invoice() {
        let keep = std::env::var_os("TOLLBOOK_SAMPLE_INVOICES").map(PathBuf::from);
        for (name, bill) in [
            ("short", samples::short()),
            ("long", samples::long()),
            ("credit", samples::credit()),
            ("credit-note", samples::credit_note()),
            ("empty", samples::empty()),
            ("wordy", samples::wordy()),
        ] {
            let mut bill = bill;
            bill.customer.endpoint = "0088:9520000000004".into();
            let made = [("ubl", ubl(&bill)), ("cii", cii(&bill))];
            for (syntax, bytes) in made {
                match bytes {
                    Ok(bytes) => {
                        if let Some(folder) = &keep {
                            std::fs::write(folder.join(format!("{name}.{syntax}.xml")), bytes).expect("a folder");
                        }
                    }
                    Err(findings) => panic!("{name} {syntax}: {findings:#?}"),
                }
            }
        }
    }
}
