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
const WORDS: u16 = 1;
const NEEDED: u16 = 2;
const EXAMPLE: u16 = 3;

/// Letters that a line of the widest column holds, whatever the font.
const LETTERS_OF_A_LINE: usize = 97;
/// The height of a line, in points.
const LINE: u32 = 15;

impl ReadMe<'_> {
    /// Adds the page.
    pub fn write(&self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        let sheet = workbook.add_worksheet();
        sheet.set_name(READ_ME_SHEET)?.set_screen_gridlines(false);
        for (column, width) in [(LABEL, 28), (WORDS, 88), (NEEDED, 9), (EXAMPLE, 28)] {
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
        let command = self.command();
        page.subtitle("Step by step")?;
        let fill_in = if self.has_data {
            "The rows are those of the workspace. Change what is to change and add new rows below. A row that you delete here \
             stays in the workspace. Save as .xlsx."
        } else {
            "One row for each. The grey row below the headers is an example: it is ignored and may stay. Save as .xlsx."
        };
        page.item("1. Fill in", fill_in)?;
        page.command("2. Try it", &format!("{command} --dry-run"))?;
        page.words(
            "Changes nothing. Shows what would be added and what would change, and every mistake with its cell.",
        )?;
        page.command("3. Correct", &format!("{command} --dry-run --annotate COPY.xlsx"))?;
        page.words(
            "Writes a copy with the mistakes marked, the reason in a note. Correct it there and go on with the copy.",
        )?;
        page.command("4. Import", &command)?;
        page.words("All rows or none: with one mistake left, nothing is imported.")
    }

    fn rules(&self, page: &mut Page) -> Result<(), XlsxError> {
        page.subtitle("Good to know")?;
        page.item(
            "Headers",
            "Must stay as they are. Columns may be moved, and those that are not needed may be deleted. Rest the pointer on a \
             header to see what its column takes.",
        )?;
        page.item("New and changed rows", &self.modes())?;
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

    /// What rows may do, and when one is there already.
    fn modes(&self) -> String {
        let key = key_in_words(self.kind);
        match self.kind {
            Kind::Tariff => format!("A row takes the place of one with the same {key}."),
            Kind::Payments => format!(
                "Payments are added and never changed. With --mode upsert, those that are there, with the same {key}, are passed over."
            ),
            _ => format!(
                "Rows are added. With --mode update they change rows that are there, with --mode upsert they do either. A row \
                 is there if the workspace has one with the same {key}."
            ),
        }
    }

    /// The command that imports the form.
    fn command(&self) -> String {
        let rest = match self.kind {
            Kind::Tariff => " --tariff CODE",
            _ if self.has_data => " --mode upsert",
            _ => "",
        };
        format!("tollbook import {} FILE.xlsx{rest}", self.kind.name())
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

    /// Goes on on the right.
    fn words(&mut self, words: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, WORDS, words, &looks::prose())?;
        self.end_row(words)
    }

    /// Makes the row as high as its words need, and goes on to the next.
    fn end_row(&mut self, words: &str) -> Result<(), XlsxError> {
        let lines = words.chars().count().div_ceil(LETTERS_OF_A_LINE).max(1);
        self.sheet.set_row_height(self.row, u32::try_from(lines).unwrap_or(1).saturating_mul(LINE) + 2)?;
        self.row += 1;
        Ok(())
    }

    fn command(&mut self, label: &str, command: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, LABEL, label, &looks::prose().set_bold())?;
        self.sheet.write_string_with_format(self.row, WORDS, command, &looks::prose().set_font_name("Courier New"))?;
        self.end_row("")
    }

    /// All columns of a form with what they take.
    fn columns(&mut self, form: &Form) -> Result<(), XlsxError> {
        self.subtitle(&format!("Columns of {}", form.schema.sheet))?;
        let head = looks::head();
        for (column, words) in [(LABEL, "Column"), (WORDS, "What it takes"), (NEEDED, "Needed"), (EXAMPLE, "Example")] {
            self.sheet.write_string_with_format(self.row, column, words, &head)?;
        }
        self.row += 1;
        for field in &form.fields {
            let label = looks::ruled().set_bold();
            self.sheet.write_string_with_format(self.row, LABEL, &field.header, &label)?;
            let needed = if field.required { "yes" } else { "" };
            let words = field.in_one_line();
            let cells = [(WORDS, words.as_str()), (NEEDED, needed), (EXAMPLE, &field.example)];
            for (column, text) in cells {
                match text {
                    "" => self.sheet.write_blank(self.row, column, &looks::ruled())?,
                    text => self.sheet.write_string_with_format(self.row, column, text, &looks::ruled())?,
                };
            }
            self.end_row(&words)?;
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

/// What tells rows apart.
fn key_in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Customers => "account number or, where that is blank, the same reference",
        Kind::Clis => "CLI, extension and first day",
        Kind::Products => "product; prices: the same product, customer, tariff and first day",
        Kind::Charges => "account and charge; prices: the same first day too",
        Kind::Tariff => "match, time band and first day",
        Kind::Payments => "account and reference",
    }
}
