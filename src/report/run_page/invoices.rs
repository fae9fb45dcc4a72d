//! The bills of a run → VAT by code, and the list of invoices with links to their documents. Of very many the largest are
//! listed and the others summed up.

use std::collections::{BTreeMap, BTreeSet};

use super::Sources;
use super::billed::{BilledInvoice, REVERSE_CHARGE};
use super::section::{Cell, Link, Section, Table};
use super::words::{Minor, Words, counted, number, shown};
use crate::pipeline::documents::document_name;

/// Invoices that are listed.
const MOST_LISTED: usize = 500;
/// Documents of one invoice that are linked.
const MOST_LINKS: usize = 8;

/// Where the documents of a run are, seen from the page, and which there are.
#[derive(Default)]
pub struct DocumentFolder {
    /// `../invoices/run-000001`.
    pub path: String,
    /// The files in it.
    pub names: BTreeSet<String>,
}

/// VAT by code (V3).
pub(super) fn vat(sources: &Sources, words: &Words) -> Section {
    let mut section = Section::new("vat", "VAT");
    let sums = &sources.billed.sums;
    section.say(format!("{} of VAT on {} ex VAT.", words.money(sums.vat), words.money(sums.net)));
    let mut table = Table::new("VAT by code", &["code", "label", "kind", ">rate", ">ex VAT", ">VAT"]).open();
    let mut has_reverse = false;
    for ((code, rate, kind), of) in &sources.billed.vat {
        let is_reverse = *kind == REVERSE_CHARGE;
        has_reverse |= is_reverse;
        let vat = if is_reverse { format!("({})", words.money(of.vat)) } else { words.money(of.vat) };
        let rate = format!("{rate}%");
        let net = words.money(of.net);
        table.push(vec![
            shown(code).into(),
            shown(&of.label).into(),
            (*kind).into(),
            rate.into(),
            net.into(),
            vat.into(),
        ]);
    }
    let blank = || Cell::default();
    let (net, vat) = (words.money(sums.net), words.money(sums.vat));
    table.push_total(vec!["in all".into(), blank(), blank(), blank(), net.into(), vat.into()]);
    if has_reverse {
        table.note = "In brackets: what customers account for themselves (reverse charge); it is in no sum.".into();
    }
    section.tables.push(table);
    section
}

/// The invoices, each with its documents.
pub(super) fn invoices(sources: &Sources) -> Section {
    let mut section = Section::new("invoices", "Invoices");
    let bills = &sources.billed.bills;
    if bills.is_empty() {
        section.say("There are none.");
        return section;
    }
    let changes: BTreeMap<&str, Minor> = sources
        .report
        .customers
        .iter()
        .filter_map(|customer| Some((customer.account.as_str(), Minor::from(customer.change?.net.money.minor()))))
        .collect();
    let mut listed: Vec<&BilledInvoice> = bills.iter().collect();
    let rest = if bills.len() > MOST_LISTED {
        // Stable: equal ones stay in the order of posting.
        listed.sort_by_key(|bill| std::cmp::Reverse(bill.gross.abs()));
        section.say(format!(
            "The {MOST_LISTED} largest of {}; tollbook invoice list and tollbook bill show {} list all.",
            number(bills.len() as u64),
            sources.run
        ));
        listed.split_off(MOST_LISTED)
    } else {
        Vec::new()
    };
    let columns = ["number", "account", "name", ">ex VAT", ">VAT", ">to pay", ">change", "documents"];
    let mut table = Table::new("Invoices of the run", &columns).open();
    for bill in listed {
        table.push(invoice_row(sources, bill, changes.get(bill.account.as_str()).copied()));
    }
    let own = Words::of(sources.report.currency);
    let sums = |bills: &[&BilledInvoice], name: String| {
        let of_currency = bills.iter().filter(|bill| bill.currency == sources.report.currency);
        let (net, vat, gross) =
            of_currency.fold((0, 0, 0), |(net, vat, gross), bill| (net + bill.net, vat + bill.vat, gross + bill.gross));
        let mut cells = vec![Cell::from(name), Cell::default(), Cell::default()];
        cells.extend([net, vat, gross].map(|sum| Cell::from(own.money(sum))));
        cells.extend([Cell::default(), Cell::default()]);
        cells
    };
    if !rest.is_empty() {
        table.push(sums(&rest, counted(rest.len() as u64, "more invoice")));
    }
    let all: Vec<&BilledInvoice> = bills.iter().collect();
    table.push_total(sums(&all, "in all".to_owned()));
    if !sources.billed.others.is_empty() {
        table.note = format!("Sums are of the invoices in {}.", sources.report.currency);
    }
    section.tables.push(table);
    section
}

fn invoice_row(sources: &Sources, bill: &BilledInvoice, change: Option<Minor>) -> Vec<Cell> {
    let words = Words::of(bill.currency);
    let number = bill.number.as_deref().map_or_else(|| "draft".to_owned(), shown);
    let number = if bill.is_final { format!("{number} (final)") } else { number };
    let links = bill.number.as_deref().map(|number| links(&sources.documents, number)).unwrap_or_default();
    vec![
        number.into(),
        shown(&bill.account).into(),
        shown(&bill.name).into(),
        words.money(bill.net).into(),
        words.money(bill.vat).into(),
        words.money(bill.gross).into(),
        change.map_or_else(|| "first".into(), |change| Cell::change(&words, change)),
        Cell { links, ..Cell::default() },
    ]
}

/// The documents of an invoice that are in the folder, the PDF first.
fn links(folder: &DocumentFolder, number: &str) -> Vec<Link> {
    let stem = document_name(number) + ".";
    let from_stem = folder.names.range(stem.clone()..).take_while(|name| name.starts_with(&stem));
    let mut endings: Vec<&str> = from_stem.map(|name| &name[stem.len()..]).filter(|ending| is_plain(ending)).collect();
    endings.sort_by_key(|ending| (*ending != "pdf", *ending));
    let link = |ending: &str| Link {
        href: format!("{}/{}", folder.path, in_url(&format!("{stem}{ending}"))),
        text: ending.to_uppercase(),
        label: format!("{} of invoice {}", ending.to_uppercase(), shown(number)),
    };
    endings.into_iter().take(MOST_LINKS).map(link).collect()
}

/// An ending of a document, not of a file that is being written.
fn is_plain(ending: &str) -> bool {
    !ending.is_empty() && ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A file name as part of a URL: everything but plain letters, digits and `-._~` is escaped.
fn in_url(name: &str) -> String {
    let mut url = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_documents_that_are_there_are_linked() {
        let names =
            ["AC-1.csv", "AC-1.pdf", "AC-1.json", "AC-1.pdf.partial", "AC-10.pdf", "AC-1.", "B_1.pdf", "AC-1.zip~1"];
        let folder = DocumentFolder { path: "../invoices/run-000001".into(), names: names.map(str::to_owned).into() };
        let found = |number: &str| links(&folder, number).into_iter().map(|link| link.href).collect::<Vec<_>>();
        let expected = ["AC-1.pdf", "AC-1.csv", "AC-1.json"].map(|name| format!("../invoices/run-000001/{name}"));
        assert_eq!(found("AC-1"), expected);
        assert_eq!(found("B/1"), ["../invoices/run-000001/B_1.pdf"]);
        assert_eq!(found("AC-2"), Vec::<String>::new());
        assert_eq!(found("../AC-1"), Vec::<String>::new());
    }

    #[test]
    fn names_are_escaped_for_urls_o3() {
        assert_eq!(in_url("a b\"c<é>?#%.pdf"), "a%20b%22c%3C%C3%A9%3E%3F%23%25.pdf");
    }
}
