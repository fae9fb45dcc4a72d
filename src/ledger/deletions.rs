//! Marks on imported records that a person deleted, and their removal (F6). Facts stay as they are; whoever reads them
//! leaves out the marked rows.

use rusqlite::{Connection, params};
use serde_json::json;

use super::columns::count;
use super::imports::find_import;
use super::{Change, Ledger, LedgerError, LedgerWriter};

/// Rows of an import, from 0, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowRange {
    /// The first row.
    pub first: u32,
    /// The last row.
    pub last: u32,
}

impl RowRange {
    /// How many rows.
    pub fn rows(self) -> u64 {
        u64::from(self.last) - u64::from(self.first) + 1
    }

    fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// What is left of `self` without `hole`: nothing, one or two ranges.
    fn without(self, hole: Self) -> Vec<Self> {
        if !self.overlaps(hole) {
            return vec![self];
        }
        let before = (self.first < hole.first).then(|| Self { first: self.first, last: hole.first - 1 });
        let after = (hole.last < self.last).then(|| Self { first: hole.last + 1, last: self.last });
        before.into_iter().chain(after).collect()
    }
}

impl std::fmt::Display for RowRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl LedgerWriter {
    /// Deletes a whole import: none of its records counts any more, and its bytes may be imported again.
    ///
    /// # Errors
    /// `Refused` if a posted run billed any of it, or if it is deleted already.
    pub fn delete_import(&mut self, import: i64) -> Result<(), LedgerError> {
        let what = format!("delete import {import}");
        let change = self.begin()?;
        let row = find_import(&change, import)?;
        if let Some(at) = row.deleted_at {
            return Err(LedgerError::refused(what, format!("it was deleted at {at}"), "nothing is left to do"));
        }
        let billed = billed_rows(&change, import)?;
        if billed > 0 {
            return Err(refuse_billed(what, billed));
        }
        change.set_deleted(import, Some(&change.actor.at))?;
        change.audit("import", &import.to_string(), None, Some(&json!({"deleted": true}).to_string()))?;
        change.commit()
    }

    /// Takes the deletion of a whole import back; rows deleted one by one stay deleted.
    ///
    /// # Errors
    /// `Refused` if it is not deleted, or if its bytes were imported again meanwhile.
    pub fn restore_import(&mut self, import: i64) -> Result<(), LedgerError> {
        let what = format!("restore import {import}");
        let change = self.begin()?;
        let row = find_import(&change, import)?;
        if row.deleted_at.is_none() {
            return Err(LedgerError::refused(what, "it is not deleted", "nothing is left to do"));
        }
        let again: Option<i64> = change.query_row(
            "SELECT max(id) FROM imports WHERE sha256 = ?1 AND deleted_at IS NULL",
            [&row.sha256],
            |row| row.get(0),
        )?;
        if let Some(again) = again {
            let why = format!("the same bytes were imported again as import {again}");
            return Err(LedgerError::refused(what, why, "delete that import first"));
        }
        change.set_deleted(import, None)?;
        change.audit("import", &import.to_string(), None, Some(&json!({"deleted": false}).to_string()))?;
        change.commit()
    }

    /// Deletes rows of an import. `billed_among_them` is how many of these rows posted runs billed, counted by the
    /// caller in the runs' billed files.
    ///
    /// # Errors
    /// `Refused` if any is billed, deleted already or not there, or if more rows would be billed or deleted than the
    /// import has.
    pub fn delete_usage(&mut self, import: i64, rows: &[RowRange], billed_among_them: u64) -> Result<(), LedgerError> {
        let what = format!("delete rows of import {import}");
        let refuse = |why: String, hint: &str| Err(LedgerError::refused(what.clone(), why, hint));
        let change = self.begin()?;
        let row = find_import(&change, import)?;
        if row.deleted_at.is_some() {
            return refuse("the whole import is deleted".into(), "restore it first");
        }
        if billed_among_them > 0 {
            return Err(refuse_billed(what, billed_among_them));
        }
        if let Some(range) = rows.iter().find(|range| range.last < range.first || u64::from(range.last) >= row.records)
        {
            return refuse(format!("it has no rows {range}"), "rows are numbered from 0");
        }
        let marks = live_marks(&change, import)?;
        let mut all: Vec<RowRange> = marks.iter().map(|mark| mark.rows).chain(rows.iter().copied()).collect();
        all.sort_unstable();
        if let Some(twice) = all.windows(2).find(|pair| pair[0].overlaps(pair[1])) {
            return refuse(format!("rows {} are deleted already, or given twice", twice[1]), "leave them out");
        }
        for range in rows {
            change.insert_mark(import, *range)?;
        }
        let (billed, deleted) = (billed_rows(&change, import)?, deleted_rows(&change, import)?);
        if billed + deleted > row.records {
            let why = format!("{billed} rows are billed and {deleted} would be deleted, of {}", row.records);
            return refuse(why, "billed rows cannot be deleted");
        }
        change.audit_marks(import, rows, "deleted")?;
        change.commit()
    }

