//! The allowances of a bill → what was granted, used and left of each limit, as people read it (A2).

use serde::Serialize;

use crate::domain::allowance::{Measure, Units};
use crate::domain::bill::{Bill, BillAllowance, BillAllowanceLimit};
use crate::domain::money::{CallCharge, Rounding, Sum, divide, power_of_ten};
use crate::invoicing::language::{Style, wrapped};

/// A row for each limit; the first of an allowance has its name.
#[derive(Serialize)]
pub(super) struct AllowanceTable {
    /// Whether earlier bills used some of any.
    has_used_before: bool,
    rows: Vec<AllowanceRow>,
}

#[derive(Serialize)]
struct AllowanceRow {
    name: String,
    small: String,
    granted: String,
    used_before: String,
    used: String,
    left: String,
    saved: String,
}

/// The allowances that usage on the bill drew on.
pub(super) fn allowances_of(bill: &Bill, style: Style) -> AllowanceTable {
    let places = style.places(bill.allowances.iter().map(|allowance| allowance.amount));
    AllowanceTable {
        has_used_before: bill.allowances.iter().flat_map(|one| &one.limits).any(|limit| limit.used_before.wide() != 0),
        rows: bill.allowances.iter().flat_map(|allowance| rows_of(allowance, style, places)).collect(),
    }
}

fn rows_of(allowance: &BillAllowance, style: Style, places: u32) -> Vec<AllowanceRow> {
    let row = |limit: &BillAllowanceLimit| {
        let shown = |units: Units| units_in_words(limit.measure, units, style);
        AllowanceRow {
            name: String::new(),
            small: String::new(),
            granted: limit.granted.map_or_else(|| style.word("allowances.unlimited"), shown),
            used_before: shown(limit.used_before),
            used: shown(limit.used),
            left: limit.left.map_or(String::new(), shown),
            saved: String::new(),
        }
    };
    let mut rows: Vec<_> = allowance.limits.iter().map(row).collect();
    if let Some(first) = rows.first_mut() {
        first.name = wrapped(&allowance.name);
        first.small = format!(
            "{} · {}",
            scope_in_words(&allowance.scope, style),
            style.language.period(allowance.from, allowance.to)
        );
        first.saved = style.exact(allowance.amount, places).trim_start_matches('−').to_owned();
    }
    rows
}

fn scope_in_words(scope: &str, style: Style) -> String {
    match scope.split_once(':') {
        None => style.word("allowances.all_lines"),
        Some(("cost_centre", name)) => wrapped(name),
        Some((_, clis)) => wrapped(&clis.replace(';', ", ")),
    }
}

/// Weighted units may have a fraction (A5); money is shown to 6 decimals, data as everywhere.
fn units_in_words(measure: Measure, units: Units, style: Style) -> String {
    let whole = u64::try_from(units.wide() / power_of_ten(12)).unwrap_or(u64::MAX);
    let text = units.to_places(0);
    let fraction = text
        .split_once('.')
        .map_or(String::new(), |(_, fraction)| format!("{}{fraction}", style.language.word("typography.decimal")));
    let counted = |key: &str| style.language.counted(key, whole, &style.number(&text));
    match measure {
        Measure::Seconds => format!("{}{fraction}", style.duration(whole)),
        Measure::Messages => counted("allowances.messages"),
        Measure::Calls => counted("allowances.calls"),
        Measure::Bytes => style.data(whole),
        Measure::Money => {
            let places = style.places(std::iter::empty::<CallCharge>());
            style.sum(Sum::<6>::from_wide(divide(units.wide(), power_of_ten(6), Rounding::HalfUp)), places)
        }
    }
}

impl AllowanceTable {
    /// Without rows.
    pub(super) fn none() -> Self {
        Self { has_used_before: false, rows: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    #[test]
    fn each_limit_has_a_row() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let table = allowances_of(&samples::long(), style);
        let words = |row: &AllowanceRow| {
            [&row.name, &row.small, &row.granted, &row.used_before, &row.used, &row.left, &row.saved]
                .map(String::as_str)
                .join("|")
        };
        let expected = [
            "UK 500|all lines · 1–31 Oct 2026|8:20:00|1:40:00|6:39:59.5|0:00:00.5|£12.34",
            "||200 messages|0 messages|17 messages|183 messages|",
            "Data pool|Leeds · 15–31 Oct 2026|12.00 GB|0 B|1.25 GB|10.75 GB|£6.50",
            "Friends|+442079460000, +442079460001 · 1–31 Oct 2026|£10.00|£0.00|£9.333333|£0.666667|£4.00",
            "Free evenings|all lines · 1–31 Oct 2026|unlimited|0:00:00|0:10:00||£0.30",
        ];
        assert_eq!(table.rows.iter().map(words).collect::<Vec<_>>(), expected);
        assert!(table.has_used_before);
        assert!(allowances_of(&samples::short(), style).rows.is_empty());
    }
}
