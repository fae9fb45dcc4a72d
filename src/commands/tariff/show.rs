//! `tariff show`: the rates of a tariff on a day, with those that it has from its parents.

use clap::Args;

use crate::commands::bill::parse_date;
use crate::commands::{Global, today};
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::report::screen::table;
use crate::tariffs::contents::{Contents, ShownRow, Wanted, tariff_contents};
use crate::workspace::Workspace;

/// Which tariff, which rows.
#[derive(Args)]
pub struct Show {
    /// Its code
    tariff: String,
    /// Rows in force on this day; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    /// Only rows whose match, time band or note holds this text
    #[arg(long = "match", value_name = "TEXT")]
    text: Option<String>,
    /// Also rows that ended before, begin later, or are hidden by a nearer tariff
    #[arg(long)]
    all: bool,
}

impl Show {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let tables = workspace.tables(&workspace.ledger()?)?;
        let on = self.on.unwrap_or_else(|| today(&workspace.settings.zone));
        let wanted = Wanted { on, text: self.text, all: self.all };
        let mut contents = tariff_contents(&tables, &self.tariff, &wanted)
            .map_err(|known| Error::refused(format!("there is no tariff {:?}", self.tariff), known))?;
        if contents.currency.is_empty() {
            contents.currency = workspace.settings.currency.code().to_owned();
        }
        global.show(&contents, || in_words(&contents))
    }
}

/// The columns on the screen after match and band, with where they come from.
const COLUMNS: [(&str, &str); 16] = [
    ("mode", "mode"),
    ("percent", "percent"),
    ("connection", "connection"),
    ("rate", "rate"),
    ("minimum", "minimum"),
    ("maximum", "maximum"),
    ("increments", "increments"),
    ("included_seconds", "included"),
    ("min_seconds", "from seconds"),
    ("access_connection", "access conn."),
    ("access_rate", "access rate"),
    ("access_increment", "access incr."),
    ("access_rounding", "access rounding"),
    ("steps", "steps"),
    ("from", "from"),
    ("to", "to"),
];
/// Those that hold words.
const WORDS: [&str; 6] = ["mode", "increments", "access_rounding", "steps", "from", "to"];

fn in_words(contents: &Contents) -> String {
    let Contents { tariff, description, currency, chain, on, rows, hidden } = contents;
    let mut text = format!("tariff {tariff}, prices in {currency}, on {on}\n");
    if !description.is_empty() {
        text.push_str(&format!("{description}\n"));
    }
    if chain.len() > 1 {
        text.push_str(&format!("stands on {}\n", chain[1..].join(" → ")));
    }
    text.push('\n');
    if rows.is_empty() {
        text.push_str("no row\n");
    } else {
        text.push_str(&table_of(rows, chain.len() > 1));
    }
    if *hidden > 0 {
        text.push_str(&format!("\n{hidden} of the parents' rows hidden: shown with --all\n"));
    }
    text
}

/// Only the columns in which something stands: most tariffs need few of them.
fn table_of(rows: &[ShownRow], inherits: bool) -> String {
    let mut columns: Vec<(&str, bool, Vec<String>)> = vec![("match", false, column(rows, |row| &row.matches))];
    columns.push(("band", false, column(rows, |row| &row.time_band)));
    for (name, title) in COLUMNS {
        let cell = |row: &ShownRow| match name {
            "increments" => row.increments.clone(),
            _ => row.cells.get(name).and_then(|cell| cell.as_str()).unwrap_or("").to_owned(),
        };
        columns.push((title, !WORDS.contains(&name), rows.iter().map(cell).collect()));
    }
    columns.push(("unit", false, column(rows, |row| &row.unit)));
    if inherits {
        columns.push(("of", false, column(rows, |row| &row.tariff)));
    }
    if inherits || rows.iter().any(|row| row.state != rows[0].state) {
        columns.push(("", false, rows.iter().map(|row| row.state.words().to_owned()).collect()));
    }
    columns.push(("note", false, rows.iter().map(note).collect()));
    columns.retain(|(_, _, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let header: Vec<&str> = columns.iter().map(|(title, _, _)| *title).collect();
    let right: Vec<usize> = (0..columns.len()).filter(|position| columns[*position].1).collect();
    let lines = (0..rows.len()).map(|line| columns.iter().map(|(_, _, cells)| cells[line].clone()).collect());
    table(&header, &right, lines)
}

fn column(rows: &[ShownRow], cell: fn(&ShownRow) -> &String) -> Vec<String> {
    rows.iter().map(|row| cell(row).clone()).collect()
}

/// The first line of a note, cut to what a terminal has room for.
fn note(row: &ShownRow) -> String {
    const LONGEST: usize = 40;
    let text = row.cells.get("note").and_then(|cell| cell.as_str()).unwrap_or("").lines().next().unwrap_or("");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
