//! Facts of the store → what each record is now: priced by the book as it stands, set aside, or marked.
//! Prices are derived here whenever they are needed, never stored (R16).

use std::collections::BTreeMap;
use std::ops::Range;

use super::Engine;
use crate::domain::book::SupplierId;
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::usage::{RatedUsage, SetAside, UsageRecord};
use crate::error::{Error, ErrorKind, Result};
use crate::facts::{RowSet, RowsOfImports, UsageStore};
use crate::ledger::{ImportKind, ImportRow, Ledger};
use crate::workers::Workers;

/// An imported usage file, with what is already known of its rows.
pub struct OpenImport {
    /// Its number in the ledger.
    pub import: i64,
    /// The same, as usage names it.
    number: u32,
    /// Whose file.
    pub supplier: SupplierId,
    /// The file's name.
    pub file_name: String,
    /// Lines of it that could not be read.
    pub rejects: u64,
    facts_file: String,
    rows: u32,
    billed: RowSet,
    deleted: RowSet,
    marks: BTreeMap<u32, Disposition>,
}

/// What a record that is not yet billed is now.
pub enum OpenRecord {
    /// Priced.
    Rated(Box<RatedUsage>),
    /// Not billable now, by the book.
    SetAside(Box<SetAside>),
    /// Marked when it was imported, or by a person.
    Marked(Disposition, Option<Reason>, Box<UsageRecord>),
}

impl OpenImport {
    /// Every live usage import, with its billed, deleted and marked rows.
    pub fn all(ledger: &Ledger, store: &UsageStore, engine: &Engine) -> Result<Vec<Self>> {
        let mut billed = billed_rows(ledger, store)?;
        let imports = ledger.imports()?;
        let usage = imports.into_iter().filter(|import| import.kind == ImportKind::Usage);
        usage.map(|import| Self::open(ledger, store, engine, &mut billed, import)).collect()
    }

    /// A usage import as it came, whatever was billed of it since.
    pub fn one(ledger: &Ledger, store: &UsageStore, engine: &Engine, import: ImportRow) -> Result<Self> {
        Self::open(ledger, store, engine, &mut RowsOfImports::new(), import)
    }

    fn open(
        ledger: &Ledger,
        store: &UsageStore,
        engine: &Engine,
        billed: &mut RowsOfImports,
        import: ImportRow,
    ) -> Result<Self> {
        let supplier = engine.supplier_of(import.id, &import.supplier)?;
        let rows = u32::try_from(import.records).map_err(|_| damaged(&import, "has more rows than a file can"))?;
        let facts_file = import.facts_file.clone().ok_or_else(|| damaged(&import, "names no usage file"))?;
        let mut deleted = RowSet::new();
        if import.deleted_at.is_some() {
            deleted.insert_range(0..rows);
        }
        for range in ledger.deletions(import.id)? {
            deleted.insert_range(range.first..range.last + 1);
        }
        let billed = billed.remove(&import.id).unwrap_or_default();
        let number = u32::try_from(import.id).map_err(|_| damaged(&import, "has a number that no import gets"))?;
        let marks = match &import.marks_file {
            // What is billed has no mark.
            Some(_) if billed.len() == u64::from(rows) => BTreeMap::new(),
            Some(file) => store.marks(file)?.into_iter().collect(),
            None => BTreeMap::new(),
        };
        Ok(Self {
            import: import.id,
            number,
            supplier,
            file_name: import.file_name,
            rejects: import.rejects,
            facts_file,
            rows,
            billed,
            deleted,
            marks,
        })
    }

    /// Whose file it is, its number and its file's name, as usage names them.
    pub fn origin(&self) -> (SupplierId, u32, &str) {
        (self.supplier, self.number, &self.file_name)
    }

    /// How many rows it has.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Its file in the usage store.
    pub fn facts_file(&self) -> &str {
        &self.facts_file
    }

    /// How many of its rows are on posted invoices.
    pub fn billed_rows(&self) -> u64 {
        self.billed.len()
    }

    /// The rows on posted invoices.
    pub fn billed(&self) -> &RowSet {
        &self.billed
    }

    /// The mark of a row, if it has one.
    pub fn mark_of(&self, row: u32) -> Option<(Disposition, Option<Reason>)> {
        if self.deleted.contains(row) {
            return Some((Disposition::Deleted, None));
        }
        self.marks.get(&row).map(|mark| match mark {
            Disposition::Suspense => (Disposition::Suspense, Some(Reason::ConflictingRecord)),
            other => (*other, None),
        })
    }

    /// Gives every record that is not billed to `take`, in row order.
    pub fn each_open_record(
        &self,
        engine: &Engine,
        store: &UsageStore,
        workers: &Workers,
        mut take: impl FnMut(OpenRecord) -> Result<()>,
    ) -> Result<()> {
        let price = |record: UsageRecord| match self.mark_of(record.row) {
            Some((disposition, reason)) => OpenRecord::Marked(disposition, reason, Box::new(record)),
            None => match engine.price(self.supplier, record) {
                Ok(rated) => OpenRecord::Rated(Box::new(rated)),
                Err(set_aside) => OpenRecord::SetAside(set_aside),
            },
        };
        let price_batch = |batch: Vec<UsageRecord>| batch.into_iter().map(price).collect::<Vec<_>>();
        self.each_of(&self.open_rows(), PIECE_ROWS, store, workers, price_batch, |priced| {
            priced.into_iter().try_for_each(&mut take)
        })
    }

