//! One usage file → facts: mapped, cut in chunks, parsed side by side, written in file order, published whole or not at
//! all (F1–F5). Memory is bounded by the chunks in work, not by the file.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::BATCH_RECORDS;
use super::rejects::{FEW, Rejected, rejects_in_words, write_rejects};
use super::source::open_mapped;
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::{Price, Sum};
use crate::domain::time::TimeFlag;
use crate::domain::totals::{ControlTotals, Tally};
use crate::domain::usage::Kind;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::facts::{FactsError, FactsHeader, FactsWriter, KnownFile, PendingFacts, RowSet, UsageBatch, UsageStore};
use crate::files::map::{MappedFile, hex};
use crate::ledger::{ImportKind, ImportRow, ImportTotal, Ledger, LedgerWriter};
use crate::parsing::{Chunk, FileRefusal, Layout, ParseContext, SourceFile, each_usage};
use crate::progress::Progress;
use crate::workers::Workers;

/// How a file is imported.
pub struct ImportOptions<'a> {
    /// Whose file: the supplier's code.
    pub supplier_code: &'a str,
    /// How its bytes are read.
    pub context: ParseContext<'a>,
    /// Any reject stops the import (F3).
    pub strict: bool,
    /// Rejects that stop the import: a share in 8 decimals, and a number that is always allowed (F3).
    pub max_rejects: (Price, u64),
    /// Service lines are kept to be compared with charges, never billed (P8).
    pub only_compare: bool,
    /// Read and check only.
    pub dry_run: bool,
    /// Show no progress.
    pub quiet: bool,
    /// Bytes that one thread parses at once: [`CHUNK_BYTES`]. The records do not depend on it.
    pub chunk_bytes: usize,
}

/// What became of a file.
#[derive(Serialize)]
pub struct ImportedFile {
    /// Its name.
    pub file: String,
    /// Its number in the ledger; none on a dry run.
    pub import: Option<i64>,
    /// Physical lines, header and trailer among them.
    pub lines: u64,
    /// Where its records ended: `rated` stands for those that wait to be billed.
    pub totals: ControlTotals,
    /// Its refused lines.
    pub rejected: Vec<Rejected>,
    /// Where they were written.
    pub rejects_file: Option<PathBuf>,
    /// Records whose civil time was in a gap or ambiguous (X5).
    pub flagged_times: u64,
}

/// Bytes that one thread parses at once: far more than handing them over costs, and a window of them fits in memory.
pub const CHUNK_BYTES: usize = 2 << 20;

