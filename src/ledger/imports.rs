//! Which supplier files were imported, what was in them and where their records ended at the time (F2, B14).
//! The usage records themselves are facts and not here; the lines of service files are in [`super::services`].

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::domain::charge::ServiceLine;
use crate::domain::disposition::Disposition;
use crate::domain::money::Sum;
use crate::domain::usage::Kind;

use super::columns::{count, named, stored, sum};
use super::{Change, Ledger, LedgerError, LedgerWriter};

/// What a supplier's file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// Usage records.
    Usage,
    /// Service lines.
    Services,
}

impl ImportKind {
    /// The name used in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Services => "services",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Usage, Self::Services].into_iter().find(|kind| kind.name() == text)
    }
}

/// One imported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// From [`Ledger::next_import_id`]; never used again.
    pub id: i64,
    /// The supplier's code.
    pub supplier: String,
    /// The file's name without its folder.
    pub file_name: String,
    /// Of the file's bytes, 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// Of the file, in bytes.
    pub size: u64,
    /// What it holds.
    pub kind: ImportKind,
    /// The file of facts made from it, relative to the workspace; none for services.
    pub facts_file: Option<String>,
    /// The file of marks (duplicates, conflicts) made from it, relative to the workspace.
    pub marks_file: Option<String>,
    /// When; set by the ledger from the actor when it is recorded.
    pub imported_at: String,
    /// Physical lines: at least records, rejects and blank lines together (F4).
    pub lines: u64,
    /// Of them blank.
    pub blank_lines: u64,
    /// Records read, duplicates and conflicts among them, rejects not.
    pub records: u64,
    /// Records that came before (F2).
    pub duplicates: u64,
    /// Records whose id came before with other content (F2).
    pub conflicts: u64,
    /// Lines that could not be read (F3).
    pub rejects: u64,
    /// Units of all records by kind, in the order of [`Kind::ALL`]: seconds, bytes, messages, events.
    pub units: [Sum<0>; 4],
    /// What the supplier charges for all records.
    pub cost: Sum<8>,
    /// When it was deleted as a whole (F6); none while it counts.
    pub deleted_at: Option<String>,
    /// Its service lines are only compared with charges, never billed (P8).
    pub is_compared: bool,
}

/// Where some of the records of an import ended when it was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportTotal {
    /// Their end.
    pub disposition: Disposition,
    /// Why; empty where no reason is needed.
    pub reason: String,
    /// What they measure; none where it is not known.
    pub kind: Option<Kind>,
    /// How many.
    pub records: u64,
    /// Seconds, bytes or count.
    pub units: Sum<0>,
    /// What the supplier charges for them.
    pub cost: Sum<8>,
}

impl LedgerWriter {
    /// Records an import with its control totals and, of a service file, its lines.
    ///
    /// # Errors
    /// `Refused`: the id is not the next one; the same bytes are there already (F2); the totals do not add up to what
    /// the import says it holds (B14); service lines that are not as many as its records without duplicates and
    /// conflicts.
    pub fn record_import(
        &mut self,
        import: &ImportRow,
        totals: &[ImportTotal],
        services: &[ServiceLine],
    ) -> Result<(), LedgerError> {
        let what = format!("record the import of {}", import.file_name);
        let refuse = |why: String, hint: &str| Err(LedgerError::refused(what.clone(), why, hint));
        let change = self.begin()?;
        let next = next_import_id(&change)?;
        if import.id != next {
            return refuse(format!("its number {} is not the next one, {next}", import.id), "import the file again");
        }
        if let Some(earlier) = find_live_import(&change, &import.sha256)? {
            return refuse(
                format!("the same bytes were imported as {} (import {})", earlier.file_name, earlier.id),
                "if the first import was wrong, delete it first",
            );
        }
        if let Some(difference) = control_difference(import, totals) {
            return refuse(difference, "nothing was kept; this is a fault of the program");
        }
        let expected = match import.kind {
            ImportKind::Services => import.records - import.duplicates - import.conflicts,
            ImportKind::Usage => 0,
        };
        if services.len() as u64 != expected {
            return refuse(
                format!("it has {} service lines where {expected} are counted", services.len()),
                "nothing was kept; this is a fault of the program",
            );
        }
        change.insert_import(import)?;
        for total in totals {
            change.insert_total(import.id, total)?;
        }
        change.insert_services(import.id, services)?;
        if import.is_compared {
            change.execute("INSERT INTO reconciled_imports (import) VALUES (?1)", [import.id])?;
        }
        let after = json!({
            "supplier": import.supplier, "file": import.file_name, "sha256": import.sha256,
            "kind": import.kind.name(), "records": import.records, "rejects": import.rejects,
            "cost": import.cost.to_string(),
        });
        change.audit("import", &import.id.to_string(), None, Some(&after.to_string()))?;
        change.commit()
    }
}

const SELECT_IMPORTS: &str =
    "SELECT *, EXISTS (SELECT 1 FROM reconciled_imports r WHERE r.import = imports.id) AS is_compared FROM imports";

impl Ledger {
    /// The number that the next import gets; numbers of deleted imports do not come back.
    pub fn next_import_id(&self) -> Result<i64, LedgerError> {
        next_import_id(&self.connection)
    }

    /// The import of a file with these bytes that was not deleted (F2).
    pub fn find_live_import_by_sha(&self, sha256: &str) -> Result<Option<ImportRow>, LedgerError> {
        find_live_import(&self.connection, sha256)
    }

