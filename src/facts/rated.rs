//! A rated record with all names resolved → one line of CSV or JSON. The columns are those of every rated output; the
//! Parquet form is in [`super::rated_file`].

use std::borrow::Cow;

use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::{CallCharge, Decimal, Price};
use crate::domain::price_book::CallClass;
use crate::domain::time::Moment;
use crate::domain::usage::{ChargeComponents, Direction, Kind, RatePath};

/// The columns of rated records, in order.
pub const COLUMNS: [&str; 29] = [
    "record",
    "file",
    "line",
    "supplier",
    "account",
    "cli",
    "cost_centre",
    "direction",
    "other_party",
    "started_at",
    "kind",
    "units",
    "billable_units",
    "call_type",
    "class",
    "time_band",
    "tariff",
    "rate_row",
    "path",
    "cost",
    "expected_cost",
    "connection",
    "usage",
    "access",
    "surcharges",
    "sell",
    "disposition",
    "reason",
    "call_id",
];

/// A record with its price, or with the reason why it has none; texts that are not known are empty (R13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatedRow<'a> {
    /// The supplier's record id, else `file:line`.
    pub record: Cow<'a, str>,
    /// The source file.
    pub file: Cow<'a, str>,
    /// Its physical line, from 1.
    pub line: u64,
    /// The supplier's code.
    pub supplier: Cow<'a, str>,
    /// The customer's account.
    pub account: Cow<'a, str>,
    /// The identifier that said whose it is.
    pub cli: Cow<'a, str>,
    /// The part of the customer.
    pub cost_centre: Cow<'a, str>,
    /// Which way it went.
    pub direction: Direction,
    /// The other end.
    pub other_party: Cow<'a, str>,
    /// When it began.
    pub started: Moment,
    /// What is measured.
    pub kind: Kind,
    /// Seconds, bytes or count.
    pub units: u64,
    /// Seconds, bytes or count after increments (R6).
    pub billable_units: Option<u64>,
    /// The call type's code.
    pub call_type: Cow<'a, str>,
    /// The call type's class.
    pub class: Option<CallClass>,
    /// The time band's name.
    pub time_band: Cow<'a, str>,
    /// The tariff asked.
    pub tariff: Cow<'a, str>,
    /// The name of the row that priced it, within its tariff.
    pub rate_row: Cow<'a, str>,
    /// How the price was found.
    pub path: RatePath,
    /// What the supplier charges us.
    pub cost: Option<Price>,
    /// What the supplier should have charged us (R14).
    pub expected_cost: Option<Price>,
    /// The exact parts of `sell`.
    pub components: Option<ChargeComponents>,
    /// The price before allowances and caps.
    pub sell: Option<CallCharge>,
    /// Where the record ended.
    pub disposition: Disposition,
    /// Why, where that needs a reason.
    pub reason: Option<Reason>,
    /// The id that the legs of one call share (C4); empty if the supplier has none. Billed usage does not keep it: the
    /// record that it names has it.
    pub call_id: Cow<'a, str>,
}

/// The line of CSV that names the columns, with its line end.
pub fn csv_header() -> String {
    COLUMNS.join(",") + "\n"
}

impl RatedRow<'_> {
    /// The line of CSV, with its line end. Text that a spreadsheet would take for a formula gets a `'` before it (O3).
    pub fn csv_line(&self) -> String {
        let mut line = String::with_capacity(256);
        for (position, cell) in self.cells().iter().enumerate() {
            if position > 0 {
                line.push(',');
            }
            cell.push_csv(&mut line);
        }
        line.push('\n');
        line
    }

    /// The line of JSON, with its line end: amounts as text, so that no reader rounds them; null where nothing is known.
    pub fn json_line(&self) -> String {
        let mut line = String::with_capacity(640);
        for (position, (name, cell)) in COLUMNS.iter().zip(self.cells()).enumerate() {
            line.push(if position == 0 { '{' } else { ',' });
            line.push('"');
            line.push_str(name);
            line.push_str("\":");
            cell.push_json(&mut line);
        }
        line.push_str("}\n");
        line
    }

    fn cells(&self) -> [Cell<'_>; COLUMNS.len()] {
        let part = |part: fn(&ChargeComponents) -> Price| amount(self.components.as_ref().map(part));
        [
            Cell::text(&self.record),
            Cell::text(&self.file),
            Cell::Number(self.line),
            Cell::text(&self.supplier),
            Cell::text(&self.account),
            Cell::identifier(&self.cli),
            Cell::text(&self.cost_centre),
            Cell::text(self.direction.name()),
            Cell::identifier(&self.other_party),
            Cell::Plain(iso_time(self.started)),
            Cell::text(self.kind.name()),
            Cell::Number(self.units),
            self.billable_units.map_or(Cell::Nothing, Cell::Number),
            Cell::text(&self.call_type),
            Cell::text(self.class.map_or("", CallClass::name)),
            Cell::text(&self.time_band),
            Cell::text(&self.tariff),
            Cell::text(&self.rate_row),
            Cell::text(self.path.name()),
            amount(self.cost),
            amount(self.expected_cost),
            part(|parts| parts.connection),
            part(|parts| parts.usage),
            part(|parts| parts.access),
            part(|parts| parts.surcharges),
            amount(self.sell),
            Cell::text(self.disposition.name()),
            Cell::text(self.reason.map_or("", Reason::name)),
            Cell::text(&self.call_id),
        ]
    }
}

