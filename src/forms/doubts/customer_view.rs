//! A row of customers → what a customer is known by, borrowed. Reads nothing and judges nothing.

/// Whether a column of the reseller's own (K9) is one in which the numbers of companies are kept: they are compared (K4), and
/// still mean nothing to any rule.
pub fn is_company_number_column(name: &str) -> bool {
    const WORDS: [&str; 5] =
        ["company_number", "company_no", "company_registration", "registration_number", "companies_house"];
    name.strip_prefix("x_").is_some_and(|name| WORDS.iter().any(|word| name.contains(word)))
}

/// What a customer is known by. Blank texts are values that are not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CustomerView<'r> {
    /// The account; two views of one account are one customer. Blank: a customer without an account yet.
    pub account: &'r str,
    /// The name.
    pub name: &'r str,
    /// The town.
    pub town: &'r str,
    /// The postcode.
    pub postcode: &'r str,
    /// The country, as people write it.
    pub country: &'r str,
    /// The telephone number.
    pub telephone: &'r str,
    /// E-mail addresses, separated by commas.
    pub email: &'r str,
    /// E-mail addresses to which invoices go, separated by commas.
    pub delivery_email: &'r str,
    /// The VAT number.
    pub vat_number: &'r str,
    /// The number of the company.
    pub company_number: &'r str,
}

/// Where the values of a [`CustomerView`] stand in a row: found once, used for every row.
#[derive(Clone, Copy, Debug, Default)]
pub struct CustomerColumns {
    places: [Option<usize>; COLUMNS.len()],
}

/// The book's names of the columns; `company_number` stands for the first column of the reseller's own that has one.
const COLUMNS: [&str; 10] = [
    "account",
    "name",
    "town",
    "postcode",
    "country",
    "telephone",
    "email",
    "delivery_email",
    "vat_number",
    "company_number",
];

impl CustomerColumns {
    /// The places of the columns in a row whose columns are `names`, by the book's names.
    pub fn of(names: &[impl AsRef<str>]) -> Self {
        let place = |wanted: &str| match wanted {
            "company_number" => names.iter().position(|name| is_company_number_column(name.as_ref())),
            wanted => names.iter().position(|name| name.as_ref() == wanted),
        };
        Self { places: COLUMNS.map(place) }
    }

    /// The place of a column that a doubt or a duplicate names.
    pub fn place(&self, column: &str) -> Option<usize> {
        COLUMNS.iter().zip(self.places).find(|(name, _)| **name == column).and_then(|(_, place)| place)
    }

    /// The view of a row, whose cell at a place is `cell`.
    pub fn view<'r>(&self, cell: impl Fn(usize) -> Option<&'r str>) -> CustomerView<'r> {
        let read = |place: Option<usize>| place.and_then(&cell).unwrap_or_default();
        let [account, name, town, postcode, country, telephone, email, delivery_email, vat_number, company_number] =
            self.places.map(read);
        CustomerView {
            account,
            name,
            town,
            postcode,
            country,
            telephone,
            email,
            delivery_email,
            vat_number,
            company_number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_seen_by_the_names_of_its_columns() {
        let columns = CustomerColumns::of(&["x_crm", "name", "account", "x_company_no", "postcode"]);
        let row = [Some("=1"), Some("Acme"), Some("A1"), Some("01234567"), None];
        let expected =
            CustomerView { account: "A1", name: "Acme", company_number: "01234567", ..CustomerView::default() };
        assert_eq!(columns.view(|place| row[place]), expected);
        assert_eq!(
            [columns.place("company_number"), columns.place("name"), columns.place("town")],
            [Some(3), Some(1), None]
        );
    }

    #[test]
    fn company_numbers_are_in_columns_of_the_resellers_own() {
        for (name, expected) in [
            ("x_company_number", true),
            ("x_company_no", true),
            ("x_uk_registration_number", true),
            ("x_company", false),
            ("company_number", false),
        ] {
            assert_eq!(is_company_number_column(name), expected, "{name}");
        }
    }
}
