//! A book folder → tables of canonical text. Strict CSV (RFC 4180, UTF-8); every cell is validated by its kind and all
//! errors of all files are collected. What rows mean together is checked by [`super::compile`].

use std::path::Path;

use crate::domain::telephone::NumberRules;
use crate::threads::{self, Threads};

use super::cells::canonical_cell;
use super::errors::{BookError, Errors};
use super::keys;
use super::lines::{Malformed, record_lines, text_of};
use super::schema::{ColumnSchema, FileSchema, schemas};
use super::tables::{Table, TableRow, Tables};

/// Reads a book folder, with numbers read by the rules of the default settings' country. See [`read_folder_with`].
pub fn read_folder(dir: &Path) -> Result<Tables, Vec<BookError>> {
    read_folder_with(dir, &NumberRules::of_country(super::settings::DEFAULT_COUNTRY_CODE), None)
}

/// Reads a book folder, its files side by side: a missing file has no rows, an unknown `.csv` file is an error. Rows come back in the order of
/// their keys, no two with the same key.
///
/// # Errors
/// Everything that is wrong with files, cells and keys, by file, line and column.
pub fn read_folder_with(
    dir: &Path,
    rules: &NumberRules,
    threads: Option<&dyn Threads>,
) -> Result<Tables, Vec<BookError>> {
    let read = read_all(dir, rules, threads);
    read.errors.into_result(read.tables)
}

/// What could be read of a book folder, and what could not.
pub(super) struct ReadFolder {
    /// The sound rows.
    pub tables: Tables,
    /// The others by file, blank where they are unsound.
    pub unsound: Vec<(&'static str, Vec<TableRow>)>,
    pub errors: Errors,
}

/// Reads a book folder as far as that is possible.
pub(super) fn read_all(dir: &Path, rules: &NumberRules, threads: Option<&dyn Threads>) -> ReadFolder {
    let (errors, mut tables, mut unsound) = (Errors::default(), Tables::new(), Vec::new());
    if let Err(error) = refuse_unknown_files(dir, &errors) {
        errors.add(file_error(&dir.display().to_string(), 0, &format!("cannot be read: {error}"), "a book folder"));
        return ReadFolder { tables, unsound, errors };
    }
    for (table, rows, of_file) in
        threads::map(threads, schemas().iter().collect(), |schema| read_file(dir, schema, rules))
    {
        errors.take_in(of_file);
        if let Some(table) = table {
            let name = table.schema.name;
            unsound.push((name, rows));
            *tables.get_mut(name) = table;
        }
    }
    ReadFolder { tables, unsound, errors }
}

/// Reads one file, if it is there: its sound rows, the others, and all that is wrong with it by itself.
fn read_file(dir: &Path, schema: &'static FileSchema, rules: &NumberRules) -> (Option<Table>, Vec<TableRow>, Errors) {
    let (file, errors, mut unsound) = (schema.file_name(), Errors::default(), Vec::new());
    let table = match std::fs::read(dir.join(&file)) {
        Ok(bytes) => Some(read_table(schema, &file, &bytes, rules, &errors, &mut unsound)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            errors.add(file_error(&file, 0, &format!("cannot be read: {error}"), ""));
            None
        }
    };
    table.iter().for_each(|table| keys::refuse_duplicates(table, &errors));
    (table, unsound, errors)
}

fn refuse_unknown_files(dir: &Path, errors: &Errors) -> std::io::Result<()> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let known: Vec<String> = schemas().iter().map(FileSchema::file_name).collect();
    for name in names.iter().filter(|name| name.to_lowercase().ends_with(".csv") && !known.contains(name)) {
        let hint = errors.did_you_mean(name, known.iter().map(String::as_str));
        errors.add(file_error(name, 0, "is no file of a book", &hint));
    }
    Ok(())
}

fn file_error(file: &str, line: u64, reason: &str, hint: &str) -> BookError {
    let (column, value) = (String::new(), String::new());
    BookError { file: file.into(), line, column, value, reason: reason.into(), hint: hint.into() }
}

/// Reads one file's bytes; `file` is what errors call it. Refused rows are left out, and go to `unsound` without the
/// cells for which they are refused.
pub(super) fn read_table(
    schema: &'static FileSchema,
    file: &str,
    bytes: &[u8],
    rules: &NumberRules,
    errors: &Errors,
    unsound: &mut Vec<TableRow>,
) -> Table {
    let mut table = Table::new(schema);
    let text = text_of(bytes);
    let (text, lines) = match text.and_then(|text| Ok((text, record_lines(text, b',')?))) {
        Ok(sound) => sound,
        Err(Malformed { line, reason, hint }) => {
            errors.add(file_error(file, line, &reason, hint));
            return table;
        }
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut header = None;
    let mut found = 0;
    while let Ok(true) = reader.read_record(&mut record) {
        // Counted by two readers that know nothing of each other: a record that one of them swallows is noticed below.
        let line = lines.get(found).copied().unwrap_or(0);
        found += 1;
        match &header {
            None => header = Some(Header::read(schema, file, line, &record, errors)),
            Some(header) => match header.row(line, &record, rules, errors) {
                Some((row, true)) => table.rows.push(row),
                Some((row, false)) => unsound.push(row),
                None => {}
            },
        }
    }
    if found != lines.len() {
        let reason = format!("{} records begin in it, but {found} could be read", lines.len());
        errors.add(file_error(file, 0, &reason, "check its quotes"));
    }
    match header {
        None => errors.add(file_error(file, 0, "is empty", "a header, even if there are no rows; or no file")),
        Some(header) => header.sort_extra_columns(&mut table),
    }
    table.sort();
    table
}

/// What the columns of a file are.
struct Header<'e> {
    schema: &'static FileSchema,
    file: &'e str,
    /// The position among a row's cells of each column of the file; `None` for one that is refused.
    targets: Vec<Option<usize>>,
    extra_columns: Vec<String>,
    /// Required columns that are there; those that are not were reported once.
    required: Vec<usize>,
}

