//! Rows of an itemisation → the sheets `Calls`, `Calls 2`, …: one call a row, by cost centre and line, to be filtered and
//! added up. As many sheets as the rows need.

use rust_xlsxwriter::{IgnoreError, Workbook, Worksheet, XlsxError};

use super::cells::{duration, figure, megabytes, moment, text};
use super::charge_sheet::set_heads;
use super::line_sheet::descriptions_of;
use super::looks::Looks;
use super::set_page;
use crate::domain::bill::Bill;
use crate::domain::price_book::CallClass;
use crate::invoicing::language::{Style, english};
use crate::invoicing::summed_calls::{ItemisedRow, SummedCalls, words_of};

/// Writes the calls of a bill.
pub(super) struct CallSheets<'b> {
    pub bill: &'b Bill,
    pub looks: &'b Looks,
    /// The head's among them.
    pub rows_of_a_sheet: u32,
}

const COLUMNS: [(&str, u16, bool); COUNT] = [
    ("Cost centre", 18, false),
    ("Line", 17, false),
    ("Line description", 19, false),
    ("Date and time", 20, false),
    ("Direction", 11, false),
    ("Number", 17, false),
    ("Description", 30, false),
    ("Class", 21, false),
    ("Duration", 10, true),
    ("Data (MB)", 12, true),
    ("Quantity", 10, true),
    ("Records", 9, true),
    ("Charge ex VAT", 12, true),
    ("Covered by", 14, false),
    ("Record", 24, false),
];
const COUNT: usize = 15;
/// The record is for questions, not for paper.
const LAST_ON_PAPER: u16 = 13;

/// A column, and whether a row fills it.
type Optional = (u16, fn(&ItemisedRow<'_>) -> bool);

/// Columns that are left out of sight where no row fills them.
const OPTIONAL: [Optional; 7] = [
    (0, |row| !row.cost_centre().is_empty()),
    (4, |row| matches!(row, ItemisedRow::Call(call) if call.direction == "in")),
    (8, |row| row.kind() == "voice"),
    (9, |row| row.kind() == "data"),
    (10, |row| !matches!(row.kind(), "voice" | "data")),
    (11, |row| matches!(row, ItemisedRow::Sum(_))),
    (13, |row| row.disposition() != "billed"),
];

impl CallSheets<'_> {
    pub fn write(&self, workbook: &mut Workbook, rows: &[ItemisedRow<'_>]) -> Result<(), XlsxError> {
        let hidden: Vec<u16> =
            OPTIONAL.iter().filter(|(_, fills)| !rows.iter().any(fills)).map(|(column, _)| *column).collect();
        let descriptions = descriptions_of(self.bill);
        let most = usize::try_from(self.rows_of_a_sheet.saturating_sub(1).max(1)).unwrap_or(usize::MAX);
        for (rows, number) in rows.chunks(most).zip(1_u32..) {
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            let name = if number == 1 { "Calls".to_owned() } else { format!("Calls {number}") };
            sheet.set_name(name)?;
            self.dress(sheet, rows.len(), &hidden)?;
            for (row, place) in rows.iter().zip(1_u32..) {
                let described = descriptions.get(&(row.cost_centre(), row.cli())).copied().unwrap_or_default();
                self.write_row(sheet, place, row, described)?;
            }
        }
        Ok(())
    }

    fn dress(&self, sheet: &mut Worksheet, rows: usize, hidden: &[u16]) -> Result<(), XlsxError> {
        set_page(sheet, self.bill);
        let last_row = u32::try_from(rows).map_err(|_| XlsxError::RowColumnLimitError)?;
        for column in hidden {
            sheet.set_column_hidden(*column)?;
        }
        let last = set_heads(sheet, &COLUMNS, self.looks)?;
        sheet.autofilter(0, 0, last_row, last)?;
        sheet.set_print_area(0, 0, last_row, LAST_ON_PAPER)?;
        for column in [1, 5, 14] {
            sheet.ignore_error_range(1, column, last_row, column, IgnoreError::NumberStoredAsText)?;
        }
        Ok(())
    }

    fn write_row(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        itemised: &ItemisedRow<'_>,
        described: &str,
    ) -> Result<(), XlsxError> {
        let cell = &self.looks.cell;
        text(sheet, (row, 0), itemised.cost_centre(), &cell.text)?;
        text(sheet, (row, 1), itemised.cli(), &cell.text)?;
        text(sheet, (row, 2), described, &cell.text)?;
        match itemised {
            ItemisedRow::Call(call) => {
                moment(sheet, (row, 3), &call.started_at, &cell.moment)?;
                text(sheet, (row, 4), if call.direction == "in" { "In" } else { "Out" }, &cell.text)?;
                text(sheet, (row, 5), &call.other_party, &cell.text)?;
                text(sheet, (row, 6), &call.description, &cell.text)?;
            }
            ItemisedRow::Sum(sum) => {
                for (column, words) in (3..).zip(["", "", "", &self.in_words(sum)]) {
                    text(sheet, (row, column), words, &cell.text)?;
                }
            }
        }
        let class = CallClass::parse(itemised.class()).map_or(itemised.class(), CallClass::title);
        text(sheet, (row, 7), class, &cell.text)?;
        let kind = itemised.kind();
        for (column, is_it) in [(8, kind == "voice"), (9, kind == "data"), (10, !matches!(kind, "voice" | "data"))] {
            match (is_it, column) {
                (false, _) => text(sheet, (row, column), "", &cell.count)?,
                (true, 8) => duration(sheet, (row, column), itemised.units(), &cell.duration)?,
                (true, 9) => figure(sheet, (row, column), &megabytes(itemised.units()), &cell.data)?,
                (true, _) => figure(sheet, (row, column), &itemised.units().to_string(), &cell.count)?,
            }
        }
        figure(sheet, (row, 11), &itemised.records().to_string(), &cell.count)?;
        figure(sheet, (row, 12), &itemised.charge().to_string(), &cell.exact)?;
        let covered = match itemised.disposition() {
            "allowance" => "Allowance",
            "capped" => "Spending cap",
            _ => "",
        };
        text(sheet, (row, 13), covered, &cell.text)?;
        match itemised {
            ItemisedRow::Call(call) => text(sheet, (row, 14), &call.record, &cell.text),
            ItemisedRow::Sum(_) => Ok(()),
        }
    }

    /// `183 calls at or below £0.05 each`.
    fn in_words(&self, sum: &SummedCalls<'_>) -> String {
        let style = Style::new(english(), self.bill.currency);
        words_of(sum, style, &style.price(sum.threshold))
    }
}
