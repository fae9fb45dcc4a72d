//! Calls → the lines of the carrier's file, in the generic layout or in the UK standard format, some of them twice.
//! Counts what it wrote.

use std::io::{self, Write};
use std::path::Path;

use super::calls::{Calls, Fault, Outcome, Usage, What, time_band};
use super::lines::Use;
use super::text::{push_clock, push_number, push_padded, push_pounds};
use super::{Dispositions, Planted, UsageLayout};
use crate::bench::plan::Plan;
use crate::demo::formats::fcs_header;
use crate::demo::random::Random;
use crate::files::AtomicFile;

const GENERIC_HEADER: &str =
    "record_id,kind,direction,cli,other_party,started_at,duration,bytes,quantity,cost,description\n";
/// Bytes gathered before they are written.
const BATCH: usize = 1 << 20;
/// Of 100,000 lines so many come again.
const REPEATED: u32 = 200;
/// Earlier lines that may come again.
const KEPT: usize = 1_024;

/// What was written.
pub(super) struct Written {
    pub bytes: u64,
    pub dispositions: Dispositions,
    pub planted: Planted,
}

/// Writes the file; `advance` is told how many lines each batch had.
pub(super) fn write(
    path: &Path,
    layout: UsageLayout,
    mut calls: Calls,
    mut advance: impl FnMut(u64),
) -> io::Result<Written> {
    let mut file = AtomicFile::create(path)?;
    let mut batch = Vec::with_capacity(BATCH + 1_024);
    let header = match layout {
        UsageLayout::Generic => GENERIC_HEADER.to_owned(),
        UsageLayout::FcsV3 => fcs_header(),
    };
    batch.extend_from_slice(header.as_bytes());
    let mut written = Written { bytes: 0, dispositions: Dispositions::default(), planted: Planted::default() };
    let (mut kept, mut told, records) = (Kept::default(), 0, calls.records());
    let bands = InboundBands::new();
    for place in 0..records {
        let start = batch.len();
        let usage = calls.at(place);
        let mut seen = Seen::of(&usage);
        match layout {
            UsageLayout::Generic => push_generic(&mut batch, place, &usage),
            UsageLayout::FcsV3 => push_fcs(&mut batch, place, &usage, &bands),
        }
        if seen.outcome != Outcome::Rejected
            && let Some((line, earlier)) = kept.again(calls.random())
        {
            batch.truncate(start);
            batch.extend_from_slice(line);
            seen = Seen { is_repeated: true, ..earlier };
        } else {
            kept.keep(&batch[start..], seen, place);
        }
        seen.count(&mut written);
        if batch.len() >= BATCH || place + 1 == records {
            file.write_all(&batch)?;
            written.bytes += batch.len() as u64;
            batch.clear();
            advance(place + 1 - told);
            told = place + 1;
        }
    }
    if records == 0 {
        file.write_all(&batch)?;
        written.bytes = batch.len() as u64;
    }
    file.commit()?;
    Ok(written)
}

/// What is counted of a line.
#[derive(Clone, Copy)]
struct Seen {
    outcome: Outcome,
    what: What,
    is_late: bool,
    is_inbound: bool,
    is_quoted: bool,
    is_repeated: bool,
}

impl Seen {
    fn of(usage: &Usage) -> Self {
        Self {
            outcome: usage.outcome,
            what: usage.what,
            is_late: usage.is_late,
            is_inbound: usage.is_inbound,
            is_quoted: usage.quoted.is_some(),
            is_repeated: false,
        }
    }

    fn count(self, written: &mut Written) {
        let (ended, planted) = (&mut written.dispositions, &mut written.planted);
        *match self.outcome {
            Outcome::Rated => &mut ended.rated,
            Outcome::UnknownCli => &mut ended.unknown_cli,
            Outcome::GivenBack => &mut ended.cli_not_billable_on_date,
            Outcome::UnknownDestination => &mut ended.unknown_call_type,
            Outcome::Excluded => &mut ended.call_type_excluded,
            Outcome::Rejected => &mut ended.rejected,
        } += 1;
        planted.repeated += u64::from(self.is_repeated);
        planted.late += u64::from(self.is_late);
        planted.quoted += u64::from(self.is_quoted);
        planted.inbound += u64::from(self.is_inbound);
        planted.unanswered += u64::from(self.what == What::Call(0));
        planted.messages += u64::from(self.what == What::Message);
        planted.data += u64::from(matches!(self.what, What::Data(_)));
    }
}

