//! The sheet "Errors" of an annotated copy: all that was found, in order, each with a link to its cell.

use rust_xlsxwriter::{Format, FormatUnderline, Workbook, XlsxError};

use crate::domain::spreadsheet::fitting;
use crate::forms::finding::{Findings, Severity};
use crate::forms::template::looks::{self, Mark};

/// The name of the sheet. Imports pass over it.
pub(super) const ERRORS_SHEET: &str = "Errors";

const COLUMNS: [(&str, u16); 7] = [
    ("What", 10),
    ("Sheet", 14),
    ("Cell", 8),
    ("Column", 22),
    ("Value", 26),
    ("Why", 48),
    ("What would be accepted", 48),
];
const CELL: u16 = 2;
const LONGEST_WORDS: usize = 2_000;

/// Where a finding is in the copy: the name of the sheet, and the cell.
pub(super) type PlaceOf<'p> = dyn Fn(usize) -> Option<(String, String)> + 'p;

/// Adds the sheet. `place_of` tells the place of the finding of a number.
pub(super) fn add_listing(
    workbook: &mut Workbook,
    findings: &Findings,
    place_of: &PlaceOf<'_>,
) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(ERRORS_SHEET)?.set_tab_color("#C00000").set_active(true);
    for (column, (_, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(2, 2)?;
    sheet.write_string_with_format(0, 0, headline(findings), &looks::title())?;
    sheet.set_row_height(0, 28)?;
    let advice = "Correct the marked cells and import this file. Nothing was imported. This sheet is passed over.";
    sheet.write_string(1, 0, if findings.count(Severity::Error) == 0 { "Nothing is refused." } else { advice })?;
    for (column, (header, _)) in (0..).zip(COLUMNS) {
        sheet.write_string_with_format(2, column, header, &looks::head())?;
    }
    let mut row = 2;
    for (number, finding) in findings.all().iter().enumerate() {
        row += 1;
        let (word, mark) = match finding.severity {
            Severity::Error => ("error", Mark::Error),
            Severity::Warning => ("warning", Mark::Warning),
        };
        sheet.write_string_with_format(row, 0, word, &looks::marked(looks::ruled(), mark))?;
        let place = place_of(number);
        let sheet_name = place.as_ref().map_or(finding.sheet.as_str(), |(sheet, _)| sheet);
        sheet.write_string_with_format(row, 1, sheet_name, &looks::ruled())?;
        match &place {
            Some((name, cell)) => {
                let link = format!("internal:'{}'!{cell}", name.replace('\'', "''"));
                sheet.write_url_with_options(row, CELL, link.as_str(), cell.as_str(), "", Some(&linked()))?;
            }
            None => {
                sheet.write_blank(row, CELL, &looks::ruled())?;
            }
        }
        let words = [&finding.header, &finding.value, &finding.reason, &finding.hint];
        sheet.set_row_height(row, height(&words))?;
        for (column, words) in (CELL + 1..).zip(words) {
            match words.as_str() {
                "" => sheet.write_blank(row, column, &looks::ruled())?,
                words => sheet.write_string_with_format(row, column, fitting(words, LONGEST_WORDS), &looks::ruled())?,
            };
        }
    }
    let last_column = u16::try_from(COLUMNS.len() - 1).unwrap_or(0);
    sheet.autofilter(2, 0, row.max(3), last_column)?.set_freeze_panes(3, 0)?;
    let more =
        (findings.count(Severity::Error) + findings.count(Severity::Warning)).saturating_sub(findings.all().len());
    if more > 0 {
        sheet.write_string(row + 1, 0, format!("… and {more} more, which are not listed and not marked."))?;
    }
    Ok(())
}

/// The height that the words need, in points.
fn height(words: &[&String; 4]) -> u32 {
    const LINE: u32 = 15;
    const MOST_LINES: u32 = 12;
    let widths = COLUMNS.iter().skip(usize::from(CELL) + 1).map(|(_, width)| usize::from(*width));
    let lines = words.iter().zip(widths).map(|(words, width)| words.chars().count().div_ceil(width));
    u32::try_from(lines.max().unwrap_or(1)).unwrap_or(MOST_LINES).clamp(1, MOST_LINES) * LINE + 2
}

fn linked() -> Format {
    looks::ruled().set_underline(FormatUnderline::Single).set_font_color("#0563C1")
}

fn headline(findings: &Findings) -> String {
    let count = |severity, word| match findings.count(severity) {
        1 => format!("1 {word}"),
        many => format!("{many} {word}s"),
    };
    format!("{}, {}", count(Severity::Error, "error"), count(Severity::Warning, "warning"))
}
