//! The form of products: what can be charged, and its prices by tariff or customer. Data only.

use super::{FormColumn, FormSchema, Nature, column};

pub(super) static SHEETS: [FormSchema; 2] = [
    FormSchema {
        sheet: "Products",
        table: "products",
        about: "One row for each thing that is charged: a line rental, a connection, a licence.",
        columns: PRODUCTS,
    },
    FormSchema {
        sheet: "Prices",
        table: "product_prices",
        about: "Prices from a day on, for a tariff, for one customer, or, with neither, for everybody.",
        columns: PRICES,
    },
];

const PRODUCTS: &[FormColumn] = &[
    column("Product", "product", "Its code.", "LINE").required(),
    column("Name", "name", "Stands on invoices.", "Line rental").required(),
    column("Category", "category", "Products of a category share the customer's tariff of it.", "Lines").required(),
    column("Type", "type", "", ""),
    column("Interval", "interval", "How often it recurs.", "monthly"),
    column("Price", "price", "For whom no other price is stated.", "12.50"),
    column("Cost", "cost", "What it costs you.", "7.80"),
    column("VAT Code", "vat_code", "", ""),
    column("Service Codes", "service_codes", "What suppliers' service files call it, separated by semicolons.", "")
        .engine(),
    column("Service Code Kind", "service_code_kind", "How service codes are compared.", "").engine(),
    column("Aggregate", "aggregate", "y: lines of service files are summed in one line.", "").engine(),
    column("Skip", "skip", "When a line of a service file is left out.", "").engine(),
    column("Use File Price", "use_file_price", "y: the price is that of the service file.", "").engine(),
    column("Use File Description", "use_file_description", "y: so is the description.", "").engine(),
    column("Credits", "credits", "What happens to credits in service files.", "").engine(),
];

const PRICES: &[FormColumn] = &[
    column("Product", "product", "", "").required(),
    column("Account", "account", "A customer: its account number, or its reference.", "").like(Nature::Account),
    column("Tariff", "tariff", "", ""),
    column("From", "from", "The first day of this price.", "2026-01-01").required(),
    column("Price", "price", "", "11.00").required(),
];
