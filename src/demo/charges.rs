//! Lines → what customers pay beside calls: `charges.csv`, and the rows of the supplier's file of rentals. Existing
//! services are charged in advance from November (what came before was billed elsewhere), in arrears for October; some
//! begin, end or fall due in October so that parts of months and credits show.

use std::io;
use std::path::Path;

use super::customer_list::CUSTOMERS;
use super::customers::Customer;
use super::lines::{Access, Line};
use super::numbers::written;
use super::sheet::{Sheet, escaped};
use crate::files::write_atomically;

/// From when rentals are charged in advance.
const NOVEMBER: &str = "2026-11-01";
/// From when rentals are charged in arrears.
const OCTOBER: &str = "2026-10-01";

/// Charges that only one customer has: parts of months, ends within the month, reduced VAT, one-offs, credits, what low
/// invoices and the final bill need.
const SPECIAL: &str = include_str!("book/charges.csv");

/// Writes `charges.csv`.
pub(super) fn write(lines: &[Line], book: &Path) -> io::Result<()> {
    let mut sheet = Sheet::with_rows(SPECIAL);
    for (position, customer) in CUSTOMERS.iter().enumerate() {
        let own: Vec<_> = lines.iter().filter(|line| line.customer.account == customer.account).collect();
        if customer.has_rentals {
            add_rentals(&mut sheet, customer, position, &own);
        }
    }
    sheet.write(&book.join("charges.csv"))
}

fn add_rentals(sheet: &mut Sheet, customer: &Customer, position: usize, lines: &[&Line]) {
    let counts = customer.lines;
    let per_line = [
        ("channels", "sip-channel", counts.sip),
        ("trunk", "trunk-channel", counts.trunk.div_ceil(2)),
        ("seats", "hosted-seat", counts.hosted),
    ];
    let account = ("account", customer.account);
    for (id, product, count) in per_line.into_iter().filter(|(.., count)| *count > 0) {
        let quantity = count.to_string();
        sheet.add(&[account, ("charge", id), ("product", product), ("quantity", &quantity), ("from", NOVEMBER)]);
    }
    if counts.hosted > 0 {
        let quantity = counts.hosted.to_string();
        let row = [account, ("charge", "handsets"), ("product", "handset"), ("quantity", &quantity)];
        sheet.add(&[&row[..], &[("align", "calendar:1"), ("from", NOVEMBER)]].concat());
    }
    if !position.is_multiple_of(3) {
        let product = if position.is_multiple_of(2) { "broadband-80" } else { "broadband-500" };
        sheet.add(&[account, ("charge", "broadband"), ("product", product), ("from", NOVEMBER)]);
    }
    if position % 4 == 1 {
        sheet.add(&[account, ("charge", "support"), ("product", "support"), ("timing", "arrears"), ("from", OCTOBER)]);
    }
    let rented = lines.iter().filter(|line| matches!(line.access, Access::Mobile | Access::Inbound));
    for (number, line) in (1..).zip(rented) {
        let product = if line.access == Access::Mobile { "sim-plan" } else { "number-rental" };
        let id = format!("{product}-{number}");
        let cli = written(&line.number);
        sheet.add(&[account, ("charge", &id), ("product", product), ("cli", &cli), ("from", NOVEMBER)]);
    }
}

/// What the file of rentals holds that nobody can bill yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ServiceFaults {
    /// Lines with a CLI that the book lacks.
    pub unknown_clis: u64,
    /// Lines that no product recognises.
    pub unknown_products: u64,
}

/// Writes Northlight's rentals of November; 8 columns with a header.
pub(super) fn write_rentals(lines: &[Line], file: &Path) -> io::Result<ServiceFaults> {
    let mut text = String::from(
        "Service Activation Date,Billing Month And Year,CLI,Billing Description,Event Type,Total Cost,Broken Part Cost,\
         Quantity\r\n",
    );
    let bare = |number: &str| number.trim_start_matches("+44").to_owned();
    let mut add =
        |date: &str, month: &str, cli: &str, words: &str, event: &str, cost: &str, broken: &str, quantity: &str| {
            let cells = [date, month, cli, words, event, cost, broken, quantity].map(escaped);
            text.push_str(&format!("{}\r\n", cells.join(",")));
        };
    let (october, november) = ("October 2026", "November 2026");
    for line in lines.iter().filter(|line| line.customer.has_rentals && line.extension.is_empty()) {
        let cli = bare(&line.number);
        match line.access {
            Access::Wlr => {
                add("14/03/2023", november, &cli, "WLR3 Basic Line Rental", "Rental", "11.2000", "0.0000", "1");
                // Care that costs nothing is left out by its product's rule.
                let cost = if line.is_excluded { "0.0000" } else { "1.4000" };
                add("14/03/2023", november, &cli, "WLR3 Care Level 2", "Rental", cost, "0.0000", "1");
            }
            Access::Sip if line.description == "Main number" => {
                add("02/02/2024", november, &cli, "SIP Channel Standard", "Rental", "1.9000", "0.0000", "1");
                add("02/02/2024", november, &cli, "DDI Range of 10", "Rental", "2.5000", "0.0000", "1");
            }
            _ => {}
        }
    }
    let first_wlr = |account: &str| {
        let found = lines.iter().find(|line| line.customer.account == account && line.access == Access::Wlr);
        bare(&found.expect("the list of customers has it").number)
    };
    add("21/10/2026", october, &first_wlr("HV1002"), "WLR3 New Connection", "Connection", "58.0000", "0.0000", "1");
    add("21/10/2026", october, &first_wlr("HV1002"), "WLR3 Basic Line Rental", "Rental", "3.9742", "3.9742", "1");
    add("12/10/2026", october, &first_wlr("HV1001"), "WLR3 Basic Line Rental", "Cease", "-7.2258", "-7.2258", "1");
    add("05/10/2026", november, "1632960981", "WLR3 Basic Line Rental", "Rental", "11.2000", "0.0000", "1");
    add("05/10/2026", november, "1174960975", "WLR3 Basic Line Rental", "Rental", "11.2000", "0.0000", "1");
    add("01/09/2026", november, &first_wlr("HV1002"), "Directory Entry, Bold", "Rental", "2.1000", "0.0000", "1");
    write_atomically(file, text.as_bytes())?;
    Ok(ServiceFaults { unknown_clis: 2, unknown_products: 1 })
}
