//! `verify`: the integrity of the whole store.

use serde::Serialize;

use super::Global;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::pipeline::store_files;
use crate::pipeline::voiding::check_released;

use crate::workspace::Workspace;

#[derive(Serialize)]
struct Verified {
    ledger: Vec<String>,
    usage: Vec<String>,
}

/// Checks the ledger against itself and every usage file against its seal.
pub fn run(global: &Global) -> Result<()> {
    let workspace = Workspace::find(global.workspace.as_deref())?;
    let ledger = workspace.ledger()?;
    let store = workspace.usage();
    let mut verified = Verified { ledger: ledger.verify()?, usage: Vec::new() };
    for file in store_files(&ledger)? {
        if let Err(error) = store.check_seal(&file) {
            verified.usage.push(error.to_string());
        }
    }
    verified.ledger.extend(check_released(&ledger, &store)?);
    global.show(&verified, || match (verified.ledger.len(), verified.usage.len()) {
        (0, 0) => "the ledger and all usage files are whole\n".into(),
        _ => verified.ledger.iter().chain(&verified.usage).map(|fault| format!("{fault}\n")).collect(),
    })?;
    match verified.ledger.len() + verified.usage.len() {
        0 => Ok(()),
        faults => Err(Error::new(
            ErrorKind::Damaged,
            format!("{} in the store", counted(faults as u64, "fault")),
            "restore a backup",
        )),
    }
}
