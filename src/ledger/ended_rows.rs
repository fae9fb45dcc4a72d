//! Rows of the book that end with their customer, and come back with it (B10): lines, recurring charges, allowances.
//! What end each had before is remembered, so that a reinstatement knows what to give back. Decides nothing about status.

use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use crate::domain::cells::Cells;
use crate::domain::time::Date;

use super::book::{ApplyMode, Shape, StoredTable};
use super::{Change, LedgerError, book_rows};

/// The files whose rows end with their customer.
const FILES: [&str; 3] = ["clis", "charges", "customer_allowances"];

/// A row of the book that ended, came back or was left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LifeRow {
    /// The book file: `clis`, `charges` or `customer_allowances`.
    pub file: &'static str,
    /// The line, charge or allowance.
    pub name: String,
    /// Its first day now; none if it has been there always.
    pub from: Option<String>,
    /// Its last day now; none if it has no end.
    pub to: Option<String>,
    /// Why it was left as it is; empty if it was not.
    pub why: &'static str,
}

/// What ending or bringing back came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Touched {
    pub changed: Vec<LifeRow>,
    pub left: Vec<LifeRow>,
}

/// What is to come back, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct BringBack<'a> {
    /// What ended with the customer on this day.
    pub ended_on: Option<Date>,
    /// What ended on these days, remembered or not.
    pub also: &'a [Date],
    /// Rows go on from this day, and nothing is between; none: as if they had never ended.
    pub from: Option<Date>,
    /// Lines that stay ended, with their charges.
    pub leave: &'a [String],
}

/// The rows of one customer in one file.
struct Rows {
    file: &'static str,
    shape: Shape,
    rows: Vec<Cells>,
}

impl Rows {
    fn of(change: &Change<'_>, file: &'static str, account: &str) -> Result<Self, LedgerError> {
        let shape = Shape::of(change, file)?;
        let key = shape.key_columns().iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT {} FROM book_{file} WHERE account = ?1 ORDER BY {key}", shape.column_list());
        let mut query = change.prepare_cached(&sql)?;
        let rows = query.query_map([account], |row| shape.read_cells(row))?;
        let rows = rows.collect::<Result<_, _>>()?;
        Ok(Self { file, shape, rows })
    }

    fn cell<'r>(&self, row: &'r Cells, column: &str) -> Option<&'r str> {
        self.shape.columns.iter().position(|known| known == column).and_then(|place| row.get(place))
    }

    /// The row with other values in some columns.
    fn with(&self, row: &Cells, values: &[(&str, Option<String>)]) -> Cells {
        let mut cells = row.clone();
        for (column, value) in values {
            if let Some(place) = self.shape.columns.iter().position(|known| known == column) {
                cells.set(place, value.as_deref());
            }
        }
        cells
    }

    fn write(&self, change: &Change<'_>, row: Cells, mode: ApplyMode) -> Result<(), LedgerError> {
        let table = StoredTable {
            name: self.file.to_owned(),
            columns: self.shape.columns.clone(),
            key_columns: self.shape.key_columns(),
            rows: vec![row],
        };
        match book_rows::write(change, &table, mode)? {
            (_, clashes) if clashes.is_empty() => Ok(()),
            (_, clashes) => Err(book_rows::refuse_existing(&clashes)),
        }
    }

    fn show(&self, row: &Cells, why: &'static str) -> LifeRow {
        let name = match self.file {
            "clis" => "cli",
            "charges" => "charge",
            _ => "allowance",
        };
        let cell = |column| self.cell(row, column).map(str::to_owned);
        LifeRow { file: self.file, name: cell(name).unwrap_or_default(), from: cell("from"), to: cell("to"), why }
    }
}

