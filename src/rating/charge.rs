//! A rate row and a call → the parts of its charge, exact (R5–R7, R10, R11, R15). Does not look rows up and does not
//! round, but for the access charge's own rounding (R11).

use super::call::{Call, SECONDS_PER_MINUTE};
use super::explanation::Trace;
use super::units;
use crate::domain::exact::Exact;
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
        let access = match &row.access {
            Some(access) => access_charge(access, call, trace)?,
            None => nothing("access", trace),
        };
        Ok(Self { connection, usage, bounded, access, billable_units, is_unanswered: false })
    }
}

/// A part that the charge does not have.
pub(super) fn nothing(name: &str, trace: &mut Trace) -> Exact {
    trace.sum(name, "", || ("0".to_owned(), "0".to_owned()));
    Exact::ZERO
}

/// Is the call too short for the row to charge anything? In every mode: what was not answered is not sold (R6).
pub(super) fn is_unanswered(row: &Rate, call: &Call, trace: &mut Trace) -> bool {
    let is_short = call.is_voice() && call.record.units < u64::from(row.min_seconds);
    if is_short {
        trace.line(|| format!("{} s is below {} s: unanswered, not charged (R6)", call.record.units, row.min_seconds));
        nothing("charge", trace);
        nothing("access", trace);
    }
    is_short
}

/// Units after increments, and those of them that are charged because the connection charge does not cover them
/// (R6, R7). Messages and events have no increments; only voice has included seconds.
pub(super) fn billable_units(row: &Rate, call: &Call, trace: &mut Trace) -> Result<(u64, u64), Overflow> {
    let used = call.record.units;
    let (billable, blocks) = match call.record.kind {
        Kind::Sms | Kind::Event => (used, String::new()),
        Kind::Voice | Kind::Data => {
            let (initial, increment) = (row.initial_increment.max(1), row.increment.max(1));
            let billable = units::in_blocks(used, initial, increment)?;
            (billable, trace.text(|| format!(", in blocks of {initial}/{increment}")))
        }
    };
    trace.sum("billable_units", "R6", || (format!("{used}{blocks}"), billable.to_string()));
    let included = if call.is_voice() { u64::from(row.included_seconds) } else { 0 };
    let charged = billable.saturating_sub(included);
    let remark = if included > 0 { "R7: the connection covers the first seconds" } else { "" };
    trace.sum("charged_units", remark, || match included {
        0 => ("billable_units".to_owned(), charged.to_string()),
        _ => (format!("billable_units − {included}, at least 0"), charged.to_string()),
    });
    Ok((billable, charged))
}

/// Rate × units, exact. `name` names the sum, `of` its units: a number, or the sum that they are.
pub(super) fn rate_times_units(
    (name, remark): (&str, &str),
    rate: Price,
    (units, of): (u64, &str),
    call: &Call,
    trace: &mut Trace,
) -> Result<Exact, Overflow> {
    let per = call.units_per_price();
    let amount = Exact::from(rate).times(i128::from(units))?.over(per)?;
    trace.sum(name, remark, || {
        let per = if per == 1 { String::new() } else { format!(" / {per}") };
        (format!("{rate} × {of}{per}"), amount.to_string())
    });
    Ok(amount)
}

/// Connection, usage and billable seconds of a stepped row (R10). Included seconds do not apply: a step's connection
/// charge already says what it covers.
pub(super) fn by_steps(row: &Rate, call: &Call, trace: &mut Trace) -> Result<(Exact, Exact, u64), Overflow> {
    let (mut connection, mut usage, mut billable) = (Exact::ZERO, Exact::ZERO, 0_u64);
    let used = call.record.units;
    let mut entered = Vec::new();
    for (number, (step, until, seconds)) in (1..).zip(units::in_steps(used, &row.steps)?) {
        let name = |part: &str| trace.text(|| format!("step_{number}_{part}"));
        let (connection_name, seconds_name, usage_name) = (name("connection"), name("seconds"), name("usage"));
        let from = step.from_seconds;
        trace.sum(&connection_name, &format!("R10: from second {from}"), || {
            (step.connection.to_string(), step.connection.to_string())
        });
        trace.sum(&seconds_name, "", || {
            let most = until.map_or(String::new(), |until| format!(", at most {until}"));
            let increment = step.increment.max(1);
            (format!("{used}{most}, less {from}, in blocks of {increment}/{increment}"), seconds.to_string())
        });
        connection = connection.plus(step.connection.into())?;
        let of_step = rate_times_units((&usage_name, ""), step.rate, (seconds, &seconds_name), call, trace)?;
        usage = usage.plus(of_step)?;
        billable = billable.checked_add(seconds).ok_or(Overflow)?;
        entered.push((connection_name, usage_name));
    }
    tell_sum("connection", entered.iter().map(|(connection, _)| connection.as_str()), connection, trace);
    tell_sum("usage", entered.iter().map(|(_, usage)| usage.as_str()), usage, trace);
    Ok((connection, usage, billable))
}

/// Says that a sum is that of others; 0 if there are none.
pub(super) fn tell_sum<'n>(name: &str, of: impl Iterator<Item = &'n str>, value: Exact, trace: &mut Trace) {
    trace.sum(name, "", || {
        let of: Vec<&str> = of.collect();
        (if of.is_empty() { "0".to_owned() } else { of.join(" + ") }, value.to_string())
    });
}

/// Connection and usage together within minimum and maximum (R5); if the two cross, the maximum counts. A negative
/// amount, or none at a negative rate, is a credit, and the bounds are those of its absolute value (R15).
fn bounded(amount: Exact, row: &Rate, trace: &mut Trace) -> Result<Exact, Overflow> {
    let is_credit = amount.is_negative() || (amount.is_zero() && row.rate.is_negative());
    let mut magnitude = amount.magnitude()?;
    if let Some(minimum) = row.minimum
        && magnitude.compare(minimum.into())?.is_lt()
    {
        magnitude = minimum.into();
    }
    if let Some(maximum) = row.maximum
        && magnitude.compare(maximum.into())?.is_gt()
    {
        magnitude = maximum.into();
    }
    let bounded = if is_credit { magnitude.negated()? } else { magnitude };
    trace.sum("charge", if is_credit { "R5, R15" } else { "R5" }, || {
        let bound = |words: &str, bound: Option<Price>| {
            let credit = if is_credit { "credit " } else { "" };
            bound.map_or(String::new(), |bound| format!(", {credit}at {words} {bound}"))
        };
        let (least, most) = (bound("least", row.minimum), bound("most", row.maximum));
        (format!("connection + usage{least}{most}"), bounded.to_string())
    });
    Ok(bounded)
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
    trace.sum("access_seconds", "R11", || {
        let increment = access.increment.max(1);
        (format!("{duration}, in blocks of {increment}/{increment}"), seconds.to_string())
    });
    trace.sum("access", "R11", || {
        let AccessCharge { connection, rate, .. } = access;
        let rounding =
            access.rounding.map_or(String::new(), |(mode, places)| format!(", {} to {places} decimals", mode.name()));
        (format!("{connection} + {rate} × access_seconds / 60{rounding}"), charge.to_string())
    });
    Ok(charge)
}
