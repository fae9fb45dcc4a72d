//! Rows of one book file into its table: inserted or merged, each change audited. Decides nothing about their meaning.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params, params_from_iter};
use serde_json::{Map, Value};

use super::book::{ApplyMode, FileChanges, Shape, StoredTable, quoted};
use super::{Change, LedgerError};

/// Writes the rows of a table. Returns the counts and, in insert mode, the rows that are there already.
pub(super) fn write(
    change: &Change<'_>,
    table: &StoredTable,
    mode: ApplyMode,
) -> Result<(FileChanges, Vec<String>), LedgerError> {
    let shape = Shape::of(change, &table.name)?;
    let layout = Layout::of(&shape, table)?;
    let writer = RowWriter { change, statements: Statements::of(&shape), shape, layout };
    let mut counts = FileChanges { file: table.name.clone(), ..FileChanges::default() };
    let mut seen = HashSet::with_capacity(table.rows.len());
    let mut there_already = Vec::new();
    for cells in &table.rows {
        let row = writer.arrange(cells)?;
        let key = writer.shape.key_text(&row.cells);
        let done = writer.write(&row, &key, mode)?;
        if seen.contains(&key) {
            let why = format!("{} {key} is there twice in what is to be loaded", table.name);
            return Err(LedgerError::refused("change the book", why, "keep one of the rows"));
        }
        match done {
            Done::Inserted => counts.inserted += 1,
            Done::Updated => counts.updated += 1,
            Done::Unchanged => counts.unchanged += 1,
            Done::ThereAlready => there_already.push(format!("{} {key}", table.name)),
        }
        seen.insert(key);
    }
    Ok((counts, there_already))
}

/// The refusal of insert mode: all rows at once.
pub(super) fn refuse_existing(rows: &[String]) -> LedgerError {
    let why = match rows {
        [single] => format!("a row is there already: {single}"),
        several => format!("{} rows are there already: {}", several.len(), several.join("; ")),
    };
    LedgerError::refused("insert into the book", why, "leave them out, or use upsert to change them")
}

/// Where the columns of a given table are stored.
struct Layout {
    /// By stored column: its position in the given table, if it is given.
    given: Vec<Option<usize>>,
    /// `x_…` columns: name and position in the given table.
    extra: Vec<(String, usize)>,
    width: usize,
}

impl Layout {
    fn of(shape: &Shape, table: &StoredTable) -> Result<Self, LedgerError> {
        let refuse = |why, hint: String| Err(LedgerError::refused("change the book", why, hint));
        if table.key_columns != shape.key_columns() {
            let why = format!("rows of {} are named by {}", shape.name, shape.key_columns().join(", "));
            return refuse(why, format!("not by {}", table.key_columns.join(", ")));
        }
        let mut given = vec![None; shape.columns.len()];
        let mut extra: Vec<(String, usize)> = Vec::new();
        for (position, column) in table.columns.iter().enumerate() {
            let twice = match shape.columns.iter().position(|stored| stored == column) {
                Some(stored) => given[stored].replace(position).is_some(),
                None if column.starts_with("x_") => {
                    let twice = extra.iter().any(|(name, _)| name == column);
                    extra.push((column.clone(), position));
                    twice
                }
                None => {
                    return refuse(
                        format!("{} has no column {column}", shape.name),
                        "columns of your own begin with x_".into(),
                    );
                }
            };
            if twice {
                return refuse(format!("{} has the column {column} twice", shape.name), "keep one of them".into());
            }
        }
        Ok(Self { given, extra, width: table.columns.len() })
    }
}

/// A row in stored order.
struct ArrangedRow {
    cells: Vec<Option<String>>,
    /// In the order of [`Layout::extra`].
    extra: Vec<Option<String>>,
}

struct Statements {
    insert: String,
    select: String,
    update: String,
}

impl Statements {
    fn of(shape: &Shape) -> Self {
        let (name, columns) = (&shape.name, shape.column_list());
        let places = vec!["?"; shape.columns.len()].join(", ");
        let equal = |positions: Vec<usize>, separator: &str| {
            let terms = positions.iter().map(|&position| {
                let column = quoted(&shape.columns[position]);
                format!("{column} = ?{}", position + 1)
            });
            terms.collect::<Vec<_>>().join(separator)
        };
        // Keys are set to themselves, so that a table of nothing but keys needs no case of its own.
        let all = equal((0..shape.columns.len()).collect(), ", ");
        let key = shape.key.iter().map(|&position| quoted(&shape.columns[position]));
        let select_key = key.map(|column| format!("{column} = ?")).collect::<Vec<_>>().join(" AND ");
        Self {
            insert: format!("INSERT INTO book_{name} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING"),
            select: format!("SELECT {columns} FROM book_{name} WHERE {select_key}"),
            update: format!("UPDATE book_{name} SET {all} WHERE {}", equal(shape.key.clone(), " AND ")),
        }
    }
}

enum Done {
    Inserted,
    Updated,
    Unchanged,
    ThereAlready,
}

