//! Which line of a sheet is its header, which delimiter it has, which format it is; then which column holds what. When
//! that is not certain the sheet is refused with the words that were seen and those that are looked for.

use crate::book::{BookError, find_schema, nearest};

use super::record::Record;
use super::text::whole_file;
use super::words::{CLASSIC, DECK, Field, Named, Words, look_up, spellings};
use super::{Declared, Format, SheetError, Target, Unrecognised};

/// Lines among which a header is looked for.
pub(super) const MOST_PREAMBLE: usize = 60;
/// What may stand between the fields of a text.
pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Where a header was found.
pub(super) struct FoundHeader {
    pub format: Format,
    /// Which of the ways to read the sheet, as they were given.
    pub reading: usize,
    /// How many records stand before it.
    pub place: usize,
}

/// A line that may be the header.
struct Candidate<'r> {
    /// How many of its words are known.
    known: usize,
    formats: Vec<Format>,
    reading: usize,
    place: usize,
    record: &'r Record,
}

/// Finds the header of a sheet among its first records, which may be read in several ways. `row` is what a record is called:
/// a line, a row.
pub(super) fn find_header(
    file: &str,
    row: &str,
    readings: &[&[Record]],
    declared: &Declared,
) -> Result<FoundHeader, Box<Unrecognised>> {
    let formats: Vec<Format> = declared.format.map_or_else(|| Format::ALL.to_vec(), |format| vec![format]);
    let (mut best, mut nearest_line): (Option<Candidate>, Option<Candidate>) = (None, None);
    for (reading, records) in readings.iter().enumerate() {
        for (place, record) in records.iter().take(MOST_PREAMBLE).enumerate() {
            let fits = |format: &Format| missing(*format, record).is_empty();
            let fitting: Vec<Format> = formats.iter().copied().filter(fits).collect();
            let known = formats.iter().map(|format| known_words(*format, record)).max().unwrap_or(0);
            let found = Candidate { known, formats: fitting, reading, place, record };
            if !found.formats.is_empty() {
                if best.as_ref().is_none_or(|best| known > best.known) {
                    best = Some(found);
                }
                break;
            }
            let rank = |candidate: &Candidate| (candidate.known, candidate.record.cells.len());
            if nearest_line.as_ref().is_none_or(|nearest| rank(&found) > rank(nearest)) {
                nearest_line = Some(found);
            }
        }
    }
    let Some(Candidate { formats: fitting, reading, place, record, .. }) = best else {
        return Err(Box::new(no_header(file, row, &formats, nearest_line.map(|candidate| candidate.record))));
    };
    if let [format] = fitting[..] {
        return Ok(FoundHeader { format, reading, place });
    }
    let names: Vec<&str> = fitting.iter().map(|format| format.name()).collect();
    let reason = format!("its header fits more than one format: {}", names.join(", "));
    Err(Box::new(whole_file(file, record.line, &reason, "say which with --format").into()))
}

fn no_header(file: &str, row: &str, formats: &[Format], seen: Option<&Record>) -> Unrecognised {
    let expected = |format: &Format| {
        let needed = needed(*format).iter().map(|(name, field)| match (format, field) {
            (Format::Rates, _) => (*name).to_owned(),
            (_, Some(field)) => format!("{name} ({})", spellings(words(*format), *field)),
            (_, None) => (*name).to_owned(),
        });
        format!("{}: {}", format.name(), needed.collect::<Vec<_>>().join(", "))
    };
    let words: Vec<String> = seen.map_or_else(Vec::new, |record| {
        let cells = record.cells.iter().map(str::trim).filter(|cell| !cell.is_empty());
        cells.map(str::to_owned).collect()
    });
    let shown: Vec<String> =
        words.iter().take(12).map(|cell| format!("{:?}", cell.chars().take(40).collect::<String>())).collect();
    let shown = shown.join(", ");
    let reason =
        format!("no {row} of the first {MOST_PREAMBLE} is the header of a known format; the nearest holds {shown}");
    let expected: Vec<String> = formats.iter().map(expected).collect();
    let hint = format!("a header with the words of one format — {}", expected.join("; "));
    let error = whole_file(file, seen.map_or(0, |record| record.line), &reason, &hint);
    Unrecognised { error, words }
}

fn words(format: Format) -> Words {
    match format {
        Format::Classic => CLASSIC,
        Format::Deck => DECK,
        Format::Rates => &[],
    }
}

/// What a header of a format must have.
fn needed(format: Format) -> &'static [(&'static str, Option<Field>)] {
    match format {
        Format::Rates => &[("match", None)],
        Format::Classic => &[
            ("Destination or Charge Code", None),
            ("Peak", Some(Field::Peak)),
            ("Offpeak", Some(Field::OffPeak)),
            ("Weekend", Some(Field::Weekend)),
        ],
        Format::Deck => &[("Prefix", Some(Field::Code)), ("Rate", Some(Field::Rate))],
    }
}

