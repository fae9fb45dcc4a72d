//! What is wrong with the book that filled forms would make → findings at the cells that bring it about. What only follows
//! from a cell that is refused already is left out.

use ahash::{AHashMap, AHashSet};

use crate::book::{BookError, Tables, compile};
use crate::domain::book::Settings;

use super::finding::{At, Finding, Findings, Severity};
use super::form::{Field, Target};
use super::import::SheetImport;

/// Compiles the tables and adds what is wrong with them to the findings.
pub fn check_book(tables: &Tables, settings: &Settings, sheets: &[SheetImport], findings: &mut Findings) {
    let Err(errors) = compile(tables, settings) else { return };
    let refused: Vec<Refused<'_>> = sheets.iter().map(|sheet| Refused::of(sheet, tables)).collect();
    for error in errors {
        let table = error.file.strip_suffix(".csv").unwrap_or(&error.file);
        let of_sheet = sheets.iter().position(|sheet| sheet.has_table(table));
        match of_sheet {
            Some(at) if error.line > 0 => {
                if !refused[at].explains(table, &error) {
                    findings.add(at_cell(&sheets[at], tables, table, &error));
                }
            }
            _ => findings.add(elsewhere(table, &error)),
        }
    }
}

/// The cells of a sheet that are refused.
struct Refused<'s> {
    sheet: &'s SheetImport,
    /// By row: the columns of the table.
    columns: AHashMap<u64, Vec<usize>>,
    /// Rows in which a cell that tells rows apart, or says when they hold, is refused or missing.
    unsure: AHashSet<u64>,
}

impl<'s> Refused<'s> {
    fn of(sheet: &'s SheetImport, tables: &Tables) -> Self {
        let schema = sheet.form.schema.file();
        let fields = sheet.fields();
        let column = |field: &usize| match fields[*field].target {
            Target::Column(column) => Some(column),
            _ => None,
        };
        let is_key = |column: &usize| {
            let name = schema.columns[*column].name;
            schema.key.contains(&name) || matches!(name, "from" | "to")
        };
        let needed: Vec<usize> = schema.key_positions().into_iter().filter(|at| schema.columns[*at].required).collect();
        let rows = &tables.get(schema.name).rows;
        let (mut columns, mut unsure) = (AHashMap::new(), AHashSet::new());
        for row in &sheet.merged.rows {
            let of_row: Vec<usize> = row.refused.iter().filter_map(column).collect();
            if of_row.iter().any(is_key) || needed.iter().any(|at| rows[row.at].cells.get(*at).is_none()) {
                unsure.insert(row.row);
            }
            if !of_row.is_empty() {
                columns.insert(row.row, of_row);
            }
        }
        Self { sheet, columns, unsure }
    }

    /// Would the error not be there without a refused cell?
    fn explains(&self, table: &str, error: &BookError) -> bool {
        let other = line_named(&error.reason);
        if self.unsure.contains(&error.line) && other.is_some() || other.is_some_and(|line| self.unsure.contains(&line))
        {
            return true;
        }
        let Some(columns) = self.columns.get(&error.line).filter(|_| table == self.sheet.form.schema.table) else {
            return false;
        };
        let schema = self.sheet.form.schema.file();
        let is_refused = |name: &str| schema.position(name).is_some_and(|column| columns.contains(&column));
        is_refused(&error.column) || (error.reason.ends_with("(X7)") && is_refused("currency"))
    }
}

/// The other row that a reason names: `… on overlapping dates: line 12`.
fn line_named(reason: &str) -> Option<u64> {
    let after = reason.split("line ").nth(1)?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// An error of a row of the form, at its cell.
fn at_cell(sheet: &SheetImport, tables: &Tables, table: &str, error: &BookError) -> Finding {
    let field = match table {
        "customer_tariffs" => category_field(sheet, tables, error),
        _ => {
            sheet.form.schema.file().position(&error.column).and_then(|column| field_of(sheet, &Target::Column(column)))
        }
    };
    let fields = sheet.fields();
    let header = field.map_or(error.column.as_str(), |field| fields[field].header.as_str());
    let column = field.and_then(|field| sheet.filled.header.as_ref()?.column_of(field));
    let at = At { row: error.line, column, header, value: &error.value };
    let reason = in_words(sheet, &error.reason);
    sheet.filled.place.finding(Severity::Error, at, &reason, &hint(field.map(|field| &fields[field]), error))
}

fn field_of(sheet: &SheetImport, target: &Target) -> Option<usize> {
    sheet.fields().iter().position(|field| field.target == *target)
}

/// The column of the category whose tariff is wrong.
fn category_field(sheet: &SheetImport, tables: &Tables, error: &BookError) -> Option<usize> {
    let table = tables.get("customer_tariffs");
    let (category, wrong) = (table.schema.position("category")?, table.schema.position(&error.column)?);
    let rows = table.rows.iter().filter(|row| row.line == error.line).map(|row| &row.cells);
    let mut categories =
        rows.filter(|cells| cells.get(wrong) == Some(&error.value)).filter_map(|cells| cells.get(category));
    // Of two categories with the same wrong tariff, each is an error of its own; both are shown at the first.
    field_of(sheet, &Target::Category(categories.next()?.to_owned()))
}

/// Without the names of files and columns, which people who fill in forms do not know.
fn in_words(sheet: &SheetImport, reason: &str) -> String {
    let mut words = reason.replace("before from ", "before From ");
    if let (Some(begin), Some(end)) = (words.rfind(" in "), words.rfind(".csv"))
        && begin < end
        && !words[begin + 4..end].contains(' ')
    {
        words.replace_range(begin..end + 4, "");
    }
    for field in sheet.fields() {
        let Target::Column(column) = field.target else { continue };
        let name = sheet.form.schema.file().columns[column].name;
        if name.contains('_') {
            words = words.replace(&format!(" {name} "), &format!(" {} ", field.header));
        }
    }
    if sheet.filled.place.is_workbook { words.replace("line ", "row ") } else { words }
}

/// The nearest name, and what names there are if they are few.
fn hint(field: Option<&Field>, error: &BookError) -> String {
    const MOST: usize = 8;
    let choices = field.map_or(&[][..], |field| field.choices.as_slice());
    match choices.len() {
        1..=MOST if error.reason.starts_with("no such ") => {
            let near = if error.hint.is_empty() { String::new() } else { format!("{} ", error.hint) };
            format!("{near}there are: {}", choices.join(", "))
        }
        _ => error.hint.clone(),
    }
}

/// An error of a row of the book that the form does not name.
fn elsewhere(table: &str, error: &BookError) -> Finding {
    Finding {
        severity: Severity::Error,
        sheet: format!("the book's {table}"),
        cell: String::new(),
        row: 0,
        column: None,
        header: error.column.clone(),
        value: error.value.clone(),
        reason: error.reason.clone(),
        hint: error.hint.clone(),
    }
}