/// What a free column of a file of customers may hold (K9).
const FREE_COLUMN: ColumnSchema =
    ColumnSchema { name: "x_…", required: false, kind: super::schema::CellKind::Text, blank_means: "" };

impl<'e> Header<'e> {
    fn read(
        schema: &'static FileSchema,
        file: &'e str,
        line: u64,
        record: &csv::StringRecord,
        errors: &Errors,
    ) -> Self {
        let mut header = Self { schema, file, targets: Vec::new(), extra_columns: Vec::new(), required: Vec::new() };
        let refuse = |column: &str, reason: &str, hint: String| {
            let (file, column) = (file.to_owned(), column.to_owned());
            errors.add(BookError { file, line, column, value: String::new(), reason: reason.to_owned(), hint });
        };
        for name in record.iter().map(str::trim) {
            let target = header.target_of(name);
            match target {
                None if name.is_empty() => refuse("", "a column has no name", "a name for every column".into()),
                None => {
                    let names = schema.columns.iter().map(|column| column.name);
                    refuse(name, "is no column of this file", errors.did_you_mean(name, names));
                }
                Some(target) if header.targets.contains(&Some(target)) => {
                    refuse(name, "comes twice", "each column once".into());
                }
                Some(_) => {}
            }
            header.targets.push(target);
        }
        for (position, column) in schema.columns.iter().enumerate().filter(|(_, column)| column.required) {
            if header.targets.contains(&Some(position)) {
                header.required.push(position);
            } else {
                refuse(column.name, "is required but missing", "add the column".into());
            }
        }
        header
    }

    fn target_of(&mut self, name: &str) -> Option<usize> {
        if let Some(position) = self.schema.position(name) {
            return Some(position);
        }
        let free = name.strip_prefix("x_").filter(|rest| !rest.is_empty() && self.schema.free_columns)?;
        if !free.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            return None;
        }
        let known = self.extra_columns.iter().position(|extra| extra == name);
        let extra = known.unwrap_or_else(|| {
            self.extra_columns.push(name.to_owned());
            self.extra_columns.len() - 1
        });
        Some(self.schema.columns.len() + extra)
    }

    /// The row of a record and whether all of its cells are sound; nothing if it has another number of fields.
    fn row(
        &self,
        line: u64,
        record: &csv::StringRecord,
        rules: &NumberRules,
        errors: &Errors,
    ) -> Option<(TableRow, bool)> {
        if record.len() != self.targets.len() {
            let s = if record.len() == 1 { "" } else { "s" };
            let reason = format!("has {} field{s}, the header has {}", record.len(), self.targets.len());
            errors.add(file_error(self.file, line, &reason, "quote fields that hold commas"));
            return None;
        }
        let mut cells = vec![None; self.schema.columns.len() + self.extra_columns.len()];
        let mut sound = true;
        for (raw, target) in record.iter().zip(&self.targets) {
            let Some(target) = *target else { continue };
            let column = self.schema.columns.get(target).unwrap_or(&FREE_COLUMN);
            match canonical_cell(column.kind, raw, rules) {
                Ok(None) if self.required.contains(&target) => {
                    sound = false;
                    self.refuse_cell(line, target, raw, "is required but blank", "a value", errors);
                }
                Ok(text) => cells[target] = text,
                Err(refusal) => {
                    sound = false;
                    self.refuse_cell(line, target, raw, &refusal.reason, &refusal.hint, errors);
                }
            }
        }
        Some((TableRow { line, cells: cells.into_iter().collect() }, sound))
    }

    fn refuse_cell(&self, line: u64, target: usize, raw: &str, reason: &str, hint: &str, errors: &Errors) {
        let fixed = self.schema.columns.len();
        let column = match self.schema.columns.get(target) {
            Some(column) => column.name.to_owned(),
            None => self.extra_columns[target - fixed].clone(),
        };
        let (file, value) = (self.file.to_owned(), raw.trim().to_owned());
        errors.add(BookError { file, line, column, value, reason: reason.to_owned(), hint: hint.to_owned() });
    }

    /// Gives the table those extra columns that hold anything, by name.
    fn sort_extra_columns(self, table: &mut Table) {
        let fixed = self.schema.columns.len();
        let holds = |extra: usize| table.rows.iter().any(|row| row.cells.get(fixed + extra).is_some());
        let mut kept: Vec<usize> = (0..self.extra_columns.len()).filter(|extra| holds(*extra)).collect();
        kept.sort_by_key(|extra| &self.extra_columns[*extra]);
        for row in &mut table.rows {
            let extra = kept.iter().map(|extra| row.cells.get(fixed + extra));
            row.cells = row.cells.iter().take(fixed).chain(extra).collect();
        }
        table.extra_columns = kept.into_iter().map(|extra| self.extra_columns[extra].clone()).collect();
    }
}
