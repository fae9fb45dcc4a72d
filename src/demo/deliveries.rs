//! Calls → the files that the suppliers send, with all that goes wrong in real ones: records that nobody can match,
//! files and records that come twice, lines that cannot be read. Counts what was planted.

use std::io;
use std::path::Path;

use super::calendar::{Elapsed, MONTH_END, around_clock_change};
use super::formats::{
    FcsRecord, GENERIC_HEADER, asterisk_line, fcs_cells, fcs_column, fcs_header, fcs_line, freeswitch_line,
    generic_cells, generic_line,
};
use super::lines::{Access, Line};
use super::numbers::{DESTINATIONS, GEOGRAPHIC, SATELLITE, numbered, unknown};
use super::planted::is_plain;
use super::prices::cost_of;
use super::random::Random;
use super::traffic::{Call, Caller, Mobile};
use super::{FileKind, Planted, SampleFile};
use crate::domain::time::DateRange;
use crate::files::write_atomically;

const DAY: Elapsed = 86_400;
const HOUR: Elapsed = 3_600;

/// Makes a line of a log unreadable.
type Spoil = fn(&str) -> String;

/// The files written so far, and what is in them.
pub(super) struct Deliveries<'a> {
    folder: &'a Path,
    lines: &'a [Line],
    seed: u64,
    pub files: Vec<SampleFile>,
    pub planted: Planted,
}

impl<'a> Deliveries<'a> {
    pub fn new(folder: &'a Path, lines: &'a [Line], seed: u64) -> Self {
        Self { folder, lines, seed, files: Vec::new(), planted: Planted::default() }
    }

