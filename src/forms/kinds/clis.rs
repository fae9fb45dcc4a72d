//! The form of CLIs: line identifiers and whose they are. Data only.

use super::classes::with_classes;
use super::{FormColumn, FormSchema, Nature, column};

pub(super) static SHEETS: [FormSchema; 1] = [FormSchema {
    sheet: "CLIs",
    table: "clis",
    about: "One row for each line identifier: a telephone number, a SIP trunk, a circuit. A CLI belongs to one customer at a \
            time; who moves gets a row that ends and a row that begins (`tollbook cli move` writes both).",
    columns: COLUMNS,
}];

const COLUMNS: &[FormColumn] = with_classes!(
    [
        column("CLI", "cli", "The number or name by which usage files know the line.", "020 7946 0018")
            .required()
            .like(Nature::Telephone),
        column("Account", "account", "The customer's account number, or its reference.", "")
            .required()
            .like(Nature::Account),
        column("Cost Centre", "cost_centre", "One of the customer's cost centres.", ""),
        column("Description", "description", "Stands on invoices.", "Front desk"),
        column("Type", "type", "As sip, wlr, mobile, data.", "sip"),
        column("Extension", "extension", "Where several lines share one number.", ""),
        column("Alternates", "alternates", "Other identifiers of the same line, separated by semicolons.", ""),
        column("From", "from", "The first day on which it is the customer's. Blank: since ever.", "2026-01-01"),
        column("To", "to", "The last day. Blank: without end.", ""),
        column("Exclude Usage", "exclude_usage", "y: its usage is not billed.", ""),
        column("Exclude Services", "exclude_services", "y: its lines of service files are not billed.", ""),
        column("Spending Cap", "spending_cap", "What its calls of a period may cost at most.", "").engine(),
        column("Usage Limit", "usage_limit", "Above this an alert is raised.", "").engine(),
    ],
    []
);
