//! A filled file and the tables of a workspace → the tables as they would become, what is wrong with the file, and what
//! would change. Writes nothing.

use crate::book::{TableRow, Tables};
use crate::domain::book::Settings;
use crate::domain::telephone::NumberRules;

use super::checks::check_book;
use super::doubtful::doubt_customers;
use super::filled::{Filled, read_filled};
use super::finding::{At, Findings, Place, Severity};
use super::form::{Field, Form, Target, forms_of};
use super::kinds::Kind;
use super::merge::{Merged, MergedForm, Mode, merge_form};
use super::source::{Source, Unreadable};

/// What is asked of a file.
pub struct Asked<'a> {
    /// What it brings.
    pub kind: Kind,
    /// What its rows may do.
    pub mode: Mode,
    /// The sheet of the form, where it has another name.
    pub sheet: Option<&'a str>,
    /// How national numbers are read (M1).
    pub numbers: NumberRules,
    /// The workspace's.
    pub settings: &'a Settings,
}

/// A file, read against a workspace.
pub struct FormImport {
    /// Its sheets.
    pub sheets: Vec<SheetImport>,
    /// All that was found, in order.
    pub findings: Findings,
    /// The tables as they would become. They are worth nothing if there are errors.
    pub tables: Tables,
}

/// A sheet of it.
pub struct SheetImport {
    /// As which form it was read.
    pub form: Form,
    /// Where it is, its header; its rows have gone into the tables.
    pub filled: Filled,
    /// What its rows do.
    pub merged: MergedForm,
}

/// A cell that would change, or a row that is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference<'a> {
    /// The sheet.
    pub sheet: &'a str,
    /// The row of the sheet.
    pub row: u64,
    /// What names the row in the book: `A1001`.
    pub key: String,
    /// The header of the column; empty for a row that is new.
    pub header: String,
    /// What is there; none if nothing is.
    pub before: Option<&'a str>,
    /// What would be there; none if nothing would. Of a row that is new, its words.
    pub after: Option<&'a str>,
}

/// How many rows do what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Rows of data in the sheet.
    pub rows: u64,
    /// They are new.
    pub added: u64,
    /// They are different from before.
    pub changed: u64,
    /// They are as before.
    pub as_before: u64,
    /// Rows that only show how to fill in the others.
    pub examples: u64,
}

impl FormImport {
    /// Reads a file.
    ///
    /// # Errors
    /// What makes it unreadable as a whole.
    pub fn read(source: &Source<'_>, asked: &Asked<'_>, mut tables: Tables) -> Result<Self, Unreadable> {
        let mut findings = Findings::default();
        let mut sheets = Vec::new();
        for (at, form) in forms_of(asked.kind, &tables, asked.settings).into_iter().enumerate() {
            let Some((sheet, name)) = source.sheet_of(asked.kind, at, asked.sheet) else {
                if at == 0 {
                    return Err(no_sheet(source, asked));
                }
                continue;
            };
            let place = Place { sheet: name, is_workbook: source.is_workbook() };
            let mut filled = read_filled(source, sheet, place, &form, &asked.numbers, &mut findings)?;
            let count = filled.rows.len() as u64;
            refuse_missing(&form, &filled, asked.mode, at == 0, &mut findings);
            let merged = merge_form(&mut tables, &form, &mut filled, asked.mode, &mut findings);
            sheets.push(SheetImport { form, filled: Filled { counted: count, ..filled }, merged });
        }
        check_book(&tables, asked.settings, &sheets, &mut findings);
        for sheet in sheets.iter().filter(|sheet| sheet.form.schema.table == "customers") {
            doubt_customers(&tables, sheet, &asked.numbers, &mut findings);
        }
        let mut import = Self { sheets, findings, tables };
        import.sort_findings();
        Ok(import)
    }

