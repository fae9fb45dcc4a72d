//! Sales → the template by which Xero imports sales invoices: one row for each part of a document. Credit notes are
//! documents with negative amounts, which Xero imports as credit notes.

use super::documents::{Part, Sale};
use super::table::{Table, day, figure, text};

const HEADER: [&str; 29] = [
    "*ContactName",
    "EmailAddress",
    "POAddressLine1",
    "POAddressLine2",
    "POAddressLine3",
    "POAddressLine4",
    "POCity",
    "PORegion",
    "POPostalCode",
    "POCountry",
    "*InvoiceNumber",
    "Reference",
    "*InvoiceDate",
    "*DueDate",
    "Total",
    "InventoryItemCode",
    "*Description",
    "*Quantity",
    "*UnitAmount",
    "Discount",
    "*AccountCode",
    "*TaxType",
    "TaxAmount",
    "TrackingName1",
    "TrackingOption1",
    "TrackingName2",
    "TrackingOption2",
    "Currency",
    "BrandingTheme",
];

pub(super) fn table(sales: &[Sale]) -> Table {
    let mut table = Table::new(&HEADER);
    for sale in sales {
        for part in &sale.parts {
            table.push(row(sale, part));
        }
    }
    table
}

fn row(sale: &Sale, part: &Part) -> Vec<String> {
    let address = &sale.address;
    let line = |place: usize| text(address.lines.get(place).map_or("", String::as_str), 500);
    let reference = if sale.credits.is_empty() { sale.order.clone() } else { format!("Credits {}", sale.credits) };
    let none = String::new;
    vec![
        text(sale.contact(), 255),
        text(&sale.email, 255),
        line(0),
        line(1),
        line(2),
        line(3),
        text(&address.town, 255),
        text(&address.county, 255),
        text(&address.postcode, 50),
        text(&address.country, 50),
        text(&sale.number, 255),
        text(&reference, 255),
        day(sale.date),
        day(sale.due_date),
        figure(sale.amount(sale.gross)),
        none(),
        text(&part.title, 4_000),
        "1".to_owned(),
        figure(sale.amount(part.net)),
        none(),
        text(&part.account, 10),
        text(&part.tax_code, 255),
        figure(sale.amount(part.vat)),
        none(),
        none(),
        none(),
        none(),
        sale.currency.code().to_owned(),
        none(),
    ]
}
