//! `bill undo`: a posted run → none of it billed; its invoices keep their numbers and are void (B13).

use std::path::PathBuf;

use serde::Serialize;

use crate::commands::invoice::{Credited, reason, write_documents};
use crate::commands::{Global, today};
use crate::domain::time::Date;
use crate::error::{Result, counted};
use crate::pipeline::voiding::CreditNotes;
use crate::workspace::Workspace;

#[derive(Serialize)]
struct Undone {
    run: i64,
    credit_notes: Vec<Credited>,
    documents: PathBuf,
    files: usize,
}

/// Undoes a run.
pub(super) fn undo(global: &Global, workspace: &Workspace, run: i64, date: Option<Date>) -> Result<()> {
    let reason = reason(global)?;
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let (book, store) = (workspace.book(&ledger)?, workspace.usage());
    let date = date.unwrap_or_else(|| today(&book.settings.zone));
    let making = CreditNotes { book: &book, store: &store, date, reason, dry_run: global.dry_run };
    let notes = making.undo(&mut ledger, run)?;
    let credit_notes: Vec<Credited> = notes.iter().map(Credited::from).collect();
    let mut undone = Undone { run, credit_notes, documents: PathBuf::new(), files: 0 };
    if !global.dry_run {
        (undone.files, undone.documents) = write_documents(global, workspace, (&book, &store), &notes)?;
    }
    global.show(&undone, || {
        let verb = if global.dry_run { "would undo" } else { "undid" };
        let voided = counted(notes.len() as u64, "invoice");
        let mut text =
            format!("{verb} run {run}: {voided} void; its usage, charges and services wait to be billed again\n");
        for note in &undone.credit_notes {
            text.push_str(&format!("  {} by {}: {} {}\n", note.invoice, note.credit_note, note.gross, note.currency));
        }
        if !global.dry_run {
            let files = counted(undone.files as u64, "document");
            text.push_str(&format!("{files} in {}\n", undone.documents.display()));
        }
        text
    })
}
