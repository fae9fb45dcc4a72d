//! The short format: what it says instead of all lines, and how much of everything fits its one page. What does not fit is
//! summed: categories into one row, VAT rates into one; a message is cut, and says where the rest of it is.
//! Heights are those of the built-in template, at most; it cuts off what would still not fit.

use serde::Serialize;

use super::View;
use super::charge_sections::{category_of, grouped_by, subtotal};
use super::facts::Fact;
use super::sums::{VatRow, vat_of};
use super::widths::{PAGE, lines, widest};
use crate::domain::bill::{Amount, Bill, BillLine};
use crate::domain::money::{Money, Overflow};
use crate::invoicing::language::Style;

/// Categories over all cost centres.
#[derive(Serialize)]
pub(super) struct Summary {
    rows: Vec<SummaryRow>,
}

#[derive(Serialize)]
struct SummaryRow {
    category: String,
    lines: String,
    amount: String,
    /// Sums what did not fit.
    is_rest: bool,
}

/// The height of the page between its margins, in points; and those of its parts: what stands above the addresses, the
/// title, a fact, a line of the address, the blank above the card and its band.
const PAGE_HEIGHT: u32 = 703;
const LETTERHEAD: u32 = 76;
const TITLE: u32 = 28;
const FACT: u32 = 12;
const ADDRESS_LINE: u32 = 13;
const BAND: u32 = 24 + 39;
/// A line of text on the card or in a message, and the room around the card's and around a message.
const LINE: u32 = 11;
const CARD: u32 = 20;
const MESSAGE: u32 = 17;
/// The heading and the heads of the summary, a row of a table, the blank above the sums, the totals and the balance.
const HEADING: u32 = 52;
const ROW: u32 = 14;
const SUMS: u32 = 28;
const TOTALS: u32 = 51;
const BALANCE: u32 = 52;

/// How many rates of VAT stand on the page at most.
const MOST_RATES: usize = 5;
/// How many categories there are room for at least, and at most.
const LEAST_ROWS: u32 = 3;
const MOST_ROWS: u32 = 14;
/// How many lines the messages have together at most.
const MOST_LINES: u32 = 10;

/// Puts on the page what fits.
pub(super) fn fit_one_page(view: &mut View, bill: &Bill, style: Style) -> Result<(), Overflow> {
    view.vat = fitted_vat(bill, style)?;
    view.totals.drain(..view.totals.len() - 2);
    let notes = view.notes.iter().map(|note| lines(note, 75, PAGE) * LINE).sum::<u32>();
    let above_messages = if view.notes.is_empty() && view.messages.is_empty() { 0 } else { 13 };
    let taken = letter_height(view) + card_height(view) + HEADING + sums_height(view) + above_messages + notes;
    let mut room = PAGE_HEIGHT.saturating_sub(taken);
    let categories = grouped_by(bill.lines.iter(), |line| &line.category).len().max(1);
    let wanted = u32::try_from(categories).unwrap_or(MOST_ROWS).min(LEAST_ROWS) * ROW;
    room = room.saturating_sub(fit_messages(view, room.saturating_sub(wanted), style));
    let rows = (room / ROW).clamp(LEAST_ROWS, MOST_ROWS) as usize;
    view.summary = Some(summary_of(bill, rows, style)?);
    Ok(())
}

/// So many of something, for sums of heights.
fn many(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(1_000)
}

fn letter_height(view: &View) -> u32 {
    let facts = |fact: &Fact| lines(&fact.label, 85, 100).max(lines(&fact.value, 85, 125));
    let facts = TITLE + view.facts.iter().map(facts).sum::<u32>() * FACT;
    LETTERHEAD + facts.max(view.customer.line_count(238) * ADDRESS_LINE)
}

fn card_height(view: &View) -> u32 {
    let contact = match view.organisation.contact.len() {
        0 => 0,
        lines => many(lines + 1) * LINE + 3,
    };
    let Some(payment) = &view.payment else { return BAND + contact + if contact == 0 { 0 } else { CARD } };
    let (text, facts) = payment.parts();
    let facts = facts.iter().map(|fact| lines(&fact.value, 85, 165)).sum::<u32>() * FACT;
    BAND + CARD + facts.max((lines(text, 85, 199) + 1) * LINE + contact)
}

fn sums_height(view: &View) -> u32 {
    let vat = view.vat.iter().map(|row| lines(&row.label, 85, 70)).sum::<u32>() + 1;
    SUMS + (vat * ROW).max(TOTALS + if view.balance.is_empty() { 0 } else { BALANCE })
}

