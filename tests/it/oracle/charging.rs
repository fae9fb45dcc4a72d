//! A call and the row that prices it → connection, usage, access (R5–R7, R9–R11, R15). Nothing is rounded here but the
//! access charge by its own rounding.

use tollbook::domain::usage::Kind;

use super::amounts::{Amount, marked_up, number, price, round, rounded_up, whole, zero};
use super::bands::{Minute, band_at};
use super::call::Call;
use super::rows::Row;
use super::tariffs::{Keys, find_row};

/// The exact parts of a charge.
#[derive(Clone)]
pub struct Charge {
    pub connection: Amount,
    pub usage: Amount,
    pub access: Amount,
    pub billable_units: u64,
}

impl Charge {
    /// No charge at all.
    pub fn nothing() -> Self {
        Self { connection: zero(), usage: zero(), access: zero(), billable_units: 0 }
    }

    /// R5: connection plus usage, within the bounds.
    pub fn within_bounds(&self, call: &Call, row: Row, unit: &str) -> Amount {
        let amount = &self.connection + &self.usage;
        // R15: the bounds of a credit are those of its absolute value; nothing at a negative rate is a credit, too.
        let is_credit = amount < zero() || (amount == zero() && row.cell("rate").starts_with('-'));
        let mut magnitude = if is_credit { -amount } else { amount };
        let (minimum, maximum) = (row.cell("minimum"), row.cell("maximum"));
        if is_credit && !(minimum.is_empty() && maximum.is_empty()) {
            call.note("charge: bounds of a credit");
        }
        if !minimum.is_empty() && magnitude < price(minimum, unit) {
            call.note("charge: minimum");
            magnitude = price(minimum, unit);
        }
        if !maximum.is_empty() && magnitude > price(maximum, unit) {
            call.note("charge: maximum");
            magnitude = price(maximum, unit);
        }
        if is_credit { -magnitude } else { magnitude }
    }
}

/// R6: below the row's `min_seconds` a call is not charged at all.
pub fn is_unanswered(call: &Call, row: Row) -> bool {
    call.record.kind == Kind::Voice && call.record.units < row.whole("min_seconds", 1)
}

/// The unit of a row's prices (X2): that of its own tariff.
pub fn unit_of<'b>(call: &Call<'b>, row: Row<'b>) -> &'b str {
    call.book.tariff(row.cell("tariff")).cell("unit")
}

/// R3: what a row makes of the call, by its mode; `None` if it needs a price that the record lacks.
pub fn charge_by_row(
    call: &Call,
    row: Row,
    priced: &RecordPrices,
    other_bands: Option<(&str, &Keys)>,
) -> Option<Charge> {
    let mode = row.cell_or("mode", "calculated");
    let mut charge = match mode {
        "calculated" if !row.cell("steps").is_empty() => by_steps(call, row)?,
        "calculated" => by_units(call, row, other_bands),
        _ => {
            let usage = match mode {
                "markup" => marked_up(priced.cost.as_ref()?, row.cell("percent")),
                "suggested" => marked_up(priced.suggested_retail.as_ref()?, row.cell("percent")),
                _ => priced.file_sell.clone()?,
            };
            Charge { usage, billable_units: call.record.units, ..Charge::nothing() }
        }
    };
    charge.access = access(call, row);
    Some(charge)
}

/// The record's prices, in the currency of the tariff.
pub struct RecordPrices {
    pub cost: Option<Amount>,
    pub suggested_retail: Option<Amount>,
    pub file_sell: Option<Amount>,
}

/// R6: a first block and following ones, each rounded up; messages and events as they are.
fn blocks(call: &Call, row: Row) -> (u64, u64) {
    if matches!(call.record.kind, Kind::Sms | Kind::Event) {
        return (1, 1);
    }
    let increment = row.whole("increment", 1);
    (row.whole("initial_increment", increment), increment)
}

/// R6: the units after increments.
fn billable(call: &Call, row: Row) -> u64 {
    let (initial, increment) = blocks(call, row);
    let units = call.record.units;
    if units <= initial { rounded_up(units, initial) } else { initial + rounded_up(units - initial, increment) }
}

/// R5–R7, R9: connection once, then the rate for every unit that the connection does not include.
fn by_units(call: &Call, row: Row, other_bands: Option<(&str, &Keys)>) -> Charge {
    let unit = unit_of(call, row);
    let billable_units = billable(call, row);
    let connection = price(row.cell("connection"), unit);
    let rate = price(row.cell("rate"), unit);
    let usage = match (call.record.kind, other_bands) {
        (Kind::Voice, Some((tariff, keys))) => split(call, row, tariff, keys, billable_units),
        (Kind::Voice, None) => {
            let included = row.whole("included_seconds", 0);
            if included > 0 {
                call.note("charge: included seconds");
            }
            rate * whole(billable_units.saturating_sub(included)) / whole(60)
        }
        (Kind::Data, _) => {
            call.note(match call.supplier.cell("bytes_per_mb") {
                "1048576" => "charge: MB of 1,048,576",
                _ => "charge: MB of 1,000,000",
            });
            rate * whole(billable_units) / number(call.supplier.cell_or("bytes_per_mb", "1000000"))
        }
        (Kind::Sms | Kind::Event, _) => rate * whole(billable_units),
    };
    Charge { connection, usage, billable_units, ..Charge::nothing() }
}

