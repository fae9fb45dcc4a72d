//! The terms of a rate row, with what its blanks mean: are two rows the same price, and if not, what differs? Looks at
//! texts of one tariff's unit; resolves no names.

use std::cmp::Ordering;

use crate::book::{Table, TableRow};
use crate::domain::money::{Percent, Price, Rounding, divide};

/// The columns that are terms, and what a blank one means. `initial_increment` means the increment where it is blank.
const TERMS: [(&str, &str); 16] = [
    ("rate", "0"),
    ("connection", "0"),
    ("minimum", ""),
    ("maximum", ""),
    ("initial_increment", ""),
    ("increment", "1"),
    ("included_seconds", "0"),
    ("min_seconds", "1"),
    ("mode", "calculated"),
    ("percent", "0"),
    ("access_connection", ""),
    ("access_rate", ""),
    ("access_increment", ""),
    ("access_rounding", ""),
    ("steps", ""),
    ("to", ""),
];
/// The end of a row is compared apart: it says when, not what.
const COMPARED: usize = 15;
const INITIAL: usize = 4;
const INCREMENT: usize = 5;
/// Those that say dearer or cheaper.
const PRICES: [usize; 3] = [0, 1, 2];

/// Where the columns of `rates` stand, looked up once.
#[derive(Clone, Copy)]
pub struct RateColumns {
    terms: [usize; 16],
    /// `match`.
    pub matches: usize,
    /// `time_band`.
    pub band: usize,
    /// `from`.
    pub from: usize,
    /// `to`.
    pub to: usize,
    /// `note`.
    pub note: usize,
    /// `tariff`.
    pub tariff: usize,
}

/// How the terms of a row changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The rate, the connection charge or the minimum rose, none of them fell, nothing else changed.
    Dearer,
    /// The reverse.
    Cheaper,
    /// Anything else.
    Otherwise,
}

impl RateColumns {
    /// Of the table `rates`.
    ///
    /// # Panics
    /// If the table is another one.
    pub fn of(table: &Table) -> Self {
        let place = |name: &str| table.schema.position(name).expect("a column of rates.csv");
        Self {
            terms: TERMS.map(|(name, _)| place(name)),
            matches: place("match"),
            band: place("time_band"),
            from: place("from"),
            to: place("to"),
            note: place("note"),
            tariff: place("tariff"),
        }
    }

    fn term<'r>(&self, row: &'r TableRow, term: usize) -> &'r str {
        match row.cells.get(self.terms[term]) {
            Some(text) => text,
            None if term == INITIAL => self.term(row, INCREMENT),
            None => TERMS[term].1,
        }
    }

    /// Do two rows charge the same?
    pub fn same_terms(&self, a: &TableRow, b: &TableRow) -> bool {
        (0..COMPARED).all(|term| self.term(a, term) == self.term(b, term))
    }

    /// Gives a row the terms of another one.
    pub fn copy_terms(&self, from: &TableRow, to: &mut TableRow) {
        for place in &self.terms[..COMPARED] {
            to.cells.set(*place, from.cells.get(*place));
        }
    }

    /// What differs, in the order of the terms: name, before, after.
    pub fn changed_terms<'r>(
        &self,
        before: &'r TableRow,
        after: &'r TableRow,
    ) -> Vec<(&'static str, &'r str, &'r str)> {
        let differ = |term: usize| (TERMS[term].0, self.term(before, term), self.term(after, term));
        (0..COMPARED).map(differ).filter(|(_, before, after)| before != after).collect()
    }

    /// Dearer, cheaper, or neither.
    pub fn direction(&self, before: &TableRow, after: &TableRow) -> Direction {
        let (mut rose, mut fell, mut other) = (false, false, false);
        for term in 0..COMPARED {
            let (old, new) = (self.term(before, term), self.term(after, term));
            if old == new {
                continue;
            }
            if !PRICES.contains(&term) {
                other = true;
                continue;
            }
            match price_of(new).cmp(&price_of(old)) {
                Ordering::Greater => rose = true,
                Ordering::Less => fell = true,
                Ordering::Equal => {}
            }
        }
        match (rose, fell, other) {
            (true, false, false) => Direction::Dearer,
            (false, true, false) => Direction::Cheaper,
            _ => Direction::Otherwise,
        }
    }

    /// By how much the rate of a calculated row rose or fell, in percent; none where it was 0 or has not changed.
    pub fn percent(&self, before: &TableRow, after: &TableRow) -> Option<Percent> {
        let (old, new) = (price_of(self.term(before, 0)).scaled(), price_of(self.term(after, 0)).scaled());
        if old <= 0 || old == new {
            return None;
        }
        let change = i128::from(new) - i128::from(old);
        Percent::from_wide(divide(change * 1_000_000, i128::from(old), Rounding::HalfUp)).ok()
    }

    /// The terms in few words, what is usual left out: `1.5`, `1.5 connection 2 minimum 3 60/60`.
    pub fn in_words(&self, row: &TableRow) -> String {
        let term = |term| self.term(row, term);
        if !term(14).is_empty() {
            return format!("steps {}", term(14));
        }
        let mut words = match term(8) {
            "calculated" => vec![term(0).to_owned()],
            "from_file" => vec!["from the file".to_owned()],
            mode => vec![format!("{mode} {} %", term(9))],
        };
        let named = [(1, "connection", "0"), (2, "minimum", ""), (3, "maximum", "")];
        let named = named.iter().filter(|(place, _, usual)| term(*place) != *usual);
        words.extend(named.map(|(place, name, _)| format!("{name} {}", term(*place))));
        if (term(INITIAL), term(INCREMENT)) != ("1", "1") {
            words.push(format!("{}/{}", term(INITIAL), term(INCREMENT)));
        }
        words.join(" ")
    }
}

