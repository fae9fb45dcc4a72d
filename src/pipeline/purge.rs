//! Customers that are purged (K8) → their usage without whom they spoke with: unbilled records are deleted, facts and billed
//! usage lose the other party, documents are written again. Each step can be done again; the book and the ledger's texts go
//! last, by the caller. Makes no price.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Engine;
use super::documents::{Documents, run_folder};
use super::unbilled::OpenImport;
use crate::domain::book::CustomerId;
use crate::domain::usage::UsageRecord;
use crate::error::Result;
use crate::facts::{RowSet, UsageStore};
use crate::ledger::{InvoiceFilter, Ledger, LedgerWriter, RowRange};
use crate::workers::Workers;

/// What went, or would go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct PurgedUsage {
    /// Unbilled records that count as deleted from now on.
    pub deleted: u64,
    /// Records that lost the other party, in facts.
    pub blanked: u64,
    /// The same on posted invoices.
    pub blanked_on_invoices: u64,
    /// Documents that were written again.
    pub documents: u64,
}

/// Whose usage is purged, and where it is.
pub struct UsagePurge<'a> {
    /// The book, which still has them.
    pub engine: &'a Engine<'a>,
    /// Where usage is.
    pub store: &'a UsageStore,
    /// Who does the work.
    pub workers: &'a Workers,
    /// Who.
    pub customers: &'a BTreeSet<CustomerId>,
    /// Whose files documents are: `invoices/` and `templates/` are in it.
    pub workspace: &'a Path,
}

impl UsagePurge<'_> {
    /// Removes it. A dry run only counts the records whose other party would go.
    pub fn run(&self, ledger: &mut LedgerWriter, dry_run: bool) -> Result<PurgedUsage> {
        let mut done = PurgedUsage::default();
        let invoices = self.invoices(ledger)?;
        let mut rows = self.matched_rows(ledger)?;
        for (file, numbers) in invoices.values() {
            for (import, billed) in self.store.billed_on(file, numbers)? {
                rows.entry(import).or_default().union(&billed);
            }
        }
        for import in OpenImport::all(ledger, self.store, self.engine)? {
            let Some(rows) = rows.get(&import.import) else { continue };
            if dry_run {
                done.blanked += rows.len();
                continue;
            }
            done.deleted += delete_unbilled(ledger, &import, rows)?;
            done.blanked += self.store.blank_other_parties(import.facts_file(), rows)?;
        }
        if !dry_run {
            for (run, (file, numbers)) in &invoices {
                done.blanked_on_invoices += self.store.blank_billed_parties(file, numbers)?;
                done.documents += self.write_documents(ledger, *run, file, numbers)?;
            }
        }
        Ok(done)
    }

    /// Their invoices by run, with the file of usage that it billed.
    fn invoices(&self, ledger: &Ledger) -> Result<BTreeMap<i64, (String, BTreeSet<String>)>> {
        let mut invoices = BTreeMap::<i64, (String, BTreeSet<String>)>::new();
        for customer in self.customers {
            let account = self.engine.book.customer(*customer).account.as_str();
            for invoice in ledger.invoices(InvoiceFilter { run: None, account: Some(account) })? {
                if let Some(file) = ledger.run(invoice.run)?.billed_file {
                    let of_run = invoices.entry(invoice.run).or_insert_with(|| (file, BTreeSet::new()));
                    of_run.1.insert(invoice.number);
                }
            }
        }
        Ok(invoices)
    }

    /// The rows of each import that are theirs by the book.
    fn matched_rows(&self, ledger: &Ledger) -> Result<BTreeMap<i64, RowSet>> {
        let mut rows = BTreeMap::new();
        for import in OpenImport::all(ledger, self.store, self.engine)? {
            let all: RowSet = std::iter::once(0..import.rows()).collect();
            let work = |records: Vec<UsageRecord>| {
                let matches = self.engine.matcher.find_each(import.supplier, &records);
                let theirs = records.iter().zip(matches).filter(|(_, found)| {
                    let customer = match found {
                        Ok(of) => Some(of.customer),
                        Err(aside) => aside.customer,
                    };
                    customer.is_some_and(|customer| self.customers.contains(&customer))
                });
                theirs.map(|(record, _)| record.row).collect::<Vec<u32>>()
            };
            let mut found = RowSet::new();
            import.each_batch(&all, self.store, self.workers, work, |rows| {
                rows.into_iter().for_each(|row| {
                    found.insert(row);
                });
                Ok(())
            })?;
            if !found.is_empty() {
                rows.insert(import.import, found);
            }
        }
        Ok(rows)
    }

    fn write_documents(&self, ledger: &Ledger, run: i64, file: &str, numbers: &BTreeSet<String>) -> Result<u64> {
        let dir = run_folder(&self.workspace.join("invoices"), run);
        if !dir.is_dir() {
            return Ok(0);
        }
        let documents = Documents {
            book: self.engine.book,
            store: self.store,
            templates: self.workspace.join("templates"),
            dir,
            pdf: true,
            only: None,
            quiet: true,
        };
        let mut files = 0;
        for number in numbers {
            if let Some(invoice) = ledger.invoice(number)? {
                files += documents.write_one(self.workers, ledger, &invoice.bill, file)? as u64;
            }
        }
        Ok(files)
    }
}

/// Records that are on no invoice would be nobody's once the lines are gone: they count as deleted.
fn delete_unbilled(ledger: &mut LedgerWriter, import: &OpenImport, rows: &RowSet) -> Result<u64> {
    let open = import.open_rows();
    let waiting = rows.iter().filter(|row| open.contains(*row) && import.mark_of(*row).is_none());
    let waiting: RowSet = waiting.map(|row| row..row + 1).collect();
    if waiting.is_empty() {
        return Ok(0);
    }
    let ranges: Vec<_> = waiting.ranges().map(|range| RowRange { first: range.start, last: range.end - 1 }).collect();
    ledger.delete_usage(import.import, &ranges, 0)?;
    Ok(waiting.len())
}
