//! The sections of a layout file → a [`Layout`], checked: every word known, every needed field given a place, no
//! section that the type of the layout does not use. Looks at no usage file.

use std::collections::BTreeMap;

use super::declaration::{Declaration, FileSection, FlagSection, KindSection, TrailerSection, WordsSection};
use super::fields::{Field, Place};
use super::formats::{AmountFormat, DateFormat, DurationUnit, MonthFormat, TimeFormat, choose};
use super::{
    BareDigits, BrokenPart, Contents, Dialect, Encoding, FlagWords, Header, KindRule, Layout, LayoutError, Quoting,
    ServiceRules, TrailerForm, UsageRules, WordOr, Words,
};
use crate::domain::charge::ServiceEvent;
use crate::domain::time::Zone;
use crate::domain::usage::{Direction, Kind, UsageFlags};

const KINDS: &str = "voice, data, sms, event";
const DIRECTIONS: &str = "out, in";
const EVENTS: &str = "rental, connection, cease, other";

/// Compiles the text of a layout.
pub(super) fn layout(name: &str, text: &str) -> Result<Layout, LayoutError> {
    let declared: Declaration = toml::from_str(text).map_err(|error| not_toml(text, &error))?;
    let services = choose("type", &declared.contents, &[("usage", false), ("services", true)])?;
    refuse_unused_sections(&declared, services)?;
    let header = choose("file.header", declared.file.header.as_deref().unwrap_or("none"), &HEADERS)?;
    let places = places(&declared.columns, services, header)?;
    let contents = if services {
        Contents::Services(service_rules(&declared, &places)?)
    } else {
        Contents::Usage(Box::new(usage_rules(&declared, &places)?))
    };
    Ok(Layout {
        name: name.to_owned(),
        description: declared.description.clone(),
        dialect: dialect(&declared.file)?,
        encoding: encoding(&declared.file)?,
        header,
        skip_rows: declared.file.skip_rows,
        rows_after_header: declared.file.rows_after_header,
        column_count: column_count(&declared.file, header, &places)?,
        refuses_unknown_columns: unknown_columns(&declared.file, header)?,
        optional: optional(&declared.file, services, header, &places)?,
        places,
        trailer: declared.trailer.as_ref().map(trailer).transpose()?,
        amounts: AmountFormat::compile(&declared.price)?,
        numbers: bare_digits(&declared)?,
        contents,
    })
}

const HEADERS: [(&str, Header); 4] =
    [("none", Header::None), ("names", Header::Names), ("positions", Header::Positions), ("detect", Header::Detect)];

/// The parser's complaint in one line, with the line of the layout in place of a key.
fn not_toml(text: &str, error: &toml::de::Error) -> LayoutError {
    let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
    LayoutError::at(&format!("line {line}"), error.message().replace('\n', "; "))
}

fn refuse_unused_sections(declared: &Declaration, services: bool) -> Result<(), LayoutError> {
    let of_usage = [
        ("time", declared.time.is_some()),
        ("duration", declared.duration.is_some()),
        ("kind", declared.kind.is_some()),
        ("direction", declared.direction.is_some()),
        ("time_band", declared.time_band.is_some()),
        ("flags", !declared.flags.is_empty()),
    ];
    let of_services = [
        ("date", declared.date.is_some()),
        ("event", declared.event.is_some()),
        ("price.broken_part", declared.price.broken_part.is_some()),
    ];
    let (unused, kind) = if services { (&of_usage[..], "services") } else { (&of_services[..], "usage") };
    match unused.iter().find(|(_, present)| *present) {
        Some((key, _)) => Err(LayoutError::at(key, format!("means nothing in a layout of type {kind}"))),
        None => Ok(()),
    }
}

fn dialect(file: &FileSection) -> Result<Dialect, LayoutError> {
    let delimiter = match file.delimiter.as_deref().unwrap_or(",") {
        "tab" | "\t" => b'\t',
        text => match text.as_bytes() {
            [byte] if byte.is_ascii_punctuation() && !matches!(byte, b'"' | b'-' | b'.' | b'+') => *byte,
            _ => {
                let reason = format!("{text:?} is not a single mark such as \",\", \";\", \"|\", or \"tab\"");
                return Err(LayoutError::at("file.delimiter", reason));
            }
        },
    };
    let quoting = match (file.quoting, file.newlines_in_fields) {
        (false, true) => return Err(LayoutError::at("file.newlines_in_fields", "needs quoting = true")),
        (false, false) => Quoting::Off,
        (true, false) => Quoting::OneLine,
        (true, true) => Quoting::ManyLines,
    };
    Ok(Dialect { delimiter, quoting })
}

