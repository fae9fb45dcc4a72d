//! A rate row and a call → the parts of its charge, exact (R5–R7, R10, R11, R15). Does not look rows up and does not
//! round, but for the access charge's own rounding (R11).

use super::call::{Call, SECONDS_PER_MINUTE};
use super::exact::Exact;
use super::explanation::Trace;
use super::units;
use crate::domain::money::{Overflow, Price};
use crate::domain::price_book::{AccessCharge, Rate};
use crate::domain::usage::Kind;

/// What a row makes of a call, before rounding.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowCharge {
    pub(super) connection: Exact,
    pub(super) usage: Exact,
    /// Connection and usage within minimum and maximum.
    pub(super) bounded: Exact,
    pub(super) access: Exact,
    /// Units after increments; those of the record where there are none.
    pub(super) billable_units: u64,
    /// Too short to be charged at all (R6).
    pub(super) is_unanswered: bool,
}

impl RowCharge {
    /// A call that is not charged at all.
    pub(super) const UNANSWERED: Self = Self {
        connection: Exact::ZERO,
        usage: Exact::ZERO,
        bounded: Exact::ZERO,
        access: Exact::ZERO,
        billable_units: 0,
        is_unanswered: true,
    };

    /// What is charged before surcharges and rounding.
    pub(super) fn total(&self) -> Result<Exact, Overflow> {
        self.bounded.plus(self.access)
    }

    /// Bounds connection and usage and adds the access charge, as every mode does (R3).
    pub(super) fn of_parts(
        (connection, usage, billable_units): (Exact, Exact, u64),
        row: &Rate,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Self, Overflow> {
        let bounded = bounded(connection.plus(usage)?, row, trace)?;
        let access = row.access.as_ref().map_or(Ok(Exact::ZERO), |access| access_charge(access, call, trace))?;
        Ok(Self { connection, usage, bounded, access, billable_units, is_unanswered: false })
    }
}

/// Is the call too short for the row to charge anything? In every mode: what was not answered is not sold (R6).
pub(super) fn is_unanswered(row: &Rate, call: &Call, trace: &mut Trace) -> bool {
    let is_short = call.is_voice() && call.record.units < u64::from(row.min_seconds);
    if is_short {
        trace.line(|| format!("{} s is below {} s: unanswered, not charged (R6)", call.record.units, row.min_seconds));
    }
    is_short
}

/// Units after increments, and those of them that are charged because the connection charge does not cover them
/// (R6, R7). Messages and events have no increments; only voice has included seconds.
pub(super) fn billable_units(row: &Rate, call: &Call, trace: &mut Trace) -> Result<(u64, u64), Overflow> {
    let used = call.record.units;
    if matches!(call.record.kind, Kind::Sms | Kind::Event) {
        return Ok((used, used));
    }
    let billable = units::in_blocks(used, row.initial_increment, row.increment)?;
    trace.line(|| {
        let (initial, increment) = (row.initial_increment, row.increment);
        format!("units: {used} in blocks of {initial}/{increment} = {} (R6)", call.units_in_words(billable))
    });
    let included = if call.is_voice() { u64::from(row.included_seconds) } else { 0 };
    let charged = billable.saturating_sub(included);
    if included > 0 {
        trace.line(|| format!("included: {billable} s − {included} s = {charged} s charged (R7)"));
    }
    Ok((billable, charged))
}

/// Rate × units, exact; `what` names it.
pub(super) fn rate_times_units(
    what: &str,
    rate: Price,
    units: u64,
    call: &Call,
    trace: &mut Trace,
) -> Result<Exact, Overflow> {
    let per = call.units_per_price();
    let amount = Exact::from(rate).times(i128::from(units))?.over(per)?;
    trace.line(|| {
        let per = if per == 1 { String::new() } else { format!(" / {per}") };
        format!("{what}: {} × {}{per} = {amount}", rate.to_places(4), call.units_in_words(units))
    });
    Ok(amount)
}

/// Connection, usage and billable seconds of a stepped row (R10). Included seconds do not apply: a step's connection
/// charge already says what it covers.
pub(super) fn by_steps(row: &Rate, call: &Call, trace: &mut Trace) -> Result<(Exact, Exact, u64), Overflow> {
    let (mut connection, mut usage, mut billable) = (Exact::ZERO, Exact::ZERO, 0_u64);
    for (step, seconds) in units::in_steps(call.record.units, &row.steps)? {
        trace.line(|| format!("step from {} s: connection {}", step.from_seconds, step.connection.to_places(4)));
        connection = connection.plus(step.connection.into())?;
        usage = usage.plus(rate_times_units("step usage", step.rate, seconds, call, trace)?)?;
        billable = billable.checked_add(seconds).ok_or(Overflow)?;
    }
    Ok((connection, usage, billable))
}

/// Connection and usage together within minimum and maximum (R5); if the two cross, the maximum counts. A negative
/// amount, or none at a negative rate, is a credit, and the bounds are those of its absolute value (R15).
fn bounded(amount: Exact, row: &Rate, trace: &mut Trace) -> Result<Exact, Overflow> {
    let is_credit = amount.is_negative() || (amount.is_zero() && row.rate.is_negative());
    trace.line(|| format!("connection + usage = {amount} (R5)"));
    let mut magnitude = amount.magnitude()?;
    if let Some(minimum) = row.minimum
        && magnitude.compare(minimum.into())?.is_lt()
    {
        trace.line(|| format!("minimum: raised from {magnitude} to {}", minimum.to_places(4)));
        magnitude = minimum.into();
    }
    if let Some(maximum) = row.maximum
        && magnitude.compare(maximum.into())?.is_gt()
    {
        trace.line(|| format!("maximum: cut from {magnitude} to {}", maximum.to_places(4)));
        magnitude = maximum.into();
    }
    if is_credit { magnitude.negated() } else { Ok(magnitude) }
}

/// The access charge, rounded by its own rule (R11). It is priced by the minute, so that what has no duration is
/// charged its connection only.
fn access_charge(access: &AccessCharge, call: &Call, trace: &mut Trace) -> Result<Exact, Overflow> {
    let duration = if call.is_voice() { call.record.units } else { 0 };
    let seconds = units::rounded_up(duration, u64::from(access.increment))?;
    let by_time = Exact::from(access.rate).times(i128::from(seconds))?.over(SECONDS_PER_MINUTE)?;
    let exact = by_time.plus(access.connection.into())?;
    let charge = match access.rounding {
        Some((rounding, places)) => Exact::from(exact.rounded::<8>(places, rounding)?),
        None => exact,
    };
    trace.line(|| {
        let (connection, rate) = (access.connection.to_places(4), access.rate.to_places(4));
        let rounding = access.rounding.map_or("not rounded".to_owned(), |(mode, places)| {
            format!("{} to {places} decimals: {charge}", mode.name())
        });
        format!("access: {connection} + {rate} × {seconds} s / 60 = {exact}, {rounding} (R11)")
    });
    Ok(charge)
}
