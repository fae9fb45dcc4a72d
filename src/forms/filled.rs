//! The rows of a filled sheet → rows of canonical cells, each with its place; and everything that is wrong with single cells,
//! at once. Blank rows, example rows and rows above the header are passed over. What rows mean is not looked at.

use std::ops::ControlFlow;

use crate::domain::cells::Cells;
use crate::domain::telephone::NumberRules;
use crate::files::workbook::{Cell, SheetRow};

use super::entry::{Entry, read_entry, shown};
use super::finding::{At, Findings, Place, Severity};
use super::form::Form;
use super::header::{Header, SheetColumn, is_header};
use super::kinds::EXAMPLE_MARK;
use super::likeness::other_kind_hint;
use super::source::{Noticed, Source, Unreadable};

/// A filled sheet, read.
pub struct Filled {
    /// Which sheet.
    pub place: Place,
    /// Its header; none if no row looks like one.
    pub header: Option<Header>,
    /// Its rows of data, in order.
    pub rows: Vec<FilledRow>,
    /// How many there were, before they went elsewhere.
    pub counted: u64,
    /// Rows that only show how to fill in the others.
    pub examples: u64,
    /// Where there is no header: what the sheet looks like instead, if that is known.
    pub other_kind: Option<String>,
}

impl Filled {
    /// A sheet of which nothing was read yet.
    pub fn of_place(place: Place) -> Self {
        Self { place, header: None, rows: Vec::new(), counted: 0, examples: 0, other_kind: None }
    }
}

/// A row of data.
pub struct FilledRow {
    /// Of the sheet, from 1; of a CSV file its line.
    pub row: u64,
    /// The canonical text of each field of the header; blank where nothing stands or what stands there is refused.
    pub cells: Cells,
    /// Fields whose value is to go.
    pub cleared: Vec<usize>,
    /// Fields whose value is refused.
    pub refused: Vec<usize>,
}

/// Rows in which a header is looked for: people put titles above it.
const HEADER_ROWS: usize = 20;

/// Reads a sheet.
///
/// # Errors
/// What makes the sheet unreadable as a whole.
pub fn read_filled(
    source: &Source<'_>,
    sheet: usize,
    place: Place,
    form: &Form,
    rules: &NumberRules,
    findings: &mut Findings,
) -> Result<Filled, Unreadable> {
    let mut reading = Reading { filled: Filled::of_place(place), form, rules, findings, above: 0, texts: Vec::new() };
    let noticed = source.read_rows(sheet, &mut |row| reading.row(row))?;
    reading.remark(&noticed);
    Ok(reading.filled)
}

struct Reading<'a> {
    filled: Filled,
    form: &'a Form,
    rules: &'a NumberRules,
    findings: &'a mut Findings,
    /// Rows that stand above the header.
    above: usize,
    /// The cells of the present row; kept so that it is made once.
    texts: Vec<Option<String>>,
}

impl Reading<'_> {
    fn row(&mut self, row: SheetRow<'_>) -> ControlFlow<()> {
        if row.cells.iter().all(is_blank) {
            return ControlFlow::Continue(());
        }
        if self.filled.header.is_some() {
            self.data(row);
            return ControlFlow::Continue(());
        }
        let words: Vec<String> =
            row.cells.iter().map(|cell| shown(cell).replace('\u{a0}', " ").trim().to_owned()).collect();
        let other_kind = other_kind_hint(&words, self.form.schema.kind());
        if other_kind.is_none() && is_header(self.form, &words) {
            let number = u64::from(row.number);
            let header = Header::read(self.form, &self.filled.place, number, &words, self.findings);
            self.texts = vec![None; header.fields.len()];
            self.filled.header = Some(header);
            return ControlFlow::Continue(());
        }
        self.filled.other_kind = self.filled.other_kind.take().or(other_kind);
        self.above += 1;
        if self.above < HEADER_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn data(&mut self, row: SheetRow<'_>) {
        let Filled { place, header: Some(header), rows, examples, .. } = &mut self.filled else { return };
        if let Some(Cell::Text(first)) = row.cells.iter().find(|cell| !is_blank(cell))
            && first.trim_end().ends_with(EXAMPLE_MARK)
        {
            *examples += 1;
            return;
        }
        let number = u64::from(row.number);
        if !place.is_workbook && row.cells.len() != header.columns.len() {
            let s = if row.cells.len() == 1 { "" } else { "s" };
            let reason = format!("has {} field{s}, the header has {}", row.cells.len(), header.columns.len());
            let hint = "one field for each column; quote fields that hold commas";
            self.findings.add(place.finding(Severity::Error, At::row(number), &reason, hint));
            return;
        }
        self.texts.fill(None);
        let (mut cleared, mut refused) = (Vec::new(), Vec::new());
        for (column, cell) in (0_u32..).zip(row.cells) {
            let value = || shown(cell);
            let target = match header.columns.get(column as usize).copied().unwrap_or(SheetColumn::Unnamed) {
                SheetColumn::Field(target) => target,
                SheetColumn::Unnamed if !is_blank(cell) => {
                    let at = At { row: number, column: Some(column), header: "", value: &value() };
                    let hint = "give the column a header, or empty the cell";
                    self.findings.add(place.finding(Severity::Error, at, "stands in a column without a header", hint));
                    continue;
                }
                SheetColumn::Unnamed | SheetColumn::Refused => continue,
            };
            let field = &header.fields[target];
            let at = |value| At { row: number, column: Some(column), header: &field.header, value };
            match read_entry(field, cell, self.rules) {
                Ok(Entry::Blank) => {}
                Ok(Entry::Clear) => cleared.push(target),
                Ok(Entry::Value { text, repaired }) => {
                    self.texts[target] = Some(text);
                    if let Some(how) = repaired {
                        self.findings.add(place.finding(Severity::Warning, at(&value()), &how, ""));
                    }
                }
                Err(refusal) => {
                    refused.push(target);
                    let finding = place.finding(Severity::Error, at(&value()), &refusal.reason, &refusal.hint);
                    self.findings.add(finding);
                }
            }
        }
        rows.push(FilledRow {
            row: number,
            cells: self.texts.iter().map(Option::as_deref).collect(),
            cleared,
            refused,
        });
    }

    /// What a person may not see of a sheet, or see otherwise than it is read.
    fn remark(&mut self, noticed: &Noticed) {
        let Filled { place, header, .. } = &self.filled;
        if noticed.hidden_rows > 0 {
            let s = if noticed.hidden_rows == 1 { " is" } else { "s are" };
            let reason = format!("{} row{s} hidden, and read all the same", noticed.hidden_rows);
            self.findings.add(place.finding(Severity::Warning, At::default(), &reason, "delete what is not meant"));
        }
        let Some(header) = header else { return };
        for range in &noticed.merged {
            let (first, last) = (u64::from(range.first_row), u64::from(range.last_row));
            let at = At { row: first, column: Some(range.first_column), header: "", value: &range.to_string() };
            let severity = match header.row {
                row if last < row => continue,
                row if first <= row => Severity::Error,
                _ => Severity::Warning,
            };
            let reason = "cells are merged: only the first of them holds anything";
            self.findings.add(place.finding(severity, at, reason, "take the merge away, and fill in each cell"));
        }
    }
}

fn is_blank(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Blank => true,
        Cell::Text(text) => text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')),
        _ => false,
    }
}