/// Some earlier lines: at most [`KEPT`], which keep changing.
#[derive(Default)]
struct Kept(Vec<(Vec<u8>, Seen)>);

impl Kept {
    /// A line that comes again now.
    fn again(&self, random: &mut Random) -> Option<(&[u8], Seen)> {
        let comes = random.below(100_000) < REPEATED && !self.0.is_empty();
        let (line, seen) = comes.then(|| &self.0[random.index(self.0.len())])?;
        Some((line, *seen))
    }

    fn keep(&mut self, line: &[u8], seen: Seen, place: u64) {
        if seen.outcome == Outcome::Rejected || !place.is_multiple_of(61) {
            return;
        }
        if self.0.len() < KEPT {
            self.0.push((line.to_vec(), seen));
            return;
        }
        let at = usize::try_from(place / 61 % KEPT as u64).expect("below a thousand");
        let (kept, of) = &mut self.0[at];
        kept.clear();
        kept.extend_from_slice(line);
        *of = seen;
    }
}

fn push_id(line: &mut Vec<u8>, place: u64) {
    line.push(b'W');
    push_padded(line, place + 1, 10);
}

fn push_other(line: &mut Vec<u8>, usage: &Usage) {
    let (way, last) = usage.other;
    // Who calls us is a UK mobile or landline, whatever our lines call.
    if usage.is_inbound {
        line.extend_from_slice(if way == 0 { b"+4477" } else { b"0161" });
        push_padded(line, last, if way == 0 { 8 } else { 7 });
        return;
    }
    line.extend_from_slice(usage.to.written[way].bytes());
    push_padded(line, last, usage.to.digits as usize);
}

fn push_duration(line: &mut Vec<u8>, seconds: u32, fault: Option<Fault>) {
    if fault == Some(Fault::Duration) {
        line.push(b'-');
        push_number(line, u64::from(seconds) + 1);
    } else {
        push_number(line, u64::from(seconds));
    }
}

fn push_cost(line: &mut Vec<u8>, usage: &Usage) {
    push_pounds(line, usage.cost);
    if usage.fault == Some(Fault::Cost) {
        line.extend_from_slice(b"e1");
    }
}

fn day_of(usage: &Usage) -> u64 {
    if usage.fault == Some(Fault::Date) { 32 } else { u64::from(usage.day) }
}

fn push_generic(line: &mut Vec<u8>, place: u64, usage: &Usage) {
    push_id(line, place);
    line.extend_from_slice(match usage.what {
        What::Call(_) => b",voice,",
        What::Message => b",sms,",
        What::Data(_) => b",data,",
    });
    line.extend_from_slice(if usage.is_inbound { b"in," } else { b"," });
    line.extend_from_slice(usage.own.bytes());
    line.push(b',');
    if !matches!(usage.what, What::Data(_)) {
        push_other(line, usage);
    }
    line.extend_from_slice(if usage.is_late { b",2026-09-" } else { b",2026-10-" });
    push_padded(line, day_of(usage), 2);
    line.push(b' ');
    push_clock(line, usage.second);
    line.push(b',');
    match usage.what {
        What::Call(seconds) => {
            push_duration(line, seconds, usage.fault);
            line.extend_from_slice(b",,");
        }
        What::Message => {
            line.extend_from_slice(b",,");
            push_duration(line, 1, usage.fault);
        }
        What::Data(bytes) => {
            line.push(b',');
            if usage.fault == Some(Fault::Duration) {
                line.push(b'-');
            }
            push_number(line, bytes);
            line.push(b',');
        }
    }
    line.push(b',');
    push_cost(line, usage);
    line.push(b',');
    if let Some(words) = usage.quoted {
        line.push(b'"');
        line.extend_from_slice(words.as_bytes());
        line.push(b'"');
    }
    line.push(b'\n');
}

