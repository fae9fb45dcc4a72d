//! Stored values back into the domain's types. A value that does not read is damage, not input.

use rusqlite::types::Type;
use rusqlite::{Error, Row};

use crate::domain::money::{Decimal, Money, Sum};
use crate::domain::time::Date;

use super::LedgerError;

/// A text column through the `parse` of its type: a date, a currency, the name of a kind.
pub(super) fn named<T>(row: &Row<'_>, column: &str, parse: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| unreadable(column, &text))
}

/// The same for a column that may be NULL.
pub(super) fn optional<T>(row: &Row<'_>, column: &str, parse: fn(&str) -> Option<T>) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| parse(&text).ok_or_else(|| unreadable(column, &text))).transpose()
}

/// A date.
pub(super) fn date(row: &Row<'_>, column: &str) -> rusqlite::Result<Date> {
    named(row, column, Date::parse)
}

/// An amount in minor units.
pub(super) fn money(row: &Row<'_>, column: &str) -> rusqlite::Result<Money> {
    Ok(Money::from_minor(row.get(column)?))
}

/// A scaled amount.
pub(super) fn decimal<const SCALE: u32>(row: &Row<'_>, column: &str) -> rusqlite::Result<Decimal<SCALE>> {
    Ok(Decimal::from_scaled(row.get(column)?))
}

/// A wide sum, kept as the text of an integer.
pub(super) fn sum<const SCALE: u32>(row: &Row<'_>, column: &str) -> rusqlite::Result<Sum<SCALE>> {
    named(row, column, |text| text.parse().ok()).map(Sum::from_wide)
}

/// A count.
pub(super) fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    let stored: i64 = row.get(column)?;
    u64::try_from(stored).map_err(|_| unreadable(column, &stored.to_string()))
}

/// A count on its way into an INTEGER column.
pub(super) fn stored(count: u64) -> Result<i64, LedgerError> {
    i64::try_from(count).map_err(|_| {
        LedgerError::refused("store a count", format!("{count} is beyond what the ledger holds"), "check the input")
    })
}

fn unreadable(column: &str, text: &str) -> Error {
    Error::FromSqlConversionFailure(0, Type::Text, format!("{column} holds {text:?}").into())
}
