//! The small languages inside single cells (days, steps, keys of rates, scopes …) ↔ what they mean. Each reader accepts
//! exactly what the interface describes; each writer gives the one canonical spelling.

use crate::domain::charge::{Alignment, Interval};
use crate::domain::customer::GroupInterval;
use crate::domain::money::{Price, Rounding};
use crate::domain::price_book::{BandDay, CallClass, RateStep};
use crate::domain::time::Weekday;

/// The parts of a list, trimmed; blank ones are left out.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty())
}

/// A whole number written in digits only.
pub(super) fn whole<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// `07:30` → seconds since midnight; `24:00` is the end of the day.
pub(super) fn clock(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    if hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u32, u32) = (whole(hour)?, whole(minute)?);
    let seconds = hour * 3600 + minute * 60;
    (minute < 60 && seconds <= 86_400).then_some(seconds)
}

/// Seconds since midnight → `07:30`.
pub(super) fn clock_text(seconds: u32) -> String {
    format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}

/// `Mon` … `Sun` or `Hol`.
pub(super) fn band_day(text: &str) -> Option<BandDay> {
    if text == "Hol" { Some(BandDay::Holiday) } else { Weekday::parse(text).map(BandDay::Weekday) }
}

/// `Mon-Fri,Hol` → bits of [`BandDay::bit`]. A range runs forward within the week.
pub(super) fn days(text: &str) -> Option<u8> {
    text.split(',').map(str::trim).try_fold(0, |bits, part| match part.split_once('-') {
        None => Some(bits | band_day(part)?.bit()),
        Some((first, last)) => {
            let (first, last) = (Weekday::parse(first.trim())? as u8, Weekday::parse(last.trim())? as u8);
            (first <= last).then(|| (first..=last).fold(bits, |bits, day| bits | 1 << day))
        }
    })
}

/// Bits → runs of three days and more as ranges: `Mon-Fri,Hol`, `Sat,Sun`.
pub(super) fn days_text(bits: u8) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut day = 0;
    while day < 7 {
        let end = (day..7).find(|later| bits & (1 << later) == 0).unwrap_or(7);
        let run = &Weekday::ALL[day..end];
        match run {
            [first, _, .., last] if run.len() > 2 => parts.push(format!("{}-{}", first.name(), last.name())),
            _ => parts.extend(run.iter().map(|single| single.name().to_owned())),
        }
        day = end.max(day) + 1;
    }
    if bits & BandDay::Holiday.bit() != 0 {
        parts.push("Hol".into());
    }
    parts.join(",")
}

/// `monthly`, `quarterly` or `1;4;7`.
pub(super) fn group_months(text: &str) -> Option<GroupInterval> {
    match text {
        "monthly" => return Some(GroupInterval::Monthly),
        "quarterly" => return Some(GroupInterval::Quarterly),
        _ => {}
    }
    let mut months = Vec::new();
    for part in text.split(';') {
        months.push(whole(part.trim()).filter(|month| (1..=12).contains(month))?);
    }
    months.sort_unstable();
    months.dedup();
    Some(GroupInterval::Months(months))
}

/// The canonical spelling of a group's months.
pub(super) fn group_months_text(interval: &GroupInterval) -> String {
    match interval {
        GroupInterval::Monthly => "monthly".into(),
        GroupInterval::Quarterly => "quarterly".into(),
        GroupInterval::Months(months) => months.iter().map(u32::to_string).collect::<Vec<_>>().join(";"),
    }
}

/// The canonical spelling of a charge's interval.
pub(super) fn interval_text(interval: Interval) -> String {
    match interval {
        Interval::Days(1) => "daily".into(),
        Interval::Days(7) => "weekly".into(),
        Interval::Days(_) => "fortnightly".into(),
        Interval::Months(1) => "monthly".into(),
        Interval::Months(3) => "quarterly".into(),
        Interval::Months(12) => "yearly".into(),
        Interval::Months(months) => months.to_string(),
    }
}