/// The charge bands of inbound calls.
struct InboundBands {
    freephone: String,
    uk_wide: String,
    message: String,
    data: String,
}

impl InboundBands {
    fn new() -> Self {
        let plan = Plan::shipped();
        let band = |call_type| Plan::band(plan.find(call_type));
        Self {
            freephone: band("inbound_freephone"),
            uk_wide: band("inbound_uk_wide"),
            message: band("uk_sms"),
            data: band("uk_data"),
        }
    }

    fn of<'a>(&'a self, usage: &'a Usage) -> &'a [u8] {
        match (usage.what, usage.is_inbound, usage.line) {
            (What::Message, ..) => self.message.as_bytes(),
            (What::Data(_), ..) => self.data.as_bytes(),
            (What::Call(_), true, Use::Freephone) => self.freephone.as_bytes(),
            (What::Call(_), true, _) => self.uk_wide.as_bytes(),
            (What::Call(_), false, _) => usage.to.band.bytes(),
        }
    }
}

/// All 42 columns, in quotes.
fn push_fcs(line: &mut Vec<u8>, place: u64, usage: &Usage, bands: &InboundBands) {
    line.extend_from_slice(match usage.what {
        What::Call(_) => b"\"V\",\"\",\"",
        What::Message => b"\"S\",\"\",\"",
        What::Data(_) => b"\"G\",\"\",\"",
    });
    line.extend_from_slice(usage.own.bytes());
    line.extend_from_slice(b"\",\"");
    if !matches!(usage.what, What::Data(_)) {
        push_other(line, usage);
    }
    line.extend_from_slice(b"\",\"");
    push_padded(line, day_of(usage), 2);
    line.extend_from_slice(if usage.is_late { b"/09/2026\",\"" } else { b"/10/2026\",\"" });
    push_clock(line, usage.second);
    line.extend_from_slice(b"\",\"");
    let seconds = if let What::Call(seconds) = usage.what { seconds } else { 1 };
    push_duration(line, seconds, usage.fault);
    line.extend_from_slice(b"\",\"\",\"\",\"");
    match usage.quoted {
        Some(words) => line.extend_from_slice(words.as_bytes()),
        None if usage.is_inbound => line.extend_from_slice(b"inbound call"),
        None => line.extend_from_slice(usage.to.words.as_bytes()),
    }
    line.extend_from_slice(b"\",\"");
    line.extend_from_slice(bands.of(usage));
    line.extend_from_slice(b"\",\"");
    line.push(time_band(usage));
    line.extend_from_slice(b"\",\"");
    push_cost(line, usage);
    line.extend_from_slice(b"\",\"");
    push_pounds(line, usage.cost);
    line.extend_from_slice(b"\",\"\",\"\",\"GR");
    push_padded(line, place / 3, 8);
    line.extend_from_slice(match (usage.is_inbound, usage.line) {
        (true, _) => {
            b"\",\"INBOUND\",\"BENCHTEL\",\"N\",\"\",\"GBR\",\"FIXED\",\"RT-2026-10\",\"\",\"\",\"\",\"".as_slice()
        }
        (false, Use::Mobile) => {
            b"\",\"MOB\",\"BENCHTEL\",\"N\",\"\",\"GBR\",\"MOBILE\",\"RT-2026-10\",\"\",\"\",\"\",\""
        }
        (false, _) => b"\",\"SIPD\",\"BENCHTEL\",\"N\",\"\",\"GBR\",\"FIXED\",\"RT-2026-10\",\"\",\"\",\"\",\"",
    });
    push_number(line, place % 23 + 2);
    line.extend_from_slice(b"\",\"");
    push_id(line, place);
    line.extend_from_slice(b"\",\"GBP\",\"");
    line.extend_from_slice(usage.own.bytes());
    line.extend_from_slice(b"\",\"\",\"\",\"\",\"");
    if let What::Data(bytes) = usage.what {
        push_number(line, bytes);
    }
    line.extend_from_slice(b"\",\"\",\"\",\"Business Voice 24\",\"\",\"\",\"\",\"RC00001\"\r\n");
}
