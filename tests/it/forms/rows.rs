//! What a person writes into the forms of the fixture book, and what must be in the book, or in the ledger, afterwards.

use serde_json::{Value, json};

use super::shop::{Row, Shop};

/// A form that is filled in.
pub(super) struct Filled {
    /// The word of its kind in commands.
    pub kind: &'static str,
    /// Rows by sheet: the header of a cell → a text, a number, `{"day": …}`, or a text where spreadsheets expect none.
    pub rows: Value,
    /// File of the book, the column and the cell that find the row, the cells that it must have.
    pub expected: &'static [Expected],
}

/// The file, the column and cell that name a row, and cells of that row.
type Expected = (&'static str, (&'static str, &'static str), &'static [(&'static str, &'static str)]);

/// The tariff whose rates the form of rates is for.
const TARIFF: &str = "standard";

/// One for each kind.
pub(super) fn all() -> [Filled; 6] {
    [customers(), clis(), products(), charges(), rates(), payments()]
}

fn customers() -> Filled {
    Filled {
        kind: "customers",
        rows: json!({"Customers": [
            {
                "Customer Name": "Quayside Cycles Ltd", "Reference": "0042", "Address Line 1": "3 Quay Street",
                "Address Line 2": "Unit 4", "Town": "Whitby", "County": "North Yorkshire", "Postcode": "YO21 1DN",
                "Country": "United Kingdom", "Telephone": "01632 960018", "Email Address": "office@quayside.example",
                "Delivery Email": "bills@quayside.example, post@quayside.example", "Organisation": "NORTH",
                "Customer Group": "own day", "Anniversary Billing Day": 15, "Tariff:[Lines]": "standard",
                "Account Number": "Q1001", "VAT Code": "S", "Credit Limit": 500, "Call Tariff National": "mobile-plus",
                "Call Markup International": 17.5, "Contract Start": {"day": "2026-01-31"},
                "Contract End": {"text": "2028-01-30"}, "Send Email": "y", "Tags": "food;north",
                "Notes": "Two sites.\nBread from 4 — in the “morning”.", "x_dealer": "J Reed",
            },
            {
                "Customer Name": "Müller & Söhne, Café", "Address Line 1": "\"The Anchor\"", "Town": "Leeds",
                "Postcode": "LS1 4AP", "Country": "United Kingdom", "Telephone": "+44 113 496 0017",
                "Organisation": "SOUTH", "Customer Group": "monthly", "Account Number": "Q1002", "VAT Code": "Z",
                "Low Invoice": "total", "Low Invoice Value": 2.25, "Low Invoice Action": "rollover",
            },
        ]}),
        expected: &[
            (
                "customers",
                ("account", "Q1001"),
                &[
                    ("name", "Quayside Cycles Ltd"),
                    ("reference", "0042"),
                    ("address_2", "Unit 4"),
                    ("postcode", "YO21 1DN"),
                    ("telephone", "01632 960018"),
                    ("delivery_email", "bills@quayside.example, post@quayside.example"),
                    ("group", "own day"),
                    ("billing_day", "15"),
                    ("vat_code", "S"),
                    ("credit_limit", "500"),
                    ("tariff_national", "mobile-plus"),
                    ("markup_international", "17.5"),
                    ("contract_start", "2026-01-31"),
                    ("contract_end", "2028-01-30"),
                    ("send_email", "y"),
                    ("tags", "food;north"),
                    ("notes", "Two sites.\nBread from 4 — in the “morning”."),
                    ("x_dealer", "J Reed"),
                ],
            ),
            (
                "customers",
                ("account", "Q1002"),
                &[
                    ("name", "Müller & Söhne, Café"),
                    ("address_1", "\"The Anchor\""),
                    ("telephone", "+44 113 496 0017"),
                    ("low_invoice_value", "2.25"),
                ],
            ),
            ("customer_tariffs", ("account", "Q1001"), &[("category", "Lines"), ("tariff", "standard")]),
        ],
    }
}

fn clis() -> Filled {
    Filled {
        kind: "clis",
        rows: json!({"CLIs": [
            {
                "CLI": "020 7946 0123", "Account": "A1001", "Cost Centre": "QUAY", "Description": "Till", "Type": "sip",
                "From": {"day": "2026-02-01"}, "Spending Cap": 25.5, "Call Tariff Mobile": "mobile-plus",
            },
            {
                "CLI": "+447700900456", "Account": "A1002", "Type": "mobile", "Alternates": "020 7946 0124;TRUNK-9",
                "From": {"text": "2026-02-01"}, "To": {"day": "2027-01-31"}, "Exclude Usage": "n",
            },
        ]}),
        expected: &[
            (
                "clis",
                ("cli", "+442079460123"),
                &[
                    ("account", "A1001"),
                    ("cost_centre", "QUAY"),
                    ("from", "2026-02-01"),
                    ("spending_cap", "25.5"),
                    ("tariff_mobile", "mobile-plus"),
                ],
            ),
            (
                "clis",
                ("cli", "+447700900456"),
                &[("alternates", "+442079460124;TRUNK-9"), ("from", "2026-02-01"), ("to", "2027-01-31")],
            ),
        ],
    }
}