/// `calendar:15` or `anniversary`.
pub(super) fn alignment(text: &str) -> Option<Alignment> {
    match text.split_once(':') {
        None if text == "anniversary" => Some(Alignment::Anniversary),
        Some(("calendar", day)) => whole(day).filter(|day| (1..=31).contains(day)).map(Alignment::Calendar),
        _ => None,
    }
}

/// The canonical spelling of an alignment.
pub(super) fn alignment_text(alignment: Alignment) -> String {
    match alignment {
        Alignment::Anniversary => "anniversary".into(),
        Alignment::Calendar(day) => format!("calendar:{day}"),
    }
}

/// `half_up:2`; at most the 8 decimals of a price.
pub(super) fn rounding_to(text: &str) -> Option<(Rounding, u32)> {
    let (mode, decimals) = text.split_once(':')?;
    Some((Rounding::parse(mode)?, whole(decimals).filter(|decimals| *decimals <= 8)?))
}

/// `0:0.25:0:3600;3600:0:0.05:60` → steps with prices in the unit of the file (R10), or why it is none.
pub fn steps(text: &str) -> Result<Vec<RateStep>, String> {
    let mut steps: Vec<RateStep> = Vec::new();
    for part in text.split(';') {
        let step = step(part.trim())?;
        match steps.last() {
            None if step.from_seconds != 0 => return Err("the first step does not start at 0 seconds".into()),
            Some(last) if step.from_seconds <= last.from_seconds => {
                return Err(format!(
                    "the step at {} seconds does not start after the one before it",
                    step.from_seconds
                ));
            }
            _ => steps.push(step),
        }
    }
    Ok(steps)
}

fn step(text: &str) -> Result<RateStep, String> {
    let malformed = || format!("{text:?} is not a step");
    let parts: Vec<&str> = text.split(':').collect();
    let [from, connection, rate, increment] = parts[..] else { return Err(malformed()) };
    let price = |text: &str| Price::parse(text).map_err(|error| format!("in {:?}: {text:?} {error}", parts.join(":")));
    let step = RateStep {
        from_seconds: whole(from).ok_or_else(malformed)?,
        connection: price(connection)?,
        rate: price(rate)?,
        increment: whole(increment).ok_or_else(malformed)?,
    };
    if step.increment == 0 { Err(format!("{text:?} has an increment of 0")) } else { Ok(step) }
}

/// The canonical spelling of steps.
pub fn steps_text(steps: &[RateStep]) -> String {
    let text = |step: &RateStep| format!("{}:{}:{}:{}", step.from_seconds, step.connection, step.rate, step.increment);
    steps.iter().map(text).collect::<Vec<_>>().join(";")
}

