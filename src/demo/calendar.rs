//! The month of the sample: when calls begin, and what the clocks show then. October 2026 in the United Kingdom, whose
//! last Sunday has 25 hours. The weights of hours and minutes are facts of a public generator (docs/data-sources.md).

use super::random::Random;
use crate::domain::time::{Date, Weekday};

/// Seconds since 1 October 2026, 00:00 in the United Kingdom; negative in September.
pub(super) type Elapsed = i64;

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
/// On 25 October at 02:00 summer time the clocks go back to 01:00.
const CLOCKS_GO_BACK: Elapsed = 24 * DAY + 2 * HOUR;
/// The first second of November.
pub(super) const MONTH_END: Elapsed = 31 * DAY + HOUR;

/// 1 October 2026.
pub(super) fn first_day() -> Date {
    Date::new(2026, 10, 1).expect("a date")
}

/// When people call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rhythm {
    /// In office hours, less at weekends.
    Office,
    /// At all hours, more by day.
    AllHours,
}

/// How likely a call begins in an hour of the day.
pub(crate) fn hour_weight(rhythm: Rhythm, is_weekend: bool, hour: i64) -> u32 {
    match (rhythm, is_weekend, hour) {
        (Rhythm::AllHours, _, 1..=5) => 12,
        (Rhythm::AllHours, _, _) => 30,
        (_, false, 7 | 18..=20) => 18,
        (_, false, 8..=9) => 58,
        (_, false, 10..=11) => 84,
        (_, false, 12) => 46,
        (_, false, 13..=15) => 96,
        (_, false, 16..=17) => 68,
        (_, false, _) => 3,
        (_, true, 10..=13) => 22,
        (_, true, 14..=17) => 14,
        (_, true, 8..=9 | 18..=19) => 8,
        (_, true, _) => 2,
    }
}

/// Calls cluster at the full and at the half hour.
fn minute_weight(minute: u32) -> u32 {
    if minute % 30 < 5 { 18 } else { 10 }
}

/// The start of each hour of the month, as it passes: 745 of them.
fn hours() -> impl Iterator<Item = Elapsed> + Clone {
    (0..MONTH_END / HOUR).map(|hour| hour * HOUR)
}

/// The weights of all hours of the month, to draw from.
#[derive(Clone, Debug)]
pub(super) struct Starts {
    /// For each rhythm the sums of the weights up to and with each hour.
    sums: [Vec<u32>; 2],
    minutes: Vec<u32>,
}

impl Starts {
    pub fn new() -> Self {
        let sums = [Rhythm::Office, Rhythm::AllHours].map(|rhythm| {
            let weight = |start| hour_weight(rhythm, is_weekend(start), second_of_day(start) / HOUR);
            hours().map(weight).scan(0, |sum, weight| Some(add(sum, weight))).collect()
        });
        Self { sums, minutes: (0..60).map(minute_weight).collect() }
    }

    /// When a call begins.
    pub fn draw(&self, random: &mut Random, rhythm: Rhythm) -> Elapsed {
        let sums = &self.sums[rhythm as usize];
        let drawn = random.below(sums[sums.len() - 1]);
        let hour = sums.partition_point(|sum| *sum <= drawn);
        let minute = random.weighted(self.minutes.iter().copied());
        let second = i64::from(random.below(60));
        i64::try_from(hour).expect("745 hours") * HOUR + i64::try_from(minute).expect("60 minutes") * 60 + second
    }
}

fn add(sum: &mut u32, weight: u32) -> u32 {
    *sum += weight;
    *sum
}

/// Seconds since 1 October, 00:00, as a clock on the wall counts them.
fn wall(at: Elapsed) -> i64 {
    if at >= CLOCKS_GO_BACK { at - HOUR } else { at }
}

/// The day on which it is.
pub(super) fn date(at: Elapsed) -> Date {
    first_day().plus_days(i32::try_from(wall(at).div_euclid(DAY)).expect("days near October 2026"))
}