/// What stands in one column of one line.
enum Cell<'a> {
    /// Nothing is known.
    Nothing,
    /// Words, which may come from anywhere.
    Text(&'a str),
    /// Written by us: an amount or a time.
    Plain(String),
    /// A count.
    Number(u64),
}

impl<'a> Cell<'a> {
    fn text(text: &'a str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    /// A full number is no formula, although it begins with `+`.
    fn identifier(text: &'a str) -> Self {
        match text.strip_prefix('+') {
            Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Self::Plain(text.to_owned())
            }
            _ => Self::text(text),
        }
    }

    fn push_csv(&self, line: &mut String) {
        match self {
            Self::Nothing => (),
            Self::Plain(text) => line.push_str(text),
            Self::Number(number) => line.push_str(&number.to_string()),
            Self::Text(text) => push_csv_text(line, text),
        }
    }

    fn push_json(&self, line: &mut String) {
        match self {
            Self::Nothing => line.push_str("null"),
            Self::Plain(text) => line.push_str(&json_text(text)),
            Self::Number(number) => line.push_str(&number.to_string()),
            Self::Text(text) => line.push_str(&json_text(text)),
        }
    }
}

fn push_csv_text(line: &mut String, text: &str) {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(guard);
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(guard);
        line.push_str(text);
    }
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn amount<const SCALE: u32>(amount: Option<Decimal<SCALE>>) -> Cell<'static> {
    amount.map_or(Cell::Nothing, |amount| Cell::Plain(amount.to_places(2)))
}

/// The civil time with its offset from UTC: `2026-06-01T09:30:00+01:00`.
fn iso_time(moment: Moment) -> String {
    let (hour, minute, second) = moment.civil.clock();
    let offset = moment.civil.as_utc_seconds() - moment.instant;
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.unsigned_abs() / 60;
    let date = moment.civil.date;
    format!("{date}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::super::samples::rated;
    use super::*;

    #[test]
    fn a_line_of_csv_has_a_cell_for_each_column() {
        assert_eq!(
            rated(0).csv_line(),
            "r0,\"calls, may.csv\",2,acme,A1,+442079460018,,out,+447700900123,2026-06-01T09:30:00+01:00,voice,61,120,\
             uk_mobile,mobile,daytime,national,type:uk_mobile,rate,0.0102,,0.05,0.02,0.00,0.00,0.07,rated,,leg-7\n"
        );
        assert_eq!(csv_header().trim_end().split(',').count(), COLUMNS.len());
    }

    #[test]
    fn a_line_of_json_has_null_for_what_is_not_known_and_text_for_amounts() {
        let line = rated(0).json_line();
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["sell"], "0.07");
        assert_eq!(value["units"], 61);
        assert_eq!(value["expected_cost"], serde_json::Value::Null);
        assert_eq!(value["file"], "calls, may.csv");
        assert_eq!(value["call_id"], "leg-7");
        assert_eq!(value.as_object().unwrap().len(), COLUMNS.len());
        assert!(line.starts_with("{\"record\":\"r0\",\"file\":") && line.ends_with("}\n"));
    }

    #[test]
    fn text_from_files_never_becomes_a_formula() {
        // O3: record is text, other_party an identifier.
        let check = |text: &str, as_text: &str, as_identifier: &str| {
            let row = RatedRow { record: text.into(), other_party: text.into(), file: "f".into(), ..rated(0) };
            let line = row.csv_line();
            let start = format!("{as_text},f,2,acme,A1,+442079460018,,out,{as_identifier},2026-");
            assert!(line.starts_with(&start), "{line} does not start with {start}");
        };
        check("=1+1", "'=1+1", "'=1+1");
        check("@SUM(A1)", "'@SUM(A1)", "'@SUM(A1)");
        check("-5", "'-5", "'-5");
        check("\tx", "'\tx", "'\tx");
        check("\rx", "\"'\rx\"", "\"'\rx\"");
        check("+447700900123", "'+447700900123", "+447700900123");
        check("+", "'+", "'+");
        check("+44-1", "'+44-1", "'+44-1");
        check("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\"", "\"'=HYPERLINK(\"\"x\"\",1)\"");
        check("plain", "plain", "plain");
    }

    #[test]
    fn credits_stay_numbers() {
        let row = RatedRow { sell: Some(CallCharge::parse("-5").unwrap()), ..rated(0) };
        assert!(row.csv_line().ends_with(",-5.00,rated,,leg-7\n"));
    }

    #[test]
    fn times_carry_the_offset_of_their_zone() {
        let check = |utc_offset: i64, expected: &str| {
            let mut moment = rated(0).started;
            moment.instant = moment.civil.as_utc_seconds() - utc_offset;
            assert_eq!(iso_time(moment), expected);
        };
        check(0, "2026-06-01T09:30:00+00:00");
        check(3600, "2026-06-01T09:30:00+01:00");
        check(-12_600, "2026-06-01T09:30:00-03:30");
    }
}
