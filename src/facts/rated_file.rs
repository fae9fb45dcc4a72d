//! Rated records ↔ a Parquet file of their own: what `rate --out` writes. Also the shared columns of billed usage.

use std::borrow::Cow;
use std::path::Path;

use super::cells::{CellWriter, RowBatch};
use super::error::FactsError;
use super::rated::RatedRow;
use super::row_reader::{BadCell, RowReader};
use super::scans::Scan;
use super::schema::RATED;
use super::seal;
use super::table_reader::{Columns, TableReader};
use super::table_writer::TableWriter;
use super::usage_rows::{put_moment, take_moment};
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::Price;
use crate::domain::price_book::CallClass;
use crate::domain::usage::{ChargeComponents, Direction, Kind, RatePath};
use crate::threads::Threads;

/// A file of rated records being written. Dropped, it leaves nothing behind.
pub struct RatedFile {
    table: TableWriter,
}

impl RatedFile {
    /// Begins a file that will replace `target`.
    pub fn create(target: &Path) -> Result<Self, FactsError> {
        Ok(Self { table: TableWriter::create(target, &RATED, &[])? })
    }

    /// Adds a batch of records. They wait to be packed and written.
    pub fn add(&mut self, batch: RatedBatch) -> Result<(), FactsError> {
        self.table.add(batch.0)
    }

    /// Packs what makes whole groups, side by side.
    pub fn pack(&mut self, threads: Option<&dyn Threads>) -> Result<(), FactsError> {
        self.table.pack(threads)
    }

    /// Writes what is packed.
    pub fn write_packed(&mut self) -> Result<(), FactsError> {
        self.table.write_packed()
    }

    /// Puts the file in its place. Gives the number of its rows. After it returns, the file survives a power cut.
    pub fn commit(self, threads: Option<&dyn Threads>) -> Result<u64, FactsError> {
        let table = self.table.finish(threads)?;
        let rows = table.rows;
        table.publish_over().map(|()| rows)
    }
}

/// Neighbouring rated records as columns: what one thread makes of a piece of a usage file.
pub struct RatedBatch(RowBatch);

impl Default for RatedBatch {
    fn default() -> Self {
        Self(RowBatch::new(&RATED))
    }
}

impl RatedBatch {
    /// Adds records.
    pub fn add(&mut self, rows: &[RatedRow<'_>]) {
        self.0.add(rows, put_with_call);
    }
}

/// Reads back what [`RatedFile`] wrote, in batches.
pub fn scan_rated(path: &Path, batch_rows: usize) -> Scan<'static, RatedRow<'static>> {
    let table = seal::check_seal(path).and_then(|()| TableReader::open(path, &RATED, Columns::All));
    Scan::new(table, batch_rows, None, take_with_call)
}

fn put_with_call<'r>(cells: &mut CellWriter<'_, 'r, RatedRow<'_>>) {
    put_rated(cells, |row| row);
    cells.text_or_null(|row| &row.call_id);
}

