//! Choices → a record aimed at the edges of a random book: its numbers, its days, its clock, its blocks of seconds.

use tollbook::domain::money::{Currency, Price};
use tollbook::domain::time::{CivilDateTime, Date, TimeFlag, Zone};
use tollbook::domain::usage::{Direction, Kind, UsageFlags, UsageRecord};

use super::dice::Dice;
use super::random_book::{ALTERNATES, BAND_NAMES, CHARGE_BANDS, EDGES, OWN, STARTS};

/// Days on which something happens besides the edges of the book: clocks that change in three zones, holidays.
const DAYS: [&str; 11] = [
    "2025-12-25",
    "2025-12-26",
    "2025-04-06",
    "2025-10-05",
    "2025-03-09",
    "2025-11-02",
    "2024-03-31",
    "2024-10-27",
    "2000-01-01",
    "2100-12-31",
    "2028-02-29",
];
/// Hours at which bands of the book begin or end, or clocks change.
const HOURS: [u32; 22] = [0, 6, 7, 8, 9, 12, 18, 19, 20, 22, 24, 1, 1, 2, 2, 3, 24, 12, 7, 19, 8, 18];
/// Lengths around increments, included seconds and steps.
const LENGTHS: [u64; 13] = [1, 6, 15, 30, 45, 60, 90, 120, 600, 900, 3600, 3600, 7200];

/// A record and how its civil time relates to the zone.
pub fn random_record(dice: &mut Dice, zone: &Zone, row: u32) -> UsageRecord {
    let kind = dice.pick(&[
        Kind::Voice,
        Kind::Voice,
        Kind::Voice,
        Kind::Voice,
        Kind::Voice,
        Kind::Data,
        Kind::Sms,
        Kind::Event,
    ]);
    let (started, time_flag) = moment(dice, zone);
    let direction = dice.pick(&[Direction::Out, Direction::Out, Direction::In]);
    let mut text = |percent: u64, choices: &[&str]| dice.maybe(percent, choices);
    let (charge_band, time_band) =
        (text(20, &[&CHARGE_BANDS[..], &["no such"]].concat()), text(4, &[&BAND_NAMES[..], &["evening"]].concat()));
    let extension = text(25, &["7", "8", "9"]);
    UsageRecord {
        row,
        line: u64::from(row) + 1,
        record_id: None,
        kind,
        direction,
        cli: own_number(dice).into(),
        other_party: other_number(dice).into(),
        started,
        time_flag,
        units: units(dice, kind),
        cost: price(dice, 75),
        file_sell: price(dice, 60),
        suggested_retail: price(dice, 60),
        currency: dice.chance(12).then(|| Currency::parse(dice.pick(&["EUR", "USD", "GBP"])).unwrap()),
        charge_band: charge_band.into(),
        time_band: time_band.into(),
        description: "".into(),
        extension: extension.into(),
        call_id: "".into(),
        flags: if dice.chance(25) {
            UsageFlags::from_bits(u8::try_from(dice.below(8)).unwrap())
        } else {
            UsageFlags::default()
        },
    }
}

fn moment(dice: &mut Dice, zone: &Zone) -> (tollbook::domain::time::Moment, TimeFlag) {
    loop {
        let day = match dice.below(3) {
            0 => dice.pick(&DAYS),
            1 => dice.pick(&EDGES).0,
            _ => dice.pick(&EDGES).1,
        };
        let day = Date::parse(day).unwrap();
        let day = if dice.chance(40) { day.plus_days(i32::try_from(dice.below(30)).unwrap() - 15) } else { day };
        let around = i64::from(dice.pick(&HOURS)) * 3600 + 1800 * i64::from(dice.chance(30));
        let away = match dice.below(5) {
            0 => 0,
            1 => -1,
            2 => -i64::try_from(dice.below(3600)).unwrap(),
            3 => -60,
            _ => i64::try_from(dice.below(3600)).unwrap(),
        };
        let seconds = i64::from(day.days()) * 86_400 + around + away;
        let found = CivilDateTime::from_utc_seconds(seconds).and_then(|civil| zone.moment(civil, zone));
        if let Some(found) = found {
            return found;
        }
    }
}

/// One that a line holds, or one within a range of it, or nobody's.
fn own_number(dice: &mut Dice) -> String {
    let held = if dice.chance(92) { dice.pick(&OWN) } else { dice.pick(&ALTERNATES) };
    longer(dice, held, 15)
}

fn other_number(dice: &mut Dice) -> String {
    match dice.below(20) {
        0 => String::new(),
        1 => "ANON".to_owned(),
        2 => dice.pick(&OWN).to_owned(),
        3 => dice
            .pick(&["+442079460018", "+441614960123", "+447911123456", "+353861234567", "999", "+61412345678"])
            .to_owned(),
        _ => {
            let start = dice.pick(&STARTS);
            longer(dice, start, 85)
        }
    }
}

fn longer(dice: &mut Dice, start: &str, percent: u64) -> String {
    let mut number = start.to_owned();
    if dice.chance(percent) {
        for _ in 0..dice.between(1, 6) {
            number.push(dice.pick(&['0', '0', '1', '1', '2', '7', '9']));
        }
    }
    number
}

fn units(dice: &mut Dice, kind: Kind) -> u64 {
    match kind {
        Kind::Voice if dice.chance(4) => 0,
        Kind::Voice if dice.chance(50) => dice.below(200),
        Kind::Voice if dice.chance(2) => dice.below(100_000),
        Kind::Voice => dice.pick(&LENGTHS) * dice.between(1, 2) + dice.below(3) - 1,
        Kind::Data => match dice.below(4) {
            0 => dice.below(5_000),
            1 => dice.pick(&[1_000_000, 1_048_576, 1024]) + dice.below(3) - 1,
            _ => dice.below(5_000_000_000),
        },
        Kind::Sms | Kind::Event => dice.below(6),
    }
}

fn price(dice: &mut Dice, percent: u64) -> Option<Price> {
    let count = match dice.below(8) {
        // Within the type, but not with a markup.
        0 if dice.chance(4) => i64::MAX - 1,
        0 => 0,
        1 => -i64::try_from(dice.below(300_000_000)).unwrap(),
        2 => i64::try_from(dice.below(100)).unwrap(),
        _ => i64::try_from(dice.below(300_000_000)).unwrap(),
    };
    dice.chance(percent).then(|| Price::from_scaled(count))
}