/// What a rate row is for, with names unresolved (R2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MatchText<'t> {
    Band(&'t str),
    Prefix(&'t str),
    Type(&'t str),
    Class(CallClass),
}

/// `band:CODE`, `prefix:+44…`, `type:CALL_TYPE` or `class:CLASS`.
pub(super) fn rate_match(text: &str) -> Option<MatchText<'_>> {
    let (word, rest) = text.split_once(':')?;
    let rest = Some(rest.trim()).filter(|rest| !rest.is_empty())?;
    Some(match word.trim() {
        "band" => MatchText::Band(rest),
        "prefix" => MatchText::Prefix(rest),
        "type" => MatchText::Type(rest),
        "class" => MatchText::Class(CallClass::parse(rest)?),
        _ => return None,
    })
}

/// One of the things that an allowance is for (A2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qualifier<'t> {
    Class(CallClass),
    Group(&'t str),
    Type(&'t str),
}

/// `class:…;group:…;type:…`, at least one.
pub(super) fn qualifiers(text: &str) -> Option<Vec<Qualifier<'_>>> {
    let qualifier = |part| {
        let (word, rest): (&str, &str) = str::split_once(part, ':')?;
        let rest = Some(rest.trim()).filter(|rest| !rest.is_empty())?;
        Some(match word.trim() {
            "class" => Qualifier::Class(CallClass::parse(rest)?),
            "group" => Qualifier::Group(rest),
            "type" => Qualifier::Type(rest),
            _ => return None,
        })
    };
    let found: Vec<_> = list(text).map(qualifier).collect::<Option<_>>()?;
    (!found.is_empty()).then_some(found)
}

/// The canonical spelling of qualifiers.
pub(super) fn qualifiers_text(qualifiers: &[Qualifier]) -> String {
    let text = |qualifier: &Qualifier| match qualifier {
        Qualifier::Class(class) => format!("class:{}", class.name()),
        Qualifier::Group(name) => format!("group:{name}"),
        Qualifier::Type(name) => format!("type:{name}"),
    };
    qualifiers.iter().map(text).collect::<Vec<_>>().join(";")
}

/// What part of a customer an allowance is for (A2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ScopeText<'t> {
    Customer,
    CostCentre(&'t str),
    Clis(Vec<&'t str>),
}

/// `customer`, `cost_centre:NAME` or `clis:A;B`.
pub(super) fn scope(text: &str) -> Option<ScopeText<'_>> {
    match text.split_once(':') {
        None if text == "customer" => Some(ScopeText::Customer),
        Some(("cost_centre", name)) if !name.trim().is_empty() => Some(ScopeText::CostCentre(name.trim())),
        Some(("clis", clis)) => {
            Some(list(clis).collect::<Vec<_>>()).filter(|clis| !clis.is_empty()).map(ScopeText::Clis)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written_in_one_spelling() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(days(text).map(days_text).as_deref(), expected, "{text}");
        check("Mon-Fri", Some("Mon-Fri"));
        check("Sun,Sat", Some("Sat,Sun"));
        check("Mon-Sun,Hol", Some("Mon-Sun,Hol"));
        check("Mon, Tue,Wed,Fri", Some("Mon-Wed,Fri"));
        check("Hol", Some("Hol"));
        check("Sat-Mon", None);
        check("Monday", None);
        check("", None);
    }

    #[test]
    fn clocks_end_at_24_00() {
        let check = |text: &str, expected: Option<u32>| assert_eq!(clock(text), expected, "{text}");
        check("00:00", Some(0));
        check("7:30", Some(27_000));
        check("24:00", Some(86_400));
        check("24:01", None);
        check("12:60", None);
        check("12:5", None);
        check("-1:00", None);
    }

    #[test]
    fn steps_start_at_0_and_ascend() {
        // R10: 25p for up to an hour, then 5p a minute.
        let check = |text: &str, expected: Result<&str, &str>| {
            let read = steps(text).map(|steps| steps_text(&steps));
            assert_eq!(read.as_deref().map_err(String::as_str), expected, "{text}");
        };
        check("0:0.250:0:3600; 3600:0:0.05:60", Ok("0:0.25:0:3600;3600:0:0.05:60"));
        check("60:0:0.05:60", Err("the first step does not start at 0 seconds"));
        check("0:0:0:1;60:0:0:1;60:0:0:1", Err("the step at 60 seconds does not start after the one before it"));
        check("0:0:0:0", Err("\"0:0:0:0\" has an increment of 0"));
        check("0:0:0", Err("\"0:0:0\" is not a step"));
        check(
            "0:x:0:1",
            Err("in \"0:x:0:1\": \"x\" is not a plain number (digits, one decimal point, an optional leading minus)"),
        );
    }

    #[test]
    fn months_of_groups() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(group_months(text).map(|months| group_months_text(&months)).as_deref(), expected, "{text}");
        };
        check("monthly", Some("monthly"));
        check("7; 1;04", Some("1;4;7"));
        check("0", None);
        check("13", None);
        check("weekly", None);
    }
}