/// R9: each increment at the rate of the band in which it begins; what the connection includes is not charged again.
fn split(call: &Call, row: Row, tariff: &str, keys: &Keys, billable_units: u64) -> Amount {
    let (initial, increment) = blocks(call, row);
    let included = row.whole("included_seconds", 0);
    let mut seconds_at: Vec<(String, u64)> = Vec::new();
    let mut now: Option<(Minute, String)> = None;
    let (mut begin, mut block) = (0, initial);
    while begin < billable_units {
        let minute = Minute::at(call.record.started.instant + i64::try_from(begin).unwrap(), &call.book.zone);
        if now.as_ref().is_none_or(|(known, _)| *known != minute) {
            now = Some((minute, band_at(call.book, call.supplier_code(), minute)));
        }
        let band = &now.as_ref().unwrap().1;
        let charged = (begin + block) - included.clamp(begin, begin + block);
        match seconds_at.iter_mut().find(|(known, _)| known == band) {
            Some((_, seconds)) => *seconds += charged,
            None => seconds_at.push((band.clone(), charged)),
        }
        begin += block;
        block = increment;
    }
    if clock_changes(call, billable_units) {
        call.note("split: the clock changes in the call");
    }
    if seconds_at.len() > 1 {
        call.note("charge: split over bands");
    }
    let of_band = |(band, seconds): &(String, u64)| {
        let own = find_row(call, tariff, keys, band).map(|found| found.row);
        let plain = |row: &Row| row.cell_or("mode", "calculated") == "calculated" && row.cell("steps").is_empty();
        let other = own.filter(|own| *band != call.band && plain(own));
        if *band != call.band {
            call.note(if other.is_some() { "split: row of the other band" } else { "split: row at the start" });
        }
        let row = other.unwrap_or(row);
        price(row.cell("rate"), unit_of(call, row)) * whole(*seconds) / whole(60)
    };
    seconds_at.iter().map(of_band).sum()
}

fn clock_changes(call: &Call, seconds: u64) -> bool {
    let offset_at = |instant| call.book.zone.to_offset(jiff::Timestamp::from_second(instant).unwrap());
    let start = call.record.started.instant;
    offset_at(start) != offset_at(start + i64::try_from(seconds).unwrap())
}

/// R10: entering a step charges its connection, the seconds inside it its rate. Steps are of elapsed seconds: usage that
/// has no duration has no price by them.
fn by_steps(call: &Call, row: Row) -> Option<Charge> {
    if call.record.kind != Kind::Voice {
        return None;
    }
    let unit = unit_of(call, row);
    let steps: Vec<Vec<&str>> = row.cell("steps").split(';').map(|step| step.split(':').collect()).collect();
    let start_of = |step: &Vec<&str>| step[0].parse::<u64>().unwrap();
    let mut charge = Charge::nothing();
    for (position, step) in steps.iter().enumerate() {
        let start = start_of(step);
        if position > 0 && call.record.units <= start {
            break;
        }
        if position > 0 {
            call.note("charge: later step");
        }
        let end = steps.get(position + 1).map_or(call.record.units, |next| start_of(next).min(call.record.units));
        let seconds = rounded_up(end - start, step[3].parse().unwrap());
        charge.connection += price(step[1], unit);
        charge.usage += price(step[2], unit) * whole(seconds) / whole(60);
        charge.billable_units += seconds;
    }
    Some(charge)
}

/// R11: own connection, rate, increment and rounding.
fn access(call: &Call, row: Row) -> Amount {
    let (connection, rate) = (row.cell("access_connection"), row.cell("access_rate"));
    if connection.is_empty() && rate.is_empty() {
        return zero();
    }
    call.note("charge: access");
    let unit = unit_of(call, row);
    let seconds = if call.record.kind == Kind::Voice { call.record.units } else { 0 };
    let charged = rounded_up(seconds, row.whole("access_increment", 1));
    let exact = price(connection, unit) + price(rate, unit) * whole(charged) / whole(60);
    match row.cell("access_rounding").split_once(':') {
        Some((mode, decimals)) => {
            call.note("charge: access rounded");
            round(&exact, decimals.parse().unwrap(), mode)
        }
        None => exact,
    }
}
