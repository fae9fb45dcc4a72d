//! The usage store: what suppliers told us, and what was billed of it, as immutable Parquet files under `usage/`.
//!
//! ```text
//! usage/import-000001.parquet         the usage records of one import (its facts)
//! usage/import-000001.marks.parquet   rows of it that were not taken: duplicates and conflicts (F2)
//! usage/billed/run-000001.parquet     the usage on the invoices of one posted run
//! ```
//!
//! A file appears under its name when it is complete and safe on the disk, and is never changed, but for what a purge
//! removes ([`UsageStore::blank_other_parties`], K8). Each carries a seal over
//! all its bytes, which is checked before the first row of it is believed. The ledger says which files count: one that it
//! does not know is an orphan of a run that was cut short. Nothing here knows customers, prices or the ledger.
//!
//! - [`FactsWriter`] → [`PendingFacts`] → [`Published`]: an import, from records to files, repeats found on the way
//! - [`UsageStore::scan`], [`UsageStore::scan_rows`], [`UsageStore::record`]: records back, in row order
//! - [`BilledWriter`], [`UsageStore::billed_calls`]: the itemisation of posted runs
//! - [`RatedRow`], [`RatedBatch`], [`RatedFile`]: rated records, as `rate --out` writes them
//! - [`RowSet`]: rows of one file

mod billed;
mod billed_figures;
mod billed_sets;
mod cells;
mod comparison;
mod digest_scan;
mod digests;
mod error;
mod hybrid;
mod imports;
mod itemised;
mod key_table;
mod marks;
mod pages;
mod rated;
mod rated_file;
mod redaction;
mod repeat_search;
mod repeats;
mod row_groups;
mod row_reader;
mod row_set;
#[cfg(test)]
mod samples;
mod scans;
mod schema;
mod seal;
mod table_reader;
mod table_writer;
mod texts;
mod usage_rows;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub use billed::{BilledBatch, BilledRow, BilledWriter, PendingBilled, PublishedBilled};
pub use billed_figures::BilledFigures;
pub use billed_sets::RowsOfImports;
pub use digests::{RecordBytes, RecordDigests};
pub use error::FactsError;
pub use imports::{FactsHeader, FactsWriter, PendingFacts, Published, UsageBatch};
pub use itemised::InvoiceCalls;
pub use rated::{COLUMNS, RatedRow, csv_header};
pub use rated_file::{RatedBatch, RatedFile, scan_rated};
pub use repeats::{KnownFile, Limits, Repeats};
pub use row_set::RowSet;
pub use scans::Scan;

use crate::files::{PARTIAL_PREFIX, sync_folder};
use schema::Schema;
use table_reader::{Columns, TableReader};

/// The folder of billed usage within the store.
const BILLED_FOLDER: &str = "billed";
/// The entry of a file's metadata that holds the file's own name, so that a copy under another name is noticed.
const NAME_ENTRY: &str = "tollbook.name";

/// The folder `usage/` of a workspace. Files are named relative to it: `import-000001.parquet`,
/// `billed/run-000001.parquet`.
pub struct UsageStore {
    folder: PathBuf,
    /// Files whose seal this store checked, or wrote.
    trusted: Mutex<BTreeSet<String>>,
}

