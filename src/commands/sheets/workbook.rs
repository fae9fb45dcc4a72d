//! A table and what stands around it → the bytes of a workbook: a sheet with a frozen head, filters, widths, numbers as
//! numbers and a row of sums for each currency; a second one that says what the figures are of. No cell is a formula.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::domain::time::Date;
use crate::report::answer::Cover;
use crate::report::sheet::{Sheet, SheetCell};

/// What a sheet may hold below its head.
const MOST_ROWS: usize = 1_048_575;
/// What a cell may hold.
const MOST_CHARACTERS: usize = 32_767;
/// Digits of a number that a spreadsheet keeps; longer ones are written as text.
const EXACT_DIGITS: usize = 15;
const DEEP_BLUE: Color = Color::RGB(0x001F_3864);
const PALE_BLUE: Color = Color::RGB(0x00D9_E5F3);

/// The workbook.
///
/// # Errors
/// `RowColumnLimitError`: more rows than a sheet can have.
pub fn bytes(cover: &Cover, sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    if sheet.rows.len() + sheet.totals.len() > MOST_ROWS {
        return Err(XlsxError::RowColumnLimitError);
    }
    let mut workbook = Workbook::new();
    // It says nothing of when it was made.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let title = format!("tollbook: {}", cover.name);
    workbook.set_properties(&DocProperties::new().set_title(title).set_author("tollbook").set_creation_datetime(&day));
    write_rows(workbook.add_worksheet().set_name(cover.name)?, sheet)?;
    write_cover(workbook.add_worksheet().set_name("About")?, cover)?;
    workbook.save_to_buffer()
}

fn write_rows(page: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let head = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(DEEP_BLUE)
        .set_font_color(Color::White);
    page.set_row_height(0, 32)?;
    for (at, column) in (0_u16..).zip(&sheet.columns) {
        let cells = || sheet.rows.iter().chain(&sheet.totals).map(|row| &row[usize::from(at)]);
        let is_time = cells().any(|cell| matches!(cell, SheetCell::Seconds(_)));
        let words = if is_time { "time".to_owned() } else { column.name.replace('_', " ") };
        page.write_string_with_format(0, at, &words, &head)?;
        let longest = cells().map(|cell| cell.on_screen().chars().count()).max().unwrap_or(0);
        let width = longest.max(words.split(' ').map(str::len).max().unwrap_or(0)).clamp(6, 60) + 3;
        page.set_column_width(at, u32::try_from(width).unwrap_or(63))?;
    }
    let all = sheet.rows.iter().map(|row| (row, false)).chain(sheet.totals.iter().map(|row| (row, true)));
    for (number, (row, is_total)) in (1_u32..).zip(all) {
        for (at, cell) in (0_u16..).zip(row) {
            write_cell(page, (number, at), cell, is_total)?;
        }
    }
    page.set_freeze_panes(1, 0)?;
    let last = (u32::try_from(sheet.rows.len()), u16::try_from(sheet.columns.len()));
    if let (Ok(rows @ 1..), Ok(columns @ 1..)) = last {
        page.autofilter(0, 0, rows, columns - 1)?;
    }
    page.set_repeat_rows(0, 0)?;
    page.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

fn write_cell(page: &mut Worksheet, (row, at): (u32, u16), cell: &SheetCell, is_total: bool) -> Result<(), XlsxError> {
    let shape = match cell {
        SheetCell::Text(_) | SheetCell::Nothing => "@".to_owned(),
        SheetCell::Date(_) => "yyyy-mm-dd".to_owned(),
        SheetCell::Seconds(_) => "[h]:mm:ss".to_owned(),
        SheetCell::Percent(_) => "0.0%".to_owned(),
        SheetCell::Count(_) => "#,##0".to_owned(),
        SheetCell::Money(_, currency) => places(currency.digits as usize),
        SheetCell::Figure(figure) => places(figure.split_once('.').map_or(0, |(_, fraction)| fraction.len())),
    };
    let mut format = Format::new().set_num_format(shape);
    if is_total {
        format = format.set_bold().set_background_color(PALE_BLUE).set_border_top(FormatBorder::Thin);
    }
    let decimal = match cell {
        // A spreadsheet shows no time below nothing.
        SheetCell::Seconds(..0) => return write_text(page, (row, at), &cell.on_screen(), &format),
        SheetCell::Nothing => return page.write_blank(row, at, &format).map(|_| ()),
        SheetCell::Text(text) => return write_text(page, (row, at), text, &format),
        SheetCell::Date(date) => return page.write_datetime_with_format(row, at, day(*date)?, &format).map(|_| ()),
        // A spreadsheet counts in days, and in whole ones for a hundred percent.
        SheetCell::Seconds(seconds) => fraction(i128::from(*seconds) * 1_000_000_000_000 / 86_400, 12),
        SheetCell::Percent(percent) => fraction(percent.wide(), 3),
        SheetCell::Money(..) | SheetCell::Count(_) | SheetCell::Figure(_) => cell.in_file().into_owned(),
    };
    let digits = decimal.trim_start_matches(['-', '0', '.']).chars().filter(char::is_ascii_digit).count();
    match decimal.parse::<f64>() {
        Ok(number) if digits <= EXACT_DIGITS || matches!(cell, SheetCell::Seconds(_)) => {
            page.write_number_with_format(row, at, number, &format).map(|_| ())
        }
        _ => write_text(page, (row, at), &decimal, &format),
    }
}

fn write_text(page: &mut Worksheet, (row, at): (u32, u16), text: &str, format: &Format) -> Result<(), XlsxError> {
    let cut: String = text.chars().take(MOST_CHARACTERS).collect();
    page.write_string_with_format(row, at, &cut, format).map(|_| ())
}

fn write_cover(page: &mut Worksheet, cover: &Cover) -> Result<(), XlsxError> {
    let label = Format::new().set_bold().set_align(FormatAlign::Top);
    let words = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    page.set_column_width(0, 18)?.set_column_width(1, 90)?;
    let report = [("report", cover.title.clone()), ("made by", format!("tollbook report {}", cover.name))];
    let about = cover.about.iter().cloned();
    let control = cover.control.iter().map(|line| ("control", line.clone()));
    let notes = cover.notes.iter().map(|line| ("note", line.clone()));
    for (row, (name, text)) in (0_u32..).zip(report.into_iter().chain(about).chain(control).chain(notes)) {
        page.write_string_with_format(row, 0, name, &label)?;
        write_text(page, (row, 1), &text, &words)?;
    }
    Ok(())
}

/// With so many decimals, separators, and a minus.
fn places(decimals: usize) -> String {
    if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(decimals)) }
}

/// An integer count of 10^-`decimals` as a decimal.
fn fraction(scaled: i128, decimals: usize) -> String {
    let digits = format!("{:0width$}", scaled.unsigned_abs(), width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    format!("{}{whole}.{rest}", if scaled < 0 { "-" } else { "" })
}

fn day(date: Date) -> Result<ExcelDateTime, XlsxError> {
    let (year, month, day) = date.ymd();
    let part = |part: u32| u8::try_from(part).unwrap_or(1);
    ExcelDateTime::from_ymd(u16::try_from(year).unwrap_or(2000), part(month), part(day))
}

#[cfg(test)]
mod tests {
    use super::fraction;

    #[test]
    fn fractions_are_written_in_full() {
        let rows = [(333, 3, "0.333"), (-1_250, 3, "-1.250"), (0, 3, "0.000"), (5, 1, "0.5"), (-5, 3, "-0.005")];
        for (scaled, decimals, expected) in rows {
            assert_eq!(fraction(scaled, decimals), expected);
        }
    }
}
