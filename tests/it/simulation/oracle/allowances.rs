//! Allowances (A1–A5, and what decision 0015 settles), one record after the other: which buckets cover how much of it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Bill;
use super::usage::Charged;
use crate::oracle::amounts::{Amount, number, round, whole, zero};
use crate::simulation::calendar::{count, period_end, period_start, previous};
use crate::simulation::fixed::look_up;
use crate::simulation::world::CustomerAllowance;

/// What was drawn from a bucket: allowance, scope, first day of its row, first day of its period.
pub type Drawn = BTreeMap<(&'static str, String, Date, Date), [Amount; 5]>;

/// Places of what is counted.
const VOICE: usize = 0;
const CALLS: usize = 3;
const MONEY: usize = 4;
/// Their columns.
const COLUMNS: [&str; 5] = ["minutes", "messages", "bytes", "calls", "money"];

/// A3: goes through the allowances in the order of A4 and takes off what they cover.
pub fn cover(bill: &Bill, drawn: &mut Drawn, one: &mut Charged) {
    let (units, kind) = (one.call.units, kind_of(one));
    if units == 0 && one.sell == zero() {
        return;
    }
    let length = whole(units.max(1));
    let each = &one.sell / &length;
    let weight = match look_up("call_types", one.call.call_type, "allowance_weight") {
        "" => whole(1),
        percent => number(percent) / whole(100),
    };
    let (mut position, mut off) = (zero(), zero());
    for row in in_order(bill) {
        if !is_for(bill, row, one, kind) {
            continue;
        }
        let of = |column| look_up("allowances", row.allowance, column);
        let reach = match of("max_single_seconds").parse::<u64>() {
            Ok(most) if kind == VOICE && units > most => match of("max_single_mode") {
                "exceed_ignored" => continue,
                _ => whole(most),
            },
            _ => length.clone(),
        };
        let start = position.clone();
        let record = Record { units, kind, each: each.clone(), weight: weight.clone() };
        for period in periods(bill, row, one.call.day) {
            if position >= reach {
                break;
            }
            let granted = grant(bill, row, period);
            let key = (row.allowance, row.scope.clone(), row.from, period);
            let used = drawn.entry(key).or_insert_with(|| std::array::from_fn(|_| zero()));
            if let Some(end) = draw(&granted, used, &record, &position, &reach) {
                position = end;
                one.is_covered = true;
            }
        }
        off += taken_off(row.allowance, &record, &(&position - &start));
    }
    one.charge = round(&(&one.sell - off), 6, "half_up");
}

/// As its units lie one after the other, all at the same price.
struct Record {
    units: u64,
    kind: usize,
    each: Amount,
    weight: Amount,
}

fn kind_of(one: &Charged) -> usize {
    match look_up("call_types", one.call.call_type, "kind") {
        "voice" => VOICE,
        "sms" => 1,
        "data" => 2,
        _ => CALLS,
    }
}

/// A4: lines, cost centres, customer; lowest priority, those without one last; name; then the earlier row.
fn in_order<'w>(bill: &Bill<'w>) -> Vec<&'w CustomerAllowance> {
    let rows = bill.world.customer_allowances.iter().filter(|row| row.account == bill.customer.account);
    let mut rows: Vec<_> = rows.collect();
    let rank = |scope: &str| match scope.split(':').next() {
        Some("clis") => 0,
        Some("cost_centre") => 1,
        _ => 2,
    };
    rows.sort_by_key(|row| {
        (rank(&row.scope), row.priority.unwrap_or(u32::MAX), row.allowance, row.scope.clone(), row.from)
    });
    rows
}

/// A2: on its days, in its scope, for its classes or call types, by a limit that counts this kind.
fn is_for(bill: &Bill, row: &CustomerAllowance, one: &Charged, kind: usize) -> bool {
    let of = |column| look_up("allowances", row.allowance, column);
    let on_day = row.from <= one.call.day && row.to.is_none_or(|to| one.call.day <= to);
    let in_scope = match row.scope.split_once(':') {
        Some(("clis", clis)) => clis.split(';').any(|cli| cli == one.call.cli),
        Some((_, centre)) => one.line.cost_centre == centre,
        None => true,
    };
    let class = look_up("call_types", one.call.call_type, "class");
    let qualifies = of("qualifies").split(';').any(|what| match what.split_once(':') {
        Some(("class", named)) => named == class,
        Some((_, named)) => named == one.call.call_type,
        None => false,
    });
    let has = |place: usize| !of(COLUMNS[place]).is_empty();
    let is_counted = has(kind) || has(MONEY) || (kind == VOICE && has(CALLS));
    let by_minutes = !of("discount_per_minute").is_empty();
    debug_assert_eq!(row.account, bill.customer.account);
    on_day && in_scope && qualifies && is_counted && !(by_minutes && (kind != VOICE || one.call.units == 0))
}

