//! Lines → calls and other usage of October, drawn so that hours, durations and answers look like those of real offices
//! (docs/data-sources.md). Does not know how a supplier writes them.

use super::calendar::{Elapsed, Starts, date, is_business_hour};
use super::lines::{Access, Line};
use super::numbers::{DESTINATIONS, DRAMA_RANGES, Destination, GEOGRAPHIC, MOBILE};
use super::random::Random;

/// How an attempt to call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::enum_variant_names, reason = "the words of the field: answered, no answer, busy, failed")]
pub(super) enum Answer {
    Answered,
    Unanswered,
    Busy,
    Failed,
}

/// A call, or an attempt at one.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub line: usize,
    pub start: Elapsed,
    /// Somebody called our line.
    pub is_inbound: bool,
    /// Our number as the file has it.
    pub own: String,
    /// The other end.
    pub other: String,
    /// Where it went; of inbound calls, unused.
    pub destination: &'static Destination,
    pub answer: Answer,
    pub ring: u32,
    /// Of talk; 0 unless answered.
    pub seconds: u32,
    pub extension: &'static str,
    pub is_recorded: bool,
}

/// Draws calls on lines.
pub(super) struct Caller<'l> {
    lines: &'l [Line],
    starts: Starts,
    random: Random,
    /// Further calls that begin in the second of the last one.
    burst: (u32, Elapsed),
}

impl<'l> Caller<'l> {
    pub fn new(lines: &'l [Line], random: Random) -> Self {
        Self { lines, starts: Starts::new(), random, burst: (0, 0) }
    }

    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// So many calls on the lines of some kinds, by their pace; and those of quiet customers beside.
    pub fn calls(&mut self, kinds: &[Access], count: usize) -> Vec<Call> {
        let lines = self.lines;
        let of_kind: Vec<usize> = (0..lines.len()).filter(|line| kinds.contains(&lines[*line].access)).collect();
        let paces: Vec<u32> = of_kind.iter().map(|line| lines[*line].pace()).collect();
        let mut calls = Vec::with_capacity(count + 64);
        for line in &of_kind {
            for _ in 0..lines[*line].customer.quiet_calls {
                calls.push(self.quiet_call(*line));
            }
        }
        while calls.len() < count {
            let line = of_kind[self.random.weighted(paces.iter().copied())];
            let start = self.start(line);
            calls.push(self.call(line, start));
        }
        calls
    }

    /// A moment on a day on which the line is used.
    fn start(&mut self, line: usize) -> Elapsed {
        let (valid, used) = (self.lines[line].valid, self.lines[line].used);
        let is_used = |at| valid.contains(date(at)) && used.contains(date(at));
        if self.burst.0 > 0 && is_used(self.burst.1) {
            self.burst.0 -= 1;
            return self.burst.1;
        }
        let rhythm = self.lines[line].rhythm();
        let start = loop {
            let start = self.starts.draw(&mut self.random, rhythm);
            if is_used(start) {
                break start;
            }
        };
        // 0.7 % of seconds see three to eight calls begin.
        if self.random.per_mille(7) {
            self.burst = (self.random.between(2, 7), start);
        }
        start
    }

    /// A call at a given moment.
    pub fn call(&mut self, line: usize, start: Elapsed) -> Call {
        let access = self.lines[line].access;
        let business = is_business_hour(start);
        let is_inbound = match access {
            Access::Inbound => true,
            Access::Sip | Access::Wlr | Access::Mobile => false,
            // In office hours 43 come in for 45 that go out, else 54 for 28.
            Access::Hosted | Access::Trunk => {
                self.random.weighted([if business { 43 } else { 66 }, if business { 45 } else { 34 }].into_iter()) == 0
            }
        };
        let chosen = self.random.weighted(DESTINATIONS.iter().map(|destination| destination.weight));
        let answer = self.answer(access, is_inbound);
        let mut call = self.call_to(line, start, &DESTINATIONS[chosen]);
        call.answer = answer;
        call.seconds = if answer == Answer::Answered { self.talk(is_inbound) } else { 0 };
        call.is_inbound = is_inbound;
        if is_inbound {
            call.other = self.caller_number();
        }
        call
    }

