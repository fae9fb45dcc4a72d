//! Published usage → the same without whom a customer spoke with (K8): the one change that a file of the store ever sees.
//! Everything else of it stays, digests and seal are those of what is left. The new file takes the name of the old one at
//! once, when it is safe on the disk: whenever it stops, there is one of the two, and doing it again does the rest.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::UsageStore;
use super::billed::{BilledRow, BilledWriter};
use super::error::FactsError;
use super::row_set::RowSet;

/// Records that are read, blanked and written at once.
const BATCH: usize = 8_192;

impl UsageStore {
    /// Blanks the other party of rows of an import; returns how many had one. Nothing is written if none had.
    pub fn blank_other_parties(&self, facts_file: &str, rows: &RowSet) -> Result<u64, FactsError> {
        let mut named = 0;
        for record in self.scan_rows(facts_file, rows, BATCH).rows() {
            named += u64::from(!record?.other_party.is_empty());
        }
        if named == 0 {
            return Ok(0);
        }
        let header = self.header(facts_file)?;
        let mut writer = self.facts_writer((facts_file.to_owned(), String::new()), &header)?;
        for records in self.scan(facts_file, BATCH) {
            let mut records = records?;
            for record in records.iter_mut().filter(|record| rows.contains(record.row)) {
                record.other_party = "".into();
            }
            writer.write(&records)?;
        }
        writer.finish(None)?.table.publish_over()?;
        Ok(named)
    }

    /// The rows of each import that a run billed on these invoices.
    pub fn billed_on(&self, run_file: &str, invoices: &BTreeSet<String>) -> Result<super::RowsOfImports, FactsError> {
        let mut found = super::RowsOfImports::new();
        for billed in self.billed_calls(run_file) {
            let billed = billed?;
            if invoices.contains(billed.invoice.as_ref()) {
                found.entry(billed.import).or_default().insert(billed.row);
            }
        }
        Ok(found)
    }

    /// Blanks the other party of the usage that a run billed on these invoices; returns how many had one. Nothing is
    /// written if none had.
    pub fn blank_billed_parties(&self, run_file: &str, invoices: &BTreeSet<String>) -> Result<u64, FactsError> {
        let is_named =
            |billed: &BilledRow<'_>| invoices.contains(billed.invoice.as_ref()) && !billed.rated.other_party.is_empty();
        let mut named = 0;
        for billed in self.billed_calls(run_file) {
            named += u64::from(is_named(&billed?));
        }
        if named == 0 {
            return Ok(0);
        }
        let mut writer = BilledWriter::over(self, run_file.to_owned())?;
        let mut rows = Vec::with_capacity(BATCH);
        for billed in self.billed_calls(run_file) {
            let mut billed = billed?;
            if is_named(&billed) {
                billed.rated.other_party = Cow::Borrowed("");
            }
            rows.push(billed);
            if rows.len() == BATCH {
                writer.write(&rows)?;
                rows.clear();
            }
        }
        writer.write(&rows)?;
        writer.finish(None)?.publish_over()?;
        Ok(named)
    }
}

#[cfg(test)]
mod tests {
    use super::super::RatedRow;
    use super::super::samples::{TestStore, rated, record};
    use super::*;
    use crate::domain::money::CallCharge;

    #[test]
    fn only_the_other_party_of_some_records_goes() {
        let test = TestStore::new();
        let mut records: Vec<_> = (0..20_000).map(record).collect();
        for record in &mut records {
            record.other_party = format!("+44113496{:04}", record.row % 10_000).as_str().into();
        }
        let file = test.publish(1, &records).facts_file;
        let rows: RowSet = [3..5, 9_000..9_001].into_iter().collect();
        assert_eq!(test.store.blank_other_parties(&file, &rows).unwrap(), 3);
        for row in [3, 4, 9_000] {
            records[row].other_party = "".into();
        }
        let read: Result<Vec<_>, _> = test.reopened().scan(&file, 1_000).rows().collect();
        assert_eq!(read.unwrap(), records);
        assert_eq!(test.names(), ["import-000001.parquet"]);
        // The bytes are those of an import of what is left: digests and all.
        let other = TestStore::new();
        other.publish(1, &records);
        let bytes = |test: &TestStore| std::fs::read(test.store.path_of(&file)).unwrap();
        assert_eq!(bytes(&test), bytes(&other));
        // Nothing is left to do.
        assert_eq!(test.store.blank_other_parties(&file, &rows).unwrap(), 0);
    }

    #[test]
    fn invoices_of_others_keep_their_calls() {
        let test = TestStore::new();
        let row = |number: u32| BilledRow {
            import: 1,
            row: number,
            invoice: format!("INV-{}", number / 4_000).into(),
            rated: RatedRow { call_id: "".into(), other_party: "+441134960001".into(), ..rated(number) },
            charge: CallCharge::from_scaled(7),
            description: "UK".into(),
        };
        let mut rows: Vec<_> = (0..20_000).map(row).collect();
        let mut writer = BilledWriter::create(&test.store, 1).unwrap();
        writer.write(&rows).unwrap();
        let file = writer.finish(None).unwrap().publish(&test.store).unwrap().file;
        let sets = test.store.billed_sets(&file).unwrap();
        let invoices = BTreeSet::from(["INV-1".to_owned(), "INV-4".to_owned()]);
        assert_eq!(test.store.billed_on(&file, &invoices).unwrap()[&1].len(), 8_000);
        assert_eq!(test.store.blank_billed_parties(&file, &invoices).unwrap(), 8_000);
        for row in rows.iter_mut().filter(|row| invoices.contains(row.invoice.as_ref())) {
            row.rated.other_party = "".into();
        }
        let store = test.reopened();
        let read: Result<Vec<_>, _> = store.billed_calls(&file).collect();
        assert_eq!(read.unwrap(), rows);
        assert_eq!(store.billed_sets(&file).unwrap(), sets);
        assert_eq!(store.blank_billed_parties(&file, &invoices).unwrap(), 0);
    }
}
