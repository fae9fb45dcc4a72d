//! How invoices and credit notes are numbered (B11): the series that a document belongs to, and the number of a place in
//! it. Which place is the next is the ledger's business.

use super::book::Book;

/// Whose series numbers count up in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberSeries {
    /// One for invoices and one for credit notes of each organisation.
    #[default]
    Organisation,
    /// One for invoices and one for credit notes of each customer.
    Customer,
}

impl NumberSeries {
    /// Reads `organisation` or `customer`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "organisation" => Some(Self::Organisation),
            "customer" => Some(Self::Customer),
            _ => None,
        }
    }
}

/// A series of numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// What its numbers begin with; also the name of the series.
    pub prefix: String,
    /// At least so many digits follow.
    pub digits: usize,
}

/// The digits of an organisation's numbers.
const ORGANISATION_DIGITS: usize = 6;

impl Series {
    /// The series of an organisation's prefix.
    pub fn of_prefix(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), digits: ORGANISATION_DIGITS }
    }

    /// The number of a place, from 1.
    pub fn number(&self, place: i64) -> String {
        format!("{}{place:0digits$}", self.prefix, digits = self.digits)
    }
}

impl Book {
    /// The series of invoices of a customer of an organisation, both by their codes: the organisation's prefix, or its
    /// code and a hyphen; or `ACCOUNT/`.
    pub fn invoice_series(&self, organisation: &str, account: &str) -> Series {
        let prefix = self.organisations.iter().find(|known| known.code == organisation);
        let prefix = prefix.map_or("", |known| known.invoice_prefix.as_str());
        self.series(prefix, || format!("{organisation}-"), || format!("{account}/"))
    }

    /// The same for credit notes: the organisation's prefix, or its code and `-CN-`; or `ACCOUNT/CN/`.
    pub fn credit_series(&self, organisation: &str, account: &str) -> Series {
        let prefix = self.organisations.iter().find(|known| known.code == organisation);
        let prefix = prefix.map_or("", |known| known.credit_prefix.as_str());
        self.series(prefix, || format!("{organisation}-CN-"), || format!("{account}/CN/"))
    }

    fn series(&self, prefix: &str, by_code: impl Fn() -> String, by_account: impl Fn() -> String) -> Series {
        match (self.settings.number_series, prefix) {
            (NumberSeries::Customer, _) => Series { prefix: by_account(), digits: 1 },
            (NumberSeries::Organisation, "") => Series::of_prefix(by_code()),
            (NumberSeries::Organisation, prefix) => Series::of_prefix(prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    #[test]
    fn numbers_are_those_of_the_organisation_or_of_the_customer_b11() {
        let mut book = sample::book();
        let numbers = |book: &Book, organisation: &str| {
            let series = [book.invoice_series(organisation, "A1"), book.credit_series(organisation, "A1")];
            series.map(|series| format!("{} {}", series.number(1), series.number(1_234_567)))
        };
        assert_eq!(numbers(&book, "brand"), ["INV000001 INV1234567", "CR000001 CR1234567"]);
        assert_eq!(numbers(&book, "other"), ["other-000001 other-1234567", "other-CN-000001 other-CN-1234567"]);
        book.settings.number_series = NumberSeries::Customer;
        assert_eq!(numbers(&book, "brand"), ["A1/1 A1/1234567", "A1/CN/1 A1/CN/1234567"]);
    }
}