fn encoding(file: &FileSection) -> Result<Encoding, LayoutError> {
    let names = [("utf-8", Encoding::Utf8), ("latin-1", Encoding::Latin1)];
    choose("file.encoding", file.encoding.as_deref().unwrap_or("utf-8"), &names)
}

fn unknown_columns(file: &FileSection, header: Header) -> Result<bool, LayoutError> {
    let refuse = choose("file.unknown_columns", file.unknown_columns.as_deref().unwrap_or("ignore"), &UNKNOWN_COLUMNS)?;
    if refuse && header != Header::Names {
        return Err(LayoutError::at("file.unknown_columns", "needs header = \"names\""));
    }
    Ok(refuse)
}

const UNKNOWN_COLUMNS: [(&str, bool); 2] = [("ignore", false), ("refuse", true)];

/// The fields whose column the header may lack; never one that every record needs.
fn optional(
    file: &FileSection,
    services: bool,
    header: Header,
    places: &[(Field, Place)],
) -> Result<Vec<Field>, LayoutError> {
    use Field::{Called, Calling, Cli, Date, Started, StartedDate, StartedTime};
    if header != Header::Names && !file.optional.is_empty() {
        return Err(LayoutError::at("file.optional", "needs header = \"names\""));
    }
    let mut fields = Vec::with_capacity(file.optional.len());
    for name in &file.optional {
        let key = format!("file.optional.{name}");
        let field = Field::parse(name, services).map_err(|error| LayoutError::at(&key, error.reason))?;
        need(places, field, "by file.optional")?;
        if [Called, Calling, Cli, Date, Started, StartedDate, StartedTime].contains(&field) {
            return Err(LayoutError::at(&key, "every record needs it"));
        }
        fields.push(field);
    }
    Ok(fields)
}

/// How many columns a record may have. Without names in a header the layout must say it.
fn column_count(
    file: &FileSection,
    header: Header,
    places: &[(Field, Place)],
) -> Result<Option<std::ops::RangeInclusive<usize>>, LayoutError> {
    let count = match (file.column_count, file.min_columns, file.max_columns) {
        (Some(count), None, None) => Some(count..=count),
        (None, Some(least), Some(most)) if least <= most => Some(least..=most),
        (None, None, None) => None,
        _ => {
            let reason = "give column_count alone, or min_columns and max_columns with the smaller first";
            return Err(LayoutError::at("file.column_count", reason));
        }
    };
    let Some(count) = count else {
        if header == Header::Names {
            return Ok(None);
        }
        return Err(LayoutError::at("file.column_count", "is needed where columns are found by position"));
    };
    for (field, place) in places {
        if let Place::Position(index) = place
            && index >= count.end()
        {
            let reason = format!("column {} is beyond the last one, {}", index + 1, count.end());
            return Err(LayoutError::at(&format!("columns.{}", field.name()), reason));
        }
    }
    Ok(Some(count))
}

fn places(
    columns: &BTreeMap<String, toml::Value>,
    services: bool,
    header: Header,
) -> Result<Vec<(Field, Place)>, LayoutError> {
    let mut places = Vec::with_capacity(columns.len());
    for (name, value) in columns {
        let key = format!("columns.{name}");
        let place = Place::parse(&key, value)?;
        match (&place, header) {
            (Place::Position(_), Header::Names) => {
                return Err(LayoutError::at(&key, "header = \"names\" finds columns by header words, not by number"));
            }
            (Place::Names(_), Header::None | Header::Positions | Header::Detect) => {
                return Err(LayoutError::at(&key, "header words need header = \"names\"; give the column's number"));
            }
            _ => places.push((Field::parse(name, services)?, place)),
        }
    }
    places.sort_by_key(|(field, _)| *field);
    Ok(places)
}

fn has(places: &[(Field, Place)], field: Field) -> bool {
    places.iter().any(|(placed, _)| *placed == field)
}

