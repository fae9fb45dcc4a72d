//! Rows of a form → the same with one cell of some of them made wrong, of several sorts in turn, spread evenly.

use super::FormSize;
use crate::book::find_schema;
use crate::forms::{Field, Target};

/// The column and what is written there; each is refused by itself, and nothing else is because of it.
const SORTS: [(&str, &str); 10] = [
    ("tariff_national", "cals-01"),
    ("organisation", "nroth"),
    ("credit_limit", "a lot"),
    ("contract_start", "31 February 2026"),
    ("itemisation", "pfd"),
    ("name", ""),
    ("payment_terms", "2.5"),
    ("email", "office at example"),
    ("vat_code", "STD"),
    ("grace_days", "-3"),
];

/// Plants them.
pub(super) struct Mistakes {
    rows: u64,
    wanted: u64,
    row: u64,
    planted: usize,
}

impl Mistakes {
    pub fn new(size: &FormSize) -> Self {
        Self { rows: u64::from(size.customers), wanted: u64::from(size.mistakes), row: 0, planted: 0 }
    }

    /// Makes a cell of the next row wrong, if one of it is to be.
    pub fn plant(&mut self, fields: &[Field], row: &mut [String]) {
        let before = self.row * self.wanted / self.rows;
        self.row += 1;
        if self.row * self.wanted / self.rows == before {
            return;
        }
        let (column, cell) = SORTS[self.planted % SORTS.len()];
        self.planted += 1;
        let place = find_schema("customers").and_then(|schema| schema.position(column)).expect("a column of the book");
        let field =
            fields.iter().position(|field| field.target == Target::Column(place)).expect("a column of the form");
        cell.clone_into(&mut row[field]);
    }
}
