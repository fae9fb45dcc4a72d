//! Lines, destinations and a month → calls in the order in which they began, more or less, as carriers write them: by
//! the weights of the hours of a week, with unknown and late ones among them. Draws each call by itself and keeps none.

use super::destinations::{Destination, Destinations, End};
use super::lines::{AREAS, Line, Lines, Use};
use super::text::Short;
use crate::demo::calendar::{Rhythm, hour_weight};
use crate::demo::random::Random;

/// A Thursday.
pub(super) const FIRST_DAY: &str = "2026-10-01";
const DAYS: u32 = 31;
/// The first Saturday.
const FIRST_SATURDAY: u32 = 3;
/// Days of the month before, for late calls.
const DAYS_BEFORE: u32 = 30;
/// How long calls are: the 64 steps of a distribution with a median of 85 s, a mean of 175 s and a long tail.
const DURATIONS: [u32; 65] = [
    3, 6, 9, 11, 13, 16, 17, 19, 21, 23, 25, 27, 29, 31, 33, 36, 38, 40, 42, 45, 47, 50, 52, 55, 58, 61, 64, 67, 70,
    74, 77, 81, 85, 89, 93, 98, 103, 108, 113, 119, 125, 131, 138, 145, 153, 161, 170, 180, 191, 203, 216, 230, 246,
    265, 286, 310, 338, 372, 413, 466, 536, 635, 795, 1127, 5948,
];

/// A call, a message or a data session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage<'b> {
    /// The number of our customer's line as the carrier writes it.
    pub own: Short,
    pub what: What,
    pub to: &'b Destination,
    /// Which of the two ways of writing the other number, and its last digits.
    pub other: (usize, u64),
    /// Day of the month.
    pub day: u32,
    pub is_late: bool,
    pub second: u32,
    pub is_inbound: bool,
    pub outcome: Outcome,
    /// Words that hold a comma or a quote.
    pub quoted: Option<&'static str>,
    /// A fault that makes the line unreadable.
    pub fault: Option<Fault>,
    /// What the carrier charges, in 10^-5 pounds.
    pub cost: u64,
    pub line: Use,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Seconds.
    Call(u32),
    Message,
    /// Bytes.
    Data(u64),
}

/// Where `rate` must end a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Rated,
    UnknownCli,
    GivenBack,
    UnknownDestination,
    Excluded,
    Rejected,
}

/// What makes a line unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The 32nd.
    Date,
    /// A negative duration.
    Duration,
    /// An exponent.
    Cost,
}

/// How much of what is unusual, in 100,000 lines.
mod share {
    pub const UNKNOWN_CLI: u32 = 500;
    pub const LATE: u32 = 500;
    pub const QUOTED: u32 = 2_000;
    pub const UNANSWERED: u32 = 1_500;
}
/// One line of so many cannot be read.
const LINES_PER_FAULT: u64 = 10_000;
/// Words with what must stand in quotes.
const QUOTED: [&str; 3] = ["Ext. 201, reception", "the \"\"Anchor\"\" room", "Hall, 1st floor"];

/// A stream of calls.
pub(super) struct Calls<'b> {
    lines: &'b Lines,
    destinations: &'b Destinations,
    random: Random,
    clock: Clock,
    /// The place of the next line that cannot be read.
    next_fault: u64,
}

impl<'b> Calls<'b> {
    pub fn new(lines: &'b Lines, destinations: &'b Destinations, random: Random, records: u64) -> Self {
        let mut calls = Self { lines, destinations, random, clock: Clock::new(records), next_fault: 0 };
        calls.next_fault = calls.fault_in(0);
        calls
    }

    /// How many lines there are to be.
    pub fn records(&self) -> u64 {
        self.clock.records
    }

    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Some line among the ten thousand that begin with one.
    fn fault_in(&mut self, first: u64) -> u64 {
        let among = self.records().saturating_sub(first).clamp(1, LINES_PER_FAULT);
        first + u64::from(self.random.below(u32::try_from(among).expect("at most ten thousand")))
    }

    /// The usage of the line at a place; places are asked for in their order.
    pub fn at(&mut self, place: u64) -> Usage<'b> {
        let ended = self.clock.second(place);
        let random = &mut self.random;
        // Carriers write calls when they end.
        let began = ended.saturating_sub(random.below(120));
        let line = self.lines.draw(random);
        let to = self.destinations.draw(random);
        let what = draw_what(line.usage, random);
        let mut usage = Usage {
            own: line.number,
            what,
            to,
            other: (usize::from(random.below(5) < 3), random.next()),
            day: began / 86_400 + 1,
            is_late: false,
            second: began % 86_400,
            is_inbound: matches!(line.usage, Use::Freephone | Use::UkWide),
            outcome: Outcome::Rated,
            quoted: None,
            fault: None,
            cost: cost(what, to, line.usage),
            line: line.usage,
        };
        let drawn = random.below(100_000);
        if drawn < share::LATE {
            usage.is_late = true;
            usage.day = (usage.day - 1) % DAYS_BEFORE + 1;
        } else if drawn < share::LATE + share::UNKNOWN_CLI {
            usage.own = unknown(random);
            usage.is_inbound = false;
        }
        let is_unknown = (share::LATE..share::LATE + share::UNKNOWN_CLI).contains(&drawn);
        if random.below(100_000) < share::QUOTED {
            usage.quoted = Some(*random.pick(&QUOTED));
        }
        usage.outcome = outcome(&usage, line, is_unknown);
        if place == self.next_fault {
            let fault = *self.random.pick(&[Fault::Date, Fault::Duration, Fault::Cost]);
            // Only calls have a duration that counts.
            usage.fault = Some(if usage.is_call() { fault } else { Fault::Date });
            usage.outcome = Outcome::Rejected;
        }
        if (place + 1).is_multiple_of(LINES_PER_FAULT) {
            self.next_fault = self.fault_in(place + 1);
        }
        usage
    }
}

