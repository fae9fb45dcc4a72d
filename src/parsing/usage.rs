//! The lines of a usage file → [`UsageRecord`]s and [`Reject`]s. What a value may look like is `values`' part, whose
//! usage it is is decided later.

use super::ParseContext;
use super::chunks::Chunk;
use super::columns::Columns;
use super::frame::SourceFile;
use super::layout::{ClockFormat, Contents, DateFormat, Field, FlagWords, TimeFormat, UsageRules, WordOr};
use super::line::{LONGEST_TEXT, Line};
use super::refusal::{Fault, Reject};
use super::split::Fields;
use super::values::{read_amount, read_count, read_duration, read_moment, read_moment_of_two};
use crate::domain::money::{Currency, Price};
use crate::domain::telephone::NumberRules;
use crate::domain::time::{Moment, TimeFlag};
use crate::domain::usage::{Direction, Kind, Text, UsageFlags, UsageRecord};

/// What became of the lines of one chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedUsage {
    /// In the order of the file; `row` counts from 0 in the chunk.
    pub records: Vec<UsageRecord>,
    /// In the order of the file.
    pub rejects: Vec<Reject>,
    /// Lines with nothing but spaces.
    pub blank_lines: u64,
    /// Physical lines of the chunk.
    pub lines: u64,
}

/// What there was in a chunk beside its records; as in [`ParsedUsage`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedLines {
    /// In the order of the file.
    pub rejects: Vec<Reject>,
    /// Lines with nothing but spaces.
    pub blank_lines: u64,
    /// Physical lines of the chunk.
    pub lines: u64,
}

/// Reads one chunk of a usage file. Keeps no state between chunks.
///
/// # Panics
/// If the layout is one of services: the caller's mistake, never a matter of input.
pub fn parse_usage(source: &SourceFile<'_>, chunk: &Chunk, context: &ParseContext<'_>) -> ParsedUsage {
    let mut records = Vec::new();
    let ParsedLines { rejects, blank_lines, lines } = each_usage(source, chunk, context, |record| records.push(record));
    ParsedUsage { records, rejects, blank_lines, lines }
}

/// The same, one record after the other: for work that does not need to hold them.
///
/// # Panics
/// As [`parse_usage`].
pub fn each_usage(
    source: &SourceFile<'_>,
    chunk: &Chunk,
    context: &ParseContext<'_>,
    mut take: impl FnMut(UsageRecord),
) -> ParsedLines {
    let reader = UsageReader::new(source, context);
    let mut parsed = ParsedLines::default();
    let (mut cutter, mut fields, mut row) = (source.cutter_of(chunk), Fields::default(), 0_u32);
    while let Some((record, split)) = cutter.next(&mut fields) {
        parsed.lines += record.lines;
        if record.is_blank() {
            parsed.blank_lines += 1;
            continue;
        }
        let line = Line::of_cut(&record, split, &fields, &source.columns, context.layout);
        match line.and_then(|line| reader.read(&line, row, record.line)) {
            Ok(usage) => {
                take(usage);
                row = row.checked_add(1).expect("a chunk has fewer than 2^32 lines");
            }
            Err(fault) => parsed.rejects.push(fault.on(&record)),
        }
    }
    parsed
}

/// The longest charge band, in characters (C1).
const LONGEST_CHARGE_BAND: usize = 50;
/// The most bytes of one session: a petabyte.
const MOST_BYTES: u64 = 1_000_000_000_000_000;
/// The most messages or events of one record.
const MOST_EVENTS: u64 = 1 << 32;

/// What is the same for all lines of a file.
struct UsageReader<'a> {
    context: &'a ParseContext<'a>,
    rules: &'a UsageRules,
    columns: &'a Columns,
    numbers: NumberRules,
    /// Whether one column says whose it is, whatever the direction; else calling and called do (M5).
    has_cli: bool,
    /// Whether any column says what costs extra (R12).
    has_flags: bool,
}

