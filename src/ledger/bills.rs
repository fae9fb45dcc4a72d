//! Bills into the ledger's JSON and back, and whether one adds up. Computes no bill.

use rusqlite::Row;

use crate::domain::bill::{Amount, Bill};
use crate::domain::money::Money;
use crate::domain::price_book::VatKind;

use super::LedgerError;
use super::columns::named;

/// The bill as the ledger keeps it; reading gives back the same.
pub(super) fn write_bill(bill: &Bill) -> Result<String, LedgerError> {
    serde_json::to_string(bill).map_err(|error| {
        let what = format!("keep the bill of {}", bill.customer.account);
        LedgerError::refused(what, error.to_string(), "this is a fault of the program")
    })
}

/// The bill in the column `bill_json`.
pub(super) fn read_bill(row: &Row<'_>) -> rusqlite::Result<Bill> {
    named(row, "bill_json", parse_bill)
}

/// The inverse of [`write_bill`]; none for what it never writes.
pub(super) fn parse_bill(text: &str) -> Option<Bill> {
    serde_json::from_str(text).ok()
}

/// The first of its sums in which a bill does not add up, in words.
pub(super) fn bill_difference(bill: &Bill) -> Option<String> {
    let totals = &bill.totals;
    let lines = Money::total(bill.lines.iter().map(|line| line.amount.money));
    // Of a reverse charge the customer accounts for the VAT; it is shown, not charged (V2).
    let charged = bill.vat.iter().filter(|vat| vat.kind != VatKind::ReverseCharge).map(|vat| vat.vat.money);
    let sums = [
        ("net is the sum of the lines", lines, totals.net),
        ("net is usage and charges", totals.usage.money.plus(totals.charges.money), totals.net),
        ("VAT is the sum of its codes", Money::total(charged), totals.vat),
        ("gross is net and VAT", totals.net.money.plus(totals.vat.money), totals.gross),
        ("this bill is gross", Ok(bill.balance.this_bill.money), totals.gross),
        ("now owed is before and this bill", bill.balance.previous.money.plus(totals.gross.money), bill.balance.now),
    ];
    let wrong = sums.into_iter().find(|(_, sum, stated)| *sum != Ok(stated.money))?;
    let (rule, sum, stated) = wrong;
    Some(match sum {
        Ok(sum) => format!("{rule}: {} is stated, {} it should be", stated, Amount::new(sum, bill.currency)),
        Err(overflow) => format!("{rule}: {overflow}"),
    })
}