fn missing(format: Format, record: &Record) -> Vec<&'static str> {
    let fields: Vec<Option<Field>> = record.cells.iter().map(|cell| look_up(words(format), cell).field).collect();
    let has = |field: Field| fields.contains(&Some(field));
    let present = |name: &str, field: Option<Field>| match (format, field) {
        (Format::Rates, _) => record.cells.iter().any(|cell| rates_column(cell) == rates_column(name)),
        (Format::Classic, None) => has(Field::Destination) || has(Field::ChargeCode),
        (Format::Deck, Some(Field::Code)) => has(Field::Code) || has(Field::CountryCode),
        (_, field) => field.is_some_and(has),
    };
    needed(format).iter().filter(|(name, field)| !present(name, *field)).map(|(name, _)| *name).collect()
}

fn known_words(format: Format, record: &Record) -> usize {
    let known = |cell: &&str| match format {
        Format::Rates => rates_column(cell).is_some(),
        _ => look_up(words(format), cell).field.is_some(),
    };
    record.cells.iter().filter(known).count()
}

/// The column of `rates.csv` of a name, whatever its capitals; with blanks for `_`, with the star of a required one.
pub(super) fn rates_column(name: &str) -> Option<usize> {
    let words: Vec<&str> = name.trim().trim_end_matches('*').split_whitespace().collect();
    find_schema("rates")?.position(&words.join("_").to_lowercase())
}

/// Which column of a sheet holds what.
pub(super) struct Columns {
    /// As the header has them.
    pub names: Vec<String>,
    fields: Vec<Option<Field>>,
    /// Columns that are not read, by name.
    pub left_out: Vec<String>,
}

impl Columns {
    /// Reads a header of the classic format or of a deck; unknown columns are refused unless they are declared.
    pub(super) fn read(
        file: &str,
        format: Format,
        header: &Record,
        target: &Target,
        declared: &Declared,
        errors: &mut Vec<SheetError>,
    ) -> Self {
        let mut columns = Self { names: Vec::new(), fields: Vec::new(), left_out: Vec::new() };
        for (place, name) in header.cells.iter().map(str::trim).enumerate() {
            let mut refuse = |name: &str, reason: &str, hint: &str| {
                let error = BookError { column: name.to_owned(), ..whole_file(file, header.line, reason, hint) };
                errors.push(SheetError::at(error, Some(place)));
            };
            let ignored = name.is_empty() || declared.ignored.iter().any(|ignored| ignored.eq_ignore_ascii_case(name));
            let named = if ignored { Named::default() } else { look_up(words(format), name) };
            match named.field {
                None if ignored => columns.left_out.extend((!name.is_empty()).then(|| name.to_owned())),
                None => {
                    let near = nearest(&name.to_lowercase(), words(format).iter().map(|(word, _)| *word));
                    let near = near.map_or(String::new(), |near| format!("did you mean {near:?}? "));
                    let hint = format!("{near}a column that is not to be read is declared: --ignore {name:?}");
                    refuse(name, "is no column that this format knows", &hint);
                }
                Some(Field::LeftOut) => columns.left_out.push(name.to_owned()),
                Some(field) if columns.fields.contains(&Some(field)) => {
                    let first = columns.name(field).to_owned();
                    refuse(
                        name,
                        &format!("means the same as the column {first}"),
                        "one of them, the other with --ignore",
                    );
                }
                Some(field) => check_stated(name, field, &named, target, &mut refuse),
            }
            columns.names.push(name.to_owned());
            columns.fields.push(named.field.filter(|field| *field != Field::LeftOut));
        }
        columns
    }

    /// Where a field stands.
    pub(super) fn place(&self, field: Field) -> Option<usize> {
        self.fields.iter().position(|known| *known == Some(field))
    }

    /// What the sheet calls a field.
    pub(super) fn name(&self, field: Field) -> &str {
        self.place(field).map_or("", |place| self.names[place].as_str())
    }
}

/// A name that states a currency or a unit must state that of the sheet (X2, X7).
fn check_stated(name: &str, field: Field, named: &Named, target: &Target, refuse: &mut impl FnMut(&str, &str, &str)) {
    if let Some(currency) = named.currency.as_deref().filter(|currency| *currency != target.currency.code()) {
        let reason = format!("states {currency}, the tariff {} is in {} (X7)", target.code, target.currency);
        refuse(name, &reason, "a tariff of the sheet's currency");
        return;
    }
    let expected = field == Field::Minimum && target.minimum_is_minor || target.sheet_minor;
    if let Some(minor) = named.minor.filter(|minor| *minor != expected) {
        let unit = |minor: bool| if minor { "minor" } else { "major" };
        let reason = format!("states the {} unit, but is read in the {} unit (X2)", unit(minor), unit(expected));
        let hint = format!("declare the unit of the sheet's prices: --unit {}", unit(minor));
        refuse(name, &reason, if field == Field::Minimum { "the minimum charge in the minor unit" } else { &hint });
    }
}