impl UsageStore {
    /// The store in this folder. The folder is made when the first file is written.
    pub fn open(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), trusted: Mutex::default() }
    }

    /// Where a file of the store is.
    pub fn path_of(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Checks a published file against the SHA-256 that [`Published`] gave for it.
    pub fn verify(&self, file: &str, sha256: &str) -> Result<(), FactsError> {
        let path = self.path_of(file);
        if seal::sha256(&path)? == sha256 {
            return Ok(());
        }
        Err(FactsError::damaged(&path, "its SHA-256 is not the one that the ledger has"))
    }

    /// Checks that every byte of a file is as it was written.
    pub fn check_seal(&self, file: &str) -> Result<(), FactsError> {
        seal::check_seal(&self.path_of(file))
    }

    /// Removes what no ledger row names: files of imports and runs that were cut short, and temporary files. Files that
    /// are none of the store's are left alone. Gives the names of what was removed.
    ///
    /// `known` are all facts files, marks files and files of billed usage that the ledger has. The caller holds the
    /// workspace's lock: another process may be about to publish.
    pub fn remove_orphans(&self, known: &[impl AsRef<str>]) -> Result<Vec<String>, FactsError> {
        let known: BTreeSet<&str> = known.iter().map(AsRef::as_ref).collect();
        let mut removed = Vec::new();
        for (folder, prefix) in [(self.folder.clone(), ""), (self.folder.join(BILLED_FOLDER), "billed/")] {
            let before = removed.len();
            for name in names_in(&folder)? {
                let stored = format!("{prefix}{name}");
                let is_store_file = is_file_name(&name, "import-") || is_file_name(&name, "run-");
                let is_orphan = is_store_file && !known.contains(stored.as_str());
                if is_orphan || name.starts_with(PARTIAL_PREFIX) {
                    let path = folder.join(&name);
                    std::fs::remove_file(&path).map_err(|error| FactsError::io(&path, error))?;
                    removed.push(stored);
                }
            }
            if removed.len() > before {
                sync_folder(&folder).map_err(|error| FactsError::io(&folder, error))?;
            }
        }
        Ok(removed)
    }

    /// The names of all facts files in the folder, in the order of their imports.
    pub fn facts_files(&self) -> Result<Vec<String>, FactsError> {
        let mut names = names_in(&self.folder)?;
        names.retain(|name| is_file_name(name, "import-") && !name.ends_with(".marks.parquet"));
        // Numbers beyond six digits come after the others.
        names.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
        Ok(names)
    }

    /// Opens a file whose seal is right.
    fn open_table(&self, file: &str, schema: &Schema, columns: Columns) -> Result<TableReader, FactsError> {
        let path = self.path_of(file);
        if !self.trusted().contains(file) {
            seal::check_seal(&path)?;
        }
        let table = TableReader::open(&path, schema, columns)?;
        if table.metadata(NAME_ENTRY) != Some(file) {
            let was = table.metadata(NAME_ENTRY).unwrap_or("something else").to_owned();
            return Err(FactsError::damaged(&path, format!("it was written as {was}")));
        }
        self.trust(file);
        Ok(table)
    }

    fn trust(&self, file: &str) {
        self.trusted().insert(file.to_owned());
    }

    fn trusted(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        // A set of names is whole whatever happened to the thread that held it.
        self.trusted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_file_name(name: &str, prefix: &str) -> bool {
    name.starts_with(prefix) && name.ends_with(".parquet")
}

/// The names in a folder, ascending; none if there is no folder.
fn names_in(folder: &Path) -> Result<Vec<String>, FactsError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(FactsError::io(folder, error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| FactsError::io(folder, error))?;
        names.extend(entry.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::samples::{TestStore, record};

    #[test]
    fn orphans_go_and_everything_else_stays() {
        let test = TestStore::new();
        let none: [&str; 0] = [];
        assert_eq!(test.store.remove_orphans(&none).unwrap(), none);
        test.publish(1, &[record(0)]);
        test.publish(2, &[record(0)]);
        std::fs::create_dir(test.store.path_of("billed")).unwrap();
        for name in [
            "import-000001.marks.parquet",
            "import-000002.marks.parquet",
            "billed/run-000001.parquet",
            "billed/run-000002.parquet",
            ".partial-abc",
            "billed/.partial-xyz",
            "notes.txt",
            "mine.parquet",
        ] {
            std::fs::write(test.store.path_of(name), "x").unwrap();
        }
        let known = ["import-000001.parquet", "import-000001.marks.parquet", "billed/run-000002.parquet"];
        assert_eq!(
            test.store.remove_orphans(&known).unwrap(),
            [
                ".partial-abc",
                "import-000002.marks.parquet",
                "import-000002.parquet",
                "billed/.partial-xyz",
                "billed/run-000001.parquet"
            ]
        );
        let left = ["billed", "import-000001.marks.parquet", "import-000001.parquet", "mine.parquet", "notes.txt"];
        assert_eq!(test.names(), left);
        assert_eq!(test.store.facts_files().unwrap(), ["import-000001.parquet"]);
        assert!(test.store.path_of("billed/run-000002.parquet").exists());
    }

    #[test]
    fn imports_beyond_six_digits_come_last() {
        let test = TestStore::new();
        for import in [1_000_000, 2, 999_999] {
            test.publish(import, &[]);
        }
        let expected = ["import-000002.parquet", "import-999999.parquet", "import-1000000.parquet"];
        assert_eq!(test.store.facts_files().unwrap(), expected);
    }
}