/// The periods whose units a day may draw on, the oldest first: its own and those before it that roll over, as far as
/// the row has a day of them.
fn periods(bill: &Bill, row: &CustomerAllowance, day: Date) -> Vec<Date> {
    let rollover: usize = look_up("allowances", row.allowance, "rollover_periods").parse().unwrap_or(0);
    let mut starts = vec![period_start(day, bill.first_day())];
    for _ in 0..rollover {
        let start = period_start(previous(starts[0]), bill.first_day());
        if period_end(start, bill.first_day()) < row.from {
            break;
        }
        starts.insert(0, start);
    }
    starts
}

/// What the row grants for a period, rounded once to whole units, money to pennies; none where there is no limit.
fn grant(bill: &Bill, row: &CustomerAllowance, start: Date) -> [Option<Amount>; 5] {
    let end = period_end(start, bill.first_day());
    let days = |from, to| whole(u64::try_from(count(from, to)).unwrap());
    let part = match look_up("allowances", row.allowance, "prorate") {
        "y" => days(start.max(row.from), row.to.map_or(end, |to| to.min(end))) / days(start, end),
        _ => whole(1),
    };
    std::array::from_fn(|place| {
        let limit = look_up("allowances", row.allowance, COLUMNS[place]);
        let factor = if place == VOICE { whole(60) } else { whole(1) };
        let decimals = if place == MONEY { 2 } else { 0 };
        (!limit.is_empty())
            .then(|| round(&(number(limit) * factor * number(&row.quantity) * &part), decimals, "half_up"))
    })
}

/// Up to which unit a bucket covers a record from a unit on; none if nothing. What it draws is added.
fn draw(
    granted: &[Option<Amount>; 5],
    used: &mut [Amount; 5],
    record: &Record,
    from: &Amount,
    reach: &Amount,
) -> Option<Amount> {
    let left: Vec<Option<Amount>> =
        (0..5).map(|place| Some((granted[place].clone()? - &used[place]).max(zero()))).collect();
    if left.contains(&Some(zero())) {
        return None;
    }
    let first = round(from, 0, "down");
    let mut end = reach.clone();
    if let Some(left) = left[record.kind].as_ref().filter(|_| record.units > 0) {
        end = end.min(&first + round(&(left / &record.weight), 0, "down"));
    }
    let no_call_left = record.kind == VOICE && left[CALLS].as_ref().is_some_and(|left| *left < record.weight);
    if no_call_left || end <= *from {
        return None;
    }
    let priced = (&end - from) * &record.each * &record.weight;
    let mut money = round(&priced, 12, "up");
    if let Some(left) = left[MONEY].as_ref().filter(|left| **left < money) {
        end = from + left / (&record.each * &record.weight);
        money = left.clone();
    }
    used[MONEY] += money;
    if record.kind == VOICE {
        used[CALLS] += &record.weight;
    }
    if record.units > 0 {
        used[record.kind] += (round(&end, 0, "up") - first) * &record.weight;
    }
    Some(end)
}

/// What an allowance takes off the part that it covers; never more than that costs.
fn taken_off(allowance: &str, record: &Record, length: &Amount) -> Amount {
    let price = length * &record.each;
    let of = |column| look_up("allowances", allowance, column);
    if *length == zero() {
        return zero();
    }
    match (of("discount_percent"), of("discount_per_call"), of("discount_per_minute")) {
        ("", "", "") => price,
        (percent, "", "") => price * number(percent) / whole(100),
        (_, by_call, "") => number(by_call).min(price),
        (_, _, by_minute) => (length * number(by_minute) / whole(60)).min(price),
    }
}
