//! What suppliers send in a month: files of calls with late ones, repeats and conflicts; files of rentals.

use jiff::civil::Date;

use super::calendar::{first_of_month, later};
use super::joins::Joins;
use super::world::{Call, CallState, ServiceLine, World};

/// A file of calls: which of the world's calls it brings.
pub struct UsageFile {
    pub import: usize,
    pub calls: std::ops::Range<usize>,
    /// How many of them, from the first on, came for the first time.
    pub fresh: usize,
}

/// Calls of a month, a few of earlier ones, and in the end some that came before.
pub fn usage_file(joins: &mut Joins, world: &mut World, month: Date, first_month: Date, import: usize) -> UsageFile {
    let first = world.calls.len();
    let targets: Vec<String> = world.lines.iter().map(|line| line.cli.clone()).collect();
    for cli in targets {
        for _ in 0..joins.dice.below(4) {
            let call = call(joins, &cli, month, first_month);
            world.calls.push(call);
        }
    }
    for _ in 0..1 + world.customers.len() / 40 {
        let stray = call(joins, "+442079460999", month, first_month);
        world.calls.push(Call { cli: "+442890180999".into(), ..stray });
    }
    let fresh = world.calls.len() - first;
    if first > 0 {
        for _ in 0..2 + world.customers.len() / 20 {
            let earlier = world.calls[usize::try_from(joins.dice.below(first as u64)).unwrap()].clone();
            if matches!(earlier.state, CallState::Waiting | CallState::Billed) {
                let is_conflict = joins.dice.chance(30);
                let units = earlier.units + u64::from(is_conflict);
                // F2: what conflicted before is the same record again.
                let is_known = world.calls.iter().any(|known| known.id == earlier.id && known.units == units);
                let state = if is_known { CallState::Duplicate } else { CallState::Conflict };
                world.calls.push(Call { units, state, ..earlier });
            }
        }
    }
    for (row, call) in world.calls[first..].iter_mut().enumerate() {
        (call.import, call.row) = (import, row);
        if call.id.is_empty() {
            call.id = format!("R{import:04}{row:07}");
        }
    }
    UsageFile { import, calls: first..world.calls.len(), fresh }
}

fn call(joins: &mut Joins, cli: &str, month: Date, first_month: Date) -> Call {
    let dice = &mut joins.dice;
    // Some come months too late, a few before the month is over.
    let back = if dice.chance(12) { i32::try_from(dice.between(1, 3)).unwrap() } else { 0 };
    let month = first_of_month(month, -back).max(first_month);
    let days = if back == 0 && dice.chance(10) { 36 } else { 28 };
    let day = later(month, i32::try_from(dice.below(days)).unwrap());
    // Not in the hour that a clock shows twice or never; many at the same second (A1).
    let second = u32::try_from(dice.between(3 * 3600, 24 * 3600 - 1)).unwrap();
    let second = if dice.chance(40) { (second / 21_600).max(1) * 21_600 } else { second };
    let call_type = dice.pick(&["nat", "nat", "nat", "mob", "mob", "int", "care", "sms", "data", "room"]);
    let units = match call_type {
        "sms" | "room" => dice.between(1, 3),
        "data" => dice.between(1, 40_000_000),
        _ if dice.chance(4) => 0,
        _ => dice.between(1, 1_500),
    };
    let cost = format!("0.{:04}", dice.below(3_000));
    Call {
        id: String::new(),
        call_type,
        cli: cli.to_owned(),
        day,
        second,
        units,
        cost,
        import: 0,
        row: 0,
        state: CallState::Waiting,
    }
}

/// Rentals of a month; the world's services from the returned place on.
pub fn service_file(joins: &mut Joins, world: &mut World, month: Date, import: usize) -> usize {
    let first = world.services.len();
    let targets: Vec<String> = world.lines.iter().map(|line| line.cli.clone()).collect();
    for cli in targets {
        if joins.dice.chance(75) {
            continue;
        }
        for _ in 0..joins.dice.between(1, 3) {
            let description =
                joins.dice.pick(&["Line rental", "ISDN channel", "ISDN channel", "Engineer", "Caller display"]);
            let cost = joins.amount(30, 2);
            let cost = if joins.dice.chance(12) && cost != "0" { format!("-{cost}") } else { cost };
            let day = joins.day(month, 28);
            let quantity = joins.dice.pick(&[1, 1, 2, 3]);
            let row = world.services.len() - first;
            world.services.push(ServiceLine {
                import,
                row,
                cli: cli.clone(),
                description,
                day,
                cost,
                quantity,
                billed: false,
            });
        }
    }
    first
}