/// The value of a canonical price; of a blank one 0.
fn price_of(text: &str) -> Price {
    Price::parse(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::find_schema;

    fn row(columns: &RateColumns, cells: &[(&str, &str)]) -> TableRow {
        let table = Table::new(find_schema("rates").expect("listed"));
        let _ = columns;
        let value = |name: &str| cells.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        TableRow { line: 0, cells: table.column_names().map(value).collect() }
    }

    #[test]
    fn blanks_mean_what_the_rules_say() {
        let columns = RateColumns::of(&Table::new(find_schema("rates").expect("listed")));
        let check =
            |before: &[(&str, &str)], after: &[(&str, &str)], expected: Option<(Direction, Option<&str>, &str)>| {
                let (before, after) = (row(&columns, before), row(&columns, after));
                let found = (!columns.same_terms(&before, &after)).then(|| {
                    let percent = columns.percent(&before, &after).map(|percent| percent.to_string());
                    (columns.direction(&before, &after), percent, columns.in_words(&after))
                });
                let found = found.as_ref().map(|(kind, percent, words)| (*kind, percent.as_deref(), words.as_str()));
                assert_eq!(found, expected, "{before:?} {after:?}");
            };
        use Direction::{Cheaper, Dearer, Otherwise};
        // R6: a blank increment is 1, a blank initial one the increment.
        check(&[("rate", "1")], &[("rate", "1"), ("increment", "1"), ("initial_increment", "1")], None);
        check(
            &[("rate", "1"), ("increment", "60")],
            &[("rate", "1"), ("increment", "60"), ("initial_increment", "60")],
            None,
        );
        check(&[("rate", "1"), ("mode", "calculated")], &[("rate", "1"), ("connection", "0"), ("note", "n")], None);
        check(&[("rate", "2")], &[("rate", "3")], Some((Dearer, Some("50"), "3")));
        check(&[("rate", "3")], &[("rate", "2")], Some((Cheaper, Some("-33.3333"), "2")));
        check(&[("rate", "0")], &[("rate", "2")], Some((Dearer, None, "2")));
        check(&[("rate", "2")], &[("rate", "2"), ("minimum", "3")], Some((Dearer, None, "2 minimum 3")));
        check(
            &[("rate", "2"), ("connection", "5")],
            &[("rate", "3"), ("connection", "4")],
            Some((Otherwise, Some("50"), "3 connection 4")),
        );
        check(&[("rate", "2")], &[("rate", "1"), ("increment", "60")], Some((Otherwise, Some("-50"), "1 60/60")));
    }
}