    /// The rows that are not billed, marked or not.
    pub fn open_rows(&self) -> RowSet {
        self.all_but(&self.billed)
    }

    /// Gives the records that carry no mark (not deleted, duplicate or conflicting), billed or not, to `work` in batches,
    /// side by side, and what it makes of each batch to `take`, in row order.
    pub fn each_live_batch<R: Send>(
        &self,
        store: &UsageStore,
        workers: &Workers,
        work: impl Fn(Vec<UsageRecord>) -> R + Sync + Send,
        take: impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        let mut marked = self.deleted.clone();
        self.marks.keys().for_each(|row| {
            marked.insert(*row);
        });
        self.each_of(&self.all_but(&marked), PIECE_ROWS, store, workers, work, take)
    }

    fn all_but(&self, rows: &RowSet) -> RowSet {
        rows.gaps(self.rows).collect()
    }

    /// Gives the records of rows to `work` in batches, side by side, and what it makes of each batch to `take`, in row
    /// order. What is made of a whole group of rows is held for each thread.
    pub fn each_batch<R: Send>(
        &self,
        rows: &RowSet,
        store: &UsageStore,
        workers: &Workers,
        work: impl Fn(Vec<UsageRecord>) -> R + Sync + Send,
        take: impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        self.each_of(rows, u32::MAX, store, workers, work, take)
    }

    /// Decodes and works on pieces of the file side by side, of so many rows or as many as a group has; a piece for each
    /// thread is held at once.
    fn each_of<R: Send>(
        &self,
        rows: &RowSet,
        piece_rows: u32,
        store: &UsageStore,
        workers: &Workers,
        work: impl Fn(Vec<UsageRecord>) -> R + Sync + Send,
        mut take: impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let groups = store.row_groups(&self.facts_file)?;
        // A few groups are cut all the same, so that no thread is idle.
        let piece_rows = if groups.len() < 2 * workers.threads() { PIECE_ROWS } else { piece_rows };
        let pieces = pieces(groups, rows, piece_rows);
        let work = |piece: Range<u32>| {
            let batches = store.scan_piece(&self.facts_file, (rows, piece), BATCH_ROWS);
            batches.map(|batch| batch.map(&work)).collect::<std::result::Result<Vec<R>, _>>()
        };
        let mut pieces = pieces.into_iter().peekable();
        while pieces.peek().is_some() {
            let window = pieces.by_ref().take(workers.threads()).collect();
            for results in workers.map(window, work) {
                results?.into_iter().try_for_each(&mut take)?;
            }
        }
        Ok(())
    }
}

/// Cuts rows where the file's groups end and, if they are longer than a piece, in between; without the pieces that have
/// none of the rows.
fn pieces(groups: Vec<Range<u32>>, rows: &RowSet, piece_rows: u32) -> Vec<Range<u32>> {
    let cut = |group: Range<u32>| {
        let starts = group.clone().step_by(piece_rows as usize);
        starts.map(move |start| start..group.end.min(start.saturating_add(piece_rows)))
    };
    groups.into_iter().flat_map(cut).filter(|piece| rows.contains_any(piece.clone())).collect()
}

/// Rows decoded at once.
const BATCH_ROWS: usize = 8_192;
/// Rows that a thread takes at once, a quarter of a group: what is before them in the group is stepped over.
const PIECE_ROWS: u32 = 32_768;

/// The rows of each import that posted runs billed, without those of voided invoices.
fn billed_rows(ledger: &Ledger, store: &UsageStore) -> Result<RowsOfImports> {
    let (mut rows, mut released) = (RowsOfImports::new(), ledger.released_rows()?);
    for run in ledger.runs()? {
        let Some(file) = run.billed_file.filter(|_| run.undone_at.is_none()) else { continue };
        let mut sets = store.billed_sets(&file)?;
        for (import, range) in released.remove(&run.id).unwrap_or_default() {
            sets.entry(import).or_default().remove_range(range.first..range.last + 1);
        }
        for (import, billed) in sets {
            let before = rows.entry(import).or_default();
            let both = before.len() + billed.len();
            before.union(&billed);
            if before.len() != both {
                let message = format!("run {}: bills rows of import {import} a second time", run.id);
                return Err(Error::new(ErrorKind::Damaged, message, "restore the workspace from a backup"));
            }
        }
    }
    Ok(rows)
}

fn damaged(import: &ImportRow, what: &str) -> Error {
    let message = format!("import {} ({}): the ledger's row {what}", import.id, import.file_name);
    Error::new(ErrorKind::Damaged, message, "run `tollbook verify`, then restore from a backup")
}
