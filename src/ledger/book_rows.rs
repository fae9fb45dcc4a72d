//! Rows of one book file into its table: inserted or merged, each change audited. Decides nothing about their meaning.

use rusqlite::{CachedStatement, OptionalExtension, Row, params, params_from_iter};
use serde::Serializer;

use crate::domain::cells::Cells;

use super::book::{ApplyMode, FileChanges, Shape, StoredTable, quoted};
use super::{Change, LedgerError};

/// Columns that the audit trail does not hold.
const SECRETS: [&str; 1] = ["pdf_password"];
/// What stands there instead.
const MASK: &str = "•••";

/// Writes the rows of a table in the order of their keys, which is that of the file on disk and of the audit trail's
/// index: a million rows in another order would touch a page of each for every row. Returns the counts and, in insert
/// mode, the rows that are there already.
pub(super) fn write(
    change: &Change<'_>,
    table: &StoredTable,
    mode: ApplyMode,
) -> Result<(FileChanges, Vec<String>), LedgerError> {
    let shape = Shape::of(change, &table.name)?;
    let layout = Layout::of(&shape, table)?;
    let rows = layout.sorted_rows(&shape, table)?;
    let mut writer = RowWriter::new(change, shape, layout)?;
    let mut counts = FileChanges { file: table.name.clone(), ..FileChanges::default() };
    let mut there_already = Vec::new();
    for cells in rows {
        let row = writer.layout.arrange(cells);
        let key = writer.shape.key_text(&row.cells);
        match writer.write(&row, &key, mode)? {
            Done::Inserted => counts.inserted += 1,
            Done::Updated => counts.updated += 1,
            Done::Unchanged => counts.unchanged += 1,
            Done::ThereAlready => there_already.push(format!("{} {key}", table.name)),
        }
    }
    Ok((counts, there_already))
}

/// Removes the rows of a table that have its keys, each audited with what it was.
pub(super) fn remove(change: &Change<'_>, table: &StoredTable) -> Result<(), LedgerError> {
    let shape = Shape::of(change, &table.name)?;
    let layout = Layout::of(&shape, table)?;
    let rows = layout.sorted_rows(&shape, table)?;
    let mut writer = RowWriter::new(change, shape, layout)?;
    rows.into_iter().try_for_each(|cells| writer.remove(cells))
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
        Ok(Self { given, extra })
    }

    /// The rows in the order of their keys; refuses a row of another width and a key that is there twice.
    fn sorted_rows<'t>(&self, shape: &Shape, table: &'t StoredTable) -> Result<Vec<&'t Cells>, LedgerError> {
        let refuse = |why: String, hint| Err(LedgerError::refused("change the book", why, hint));
        let width = table.columns.len();
        if let Some(row) = table.rows.iter().find(|row| row.len() != width) {
            let why = format!("a row of {} has {} cells for {width} columns", shape.name, row.len());
            return refuse(why, "give one cell per column");
        }
        let places: Vec<Option<usize>> = shape.key.iter().map(|&position| self.given[position]).collect();
        let value = |row: &'t Cells, place: Option<usize>| place.and_then(|place| row.get(place)).unwrap_or("");
        let key = |row: &'t Cells| places.iter().map(move |&place| value(row, place));
        let mut rows: Vec<&Cells> = table.rows.iter().collect();
        rows.sort_by(|left, right| key(left).cmp(key(right)));
        if let Some(pair) = rows.windows(2).find(|pair| key(pair[0]).eq(key(pair[1]))) {
            let name = shape.key_text(&self.arrange(pair[0]).cells);
            let why = format!("{} {name} is there twice in what is to be loaded", shape.name);
            return refuse(why, "keep one of the rows");
        }
        Ok(rows)
    }

    fn arrange(&self, cells: &Cells) -> ArrangedRow {
        ArrangedRow {
            cells: cells.arranged(&self.given),
            extra: self.extra.iter().map(|&(_, position)| cells.get(position)).collect(),
        }
    }
}

/// A row in stored order.
struct ArrangedRow {
    cells: Cells,
    /// In the order of [`Layout::extra`].
    extra: Cells,
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
    insert: CachedStatement<'a>,
    select: CachedStatement<'a>,
    update: CachedStatement<'a>,
}

impl<'a> RowWriter<'a> {
    fn new(change: &'a Change<'a>, shape: Shape, layout: Layout) -> Result<Self, LedgerError> {
        let (name, columns) = (&shape.name, shape.column_list());
        let places = vec!["?"; shape.columns.len()].join(", ");
        let equal = |positions: &mut dyn Iterator<Item = usize>, separator: &str| {
            let terms = positions.map(|position| format!("{} = ?{}", quoted(&shape.columns[position]), position + 1));
            terms.collect::<Vec<_>>().join(separator)
        };
        // A key that is set moves its row, even to the same place. Only a table of nothing but keys sets them.
        let is_key = |position: &usize| shape.key.contains(position);
        let all_are_keys = shape.key.len() == shape.columns.len();
        let set = equal(&mut (0..shape.columns.len()).filter(|position| all_are_keys || !is_key(position)), ", ");
        let key = equal(&mut shape.key.iter().copied(), " AND ");
        let select_key = shape.key_columns().iter().map(|column| format!("{} = ?", quoted(column))).collect::<Vec<_>>();
        let insert = format!("INSERT INTO book_{name} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING");
        let select = format!("SELECT {columns} FROM book_{name} WHERE {}", select_key.join(" AND "));
        let update = format!("UPDATE book_{name} SET {set} WHERE {key}");
        Ok(Self {
            insert: change.prepare_cached(&insert)?,
            select: change.prepare_cached(&select)?,
            update: change.prepare_cached(&update)?,
            change,
            shape,
            layout,
        })
    }