impl<'a> UsageReader<'a> {
    fn new(source: &'a SourceFile<'_>, context: &'a ParseContext<'a>) -> Self {
        let Contents::Usage(rules) = &context.layout.contents else {
            panic!("layout {} is one of services, not of usage", context.layout.name());
        };
        Self {
            context,
            rules,
            columns: &source.columns,
            numbers: context.layout.number_rules(&context.numbers),
            has_flags: source.columns.index(Field::Flags).is_some() || rules.flags.iter().any(Option::is_some),
            has_cli: context.layout.places.iter().any(|(field, _)| *field == Field::Cli),
        }
    }

    fn read(&self, line: &Line<'_>, row: u32, physical_line: u64) -> Result<UsageRecord, Fault> {
        let direction = line.told(Field::Direction, &self.rules.direction)?;
        let bytes = self.bytes(line)?;
        let kind = self.kind(line, bytes)?;
        let (cli, other_party) = self.parties(line, direction)?;
        let (started, time_flag) = self.started(line)?;
        let units = self.units(line, kind, bytes)?;
        let currency = self.currency(line)?;
        let price = |field| self.price(line, field, currency);
        Ok(UsageRecord {
            row,
            line: physical_line,
            record_id: Some(line.kept(Field::RecordId, LONGEST_TEXT)?).filter(|id| !id.is_empty()),
            kind,
            direction,
            cli,
            other_party,
            started,
            time_flag,
            units,
            cost: price(Field::Cost)?,
            file_sell: price(Field::Sell)?,
            suggested_retail: price(Field::SuggestedRetail)?,
            currency: Some(currency).filter(|currency| *currency != self.context.currency),
            charge_band: line.kept(Field::ChargeBand, LONGEST_CHARGE_BAND)?,
            time_band: self.time_band(line)?,
            description: line.kept(Field::Description, LONGEST_TEXT)?,
            extension: line.kept(Field::Extension, LONGEST_TEXT)?,
            call_id: line.kept(Field::CallId, LONGEST_TEXT)?,
            flags: self.flags(line)?,
        })
    }

    /// Bytes in all, or one way plus the other; `None` where the file says neither.
    fn bytes(&self, line: &Line<'_>) -> Result<Option<u64>, Fault> {
        let count = |field| line.optional(field, |text| read_count(text, MOST_BYTES));
        if let Some(total) = count(Field::Bytes)? {
            return Ok(Some(total));
        }
        let (sent, received) = (count(Field::BytesSent)?, count(Field::BytesReceived)?);
        Ok(if sent.is_none() && received.is_none() { None } else { Some(sent.unwrap_or(0) + received.unwrap_or(0)) })
    }

    fn kind(&self, line: &Line<'_>, bytes: Option<u64>) -> Result<Kind, Fault> {
        if self.rules.kind.data_when_bytes && bytes.is_some_and(|bytes| bytes > 0) {
            return Ok(Kind::Data);
        }
        line.told(Field::Kind, &self.rules.kind.source)
    }

    /// Whose it is, and the other end (M5).
    fn parties(&self, line: &Line<'_>, direction: Direction) -> Result<(Text, Text), Fault> {
        let (ours, theirs) = match (self.has_cli, direction) {
            (true, _) => (Field::Cli, Field::OtherParty),
            (false, Direction::Out) => (Field::Calling, Field::Called),
            (false, Direction::In) => (Field::Called, Field::Calling),
        };
        let cli = line.identifier(ours, &self.numbers)?;
        if cli.is_empty() {
            return Err(line.fault(ours, "is missing".into()));
        }
        Ok((cli, line.identifier(theirs, &self.numbers)?))
    }

    fn started(&self, line: &Line<'_>) -> Result<(Moment, TimeFlag), Fault> {
        let workspace = self.context.workspace_zone;
        let zone = self.rules.zone.as_ref().unwrap_or(workspace);
        if self.columns.index(Field::Started).is_some() {
            return line.value(Field::Started, |text| match text {
                "" => Err("is missing".into()),
                text => read_moment(text, self.rules.time, zone, workspace),
            });
        }
        let places = [Field::StartedDate, Field::StartedTime];
        let texts = [line.text(places[0])?, line.text(places[1])?];
        if let Some(place) = texts.iter().position(|text| text.is_empty()) {
            return Err(line.fault(places[place], "is missing".into()));
        }
        read_moment_of_two([&texts[0], &texts[1]], self.two_formats(), zone, workspace)
            .map_err(|(place, wrong)| line.fault(places[place], wrong))
    }

