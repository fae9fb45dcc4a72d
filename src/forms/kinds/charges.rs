//! The form of charges: what a customer is charged once or again and again, and prices from later days. Data only.

use super::{FormColumn, FormSchema, Nature, column};

pub(super) static SHEETS: [FormSchema; 2] = [
    FormSchema {
        sheet: "Charges",
        table: "charges",
        about: "One row for each charge of a customer: a rental, a fee.",
        columns: CHARGES,
    },
    FormSchema {
        sheet: "Prices",
        table: "charge_prices",
        about: "Other prices of a charge from a day on.",
        columns: PRICES,
    },
];

const CHARGES: &[FormColumn] = &[
    column("Account", "account", "The customer's account number, or its reference.", "")
        .required()
        .like(Nature::Account),
    column("Charge", "charge", "Names the charge among those of the customer, for ever.", "1").required(),
    column(
        "Product",
        "product",
        "What is charged; its price, interval and VAT code hold unless the row has its own.",
        "",
    ),
    column("Description", "description", "Stands on invoices. Blank: the product's name.", "Line rental"),
    column("Details", "details", "", ""),
    column("CLI", "cli", "The line that it is for.", "").like(Nature::Telephone),
    column("Cost Centre", "cost_centre", "One of the customer's cost centres.", ""),
    column("Type", "type", "", ""),
    column("Interval", "interval", "How often it recurs.", "monthly"),
    column("Timing", "timing", "", ""),
    column("Align", "align", "Where its periods begin.", ""),
    column("Quantity", "quantity", "Blank: 1.", "1"),
    column("Price", "price", "For one, for one interval.", "12.50"),
    column("Cost", "cost", "What one costs you.", ""),
    column("VAT Code", "vat_code", "", ""),
    column("From", "from", "The first day that is charged.", "2026-01-01").required(),
    column("To", "to", "The last day. Blank: without end.", ""),
    column("Minimum Term", "minimum_term", "The day until which it is charged in any case.", "").engine(),
    column("Category", "category", "Blank: the product's.", "").engine(),
    column("Hide Period", "hide_period", "y: the invoice does not say for which days.", "").engine(),
];

const PRICES: &[FormColumn] = &[
    column("Account", "account", "The customer's account number, or its reference.", "")
        .required()
        .like(Nature::Account),
    column("Charge", "charge", "", "1").required(),
    column("From", "from", "The first day of this price.", "2027-01-01").required(),
    column("Price", "price", "", "13.00").required(),
];