/// Imports one file.
pub fn import_usage(
    ledger: &mut LedgerWriter,
    store: &UsageStore,
    workers: &Workers,
    rejects_dir: &Path,
    options: &ImportOptions,
    path: &Path,
) -> Result<ImportedFile> {
    let mapped = MappedFile::open(path).map_err(|error| Error::unreadable(path, &error))?;
    let name = file_name(path);
    let open = || open_mapped(&name, mapped.bytes(), options.context.layout, workers);
    let (fingerprint, source) = workers.join(|| mapped.fingerprint(), open);
    refuse_known(ledger, path, &hex(&fingerprint))?;
    let source = source?;
    let import = ledger.next_import_id()?;
    let header = FactsHeader {
        supplier: options.supplier_code.to_owned(),
        source_file: name.clone(),
        source_sha256: hex(&fingerprint),
        zone: options.context.workspace_zone.name().to_owned(),
        currency: options.context.currency.to_string(),
    };
    let mut reading = Reading::new(store.create(import, &header)?);
    read_chunks(&mut reading, workers, options, &source, mapped.bytes().len())?;
    let Reading { facts, totals, rejected, blank_lines, cost, flagged_times, .. } = reading;
    source.check_totals(totals.records_in(), rejected.len() as u64, blank_lines, cost).map_err(refuse_file)?;
    let known = known_files(ledger, options.supplier_code, None)?;
    let find_repeats = || {
        let pending = facts.finish(Some(workers))?;
        let repeats = pending.find_repeats(store, &known, Some(workers))?;
        Ok::<_, FactsError>((pending, repeats))
    };
    let (unchanged, found) = workers.join(|| mapped.check_unchanged(&fingerprint), find_repeats);
    unchanged.map_err(|reason| refuse_changed(path, &reason))?;
    let (pending, repeats) = found?;
    let lines = source.line_counts().physical;
    let mut done =
        ImportedFile { file: name, import: None, lines, totals, rejected, rejects_file: None, flagged_times };
    let rejected = Tally::of_lines(done.rejected.len() as u64);
    done.totals.take_in(&rejected);
    done.totals.end(Disposition::Rejected, None, &rejected);
    count_repeats(&mut done.totals, &pending, &repeats.duplicates, Disposition::Duplicate, None)?;
    let conflicting = Some(Reason::ConflictingRecord);
    count_repeats(&mut done.totals, &pending, &repeats.conflicts, Disposition::Suspense, conflicting)?;
    done.totals.check().map_err(|reason| Error::new(ErrorKind::Damaged, reason, "please report this fault"))?;
    if options.dry_run {
        return Ok(done);
    }
    if !done.rejected.is_empty() {
        done.rejects_file = Some(write_rejects(rejects_dir, import, &source, &done.rejected)?);
    }
    let published = pending.publish(store, &repeats)?;
    let bytes = (hex(&fingerprint), mapped.bytes().len() as u64);
    let row = ImportRow {
        facts_file: Some(published.facts_file),
        marks_file: published.marks_file,
        duplicates: repeats.duplicates.len() as u64,
        conflicts: repeats.conflicts.len() as u64,
        blank_lines,
        ..import_row(import, ImportKind::Usage, options, &done, bytes)
    };
    ledger.record_import(&row, &import_totals(&done.totals), &[])?;
    done.import = Some(import);
    Ok(done)
}

/// What has been read of a file so far.
struct Reading {
    facts: FactsWriter,
    totals: ControlTotals,
    rejected: Vec<Rejected>,
    blank_lines: u64,
    cost: Sum<8>,
    flagged_times: u64,
}

impl Reading {
    fn new(facts: FactsWriter) -> Self {
        Self {
            facts,
            totals: ControlTotals::default(),
            rejected: Vec::new(),
            blank_lines: 0,
            cost: Sum::default(),
            flagged_times: 0,
        }
    }

    fn take(&mut self, chunk: ReadChunk) -> Result<()> {
        self.totals.merge(&chunk.totals);
        self.cost.merge(chunk.cost);
        self.flagged_times += chunk.flagged_times;
        self.blank_lines += chunk.blank_lines;
        self.rejected.extend(chunk.rejected);
        Ok(self.facts.add(chunk.records)?)
    }
}

/// What one thread made of a chunk.
struct ReadChunk {
    bytes: u64,
    records: UsageBatch,
    totals: ControlTotals,
    rejected: Vec<Rejected>,
    blank_lines: u64,
    cost: Sum<8>,
    flagged_times: u64,
}

impl ReadChunk {
    /// Every record is counted, put into columns and forgotten.
    fn read(source: &SourceFile, chunk: &Chunk, options: &ImportOptions) -> Self {
        let mut columns = UsageBatch::new(options.supplier_code);
        let (mut totals, mut cost, mut flagged_times) = (ControlTotals::default(), Sum::default(), 0);
        let mut batch = Vec::with_capacity(BATCH_RECORDS);
        let lines = each_usage(source, chunk, &options.context, |record| {
            let tally = Tally::of_record(&record);
            totals.take_in(&tally);
            totals.end(Disposition::Rated, None, &tally);
            cost.merge(tally.cost);
            flagged_times += u64::from(record.time_flag != TimeFlag::Plain);
            batch.push(record);
            if batch.len() == BATCH_RECORDS {
                columns.add(&batch);
                batch.clear();
            }
        });
        columns.add(&batch);
        Self {
            bytes: chunk.bytes(),
            records: columns,
            totals,
            rejected: lines.rejects.into_iter().map(Rejected::from).collect(),
            blank_lines: lines.blank_lines,
            cost,
            flagged_times,
        }
    }
}

