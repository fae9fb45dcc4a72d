//! Bill and calls → the call itemisation as CSV: RFC 4180, UTF-8 without a byte order mark, every line ended by CR LF.
//! Text that a spreadsheet would run as a formula is neutralised (O3); amounts and telephone numbers stay as they are.

use std::borrow::Cow;

use super::language::{Style, english};
use super::summed_calls::{ItemisedRow, summed_below, words_of};
use crate::domain::bill::{Bill, ItemisedCall};
use crate::domain::money::CallCharge;
pub use crate::domain::spreadsheet::as_text;

/// The header row.
const COLUMNS: [&str; 13] = [
    "record",
    "cli",
    "cost_centre",
    "started_at",
    "direction",
    "other_party",
    "description",
    "class",
    "kind",
    "units",
    "charge",
    "disposition",
    "records",
];

/// The calls as CSV, in the order given; those charged `itemise_above` or less added up behind them. Charges are exact,
/// with at least the currency's digits.
pub fn render(bill: &Bill, calls: &[ItemisedCall], itemise_above: Option<CallCharge>) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).expect(IN_MEMORY);
    let style = Style::new(english(), bill.currency);
    for row in summed_below(calls, itemise_above) {
        let (units, records) = (row.units().to_string(), row.records().to_string());
        let charge = row.charge().to_places(bill.currency.digits);
        let [record, started_at, direction, other_party, description] = match &row {
            ItemisedRow::Call(call) => [
                as_text(&call.record),
                as_text(&call.started_at),
                as_text(call.direction),
                as_text(&call.other_party),
                as_text(&call.description),
            ],
            ItemisedRow::Sum(sum) => {
                let price = sum.threshold.to_places(bill.currency.digits);
                ["".into(), "".into(), "".into(), "".into(), words_of(sum, style, &price).into()]
            }
        };
        let cells = [
            record,
            as_text(row.cli()),
            as_text(row.cost_centre()),
            started_at,
            direction,
            other_party,
            description,
            as_text(row.class()),
            as_text(row.kind()),
            Cow::Borrowed(units.as_str()),
            Cow::Borrowed(charge.as_str()),
            as_text(row.disposition()),
            Cow::Borrowed(records.as_str()),
        ];
        writer.write_record(cells.iter().map(|cell| cell.as_bytes())).expect(IN_MEMORY);
    }
    writer.into_inner().expect(IN_MEMORY)
}

const IN_MEMORY: &str = "rows of equal length are written to memory";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoicing::samples;

    fn check(change: impl Fn(&mut ItemisedCall), expected: &str) {
        let mut call = samples::call();
        change(&mut call);
        let text = String::from_utf8(render(&samples::short(), &[call], None)).expect("UTF-8");
        let (header, row) = text.split_once("\r\n").expect("a header row");
        assert_eq!(header, COLUMNS.join(","));
        assert_eq!(row, format!("{expected}\r\n"));
    }

    #[test]
    fn a_call_is_a_row() {
        check(
            |_| {},
            "R1,+442079460000,Leeds,2026-10-03 09:15:00,out,+33140000000,France Landline,international,voice,185,0.045,billed,1",
        );
        check(
            |call| {
                call.cost_centre = "Leeds, \"North\"\nfloor 2".into();
                call.charge = CallCharge::parse("-12").expect("an amount");
            },
            "R1,+442079460000,\"Leeds, \"\"North\"\"\nfloor 2\",2026-10-03 09:15:00,out,+33140000000,France Landline,\
             international,voice,185,-12.00,billed,1",
        );
    }

    #[test]
    fn calls_at_or_below_a_price_are_added_up() {
        let amounts = ["0.05", "1", "0.045"].map(|amount| CallCharge::parse(amount).expect(amount));
        let calls = amounts.map(|charge| ItemisedCall { charge, ..samples::call() });
        let text = render(&samples::short(), &calls, Some(amounts[0]));
        let text = String::from_utf8(text).expect("UTF-8");
        let rows: Vec<&str> = text.split_terminator("\r\n").skip(1).collect();
        assert_eq!(
            rows,
            [
                "R1,+442079460000,Leeds,2026-10-03 09:15:00,out,+33140000000,France Landline,international,voice,185,1.00,billed,1",
                ",+442079460000,Leeds,,,,2 records at or below 0.05 each,international,voice,370,0.095,billed,2",
            ]
        );
    }

    #[test]
    fn no_calls_leave_the_header() {
        assert_eq!(render(&samples::short(), &[], None), format!("{}\r\n", COLUMNS.join(",")).into_bytes());
    }
}
