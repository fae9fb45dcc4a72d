//! The organisation and the customer of a bill → seller and buyer (BG-4, BG-7): VAT numbers with their country's prefix,
//! countries as codes, addresses in the parts that the standard has.

use super::addresses::endpoint;
use super::finding::Finding;
use super::model::{Endpoint, Party, PostalAddress};
use crate::domain::bill::{Bill, BillCustomer, BillOrganisation};
use crate::domain::contact::Contact;
use crate::domain::countries::country_code;
use crate::domain::customer::Address;
use crate::domain::price_book::VatKind;

/// The country of an organisation that names none.
const DEFAULT_COUNTRY: &str = "GB";

const SELLER_VAT: &str = "BT-31, the seller's VAT number";
const BUYER_VAT: &str = "BT-48, the buyer's VAT number";

/// Who bills.
pub(super) fn seller_of(bill: &Bill, findings: &mut Vec<Finding>) -> Party {
    let BillOrganisation { code, name, address, company_number, contact, .. } = &bill.organisation;
    let named = || format!("organisation {code}");
    if name.trim().is_empty() {
        findings.push(Finding::new(
            "BT-27, the seller's name",
            named() + " has none",
            "fill name in organisations.csv",
        ));
    }
    let country = seller_country(bill).unwrap_or_else(|| {
        let reason = format!("{}: {:?} is no country that is known by name", named(), address.country);
        findings.push(Finding::new("BT-40, the seller's country", reason, "correct country in organisations.csv"));
        DEFAULT_COUNTRY
    });
    let vat_id = seller_vat_id(bill).unwrap_or_else(|wrong| {
        let reason = format!("{}: {wrong:?} is no country's code and a number", named());
        findings.push(Finding::new(SELLER_VAT, reason, "correct vat_number in organisations.csv"));
        String::new()
    });
    if bill.organisation.vat_number.trim().is_empty() {
        let reason = named() + " has none, and no category of VAT goes without";
        findings.push(Finding::new(SELLER_VAT, reason, "fill vat_number in organisations.csv"));
    }
    Party {
        name: name.clone(),
        identifier: String::new(),
        company_number: company_number.clone(),
        vat_id,
        endpoint: seller_endpoint(bill),
        address: postal(address, country),
        contact: contact.clone(),
    }
}

/// Who is billed.
pub(super) fn buyer_of(bill: &Bill, findings: &mut Vec<Finding>) -> Party {
    let BillCustomer { account, name, address, .. } = &bill.customer;
    let named = || format!("customer {account}");
    if name.trim().is_empty() {
        findings.push(Finding::new("BT-44, the buyer's name", named() + " has none", "fill name in customers.csv"));
    }
    let country = buyer_country(bill).unwrap_or_else(|| {
        let reason = format!("{}: {:?} is no country that is known by name", named(), address.country);
        findings.push(Finding::new("BT-55, the buyer's country", reason, "correct country in customers.csv"));
        DEFAULT_COUNTRY
    });
    let vat_id = buyer_vat_id(bill).unwrap_or_else(|wrong| {
        let reason = format!("{}: {wrong:?} is no country's code and a number", named());
        findings.push(Finding::new(BUYER_VAT, reason, "correct vat_number in customers.csv"));
        String::new()
    });
    let is_reverse_charged = bill.vat.iter().any(|row| row.kind == VatKind::ReverseCharge);
    if is_reverse_charged && bill.customer.vat_number.trim().is_empty() {
        let reason = named() + " has none, and accounts for the VAT itself (reverse charge)";
        findings.push(Finding::new(BUYER_VAT, reason, "fill vat_number in customers.csv"));
    }
    Party {
        name: name.clone(),
        identifier: account.clone(),
        company_number: String::new(),
        vat_id,
        endpoint: buyer_endpoint(bill),
        address: postal(address, country),
        contact: Contact::default(),
    }
}

/// The seller's electronic address.
pub(super) fn seller_endpoint(bill: &Bill) -> Option<Endpoint> {
    let BillOrganisation { endpoint: said, contact, .. } = &bill.organisation;
    endpoint(said, &seller_vat_id(bill).unwrap_or_default(), &contact.email)
}