    /// All imports, deleted ones too, in the order of their numbers.
    pub fn imports(&self) -> Result<Vec<ImportRow>, LedgerError> {
        let mut query = self.connection.prepare(&format!("{SELECT_IMPORTS} ORDER BY id"))?;
        let rows = query.query_map([], read_import)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where the records of an import ended when it was imported.
    pub fn import_totals(&self, import: i64) -> Result<Vec<ImportTotal>, LedgerError> {
        let mut query = self.connection.prepare_cached(
            "SELECT * FROM import_totals WHERE import = ?1 ORDER BY import, disposition, reason, kind",
        )?;
        let rows = query.query_map([import], read_total)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

pub(super) fn find_import(connection: &Connection, id: i64) -> Result<ImportRow, LedgerError> {
    let mut query = connection.prepare_cached(&format!("{SELECT_IMPORTS} WHERE id = ?1"))?;
    query.query_row([id], read_import).optional()?.ok_or_else(|| {
        LedgerError::refused(format!("use import {id}"), "there is no such import", "look at the list of imports")
    })
}

/// In what an import's totals differ from what it says it holds: records, rejects, units by kind, cost.
pub(super) fn control_difference(import: &ImportRow, totals: &[ImportTotal]) -> Option<String> {
    let (mut records, mut rejects, mut cost) = (0_u64, 0_u64, Sum::<8>::default());
    let mut units = [Sum::<0>::default(); 4];
    for total in totals {
        match total.disposition {
            Disposition::Rejected => rejects += total.records,
            _ => records += total.records,
        }
        cost.merge(total.cost);
        if let Some(position) = Kind::ALL.iter().position(|kind| Some(*kind) == total.kind) {
            units[position].merge(total.units);
        }
    }
    let differs = |what: &str, of_totals: &dyn std::fmt::Display, of_import: &dyn std::fmt::Display| {
        Some(format!("import {}: the dispositions hold {of_totals} {what}, the file {of_import}", import.id))
    };
    if records != import.records {
        return differs("records", &records, &import.records);
    }
    if rejects != import.rejects {
        return differs("rejects", &rejects, &import.rejects);
    }
    if cost != import.cost {
        return differs("of cost", &cost, &import.cost);
    }
    let position = (0..units.len()).find(|&position| units[position] != import.units[position])?;
    differs(&format!("units of {}", Kind::ALL[position].name()), &units[position], &import.units[position])
}

impl Change<'_> {
    fn insert_import(&self, import: &ImportRow) -> Result<(), LedgerError> {
        let [voice, data, sms, event] = import.units.map(|units| units.to_string());
        self.execute(
            "INSERT INTO imports (id, supplier, file_name, sha256, size_bytes, kind, facts_file, marks_file,
               imported_at, lines, blank_lines, records, duplicates, conflicts, rejects, voice_seconds, data_bytes, sms_messages,
               event_count, cost_e8)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
            params![
                import.id,
                import.supplier,
                import.file_name,
                import.sha256,
                stored(import.size)?,
                import.kind.name(),
                import.facts_file,
                import.marks_file,
                self.actor.at,
                stored(import.lines)?,
                stored(import.blank_lines)?,
                stored(import.records)?,
                stored(import.duplicates)?,
                stored(import.conflicts)?,
                stored(import.rejects)?,
                voice,
                data,
                sms,
                event,
                import.cost.wide().to_string(),
            ],
        )?;
        Ok(())
    }

    fn insert_total(&self, import: i64, total: &ImportTotal) -> Result<(), LedgerError> {
        self.prepare_cached(
            "INSERT INTO import_totals (import, disposition, reason, kind, records, units, cost_e8)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            import,
            total.disposition.name(),
            total.reason,
            total.kind.map_or("", Kind::name),
            stored(total.records)?,
            total.units.wide().to_string(),
            total.cost.wide().to_string(),
        ])?;
        Ok(())
    }
}

fn next_import_id(connection: &Connection) -> Result<i64, LedgerError> {
    Ok(connection.query_row("SELECT coalesce(max(id), 0) + 1 FROM imports", [], |row| row.get(0))?)
}

fn find_live_import(connection: &Connection, sha256: &str) -> Result<Option<ImportRow>, LedgerError> {
    let mut query = connection.prepare_cached(&format!("{SELECT_IMPORTS} WHERE sha256 = ?1 AND deleted_at IS NULL"))?;
    Ok(query.query_row([sha256], read_import).optional()?)
}

fn read_import(row: &Row<'_>) -> rusqlite::Result<ImportRow> {
    Ok(ImportRow {
        id: row.get("id")?,
        supplier: row.get("supplier")?,
        file_name: row.get("file_name")?,
        sha256: row.get("sha256")?,
        size: count(row, "size_bytes")?,
        kind: named(row, "kind", ImportKind::parse)?,
        facts_file: row.get("facts_file")?,
        marks_file: row.get("marks_file")?,
        imported_at: row.get("imported_at")?,
        lines: count(row, "lines")?,
        blank_lines: count(row, "blank_lines")?,
        records: count(row, "records")?,
        duplicates: count(row, "duplicates")?,
        conflicts: count(row, "conflicts")?,
        rejects: count(row, "rejects")?,
        units: [
            sum(row, "voice_seconds")?,
            sum(row, "data_bytes")?,
            sum(row, "sms_messages")?,
            sum(row, "event_count")?,
        ],
        cost: sum(row, "cost_e8")?,
        deleted_at: row.get("deleted_at")?,
        is_compared: row.get("is_compared")?,
    })
}

fn read_total(row: &Row<'_>) -> rusqlite::Result<ImportTotal> {
    let kind: String = row.get("kind")?;
    Ok(ImportTotal {
        disposition: named(row, "disposition", Disposition::parse)?,
        reason: row.get("reason")?,
        kind: Kind::parse(&kind),
        records: count(row, "records")?,
        units: sum(row, "units")?,
        cost: sum(row, "cost_e8")?,
    })
}
