//! One service file → service lines in the ledger (F1–F5, P7). Rare and small beside usage: read in one piece.

use std::path::Path;

use super::import::{
    ImportOptions, ImportedFile, check_rejects, file_name, import_row, import_totals, refuse_changed, refuse_file,
    refuse_known,
};
use super::rejects::{Rejected, write_rejects};
use crate::domain::disposition::Disposition;
use crate::domain::money::{CallCharge, Sum};
use crate::domain::totals::{ControlTotals, Tally};
use crate::domain::usage::Kind;
use crate::error::{Error, Result};
use crate::files::map::{MappedFile, hex};
use crate::ledger::{ImportKind, ImportRow, LedgerWriter};
use crate::parsing::{open_source, parse_services};

/// Imports one service file.
pub fn import_services(
    ledger: &mut LedgerWriter,
    rejects_dir: &Path,
    options: &ImportOptions,
    path: &Path,
) -> Result<ImportedFile> {
    let mapped = MappedFile::open(path).map_err(|error| Error::unreadable(path, &error))?;
    let fingerprint = mapped.fingerprint();
    refuse_known(ledger, path, &hex(&fingerprint))?;
    let name = file_name(path);
    let source = open_source(&name, mapped.bytes(), options.context.layout).map_err(refuse_file)?;
    let parsed = parse_services(&source, &options.context);
    let mut totals = ControlTotals::default();
    for line in &parsed.lines {
        let tally = Tally::of(Kind::Event, 1, line.cost, CallCharge::ZERO);
        totals.take_in(&tally);
        totals.end(Disposition::Rated, None, &tally);
    }
    let rejected: Vec<Rejected> = parsed.rejects.into_iter().map(Rejected::from).collect();
    let rejects = rejected.len() as u64;
    check_rejects(options, &name, parsed.lines.len() as u64, &rejected, false)?;
    let cost: Sum<8> = parsed.lines.iter().map(|line| line.cost).sum();
    source.check_totals(parsed.lines.len() as u64, rejects, parsed.blank_lines, cost).map_err(refuse_file)?;
    mapped.check_unchanged(&fingerprint).map_err(|reason| refuse_changed(path, &reason))?;
    let tally = Tally::of_lines(rejects);
    totals.take_in(&tally);
    totals.end(Disposition::Rejected, None, &tally);
    let mut done = ImportedFile {
        file: name,
        import: None,
        lines: source.line_counts().physical,
        totals,
        rejected,
        rejects_file: None,
        flagged_times: 0,
    };
    if options.dry_run {
        return Ok(done);
    }
    let import = ledger.next_import_id()?;
    if rejects > 0 {
        done.rejects_file = Some(write_rejects(rejects_dir, import, &source, &done.rejected)?);
    }
    let row = ImportRow {
        blank_lines: parsed.blank_lines,
        ..import_row(import, ImportKind::Services, options, &done, (hex(&fingerprint), mapped.bytes().len() as u64))
    };
    ledger.record_import(&row, &import_totals(&done.totals), &parsed.lines)?;
    done.import = Some(import);
    Ok(done)
}