fn second_of_day(at: Elapsed) -> i64 {
    wall(at).rem_euclid(DAY)
}

/// `HH:MM:SS` on the wall.
pub(super) fn clock(at: Elapsed) -> String {
    let second = second_of_day(at);
    format!("{:02}:{:02}:{:02}", second / HOUR, second / 60 % 60, second % 60)
}

/// `YYYY-MM-DD HH:MM:SS` on the wall.
pub(super) fn stamp(at: Elapsed) -> String {
    format!("{} {}", date(at), clock(at))
}

/// `DD/MM/YYYY`.
pub(super) fn british(date: Date) -> String {
    let (year, month, day) = date.ymd();
    format!("{day:02}/{month:02}/{year}")
}

/// Seconds since 1970 in UTC.
pub(super) fn unix(at: Elapsed) -> i64 {
    i64::from(first_day().days()) * DAY - HOUR + at
}

fn is_weekend(at: Elapsed) -> bool {
    matches!(date(at).weekday(), Weekday::Sat | Weekday::Sun)
}

/// Monday to Friday from 8 to 18 o'clock: when offices answer.
pub(super) fn is_business_hour(at: Elapsed) -> bool {
    !is_weekend(at) && (8 * HOUR..18 * HOUR).contains(&second_of_day(at))
}

/// The code of the time band in FCS files: 1 day, 2 evening, 3 weekend.
pub(super) fn fcs_time_band(at: Elapsed) -> &'static str {
    match (is_weekend(at), second_of_day(at) / HOUR) {
        (true, _) => "3",
        (false, 7..=18) => "1",
        (false, _) => "2",
    }
}

/// Some second of the three hours around the change of the clocks: 00:30 to 02:30, where 01:00 to 02:00 comes twice.
pub(super) fn around_clock_change(random: &mut Random) -> Elapsed {
    CLOCKS_GO_BACK - HOUR * 3 / 2 + i64::from(random.below(3 * 3_600))
}

/// Does the clock on the wall show a time that comes twice?
pub(super) fn is_in_repeated_hour(at: Elapsed) -> bool {
    (CLOCKS_GO_BACK - HOUR..CLOCKS_GO_BACK + HOUR).contains(&at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_go_back_on_the_last_sunday() {
        let check = |at: Elapsed, expected: &str| assert_eq!(stamp(at), expected, "{at}");
        check(0, "2026-10-01 00:00:00");
        check(-1, "2026-09-30 23:59:59");
        check(CLOCKS_GO_BACK - 1, "2026-10-25 01:59:59");
        check(CLOCKS_GO_BACK, "2026-10-25 01:00:00");
        check(CLOCKS_GO_BACK + HOUR, "2026-10-25 02:00:00");
        check(MONTH_END - 1, "2026-10-31 23:59:59");
        check(MONTH_END, "2026-11-01 00:00:00");
        // 2026-10-31 00:00 UTC is 1,793,404,800.
        assert_eq!(unix(30 * DAY + HOUR), 1_793_404_800);
        assert!(is_in_repeated_hour(CLOCKS_GO_BACK - HOUR) && !is_in_repeated_hour(CLOCKS_GO_BACK + HOUR));
    }

    #[test]
    fn calls_begin_within_the_month_and_mostly_in_office_hours() {
        let (starts, mut random) = (Starts::new(), Random::new(1, "starts"));
        let drawn: Vec<_> = (0..5_000).map(|_| starts.draw(&mut random, Rhythm::Office)).collect();
        assert!(drawn.iter().all(|at| (0..MONTH_END).contains(at)));
        let in_office_hours = drawn.iter().filter(|at| is_business_hour(**at)).count();
        assert!((3_850..4_200).contains(&in_office_hours), "{in_office_hours}");
        assert_eq!(hours().count(), 745);
    }
}