    fn two_formats(&self) -> (DateFormat, ClockFormat) {
        match self.rules.time {
            TimeFormat::Civil { date, clock, .. } => (date, clock),
            TimeFormat::EpochSeconds => unreachable!("a layout with epoch seconds in two columns is refused"),
        }
    }

    /// Seconds, bytes or a count, as the kind has it.
    fn units(&self, line: &Line<'_>, kind: Kind, bytes: Option<u64>) -> Result<u64, Fault> {
        match kind {
            Kind::Voice => {
                let decimal_comma = self.context.layout.amounts.decimal_comma;
                line.value(Field::Duration, |text| read_duration(text, self.rules.duration, decimal_comma))
            }
            Kind::Data => bytes.ok_or_else(|| line.fault(Field::Bytes, "is missing".into())),
            Kind::Sms | Kind::Event => {
                Ok(line.optional(Field::Quantity, |text| read_count(text, MOST_EVENTS))?.unwrap_or(1))
            }
        }
    }

    /// The currency of the prices: the line's, else the workspace's (X7).
    fn currency(&self, line: &Line<'_>) -> Result<Currency, Fault> {
        let read = |text: &str| Currency::parse(text).ok_or("is no currency code (three capital letters)".into());
        Ok(line.optional(Field::Currency, read)?.unwrap_or(self.context.currency))
    }

    fn price(&self, line: &Line<'_>, field: Field, currency: Currency) -> Result<Option<Price>, Fault> {
        line.optional(field, |text| read_amount(text, &self.context.layout.amounts, currency))
    }

    /// The name of the band that the file's code stands for (R8).
    fn time_band(&self, line: &Line<'_>) -> Result<Text, Fault> {
        if self.columns.index(Field::TimeBand).is_none() {
            return Ok(Text::new());
        }
        let code = line.text(Field::TimeBand)?;
        let Some(words) = self.rules.time_bands.as_ref().filter(|_| !code.is_empty()) else {
            return Ok(code.into());
        };
        let unknown =
            || line.fault(Field::TimeBand, format!("is none of the declared bands: {}", words.known()).into());
        words.meaning(&code).map(|name| name.as_str().into()).ok_or_else(unknown)
    }

    /// The names in the column of flags, and the flags with a column of their own (R12).
    fn flags(&self, line: &Line<'_>) -> Result<UsageFlags, Fault> {
        if !self.has_flags {
            return Ok(UsageFlags::default());
        }
        let names = line.text(Field::Flags)?;
        let mut bits = 0;
        for name in names.split(';').map(str::trim).filter(|name| !name.is_empty()) {
            let Some(bit) = UsageFlags::NAMES.iter().position(|known| *known == name) else {
                let known = UsageFlags::NAMES.join(", ");
                return Err(
                    line.fault(Field::Flags, format!("holds the unknown flag {name:?}; there are {known}").into())
                );
            };
            bits |= 1 << bit;
        }
        for (bit, words) in self.rules.flags.iter().enumerate() {
            let field = [Field::MobileOrigin, Field::Payphone, Field::Recorded][bit];
            if let Some(words) = words
                && is_set(line, field, words)?
            {
                bits |= 1 << bit;
            }
        }
        Ok(UsageFlags::from_bits(bits))
    }
}

fn is_set(line: &Line<'_>, field: Field, words: &FlagWords) -> Result<bool, Fault> {
    let text = line.text(field)?;
    let among = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(&text));
    match &words.no {
        _ if among(&words.yes) => Ok(true),
        Some(no) if !among(no) => Err(line.fault(field, "is neither a declared yes nor a declared no".into())),
        _ => Ok(false),
    }
}

impl Line<'_> {
    /// A value that is fixed, or told by the word in a column.
    pub(super) fn told<T: Copy>(&self, field: Field, source: &WordOr<T>) -> Result<T, Fault> {
        let words = match source {
            WordOr::Fixed(value) => return Ok(*value),
            WordOr::Word(words) => words,
        };
        self.value(field, |word| {
            words.meaning(word).copied().ok_or_else(|| match word {
                "" => "is missing".into(),
                _ => format!("is none of the declared words: {}", words.known()).into(),
            })
        })
    }
}
