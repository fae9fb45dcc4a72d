//! A usage record ↔ one row of a facts file: the two directions beside each other, in the order of the columns.

use super::cells::RowWriter;
use super::digests::RecordDigests;
use super::row_reader::{BadCell, RowReader};
use crate::domain::money::Currency;
use crate::domain::time::{CivilDateTime, Moment, TimeFlag};
use crate::domain::usage::{Direction, Kind, UsageFlags, UsageRecord};

/// Writes a record and, in the two last columns, its digests.
pub(super) fn put_usage(row: &mut RowWriter<'_>, record: &UsageRecord, digests: RecordDigests) {
    row.position();
    row.count(record.line);
    row.optional_text(record.record_id.as_deref());
    row.word(record.kind.name());
    row.word(record.direction.name());
    row.text(&record.cli);
    row.text_or_null(&record.other_party);
    put_moment(row, record.started);
    row.optional_word(time_flag_name(record.time_flag));
    row.count(record.units);
    row.optional_amount(record.cost);
    row.optional_amount(record.file_sell);
    row.optional_amount(record.suggested_retail);
    row.optional_text(record.currency.as_ref().map(Currency::code));
    row.text_or_null(&record.charge_band);
    row.text_or_null(&record.time_band);
    row.text_or_null(&record.description);
    row.text_or_null(&record.extension);
    row.text_or_null(&record.call_id);
    row.boolean(record.flags.mobile_origin);
    row.boolean(record.flags.payphone);
    row.boolean(record.flags.recorded);
    row.integer(digests.key);
    row.integer(digests.content);
}

/// Reads a record; the digests are not among the columns read.
pub(super) fn take_usage(row: &mut RowReader<'_>) -> Result<UsageRecord, BadCell> {
    Ok(UsageRecord {
        row: row.row_number()?,
        line: row.count()?,
        record_id: row.optional_text()?.map(Into::into),
        kind: row.word(Kind::parse)?,
        direction: row.word(Direction::parse)?,
        cli: row.text()?.into(),
        other_party: row.text_or_null()?.into(),
        started: take_moment(row)?,
        time_flag: row.optional_word(parse_time_flag)?.unwrap_or_default(),
        units: row.count()?,
        cost: row.optional_amount()?,
        file_sell: row.optional_amount()?,
        suggested_retail: row.optional_amount()?,
        currency: row.optional_word(Currency::parse)?,
        charge_band: row.text_or_null()?.into(),
        time_band: row.text_or_null()?.into(),
        description: row.text_or_null()?.into(),
        extension: row.text_or_null()?.into(),
        call_id: row.text_or_null()?.into(),
        flags: UsageFlags { mobile_origin: row.boolean()?, payphone: row.boolean()?, recorded: row.boolean()? },
    })
}

/// Writes a moment as two columns: what the clock on the wall showed, and the instant.
pub(super) fn put_moment(row: &mut RowWriter<'_>, moment: Moment) {
    row.seconds(moment.civil.as_utc_seconds());
    row.seconds(moment.instant);
}

/// The inverse of [`put_moment`].
pub(super) fn take_moment(row: &mut RowReader<'_>) -> Result<Moment, BadCell> {
    let civil = row.seconds_as(CivilDateTime::from_utc_seconds)?;
    Ok(Moment { instant: row.seconds_as(Some)?, civil })
}

fn time_flag_name(flag: TimeFlag) -> Option<&'static str> {
    match flag {
        TimeFlag::Plain => None,
        TimeFlag::InGap => Some("in_gap"),
        TimeFlag::Ambiguous => Some("ambiguous"),
    }
}

fn parse_time_flag(text: &str) -> Option<TimeFlag> {
    match text {
        "in_gap" => Some(TimeFlag::InGap),
        "ambiguous" => Some(TimeFlag::Ambiguous),
        _ => None,
    }
}
