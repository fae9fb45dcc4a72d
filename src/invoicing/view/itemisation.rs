//! Calls → the pages that list them, grouped by line (CLI) with a subtotal each. Every text is ready to print.

use std::collections::HashMap;

use serde::Serialize;

use super::widths::widest;
use crate::domain::bill::{Bill, ItemisedCall};
use crate::domain::money::{CallCharge, Sum};
use crate::domain::time::CivilDateTime;
use crate::invoicing::language::{Style, printable, wrapped};
use crate::invoicing::summed_calls::{ItemisedRow, summed_below, words_of};

/// All calls of a bill.
#[derive(Serialize)]
pub(super) struct Itemisation {
    clis: Vec<CliCalls>,
    /// How many calls.
    calls: String,
    total: String,
    /// Both in a sentence.
    summary: String,
    /// The head of the last column: `Charge (£)`.
    charge: String,
    /// Whether a spending cap reduced a call, so that the marks need a legend.
    has_capped: bool,
    /// Whether an allowance covered a call.
    has_allowance: bool,
}

/// The calls of one line (CLI).
#[derive(Serialize)]
struct CliCalls {
    cli: String,
    /// Its description and cost centre.
    small: String,
    /// How many calls.
    calls: String,
    subtotal: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    /// Date, time, number, description, units, charge.
    cells: [String; 6],
    /// Whether each cell surely fits [`COLUMN_WIDTHS`]. A row of known height is laid out once instead of twice.
    one_line: bool,
}

/// The widths that the columns of the built-in template have at least, in hundredths of the size of the type.
const COLUMN_WIDTHS: [u32; 6] = [670, 480, 1_230, 1_940, 670, 895];

/// The calls by CLI, in the order in which the list first names each; none if there are no calls.
pub(super) fn itemisation_of(
    bill: &Bill,
    calls: &[ItemisedCall],
    above: Option<CallCharge>,
    style: Style,
) -> Option<Itemisation> {
    if calls.is_empty() {
        return None;
    }
    let rows = summed_below(calls, above);
    let places = style.places(calls.iter().map(|call| call.charge));
    let sum_of = |charges: &mut dyn Iterator<Item = Sum<6>>| {
        let mut sum = Sum::default();
        charges.for_each(|charge| sum.merge(charge));
        style.sum(sum, places)
    };
    let of_cli = |rows: Vec<&ItemisedRow>| {
        let described = bill.usage_by_cli.iter().find(|usage| usage.cli == rows[0].cli());
        let small = [described.map_or("", |usage| &usage.description), rows[0].cost_centre()];
        CliCalls {
            cli: wrapped(rows[0].cli()),
            small: small.map(wrapped).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            calls: count_of(rows.iter().map(|row| row.records()).sum(), style),
            subtotal: sum_of(&mut rows.iter().map(|row| row.charge())),
            rows: rows.iter().map(|row| row_of(row, places, style)).collect(),
        }
    };
    let is = |disposition: &str| calls.iter().any(|call| call.disposition == disposition);
    let (records, total) = (count_of(calls.len() as u64, style), sum_of(&mut rows.iter().map(ItemisedRow::charge)));
    Some(Itemisation {
        clis: grouped_by_cli(&rows, calls).into_iter().map(of_cli).collect(),
        summary: style.language.fill("itemisation.total", &[("records", &records), ("total", &total)]),
        calls: records,
        total,
        charge: style.language.fill("itemisation.charge", &[("currency", &style.sign())]),
        has_capped: is(CAPPED),
        has_allowance: is(ALLOWANCE),
    })
}

const CAPPED: &str = "capped";
const ALLOWANCE: &str = "allowance";

/// What a disposition adds to a charge: the marks that the legend explains.
const MARKS: [(&str, &str); 2] = [(CAPPED, "†\u{a0}"), (ALLOWANCE, "*\u{a0}")];

/// The rows of each line, in the order in which the calls first name the lines: sums stand behind all calls.
fn grouped_by_cli<'r, 'c>(rows: &'r [ItemisedRow<'c>], calls: &'c [ItemisedCall]) -> Vec<Vec<&'r ItemisedRow<'c>>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for call in calls {
        let next = places.len();
        places.entry(&call.cli).or_insert(next);
    }
    let mut groups: Vec<Vec<&ItemisedRow>> = vec![Vec::new(); places.len()];
    for row in rows {
        if let Some(place) = places.get(row.cli()) {
            groups[*place].push(row);
        }
    }
    groups
}

fn row_of(row: &ItemisedRow, places: u32, style: Style) -> Row {
    let [date, time, number, description] = match row {
        ItemisedRow::Call(call) => words_of_call(call, style),
        ItemisedRow::Sum(sum) => ["".into(), "".into(), "".into(), words_of(sum, style, &style.price(sum.threshold))],
    };
    let units = match row.kind() {
        "voice" => style.duration(row.units()),
        "data" => style.data(row.units()),
        _ => style.count(row.units()),
    };
    let mark = MARKS.iter().find(|(disposition, _)| *disposition == row.disposition()).map_or("", |(_, mark)| mark);
    // Before the amount, so that the decimal points stay below each other.
    let charge = format!("{mark}{}", style.number(&row.charge().to_places(places)));
    let cells = [date, time, number, description, units, charge];
    let one_line = cells.iter().zip(COLUMN_WIDTHS).all(|(cell, width)| widest(cell) <= width);
    Row { cells, one_line }
}

