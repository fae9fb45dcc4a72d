//! What is found in a filled form: what is refused and what is doubtful, each with its place, the reason and what would be
//! accepted.

use serde::Serialize;

use crate::files::workbook::letters;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is imported (K2).
    Error,
    /// To be looked at; refuses nothing, unless the import is strict (K4).
    Warning,
}

/// Something found in a filled form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// The sheet; of a CSV file its name.
    pub sheet: String,
    /// Its place: `C17`; `row 17` if the row as a whole is meant, empty if the sheet is. Of a CSV file `line 17`.
    pub cell: String,
    /// The row of the sheet, or the line of the file, from 1; 0 if the sheet as a whole is meant.
    pub row: u64,
    /// The column, from 0; none if the row as a whole is meant.
    pub column: Option<u32>,
    /// The header of the column; empty if the row as a whole is meant.
    pub header: String,
    /// What stands there; empty if nothing does.
    pub value: String,
    /// Why it is refused or doubtful.
    pub reason: String,
    /// What would be accepted; may be empty.
    pub hint: String,
}

/// A sheet, for findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the sheet; of a CSV file its own.
    pub sheet: String,
    /// Its cells have letters; else its rows are lines of a text.
    pub is_workbook: bool,
}

/// A cell of a sheet, or a row without a column.
#[derive(Clone, Copy, Debug, Default)]
pub struct At<'a> {
    /// From 1; 0 for the sheet as a whole.
    pub row: u64,
    /// From 0.
    pub column: Option<u32>,
    /// What its header says.
    pub header: &'a str,
    /// What stands there.
    pub value: &'a str,
}

impl At<'_> {
    /// A row as a whole.
    pub fn row(row: u64) -> Self {
        Self { row, ..Self::default() }
    }
}

impl Place {
    /// Something found here.
    pub fn finding(&self, severity: Severity, at: At<'_>, reason: &str, hint: &str) -> Finding {
        Finding {
            severity,
            sheet: self.sheet.clone(),
            cell: self.cell(at.row, at.column),
            row: at.row,
            column: at.column,
            header: at.header.to_owned(),
            value: at.value.to_owned(),
            reason: reason.to_owned(),
            hint: hint.to_owned(),
        }
    }

    fn cell(&self, row: u64, column: Option<u32>) -> String {
        match (row, column) {
            (0, _) => String::new(),
            (row, _) if !self.is_workbook => format!("line {row}"),
            (row, Some(column)) => format!("{}{row}", letters(column)),
            (row, None) => format!("row {row}"),
        }
    }
}

/// All that was found in a file. Beyond a number nobody goes through it: the rest is counted.
#[derive(Debug, Default)]
pub struct Findings {
    found: Vec<Finding>,
    /// How many errors, and warnings, there were.
    counted: [usize; 2],
}

/// Findings of one severity that are kept.
const MOST: usize = 10_000;

impl Findings {
    /// Adds one.
    pub fn add(&mut self, finding: Finding) {
        let counted = &mut self.counted[finding.severity as usize];
        *counted += 1;
        if *counted <= MOST {
            self.found.push(finding);
        }
    }

    /// Puts them in the order in which a person goes through the file: by sheet as they are given, by row, by column.
    pub fn sort(&mut self, sheets: &[String]) {
        let sheet = |finding: &Finding| sheets.iter().position(|sheet| *sheet == finding.sheet);
        let column = |finding: &Finding| finding.column.map_or(0, |column| column + 1);
        self.found.sort_by_key(|finding| (sheet(finding), finding.row, column(finding), finding.severity));
    }

    /// How many of a severity there were, those that were not kept with them.
    pub fn count(&self, severity: Severity) -> usize {
        self.counted[severity as usize]
    }

    /// All that were kept.
    pub fn all(&self) -> &[Finding] {
        &self.found
    }
}
