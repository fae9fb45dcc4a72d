//! Customers → their lines: `clis.csv`, and the same lines as the carrier's files write them, with how much each is
//! used. Some lines change hands in the middle of the month, some are given back; some have a spending cap, some a
//! tariff of their own.

use std::io::{self, Write};
use std::path::Path;

use super::Size;
use super::alias::Alias;
use super::customers::{Owners, account};
use super::tariffs;
use super::text::Short;
use crate::demo::random::Random;
use crate::files::AtomicFile;

/// UK area codes without their zero: large towns, and some of five digits.
pub(super) const AREAS: [&str; 40] = [
    "20", "20", "20", "20", "113", "114", "115", "116", "117", "118", "121", "121", "131", "141", "151", "161", "161",
    "191", "1202", "1204", "1206", "1223", "1224", "1225", "1242", "1254", "1273", "1302", "1323", "1382", "1392",
    "1452", "1482", "1522", "1603", "1733", "1752", "1865", "1904", "1942",
];
/// Lines that are given back end with this day of October.
const LAST_DAY: u32 = 10;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Landline,
    Mobile,
    Freephone,
    UkWide,
}

/// A line as the carrier's files have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub number: Short,
    pub usage: Use,
    /// Given back on the tenth.
    pub ends: bool,
}

/// All lines.
pub(super) struct Lines {
    lines: Vec<Line>,
    shares: Alias,
}

impl Lines {
    /// Makes them, and writes `clis.csv`.
    pub fn write(size: &Size, owners: &Owners, random: &mut Random, book: &Path) -> io::Result<Self> {
        let mut file = AtomicFile::create(&book.join("clis.csv"))?;
        writeln!(file, "cli,account,type,from,to,spending_cap,tariff_mobile,tariff_international")?;
        let mut lines = Vec::with_capacity(size.clis as usize);
        for (customer, owned) in owners.iter().enumerate() {
            for _ in 0..*owned {
                let position = u32::try_from(lines.len()).expect("the number of CLIs has 32 bits");
                let (usage, number) = numbered(position);
                let ends = random.per_mille(3);
                write_rows(&mut file, size, &number, usage, ends, (customer, owners.len()), random)?;
                let written = match random.weighted([75, 20, 5].into_iter()) {
                    0 => Short::of(&number),
                    1 => Short::of(&format!("0{}", &number[3..])),
                    _ => Short::of(&number[1..]),
                };
                lines.push(Line { number: written, usage, ends });
            }
        }
        file.commit()?;
        Ok(Self { shares: Alias::new(&shares(lines.len(), random)), lines })
    }

    /// A line, the busier the likelier.
    pub fn draw(&self, random: &mut Random) -> &Line {
        &self.lines[self.shares.draw(random)]
    }
}

impl Line {
    /// Does nobody hold it on a day of October?
    pub fn is_given_back(&self, day: u32) -> bool {
        self.ends && day > LAST_DAY
    }
}

/// The busiest line is used some 50 times as often as the middle one.
fn shares(lines: usize, random: &mut Random) -> Vec<u32> {
    let scale = u32::try_from(lines).expect("the number of CLIs has 32 bits") / 100 + 1;
    let mut shares: Vec<u32> = (0..lines).map(|rank| share(rank, scale)).collect();
    for last in (1..shares.len()).rev() {
        shares.swap(last, random.index(last + 1));
    }
    shares
}

fn share(rank: usize, scale: u32) -> u32 {
    let rank = u64::try_from(rank).expect("a position");
    u32::try_from(u64::from(scale) * 1_000_000 / (rank + u64::from(scale))).expect("at most a million")
}

/// The line of a position, and its number in full. Landlines come in blocks of ten.
fn numbered(position: u32) -> (Use, String) {
    match position % 100 {
        0..15 => (Use::Mobile, format!("+4475{:08}", position)),
        15..17 => (Use::Freephone, format!("+44808{:07}", position % 10_000_000)),
        17 => (Use::UkWide, format!("+44333{:07}", position % 10_000_000)),
        _ => {
            let block = position / 10;
            let area = block as usize % AREAS.len();
            let blocks_of_area = block / 40;
            // Areas that are listed more than once have a range for each time.
            let range = AREAS[..area].iter().filter(|before| **before == AREAS[area]).count();
            let local = blocks_of_area * 10 + position % 10;
            // Ranges are far enough apart where there are several; a small area's only one runs on into the next digit.
            let digits = u32::try_from(9 - AREAS[area].len()).expect("few digits");
            let first = (u32::try_from(range).expect("few ranges") + 2) * 10_u32.pow(digits);
            (Use::Landline, format!("+44{}{}", AREAS[area], first + local))
        }
    }
}

fn write_rows(
    file: &mut AtomicFile,
    size: &Size,
    number: &str,
    usage: Use,
    ends: bool,
    (customer, customers): (usize, usize),
    random: &mut Random,
) -> io::Result<()> {
    let kind = match usage {
        Use::Landline => *random.pick(&["sip", "sip", "wlr"]),
        Use::Mobile => "mobile",
        Use::Freephone | Use::UkWide => "inbound",
    };
    let cap = if random.per_mille(20) { random.between(5, 100).to_string() } else { String::new() };
    let own =
        if random.per_mille(10) { tariffs::code(random.below(tariffs::sold(size.tariffs))) } else { String::new() };
    let mut row =
        |account: &str, from: &str, to: &str| writeln!(file, "{number},{account},{kind},{from},{to},{cap},{own},{own}");
    let account_of = |customer: usize| account(customer % customers);
    if ends {
        return row(&account_of(customer), "2025-01-01", &format!("2026-10-{LAST_DAY}"));
    }
    if random.per_mille(5) {
        row(&account_of(customer), "2025-01-01", "2026-10-14")?;
        return row(&account_of(customer + 1), "2026-10-15", "");
    }
    row(&account_of(customer), "2025-01-01", "")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_different_and_have_ten_national_digits() {
        let numbers = (0..Size::MOST_CLIS).step_by(7).map(|position| numbered(position).1);
        let numbers: Vec<_> = numbers.chain((0..20_000).map(|position| numbered(position).1)).collect();
        assert!(numbers.iter().all(|number| number.len() == 13), "{:?}", numbers.iter().find(|n| n.len() != 13));
        let few: BTreeSet<_> = (0..300_000).map(|position| numbered(position).1).collect();
        assert_eq!(few.len(), 300_000);
    }
}
