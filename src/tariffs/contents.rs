//! What a tariff holds on a day: its own rows and those that it has from its parents (R2), with the prices as the book
//! has them. A parent's row that no call of this tariff can reach is marked as hidden. Prices nothing.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::book::Tables;
use crate::domain::time::Date;

use super::rows::{Row, known_names, rows};

/// Which rows are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// In force on this day.
    pub on: Date,
    /// Whose match, band or note holds this text, in small letters or capitals.
    pub text: Option<String>,
    /// Also rows that ended before, begin later, or are hidden.
    pub all: bool,
}

/// A tariff and the rows wanted of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// Its code.
    pub tariff: String,
    /// For people.
    pub description: String,
    /// The currency of its prices; the workspace's if blank.
    pub currency: String,
    /// Itself, its parent, the parent's parent.
    pub chain: Vec<String>,
    /// The day.
    pub on: Date,
    /// The rows, by match and band, then from the tariff itself up, by date.
    pub rows: Vec<ShownRow>,
    /// Rows of parents in force that are hidden and not shown.
    pub hidden: usize,
}

/// A rate row as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownRow {
    /// Of the tariff itself or of a parent.
    pub tariff: String,
    /// `major` or `minor`: the unit of the prices.
    pub unit: String,
    /// Where it stands on the day.
    pub state: State,
    /// What it is for.
    #[serde(rename = "match")]
    pub matches: String,
    /// In which time band; all if blank.
    pub time_band: String,
    /// Its other cells that are set, by column.
    pub cells: serde_json::Map<String, serde_json::Value>,
    /// Increments: `30/6`; blank where they mean nothing.
    pub increments: String,
}

/// Where a row stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A row of the tariff, in force.
    InForce,
    /// A row of a parent, in force.
    Inherited,
    /// A row of a parent in force, for whose key a nearer tariff has a row.
    Hidden,
    /// Begins later.
    ToCome,
    /// Ended before.
    Ended,
}

impl State {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Inherited => "inherited",
            Self::Hidden => "hidden",
            Self::ToCome => "to come",
            Self::Ended => "ended",
        }
    }
}

/// The rows wanted of a tariff; of an unknown one, the tariffs that there are, as an error.
pub fn tariff_contents(tables: &Tables, tariff: &str, wanted: &Wanted) -> Result<Contents, String> {
    let tariffs: Vec<Row> = rows(tables, "tariffs").collect();
    let find = |code: &str| tariffs.iter().find(|row| row.get("tariff") == Some(code)).copied();
    let own = find(tariff).ok_or_else(|| known_names(tariffs.iter().filter_map(|row| row.get("tariff"))))?;
    let mut chain = vec![own];
    while let Some(parent) = chain[chain.len() - 1].get("parent").and_then(find) {
        if chain.len() > tariffs.len() {
            break;
        }
        chain.push(parent);
    }
    let mut shown = Vec::new();
    let mut nearer: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (depth, terms) in chain.iter().enumerate() {
        let held: Vec<Row> = rows(tables, "rates").filter(|row| row.get("tariff") == terms.get("tariff")).collect();
        shown.extend(held.iter().map(|row| (depth, *row, state(*row, depth, wanted.on, &nearer))));
        let in_force = held.iter().filter(|row| row.valid().contains(wanted.on));
        nearer.extend(in_force.map(|row| (row.text("match"), row.text("time_band"))));
    }
    let wanted_text = wanted.text.as_deref().map(str::to_lowercase);
    shown.retain(|(_, row, _)| wanted_text.as_deref().is_none_or(|text| mentions(*row, text)));
    let hidden = if wanted.all { 0 } else { shown.iter().filter(|(_, _, state)| *state == State::Hidden).count() };
    shown.retain(|(_, _, state)| wanted.all || *state <= State::Inherited);
    shown.sort_by_key(|(depth, row, _)| (row.text("match"), row.text("time_band"), *depth, row.date("from")));
    Ok(Contents {
        tariff: tariff.to_owned(),
        description: own.text("description").to_owned(),
        currency: own.text("currency").to_owned(),
        chain: chain.iter().map(|row| row.text("tariff").to_owned()).collect(),
        on: wanted.on,
        rows: shown.iter().map(|(depth, row, state)| shown_row(*row, chain[*depth].text("unit"), *state)).collect(),
        hidden,
    })
}