/// Ends every row that is in force after a day, and remembers its end. One-off charges have no end; rows that begin after
/// the day are left, as billing never comes to them.
pub(super) fn end_rows(change: &Change<'_>, account: &str, on: Date) -> Result<Touched, LedgerError> {
    let day = on.to_string();
    let mut touched = Touched::default();
    for file in FILES {
        let rows = Rows::of(change, file, account)?;
        for row in &rows.rows {
            let to = rows.cell(row, "to");
            if to.is_some_and(|to| to <= day.as_str()) || (file == "charges" && !recurs(change, &rows, row)?) {
                continue;
            }
            if rows.cell(row, "from").is_some_and(|from| from > day.as_str()) {
                touched.left.push(rows.show(row, "begins after that day: never in force"));
                continue;
            }
            remember(change, account, (&rows, row), &day)?;
            let ended = rows.with(row, &[("to", Some(day.clone()))]);
            touched.changed.push(rows.show(&ended, ""));
            rows.write(change, ended, ApplyMode::Upsert)?;
        }
    }
    Ok(touched)
}

/// P1: what the charge says, else its product, else whether there is an interval.
fn recurs(change: &Change<'_>, rows: &Rows, row: &Cells) -> Result<bool, LedgerError> {
    let mut query = change.prepare_cached("SELECT type, interval FROM book_products WHERE product = ?1")?;
    let product = rows.cell(row, "product").unwrap_or_default();
    let of_product = query.query_row([product], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (kind, interval): (Option<String>, Option<String>) = of_product.unwrap_or_default();
    Ok(match rows.cell(row, "type").map(str::to_owned).or(kind) {
        Some(word) => word == "recurring",
        None => rows.cell(row, "interval").is_some() || interval.is_some(),
    })
}

/// A row that ends a second time, on an earlier day, keeps the end that it had at first.
fn remember(
    change: &Change<'_>,
    account: &str,
    (rows, row): (&Rows, &Cells),
    ended_on: &str,
) -> Result<(), LedgerError> {
    let (key, to) = (rows.shape.key_text(row), rows.cell(row, "to"));
    let again = change
        .prepare_cached(
            "UPDATE ended_rows SET ended_on = ?4 WHERE account = ?1 AND file = ?2 AND key = ?3 AND ended_on IS ?5
               AND reinstated_at IS NULL",
        )?
        .execute(params![account, rows.file, key, ended_on, to])?;
    if again == 0 {
        change
            .prepare_cached(
                "INSERT INTO ended_rows (account, file, key, ended_on, end_before, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![account, rows.file, key, ended_on, to, change.actor.at])?;
    }
    Ok(())
}

/// Brings back what ended; refuses a day on which nothing did.
pub(super) fn bring_back(change: &Change<'_>, account: &str, how: BringBack<'_>) -> Result<Touched, LedgerError> {
    let mut touched = Touched::default();
    let mut empty: Vec<&Date> = how.also.iter().collect();
    for file in FILES {
        let rows = Rows::of(change, file, account)?;
        for row in &rows.rows {
            let key = rows.shape.key_text(row);
            let end = rows.cell(row, "to").and_then(Date::parse);
            // A person has changed it meanwhile: what it was before the customer left is no longer what is wanted.
            if let Some(day) = how.ended_on
                && end != Some(day)
                && remembered_end(change, account, &key, (file, day))?.is_some()
            {
                touched.left.push(rows.show(row, "was given another end since"));
            }
            let Some(to) = end else { continue };
            let named = how.also.contains(&to);
            let remembered = remembered_end(change, account, &key, (file, to))?;
            let end = match remembered {
                Some(end) if named || how.ended_on == Some(to) => end,
                None if named => None,
                _ => continue,
            };
            empty.retain(|day| **day != to);
            if is_left(&rows, row, how.leave) {
                touched.left.push(rows.show(row, "as asked"));
                continue;
            }
            if let (Some(from), Some(end)) = (how.from, end)
                && end < from
            {
                touched.left.push(rows.show(row, "would have ended before that day"));
                continue;
            }
            touched.changed.push(continue_row(change, (&rows, row), how.from, end)?);
            change
                .prepare_cached(
                    "UPDATE ended_rows SET reinstated_at = ?5 WHERE account = ?1 AND file = ?2 AND key = ?3
                       AND ended_on = ?4 AND reinstated_at IS NULL",
                )?
                .execute(params![account, file, key, to.to_string(), change.actor.at])?;
        }
    }
    if let Some(day) = empty.first() {
        let what = format!("reinstate what ended on {day}");
        let hint = "see the dates with `tollbook customer show`";
        return Err(LedgerError::refused(what, format!("nothing of {account} ended on that day"), hint));
    }
    Ok(touched)
}

/// The end that a row had before it was ended on a day; none if that is not remembered.
fn remembered_end(
    change: &Change<'_>,
    account: &str,
    key: &str,
    (file, ended_on): (&str, Date),
) -> Result<Option<Option<Date>>, LedgerError> {
    let mut query = change.prepare_cached(
        "SELECT end_before FROM ended_rows WHERE account = ?1 AND file = ?2 AND key = ?3 AND ended_on = ?4
           AND reinstated_at IS NULL ORDER BY id DESC LIMIT 1",
    )?;
    let read = |row: &rusqlite::Row<'_>| super::columns::optional(row, "end_before", Date::parse);
    Ok(query.query_row(params![account, file, key, ended_on.to_string()], read).optional()?)
}

fn is_left(rows: &Rows, row: &Cells, leave: &[String]) -> bool {
    match rows.file {
        "clis" | "charges" => rows.cell(row, "cli").is_some_and(|cli| leave.iter().any(|left| left == cli)),
        _ => false,
    }
}

/// The row goes on as if it had not ended; or a new one begins later, with all that it has.
fn continue_row(
    change: &Change<'_>,
    (rows, row): (&Rows, &Cells),
    from: Option<Date>,
    end: Option<Date>,
) -> Result<LifeRow, LedgerError> {
    let to = ("to", end.map(|end| end.to_string()));
    let Some(from) = from else {
        let back = rows.with(row, &[to]);
        let shown = rows.show(&back, "");
        rows.write(change, back, ApplyMode::Upsert)?;
        return Ok(shown);
    };
    let mut values = vec![to, ("from", Some(from.to_string()))];
    if rows.file == "charges" {
        let term = rows.cell(row, "minimum_term").filter(|term| Date::parse(term).is_some_and(|term| term >= from));
        values.push(("minimum_term", term.map(str::to_owned)));
        values.push(("charge", Some(next_id(rows, rows.cell(row, "charge").unwrap_or_default()))));
    }
    let back = rows.with(row, &values);
    let shown = rows.show(&back, "");
    let named = ["account", "charge"].map(|column| rows.cell(&back, column).unwrap_or_default().to_owned());
    rows.write(change, back, ApplyMode::Insert)?;
    if rows.file == "charges" {
        copy_schedule(change, rows.cell(row, "charge").unwrap_or_default(), &named)?;
    }
    Ok(shown)
}

/// The dated prices of a charge hold for its copy too (P2).
fn copy_schedule(change: &Change<'_>, charge: &str, [account, copy]: &[String; 2]) -> Result<(), LedgerError> {
    let prices = Rows::of(change, "charge_prices", account)?;
    for row in prices.rows.iter().filter(|row| prices.cell(row, "charge") == Some(charge)) {
        prices.write(change, prices.with(row, &[("charge", Some(copy.clone()))]), ApplyMode::Insert)?;
    }
    Ok(())
}

/// `RENT` → `RENT-2`, `RENT-2` → `RENT-3`: the first that the customer does not have.
fn next_id(rows: &Rows, id: &str) -> String {
    let has = |id: &str| rows.rows.iter().any(|row| rows.cell(row, "charge") == Some(id));
    let numbered = id.rsplit_once('-').filter(|(base, number)| has(base) && number.parse::<u32>().is_ok());
    let base = numbered.map_or(id, |(base, _)| base);
    let mut ids = (2_u32..).map(|number| format!("{base}-{number}"));
    ids.find(|id| !has(id)).unwrap_or_default()
}
