//! The service lines that are only compared, and the book → what agrees between suppliers and charges (P8). Matches and
//! hands on; [`crate::billing::reconciliation`] compares.

use super::Engine;
use crate::billing::BillingError;
use crate::billing::reconciliation::{Compared, Comparison, compare};
use crate::domain::book::SupplierId;
use crate::domain::charge::ServiceSetAside;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;

/// Which lines are compared, and how.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// This supplier's; of all if none.
    pub supplier: Option<SupplierId>,
    /// Those of this import; of all if none.
    pub import: Option<i64>,
    /// How many months a rental line is for.
    pub months: u32,
    /// Also charges for products that no line is of.
    pub all_products: bool,
}

/// What was compared, and what could not be.
pub struct Reconciliation {
    /// How many lines there are: those compared and those set aside.
    pub lines: u64,
    /// By account, identifier and product.
    pub compared: Vec<Compared>,
    /// Lines of no customer or product: the import and why.
    pub aside: Vec<(i64, ServiceSetAside)>,
}

/// Compares what waits to be compared.
pub fn reconcile(engine: &Engine, ledger: &Ledger, wanted: &Wanted) -> Result<Reconciliation> {
    let mut found = Reconciliation { lines: 0, compared: Vec::new(), aside: Vec::new() };
    let mut matched = Vec::new();
    for unmatched in ledger.compared_services()? {
        let supplier = engine.supplier_of(unmatched.import, &unmatched.supplier)?;
        let is_wanted = wanted.supplier.is_none_or(|wanted| wanted == supplier)
            && wanted.import.is_none_or(|import| import == unmatched.import);
        if !is_wanted {
            continue;
        }
        found.lines += 1;
        match engine.matcher.match_service(supplier, unmatched.import, unmatched.line) {
            Ok(service) => matched.push(service),
            Err(aside) => found.aside.push((unmatched.import, *aside)),
        }
    }
    let comparison = Comparison { book: engine.book, months: wanted.months, all_products: wanted.all_products };
    found.compared = compare(comparison, &matched).map_err(|overflow| {
        Error::new(ErrorKind::Refused, BillingError::from(overflow).to_string(), "correct it in the book")
    })?;
    Ok(found)
}
