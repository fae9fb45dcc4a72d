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

const COLUMNS: &str = "account,charge,product,description,details,cli,cost_centre,type,interval,timing,align,quantity,\
price,cost,vat_code,from,to,minimum_term,category,hide_period";

/// From when rentals are charged in advance.
const NOVEMBER: &str = "2026-11-01";
/// From when rentals are charged in arrears.
const OCTOBER: &str = "2026-10-01";

type Cells = &'static [(&'static str, &'static str)];

/// Charges that only one customer has: account, id, cells.
#[rustfmt::skip]
const SPECIAL: &[(&str, &str, Cells)] = &[
    // Part of a month, then whole ones (P4).
    ("HV1001", "broadband-2", &[("product", "broadband-500"), ("details", "Quay office"), ("align", "calendar:1"), ("from", "2026-10-15"), ("minimum_term", "2028-10-14")]),
    ("HV1004", "extra-channel", &[("product", "sip-channel"), ("quantity", "2"), ("from", "2026-10-20")]),
    ("BV2009", "seats-annexe", &[("product", "hosted-seat"), ("details", "Annexe"), ("quantity", "3"), ("from", "2026-10-12")]),
    // Ends within the month, in arrears.
    ("HV1014", "old-broadband", &[("product", "broadband-80"), ("details", "Rehearsal room, ceased"), ("timing", "arrears"), ("from", OCTOBER), ("to", "2026-10-20")]),
    // From the day it began to the day before that of the next month (P3).
    ("HV1009", "recording", &[("product", "call-recording"), ("align", "anniversary"), ("quantity", "10"), ("from", "2026-10-20")]),
    ("BV2006", "recording", &[("product", "call-recording"), ("align", "anniversary"), ("from", "2026-10-31")]),
    ("BV2015", "hall-broadband", &[("product", "broadband-80"), ("interval", "quarterly"), ("price", "89.85"), ("align", "calendar:1"), ("from", NOVEMBER)]),
    ("BV2008", "repairs-desk", &[("product", "support"), ("description", "Repairs desk, staffed"), ("interval", "weekly"), ("timing", "arrears"), ("align", "anniversary"), ("price", "46.50"), ("cost_centre", "REP"), ("from", "2026-10-05")]),
    ("HV1017", "licence", &[("description", "Call reporting licence"), ("category", "Software"), ("type", "recurring"), ("interval", "yearly"), ("price", "480"), ("cost", "310"), ("from", NOVEMBER), ("hide_period", "y")]),
    // Reduced VAT (V1).
    ("HV1006", "pull-cords", &[("product", "pull-cord"), ("quantity", "34"), ("from", NOVEMBER)]),
    // One-off.
    ("HV1001", "router", &[("product", "router"), ("from", "2026-10-15")]),
    ("HV1010", "visit", &[("product", "engineer-visit"), ("quantity", "1.5"), ("details", "Farm team, new desk"), ("cost_centre", "FARM"), ("from", "2026-10-08")]),
    ("HV1024", "move", &[("description", "Freephone number move"), ("category", "Connections"), ("price", "45"), ("from", "2026-10-12")]),
    ("HV1003", "goodwill", &[("description", "Goodwill credit, line fault of 2 October"), ("category", "Credits"), ("price", "-25"), ("from", "2026-10-06")]),
    ("HV1012", "migration", &[("description", "Migration day"), ("category", "Services"), ("price", "650"), ("cost", "400"), ("from", "2026-10-03")]),
    ("BV2017", "sim-swap", &[("description", "SIM replacement"), ("category", "Mobile"), ("price", "5"), ("quantity", "2"), ("from", "2026-10-21")]),
    // The final bill: cut at the last day of service (B10).
    ("HV1029", "channels", &[("product", "sip-channel"), ("quantity", "3"), ("from", OCTOBER)]),
    ("HV1029", "office-broadband", &[("product", "broadband-500"), ("from", OCTOBER)]),
    // Low invoices (B6).
    ("BV2014", "mailbox", &[("description", "Voicemail box"), ("category", "Features"), ("type", "recurring"), ("interval", "monthly"), ("price", "4.50"), ("from", NOVEMBER)]),
    ("HV1011", "mailbox", &[("description", "Voicemail box"), ("category", "Features"), ("type", "recurring"), ("interval", "monthly"), ("price", "3.20"), ("from", NOVEMBER)]),
    ("HV1018", "broadband", &[("product", "broadband-80"), ("from", NOVEMBER)]),
    // Credits: a large one, and one of pennies (B7).
    ("HV1030", "fault-credit", &[("description", "Credit for lost service in August"), ("category", "Credits"), ("price", "-240"), ("from", "2026-10-09")]),
    ("HV1030", "line", &[("product", "analogue-line"), ("from", NOVEMBER)]),
    ("BV2018", "mailbox", &[("description", "Voicemail box"), ("category", "Features"), ("type", "recurring"), ("interval", "monthly"), ("price", "3"), ("from", NOVEMBER)]),
    ("BV2018", "overcharge", &[("description", "Voicemail box charged twice"), ("category", "Credits"), ("price", "-4"), ("from", "2026-10-14")]),
];

/// Writes `charges.csv`.
pub(super) fn write(lines: &[Line], book: &Path) -> io::Result<()> {
    let mut sheet = Sheet::new(COLUMNS);
    for (position, customer) in CUSTOMERS.iter().enumerate() {
        let own: Vec<_> = lines.iter().filter(|line| line.customer.account == customer.account).collect();
        if customer.has_rentals {
            add_rentals(&mut sheet, customer, position, &own);
        }
        for (_, id, cells) in SPECIAL.iter().filter(|(account, ..)| *account == customer.account) {
            let mut row = vec![("account", customer.account), ("charge", *id)];
            row.extend(*cells);
            sheet.add(&row);
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