    /// A short UK call, of a customer that hardly makes any.
    fn quiet_call(&mut self, line: usize) -> Call {
        let start = self.start(line);
        Call { seconds: self.random.between(35, 80), ..self.call_to(line, start, &DESTINATIONS[GEOGRAPHIC]) }
    }

    /// An answered call of five minutes and some to a given destination.
    pub fn call_to(&mut self, line: usize, start: Elapsed, destination: &'static Destination) -> Call {
        let random = &mut self.random;
        let held = &self.lines[line];
        let own = match &held.alternate {
            Some(alternate) if random.per_mille(200) => alternate.clone(),
            _ => random.digits(&held.number),
        };
        let pattern = *random.pick(destination.patterns);
        // A desk with an extension of its own shares its number with all others.
        let shares_number = held.customer.account == "HV1003" && held.description == "Main number";
        let extension = match held.extension {
            "" if shares_number => *random.pick(&["", "201", "311"]),
            own => own,
        };
        Call {
            line,
            start,
            is_inbound: false,
            own,
            other: random.digits(pattern),
            destination,
            answer: Answer::Answered,
            ring: random.between(2, 24),
            seconds: random.between(280, 360),
            extension,
            is_recorded: held.customer.account == "HV1003" && random.per_mille(300),
        }
    }

    fn answer(&mut self, access: Access, is_inbound: bool) -> Answer {
        // A carrier's file lists calls that cost something; only switches list the others.
        if !matches!(access, Access::Hosted | Access::Trunk) {
            return Answer::Answered;
        }
        let shares: [u32; 4] = if is_inbound { [76, 13, 7, 4] } else { [70, 16, 8, 6] };
        let drawn = self.random.weighted(shares.into_iter());
        [Answer::Answered, Answer::Unanswered, Answer::Busy, Answer::Failed][drawn]
    }

    /// Seconds of talk: short, medium or long.
    fn talk(&mut self, is_inbound: bool) -> u32 {
        let mix: [u32; 3] = if is_inbound { [35, 52, 13] } else { [45, 45, 10] };
        match self.random.weighted(mix.into_iter()) {
            0 => self.random.between(35, 180),
            1 => self.random.between(181, 720),
            _ => self.random.between(721, 2_700),
        }
    }

    fn caller_number(&mut self) -> String {
        let range = if self.random.per_mille(450) { MOBILE } else { DRAMA_RANGES[self.random.index(14)] };
        self.random.digits(range)
    }

    /// What a mobile did at the moment of a call: called, sent a message, used data.
    pub fn mobile_usage(&mut self, call: Call) -> MobileUsage {
        let random = &mut self.random;
        let what = match random.weighted([36, 26, 3, 30, 2, 3].into_iter()) {
            0 => Mobile::Voice,
            1 => Mobile::Message,
            2 => Mobile::MessageAbroad,
            // Most sessions are small, few are large.
            3 => Mobile::Data(u64::from(random.between(20, 900)) * u64::from(random.between(1_000, 90_000))),
            4 => Mobile::Roaming(u64::from(random.between(50, 9_000)) * 1_000, "EUR"),
            _ => Mobile::Picture,
        };
        MobileUsage { call, what }
    }
}

/// What a mobile did, at the moment and on the line of a call.
#[derive(Clone, Debug)]
pub(super) struct MobileUsage {
    pub call: Call,
    pub what: Mobile,
}

/// Kinds of mobile usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mobile {
    Voice,
    Message,
    MessageAbroad,
    Picture,
    /// Bytes.
    Data(u64),
    /// Bytes, and the currency of their cost.
    Roaming(u64, &'static str),
}
