//! Who bills whom, and what identifies the document: parties and facts as they are printed.

use serde::Serialize;

use super::widths;
use crate::domain::bill::Bill;
use crate::domain::customer::Address;
use crate::domain::time::Date;
use crate::invoicing::language::{Language, Style, printable, wrapped};

/// One of the two sides of a bill.
#[derive(Serialize)]
pub(super) struct Party {
    name: String,
    address: Vec<String>,
    /// Registration numbers.
    facts: Vec<String>,
    /// Telephone, mail address, web site.
    pub(super) contact: Vec<String>,
    /// Lines at the foot of each page.
    footer: Vec<String>,
}

impl Party {
    /// About how many lines name and address take in so many points.
    pub(super) fn line_count(&self, width: u32) -> u32 {
        let line = |text: &String| widths::lines(text, 95, width);
        line(&self.name) + self.address.iter().map(line).sum::<u32>()
    }
}

/// A value with its name.
#[derive(Clone, Serialize)]
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) value: String,
}

/// A fact whose label is a string of the language.
pub(super) fn fact(style: Style, key: &str, value: String) -> Fact {
    Fact { label: style.word(key), value }
}

/// Those facts that have a value.
pub(super) fn facts<const N: usize>(style: Style, facts: [(&str, String); N]) -> Vec<Fact> {
    let set = facts.into_iter().filter(|(_, value)| !value.is_empty());
    set.map(|(key, value)| fact(style, key, value)).collect()
}

pub(super) fn organisation_of(bill: &Bill, language: &Language) -> Party {
    let organisation = &bill.organisation;
    let numbers = [
        ("organisation.vat_number", &organisation.vat_number),
        ("organisation.company_number", &organisation.company_number),
    ];
    let numbers = numbers.into_iter().filter(|(_, number)| !number.is_empty());
    let contact = &organisation.contact;
    Party {
        name: wrapped(&organisation.name),
        address: address_lines(&organisation.address),
        facts: numbers.map(|(key, number)| language.fill(key, &[("number", &printable(number))])).collect(),
        contact: lines_of([&contact.telephone, &contact.email, &contact.website].into_iter()),
        footer: lines_of(organisation.footer.lines()),
    }
}

pub(super) fn customer_of(bill: &Bill) -> Party {
    Party {
        name: wrapped(&bill.customer.name),
        address: address_lines(&bill.customer.address),
        facts: Vec::new(),
        contact: Vec::new(),
        footer: Vec::new(),
    }
}

fn address_lines(address: &Address) -> Vec<String> {
    let parts = [&address.town, &address.county, &address.postcode, &address.country];
    lines_of(address.lines.iter().chain(parts))
}

fn lines_of<T: AsRef<str>>(lines: impl Iterator<Item = T>) -> Vec<String> {
    lines.map(|line| wrapped(line.as_ref())).filter(|line| !line.is_empty()).collect()
}

/// What identifies an invoice.
pub(super) fn facts_of(bill: &Bill, style: Style) -> Vec<Fact> {
    let (customer, language) = (&bill.customer, style.language);
    let period = service_period(bill).map(|(from, to)| language.period(from, to)).unwrap_or_default();
    facts(
        style,
        [
            ("facts.invoice_number", bill.number.as_deref().map_or_else(|| style.word("facts.no_number"), wrapped)),
            ("facts.invoice_date", language.long_date(bill.invoice_date)),
            ("facts.due_date", language.long_date(bill.due_date)),
            ("facts.account", wrapped(&customer.account)),
            ("facts.cost_centre", wrapped(&customer.cost_centre)),
            ("facts.reference", wrapped(&customer.reference)),
            ("facts.buyer_reference", wrapped(&customer.buyer_reference)),
            ("facts.purchase_order", wrapped(&customer.purchase_order)),
            ("facts.vat_number", wrapped(&customer.vat_number)),
            ("facts.service_period", period),
            ("facts.usage_until", language.long_date(bill.usage_until.previous())),
        ],
    )
}

/// The first and the last day that a line charges for.
fn service_period(bill: &Bill) -> Option<(Date, Date)> {
    let days = bill.lines.iter().filter_map(|line| Some((line.from?, line.to?)));
    days.reduce(|(from, to), (next_from, next_to)| (from.min(next_from), to.max(next_to)))
}