    fn caller(&self, supplier: &str) -> Caller<'a> {
        Caller::new(self.lines, Random::new(self.seed, supplier))
    }

    fn write(&mut self, name: &str, supplier: &'static str, layout: &'static str, text: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        write_atomically(&path, text.as_bytes())?;
        self.files.push(SampleFile { path, supplier, layout, kind: FileKind::Usage, is_resent: false });
        Ok(())
    }

    /// All calls of the lines of some kinds, in the order of time: usual ones, some of them on numbers that the book
    /// does not hold, and unusual ones.
    fn calls(&self, caller: &mut Caller, kinds: &[Access], count: usize) -> Vec<Call> {
        let mut calls = caller.calls(kinds, count);
        for call in &mut calls {
            let line = &self.lines[call.line];
            if caller.random().per_mille(4) && line.extension.is_empty() && line.customer.quiet_calls == 0 {
                call.own = unknown(caller.random());
            }
        }
        self.add_unusual(caller, kinds, &mut calls);
        calls
    }

    /// Calls at unusual moments: in September, after the month, in the hour that comes twice, outside a line's dates.
    fn add_unusual(&self, caller: &mut Caller, kinds: &[Access], calls: &mut Vec<Call>) {
        let always = |line: &Line| line.valid == DateRange::ALWAYS && line.used == DateRange::ALWAYS && line.pace() > 0;
        let of_kind = || self.lines.iter().enumerate().filter(|(_, line)| kinds.contains(&line.access));
        let usual: Vec<usize> = of_kind().filter(|(_, line)| always(line)).map(|(at, _)| at).collect();
        for number in 0..30 {
            let line = *caller.random().pick(&usual);
            let start = around_clock_change(caller.random());
            calls.push(caller.call(line, start));
            if number % 2 == 0 {
                let start = MONTH_END + Elapsed::from(caller.random().below(7_200));
                calls.push(caller.call(line, start));
            }
            if kinds.contains(&Access::Sip) {
                let start = -Elapsed::from(caller.random().between(6 * 3_600, 3 * 86_400));
                calls.push(caller.call(line, start));
            }
        }
        for (at, line) in of_kind() {
            // The number that moved to another customer is somebody's on every day.
            let outside = match (line.valid.from, line.valid.to) {
                (Some(from), None) if from.day() != 16 => 3 * DAY,
                (None, Some(to)) if to.day() != 15 => 27 * DAY,
                _ => continue,
            };
            calls.extend((9..13).map(|hour| caller.call(at, outside + hour * HOUR + 17)));
        }
    }

    /// Northlight: a file a week, one of them sent again under another name, and one with corrections that repeats
    /// records of two weeks.
    pub fn northlight(&mut self, count: usize) -> io::Result<()> {
        let mut caller = self.caller("northlight");
        let mut calls = self.calls(&mut caller, &[Access::Sip, Access::Wlr, Access::Inbound], count);
        let probe = |number: Elapsed| Call {
            own: numbered("+441632960xxx", 999),
            ..caller.call_to(0, (number + 2) * DAY + 600, &DESTINATIONS[GEOGRAPHIC])
        };
        calls.extend((0..9).map(probe));
        // These have a cost, so that a markup prices them.
        calls.extend((10..15).map(|day| caller.call_to(0, day * DAY + 40_000, &SATELLITE)));
        let mut records = self.numbered_records(calls, 1);
        self.spoil_bands(&mut records);
        let mut rest = records.as_slice();
        for week in 1..=5 {
            let end = Elapsed::from(week) * 7 * DAY;
            let (of_week, later) = rest.split_at(rest.partition_point(|record| record.call.start < end));
            let text = self.fcs_text(of_week, if week < 5 { 3 } else { 0 });
            self.write(&format!("northlight_cdr_week{week}.csv"), "northlight", "fcs-v3", &text)?;
            rest = later;
            if week == 3 {
                self.resend_second_week()?;
                let third_week = records.partition_point(|record| record.call.start < 14 * DAY);
                self.correct(&mut caller, &records[third_week - 400..third_week + 200])?;
            }
        }
        Ok(())
    }

    /// The same bytes under another name.
    fn resend_second_week(&mut self) -> io::Result<()> {
        let path = self.folder.join("northlight_cdr_week2_resent.csv");
        write_atomically(&path, &std::fs::read(&self.files[1].path)?)?;
        self.files.push(SampleFile { path, is_resent: true, ..self.files[1].clone() });
        Ok(())
    }

    /// Records that came before, six of them with another duration, and some new ones.
    fn correct(&mut self, caller: &mut Caller, before: &[FcsRecord]) -> io::Result<()> {
        let mut records = before.to_vec();
        for record in records.iter_mut().step_by(100) {
            record.call.seconds += 61;
            self.planted.conflicting += 1;
        }
        self.planted.duplicates += sum(records.len()) - self.planted.conflicting;
        let new = caller.calls(&[Access::Sip], 150);
        records.extend(self.numbered_records(new, 9_000_000));
        let text = self.fcs_text(&records, 0);
        self.write("northlight_cdr_corrections.csv", "northlight", "fcs-v3", &text)
    }

    /// In the order of time, with the supplier's ids; counted.
    fn numbered_records(&mut self, mut calls: Vec<Call>, first: usize) -> Vec<FcsRecord> {
        calls.sort_by_key(|call| call.start);
        calls.iter().for_each(|call| self.planted.count(call, &self.lines[call.line], true));
        let record = |(number, call)| FcsRecord::new(call, format!("NL2610{number:09}"));
        (first..).zip(calls).map(record).collect()
    }

    /// Bands that the book does not know: most numbers tell their type all the same, some do not. And prices that are
    /// not those of the price list.
    fn spoil_bands(&mut self, records: &mut [FcsRecord]) {
        let is_usual = |record: &FcsRecord| {
            matches!(record.band, "UKGEO" | "UKMOB") && is_plain(&record.call, &self.lines[record.call.line])
        };
        let usual: Vec<usize> = (0..records.len()).filter(|at| is_usual(&records[*at])).collect();
        for (number, at) in usual.iter().skip(7).step_by(usual.len() / 40).take(38).enumerate() {
            let record = &mut records[*at];
            match number {
                0..6 => {
                    record.call.other = "22550".to_owned();
                    (record.band, record.cost) = ("VMAIL", 0);
                    self.planted.unknown_call_types += 1;
                    self.planted.unknown_bands += 1;
                }
                6..18 => {
                    record.band = if record.band == "UKMOB" { "UK MOB" } else { "UKGE0" };
                    self.planted.unknown_bands += 1;
                }
                _ => {
                    record.cost = cost_of(record.call.seconds, 3 * record.call.destination.cost + 900);
                    self.planted.overpriced += 1;
                }
            }
        }
    }

    /// A file of Northlight, with some lines that cannot be read among the others.
    fn fcs_text(&mut self, records: &[FcsRecord], bad: usize) -> String {
        let mut text = fcs_header();
        for (position, record) in records.iter().enumerate() {
            let cells = fcs_cells(record, &self.lines[record.call.line]);
            text.push_str(&fcs_line(&cells));
            let share = records.len() / (bad + 1);
            if bad > 0 && position % share == share - 1 && position / share < bad {
                text.push_str(&fcs_line(&bad_fcs_cells(cells, self.planted.bad_lines)));
                self.planted.bad_lines += 1;
            }
        }
        text
    }

    /// Vale Hosted: Asterisk's log, cut in the middle of the month with an overlap.
    pub fn vale_hosted(&mut self, count: usize) -> io::Result<()> {
        let mut caller = self.caller("vale-hosted");
        let calls = self.switch_calls(&mut caller, Access::Hosted, count, 12);
        let all = (1..).zip(&calls).map(|(sequence, call)| asterisk_line(call, &self.lines[call.line], sequence));
        let spoil: [Spoil; 3] = [
            |line| line.replacen("\"2026-1", "\"2026-3", 1),
            |line| line.replacen("\"2026-", "\"20x6-", 1),
            |line| line.split(",\"DOCUMENTATION\"").next().unwrap_or("").to_owned() + "\n",
        ];
        let all = all.collect();
        self.write_log("vale_hosted_Master", ("vale-hosted", "asterisk-master"), all, 25, &spoil)
    }

    /// Saltmarsh: FreeSWITCH's log, cut likewise.
    pub fn saltmarsh(&mut self, count: usize) -> io::Result<()> {
        let mut caller = self.caller("saltmarsh");
        let calls = self.switch_calls(&mut caller, Access::Trunk, count, 6);
        let mut ids = Random::new(self.seed, "saltmarsh ids");
        let all = calls.iter().map(|call| freeswitch_line(call, &self.lines[call.line], &mut ids)).collect();
        let spoil: [Spoil; 2] = [
            |line| line.replacen("\"2026-1", "\"2026-4", 1),
            |line| line.replacen(",\"PCMA\",\"PCMA\"", ",\"PCMA\"", 1),
        ];
        self.write_log("saltmarsh_cdr", ("saltmarsh", "freeswitch-csv"), all, 15, &spoil)
    }

    /// The calls of a switch that knows no prices, some of them to ships, for which there is no rate.
    fn switch_calls(&mut self, caller: &mut Caller, access: Access, count: usize, to_ships: i64) -> Vec<Call> {
        let mut calls = self.calls(caller, &[access], count);
        let line = self.lines.iter().position(|line| line.access == access).expect("each switch has lines");
        calls.extend((0..to_ships).map(|number| caller.call_to(line, (number + 5) * DAY + 51_000, &SATELLITE)));
        self.planted.no_rate += to_ships.unsigned_abs();
        calls.sort_by_key(|call| call.start);
        calls.iter().for_each(|call| self.planted.count(call, &self.lines[call.line], true));
        calls
    }

    /// Two files of a log: the second begins with the last lines of the first. Bad lines stand in the second.
    fn write_log(
        &mut self,
        name: &str,
        (supplier, layout): (&'static str, &'static str),
        lines: Vec<String>,
        overlap: usize,
        spoil: &[Spoil],
    ) -> io::Result<()> {
        let middle = lines.len() / 2;
        self.write(&format!("{name}_1.csv"), supplier, layout, &lines[..middle].concat())?;
        let mut second = lines[middle - overlap..].to_vec();
        for (number, spoil_one) in (1..).zip(spoil) {
            let place = number * second.len() / (spoil.len() + 2);
            let bad = spoil_one(&second[place]);
            second.insert(place, bad);
        }
        self.planted.duplicates += sum(overlap);
        self.planted.bad_lines += sum(spoil.len());
        self.write(&format!("{name}_2.csv"), supplier, layout, &second.concat())
    }

    /// Kittiwake: mobile usage, in the generic layout.
    pub fn kittiwake(&mut self, count: usize) -> io::Result<()> {
        let mut caller = self.caller("kittiwake");
        let mut calls = self.calls(&mut caller, &[Access::Mobile], count);
        calls.sort_by_key(|call| call.start);
        let mut usage: Vec<_> = calls.into_iter().map(|call| caller.mobile_usage(call)).collect();
        for record in &usage {
            let is_voice = record.what == Mobile::Voice;
            self.planted.count(&record.call, &self.lines[record.call.line], is_voice);
        }
        let plain = usage.iter_mut().filter(|record| is_plain(&record.call, &self.lines[record.call.line]));
        let currencies = plain.filter_map(|record| match &mut record.what {
            Mobile::Roaming(_, currency) => Some(currency),
            _ => None,
        });
        for currency in currencies.take(4) {
            *currency = "USD";
            self.planted.no_exchange_rate += 1;
        }
        let mut text = GENERIC_HEADER.to_owned();
        for (sequence, record) in (1..).zip(&usage) {
            let mut cells = generic_cells(record, sequence);
            text.push_str(&generic_line(&cells));
            let spoilt = match sequence {
                700 => Some((9, "1e5")),
                2_100 => Some((5, "2026-10-32 10:00:00")),
                _ => None,
            };
            if let Some((column, value)) = spoilt {
                (cells[0], cells[column]) = (format!("KW2610-9{sequence:05}"), value.to_owned());
                text.push_str(&generic_line(&cells));
                self.planted.bad_lines += 1;
            }
        }
        self.write("kittiwake_mobile_2026-10.csv", "kittiwake", "generic", &text)
    }
}

fn sum(count: usize) -> u64 {
    u64::try_from(count).expect("fewer than 2^64 records")
}

/// The same call with an id of its own, and one thing in it that cannot be read.
fn bad_fcs_cells(mut cells: Vec<String>, number: u64) -> Vec<String> {
    use fcs_column::{DATE, DURATION, PRICE, RECORD_ID, TIME};
    const SPOILT: [(usize, &str); 10] = [
        (DATE, "31/09/2026"),
        (PRICE, "1e5"),
        (DURATION, "1:02:03"),
        (PRICE, "1,234.50"),
        (TIME, "24:61:00"),
        (DURATION, "-12"),
        (DATE, "2026-10-09"),
        (PRICE, "£0.02"),
        (DURATION, "12s"),
        (PRICE, "NaN"),
    ];
    cells[RECORD_ID] = format!("NL2610{:09}", 8_000_000 + number);
    match SPOILT.get(usize::try_from(number).unwrap_or(usize::MAX)) {
        Some((column, value)) => (*value).clone_into(&mut cells[*column]),
        // A column too few.
        None => cells.truncate(cells.len() - 1),
    }
    cells
}
