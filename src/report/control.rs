//! What the ledger says that documents come to, beside what the rows of a report come to: in = out, or there is no report.

use std::collections::BTreeMap;

use super::answer::NoAnswer;
use super::screen::amount;
use crate::domain::money::{Currency, Money};
use crate::pipeline::posted::PostedSums;

/// A line for each currency; `found` are the sums of the rows, which are of `what`.
///
/// # Errors
/// [`NoAnswer::Untied`] where a sum is not the ledger's.
pub fn control(
    sums: &BTreeMap<Currency, PostedSums>,
    found: &BTreeMap<Currency, Money>,
    what: &str,
) -> Result<Vec<String>, NoAnswer> {
    let mut lines = Vec::new();
    for (currency, sum) in sums {
        let (net, of_rows) = (sum.net()?, found.get(currency).copied().unwrap_or_default());
        let words = |money: Money| amount(&money.format(*currency));
        let counted = |number: u64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
        let line = format!(
            "control, {currency}: {} {}, {} {}: net {}; the {what} come to {}",
            counted(sum.invoices, "invoice"),
            words(sum.invoiced),
            counted(sum.credit_notes, "credit note"),
            words(sum.credited),
            words(net),
            words(of_rows),
        );
        if net != of_rows {
            return Err(NoAnswer::Untied(line));
        }
        lines.push(line);
    }
    Ok(lines)
}