    fn write(&mut self, row: &ArrangedRow, key: &str, mode: ApplyMode) -> Result<Done, LedgerError> {
        if self.insert.execute(params_from_iter(stored_cells(&self.shape, &row.cells)))? == 1 {
            self.write_extra(key, &Cells::blank(row.extra.len()), &row.extra)?;
            self.change.audit(&self.shape.name, key, None, Some(&self.json(row, None)))?;
            return Ok(Done::Inserted);
        }
        match mode {
            ApplyMode::Insert => Ok(Done::ThereAlready),
            ApplyMode::Upsert => self.merge(row, key),
        }
    }

    fn merge(&mut self, row: &ArrangedRow, key: &str) -> Result<Done, LedgerError> {
        let before = self.read(row, key)?;
        let kept = |(position, old)| match self.layout.given[position] {
            Some(_) => row.cells.get(position),
            None => old,
        };
        let after =
            ArrangedRow { cells: before.cells.iter().enumerate().map(kept).collect(), extra: row.extra.clone() };
        if after.cells == before.cells && after.extra == before.extra {
            return Ok(Done::Unchanged);
        }
        self.update.execute(params_from_iter(stored_cells(&self.shape, &after.cells)))?;
        self.write_extra(key, &before.extra, &after.extra)?;
        self.change.audit(
            &self.shape.name,
            key,
            Some(&self.json(&before, None)),
            Some(&self.json(&after, Some(&before))),
        )?;
        Ok(Done::Updated)
    }

    fn remove(&mut self, cells: &Cells) -> Result<(), LedgerError> {
        let row = self.layout.arrange(cells);
        let (name, key) = (self.shape.name.clone(), self.shape.key_text(&row.cells));
        let before = self.read(&row, &key).map_err(|_| {
            LedgerError::refused("change the book", format!("{name} has no row {key}"), "read the book again")
        })?;
        let terms = self.shape.key_columns().iter().map(|column| format!("{} = ?", quoted(column))).collect::<Vec<_>>();
        let delete = format!("DELETE FROM book_{name} WHERE {}", terms.join(" AND "));
        let values = self.shape.key.iter().map(|&position| row.cells.get(position).unwrap_or_default());
        self.change.prepare_cached(&delete)?.execute(params_from_iter(values))?;
        self.change
            .prepare_cached("DELETE FROM book_extra WHERE file = ?1 AND key = ?2")?
            .execute(params![name, key])?;
        self.change.audit(&name, &key, Some(&self.json(&before, None)), None)
    }

    /// The stored row with the key of `row`, and its values of the `x_…` columns that are given.
    fn read(&mut self, row: &ArrangedRow, key: &str) -> Result<ArrangedRow, LedgerError> {
        let shape = &self.shape;
        let values = shape.key.iter().map(|&position| row.cells.get(position).unwrap_or_default());
        let read = |stored: &Row<'_>| shape.read_cells(stored);
        let cells = self.select.query_row(params_from_iter(values), read)?;
        let mut select =
            self.change.prepare_cached("SELECT value FROM book_extra WHERE file = ?1 AND key = ?2 AND column = ?3")?;
        let extra = self.layout.extra.iter().map(|(column, _)| {
            select.query_row([&shape.name, key, column], |stored| stored.get::<_, String>(0)).optional()
        });
        Ok(ArrangedRow { cells, extra: extra.collect::<Result<Vec<_>, _>>()?.into() })
    }

    fn write_extra(&self, key: &str, before: &Cells, after: &Cells) -> Result<(), LedgerError> {
        let file = &self.shape.name;
        for (((column, _), before), after) in self.layout.extra.iter().zip(before.iter()).zip(after.iter()) {
            if before == after {
                continue;
            }
            self.change
                .prepare_cached("DELETE FROM book_extra WHERE file = ?1 AND key = ?2 AND column = ?3")?
                .execute(params![file, key, column])?;
            if let Some(value) = after {
                self.change
                    .prepare_cached("INSERT INTO book_extra (file, key, column, value) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![file, key, column, value])?;
            }
        }
        Ok(())
    }

    /// What is not blank, in the order of the columns. Of a secret only that there is one, and whether it is another than
    /// before.
    fn json(&self, row: &ArrangedRow, before: Option<&ArrangedRow>) -> String {
        let shown = |(place, cell): (usize, Option<&'_ str>)| {
            let is_secret = self.shape.columns.get(place).is_some_and(|column| SECRETS.contains(&column.as_str()));
            match (is_secret, before.filter(|_| is_secret).map(|before| before.cells.get(place))) {
                (false, _) => cell.map(str::to_owned),
                (true, Some(Some(before))) if cell.is_some_and(|cell| cell != before) => Some(format!("{MASK} (new)")),
                (true, _) => cell.map(|_| MASK.to_owned()),
            }
        };
        let extra = self.layout.extra.iter().map(|(column, _)| column);
        let names = self.shape.columns.iter().chain(extra);
        let cells = row.cells.iter().chain(row.extra.iter()).enumerate().map(shown);
        let filled = names.zip(cells).filter_map(|(name, cell)| Some((name, cell?)));
        let mut bytes = Vec::with_capacity(256);
        serde_json::Serializer::new(&mut bytes).collect_map(filled).expect("texts are written to memory");
        String::from_utf8(bytes).expect("JSON is UTF-8")
    }
}

/// Blank is NULL, in key columns ''.
fn stored_cells<'r>(shape: &'r Shape, cells: &'r Cells) -> impl Iterator<Item = Option<&'r str>> {
    cells.iter().enumerate().map(|(position, cell)| match cell {
        None if shape.key.contains(&position) => Some(""),
        cell => cell,
    })
}
