//! The lines of a bill → the sheet `Charges`: all that is charged, ex VAT, with a total that is the bill's.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cells::{self, figure, text};
use super::looks::{Cells, Looks};
use crate::domain::bill::{Bill, BillLine};

/// Heads, their widths, and whether figures stand below them.
const COLUMNS: [(&str, u16, bool); 13] = [
    ("Category", 22, false),
    ("Cost centre", 20, false),
    ("Line", 18, false),
    ("Description", 40, false),
    ("Details", 24, false),
    ("From", 11, false),
    ("To", 11, false),
    ("Quantity", 10, true),
    ("Price", 12, true),
    ("Part period", 13, false),
    ("VAT code", 10, false),
    ("VAT rate", 9, true),
    ("Amount ex VAT", 14, true),
];

/// A column, and whether a row fills it.
type Optional = (u16, fn(&BillLine) -> bool);

/// Columns that are left out of sight where no line fills them.
const OPTIONAL: [Optional; 4] = [
    (1, |line| !line.cost_centre.is_empty()),
    (2, |line| !line.cli.is_empty()),
    (4, |line| !line.details.is_empty()),
    (9, |line| !line.proration.is_empty()),
];

pub(super) fn write(sheet: &mut Worksheet, bill: &Bill, looks: &Looks) -> Result<(), XlsxError> {
    let last = set_heads(sheet, &COLUMNS, looks)?;
    for (column, fills) in OPTIONAL {
        if !bill.lines.iter().any(fills) {
            sheet.set_column_hidden(column)?;
        }
    }
    let mut row = 0;
    for line in &bill.lines {
        row += 1;
        write_line(sheet, row, bill, line, &looks.cell)?;
    }
    sheet.autofilter(0, 0, row.max(1), last)?;
    let total = &looks.total;
    for column in 0..last {
        sheet.write_blank(row + 1, column, &total.text)?;
    }
    text(sheet, (row + 1, 0), "Total ex VAT", &total.text)?;
    figure(sheet, (row + 1, last), &bill.totals.net.to_string(), &total.money)
}

/// The heads of a table in the first row, which stays in sight and on every page; gives the place of the last column.
pub(super) fn set_heads(sheet: &mut Worksheet, columns: &[(&str, u16, bool)], looks: &Looks) -> Result<u16, XlsxError> {
    let mut last = 0;
    for (column, (head, width, is_figure)) in (0..).zip(columns) {
        sheet.set_column_width(column, *width)?;
        let format = if *is_figure { &looks.head_right } else { &looks.head };
        sheet.write_string_with_format(0, column, *head, format)?;
        last = column;
    }
    sheet.set_row_height(0, 32)?.set_landscape().set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
    Ok(last)
}

fn write_line(sheet: &mut Worksheet, row: u32, bill: &Bill, line: &BillLine, cell: &Cells) -> Result<(), XlsxError> {
    let texts = [&line.category, &line.cost_centre, &line.cli, &line.description, &line.details];
    for (column, words) in (0..).zip(texts) {
        text(sheet, (row, column), words, &cell.text)?;
    }
    for (column, day) in [(5, line.from), (6, line.to)] {
        match day {
            Some(day) => cells::date(sheet, (row, column), day, &cell.date)?,
            None => text(sheet, (row, column), "", &cell.date)?,
        }
    }
    figure(sheet, (row, 7), &line.quantity.to_string(), &cell.quantity)?;
    match line.price {
        Some(price) => figure(sheet, (row, 8), &price.to_places(bill.currency.digits), &cell.price)?,
        None => text(sheet, (row, 8), "", &cell.price)?,
    }
    text(sheet, (row, 9), &line.proration, &cell.text)?;
    text(sheet, (row, 10), &line.vat_code, &cell.text)?;
    match bill.vat.iter().find(|vat| vat.code == line.vat_code) {
        Some(vat) => write_rate(sheet, (row, 11), vat.rate, cell)?,
        None => text(sheet, (row, 11), "", &cell.percent)?,
    }
    figure(sheet, (row, 12), &line.amount.to_string(), &cell.money)
}

/// A rate of VAT as a share with the look of percent.
pub(super) fn write_rate(
    sheet: &mut Worksheet,
    place: (u32, u16),
    rate: crate::domain::money::Percent,
    cell: &Cells,
) -> Result<(), XlsxError> {
    let share = crate::domain::money::Decimal::<6>::from_scaled(rate.scaled());
    let is_whole = rate.scaled() % crate::domain::money::Percent::ONE.scaled() == 0;
    figure(sheet, place, &share.to_string(), if is_whole { &cell.percent } else { &cell.exact_percent })
}
