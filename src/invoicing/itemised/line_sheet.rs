//! A bill's usage and charges by line (CLI) → the sheet `By line`: the subtotals of the calls, cost centre by cost centre,
//! beside what else is charged for the line.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cells::{duration, figure, megabytes, text};
use super::charge_sheet::set_heads;
use super::looks::{Cells, Looks};
use super::{Usage, usage_by};
use crate::domain::bill::{Amount, Bill, LineKind, UsageByCli};
use crate::domain::money::Money;

const COLUMNS: [(&str, u16, bool); 9] = [
    ("Cost centre", 24, false),
    ("Line", 20, false),
    ("Description", 30, false),
    ("Records", 10, true),
    ("Duration", 12, true),
    ("Data (MB)", 14, true),
    ("Taken off by spending cap", 14, true),
    ("Calls ex VAT", 14, true),
    ("Other charges ex VAT", 14, true),
];

/// What a row is of: whether it is of no line, cost centre, line.
type Key<'b> = (bool, &'b str, &'b str);

/// A column, and whether a row fills it.
type Optional = (u16, fn(&UsageByCli) -> bool);

/// Columns that are left out of sight where no line fills them.
const OPTIONAL: [Optional; 2] = [(5, |line| line.bytes != 0), (6, |line| !line.capped.is_zero())];

pub(super) fn write(sheet: &mut Worksheet, bill: &Bill, looks: &Looks) -> Result<(), XlsxError> {
    let last = set_heads(sheet, &COLUMNS, looks)?;
    let usage = usage_by(bill, |line| key_of(&line.cost_centre, &line.cli))?;
    let charges = charges_by_line(bill)?;
    let keys: BTreeSet<Key<'_>> = usage.keys().chain(charges.keys()).copied().collect();
    for (column, fills) in OPTIONAL {
        if !bill.usage_by_cli.iter().any(fills) {
            sheet.set_column_hidden(column)?;
        }
    }
    if keys.iter().all(|(_, cost_centre, _)| cost_centre.is_empty()) {
        sheet.set_column_hidden(0)?;
    }
    let descriptions = descriptions_of(bill);
    let (mut row, none) = (0, Usage::default());
    for key @ (is_of_none, cost_centre, cli) in keys {
        row += 1;
        let described = if is_of_none {
            "Not for one line"
        } else {
            descriptions.get(&(cost_centre, cli)).copied().unwrap_or_default()
        };
        let words = [cost_centre, cli, described];
        for (column, words) in (0..).zip(words) {
            text(sheet, (row, column), words, &looks.cell.text)?;
        }
        let other = charges.get(&key).copied().unwrap_or_default();
        write_figures(sheet, row, usage.get(&key).unwrap_or(&none), Amount::new(other, bill.currency), &looks.cell)?;
    }
    sheet.autofilter(0, 0, row.max(1), last)?;
    let total = usage_by(bill, |_| ())?;
    for column in 0..3 {
        sheet.write_blank(row + 1, column, &looks.total.text)?;
    }
    text(sheet, (row + 1, 0), "Total", &looks.total.text)?;
    write_figures(sheet, row + 1, total.get(&()).unwrap_or(&none), bill.totals.charges, &looks.total)
}

/// What the book calls each line, within its cost centre.
pub(super) fn descriptions_of(bill: &Bill) -> HashMap<(&str, &str), &str> {
    let lines = bill.usage_by_cli.iter();
    lines.map(|line| ((line.cost_centre.as_str(), line.cli.as_str()), line.description.as_str())).collect()
}

fn key_of<'b>(cost_centre: &'b str, cli: &'b str) -> Key<'b> {
    (cli.is_empty(), cost_centre, cli)
}

/// What is charged beside usage.
fn charges_by_line(bill: &Bill) -> Result<BTreeMap<Key<'_>, Money>, XlsxError> {
    let mut charges = BTreeMap::<Key<'_>, Money>::new();
    for line in bill.lines.iter().filter(|line| line.kind != LineKind::Usage) {
        let of_line = charges.entry(key_of(&line.cost_centre, &line.cli)).or_default();
        let sum = of_line.plus(line.amount.money);
        *of_line = sum.map_err(|error| XlsxError::ParameterError(error.to_string()))?;
    }
    Ok(charges)
}

fn write_figures(sheet: &mut Worksheet, row: u32, usage: &Usage, other: Amount, cell: &Cells) -> Result<(), XlsxError> {
    figure(sheet, (row, 3), &usage.records.to_string(), &cell.count)?;
    duration(sheet, (row, 4), usage.seconds, &cell.duration)?;
    figure(sheet, (row, 5), &megabytes(usage.bytes), &cell.data)?;
    figure(sheet, (row, 6), &usage.capped.to_string(), &cell.exact)?;
    figure(sheet, (row, 7), &usage.amount.to_string(), &cell.exact)?;
    figure(sheet, (row, 8), &other.to_string(), &cell.money)
}
