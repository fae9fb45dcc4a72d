//! How the cells of an itemised workbook look: formats of money, times and counts, heads in the organisation's colour.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::domain::bill::{Bill, ItemisedCall};
use crate::domain::money::Currency;
use crate::invoicing::language::{Style, english};
use crate::invoicing::view::Palette;

const GREY: Color = Color::RGB(0x005F_6672);
const LINE: Color = Color::RGB(0x00D0_D4DA);

/// The formats, made once for a workbook.
pub(super) struct Looks {
    /// The name of the document.
    pub title: Format,
    /// Beside a fact, and below a title.
    pub label: Format,
    /// A fact.
    pub plain: Format,
    /// A fact that is a day.
    pub plain_date: Format,
    /// The head of a column of texts.
    pub head: Format,
    /// The head of a column of figures.
    pub head_right: Format,
    /// Cells of rows.
    pub cell: Cells,
    /// Cells of a total.
    pub total: Cells,
}

/// The formats of one kind of row.
pub(super) struct Cells {
    /// A text.
    pub text: Format,
    /// A day.
    pub date: Format,
    /// A day and a time.
    pub moment: Format,
    /// Hours, minutes, seconds.
    pub duration: Format,
    /// How many.
    pub count: Format,
    /// How many of what may be had in part.
    pub quantity: Format,
    /// Megabytes.
    pub data: Format,
    /// Percent without decimals.
    pub percent: Format,
    /// Percent with decimals.
    pub exact_percent: Format,
    /// Money of the invoice.
    pub money: Format,
    /// Charges of calls, with all of their decimals.
    pub exact: Format,
    /// A price, which may have more decimals than money.
    pub price: Format,
}

impl Looks {
    /// Those of a bill: its currency, as many decimals as its calls have, the organisation's colour.
    pub fn new(bill: &Bill, calls: &[ItemisedCall]) -> Self {
        let accents = Palette::from_accent(&bill.organisation.colour).or_else(|| Palette::from_accent(""));
        let (accent, on_accent) = accents.map_or((Color::Black, Color::White), |palette| {
            (Color::from(palette.accent.as_str()), Color::from(palette.on_accent.as_str()))
        });
        let style = Style::new(english(), bill.currency);
        let charges = calls.iter().map(|call| call.charge).chain(bill.usage_by_cli.iter().map(|line| line.amount));
        let places = style.places(charges);
        let prices = style.places(bill.lines.iter().filter_map(|line| line.price));
        let head = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter)
            .set_background_color(accent)
            .set_font_color(on_accent);
        let money = [bill.currency.digits, places, prices].map(|places| money(bill.currency, places));
        let total = Format::new().set_bold().set_border_top(FormatBorder::Thin).set_border_top_color(GREY);
        Self {
            title: Format::new().set_bold().set_font_size(18).set_align(FormatAlign::Left).set_indent(1),
            plain: Format::new().set_num_format("@").set_align(FormatAlign::Left),
            plain_date: Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            label: Format::new().set_font_color(GREY).set_align(FormatAlign::Left).set_indent(1),
            head_right: head.clone().set_align(FormatAlign::Right),
            head: head.set_align(FormatAlign::Left).set_indent(1),
            cell: Cells::new(
                &Format::new().set_border_bottom(FormatBorder::Hair).set_border_bottom_color(LINE),
                &money,
            ),
            total: Cells::new(&total, &money),
        }
    }
}

impl Cells {
    fn new(base: &Format, [money, exact, price]: &[String; 3]) -> Self {
        let base = base.clone().set_align(FormatAlign::Top);
        let figure = |format: &str| base.clone().set_num_format(format).set_align(FormatAlign::Right);
        let left = |format: &str| base.clone().set_num_format(format).set_align(FormatAlign::Left).set_indent(1);
        Self {
            text: left("@"),
            date: left("yyyy-mm-dd"),
            moment: left("yyyy-mm-dd hh:mm:ss"),
            duration: figure("[h]:mm:ss"),
            count: figure("#,##0"),
            quantity: figure("General"),
            data: figure("#,##0.00####"),
            percent: figure("0%"),
            exact_percent: figure("0.00%"),
            money: figure(money),
            exact: figure(exact),
            price: figure(price),
        }
    }
}

/// `"£"#,##0.00;-"£"#,##0.00`: the sign and so many decimals, whatever the reader's country.
fn money(currency: Currency, places: u32) -> String {
    let sign = currency.sign();
    let point = if places == 0 { "" } else { "." };
    let decimals = "0".repeat(places as usize);
    format!("\"{sign}\"#,##0{point}{decimals};-\"{sign}\"#,##0{point}{decimals}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_its_sign_and_decimals() {
        let currency = |code| Currency::parse(code).expect(code);
        assert_eq!(money(Currency::GBP, 2), "\"£\"#,##0.00;-\"£\"#,##0.00");
        assert_eq!(money(currency("JPY"), 0), "\"JPY \"#,##0;-\"JPY \"#,##0");
        assert_eq!(money(currency("EUR"), 4), "\"€\"#,##0.0000;-\"€\"#,##0.0000");
    }
}
