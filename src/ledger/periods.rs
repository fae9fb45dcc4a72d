//! Periods of charges that are billed or given back, each day once (P5, P6), on their way into the ledger.

use rusqlite::params;

use crate::domain::charge::BilledPeriod;

use super::{Change, LedgerError};

/// What charges a period or gives it back, by its number.
#[derive(Clone, Copy)]
pub(super) enum On<'a> {
    Invoice(&'a str),
    CreditNote(&'a str),
}

/// What the schema says to a period that is billed twice, or given back without being billed.
const BILLED_ONCE: &str = "a day of a charge is billed once";

impl Change<'_> {
    /// Keeps a period of an account; `what` is what a refusal says was tried.
    pub(super) fn write_period(
        &self,
        what: &dyn Fn() -> String,
        account: &str,
        on: On<'_>,
        period: &BilledPeriod,
    ) -> Result<(), LedgerError> {
        let kind = if period.is_credit { "credit" } else { "charge" };
        let (invoice, credit_note) = match on {
            On::Invoice(number) => (Some(number), None),
            On::CreditNote(number) => (None, Some(number)),
        };
        let inserted = self
            .prepare_cached(
                "INSERT INTO charge_periods (account, charge, kind, period_from, period_to, price_e8, quantity_e4,
                   amount_minor, invoice, credit_note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                account,
                period.charge,
                kind,
                period.from.to_string(),
                period.to.to_string(),
                period.price.scaled(),
                period.quantity.scaled(),
                period.amount.minor(),
                invoice,
                credit_note,
            ]);
        match inserted {
            Ok(_) => Ok(()),
            Err(error) if error.to_string().contains(BILLED_ONCE) => {
                let BilledPeriod { charge, from, to, .. } = period;
                let why = match period.is_credit {
                    true => format!("{charge} of {account} is not billed for all days from {from} to {to} (P5)"),
                    false => format!("{charge} of {account} was billed before for days from {from} to {to} (P6)"),
                };
                Err(LedgerError::refused(what(), why, "make it again and look at it"))
            }
            Err(error) => Err(error.into()),
        }
    }
}