struct RowWriter<'a> {
    change: &'a Change<'a>,
    shape: Shape,
    layout: Layout,
    statements: Statements,
}

impl RowWriter<'_> {
    fn arrange(&self, cells: &[Option<String>]) -> Result<ArrangedRow, LedgerError> {
        if cells.len() != self.layout.width {
            let why =
                format!("a row of {} has {} cells for {} columns", self.shape.name, cells.len(), self.layout.width);
            return Err(LedgerError::refused("change the book", why, "give one cell per column"));
        }
        let filled = |position: usize| cells[position].clone().filter(|text| !text.is_empty());
        Ok(ArrangedRow {
            cells: self.layout.given.iter().map(|given| given.and_then(filled)).collect(),
            extra: self.layout.extra.iter().map(|&(_, position)| filled(position)).collect(),
        })
    }

    fn write(&self, row: &ArrangedRow, key: &str, mode: ApplyMode) -> Result<Done, LedgerError> {
        let mut insert = self.change.prepare_cached(&self.statements.insert)?;
        if insert.execute(params_from_iter(self.stored_cells(&row.cells)))? == 1 {
            self.write_extra(key, &vec![None; row.extra.len()], &row.extra)?;
            self.change.audit(&self.shape.name, key, None, Some(&self.json(row)))?;
            return Ok(Done::Inserted);
        }
        match mode {
            ApplyMode::Insert => Ok(Done::ThereAlready),
            ApplyMode::Upsert => self.merge(row, key),
        }
    }

    fn merge(&self, row: &ArrangedRow, key: &str) -> Result<Done, LedgerError> {
        let before = self.read(row, key)?;
        let kept = |(position, old): (usize, &Option<String>)| match self.layout.given[position] {
            Some(_) => row.cells[position].clone(),
            None => old.clone(),
        };
        let after =
            ArrangedRow { cells: before.cells.iter().enumerate().map(kept).collect(), extra: row.extra.clone() };
        if after.cells == before.cells && after.extra == before.extra {
            return Ok(Done::Unchanged);
        }
        let mut update = self.change.prepare_cached(&self.statements.update)?;
        update.execute(params_from_iter(self.stored_cells(&after.cells)))?;
        self.write_extra(key, &before.extra, &after.extra)?;
        self.change.audit(&self.shape.name, key, Some(&self.json(&before)), Some(&self.json(&after)))?;
        Ok(Done::Updated)
    }

    /// The stored row with the key of `row`, and its values of the `x_…` columns that are given.
    fn read(&self, row: &ArrangedRow, key: &str) -> Result<ArrangedRow, LedgerError> {
        let mut select = self.change.prepare_cached(&self.statements.select)?;
        let values = self.shape.key.iter().map(|&position| row.cells[position].as_deref().unwrap_or_default());
        let width = self.shape.columns.len();
        let cells = select.query_row(params_from_iter(values), |stored| self.shape.read_cells(stored, width))?;
        let mut select =
            self.change.prepare_cached("SELECT value FROM book_extra WHERE file = ?1 AND key = ?2 AND column = ?3")?;
        let extra =
            self.layout.extra.iter().map(|(column, _)| {
                select.query_row([&self.shape.name, key, column], |stored| stored.get(0)).optional()
            });
        Ok(ArrangedRow { cells, extra: extra.collect::<Result<_, _>>()? })
    }

    fn write_extra(&self, key: &str, before: &[Option<String>], after: &[Option<String>]) -> Result<(), LedgerError> {
        for (((column, _), before), after) in self.layout.extra.iter().zip(before).zip(after) {
            match after {
                _ if before == after => {}
                Some(value) => {
                    self.change
                        .prepare_cached(
                            "INSERT OR REPLACE INTO book_extra (file, key, column, value) VALUES (?1, ?2, ?3, ?4)",
                        )?
                        .execute(params![self.shape.name, key, column, value])?;
                }
                None => {
                    self.change
                        .prepare_cached("DELETE FROM book_extra WHERE file = ?1 AND key = ?2 AND column = ?3")?
                        .execute(params![self.shape.name, key, column])?;
                }
            }
        }
        Ok(())
    }

    /// Blank is NULL, in key columns ''.
    fn stored_cells<'r>(&'r self, cells: &'r [Option<String>]) -> impl Iterator<Item = Option<&'r str>> {
        cells.iter().enumerate().map(|(position, cell)| match cell {
            None if self.shape.is_key(position) => Some(""),
            cell => cell.as_deref(),
        })
    }

    fn json(&self, row: &ArrangedRow) -> String {
        let extra = self.layout.extra.iter().map(|(column, _)| column);
        let names = self.shape.columns.iter().chain(extra);
        let cells = row.cells.iter().chain(&row.extra);
        let filled = names.zip(cells).filter_map(|(name, cell)| Some((name.clone(), Value::from(cell.as_deref()?))));
        Value::Object(filled.collect::<Map<_, _>>()).to_string()
    }
}
