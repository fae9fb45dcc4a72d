//! The next numbers of invoices and of credit notes (B11): gap-free within each series. Planning uses none up; the
//! transaction that posts a document takes its number.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::domain::numbering::Series;

use super::{Ledger, LedgerError};

/// Documents that are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbered {
    Invoices,
    CreditNotes,
}

/// A place in a series.
pub(super) struct Place {
    pub series: String,
    pub sequence: i64,
    pub number: String,
}

impl Ledger {
    /// The numbers that invoices of these series get, in this order.
    pub fn plan_numbers(&self, series: &[Series]) -> Result<Vec<String>, LedgerError> {
        let planned = plan(&self.connection, Numbered::Invoices, series.iter())?;
        Ok(planned.into_iter().map(|place| place.number).collect())
    }

    /// The numbers that credit notes of these series get, in this order.
    pub fn plan_credit_numbers(&self, series: &[Series]) -> Result<Vec<String>, LedgerError> {
        let planned = plan(&self.connection, Numbered::CreditNotes, series.iter())?;
        Ok(planned.into_iter().map(|place| place.number).collect())
    }
}

/// The next places, one for each. Organisations with the same prefix share its series, so that no number can come twice.
pub(super) fn plan<'s>(
    connection: &Connection,
    what: Numbered,
    series: impl Iterator<Item = &'s Series>,
) -> Result<Vec<Place>, LedgerError> {
    let mut last_by_series: BTreeMap<&str, i64> = BTreeMap::new();
    let mut query = connection.prepare_cached(match what {
        Numbered::Invoices => "SELECT coalesce(max(sequence), 0) FROM invoices WHERE series = ?1",
        Numbered::CreditNotes => "SELECT coalesce(max(sequence), 0) FROM credit_notes WHERE series = ?1",
    })?;
    let mut places = Vec::new();
    for one in series {
        let last = match last_by_series.get(one.prefix.as_str()) {
            Some(last) => *last,
            None => query.query_row([&one.prefix], |row| row.get(0))?,
        };
        let sequence = last + 1;
        last_by_series.insert(&one.prefix, sequence);
        places.push(Place { number: one.number(sequence), series: one.prefix.clone(), sequence });
    }
    Ok(places)
}
