//! The page "Read me" of a form, for a person who has never seen one: what it is for, how to fill it in and import it, what
//! blank cells and mistakes mean, what every column takes.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::looks::{self, Block};
use crate::forms::form::Form;
use crate::forms::kinds::{CLEAR_WORD, EXAMPLE_MARK, Kind};

/// The name of the page. Imports pass over it.
pub(in crate::forms) const READ_ME_SHEET: &str = "Read me";

/// What the page is about.
pub(super) struct ReadMe<'r> {
    pub kind: Kind,
    pub forms: &'r [Form],
    /// It holds the rows of the workspace and no example.
    pub has_data: bool,
}

const LABEL: u16 = 0;
const NEEDED: u16 = 1;
const WORDS: u16 = 2;
const EXAMPLE: u16 = 3;

impl ReadMe<'_> {
    /// Adds the page.
    pub fn write(&self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        let sheet = workbook.add_worksheet();
        sheet.set_name(READ_ME_SHEET)?.set_screen_gridlines(false);
        for (column, width) in [(LABEL, 27), (NEEDED, 9), (WORDS, 84), (EXAMPLE, 27)] {
            sheet.set_column_width(column, width)?;
        }
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_footer("&L&A&RPage &P of &N");
        sheet.set_margins(0.5, 0.5, 0.5, 0.6, 0.3, 0.3);
        let mut page = Page { sheet, row: 0 };
        page.title(&format!("{}: how to fill in this form", title(self.kind)))?;
        for form in self.forms {
            page.item(&format!("Sheet {}", form.schema.sheet), form.schema.about)?;
        }
        self.steps(&mut page)?;
        self.rules(&mut page)?;
        self.colours(&mut page)?;
        self.forms.iter().try_for_each(|form| page.columns(form))
    }

    fn steps(&self, page: &mut Page) -> Result<(), XlsxError> {
        let command = command(self.kind);
        page.subtitle("Step by step")?;
        let fill_in = if self.has_data {
            "The rows are those of the workspace. Change what is to change, add new rows below; rows that you delete here stay \
             in the workspace. Save as .xlsx."
        } else {
            "One row for each, from the third row on. The grey row is an example: it is ignored and may stay. Save as .xlsx."
        };
        page.item("1. Fill in", fill_in)?;
        page.command("2. Try it", &format!("{command} --dry-run"))?;
        page.item(
            "",
            "Changes nothing. Shows what would be added and what would change, and every mistake with its cell.",
        )?;
        page.command("3. Import", &command)?;
        page.item("", "All rows or none: with one mistake left, nothing is imported.")
    }

    fn rules(&self, page: &mut Page) -> Result<(), XlsxError> {
        page.subtitle("Good to know")?;
        page.item(
            "Headers",
            "Must stay as they are. Columns may be moved, and those that are not needed may be deleted. Rest the pointer on a \
             header to see what its column takes.",
        )?;
        page.item(
            "Rows that are there",
            &format!("A row is a change if the workspace has one with the same {}.", key_in_words(self.kind)),
        )?;
        page.item(
            "Blank cells",
            &format!(
                "In a new row: nothing is set. In a change: what is there stays. The word {CLEAR_WORD} empties what is there."
            ),
        )?;
        page.item(
            "Lists",
            "Cells with an arrow offer the names that the workspace had when this form was made. Names that came later may be \
             typed.",
        )?;
        page.item(
            "Numbers and dates",
            "Type them as your spreadsheet shows them. Telephone numbers, codes and references are texts: a leading 0 or + \
             stays.",
        )?;
        let example = format!("A row whose first cell ends in {EXAMPLE_MARK} is not imported.");
        page.item("Example rows", &example)
    }

    /// What the colours of headers mean, as far as the form has them.
    fn colours(&self, page: &mut Page) -> Result<(), XlsxError> {
        page.subtitle("Colours of headers")?;
        let has = |block| self.forms.iter().flat_map(|form| &form.fields).any(|field| Block::of(field) == block);
        for block in Block::ALL.into_iter().filter(|block| has(*block)) {
            let (name, words) = match block {
                Block::Needed => ("Needed", "With a star. A new row must have a value."),
                Block::Optional => ("Optional", "May be left blank."),
                Block::Tariff => ("Tariff", "The tariff of each category of products. May be left blank."),
                Block::Engine => {
                    ("Details", "For finer settings; most people leave these blank. The sheet can fold them away.")
                }
            };
            page.sheet.write_string_with_format(page.row, LABEL, name, &looks::header(block))?;
            page.words(words)?;
        }
        Ok(())
    }
}

