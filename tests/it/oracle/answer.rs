//! What is said of one record, by the oracle or by the product, in the words of the book: what the two are compared by.

use super::rows::Row;

/// Why a record was set aside (M9), and the line that it was matched to by then.
#[derive(Clone, Copy)]
pub struct Aside<'b> {
    pub disposition: &'static str,
    pub reason: &'static str,
    pub line: Option<Row<'b>>,
}

impl<'b> Aside<'b> {
    pub fn suspense(reason: &'static str, line: Option<Row<'b>>) -> Self {
        Self { disposition: "suspense", reason, line }
    }

    pub fn excluded(reason: &'static str, line: Option<Row<'b>>) -> Self {
        Self { disposition: "excluded", reason, line }
    }
}

/// Everything that R13 keeps. Amounts are counts of their last decimal place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub disposition: String,
    pub reason: String,
    /// Identifier, extension and first day.
    pub line: Option<(String, String, String)>,
    pub account: String,
    pub call_type: String,
    pub classified_by: String,
    /// Of rated records only.
    pub price: Option<Priced>,
}

/// The price of a record and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Priced {
    /// 8 decimals, in the workspace's currency.
    pub cost: i64,
    pub expected_cost: Option<i64>,
    /// 6 decimals.
    pub sell: i64,
    /// 8 decimals.
    pub connection: i64,
    pub usage: i64,
    pub access: i64,
    pub surcharges: i64,
    pub billable_units: u64,
    pub band: String,
    pub tariff: String,
    /// Of which tariff and which row of it.
    pub rate_row: Option<(String, String)>,
    pub path: String,
    pub unanswered: bool,
}
