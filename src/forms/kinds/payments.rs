//! The form of payments, which go to the ledger and not into the book (L2). Data only.

use super::{FormSchema, Nature, column};
use crate::book::schema::Range;
use crate::book::{CellKind, ColumnSchema, FileSchema};

pub(super) static SHEETS: [FormSchema; 1] = [FormSchema {
    sheet: "Payments",
    table: "payments",
    about: "One row for each payment that came in. It pays the invoice that it names, else the oldest.",
    columns: &[
        column("Account", "account", "The customer's account number, or its reference.", "")
            .required()
            .like(Nature::Account),
        column("Date", "date", "The day on which it came in.", "2026-01-31").required(),
        column("Amount", "amount", "In the currency of the account.", "120.00").required(),
        column("Reference", "reference", "Names the payment among those of the account.", "BACS-0001").required(),
        column("Method", "method", "", "bank transfer"),
        column("Invoice", "invoice", "The number of the invoice to pay first.", ""),
        column("Currency", "currency", "Only to be sure: that of the account.", ""),
        column("Note", "note", "", ""),
    ],
}];

const fn cell(name: &'static str, required: bool, kind: CellKind) -> ColumnSchema {
    ColumnSchema { name, required, kind, blank_means: "" }
}

/// What the cells of a payment may hold.
pub static PAYMENTS: FileSchema = FileSchema {
    name: "payments",
    columns: &[
        cell("account", true, CellKind::NameOf("customers")),
        cell("date", true, CellKind::Date),
        cell("amount", true, CellKind::Decimal(3, Range::Positive)),
        cell("reference", true, CellKind::Code),
        cell("method", false, CellKind::Code),
        cell("invoice", false, CellKind::Code),
        cell("currency", false, CellKind::Currency),
        cell("note", false, CellKind::Text),
    ],
    key: &["account", "reference"],
    free_columns: false,
};
