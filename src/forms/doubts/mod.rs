//! Values of a customer → doubts: what is allowed, but looks like a mistake (K4). Pure, and nothing here refuses anything: a
//! doubt is a warning, unless whoever asks is strict.
//!
//! ```text
//! row ──CustomerColumns::view──▶ CustomerView ──of_customer──▶ (column, Doubt): one row by itself
//!                                     └─all of them─duplicates──▶ Duplicate: rows that look like one customer
//! ```

mod company_number;
mod customer_view;
mod duplicates;
mod email;
mod names;
mod postcode;
mod postcode_tables;
#[cfg(test)]
mod properties;
mod sharing;
mod similar;
mod telephone;
mod vat;

pub use company_number::{doubt_of_company_number, normal_company_number};
pub use customer_view::{CustomerColumns, CustomerView, is_company_number_column};
pub use duplicates::{Duplicate, Duplicates, Likeness, Other, SIMILAR, duplicates};
pub use email::doubt_of_emails;
pub use names::{likeness, normal_name};
pub use postcode::{doubt_of_postcode, normal_postcode};
pub use telephone::{doubt_of_telephone, full_number};
pub use vat::{doubt_of_vat_number, normal_vat_number};

use crate::domain::telephone::NumberRules;

/// Why an allowed value looks like a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Why; follows the value: `"has 8 digits; …"`.
    pub reason: String,
    /// What it may have been meant to be; may be empty.
    pub hint: String,
}

impl Doubt {
    fn new(reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { reason: reason.into(), hint: hint.into() }
    }
}

/// The doubts about one customer's own values, with the column of each, as [`CustomerColumns`] calls it, in the order of the
/// columns in the book.
pub fn of_customer(customer: &CustomerView<'_>, rules: &NumberRules) -> Vec<(&'static str, Doubt)> {
    let country = customer.country;
    [
        ("postcode", doubt_of_postcode(customer.postcode, country)),
        ("telephone", doubt_of_telephone(customer.telephone, rules)),
        ("email", doubt_of_emails(customer.email)),
        ("delivery_email", doubt_of_emails(customer.delivery_email)),
        ("vat_number", doubt_of_vat_number(customer.vat_number, country)),
        ("company_number", doubt_of_company_number(customer.company_number, country)),
    ]
    .into_iter()
    .filter_map(|(column, doubt)| Some((column, doubt?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubts_stand_in_the_columns_they_are_about() {
        let customer = CustomerView {
            postcode: "SW1A",
            country: "United Kingdom",
            telephone: "020 7946",
            email: "ann@gmial.com",
            delivery_email: "bills@acme.example",
            vat_number: "GB980780685",
            company_number: "123",
            ..CustomerView::default()
        };
        let found = of_customer(&customer, &NumberRules::of_country("44"));
        let columns: Vec<&str> = found.iter().map(|(column, _)| *column).collect();
        assert_eq!(columns, ["postcode", "telephone", "email", "vat_number", "company_number"]);
    }

    #[test]
    fn blanks_are_not_doubtful() {
        assert_eq!(of_customer(&CustomerView::default(), &NumberRules::of_country("44")), []);
    }
}