fn outcome(usage: &Usage, line: &Line, is_unknown: bool) -> Outcome {
    match usage.to.end {
        _ if is_unknown => Outcome::UnknownCli,
        _ if !usage.is_late && line.is_given_back(usage.day) => Outcome::GivenBack,
        // Inbound calls are known by our number, messages and data by their kind.
        End::Unknown if !usage.is_inbound && usage.is_call() => Outcome::UnknownDestination,
        End::Excluded if !usage.is_inbound && usage.is_call() => Outcome::Excluded,
        _ => Outcome::Rated,
    }
}

impl Usage<'_> {
    fn is_call(&self) -> bool {
        matches!(self.what, What::Call(_))
    }
}

fn draw_what(line: Use, random: &mut Random) -> What {
    match (line, random.below(100)) {
        (Use::Mobile, 0..26) => What::Message,
        // Most sessions are small, few are large.
        (Use::Mobile, 26..42) => {
            What::Data(u64::from(random.between(20, 900)) * u64::from(random.between(1_000, 90_000)))
        }
        _ if random.below(100_000) < share::UNANSWERED => What::Call(0),
        _ => What::Call(duration(random)),
    }
}

/// A place between two of the 64 steps.
fn duration(random: &mut Random) -> u32 {
    let (step, part) = (random.below(64) as usize, random.below(256));
    let (least, most) = (DURATIONS[step], DURATIONS[step + 1]);
    least + (most - least) * part / 256
}

fn cost(what: What, to: &Destination, line: Use) -> u64 {
    let per_minute = match line {
        Use::Freephone => 1_150,
        Use::UkWide => 120,
        Use::Landline | Use::Mobile => to.cost,
    };
    match what {
        What::Call(seconds) => (u64::from(seconds) * u64::from(per_minute) + 30) / 60,
        What::Message => 1_150,
        What::Data(bytes) => bytes * 240 / 1_000_000,
    }
}

/// A number of the right shape that the book does not hold: no line's number begins with a 9 after its area.
fn unknown(random: &mut Random) -> Short {
    let area = AREAS[random.index(AREAS.len())];
    Short::of(&random.digits(&format!("+44{area}9{}", &"xxxxxxx"[..9 - area.len()])))
}

/// Places in the file → moments of the month, by the weights of its hours.
struct Clock {
    records: u64,
    /// The sums of the weights up to each hour of the month.
    before: Vec<u64>,
    hour: usize,
}

impl Clock {
    fn new(records: u64) -> Self {
        let mut before = vec![0];
        for hour in 0..DAYS * 24 {
            let is_weekend = (hour / 24 + 7 - (FIRST_SATURDAY - 1)) % 7 < 2;
            let weight = u64::from(hour_weight(Rhythm::Office, is_weekend, i64::from(hour % 24)));
            before.push(before[before.len() - 1] + weight);
        }
        Self { records, before, hour: 0 }
    }

    /// Seconds of the month up to the line at a place; never less than for the place before.
    fn second(&mut self, place: u64) -> u32 {
        let sum = u128::from(self.before[self.before.len() - 1]);
        // In 3,600ths of a weight, so that an hour's seconds are told apart.
        let reached = u128::from(place) * sum * 3_600 / u128::from(self.records.max(1));
        let before = |hour: usize| u128::from(self.before[hour]) * 3_600;
        while before(self.hour + 1) <= reached {
            self.hour += 1;
        }
        let weight = u128::from(self.before[self.hour + 1] - self.before[self.hour]);
        let within = (reached - before(self.hour)) / weight;
        let hour = u32::try_from(self.hour).expect("744 hours");
        hour * 3_600 + u32::try_from(within).expect("within an hour")
    }
}

/// The code of the time band in FCS files: 1 day, 2 evening, 3 weekend.
pub(super) fn time_band(usage: &Usage) -> u8 {
    // The month before begins two days of the week earlier.
    let first_saturday = if usage.is_late { FIRST_SATURDAY + 2 } else { FIRST_SATURDAY };
    match ((usage.day + 7 - first_saturday) % 7, usage.second / 3_600) {
        (0..=1, _) => b'3',
        (_, 7..=18) => b'1',
        _ => b'2',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_passes_by_the_weights_of_its_hours() {
        let mut clock = Clock::new(1_000_000);
        let seconds: Vec<_> = (0..1_000_000).map(|place| clock.second(place)).collect();
        assert!(seconds.is_sorted() && seconds[0] < 60 && seconds[999_999] > DAYS * 86_400 - 120);
        let on_day = |day: u32| seconds.iter().filter(|second| **second / 86_400 + 1 == day).count();
        // The 3rd is a Saturday, the 5th a Monday.
        assert!(on_day(5) > 4 * on_day(3) && on_day(4) == on_day(3), "{} {}", on_day(5), on_day(3));
    }

    #[test]
    fn half_of_all_calls_are_short_and_few_are_long() {
        let mut random = Random::new(1, "durations");
        let mut drawn: Vec<u32> = (0..10_000).map(|_| duration(&mut random)).collect();
        drawn.sort_unstable();
        assert!((80..90).contains(&drawn[5_000]) && drawn[9_990] > 2_000, "{} {}", drawn[5_000], drawn[9_990]);
    }
}