/// Parses the chunks side by side and takes them in file order; stops early once too much of the file is bad.
fn read_chunks(
    reading: &mut Reading,
    workers: &Workers,
    options: &ImportOptions,
    source: &SourceFile,
    bytes: usize,
) -> Result<()> {
    let progress = Progress::new(source.file_name(), bytes as u64, options.quiet);
    let chunks = source.chunks(options.chunk_bytes);
    for window in chunks.chunks(workers.window()) {
        // While a window is parsed, what was packed of the one before is written.
        let (read, written) = workers.join(
            || workers.map(window.iter().collect(), |chunk| ReadChunk::read(source, chunk, options)),
            || reading.facts.write_packed(),
        );
        written?;
        for chunk in read {
            progress.advance(chunk.bytes);
            reading.take(chunk)?;
            // While the file is read its number of records is not known: so far the always allowed number counts,
            // and the share of what was read.
            check_rejects(options, source.file_name(), reading.totals.records_in(), &reading.rejected, true)?;
        }
        reading.facts.pack(Some(workers))?;
    }
    progress.finish();
    check_rejects(options, source.file_name(), reading.totals.records_in(), &reading.rejected, false)
}

/// F3: more rejects than allowed refuse the file. So do rejects alone: where not one line can be read, there is nothing
/// that could go on.
pub(super) fn check_rejects(
    options: &ImportOptions,
    file: &str,
    records: u64,
    rejected: &[Rejected],
    more_to_come: bool,
) -> Result<()> {
    let rejects = rejected.len() as u64;
    let (share, count) = options.max_rejects;
    let by_share = u128::from(records + rejects) * u128::from(share.scaled().unsigned_abs()) / 100_000_000;
    let limit = if options.strict { 0 } else { u128::from(count).max(by_share) };
    // Early on, a bad patch may be made good by a long clean rest: be ten times as patient.
    let patience = if more_to_come { 10 } else { 1 };
    let nothing_read = records == 0 && rejects > 0 && !more_to_come;
    let why = match options.strict {
        _ if u128::from(rejects) <= limit * patience && !nothing_read => return Ok(()),
        true => "--strict allows none".to_owned(),
        false if u128::from(rejects) > limit => format!("max_rejects in tollbook.toml allows {limit}"),
        false => "and no other line holds a record".to_owned(),
    };
    let hint = match options.strict && rejected.len() <= FEW {
        true => "correct the file, or leave out --strict: what cannot be read is then put aside",
        false => "if the lines fail alike, the layout does not fit: see `tollbook layouts check FILE`",
    };
    let cannot = format!("{} cannot be read, {why}; nothing of it was kept", counted(rejects, "line"));
    Err(Error::refused(format!("{file}: {cannot}\n{}", rejects_in_words(file, rejected).trim_end()), hint))
}

fn count_repeats(
    totals: &mut ControlTotals,
    pending: &PendingFacts,
    rows: &[u32],
    disposition: Disposition,
    reason: Option<Reason>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut keep = RowSet::new();
    rows.iter().for_each(|row| {
        keep.insert(*row);
    });
    for batch in pending.scan_rows(&keep, 8_192) {
        for record in batch? {
            totals.move_on(Disposition::Rated, (disposition, reason), &Tally::of_record(&record));
        }
    }
    Ok(())
}

