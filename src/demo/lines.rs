//! Customers → their lines: which number, whose, since when, with which cap. Writes `clis.csv`; the traffic is drawn on
//! the same lines.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::calendar::Rhythm;
use super::customer_list::CUSTOMERS;
use super::customers::Customer;
use super::numbers::{FREEPHONE, MOBILE, PREMIUM, UK_WIDE, numbered, written};
use super::random::Random;
use super::sheet::Sheet;
use crate::domain::time::{Date, DateRange};

/// Which supplier carries a line, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Access {
    /// Northlight, over the internet.
    Sip,
    /// Northlight, over copper.
    Wlr,
    /// Northlight, a non-geographic number that is called.
    Inbound,
    /// Vale Hosted's exchange.
    Hosted,
    /// Saltmarsh's trunks.
    Trunk,
    /// Kittiwake.
    Mobile,
}

impl Access {
    /// The type in the book.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Sip | Self::Hosted | Self::Trunk => "sip",
            Self::Wlr => "wlr",
            Self::Inbound => "inbound",
            Self::Mobile => "mobile",
        }
    }
}

/// A line within its dates.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// With `x` for the digits that only the files have: a range.
    pub number: String,
    pub customer: &'static Customer,
    pub access: Access,
    pub cost_centre: &'static str,
    pub description: String,
    pub extension: &'static str,
    pub alternate: Option<String>,
    pub valid: DateRange,
    /// Calls are drawn on these days only.
    pub used: DateRange,
    pub is_excluded: bool,
    pub spending_cap: &'static str,
    /// A tariff of its own for calls to mobiles.
    pub mobile_tariff: &'static str,
}

impl Line {
    /// How busy it is.
    pub fn pace(&self) -> u32 {
        match self.access {
            // Few people ring a number that costs them a pound a minute.
            Access::Inbound if self.number.starts_with("+449") => self.customer.pace / 3,
            Access::Inbound => self.customer.pace * 4,
            _ if !self.extension.is_empty() => self.customer.pace / 2,
            _ => self.customer.pace,
        }
    }

    pub fn rhythm(&self) -> Rhythm {
        self.customer.rhythm
    }
}

/// All lines, by customer and kind.
pub(super) fn make(random: &mut Random) -> Vec<Line> {
    let mut numbers = NextNumbers::new(random);
    let mut lines = Vec::new();
    for customer in &CUSTOMERS {
        let counts = customer.lines;
        let kinds = [
            (Access::Sip, counts.sip),
            (Access::Wlr, counts.wlr),
            (Access::Hosted, counts.hosted),
            (Access::Trunk, counts.trunk),
            (Access::Mobile, counts.mobile),
        ];
        for (access, count) in kinds {
            let range = if access == Access::Mobile { MOBILE } else { customer.town.range };
            lines.extend((0..count).map(|position| line(customer, access, position, numbers.next(range))));
        }
        let inbound = customer.inbound.iter().zip(0..);
        lines.extend(inbound.map(|(range, position)| line(customer, Access::Inbound, position, numbers.next(range))));
    }
    make_some_special(&mut lines, &mut numbers);
    lines
}

/// The next free number of each range: blocks that begin at a drawn place.
struct NextNumbers(BTreeMap<&'static str, u32>);

impl NextNumbers {
    fn new(random: &mut Random) -> Self {
        let start = |range| (range, random.between(10, 300));
        Self(super::numbers::DRAMA_RANGES.into_iter().map(start).collect())
    }

    fn next(&mut self, range: &'static str) -> String {
        let next = self.0.get_mut(range).expect("a range of the list");
        *next += 1;
        numbered(range, *next)
    }
}

const ROOMS: [&str; 12] = [
    "Main number",
    "Reception",
    "Sales",
    "Accounts",
    "Office",
    "Manager",
    "Workshop",
    "Stores",
    "Bookings",
    "Fax",
    "Back office",
    "Meeting room",
];
const ROUNDS: [&str; 12] = [
    "Van 1",
    "Van 2",
    "Van 3",
    "On call",
    "Site 1",
    "Site 2",
    "Director",
    "Surveyor",
    "Fitter",
    "Driver",
    "Tablet",
    "Spare SIM",
];

fn line(customer: &'static Customer, access: Access, position: u32, number: String) -> Line {
    let place = position as usize;
    let description = match access {
        Access::Mobile => ROUNDS[place % ROUNDS.len()].to_owned(),
        Access::Inbound if number.starts_with(PREMIUM.trim_end_matches('x')) => "Quiz line".to_owned(),
        Access::Inbound if number.starts_with(FREEPHONE.trim_end_matches('x')) => "Freephone number".to_owned(),
        Access::Inbound if number.starts_with(UK_WIDE.trim_end_matches('x')) => "UK-wide number".to_owned(),
        _ if place < ROOMS.len() => ROOMS[place].to_owned(),
        _ => format!("Desk {}", position + 1),
    };
    let centres = cost_centres(customer.account);
    let is_usual = access != Access::Inbound && !centres.is_empty();
    Line {
        number,
        customer,
        access,
        cost_centre: if is_usual { centres[place % centres.len()] } else { "" },
        description,
        extension: "",
        alternate: None,
        valid: DateRange::ALWAYS,
        used: DateRange::ALWAYS,
        is_excluded: false,
        spending_cap: "",
        mobile_tariff: "",
    }
}

/// The cost centres of an account, as `cost_centres.csv` has them.
fn cost_centres(account: &str) -> Vec<&'static str> {
    let rows = super::prices::COST_CENTRES.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
    rows.filter(|row| row[0] == account).map(|row| row[1]).collect()
}

