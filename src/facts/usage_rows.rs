//! A usage record ↔ one row of a facts file: the two directions beside each other, in the order of the columns.

use super::cells::CellWriter;
use super::digests::RecordDigests;
use super::row_reader::{BadCell, RowReader};
use crate::domain::money::Currency;
use crate::domain::time::{CivilDateTime, Moment, TimeFlag};
use crate::domain::usage::{Direction, Kind, UsageFlags, UsageRecord};

/// A record and its digests, on their way into a file.
pub(super) type DigestedRecord<'r> = (&'r UsageRecord, RecordDigests);

/// Writes records and, in the two last columns, their digests.
pub(super) fn put_usage<'r>(cells: &mut CellWriter<'_, 'r, DigestedRecord<'r>>) {
    cells.position();
    cells.count(|(record, _)| record.line);
    cells.optional_text(|(record, _)| record.record_id.as_deref());
    cells.text(|(record, _)| record.kind.name());
    cells.text(|(record, _)| record.direction.name());
    cells.text(|(record, _)| &record.cli);
    cells.text_or_null(|(record, _)| &record.other_party);
    put_moment(cells, |(record, _)| record.started);
    cells.optional_text(|(record, _)| time_flag_name(record.time_flag));
    cells.count(|(record, _)| record.units);
    cells.optional_amount(|(record, _)| record.cost);
    cells.optional_amount(|(record, _)| record.file_sell);
    cells.optional_amount(|(record, _)| record.suggested_retail);
    cells.optional_text(|(record, _)| record.currency.as_ref().map(Currency::code));
    cells.text_or_null(|(record, _)| &record.charge_band);
    cells.text_or_null(|(record, _)| &record.time_band);
    cells.text_or_null(|(record, _)| &record.description);
    cells.text_or_null(|(record, _)| &record.extension);
    cells.text_or_null(|(record, _)| &record.call_id);
    cells.boolean(|(record, _)| record.flags.mobile_origin);
    cells.boolean(|(record, _)| record.flags.payphone);
    cells.boolean(|(record, _)| record.flags.recorded);
    cells.integer(|(_, digests)| digests.key);
    cells.integer(|(_, digests)| digests.content);
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
pub(super) fn put_moment<'r, T>(cells: &mut CellWriter<'_, 'r, T>, of: impl Fn(&'r T) -> Moment) {
    cells.seconds(|row| of(row).civil.as_utc_seconds());
    cells.seconds(|row| of(row).instant);
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