/// Refuses a layout that gives no place to a field it needs.
fn need(places: &[(Field, Place)], field: Field, why: &str) -> Result<(), LayoutError> {
    if has(places, field) {
        return Ok(());
    }
    Err(LayoutError::at(&format!("columns.{}", field.name()), format!("is needed {why}")))
}

fn usage_rules(declared: &Declaration, places: &[(Field, Place)]) -> Result<UsageRules, LayoutError> {
    if !has(places, Field::Cli) {
        need(places, Field::Calling, "where there is no cli")?;
        need(places, Field::Called, "where there is no cli")?;
    } else if let Some(field) = [Field::Calling, Field::Called].into_iter().find(|field| has(places, *field)) {
        return Err(LayoutError::at(&format!("columns.{}", field.name()), "goes without cli and other_party"));
    }
    let time = declared.time.as_ref().ok_or_else(|| LayoutError::at("time", "is needed: say the format"))?;
    let format = TimeFormat::parse("time.format", &time.format)?;
    if !has(places, Field::Started) {
        need(places, Field::StartedDate, "where there is no started")?;
        need(places, Field::StartedTime, "where there is no started")?;
        if format == TimeFormat::EpochSeconds {
            return Err(LayoutError::at("time.format", "epoch seconds stand in one column: started"));
        }
    }
    let no_zone = |name: &String| LayoutError::at("time.zone", format!("{name:?} is no zone, such as Europe/London"));
    let zone = time.zone.as_ref().map(|name| Zone::load(name).ok_or_else(|| no_zone(name))).transpose()?;
    let unit = declared.duration.as_ref().map_or("seconds", |section| section.unit.as_str());
    let text = |word: &str| Some(word.to_owned());
    let bands = declared.time_band.as_ref();
    Ok(UsageRules {
        time: format,
        zone,
        duration: DurationUnit::parse("duration.unit", unit)?,
        kind: kind_rule(declared.kind.as_ref(), places)?,
        direction: word_rule("direction", declared.direction.as_ref(), places, Field::Direction, DIRECTIONS, |word| {
            Direction::parse(word)
        })?
        .unwrap_or(WordOr::Fixed(Direction::Out)),
        time_bands: bands
            .map(|section| {
                need(places, Field::TimeBand, "by [time_band]")?;
                Words::compile("time_band", &section.values, section.otherwise.as_deref(), "any name", text)
            })
            .transpose()?,
        flags: flag_words(&declared.flags, places)?,
    })
}

fn kind_rule(section: Option<&KindSection>, places: &[(Field, Place)]) -> Result<KindRule, LayoutError> {
    let section = section.ok_or_else(|| LayoutError::at("kind", "is needed: fixed, or values of a column"))?;
    let words = WordsSection {
        fixed: section.fixed.clone(),
        values: section.values.clone(),
        otherwise: section.otherwise.clone(),
    };
    let source = word_rule("kind", Some(&words), places, Field::Kind, KINDS, Kind::parse)?;
    let by_bytes = [Field::Bytes, Field::BytesSent, Field::BytesReceived];
    if section.data_when_bytes && !by_bytes.into_iter().any(|field| has(places, field)) {
        return Err(LayoutError::at("kind.data_when_bytes", "needs a column of bytes"));
    }
    let source = source.ok_or_else(|| LayoutError::at("kind", "is needed: fixed, or values of a column"))?;
    if matches!(source, WordOr::Fixed(Kind::Voice)) {
        need(places, Field::Duration, "for voice")?;
    }
    Ok(KindRule { source, data_when_bytes: section.data_when_bytes })
}

