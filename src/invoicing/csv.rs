//! Bill and calls → the call itemisation as CSV: RFC 4180, UTF-8 without a byte order mark, every line ended by CR LF.
//! Text that a spreadsheet would run as a formula is neutralised (O3); amounts and telephone numbers stay as they are.

use std::borrow::Cow;

use crate::domain::bill::{Bill, ItemisedCall};

/// The header row.
const COLUMNS: [&str; 12] = [
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
];

/// The calls as CSV, in the order given. Charges are exact, with at least the currency's digits.
pub fn render(bill: &Bill, calls: &[ItemisedCall]) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).expect(IN_MEMORY);
    for call in calls {
        let units = call.units.to_string();
        let charge = call.charge.to_places(bill.currency.digits);
        let cells = [
            as_text(&call.record),
            as_text(&call.cli),
            as_text(&call.cost_centre),
            as_text(&call.started_at),
            as_text(call.direction),
            as_text(&call.other_party),
            as_text(&call.description),
            as_text(call.class),
            as_text(call.kind),
            Cow::Borrowed(units.as_str()),
            Cow::Borrowed(charge.as_str()),
            as_text(call.disposition),
        ];
        writer.write_record(cells.iter().map(|cell| cell.as_bytes())).expect(IN_MEMORY);
    }
    writer.into_inner().expect(IN_MEMORY)
}

const IN_MEMORY: &str = "rows of equal length are written to memory";

/// The cell, with an apostrophe before it where a spreadsheet would take it for a formula.
pub fn as_text(cell: &str) -> Cow<'_, str> {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']);
    if runs && !is_telephone_number(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// `+` and digits: an international number, which no spreadsheet can run.
fn is_telephone_number(cell: &str) -> bool {
    cell.strip_prefix('+').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::CallCharge;
    use crate::invoicing::samples;

    fn check(change: impl Fn(&mut ItemisedCall), expected: &str) {
        let mut call = samples::call();
        change(&mut call);
        let text = String::from_utf8(render(&samples::short(), &[call])).expect("UTF-8");
        let (header, row) = text.split_once("\r\n").expect("a header row");
        assert_eq!(header, COLUMNS.join(","));
        assert_eq!(row, format!("{expected}\r\n"));
    }

    #[test]
    fn a_call_is_a_row() {
        check(
            |_| {},
            "R1,+442079460000,Leeds,2026-10-03 09:15:00,out,+33140000000,France Landline,international,voice,185,0.045,billed",
        );
        check(
            |call| {
                call.cost_centre = "Leeds, \"North\"\nfloor 2".into();
                call.charge = CallCharge::parse("-12").expect("an amount");
            },
            "R1,+442079460000,\"Leeds, \"\"North\"\"\nfloor 2\",2026-10-03 09:15:00,out,+33140000000,France Landline,\
             international,voice,185,-12.00,billed",
        );
    }

    #[test]
    fn text_never_becomes_a_formula_o3() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("+442079460000", "+442079460000"),
            ("+", "'+"),
            ("+44 20", "'+44 20"),
            ("*123#", "*123#"),
            ("plain = text", "plain = text"),
            ("", ""),
        ] {
            assert_eq!(as_text(cell), expected);
        }
    }

    #[test]
    fn no_calls_leave_the_header() {
        assert_eq!(render(&samples::short(), &[]), format!("{}\r\n", COLUMNS.join(",")).into_bytes());
    }
}