    /// Takes the deletion of rows back, of those among `rows` that are deleted.
    ///
    /// # Errors
    /// `Refused` if none of them is.
    pub fn restore_usage(&mut self, import: i64, rows: &[RowRange]) -> Result<(), LedgerError> {
        let change = self.begin()?;
        find_import(&change, import)?;
        let mut restored = false;
        for mark in live_marks(&change, import)? {
            let rest = rows
                .iter()
                .fold(vec![mark.rows], |rest, hole| rest.into_iter().flat_map(|part| part.without(*hole)).collect());
            if rest == [mark.rows] {
                continue;
            }
            let sql = "UPDATE usage_deletions SET restored_at = ?1 WHERE id = ?2";
            change.execute(sql, params![change.actor.at, mark.id])?;
            for part in rest {
                change.insert_mark(import, part)?;
            }
            restored = true;
        }
        if !restored {
            let what = format!("restore rows of import {import}");
            return Err(LedgerError::refused(what, "none of them is deleted", "look at what was deleted"));
        }
        change.audit_marks(import, rows, "restored")?;
        change.commit()
    }
}

impl Ledger {
    /// The rows of an import that are deleted, in order; all of them where the whole import is.
    pub fn deletions(&self, import: i64) -> Result<Vec<RowRange>, LedgerError> {
        let row = find_import(&self.connection, import)?;
        match (row.deleted_at, row.records.checked_sub(1)) {
            (Some(_), Some(last)) => Ok(vec![RowRange { first: 0, last: u32::try_from(last).unwrap_or(u32::MAX) }]),
            _ => Ok(live_marks(&self.connection, import)?.into_iter().map(|mark| mark.rows).collect()),
        }
    }
}

impl Change<'_> {
    fn set_deleted(&self, import: i64, at: Option<&str>) -> Result<(), LedgerError> {
        self.execute("UPDATE imports SET deleted_at = ?1 WHERE id = ?2", params![at, import])?;
        Ok(())
    }

    fn insert_mark(&self, import: i64, rows: RowRange) -> Result<(), LedgerError> {
        let actor = self.actor;
        self.prepare_cached(
            "INSERT INTO usage_deletions (import, first_row, last_row, at, by, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![import, rows.first, rows.last, actor.at, actor.by, actor.reason])?;
        Ok(())
    }

    fn audit_marks(&self, import: i64, rows: &[RowRange], done: &str) -> Result<(), LedgerError> {
        let rows: Vec<String> = rows.iter().map(RowRange::to_string).collect();
        self.audit("import", &import.to_string(), None, Some(&json!({done: rows}).to_string()))
    }
}

struct Mark {
    id: i64,
    rows: RowRange,
}

fn live_marks(connection: &Connection, import: i64) -> Result<Vec<Mark>, LedgerError> {
    let mut query = connection.prepare_cached(
        "SELECT id, first_row, last_row FROM usage_deletions WHERE import = ?1 AND restored_at IS NULL
         ORDER BY first_row",
    )?;
    let marks = query.query_map([import], |row| {
        Ok(Mark { id: row.get(0)?, rows: RowRange { first: row.get(1)?, last: row.get(2)? } })
    })?;
    Ok(marks.collect::<Result<_, _>>()?)
}

/// How many rows of an import are deleted one by one.
pub(super) fn deleted_rows(connection: &Connection, import: i64) -> Result<u64, LedgerError> {
    Ok(live_marks(connection, import)?.iter().map(|mark| mark.rows.rows()).sum())
}

/// How many rows of an import posted runs billed, without those of voided invoices.
pub(super) fn billed_rows(connection: &Connection, import: i64) -> Result<u64, LedgerError> {
    let mut query = connection.prepare_cached(
        "SELECT (SELECT coalesce(sum(rows), 0) FROM run_imports r WHERE import = ?1
                  AND NOT EXISTS (SELECT 1 FROM undone_runs u WHERE u.run = r.run))
              - (SELECT coalesce(sum(last_row - first_row + 1), 0) FROM released_rows r WHERE import = ?1
                  AND NOT EXISTS (SELECT 1 FROM undone_runs u WHERE u.run = r.run))
              + (SELECT count(*) FROM service_lines WHERE import = ?1 AND billed_run IS NOT NULL)
           AS billed",
    )?;
    Ok(query.query_row([import], |row| count(row, "billed"))?)
}

fn refuse_billed(what: String, billed: u64) -> LedgerError {
    LedgerError::refused(what, format!("{billed} of its rows are billed"), "void the invoices first")
}