    /// Puts the findings in the order in which a person goes through the file.
    pub fn sort_findings(&mut self) {
        let names: Vec<String> = self.sheets.iter().map(|sheet| sheet.filled.place.sheet.clone()).collect();
        self.findings.sort(&names);
    }

    /// Is nothing refused?
    pub fn is_sound(&self) -> bool {
        self.findings.count(Severity::Error) == 0
    }

    /// All cells that would change and all rows that are new, in the order of the sheets.
    pub fn differences(&self) -> impl Iterator<Item = Difference<'_>> {
        self.sheets.iter().flat_map(|sheet| {
            let rows = sheet.merged.rows.iter().flat_map(|row| sheet.differences(&self.tables, row));
            let tariffs = sheet.merged.tariffs.iter().filter_map(|row| sheet.tariff_difference(&self.tables, row));
            let gone = sheet.merged.gone.iter().map(|row| sheet.gone_difference(&self.tables, row));
            rows.chain(tariffs).chain(gone)
        })
    }

    /// The rows that are new or different, by table; and those that go. What was before is lost.
    pub fn into_rows(self) -> (Tables, Tables) {
        let (mut changed, mut gone, mut tables) = (Tables::new(), Tables::new(), self.tables);
        for sheet in self.sheets {
            let MergedForm { rows, tariffs, gone: removed } = sheet.merged;
            take(&mut tables, &mut changed, sheet.form.schema.table, &rows);
            if !tariffs.is_empty() {
                take(&mut tables, &mut changed, "customer_tariffs", &tariffs);
            }
            gone.get_mut("customer_tariffs").rows.extend(removed);
        }
        (changed, gone)
    }
}

impl SheetImport {
    /// The columns of the header that was read; those of the form if there is none.
    pub fn fields(&self) -> &[Field] {
        self.filled.header.as_ref().map_or(&self.form.fields, |header| &header.fields)
    }

    /// Do rows of this sheet go to that table?
    pub fn has_table(&self, table: &str) -> bool {
        let own = self.form.schema.table;
        own == table || (own == "customers" && table == "customer_tariffs")
    }

    /// How many rows do what. A customer whose tariff of a category changes is changed.
    pub fn counts(&self, tables: &Tables) -> Counts {
        let table = tables.get(self.form.schema.table);
        let tariffs = tables.get("customer_tariffs");
        let mut also: ahash::AHashSet<u64> = self.merged.gone.iter().map(|row| row.line).collect();
        also.extend(self.merged.tariffs.iter().filter(|row| row.is_changed(tariffs)).map(|row| row.row));
        let mut counts = Counts { rows: self.filled.counted, examples: self.filled.examples, ..Counts::default() };
        for row in &self.merged.rows {
            match row.before {
                None => counts.added += 1,
                Some(_) if row.is_changed(table) || also.contains(&row.row) => counts.changed += 1,
                Some(_) => counts.as_before += 1,
            }
        }
        counts
    }