/// The files that records of a supplier may repeat, but for one import, without what was deleted of them.
pub fn known_files(ledger: &Ledger, supplier: &str, but: Option<i64>) -> Result<Vec<KnownFile>> {
    let mut known = Vec::new();
    for import in ledger.imports()? {
        let other = import.supplier == supplier && Some(import.id) != but;
        let Some(facts_file) = import.facts_file.filter(|_| other) else { continue };
        let mut ignore = RowSet::new();
        if import.deleted_at.is_some() {
            continue;
        }
        for range in ledger.deletions(import.id)? {
            ignore.insert_range(range.first..range.last + 1);
        }
        known.push(KnownFile { facts_file, ignore });
    }
    Ok(known)
}

/// The totals of a file as the ledger keeps them.
pub(super) fn import_totals(totals: &ControlTotals) -> Vec<ImportTotal> {
    let ended = totals.ended();
    ended
        .map(|(disposition, reason, tally)| ImportTotal {
            disposition,
            reason: reason.map(|reason| reason.name().to_owned()).unwrap_or_default(),
            kind: tally.kind,
            records: tally.records,
            units: tally.units,
            cost: tally.cost,
        })
        .filter(|total| total.records > 0)
        .collect()
}

/// The ledger's row of an import, but for what only usage has.
pub(super) fn import_row(
    import: i64,
    kind: ImportKind,
    options: &ImportOptions,
    done: &ImportedFile,
    (sha256, size): (String, u64),
) -> ImportRow {
    let rejects = done.rejected.len() as u64;
    let mut row = ImportRow {
        id: import,
        supplier: options.supplier_code.to_owned(),
        file_name: done.file.clone(),
        sha256,
        size,
        kind,
        facts_file: None,
        marks_file: None,
        imported_at: String::new(),
        lines: done.lines,
        blank_lines: 0,
        records: done.totals.records_in() - rejects,
        duplicates: 0,
        conflicts: 0,
        rejects,
        units: [Sum::default(); 4],
        cost: Sum::default(),
        deleted_at: None,
        is_compared: options.only_compare,
    };
    for tally in done.totals.came_in() {
        row.cost.merge(tally.cost);
        if let Some(position) = Kind::ALL.iter().position(|kind| Some(*kind) == tally.kind) {
            row.units[position].merge(tally.units);
        }
    }
    row
}

/// F2: the same bytes again are refused whatever they are called.
pub(super) fn refuse_known(ledger: &Ledger, path: &Path, sha256: &str) -> Result<()> {
    let Some(known) = ledger.find_live_import_by_sha(sha256)? else { return Ok(()) };
    let message = format!(
        "{}: the same bytes were imported as {} (import {}) at {}",
        path.display(),
        known.file_name,
        known.id,
        known.imported_at
    );
    let hint = format!("nothing to do; to import it anew, first `tollbook usage delete --import {}`", known.id);
    Err(Error::refused(message, hint))
}

/// A file whose frame is unsound, as the end of a command.
pub fn refuse_file(refusal: FileRefusal) -> Error {
    let hint = refusal.hint.clone();
    let without_hint = FileRefusal { hint: String::new(), ..refusal };
    Error::refused(format!("{without_hint}; nothing of it was kept"), hint)
}

pub(super) fn refuse_changed(path: &Path, reason: &str) -> Error {
    Error::refused(
        format!("{}: the file changed while it was read: {reason}; nothing of it was kept", path.display()),
        "wait until it is complete and import it again",
    )
}

/// The last part of a path, for messages and the ledger.
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// A layout must be for the kind of file.
pub fn check_layout_kind(layout: &Layout, services: bool) -> Result<()> {
    match (layout.is_services(), services) {
        (true, false) => Err(Error::refused(
            format!("layout {:?} is for service files", layout.name()),
            "use `tollbook import services`, or name another layout with --layout",
        )),
        (false, true) => Err(Error::refused(
            format!("layout {:?} is for usage files", layout.name()),
            "use `tollbook import usage`, or name another layout with --layout",
        )),
        _ => Ok(()),
    }
}
