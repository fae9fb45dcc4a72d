//! Filled rows → the book as it would become: each finds its row in the book, or is new, as the mode has it (K3). A blank
//! cell leaves what is there; the word `(clear)` empties it. What was before is kept of the rows that change.

mod categories;
mod lookup;

use ahash::AHashMap;

use crate::book::{Table, TableRow, Tables};
use crate::domain::cells::Cells;

use super::accounts::Accounts;
use super::entry::clean;
use super::filled::{Filled, FilledRow};
use super::finding::{At, Finding, Findings, Severity};
use super::form::{Field, Form, Target};
use super::guards::refuse_change;
use super::header::Header;
use super::kinds::{CLEAR_WORD, Nature};

/// What rows may do (K3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only add.
    Insert,
    /// Only change what is there.
    Update,
    /// Add, or change what is there.
    Upsert,
}

/// A row of the book that comes from a row of the form.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Of the sheet.
    pub row: u64,
    /// Its place in the table.
    pub at: usize,
    /// What it was; none if it is new.
    pub before: Option<Cells>,
    /// Fields whose value is refused: what the book says of them means nothing.
    pub refused: Vec<usize>,
}

impl Merged {
    /// Is it new, or different from what it was?
    pub fn is_changed(&self, table: &Table) -> bool {
        self.before.as_ref() != Some(&table.rows[self.at].cells)
    }
}

/// What a form does to a table.
#[derive(Debug, Default)]
pub struct MergedForm {
    /// Rows that are new or named, in the order of the sheet.
    pub rows: Vec<Merged>,
    /// Of customers: their tariffs by category that are new or different.
    pub tariffs: Vec<Merged>,
    /// Tariffs by category that go.
    pub gone: Vec<TableRow>,
}

/// Puts the rows of a filled form into the tables. Takes them, so that no second copy is kept.
pub fn merge_form(
    tables: &mut Tables,
    form: &Form,
    filled: &mut Filled,
    mode: Mode,
    findings: &mut Findings,
) -> MergedForm {
    let Some(header) = filled.header.take() else { return MergedForm::default() };
    let rows = std::mem::take(&mut filled.rows);
    let accounts = Accounts::of(tables.get("customers"));
    let name = form.schema.table;
    let free = header.fields.iter().filter_map(|field| match &field.target {
        Target::Free(name) => Some(name.as_str()),
        _ => None,
    });
    tables.get_mut(name).add_extra_columns(free);
    let mut merge = Merge::new(tables.get(name), form, &header, filled, mode, accounts);
    let mut merged = MergedForm::default();
    for row in rows {
        if let Some((row, account, filled_row)) = merge.row(tables.get_mut(name), row, findings) {
            merged.rows.push(row);
            if let Some(account) = account {
                merge.categories(tables, &account, &filled_row, &mut merged);
            }
        }
    }
    filled.header = Some(header);
    merged
}

struct Merge<'a> {
    form: &'a Form,
    header: &'a Header,
    filled: &'a Filled,
    mode: Mode,
    accounts: Accounts,
    /// The first part of a key → places of the rows that have it.
    known: AHashMap<Box<str>, Vec<u32>>,
    /// Places in the table of the key's columns, and what a blank one means.
    key: Vec<(usize, &'static str)>,
    /// By column of the table: its field. Free columns stand behind those of the schema.
    fields: Vec<Option<usize>>,
    /// How many rows the table had; rows of the form that are new stand behind them.
    rows_of_book: usize,
    /// By place in the table: the row of the sheet that names it.
    named: AHashMap<usize, u64>,
    /// By account: the places of its tariffs by category; made when it is first asked for.
    tariffs: Option<AHashMap<Box<str>, Vec<u32>>>,
}

type Named = (Merged, Option<String>, FilledRow);