/// A page that is written from top to bottom.
struct Page<'p> {
    sheet: &'p mut Worksheet,
    row: u32,
}

impl Page<'_> {
    fn title(&mut self, text: &str) -> Result<(), XlsxError> {
        self.sheet.set_row_height(self.row, 28)?;
        self.line(text, &looks::title())
    }

    fn subtitle(&mut self, text: &str) -> Result<(), XlsxError> {
        self.row += 1;
        self.sheet.set_row_height(self.row, 20)?;
        self.line(text, &looks::subtitle())
    }

    fn line(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, LABEL, text, format)?;
        self.row += 1;
        Ok(())
    }

    /// A word on the left, what it means on the right.
    fn item(&mut self, label: &str, words: &str) -> Result<(), XlsxError> {
        if !label.is_empty() {
            self.sheet.write_string_with_format(self.row, LABEL, label, &looks::prose().set_bold())?;
        }
        self.words(words)
    }

    /// The same if the word stands there already.
    fn words(&mut self, words: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, WORDS, words, &looks::prose())?;
        self.row += 1;
        Ok(())
    }

    fn command(&mut self, label: &str, command: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, LABEL, label, &looks::prose().set_bold())?;
        self.sheet.write_string_with_format(self.row, WORDS, command, &looks::prose().set_font_name("Courier New"))?;
        self.row += 1;
        Ok(())
    }

    /// All columns of a form with what they take.
    fn columns(&mut self, form: &Form) -> Result<(), XlsxError> {
        self.subtitle(&format!("Columns of {}", form.schema.sheet))?;
        let head = looks::header(Block::Optional);
        for (column, words) in [(LABEL, "Column"), (NEEDED, "Needed"), (WORDS, "What it takes"), (EXAMPLE, "Example")] {
            self.sheet.write_string_with_format(self.row, column, words, &head)?;
        }
        self.row += 1;
        for field in &form.fields {
            let label = looks::ruled().set_bold();
            self.sheet.write_string_with_format(self.row, LABEL, &field.header, &label)?;
            let needed = if field.required { "yes" } else { "" };
            let cells = [(NEEDED, needed), (WORDS, &field.in_one_line()), (EXAMPLE, &field.example)];
            for (column, text) in cells {
                match text {
                    "" => self.sheet.write_blank(self.row, column, &looks::ruled())?,
                    text => self.sheet.write_string_with_format(self.row, column, text, &looks::ruled())?,
                };
            }
            self.row += 1;
        }
        Ok(())
    }
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Customers => "Customers",
        Kind::Clis => "CLIs",
        Kind::Products => "Products",
        Kind::Charges => "Charges",
        Kind::Tariff => "Rates of a tariff",
        Kind::Payments => "Payments",
    }
}

/// The command that imports a form.
fn command(kind: Kind) -> String {
    let tariff = if kind == Kind::Tariff { " --tariff CODE" } else { "" };
    format!("tollbook import {} FILE.xlsx{tariff}", kind.name())
}

/// What tells rows apart.
fn key_in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Customers => "account number or, where that is blank, the same reference",
        Kind::Clis => "CLI, extension and first day",
        Kind::Products => "product; prices: the same product, customer, tariff and first day",
        Kind::Charges => "account and charge; prices: the same first day too",
        Kind::Tariff => "match, time band and first day",
        Kind::Payments => "account and reference; payments that are there never change",
    }
}