/// A row of a parent is hidden if a nearer tariff has one in force with its match for its band or for all (R2).
fn state(row: Row, depth: usize, on: Date, nearer: &BTreeSet<(&str, &str)>) -> State {
    let (matches, band) = (row.text("match"), row.text("time_band"));
    let valid = row.valid();
    if valid.from.is_some_and(|from| from > on) {
        State::ToCome
    } else if valid.to.is_some_and(|to| to < on) {
        State::Ended
    } else if depth == 0 {
        State::InForce
    } else if nearer.contains(&(matches, band)) || nearer.contains(&(matches, "")) {
        State::Hidden
    } else {
        State::Inherited
    }
}

fn mentions(row: Row, text: &str) -> bool {
    ["match", "time_band", "note"].iter().any(|column| row.text(column).to_lowercase().contains(text))
}

/// The columns that every row has a field for.
const FIELDS: [&str; 3] = ["tariff", "match", "time_band"];

fn shown_row(row: Row, unit: &str, state: State) -> ShownRow {
    let cells = row.filled().filter(|(column, _)| !FIELDS.contains(column));
    ShownRow {
        tariff: row.text("tariff").to_owned(),
        unit: unit.to_owned(),
        state,
        matches: row.text("match").to_owned(),
        time_band: row.text("time_band").to_owned(),
        cells: cells.map(|(column, text)| (column.to_owned(), text.into())).collect(),
        increments: increments(row),
    }
}

/// First and following block; blank ones are the same or 1 (R6).
fn increments(row: Row) -> String {
    let calculated = matches!(row.get("mode"), None | Some("calculated"));
    if !calculated || row.get("steps").is_some() {
        return String::new();
    }
    let following = row.get("increment").unwrap_or("1");
    format!("{}/{following}", row.get("initial_increment").unwrap_or(following))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariffs::rows::test_table;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn rows_of_parents_are_inherited_or_hidden_r2() {
        let mut tables = Tables::new();
        *tables.get_mut("tariffs") = test_table("tariffs", "tariff,parent,unit\nbase,,minor\nchild,base,major\n");
        *tables.get_mut("rates") = test_table(
            "rates",
            "tariff,match,time_band,from,to,rate,initial_increment,increment,note\n\
             base,type:a,,,,1,30,6,\n\
             base,type:b,day,,,1,,60,\n\
             base,type:c,day,,,1,,,Spain\n\
             base,type:d,,,,1,,,\n\
             child,type:a,,,,2,,,\n\
             child,type:b,,,2026-06-30,2,,,\n\
             child,type:b,day,2026-07-01,,3,,,\n\
             child,type:d,day,,,2,,,\n",
        );
        let check = |on: &str, text: Option<&str>, all: bool, expected: &[&str]| {
            let wanted = Wanted { on: date(on), text: text.map(str::to_owned), all };
            let contents = tariff_contents(&tables, "child", &wanted).unwrap();
            let words = contents.rows.iter().map(|row| {
                let band = if row.time_band.is_empty() { "" } else { " day" };
                format!("{} {}{band} {} {}", row.tariff, row.matches, row.increments, row.state.words())
            });
            assert_eq!(words.collect::<Vec<_>>(), expected, "{on} {text:?} {all}");
        };
        // A child's row for all bands hides the parent's of one band; a child's of one band does not hide the parent's
        // for all.
        let june = [
            "child type:a 1/1 in force",
            "child type:b 1/1 in force",
            "base type:c day 1/1 inherited",
            "base type:d 1/1 inherited",
            "child type:d day 1/1 in force",
        ];
        check("2026-06-30", None, false, &june);
        check("2026-07-01", Some("TYPE:B"), false, &["child type:b day 1/1 in force"]);
        check("2026-07-01", Some("spain"), true, &["base type:c day 1/1 inherited"]);
        let of_b = ["child type:b 1/1 ended", "child type:b day 1/1 in force", "base type:b day 60/60 hidden"];
        check("2026-07-01", Some("type:b"), true, &of_b);
        check("2026-06-30", Some("type:a"), true, &["child type:a 1/1 in force", "base type:a 30/6 hidden"]);
        let unknown = tariff_contents(&tables, "x", &Wanted { on: date("2026-07-01"), text: None, all: true });
        assert_eq!(unknown, Err("there are: base, child".to_owned()));
    }
}