/// Date, time, number, description.
fn words_of_call(call: &ItemisedCall, style: Style) -> [String; 4] {
    let (date, time) = match CivilDateTime::parse(&call.started_at) {
        Some(started) => {
            let (hour, minute, second) = started.clock();
            (style.language.short_date(started.date), format!("{hour:02}:{minute:02}:{second:02}"))
        }
        None => (printable(&call.started_at), String::new()),
    };
    let number = match (call.direction, wrapped(&call.other_party)) {
        (_, number) if number.is_empty() => "—".into(),
        ("in", number) => style.language.fill("itemisation.from", &[("number", &number)]),
        (_, number) => number,
    };
    [date, time, number, wrapped(&call.description)]
}

fn count_of(calls: u64, style: Style) -> String {
    style.counted("itemisation.records", calls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    fn itemised(calls: &[ItemisedCall]) -> Option<Itemisation> {
        let languages = samples::languages();
        itemisation_of(&samples::long(), calls, None, Style::new(languages.default(), Currency::GBP))
    }

    fn check(change: impl Fn(&mut ItemisedCall), expected: [&str; 6]) {
        let mut call = samples::call();
        change(&mut call);
        assert_eq!(itemised(&[call]).expect("one call").clis[0].rows[0].cells, expected);
    }

    #[test]
    fn a_call_is_a_row() {
        const DAY: &str = "3 Oct 2026";
        let charge = |text| CallCharge::parse(text).expect(text);
        check(|_| {}, [DAY, "09:15:00", "+33140000000", "France Landline", "0:03:05", "0.045"]);
        check(
            |call| call.direction = "in",
            [DAY, "09:15:00", "from +33140000000", "France Landline", "0:03:05", "0.045"],
        );
        check(
            |call| {
                (call.kind, call.units, call.other_party) = ("data", 1_250_000_000, "".into());
                call.charge = charge("1234.5");
            },
            [DAY, "09:15:00", "—", "France Landline", "1.25 GB", "1,234.50"],
        );
        check(
            |call| (call.kind, call.units) = ("sms", 3),
            [DAY, "09:15:00", "+33140000000", "France Landline", "3", "0.045"],
        );
        check(
            |call| (call.disposition, call.charge) = ("capped", CallCharge::ZERO),
            [DAY, "09:15:00", "+33140000000", "France Landline", "0:03:05", "†\u{a0}0.00"],
        );
        check(
            |call| call.disposition = "allowance",
            [DAY, "09:15:00", "+33140000000", "France Landline", "0:03:05", "*\u{a0}0.045"],
        );
    }

    #[test]
    fn calls_at_or_below_the_threshold_are_one_row_behind_the_others() {
        let languages = samples::languages();
        let above = CallCharge::parse("0.0339").ok();
        let style = Style::new(languages.default(), Currency::GBP);
        let itemisation = itemisation_of(&samples::long(), &samples::calls(9), above, style).expect("nine calls");
        // Charges are 0.0113 × index, in three lines; the sixth call is capped, the eighth is in an allowance.
        let rows = |cli: usize| {
            let rows = itemisation.clis[cli].rows.iter();
            rows.map(|row| format!("{} {}", row.cells[3], row.cells[5].replace('\u{a0}', ""))).collect::<Vec<_>>()
        };
        let sum = |count: &str, charge: &str| format!("{count} at or below £0.0339 each {charge}");
        assert_eq!(rows(0), [sum("3 records", "0.0339")]);
        assert_eq!(rows(1)[1..], [sum("1 record", "0.0339"), sum("1 record", "†0.0000")]);
        assert_eq!(rows(2).len(), 3);
        assert_eq!((itemisation.calls.as_str(), itemisation.total.as_str()), ("9 records", "£0.3503"));
    }

    #[test]
    fn calls_are_grouped_by_line_with_subtotals() {
        let itemisation = itemised(&samples::calls(9)).expect("nine calls");
        let heads: Vec<[&str; 4]> = itemisation
            .clis
            .iter()
            .map(|cli| [&cli.cli, &cli.small, &cli.calls, &cli.subtotal].map(String::as_str))
            .collect();
        // Charges are 0.0113 × index; the sixth call is capped to nothing.
        assert_eq!(
            heads,
            [
                ["+442079460000", "Main number · Leeds", "3 records", "£0.0339"], // 0 + 0.0113 + 0.0226
                ["+442079460001", "Main number · Leeds", "3 records", "£0.0791"], // 0.0339 + 0.0452
                ["+442079460002", "Main number · Leeds", "3 records", "£0.2373"], // 0.0678 + 0.0791 + 0.0904
            ]
        );
        assert_eq!((itemisation.calls.as_str(), itemisation.total.as_str()), ("9 records", "£0.3503"));
        assert!(itemisation.has_capped && itemisation.has_allowance);
    }

    #[test]
    fn long_texts_are_not_held_to_one_line() {
        for (description, expected) in [
            ("France Landline", true),
            ("UK Mobile - Vodafone", true),
            ("UK Mobile - O2 (Telefónica), with a longer description", false),
            ("WWWWWWWWWWWWWWWWWWWWWW", false),
            ("Société générale d'été", true),
            ("漢字漢字漢字漢字漢字漢字漢字漢字", false),
        ] {
            let mut call = samples::call();
            call.description = description.into();
            assert_eq!(itemised(&[call]).expect("one call").clis[0].rows[0].one_line, expected, "{description}");
        }
    }

    #[test]
    fn without_calls_there_is_no_itemisation() {
        assert!(itemised(&[]).is_none());
    }
}