fn take_with_call(row: &mut RowReader<'_>) -> Result<RatedRow<'static>, BadCell> {
    let rated = take_rated(row)?;
    Ok(RatedRow { call_id: owned(row.text_or_null()?), ..rated })
}

/// Writes the columns that rated and billed records share.
pub(super) fn put_rated<'r, 'a: 'r, T>(
    cells: &mut CellWriter<'_, 'r, T>,
    rated: impl Fn(&'r T) -> &'r RatedRow<'a> + Copy,
) {
    let part = |part: fn(&ChargeComponents) -> Price| move |row| rated(row).components.as_ref().map(part);
    cells.text(|row| &rated(row).record);
    cells.text(|row| &rated(row).file);
    cells.count(|row| rated(row).line);
    cells.text(|row| &rated(row).supplier);
    cells.text_or_null(|row| &rated(row).account);
    cells.text_or_null(|row| &rated(row).cli);
    cells.text_or_null(|row| &rated(row).cost_centre);
    cells.text(|row| rated(row).direction.name());
    cells.text_or_null(|row| &rated(row).other_party);
    put_moment(cells, |row| rated(row).started);
    cells.text(|row| rated(row).kind.name());
    cells.count(|row| rated(row).units);
    cells.optional_count(|row| rated(row).billable_units);
    cells.text_or_null(|row| &rated(row).call_type);
    cells.optional_text(|row| rated(row).class.map(CallClass::name));
    cells.text_or_null(|row| &rated(row).time_band);
    cells.text_or_null(|row| &rated(row).tariff);
    cells.text_or_null(|row| &rated(row).rate_row);
    cells.text(|row| rated(row).path.name());
    cells.optional_amount(|row| rated(row).cost);
    cells.optional_amount(|row| rated(row).expected_cost);
    cells.optional_amount(part(|parts| parts.connection));
    cells.optional_amount(part(|parts| parts.usage));
    cells.optional_amount(part(|parts| parts.access));
    cells.optional_amount(part(|parts| parts.surcharges));
    cells.optional_amount(|row| rated(row).sell);
    cells.text(|row| rated(row).disposition.name());
    cells.optional_text(|row| rated(row).reason.map(Reason::name));
}

/// The inverse of [`put_rated`].
pub(super) fn take_rated(row: &mut RowReader<'_>) -> Result<RatedRow<'static>, BadCell> {
    Ok(RatedRow {
        record: owned(row.text()?),
        file: owned(row.text()?),
        line: row.count()?,
        supplier: owned(row.text()?),
        account: owned(row.text_or_null()?),
        cli: owned(row.text_or_null()?),
        cost_centre: owned(row.text_or_null()?),
        direction: row.word(Direction::parse)?,
        other_party: owned(row.text_or_null()?),
        started: take_moment(row)?,
        kind: row.word(Kind::parse)?,
        units: row.count()?,
        billable_units: row.optional_count()?,
        call_type: owned(row.text_or_null()?),
        class: row.optional_word(CallClass::parse)?,
        time_band: owned(row.text_or_null()?),
        tariff: owned(row.text_or_null()?),
        rate_row: owned(row.text_or_null()?),
        path: row.word(parse_path)?,
        cost: row.optional_amount()?,
        expected_cost: row.optional_amount()?,
        components: take_components(row)?,
        sell: row.optional_amount()?,
        disposition: row.word(Disposition::parse)?,
        reason: row.optional_word(Reason::parse)?,
        call_id: Cow::Borrowed(""),
    })
}

/// All four parts, or none.
fn take_components(row: &mut RowReader<'_>) -> Result<Option<ChargeComponents>, BadCell> {
    let parts = (row.optional_amount()?, row.optional_amount()?, row.optional_amount()?, row.optional_amount()?);
    Ok(match parts {
        (Some(connection), Some(usage), Some(access), Some(surcharges)) => {
            Some(ChargeComponents { connection, usage, access, surcharges })
        }
        _ => None,
    })
}

fn parse_path(text: &str) -> Option<RatePath> {
    const PATHS: [RatePath; 9] = [
        RatePath::Rate,
        RatePath::Parent,
        RatePath::FallbackType,
        RatePath::ClassDefault,
        RatePath::ClassMarkup,
        RatePath::FallbackSuggested,
        RatePath::FallbackMarkup,
        RatePath::FromFile,
        RatePath::None,
    ];
    PATHS.into_iter().find(|path| path.name() == text)
}

/// A text that outlives the columns it was read from.
pub(super) fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rated::COLUMNS;
    use super::super::samples::rated_rows;
    use super::*;

    #[test]
    fn the_columns_are_those_of_csv_and_the_instant() {
        let schema = RATED.columns();
        let names: Vec<_> = schema.get_fields().iter().map(|column| column.name()).collect();
        let (instant, rest): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| *name == "started_utc");
        assert_eq!(instant.len(), 1);
        assert_eq!(rest, COLUMNS);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn rated_records_come_back_as_they_went(rows in rated_rows(30)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("rated.parquet");
            std::fs::write(&path, "what was there before").unwrap();
            let mut file = RatedFile::create(&path).unwrap();
            let mut batch = RatedBatch::default();
            batch.add(&rows);
            file.add(batch).unwrap();
            prop_assert_eq!(file.commit(None).unwrap(), rows.len() as u64);
            let read: Result<Vec<_>, _> = scan_rated(&path, 7).rows().collect();
            prop_assert_eq!(read.unwrap(), rows);
        }
    }
}
