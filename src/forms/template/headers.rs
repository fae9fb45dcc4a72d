//! The columns of a form on a sheet: header with its note, width, format of the cells below, what can be chosen. The same
//! for empty forms, for those with data and for the annotated copy.

use rust_xlsxwriter::{IgnoreError, Note, ObjectMovement, Worksheet, XlsxError};

use super::choices::{LAST_ROW, Lists, add_validation};
use super::looks::{self, Block};
use crate::forms::form::Field;
use crate::forms::takes::about_field;

/// The sheet's columns and the header's row, from 0.
pub(in crate::forms) struct Headers<'h> {
    /// The row of the headers.
    pub row: u32,
    /// Which column of the sheet is which of the form.
    pub columns: &'h [(u16, &'h Field)],
    /// The rows are there already: lists offer to empty a cell.
    pub for_changes: bool,
    /// The row below shows how to fill in a form.
    pub shows_example: bool,
}

impl Headers<'_> {
    /// Dresses the columns, and freezes the headers with the first column. Writes no cell.
    pub fn dress(&self, sheet: &mut Worksheet, lists: &mut Lists) -> Result<(), XlsxError> {
        for (column, field) in self.columns {
            sheet
                .set_column_width(*column, self.width(*column, field))?
                .set_column_format(*column, &looks::blank_cell(field))?;
            add_validation(sheet, lists, (self.row + 1, *column), field, self.for_changes)?;
            if field.is_text() {
                let (row, error) = (self.row + 1, IgnoreError::NumberStoredAsText);
                sheet.ignore_error_range(row, *column, LAST_ROW, *column, error)?;
            }
        }
        sheet.set_freeze_panes(self.row + 1, 1)?;
        self.set_page(sheet)
    }

    /// Writes the headers: exactly what they say, and a note to each.
    pub fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_row_height(self.row, 36)?;
        for (column, field) in self.columns {
            sheet.write_string_with_format(self.row, *column, &field.header, &looks::header(Block::of(field)))?;
            sheet.insert_note(self.row, *column, &note(about_field(field)))?;
        }
        Ok(())
    }

    /// On paper: across, the headers on every page; all columns on one page as long as they can be read.
    fn set_page(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_landscape().set_paper_size(A4).set_repeat_rows(self.row, self.row)?.set_repeat_columns(0, 0)?;
        sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3).set_footer("&L&A&RPage &P of &N");
        let width: u32 = self.columns.iter().map(|(column, field)| u32::from(self.width(*column, field))).sum();
        if width > WIDEST_ON_A_PAGE {
            sheet.set_print_scale(65).set_page_order(true);
        } else if width > WIDTH_OF_A_PAGE {
            sheet.set_print_fit_to_pages(1, 0);
        }
        Ok(())
    }

    fn width(&self, column: u16, field: &Field) -> u16 {
        looks::width(field, column == 0, self.shows_example)
    }
}

const A4: u8 = 9;
/// Letters that stand beside each other on a page, as they are and made as small as can be read.
const WIDTH_OF_A_PAGE: u32 = 112;
const WIDEST_ON_A_PAGE: u32 = 190;

/// A note with so many lines, large enough to show them.
pub(in crate::forms) fn note(lines: Vec<String>) -> Note {
    const WIDTH: u32 = 300;
    const LETTERS_OF_A_LINE: usize = 44;
    let shown: usize = lines.iter().map(|line| line.chars().count().div_ceil(LETTERS_OF_A_LINE).max(1)).sum();
    let height = u32::try_from(shown.min(20)).unwrap_or(20) * 17 + 14;
    Note::new(lines.join("\n"))
        .set_author("tollbook")
        .add_author_prefix(false)
        .set_font_size(9)
        .set_width(WIDTH)
        .set_height(height)
        .set_object_movement(ObjectMovement::DontMoveOrSizeWithCells)
}