fn day(month: u32, day: u32) -> Date {
    Date::new(2026, month, day).expect("a date")
}

/// What a real book has here and there: caps, exclusions, moved and new lines, extensions, ranges.
fn make_some_special(lines: &mut Vec<Line>, numbers: &mut NextNumbers) {
    const CAPS: [(&str, Access, u32, &str); 8] = [
        ("BV2017", Access::Mobile, 0, "5"),
        ("BV2017", Access::Mobile, 1, "5"),
        ("BV2017", Access::Mobile, 2, "250"),
        ("HV1005", Access::Mobile, 0, "12.50"),
        ("HV1015", Access::Mobile, 0, "10"),
        ("HV1015", Access::Mobile, 1, "10"),
        ("HV1015", Access::Mobile, 2, "400"),
        ("HV1024", Access::Sip, 3, "25"),
    ];
    for (account, access, position, cap) in CAPS {
        nth(lines, account, access, position).spending_cap = cap;
    }
    nth(lines, "BV2017", Access::Mobile, 3).mobile_tariff = "fleet-retail";
    nth(lines, "BV2017", Access::Mobile, 4).mobile_tariff = "fleet-retail";
    let lift = nth(lines, "HV1008", Access::Wlr, 0);
    (lift.is_excluded, lift.description) = (true, "Lift emergency telephone".to_owned());
    let shared = nth(lines, "HV1024", Access::Sip, 0);
    shared.alternate = Some(numbers.next(shared.customer.town.range));
    // 01632 9605xx: a hundred numbers of which the book holds the first digits.
    let range = nth(lines, "BV2003", Access::Trunk, 11);
    (range.number, range.description) = ("+4416329605xx".to_owned(), "Test range".to_owned());
    // Left and final customers: their lines end, in the book or only in fact.
    for line in lines.iter_mut() {
        match line.customer.account {
            "HV1029" => line.valid.to = Some(day(10, 18)),
            "BV2012" => line.used.to = Some(day(10, 10)),
            _ => {}
        }
    }
    nth(lines, "HV1027", Access::Hosted, 6).valid.from = Some(day(10, 12));
    nth(lines, "HV1014", Access::Hosted, 7).valid.to = Some(day(10, 20));
    let moved = nth(lines, "HV1026", Access::Trunk, 4);
    moved.valid.to = Some(day(10, 15));
    let mut taken_over = Line { valid: DateRange { from: Some(day(10, 16)), to: None }, ..moved.clone() };
    let buyer = nth(lines, "BV2007", Access::Trunk, 0).customer;
    (taken_over.customer, taken_over.description) = (buyer, "Taken over from Hollin Street Tool Hire".to_owned());
    lines.push(taken_over);
    let main = nth(lines, "HV1003", Access::Sip, 0).clone();
    lines.push(Line { extension: "204", cost_centre: "LIT", description: "Litigation desk".to_owned(), ..main });
}

fn nth<'l>(lines: &'l mut [Line], account: &str, access: Access, position: u32) -> &'l mut Line {
    let mut found = lines.iter_mut().filter(|line| line.customer.account == account && line.access == access);
    found.nth(position as usize).expect("a line of the list of customers")
}

/// Writes `clis.csv`.
pub(super) fn write(lines: &[Line], book: &Path) -> io::Result<()> {
    let mut sheet = Sheet::new(
        "cli,account,cost_centre,description,type,extension,alternates,from,to,exclude_usage,spending_cap,\
         tariff_mobile",
    );
    for line in lines {
        let date = |date: Option<Date>| date.map_or_else(String::new, |date| date.to_string());
        sheet.add(&[
            ("cli", &written(line.number.trim_end_matches('x'))),
            ("account", line.customer.account),
            ("cost_centre", line.cost_centre),
            ("description", &line.description),
            ("type", line.access.type_name()),
            ("extension", line.extension),
            ("alternates", &line.alternate.as_deref().map_or_else(String::new, written)),
            ("from", &date(line.valid.from)),
            ("to", &date(line.valid.to)),
            ("exclude_usage", if line.is_excluded { "y" } else { "" }),
            ("spending_cap", line.spending_cap),
            ("tariff_mobile", line.mobile_tariff),
        ]);
    }
    sheet.write(&book.join("clis.csv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_one_line_and_none_is_among_the_unused() {
        let lines = make(&mut Random::new(1, "lines"));
        let mut numbers: Vec<_> =
            lines.iter().filter(|line| line.valid.from.is_none() && line.extension.is_empty()).collect();
        assert!(numbers.len() >= 300, "{}", numbers.len());
        numbers.sort_by(|a, b| a.number.cmp(&b.number));
        assert!(numbers.windows(2).all(|pair| pair[0].number != pair[1].number));
        let last_three = |line: &&Line| line.number[line.number.len() - 3..].parse::<u32>().unwrap_or(0);
        assert!(numbers.iter().all(|line| last_three(line) < super::super::numbers::FIRST_UNUSED));
    }
}
