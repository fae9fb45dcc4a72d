//! The customers of a filled form → warnings at cells that look mistyped, and at rows that look like a customer who is there
//! already (K4). What an update leaves as it is in the book is not warned about again. Refuses nothing.

use ahash::AHashMap;

use crate::book::{TableRow, Tables};
use crate::domain::cells::Cells;
use crate::domain::telephone::NumberRules;

use super::doubts::{CustomerColumns, CustomerView, Doubt, Other, duplicates, of_customer};
use super::finding::{At, Findings, Severity};
use super::form::Target;
use super::import::SheetImport;
use super::merge::Merged;

/// Adds what is doubtful about the customers of a sheet.
pub fn warn_of_customers(sheet: &SheetImport, tables: &Tables, rules: &NumberRules, findings: &mut Findings) {
    let table = tables.get("customers");
    let names: Vec<&str> = table.column_names().collect();
    let customers = Customers { sheet, rows: &table.rows, columns: CustomerColumns::of(&names), names };
    for row in &sheet.merged.rows {
        for (column, doubt) in of_customer(&customers.after(row), rules) {
            if customers.is_changed(row, column) {
                customers.warn(row, column, &doubt, findings);
            }
        }
    }
    customers.warn_of_duplicates(rules, findings);
}

struct Customers<'a> {
    sheet: &'a SheetImport,
    rows: &'a [TableRow],
    columns: CustomerColumns,
    names: Vec<&'a str>,
}

impl<'a> Customers<'a> {
    fn view<'c>(&self, cells: &'c Cells) -> CustomerView<'c> {
        self.columns.view(|place| cells.get(place))
    }

    /// The customer that a row makes.
    fn after(&self, row: &Merged) -> CustomerView<'a> {
        self.view(&self.rows[row.at].cells)
    }

    /// Is the row new, or does it change this column, or the country that says what is right there?
    fn is_changed(&self, row: &Merged, column: &str) -> bool {
        let Some(before) = &row.before else { return true };
        let after = &self.rows[row.at].cells;
        [column, "country"]
            .into_iter()
            .filter_map(|column| self.columns.place(column))
            .any(|at| before.get(at) != after.get(at))
    }

    fn warn_of_duplicates(&self, rules: &NumberRules, findings: &mut Findings) {
        let of_file: AHashMap<usize, &Merged> = self.sheet.merged.rows.iter().map(|row| (row.at, row)).collect();
        // As they were: rows that are new in the table are the file's own.
        let existing: Vec<&Cells> = (self.rows.iter().enumerate())
            .filter_map(|(at, row)| of_file.get(&at).map_or(Some(&row.cells), |row| row.before.as_ref()))
            .collect();
        let candidates = self.sheet.merged.rows.iter().map(|row| self.after(row));
        let found = duplicates(candidates, existing.iter().map(|cells| self.view(cells)), rules);
        for duplicate in found.found {
            let first = match duplicate.first {
                Other::Existing(place) => format!("customer {}", self.view(existing[place]).account),
                Other::Candidate(place) => match self.sheet.filled.place.is_workbook {
                    true => format!("row {}", self.sheet.merged.rows[place].row),
                    false => format!("line {}", self.sheet.merged.rows[place].row),
                },
            };
            let row = &self.sheet.merged.rows[duplicate.candidate];
            self.warn(row, duplicate.column, &duplicate.doubt(&first), findings);
        }
        if found.names_left_out {
            let reason = "has so many similar names that not all were compared";
            findings.add(self.sheet.filled.place.finding(Severity::Warning, At::default(), reason, ""));
        }
    }

    fn warn(&self, row: &Merged, column: &str, doubt: &Doubt, findings: &mut Findings) {
        let place = self.columns.place(column);
        let value = place.and_then(|at| self.rows[row.at].cells.get(at)).unwrap_or("");
        let field = place.and_then(|at| self.field_of(at));
        let header = field.map_or(column, |field| self.sheet.fields()[field].header.as_str());
        let column = field.and_then(|field| self.sheet.filled.header.as_ref()?.column_of(field));
        let at = At { row: row.row, column, header, value };
        findings.add(self.sheet.filled.place.finding(Severity::Warning, at, &doubt.reason, &doubt.hint));
    }

    /// The field of a column of the table.
    fn field_of(&self, at: usize) -> Option<usize> {
        let is_it = |target: &Target| match target {
            Target::Column(column) => *column == at,
            Target::Free(name) => self.names.get(at) == Some(&name.as_str()),
            Target::Category(_) => false,
        };
        self.sheet.fields().iter().position(|field| is_it(&field.target))
    }
}