    fn differences<'a>(&'a self, tables: &'a Tables, row: &'a Merged) -> Vec<Difference<'a>> {
        let table = tables.get(self.form.schema.table);
        let cells = &table.rows[row.at].cells;
        let difference = |header: String, before, after| Difference {
            sheet: &self.filled.place.sheet,
            row: row.row,
            key: table
                .key_of(&table.rows[row.at])
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" / "),
            header,
            before,
            after,
        };
        let Some(before) = &row.before else {
            let name = table.schema.position("name").and_then(|at| cells.get(at));
            return vec![difference(String::new(), None, name)];
        };
        let header = |at: usize| {
            let target = match table.schema.columns.get(at) {
                Some(_) => Target::Column(at),
                None => Target::Free(table.extra_columns[at - table.schema.columns.len()].clone()),
            };
            let field = self.fields().iter().find(|field| field.target == target);
            field.map_or_else(|| format!("column {at}"), |field| field.header.clone())
        };
        let pairs = before.iter().zip(cells.iter()).enumerate().filter(|(_, (before, after))| before != after);
        pairs.map(|(at, (before, after))| difference(header(at), before, after)).collect()
    }

    fn tariff_difference<'a>(&'a self, tables: &'a Tables, row: &'a Merged) -> Option<Difference<'a>> {
        let table = tables.get("customer_tariffs");
        row.is_changed(table).then(|| {
            let (cells, place) =
                (&table.rows[row.at].cells, |name: &str| table.schema.position(name).expect("a column"));
            Difference {
                sheet: &self.filled.place.sheet,
                row: row.row,
                key: cells.get(place("account")).unwrap_or("").to_owned(),
                header: format!("Tariff:[{}]", cells.get(place("category")).unwrap_or("")),
                before: row.before.as_ref().and_then(|before| before.get(place("tariff"))),
                after: cells.get(place("tariff")),
            }
        })
    }

    fn gone_difference<'a>(&'a self, tables: &Tables, row: &'a TableRow) -> Difference<'a> {
        let schema = tables.get("customer_tariffs").schema;
        let cell = |name: &str| schema.position(name).and_then(|at| row.cells.get(at));
        Difference {
            sheet: &self.filled.place.sheet,
            row: row.line,
            key: cell("account").unwrap_or("").to_owned(),
            header: format!("Tariff:[{}]", cell("category").unwrap_or("")),
            before: cell("tariff"),
            after: None,
        }
    }
}

/// Moves the rows that are new or different.
fn take(tables: &mut Tables, changed: &mut Tables, name: &str, rows: &[Merged]) {
    let from = tables.get_mut(name);
    let rows: Vec<TableRow> = rows
        .iter()
        .filter(|row| row.is_changed(from))
        .map(|row| row.at)
        .collect::<Vec<_>>()
        .into_iter()
        .map(|at| TableRow { line: from.rows[at].line, cells: std::mem::take(&mut from.rows[at].cells) })
        .collect();
    let to = changed.get_mut(name);
    to.extra_columns.clone_from(&from.extra_columns);
    to.rows.extend(rows);
}

/// Why no sheet is read.
pub fn no_sheet(source: &Source<'_>, asked: &Asked<'_>) -> Unreadable {
    let names: Vec<&str> = source.sheets().iter().map(|(_, name, _)| *name).collect();
    let reason = match asked.sheet {
        Some(named) => format!("has no sheet {named:?}"),
        None => "has no sheet that anybody can see".to_owned(),
    };
    Unreadable { line: 0, reason, hint: format!("there are: {}; name one with --sheet", names.join(", ")) }
}

/// A form without a header, without rows, or without a column that every new row needs.
pub fn refuse_missing(form: &Form, filled: &Filled, mode: Mode, is_first: bool, findings: &mut Findings) {
    let place = &filled.place;
    let Some(header) = &filled.header else {
        let hint = "its first row has the names of the columns: `tollbook template` writes them";
        let reason = format!("has no header of a form of {}", form.schema.sheet.to_lowercase());
        let hint = filled.other_kind.as_deref().unwrap_or(hint);
        findings.add(place.finding(Severity::Error, At::default(), &reason, hint));
        return;
    };
    let is_empty = filled.rows.is_empty() && findings.all().iter().all(|finding| finding.row <= header.row);
    if is_empty && is_first {
        let reason = "has a header and no rows";
        // Who exports nothing and takes it back has changed nothing.
        let severity = if mode == Mode::Insert { Severity::Error } else { Severity::Warning };
        findings.add(place.finding(severity, At::row(header.row), reason, "fill in rows below the header"));
    }
    let is_there = |field: &Field| header.fields.iter().position(|known| known.target == field.target);
    for field in form.fields.iter().filter(|field| field.required && mode == Mode::Insert) {
        if is_there(field).and_then(|at| header.column_of(at)).is_none() {
            let at = At { row: header.row, column: None, header: &field.header, value: "" };
            findings.add(place.finding(Severity::Error, at, "is required but missing", "add the column"));
        }
    }
}