impl<'a> Merge<'a> {
    fn new(
        table: &Table,
        form: &'a Form,
        header: &'a Header,
        filled: &'a Filled,
        mode: Mode,
        accounts: Accounts,
    ) -> Self {
        let schema = table.schema;
        let key: Vec<(usize, &'static str)> =
            schema.key_positions().into_iter().map(|at| (at, schema.columns[at].blank_means)).collect();
        let mut known: AHashMap<Box<str>, Vec<u32>> = AHashMap::with_capacity(table.rows.len());
        for (at, row) in (0..).zip(&table.rows) {
            known.entry(row.cells.get(key[0].0).unwrap_or("").into()).or_default().push(at);
        }
        let field_of = |target: &Target| header.fields.iter().position(|field| field.target == *target);
        let of_schema = (0..schema.columns.len()).map(|at| field_of(&Target::Column(at)));
        let of_own = table.extra_columns.iter().map(|name| field_of(&Target::Free(name.clone())));
        let fields = of_schema.chain(of_own).collect();
        Self {
            form,
            header,
            filled,
            mode,
            accounts,
            known,
            key,
            fields,
            rows_of_book: table.rows.len(),
            named: AHashMap::new(),
            tariffs: None,
        }
    }

    /// The row of the book that a row of the form becomes; none if it cannot be told which, or may not be.
    fn row(&mut self, table: &mut Table, mut row: FilledRow, findings: &mut Findings) -> Option<Named> {
        self.resolve_account(&mut row, findings);
        let is_refused =
            self.key.iter().any(|(at, _)| self.fields[*at].is_some_and(|field| row.refused.contains(&field)));
        if is_refused && self.mode != Mode::Insert {
            return None;
        }
        let account = match self.account_of(&row) {
            Ok(account) => account,
            Err(finding) if self.mode == Mode::Update => {
                findings.add(*finding);
                return None;
            }
            Err(finding) => {
                findings.add(*finding);
                Some(self.accounts.take_next())
            }
        };
        // What is named by a cell that is refused or missing is like no other row.
        let is_unsure = is_refused || (self.mode != Mode::Update && self.lacks_key(&row, account.is_some()));
        let place = match self.find(table, &row, account.as_deref()) {
            _ if is_unsure => None,
            Ok(place) => place,
            Err(finding) => {
                findings.add(*finding);
                return None;
            }
        };
        match (place, self.mode) {
            (Some(at), _) => self.change(table, at, row, account, findings),
            (None, Mode::Update) => {
                findings.add(*self.not_there(&row));
                None
            }
            (None, _) => self.add(table, row, (account, is_unsure), findings),
        }
    }

    /// A row that is there becomes what the form says; one that may only be added is refused, and looked at all the same:
    /// whatever else is wrong with it is said too.
    fn change(
        &mut self,
        table: &mut Table,
        at: usize,
        row: FilledRow,
        account: Option<String>,
        findings: &mut Findings,
    ) -> Option<Named> {
        if let Some(first) = self.named.insert(at, row.row) {
            let reason = format!("row {first} has the same {}", self.key_words());
            findings.add(*self.at_key(&row, &reason, "keep one of them"));
            return None;
        }
        if self.mode == Mode::Insert {
            let reason = format!("is there already: the book has a row with this {}", self.key_words());
            let hint = "leave it out, or change it with --mode update or upsert";
            findings.add(*self.at_key(&row, &reason, hint));
            self.refuse_blanks(&row, account.is_some(), findings);
        }
        let before = table.rows[at].cells.clone();
        let cells = self.cells(&row, Some(&before), None, findings);
        // Most rows of an update are as they were: they are held once.
        let cells = if cells == before { before.clone() } else { cells };
        for finding in refuse_change(self.form, self.filled, self.header, &row, &before, &cells) {
            findings.add(finding);
        }
        table.rows[at] = TableRow { line: row.row, cells };
        let merged = Merged { row: row.row, at, before: Some(before), refused: row.refused.clone() };
        Some((merged, account, row))
    }

    /// A new row. What it is named by is not to be trusted if it is unsure: then no other row is compared with it.
    fn add(
        &mut self,
        table: &mut Table,
        row: FilledRow,
        (account, is_unsure): (Option<String>, bool),
        findings: &mut Findings,
    ) -> Option<Named> {
        let at = table.rows.len();
        self.refuse_blanks(&row, account.is_some(), findings);
        let cells = self.cells(&row, None, account.as_deref(), findings);
        if !is_unsure {
            let first = cells.get(self.key[0].0).unwrap_or("").into();
            self.known.entry(first).or_default().push(u32::try_from(at).ok()?);
            self.named.insert(at, row.row);
        }
        table.rows.push(TableRow { line: row.row, cells });
        Some((Merged { row: row.row, at, before: None, refused: row.refused.clone() }, account, row))
    }

    /// What the cells of the row become.
    fn cells(&self, row: &FilledRow, before: Option<&Cells>, account: Option<&str>, findings: &mut Findings) -> Cells {
        for field in &row.cleared {
            let Target::Column(column) = self.header.fields[*field].target else { continue };
            if self.form.schema.file().columns[column].required || self.header.fields[*field].required {
                let value = CLEAR_WORD;
                findings.add(*self.at_field(row, *field, value, "cannot be emptied", "every row has a value here"));
            }
        }
        let cell = |(column, field): (usize, &Option<usize>)| {
            let kept = before.and_then(|before| before.get(column));
            let Some(field) = *field else { return kept };
            match row.cells.get(field) {
                _ if row.cleared.contains(&field) => None,
                None => kept,
                // What differs only in blanks that nobody sees came out of the book so, and was cleaned when it was read.
                Some(given) => kept.filter(|kept| *kept == given || clean(kept) == given).or(Some(given)),
            }
        };
        let cells: Cells = self.fields.iter().enumerate().map(cell).collect();
        match account {
            Some(account) if cells.get(self.key[0].0).is_none() => {
                let mut cells = cells;
                cells.set(self.key[0].0, Some(account));
                cells
            }
            _ => cells,
        }
    }

    /// A new row has a value in each required column.
    fn refuse_blanks(&self, row: &FilledRow, has_account: bool, findings: &mut Findings) {
        for (place, field) in self.header.fields.iter().enumerate() {
            let is_blank = row.cells.get(place).is_none() && !row.refused.contains(&place);
            // That a whole column is missing was said once.
            let is_said = self.mode == Mode::Insert && self.header.column_of(place).is_none();
            let is_given = is_said || (has_account && field.nature == Nature::Account && !field.required);
            if field.required && is_blank && !is_given && !row.cleared.contains(&place) {
                findings.add(*self.at_field(row, place, "", "is required but blank", &what_is_needed(field)));
            }
        }
    }

    fn value<'r>(&self, row: &'r FilledRow, column: &str) -> Option<&'r str> {
        row.cells.get(self.form_field(column)?)
    }

    fn form_field(&self, column: &str) -> Option<usize> {
        self.fields[self.form.schema.file().position(column)?]
    }

    fn key_words(&self) -> String {
        let headers = self.key.iter().map(|(at, _)| match self.fields[*at] {
            Some(field) => self.header.fields[field].header.as_str(),
            None => self.form.schema.file().columns[*at].name,
        });
        headers.collect::<Vec<_>>().join(", ")
    }

    fn at_key(&self, row: &FilledRow, reason: &str, hint: &str) -> Box<Finding> {
        match self.key.iter().find_map(|(at, _)| self.fields[*at]) {
            Some(field) => self.at_field(row, field, row.cells.get(field).unwrap_or(""), reason, hint),
            None => self.row_finding(row, reason, hint),
        }
    }

    fn at(&self, row: &FilledRow, column: &str, reason: &str, hint: &str) -> Box<Finding> {
        match self.form_field(column) {
            Some(field) => self.at_field(row, field, row.cells.get(field).unwrap_or(""), reason, hint),
            None => self.row_finding(row, reason, hint),
        }
    }

    fn row_finding(&self, row: &FilledRow, reason: &str, hint: &str) -> Box<Finding> {
        Box::new(self.filled.place.finding(Severity::Error, At::row(row.row), reason, hint))
    }

    fn at_field(&self, row: &FilledRow, field: usize, value: &str, reason: &str, hint: &str) -> Box<Finding> {
        let column = self.header.column_of(field);
        let at = At { row: row.row, column, header: &self.header.fields[field].header, value };
        Box::new(self.filled.place.finding(Severity::Error, at, reason, hint))
    }
}

/// What a required cell may hold, where it is one of few names.
fn what_is_needed(field: &Field) -> String {
    match field.choices.len() {
        0 => "a value".to_owned(),
        1..=8 => format!("one of: {}", field.choices.join(", ")),
        _ => format!("one of: {}, …", field.choices[..8].join(", ")),
    }
}
