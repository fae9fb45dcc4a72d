//! Imported usage, billed or not → on which day each line was last used. Matches and compares days; prices nothing.

use std::collections::BTreeMap;

use super::unbilled::OpenImport;
use super::{BATCH_RECORDS, Engine};
use crate::domain::book::CliId;
use crate::domain::time::Date;
use crate::domain::usage::UsageRecord;
use crate::error::Result;
use crate::facts::UsageStore;
use crate::workers::Workers;

/// The last day with usage up to a day, by line; lines without any are not in it. Deleted and repeated records count as
/// never come.
pub fn last_use(
    engine: &Engine,
    store: &UsageStore,
    workers: &Workers,
    imports: &[OpenImport],
    until: Date,
) -> Result<BTreeMap<CliId, Date>> {
    let mut last = BTreeMap::new();
    for import in imports {
        let work = |records: Vec<UsageRecord>| {
            let mut part = BTreeMap::new();
            for records in records.chunks(BATCH_RECORDS) {
                let found = engine.matcher.find_each(import.supplier, records);
                for (record, found) in records.iter().zip(found) {
                    let line = found.map_or_else(|why| why.cli, |found| Some(found.cli));
                    if let Some(line) = line.filter(|_| record.started.civil.date <= until) {
                        later(&mut part, line, record.started.civil.date);
                    }
                }
            }
            part
        };
        import.each_live_batch(store, workers, work, |part| {
            part.into_iter().for_each(|(line, day)| later(&mut last, line, day));
            Ok(())
        })?;
    }
    Ok(last)
}

fn later(last: &mut BTreeMap<CliId, Date>, line: CliId, day: Date) {
    let known = last.entry(line).or_insert(day);
    *known = day.max(*known);
}