/// Cuts messages to so many points; returns how many they take.
fn fit_messages(view: &mut View, room: u32, style: Style) -> u32 {
    let (mut used, mut left, mut kept) = (0, MOST_LINES, Vec::new());
    for message in std::mem::take(&mut view.messages) {
        let mut cut = Vec::new();
        let mut is_whole = true;
        used += MESSAGE;
        for line in message {
            let takes = lines(&line, 90, PAGE - 22);
            let fits = left.min(room.saturating_sub(used) / LINE);
            if takes > fits {
                is_whole = false;
                // One line is kept for saying where the rest is.
                if fits > 1 {
                    cut.push(cut_to(&line, 90, (fits - 1) * (PAGE - 22)));
                    used += (fits - 1) * LINE;
                }
                break;
            }
            (left, used) = (left - takes, used + takes * LINE);
            cut.push(line);
        }
        if !is_whole {
            cut.push(style.word("summary.more"));
            used += LINE;
        }
        kept.push(cut);
        if !is_whole {
            break;
        }
    }
    view.messages = kept;
    used
}

/// The rows of VAT; of many rates, the last ones in one row.
fn fitted_vat(bill: &Bill, style: Style) -> Result<Vec<VatRow>, Overflow> {
    let mut rows = vat_of(bill, style);
    if rows.len() > MOST_RATES {
        let rest = &bill.vat[MOST_RATES - 1..];
        let sum = |amounts: &mut dyn Iterator<Item = Money>| Money::total(amounts);
        let (net, vat) =
            (sum(&mut rest.iter().map(|row| row.net.money))?, sum(&mut rest.iter().map(|row| row.vat.money))?);
        rows.truncate(MOST_RATES - 1);
        rows.push(VatRow {
            label: style.word("vat.other_rates"),
            rate: String::new(),
            net: style.amount(Amount::new(net, bill.currency)),
            vat: style.amount(Amount::new(vat, bill.currency)),
        });
    }
    Ok(rows)
}

/// Categories in the order of the bill; of too many, the largest, and the sum of the others.
fn summary_of(bill: &Bill, most: usize, style: Style) -> Result<Summary, Overflow> {
    let mut groups = grouped_by(bill.lines.iter(), |line| &line.category);
    let mut rest: Vec<&BillLine> = Vec::new();
    let mut others = 0;
    if groups.len() > most {
        let size = |lines: &[&BillLine]| {
            lines.iter().map(|line| i128::from(line.amount.money.minor())).sum::<i128>().unsigned_abs()
        };
        let mut sizes: Vec<_> = groups.iter().map(|lines| size(lines)).enumerate().collect();
        sizes.sort_by_key(|(place, size)| (std::cmp::Reverse(*size), *place));
        let mut kept: Vec<_> = sizes.iter().take(most - 1).map(|(place, _)| *place).collect();
        kept.sort_unstable();
        others = groups.len() - kept.len();
        let all = std::mem::take(&mut groups).into_iter().enumerate();
        for (place, lines) in all {
            if kept.binary_search(&place).is_ok() { groups.push(lines) } else { rest.extend(lines) }
        }
    }
    let row = |category: String, lines: &[&BillLine], is_rest| {
        Ok(SummaryRow {
            category,
            lines: style.count(lines.len() as u64),
            amount: subtotal(lines, bill, style)?,
            is_rest,
        })
    };
    let mut rows = groups
        .iter()
        .map(|lines| row(shortened(category_of(lines[0], style)), lines, false))
        .collect::<Result<Vec<_>, _>>()?;
    if !rest.is_empty() {
        rows.push(row(style.counted("summary.others", others as u64), &rest, true)?);
    }
    Ok(Summary { rows })
}

/// What fits a line of the summary.
fn shortened(category: String) -> String {
    if lines(&category, 85, PAGE - 160) == 1 { category } else { cut_to(&category, 85, PAGE - 180) }
}

/// The beginning of a text, of no more than so many points.
fn cut_to(text: &str, size: u32, width: u32) -> String {
    let mut taken = 0;
    let fits = |character: &char| {
        taken += widest(character.encode_utf8(&mut [0; 4])) * size;
        taken <= width * 1_000
    };
    let short: String = text.chars().take_while(fits).collect();
    short.trim_end().to_owned() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    fn rows(bill: &Bill, most: usize) -> Vec<String> {
        let languages = samples::languages();
        let summary = summary_of(bill, most, Style::new(languages.default(), Currency::GBP)).expect("no overflow");
        summary.rows.iter().map(|row| format!("{}|{}|{}", row.category, row.lines, row.amount)).collect()
    }

    #[test]
    fn categories_add_up_over_cost_centres() {
        assert_eq!(
            rows(&samples::long(), 10),
            [
                "Calls|20|£599.15",       // 10 × 12.34 + 0.97 × 45 + 10 × 43.21
                "Line rental|20|£824.30", // 10 × 24.68 + 3.50 × (12 + … + 21)
                "Connectivity|10|£549.90",
                "Installation|10|£850.00",
            ]
        );
        assert_eq!(
            rows(&samples::long(), 3),
            ["Line rental|20|£824.30", "Installation|10|£850.00", "2 further categories|30|£1,149.05"]
        );
        assert!(rows(&samples::empty(), 3).is_empty());
    }
}