fn products() -> Filled {
    Filled {
        kind: "products",
        rows: json!({
            "Products": [
                {
                    "Product": "FIBRE", "Name": "Fibre line", "Category": "Lines", "Type": "recurring",
                    "Interval": "monthly", "Price": 32.5, "Cost": 21.4, "VAT Code": "S",
                    "Service Codes": "FTTP;FTTC", "Aggregate": "y",
                },
                {"Product": "0800", "Name": "Freephone", "Category": "Numbers", "Type": "one_off", "Price": 75},
            ],
            "Prices": [
                {"Product": "FIBRE", "Tariff": "standard", "From": {"day": "2026-05-01"}, "Price": 30},
                {"Product": "FIBRE", "Account": "A1001", "From": {"text": "2026-06-01"}, "Price": 29.99},
                {"Product": "0800", "From": {"day": "2026-07-01"}, "Price": 0.00012345},
            ],
        }),
        expected: &[
            (
                "products",
                ("product", "FIBRE"),
                &[("price", "32.5"), ("cost", "21.4"), ("service_codes", "FTTP;FTTC"), ("aggregate", "y")],
            ),
            ("products", ("product", "0800"), &[("category", "Numbers"), ("price", "75")]),
            ("product_prices", ("price", "30"), &[("tariff", "standard"), ("from", "2026-05-01")]),
            ("product_prices", ("price", "29.99"), &[("account", "A1001"), ("from", "2026-06-01")]),
            ("product_prices", ("product", "0800"), &[("price", "0.00012345")]),
        ],
    }
}

fn charges() -> Filled {
    Filled {
        kind: "charges",
        rows: json!({
            "Charges": [
                {
                    "Account": "A1001", "Charge": 7, "Product": "LINE", "Details": "Second floor", "CLI": "020 7946 0018",
                    "Quantity": 3, "From": {"day": "2026-03-01"}, "Minimum Term": {"day": "2027-02-28"},
                },
                {
                    "Account": "A1002", "Charge": "visit-1", "Description": "Engineer's visit", "Type": "one_off",
                    "Quantity": 1.5, "Price": 40, "Cost": 25, "VAT Code": "S", "From": {"text": "2026-03-10"},
                    "Category": "Support",
                },
            ],
            "Prices": [{"Account": "A1001", "Charge": "7", "From": {"day": "2026-09-01"}, "Price": 12.3456}],
        }),
        expected: &[
            (
                "charges",
                ("charge", "7"),
                &[
                    ("account", "A1001"),
                    ("cli", "+442079460018"),
                    ("quantity", "3"),
                    ("from", "2026-03-01"),
                    ("minimum_term", "2027-02-28"),
                ],
            ),
            ("charges", ("charge", "visit-1"), &[("quantity", "1.5"), ("price", "40"), ("from", "2026-03-10")]),
            ("charge_prices", ("charge", "7"), &[("from", "2026-09-01"), ("price", "12.3456")]),
        ],
    }
}

fn rates() -> Filled {
    Filled {
        kind: "tariff",
        rows: json!({"Rates": [
            {"match": "prefix:+49", "from": {"day": "2026-05-01"}, "connection": 0.5, "rate": 2.125, "increment": 1},
            {"match": "type:leeds", "time_band": "night", "from": {"text": "2026-05-01"}, "rate": 0.8, "note": "Night"},
        ]}),
        expected: &[
            (
                "rates",
                ("match", "prefix:+49"),
                &[
                    ("tariff", TARIFF),
                    ("from", "2026-05-01"),
                    ("connection", "0.5"),
                    ("rate", "2.125"),
                    ("increment", "1"),
                ],
            ),
            ("rates", ("match", "type:leeds"), &[("time_band", "night"), ("from", "2026-05-01"), ("rate", "0.8")]),
        ],
    }
}

fn payments() -> Filled {
    Filled {
        kind: "payments",
        rows: json!({"Payments": [
            {
                "Account": "A1001", "Date": {"day": "2026-03-05"}, "Amount": 120, "Reference": "BACS-0001",
                "Method": "bank transfer", "Note": "first",
            },
            {"Account": "A1003", "Date": {"text": "2026-03-06"}, "Amount": 12.5, "Reference": 20_260_306, "Currency": "EUR"},
        ]}),
        expected: &[],
    }
}

impl Filled {
    /// The tariff of a form of rates; else empty.
    pub fn tariff(&self) -> &'static str {
        if self.kind == "tariff" { TARIFF } else { "" }
    }

    /// The book, or of payments the ledger, has what was filled in.
    #[track_caller]
    pub fn is_in(&self, shop: &Shop, where_from: &str) {
        for (file, (by, cell), cells) in self.expected {
            let rows = shop.rows(file);
            let found: Vec<&Row> = rows.iter().filter(|row| row.get(*by).is_some_and(|known| known == cell)).collect();
            assert_eq!(found.len(), 1, "{where_from}: {file} with {by} {cell}: {rows:#?}");
            for (column, expected) in *cells {
                assert_eq!(found[0].get(*column).map(String::as_str), Some(*expected), "{where_from}: {file} {column}");
            }
        }
        if self.kind == "payments" {
            let listed = shop.run(&["payment", "list", "--json"]).done().out;
            let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
            let shown: Vec<[&str; 4]> = listed
                .iter()
                .map(|row| ["account", "date", "amount", "reference"].map(|name| row[name].as_str().unwrap_or("")))
                .collect();
            let expected =
                [["A1001", "2026-03-05", "-120.00", "BACS-0001"], ["A1003", "2026-03-06", "-12.50", "20260306"]];
            let amounts = |row: &[&str; 4]| row.map(|cell| cell.trim_start_matches('-').to_owned());
            let same = shown.iter().map(amounts).eq(expected.iter().map(amounts));
            assert!(same, "{where_from}: {shown:?}");
        }
    }
}