/// A section that is fixed or has the words of a column; `None` if there is no such section.
fn word_rule<T: Clone>(
    key: &str,
    section: Option<&WordsSection>,
    places: &[(Field, Place)],
    field: Field,
    known: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<WordOr<T>>, LayoutError> {
    let Some(section) = section else {
        if has(places, field) {
            return Err(LayoutError::at(key, format!("is needed: say what the words of column {key} mean")));
        }
        return Ok(None);
    };
    match &section.fixed {
        Some(word) if section.values.is_empty() && section.otherwise.is_none() && !has(places, field) => {
            let place = format!("{key}.fixed");
            let value = read(word).ok_or_else(|| LayoutError::at(&place, format!("{word:?} is not one of {known}")))?;
            Ok(Some(WordOr::Fixed(value)))
        }
        Some(_) => Err(LayoutError::at(&format!("{key}.fixed"), "goes without values, otherwise and a column")),
        None => {
            need(places, field, &format!("by [{key}] without fixed"))?;
            Words::compile(key, &section.values, section.otherwise.as_deref(), known, read)
                .map(|words| Some(WordOr::Word(words)))
        }
    }
}

/// The words of the flags' columns, in the order of [`UsageFlags::NAMES`].
fn flag_words(
    sections: &BTreeMap<String, FlagSection>,
    places: &[(Field, Place)],
) -> Result<[Option<FlagWords>; 3], LayoutError> {
    if let Some(unknown) = sections.keys().find(|name| !UsageFlags::NAMES.contains(&name.as_str())) {
        let reason = format!("no such flag; there are {}", UsageFlags::NAMES.join(", "));
        return Err(LayoutError::at(&format!("flags.{unknown}"), reason));
    }
    let mut words = [None, None, None];
    for (place, name) in UsageFlags::NAMES.into_iter().enumerate() {
        let field = [Field::MobileOrigin, Field::Payphone, Field::Recorded][place];
        match sections.get(name) {
            Some(section) => {
                need(places, field, &format!("by [flags.{name}]"))?;
                words[place] = Some(FlagWords { yes: section.yes.clone(), no: section.no.clone() });
            }
            None if has(places, field) => {
                let reason = format!("is needed: say which words of column {name} mean yes");
                return Err(LayoutError::at(&format!("flags.{name}"), reason));
            }
            None => {}
        }
    }
    Ok(words)
}

fn service_rules(declared: &Declaration, places: &[(Field, Place)]) -> Result<ServiceRules, LayoutError> {
    need(places, Field::Cli, "for services")?;
    need(places, Field::Date, "for services")?;
    need(places, Field::Cost, "for services")?;
    let date = declared.date.as_ref().ok_or_else(|| LayoutError::at("date", "is needed: say the format"))?;
    let month = date.month_format.as_deref();
    if month.is_none() && has(places, Field::Month) {
        return Err(LayoutError::at("date.month_format", "is needed: there is a column of months"));
    }
    let parts = [("included", BrokenPart::Included), ("added", BrokenPart::Added)];
    let broken_part = declared.price.broken_part.as_deref();
    if broken_part.is_none() && has(places, Field::BrokenPart) {
        return Err(LayoutError::at("price.broken_part", "is needed: is it included in the cost or added to it"));
    }
    Ok(ServiceRules {
        date: DateFormat::parse("date.format", &date.format)?,
        month: MonthFormat::parse("date.month_format", month.unwrap_or("YYYY-MM"))?,
        event: word_rule("event", declared.event.as_ref(), places, Field::Event, EVENTS, ServiceEvent::parse)?
            .unwrap_or(WordOr::Fixed(ServiceEvent::Other)),
        broken_part: choose("price.broken_part", broken_part.unwrap_or("included"), &parts)?,
    })
}

fn trailer(section: &TrailerSection) -> Result<TrailerForm, LayoutError> {
    let marker = section.marker.trim();
    if marker.is_empty() || marker.contains('"') {
        return Err(LayoutError::at("trailer.marker", "say what the first column of the trailer holds"));
    }
    let index = |key: &str, column: Option<usize>| match column {
        Some(column) if column < 2 => Err(LayoutError::at(key, "the first column holds the marker; count from 2")),
        Some(column) => Ok(Some(column - 1)),
        None => Ok(None),
    };
    Ok(TrailerForm {
        marker: marker.to_owned(),
        count: index("trailer.count", section.count)?,
        total: index("trailer.total", section.total)?,
    })
}

fn bare_digits(declared: &Declaration) -> Result<BareDigits, LayoutError> {
    let international = match declared.numbers.as_deref() {
        None => false,
        Some(text) => choose("numbers", text, &[("e164", true)])?,
    };
    if international && declared.bare_national {
        return Err(LayoutError::at("bare_national", "goes without numbers = \"e164\""));
    }
    Ok(BareDigits { international, national: declared.bare_national })
}
