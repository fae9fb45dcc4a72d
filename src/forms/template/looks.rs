//! How forms look: colours and formats of headers, cells and marks, and how wide a column is. Data and nothing else.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::book::CellKind;
use crate::forms::form::{Field, Target};

/// What days look like.
const DATE: &str = "yyyy-mm-dd";
/// What keeps `+44`, leading zeros and long numbers as they are typed.
const TEXT: &str = "@";
/// Shows a star behind a header without changing what it says.
const STARRED: &str = "@\" *\"";

const DEEP_BLUE: Color = Color::RGB(0x001F_3864);
const PALE_BLUE: Color = Color::RGB(0x00D9_E5F3);
const PALE_GREEN: Color = Color::RGB(0x00DF_EEDA);
const PALE_GREY: Color = Color::RGB(0x00EA_EAEA);
const GREY: Color = Color::RGB(0x0076_7676);
const LINE: Color = Color::RGB(0x00BF_BFBF);
const RED: Color = Color::RGB(0x00FF_C7CE);
const DARK_RED: Color = Color::RGB(0x009C_0006);
const AMBER: Color = Color::RGB(0x00FF_E699);
const DARK_AMBER: Color = Color::RGB(0x007F_6000);

/// What a header is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::forms) enum Block {
    /// Every new row needs a value.
    Needed,
    /// May be blank.
    Optional,
    /// A tariff of a category.
    Tariff,
    /// The engine's own columns, and those of the reseller's.
    Engine,
}

impl Block {
    /// All, in the order in which a person meets them.
    pub const ALL: [Self; 4] = [Self::Needed, Self::Optional, Self::Tariff, Self::Engine];

    /// That of a column.
    pub fn of(field: &Field) -> Self {
        match (&field.target, field.required, field.engine) {
            (_, true, _) => Self::Needed,
            (Target::Category(_), ..) => Self::Tariff,
            (_, _, true) => Self::Engine,
            _ => Self::Optional,
        }
    }
}

/// What a mark in the annotated copy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::forms) enum Mark {
    /// Refused.
    Error,
    /// Doubtful.
    Warning,
}

/// The header of a column.
pub(in crate::forms) fn header(block: Block) -> Format {
    let format = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_align(FormatAlign::Left)
        .set_indent(1)
        .set_border(FormatBorder::Thin)
        .set_border_color(LINE);
    match block {
        Block::Needed => format.set_background_color(DEEP_BLUE).set_font_color(Color::White).set_num_format(STARRED),
        Block::Optional => format.set_background_color(PALE_BLUE).set_font_color(DEEP_BLUE).set_num_format(TEXT),
        Block::Tariff => format.set_background_color(PALE_GREEN).set_font_color(DEEP_BLUE).set_num_format(TEXT),
        Block::Engine => format.set_background_color(PALE_GREY).set_font_color(DEEP_BLUE).set_num_format(TEXT),
    }
}

/// The cells of a column that nobody has filled in yet.
pub(in crate::forms) fn blank_cell(field: &Field) -> Format {
    match field.kind {
        _ if field.is_text() => text(),
        CellKind::Date => date(),
        _ => of_number(),
    }
}

/// A text, as it is.
pub(in crate::forms) fn text() -> Format {
    Format::new().set_num_format(TEXT).set_align(FormatAlign::Left).set_indent(1)
}

/// A day.
pub(in crate::forms) fn date() -> Format {
    Format::new().set_num_format(DATE).set_align(FormatAlign::Left).set_indent(1)
}

/// A day with a time.
pub(in crate::forms) fn moment() -> Format {
    Format::new().set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Left).set_indent(1)
}

/// A number with all its decimal places: what is shown is what is there.
pub(in crate::forms) fn number(places: usize) -> Format {
    match places {
        0 => of_number().set_num_format("0"),
        places => of_number().set_num_format(format!("0.{}", "0".repeat(places.max(2)))),
    }
}

/// Numbers stand on the right, away from the text that may follow.
fn of_number() -> Format {
    Format::new().set_align(FormatAlign::Right).set_indent(1)
}

/// A cell of the row that only shows how to fill in the others.
pub(in crate::forms) fn example(format: Format) -> Format {
    format.set_italic().set_font_color(GREY)
}

/// A cell that something was found in.
pub(in crate::forms) fn marked(format: Format, mark: Mark) -> Format {
    match mark {
        Mark::Error => format.set_background_color(RED).set_font_color(DARK_RED),
        Mark::Warning => format.set_background_color(AMBER).set_font_color(DARK_AMBER),
    }
}

/// The heading of a page to be read.
pub(in crate::forms) fn title() -> Format {
    Format::new().set_bold().set_font_size(16).set_font_color(DEEP_BLUE)
}

/// The heading of a part of it.
pub(in crate::forms) fn subtitle() -> Format {
    Format::new().set_bold().set_font_size(12).set_font_color(DEEP_BLUE)
}

/// The header of a table that is read.
pub(in crate::forms) fn head() -> Format {
    header(Block::Optional).set_indent(0)
}

/// What is read, in lines as long as the column is wide.
pub(in crate::forms) fn prose() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top).set_num_format(TEXT)
}

/// The same between two lines.
pub(in crate::forms) fn ruled() -> Format {
    prose().set_border_bottom(FormatBorder::Thin).set_border_bottom_color(LINE)
}

/// How wide a column is, in characters.
pub(in crate::forms) fn width(field: &Field, is_first: bool, shows_example: bool) -> u16 {
    let typical = match field.kind {
        CellKind::Date | CellKind::Decimal(..) | CellKind::Markup => 12,
        CellKind::Integer(..) | CellKind::Currency | CellKind::Flag => 10,
        CellKind::NameOf(_) | CellKind::Identifier => 18,
        CellKind::Emails => 28,
        _ => 16,
    };
    // A header stands on two lines; the button of the filter and the star need room beside it.
    let words = field.header.split(' ').map(letters);
    let of_header = words.max().unwrap_or(0).max(letters(&field.header).div_ceil(2)).saturating_add(5);
    let of_choices = field.choices.iter().map(|choice| letters(choice)).max().unwrap_or(0).saturating_add(4);
    let mark = if is_first && shows_example { letters(crate::forms::kinds::EXAMPLE_MARK) } else { 0 };
    let of_example = letters(&field.example).saturating_add(mark).saturating_add(3);
    let most = if is_first { 44 } else { 30 };
    let least = if is_first { 24 } else { 0 };
    typical.max(of_header).max(of_choices.min(26)).max(of_example).clamp(least, most)
}

fn letters(text: &str) -> u16 {
    u16::try_from(text.chars().count()).unwrap_or(u16::MAX)
}
