//! Tables and sums as a person reads them in a terminal. Works without colour and without a wide window.

use crate::domain::money::Sum;
use crate::domain::totals::{ControlTotals, Tally};
use crate::domain::usage::Kind;

/// A plain table without lines; columns named in `right` are right-aligned. Cells are made [`plain`].
pub fn table(header: &[&str], right: &[usize], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
    let rows = rows.into_iter().map(|row| row.iter().map(|cell| plain(cell)).collect());
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    let mut widths = vec![0; rows[0].len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if right.contains(&column) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Words from anywhere, without characters that move a cursor, change colours or turn the direction of writing (O3).
pub fn plain(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_hidden(c) { '\u{fffd}' } else { c }).collect()
}

/// A count with separators: `1,234,567`.
pub fn count(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A decimal text with separators in its whole part: `-1,234.50`.
pub fn amount(decimal: &str) -> String {
    let (sign, magnitude) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("-", rest));
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// Control totals as a table: in, then each disposition, then what must be the same.
pub fn control_totals(totals: &ControlTotals) -> String {
    let mut rows = vec![cells("in".into(), totals.came_in(), false)];
    let mut ends: Vec<_> = totals.ended().map(|(disposition, reason, _)| (disposition, reason)).collect();
    ends.dedup();
    for end in ends {
        let same = totals.ended().filter(|(disposition, reason, _)| (*disposition, *reason) == end);
        let reason = end.1.map(|reason| format!(": {reason}")).unwrap_or_default();
        rows.push(cells(format!("  {}{reason}", end.0), same.map(|(_, _, tally)| tally), true));
    }
    table(&["", "records", "seconds", "bytes", "messages", "cost", "sell"], &[1, 2, 3, 4, 5, 6], rows)
}

/// One row of control totals: the kinds side by side.
fn cells<'t>(name: String, tallies: impl Iterator<Item = &'t Tally>, priced: bool) -> Vec<String> {
    let mut all = Tally::default();
    let (mut seconds, mut bytes, mut messages) = (Sum::<0>::default(), Sum::<0>::default(), Sum::<0>::default());
    for tally in tallies {
        all.merge(tally);
        match tally.kind {
            Some(Kind::Voice) => seconds.merge(tally.units),
            Some(Kind::Data) => bytes.merge(tally.units),
            Some(Kind::Sms | Kind::Event) => messages.merge(tally.units),
            None => {}
        }
    }
    let units = [seconds, bytes, messages].map(|units| amount(&units.to_string()));
    let mut row = vec![name, count(u128::from(all.records))];
    row.extend(units);
    row.push(amount(&all.cost.to_places(4)));
    row.push(if priced { amount(&all.sell.to_places(4)) } else { String::new() });
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([count(0), count(999), count(1000), count(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([amount("-1234.50"), amount("0.015"), amount("1000000")], ["-1,234.50", "0.015", "1,000,000"]);
    }
}