/// The buyer's electronic address.
pub(super) fn buyer_endpoint(bill: &Bill) -> Option<Endpoint> {
    endpoint(&bill.customer.endpoint, &buyer_vat_id(bill).unwrap_or_default(), "")
}

fn seller_country(bill: &Bill) -> Option<&'static str> {
    country_or(&bill.organisation.address, Some(DEFAULT_COUNTRY))
}

fn buyer_country(bill: &Bill) -> Option<&'static str> {
    // What is unknown of the seller is said of the seller.
    country_or(&bill.customer.address, seller_country(bill).or(Some(DEFAULT_COUNTRY)))
}

fn country_or(address: &Address, unsaid: Option<&'static str>) -> Option<&'static str> {
    if address.country.trim().is_empty() { unsaid } else { country_code(&address.country) }
}

fn seller_vat_id(bill: &Bill) -> Result<String, String> {
    with_prefix(&bill.organisation.vat_number, seller_country(bill))
}

fn buyer_vat_id(bill: &Bill) -> Result<String, String> {
    with_prefix(&bill.customer.vat_number, buyer_country(bill))
}

/// A VAT number without blanks and with its country's prefix; empty if there is none. One of digits alone is of the
/// country of the address.
fn with_prefix(vat_number: &str, country: Option<&str>) -> Result<String, String> {
    let plain: String = vat_number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    if plain.is_empty() {
        return Ok(plain);
    }
    if plain.starts_with(|first: char| first.is_ascii_digit()) {
        let country = country.ok_or(vat_number)?;
        // Greece is EL in VAT numbers.
        return Ok(format!("{}{plain}", if country == "GR" { "EL" } else { country }));
    }
    let has_number = plain.contains(|digit: char| digit.is_ascii_digit());
    match plain.get(..2) {
        Some("EL" | "XI") if has_number => Ok(plain),
        Some(prefix) if has_number && prefix != "UK" && country_code(prefix).is_some() => Ok(plain),
        _ => Err(vat_number.to_owned()),
    }
}

/// The third and the fourth line share the third one of the standard.
fn postal(address: &Address, country: &'static str) -> PostalAddress {
    let mut lines = address.lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let mut next = || lines.next().unwrap_or("").to_owned();
    let (first, second) = (next(), next());
    PostalAddress {
        lines: [first, second, lines.collect::<Vec<_>>().join(", ")],
        town: address.town.clone(),
        postcode: address.postcode.clone(),
        county: address.county.clone(),
        country,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vat_numbers_get_their_prefix() {
        for (text, country, expected) in [
            ("GB 123 4567 89", Some("GB"), Ok("GB123456789")),
            ("123 4567 89", Some("GB"), Ok("GB123456789")),
            ("gb123456789", None, Ok("GB123456789")),
            ("DE-123456789", Some("GB"), Ok("DE123456789")),
            ("XI 123456789", Some("GB"), Ok("XI123456789")),
            ("094014201", Some("GR"), Ok("EL094014201")),
            ("EL094014201", Some("GR"), Ok("EL094014201")),
            ("ATU12345678", Some("AT"), Ok("ATU12345678")),
            ("", Some("GB"), Ok("")),
            ("123456789", None, Err("123456789")),
            ("exempt", Some("GB"), Err("exempt")),
            ("pending", Some("GB"), Err("pending")),
            ("UK123456789", Some("GB"), Err("UK123456789")),
        ] {
            let found = with_prefix(text, country);
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{text}");
        }
    }

    #[test]
    fn an_address_has_three_lines() {
        let lines = |lines: &[&str]| {
            let lines = lines.iter().map(ToString::to_string).collect();
            postal(&Address { lines, ..Address::default() }, "GB").lines
        };
        assert_eq!(lines(&["1 High Street"]), ["1 High Street", "", ""]);
        assert_eq!(
            lines(&["Unit 4", "", "Ropewalk Yard", "Cable Street"]),
            ["Unit 4", "Ropewalk Yard", "Cable Street"]
        );
        assert_eq!(lines(&["a", "b", "c", "d"]), ["a", "b", "c, d"]);
    }
}
